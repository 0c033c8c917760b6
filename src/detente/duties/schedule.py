"""The whole schedule of an importer on a day: every line, every origin."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.asof import READINGS, Given, moment_at
from detente.duties.assumptions import Assumptions
from detente.duties.bans import banned, banning
from detente.duties.duties import Claims, Duties, alike, legal_origin, origin_duties, origin_signature
from detente.duties.lines import day_table
from detente.duties.reader import Reader, Table
from detente.errors import InputError
from detente.geography import economies as places
from detente.ledger import Book, open_ledger

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    import xarray as xr
    from numpy.typing import NDArray

    from detente.ledger import Ledger

LINE_LEVEL = "USA"


@dataclass(frozen=True)
class Schedule:
    """
    Duties on every line from every origin on a day.

    Origins that the law treats alike share one column of numbers; `alike` says which.

    Attributes
    ----------
    book
        What is on the books.
    codes
        Ten-digit lines of the day, shape (P,).
    origins
        ISO alpha-3.
    alike
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

    book: Book = field(repr=False)
    codes: NDArray[np.str_] = field(repr=False)
    origins: tuple[str, ...] = field(repr=False)
    alike: tuple[int, ...] = field(repr=False)
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
        how: dict[str, Any] = {"claims": self.claims, "assumptions": self.assumptions}
        return {book.ends: schedule(LINE_LEVEL, book, origins=self.origins, **how) for book in self.books}

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

    def _labelled(self, columns: list[NDArray[Any]], name: str) -> xr.DataArray:
        """Put labels on numbers."""
        import xarray as xr  # noqa: PLC0415  (heavy, used only here)

        return xr.DataArray(
            np.column_stack(columns)[:, list(self.alike)],
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
    on: Given | Book = None,
    *,
    origins: Iterable[str] | None = None,
    claims: Claims = "none",
    assumptions: Assumptions | None = None,
    ledger: Ledger | None = None,
    **how: Any,
) -> Schedule:
    """
    Duties on every line of the schedule from every origin on a day.

    Parameters
    ----------
    importer
        Only ``USA``.
    on
        Day, or an instant with its offset, or a book; today at the importer's capital by default.
    origins
        ISO alpha-3, or None for every economy.
    claims
        ``none``: no preference is claimed; ``observed``: as often as in trade.
    assumptions
        Named judgements, such as metal contents.
    ledger
        The measures; None for those that come with the package.
    **how
        ``known_on``, ``view``, ``ends`` as in `Ledger.on`.

    Returns
    -------
    schedule
        ``.rate`` and ``.by(measure)`` are labelled arrays (product, origin).

    Raises
    ------
    InputError
        The importer's schedule is not held.

    Examples
    --------
    >>> found = schedule("USA", "2025-10-27", origins=["CHN"])
    >>> round(float(found.rate.sel(product="9503000073", origin="CHN")), 10)
    0.3
    """
    destination = places.resolve(importer, where="importer")
    if destination != LINE_LEVEL:
        raise InputError(
            "the schedule of that importer is not held",
            where="importer",
            found=destination,
            allowed=LINE_LEVEL,
            repair="ask for single products",
        )
    books: tuple[Book, ...] = ()
    if isinstance(on, Book):
        book = on
    else:
        book, books = _books(ledger or open_ledger(), moment_at(on, destination), how)
    chosen = assumptions or Assumptions(book.law.assumptions)
    table = day_table(book.on)
    reader = Reader(table, chosen)
    names = (
        tuple(origins) if origins is not None else tuple(code for code in economies() if code != destination)
    )
    return replace(_fill(book, table, reader, names, claims, chosen), claims=claims, books=books)


def _books(ledger: Ledger, moment: dt.date, how: dict[str, Any]) -> tuple[Book, tuple[Book, ...]]:
    """The book asked for, and past the sources those of both readings."""
    book = ledger.on(moment, **how)
    both = READINGS if book.on > ledger.horizon else ()
    return book, tuple(ledger.on(moment, **(how | {"ends": basis})) for basis in both)


def economies() -> tuple[str, ...]:
    """
    Every economy with a code.

    Returns
    -------
    codes
        ISO alpha-3, ascending.
    """
    return tuple(code for code in places.members("WORLD") if code != "ROW")


def _fill(
    book: Book,
    table: Table,
    reader: Reader,
    names: tuple[str, ...],
    claims: Claims,
    assumptions: Assumptions,
) -> Schedule:
    """Work out one column for each kind of origin."""
    second = book.law.rules.second_column(book.on)
    kinds: dict[tuple[object, ...], int] = {}
    columns: list[Duties] = []
    bans: list[NDArray[np.bool_]] = []
    column_of: list[int] = []
    for origin in names:
        key = (
            alike(book, origin)
            if claims == "observed"
            else (origin in second, *origin_signature(book, origin))
        )
        if key not in kinds:
            kinds[key] = len(columns)
            columns.append(origin_duties(book, origin, reader, claims=claims))
            bans.append(_banned(book, origin, reader))
        column_of.append(kinds[key])
    return Schedule(book, table.codes, names, tuple(column_of), tuple(columns), tuple(bans), assumptions)


def _banned(book: Book, origin: str, reader: Reader) -> NDArray[np.bool_]:
    """Lines that may not be imported from an origin, every condition at its default."""
    legal = legal_origin(origin)
    return np.asarray(banned(banning(book, LINE_LEVEL, legal), book, legal, reader, {}) > 0.0)
