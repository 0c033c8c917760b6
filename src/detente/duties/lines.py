"""Lines of the US schedule as tables of the tariff room, and the industries of the model."""

from __future__ import annotations

import csv
import functools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detente.duties.reader import Table
from detente.errors import InputError
from detente.schedules.usa import industry_of, us_imports_2024, us_schedule

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

_WORLDS = Path(__file__).parent.parent / "data" / "worlds"
ICIO = "icio49"


@functools.cache
def _sectors() -> dict[str, tuple[tuple[str, ...], tuple[bool, ...]]]:
    """By classification: codes, and which of them make goods."""
    with (_WORLDS / "sectors.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for name in dict.fromkeys(row["classification"] for row in rows):
        mine = [row for row in rows if row["classification"] == name]
        found[name] = (tuple(row["code"] for row in mine), tuple(row["goods"] == "yes" for row in mine))
    return found


def industries(classification: str = ICIO) -> tuple[str, ...]:
    """
    Industries of a world's classification.

    Parameters
    ----------
    classification
        ``icio49`` or ``wiod35``.

    Returns
    -------
    codes
        In the order of `sectors.csv`.

    Raises
    ------
    InputError
        The classification has no concordance.
    """
    if classification not in _sectors():
        raise InputError(
            "no concordance to that classification",
            where="classification",
            found=classification,
            allowed=", ".join(_sectors()),
            repair="use a world in one of them",
        )
    return _sectors()[classification][0]


def goods(classification: str = ICIO) -> NDArray[np.bool_]:
    """
    Which industries make goods.

    Parameters
    ----------
    classification
        As in `industries`.

    Returns
    -------
    goods
        Shape (J,).
    """
    return np.array(_sectors()[classification][1])


@functools.cache
def concordance(classification: str) -> NDArray[np.float64]:
    """
    How industries of the finer classification fall into another.

    Parameters
    ----------
    classification
        As in `industries`.

    Returns
    -------
    membership
        0 and 1, shape (sectors of `classification`, industries of ``icio49``).
    """
    fine, coarse = industries(), industries(classification)
    if classification == ICIO:
        return np.eye(len(fine))
    membership = np.zeros((len(coarse), len(fine)))
    text = (_WORLDS / f"{classification}_icio49.csv").read_text(encoding="utf-8")
    for line in text.split()[1:]:
        sector, industry = line.split(",")
        if sector in coarse and industry in fine:
            membership[coarse.index(sector), fine.index(industry)] = 1.0
    return membership


@functools.cache
def industry_index(classification: str = ICIO) -> NDArray[np.intp]:
    """
    Industry of each line with imports.

    Parameters
    ----------
    classification
        As in `industries`.

    Returns
    -------
    index
        Into `industries`, -1 for special provisions, shape (P,).
    """
    at = {name: place for place, name in enumerate(industries(classification))}
    found = industry_of(us_imports_2024().codes, classification)
    return np.array([at.get(name, -1) for name in found.tolist()], dtype=np.intp)


@functools.lru_cache(maxsize=8)
def day_table(on: dt.date) -> Table:
    """
    Lines that stand on a day.

    Parameters
    ----------
    on
        The day; before 2025 the lines of 2025-01-01 stand for it.

    Returns
    -------
    table
        Lines with the ordinary duty of both columns; zero where no ad valorem equivalent exists.
    """
    lines = us_schedule()
    rows = np.flatnonzero(lines.in_force(on))
    return Table(
        codes=lines.codes[rows],
        column1=np.nan_to_num(lines.column1[rows]),
        column2=np.nan_to_num(lines.column2[rows]),
    )


@functools.cache
def weighted_table() -> Table:
    """
    Lines that had imports in 2024.

    Returns
    -------
    table
        Their codes of 2024 with the ordinary duty of the schedule.
    """
    codes, lines = us_imports_2024().codes, us_schedule()
    return Table(codes, _by_tariff_line(codes, lines.column1), _by_tariff_line(codes, lines.column2))


def _by_tariff_line(codes: NDArray[np.str_], rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ordinary duty of each code: of its line, its tariff line, else the mean of its subheading, else zero."""
    known = ~np.isnan(rates)
    lines, values = us_schedule().codes[known], rates[known]
    found = np.full(codes.shape, np.nan)
    for digits in (10, 8, 6):
        missing = np.flatnonzero(np.isnan(found))
        heads, inverse = np.unique(lines.astype(f"U{digits}"), return_inverse=True)
        means = np.bincount(inverse, weights=values) / np.bincount(inverse)
        wanted = codes[missing].astype(f"U{digits}")
        place = np.clip(np.searchsorted(heads, wanted), 0, heads.size - 1)
        found[missing] = np.where(heads[place] == wanted, means[place], np.nan)
    return np.asarray(np.nan_to_num(found), dtype=np.float64)
