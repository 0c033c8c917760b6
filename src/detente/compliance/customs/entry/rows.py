"""One row of the file, read strictly: a line of an entry, or what is wrong with it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from detente.compliance.customs.duty_facts import LOADED_ON
from detente.compliance.customs.entry.columns import FACT, MODE_OF, MODES, TYPES
from detente.compliance.customs.entry.given import split_cases
from detente.compliance.facts import is_unknown, read_facts
from detente.errors import InputError, LedgerError
from detente.geography import economies as places
from detente.io.dates import parse_date
from detente.schedules.codes import normalise
from detente.schedules.expressions import parse_quantity

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from detente.compliance.customs.entry.columns import Heads
    from detente.compliance.customs.entry.given import Profile
    from detente.compliance.facts import Fact, Value

LARGEST: Final = 1e12
_US_DAY: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Refused:
    """
    A row that cannot be used, or one thing wrong with it.

    row: Its number as a spreadsheet counts. entry, line: As far as they can be read. column: As the file calls it.
    what, found, allowed, repair: As in every refusal.
    """

    row: int
    entry: str
    line: str
    column: str
    what: str
    found: str
    allowed: str
    repair: str


@dataclass(frozen=True)
class Entered:
    """
    One line of an entry.

    row, entry, line: Where it stands. code: Digits. origin: ISO alpha-3. value: USD. on: Day of entry.
    quantity: Amount and unit, or None. facts: What is known of it, the importer's profile included.
    claim: What is claimed in words. mode: How it arrived, empty if not known. informal: None if not said.
    cases: Numbers of antidumping and countervailing cases. exported_from: ISO alpha-3, or empty.
    """

    row: int
    entry: str
    line: str
    code: str
    origin: str
    value: float
    on: dt.date
    quantity: str | None = None
    facts: dict[str, Value] = field(default_factory=dict)
    claim: str = ""
    mode: str = ""
    informal: bool | None = None
    cases: tuple[str, ...] = ()
    exported_from: str = ""

    @property
    def name(self) -> str:
        """Entry and line in one word."""
        return f"{self.entry}/{self.line}"


class RowReader:
    """
    Reads rows of one file.

    heads: What stands in which column. declared: Facts a line may state. profile: The importer's.
    day: Day of entry of lines that name none. claimed: The fact that claims a programme of an origin on a day, or None.
    digits: Of a line of the importer's schedule.
    """

    def __init__(
        self,
        heads: Heads,
        declared: Mapping[str, Fact],
        profile: Profile,
        day: dt.date,
        claimed: Callable[[str, str, dt.date], str | None],
        digits: int,
    ) -> None:
        self.heads, self.declared, self.profile = heads, declared, profile
        self.day, self.claimed = day, claimed
        self._code = partial(normalise, own=digits)
        self._facts = [name for name in heads.at if name.startswith(FACT)]
        self._lines: dict[str, set[str]] = {}

    def read(self, row: int, cells: tuple[str, ...]) -> Entered | list[Refused]:
        """Read a row, or say all that is wrong with it."""
        wrong: list[Refused] = []
        cell = {name: cells[place] if place < len(cells) else "" for name, place in self.heads.at.items()}
        entry, line = cell["entry"][:60], cell.get("line", "")[:60]

        def get(column: str, read: Callable[[str], Any], default: Any = None) -> Any:
            try:
                return read(cell.get(column, ""))
            except (InputError, LedgerError) as problem:
                wrong.append(self.refused(row, entry, line, column, problem))
                return default

        if any(cells[self.heads.width :]):
            extra = _problem(
                "the row has more cells than there are columns",
                f"{len(cells)} cells",
                "quote cells that hold a comma",
            )
            wrong.append(self.refused(row, entry, line, "entry", extra))
        get("entry", _named)
        code, origin = get("code", self._code, ""), get("origin", _place, "")
        on = get("entered_on", self._day, self.day)
        found = {
            "value": get("value", _money, 0.0),
            "quantity": get("quantity", lambda text: _quantity(text, cell.get("unit", ""))),
            "mode": get("mode", lambda text: _word(text or self.profile.mode, MODE_OF, MODES), ""),
            "informal": get("entry_type", lambda text: _word(text or self.profile.entry_type, TYPES, TYPES)),
            "cases": get("ad_cvd_case", split_cases, ()),
            "exported_from": get("exported_from", lambda text: _place(text) if text else "", ""),
        }
        facts, claim = self.profile.of(code, origin), ""
        facts |= get("loaded_on", lambda text: {LOADED_ON: _date(text)} if text else {}, {})
        for name in self._facts:
            facts |= get(name, partial(self._fact, name), {})
        if not is_unknown(cell.get("preference", "")) and origin:
            claim = cell["preference"]
            facts |= get("preference", lambda text: self._claim(text, origin, on), {})
        line = line or str(len(self._lines.get(entry, ())) + 1)
        get("line", lambda _: self._once(entry, line))
        return wrong or Entered(row, entry, line, code, origin, on=on, facts=facts, claim=claim, **found)

    def refused(
        self, row: int, entry: str, line: str, column: str, problem: InputError | LedgerError
    ) -> Refused:
        """Say of a row what is wrong in a column."""
        shown = self.heads.name(column)
        return Refused(
            row, entry, line, shown, problem.what, problem.found[:300], problem.allowed, problem.repair
        )

    def _once(self, entry: str, line: str) -> None:
        """Refuse a line that an entry has already."""
        known = self._lines.setdefault(entry, set())
        if line in known:
            raise _problem(
                "the entry has this line already", line, "give each line of an entry its own number"
            )
        known.add(line)

    def _day(self, text: str) -> dt.date:
        """The day of entry."""
        return _date(text) if text else self.day

    def _fact(self, name: str, text: str) -> dict[str, Value]:
        """One fact of a column."""
        return read_facts(self.declared, {name[len(FACT) :]: text}, where=name)

    def _claim(self, text: str, origin: str, on: dt.date) -> dict[str, Value]:
        """The fact that a claim of a programme states; yes and no are about the special column."""
        word = text.strip().lower()
        if word in _YES or word in _NO:
            fact = self.claimed("", origin, on)
            return {fact: word in _YES} if fact else {}
        fact = self.claimed(text.strip().upper(), origin, on)
        if fact is None:
            raise _problem(
                "no programme of that name is open to goods of this origin on the day",
                text,
                "correct the programme or the origin; leave it empty where none is claimed",
            )
        return {fact: True}


_YES: Final = frozenset({"yes", "y", "true"})
_NO: Final = frozenset({"no", "n", "false", "none"})


def _problem(what: str, found: str, repair: str, allowed: str = "") -> InputError:
    """A refusal of a cell."""
    return InputError(what, found=found, allowed=allowed, repair=repair)


def _named(text: str) -> str:
    """The number of an entry."""
    if not text:
        raise _problem(
            "the line belongs to no entry", "nothing", "write the entry number", "11 characters, or any name"
        )
    return text


def _place(text: str) -> str:
    """An economy."""
    return places.resolve(text, where="origin")


def _date(text: str) -> dt.date:
    """A day, ISO or as US forms write it: month, day, year."""
    found = _US_DAY.fullmatch(text)
    if found:
        text = f"{found[3]}-{int(found[1]):02d}-{int(found[2]):02d}"
    return parse_date(text[:10] if "T00:00" in text else text)


def _money(text: str) -> float:
    """An amount in USD."""
    try:
        amount = float(text.replace("$", "").replace(",", "").replace("USD", ""))
    except ValueError:
        amount = math.nan
    if not 0.0 <= amount <= LARGEST:
        raise _problem(
            "not an amount of money",
            text or "nothing",
            "write the entered value in USD, such as 14172.50",
            "a number of at least 0",
        )
    return amount


def _quantity(text: str, unit: str) -> str | None:
    """A quantity with its unit; None where none is given."""
    if not text:
        return None
    whole = f"{text} {unit}".strip()
    parse_quantity(whole, where="quantity")
    return whole


def _word(text: str, known: Mapping[str, Any], shown: Mapping[str, Any]) -> Any:
    """The meaning of a word; nothing where none is given."""
    word = text.strip().lower()
    if word and word not in known:
        raise _problem("not one of the words of this column", text, "use one of them", ", ".join(shown))
    return known.get(word, None if known is TYPES else "")
