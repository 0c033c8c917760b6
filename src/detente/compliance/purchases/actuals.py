"""What was bought, from a user's file: periods, quantities, units, and what is counted."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import InputError
from detente.formatting import count

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("period", "quantity", "unit", "measure")
MEASURES = ("sales", "shipments", "arrivals", "purchases")
MOST_ROWS = 100_000
SCALES = {
    "t": ("t", 1.0),
    "kt": ("t", 1e3),
    "mt": ("t", 1e6),
    "mmt": ("t", 1e6),
    "kg": ("t", 1e-3),
    "usd": ("USD", 1.0),
    "usd mn": ("USD", 1e6),
    "usd bn": ("USD", 1e9),
    "aircraft": ("aircraft", 1.0),
}
"""Unit to its base and factor; `mt` is a million tonnes, as in the ledger."""
_PATTERN = re.compile(r"(\d{4})(?:-(?:(\d{2})(?:-(\d{2}))?|Q([1-4])))?")


@dataclasses.dataclass(frozen=True)
class Actual:
    """
    One row of what was bought.

    period: As written.
    start, end: Half-open days.
    quantity, unit: As written.
    measure: What is counted.
    where: Row, for errors.
    """

    period: str
    start: dt.date
    end: dt.date
    quantity: float
    unit: str
    measure: str
    where: str

    def within(self, first: dt.date, end: dt.date | None, on: dt.date) -> float:
        """Part of the row inside a period, by days; nothing before the row's own period is over."""
        if self.end > on + dt.timedelta(days=1):
            return 0.0
        days = (min(self.end, end or self.end) - max(self.start, first)).days
        return self.quantity * max(days, 0) / (self.end - self.start).days


def read_actuals(actuals: pd.DataFrame | Path | str) -> tuple[Actual, ...]:
    """
    Read a file of purchases. Gives in file order.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"period": "2026-Q1", "quantity": "8.3", "unit": "Mt", "measure": "arrivals"}
    >>> read_actuals(pd.DataFrame([row]))[0].end
    datetime.date(2026, 4, 1)
    """
    frame = _frame(actuals)
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing or len(frame) > MOST_ROWS:
        raise InputError(
            "the file of purchases cannot be used",
            where="actuals",
            found=f"columns {', '.join(map(str, frame.columns))[:120]}; {len(frame)} rows",
            allowed=f"columns {', '.join(COLUMNS)}; at most {count(MOST_ROWS)} rows",
            repair=f"add {', '.join(missing)}" if missing else "add the rows up by month",
        )
    return tuple(
        _row(f"actuals, row {at + 1}", *(str(frame[name].iloc[at]) for name in COLUMNS))
        for at in range(len(frame))
    )


def _frame(actuals: pd.DataFrame | Path | str) -> pd.DataFrame:
    """Load the file."""
    import pandas as pd  # noqa: PLC0415  (heavy, only where a file is given)

    if isinstance(actuals, pd.DataFrame):
        return actuals
    try:
        return pd.read_csv(actuals, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError(
            "the file of purchases cannot be read",
            where=Path(actuals).name,
            found=str(error).strip()[:120],
            allowed=f"CSV with the columns {', '.join(COLUMNS)}",
            repair="write one period a row",
        ) from error


def _row(where: str, period: str, quantity: str, unit: str, measure: str) -> Actual:
    """Read one row."""
    start, end = _days(period.strip(), where)
    word = measure.strip().lower()
    if word not in MEASURES:
        raise _bad(where, "what is counted is not stated", measure, ", ".join(MEASURES))
    if unit.strip().lower() not in SCALES:
        raise _bad(where, "the unit is not known", unit, ", ".join(sorted(SCALES)))
    try:
        amount = float(quantity.replace(",", ""))
    except ValueError:
        amount = math.nan
    if not math.isfinite(amount) or (amount < 0 and word != "sales"):
        raise _bad(
            where, "the quantity cannot be used", quantity, "a number, at least 0 (sales may be negative)"
        )
    return Actual(period.strip(), start, end, amount, unit.strip(), word, where)


def _bad(where: str, what: str, found: str, allowed: str) -> InputError:
    """Build the error of a row."""
    return InputError(
        what, where=where, found=found[:80], allowed=allowed, repair="correct the row or leave it out"
    )


def _days(period: str, where: str) -> tuple[dt.date, dt.date]:
    """Read a period as half-open days."""
    match = _PATTERN.fullmatch(period.upper())
    if match:
        year, month, day, quarter = (int(part) if part else 0 for part in match.groups())
        try:
            if day:
                start = dt.date(year, month, day)
                return start, start + dt.timedelta(days=1)
            first = month or (3 * quarter - 2 if quarter else 1)
            length = 1 if month else (3 if quarter else 12)
            last = first - 1 + length
            return dt.date(year, first, 1), dt.date(year + last // 12, last % 12 + 1, 1)
        except ValueError:
            pass
    raise _bad(where, "the period cannot be read", period, "2026, 2026-Q1, 2026-01 or 2026-01-31")


def convert(row: Actual, unit: str) -> float:
    """
    Convert a row's quantity to another unit of the same kind.

    Examples
    --------
    >>> import datetime as dt
    >>> day = dt.date(2026, 1, 1)
    >>> convert(Actual("2026", day, day, 500_000.0, "t", "sales", "row 1"), "Mt")
    0.5
    """
    base, factor = SCALES[row.unit.lower()]
    wanted = SCALES.get(unit.lower())
    if wanted is None or wanted[0] != base:
        raise _bad(
            row.where, "the unit does not fit the commitment", row.unit, f"a unit that converts to {unit}"
        )
    return row.quantity * factor / wanted[1]
