"""Worlds from the files people hold: OECD ICIO tables in CSV, WIOD tables in CSV or NumPy arrays."""

from __future__ import annotations

import re
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from detente.world.elasticities import read_rows
from detente.world.table import MultiRegionTable, check_file, check_numbers, make_world, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from detente.world.world import World

_TOTALS: Final = ("OUT", "OUTPUT", "TOTAL")
_VALUE_ADDED: Final = ("VA", "VALU")
_NODE: Final = re.compile(r"([A-Z][A-Z0-9]{2})_(.+)")
_WIOD_COUNTRY: Final = re.compile(r"[A-Z]{3}|RoW")
_WIOD_NUMBER: Final = re.compile(r"[cr]?\d+")
_WIOD_ARRAYS: Final = ("Z", "F", "output", "countries", "industries")
# Header rows and label columns of a WIOD sheet, in its order: code, description, economy, number.
_CODE, _ECONOMY, _NUMBER, _LABELS = 0, 2, 3, 4
# A header row is one whose cells are mostly of its kind (totals stand beside); titles above take a few rows at most.
_MOSTLY: Final = 0.5
_TITLES: Final = 12


@cache
def _economies_of(layout: str) -> dict[str, str]:
    """Economies by labels that tables of a layout have of their own, such as firms of China that are told apart."""
    return {row["label"]: row["economy"] for row in read_rows("table_labels.csv") if row["format"] == layout}


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
    path = check_file(path)
    frame = _read_frame(path, header=0, index_col=0)
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
    used = _numbers(frame, [*nodes, *taxes], [*nodes, *final, *totals], path)
    return _check(
        make_world(_icio_table(used, nodes, final, taxes), name=path.name, year=year, theta=theta, like=like)
    )


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
    parts = _economies_of("icio")

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
    return MultiRegionTable(
        tuple(economies), tuple(sectors), use, sold, output, final_taxes if taxes else None
    )


def read_wiod(
    path: Path | str,
    *,
    year: int,
    theta: Mapping[str, float] | float | None = None,
    like: World | None = None,
) -> World:
    """
    Read a world input-output table of WIOD (2013 or 2016 release).

    Parameters
    ----------
    path
        `.csv`, the published sheet saved as it is (four header rows and four label columns: code, description,
        economy, number; titles above are passed over), or `.npz` with arrays `Z`, `F`, `output`, `countries`, `industries`,
        nodes ordered by economy.
    year
        Year of the table.
    theta, like
        As in `read_icio_csv`.

    Returns
    -------
    World
        Checked. Industries of the 2013 release are labelled c1 to c35, those of the 2016 release by their code.

    Raises
    ------
    WorldError
        As `read_icio_csv`; also an archive that holds Python objects.

    Source: Timmer, Dietzenbacher, Los, Stehrer and de Vries (2015), Review of International Economics 23, 575-605.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "wiot.npz"
    >>> np.savez(path, Z=np.array([[1.0, 2], [3, 2]]), F=np.array([[6.0, 1], [2, 5]]),
    ...          output=np.array([10.0, 12]), countries=np.array(["AUS", "RoW"]), industries=np.array(["x"]))
    >>> read_wiod(path, year=2011, theta=5.0).economies
    ('AUS', 'ROW')
    """
    path = check_file(path)
    table = _read_wiod_arrays(path) if path.suffix == ".npz" else _read_wiod_sheet(path)
    return _check(make_world(table, name=path.name, year=year, theta=theta, like=like))


def _read_wiod_arrays(path: Path) -> MultiRegionTable:
    """Arrays of a NumPy archive, sizes checked before values are read, objects refused."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            missing = [name for name in _WIOD_ARRAYS if name not in archive.files]
            if missing:
                raise refuse(
                    "an archive lacks arrays", path, f"missing {missing}", ", ".join(_WIOD_ARRAYS), "add them"
                )
            arrays: dict[str, NDArray[Any]] = {name: archive[name] for name in _WIOD_ARRAYS}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise refuse(
            "damaged archive, or one with Python objects",
            path,
            f"{type(error).__name__}: {error}",
            "an .npz file of plain numbers and text",
            "save it with numpy.savez from arrays that are not of type object",
        ) from error
    economies = tuple(_economies_of("wiod").get(str(c), str(c)) for c in arrays["countries"].ravel())
    sectors = tuple(str(c) for c in arrays["industries"].ravel())
    n, j = len(economies), len(sectors)
    use, final, output = (arrays[name] for name in ("Z", "F", "output"))
    fits = use.shape == (n * j, n * j) and output.shape == (n * j,) and final.ndim == 2  # noqa: PLR2004  (a matrix)
    if not (fits and final.shape[0] == n * j and final.shape[1] % n == 0 and final.shape[1] > 0):
        raise refuse(
            "wrong shapes in an archive",
            path,
            f"Z {use.shape}, F {final.shape}, output {output.shape}",
            f"Z ({n * j}, {n * j}), F ({n * j}, a multiple of {n}), output ({n * j},)",
            "order nodes by economy, then industry",
        )
    labels = [f"{e} {s}" for e in economies for s in sectors]
    use, final = (
        check_numbers(v.astype(np.float64), path, labels, [str(k) for k in range(v.shape[1])])
        for v in (use, final)
    )
    made = check_numbers(output.astype(np.float64)[:, None], path, labels, ["output"])[:, 0]
    return MultiRegionTable(
        economies,
        sectors,
        use.reshape(n, j, n, j),
        final.reshape(n, j, n, -1).sum(axis=3),
        made.reshape(n, j),
    )


def _read_wiod_sheet(path: Path) -> MultiRegionTable:
    """A sheet with four header rows and four label columns."""
    frame = _read_frame(path, header=None, index_col=None)
    cells = frame.fillna("").astype(str).map(str.strip)
    top = _header(cells, path)
    owners, numbers = (cells.iloc[top + k, _LABELS:].to_numpy() for k in (_ECONOMY, _NUMBER))
    body = cells.iloc[top + _LABELS :]
    row_owner, row_number, row_code = (body[k].to_numpy() for k in (_ECONOMY, _NUMBER, _CODE))
    rows = np.array([bool(_WIOD_COUNTRY.fullmatch(c)) and c != "TOT" for c in row_owner])
    products = list(dict.fromkeys(row_number[rows]))
    buys = np.array([bool(_WIOD_COUNTRY.fullmatch(c)) and c != "TOT" for c in owners])
    industry = buys & np.isin(numbers, products)
    economies = list(dict.fromkeys(row_owner[rows]))
    labels = [f"{a} {b}" for a, b in zip(row_owner[rows], row_number[rows], strict=True)]
    expected = [f"{a} {b}" for a, b in zip(owners[industry], numbers[industry], strict=True)]
    if labels != expected or len(labels) != len(economies) * len(products):
        raise refuse(
            "rows and columns of a table do not agree",
            path,
            f"{len(labels)} rows, {len(expected)} columns, {len(economies)} economies x {len(products)} industries",
            "the same economies and industries in rows and columns, in one order",
            "save the sheet as published",
        )
    columns = [f"{a} {b}" for a, b in zip(owners, numbers, strict=True)]
    numeric = _numbers(
        body[rows].iloc[:, _LABELS:].set_axis(labels, axis=0).set_axis(columns, axis=1), labels, columns, path
    ).to_numpy(np.float64)
    n, j = len(economies), len(products)
    buyer = np.array([economies.index(c) for c in owners[buys & ~industry]])
    final = np.zeros((n * j, n))
    np.add.at(final.T, buyer, numeric[:, buys & ~industry].T)
    use = numeric[:, industry]
    names = [row_code[rows][k] if row_number[rows][k][0] == "r" else products[k] for k in range(j)]
    total = numeric[:, ~buys]
    output = total[:, -1] if total.shape[1] else use.sum(axis=1) + final.sum(axis=1)
    return MultiRegionTable(
        tuple(_economies_of("wiod").get(c, c) for c in economies),
        tuple(names),
        use.reshape(n, j, n, j),
        final.reshape(n, j, n),
        output.reshape(n, j),
    )


def _header(cells: pd.DataFrame, path: Path) -> int:
    """First of the four header rows: the one two above the first row of economies and numbers."""
    for k in range(min(len(cells) - 1, _TITLES)):
        owners, numbers = cells.iloc[k, _LABELS:], cells.iloc[k + 1, _LABELS:]
        if owners.map(lambda c: bool(_WIOD_COUNTRY.fullmatch(c))).mean() > _MOSTLY and (
            numbers.map(lambda c: bool(_WIOD_NUMBER.fullmatch(c))).mean() > _MOSTLY
        ):
            if k >= _ECONOMY:
                return k - _ECONOMY
            break
    raise refuse(
        "no WIOD table in this file",
        path,
        " | ".join(cells.iloc[0, :5]),
        "four header rows (code, description, economy, number) and four label columns",
        "save the published sheet as CSV, unchanged",
    )


def _read_frame(path: Path, *, header: int | None, index_col: int | None) -> pd.DataFrame:
    """Read a CSV file; binary or ragged content is refused."""
    with path.open("rb") as stream:
        if b"\0" in stream.read(4096):
            raise refuse(
                "not a CSV file", path, "binary content", "text, comma separated", "export it as CSV"
            )
    try:
        frame: pd.DataFrame = pd.read_csv(
            path, header=header, index_col=index_col, low_memory=False, encoding="utf-8-sig"
        )
    except (ValueError, UnicodeError, pd.errors.ParserError) as error:
        raise refuse(
            "damaged CSV file",
            path,
            f"{type(error).__name__}: {error}",
            "one table, comma separated",
            "export it again",
        ) from error
    return frame


def _numbers(frame: pd.DataFrame, rows: list[str], columns: list[str], path: Path) -> pd.DataFrame:
    """The cells asked for, as numbers; an empty or other cell is refused by name."""
    part: pd.DataFrame = frame.loc[rows, columns].apply(pd.to_numeric, errors="coerce")
    check_numbers(part.to_numpy(np.float64), path, rows, columns)
    return part


def _check(world: World) -> World:
    world.check()
    return world
