"""Additional duties on a world's sectors: line by line for the United States, by covered shares for others."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from detente.duties.assumptions import Assumptions
from detente.duties.averages.by_line import LINE_LEVEL, rates_by_line
from detente.duties.averages.coverage import share_stack
from detente.duties.duties import book_signature
from detente.duties.layers import active_claims
from detente.duties.lines import ICIO, concordance, goods, industries
from detente.duties.targets import charging, chooser

if TYPE_CHECKING:
    from collections.abc import Iterable

    import xarray as xr
    from numpy.typing import NDArray

    from detente.ledger import Book

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

    chosen = assumptions or Assumptions(book.law.assumptions)
    exporters, sectors = tuple(economies), industries(classification)
    key = (classification, exporters, chosen.key, book_signature(book, importer))
    memory = _memory()
    if key not in memory:
        if len(memory) >= _MOST_REMEMBERED:
            memory.clear()
        memory[key] = _rates(book, importer, exporters, classification, chosen)
    values = memory[key]
    return xr.DataArray(
        values.copy(),
        dims=("sector", "exporter"),
        coords={"sector": list(sectors), "exporter": list(exporters)},
        name="additional duty",
        attrs={"importer": importer, "on": book.on.isoformat(), "unit": "fraction of customs value"},
    )


def _rates(
    book: Book, importer: str, exporters: tuple[str, ...], classification: str, assumptions: Assumptions
) -> NDArray[np.float64]:
    """Rates by industry and exporter."""
    if importer == LINE_LEVEL:
        return rates_by_line(book, exporters, classification, assumptions)
    rules = book.law.rules
    named = [claim.origins for claim in active_claims(book, rules)]
    named += [rule.origins for rule in rules.whole_value]
    nearness = chooser(charging(book, importer), book.on)
    found = np.zeros((len(industries(classification)), len(exporters)))
    alike: dict[object, NDArray[np.float64]] = {}
    for column, exporter in enumerate(exporters):
        near = nearness(exporter)
        if exporter == importer or not any(near):
            continue
        key = (near, tuple(exporter in origins for origins in named))
        if key not in alike:
            alike[key] = _by_share(book, importer, exporter, classification, assumptions)
        found[:, column] = alike[key]
    return found


@functools.lru_cache(maxsize=1)
def _memory() -> dict[tuple[object, ...], NDArray[np.float64]]:
    """Rates already worked out, by everything they depend on."""
    return {}


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
