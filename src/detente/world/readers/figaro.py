"""FIGARO, the European Union's inter-country tables, industry by industry, as CSV: the matrix or the flat file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from detente.world.readers.sums import Sums
from detente.world.readers.text import check_year, economies_of, economy_of, read_frame
from detente.world.table import MultiRegionTable, check_file, refuse

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_FLAT: Final = ("refArea", "rowIi", "counterpartArea", "colIi", "obsValue")
_MATRIX: Final = "rowLabels"
# What is not made by an industry (taxes, wages, profits) stands in rows of this area.
_DOMESTIC: Final = "W2"
_TAXES: Final = "D21X31"


def read_figaro(path: Path, *, year: int) -> MultiRegionTable:
    """The table of a file, matrix or flat. Money is that of the file."""
    check_year(path, year)
    frame = read_frame(check_file(path), header=0, index_col=None)
    heads = list(map(str, frame.columns))
    if heads[0] == _MATRIX:
        square = frame.set_index(_MATRIX)
    elif set(_FLAT) <= set(heads):
        square = _unfold(frame, path)
    else:
        raise refuse(
            "no FIGARO table in this file",
            path,
            ", ".join(heads[:6]),
            f"the matrix, whose first column is {_MATRIX}, or the flat file, with {', '.join(_FLAT)}",
            "take the industry-by-industry table as published; supply and use tables are none",
        )
    return _table(square, path)


def _unfold(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The matrix of a flat file; a cell without a row is zero."""
    rows = frame["refArea"].astype(str) + "_" + frame["rowIi"].astype(str)
    columns = frame["counterpartArea"].astype(str) + "_" + frame["colIi"].astype(str)
    twice = np.flatnonzero((rows + " " + columns).duplicated())
    if len(twice):
        k = int(twice[0])
        raise refuse(
            "a cell stands twice in a table",
            path,
            f"{rows.iloc[k]} to {columns.iloc[k]}, row {k + 2}",
            "one row a cell",
            "give the flat file of one year",
        )
    (at, names), (to, heads) = (pd.factorize(labels) for labels in (rows, columns))
    cells = np.zeros((len(names), len(heads)))
    cells[at, to] = pd.to_numeric(frame["obsValue"], errors="coerce")
    return pd.DataFrame(cells, index=names, columns=heads)


def _split(label: str) -> tuple[str, str]:
    """Area and code of a label; some areas have a line in their own name."""
    for area in economies_of("figaro"):
        if label.startswith(f"{area}_"):
            return area, label[len(area) + 1 :]
    area, _, code = label.partition("_")
    return area, code


def _table(square: pd.DataFrame, path: Path) -> MultiRegionTable:
    """Sum the matrix."""
    labels = [_split(str(label)) for label in square.index]
    heads = [_split(str(label)) for label in square.columns]
    made = [k for k, (area, _) in enumerate(labels) if area != _DOMESTIC]
    industries = {labels[k][1] for k in made}
    nodes = [(economy_of("figaro", labels[k][0]), labels[k][1]) for k in made]
    columns = [(economy_of("figaro", area), code if code in industries else None) for area, code in heads]
    if not nodes or not any(code for _, code in columns):
        raise refuse(
            "no inter-country table in this file",
            path,
            ", ".join(map(str, [*square.index[:3], *square.columns[:3]])),
            "rows and columns AREA_INDUSTRY, for example DE_C29",
            "take the industry-by-industry table as published",
        )
    values = square.apply(pd.to_numeric, errors="coerce").to_numpy(np.float64)
    sums = Sums(path, nodes, columns, [code for _, code in heads if code not in industries])
    sums.add(0, values[made])
    taxes = [k for k, label in enumerate(labels) if label == (_DOMESTIC, _TAXES)]
    final = np.array([code is None for _, code in columns])
    on_final = np.zeros(len(sums.economies))
    for k in taxes:
        buyer = [sums.economies.index(economy) for economy, code in columns if code is None]
        np.add.at(on_final, buyer, np.nan_to_num(values[k, final]))
    return sums.table(final_taxes=on_final if taxes else None)
