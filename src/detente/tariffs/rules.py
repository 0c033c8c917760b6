"""The stacking rules of `data/ledger/stacking.yaml`, read once and asked by day."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
import functools
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from pydantic import Field

from detente.errors import LedgerError
from detente.ledger.schema import Record
from detente.reading import read_record

RULES_FILE = Path(__file__).parent.parent / "data" / "ledger" / "stacking.yaml"
_LARGEST = 1_000_000


class Dated(Record):
    """A rule with the days it holds, `[from, to)`, its act, and the ledger's sources for it."""

    from_: dt.date | None = Field(default=None, alias="from")
    to: dt.date | None = None
    act: str
    sources: tuple[str, ...] = ()

    def holds(self, on: dt.date) -> bool:
        """Tell whether the rule holds on a day."""
        return (self.from_ is None or self.from_ <= on) and (self.to is None or on < self.to)


class Exclusive(Dated):
    """At most one measure of `order` bears on a unit of value; earlier rows take it first."""

    id: str
    text: str
    order: tuple[tuple[str, ...], ...]


class Yields(Dated):
    """`measures` bear only on the value a group left over, or not at all (`whole`) if it took any."""

    id: str
    text: str
    measures: tuple[str, ...]
    to_group: str
    how: Literal["share", "whole"]


class Claim(Dated):
    """
    What a claim or a use changes.

    `effect`: ``remove`` takes the measures off; ``free`` also the ordinary duty; ``rest`` leaves the value
    outside the share the fact gives; ``rate`` puts `rate` in place; ``general`` falls back to the rate of all
    other origins when the fact is false; ``needs`` lets the measures apply only when the fact is true.
    `parts` narrows it to parts of its measures. With `keeps_value` what a removal lets off stays under the measure:
    no other duty takes it up.
    `granted_by` names the measure that must be in force for the claim to exist; with `listed` the goods must be
    on its lists. `default` is what one case assumes. `average` names the assumption that says how often the fact is true
    in trade, `average_kept` the share that keeps the duty.
    """

    id: str
    fact: str
    question: str
    measures: tuple[str, ...]
    parts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    effect: Literal["remove", "free", "rest", "rate", "general", "needs"]
    keeps_value: bool = False
    requires: str | None = None
    granted_by: str | None = None
    listed: bool = False
    rate: float | None = None
    least: float | None = None
    below: float | None = None
    not_chapters: tuple[str, ...] = ()
    default: bool = False
    average: str | None = None
    average_kept: str | None = None

    def reaches(self, measure: str, origin: str, part: str | None = None) -> bool:
        """Tell whether the claim concerns a measure, or one part of it, for goods of an origin."""
        if part is not None and self.parts and part not in self.parts:
            return False
        return (not self.origins or origin in self.origins) and matches(measure, self.measures)


class WholeValue(Dated):
    """Parts of measures that bear on the full value of goods of some origins although their scope is a content."""

    measures: tuple[str, ...]
    parts: tuple[str, ...]
    origins: tuple[str, ...]

    def covers(self, measure: str, part: str, origin: str, on: dt.date) -> bool:
        """Tell whether the rule concerns a part of a measure on goods of an origin."""
        return (
            self.holds(on)
            and origin in self.origins
            and part in self.parts
            and matches(measure, self.measures)
        )


class ListClaim(Record):
    """
    Exemption lists (by name, ``*`` allowed) that free a line only if a fact holds.

    `average` names the assumption that says how often it holds in trade; `partial` says that the answer on a
    line of the list is incomplete whatever the fact.
    """

    id: str
    lists: tuple[str, ...]
    fact: str
    question: str
    average: str
    default: bool = False
    partial: bool = False
    act: str
    sources: tuple[str, ...] = ()


class Preference(Record):
    """A preference other than the USMCA; the special column of a line names its programmes."""

    fact: str
    question: str
    average: str
    act: str
    sources: tuple[str, ...] = ()


class Substitute(Dated):
    """A finding that puts one rate in place of the rates of `measures`."""

    fact: str
    measures: tuple[str, ...]
    rate: float


class ColumnTwo(Dated):
    """Economies whose goods owe the ordinary duty of column 2."""

    economies: tuple[str, ...]


class Outside(Record):
    """Chapters that a scope of ``all`` goods does not reach."""

    chapters: tuple[str, ...]
    act: str


class Transit(Record):
    """Goods loaded before `loaded_before` (or `change`) and entered before `entered_before` keep the earlier duty."""

    measures: tuple[str, ...]
    change: dt.date
    loaded_before: dt.date | None = None
    entered_before: dt.date
    effect: Literal["previous"]
    act: str
    sources: tuple[str, ...] = ()


class LowValueEnd(Record):
    """The day from which low-value goods of some origins owe duty."""

    origins: tuple[str, ...]
    on: dt.date
    act: str
    sources: tuple[str, ...] = ()


class LowValue(Record):
    """Shipments not above `limit` (USD) enter free until the day given for their origin."""

    limit: float
    ends: tuple[LowValueEnd, ...]
    act: str


class Fee(Dated):
    """A customs user fee: ad valorem, with a smallest and a largest amount in USD."""

    id: str
    title: str
    rate: float
    min: float | None = None
    max: float | None = None


class Rules(Record):
    """All stacking rules."""

    exclusive: tuple[Exclusive, ...]
    yields: tuple[Yields, ...]
    claims: tuple[Claim, ...]
    whole_value: tuple[WholeValue, ...]
    list_claims: tuple[ListClaim, ...]
    preference: Preference
    transshipment: Substitute
    column_two: tuple[ColumnTwo, ...]
    outside_all: Outside
    transit: tuple[Transit, ...]
    low_value: LowValue
    fees: tuple[Fee, ...]

    def place(self, measure: str, on: dt.date) -> tuple[str, int] | None:
        """Find the exclusive group of a measure on a day, and its rank in it."""
        for rule in self.exclusive:
            if rule.holds(on):
                for rank, names in enumerate(rule.order):
                    if matches(measure, names):
                        return rule.id, rank
        return None

    def gives_way(self, measure: str, on: dt.date) -> tuple[Yields, ...]:
        """Find what a measure yields to on a day."""
        return tuple(rule for rule in self.yields if rule.holds(on) and matches(measure, rule.measures))

    def days(self) -> tuple[dt.date, ...]:
        """Days on which a rule begins or ends, ascending."""
        rules = (*self.exclusive, *self.yields, *self.claims, *self.column_two)
        found = {day for rule in rules for day in (rule.from_, rule.to)}
        return tuple(sorted(day for day in found if day is not None))

    def by_preference(self, exclude: tuple[str, ...]) -> bool:
        """Tell whether one of some exemption lists frees only goods that claim a preference."""
        own = (rule for rule in self.list_claims if rule.average == self.preference.average)
        return any(matches(name, rule.lists) for rule in own for name in exclude)

    def second_column(self, on: dt.date) -> frozenset[str]:
        """Economies under column 2 on a day."""
        return frozenset(code for rule in self.column_two if rule.holds(on) for code in rule.economies)


@functools.lru_cache(maxsize=65536)
def matches(measure: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a measure id is named by one of the patterns (a trailing ``*`` matches a family)."""
    return any(fnmatchcase(measure, pattern) for pattern in patterns)


@functools.cache
def stacking_rules() -> Rules:
    """
    Read the stacking rules that come with the package.

    Returns
    -------
    rules
        Exclusive groups, non-stacking groups, claims, transit clauses, low-value and fee rules, each with its act.

    Raises
    ------
    LedgerError
        The file breaks its schema.

    Examples
    --------
    >>> import datetime as dt
    >>> stacking_rules().place("us.s232.steel", dt.date(2026, 5, 1))
    ('section-232', 3)
    """
    return read_record(RULES_FILE, Rules, error=LedgerError, largest=_LARGEST)


@functools.cache
def rule_days() -> tuple[dt.date, ...]:
    """
    Days on which a stacking rule begins or ends.

    Returns
    -------
    days
        Ascending.
    """
    return stacking_rules().days()
