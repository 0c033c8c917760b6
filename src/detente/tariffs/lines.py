"""Lines of the US schedule as tables of the tariff room: the lines of a day, and the lines with imports."""

from __future__ import annotations

import csv
import functools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detente.products import industry_of, us_imports_2024, us_schedule
from detente.tariffs.duties import Table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray

_SECTORS = Path(__file__).parent.parent / "data" / "worlds" / "sectors.csv"
_ICIO = "icio49"


@functools.cache
def _icio() -> tuple[tuple[str, ...], tuple[bool, ...]]:
    """Industries of the world's classification, and which of them make goods."""
    with _SECTORS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["classification"] == _ICIO]
    return tuple(row["code"] for row in rows), tuple(row["goods"] == "yes" for row in rows)


def industries() -> tuple[str, ...]:
    """
    Industries of the world's classification.

    Returns
    -------
    codes
        In the order of `sectors.csv`.
    """
    return _icio()[0]


def goods() -> NDArray[np.bool_]:
    """
    Which industries make goods.

    Returns
    -------
    goods
        Shape (J,).
    """
    return np.array(_icio()[1])


@functools.lru_cache(maxsize=16)
def _rows(on: dt.date) -> NDArray[np.intp]:
    """Rows of the schedule that stand on a day."""
    return np.flatnonzero(us_schedule().in_force(on))


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
        Ten-digit lines with the ordinary duty of both columns; zero where no ad valorem equivalent exists.
    """
    rows, lines = _rows(on), us_schedule()
    return Table(
        codes=lines.codes[rows],
        column1=np.nan_to_num(lines.column1[rows]),
        column2=np.nan_to_num(lines.column2[rows]),
    )


@functools.cache
def weighted_table() -> tuple[Table, tuple[str, ...], NDArray[np.intp]]:
    """
    Lines that had imports in 2024.

    Returns
    -------
    table, industries, industry
        The lines, labels of industries, and the industry of each line (-1 for special provisions).
    """
    codes = us_imports_2024().codes
    lines = us_schedule()
    labels = industries()
    at = {name: place for place, name in enumerate(labels)}
    industry = np.array([at.get(name, -1) for name in industry_of(codes).tolist()], dtype=np.intp)
    return (
        Table(codes, _by_tariff_line(codes, lines.column1), _by_tariff_line(codes, lines.column2)),
        labels,
        industry,
    )


def _by_tariff_line(codes: NDArray[np.str_], rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ordinary duty of each code: of its tariff line, else the mean of its subheading, else zero."""
    lines = us_schedule().codes
    found = np.full(codes.shape, np.nan)
    known = ~np.isnan(rates)
    for digits in (10, 8, 6):
        missing = np.isnan(found)
        heads, inverse = np.unique(lines[known].astype(f"U{digits}"), return_inverse=True)
        means = np.bincount(inverse, weights=rates[known]) / np.bincount(inverse)
        wanted = codes[missing].astype(f"U{digits}")
        place = np.clip(np.searchsorted(heads, wanted), 0, heads.size - 1)
        found[missing] = np.where(heads[place] == wanted, means[place], np.nan)
    return np.nan_to_num(found)


def imports_2024() -> Mapping[str, tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """
    US imports of 2024 by partner.

    Returns
    -------
    imports
        Partner (ISO alpha-3; ``EUN`` for the European Union as one) to rows of `weighted_table` and USD.
    """
    return us_imports_2024().by_partner()
