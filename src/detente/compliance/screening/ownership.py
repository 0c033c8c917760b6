"""The ownership rule as a fixpoint: who is restricted because of who owns it."""

from __future__ import annotations

import dataclasses
import fractions
from typing import TYPE_CHECKING

import numpy as np

from detente.compliance.documents.screening import Step
from detente.compliance.screening.graph import UNITS, Graph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

MOST_SHOWN = 200


@dataclasses.dataclass(frozen=True)
class Reach:
    """
    Where restriction reaches in a graph.

    graph: The links.
    certain: Parties restricted by what is known: listed ones and those owned, shape (parties,).
    possible: Parties that could be, if unknown shares are as large as they can be, shape (parties,).
    exposed: Parties with a restricted party anywhere above them, shape (parties,).
    """

    graph: Graph
    listed: frozenset[int]
    certain: tuple[bool, ...]
    possible: tuple[bool, ...]
    exposed: tuple[bool, ...]
    _order: tuple[int, ...]

    def status(self, node: int) -> str:
        """``restricted``, ``review`` or ``clear`` by ownership alone."""
        if self.certain[node]:
            return "restricted"
        return "review" if self.possible[node] or self.exposed[node] else "clear"

    def path(self, node: int) -> tuple[Step, ...]:
        """Give the evidence for a party, from listed owners down to it."""
        links = self._counted(node) if self.certain[node] else self._shortest(node)
        graph = self.graph
        return tuple(
            Step(
                owner=graph.names[graph.owner[at]],
                owned=graph.names[graph.owned[at]],
                share=int(graph.units[at]) / UNITS if graph.units[at] >= 0 else None,
            )
            for at in links[:MOST_SHOWN]
        )

    def total(self, node: int) -> float:
        """Known share of a party that restricted parties hold directly."""
        graph = self.graph
        counted = (graph.owned == node) & (graph.units > 0) & np.array(self.certain)[graph.owner]
        return float(graph.units[counted & (graph.owner != node)].sum()) / UNITS

    def _counted(self, node: int) -> list[int]:
        """List the links that counted: into the party and into each restricted owner, the highest first."""
        into = _grouped(self.graph.owned, len(self.graph.names))
        owner, units = self.graph.owner, self.graph.units
        links: list[int] = []
        seen, queue = {node}, [node]
        for at in queue:
            if at in self.listed:
                continue
            for link in into(at):
                above = int(owner[link])
                if self.certain[above] and units[link] > 0 and self._order[above] < self._order[at]:
                    links.append(link)
                    if above not in seen:
                        seen.add(above)
                        queue.append(above)
            if len(links) > MOST_SHOWN:
                break
        return sorted(set(links), key=lambda at: (self._order[int(self.graph.owned[at])], int(owner[at])))

    def _shortest(self, node: int) -> list[int]:
        """Find a shortest chain of links from a restricted party down to this one."""
        into = _grouped(self.graph.owned, len(self.graph.names))
        came: dict[int, int] = {}
        queue = [node]
        for at in queue:
            for link in into(at):
                above = int(self.graph.owner[link])
                if above in came or above == node or self.graph.units[link] == 0:
                    continue
                came[above] = link
                if self.certain[above]:
                    return _down(above, node, came, self.graph)
                queue.append(above)
        return []


def _down(top: int, node: int, came: dict[int, int], graph: Graph) -> list[int]:
    """Follow the links found from the top down."""
    links, at = [], top
    while at != node:
        links.append(came[at])
        at = int(graph.owned[came[at]])
    return links


def _grouped(parties: NDArray[np.int64], size: int) -> Callable[[int], list[int]]:
    """Group links by the party at one end of each: a function from a party to its links."""
    order = np.argsort(parties, kind="stable")
    start = np.searchsorted(parties[order], np.arange(size + 1))

    def links(node: int) -> list[int]:
        found: list[int] = order[start[node] : start[node + 1]].tolist()
        return found

    return links


def reach(graph: Graph, listed: Iterable[str], *, threshold: float, more_than: bool = False) -> Reach:
    """
    Extend a set of listed parties over ownership links until nothing changes.

    A firm is caught when the shares that listed or caught parties hold in it, added up, reach the threshold. A caught
    owner counts with its full share, whatever its own owners hold of it.

    Examples
    --------
    >>> import datetime as dt, pandas as pd
    >>> from detente.compliance.screening.graph import read_graph
    >>> links = pd.DataFrame({"owner": ["X", "A"], "owned": ["A", "B"], "share": [0.5, 0.5]})
    >>> found = reach(read_graph(links, on=dt.date(2025, 10, 15)), ["X"], threshold=0.5)
    >>> found.status(found.graph.at("B"))
    'restricted'

    15 CFR 744.11(a)(1), 90 FR 47201; OFAC, frequently asked question 401. Shares are summed in whole units, so the
    answer does not depend on the order of the links.
    """
    names = {name: at for at, name in enumerate(graph.names)}
    seeds = sorted({names[name] for name in listed if name in names})
    exact = fractions.Fraction(str(threshold)) * UNITS
    need = int(exact) + 1 if more_than or exact != int(exact) else int(exact)
    spread = _Spread(graph)
    certain, order = spread.run(seeds, need, unknown_counts=False)
    open_ = bool((graph.units < 0).any())
    possible = spread.run(seeds, need, unknown_counts=True)[0] if open_ else certain
    exposed, _ = spread.run(seeds, 1, unknown_counts=True)
    return Reach(graph, frozenset(seeds), tuple(certain), tuple(possible), tuple(exposed), tuple(order))


class _Spread:
    """The worklist behind `reach`, over plain lists: one visit a link, whatever the length of the chains."""

    def __init__(self, graph: Graph) -> None:
        order = np.argsort(graph.owner, kind="stable")
        self._size = len(graph.names)
        self._start = np.searchsorted(graph.owner[order], np.arange(self._size + 1)).tolist()
        self._owned = graph.owned[order].tolist()
        self._units = graph.units[order].tolist()
        known = np.zeros(self._size, dtype=np.int64)
        np.add.at(known, graph.owned[graph.units > 0], graph.units[graph.units > 0])
        self._open = np.maximum(UNITS - known, 0).tolist()

    def run(self, seeds: list[int], need: int, *, unknown_counts: bool) -> tuple[list[bool], list[int]]:
        """Spread from the seeds; with `unknown_counts`, unknown shares take all that is left of a firm."""
        held = [0] * self._size
        unknown = [False] * self._size
        caught = [False] * self._size
        order = [self._size] * self._size
        for place, at in enumerate(seeds):
            caught[at], order[at] = True, place
        queue = list(seeds)
        for at in queue:
            for link in range(self._start[at], self._start[at + 1]):
                owned, units = self._owned[link], self._units[link]
                if caught[owned]:
                    continue
                if units >= 0:
                    held[owned] += units
                elif unknown_counts and not unknown[owned]:
                    unknown[owned] = True
                    held[owned] += max(self._open[owned], 1)
                if held[owned] >= need:
                    caught[owned] = True
                    order[owned] = len(queue)
                    queue.append(owned)
        return caught, order
