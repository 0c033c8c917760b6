"""
What a tariff schedule says of an importer's goods: one provider an importer, all behind the same few calls.

To add an importer with a schedule, write a folder here as `usa` is one, and touch nothing else in the code:

1. its data in ``data/``, and in ``data/places.yaml`` under ``entries`` the line ``CODE: {schedule: folder, currency: ...}``,
   by the code of the customs territory (``EU`` for its members);
2. ``folder/__init__.py`` with ``PROVIDER``, an object with the attributes and methods of `Provider`;
3. ``folder/schedule.py``, which reads the lines, and ``folder/imports.py`` where trade by line is held (a provider without
   it has no `weights`: its importer is averaged by industry, and its lines serve single duties and whole schedules).

An importer whose schedule is one list of lines needs less: its table and its entry in ``data/schedules`` (`schedules.yaml`,
`agreements.yaml`), and a folder whose ``PROVIDER`` is `detente.schedules.listed.printed.Printed` of its name, as `uk` is.

Measures, stacking rules and judgements of the importer are the ledger's. Rules of the ledger that name no measure (fees, low
value, column 2, claims that free goods) are those of the provider that says so by `entry_rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import numpy as np

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True)
class LineTable:
    """
    Lines of a schedule as arrays.

    codes: Product codes, digits without dots, shape (P,).
    column1, column2: Ordinary duty on goods with and without most-favoured-nation treatment, ad valorem fraction or its
        equivalent, shape (P,); zero-filled only where the line is free.
    provider: Whose lines they are; None of codes without a schedule.
    """

    codes: NDArray[np.str_]
    column1: NDArray[np.float64]
    column2: NDArray[np.float64]
    provider: Provider | None

    def rows(self, at: NDArray[np.intp]) -> LineTable:
        """Keep some lines."""
        return LineTable(self.codes[at], self.column1[at], self.column2[at], self.provider)


@dataclass(frozen=True)
class Candidates:
    """
    Lines that a code may stand for.

    codes: Digits of each line, shape (P,).
    rows: Rows of the provider's schedule; empty where none is held.
    default: Which candidate the answer is for.
    descriptions: Words of each line.
    warnings: What a reader must know.
    covered: False where the importer's lines are not held that day, ``partial`` where those of another day stand for
        them.
    """

    codes: NDArray[np.str_]
    rows: tuple[int, ...]
    default: int
    descriptions: tuple[str, ...]
    warnings: tuple[str, ...]
    covered: bool | str


@dataclass(frozen=True)
class OrdinaryDuty:
    """
    The ordinary duty on one line: known exactly, by an ad valorem equivalent, or not at all.

    rate: Over customs value; None where it is not known.
    least: What it is at least.
    bounded: Whether `rate` is also the most it can be.
    text: The rate as the schedule prints it.
    title, source: What it is and where it was read.
    kind: ``law``, ``estimate`` or ``stated``.
    ask: What would settle it, or empty.
    most: What it is at most where `rate` is not that; None where nothing bounds it, or `rate` does.
    fact: The fact that would settle it; None for the quantity, or, without a rate, the duty itself.
    """

    rate: float | None
    least: float
    bounded: bool
    text: str
    title: str
    source: str
    kind: str = "law"
    ask: str = ""
    most: float | None = None
    fact: str | None = None


@dataclass(frozen=True)
class Preference:
    """
    What one agreement or scheme gives on some lines.

    word: What a claim calls it.
    title, act: Its name, and the text that grants it.
    texts: Rates as the schedule prints them, empty where it gives none, ``not held`` where that is not known.
    rates: Ad valorem rate or equivalent, NaN without one or where it is not known, shape (P,).
    least: What the rate is at least, NaN where the agreement gives none, shape (P,).
    """

    word: str
    title: str
    act: str
    texts: tuple[str, ...]
    rates: NDArray[np.float64]
    least: NDArray[np.float64]

    @property
    def unknown(self) -> NDArray[np.bool_]:
        """Lines on which something is given that is not known, shape (P,)."""
        return np.asarray(np.isnan(self.rates) & ~np.isnan(self.least))


@runtime_checkable
class HasAgreements(Protocol):
    """A provider that tells agreements apart, each with its rates."""

    def preferences(
        self,
        rows: tuple[int, ...],
        origin: str,
        on: dt.date,
        *,
        value: float | None = None,
        quantity: str | None = None,
    ) -> tuple[Preference, ...]:
        """What each agreement gives goods of an origin on some lines."""


@dataclass(frozen=True)
class Cells:
    """
    Imports from one economy.

    rows: Rows of `Provider.weighted_table`, shape (C,).
    usd: Imports of the weights' year, USD, shape (C,).
    basis: ``observed`` by line, ``derived`` from chapters, or ``everyone``: those of all partners.
    """

    rows: NDArray[np.intp]
    usd: NDArray[np.float64]
    basis: str


@runtime_checkable
class HasProgrammes(Protocol):
    """A provider whose preference programmes have codes that declarations state."""

    def claimed_as(self, programme: str, origin: str, on: dt.date) -> Literal["free", "special"] | None:
        """
        What claiming a programme does to goods of an origin on a day; None where it is not open to them.

        ``free`` for the programme that frees from all duty, ``special`` for one of the special column.
        """


@runtime_checkable
class HasTurns(Protocol):
    """A provider that says on which days its lines, rates or programmes change."""

    def turns(self) -> frozenset[dt.date]:
        """Days on which something begins or ends: between two of them the schedule says the same."""


class Provider(Protocol):
    """
    The schedule of one importer.

    Attributes
    ----------
    importer
        Its code: an economy, or a customs union.
    first_day
        First day whose lines are held; those of that day stand for an earlier one.
    entry_rules
        Whether the rules of the ledger that name no measure are this importer's.
    weights, weights_year
        Names of the import weights, the default first; empty where trade by line is not held.
    special_chapters
        Chapters of special provisions, which the second of the weights leaves out.
    stands_for
        By partner that is several economies as one: the member whose law it has.
    """

    importer: str
    first_day: dt.date
    entry_rules: bool
    weights: tuple[str, ...]
    weights_year: int
    special_chapters: tuple[str, ...]
    stands_for: Mapping[str, str]

    def __hash__(self) -> int:
        """One object for the process; what is read from it is kept by it."""

    def day_table(self, on: dt.date) -> LineTable:
        """Lines that stand on a day with the ordinary duty of both columns; zero where no equivalent exists."""

    def candidates(self, code: str, on: dt.date) -> Candidates:
        """Lines under a code; InputError for a code that is not in the schedule."""

    def ordinary_duty(
        self, row: int, *, column: int, value: float | None, quantity: str | None, on: dt.date
    ) -> OrdinaryDuty:
        """Ordinary duty of a line on a day by column 1 or 2; exact with the customs value and an amount and unit."""

    def special_rates(self, rows: tuple[int, ...], origin: str, on: dt.date) -> NDArray[np.float64]:
        """Lowest ad valorem rate that a preference programme gives goods of an origin, shape (P,), NaN without one."""

    def path(self, code: str) -> tuple[str, ...]:
        """Headings a code stands under, down to itself."""

    def search(self, words: str, *, on: dt.date | None = None, limit: int = 20) -> list[dict[str, Any]]:
        """
        Lines found by words or by the beginning of a code, best first.

        Each row has code, path, score, rate, rate_text, imports_usd.
        """

    def share_by_line(self, name: str, codes: NDArray[np.str_], origin: str) -> NDArray[np.float64]:
        """What a judgement of the ledger that is a table says of lines, such as how often preferences are used."""

    def weighted_table(self) -> LineTable:
        """Lines that had imports in the weights' year."""

    def industry_codes(self, classification: str) -> NDArray[np.str_]:
        """Industry of each line of `weighted_table`, empty for special provisions, shape (P,)."""

    def imports(self) -> Mapping[str, Cells]:
        """Imports by partner, none counted twice."""

    def imports_of(self, economy: str) -> Cells | None:
        """Imports that stand for an economy's; None where none are reported."""


@runtime_checkable
class SpreadsLines(Provider, Protocol):
    """A provider without trade by line, whose lines averages are spread over."""

    def covers(self, on: dt.date) -> bool:
        """Whether the schedule held is that of a day."""

    def spread_lines(self, on: dt.date) -> tuple[NDArray[np.str_], NDArray[np.float64], NDArray[np.bool_]]:
        """Codes, ad valorem rates (NaN without one) and whether each is known to be that of the day, shape (P,) each."""

    def industries_of(self, codes: NDArray[np.str_]) -> NDArray[np.str_]:
        """Industry of ``icio49`` of each code, shape (P,)."""
