"""All measures, and the questions one can ask of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from detente.asof import AsOf
from detente.display import as_html, in_short
from detente.errors import LedgerError
from detente.geography.economies import membership_days
from detente.io.words import closest, nearest
from detente.ledger.history import Amendment, dates_of
from detente.ledger.law import Law
from detente.ledger.memory import Memory
from detente.ledger.records.headings import Headings
from detente.ledger.records.lists import CODE, ProductList
from detente.ledger.records.standing import Rules
from detente.ledger.snapshots import Book

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from detente.asof import Basis, View
    from detente.io.yaml_file import Document, Location
    from detente.labels import Key, Label
    from detente.ledger.records.judgements import Judgement
    from detente.ledger.records.ordinary import MfnLine
    from detente.ledger.records.printed import PrintedList
    from detente.ledger.records.schema import BoardRow, Coverage, Measure, Source
    from detente.ledger.records.statements import Statement
    from detente.ledger.snapshots import Position

SHORT = 8


@dataclass(frozen=True, eq=False)
class Ledger:
    """
    All law: measures, the rules by which they add up, judgements, lists, statements, sources.

    Attributes
    ----------
    measures
        By id, in order of the ids.
    sources, coverage, lists
        Sources by id, named coverage assumptions, product lists by name.
    rules, assumptions, statements, mfn_lines
        Stacking rules, judgements by name, what each side said, cited ordinary duties by importer; all of them, whatever
        was known: `law` limits them.
    printed
        Where each product list is printed, by its name.
    headings
        Which heading is filed with a duty, or to claim that it is not due.
    horizon
        Last day the sources cover; what was decided later is not known.
    hash
        SHA-256 of every file read and every edit.
    known_on
        Limit of knowledge of every query; None for everything.
    warnings
        What overlays replaced.
    board
        Instruments of the story, for `status`.
    amendments
        Records added by edits, by measure.
    places
        Document of each measure, and where in it the measure stands.
    labels
        Labels that overlays bring: titles of their measures and judgements, and what their ``labels.csv`` say.
    cited_elsewhere
        Words of the tables of assumptions, coverage and stacking: sources and lists named there are used.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    measures: Mapping[str, Measure] = field(repr=False)
    sources: Mapping[str, Source] = field(repr=False)
    coverage: Mapping[str, Coverage] = field(repr=False)
    lists: Mapping[str, ProductList] = field(repr=False)
    horizon: dt.date
    hash: str
    known_on: dt.date | None = None
    warnings: tuple[str, ...] = ()
    board: tuple[BoardRow, ...] = field(default=(), repr=False)
    labels: Mapping[Key, Label] = field(default_factory=dict, repr=False)
    amendments: Mapping[str, Amendment] = field(default_factory=dict, repr=False)
    places: Mapping[str, tuple[Document, Location]] = field(default_factory=dict, repr=False)
    cited_elsewhere: frozenset[str] = field(default=frozenset(), repr=False)
    rules: Rules = field(default_factory=Rules, repr=False)
    assumptions: Mapping[str, Judgement] = field(default_factory=dict, repr=False)
    statements: tuple[Statement, ...] = field(default=(), repr=False)
    mfn_lines: Mapping[str, tuple[MfnLine, ...]] = field(default_factory=dict, repr=False)
    printed: Mapping[str, PrintedList] = field(default_factory=dict, repr=False)
    headings: Headings = field(default_factory=Headings, repr=False)
    _memory: Memory = field(default_factory=Memory, init=False, repr=False)

    @property
    def version(self) -> str:
        """Horizon and the beginning of the hash."""
        return f"{self.horizon}+{self.hash[:SHORT]}"

    @property
    def home(self) -> str:
        """The imposer whose capital's day counts where a question is about several: that of the board's first instrument."""
        first = next((name for row in self.board for name in row.measures if name in self.measures), None)
        return self.measures[first].imposer if first else ""

    def on(
        self,
        date: dt.date | dt.datetime | str | AsOf,
        *,
        known_on: dt.date | str | None = None,
        view: View = "statutory",
        ends: Basis = "legal",
    ) -> Book:
        """
        What is on the books.

        Parameters
        ----------
        date
            A day, meaning its end at each imposer's capital; an instant with its offset; or a whole question, which
            says the other three words itself.
        known_on
            Use only what was recorded by this day.
        view, ends
            As in `detente.asof.AsOf`.

        Returns
        -------
        Book
            Positions of every measure somebody had announced by then.

        Raises
        ------
        InputError
            A date, view or reading that does not exist.

        Examples
        --------
        >>> from detente.ledger import open_ledger
        >>> open_ledger().on("2025-11-10").get("us.ieepa.fentanyl.cn")[0].rate
        0.1
        """
        asof = date if isinstance(date, AsOf) else AsOf.of(date, known_on=known_on, view=view, ends=ends)
        asof = asof.limited(self.known_on)
        positions: list[Position] = []
        for name, measure in self.measures.items():
            positions += self.positions(name, asof.at(measure.imposer))
        return self.book(asof, positions)

    def positions(self, name: str, asof: AsOf) -> tuple[Position, ...]:
        """
        Where one measure stands.

        Parameters
        ----------
        name
            Its id.
        asof
            The question, on the clock of its imposer.

        Returns
        -------
        tuple of Position
            One for each part and set of targets; none if nobody had announced it by then.

        Examples
        --------
        >>> from detente.asof import AsOf
        >>> from detente.ledger import open_ledger
        >>> open_ledger().positions("us.ieepa.fentanyl.cn", AsOf.of("2025-11-10"))[0].state
        'in force'
        """
        return self._memory.positions(self.measures[name], asof, self.amendments.get(name))

    def kept(self, asof: AsOf) -> Book:
        """
        What is on the books: the same book, with all that it remembers, for the same question.

        Parameters
        ----------
        asof
            The question.

        Returns
        -------
        Book
            As `on` gives it.
        """
        return self._memory.book(asof, lambda: self.on(asof))

    def read_of(self, lines: object) -> dict[object, Any]:
        """
        What was read of some lines of a schedule, for readers to look up and add to.

        Parameters
        ----------
        lines
            The lines by their codes, hashable.

        Returns
        -------
        dict
            The same one for the same lines, as long as it is kept.
        """
        return self._memory.read_of(lines)

    def book(self, asof: AsOf, positions: Iterable[Position]) -> Book:
        """A book of positions, with what the ledger holds beside them."""
        law = self.law(asof.knowledge)
        return Book(asof, tuple(positions), law, self.measures, self.amendments, self.coverage)

    def law(self, known_on: dt.date | None = None) -> Law:
        """
        What the ledger holds beside its measures, as someone knew it.

        Parameters
        ----------
        known_on
            Last day of knowledge, besides this ledger's own limit; None for no other limit.

        Returns
        -------
        Law
            Rules, judgements, coverage, lists, cited ordinary duties, statements.

        Examples
        --------
        >>> import datetime as dt
        >>> from detente.ledger import open_ledger
        >>> ledger, day = open_ledger(), dt.date(2025, 3, 20)
        >>> ledger.law().rules.place("us.ieepa.fentanyl.ca", day)
        ('section-232', 1)
        >>> ledger.law(day).rules.place("us.ieepa.fentanyl.ca", day)
        """
        day = min((day for day in (known_on, self.known_on) if day is not None), default=None)
        return self._memory.law(day, lambda: self._held.as_known(day))

    @property
    def _held(self) -> Law:
        """All that is held beside the measures."""
        return Law(
            self.rules,
            self.assumptions,
            self.coverage,
            self.lists,
            self.mfn_lines,
            self.statements,
            self.sources,
            self.printed,
            self.headings,
        )

    def days_of_change(self, first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
        """
        Days from `first` to `last` between which no book, rule, product list or group differs.

        Parameters
        ----------
        first, last
            The span, both included.

        Returns
        -------
        days
            `first`, and every day on which something starts, ends, is made known, or changes its members: a daily
            series needs one book for each of these and none for the days between.

        Examples
        --------
        >>> import datetime as dt
        >>> from detente.ledger import open_ledger
        >>> days = open_ledger().days_of_change(dt.date(2025, 11, 8), dt.date(2025, 11, 10))
        >>> dt.date(2025, 11, 10) in days
        True
        """
        days = {first, *membership_days(), *self._held.days()}
        for measure in self.measures.values():
            days |= set(dates_of(measure))
        for amendment in self.amendments.values():
            days |= {record.from_ for records in vars(amendment).values() for _, record in records}
        return tuple(sorted(day for day in days if first <= day <= last))

    def measure(self, name: str) -> Measure:
        """
        A measure by its id.

        Parameters
        ----------
        name
            The id.

        Returns
        -------
        Measure
            As in the ledger.

        Raises
        ------
        LedgerError
            No such measure, with the nearest ids.
        """
        if name in self.measures:
            return self.measures[name]
        near = closest(name, self.measures, narrow=False)
        raise LedgerError(
            "no such measure",
            where="measure id",
            found=name,
            allowed=", ".join(near) or "an id of the ledger",
            repair=f"did you mean {near[0]}? See `detente ledger ls`" if near else "see `detente ledger ls`",
        )

    def where(self, name: str) -> str:
        """
        Where a measure is written down.

        Parameters
        ----------
        name
            Its id.

        Returns
        -------
        place
            File and line, or that it was added.
        """
        if name not in self.places:
            return "added"
        document, location = self.places[name]
        return document.where(location)

    def product_list(self, name: str, on: dt.date) -> tuple[str, ...]:
        """
        Codes of a product list on a day.

        Parameters
        ----------
        name
            Name of a list file, or a code, which stands for itself.
        on
            The day.

        Returns
        -------
        codes
            Digits without dots, sorted.

        Raises
        ------
        LedgerError
            No such list, or a list that breaks its rules.
        """
        if CODE.fullmatch(name):
            return (name,)
        if name not in self.lists:
            near = nearest(name, self.lists)
            raise LedgerError(
                "no such product list",
                where="product list",
                found=name,
                allowed=near or ", ".join(sorted(self.lists)),
                repair=f"write `{near}`" if near else "add lists/<name>.csv beside the measure",
            )
        return self.lists[name].codes(on)

    def as_known(self, known_on: dt.date | None) -> Ledger:
        """
        The same ledger to someone who knew only what was known on a day.

        Parameters
        ----------
        known_on
            The day; None for everything.

        Returns
        -------
        Ledger
            Every query of it is limited.
        """
        return self if known_on == self.known_on else replace(self, known_on=known_on)

    def add(self, measure: Measure) -> Ledger:
        """
        The ledger with one measure more.

        Parameters
        ----------
        measure
            A new measure; it counts from the days its records were made known, as any other.

        Returns
        -------
        Ledger
            A new one.

        Raises
        ------
        LedgerError
            Its id is taken.
        """
        if measure.id in self.measures:
            raise LedgerError(
                "a measure of this id exists",
                where="add",
                found=measure.id,
                allowed="a new id",
                repair="edit the measure, or lay a file over the ledger",
            )
        measures = dict(sorted({**self.measures, measure.id: measure}.items()))
        return replace(self, measures=measures, hash=_chained(self.hash, measure.model_dump_json()))

    def amended(self, name: str, amendment: Amendment, said: str) -> Ledger:
        """
        The ledger with other edit records for one measure.

        Parameters
        ----------
        name
            The measure.
        amendment
            Its edit records.
        said
            The edit in words, for the hash.

        Returns
        -------
        Ledger
            A new one.
        """
        amendments = {**self.amendments, name: amendment}
        return replace(self, amendments=amendments, hash=_chained(self.hash, said))


def _chained(before: str, said: str) -> str:
    """A hash that depends on the one before and on what was added."""
    return hashlib.sha256(f"{before}\0{said}".encode()).hexdigest()
