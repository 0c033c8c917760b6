"""The answer about the duty on one product, and the lines it is made of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from detente.asof import Basis, View
from detente.compliance.documents.common import Assumption, Idle, Question
from detente.display import as_html, in_short, plot
from detente.io.documents import Document, as_json, part_of

Covered = bool | Literal["partial"]
"""Whether schedule and ledger cover the whole of a question."""


@dataclass(frozen=True, kw_only=True)
class DutyLine(Document):
    """
    One line of a duty.

    Attributes
    ----------
    measure
        Id in the ledger; ``base`` for the ordinary duty, ``fee.*`` for a fee.
    title
        What it is.
    heading
        Heading that is filed: with the duty where it is due, else the one that says it is not; for the ordinary duty the
        line itself. Empty where none can be named.
    basis
        What the rate is charged on, in words.
    basis_share
        That basis as a share of customs value.
    rate
        Ad valorem rate on the basis, None for a specific duty shown by its amount alone.
    contribution
        Share times rate: the lines sum to the duty.
    amount
        In the currency of the answer, None without a customs value.
    source
        Act and where it was read.
    kind
        ``law``, ``estimate`` or ``stated`` (by the user).
    note
        Why the line is zero or what else to know.
    heading_why
        Why no heading can be named, or how an inferred one was found.
    heading_basis
        On what the heading rests: ``text`` (its printed text), ``act`` (named by an act whose text is not held),
        ``inferred``, or empty.
    filing
        What the heading says: ``due``; ``rated``, ``transshipped`` or ``zone`` (due at another rate or day); or that
        nothing is due, because it is ``claimed``, ``listed`` as exempt, the value ``yields`` to Section 232, is in
        ``transit``, of an exempt ``origin``, or ``unused`` (none of it is what the duty names). Empty where nothing is
        filed.
    drawback
        Whether what is paid is refunded when the goods are exported: ``allowed``, ``limited`` (in some cases), ``barred``,
        or ``unknown`` where no text on it was read. Empty where nothing is due, and for importers whose rules are not held.
    drawback_why
        The act or guidance that says so.
    """

    measure: str
    title: str
    heading: str
    basis: str
    basis_share: float
    rate: float | None
    contribution: float
    amount: float | None
    source: str
    kind: str
    note: str
    heading_why: str
    heading_basis: str
    filing: str
    drawback: str
    drawback_why: str

    def drawn(self, status: str, act: str) -> DutyLine:
        """The line with what is drawn back of it, where something is due on it."""
        return replace(self, drawback=status, drawback_why=act) if status and self.basis_share > 0.0 else self


@dataclass(frozen=True, kw_only=True)
class Prohibition(Document):
    """That a good may not be imported: the act, its first day (ISO), and the goods it names."""

    act: str
    from_: str
    scope: str


@dataclass(frozen=True, kw_only=True)
class ReadLine(Document):
    """What one measure adds under one reading."""

    measure: str
    title: str
    rate: float


@dataclass(frozen=True, kw_only=True)
class DutyReading(Document):
    """The main numbers of a duty under one reading of a day after the last one the sources cover."""

    basis: Basis
    rate: float | None
    rate_min: float | None
    rate_max: float | None
    additional: float | None
    amount: float | None
    amount_min: float | None
    amount_max: float | None
    currency: str
    covered: Covered
    prohibited: Prohibition | None
    lines: tuple[ReadLine, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class DutyAnswer(Document):
    """
    The duty on one product: see `Duty`.

    rate, rate_min, rate_max, additional: Fractions of customs value. amount, amount_min, amount_max: In `currency`.
    """

    code: str
    description: str
    origin: str
    destination: str
    on: dt.date
    known_on: dt.date | None
    view: View
    ends: Basis
    value: float | None
    quantity: str | None
    rate: float | None
    rate_min: float | None
    rate_max: float | None
    additional: float | None
    amount: float | None
    amount_min: float | None
    amount_max: float | None
    currency: str
    covered: Covered
    lines: tuple[DutyLine, ...]
    questions: tuple[Question, ...]
    prohibited: Prohibition | None
    at: dt.datetime | None
    known_until: dt.date
    readings: tuple[DutyReading, ...]
    facts_used: tuple[str, ...]
    facts_without_effect: tuple[Idle, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class Duty(DutyAnswer):
    """
    The duty on one product.

    Attributes
    ----------
    code, description
        Digits of the line the default is for, and its words.
    origin, destination, on
        What was asked.
    known_on, view, ends
        How the ledger was read.
    value, quantity
        Customs value, and quantity in words, or None.
    rate
        Duty over customs value under the default assumptions; None where a part of it is not known.
    rate_min, rate_max
        What unknown facts span; None where there is no bound.
    additional
        The part that is additional duty.
    amount, amount_min, amount_max, currency
        The same in money, None without a customs value. Lines are rounded to cents one by one.
    covered
        True, False, or ``partial``.
    lines
        One a measure; fees apart, they sum to the duty.
    questions
        Facts that would narrow the range.
    assumptions
        What was taken as given meanwhile.
    warnings
        What a reader must know.
    prohibited
        Where the good may not be imported: ``act``, ``from_`` (its first day) and ``scope``; there is then no rate.
    at
        The instant, where one was asked about.
    known_until
        Last day the sources cover.
    readings
        After that day, the main numbers as the notices read (``legal``) and as reported; empty up to it.
    facts_used
        Facts given that the answer rests on.
    facts_without_effect
        Facts given that change nothing, each with why.
    """

    __repr__ = in_short
    _repr_html_ = as_html
    plot = plot

    assumptions: tuple[Assumption, ...] = field(repr=False)
    warnings: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """4 where the good may not be imported, else 0."""
        return 4 if self.prohibited else 0

    @property
    def result(self) -> DutyAnswer:
        """The answer without its assumptions and warnings, which stand beside it."""
        return part_of(self, DutyAnswer)

    def to_dict(self) -> dict[str, Any]:
        """
        Lay the answer out for JSON.

        Returns
        -------
        document
            The attributes by name, dates as ISO text; assumptions and warnings apart, they stand beside the result.
        """
        found: dict[str, Any] = as_json(self.result)
        return found
