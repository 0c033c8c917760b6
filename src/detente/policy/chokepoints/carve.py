"""A critical input carved out of the industry it hides in: who uses how much of it, from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.errors import StudyError
from detente.geography.economies import REST, is_group, members
from detente.model import split_sector
from detente.policy.chokepoints.table import EVERYONE, cost_shares

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detente.policy.chokepoints.table import ChokePoint
    from detente.world import Baseline, World

# A part never takes more of a flow or of a purchase than this: what remains keeps the industry's label alive.
LARGEST_SHARE = 0.9


@dataclass(frozen=True, eq=False)
class Carved:
    """
    A world with a critical input of its own.

    base: The baseline; the input is the sector named like it.
    use: What each industry of each economy uses of it, USD million, by using industry, (N,).
    estimated: Economies whose cost shares are another's.
    """

    base: Baseline
    use: Mapping[str, NDArray[np.float64]]
    estimated: tuple[str, ...]


def carve(item: ChokePoint, world: World, size: int = 1, imports: int = 1) -> Carved:
    """Carve an input out of a world; low, central or high (0, 1, 2) cost shares, and dependence on the holder."""
    parent = item.parent.get(world.classification)
    if parent is None:
        raise StudyError(
            "a critical input needs a world of its own classification",
            where=item.id,
            found=world.classification,
            allowed=", ".join(item.parent),
            repair="use the built-in world icio2022",
        )
    base = world.baseline()
    if item.holder not in base.economies:
        raise StudyError(
            "a critical input needs a world that tells its holder apart",
            where=item.id,
            found=f"no {item.holder} in {world.name}",
            allowed=f"a world with {item.holder}",
            repair="merge economies so that the holder keeps its code, or ask for an input that another holds",
        )
    shares, estimated = shares_by_economy(item, base, size)
    use = {user: share * base.output[base.sectors.index(user)] for user, share in shares.items()}
    j = base.sectors.index(parent)
    use = _what_there_is(use, base, j)
    wanted = sum(use.values(), np.zeros(len(base.economies)))[:, None] * origins(item, base, imports)
    paid = base.pi[j] * base.spending[j][:, None]
    share = np.divide(wanted, paid, out=np.zeros_like(wanted), where=paid > 0)
    weights = {
        user: np.divide(
            value,
            base.io[j, base.sectors.index(user)] * base.output[base.sectors.index(user)],
            out=np.zeros_like(value),
            where=value > 0,
        )
        for user, value in use.items()
    }
    split = split_sector(
        base, parent, item.id, np.minimum(share, LARGEST_SHARE), use=weights, source=item.size_why
    )
    return Carved(split, use, estimated)


def shares_by_economy(
    item: ChokePoint, base: Baseline, size: int
) -> tuple[dict[str, NDArray[np.float64]], tuple[str, ...]]:
    """Direct cost over gross output by using industry, (N,) each, and the economies that have another's."""
    table = cost_shares(item.sized_by or item.id)
    out = {user: np.zeros(len(base.economies)) for user in item.exposed}
    estimated = []
    for n, label in enumerate(base.economies):
        own = next((row for name, row in table.items() if _covers(name, label, table)), None)
        if own is None and item.like:
            own = table[item.like]
            estimated.append(label)
        for user, values in (own or {}).items():
            if user in out:
                out[user][n] = values[size]
    return out, tuple(estimated)


def _covers(name: str, label: str, table: Mapping[str, object]) -> bool:
    """Whether a row is this economy's: its own, or that of a group it belongs to if it has none of its own."""
    return name == label or (label not in table and is_group(name) and label in members(name))


def by_economy(
    values: Mapping[str, tuple[float, float, float]], base: Baseline, pick: int
) -> NDArray[np.float64]:
    """A range by economy, group or everyone as an array, (N,); 0 where nobody is named."""
    out = np.zeros(len(base.economies))
    for n, label in enumerate(base.economies):
        group = next((name for name in values if is_group(name) and label in members(name)), EVERYONE)
        found = values.get(label, values.get(group))
        out[n] = 0.0 if found is None else found[pick]
    return out


def origins(item: ChokePoint, base: Baseline, pick: int = 1) -> NDArray[np.float64]:
    """
    Shares of each economy's use by origin, (importer, exporter), rows summing to 1; the more from home, the less held.

    Origins that a world does not tell apart are its rest.
    """
    N = len(base.economies)
    holder = base.economies.index(item.holder)
    home = by_economy(item.home, base, 2 - pick)
    away = 1.0 - home
    held = by_economy(item.holder_share, base, pick)
    others = np.zeros(N)
    for label, weight in item.others.items():
        named = label if label in base.economies else REST
        if named in base.economies:
            others[base.economies.index(named)] += weight
    out = np.zeros((N, N))
    for n in range(N):
        elsewhere = np.where(np.arange(N) == n, 0.0, others)
        elsewhere[holder] = 0.0
        part = 0.0 if n == holder else held[n]
        if not elsewhere.any():
            elsewhere[n] = 1.0  # the only other origin there is
        out[n] = away[n] * (1.0 - part) * elsewhere / elsewhere.sum()
        out[n, holder] += away[n] * part
        out[n, n] += home[n]
    return out


def _what_there_is(
    use: Mapping[str, NDArray[np.float64]], base: Baseline, parent: int
) -> dict[str, NDArray[np.float64]]:
    """Cut each use to what its industry buys of the parent."""
    out = {}
    for user, value in use.items():
        k = base.sectors.index(user)
        out[user] = np.minimum(value, LARGEST_SHARE * base.io[parent, k] * base.output[k])
    return out
