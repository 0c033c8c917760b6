"""Small parts carved out of wide industries: rare earths out of chemicals, soybeans out of farming."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from detente.duties.layers import active_claims, stack
from detente.duties.scope import listed, reached
from detente.manifest import read_bytes
from detente.model import split_sector
from detente.policy.instrument_table import FOLDER, Part, instrument_table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from detente.duties import Assumptions
    from detente.ledger import Book, Position
    from detente.world import Baseline, World

# A part never takes more of a flow than this: what remains keeps the industry's label alive.
LARGEST_SHARE = 0.9
CHINA = "CHN"


def carve(world: World, assumed: Mapping[str, float]) -> tuple[Baseline, NDArray[np.intp]]:
    """The baseline of a world with the small parts carved out that instruments act on."""
    baseline = world.baseline()
    parents = list(range(len(baseline.sectors)))
    for part in instrument_table().parts:
        parent = part.parent.get(world.classification)
        if parent is None:
            continue
        baseline = split_sector(
            baseline,
            parent,
            part.name,
            part_share(part, world, assumed),
            theta=assumed[part.theta],
            use=part.use[world.classification],
            source=part.source,
        )
        position = baseline.sectors.index(part.name)
        parents.insert(position, world.sectors.index(parent))
    return baseline, np.array(parents, dtype=np.intp)


def part_share(part: Part, world: World, assumed: Mapping[str, float]) -> NDArray[np.float64]:
    """Share of the parent's flows that is the part."""
    base = world.baseline()
    flows = base.flows[world.sectors.index(part.parent[world.classification])]
    value = _values(part, world.economies, flows, assumed)
    share = np.divide(value, flows, out=np.zeros_like(flows), where=flows > 0)
    share = np.minimum(share, LARGEST_SHARE)
    kept: NDArray[np.float64] = share * _room(part, world, share)[:, None]
    return kept


def _room(part: Part, world: World, share: NDArray[np.float64]) -> NDArray[np.float64]:
    """What of each importer's purchases of the part its users can take, shape (N,), at most 1."""
    base = world.baseline()
    j = world.sectors.index(part.parent[world.classification])
    bought = (base.pi[j] * share).sum(axis=1) * base.spending[j]
    weights = part.use[world.classification]
    users = np.zeros_like(bought)
    for label, weight in weights.items():
        if label == "final":
            users += weight * base.alpha[j] * base.income
        else:
            k = world.sectors.index(label)
            users += weight * base.io[j, k] * base.output[k]
    most = LARGEST_SHARE * users / max(weights.values())
    taken: NDArray[np.float64] = np.divide(most, bought, out=np.ones_like(most), where=bought > 0)
    return np.minimum(1.0, taken)


def _values(
    part: Part, economies: Sequence[str], flows: NDArray[np.float64], assumed: Mapping[str, float]
) -> NDArray[np.float64]:
    """Trade of a part by importer and exporter, USD million."""
    table = _table(part.table)
    place = {label: k for k, label in enumerate(economies)}
    value = np.zeros_like(flows)
    if "usd_mn" in table:
        rest = place.get("ROW")
        for row in table.to_dict("records"):
            n, i = place.get(row["importer"], rest), place.get(row["exporter"], rest)
            if n is not None and i is not None and n != i:
                value[n, i] += row["usd_mn"]
        home = place[CHINA]
        value[home, home] = assumed["ree_home_ratio"] * value[:, home].sum()
        return value
    price = assumed["soy_usd_per_t"]
    for row in table.to_dict("records"):
        if row["exporter"] not in place:
            continue
        i, china = place[row["exporter"]], place[CHINA]
        others = flows[:, i].copy()
        others[[i, china]] = 0.0
        value[:, i] = price * row["to_others_mt"] * others / max(others.sum(), 1e-300)
        value[china, i] += price * row["to_china_mt"]
        value[i, i] += price * row["home_mt"]
    return value


@cache
def _table(name: str) -> pd.DataFrame:
    """A table of trade beside the instruments."""
    return pd.read_csv(BytesIO(read_bytes(FOLDER / name)))


def part_duties(
    duties: NDArray[np.float64],
    book: Book,
    baseline: Baseline,
    assumptions: Assumptions,
    *,
    pairs: Collection[tuple[str, str]] | None = None,
) -> NDArray[np.float64]:
    """
    Put the duties of the goods a part consists of in place of its industry's, for the pairs that name codes.

    Gives A copy with those cells replaced by the plain mean over the codes.

    Shapes: duties (J, N, N).
    """
    out = duties.copy()
    for part in instrument_table().parts:
        if part.name not in baseline.sectors:
            continue
        j = baseline.sectors.index(part.name)
        for importer, by_exporter in part.codes.items():
            for exporter, codes in by_exporter.items():
                if pairs is not None and (importer, exporter) not in pairs:
                    continue
                if not {importer, exporter} <= set(baseline.economies):
                    continue
                n, i = baseline.economies.index(importer), baseline.economies.index(exporter)
                out[j, n, i] = code_rate(book, importer, exporter, codes, assumptions)
    return out


def code_rate(
    book: Book, importer: str, exporter: str, codes: Sequence[str], assumptions: Assumptions
) -> float:
    """Additional duty on a few codes from one origin. Gives plain mean over the codes, a fraction."""
    lines = np.array(list(codes))
    facts = {
        claim.id: float(assumptions.get(claim.average, 0.0))
        for claim in active_claims(book)
        if claim.average and exporter in claim.origins
    }

    def reach(position: Position, _facts: Mapping[str, Any]) -> NDArray[np.float64]:
        inside = reached(lines, position.scope, lambda name: listed(book.law.lists[name], book.on))
        return inside.astype(np.float64)

    stacked = stack(book, importer, exporter, reach=reach, facts=facts, base=np.zeros(len(lines)))
    return float(stacked.total.mean())
