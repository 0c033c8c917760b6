"""The ordinary duty: candidate lines of the importer's schedule and what each owes before any measure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.compliance.customs.cited_base import chinese_lines, cited_words
from detente.compliance.customs.rate import Base
from detente.duties import Table
from detente.schedules.expressions import Compound, parse_quantity, parse_rate, parse_special
from detente.schedules.usa import dotted, not_in_schedule, programs_of, us_imports_2024, us_schedule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.ledger.law import Law
    from detente.schedules.expressions import Expression
    from detente.schedules.usa import Line

US, CHINA = "USA", "CHN"
# Programmes whose claim is the fact `usmca`.
USMCA = frozenset({"S", "S+", "CA"})
FIRST_LINE_DAY = dt.date(2025, 1, 1)
CURRENCY = {US: "USD", CHINA: "CNY"}


@dataclass(frozen=True)
class Goods:
    """
    Candidate lines for a code.

    Attributes
    ----------
    table
        The lines, base duties left at zero.
    rows
        Rows of the US schedule, empty for other importers.
    default
        Which candidate the answer is for.
    descriptions
        Words of each line.
    warnings
        What a reader must know.
    covered
        False where the importer's lines are not held that day.
    """

    table: Table
    rows: tuple[int, ...]
    default: int
    descriptions: tuple[str, ...]
    warnings: tuple[str, ...]
    covered: bool | str


def candidates(code: str, importer: str, on: dt.date, law: Law) -> Goods:
    """
    Lines a code may stand for.

    Parameters
    ----------
    code
        Digits.
    importer
        ISO alpha-3.
    on
        Day of entry.
    law
        Its lists name Chinese lines; its cited rates name lines of any importer without a schedule.

    Returns
    -------
    goods
        One line for a full code; every line under a shorter one, the largest in trade being the default.

    Raises
    ------
    InputError
        A US code that is not in the schedule that day.
    """
    if importer == US:
        return _us_candidates(code, on)
    codes = chinese_lines(code, law) if importer == CHINA else (code,)
    words = tuple(cited_words(importer, item, on, law) for item in codes)
    return Goods(_table(codes), (), 0, words, (), covered=True)


def _table(codes: tuple[str, ...]) -> Table:
    """Lines without ordinary duties."""
    zero = np.zeros(len(codes))
    return Table(np.array(codes), zero, zero)


def _us_candidates(code: str, on: dt.date) -> Goods:
    """Lines of the US schedule under a code."""
    schedule = us_schedule()
    rows = schedule.rows(code, on)
    if rows.size == 0:
        if on < FIRST_LINE_DAY:
            said = f"not covered at line level: {dotted(code)} is not in the schedule of {FIRST_LINE_DAY}, used for {on}"
            return Goods(_table((code,)), (), 0, ("",), (said,), covered=False)
        raise not_in_schedule(code, on)
    lines = [schedule.line(int(row)) for row in rows]
    codes = tuple(line.code if len(line.code) >= len(code) else code for line in lines)
    warnings = []
    if on < FIRST_LINE_DAY:
        warnings.append(
            f"backcast: the line, its ordinary duty and the lists of {FIRST_LINE_DAY} stand for those of {on}"
        )
    if len(codes) > 1:
        warnings.append(
            f"{len(codes)} lines stand under {dotted(code)}: the answer is for the largest in trade, the range for all"
        )
    return Goods(
        _table(codes),
        tuple(int(row) for row in rows),
        _largest(codes),
        tuple(line.description for line in lines),
        tuple(warnings),
        True if on >= FIRST_LINE_DAY else "partial",
    )


def _largest(codes: tuple[str, ...]) -> int:
    """The line with most imports in 2024."""
    if len(codes) == 1:
        return 0
    imports = us_imports_2024().total()
    return int(np.argmax([imports.get(code, 0.0) for code in codes]))


def us_base(row: int, *, column: int, value: float | None, quantity: str | None) -> Base:
    """
    Ordinary duty of a line of the US schedule.

    Parameters
    ----------
    row
        Row of the schedule.
    column
        1, or 2 for economies without normal trade relations.
    value
        Customs value, USD, or None.
    quantity
        Amount and unit, or None.

    Returns
    -------
    base
        Exact where the rate is ad valorem or value and quantity are given, else the ad valorem equivalent with its
        source, else unknown.

    Raises
    ------
    InputError
        The quantity has no unit, or one the duty cannot use.
    """
    line = us_schedule().line(row)
    text = line.general if column == 1 else line.column2
    title = "Ordinary duty, column 1 general" if column == 1 else "Ordinary duty, column 2"
    source = f"HTSUS {dotted(line.hts8)}: {text}"
    expression = parse_rate(text)
    if expression.ad_valorem is not None:
        rate = expression.ad_valorem
        return Base(rate, rate, bounded=True, text=text, title=title, source=source)
    if quantity is not None and value:
        amount, unit = parse_quantity(quantity)
        rate = expression.equivalent(value, {unit: amount})
        return Base(rate, rate, bounded=True, text=text, title=title, source=source)
    return _estimated(line, column, text, title, expression)


def _ad_valorem_part(expression: Expression) -> float:
    """The part of a duty that is a share of the value, whatever the quantity."""
    parts = expression.parts if isinstance(expression, Compound) else (expression,)
    return sum(part.ad_valorem or 0.0 for part in parts)


def _estimated(line: Line, column: int, text: str, title: str, expression: Expression) -> Base:
    """Ordinary duty without the quantity it hangs on."""
    rate = line.column1 if column == 1 else line.column2_rate
    origin = line.column1_source if column == 1 else line.column2_source
    source = f"HTSUS {dotted(line.hts8)}: {text}; ad valorem equivalent: {origin}"
    needs = ", ".join(expression.needs) or "what the text names"
    ask = f"The ordinary duty is {text}: the customs value and {needs} are needed."
    return Base(
        rate,
        _ad_valorem_part(expression),
        bounded=False,
        text=text,
        title=title,
        source=source,
        kind="estimate",
        ask=ask,
    )


def preferential(row: int, origin: str, on: dt.date) -> float | None:
    """
    Ad valorem rate that the special column of a US line gives an origin.

    Parameters
    ----------
    row
        Row of the schedule.
    origin
        ISO alpha-3.
    on
        Day of entry: programmes lapse.

    Returns
    -------
    rate
        The lowest; None where no programme of the origin stands, or its rate is not ad valorem. The USMCA is a claim
        of its own.
    """
    mine = {program.code for program in programs_of(origin, on)} - USMCA
    rates = [
        clause.expression.ad_valorem
        for clause in parse_special(us_schedule().line(row).special)
        if mine.intersection(clause.programmes)
    ]
    return min((rate for rate in rates if rate is not None), default=None)


def special_rates(goods: Goods, origin: str, on: dt.date) -> NDArray[np.float64]:
    """
    Preferential rate of each candidate line.

    Parameters
    ----------
    goods
        Candidate lines.
    origin, on
        ISO alpha-3, and the day of entry.

    Returns
    -------
    rates
        Shape (P,), NaN where the special column names no programme of the origin.
    """
    if not goods.rows:
        return np.full(goods.table.codes.shape, np.nan)
    rates = [preferential(row, origin, on) for row in goods.rows]
    return np.array([np.nan if rate is None else rate for rate in rates])
