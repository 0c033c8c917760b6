"""The lines of an entry summary: headings of chapter 99 in the order they are filed, then the number of the good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detente.compliance.customs.drawback import drawback_of
from detente.compliance.customs.rate import cents
from detente.duties import matches
from detente.schedules.codes import dotted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from detente.compliance.customs.entry.given import Cases
    from detente.compliance.customs.entry.rows import Entered
    from detente.compliance.documents.duty import Duty, DutyLine
    from detente.ledger.records.stacking import Filing
    from detente.ledger.records.standing import Rules

BASE: Final = "base"
Row = dict[str, Any]


def filed_rows(line: Entered, duty: Duty, rules: Rules, cases: Cases) -> tuple[Row, ...]:
    """Rows of one line of the entry summary, in the order in which they are filed."""
    if duty.prohibited or duty.covered is False:
        return ()
    own = [item for item in duty.lines if item.measure == BASE]
    added = [item for item in duty.lines if item.measure != BASE and _is_filed(item)]
    order = standing(rules.filing, line.on)
    added.sort(key=lambda item: rank(order, item.measure))
    rows = [_row(line, item, item.heading, line.value) for item in added]
    rows += [_row(line, item, dotted(duty.code), line.value) | {"claim": line.claim} for item in own]
    rows += _case_rows(line, cases, duty.destination)
    return tuple(row | {"sequence": place} for place, row in enumerate(rows, start=1))


def _is_filed(item: DutyLine) -> bool:
    """Whether a line of a duty stands in the entry summary: it is due, or a heading says that it is not."""
    return item.basis_share > 0.0 or bool(item.filing and item.heading)


def _row(line: Entered, item: DutyLine, heading: str, value: float) -> Row:
    """One row of a duty."""
    return {
        "entry": line.entry,
        "line": line.line,
        "sequence": 0,
        "heading": heading,
        "measure": item.measure,
        "title": item.title,
        "base": cents(value * item.basis_share),
        "rate": item.rate if item.basis_share else 0.0,  # a heading that says a duty is not due adds none
        "amount": item.amount,
        "claim": "",
        "source": item.source,
        "drawback": item.drawback,
    }


def _case_rows(line: Entered, cases: Cases, importer: str) -> Iterator[Row]:
    """Rows of antidumping and countervailing cases; without a rate where the table of the user has none."""
    for case in line.cases:
        held = cases.rate(case, line.on)
        kind = "antidumping" if case.upper().startswith("A") else "countervailing"
        yield {
            "entry": line.entry,
            "line": line.line,
            "sequence": 0,
            "heading": case.upper(),
            "measure": f"case.{kind}",
            "title": f"{kind.capitalize()} duty",
            "base": cents(line.value),
            "rate": None if held is None else held.rate,
            "amount": None if held is None else cents(line.value * held.rate),
            "claim": "",
            "source": "rate not held: give it in the table of cases"
            if held is None
            else "the user's table of cases",
            "drawback": drawback_of(f"case.{kind}", importer, line.on)[0],
        }


def standing(filing: Iterable[Filing], on: dt.date) -> tuple[tuple[str, ...], ...]:
    """The order of headings on a day; none where the ledger has none."""
    held = [rule for rule in filing if rule.holds(on)]
    return held[-1].order if held else ()


def rank(order: tuple[tuple[str, ...], ...], measure: str) -> int:
    """Place of a measure in the order; after all that are named if it is not."""
    return next((place for place, names in enumerate(order) if matches(measure, names)), len(order))
