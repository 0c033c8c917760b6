"""How much of a shipowner United States persons hold, under each reading of China's 25 % test."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from detente.compliance.port_fees.china import DUES
from detente.compliance.screening.graph import UNITS, Graph, read_graph
from detente.compliance.screening.ownership import reach
from detente.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from detente.compliance.day import Day

ROUNDS = 10_000
CLOSE = 1e-13


@dataclasses.dataclass(frozen=True)
class UsShares:
    """
    Share of an entity that United States persons hold, by reading.

    chain: The largest holder's share, multiplied along every chain and added over chains.
    control: The largest holder's share, firms it controls counting in full.
    aggregate: All holders together, only links of at least the disclosed minimum; no holder behind another is counted
        twice.
    aggregate_all: The same with every link.
    unknown: Links above the entity whose share is not known: the figures are then lower bounds.
    """

    chain: float
    control: float
    aggregate: float
    aggregate_all: float
    unknown: tuple[str, ...]

    def facts(self) -> dict[str, float]:
        """Facts for `detente.compliance.port_fees.port_fee.port_fee`."""
        return {
            "us_share_chain": self.chain,
            "us_share_control": self.control,
            "us_share_aggregate": self.aggregate,
        }


def us_shares(links: pd.DataFrame | Path | str, entity: str, holders: Sequence[str], *, day: Day) -> UsShares:
    """
    Compute the readings of the 25 % test from ownership links.

    Examples
    --------
    >>> import pandas as pd
    >>> from detente.asof import AsOf
    >>> from detente.compliance.day import read_day
    >>> from detente.ledger import open_ledger
    >>> links = pd.DataFrame({"owner": ["Fund", "Holding"], "owned": ["Holding", "Line"], "share": [0.6, 0.4]})
    >>> found = us_shares(links, "Line", ["Fund"], day=read_day(AsOf.of("2025-10-20"), open_ledger()))
    >>> round(found.chain, 6), found.control
    (0.24, 0.4)

    Ministry of Transport Announcement 54 of 2025 says "directly or indirectly" and not how shares add up.
    """
    clause = day.clause(DUES)
    control = clause.number("control_threshold") if clause is not None else None
    least = clause.number("disclosed_holder_min") if clause is not None else None
    if control is None or least is None:
        raise InputError(
            "the ledger holds no thresholds for this reading",
            where="us_shares",
            found=DUES,
            allowed="control_threshold and disclosed_holder_min in `details`",
            repair="add them to the measure",
        )
    whole = read_graph(links, on=day.on)
    at = whole.at(entity)
    if at is None:
        raise InputError(
            "the entity is in no ownership link of that day",
            where="us_shares: entity",
            found=entity[:80],
            allowed="a name of the links",
            repair="check the spelling and the days of the links",
        )
    graph = whole.part(whole.upstream(at))
    node = graph.at(entity) or 0
    names = [name for name in holders if graph.at(name) is not None and name != entity]
    return UsShares(
        chain=max((float(_through(graph, [name], 0)[node]) for name in names), default=0.0),
        control=max((_controlled(graph, name, control, node) for name in names), default=0.0),
        aggregate=float(_through(graph, names, round(least * UNITS))[node]),
        aggregate_all=float(_through(graph, names, 0)[node]),
        unknown=tuple(
            f"{graph.names[graph.owner[link]]} in {graph.names[graph.owned[link]]}"
            for link in np.flatnonzero(graph.units < 0)
        ),
    )


def _through(graph: Graph, holders: Sequence[str], least: int) -> NDArray[np.float64]:
    """Share of every party held by the holders, looking through the parties between; cycles converge."""
    size = len(graph.names)
    ours = np.zeros(size, dtype=bool)
    ours[[at for name in holders if (at := graph.at(name)) is not None]] = True
    known = (graph.units > 0) & (~ours[graph.owner] | (graph.units >= least)) & (graph.owner != graph.owned)
    owner, owned, share = graph.owner[known], graph.owned[known], graph.units[known] / UNITS
    held: NDArray[np.float64] = np.zeros(size)
    for _ in range(ROUNDS):
        standing = np.where(ours, 1.0, held)
        fresh = np.bincount(owned, weights=share * standing[owner], minlength=size).astype(np.float64)
        if np.abs(fresh - held).max(initial=0.0) < CLOSE:
            break
        held = fresh
    return np.minimum(held, 1.0)


def _controlled(graph: Graph, holder: str, threshold: float, node: int) -> float:
    """Share held directly by the holder and the firms it controls."""
    return min(1.0, reach(graph, [holder], threshold=threshold).total(node))
