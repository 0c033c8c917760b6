"""
Published estimates of what a trade war costs, solved here, with the gap taken apart.

Four scenarios of others (Budget Lab at Yale, Kiel Institute twice, Rodriguez-Clare, Ulate and Vasquez) on the embedded
world, each under five sets of assumptions: the plain long run, labour that follows the real wage, the elasticities of
one year, both, and wages that cannot fall for three years. Beside them stands what was published.

Run: `python examples/published_losses.py [docs/validation/published_losses.md]`; without a file it prints.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import detente as dt

if TYPE_CHECKING:
    from collections.abc import Callable

ASSUMPTIONS: dict[str, dict[str, Any]] = {
    "long run": {},
    "labour follows the real wage": {"labour": "elastic"},
    "one year": {"horizon": 1.0},
    "one year, labour follows the real wage": {"horizon": 1.0, "labour": "elastic"},
    "three years, wages cannot fall": {"horizon": 3.0, "labour": "sticky"},
}
BLOC = (
    "USA", "CAN", "GBR", "JPN", "KOR", "AUS", "NZL", "NOR", "CHE", "ISL", "TWN", "AUT",
    "BEL", "BGR", "HRV", "CYP", "CZE", "DNK", "EST", "FIN", "FRA", "DEU", "GRC", "HUN",
    "IRL", "ITA", "LVA", "LTU", "LUX", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN",
    "ESP", "SWE",
)  # fmt: skip
HEAD = """
Made by `python examples/published_losses.py`. Percent; `icio2022` under the law of 2024-12-31, deficits fixed. An answer
outside a published figure needs its reason, one inside it is no proof.
"""
OTHERS = ("CHN", "HKG", "RUS", "BLR")


@dataclass(frozen=True)
class Case:
    """
    A scenario of others.

    columns: What is shown of it, by heading, percent.
    published: Their figures, in words. differs: Where ours differ, and which assumption does it.
    """

    title: str
    shock: dt.Shock
    columns: dict[str, Callable[[dt.Equilibrium], float]]
    published: str
    differs: str


def output(economy: str, letters: str) -> Callable[[dt.Equilibrium], float]:
    """Volume of output of industries whose code begins so, percent."""

    def change(eq: dt.Equilibrium) -> float:
        rows = eq.by_sector(economy)
        rows = rows[[name[0] in letters and name[0].isupper() for name in rows.index]]
        return float(rows["output_volume_pct"] @ rows["output_usd_mn"] / rows["output_usd_mn"].sum())

    return change


def income(economy: str) -> Callable[[dt.Equilibrium], float]:
    """Real income, percent."""
    return lambda eq: eq.real_income_pct[economy]


def product(economy: str) -> Callable[[dt.Equilibrium], float]:
    """Real GDP, percent."""
    return lambda eq: eq.real_gdp_pct[economy]


def trade(exporter: str, importer: str) -> Callable[[dt.Equilibrium], float]:
    """Sales of one economy to another, percent."""
    return lambda eq: eq.flow(exporter, importer).change_pct


def bilateral(base: dt.Baseline) -> dt.Shock:
    """The United States puts 145 points on China and 10 on others, China 125 on the United States."""
    tariff = dt.raise_tariff(base, 0.10, importer="USA")
    china, states = base.economies.index("CHN"), base.economies.index("USA")
    tariff[:, states, china] = dt.raise_tariff(base, 1.45, importer="USA", exporter="CHN")[:, states, china]
    tariff[:, china, states] = dt.raise_tariff(base, 1.25, importer="CHN", exporter="USA")[:, china, states]
    return dt.Shock(tariff=tariff)


def split(base: dt.Baseline) -> dt.Shock:
    """Nothing is traded between the two camps, in either direction."""
    ours, theirs = (np.isin(base.economies, members) for members in (BLOC, OTHERS))
    cut = np.outer(ours, theirs) | np.outer(theirs, ours)
    return dt.Shock(prohibited=np.broadcast_to(cut.astype(float), base.pi.shape))


def cases(base: dt.Baseline) -> list[Case]:
    """The four scenarios on a baseline under the law of the end of 2024."""
    september, april = (
        dt.Shock(tariff=dt.at_law("icio2022", day).tariff) for day in ("2025-09-03", "2025-04-09")
    )
    return [
        Case(
            "All tariffs of 3 September 2025 (The Budget Lab at Yale, 2025-09-03)",
            september,
            {
                "US real GDP": product("USA"),
                "US real income": income("USA"),
                "US manufacturing": output("USA", "C"),
                "US construction": output("USA", "F"),
                "US mining": output("USA", "B"),
                "Canada real GDP": product("CAN"),
            },
            """
            long run: US real GDP -0.4, manufacturing +2.7, construction -3.8, mining -1.6; Canada -1.9 (of July,
            with other tariffs)
            """,
            """
            GDP agrees. Manufacturing gains more here and construction loses less: shares of products in final demand
            are fixed here, so investment cannot fall. Canada loses less: most of what it sells under USMCA pays
            nothing by the ledger.
            """,
        ),
        Case(
            "145 % on China, 10 % on others, 125 % on the United States (Kiel Institute, KITE, 2025)",
            bilateral(base),
            {
                "US real GDP": product("USA"),
                "US real income": income("USA"),
                "China real GDP": product("CHN"),
                "China real income": income("CHN"),
                "China's exports": lambda eq: eq.exports_pct["CHN"],
                "China to US": trade("CHN", "USA"),
                "US to China": trade("USA", "CHN"),
            },
            "first year: US GDP -1.6, China -0.7; Chinese exports -4.75; trade of the two -50, over -70 later",
            """
            Labour closes half of the gap of US GDP in the long run, and six tenths in a year. Trade of the two falls
            as far in a year here as later there: the elasticity of the first year is the larger one here. Exports of
            China are in value, at prices that fall.
            """,
        ),
        Case(
            "G7 and allies cut all trade with China and its allies (Baqaee and others, Kiel Policy Brief 170, 2024)",
            split(base),
            {
                "Germany real income": income("DEU"),
                "US real income": income("USA"),
                "China real income": income("CHN"),
            },
            "Germany: gross national expenditure -5 in the first months, -4 in the first year, -1 to -2 in the long run",
            """
            The long run agrees. In the first year labour brings -2.7 to -3.7 of the published -4. In the first
            months the trade elasticity makes the difference: at a quarter of the long-run ones Germany loses 4.4
            without labour (docs/model.md); nests add little.
            """,
        ),
        Case(
            "The tariffs of 9 April 2025, with the answers to them (Rodriguez-Clare, Ulate and Vasquez, FRBSF 2025-09)",
            april,
            {
                "US real income": income("USA"),
                "US employment": lambda eq: eq.employment_pct["USA"],
                "Canada real income": income("CAN"),
                "Mexico real income": income("MEX"),
                "China real income": income("CHN"),
                "Ireland real income": income("IRL"),
            },
            "US real income about -1 by 2028, labour participation falls; Canada, Mexico, China and Ireland lose most",
            """
            Labour that follows the real wage brings a third of the distance. Their households move slowly between
            regions, industries and out of work; that is not here. Ireland loses most here too. Canada and Mexico do
            not: the law of that day freed what they sell under USMCA, and the article has 25 % on all of it.
            """,
        ),
    ]


def one_line(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


def lines() -> list[str]:
    """The page: one table a scenario."""
    base = dt.at_law("icio2022", "2024-12-31")
    found = [
        "# Published estimates, solved here",
        "",
        one_line(HEAD),
    ]
    for case in cases(base):
        found += ["", f"## {case.title}", "", f"Published: {one_line(case.published)}.", ""]
        found += [f"| assumptions | {' | '.join(case.columns)} |", f"| --- |{' ---: |' * len(case.columns)}"]
        for name, options in ASSUMPTIONS.items():
            eq = dt.solve(base, case.shock, **options)
            found.append(f"| {name} | {' | '.join(f'{say(eq):+.2f}' for say in case.columns.values())} |")
        found += ["", one_line(case.differs)]
    return found


def main(path: str | None = None) -> int:
    """Print the page, or write it."""
    text = "\n".join(lines()) + "\n"
    if path is None:
        sys.stdout.write(text)
    else:
        Path(path).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
