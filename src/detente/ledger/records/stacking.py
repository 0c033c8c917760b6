"""The stacking rules of a ledger: their schema. What of them holds on a day is in `standing`."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
import functools
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from detente.ledger.records.schema import Amount, Rate, Record, Share, broken_rule

if TYPE_CHECKING:
    from collections.abc import Mapping

Fact = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Chapter = Annotated[str, Field(pattern=r"^\d{2}$")]
Names = Annotated[tuple[str, ...], Field(min_length=1)]
Effect = Literal["remove", "free", "rest", "rate", "general", "needs"]


class Rule(Record):
    """A rule with its act, the day the act made it known (signature or notice), and the ledger's sources for it."""

    recorded: dt.date
    act: str
    sources: tuple[str, ...] = ()


class Dated(Rule):
    """A rule with the days it holds, `[from, to)`; of several versions of one id the one that starts last counts."""

    from_: dt.date | None = Field(default=None, alias="from")
    to: dt.date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Dated:
        if self.from_ is not None and self.to is not None and self.to <= self.from_:
            raise broken_rule(
                "`to` is not after `from`",
                found=f"from {self.from_} to {self.to}",
                allowed="a `to` that is the first day the rule no longer holds",
                repair="correct the dates, or leave `to` out",
            )
        return self

    def holds(self, on: dt.date) -> bool:
        """Tell whether the rule holds on a day."""
        return (self.from_ is None or self.from_ <= on) and (self.to is None or on < self.to)


class Exclusive(Dated):
    """At most one measure of `order` bears on a unit of value; earlier rows take it first."""

    id: str
    text: str
    order: tuple[Names, ...] = Field(min_length=1)


class Yields(Dated):
    """`measures` bear only on the value a group left over, or not at all (`whole`) if it took any."""

    id: str
    text: str
    measures: Names
    to_group: str
    how: Literal["share", "whole"]


class Claim(Dated):
    """
    What a claim or a use changes.

    `effect`: ``remove`` takes the measures off; ``free`` also the ordinary duty; ``rest`` leaves the value outside the
    share the fact gives; ``rate`` puts `rate`, or the total `cap`, in place; ``general`` falls back to the rate of all
    other origins when the fact is false; ``needs`` lets the measures apply only when the fact is true.
    `parts` narrows it to parts of its measures; `not_origins`, and lines of `not_lists`, are left out. With `keeps_value`
    what a removal lets off stays under the measure: no other duty takes it up.
    `granted_by` names the measure that must be in force for the claim to exist; with `listed` the goods must be
    on its lists. `default` is what one case assumes. `average` names the assumption that says how often the fact is true
    in trade, `average_kept` the share that keeps the duty. Facts of `shown_by` name a country each (where metal was
    melted, smelted, cast); stated, they decide in place of `fact`: all, or with `one_suffices` one, among `countries`
    (with `beyond`: not among them).
    """

    id: str
    fact: Fact
    question: str
    measures: tuple[str, ...]
    parts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    not_origins: tuple[str, ...] = ()
    effect: Effect
    keeps_value: bool = False
    requires: str | None = None
    granted_by: str | None = None
    listed: bool = False
    rate: Rate | None = None
    cap: Rate | None = None
    least: Share | None = None
    below: Share | None = None
    not_chapters: tuple[Chapter, ...] = ()
    not_lists: tuple[str, ...] = ()
    default: bool = False
    average: str | None = None
    average_kept: str | None = None
    shown_by: tuple[Fact, ...] = ()
    countries: tuple[str, ...] = ()
    one_suffices: bool = False
    beyond: bool = False

    @model_validator(mode="after")
    def _rate_with_its_effect(self) -> Claim:
        given = (self.rate is not None) + (self.cap is not None)
        if given != (self.effect == "rate"):
            raise broken_rule(
                "the effect `rate` and the key `rate` belong together",
                found=f"effect {self.effect}, rate {self.rate}"
                + f", cap {self.cap}" * (self.cap is not None),
                allowed="`effect: rate` with `rate:`, or another effect without",
                repair="add the rate, or take it out",
            )
        return self

    def shown(self, facts: Mapping[str, object]) -> bool | None:
        """Whether the countries that facts name decide the claim, and how; None while they do not."""
        stated = [
            (facts[name] in self.countries) is not self.beyond for name in self.shown_by if name in facts
        ]
        if any(stated) if self.one_suffices else not all(stated):
            return self.one_suffices
        return not self.one_suffices if stated and len(stated) == len(self.shown_by) else None

    def names(self, origin: str) -> bool:
        """Tell whether goods of an origin can make the claim."""
        return (not self.origins or origin in self.origins) and origin not in self.not_origins

    def reaches(self, measure: str, origin: str, part: str | None = None) -> bool:
        """Tell whether the claim concerns a measure, or one part of it, for goods of an origin."""
        if part is not None and self.parts and part not in self.parts:
            return False
        return self.names(origin) and matches(measure, self.measures)


class WholeValue(Dated):
    """
    Parts of measures that bear on the full value although their scope is a content.

    Of goods of some origins, and of goods of any for which the claim `under` holds.
    """

    measures: Names
    parts: Names
    origins: Names
    under: str | None = None

    def covers(
        self, measure: str, part: str, origin: str, on: dt.date, facts: Mapping[str, object] | None = None
    ) -> bool:
        """Tell whether the rule concerns a part of a measure on goods of an origin, under facts by id of a claim."""
        return (
            self.holds(on)
            and (origin in self.origins or bool(self.under and (facts or {}).get(self.under)))
            and part in self.parts
            and matches(measure, self.measures)
        )


class ListClaim(Rule):
    """
    Exemption lists (by name, ``*`` allowed) that free a line only if a fact holds.

    `average` names the assumption that says how often it holds in trade; `partial` says that the answer on a
    line of the list is incomplete whatever the fact.
    """

    id: str
    lists: Names
    fact: Fact
    question: str
    average: str
    default: bool = False
    partial: bool = False


class Preference(Rule):
    """A preference other than the USMCA; the special column of a line names its programmes."""

    fact: Fact
    question: str
    average: str


class Substitute(Dated):
    """A finding that puts one rate in place of the rates of `measures`."""

    fact: Fact
    measures: Names
    rate: Rate


class ColumnTwo(Dated):
    """Economies whose goods owe the ordinary duty of column 2."""

    economies: Names


class Outside(Rule):
    """Chapters that a scope of ``all`` goods does not reach."""

    chapters: tuple[Chapter, ...]


class Transit(Rule):
    """
    Goods loaded before `loaded_before` (or `change`) and entered before `entered_before` keep the earlier duty.

    Both must have come before that day, the loading and the final mode of transit; with `either` one of them.
    """

    measures: Names
    change: dt.date
    loaded_before: dt.date | None = None
    entered_before: dt.date
    effect: Literal["previous"]
    either: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Transit:
        if self.entered_before <= self.change:
            raise broken_rule(
                "`entered_before` is not after `change`",
                found=f"change {self.change}, entered_before {self.entered_before}",
                allowed="a later day",
                repair="correct the dates",
            )
        return self


class Zone(Rule):
    """
    Which duty goods owe that were admitted to a zone under privileged foreign status.

    That of the day of `admission`, or of `entry`; the first rule that names the measure and its part counts.
    """

    measures: Names
    parts: tuple[str, ...] = ()
    duty_of: Literal["admission", "entry"]


class LowValueEnd(Rule):
    """The day from which low-value goods of some origins owe duty, and the first day on which they enter free again."""

    origins: Names
    on: dt.date
    to: dt.date | None = None


class LowValue(Rule):
    """Shipments not above `limit` (USD) enter free until the day given for their origin."""

    limit: Amount
    ends: tuple[LowValueEnd, ...] = ()


class Fee(Dated):
    """
    A customs user fee: ad valorem, with a smallest and a largest amount in USD an entry.

    `informal` is what an informal entry owes in its place; `modes` how goods must arrive to owe it, any way if empty.
    """

    id: str
    title: str
    rate: Rate
    min: Amount | None = None
    max: Amount | None = None
    informal: Amount | None = None
    modes: tuple[str, ...] = ()


class FeeExemption(Dated):
    """
    Goods that owe some fees only in part or not at all.

    Goods of `origins` (any if empty) for which `fact` is true, or one of `words`; without a fact whatever is claimed.
    Of the value the share that is the fact `left` still bears the fee; none without one.
    """

    id: str
    fees: Names
    origins: tuple[str, ...] = ()
    fact: Fact | None = None
    words: tuple[str, ...] = ()
    left: Fact | None = None


class InformalEntry(Rule):
    """Entries not above `limit` (USD) may be informal."""

    limit: Amount


class Filing(Dated):
    """The order in which the headings of one line of an entry summary are reported: measures, earlier rows first."""

    id: str
    order: tuple[Names, ...] = Field(min_length=1)


class RuleFile(Record):
    """`stacking.yaml`: how duties add up; a file laid over the ledger names only what it changes."""

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


@functools.lru_cache(maxsize=65536)
def matches(measure: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a measure id is named by one of the patterns (a trailing ``*`` matches a family)."""
    return any(fnmatchcase(measure, pattern) for pattern in patterns)
