"""Additional duties on a world's sectors: line by line for the United States, by covered shares for others."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from detente.duties.assumptions import Assumptions
from detente.duties.averages.by_line import rates_by_line
from detente.duties.averages.cells import held_by_line
from detente.duties.averages.coverage import rates_by_industry
from detente.duties.duties import book_signature
from detente.duties.lines import ICIO, industries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
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

    For an importer whose schedule and trade are held (the United States) every line is stacked and averaged with the
    imports of 2024; an economy without line-level imports of its own takes those of all partners, a member of the
    European Union those of the Union. For other importers a measure bears on the share of each industry's imports that
    its coverage assumption names.

    Import weights of a base year, as in the published trackers; they understate prohibitive duties (Anderson and Neary
    2005).

    Ad valorem fractions, dims (sector, exporter), zero for services and for the importer itself.
    """
    import xarray as xr  # noqa: PLC0415  (heavy, used only here)

    exporters, sectors = tuple(economies), industries(classification)
    values = additional_array(
        book,
        importer=importer,
        classification=classification,
        sectors=sectors,
        economies=exporters,
        assumptions=assumptions,
    )
    return xr.DataArray(
        values,
        dims=("sector", "exporter"),
        coords={"sector": list(sectors), "exporter": list(exporters)},
        name="additional duty",
        attrs={"importer": importer, "on": book.on.isoformat(), "unit": "fraction of customs value"},
    )


def additional_array(
    book: Book,
    *,
    importer: str,
    classification: str,
    sectors: Sequence[str],
    economies: Iterable[str],
    assumptions: Assumptions | None = None,
) -> NDArray[np.float64]:
    """The same without labels, over sectors in the order asked for, shape (J, N): a run asks for hundreds."""
    chosen, exporters = assumptions or Assumptions(book.law.assumptions), tuple(economies)
    key = (classification, exporters, chosen.key, book_signature(book, importer))
    memory = _memory()
    if key not in memory:
        if len(memory) >= _MOST_REMEMBERED:
            memory.clear()
        provider = held_by_line(importer)
        memory[key] = (
            rates_by_industry(book, importer, exporters, classification, chosen)
            if provider is None
            else rates_by_line(book, provider, exporters, classification, chosen)
        )
    held = {name: row for row, name in enumerate(industries(classification))}
    out: NDArray[np.float64] = memory[key][[held[name] for name in sectors]]
    return out


@functools.lru_cache(maxsize=1)
def _memory() -> dict[tuple[object, ...], NDArray[np.float64]]:
    """Rates already worked out, by everything they depend on."""
    return {}
