"""From a case to its answer: default, range, lines, questions, coverage."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente import formatting
from detente.compliance.customs.agreements import claim_note, open_agreement
from detente.compliance.customs.ban import asked_of, bans_on
from detente.compliance.customs.base import currency_of, is_held, ordinary_duties
from detente.compliance.customs.drawback import with_drawback
from detente.compliance.customs.duty_facts import ENTRY, FREE_ENTRY, LOW_VALUE, ORDINARY, open_facts
from detente.compliance.customs.fees import fee_lines
from detente.compliance.customs.lines import LAW, WHOLE, Worked, due_lines
from detente.compliance.customs.not_due import not_due_lines
from detente.compliance.customs.rate import cents
from detente.compliance.documents.common import Assumption, Question
from detente.compliance.documents.duty import DutyLine
from detente.compliance.ranges import Open, span
from detente.duties import charging, closeness, has_entry_rules, second_column
from detente.formatting import between
from detente.formatting import rate as rate_text
from detente.geography import territories as customs
from detente.schedules.codes import dotted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detente.compliance.customs.ban import Ban
    from detente.compliance.customs.case import Case
    from detente.duties import Stack
    from detente.ledger import Book, Position
    from detente.schedules.provider import Candidates, OrdinaryDuty

_DIGITS = 10
_PERCENT = 100.0


def answer(
    case: Case,
    goods: Candidates,
    known: Mapping[str, Any],
    *,
    value: float | None,
    quantity: str | None,
    fees: bool,
    ranges: bool = True,
) -> dict[str, Any]:
    """
    Work an answer out: fields of `Duty` beyond what was asked.

    Without `ranges` open facts are at their defaults only, and duties that are not due have no line.
    """
    covered, warnings = coverage(case, goods)
    empty = {
        "code": str(goods.codes[goods.default]),
        "description": goods.descriptions[goods.default],
        "prohibited": None,
    }
    if covered is False:
        return {**empty, **_nothing(case, warnings)}
    bans = tuple(bans_on(case, known))
    refused = next((ban for ban in bans if ban.lines[goods.default]), None)
    if refused is not None:
        lifted = {
            claim.fact: _lifted(
                answer(
                    case,
                    goods,
                    {**known, claim.fact: not claim.default},
                    value=value,
                    quantity=quantity,
                    fees=fees,
                )
            )
            for claim in refused.conditions
        }
        lines = np.any([ban.lines for ban in bans], axis=0)
        return {**empty, **_prohibited(case, replace(refused, lines=lines), lifted, warnings)}
    warnings = (*warnings, *(_partly(ban) for ban in bans))
    freed = low_value(case, known, value)
    if freed is not None:
        return {**empty, **freed, "warnings": warnings}
    bases = ordinary_duties(case, goods, known, value, quantity)
    unknown = _unknown(case, known)
    ranged = _Ranged(case, bases, goods.default, known)
    facts = {**{name: item.values[0] for name, item in unknown.items()}, **known}
    varied = (known, unknown) if ranges else (facts, {})
    found = span(ranged.percent, *varied, show=_percent)
    stacked, left = ranged.stacked(facts)
    rule, due = case.book.law.rules.preference, float(left[goods.default])
    claim = claim_note(case, facts, rule.fact if rule else None, goods.default, due)
    worked = Worked(case, case.held(facts), stacked, facts, due, goods.default, value)
    lines = (
        base_line(bases[goods.default], due, value, code=str(goods.codes[goods.default]), claim=claim),
        *due_lines(worked),
        *(not_due_lines(worked) if ranges else ()),
    )
    complete = bases[goods.default].rate is not None
    added = round(float(stacked.total[goods.default]), _DIGITS)
    rate = round(float(left[goods.default]) + added, _DIGITS) if complete else None
    least, most = ranged.bounds(rate)
    more, said = (
        fee_lines(case.book.on, value, case.book.law.rules.fees)
        if fees and has_entry_rules(case.importer)
        else ((), ())
    )
    return {
        **empty,
        "rate": rate,
        "rate_min": least,
        "rate_max": most,
        "additional": added,
        **_money(lines, value, rate, (least, most)),
        "currency": currency_of(case.importer),
        "covered": covered if complete else "partial",
        "lines": with_drawback((*lines, *more), case.importer, case.book.on),
        "questions": (
            *_which_line(goods, least, most),
            *_asked(bases[goods.default]),
            *(
                Question(item.fact, item.why, ranged.effect(item.fact, unknown, item.effect))
                for item in found.questions
            ),
        ),
        "assumptions": found.assumptions,
        "warnings": (*warnings, *said),
    }


def _percent(value: float) -> str:
    """A duty held in percent."""
    return rate_text(value / _PERCENT)


class _Ranged:
    """The duty under every answer to the open facts, on every candidate line."""

    def __init__(
        self, case: Case, bases: tuple[OrdinaryDuty, ...], default: int, known: Mapping[str, Any]
    ) -> None:
        self.case, self.bases, self.default, self.known = case, bases, default, known
        self.expected = np.array([base.least if base.rate is None else base.rate for base in bases])
        self.least = np.array([base.least for base in bases])
        self.most = np.array(
            [
                rate if base.most is None else base.most
                for base, rate in zip(bases, self.expected, strict=True)
            ]
        )
        self.seen: list[NDArray[np.float64]] = []
        self.lowest: list[NDArray[np.float64]] = []
        self.highest: list[NDArray[np.float64]] = []
        self.floors: dict[tuple[tuple[str, Any], ...], bool] = {}
        self.known_percent: dict[tuple[tuple[str, Any], ...], float] = {}
        self.stacks: dict[tuple[tuple[str, Any], ...], tuple[Stack, NDArray[np.float64]]] = {}
        self._inexact = bool(np.any(self.least != self.expected))

    def stacked(self, facts: Mapping[str, Any]) -> tuple[Stack, NDArray[np.float64]]:
        """The duties under some facts, and the ordinary duty left: as worked out before, where it was."""
        key = tuple(sorted(facts.items()))
        if key not in self.stacks:
            self.stacks[key] = self.case.stacked(facts, self.expected)
        return self.stacks[key]

    def percent(self, facts: Mapping[str, Any]) -> float:
        """Duty on the default line, percent."""
        stacked, left = self.stacked(facts)
        left_at_first = float(left[self.default])
        self.seen.append(left + stacked.total)
        self.highest.append(
            self.seen[-1] if np.array_equal(self.most, self.expected) else self._under(facts, self.most)
        )
        if self._inexact:
            stacked, left = self.case.stacked(facts, self.least)
        self.lowest.append(left + stacked.total)
        self.floors[tuple(sorted(facts.items()))] = (
            self.bases[self.default].rate is None and left_at_first == self.expected[self.default]
        )
        found = round(float(self.seen[-1][self.default]) * _PERCENT, _DIGITS)
        self.known_percent[tuple(sorted(facts.items()))] = found
        return found

    def _under(self, facts: Mapping[str, Any], bases: NDArray[np.float64]) -> NDArray[np.float64]:
        """Duty on each line under some facts and ordinary duties."""
        stacked, left = self.case.stacked(facts, bases)
        return np.asarray(left + stacked.total)

    def effect(self, name: str, unknown: Mapping[str, Open], text: str) -> str:
        """Say what the answers to one fact do, all others at their defaults; `text` where alone it does nothing."""
        facts = {**{other: item.values[0] for other, item in unknown.items()}, **self.known}
        keys = [tuple(sorted({**facts, name: value}.items())) for value in unknown[name].values]
        answers = [self.known_percent[key] for key in keys]
        if len(set(answers)) == 1:
            return text
        said = [
            f"{'at least ' if self.floors[key] else ''}{_percent(self.known_percent[key])}" for key in keys
        ]
        words = zip(said, unknown[name].words, strict=True)
        return "duty " + ", ".join(f"{answer} if {word}" for answer, word in words)

    def bounds(self, rate: float | None) -> tuple[float | None, float | None]:
        """Smallest and largest duty over facts and lines; no largest where an ordinary duty has none."""
        least = round(float(np.min(self.lowest)), _DIGITS)
        most = round(float(np.max(self.highest)), _DIGITS)
        if rate is not None:
            least, most = min(least, rate), max(most, rate)
        return least, most if all(base.bounded or base.most is not None for base in self.bases) else None


def _unknown(case: Case, known: Mapping[str, Any]) -> dict[str, Open]:
    """Facts nobody stated, a preference of the special column among them."""
    found = open_facts(case, known)
    rules = case.book.law.rules
    rule = rules.preference
    claimable = not bool(np.all(np.isnan(case.special)))
    if case.agreements:
        return found | open_agreement(case, known, rule.fact if rule else None)
    if (
        rule is not None
        and claimable
        and rule.fact not in known
        and case.origin not in second_column(case.book, case.importer)
    ):
        found[rule.fact] = Open((False, True), rule.question, ("no", "yes"))
    return found


def coverage(case: Case, goods: Candidates) -> tuple[bool | str, tuple[str, ...]]:
    """How far the ledger covers a case: False with a reason, ``partial`` with what is missing, or True."""
    warnings = list(goods.warnings)
    covered = goods.covered
    if covered is False:
        return False, tuple(warnings)
    on = case.book.on
    union = customs.union_over(case.importer, on)
    held = is_held(case.importer, case.book)
    if not held and not charging(case.book, case.importer):
        from detente.compliance.customs.substitute import (  # noqa: PLC0415  (averages, which no duty needs)
            average_in_place,
            held_elsewhere,
        )

        own = f", nor of {union}, whose duties are charged there" if union else ""
        said = f"not covered: the ledger holds no schedule and no duties of {case.importer}{own}"
        instead = average_in_place(str(goods.codes[goods.default]), case.importer)
        return False, (said, held_elsewhere(case.book), *((instead,) if instead else ()))
    if case.origin != case.importer and customs.imposes(union or case.importer, case.origin, on):
        warnings.append(
            f"{case.origin} and {case.importer} lie inside one customs territory ({customs.name(union or case.importer)}):"
            " no duty is charged on goods that move between them"
        )
    if not held:
        covered = "partial"
        warnings.append(
            f"the ordinary duty of {case.importer} is not held: only the additional duties of the ledger are given"
        )
    for item in _unsaid(case.book, case.importer, case.origin):
        text = _gap(item, case)
        if text:
            covered = "partial"
            warnings.append(text)
    for rule in case.conditional:
        if rule.partial:
            covered = "partial"
            warnings.append(f"{rule.question} ({rule.act})")
    return covered, tuple(dict.fromkeys(warnings))


def _unsaid(book: Book, importer: str, origin: str) -> tuple[Position, ...]:
    """Tariffs in force on goods of an origin whose rate or whose product list is not known."""

    def read() -> tuple[Position, ...]:
        return tuple(
            item
            for item in book.in_force("tariff")
            if (item.unknown or (item.scope.coverage and not item.scope.include))
            and customs.imposes(item.measure.imposer, importer, book.on)
        )

    everybody = book.recall(("unsaid", importer), read)
    return tuple(item for item in everybody if closeness(item.targets, origin, book.on))


def _gap(item: Position, case: Case) -> str:
    """What such a position leaves unsaid about these goods, or empty."""
    if item.unknown and case.reader.cover(item, case.book).any():
        return f"{item.measure.title}: something applies, the source does not say how much"
    if item.scope.coverage and not item.scope.include:
        return f"{item.measure.title}: its product list is not held, so it may bear on these goods"
    return ""


def low_value(case: Case, known: Mapping[str, Any], value: float | None) -> dict[str, Any] | None:
    """
    The answer for a shipment of low value on a day when it still entered free.

    Fields of `Duty`, or None if the ordinary rules hold.
    """
    rule = case.book.law.rules.low_value
    if rule is None or known.get(ENTRY) != LOW_VALUE or not has_entry_rules(case.importer):
        return None
    if value is not None and value > rule.limit:
        return None
    if any(
        closeness(end.origins, case.origin, case.book.on)
        and end.on <= case.book.on
        and (end.to is None or case.book.on < end.to)
        for end in rule.ends
    ):
        return None
    line = DutyLine(
        measure="base",
        title=FREE_ENTRY,
        heading="",
        basis=WHOLE,
        basis_share=1.0,
        rate=0.0,
        contribution=0.0,
        amount=_cents(value, 0.0),
        source=rule.act,
        kind=LAW,
        note="",
        heading_why="none is filed: the shipment is released without a formal entry",
        heading_basis="",
        filing="",
        drawback="",
        drawback_why="",
    )
    return {
        "rate": 0.0,
        "rate_min": 0.0,
        "rate_max": 0.0,
        "additional": 0.0,
        "amount": _cents(value, 0.0),
        "amount_min": _cents(value, 0.0),
        "amount_max": _cents(value, 0.0),
        "currency": currency_of(case.importer),
        "covered": True,
        "lines": (line,),
        "questions": (),
        "assumptions": (
            Assumption("one_a_day", "true", ("false",), "one shipment a person a day, not in a larger order"),
        ),
    }


def base_line(
    base: OrdinaryDuty, left: float, value: float | None, *, code: str, claim: str = ""
) -> DutyLine:
    """
    The line of the ordinary duty, without a rate where it is not known; the line of the tariff is its heading.

    `claim`: the agreement that gives it.
    """
    freed = base.rate is not None and left < base.rate
    plain = base.rate is None or base.text.replace(" ", "") in {rate_text(base.rate).replace(" ", ""), "Free"}
    printed = "" if plain or base.text in base.ask else f"rate {base.text}"
    said = (claim or "preference or provision claimed") if freed else base.ask
    return DutyLine(
        measure="base",
        title=base.title,
        heading=dotted(code),
        basis=WHOLE if base.bounded or base.rate is None else "customs value, by an ad valorem equivalent",
        basis_share=1.0,
        rate=None if base.rate is None else round(left, _DIGITS),
        contribution=0.0 if base.rate is None else round(left, _DIGITS),
        amount=None if base.rate is None else _cents(value, left),
        source=base.source,
        kind=base.kind,
        note="; ".join(text for text in (printed, said) if text),
        heading_why="",
        heading_basis="text",
        filing="due",
        drawback="",
        drawback_why="",
    )


def _which_line(goods: Candidates, least: float | None, most: float | None) -> tuple[Question, ...]:
    """The question a short code leaves, where its lines owe different duties."""
    lines = goods.codes.size
    if lines == 1 or least == most:
        return ()
    effect = f"duty {between(least, most, rate_text)}"
    return (Question("code", f"Which of the {lines} lines under the code is it?", effect),)


def _asked(base: OrdinaryDuty) -> tuple[Question, ...]:
    """The question an inexact ordinary duty leaves."""
    if not base.ask:
        return ()
    if base.rate is None:
        return (Question(base.fact or ORDINARY, base.ask, "a total"),)
    if base.fact is None:
        return (Question("quantity", base.ask, "the ordinary duty exactly"),)
    ends = between(base.least, base.rate if base.most is None else base.most, rate_text)
    return (Question(base.fact or ORDINARY, base.ask, f"ordinary duty {ends}"),)


def _money(
    lines: tuple[DutyLine, ...],
    value: float | None,
    rate: float | None,
    ends: tuple[float | None, float | None],
) -> dict[str, float | None]:
    """Amounts: lines are rounded to cents one by one and then added; an end that is the duty has its amount."""
    total = (
        cents(sum(line.amount or 0.0 for line in lines)) if value is not None and rate is not None else None
    )
    least, most = (total if total is not None and end == rate else _cents(value, end) for end in ends)
    return {"amount": total, "amount_min": least, "amount_max": most}


def _cents(value: float | None, rate: float | None) -> float | None:
    """Money to the cent."""
    return None if value is None or rate is None else cents(value * rate)


def _lifted(other: Mapping[str, Any]) -> str:
    """What would be due if a ban did not reach the good, in words."""
    if other.get("prohibited"):
        return "prohibited all the same"
    return "duty not known" if other["rate"] is None else f"duty {formatting.rate(other['rate'])}"


def _partly(ban: Ban) -> str:
    """A warning that other lines under the code may not be imported."""
    return (
        f"{int(ban.lines.sum())} of the {ban.lines.size} lines under the code are excluded from importation since"
        f" {ban.since} ({ban.act})"
    )


def _prohibited(case: Case, ban: Ban, lifted: Mapping[str, str], warnings: tuple[str, ...]) -> dict[str, Any]:
    """An answer that the good may not be imported: no rate."""
    questions, assumptions = asked_of(ban, lifted)
    found = _nothing(case, warnings) | {"covered": True, "prohibited": ban.prohibition}
    return found | {"questions": questions, "assumptions": assumptions}


def _nothing(case: Case, warnings: tuple[str, ...]) -> dict[str, Any]:
    """An answer that says it has none."""
    money = dict.fromkeys(
        ("rate", "rate_min", "rate_max", "additional", "amount", "amount_min", "amount_max")
    )
    return {
        **money,
        "currency": currency_of(case.importer),
        "covered": False,
        "lines": (),
        "questions": (),
        "assumptions": (),
        "warnings": warnings,
    }
