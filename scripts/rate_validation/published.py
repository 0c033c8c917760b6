"""Single published figures beside ours, series by series, and steps of a series whose weights we do not have."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pandas as pd

from detente import places
from detente.ledger import open_ledger
from detente.tariffs import Assumptions, Averager, origin_duties, pooled

if TYPE_CHECKING:
    from pathlib import Path

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
    averager = Averager("us2024", Assumptions())
    rows = []
    value = "value_percent"
    for row in frame.sort_values("date").to_dict("records"):
        series, day = str(row["series"]), str(row["date"])
        partner, why = _what(series, str(row.get("measures", row.get("definition", ""))), day)
        if not why:
            continue
        book = ledger.on(day)
        chosen = averager.partners(partner)
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
    Changes between observations of the PIIE series beside ours: sign, day and size cancel differences of weights.

    For China's side the average is over products that are not held, so its steps are read from the acts: the change
    of a duty on all goods counts in full.
    """
    frame, ledger = _read(facts), open_ledger()
    averager = Averager("us2024", Assumptions())
    value = "value_percent"
    rows = []
    for series, (importer, exporter) in PIIE.items():
        mine = frame[frame["series"] == series].sort_values("date")
        levels = [(str(day), float(level)) for day, level in zip(mine["date"], mine[value], strict=True)]
        for (start, before), (end, after) in itertools.pairwise(levels):
            theirs = after - before
            ours = _step(ledger, averager, importer, exporter, start, end)
            wide = _step_of_all(ledger, averager, exporter, start, end) if importer == "USA" else ours
            rows.append(
                (series, start, end, theirs, ours, _verdict(theirs, ours), wide, _verdict(theirs, wide))
            )
    columns = [
        "series",
        "from",
        "to",
        "their step",
        "our step",
        "verdict",
        "weights of all partners",
        "verdict then",
    ]
    return pd.DataFrame(rows, columns=columns)


def _verdict(theirs: float, ours: float) -> str:
    """Whether a step has the sign and the size of theirs."""
    close = theirs and SPAN_LEAST <= ours / theirs <= SPAN_MOST
    sign = "same sign" if ours * theirs >= 0 else "opposite sign"
    return f"{sign}, {'within' if close else 'not within'} 15 %"


def _step_of_all(ledger, averager, exporter: str, start: str, end: str) -> float:  # noqa: ANN001
    """Our change with the imports from all partners as weights, which the duties on one partner did not bend."""
    cells, levels = averager.known.everyone, []
    for day in (start, end):
        duties = origin_duties(ledger.on(day), exporter, averager.reader)
        levels.append(float(duties.total[cells.rows] @ cells.usd) / float(cells.usd.sum()))
    return POINTS * (levels[1] - levels[0])


def _step(ledger, averager, importer: str, exporter: str, start: str, end: str) -> float:  # noqa: ANN001
    """Our change between two days, points."""
    if importer == "USA":
        first, last = (pooled([averager.partner(ledger.on(day), exporter)])[0] for day in (start, end))
        return POINTS * (last - first)
    from detente.tariffs import additional_rates  # noqa: PLC0415

    plain = Assumptions(cn_waiver=0.0)
    goods = [
        additional_rates(ledger.on(day), importer=importer, economies=(exporter,), assumptions=plain)
        for day in (start, end)
    ]
    weights = goods[1].sum("exporter") > 0
    return POINTS * float((goods[1] - goods[0]).sel(exporter=exporter).where(weights).mean())
