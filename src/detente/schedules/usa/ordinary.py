"""The ordinary duty of a line of the United States schedule: of its column, and of the special column's programmes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from detente.schedules.codes import dotted
from detente.schedules.expressions import Compound, parse_quantity, parse_rate, parse_special
from detente.schedules.provider import OrdinaryDuty
from detente.schedules.usa.programs import programs_of
from detente.schedules.usa.schedule import us_schedule

if TYPE_CHECKING:
    import datetime as dt

    from detente.schedules.expressions import Expression
    from detente.schedules.usa.schedule import Line

# Programmes whose claim is the fact `usmca`.
USMCA: Final = frozenset({"S", "S+", "CA"})


def ordinary_duty(row: int, *, column: int, value: float | None, quantity: str | None) -> OrdinaryDuty:
    """
    Ordinary duty of a line by column 1, or column 2 of economies without normal trade relations.

    Exact where the rate is ad valorem or value (USD) and quantity are given, else the ad valorem equivalent with its
    source, else unknown.
    """
    line = us_schedule().line(row)
    text = line.general if column == 1 else line.column2
    title = "Ordinary duty, column 1 general" if column == 1 else "Ordinary duty, column 2"
    source = f"HTSUS {dotted(line.hts8)}: {text}"
    expression = parse_rate(text)
    rate = expression.ad_valorem
    if rate is None and quantity is not None and value:
        amount, unit = parse_quantity(quantity)
        rate = expression.equivalent(value, {unit: amount})
    if rate is not None:
        return OrdinaryDuty(rate, rate, bounded=True, text=text, title=title, source=source)
    return _estimated(line, column, text, title, expression)


def _estimated(line: Line, column: int, text: str, title: str, expression: Expression) -> OrdinaryDuty:
    """Ordinary duty without the quantity it hangs on: at least the part that is a share of the value."""
    origin = line.column1_source if column == 1 else line.column2_source
    needs = ", ".join(expression.needs) or "what the text names"
    parts = expression.parts if isinstance(expression, Compound) else (expression,)
    return OrdinaryDuty(
        line.column1 if column == 1 else line.column2_rate,
        sum(part.ad_valorem or 0.0 for part in parts),
        bounded=False,
        text=text,
        title=title,
        source=f"HTSUS {dotted(line.hts8)}: {text}; ad valorem equivalent: {origin}",
        kind="estimate",
        ask=f"The ordinary duty is {text}: the customs value and {needs} are needed.",
    )


def claimed_as(programme: str, origin: str, on: dt.date) -> Literal["free", "special"] | None:
    """
    What claiming a programme by its code does to goods of an origin on a day; None where it is not open to them.

    >>> import datetime as dt
    >>> day = dt.date(2026, 6, 1)
    >>> claimed_as("S", "MEX", day), claimed_as("KR", "KOR", day), claimed_as("KR", "CHN", day)
    ('free', 'special', None)
    """
    if programme not in {item.code for item in programs_of(origin, on)}:
        return None
    return "free" if programme in USMCA else "special"


def special_rate(row: int, origin: str, on: dt.date) -> float | None:
    """
    Lowest ad valorem rate that the special column gives an origin on a day; the USMCA is a claim of its own.

    None where no programme of the origin stands, or its rate is not ad valorem.
    """
    mine = {program.code for program in programs_of(origin, on)} - USMCA
    rates = [
        clause.expression.ad_valorem
        for clause in parse_special(us_schedule().line(row).special)
        if mine.intersection(clause.programmes)
    ]
    return min((rate for rate in rates if rate is not None), default=None)
