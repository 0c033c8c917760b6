"""OECD Inter-Country Input-Output tables, as their CSV files are published."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.world.readers.make import make_world
from detente.world.readers.text import economies_of, invested_share, named_numbers, read_frame
from detente.world.table import MultiRegionTable, check_file, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from detente.world.world import World

_TOTALS: Final = ("OUT", "OUTPUT", "TOTAL")
_VALUE_ADDED: Final = ("VA", "VALU")
_NODE: Final = re.compile(r"([A-Z][A-Z0-9]{2})_(.+)")


def read_icio_csv(
    path: Path | str,
    *,
    year: int,
    theta: Mapping[str, float] | float | None = None,
    like: World | None = None,
) -> World:
    """
    Read an OECD Inter-Country Input-Output table as its CSV files are published.

    Parameters
    ----------
    path
        File with a row and a column `ECONOMY_INDUSTRY` per node (`CHN_C26`), columns `ECONOMY_CATEGORY` of
        final demand, rows of taxes (`TLS`) and value added (`VA`), and totals (`OUT`). USD million.
    year
        Year of the table.
    theta
        Trade elasticities by industry, or one for all; those of the package by default.
    like
        World whose baseline duties are taken for the labels both have; zero by default.

    Returns
    -------
    World
        Checked. Firms that extended tables tell apart (CN1, CN2, MX1, MX2) are added up; T goes into S where the
        list is that of the 2025 edition.

    Raises
    ------
    WorldError
        Missing or too large a file, no nodes, rows without their column, cells that are not numbers, or a
        world that breaks an identity.

    Source: OECD, Inter-Country Input-Output tables, README of the CSV files.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> text = "V1,AAA_X,BBB_X,AAA_HFCE,BBB_HFCE,OUT"
    >>> text += chr(10) + "AAA_X,1,2,6,1,10" + chr(10) + "BBB_X,3,2,2,5,12" + chr(10) + "TLS,0,0,1,0,1"
    >>> text += chr(10) + "VA,6,8,0,0,14" + chr(10) + "OUT,10,12,9,6,37"
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "2022.csv"
    >>> _ = path.write_text(text)
    >>> world = read_icio_csv(path, year=2022, theta=5.0)
    >>> world.economies, float(world.gdp.sel(economy="AAA"))
    (('AAA', 'BBB'), 7.0)
    """
    table = read_icio(check_file(path))
    return make_world(table, name=Path(path).name, year=year, theta=theta, tariffs=like)


def read_icio(path: Path) -> MultiRegionTable:
    """The table of a file."""
    frame = read_frame(path, header=0, index_col=0)
    rows, columns = ([str(x).strip() for x in axis] for axis in (frame.index, frame.columns))
    nodes = [label for label in rows if label in set(columns) and _NODE.fullmatch(label)]
    if not nodes:
        raise refuse(
            "no inter-country table in this file",
            path,
            ", ".join([*rows[:3], *columns[:3]]),
            "rows and columns ECONOMY_INDUSTRY, for example CHN_C26",
            "export the table as published, labels in the first row and column",
        )
    _check_labels(rows, columns, nodes, path)
    final = [c for c in columns if c not in set(nodes) and _NODE.fullmatch(c)]
    totals = [c for c in columns if c in _TOTALS]
    taxes = [r for r in rows if r not in set(nodes) and r not in (*_TOTALS, *_VALUE_ADDED)]
    frame = frame.set_axis(rows, axis=0).set_axis(columns, axis=1)
    used = named_numbers(frame, [*nodes, *taxes], [*nodes, *final, *totals], path)
    return _icio_table(used, nodes, final, taxes)


def _check_labels(rows: list[str], columns: list[str], nodes: list[str], path: Path) -> None:
    lone = [r for r in rows if _NODE.fullmatch(r) and r not in set(nodes) and "TAXSUB" not in r]
    twice = (
        sorted({label for labels in (rows, columns) for label in labels if labels.count(label) > 1})
        if (len(set(rows)) < len(rows) or len(set(columns)) < len(columns))
        else []
    )
    for what, found in (("a row has no column", lone), ("a label stands twice", twice)):
        if found:
            raise refuse(
                f"{what} in an inter-country table",
                path,
                ", ".join(found[:6]),
                "the same nodes in rows and columns, once each",
                "export the table as published",
            )


def _icio_table(used: pd.DataFrame, nodes: list[str], final: list[str], taxes: list[str]) -> MultiRegionTable:
    """Sum a labelled frame to economies, industries and final users."""
    parts = economies_of("icio")

    def split(label: str) -> tuple[str, str]:
        head, tail = label.split("_", 1)
        return parts.get(head, head), tail

    pairs = [split(label) for label in nodes]
    economies = list(dict.fromkeys(economy for economy, _ in pairs))
    sectors = list(dict.fromkeys(sector for _, sector in pairs))
    n = np.array([economies.index(economy) for economy, _ in pairs])
    j = np.array([sectors.index(sector) for _, sector in pairs])
    buyer = np.array([economies.index(split(label)[0]) for label in final])
    size = len(economies), len(sectors)
    flows = used.loc[nodes, nodes].to_numpy(np.float64)
    spent = used.loc[nodes, final].to_numpy(np.float64)
    use, sold, output = np.zeros(size + size), np.zeros((*size, size[0])), np.zeros(size)
    np.add.at(use, (n[:, None], j[:, None], n[None, :], j[None, :]), flows)
    np.add.at(sold, (n[:, None], j[:, None], buyer[None, :]), spent)
    total = [c for c in used.columns if c in _TOTALS]
    made = used.loc[nodes, total[0]].to_numpy(np.float64) if total else flows.sum(axis=1) + spent.sum(axis=1)
    np.add.at(output, (n, j), made)
    on_final = used.loc[taxes, final].to_numpy(np.float64).sum(axis=0)
    final_taxes = np.zeros(size[0])
    np.add.at(final_taxes, buyer, on_final)
    categories = [split(label)[1] for label in final]
    return MultiRegionTable.of_cells(
        tuple(economies),
        tuple(sectors),
        use,
        sold,
        output,
        final_taxes=final_taxes if taxes else None,
        invested=invested_share(spent.sum(axis=0), buyer, categories, size[0]),
    )
