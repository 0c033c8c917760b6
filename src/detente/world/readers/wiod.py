"""World input-output tables of WIOD: the published sheet as CSV, or NumPy arrays."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.world.readers.make import make_world
from detente.world.readers.text import economies_of, invested_share, named_numbers, read_frame
from detente.world.table import MultiRegionTable, check_file, check_numbers, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from detente.world.world import World

    Array = NDArray[np.float64]

_WIOD_COUNTRY: Final = re.compile(r"[A-Z]{3}|RoW")
_WIOD_NUMBER: Final = re.compile(r"[cr]?\d+")
_FIVE: Final = ("c37", "c38", "c39", "c41", "c42")
_WIOD_ARRAYS: Final = ("Z", "F", "output", "countries", "industries")
# Header rows and label columns of a WIOD sheet, in its order: code, description, economy, number.
_CODE, _ECONOMY, _NUMBER, _LABELS = 0, 2, 3, 4
# A header row is one whose cells are mostly of its kind (totals stand beside); titles above take a few rows at most.
_MOSTLY: Final = 0.5
_TITLES: Final = 12


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
    return make_world(read_table(path), name=path.name, year=year, theta=theta, tariffs=like)


def read_table(path: Path) -> MultiRegionTable:
    """The table of a file, by its ending."""
    return _read_wiod_arrays(path) if path.suffix == ".npz" else _read_wiod_sheet(path)


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
    economies = tuple(economies_of("wiod").get(str(c), str(c)) for c in arrays["countries"].ravel())
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
    return MultiRegionTable.of_cells(
        economies,
        sectors,
        use.reshape(n, j, n, j),
        final.reshape(n, j, n, -1).sum(axis=3),
        made.reshape(n, j),
        invested=_invested(final.sum(axis=0), n),
    )


def _invested(bought: Array, size: int) -> Array | None:
    """Of the five categories of an archive of both releases, the last two; other numbers of them have no names."""
    names = _FIVE * size
    if len(bought) != len(names):
        return None
    return invested_share(bought, np.repeat(np.arange(size), len(_FIVE)), names, size)


def _read_wiod_sheet(path: Path) -> MultiRegionTable:
    """A sheet with four header rows and four label columns."""
    frame = read_frame(path, header=None, index_col=None)
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
    numeric = named_numbers(
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
    return MultiRegionTable.of_cells(
        tuple(economies_of("wiod").get(c, c) for c in economies),
        tuple(names),
        use.reshape(n, j, n, j),
        final.reshape(n, j, n),
        output.reshape(n, j),
        invested=invested_share(
            numeric[:, buys & ~industry].sum(axis=0), buyer, list(numbers[buys & ~industry]), n
        ),
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
