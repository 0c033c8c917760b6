"""A fleet's calls in, what each owes out: strings of calls, the yearly cap, one hull at a time."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from detente.asof import AsOf
from detente.compliance.day import Day, read_day
from detente.compliance.port_fees.call_facts import FACTS
from detente.compliance.port_fees.port_fee import fee_on
from detente.errors import InputError
from detente.geography import economies as places
from detente.io.dates import parse_date

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import pandas as pd

    from detente.compliance.documents.port_fee import PortFee
    from detente.ledger import Ledger

NEEDED = ("vessel", "port_of", "arrival", "net_tons")
OPTIONAL = ("string",)
MOST_CALLS = 1_000_000


def port_fees(calls: pd.DataFrame | Path | str, *, ledger: Ledger, asof: AsOf | None = None) -> pd.DataFrame:
    """
    Fees for the calls of a fleet.

    Gives the rows given, with ``call`` (number of the charged call in the cap's year), ``rule``, ``amount``,
    ``amount_min``, ``amount_max``, ``currency``, ``suspended``, ``scheduled``, ``why`` and ``questions``. Only calls
    that owe something count towards the cap; the hull counts, not the owner.

    Examples
    --------
    >>> import pandas as pd
    >>> from detente.ledger import open_ledger
    >>> row = {"vessel": "9300001", "port_of": "USA", "net_tons": 10_000, "operator": "CHN"}
    >>> fleet = pd.DataFrame([row | {"arrival": f"2025-10-{14 + at}"} for at in range(6)])
    >>> port_fees(fleet, ledger=open_ledger())["amount"].tolist()
    [500000.0, 500000.0, 500000.0, 500000.0, 500000.0, 0.0]
    """
    import pandas as pd  # noqa: PLC0415  (heavy, only for fleets)

    frame = _frame(calls)
    days: dict[dt.date, Day] = {}
    charged: Counter[tuple[str, str, int]] = Counter()
    strings: set[tuple[str, str, str]] = set()
    arrivals = [
        parse_date(str(day), where=f"calls, row {at + 1}: arrival") for at, day in enumerate(frame["arrival"])
    ]
    rows: dict[int, dict[str, Any]] = {}
    for at in sorted(range(len(frame)), key=lambda place: (arrivals[place], place)):
        on = arrivals[at]
        if on not in days:
            days[on] = read_day(asof.on(on) if asof else AsOf(on), ledger)
        given = {str(k): v for k, v in frame.iloc[at].items()}
        try:
            rows[at] = _call(days[on], given, charged, strings)
        except InputError as error:
            where = f"calls, row {at + 1}: {error.where}"
            raise InputError(
                error.what, where=where, found=error.found, allowed=error.allowed, repair=error.repair
            ) from error
    owed = pd.DataFrame([rows[at] for at in range(len(frame))], index=frame.index)
    kept = frame.drop(columns=[name for name in owed.columns if name in frame.columns])
    return pd.concat([kept, owed], axis=1)


def _call(
    day: Day,
    given: dict[str, Any],
    charged: Counter[tuple[str, str, int]],
    strings: set[tuple[str, str, str]],
) -> dict[str, Any]:
    """Charge one call and count it."""
    vessel, port = str(given.pop("vessel")), places.resolve(str(given.pop("port_of")), where="port_of")
    del given["arrival"]
    string = given.pop("string", None)
    if _stated(string):
        key = (vessel, port, str(string))
        given.setdefault("first_port", key not in strings)
        strings.add(key)
    year = (vessel, port, _year(day, port))
    if not _stated(given.get("call")):
        given["call"] = charged[year] + 1
    if not _stated(given.get("first_port")):
        given["first_port"] = True
    fee = fee_on(day, port, given)
    if fee.amount > 0:
        charged[year] += 1
    return _row(fee, given)


def _stated(value: object) -> bool:
    """Whether a cell holds something."""
    return value is not None and str(value).strip().lower() not in {"", "nan", "none", "<na>"}


def _year(day: Day, port: str) -> int:
    """Year the cap counts in: the calendar year, or the one that begins on the day the ledger names."""
    measure = {"USA": "us.port.annex1", "CHN": "cn.port.special"}.get(port, "")
    clause = day.clause(measure)
    start = (clause.text("cap_year") if clause is not None else None) or "calendar"
    if start == "calendar":
        return day.on.year
    first = parse_date(f"{day.on.year}-{start}", where=f"{measure}: cap_year")
    return day.on.year if day.on >= first else day.on.year - 1


def _row(fee: PortFee, given: dict[str, Any]) -> dict[str, Any]:
    """Lay a fee out as a row."""
    return {
        "call": given["call"],
        "rule": fee.rule,
        "amount": fee.amount,
        "amount_min": fee.amount_min,
        "amount_max": fee.amount_max,
        "currency": fee.currency,
        "suspended": fee.suspended,
        "scheduled": fee.scheduled,
        "why": fee.why,
        "questions": ", ".join(question.fact for question in fee.questions),
    }


def _frame(calls: pd.DataFrame | Path | str) -> pd.DataFrame:
    """Read the calls and check their columns."""
    import pandas as pd  # noqa: PLC0415  (heavy, only for fleets)

    if isinstance(calls, pd.DataFrame):
        frame = calls
    else:
        try:
            frame = pd.read_csv(calls, dtype=str, keep_default_na=False)
        except (OSError, ValueError) as error:
            raise InputError(
                "the file of calls cannot be read",
                where=str(calls),
                found=str(error)[:120],
                allowed=f"CSV with the columns {', '.join(NEEDED)}",
                repair="write one call a row",
            ) from error
    missing = [name for name in NEEDED if name not in frame.columns]
    strange = [str(name) for name in frame.columns if name not in {*NEEDED, *OPTIONAL, *FACTS}]
    if missing or strange or len(frame) > MOST_CALLS:
        raise InputError(
            "the calls do not have the columns they need" if missing or strange else "too many calls",
            where="calls",
            found=f"missing {', '.join(missing) or 'none'}, unknown {', '.join(strange)[:120] or 'none'}; {len(frame)} rows",
            allowed=", ".join((*NEEDED, *OPTIONAL, *FACTS)),
            repair="rename or drop columns; leave a cell empty where the fact is not known",
        )
    return frame
