"""Averages beside those that others publish, on the same definition where it can be had, each gap with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from detente.duties import Assumptions, Averager, LineTrade, pooled
from detente.geography import economies as places
from detente.ledger import Ledger, open_ledger
from detente.schedules import provider_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from detente.ledger import Book

POINTS = 100.0
# The tracker's file is weighted with imports of 2024 without chapters 98 and 99.
GOODS = "us2024-chapters-1-97"
# Days on which the second model dates a step by its announcement, and the day its law took effect.
EFFECTIVE = {
    "2025-03-06": "2025-03-07",
    "2025-04-08": "2025-04-09",
    "2025-04-09": "2025-04-10",
    "2025-04-11": "2025-04-12",
    "2025-05-12": "2025-05-14",
    "2025-06-03": "2025-06-04",
    "2025-11-01": "2025-11-10",
    "2025-12-04": "2025-12-05",
    "2026-08-19": "2026-08-22",
}
RULING = "2026-02-20"
FORCED_LABOUR = "2026-07-24"
FIVE = ("CHN", "JPN", "KOR", "VNM", "EUN")


def economy(name: str) -> str:
    """ISO code of a name as the Census Bureau writes it."""
    known = {"EUROPEAN UNION": "EUN", "KOREA, SOUTH": "KOR"}
    return known.get(name) or places.resolve(name.title())


def beside_yale(reference: Path, schedule: Path) -> pd.DataFrame:
    """Our totals beside the Budget Lab tracker's, overall and by country."""
    frame = pd.read_csv(reference / "etr_samples_yale.csv", dtype={"key": str})
    frame = frame[(frame["measure"] == "etr_total") & frame["dimension"].isin(["overall", "country"])]
    frame = frame.sort_values(["date", "scenario", "dimension", "key"])
    codes = pd.read_csv(schedule / "countries.csv", dtype=str).set_index("cty_code")["iso3"].to_dict()
    averager, ledger = Averager(LineTrade(provider_of("USA"), Assumptions(), GOODS)), open_ledger()
    ours = []
    for row in frame.itertuples():
        book = ledger.on(str(row.date))
        partners = averager.trade.partners(None if row.dimension == "overall" else codes[row.key])
        ours.append(POINTS * pooled(averager.partner(book, item) for item in partners)[0])
    found = frame.assign(
        ours=ours, theirs=frame["value"] * POINTS, iso3=frame["key"].map(codes).fillna("all")
    )
    found["gap"] = found["ours"] - found["theirs"]
    found["flag"] = found["flag"].fillna("")
    return found.assign(reason=[_yale_reason(row) for row in found.itertuples()])


@dataclass(frozen=True)
class Reason:
    """Why our average and the tracker's differ on some rows."""

    text: str
    holds: Callable[[object], bool]
    comparable: bool = True


def _row(**wanted: object) -> Callable[[object], bool]:
    """Rows whose fields are among the values given."""
    return lambda row: all(getattr(row, name) in values for name, values in wanted.items())  # type: ignore[operator]


YALE_REASONS = (
    Reason(
        "two Section 232 rates added (see errata)", lambda row: "double_count" in row.flag, comparable=False
    ),
    Reason(
        "their scenario has no forced-labour duty, in force since 2026-07-24",
        lambda row: row.scenario == "actual" and row.date >= FORCED_LABOUR,
        comparable=False,
    ),
    Reason(
        "their scenario starts the forced-labour duty on 2026-08-01",
        lambda row: row.scenario != "actual" and row.date == FORCED_LABOUR,
        comparable=False,
    ),
    Reason(
        "goods of the USMCA paid from 2025-03-04 to 03-06 (EO 14231 and 14232 free them from 03-07); theirs never",
        lambda row: row.date == "2025-03-04" and row.dimension == "overall",
    ),
    Reason(
        "China and Hong Kong at 34 % from the revision of 2025-04-05; the law set 10 % that day and 84 % on 04-09",
        lambda row: row.date == "2025-04-05" and row.dimension == "overall",
    ),
    Reason(
        "civil aircraft by the use measured; drones, patented drugs and Section 338 are in ours only",
        lambda row: row.dimension == "overall" and row.date > "2026-08-21",
    ),
    Reason(
        "civil aircraft by the use measured in collections; theirs free whole",
        lambda row: row.dimension == "overall" and row.date >= "2026-02-24",
    ),
)


def _yale_reason(row: object) -> str:
    """The reason of a gap of a point or more (half a point overall), or empty."""
    limit = 0.5 if row.dimension == "overall" else 1.0  # type: ignore[attr-defined]
    first = next((item.text for item in YALE_REASONS if item.comparable and item.holds(row)), "")
    always = [item for item in YALE_REASONS if not item.comparable and item.holds(row)]
    if always:
        return always[0].text
    return (first or "not explained") if abs(row.gap) >= limit else ""  # type: ignore[attr-defined]


def comparable(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of the tracker on the same definition as ours."""
    apart = {item.text for item in YALE_REASONS if not item.comparable}
    return frame[~frame["reason"].isin(apart)]


def dated(ledger: Ledger, day: str) -> Book:
    """The book of the day on which a step of the second model took effect."""
    if day == RULING:
        return ledger.on(day, view="legally-due")
    return ledger.on(EFFECTIVE.get(day, day))


def beside_collected(reference: Path) -> pd.DataFrame:
    """Our statutory average in the middle of each month beside what was collected."""
    frame = pd.read_csv(reference / "collected_rate_monthly.csv")
    averager, ledger = Averager(LineTrade(provider_of("USA"), Assumptions(), "us2024")), open_ledger()
    month = pd.to_datetime(frame[frame.columns[0]])
    held = frame[month >= "2018-01-01"].assign(month=month[month >= "2018-01-01"])
    rate = next(name for name in frame.columns if "rate" in name.lower())
    scale = POINTS if held[rate].max() < 1.0 else 1.0
    partners = averager.trade.partners(None)
    ours = [
        POINTS * pooled(averager.partner(ledger.on(day.date().replace(day=15)), item) for item in partners)[0]
        for day in held["month"]
    ]
    found = pd.DataFrame(
        {"month": held["month"].dt.strftime("%Y-%m"), "ours": ours, "collected": held[rate] * scale}
    )
    return found.assign(gap=found["ours"] - found["collected"])


def waterfall(reference: Path, day: str = "2025-08-27") -> list[tuple[str, float]]:
    """
    Walk from the tracker's overall rate to the rate collected in the same month, each step named.

    Steps: the tracker; two Section 232 rates no longer added; weights with chapters 98 and 99; the second model's
    assumption on the USMCA; the ordinary duty and the old duties taken out; what customs collected.
    """
    yale = pd.read_csv(reference / "etr_samples_yale.csv", dtype={"key": str})
    mine = yale[
        (yale["measure"] == "etr_total") & (yale["dimension"] == "overall") & (yale["scenario"] == "actual")
    ]
    published = mine.sort_values("date")
    published = published[published["date"] <= "2025-09-01"].iloc[-1]
    book = open_ledger().on(day)
    goods, everything = (
        Averager(LineTrade(provider_of("USA"), Assumptions(), GOODS)),
        Averager(LineTrade(provider_of("USA"), Assumptions(), "us2024")),
    )
    free = Averager(LineTrade(provider_of("USA"), Assumptions(usmca_use=1.0), "us2024"))
    collected = pd.read_csv(reference / "collected_rate_monthly.csv")
    month = collected[collected["month"].astype(str).str.startswith(day[:7])].iloc[0]
    steps = [(f"Budget Lab tracker, {published['date']}, flagged", POINTS * float(published["value"]))]
    for text, averager in (
        ("one Section 232 rate a unit of value, law of the day, goods of chapters 1 to 97", goods),
        ("all chapters in the weights (returned goods owe nothing)", everything),
        ("every North American good under the USMCA, as the second model has it", free),
    ):
        steps.append(
            (text, POINTS * pooled(averager.partner(book, item) for item in averager.trade.partners(None))[0])
        )
    before = open_ledger().on("2024-12-31")
    old = pooled(free.partner(before, item) for item in free.trade.partners(None))[0]
    steps.append(
        ("only what was added since 2024: the second model's definition", steps[-1][1] - POINTS * old)
    )
    steps.append(
        (f"cash collected in {day[:7]} over imports of that month", float(month["collected_rate_pct"]))
    )
    return steps
