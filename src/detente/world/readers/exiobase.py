"""EXIOBASE 3, monetary tables as text (`IOT_2019_ixi`, `IOT_2019_pxp`): `Z.txt` or `A.txt`, `Y.txt`, `x.txt`, `unit.txt`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.world.readers.sums import Sums
from detente.world.readers.text import as_numbers, check_year, economy_of, find_file, read_blocks, read_frame
from detente.world.table import MultiRegionTable, check_file, refuse

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_REGION, _SECTOR = 0, 1


def read_exiobase(path: Path, *, year: int) -> MultiRegionTable:
    """The table of a folder; A.txt, coefficients, is read where there is no Z.txt. Money is that of the files."""
    check_year(path, year)
    flows = find_file(path, "Z.txt", "A.txt")
    demand = find_file(path, "Y.txt")
    made = _output(path, required=flows.name == "A.txt")
    _require_one_unit(path)
    nodes, skip = _columns(check_file(flows))
    finals, skip_finals = _columns(check_file(demand))
    rows = [(_economy(region), sector) for region, sector in nodes]
    buyers: list[tuple[str, str | None]] = [(_economy(region), None) for region, _ in finals]
    sums = Sums(flows, rows, [*rows, *buyers], [category for _, category in finals])
    output = None if made is None else _in_order(made, nodes, path / "x.txt")
    spent = _demand(demand, skip_finals, nodes)
    first = 0
    for block in read_blocks(flows, skip=skip):
        _require_order(block, nodes[first : first + len(block)], flows)
        values = as_numbers(block.iloc[:, 2:])
        if flows.name == "A.txt" and output is not None and values.shape[1] == len(output):
            values = values * output
        sums.add(first, np.hstack([values, spent[first : first + len(block)]]))
        first += len(block)
    if first != len(nodes):
        raise refuse(
            "a table is cut short",
            flows,
            f"{first} rows",
            f"{len(nodes)} rows, as many as columns",
            "unpack the archive again",
        )
    return sums.table(output)


def _economy(region: str) -> str:
    return economy_of("exiobase", region)


def _columns(path: Path) -> tuple[list[tuple[str, str]], int]:
    """Labels of the columns, (region, sector or category), and how many lines of heads there are."""
    with path.open(encoding="utf-8-sig") as stream:
        heads = [stream.readline().rstrip("\r\n").split("\t") for _ in range(3)]
    if heads[0][0] != "region" or len(heads[1]) != len(heads[0]) or len(heads[0]) <= 2:  # noqa: PLR2004
        raise refuse(
            "no EXIOBASE table in this file",
            path,
            " | ".join(heads[0][:4]),
            "two lines of heads, region and sector (or category), tab separated, with two label columns",
            "unpack the archive of one year as published",
        )
    skip = 3 if not any(cell.strip() for cell in heads[2][2:]) else 2
    return list(zip(heads[0][2:], heads[1][2:], strict=True)), skip


def _output(folder: Path, *, required: bool) -> pd.DataFrame | None:
    """Gross output by region and sector, or None where there is no x.txt and it is not needed."""
    if not required and not (folder / "x.txt").is_file():
        return None
    return read_frame(find_file(folder, "x.txt"), header=0, index_col=None, separator="\t")


def _in_order(frame: pd.DataFrame, nodes: list[tuple[str, str]], path: Path) -> Array:
    """Output of the nodes, (nodes,)."""
    known = {
        (str(region), str(sector)): float(value)
        for region, sector, value in frame.iloc[:, :3].itertuples(index=False)
    }
    lacking = [" ".join(node) for node in nodes if not np.isfinite(known.get(node, np.nan))]
    if lacking:
        raise refuse(
            "output of a table is missing",
            path,
            ", ".join(lacking[:6]),
            "region, sector and output for every column of the table",
            "take x.txt of the same archive",
        )
    return np.array([known[node] for node in nodes])


def _require_one_unit(folder: Path) -> None:
    """Refuse a table that counts some sectors in other units (the hybrid tables)."""
    path = folder / "unit.txt"
    if not path.is_file():
        return
    units = read_frame(path, header=0, index_col=None, separator="\t").iloc[:, 2].astype(str).unique()
    if len(units) > 1:
        raise refuse(
            "a table in several units",
            path,
            ", ".join(units[:6]),
            "one unit of money for all sectors",
            "take the monetary tables (IOT_YEAR_ixi or IOT_YEAR_pxp), not the hybrid ones",
        )


def _demand(path: Path, skip: int, nodes: list[tuple[str, str]]) -> Array:
    """Final demand, (nodes, categories)."""
    frame = read_frame(path, header=None, index_col=None, separator="\t", skip=skip)
    _require_order(frame, nodes, path)
    return as_numbers(frame.iloc[:, 2:])


def _require_order(block: pd.DataFrame, nodes: list[tuple[str, str]], path: Path) -> None:
    """Refuse rows that are not the columns, in their order."""
    found = list(zip(block[_REGION].astype(str), block[_SECTOR].astype(str), strict=True))
    if found != nodes:
        wrong = next(
            (k for k, (a, b) in enumerate(zip(found, nodes, strict=False)) if a != b),
            min(len(found), len(nodes)),
        )
        raise refuse(
            "rows and columns of a table do not agree",
            path,
            " ".join(found[wrong]) if wrong < len(found) else f"{len(found)} rows",
            " ".join(nodes[wrong]) if wrong < len(nodes) else f"{len(nodes)} rows",
            "take all files from one archive, unchanged",
        )
