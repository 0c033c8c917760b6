"""Purchase commitments: what was promised by period, what was done, and the pace that is left."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from detente.compliance.day import Day, read_day
from detente.compliance.documents.common import Assumption, Question
from detente.compliance.documents.purchases import Period, Purchases, Recorded
from detente.compliance.purchases.actuals import Actual, convert, read_actuals
from detente.errors import InputError
from detente.formatting import number
from detente.io.dates import parse_date
from detente.io.words import meant

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from detente.asof import AsOf
    from detente.ledger import Ledger
    from detente.ledger.records.schema import Measure, Step

PER_YEAR = " a year"
DAYS_A_MONTH = 365.25 / 12.0


def purchases(
    commitment: str,
    *,
    asof: AsOf,
    ledger: Ledger,
    actuals: pd.DataFrame | Path | str | None = None,
    part: str | None = None,
    count: str | None = None,
) -> Purchases:
    """
    Progress against a purchase commitment.

    Examples
    --------
    >>> import pandas as pd
    >>> from detente.asof import AsOf
    >>> from detente.ledger import open_ledger
    >>> frame = pd.DataFrame({"period": ["2026-01"], "quantity": [2.0], "unit": ["Mt"], "measure": ["sales"]})
    >>> asked = {"asof": AsOf.of("2026-01-31"), "ledger": open_ledger()}
    >>> purchases("cn.buy.soy2026_28", **asked, actuals=frame).done
    2.0

    White House fact sheets of 2025-11-01 and 2026-05-17; Economic and Trade Agreement of 2020-01-15, chapter 6.
    """
    measure = _commitment(ledger, commitment)
    asof = asof.statutory().under("legal")
    day = read_day(asof, ledger)
    steps = [step for step in measure.steps if asof.knows(step.recorded)]
    chosen = part or (steps[0].part if steps else "main")
    steps = sorted((step for step in steps if step.part == chosen), key=lambda step: step.from_)
    if not steps:
        raise InputError(
            "nothing of this commitment is known",
            where="purchases",
            found=f"{commitment}, part {chosen}",
            allowed=", ".join(measure.scope),
            repair="choose another part, or a later day of knowledge",
        )
    unit = (steps[0].unit or "").removesuffix(PER_YEAR)
    rows = read_actuals(actuals) if actuals is not None else ()
    counted, measured = _counted(rows, str(measure.details.get("measure", "purchases")), count)
    usable = [dataclasses.replace(row, quantity=convert(row, unit)) for row in counted]
    periods = tuple(_period(span, usable if rows else None, day.on) for span in _spans(steps, measure))
    recorded = _recorded(measure, periods, day.on) if actuals is None else None
    return _total(measure, day, unit, measured, periods, recorded, rows)


def _commitment(ledger: Ledger, commitment: str) -> Measure:
    """Find the commitment."""
    measure = ledger.measures.get(commitment)
    if measure is None or measure.instrument != "purchase":
        known = [name for name, item in ledger.measures.items() if item.instrument == "purchase"]
        raise InputError(
            "no purchase commitment of this id",
            where="purchases",
            found=commitment[:80],
            allowed=", ".join(known),
            repair=meant(commitment, known, otherwise="choose one of them"),
        )
    return measure


def _counted(rows: tuple[Actual, ...], default: str, count: str | None) -> tuple[list[Actual], str]:
    """Keep the rows that count what the commitment counts; without any, those that count something else."""
    wanted = count or default
    same = [row for row in rows if row.measure == wanted]
    if same or not rows or count is not None:
        return same, wanted
    other = rows[0].measure
    return [row for row in rows if row.measure == other], other


_Span = tuple[str, dt.date, dt.date | None, float]


def _spans(steps: list[Step], measure: Measure) -> list[_Span]:
    """Cut a commitment into its periods: by year where it says so much a year, else step by step."""
    spans: list[_Span] = []
    for at, step in enumerate(steps):
        end = step.to or (steps[at + 1].from_ if at + 1 < len(steps) else None)
        quantity = step.quantity or 0.0
        if not (step.unit or "").endswith(PER_YEAR) or end is None:
            name = (
                str(step.from_.year)
                if end is None or end <= dt.date(step.from_.year + 1, 1, 1)
                else f"{step.from_}"
            )
            spans.append((name, step.from_, end, quantity))
            continue
        for year in range(step.from_.year, (end - dt.timedelta(days=1)).year + 1):
            first, last = max(step.from_, dt.date(year, 1, 1)), min(end, dt.date(year + 1, 1, 1))
            whole = (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days
            share = (last - first).days / whole if measure.details.get(f"prorated_{year}") else 1.0
            spans.append((str(year), first, last, quantity * share))
    return spans


def _period(span: _Span, rows: list[Actual] | None, on: dt.date) -> Period:
    """Progress in one period, at an even pace by days."""
    name, first, end, target = span
    done = None if rows is None else sum(row.within(first, end, on) for row in rows)
    passed = min(max((on - first).days + 1, 0), (end - first).days) if end is not None else None
    due = None if end is None or passed is None else target * passed / (end - first).days
    left = None if end is None or passed is None else (end - first).days - passed
    shortfall = None if due is None or done is None else max(0.0, due - done)
    pace = None if done is None or not passed else done / passed * DAYS_A_MONTH
    needed = None
    if done is not None and left:
        needed = max(0.0, target - done) / left * DAYS_A_MONTH
    return Period(
        period=name,
        first=first,
        end=end,
        target=target,
        done=done,
        due_to_date=due,
        shortfall=shortfall,
        pace=pace,
        pace_needed=needed,
        met=None if done is None else done >= target,
    )


def _recorded(measure: Measure, periods: tuple[Period, ...], on: dt.date) -> float | None:
    """Give what is on record: the total once the last period is over, else the latest dated statement."""
    total = measure.details.get("bought_total")
    end = periods[-1].end
    if end is not None and on >= end - dt.timedelta(days=1) and isinstance(total, float):
        return total
    dated = [entry.split(": ") for entry in str(measure.details.get("recorded", "")).split(", ") if entry]
    known = [
        float(quantity) for day, quantity in dated if parse_date(day, where=f"{measure.id}: recorded") <= on
    ]
    return known[-1] if known else None


def _sum(values: list[float | None]) -> float | None:
    """Sum, None if any part is not known."""
    return None if any(value is None for value in values) else float(sum(v for v in values if v is not None))


def _total(
    measure: Measure,
    day: Day,
    unit: str,
    measured: str,
    periods: tuple[Period, ...],
    recorded: float | None,
    rows: tuple[Actual, ...],
) -> Purchases:
    """Add up the periods begun by the day."""
    on = day.on
    begun = [period for period in periods if period.first <= on]
    target = sum(period.target for period in begun) if begun else periods[0].target
    done = recorded if recorded is not None else (_sum([p.done for p in begun]) if begun else 0.0)
    due = _sum([period.due_to_date for period in begun]) if begun else 0.0
    shortfall = _sum([period.shortfall for period in begun])
    if recorded is not None and due is not None:
        shortfall = max(0.0, due - recorded)
    current = begun[-1] if begun else periods[0]
    by_measure: dict[str, float] = {}
    for row in rows:
        if row.end <= on + dt.timedelta(days=1):
            by_measure[row.measure] = by_measure.get(row.measure, 0.0) + convert(row, unit)
    return Purchases(
        **day.said(),
        readings=(),
        id=measure.id,
        title=measure.title,
        target=target,
        done=done,
        due_to_date=due,
        shortfall=shortfall,
        pace=current.pace,
        pace_needed=current.pace_needed,
        unit=unit,
        measure=measured,
        share=done / target if done is not None and target else None,
        by_year=periods,
        by_measure=by_measure,
        flags=_flags(begun, target, done, shortfall, on),
        record=tuple(
            Recorded(date=e.date.isoformat(), event=e.event, note=e.note or "")
            for e in measure.events
            if e.date <= on
        ),
        questions=_questions(measure, measured, done, by_measure),
        assumptions=_assumptions(measure, measured),
        warnings=(*_warnings(measure, rows, on), *(text for text in (day.beyond_sources(),) if text)),
        sources=measure.sources,
    )


def _flags(
    begun: list[Period], target: float, done: float | None, shortfall: float | None, on: dt.date
) -> tuple[str, ...]:
    """Say how the commitment stands in a word or two."""
    if not begun:
        return ("not begun",)
    if done is None:
        return ("not known",)
    over = begun[-1].end is not None and on >= begun[-1].end - dt.timedelta(days=1)
    if done >= target and not shortfall:
        return ("met",)
    if over:
        return ("missed",)
    return ("behind",) if shortfall else ("on pace",)


def _questions(
    measure: Measure, measured: str, done: float | None, by_measure: dict[str, float]
) -> tuple[Question, ...]:
    """Ask for what is done, and for how it is counted."""
    asked = []
    if done is None:
        why = f"quantities by period of {measured}; the ledger holds none"
        asked.append(Question("actuals", why, "done, pace and shortfall become known"))
    others = [
        name.strip()
        for name in str(measure.details.get("measure_alternatives", "")).split(",")
        if name.strip()
    ]
    for other in others:
        total = f"{number(by_measure[other])} done" if other in by_measure else "not in the file"
        if other != measured:
            asked.append(
                Question("count", f"the text does not say whether {other} count", f"by {other}: {total}")
            )
    end = measure.details.get("period_end_alternative")
    if end:
        asked.append(Question("period end", "a later end was stated too", f"due by {end} instead"))
    return tuple(asked)


def _assumptions(measure: Measure, measured: str) -> tuple[Assumption, ...]:
    """List the judgements taken."""
    others = tuple(str(measure.details.get("measure_alternatives", "")).split(","))
    taken = [
        Assumption(
            "count", measured, tuple(o for o in others if o), "what a purchase is, the texts do not say"
        )
    ]
    taken.append(Assumption("pace", "even by days", ("seasonal",), "what is due by a day inside a period"))
    return tuple(taken)


def _warnings(measure: Measure, rows: tuple[Actual, ...], on: dt.date) -> tuple[str, ...]:
    """Warn of what the promising side has not confirmed, and of periods not over."""
    found = []
    if measure.details.get("confirmed_by_china") is False:
        found.append("China has not published this commitment; it rests on statements of the United States")
    running = [row.period for row in rows if row.start <= on < row.end - dt.timedelta(days=1)]
    if running:
        found.append(f"not counted, the period is not over on {on}: {', '.join(running[:5])}")
    return tuple(found)
