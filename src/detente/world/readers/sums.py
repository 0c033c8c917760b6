"""A matrix of nodes by nodes that comes in blocks of rows, summed as it comes, so that it is never held whole."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from detente.formatting import count, number
from detente.world.readers.text import invested_share
from detente.world.table import MultiRegionTable, check_numbers, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class Sums:
    """
    Sums of a matrix; rows are (economy, product), columns (economy, using sector) or, for final users, (economy, None).

    Categories are what the columns of final users are called, in their order. An input below zero is no purchase: it is set
    to zero, and taken off final use of the same flow.
    """

    def __init__(
        self,
        path: Path,
        rows: Sequence[tuple[str, str]],
        columns: Sequence[tuple[str, str | None]],
        categories: Sequence[str],
    ) -> None:
        self._path, self._rows, self._columns, self._categories = path, rows, columns, categories
        self.economies = tuple(dict.fromkeys(economy for economy, _ in rows))
        self.sectors = tuple(dict.fromkeys(sector for _, sector in rows))
        places = {label: k for k, label in enumerate(self.economies)}
        at = {label: k for k, label in enumerate(self.sectors)}
        self._require_known(places, at)
        n, j = len(places), len(at)
        self._i = np.array([places[economy] for economy, _ in rows])
        self._s = np.array([at[sector] for _, sector in rows])
        self._buyer = np.array([places[economy] for economy, _ in columns])
        self._user = np.array([-1 if sector is None else at[sector] for _, sector in columns])
        self._of = np.zeros((len(columns), n))
        self._of[np.arange(len(columns)), self._buyer] = 1.0
        self.inputs, self.final = np.zeros((n, j, n)), np.zeros((n, j, n))
        self._needs = np.zeros((j, int((self._user >= 0).sum())))
        self._costs = np.zeros(self._needs.shape[1])
        self._bought = np.zeros(int((self._user < 0).sum()))
        self._cut, self._cells = 0.0, 0

    def _require_known(self, places: dict[str, int], at: dict[str, int]) -> None:
        """Refuse columns of economies or industries that have no row, and labels that stand twice."""
        lone = [
            f"{economy} {sector or ''}".strip()
            for economy, sector in self._columns
            if economy not in places or (sector is not None and sector not in at)
        ]
        users = [column for column in self._columns if column[1] is not None]
        used = set(users)
        unused = [" ".join(row) for row in self._rows if row not in used]
        twice = _repeated(self._rows) + _repeated(users)
        for what, found in (
            ("a column has no row", lone),
            ("a row has no column", unused),
            ("a label stands twice", twice),
        ):
            if found:
                raise refuse(
                    f"{what} in an inter-country table",
                    self._path,
                    ", ".join(dict.fromkeys(found[:6])),
                    "the same economies and industries in rows and columns, once each",
                    "take the files as published, all of one year and one edition",
                )

    def add(self, first: int, values: Array) -> None:
        """Take in rows from `first` on, (rows, columns)."""
        if values.shape[1] != len(self._columns) or first + len(values) > len(self._rows):
            raise refuse(
                "a table and its labels differ in size",
                self._path,
                f"{count(first + len(values))} rows of {count(values.shape[1])} columns",
                f"{count(len(self._rows))} rows of {count(len(self._columns))} columns",
                "take labels and table from one edition",
            )
        rows = slice(first, first + len(values))
        names = [" ".join(row) for row in self._rows[rows]]
        check_numbers(values, self._path, names, [f"{a} {b or 'final'}" for a, b in self._columns])
        uses = self._user >= 0
        bought, below = np.maximum(values[:, uses], 0.0), np.minimum(values[:, uses], 0.0)
        self._cut, self._cells = self._cut - float(below.sum()), self._cells + int((below < 0).sum())
        to = self._i[rows], self._s[rows]
        np.add.at(self.inputs, to, bought @ self._of[uses])
        np.add.at(self.final, to, values[:, ~uses] @ self._of[~uses] + below @ self._of[uses])
        np.add.at(self._needs, self._s[rows], bought)
        self._costs += bought.sum(axis=0)
        self._bought += values[:, ~uses].sum(axis=0)

    def table(self, output: Array | None = None, *, final_taxes: Array | None = None) -> MultiRegionTable:
        """The table; output, (rows,), is the sum of sales where it is not given."""
        shape = len(self.economies), len(self.sectors)
        made = self.inputs.sum(axis=2) + self.final.sum(axis=2)
        if output is not None:
            made = np.zeros(shape)
            np.add.at(made, (self._i, self._s), output)
        uses = self._user >= 0
        needs = np.zeros((shape[1], *shape))
        needs[:, self._buyer[uses], self._user[uses]] = self._needs
        costs = np.zeros(shape)
        costs[self._buyer[uses], self._user[uses]] = self._costs
        cut = (
            f"{count(self._cells)} inputs below zero, {number(self._cut)} of the table's money in all, are set to zero"
            " and taken off final use of the same flow."
        )
        notes = (cut,) if self._cells else ()
        return MultiRegionTable(
            self.economies,
            self.sectors,
            self.inputs,
            needs,
            costs,
            self.final,
            made,
            final_taxes,
            notes=notes,
            invested=invested_share(self._bought, self._buyer[~uses], self._categories, shape[0]),
        )


def _repeated(labels: Sequence[tuple[str, str | None]]) -> list[str]:
    """Labels that stand more than once."""
    return [" ".join(map(str, label)) for label, times in Counter(labels).items() if times > 1]
