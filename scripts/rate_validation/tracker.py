"""Gaps to the Budget Lab tracker by authority, and how much of each a named difference makes."""

# ruff: noqa: E501  (a reason is one sentence)

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from detente.duties import Assumptions, Averager, LineTrade
from detente.ledger import open_ledger
from detente.schedules import provider_of
from rate_validation.annexes import ANNEXES, CATEGORIES, FORCED_FROM, Annexes
from rate_validation.series import GOODS, POINTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from detente.duties import Sums

FAMILIES = {
    "232": ("us.s232.",),
    "ieepa": ("us.ieepa.reciprocal.", "us.ieepa.br40", "us.ieepa.in25"),
    "fentanyl": ("us.ieepa.fentanyl.",),
    "s122": ("us.s122",),
}
# The tracker files the forced-labour duty under `base` in one vintage: these are compared together.
TOGETHER = ("base", "301", "other")
REST = "base, 301, 338"
NOT_SHOWN = "201 and others"
# A reason smaller than this is not printed, points.
LEAST = 0.15
FORCED = "forced_labor_2026_08_01"
# Rows from the annexes on are rebuilt line by line, but for these.
APART = frozenset({"CAN", "MEX", "RUS", "HKG"})


class Row(NamedTuple):
    """What a reason is asked about."""

    scenario: str
    date: str
    iso3: str


@dataclass(frozen=True)
class Reason:
    """A named difference of one authority: its size on a row, or all that is left of the authority."""

    text: str
    authority: str
    concerns: Callable[[Row], bool]
    points: Callable[[Row], float] | None = None


class Bench:
    """Our averages of a partner and a day under other judgements, on other days, or with other knowledge."""

    def __init__(self, reference: Path, schedule: Path) -> None:
        self.ledger = open_ledger()
        self.averagers: dict[tuple[tuple[str, float], ...], Averager] = {}
        frame = pd.read_csv(reference / "etr_samples_yale.csv", dtype={"key": str})
        codes = pd.read_csv(schedule / "countries.csv", dtype=str).set_index("cty_code")["iso3"].to_dict()
        parts = frame[frame["dimension"] == "country_authority"].copy()
        parts[["country", "authority"]] = parts["key"].str.split("|", expand=True)
        parts["iso3"] = parts["country"].map(codes)
        self.parts = parts.set_index(["scenario", "date", "iso3", "authority"])["value"] * POINTS
        self.annexes = Annexes(
            schedule,
            self.ledger,
            self.averagers.setdefault((), Averager(LineTrade(provider_of("USA"), Assumptions(), GOODS))),
        )

    def sums(self, iso3: str, day: str, **judged: float) -> Sums:
        """Our sums under some judgements."""
        key = tuple(sorted(judged.items()))
        if key not in self.averagers:
            self.averagers[key] = Averager(LineTrade(provider_of("USA"), Assumptions(**judged), GOODS))
        return self.averagers[key].partner(self.ledger.on(day), iso3)

    def change(self, row: Row, families: tuple[str, ...], **judged: float) -> float:
        """How much more ours has in some measures than under other judgements, points."""
        sides = [self.sums(row.iso3, row.date), self.sums(row.iso3, row.date, **judged)]
        points = [
            POINTS * sum(v for k, v in side.by_measure.items() if k.startswith(families)) / side.usd
            for side in sides
        ]
        return points[0] - points[1]

    def family(self, row: Row) -> dict[str, float]:
        """Ours less theirs by authority, points."""
        found = self.sums(row.iso3, row.date)
        ours = {
            name: POINTS * sum(v for k, v in found.by_measure.items() if k.startswith(heads)) / found.usd
            for name, heads in FAMILIES.items()
        }
        solar = POINTS * sum(v for k, v in found.by_measure.items() if k.startswith("us.s201")) / found.usd
        ours[REST] = POINTS * (found.base + found.additional) / found.usd - sum(ours.values()) - solar
        gaps = {name: ours[name] - self.theirs(row, name) for name in FAMILIES}
        gaps[REST] = ours[REST] - sum(self.theirs(row, name) for name in TOGETHER)
        return gaps

    def theirs(self, row: Row, authority: str) -> float:
        """Their points of an authority, zero where they show none."""
        return float(self.parts.get((row.scenario, row.date, row.iso3, authority), 0.0))

    def vintage(self, row: Row, authority: str = "232") -> float:
        """How much less the other vintage of theirs has under the same rules, points."""
        other = "actual" if row.scenario == FORCED else FORCED
        days = [
            day
            for day in sorted({key[1] for key in self.parts.index if key[2] == row.iso3})
            if (other, day, row.iso3, authority) in self.parts.index and day >= ANNEXES
        ]
        if not days or row.date < ANNEXES:
            return 0.0
        near = min(
            days, key=lambda day: abs((dt.date.fromisoformat(day) - dt.date.fromisoformat(row.date)).days)
        )
        return float(self.parts[other, near, row.iso3, authority]) - self.theirs(row, authority)

    def apart(self, authority: str, category: str) -> Callable[[Row], float]:
        """What one category of the lines rebuilt comes to in one authority, points of ours less theirs."""
        return lambda row: self.annexes.points(row.iso3, row.date, authority, category)

    def unlisted(self, *families: str) -> Callable[[Row], float]:
        """What ours charges on lines that the exported schedule lacks, points."""
        return lambda row: self.annexes.unlisted(row.iso3, row.date, families)


def reasons(bench: Bench) -> tuple[Reason, ...]:
    """Every named difference, in the order in which they are taken from a gap."""

    def other(*families: str, **judged: float) -> Callable[[Row], float]:
        return lambda row: bench.change(row, families, **judged)

    def rebuilt(row: Row) -> bool:
        return row.date >= ANNEXES and row.iso3 not in APART

    lines = tuple(
        Reason(text, authority, holds, bench.apart(key, category))
        for authority, key, holds in (
            ("232", "232", rebuilt),
            ("s122", "s122", rebuilt),
            (REST, "fl", lambda r: rebuilt(r) and r.scenario == FORCED and r.date >= FORCED_FROM),
        )
        for category, text in CATEGORIES.items()
    )
    early = tuple(
        Reason(CATEGORIES["unlisted"], name, lambda r: r.date < ANNEXES, bench.unlisted(*FAMILIES[name]))
        for name in ("ieepa", "s122", "232")
    )
    union = {"FRA", "NLD", "ITA", "IRL", "DEU"}
    return (
        *early,
        *lines,
        Reason("the country rates of EO 14257 were law on 2025-04-09 for one day; theirs skips it", "ieepa", lambda r: r.date == "2025-04-09"),
        Reason("China and Hong Kong at 34 % from the revision of 2025-04-05; the law set 10 % that day", "ieepa", lambda r: r.date == "2025-04-05" and r.iso3 in {"CHN", "HKG"}),
        Reason("goods of the USMCA paid from 2025-03-04 to 03-06; theirs never", "fentanyl", lambda r: r.date == "2025-03-04"),
        Reason("EU vehicles and parts at 15 % back to 2025-08-01 (FR Doc 2025-18660); theirs from publication", "232", lambda r: r.date[:7] == "2025-08" and r.iso3 in union),
        Reason("civil aircraft by the use measured in collections; theirs free whole (its own audit finds 61 % paying)", "ieepa", lambda r: r.date >= "2025-06-30", other("us.ieepa.", aircraft_use=1.0)),
        Reason("civil aircraft by the use measured in collections; theirs free whole (its own audit finds 61 % paying)", "s122", lambda r: r.date >= "2026-02-24" and not rebuilt(r), other("us.s122", aircraft_use=1.0)),
        Reason("civil aircraft by the use measured in collections; theirs free whole (its own audit finds 61 % paying)", REST, lambda r: r.date >= "2026-07-22" and not rebuilt(r), other("us.s301.", aircraft_use=1.0)),
        Reason("civil aircraft of the United Kingdom freed here from 2025-06-30 (9903.96.01); not in theirs", "ieepa", lambda r: r.iso3 == "GBR" and r.date >= "2025-06-30"),
        Reason("Hong Kong: fentanyl in full on Section 232 goods; from mid-2025 theirs has half of every part: a defect of the reference", "fentanyl", lambda r: r.iso3 == "HKG"),
        *(Reason("Hong Kong: from mid-2025 theirs has half of every part: a defect of the reference", name, lambda r: r.iso3 == "HKG" and r.date > "2025-06-30") for name in ("ieepa", "s122", REST)),
        Reason("lines of notes 33(g) and 38(i) that also hold other goods: theirs charges them whole", "232", lambda r: "2025-05-03" <= r.date < ANNEXES and r.iso3 not in {"RUS", "GBR"}, other("us.s232.", auto_parts_use=1.0, heavy_parts_use=1.0)),
        Reason("until 2025-06-04 metals kept the reciprocal duty off the whole article; theirs only off the content", "ieepa", lambda r: r.iso3 in {"CHN", "HKG"} and "2025-04-05" < r.date < "2025-06-04"),
        Reason("ten-digit derivatives widened to eight digits (3004.90.92, drugs) in their forced-labour vintage; its own audit corrects it", "232", lambda r: r.scenario == FORCED and r.date >= ANNEXES and r.iso3 not in {"MEX", "CAN"}, bench.vintage),
        Reason("use of the USMCA and US content of vehicles: other months, an offset of 4.95 %, metal parts freed with vehicle parts", "232", lambda r: r.iso3 in {"CAN", "MEX"} and r.date >= "2025-03-07"),
        Reason("Section 338 is not in their scenario", REST, lambda r: r.iso3 == "CAN" and r.date >= "2026-08-22"),
        Reason("Section 301 on Brazil is not in their scenario", REST, lambda r: r.iso3 == "BRA" and r.date >= "2026-07-22"),
        Reason("Russia owes column 2; theirs has column 1", REST, lambda r: r.iso3 == "RUS"),
        Reason("Russian aluminum: theirs 400 % or 200 % on lines that ours has under another annex", "232", lambda r: r.iso3 == "RUS"),
        Reason("over-quota beef at the duty collected in 2024; theirs at the printed rate", REST, lambda r: r.iso3 == "AUS"),
        Reason("aluminum at 25 % from the revision of 2025-03-07; the law from 03-12", "232", lambda r: r.date == "2025-03-07"),
        Reason("preferences by programme here, by chapter and partner in theirs", REST, lambda r: r.iso3 == "COL"),
        Reason("safeguard on solar goods at 14.5 % after its end on 2026-02-06 (see errata)", NOT_SHOWN, lambda r: r.date >= ANNEXES),
        Reason("lines of a member of the Union derived from the Union's and the member's chapters", "232", lambda r: r.iso3 in union and r.date >= ANNEXES),
        Reason("lines of a member of the Union derived from the Union's and the member's chapters", "s122", lambda r: r.iso3 in union),
    )  # fmt: skip


def explained(frame: pd.DataFrame, bench: Bench, limit: float = 1.0) -> pd.DataFrame:
    """Rows by country outside the limit, each with its gap by authority, its reasons with their size, and what is left."""
    found, every = [], reasons(bench)
    for item in frame[frame["gap"].abs() > limit].itertuples():
        row = Row(item.scenario, item.date, item.iso3)
        gaps = bench.family(row)
        gaps[NOT_SHOWN] = item.gap - sum(gaps.values())
        left, named = dict(gaps), {}
        for reason in every:
            if not reason.concerns(row):
                continue
            size = left[reason.authority] if reason.points is None else reason.points(row)
            left[reason.authority] -= size
            if abs(size) >= LEAST:
                named[reason.text] = named.get(reason.text, 0.0) + size
        texts = [
            f"{text} ({size:+.2f})" for text, size in sorted(named.items(), key=lambda pair: -abs(pair[1]))
        ]
        found.append(
            {
                "scenario": item.scenario,
                "date": item.date,
                "iso3": item.iso3,
                "theirs": item.theirs,
                "ours": item.ours,
                "gap": item.gap,
            }
            | gaps
            | {"reasons": "; ".join(texts) or "none found", "left": sum(left.values())}
        )
    return pd.DataFrame(found)
