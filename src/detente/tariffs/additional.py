"""Additional duties on a world's sectors: line by line for the United States, by covered shares for others."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from detente.tariffs.assumptions import Assumptions
from detente.tariffs.cells import filled, weights
from detente.tariffs.coverage import share_stack
from detente.tariffs.duties import book_signature, origin_duties
from detente.tariffs.lines import ICIO, concordance, goods, industries, industry_index, weighted_table
from detente.tariffs.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable

    import xarray as xr
    from numpy.typing import NDArray

    from detente.ledger import Book

LINE_LEVEL = "USA"
_MOST_REMEMBERED = 500


def additional_rates(
    book: Book,
    *,
    importer: str,
    classification: str = ICIO,
    economies: Iterable[str],
    assumptions: Assumptions | None = None,
) -> xr.DataArray:
    """
    Duties of the ledger on top of the ordinary duty, by sector and exporter.

    For the United States every line of the schedule is stacked and averaged with the imports of 2024; an
    economy without line-level imports of its own takes those of all partners, a member of the European Union
    those of the Union. For other importers a measure bears on the share of each industry's imports that its
    coverage assumption names.

    Parameters
    ----------
    book
        What is on the books.
    importer
        ISO alpha-3.
    classification
        ``icio49`` or ``wiod35``.
    economies
        Exporters, ISO alpha-3 or ``ROW``.
    assumptions
        Named judgements, or None for the defaults.

    Returns
    -------
    rates
        Ad valorem fractions, dims (sector, exporter), zero for services and for the importer itself.

    Raises
    ------
    InputError
        The classification has no concordance.
    LedgerError
        A measure names a coverage assumption the ledger does not hold.

    Examples
    --------
    >>> from detente.ledger import open_ledger
    >>> rates = additional_rates(open_ledger().on("2024-12-31"), importer="USA", economies=("CHN", "DEU"))
    >>> bool(rates.sel(exporter="CHN").max() > rates.sel(exporter="DEU").max())
    True

    References
    ----------
    Import weights of a base year, as in the published trackers; they understate prohibitive duties (Anderson
    and Neary 2005).
    """
    import xarray as xr  # noqa: PLC0415  (heavy, used only here)

    chosen = assumptions or Assumptions()
    exporters, sectors = tuple(economies), industries(classification)
    key = (classification, exporters, chosen.key, book_signature(book, importer))
    memory = _memory()
    if key not in memory:
        if len(memory) >= _MOST_REMEMBERED:
            memory.clear()
        columns = [_rates(book, importer, exporter, classification, chosen) for exporter in exporters]
        memory[key] = np.column_stack(columns) if columns else np.zeros((len(sectors), 0))
    values = memory[key]
    return xr.DataArray(
        values.copy(),
        dims=("sector", "exporter"),
        coords={"sector": list(sectors), "exporter": list(exporters)},
        name="additional duty",
        attrs={"importer": importer, "on": book.on.isoformat(), "unit": "fraction of customs value"},
    )


def _rates(
    book: Book, importer: str, exporter: str, classification: str, assumptions: Assumptions
) -> NDArray[np.float64]:
    """Rates on one exporter."""
    if exporter == importer:
        return np.zeros(len(industries(classification)))
    if importer == LINE_LEVEL:
        return _by_line(book, exporter, classification, assumptions)
    return _by_share(book, importer, exporter, classification, assumptions)


@functools.lru_cache(maxsize=8)
def _reader(assumptions: tuple[tuple[str, float | str], ...]) -> Reader:
    """The reader of the weighted lines under some judgements."""
    return Reader(weighted_table(), Assumptions(**dict(assumptions)), _scopes())


@functools.cache
def _scopes() -> dict[object, NDArray[np.float64]]:
    """What readers of the weighted lines have read, whatever their judgements."""
    return {}


@functools.lru_cache(maxsize=1)
def _memory() -> dict[tuple[object, ...], NDArray[np.float64]]:
    """Rates already worked out, by everything they depend on."""
    return {}


@functools.lru_cache(maxsize=1024)
def _cells(
    exporter: str, classification: str
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.intp]]:
    """Lines, imports and industries that stand for an economy, every industry filled."""
    known = weights()
    cells = filled(known, known.of(exporter), classification)
    industry = industry_index(classification)[cells.rows]
    inside = industry >= 0
    return cells.rows[inside], cells.usd[inside], industry[inside]


def _by_line(book: Book, exporter: str, classification: str, assumptions: Assumptions) -> NDArray[np.float64]:
    """Average of the stacked lines of the US schedule."""
    duties = origin_duties(book, exporter, _reader(assumptions.key)).additional
    rows, usd, industry = _cells(exporter, classification)
    size = len(industries(classification))
    paid = np.bincount(industry, weights=duties[rows] * usd, minlength=size)
    value = np.bincount(industry, weights=usd, minlength=size)
    return np.divide(paid, value, out=np.zeros(size), where=(value > 0.0) & goods(classification))


def _by_share(
    book: Book, importer: str, exporter: str, classification: str, assumptions: Assumptions
) -> NDArray[np.float64]:
    """
    Sum over measures of the rate times the share of each industry's imports it covers.

    Industries that fall into one coarser sector count alike.
    """
    rates = share_stack(book, importer, exporter, assumptions).total
    membership = concordance(classification) * goods()
    size = np.asarray(membership.sum(axis=1), dtype=np.float64)
    return np.divide(membership @ rates, size, out=np.zeros(size.shape), where=size > 0.0)
