"""The shape of a ledger file: one measure, its dated steps, suspensions, ends and sources."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Instrument = Literal[
    "tariff",
    "threat",
    "exclusion",
    "investigation",
    "power",
    "customs_rule",
    "import_ban",
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
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Amount = Annotated[float, Field(ge=0.0)]
Time = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


def broken_rule(what: str, *, found: str, allowed: str, repair: str) -> PydanticCustomError:
    """Describe a broken rule between several keys of a record."""
    parts = {"found": found, "allowed": allowed, "repair": repair}
    return PydanticCustomError("broken_rule", what, parts)


class Record(BaseModel):
    """Strict base: unknown keys are refused, values are not coerced, instances do not change."""

    # Built when first read: most records are read as parts of a file, whose reader has theirs in it.
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)


class Scope(Record):
    """
    The goods, vessels or firms one part of a measure reaches.

    `include` and `exclude` name product lists (files in `lists/` beside the measure), give codes of 2 to 10
    digits in quotes, or say ``all``. Where no list is held, `coverage` names an assumption in `coverage.yaml`: shares of
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

    Steps of one part with the same targets follow each other: a step holds until the next one starts. A step
    that names economies goes before one that names groups, which goes before one for ``*``; economies so taken
    out come back when the narrower step's `to` has passed. A step recorded later for the same part, targets and
    day replaces the earlier one. `at` is the local time at the imposer's capital when the act takes effect
    within the day (``"12:01"``); a date alone means the day's end, so the step counts from `from` on.
    """

    from_: dt.date = Field(alias="from")
    at: Time | None = None
    to: dt.date | None = None
    recorded: dt.date
    announced: dt.date | None = None
    part: str = "main"
    targets: tuple[str, ...] | None = None
    rate: Rate | None = None
    cap: Rate | None = None
    amounts: dict[str, Amount] | None = None
    currency: str | None = None
    quantity: Amount | None = None
    unit: str | None = None
    rule: str | None = None
    unknown: bool = False
    act: str
    note: str | None = None
    sources: tuple[str, ...]

    @model_validator(mode="after")
    def _one_value(self) -> Step:
        given = [
            name for name in ("rate", "cap", "amounts", "quantity", "rule") if getattr(self, name) is not None
        ]
        given += ["unknown"] if self.unknown else []
        if len(given) != 1:
            raise broken_rule(
                "a step gives exactly one value",
                found=", ".join(given) or "none",
                allowed="one of rate, cap, amounts, quantity, rule, unknown",
                repair="keep one, or write `unknown: true` where the source gives no amount",
            )
        if self.to is not None and self.to <= self.from_:
            raise broken_rule(
                "`to` is not after `from`",
                found=f"from {self.from_} to {self.to}",
                allowed="a `to` that is the first day no longer in force",
                repair="correct the dates, or leave `to` out",
            )
        return self


class Suspension(Record):
    """
    A window over an unchanged schedule.

    `points` is the suspended piece of a rate (0.24 of 0.34); without it the whole part is
    suspended. ``part: all`` reaches every part. The end is `to_legal` (a notice says so) or `to_reported`
    (announced, no notice seen); an extension is a second window that starts where the first ends. Where
    windows overlap the one that starts last counts; a window recorded later with the same start replaces it.
    """

    from_: dt.date = Field(alias="from")
    at: Time | None = None
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
            raise broken_rule(
                "a suspension gives exactly one end",
                found=f"to_legal {self.to_legal}, to_reported {self.to_reported}",
                allowed="to_legal, what a notice says, or to_reported, what was announced",
                repair="put the reported extension in a window of its own",
            )
        if ends[0] <= self.from_:
            raise broken_rule(
                "a suspension ends before it starts",
                found=f"from {self.from_} to {ends[0]}",
                allowed="an end after `from`",
                repair="correct the dates",
            )
        return self


class Resumption(Record):
    """A suspension is lifted before its window ends: from this day on, windows recorded until then do not count."""

    from_: dt.date = Field(alias="from")
    recorded: dt.date
    part: str = "all"
    act: str
    note: str | None = None
    sources: tuple[str, ...]


class End(Record):
    """
    A part (or, with ``part: all``, the whole measure) ends; `from` is the first day without it.

    It also takes back the steps of the part that were to start later and were made known before it. A step
    made known after an end, and starting with it or later, brings the part back.
    """

    from_: dt.date = Field(alias="from")
    at: Time | None = None
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
    """
    One act of policy.

    `targets` are ISO alpha-3 codes, groups, or ``*`` for all; `scope` has one entry per part. A measure of the
    instrument ``threat`` is never in force: its steps say what is threatened and from when.
    """

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
    resumptions: tuple[Resumption, ...] = ()
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


class LedgerFile(Record):
    """Several measures in one file, with sources of their own if they need some."""

    measures: tuple[Measure, ...]
    sources: dict[str, Source] = {}


class SourceFile(Record):
    """`sources.yaml`: every source by its id."""

    sources: dict[str, Source]


class Coverage(Record):
    """
    A named assumption about which part of imports a scope reaches, where no product list is held.

    `shares` are fractions of imports by industry (codes of the world's classification), or one `share` for all.
    `recorded` is the day of the act whose reach it estimates; left out, it is known with the measures that name it.
    """

    text: str
    recorded: dt.date | None = None
    shares: dict[str, Share] | None = None
    share: Share | None = None
    alternatives: tuple[str | float, ...] = ()
    source: str

    @model_validator(mode="after")
    def _one_value(self) -> Coverage:
        if (self.shares is None) == (self.share is None):
            raise broken_rule(
                "a coverage assumption gives exactly one value",
                found="both" if self.share is not None else "none",
                allowed="shares by industry, or one share",
                repair="keep one",
            )
        return self


class BoardRow(Record):
    """
    One instrument of the story on the board: the measures, and parts of them, that make it up.

    A trailing ``*`` matches a family of measures. ``about: points`` speaks of the suspended points of a rate and
    not of the rate.
    """

    instrument: str
    side: str
    measures: tuple[str, ...] = Field(min_length=1)
    parts: tuple[str, ...] = ()
    about: Literal["whole", "points"] = "whole"


class BoardFile(Record):
    """
    `board.yaml`: the instruments of the story, in the order they are shown.

    `horizon` is the last day the sources cover; what was decided later is not known.
    """

    horizon: dt.date
    horizon_note: str
    board: tuple[BoardRow, ...]
