"""Which heading of the importer's schedule is filed with a duty, or to claim that it is not due: `headings.yaml`."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field, model_validator

from detente.ledger.records.schema import Record, broken_rule
from detente.ledger.records.stacking import Dated, Names, matches

if TYPE_CHECKING:
    import datetime as dt

Heading = Annotated[str, Field(pattern=r"^\d{4}\.\d{2}\.\d{2}$")]
Digits = Annotated[str, Field(pattern=r"^\d{2,10}$")]
Filing = Literal[
    "due",
    "rated",
    "claimed",
    "listed",
    "yields",
    "transit",
    "transshipped",
    "origin",
    "unused",
    "zone",
]
Basis = Literal["text", "act", "inferred"]
# Of a duty that fills up to a total: the ordinary duty is below it, or reaches it, or either; `free` is a rate of nothing.
Side = Literal["below", "reached", "any", "free"]
# Named among claims: goods in transit, which owe the earlier duty.
TRANSIT: Final = "transit"


class HeadingRule(Dated):
    """
    One heading, or one for each origin, and when it is filed; `why` stands where none can be named.

    `for` says what is filed (see the head of the file). `parts`, `origins`, `codes` (first digits of the line), `side`,
    `claims` (ids) and `lists` narrow it. `basis` says whether the heading's printed text is held, an act names it, or it
    is inferred.
    """

    measures: Names
    parts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    codes: tuple[Digits, ...] = ()
    side: Side | None = None
    claims: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    filing: Filing = Field(default="due", alias="for")
    heading: Heading | None = None
    by_origin: dict[str, Heading] = Field(default_factory=dict)
    why: str = ""
    basis: Basis = "text"

    @model_validator(mode="after")
    def _one_answer(self) -> HeadingRule:
        if bool(self.heading) + bool(self.by_origin) + bool(self.why) != 1 or (
            self.by_origin and self.origins
        ):
            raise broken_rule(
                "a rule names one heading, one by origin, or says why none",
                found=f"heading {self.heading}, by_origin {len(self.by_origin)}, why {self.why!r}",
                allowed="one of `heading`, `by_origin`, `why`; `origins` not beside `by_origin`",
                repair="leave one of them",
            )
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """Origins and groups the rule names; empty for all."""
        return tuple(self.by_origin) or self.origins


class HeadingFile(Record):
    """`headings.yaml`."""

    headings: tuple[HeadingRule, ...]


@dataclass(frozen=True, eq=False)
class Headings:
    """Rules of headings, in the order of their files; `of` finds those of one measure."""

    rules: tuple[HeadingRule, ...] = ()
    _memory: dict[tuple[str, str], tuple[HeadingRule, ...]] = field(
        default_factory=dict, init=False, repr=False
    )
    _known: dict[int, Headings] = field(default_factory=dict, init=False, repr=False)

    def of(self, measure: str, filing: Filing) -> tuple[HeadingRule, ...]:
        """Rules that name a measure, for one thing that is filed."""
        key = (measure, filing)
        if key not in self._memory:
            self._memory[key] = tuple(
                rule for rule in self.rules if rule.filing == filing and matches(measure, rule.measures)
            )
        return self._memory[key]

    def all_of(self, filing: Filing) -> tuple[HeadingRule, ...]:
        """Rules for one thing that is filed, of whatever measure."""
        key = ("", filing)
        if key not in self._memory:
            self._memory[key] = tuple(rule for rule in self.rules if rule.filing == filing)
        return self._memory[key]

    def as_known(self, day: dt.date) -> Headings:
        """Rules that had been made known by a day; the same object for days that know the same."""
        place = sum(recorded <= day for recorded in self._recorded)
        if place == len(self._recorded):
            return self
        if place not in self._known:
            self._known[place] = Headings(tuple(rule for rule in self.rules if rule.recorded <= day))
        return self._known[place]

    @functools.cached_property
    def _recorded(self) -> tuple[dt.date, ...]:
        """Days on which a rule was made known, ascending."""
        return tuple(sorted({rule.recorded for rule in self.rules}))
