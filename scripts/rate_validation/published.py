"""Single published figures beside ours, series by series, and steps of a series whose weights we do not have."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.duties import Assumptions, Averager, LineTrade, additional_rates, origin_duties, pooled
from detente.duties.averages.coverage import industry_imports
from detente.duties.lines import goods, industry_index
from detente.geography import economies as places
from detente.ledger import open_ledger
from detente.schedules import provider_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from detente.ledger import Book

POINTS = 100.0
OVERALL = {
    "YaleBL_overall_pre_substitution": "import shares of 2024; reports of the Budget Lab model announced policy",
    "YaleBL_overall_post_substitution": "import shares after substitution: below ours by construction",
    "YaleTracker_overall_statutory": "two Section 232 rates added before 2026-04-06",
    "YaleTariffETRs_overall": "USMCA shares of 85 to 90 %, ours are those observed",
    "YaleBL_statutory_dashboard": "the same definition",
    "TPC_overall": "fewer goods taken as USMCA",
    "Waugh_overall_daily": "base of 2.3, coarser masks, dated by announcement",
    "Treasury_collected": "cash over imports of the month: lags entry, substitution",
    "IMF_US_effective": "announced policy, press summary",
    "WTO_US_trade_weighted": "press summary",
    "TaxFoundation_weighted_applied": "excerpt",
}
BY_PARTNER = {
    "YaleTracker_by_partner": "as the tracker",
    "YaleTariffETRs_by_partner": "USMCA shares of 85 to 90 %",
}
EARLY, EARLY_DAY = ("YaleTracker_overall_statutory", "YaleTariffETRs_overall", "TPC_overall"), "2026-07-24"
PIIE = {"PIIE_US_on_China": ("USA", "CHN"), "PIIE_China_on_US": ("CHN", "USA")}
SPAN_LEAST, SPAN_MOST = 0.85, 1.15


def _read(facts: Path) -> pd.DataFrame:
    """Published figures, names of columns as in the file."""
    frame = pd.read_csv(facts / "published_effective_rates.csv")
    frame.columns = [name.lower() for name in frame.columns]
    return frame


def beside_published(facts: Path) -> pd.DataFrame:
    """Each figure on the United States as a whole, or on one partner, beside ours on the same day."""
    frame, ledger = _read(facts), open_ledger()
    averager = Averager(LineTrade(provider_of("USA"), Assumptions(), "us2024"))
    rows = []
    value = "value_percent"
    for row in frame.sort_values("date").to_dict("records"):
        series, day = str(row["series"]), str(row["date"])
        partner, why = _what(series, str(row.get("measures", row.get("definition", ""))), day)
        if not why:
            continue
        book = ledger.on(day)
        chosen = averager.trade.partners(partner)
        ours = POINTS * pooled(averager.partner(book, item) for item in chosen)[0]
        rows.append((series, day, float(row[value]), ours, ours - float(row[value]), why))
    return pd.DataFrame(rows, columns=["series", "date", "published", "ours", "gap", "why it differs"])


def _what(series: str, words: str, day: str) -> tuple[str | None, str]:
    """Which partner a series is on, and what sets its definition apart."""
    if series in EARLY and day == EARLY_DAY:
        return None, "computed before the forced-labour duty was known"
    if series in OVERALL:
        return None, OVERALL[series]
    for head, why in BY_PARTNER.items():
        if series.startswith(head):
            name = words.rsplit("from ", 1)[-1].strip()
            return ("EUN" if name == "EU" else places.resolve(name)), why
    return None, ""


def piie_steps(facts: Path) -> pd.DataFrame:
    """
    Changes between observations of the PIIE series beside ours, with our weights and with weights on its definition.

    It weights with the exporter's exports to the world before the duties. Those are held by industry only (2022); inside
    an industry the lines carry US imports from all partners, or, for China, the shares of the coverage assumptions.
    """
    frame, ledger = _read(facts), open_ledger()
    averager = Averager(LineTrade(provider_of("USA"), Assumptions(), "us2024"))
    value = "value_percent"
    rows = []
    for series, (importer, exporter) in PIIE.items():
        mine = frame[frame["series"] == series].sort_values("date")
        levels = [(str(day), float(level)) for day, level in zip(mine["date"], mine[value], strict=True)]
        own, world = (
            {day: measure(ledger.on(day), averager, importer, exporter) for day, _ in levels}
            for measure in (_own, _to_world)
        )
        for (start, before), (end, after) in itertools.pairwise(levels):
            theirs, ours, wide = after - before, own[end] - own[start], world[end] - world[start]
            rows.append(
                (series, start, end, theirs, ours, _verdict(theirs, ours), wide, _verdict(theirs, wide))
            )
    columns = [
        "series",
        "from",
        "to",
        "their step",
        "our weights",
        "verdict",
        "its definition",
        "verdict then",
    ]
    return pd.DataFrame(rows, columns=columns)


def _verdict(theirs: float, ours: float) -> str:
    """Whether a step has the sign and the size of theirs."""
    close = theirs and SPAN_LEAST <= ours / theirs <= SPAN_MOST
    sign = "same sign" if ours * theirs >= 0 else "opposite sign"
    return f"{sign}, {'within' if close else 'not within'} 15 %"


def _china(book: Book, exporter: str) -> NDArray[np.float64]:
    """China's additional duties by industry, no purchase waived: the series nets no exclusions."""
    plain = Assumptions(cn_waiver=0.0)
    found = additional_rates(book, importer="CHN", economies=(exporter,), assumptions=plain)
    return found.sel(exporter=exporter).to_numpy()


def _own(book: Book, averager: Averager, importer: str, exporter: str) -> float:
    """Our average: US imports of 2024 by line, or a plain mean over industries of goods for China."""
    if importer == "USA":
        return POINTS * pooled([averager.partner(book, exporter)])[0]
    return POINTS * float(_china(book, exporter)[goods()].mean())


def exports(exporter: str) -> NDArray[np.float64]:
    """Exports to the world by industry, USD of 2022."""
    return np.sum([flows[exporter] for flows in industry_imports().values() if exporter in flows], axis=0)


def _to_world(book: Book, averager: Averager, importer: str, exporter: str) -> float:
    """The average with the exporter's exports to the world by industry as weights."""
    weights = exports(exporter)
    if importer == "USA":
        return POINTS * float(_by_industry(book, averager, exporter) @ weights / weights.sum())
    return POINTS * float(_china(book, exporter) @ weights / weights.sum())


def _by_industry(book: Book, averager: Averager, exporter: str) -> NDArray[np.float64]:
    """All duty on one exporter by industry, lines weighted with US imports from all partners."""
    cells, index = averager.trade.known.everyone, industry_index(provider_of("USA"))
    rate = origin_duties(book, exporter, averager.trade.reader, importer="USA").total[cells.rows]
    group = index[cells.rows]
    inside, size = group >= 0, len(goods())
    paid = np.bincount(group[inside], weights=(rate * cells.usd)[inside], minlength=size)
    usd = np.bincount(group[inside], weights=cells.usd[inside], minlength=size)
    return np.divide(paid, usd, out=np.zeros(size), where=usd > 0.0)


def derivatives_in_full(start: str, end: str) -> float:
    """The step of US duties on China on its definition with metal derivatives on their full value, points."""
    judged = Assumptions(steel_content=1.0, aluminum_content=1.0, copper_content=1.0)
    averager, ledger = Averager(LineTrade(provider_of("USA"), judged, "us2024")), open_ledger()
    first, last = (_to_world(ledger.on(day), averager, "USA", "CHN") for day in (start, end))
    return last - first


def china_by_line(schedule: Path, raw: Path, *days: str) -> list[float]:
    """
    China's applied tariff on US goods, ordinary duty included, from a table by subheading of 2018 to 2020, percent.

    Inside an industry weighted with China's imports from the United States of 2017, over industries with US exports to
    the world: what our shares by counts of codes can be held against. The tables are read, not shipped.
    """
    rates = pd.read_parquet(schedule / "china_tariff_on_us_hs6_2018_2020.parquet")
    bought = pd.read_csv(raw / "china_imports_from_us_2017_hs8.csv", dtype={"hs8": str})
    bought = bought.groupby(bought["hs8"].str[:6])["import_from_us_2017_kusd"].sum()
    heads = pd.Series(
        industry_index(provider_of("USA")), index=provider_of("USA").weighted_table().codes.astype("U6")
    )
    industry = heads[heads >= 0].groupby(level=0).agg(lambda item: item.value_counts().index[0])
    weights, found = exports("USA"), []
    for day in days:
        known = sorted(name for name in rates["effective_date"].unique() if str(name) <= day)
        now = rates[rates["effective_date"] == known[-1]].set_index("hs6")["china_tariff_on_us_pct"]
        frame = pd.DataFrame({"rate": now, "usd": bought, "industry": industry}).dropna()
        frame = frame[frame["usd"] > 0.0]
        paid = (frame["rate"] * frame["usd"]).groupby(frame["industry"]).sum()
        mean = paid / frame.groupby("industry")["usd"].sum()
        held = weights[mean.index.astype(int)]
        found.append(float(mean.to_numpy() @ held / held.sum()))
    return found
