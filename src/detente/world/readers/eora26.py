"""Eora26 at basic prices: `Eora26_2015_bp_T.txt`, `..._FD.txt`, `..._VA.txt`, `labels_T.txt`, `labels_FD.txt`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.formatting import average, number
from detente.world.readers.sums import Sums
from detente.world.readers.text import as_numbers, economy_of, find_file, read_blocks, read_frame
from detente.world.table import check_file, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from detente.world.table import MultiRegionTable

    Array = NDArray[np.float64]

# Label columns: name, code, entity, sector or category.
_CODE, _SECTOR, _LABELS = 1, 3, 4
# The discrepancies of the table stand as an economy with one sector of this name.
_DISCREPANCY: Final = "TOTAL"
# Value added as published may differ from output less inputs by this part of it before the table is no account.
_LARGEST_GAP: Final = 0.25


def read_eora26(path: Path, *, year: int) -> MultiRegionTable:
    """
    The table of a folder; its row and column of discrepancies are left out. Money is that of the files.

    Output is what a row sells: the table does not balance, and value added is output less inputs.
    """
    _require_basic_prices(path, year)
    file = find_file(path, f"Eora26_{year}_bp_T.txt")
    rows = _labels(find_file(path, "labels_T.txt"))
    finals = _labels(find_file(path, "labels_FD.txt"))
    demand = _demand(find_file(path, f"Eora26_{year}_bp_FD.txt"), len(rows), len(finals))
    kept = np.array([sector != _DISCREPANCY for _, sector in rows])
    dropped = {economy for (economy, _), keep in zip(rows, kept, strict=True) if not keep}
    bought = np.array([economy not in dropped for economy, _ in finals])
    nodes = [row for row, keep in zip(rows, kept, strict=True) if keep]
    buyers: list[tuple[str, str | None]] = [
        (economy, None) for (economy, _), keep in zip(finals, bought, strict=True) if keep
    ]
    categories = [category for (_, category), keep in zip(finals, bought, strict=True) if keep]
    sums = Sums(file, nodes, [*nodes, *buyers], categories)
    lost, first, seen = 0.0, 0, 0
    for flows in _blocks(check_file(file)):
        _require_size(file, columns=(flows.shape[1], len(rows)))
        here = kept[seen : seen + len(flows)]
        lost += float(np.abs(flows[~here]).sum() + np.abs(flows[here][:, ~kept]).sum())
        final = demand[seen : seen + len(flows)][here][:, bought]
        sums.add(first, np.hstack([flows[here][:, kept], final]))
        first, seen = first + int(here.sum()), seen + len(flows)
    _require_size(file, rows=(seen, len(rows)))
    table = sums.table()
    notes = [*table.notes, _gap(path, year, table, kept)]
    if dropped:
        notes.append(
            f"The table's own discrepancies, {number(lost)} of its money without sign, are left out."
        )
    return replace(table, notes=tuple(note for note in notes if note))


def _require_basic_prices(path: Path, year: int) -> None:
    """Refuse a folder that has the year at purchasers' prices only."""
    if (path / f"Eora26_{year}_pp_T.txt").is_file() and not (path / f"Eora26_{year}_bp_T.txt").is_file():
        raise refuse(
            "a table at purchasers' prices",
            path,
            f"Eora26_{year}_pp_T.txt",
            f"Eora26_{year}_bp_T.txt, at basic prices",
            "take the archive at basic prices: margins and taxes are inside flows at purchasers' prices",
        )


def _labels(path: Path) -> list[tuple[str, str]]:
    """Economies and sectors of a file of labels."""
    frame = read_frame(path, header=None, index_col=None, separator="\t")
    if frame.shape[1] < _LABELS:
        raise refuse(
            "no Eora labels in this file",
            path,
            f"{frame.shape[1]} columns",
            "name, code, entity and sector, tab separated",
            "take the file of labels as published",
        )
    pairs = zip(frame[_CODE].astype(str), frame[_SECTOR].astype(str), strict=True)
    return [(economy_of("eora26", code.strip()), sector.strip()) for code, sector in pairs]


def _blocks(path: Path) -> Iterator[Array]:
    """A file of numbers, some rows at a time; an empty last column is no column."""
    for block in read_blocks(path):
        yield as_numbers(block.dropna(axis="columns", how="all"))


def _demand(path: Path, rows: int, columns: int) -> Array:
    """Final demand, (rows, columns)."""
    values = np.vstack(list(_blocks(check_file(path))))
    _require_size(path, rows=(len(values), rows), columns=(values.shape[1], columns))
    return values


def _require_size(path: Path, **sizes: tuple[int, int]) -> None:
    """Refuse a table of other rows or columns than its labels."""
    for what, (found, wanted) in sizes.items():
        if found != wanted:
            raise refuse(
                "a table and its labels differ in size",
                path,
                f"{found} {what}",
                f"{wanted} {what}, as many as labels",
                "take labels and tables of one edition",
            )


def _gap(path: Path, year: int, table: MultiRegionTable, kept: NDArray[np.bool_]) -> str:
    """How far value added as published is from output less inputs; refused where it is no account of the same economy."""
    file = path / f"Eora26_{year}_bp_VA.txt"
    if not file.is_file():
        return ""
    frame = read_frame(file, header=None, index_col=None, separator="\t").dropna(axis="columns", how="all")
    _require_size(file, columns=(frame.shape[1], len(kept)))
    published = float(frame.to_numpy(np.float64)[:, kept].sum())
    own = float((table.output - table.costs).sum())
    if abs(own - published) > _LARGEST_GAP * abs(published):
        raise refuse(
            "a table that does not balance",
            file,
            f"value added {number(published)} as published, {number(own)} as output less inputs",
            f"a difference of at most {average(_LARGEST_GAP, 0)}",
            "take all files of one year and one price (bp)",
        )
    return f"Value added is output less inputs: {number(own)} of the table's money, where it publishes {number(published)}."
