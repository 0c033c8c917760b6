"""The shape of a ledger file: one measure, its dated steps, suspensions, ends and sources."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Instrument = Literal[
    "tariff",
    "threat",
    "exclusion",
    "investigation",
    "customs_rule",
    "port_fee",
    "cargo_rule",
    "export_control",
    "entity_list",
    "sanction",
    "purchase",
    "agreement",
    "framework",
    "view",
]
Confidence = Literal["high", "medium", "low"]
Rate = Annotated[float, Field(ge=0.0, le=10.0)]


class Record(BaseModel):
    """Strict base: unknown keys are refused, values are not coerced, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Scope(Record):
    """
    The goods, vessels or firms one part of a measure reaches.

    `include` and `exclude` name product lists (files in `lists/` beside the measure), or the word
    ``all``. Where no list is held, `coverage` names an assumption in `coverage.yaml`: shares of
    imports by industry, with its source and alternatives. `share` names an assumption that scales
    the covered value (metal content, use of a preference).
    """

    text: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    coverage: str | None = None
    share: str | None = None


class Step(Record):
    """
    What a part of a measure imposes from a day on, until the next step, its own `to`, or an end.

    Exactly one value is given: `rate` (ad valorem, fraction of customs value), `cap` (the duty is
    ``max(0, cap - MFN)``), `amounts` (money per unit, for instance per net ton), `quantity`, `rule`
    (a text: licence needed, list in force), or `unknown`, when the source says that something
    applies and not how much.
    """

    from_: dt.date = Field(alias="from")
    to: dt.date | None = None
    recorded: dt.date
    announced: dt.date | None = None
    part: str = "main"
    targets: tuple[str, ...] | None = None
    rate: Rate | None = None
    cap: Rate | None = None
    amounts: dict[str, float] | None = None
    currency: str | None = None
    quantity: float | None = None
    unit: str | None = None
    rule: str | None = None
    unknown: bool = False
    act: str
    note: str | None = None
    sources: tuple[str, ...]

    @model_validator(mode="after")
    def _one_value(self) -> Step:
        given = [
            name
            for name in ("rate", "cap", "amounts", "quantity", "rule")
            if getattr(self, name) is not None
        ]
        given += ["unknown"] if self.unknown else []
        if len(given) != 1:
            msg = (
                "a step gives exactly one of rate, cap, amounts, quantity, rule, unknown;"
                f" found {', '.join(given) or 'none'}"
            )
            raise ValueError(msg)
        if self.to is not None and self.to <= self.from_:
            msg = f"`to` {self.to} is not after `from` {self.from_}"
            raise ValueError(msg)
        return self


class Suspension(Record):
    """
    A window over an unchanged schedule.

    `points` is the suspended piece of a rate (0.24 of 0.34); without it the whole part is
    suspended. The end is `to_legal` (a notice says so) or `to_reported` (announced, no notice seen).
    """

    from_: dt.date = Field(alias="from")
    to_legal: dt.date | None = None
    to_reported: dt.date | None = None
    recorded: dt.date
    part: str = "main"
    points: Rate | None = None
    act: str
    note: str | None = None
    sources: tuple[str, ...]

    @model_validator(mode="after")
    def _one_end(self) -> Suspension:
        ends = [end for end in (self.to_legal, self.to_reported) if end is not None]
        if len(ends) != 1:
            msg = "a suspension gives exactly one of to_legal, to_reported"
            raise ValueError(msg)
        if ends[0] <= self.from_:
            msg = f"the suspension ends on {ends[0]}, not after its `from` {self.from_}"
            raise ValueError(msg)
        return self


class End(Record):
    """A part (or, with ``part: all``, the whole measure) ends; `from` is the first day without it."""

    from_: dt.date = Field(alias="from")
    recorded: dt.date
    part: str = "all"
    act: str
    note: str | None = None
    sources: tuple[str, ...]


class Withdrawal(Record):
    """A later act withdraws, before it took effect, the step of `part` that was to start on `step`."""

    step: dt.date
    recorded: dt.date
    part: str = "main"
    act: str
    sources: tuple[str, ...]


class Annulment(Record):
    """A court holds the measure void from its first day; collection may stop later (see `ends`)."""

    recorded: dt.date
    part: str = "all"
    act: str
    note: str | None = None
    sources: tuple[str, ...]


class Event(Record):
    """Something that happened and enacts nothing by itself (talks, agreements, statements)."""

    date: dt.date
    event: str
    note: str | None = None


class Stacking(Record):
    """How the measure combines with others: in words, and as ids (a trailing ``*`` matches a family)."""

    text: str
    in_lieu_of: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()
    group: str | None = None


class Measure(Record):
    """One act of policy."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(\.[a-z0-9_]+)*$")]
    title: str
    imposer: str
    targets: tuple[str, ...]
    exempt_targets: tuple[str, ...] = ()
    instrument: Instrument
    authority: tuple[str, ...]
    scope: dict[str, Scope]
    steps: tuple[Step, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    ends: tuple[End, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    annulments: tuple[Annulment, ...] = ()
    events: tuple[Event, ...] = ()
    stacking: Stacking | None = None
    exemptions: str | None = None
    transit: str | None = None
    details: dict[str, str | float | bool] = {}
    notes: str | None = None
    confidence: Confidence
    unverified: str | None = None
    sources: tuple[str, ...] = Field(min_length=1)


class Source(Record):
    """Where a fact was read."""

    title: str
    url: str | None = None
    kind: Literal["primary", "secondary", "recalled"]
    retrieved: dt.date
    note: str | None = None
