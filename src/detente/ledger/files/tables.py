"""The tables beside the measures: read file by file, laid over what is there, and checked in full."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from detente.errors import LedgerError
from detente.geography.territories import entry_of
from detente.ledger.files.names import Named, named_in_judgement, named_in_rule
from detente.ledger.records.headings import HeadingFile, HeadingRule
from detente.ledger.records.judgements import Judgement, JudgementFile
from detente.ledger.records.ordinary import MfnFile, MfnLine
from detente.ledger.records.printed import PrintedFile, PrintedList
from detente.ledger.records.schema import BoardFile, Coverage, SourceFile
from detente.ledger.records.stacking import Dated, Rule, RuleFile
from detente.ledger.records.standing import SEVERAL, SINGLE, Rules
from detente.ledger.records.statements import Statement, StatementFile

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from detente.io.yaml_file import Document, Location
    from detente.ledger.records.schema import BoardRow, Source

# What makes two rules of a kind without an id one and the same.
KEYS: Final = {
    "exclusive": ("id",),
    "yields": ("id",),
    "claims": ("id",),
    "list_claims": ("id",),
    "fees": ("id", "from_"),
    "fee_exemptions": ("id",),
    "filing": ("id",),
    "whole_value": ("measures", "parts"),
    "column_two": ("economies",),
    "transit": ("measures", "change"),
    "zones": ("measures", "parts"),
}
_Record = TypeVar("_Record")


class Reference(NamedTuple):
    """A name that a table of an overlay refers to, and where."""

    named: Named
    document: Document
    at: Location

    @property
    def where(self) -> str:
        """File and line."""
        return self.document.where((*self.at, *self.named.at))


@dataclass
class Tables:
    """What is read from tables before it becomes part of a ledger."""

    sources: dict[str, Source] = field(default_factory=dict)
    coverage: dict[str, Coverage] = field(default_factory=dict)
    assumptions: dict[str, Judgement] = field(default_factory=dict)
    rules: dict[str, tuple[Any, ...]] = field(default_factory=lambda: dict.fromkeys((*SEVERAL, *SINGLE), ()))
    statements: dict[str, Statement] = field(default_factory=dict)
    mfn_lines: dict[str, tuple[MfnLine, ...]] = field(default_factory=dict)
    printed: dict[str, PrintedList] = field(default_factory=dict)
    headings: tuple[HeadingRule, ...] = ()
    board: tuple[BoardRow, ...] = ()
    horizon: dt.date | None = None
    warnings: list[str] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)

    def take(self, document: Document, name: str, *, overlay: bool) -> None:
        """Take a table by the name of its file."""
        {
            "sources.yaml": self._sources,
            "coverage.yaml": self._coverage,
            "assumptions.yaml": self._assumptions,
            "stacking.yaml": self._rules,
            "board.yaml": self._board,
            "statements.yaml": self._statements,
            "mfn_lines.yaml": self._mfn_lines,
            "printed_lists.yaml": self._printed,
            "headings.yaml": self._headings,
        }[name](document, overlay)

    def stacking(self) -> Rules:
        """The rules as read."""
        found: dict[str, Any] = {name: self.rules[name] for name in SEVERAL}
        found |= {name: self.rules[name][0] for name in SINGLE if self.rules[name]}
        return Rules(**found)

    def _sources(self, document: Document, overlay: bool) -> None:
        """Take sources."""
        found = document.validate(SourceFile).sources
        self._lay(document, self.sources, found, "source", ("sources",), overlay=overlay)

    def _coverage(self, document: Document, overlay: bool) -> None:
        """Take coverage assumptions, under a key `coverage` or at the top."""
        _check_mapping(document)
        at: Location = ("coverage",) if "coverage" in document.data else ()
        if at and (others := [key for key in document.data if key != "coverage"]):
            raise LedgerError(
                f"unknown key `{others[0]}`",
                where=document.where((others[0],)),
                found=others[0],
                allowed="coverage",
                repair="put it under `coverage:`",
            )
        _check_mapping(document, at)
        names = document.data["coverage"] if at else document.data
        found = {key: document.validate(Coverage, at=(*at, key)) for key in names}
        self._lay(document, self.coverage, found, "coverage assumption", at, overlay=overlay)
        for key, item in found.items() if overlay else ():
            self.references.append(Reference(Named("use of coverage", key, ()), document, (*at, key)))
            for place, other in enumerate(item.alternatives):
                if isinstance(other, str):
                    named = Named("coverage assumption", other, ("alternatives", place))
                    self.references.append(Reference(named, document, (*at, key)))
            for industry in item.shares or ():
                named = Named("industry", industry, ("shares", industry))
                self.references.append(Reference(named, document, (*at, key)))

    def _assumptions(self, document: Document, overlay: bool) -> None:
        """Take judgements; a word can only be the one that names the shipped table."""
        _check_mapping(document, ("assumptions",))
        found = document.validate(JudgementFile).assumptions
        for key, item in found.items() if overlay else ():
            at: Location = ("assumptions", key)
            known = self.assumptions.get(key)
            self.references += [Reference(named, document, at) for named in named_in_judgement(key)]
            if isinstance(item.value, str) and (known is None or item.value != known.value):
                word = known.value if known is not None and isinstance(known.value, str) else None
                raise LedgerError(
                    "no table of that name",
                    where=document.where((*at, "value")),
                    found=item.value,
                    allowed=f"a share from 0 to 1, or {word}" if word else "a share from 0 to 1",
                    repair="write the share as a fraction: 0.25 is 25 %",
                )
        self._lay(document, self.assumptions, found, "judgement", ("assumptions",), overlay=overlay)

    def _board(self, document: Document, overlay: bool) -> None:
        """Take the board and the last day the sources cover."""
        found = document.validate(BoardFile)
        if overlay and self.board:
            self.warnings.append(f"{document.where(('board',))} replaces the board and the horizon")
        for place, row in enumerate(found.board) if overlay else ():
            for inner, name in enumerate(row.measures):
                named = Named("measure", name, ("measures", inner))
                self.references.append(Reference(named, document, ("board", place)))
        self.board, self.horizon = found.board, found.horizon

    def _statements(self, document: Document, overlay: bool) -> None:
        """Take statements by their ids."""
        found: dict[str, Statement] = {}
        for place, item in enumerate(document.validate(StatementFile).statements):
            at: Location = ("statements", place)
            if item.id in found or (item.id in self.statements and not overlay):
                raise _twice("two statements of one id", document.where((*at, "id")), item.id)
            if overlay:
                names = [Named("source", name, ("sources", k)) for k, name in enumerate(item.sources)]
                names += [Named("measure", item.measure, ("measure",))]
                names += [Named("economy", code, (key,)) for key, code in (("by", item.by), ("of", item.of))]
                self.references += [Reference(named, document, at) for named in names]
                if item.id in self.statements and self.statements[item.id] != item:
                    self.warnings.append(f"{document.where(at)} replaces the statement {item.id}")
            found[item.id] = item
        self.statements |= found

    def _mfn_lines(self, document: Document, overlay: bool) -> None:
        """Take cited ordinary duties of an importer; a line goes before one of the same code and first day."""
        file = document.validate(MfnFile)
        # No single rate goes before a schedule that is held day by day.
        entry = entry_of(file.importer)
        if "schedule" in entry and not entry.get("cited"):
            raise LedgerError(
                "the importer's schedule is held line by line",
                where=document.where(("importer",)),
                found=file.importer,
                allowed="an importer whose schedule is not held",
                repair="state the fact `ordinary_duty` of one shipment instead",
            )
        held = {(item.code, item.from_): item for item in self.mfn_lines.get(file.importer, ())}
        seen: set[tuple[str, dt.date]] = set()
        for place, item in enumerate(file.lines):
            at, key = ("lines", place), (item.code, item.from_)
            if key in seen or (key in held and not overlay):
                raise _twice("two rates of one line from one day", document.where(at), item.code)
            seen.add(key)
            if overlay:
                names = [Named("source", name, ("sources", k)) for k, name in enumerate(item.sources)]
                self.references += [Reference(named, document, at) for named in names]
                if key in held and held[key] != item:
                    self.warnings.append(
                        f"{document.where(at)} replaces the rate of {item.code} from {item.from_}"
                    )
            held[key] = item
        if overlay:
            importer = Named("economy", file.importer, ("importer",))
            self.references.append(Reference(importer, document, ()))
        self.mfn_lines[file.importer] = tuple(held.values())

    def _printed(self, document: Document, overlay: bool) -> None:
        """Take where lists are printed."""
        found = document.validate(PrintedFile).printed_lists
        for name in found if overlay else ():
            named = Named("product list", name, ())
            self.references.append(Reference(named, document, ("printed_lists", name)))
        self._lay(document, self.printed, found, "print of the list", ("printed_lists",), overlay=overlay)

    def _headings(self, document: Document, overlay: bool) -> None:
        """Take rules of headings; those of an overlay go before the others."""
        found = document.validate(HeadingFile).headings
        for place, rule in enumerate(found) if overlay else ():
            at: Location = ("headings", place)
            self.references += [Reference(named, document, at) for named in named_in_rule("headings", rule)]
            self.warnings.append(f"{document.where(at)} goes before the rules of headings that are held")
        self.headings = (*found, *self.headings)

    def _rules(self, document: Document, overlay: bool) -> None:
        """Take stacking rules, kind by kind."""
        file = document.validate(RuleFile)
        for kind in (*SEVERAL, *SINGLE):
            given = getattr(file, kind)
            several = kind in SEVERAL
            new: tuple[Rule, ...] = given if several else (given,) if given is not None else ()
            places: list[Location] = [(kind, k) if several else (kind,) for k in range(len(new))]
            if overlay:
                for rule, at in zip(new, places, strict=True):
                    self.references += [Reference(named, document, at) for named in named_in_rule(kind, rule)]
            for k, rule in enumerate(new):
                if any(_clash(kind, rule, other) for other in new[:k]):
                    raise _twice("two rules that are one", document.where(places[k]), _called(kind, rule))
            if not overlay or not self.rules[kind]:
                self.rules[kind] = (*self.rules[kind], *new) if several else new or self.rules[kind]
                continue
            said = set(new)
            for rule, at in zip(new, places, strict=True):
                self._put(kind, rule, said, document.where(at))

    def _put(self, kind: str, rule: Rule, said: set[Rule], where: str) -> None:
        """Lay one rule over those of its kind: it takes the place of what it covers, but for what its file says too."""
        old = self.rules[kind]
        if rule in old:
            return
        gone = [
            other for other in old if other not in said and (kind in SINGLE or _covers(kind, rule, other))
        ]
        known = gone or any(_same(kind, rule, other) for other in old)
        self.warnings.append(
            f"{where} {'replaces' if known else 'adds'} the stacking rule {_called(kind, rule)}"
        )
        place = min((old.index(other) for other in gone), default=len(old))
        kept = [other for other in old if other not in gone]
        self.rules[kind] = (*kept[:place], rule, *kept[place:])

    def _lay(
        self,
        document: Document,
        held: dict[str, _Record],
        found: Mapping[str, _Record],
        what: str,
        at: Location,
        *,
        overlay: bool,
    ) -> None:
        """Lay named records over those held, saying what is replaced."""
        for name, record in found.items():
            if overlay and name in held and held[name] != record:
                self.warnings.append(f"{document.where((*at, name))} replaces the {what} {name}")
        held |= found


def _same(kind: str, rule: Rule, other: Rule) -> bool:
    """Whether two rules of a kind go by one name."""
    return all(getattr(rule, key) == getattr(other, key) for key in KEYS[kind])


def _covers(kind: str, rule: Rule, other: Rule) -> bool:
    """Whether a rule takes the place of another: of one name, and beginning within its days."""
    if not _same(kind, rule, other):
        return False
    if not isinstance(rule, Dated) or not isinstance(other, Dated):
        return True
    if other.from_ is None:
        return rule.from_ is None
    return (rule.from_ is None or rule.from_ <= other.from_) and (rule.to is None or other.from_ < rule.to)


def _clash(kind: str, rule: Rule, other: Rule) -> bool:
    """Whether two rules of one file cannot both count: of one name, first day and day of knowledge."""
    mine, theirs = (
        (getattr(item, "from_", None), item.recorded if kind in {"exclusive", "yields", "claims"} else None)
        for item in (rule, other)
    )
    return _same(kind, rule, other) and mine == theirs


def _called(kind: str, rule: Rule) -> str:
    """How messages name a rule."""
    name = getattr(rule, "id", "") or ", ".join(
        getattr(rule, "measures", ()) or getattr(rule, "economies", ())
    )
    first = getattr(rule, "from_", None)
    return f"{kind}: {name}" * bool(name) + kind * (not name) + (f" from {first}" if first else "")


def _twice(what: str, where: str, found: str) -> LedgerError:
    """An error about something that is there twice."""
    return LedgerError(what, where=where, found=found, allowed="each once", repair="rename or remove one")


def _check_mapping(document: Document, at: Location = ()) -> None:
    """Refuse a table that is not a mapping where it must be."""
    value = document.data
    for key in at:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        raise LedgerError(
            "not a mapping",
            where=document.where(at),
            found=value,
            allowed=f"names with their values under `{at[-1]}:`" if at else "names with their values",
            repair="write `name:` and its keys below",
        )


def words_of(value: Any) -> Iterator[str]:
    """All texts in a nested value."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, (dict, list)):
            waiting += item.values() if isinstance(item, dict) else item
