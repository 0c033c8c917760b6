"""
Estimate how far China's buyers turn from American to Brazilian soybeans at a duty, and write docs/validation/soybeans.md.

    python scripts/estimate_soybeans.py [--data] [--draws 2000]

`--data` first takes tonnes and values by origin from ../shared/data/raw/china_soybeans. The estimate is the default of
`soy_theta` in data/scenarios/instruments.yaml; a test holds the two together.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import detente as dt

REPO = Path(__file__).resolve().parents[1]
SOURCE = REPO.parent / "shared/data/raw/china_soybeans"
TABLE = REPO / "src/detente/data/evidence/soybeans.csv"
PAGE = REPO / "docs/validation/soybeans.md"
IMPORTER, SELLER, BESIDE = "CHN", "USA", "BRA"
NAMES = {"United States": SELLER, "Brazil": BESIDE}
LINE, FIRST, LAST = "1201.90.11", 2005, 2024
# Shares of arrivals that paid no added duty: purchases of state traders and the first exclusions from October 2019 to
# February 2020, of which no figure was found; then the ledger's own `cn_waiver`.
EARLY, EARLY_FROM, EARLY_TO = (0.0, 0.5, 1.0), (2019, 10), (2020, 2)
LATE = (0.5, 0.8, 0.95)
# Years whose border prices are counted: unit values of later ones follow the season more than the duty.
PRICED, BEFORE = (2018, 2019), (2015, 2016, 2017)
# Elasticities of tonnes that are tried; the last stands for "without bound".
TRIED = np.concatenate([np.arange(0, 20, 0.1), np.arange(20, 61, 1.0)])
SEED = 20180706


PAGE_TEXT = f"""# Soybeans: how far buyers turn at a duty

Written by `python scripts/estimate_soybeans.py`. It is the source of `soy_theta`.

**Estimate: {{theta:.1f}}** as the model counts (elasticity of values between origins; that of tonnes is one more),
quartiles {{lower:.1f}} to {{upper:.1f}}, nine draws of ten {{low:.1f}} to {{high:.1f}}; the data do not bound it
above, and the cap of the world's elasticities, 12, stands in for it.

**Method.** The log of China's tonnes from the United States over those from Brazil, {FIRST} to {LAST} (UN Comtrade), on a
constant, a straight trend and what the duty leaves, by least squares over the elasticity. What it leaves is summed over
the months of a year with the season of American arrivals ({{late:.0%}} fall in the second half, {{autumn:.0%}} in October to
December) at the duty on the books in the middle of each month (ledger, line {LINE}); in 2018 and 2019 the border price of
American against Brazilian beans counts too (it fell by {{fell[0]}} and {{fell[1]}} %). A share of the arrivals pays no added
duty: from March 2020 the ledger's `cn_waiver` ({LATE[1]}, {LATE[0]} to {LATE[2]}); from October 2019 to February 2020, when
state traders bought and the first exclusions ran, a share of which no figure was found (half; none to all).

**Error.** Residuals have a standard deviation of {{sd:.2f}} in logs. The range draws both waivers and draws the residuals
again ({{draws}} times, seed {SEED}; median {{middle:.1f}}). The early waiver makes most of it:

| waived, October 2019 to February 2020 | years from {FIRST} | from 2010 | from 2015 |
| ---: | ---: | ---: | ---: |
{{rows}}
**What it is not.** The zero of autumn 2025 is a limit, not an elasticity: 2025 is left out. Tonnes of 2018 fell further than
any elasticity gives that begins with the duty in July (a residual of two standard deviations): buyers turned before it
came. The estimate is of the first two years after a duty. At a horizon of one year the model scales it down with all others
(0.38), which is too little for a good that is bought by the season: soybeans then move less here than they did.
"""


@dataclass(frozen=True)
class Trade:
    """
    What is fitted.

    years: (Y,). tonnes: Log of tonnes of the seller over those of the other, (Y,). price: Log of its border price against
    the other's, less that before the duty, where counted, else 0, (Y,). season: Share of a year's arrivals by month, (12,).
    duty: Log factor of the added duty on the books, (Y, 12).
    """

    years: np.ndarray
    tonnes: np.ndarray
    price: np.ndarray
    season: np.ndarray
    duty: np.ndarray

    @property
    def free(self) -> tuple[np.ndarray, np.ndarray]:
        """Months, (Y, 12), of the early and of the late waivers."""
        month = self.years[:, None] * 12 + np.arange(12)
        first, last = (year * 12 + k - 1 for year, k in (EARLY_FROM, EARLY_TO))
        return (month >= first) & (month <= last), month > last


def table() -> pd.DataFrame:
    """Tonnes by origin and year or month, value where there is one."""
    return pd.read_csv(TABLE)


def embed() -> None:
    """Take the years and months of two origins; tonnes of the second source, values of the first."""
    years = pd.read_csv(SOURCE / "china_imports_120100_annual_tonnes_2005_2024_bra_usa.csv")
    months = pd.read_csv(SOURCE / "china_imports_120100_monthly_tonnes_2024_09_2025_09.csv")
    worth = pd.read_csv(SOURCE / "china_imports_120100_by_partner_2015_2024.csv")
    value = worth.set_index(["year", "partner"])["value_usd"]
    rows = [
        (str(r.year), NAMES[r.partner], int(r.tonnes), value.get((r.year, r.partner), np.nan))
        for r in years.itertuples()
    ]
    rows += [(r.month, NAMES[r.partner], int(r.tonnes), np.nan) for r in months.itertuples()]
    frame = pd.DataFrame(rows, columns=["period", "origin", "tonnes", "value_usd"]).sort_values(
        ["period", "origin"]
    )
    frame["value_usd"] = frame["value_usd"].astype("Int64")
    frame.to_csv(TABLE, index=False, lineterminator="\n")


def added_duty(year: int, month: int) -> float:
    """Log factor of what is on the books above the ordinary duty in the middle of a month, waivers not claimed."""
    if year < PRICED[0]:
        return 0.0
    found = dt.duty(LINE, origin=SELLER, destination=IMPORTER, on=f"{year}-{month:02d}-15")
    before = dt.duty(LINE, origin=SELLER, destination=IMPORTER, on=f"{PRICED[0]}-01-15").rate
    return float(np.log((1 + found.rate_max) / (1 + before)))


def read_trade(first: int = FIRST) -> Trade:
    """The years from one on, with the ledger's duties."""
    rows = table().set_index(["period", "origin"])
    years = np.arange(first, LAST + 1)
    sold, other = (
        np.array([rows.tonnes[str(year), who] for year in years], float) for who in (SELLER, BESIDE)
    )

    def unit(year: int, who: str) -> float:
        return float(rows.value_usd[str(year), who]) / float(rows.tonnes[str(year), who])

    dearer = {y: np.log(unit(y, SELLER) / unit(y, BESIDE)) for y in (*BEFORE, *PRICED)}
    usual = np.mean([dearer[y] for y in BEFORE])
    price = np.array([dearer[y] - usual if y in PRICED else 0.0 for y in years])
    duty = np.array([[added_duty(y, m) for m in range(1, 13)] for y in years])
    return Trade(years, np.log(sold / other), price, season(rows.tonnes), duty)


def season(tonnes: pd.Series) -> np.ndarray:
    """Arrivals of American soybeans by month: September to December 2024 as they were, the rest of 2024 as in 2025."""
    late = np.array([tonnes[f"{LAST}-{m:02d}", SELLER] for m in range(9, 13)], float)
    early = np.array([tonnes[f"{LAST + 1}-{m:02d}", SELLER] for m in range(1, 9)], float)
    early *= (tonnes[str(LAST), SELLER] - late.sum()) / early.sum()
    whole = np.concatenate([early, late])
    return whole / whole.sum()


def kept(trade: Trade, sigma: float, early: float, late: float) -> np.ndarray:
    """Log share of a year's arrivals that is left at an elasticity of tonnes, (Y,)."""
    first, later = trade.free
    waived = early * first + late * later
    paid = np.exp(-sigma * (trade.duty + trade.price[:, None] * (trade.duty > 0)))
    return np.log(((waived + (1 - waived) * np.where(trade.duty > 0, paid, 1.0)) * trade.season).sum(axis=1))


class Fit:
    """Least squares of the log ratio on a constant, a trend and what a duty leaves, by a search over the elasticity."""

    def __init__(self, trade: Trade, early: float, late: float) -> None:
        trend = np.vstack([np.ones(len(trade.years)), trade.years - trade.years.mean()]).T
        self.rest = np.eye(len(trade.years)) - trend @ np.linalg.pinv(trend)
        self.kept = np.array([kept(trade, sigma, early, late) for sigma in TRIED])

    def __call__(self, tonnes: np.ndarray) -> tuple[float, np.ndarray]:
        """Elasticity of tonnes, and residuals, (Y,)."""
        left = (tonnes - self.kept) @ self.rest
        best = int((left**2).sum(axis=1).argmin())
        return float(TRIED[best]), left[best]


def point(trade: Trade, early: float = EARLY[1], late: float = LATE[1]) -> tuple[float, float]:
    """The model's elasticity, one less than that of tonnes, and the standard deviation of the residuals."""
    sigma, left = Fit(trade, early, late)(trade.tonnes)
    return sigma - 1, float(np.sqrt(left @ left / (len(left) - 3)))


def drawn(trade: Trade, draws: int) -> np.ndarray:
    """The model's elasticity with the waivers drawn and the residuals drawn again, sorted."""
    rng = np.random.default_rng(SEED)
    found = []
    for _ in range(draws):
        fit = Fit(trade, rng.uniform(EARLY[0], EARLY[2]), rng.triangular(*LATE))
        _, left = fit(trade.tonnes)
        wide = left * np.sqrt(len(left) / (len(left) - 3))
        again = trade.tonnes - left + rng.choice(wide, len(left))
        found.append(fit(again)[0] - 1)
    return np.sort(found)


def main() -> None:
    """Estimate, print, write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--data", action="store_true")
    parser.add_argument("--draws", type=int, default=2000)
    given = parser.parse_args()
    if given.data:
        embed()
    trade = read_trade()
    theta, sd = point(trade)
    low, lower, middle, upper, high = np.quantile(drawn(trade, given.draws), [0.05, 0.25, 0.5, 0.75, 0.95])
    cases = [(x, *(point(read_trade(first), x)[0] for first in (FIRST, 2010, 2015))) for x in EARLY]
    rows = "".join(f"| {x:.0%} | {a:.1f} | {b:.1f} | {c:.1f} |\n" for x, a, b, c in cases)
    PAGE.write_text(
        PAGE_TEXT.format(
            theta=theta,
            low=low,
            lower=lower,
            middle=middle,
            upper=upper,
            high=high,
            late=trade.season[6:].sum(),
            autumn=trade.season[9:].sum(),
            fell=[f"{-100 * x:.0f}" for x in trade.price if x],
            sd=sd,
            draws=given.draws,
            rows=rows,
        ),
        encoding="utf-8",
    )
    print(
        f"theta {theta:.2f}, residuals {sd:.3f}, 5 to 95 % {low:.1f} to {high:.1f}, quartiles {lower:.1f} to {upper:.1f}"
    )


if __name__ == "__main__":
    main()
