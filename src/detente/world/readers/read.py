"""One verb for the tables that people hold: `read_world(path, layout=..., year=...)`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from detente.errors import InputError
from detente.io.words import meant
from detente.world.readers.eora26 import read_eora26
from detente.world.readers.exiobase import read_exiobase
from detente.world.readers.figaro import read_figaro
from detente.world.readers.gtap import read_gtap
from detente.world.readers.icio import read_icio
from detente.world.readers.make import make_world
from detente.world.readers.text import check_year, services_of
from detente.world.readers.wiod import read_table
from detente.world.table import check_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from detente.world.table import MultiRegionTable
    from detente.world.world import World

    Groups = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class _Layout:
    """How a layout is read, and USD million in one unit of its money, where its publisher counts in dollars."""

    read: Callable[..., MultiRegionTable]
    scale: float | None


def _file(read: Callable[[Path], MultiRegionTable]) -> Callable[..., MultiRegionTable]:
    """A reader of a file, whose name may tell a year."""

    def read_year(path: Path, *, year: int) -> MultiRegionTable:
        check_year(path, year)
        return read(check_file(path))

    return read_year


_LAYOUTS: Final[dict[str, _Layout]] = {
    "icio": _Layout(_file(read_icio), 1.0),
    "wiod": _Layout(_file(read_table), 1.0),
    "exiobase": _Layout(read_exiobase, None),
    "eora26": _Layout(read_eora26, 1e-3),
    "figaro": _Layout(read_figaro, None),
    "gtap": _Layout(read_gtap, 1.0),
}


def read_world(
    path: Path | str,
    *,
    layout: str,
    year: int,
    theta: Mapping[str, float] | float | None = None,
    tariffs: World | pd.DataFrame | None = None,
    scale: float | None = None,
    economies: Groups | None = None,
    sectors: Groups | None = None,
) -> World:
    """
    Read a published inter-country table as a world.

    Parameters
    ----------
    path
        File or folder, unpacked, as published:

        - icio: a CSV file of the OECD, nodes `CHN_C26` (`2022_SML.csv`, extended tables too);
        - wiod: the sheet saved as CSV, or `.npz` (2013 and 2016 releases);
        - exiobase: a folder `IOT_2019_ixi` or `IOT_2019_pxp` with `Z.txt` (or `A.txt` and `x.txt`) and `Y.txt`;
        - eora26: a folder with `Eora26_2015_bp_T.txt`, `Eora26_2015_bp_FD.txt`, `labels_T.txt`, `labels_FD.txt`;
        - figaro: the industry-by-industry CSV file of Eurostat, matrix or flat;
        - gtap: `basedata.har`, or a folder with it and `default.prm`, in names of GTAP 7 on or the classic ones.
    layout
        icio, wiod, exiobase, eora26, figaro or gtap.
    year
        Year of the table. A name that tells another year is refused.
    theta
        Trade elasticities by industry, or one for all. Left out, those of the package, which it has for the industries
        of its own worlds: merge the table's into them with `sectors`, or give yours. GTAP's are substitution less 1.
    tariffs
        Rows sector, importer, exporter, tariff (fractions of the customs value), or a world whose baseline duties are taken
        for the labels both have. Left out, they are those of GTAP, or zero, and the world says so.
    scale
        USD million in one unit of the table's money. EXIOBASE and FIGARO count in millions of euros: give US dollars in
        one euro. By default 1, and 0.001 for eora26, which counts in thousands of dollars.
    economies, sectors
        New label to old labels, or to a group's name such as EU; labels in no group stay.

    Returns
    -------
    World
        Checked. Value added and taxes are output less inputs. Inventories run down stay in final demand, as published;
        inputs below zero are taken off final use of the same flow. Of GTAP, imports by agent are of all origins in
        proportion and pay one duty (imports with duty over cif, less 1); flows are fob, export taxes in value added. What
        was set, left out or estimated is in `world.estimated`.

    Raises
    ------
    WorldError
        A missing or damaged file, one of another year, labels that do not agree, cells that are not numbers, a table that
        does not balance.
    InputError
        An unknown layout, or money whose value in dollars is not given.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> rows = ["rowLabels,DE_C29,CN_C29,DE_P3_S14,CN_P3_S14", "DE_C29,1,2,6,1", "CN_C29,3,2,2,5", "W2_D1,6,8,0,0"]
    >>> path = folder / "matrix_eu-ic-io_ind-by-ind_24ed_2022.csv"
    >>> _ = path.write_text(chr(10).join(rows))
    >>> world = read_world(path, layout="figaro", year=2022, theta=5.0, scale=1.05)
    >>> world.economies, round(float(world.gdp.sum()), 2)
    (('DEU', 'CHN'), 14.7)
    """
    if layout not in _LAYOUTS:
        raise InputError(
            "unknown layout of a table",
            where="layout",
            found=layout,
            allowed=", ".join(_LAYOUTS),
            repair=meant(
                layout, _LAYOUTS, otherwise="use one of these, or World.from_frames for tables of your own"
            ),
        )
    known = _LAYOUTS[layout]
    money = known.scale if scale is None else scale
    if money is None or not 0 < money < float("inf"):
        raise InputError(
            "the value of a table's money in dollars is not known",
            where="scale",
            found="nothing" if money is None else money,
            allowed="USD million in one unit of the table's money, above 0",
            repair="this table counts in millions of euros: give the year's US dollars in one euro",
        )
    path = Path(path)
    table = known.read(path, year=year)
    given: dict[str, Any] = {"theta": theta, "tariffs": tariffs, "groups": (economies or {}, sectors or {})}
    services = services_of(layout).intersection(table.sectors)
    return make_world(table.scaled(money), name=path.name, year=year, services=services, **given)
