"""The whole schedule of an importer on a day: every line, every origin."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.asof import READINGS
from detente.display import as_html, in_short
from detente.duties.assumptions import Assumptions
from detente.duties.duties import (
    Claims,
    Duties,
    banned_lines,
    origin_duties,
    origin_signature,
    same_law_key,
    second_column,
)
from detente.duties.rate_file import write_rates
from detente.duties.reader import Reader
from detente.errors import InputError
from detente.geography import economies as places
from detente.geography import territories as customs
from detente.ledger import open_ledger
from detente.schedules import provided, provider_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    import xarray as xr
    from numpy.typing import NDArray

    from detente.asof import AsOf
    from detente.ledger import Book, Ledger
    from detente.schedules.provider import Provider


@dataclass(frozen=True)
class Schedule:
    """
    Duties on every line from every origin on a day.

    Origins that the law treats alike share one column of numbers; `column_of` says which.

    Attributes
    ----------
    provider
        The importer's schedule.
    book
        What is on the books.
    codes
        Ten-digit lines of the day, shape (P,).
    origins
        ISO alpha-3.
    column_of
        Column of each origin.
    columns
        Duties of each kind of origin.
    bans
        Lines of each kind of origin that may not be imported.
    assumptions
        Named judgements.
    claims
        Whether preferences are claimed.
    books
        After the last day the sources cover, the day's books as the notices read and as reported; else empty.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    provider: Provider = field(repr=False)
    book: Book = field(repr=False)
    codes: NDArray[np.str_] = field(repr=False)
    origins: tuple[str, ...] = field(repr=False)
    column_of: tuple[int, ...] = field(repr=False)
    columns: tuple[Duties, ...] = field(repr=False)
    bans: tuple[NDArray[np.bool_], ...] = field(repr=False)
    assumptions: Assumptions = field(repr=False)
    claims: Claims = "none"
    books: tuple[Book, ...] = field(default=(), repr=False)

    @property
    def on(self) -> dt.date:
        """The day at the importer's capital."""
        return self.book.on

    @cached_property
    def readings(self) -> dict[str, Schedule]:
        """After the last day the sources cover, the schedule as notices read (``legal``) and as reported; else empty."""
        return {
            book.ends: _fill(self.provider, book, self.origins, self.claims, self.assumptions)
            for book in self.books
        }

    @property
    def measures(self) -> tuple[str, ...]:
        """Ids of the measures that bear on some line from some origin."""
        return tuple(sorted({name for column in self.columns for name in column.by_measure}))

    @property
    def rate(self) -> xr.DataArray:
        """Ordinary and additional duty, fraction of customs value, dims (product, origin); NaN where prohibited."""
        columns = [
            np.where(ban, np.nan, column.total) for column, ban in zip(self.columns, self.bans, strict=True)
        ]
        return self._labelled(columns, "duty")

    @property
    def prohibited(self) -> xr.DataArray:
        """Lines that may not be imported, dims (product, origin)."""
        return self._labelled(list(self.bans), "prohibited")

    @property
    def base(self) -> xr.DataArray:
        """Ordinary duty, dims (product, origin)."""
        return self._labelled([column.base for column in self.columns], "ordinary duty")

    def by(self, measure: str) -> xr.DataArray:
        """
        What one measure adds.

        Parameters
        ----------
        measure
            Id of a measure.

        Returns
        -------
        rate
            Fraction of customs value, dims (product, origin); zero where it does not bear.

        Raises
        ------
        InputError
            The measure bears on nothing that day.
        """
        if measure not in self.measures:
            raise InputError(
                "the measure bears on no line that day",
                where="measure",
                found=measure,
                allowed=", ".join(self.measures),
                repair="see `detente ledger show`",
            )
        zero = np.zeros(self.codes.shape)
        return self._labelled([column.by_measure.get(measure, zero) for column in self.columns], measure)

    def to_dict(self) -> dict[str, Any]:
        """
        Say what the schedule is of; the rates themselves are arrays, or a file.

        Returns
        -------
        document
            importer, on, at, view, claims, products, origins, alike (kinds of origin the law treats alike), unknown (lines
            whose ordinary duty is not known or has no ad valorem rate), measures.
        """
        return {
            "importer": self.provider.importer,
            "on": self.on.isoformat(),
            "at": at.isoformat() if (at := self.book.asof.instant) else None,
            "view": self.book.view,
            "claims": self.claims,
            "products": int(self.codes.size),
            "origins": len(self.origins),
            "alike": len(self.columns),
            "unknown": int(np.isnan(self.columns[0].base).sum()) if self.columns else 0,
            "measures": list(self.measures),
        }

    def write(self, path: Path | str, *, progress: Callable[[str], None] = lambda _text: None) -> int:
        """
        Write every line from every origin to a Parquet file, origin by origin.

        Parameters
        ----------
        path
            A file ending in ``.parquet``.
        progress
            Told of each origin.

        Returns
        -------
        rows
            How many: lines times origins. Columns product, origin, ordinary, additional, rate (fractions of customs
            value, null where not known or not ad valorem) and prohibited.

        Raises
        ------
        InputError
            The path names no such file, its folder is not there, or the extra [parquet] is missing.
        """
        return write_rates(self, Path(path), progress)

    def _labelled(self, columns: list[NDArray[Any]], name: str) -> xr.DataArray:
        """Put labels on numbers."""
        import xarray as xr  # noqa: PLC0415  (heavy, used only here)

        return xr.DataArray(
            np.column_stack(columns)[:, list(self.column_of)],
            dims=("product", "origin"),
            coords={"product": self.codes, "origin": list(self.origins)},
            name=name,
            attrs={
                "on": self.book.on.isoformat(),
                "view": self.book.view,
                "unit": "fraction of customs value",
            },
        )


def schedule(
    importer: str,
    asof: AsOf,
    *,
    origins: Iterable[str] | None = None,
    claims: Claims = "none",
    assumptions: Assumptions | None = None,
    ledger: Ledger | None = None,
) -> Schedule:
    """
    Duties on every line of the schedule from every origin on a day.

    Gives ``.rate`` and ``.by(measure)`` are labelled arrays (product, origin).

    Examples
    --------
    >>> from detente.asof import AsOf
    >>> found = schedule("USA", AsOf.of("2025-10-27", imposer="USA"), origins=["CHN"])
    >>> round(float(found.rate.sel(product="9503000073", origin="CHN")), 10)
    0.3
    """
    destination = customs.resolve_importer(importer, where="importer")
    provider = provider_of(destination)
    if provider is None:
        raise InputError(
            "the schedule of that importer is not held",
            where="importer",
            found=destination,
            allowed=", ".join(provided()),
            repair="ask for single products",
        )
    held = ledger or open_ledger()
    book = held.on(asof)
    both = READINGS if book.on > held.horizon else ()
    books = tuple(held.on(replace(asof, ends=basis)) for basis in both)
    chosen = assumptions or Assumptions(book.law.assumptions)
    others = (code for code in places.members("WORLD") if code != destination)
    names = tuple(others if origins is None else origins)
    return replace(_fill(provider, book, names, claims, chosen), books=books)


def _fill(
    provider: Provider, book: Book, names: tuple[str, ...], claims: Claims, assumptions: Assumptions
) -> Schedule:
    """Work out one column for each kind of origin."""
    importer, table = provider.importer, provider.day_table(book.on)
    reader, second = Reader(table, assumptions), second_column(book, provider.importer)
    kinds: dict[tuple[object, ...], int] = {}
    columns: list[Duties] = []
    bans: list[NDArray[np.bool_]] = []
    column_of: list[int] = []
    for origin in names:
        key = (
            same_law_key(book, origin, importer)
            if claims == "observed"
            else (origin in second, *origin_signature(book, origin, importer))
        )
        if key not in kinds:
            kinds[key] = len(columns)
            columns.append(origin_duties(book, origin, reader, importer=importer, claims=claims))
            bans.append(np.asarray(banned_lines(book, origin, reader, importer=importer) > 0.0))
        column_of.append(kinds[key])
    return Schedule(
        provider, book, table.codes, names, tuple(column_of), tuple(columns), tuple(bans), assumptions, claims
    )
