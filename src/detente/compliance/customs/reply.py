"""From a case to its answer: default, range, lines, questions, coverage."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente import formatting
from detente.compliance.answer import Assumption, Question
from detente.compliance.customs.ban import asked_of, bans_on
from detente.compliance.customs.base import currency_of, is_held, ordinary_duties
from detente.compliance.customs.duty_facts import ENTRY, FREE_ENTRY, LOW_VALUE, ORDINARY, open_facts
from detente.compliance.customs.fees import fee_lines
from detente.compliance.customs.lines import WHOLE, DutyLine, Worked, due_lines
from detente.compliance.customs.not_due import not_due_lines
from detente.compliance.customs.rate import cents
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
    from detente.ledger import Position
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
) -> dict[str, Any]:
    """Work an answer out: fields of `Duty` beyond what was asked."""
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
    found = span(ranged.percent, known, unknown, show=_percent)
    facts = {**{name: item.values[0] for name, item in unknown.items()}, **known}
    stacked, left = case.stacked(facts, ranged.expected)
    worked = Worked(case, case.held(facts), stacked, facts, float(left[goods.default]), goods.default, value)
    lines = (
        base_line(
            bases[goods.default], float(left[goods.default]), value, code=str(goods.codes[goods.default])
        ),
        *due_lines(worked),
        *not_due_lines(worked),
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
        "lines": (*lines, *more),
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
        self.seen: list[NDArray[np.float64]] = []
        self.lowest: list[NDArray[np.float64]] = []
        self.known_percent: dict[tuple[tuple[str, Any], ...], float] = {}

    def percent(self, facts: Mapping[str, Any]) -> float:
        """Duty on the default line, percent."""
        stacked, left = self.case.stacked(facts, self.expected)
        self.seen.append(left + stacked.total)
        if np.any(self.least != self.expected):
            stacked, left = self.case.stacked(facts, self.least)
        self.lowest.append(left + stacked.total)
        found = round(float(self.seen[-1][self.default]) * _PERCENT, _DIGITS)
        self.known_percent[tuple(sorted(facts.items()))] = found
        return found

    def effect(self, name: str, unknown: Mapping[str, Open], text: str) -> str:
        """Say what the answers to one fact do, all others at their defaults; `text` where alone it does nothing."""
        facts = {**{other: item.values[0] for other, item in unknown.items()}, **self.known}
        answers = [
            self.known_percent[tuple(sorted({**facts, name: value}.items()))]
            for value in unknown[name].values
        ]
        if len(set(answers)) == 1:
            return text
        words = zip(answers, unknown[name].words, strict=True)
        return "duty " + ", ".join(f"{_percent(answer)} if {word}" for answer, word in words)

    def bounds(self, rate: float | None) -> tuple[float | None, float | None]:
        """Smallest and largest duty over facts and lines; no largest where an ordinary duty has none."""
        least = round(float(np.min(self.lowest)), _DIGITS)
        most = round(float(np.max(self.seen)), _DIGITS)
        if rate is not None:
            least, most = min(least, rate), max(most, rate)
        return least, most if all(base.bounded for base in self.bases) else None


def _unknown(case: Case, known: Mapping[str, Any]) -> dict[str, Open]:
    """Facts nobody stated, a preference of the special column among them."""
    found = open_facts(case, known)
    rules = case.book.law.rules
    rule = rules.preference
    claimable = not bool(np.all(np.isnan(case.special)))
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
    mine = [item for item in case.book.positions if customs.imposes(item.measure.imposer, case.importer, on)]
    concerned = [item for item in mine if closeness(item.targets, case.origin, on)]
    union = customs.union_over(case.importer, on)
    held = is_held(case.importer, case.book)
    if not held and not charging(case.book, case.importer):
        own = f", nor of {union}, whose duties are charged there" if union else ""
        return False, (f"not covered: the ledger holds no schedule and no duties of {case.importer}{own}",)
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
    for item in concerned:
        text = _gap(item, case)
        if text:
            covered = "partial"
            warnings.append(text)
    for rule in case.conditional():
        if rule.partial:
            covered = "partial"
            warnings.append(f"{rule.question} ({rule.act})")
    return covered, tuple(dict.fromkeys(warnings))


def _gap(item: Position, case: Case) -> str:
    """What a position leaves unsaid about these goods, or empty."""
    if item.state != "in force" or item.measure.instrument != "tariff":
        return ""
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
        "base",
        FREE_ENTRY,
        "",
        WHOLE,
        1.0,
        0.0,
        0.0,
        _cents(value, 0.0),
        rule.act,
        heading_why="none is filed: the shipment is released without a formal entry",
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


def base_line(base: OrdinaryDuty, left: float, value: float | None, *, code: str) -> DutyLine:
    """The line of the ordinary duty, without a rate where it is not known; the line of the tariff is its heading."""
    freed = base.rate is not None and left < base.rate
    plain = base.rate is None or base.text.replace(" ", "") in {rate_text(base.rate).replace(" ", ""), "Free"}
    printed = "" if plain or base.text in base.ask else f"rate {base.text}"
    said = "preference or provision claimed" if freed else base.ask
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
        heading_basis="text",
        filing="due",
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
    fact, effect = (
        ("quantity", "the ordinary duty exactly") if base.rate is not None else (ORDINARY, "a total")
    )
    return (Question(fact, base.ask, effect),)


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
    found = _nothing(case, warnings) | {"covered": True, "prohibited": ban.to_dict()}
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
