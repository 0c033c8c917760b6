"""All measures, and the questions one can ask of them."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, get_args

from detente.asof import AsOf, day_of, parse_moment
from detente.errors import InputError, LedgerError
from detente.geography.economies import capital_zone, membership_days
from detente.io.dates import local_time, parse_date
from detente.io.words import closest, nearest
from detente.ledger.history import Amendment, Query, dates_of
from detente.ledger.law import Law, days_of_law, law_of
from detente.ledger.query import positions_of
from detente.ledger.records.lists import CODE, ProductList
from detente.ledger.records.stacking import Rules
from detente.ledger.snapshots import Book, Ends, Position, View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detente.io.yaml_file import Document, Location
    from detente.ledger.records.judgements import Judgement
    from detente.ledger.records.ordinary import MfnLine
    from detente.ledger.records.schema import BoardRow, Coverage, Measure, Source
    from detente.ledger.records.statements import Statement

SHORT = 8
MOST_LAWS = 64


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
    cited_elsewhere
        Words of the tables of assumptions, coverage and stacking: sources and lists named there are used.
    """

    measures: Mapping[str, Measure] = field(repr=False)
    sources: Mapping[str, Source] = field(repr=False)
    coverage: Mapping[str, Coverage] = field(repr=False)
    lists: Mapping[str, ProductList] = field(repr=False)
    horizon: dt.date
    hash: str
    known_on: dt.date | None = None
    warnings: tuple[str, ...] = ()
    board: tuple[BoardRow, ...] = field(default=(), repr=False)
    amendments: Mapping[str, Amendment] = field(default_factory=dict, repr=False)
    places: Mapping[str, tuple[Document, Location]] = field(default_factory=dict, repr=False)
    cited_elsewhere: frozenset[str] = field(default=frozenset(), repr=False)
    rules: Rules = field(default_factory=Rules, repr=False)
    assumptions: Mapping[str, Judgement] = field(default_factory=dict, repr=False)
    statements: tuple[Statement, ...] = field(default=(), repr=False)
    mfn_lines: Mapping[str, tuple[MfnLine, ...]] = field(default_factory=dict, repr=False)
    _laws: dict[dt.date | None, Law] = field(default_factory=dict, init=False, repr=False)

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
        date: AsOf | dt.date | dt.datetime | str,
        *,
        known_on: dt.date | str | None = None,
        view: View = "statutory",
        ends: Ends = "legal",
    ) -> Book:
        """
        What is on the books.

        Parameters
        ----------
        date
            A day, meaning its end at each imposer's capital; or an instant with its offset; or an `AsOf`, which has all.
        known_on
            Use only what was recorded by this day.
        view
            ``statutory``: what the books say; ``collected``: what customs took, so nothing recorded later than
            the day; ``legally-due``: after annulments, a void duty is zero from its first day.
        ends
            Whether a suspension ends as notices say (``legal``) or also as reported.

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
        if isinstance(date, AsOf):
            return self.on(date.moment, known_on=date.known_on, view=date.view, ends=date.ends)
        moment = parse_moment(date, where="on")
        query = self.query(moment, known_on=known_on, view=view, ends=ends)
        positions: list[Position] = []
        for name, measure in self.measures.items():
            asked = local_query(query, moment, measure.imposer)
            positions += positions_of(measure, asked, self.amendments.get(name))
        law = self.law(query.knowledge)
        return Book(query.on, query.known, query.view, query.ends, tuple(positions), self, law)

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
        >>> from detente.ledger import open_ledger
        >>> ledger, day = open_ledger(), dt.date(2025, 3, 20)
        >>> ledger.law().rules.place("us.ieepa.fentanyl.ca", day)
        ('section-232', 1)
        >>> ledger.law(day).rules.place("us.ieepa.fentanyl.ca", day)
        """
        day = min((day for day in (known_on, self.known_on) if day is not None), default=None)
        if day not in self._laws:
            if len(self._laws) >= MOST_LAWS:
                self._laws.clear()
            self._laws[day] = law_of(self, day)
        return self._laws[day]

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
        >>> from detente.ledger import open_ledger
        >>> days = open_ledger().days_of_change(dt.date(2025, 11, 8), dt.date(2025, 11, 10))
        >>> dt.date(2025, 11, 10) in days
        True
        """
        days = {first, *membership_days(), *days_of_law(self)}
        for measure in self.measures.values():
            days |= set(dates_of(measure))
        for amendment in self.amendments.values():
            days |= {record.from_ for records in vars(amendment).values() for _, record in records}
        return tuple(sorted(day for day in days if first <= day <= last))

    def query(
        self,
        date: dt.date | dt.datetime | str,
        *,
        known_on: dt.date | str | None = None,
        view: View = "statutory",
        ends: Ends = "legal",
    ) -> Query:
        """
        A checked question, with this ledger's limit of knowledge.

        Parameters
        ----------
        date, known_on, view, ends
            As in `on`.

        Returns
        -------
        Query
            For `positions_of`.
        """
        for value, kind, where in ((view, View, "view"), (ends, Ends, "ends")):
            if value not in get_args(kind):
                allowed = ", ".join(get_args(kind))
                raise InputError(
                    f"unknown {where}", where=where, found=value, allowed=allowed, repair="choose one"
                )
        day = day_of(parse_moment(date, where="on"))
        limits = [parse_date(known_on, where="known_on")] if known_on is not None else []
        limits += [self.known_on] if self.known_on is not None else []
        return Query(day, None, min(limits, default=None), view, ends)

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
            repair="see `detente ledger ls`",
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

    def edit(
        self,
        *,
        enact: Sequence[str] = (),
        suspend: Sequence[str] = (),
        resume: Sequence[str] = (),
        end: Sequence[str] = (),
        set: Mapping[str, float] | None = None,  # noqa: A002  (the verb people write)
        on: dt.date | str,
    ) -> Ledger:
        """
        The ledger after what-ifs, each a new record dated `on` that counts whatever is known.

        Parameters
        ----------
        enact
            Threats and announced steps that take effect, or ended measures that come back.
        suspend, resume
            Measures suspended as a whole, or whose suspension is lifted.
        end
            Measures that end.
        set
            Rates (fractions) by measure: what is due from `on`, in force or suspended.
        on
            Day of the records.

        Returns
        -------
        Ledger
            A new one. Ids may name one part: ``us.s232.wood:furniture``.

        Raises
        ------
        LedgerError
            An unknown id, or an edit that would change nothing.

        Examples
        --------
        >>> from detente.ledger import open_ledger
        >>> led = open_ledger().edit(enact=["us.threat.cn100"], on="2025-11-10")
        >>> led.on("2025-11-10").get("us.threat.cn100")[0].rate
        1.0
        """
        from detente.ledger.edits import apply_edits  # noqa: PLC0415  (edits build on the ledger)

        day = day_of(parse_moment(on, where="on"))
        verbs: dict[str, Any] = {
            "enact": enact,
            "suspend": suspend,
            "resume": resume,
            "end": end,
            "set": set or {},
        }
        return apply_edits(self, verbs, day)

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


def local_query(query: Query, moment: dt.date, imposer: str) -> Query:
    """The question on the clock of an imposer's capital; a day is the same everywhere."""
    if not isinstance(moment, dt.datetime):
        return query
    local = local_time(moment, capital_zone(imposer))
    return replace(query, on=local.date(), clock=local.time())


def _chained(before: str, said: str) -> str:
    """A hash that depends on the one before and on what was added."""
    return hashlib.sha256(f"{before}\0{said}".encode()).hexdigest()
