"""
Table 1 of Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), "Making America Great Again?", on 194 countries.

The article's economy has one sector, a trade elasticity of 4, and three features that `detente.model.solve` does not
have. They are a variant, written out below on the package's fixed-point solver:

* distribution: a share nu of a sale is paid to factors of the country where the good is sold, which also makes tariffs
  fall on less than the retail price (exponent phi above 1) and lets entry move the price index;
* labour supply with elasticity kappa, and scale economies with elasticity psi;
* tariff revenue that pays for a cut of income taxes.

With all three switched off the variant must give what `detente.model.solve` gives; that is checked first.

Run: `python examples/liberation_day.py [FOLDER]`; the folder holds the article's data (README there): `trade_cepii.csv`,
`gdp.csv`, `tariffs.csv`, `country_labels.csv`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import root

from detente.model import Shock, accelerate, solve
from detente.world import Baseline

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FOLDER = Path(__file__).parents[2] / "shared/data/reference/liberation_day"
ELASTICITY = 4.0
ENTRY = 0.67
LABOUR = 0.5
# Shares of local factors in a sale: 0.12 of purchases at home, 0.26 of imports (article, calibration).
HOME_MARGIN, IMPORT_MARGIN = 0.12, 0.26
LEAST_TARIFF = 0.10
COLUMNS = ("welfare", "deficit", "exports/GDP", "imports/GDP", "employment", "prices")
# As printed: welfare, deficit, exports, imports, employment, prices; the United States, then the average of all others.
PUBLISHED = {
    "announced tariffs, income-tax relief": (
        (1.13, -18.1, -52.7, -43.6, 0.32, 12.8),
        (-0.58, 11.6, -3.2, -3.3, -0.14, -4.7),
    ),
    "announced tariffs, lump-sum rebate": (
        (-0.01, -18.4, -52.5, -43.3, -0.41, 13.1),
        (-0.57, 11.7, -3.3, -3.4, -0.14, -4.8),
    ),
    "uniform optimal tariff, income-tax relief": (
        (1.79, -19.1, -55.3, -45.6, 0.51, 12.6),
        (-0.61, 17.1, -4.2, -3.7, -0.16, -4.6),
    ),
}
DIGITS = (2, 1, 1, 1, 2, 1)


@dataclass(frozen=True)
class Features:
    """What the article adds to the package's model; zeros switch it off."""

    margin: Array
    labour: float = LABOUR
    scale: float = ENTRY / ELASTICITY
    entry: bool = True

    @property
    def exponent(self) -> Array:
        """Pass-through exponent phi of each importer."""
        theta = ELASTICITY / ENTRY
        if not self.entry:
            return np.ones_like(self.margin)
        return 1 + (1 + theta) / ((1 - self.margin) * theta) - 1 / theta - 1


@dataclass(frozen=True)
class Data:
    """Calibrated flows [importer, exporter], income, expenditure, transfers; thousand US dollars."""

    labels: list[str]
    flows: Array
    income: Array
    spending: Array
    transfers: Array
    announced: Array
    margin: Array

    @property
    def usa(self) -> int:
        """Position of the United States."""
        return self.labels.index("USA")

    @property
    def shares(self) -> Array:
        """Shares of spending by exporter."""
        return self.flows / self.spending[:, None]


@dataclass(frozen=True)
class Outcome:
    """Changes, new over old: wages, spending, employment, prices; new flows and revenue."""

    wage: Array
    spending: Array
    employment: Array
    price: Array
    flows: Array
    tax: Array
    error: float
    passes: int


def load(folder: Path) -> Data:
    """Read the article's data and calibrate it as the README of the data says, steps 1 to 3."""
    labels = pd.read_csv(folder / "country_labels.csv")["iso3"].tolist()
    trade = pd.read_csv(folder / "trade_cepii.csv").filter(like="export_ij").fillna(0.0).to_numpy().T
    gdp = pd.read_csv(folder / "gdp.csv").iloc[:, -1].to_numpy() / 1000
    announced = pd.read_csv(folder / "tariffs.csv").iloc[:, -1].to_numpy()
    np.fill_diagonal(trade, 0.0)
    usa = labels.index("USA")
    margin = np.full(len(labels), 0.0)
    inside = calibrate_margins(trade, gdp, usa)
    margin[:], margin[usa] = inside[1], inside[0]
    imports, exports = trade.sum(axis=1), trade.T @ (1 - margin)
    transfers = (1 - margin) * (imports - exports)
    flows = trade + np.diag(np.maximum(gdp + transfers - imports, 0.0))
    spending = flows.sum(axis=1)
    income = flows.T @ (1 - margin) + margin * spending
    return Data(labels, flows, income, spending, spending - income, announced, margin)


def calibrate_margins(trade: Array, gdp: Array, usa: int) -> Array:
    """Shares of local factors in the United States and elsewhere, on the world of two regions."""
    rest = np.arange(len(gdp)) != usa
    bought, sold = trade[usa].sum(), trade[:, usa].sum()
    within = trade[np.ix_(rest, rest)].sum()
    flows = np.array([[0.0, bought], [sold, within]])
    product = np.array([gdp[usa], gdp[rest].sum()])
    foreign = np.array([bought, sold])

    def gaps(margin: Array) -> Array:
        spending = product + (1 - margin) * (flows.sum(axis=1) - flows.T @ (1 - margin))
        home = (spending - foreign) / (spending - foreign + foreign[::-1])
        return np.array(
            [
                (1 - home[1]) * margin[0] + home[1] * margin[1] - HOME_MARGIN,
                home[0] * margin[0] + (1 - home[0]) * margin[1] - IMPORT_MARGIN,
            ]
        )

    return np.asarray(root(gaps, np.array([0.27, 0.11]), tol=1e-13).x)


class Variant:
    """The article's equilibrium in changes, as a map of log wages, log spending and log employment."""

    def __init__(self, data: Data, tariff: Array, features: Features, *, relief: bool) -> None:
        self.data, self.tariff, self.features, self.relief = data, tariff, features, relief
        exponent = features.exponent[:, None]
        self.weights = data.shares * (1 + tariff) ** (-ELASTICITY * exponent)

    def evaluate(self, state: Array) -> tuple[Array, Array, Array, Array, Array, Array]:
        """Wages, spending, employment; prices, new flows, revenue."""
        wage, spending, employment = np.exp(state.reshape(3, -1))
        supply = (wage / employment**self.features.scale) ** -ELASTICITY
        total = self.weights @ supply
        entry = (spending / wage) ** (1 - self.features.exponent)
        price = entry * total ** (-1 / ELASTICITY)
        share = self.weights * supply / total[:, None]
        flows = share * (self.data.spending * spending)[:, None] / (1 + self.tariff)
        return wage, spending, employment, price, flows, (self.tariff * flows).sum(axis=1)

    def step(self, states: Array) -> Array:
        """Distance the map moves a state: labour markets, budgets, labour supply."""
        data, margin = self.data, self.features.margin
        wage, spending, employment, price, flows, revenue = self.evaluate(states[0])
        earned = wage * employment * data.income
        demand = flows.T @ (1 - margin) + margin * flows.sum(axis=1)
        world = earned.sum() / data.income.sum()
        move_wage = np.log(demand / earned) / (1 + ELASTICITY)
        move_wage -= np.log((earned * np.exp(move_wage)).sum() / data.income.sum())
        budget = (revenue + earned + data.transfers * world) / data.spending
        relief = 1 / (1 - revenue / earned) if self.relief else 1.0
        supply = (relief * wage / price) ** self.features.labour
        return np.concatenate([move_wage, np.log(budget / spending), np.log(supply / employment)])[None]

    def solve(self) -> Outcome:
        """Find the fixed point and put average prices, weighted by spending, back to 1."""
        start = np.zeros((1, 3 * len(self.data.labels)))
        run = accelerate(self.step, start, tolerance=1e-12, max_passes=1000)
        wage, spending, employment, price, flows, revenue = self.evaluate(run.state[0])
        level = (price * self.data.spending).sum() / self.data.spending.sum()
        earned = wage * employment * self.data.income
        tax = revenue / earned if self.relief else np.zeros_like(revenue)
        return Outcome(
            wage / level,
            spending / level,
            employment,
            price / level,
            flows / level,
            tax,
            float(run.error[0]),
            run.passes,
        )


def report(data: Data, outcome: Outcome) -> tuple[Array, Array]:
    """Table 1's six columns: the United States, and the average of all others weighted by spending."""
    weight = data.spending / (data.spending - LABOUR * (1 - outcome.tax) * data.income / (1 + LABOUR))
    labour = outcome.wage * outcome.employment
    welfare = (weight * outcome.spending + (1 - weight) * labour) / outcome.price
    product = labour * data.income

    def sides(flows: Array) -> tuple[Array, Array]:
        home = np.diag(flows)
        return flows.sum(axis=0) - home, flows.sum(axis=1) - home

    (exports, imports), (exports_0, imports_0) = sides(outcome.flows), sides(data.flows)
    table = 100 * np.stack(
        [
            welfare - 1,
            ((imports - exports) - (imports_0 - exports_0)) / np.abs(imports_0 - exports_0),
            (exports / product) / (exports_0 / data.income) - 1,
            (imports / product) / (imports_0 / data.income) - 1,
            outcome.employment - 1,
            outcome.price - 1,
        ],
        axis=1,
    )
    others = np.arange(len(data.labels)) != data.usa
    return table[data.usa], np.average(table[others], axis=0, weights=data.spending[others])


def announced_tariff(data: Data) -> Array:
    """Tariffs of 2 April 2025 with the floor of 10 %, [importer, exporter]."""
    tariff = np.zeros_like(data.flows)
    tariff[data.usa] = np.maximum(LEAST_TARIFF, data.announced)
    tariff[data.usa, data.usa] = 0.0
    return tariff


def optimal_tariff(data: Data, features: Features) -> float:
    """Closed form of the article for a uniform tariff of the United States."""
    usa, shares = data.usa, data.shares
    abroad = np.arange(len(data.labels)) != usa
    sales = data.flows[:, usa] * (1 - features.margin) * (1 - shares[:, usa])
    own = (1 - features.margin[usa]) * (data.spending[usa] - data.flows[usa, usa])
    delta = sales[abroad].sum() / own
    return float(1 / ((1 + delta * ELASTICITY) * features.exponent[usa] - 1))


def cases(data: Data) -> dict[str, Outcome]:
    """Solve the three cases of Table 1."""
    features = Features(data.margin)
    announced = announced_tariff(data)
    uniform = np.where(announced > 0, optimal_tariff(data, features), 0.0)
    names = list(PUBLISHED)
    return {
        names[0]: Variant(data, announced, features, relief=True).solve(),
        names[1]: Variant(data, announced, features, relief=False).solve(),
        names[2]: Variant(data, uniform, features, relief=True).solve(),
    }


def plain_baseline(data: Data) -> Baseline:
    """The same trade as a baseline of the package: one sector, labour only, no margins."""
    N = len(data.labels)
    spending = data.flows.sum(axis=1)
    output = data.flows.sum(axis=0)
    none = np.zeros((1, N, N))
    return Baseline(
        economies=tuple(data.labels),
        sectors=("all",),
        pi=(data.flows / spending[:, None])[None],
        tariff=none,
        spending=spending[None] / 1000,
        output=output[None] / 1000,
        va_share=np.ones((1, N)),
        io=np.zeros((1, 1, N)),
        alpha=np.ones((1, N)),
        theta=np.array([ELASTICITY]),
        value_added=output / 1000,
        deficit=(spending - output) / 1000,
        income=spending / 1000,
        revenue=np.zeros(N),
        adjustments=(),
    )


def compare_with_package(data: Data) -> float:
    """Largest difference of real spending between the variant, all features off, and `detente.model.solve`."""
    plain = Features(np.zeros(len(data.labels)), labour=0.0, scale=0.0, entry=False)
    output = data.flows.sum(axis=0)
    bare = Data(
        data.labels,
        data.flows,
        output,
        data.spending,
        data.spending - output,
        data.announced,
        plain.margin,
    )
    tariff = announced_tariff(data)
    variant = Variant(bare, tariff, plain, relief=False).solve()
    package = solve(plain_baseline(data), Shock(tariff=tariff[None]), tolerance=1e-13)
    return float(np.abs(variant.spending / variant.price - package.real_income_hat).max())


def main(folder: Path = FOLDER) -> int:
    """Print the table beside the published one; 0 if every printed digit agrees."""
    if not folder.exists():
        print(
            f"the article's data are not in {folder.name}; give the folder that holds them", file=sys.stderr
        )
        return 1
    data = load(folder)
    print(
        f"variant without the article's features against detente.model.solve: {compare_with_package(data):.1e}"
    )
    print(f"local factors: US {data.margin[data.usa]:.6f}, others {data.margin[0]:.6f}")
    print(f"optimal uniform tariff: {optimal_tariff(data, Features(data.margin)):.6f}")
    differing = 0
    for name, outcome in cases(data).items():
        print(f"\n{name} ({outcome.passes} passes, last step {outcome.error:.0e})")
        print(f"{'':16}" + "".join(f"{column:>14}" for column in COLUMNS))
        for who, found, printed in zip(
            ("USA", "others"), report(data, outcome), PUBLISHED[name], strict=True
        ):
            same = [round(float(x), d) == y for x, y, d in zip(found, printed, DIGITS, strict=True)]
            differing += same.count(False)
            print(f"{who:16}" + "".join(f"{x:14.{d}f}" for x, d in zip(found, DIGITS, strict=True)))
            print(
                f"{'  published':16}" + "".join(f"{y:14.{d}f}" for y, d in zip(printed, DIGITS, strict=True))
            )
    print(f"\n{differing} of 36 printed figures differ")
    return 0 if differing == 0 else 1


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
