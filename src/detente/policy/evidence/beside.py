"""Beside trade: what customs took, prices of imports and jobs by industry, held against the same predictions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.formatting import change, fixed
from detente.manifest import read_rows
from detente.policy.evidence.predictions import SHOCKS
from detente.policy.evidence.registered import FOLDER, MONTHS_A_YEAR, same_months
from detente.policy.evidence.scoring import full_score, make_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from detente.model import Equilibrium
    from detente.policy.evidence.predictions import Predicted, ShockKind

BILLION: Final = 1e9
PERCENT: Final = 100.0
EMPLOYED: Final = "all_employees"
PRICES: Final = {
    "import_price_nonpetroleum": ("price of imports before duty", False),
    "imported_core_goods": ("price of imported goods to consumers", True),
}
"""Columns of prices: what each is, and whether the duty is in it."""


@dataclass(frozen=True)
class Months:
    """Monthly statistics beside trade: the mean of a column over some months, None where one is missing."""

    columns: Mapping[str, Mapping[str, float]]

    def mean(self, column: str, months: tuple[str, ...]) -> float | None:
        """Mean of a column over some months."""
        held = [self.columns[column].get(month) for month in months]
        return None if None in held else float(np.mean([item for item in held if item is not None]))


@cache
def monthly() -> Months:
    """Read data/evidence/us_monthly.csv."""
    rows = read_rows(FOLDER / "us_monthly.csv")
    return Months(
        {
            name: {row["month"]: float(row[name]) for row in rows if row[name]}
            for name in rows[0]
            if name != "month"
        }
    )


@dataclass(frozen=True)
class Jobs:
    """Columns of employees and the industries of the world each belongs to; columns that share one are one block."""

    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    industries: tuple[tuple[str, ...], ...]


@cache
def jobs() -> Jobs:
    """Read data/evidence/jobs_industries.csv."""
    blocks: dict[str, list[dict[str, str]]] = {}
    for row in read_rows(FOLDER / "jobs_industries.csv"):
        blocks.setdefault(row["industries"], []).append(row)
    return Jobs(
        tuple("; ".join(row["name"] for row in rows) for rows in blocks.values()),
        tuple(tuple(row["column"] for row in rows) for rows in blocks.values()),
        tuple(tuple(industries.split()) for industries in blocks),
    )


def beside_sentences(episode: Mapping[str, Any], horizon: str) -> list[str]:
    """What the main window of an episode comes to beside trade, on the duties collected."""
    window = next(item for item in episode["windows"] if item["main"])
    levels = [row for row in episode["beside"]["levels"] if row["horizon"] == horizon]
    said = []
    for row in levels:
        if row["unit"] == "percent" and row["before"] is not None:
            said.append(
                f"{window['title']}, duties collected were {fixed(row['observed'], 1)} % of imports:"
                f" {fixed(row['collected'], 1)} with the imports that the model makes of those of {episode['base_year']},"
                f" {fixed(row['unmoved'], 1)} had none moved"
            )
        elif row["before"] is None and row["trend"] is not None:
            said.append(
                f"{window['title']}, {row['what']}: {change(row['observed'] - row['trend'], 1)} % against their trend;"
                f" the model, against consumer prices, {change(row['collected'], 1)} %"
            )
    jobs_row = pick(episode["beside"]["jobs"], horizon=horizon, shock="collected", trend_from=None)
    if jobs_row is not None:
        said.append(
            f"{window['title']}, jobs by industry: skill {fixed(jobs_row['skill'], 2)}, correlation"
            f" {fixed(jobs_row['correlation'], 2)} over {jobs_row['n']} industries"
        )
    return said


def pick(rows: Sequence[Mapping[str, Any]], **wanted: Any) -> Mapping[str, Any] | None:
    """The first row that has all of some values."""
    return next((row for row in rows if all(row.get(key) == value for key, value in wanted.items())), None)


def beside_rows(item: Predicted, horizons: Mapping[str, float]) -> dict[str, list[dict[str, Any]]]:
    """Levels (revenue, prices) and scores of jobs in one window, on the duties collected and on the law's."""
    found: dict[str, list[dict[str, Any]]] = {"levels": [], "jobs": []}
    for horizon, ratio in horizons.items():
        solved = {shock: item.solved(shock, ratio) for shock in SHOCKS}
        about = {"window": item.case.window.id, "horizon": horizon, "ratio": ratio}
        found["levels"] += [{**about, **row} for row in (*_revenue(item, solved), *_prices(item, solved))]
        found["jobs"] += [{**about, **row} for row in _jobs(item, solved)]
    return found


def _revenue(item: Predicted, solved: Mapping[ShockKind, Equilibrium]) -> list[dict[str, Any]]:
    """
    What customs took, as a share of imports and in dollars a year.

    The model's imports are those of the base months times its change of each partner's and block's; `unmoved` leaves them
    as they were. Growth of trade that duties did not cause is in what was observed and in none of the others.
    """
    case, column = item.case, item.economy.column
    a_year = MONTHS_A_YEAR / len(case.window.months) / BILLION
    usd = np.nan_to_num(case.before.usd)
    moved: dict[ShockKind, NDArray[np.float64]] = {}
    for shock, eq in solved.items():
        old, new = column.folded(eq.old.customs), column.folded(eq.new.customs)
        moved[shock] = usd * np.divide(new, old, out=np.ones_like(old), where=old > 0)
    rates = {shock: np.nan_to_num(item.rates(shock)) for shock in SHOCKS}
    taken: dict[str, tuple[float, float]] = {
        "before": (float(np.nansum(case.before.duty)), float(usd.sum())),
        "observed": (float(np.nansum(case.after.duty)), float(np.nansum(case.after.usd))),
        "unmoved": (float((usd * rates["collected"]).sum()), float(usd.sum())),
        **{
            shock: (float((moved[shock] * rates[shock]).sum()), float(moved[shock].sum())) for shock in SHOCKS
        },
    }
    return [
        {
            "what": "duties over imports",
            "unit": "percent",
            **{name: PERCENT * duty / imports for name, (duty, imports) in taken.items()},
        },
        {
            "what": "duties",
            "unit": "USD billion a year",
            **{name: a_year * duty for name, (duty, _) in taken.items()},
        },
    ]


def _prices(item: Predicted, solved: Mapping[ShockKind, Equilibrium]) -> list[dict[str, Any]]:
    """
    Changes of prices of imports in percent, growth of before taken out of what was observed.

    The model's are relative to its consumer prices, since its unit of money is not the dollar; growth of before stands for
    the inflation that the record has and the model has not. Prices to consumers have margins in them, the model's have not.
    """
    case, column, table = item.case, item.economy.column, monthly()
    window = case.window.months
    base = case.episode.before(window)
    years = int(window[0][:4]) - case.episode.base_year
    found: list[dict[str, Any]] = []
    for name, (what, taxed) in PRICES.items():
        old, new = table.mean(name, base), table.mean(name, window)
        if old is None or new is None:
            continue
        first, grown = case.episode.trends[0].from_year, None
        earlier = table.mean(name, same_months(base, first))
        if earlier is not None:
            grown = float(PERCENT * np.log(old / earlier) * years / (case.episode.base_year - first))
        seen = float(PERCENT * np.log(new / old))
        row = {"what": what, "unit": "percent", "before": None, "observed": seen, "trend": grown}
        row["unmoved"] = PERCENT * _full_pass_through(item) if taxed else 0.0
        for shock, eq in solved.items():
            moved = _import_price(eq, column.importer, column.block >= 0, taxed=taxed)
            row[shock] = PERCENT * moved
        found.append(row)
    return found


def _full_pass_through(item: Predicted) -> float:
    """Change of the log price of the base months' imports had buyers paid all of the duty."""
    usd = np.nan_to_num(item.case.before.usd)
    before, after = (np.nan_to_num(rate) for rate in (item.case.before.rate, item.rates("collected")))
    return float((usd * (np.log1p(after) - np.log1p(before))).sum() / usd.sum())


def _import_price(eq: Equilibrium, n: int, inside: NDArray[np.bool_], *, taxed: bool) -> float:
    """Change of the log price of goods imported, at the base's purchases, over that of consumption."""
    weight = np.array(eq.old.customs[:, n, :])
    weight[:, n] = 0.0
    weight[~inside] = 0.0
    price = np.log(eq.cost_hat)
    if taxed:
        price = price + np.log(eq.effective_wedges[2][:, n, :])
    return float((weight * price).sum() / weight.sum() - np.log(eq.cpi_hat[n]))


def _jobs(item: Predicted, solved: Mapping[ShockKind, Equilibrium]) -> list[dict[str, Any]]:
    """Scores of changes of the log of employees by industry over those of all, with and without growth of before."""
    blocks, case = jobs(), item.case
    window = case.window.months
    base = case.episode.before(window)
    seen = _employed(base, window)
    if seen is None:
        return []
    years = int(window[0][:4]) - case.episode.base_year
    trend = case.episode.trends[0]
    grown = _employed(same_months(base, trend.from_year), base)
    weight = np.array([[_people(columns, base) or 0.0 for columns in blocks.columns]])
    rows = []
    for shock, eq in solved.items():
        predicted = _hired(eq, item.economy.column.importer, blocks)
        for from_year in (None, trend.from_year):
            taken = seen
            if from_year is not None:
                if grown is None:
                    continue
                taken = seen - grown * years / (case.episode.base_year - from_year)
            score = full_score(make_pairs(predicted[None], taken[None], weight, (("all",), blocks.names)))
            score.pop("slope_without")
            rows.append(
                {
                    "shock": shock,
                    "trend_from": from_year,
                    "spread_observed": _spread(taken, weight[0]),
                    "spread_predicted": _spread(predicted, weight[0]),
                    **score,
                }
            )
    return rows


def _spread(values: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Weighted standard deviation, percent."""
    mean = np.average(values, weights=weight)
    return float(PERCENT * np.sqrt(np.average((values - mean) ** 2, weights=weight)))


def _people(columns: tuple[str, ...], months: tuple[str, ...]) -> float | None:
    """Mean employees of some columns over some months."""
    held = [monthly().mean(name, months) for name in columns]
    return None if None in held else float(sum(item for item in held if item is not None))


def _employed(before: tuple[str, ...], after: tuple[str, ...]) -> NDArray[np.float64] | None:
    """Change of the log of employees of each block less that of all employees, (B,); None where a month is missing."""
    ends = []
    for months in (before, after):
        held = [_people(columns, months) for columns in (*jobs().columns, (EMPLOYED,))]
        if None in held:
            return None
        ends.append(np.log(np.array(held, dtype=np.float64)))
    change = ends[1] - ends[0]
    return np.asarray(change[:-1] - change[-1], dtype=np.float64)


def _hired(eq: Equilibrium, n: int, blocks: Jobs) -> NDArray[np.float64]:
    """Change of the log of the importer's factors at work in each block, by the model, (B,)."""
    paid = [eq.base.va_share[:, n] * output[:, n] for output in (eq.base.output, eq.output)]
    found = []
    for industries in blocks.industries:
        at = [eq.base.sectors.index(name) for name in industries]
        found.append(np.log(paid[1][at].sum() / paid[0][at].sum()) - np.log(eq.wage_hat[n]))
    return np.array(found)
