"""Trade statistics to industries of the world: codes that share an industry are one block."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from detente.manifest import read_rows
from detente.policy.evidence.registered import FOLDER

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Concordance:
    """
    Which codes and which industries belong together.

    codes: NAICS codes; labels, names: of blocks; industries: of each block; block: of each code, -1 for none, shape (C,).
    """

    codes: tuple[str, ...]
    labels: tuple[str, ...]
    names: tuple[str, ...]
    industries: tuple[tuple[str, ...], ...]
    block: NDArray[np.intp]

    def folded(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums over the codes of each block, (P, C) to (P, B)."""
        found = np.zeros((values.shape[0], len(self.labels)))
        inside = self.block >= 0
        np.add.at(found.T, self.block[inside], values[:, inside].T)
        return found

    def outside(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums over the codes without an industry, (P, C) to (P,)."""
        return np.asarray(values[:, self.block < 0].sum(axis=1), dtype=np.float64)


@cache
def concordance() -> Concordance:
    """Read data/evidence/naics_industries.csv."""
    rows = read_rows(FOLDER / "naics_industries.csv")
    owner: dict[str, int] = {}
    members: list[list[str]] = []
    names: list[list[str]] = []
    block = []
    for row in rows:
        industries = row["industries"].split()
        at = next((owner[item] for item in industries if item in owner), len(members))
        if not industries:
            block.append(-1)
            continue
        if at == len(members):
            members.append([])
            names.append([])
        members[at] += [item for item in industries if item not in members[at]]
        names[at].append(row["name"])
        owner |= dict.fromkeys(industries, at)
        block.append(at)
    return Concordance(
        tuple(row["naics3"] for row in rows),
        tuple("+".join(item) for item in members),
        tuple("; ".join(item) for item in names),
        tuple(map(tuple, members)),
        np.array(block, dtype=np.intp),
    )
