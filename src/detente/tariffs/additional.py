"""Additional duties on a world's sectors: line by line for the United States, by covered shares for others."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from detente.tariffs.assumptions import Assumptions
from detente.tariffs.cells import ICIO, filled, sector_map, weights
from detente.tariffs.coverage import covered_share
from detente.tariffs.duties import Reader, origin_duties, origin_signature
from detente.tariffs.layers import active_claims, charging, choose, lay
from detente.tariffs.lines import goods
from detente.tariffs.rules import stacking_rules
from detente.tariffs.stack import stack

if TYPE_CHECKING:
    from collections.abc import Iterable

    import xarray as xr
    from numpy.typing import NDArray

    from detente.ledger import Book, Position
    from detente.tariffs.cells import Cells

LINE_LEVEL = "USA"
_LARGEST_MEMORY = 20_000


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
    exporters = tuple(economies)
    sectors, _ = sector_map(classification)
    columns = [
        np.zeros(len(sectors))
        if exporter == importer
        else _rates(book, importer, exporter, classification, chosen)
        for exporter in exporters
    ]
    values = np.column_stack(columns) if columns else np.zeros((len(sectors), 0))
    return xr.DataArray(
        values,
        dims=("sector", "exporter"),
        coords={"sector": list(sectors), "exporter": list(exporters)},
        name="additional duty",
        attrs={"importer": importer, "on": book.on.isoformat(), "unit": "fraction of customs value"},
    )


def _rates(
    book: Book, importer: str, exporter: str, classification: str, assumptions: Assumptions
) -> NDArray[np.float64]:
    """Rates on one exporter, remembered by the positions that concern it."""
    positions = choose(charging(book, importer), exporter, book.on)
    if not positions:
        return np.zeros(len(sector_map(classification)[0]))
    stands_for = (weights().partner_of(exporter) if importer == LINE_LEVEL else None) or exporter
    key = (stands_for, classification, assumptions.key, *origin_signature(book, stands_for, importer))
    memory = _memory()
    if key not in memory:
        if len(memory) > _LARGEST_MEMORY:
            memory.clear()
        measure = _by_line if importer == LINE_LEVEL else _by_share
        memory[key] = measure(book, importer, exporter, classification, assumptions)
    return memory[key]


@functools.cache
def _memory() -> dict[tuple[object, ...], NDArray[np.float64]]:
    """Rates already worked out, by everything they depend on."""
    return {}


@functools.lru_cache(maxsize=8)
def _reader(assumptions: tuple[tuple[str, float | str], ...]) -> Reader:
    """The reader of the weighted lines under some judgements."""
    return Reader(weights().table, Assumptions(**dict(assumptions)))


@functools.cache
def _cells(partner: str) -> Cells:
    """Imports that stand for an economy, every industry filled."""
    known = weights()
    return filled(known, known.of(partner))


def _by_line(
    book: Book, importer: str, exporter: str, classification: str, assumptions: Assumptions
) -> NDArray[np.float64]:
    """Average of the stacked lines of the US schedule."""
    known = weights()
    label = known.partner_of(exporter) or exporter
    cells = _cells(label)
    duties = origin_duties(book, label, _reader(assumptions.key), importer=importer, at=cells.rows)
    industry = known.industry[cells.rows]
    inside = industry >= 0
    size = len(known.industries)
    paid = np.bincount(industry[inside], weights=(duties.additional * cells.usd)[inside], minlength=size)
    value = np.bincount(industry[inside], weights=cells.usd[inside], minlength=size)
    return _per_sector(paid, value, classification)


def _by_share(
    book: Book, importer: str, exporter: str, classification: str, assumptions: Assumptions
) -> NDArray[np.float64]:
    """
    Sum over measures of the rate times the share of each industry's imports it covers.

    Industries that fall into one coarser sector count alike: imports by industry are not held here.
    """
    known = weights()
    rules = stacking_rules()
    size = len(known.industries)
    facts = {
        claim.id: float(assumptions[claim.average])
        for claim in active_claims(book, rules)
        if claim.average and exporter in claim.origins
    }

    def reach(position: Position) -> NDArray[np.float64]:
        return covered_share(position, book, known.industries)

    chosen = choose(charging(book, importer), exporter, book.on)
    layers = lay(chosen, book=book, origin=exporter, rules=rules, reach=reach, facts=facts)
    rates = stack(layers, np.zeros(size)).total
    value = goods().astype(np.float64)
    return _per_sector(rates * value, value, classification)


def _per_sector(
    paid: NDArray[np.float64], value: NDArray[np.float64], classification: str
) -> NDArray[np.float64]:
    """Duty over value by sector; zero where nothing is traded."""
    _, membership = sector_map(classification)
    total = membership @ value
    return np.divide(membership @ paid, total, out=np.zeros(total.shape), where=total > 0.0)
