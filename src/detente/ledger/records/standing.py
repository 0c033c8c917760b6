"""What of the stacking rules of a ledger holds on a day, as someone knew it."""

from __future__ import annotations

import bisect
import datetime as dt
import functools
import hashlib
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from detente.ledger.records.stacking import Dated, LowValue, matches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detente.ledger.records.stacking import (
        Claim,
        ColumnTwo,
        Exclusive,
        Fee,
        FeeExemption,
        Filing,
        InformalEntry,
        ListClaim,
        Outside,
        Preference,
        Rule,
        Substitute,
        Transit,
        WholeValue,
        Yields,
        Zone,
    )

SEVERAL: Final = (
    "exclusive",
    "yields",
    "claims",
    "whole_value",
    "list_claims",
    "column_two",
    "transit",
    "zones",
    "fees",
    "fee_exemptions",
    "filing",
)
SINGLE: Final = ("preference", "transshipment", "outside_all", "low_value", "informal_entry")
_DatedRule = TypeVar("_DatedRule", bound=Dated)


@dataclass(frozen=True)
class Standing:
    """Rules that hold on a day; `key` is equal where every rule of every kind is."""

    exclusive: tuple[Exclusive, ...]
    yields: tuple[Yields, ...]
    claims: tuple[Claim, ...]
    key: str


@dataclass(frozen=True, eq=False)
class Rules:
    """
    All stacking rules of a ledger.

    exclusive, yields, claims, whole_value, list_claims, column_two, transit, zones, fees, fee_exemptions, filing: As in
        `stacking.yaml`.
    preference, transshipment, outside_all, low_value, informal_entry: Each one rule; None where the ledger has none, or
        nobody knew of it yet.
    """

    exclusive: tuple[Exclusive, ...] = ()
    yields: tuple[Yields, ...] = ()
    claims: tuple[Claim, ...] = ()
    whole_value: tuple[WholeValue, ...] = ()
    list_claims: tuple[ListClaim, ...] = ()
    preference: Preference | None = None
    transshipment: Substitute | None = None
    column_two: tuple[ColumnTwo, ...] = ()
    outside_all: Outside | None = None
    transit: tuple[Transit, ...] = ()
    zones: tuple[Zone, ...] = ()
    low_value: LowValue | None = None
    fees: tuple[Fee, ...] = ()
    fee_exemptions: tuple[FeeExemption, ...] = ()
    informal_entry: InformalEntry | None = None
    filing: tuple[Filing, ...] = ()
    _standing: dict[int, Standing] = field(default_factory=dict, init=False, repr=False)
    _known: dict[int, Rules] = field(default_factory=dict, init=False, repr=False)

    def place(self, measure: str, on: dt.date) -> tuple[str, int] | None:
        """Find the exclusive group of a measure on a day, and its rank in it."""
        for rule in self.standing(on).exclusive:
            for rank, names in enumerate(rule.order):
                if matches(measure, names):
                    return rule.id, rank
        return None

    def gives_way(self, measure: str, on: dt.date) -> tuple[Yields, ...]:
        """Find what a measure yields to on a day."""
        return tuple(rule for rule in self.standing(on).yields if matches(measure, rule.measures))

    def by_preference(self, exclude: tuple[str, ...]) -> bool:
        """Tell whether one of some exemption lists frees only goods that claim a preference."""
        claimed = self.preference.average if self.preference else None
        own = (rule for rule in self.list_claims if rule.average == claimed)
        return any(matches(name, rule.lists) for rule in own for name in exclude)

    def second_column(self, on: dt.date) -> frozenset[str]:
        """Economies under column 2 on a day."""
        return frozenset(code for rule in self.column_two if rule.holds(on) for code in rule.economies)

    def substitute(self, on: dt.date) -> Substitute | None:
        """The finding of transshipment, where it holds on a day."""
        rule = self.transshipment
        return rule if rule is not None and rule.holds(on) else None

    @property
    def outside(self) -> tuple[str, ...]:
        """Chapters that a scope of ``all`` goods leaves out."""
        return self.outside_all.chapters if self.outside_all is not None else ()

    def days(self) -> tuple[dt.date, ...]:
        """Days on which a rule begins, ends or is made known, ascending."""
        return tuple(sorted({*self._turns, *self._recorded}))

    def standing(self, on: dt.date) -> Standing:
        """Rules that hold on a day, of each id the version that starts last; the same object between two turns."""
        place = bisect.bisect_right(self._turns, on)
        if place not in self._standing:
            exclusive, yields = _latest(self.exclusive, on), _latest(self.yields, on)
            claims = _latest(self.claims, on)
            dated = [rule for rule in (*self.whole_value, *self.column_two) if rule.holds(on)]
            others = (self.preference, self.substitute(on), self.outside_all)
            standing = (*exclusive, *yields, *claims, *dated, *self.list_claims, *others)
            said = "\n".join("" if rule is None else rule.model_dump_json() for rule in standing)
            key = hashlib.sha256(said.encode()).hexdigest()
            self._standing[place] = Standing(exclusive, yields, claims, key)
        return self._standing[place]

    def as_known(self, day: dt.date | None) -> Rules:
        """The rules that somebody had made known by a day; the same object for days that know the same."""
        days = self._recorded
        place = len(days) if day is None else bisect.bisect_right(days, day)
        if day is None or place == len(days):
            return self
        if place not in self._known:
            self._known[place] = replace(
                self, **{item.name: _known(getattr(self, item.name), day) for item in _tables()}
            )
        return self._known[place]

    @functools.cached_property
    def _turns(self) -> tuple[dt.date, ...]:
        """Days on which a rule begins or ends."""
        rules = (*self.exclusive, *self.yields, *self.claims, *self.whole_value, *self.column_two)
        dated = (*rules, *((self.transshipment,) if self.transshipment else ()))
        found = {day for rule in dated for day in (rule.from_, rule.to)}
        return tuple(sorted(day for day in found if day is not None))

    @functools.cached_property
    def _recorded(self) -> tuple[dt.date, ...]:
        """Days on which a rule was made known."""
        low = self.low_value.ends if self.low_value else ()
        return tuple(sorted({rule.recorded for rule in (*self.each(), *low)}))

    def each(self) -> tuple[Rule, ...]:
        """Every rule, of whatever kind."""
        several = [rule for name in SEVERAL for rule in getattr(self, name)]
        single = [getattr(self, name) for name in SINGLE]
        return (*several, *(rule for rule in single if rule is not None))


@functools.cache
def _tables() -> tuple[Any, ...]:
    """The fields of `Rules` that hold rules."""
    return tuple(item for item in fields(Rules) if item.init)


def _known(rules: Any, day: dt.date) -> Any:
    """The rules of one kind that somebody had made known by a day."""
    if isinstance(rules, tuple):
        return tuple(rule for rule in rules if rule.recorded <= day)
    if rules is None or rules.recorded > day:
        return None
    if isinstance(rules, LowValue):
        return rules.model_copy(update={"ends": _known(rules.ends, day)})
    return rules


def _latest(rules: Iterable[_DatedRule], on: dt.date) -> tuple[_DatedRule, ...]:
    """Rules that hold on a day: of versions of one id the one that starts last, of two such the later made known."""
    found: dict[str, _DatedRule] = {}
    for rule in rules:
        name: str = getattr(rule, "id")  # noqa: B009  (the dated kinds without an id are not asked)
        if rule.holds(on) and (name not in found or _age(rule) >= _age(found[name])):
            found[name] = rule
    return tuple(found.values())


def _age(rule: Dated) -> tuple[dt.date, dt.date]:
    """What decides between two versions of a rule."""
    return rule.from_ or dt.date.min, rule.recorded
