"""Averages beside those that others publish, on the same definition where it can be had, each gap with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from detente import places
from detente.ledger import Ledger, open_ledger
from detente.tariffs import Assumptions, Averager, pooled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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


def _economy(name: str) -> str:
    """ISO code of a name as the Census Bureau writes it."""
    known = {"EUROPEAN UNION": "EUN", "KOREA, SOUTH": "KOR"}
    return known.get(name) or places.resolve(name.title())


def beside_yale(reference: Path, schedule: Path) -> pd.DataFrame:
    """Our totals beside the Budget Lab tracker's, overall and by country."""
    frame = pd.read_csv(reference / "etr_samples_yale.csv", dtype={"key": str})
    frame = frame[(frame["measure"] == "etr_total") & frame["dimension"].isin(["overall", "country"])]
    frame = frame.sort_values(["date", "scenario", "dimension", "key"])
    codes = pd.read_csv(schedule / "countries.csv", dtype=str).set_index("cty_code")["iso3"].to_dict()
    averager, ledger = Averager(GOODS, Assumptions()), open_ledger()
    ours = []
    for row in frame.itertuples():
        book = ledger.on(str(row.date))
        partners = averager.partners(None if row.dimension == "overall" else codes[row.key])
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
        "the country rates of EO 14257 were law on 2025-04-09 for one day; theirs skips it",
        _row(date=("2025-04-09",)),
    ),
    Reason(
        "China and Hong Kong at 34 % from the revision of 2025-04-05; the law set 10 % that day and 84 % on 04-09",
        lambda row: row.date == "2025-04-05" and row.iso3 in {"HKG", "CHN", "all"},
    ),
    Reason(
        "goods of the USMCA paid from 2025-03-04 to 03-06 (EO 14231 and 14232 free them from 03-07); theirs never",
        lambda row: row.date == "2025-03-04" and row.iso3 in {"all", "CAN", "MEX"},
    ),
    Reason("Russia owes column 2; theirs has column 1", _row(iso3=("RUS",))),
    Reason(
        "from mid-2025 their Hong Kong has half of every part, the ordinary duty included: a defect of the reference",
        lambda row: row.iso3 == "HKG" and row.date > "2025-06-30",
    ),
    Reason("Hong Kong: the fentanyl duty in full on goods under Section 232", _row(iso3=("HKG",))),
    Reason(
        "EU vehicles and parts at 15 % back to 2025-08-01",
        lambda row: row.iso3 == "DEU" and row.date[:7] == "2025-08",
    ),
    Reason(
        "until 2025-06-04 metals kept the reciprocal duty off the whole article (CBP guidance); theirs only off the content",
        lambda row: row.iso3 == "CHN" and row.date[:7] in {"2025-04", "2025-05"},
    ),
    Reason("over-quota beef at the duty collected in 2024, less than the printed rate", _row(iso3=("AUS",))),
    Reason(
        "aluminum at 25 % from the revision of 2025-03-07, law from 03-12; preferences",
        _row(iso3=("COL",)),
    ),
    Reason(
        "lines that also hold other goods than vehicle parts are charged in part here", _row(iso3=("TUR",))
    ),
    Reason(
        "civil aircraft free from 2025-06-30 (9903.96.01); British metal taken as British",
        _row(iso3=("GBR",)),
    ),
    Reason(
        "lines of members of the Union derived from its lines and the member's chapters",
        _row(iso3=("FRA", "NLD")),
    ),
    Reason("floors net of the preference actually used", _row(iso3=("KOR",))),
    Reason(
        "drones, patented drugs and Section 338 are in ours only",
        lambda row: row.dimension == "overall" and row.date > "2026-08-21",
    ),
    Reason(
        "Brazil Section 301 is not in their scenario",
        lambda row: row.iso3 == "BRA" and row.date > FORCED_LABOUR,
    ),
    Reason("Section 338 is not in their scenario", lambda row: row.iso3 == "CAN" and row.date > "2026-08-21"),
    Reason("share of the USMCA and of US content in vehicles", _row(iso3=("CAN", "MEX"))),
    Reason(
        "patented drugs: share of the lines that pays",
        lambda row: row.date >= "2026-07-31" and row.iso3 in {"ITA", "GBR", "CHE", "IRL"},
    ),
    Reason(
        "annexes of 2026: headings the annex only mentions, computers among them, are not charged here",
        lambda row: (
            row.date >= "2026-04-06" and row.iso3 in {"THA", "VNM", "TWN", "KHM", "IND", "MYS", "CHN"}
        ),
    ),
    Reason("their two vintages differ by more than the gap", _row(iso3=("CHE",))),
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


def beside_waugh(reference: Path) -> pd.DataFrame:
    """Our additional duty since the end of 2024 beside the second model's, every North American good under the USMCA."""
    frame = pd.read_csv(reference / "etr_samples_waugh.csv")
    frame = frame.assign(iso3=frame["country_name"].map(_economy)).sort_values(["date", "iso3"])
    averager, ledger = Averager("us2024", Assumptions(usmca_use=1.0)), open_ledger()
    before = ledger.on("2024-12-31")
    start = {name: pooled([averager.partner(before, name)])[1] for name in frame["iso3"].unique()}
    ours = [
        POINTS * (pooled([averager.partner(_dated(ledger, row.date), row.iso3)])[1] - start[row.iso3])
        for row in frame.itertuples()
    ]
    found = frame.assign(ours=ours, theirs=frame["effective_tariff_pct_additional"])
    return found.assign(gap=found["ours"] - found["theirs"])


def _dated(ledger: Ledger, day: str):  # noqa: ANN202  (a book)
    """The book of the day on which a step of the second model took effect."""
    if day == RULING:
        return ledger.on(day, view="legally-due")
    return ledger.on(EFFECTIVE.get(day, day))


def beside_collected(reference: Path) -> pd.DataFrame:
    """Our statutory average in the middle of each month beside what was collected."""
    frame = pd.read_csv(reference / "collected_rate_monthly.csv")
    averager, ledger = Averager("us2024", Assumptions()), open_ledger()
    month = pd.to_datetime(frame[frame.columns[0]])
    held = frame[month >= "2018-01-01"].assign(month=month[month >= "2018-01-01"])
    rate = next(name for name in frame.columns if "rate" in name.lower())
    scale = POINTS if held[rate].max() < 1.0 else 1.0
    partners = averager.partners(None)
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
    goods, everything = Averager(GOODS, Assumptions()), Averager("us2024", Assumptions())
    free = Averager("us2024", Assumptions(usmca_use=1.0))
    collected = pd.read_csv(reference / "collected_rate_monthly.csv")
    month = collected[collected["month"].astype(str).str.startswith(day[:7])].iloc[0]
    steps = [(f"Budget Lab tracker, {published['date']}, flagged", POINTS * float(published["value"]))]
    for text, averager in (
        ("one Section 232 rate a unit of value, law of the day, goods of chapters 1 to 97", goods),
        ("all chapters in the weights (returned goods owe nothing)", everything),
        ("every North American good under the USMCA, as the second model has it", free),
    ):
        steps.append(
            (text, POINTS * pooled(averager.partner(book, item) for item in averager.partners(None))[0])
        )
    before = open_ledger().on("2024-12-31")
    old = pooled(free.partner(before, item) for item in free.partners(None))[0]
    steps.append(
        ("only what was added since 2024: the second model's definition", steps[-1][1] - POINTS * old)
    )
    steps.append(
        (f"cash collected in {day[:7]} over imports of that month", float(month["collected_rate_pct"]))
    )
    return steps
