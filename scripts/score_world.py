"""
Score the estimate of final demand in the 2022 world and write docs/validation/world.md.

    python scripts/score_world.py [--shared ../shared/data]

Data that took part in the estimate are marked; the rehearsal on WIOD, whose final demand is known, is the
honest error bar.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO / "src"))
sys.path.insert(0, str(REPO / "scripts"))

from baseline_tariffs.agreements import EU27  # noqa: E402  (the path is set above)
from icio_flows.assemble import Sources, estimate_steps, read_sources  # noqa: E402  (same)
from icio_flows.rehearsal import REHEARSALS, rehearse  # noqa: E402  (same)
from icio_flows.scores import score_rehearsal  # noqa: E402  (same)
from icio_flows.tables import SINGLE, read_g20  # noqa: E402  (same)
from icio_flows.validation import EU_BLOCK, balance_error, score_baci, score_census  # noqa: E402  (same)

from detente.world import load_world, world_bank_gdp  # noqa: E402  (same)
from detente.world.sectors import read_sectors  # noqa: E402  (same)

if TYPE_CHECKING:
    from icio_flows.estimator import Estimate

DOCUMENT = REPO / "docs" / "validation" / "world.md"
# Partners of the United States with more imports than this, bn USD, are listed.
LARGE_PARTNER = 50.0
# Scores of a rehearsal and the heads of their columns; those with two decimals.
COLUMNS = {
    "all": "home share, all rows",
    "manufactures": "manufactures",
    "by output": "manufactures, by output",
    "worst": "95th percentile of large rows",
    "services": "services",
    "pairs": "pairs",
    "correlation": "log-corr of a row",
    "absolute": "abs. error of a row, by size",
    "to usa": "cells of the United States, logarithms",
    "to usa twofold": "off by more than two",
}
COARSE = ("pairs", "correlation", "absolute", "to usa", "to usa twofold")
DRAWN = "with US customs"
# Which data took part in which step.
TOOK_PART = {"steps 1-4": ("census",), "steps 1-6": ("baci", "census", "balance")}


def score_steps(sources: Sources, steps: dict[str, Estimate], g20: np.ndarray) -> dict[str, dict[str, float]]:
    """Score each step of the 2022 estimate against BACI, US imports and trade balances."""
    out = {}
    for name, step in steps.items():
        final = step.final if name == "steps 1-6" else step.unbalanced
        flows = sources.table.inputs + final
        baci = score_baci(flows, sources.table, sources.goods_trade)
        census = score_census(flows, sources.table, sources.collected, EU27)
        out[name] = {
            "baci correlation": baci["log_correlation"],
            "baci absolute": baci["absolute"],
            "census correlation": census["log_correlation"],
            "census mix": census["mix"],
            "balance": balance_error(final, sources.table, sources.stated),
            "balance g20": balance_error(final, sources.table, sources.stated, g20),
            "balance before": balance_error(step.unbalanced, sources.table, sources.stated),
        }
    return out


def steps_table(scores: dict[str, dict[str, float]]) -> str:
    """The 2022 estimate against outside data, by step."""
    lines = [
        "| estimate | BACI log-corr | BACI abs | Census log-corr | Census mix | trade balance, % of GDP (G20) |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, row in scores.items():
        b, c, t = ("*" if key in TOOK_PART.get(name, ()) else "" for key in ("baci", "census", "balance"))
        lines.append(
            f"| {name} | {row['baci correlation']:.3f}{b} | {row['baci absolute']:.3f}{b} | "
            f"{row['census correlation']:.3f}{c} | {row['census mix']:.3f}{c} | "
            f"{row['balance']:.1f} ({row['balance g20']:.1f}){t} |"
        )
    return "\n".join(lines)


def _mean_over_draws(scores: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Scores by run, those of drawn customs as one run."""
    drawn = [row for name, row in scores.items() if name.startswith(DRAWN)]
    kept = {name: row for name, row in scores.items() if not name.startswith(DRAWN)}
    return kept | {DRAWN: {key: float(np.mean([row[key] for row in drawn])) for key in COLUMNS}}


def rehearsal_table(shared: Path) -> str:
    """Errors of every rehearsal and run."""
    lines = [
        f"| hidden (pattern, anchors) | run | {' | '.join(COLUMNS.values())} |",
        "| --- | --- |" + " ---: |" * 10,
    ]
    kinds = [(years, False, False) for years in REHEARSALS]
    kinds += [(REHEARSALS[0], True, False), *((years, False, True) for years in REHEARSALS)]
    for years, pooled, merged in kinds:
        truth, runs = rehearse(shared, *years, pooled=pooled, merged=merged)
        scores = _mean_over_draws({name: score_rehearsal(run.final, truth) for name, run in runs.items()})
        for name, s in scores.items():
            if (pooled or merged) and name == "proportional to inputs":
                continue
            head = f"{years[0]} ({years[1]}, {years[2]}){', pooled' * pooled}{', merged' * merged}"
            values = [f"{s[key]:.{2 if key in COARSE else 3}f}" for key in COLUMNS]
            lines.append(f"| {head} | {name} | {' | '.join(values)} |")
    return "\n".join(lines)


def industry_table(shared: Path) -> str:
    """Mean error of the home share by industry in the first rehearsal."""
    truth, runs = rehearse(shared, *REHEARSALS[0])
    by = score_rehearsal(runs[f"{DRAWN} 1"].final, truth)["by industry"]
    names = {s.code: s.name for s in read_sectors("wiod35")}
    order = sorted(by, key=lambda code: -by[code])
    lines = ["| industry | home-share error |", "| --- | ---: |"]
    lines += [f"| {names[code]} | {by[code]:.3f} |" for code in order]
    return "\n".join(lines)


def gdp_table() -> str:
    """GDP of the world beside the World Bank's where the source gives every tax."""
    gdp, bank = load_world("icio2022").gdp, world_bank_gdp()
    ratio = {e: float(gdp.sel(economy=e)) / bank[e] for e in gdp["economy"].to_numpy() if e in bank}
    eu = sum(float(gdp.sel(economy=e)) for e in EU27) / sum(bank[e] for e in EU27)
    lines = ["| economy | GDP, tn USD | to the World Bank's |", "| --- | ---: | ---: |"]
    for economy in SINGLE:
        value = float(gdp.sel(economy=economy)) / 1e6
        lines.append(f"| {economy} | {value:.3f} | {ratio[economy]:.3f} |")
    lines.append(f"| EU | {sum(float(gdp.sel(economy=e)) for e in EU27) / 1e6:.3f} | {eu:.3f} |")
    values = np.array(list(ratio.values()))
    near = int((np.abs(values - 1) < 0.05).sum())
    return "\n".join(lines) + (
        f"\n\nAll {len(values)} economies: median ratio {np.median(values):.3f}, mean deviation "
        f"{100 * np.abs(values - 1).mean():.1f} %, {near} within 5 %."
    )


def band_table() -> str:
    """China's goods flow to the United States in the estimate and its variants."""
    lines = ["| world | CHN to USA, bn USD | USA to CHN |", "| --- | ---: | ---: |"]
    for variant in ("", "china-plus-15", "china-minus-15", "anchors-2019"):
        world = load_world("icio2022", variant=variant)
        lines.append(
            f"| icio2022{' / ' + variant if variant else ''} | {world.goods_flow('CHN', 'USA'):.0f} | "
            f"{world.goods_flow('USA', 'CHN'):.0f} |"
        )
    return "\n".join(lines)


def levels_table(sources: Sources) -> str:
    """Goods sold to the United States beside US imports of 2024, by large partner."""
    world = load_world("icio2022")
    imports = sources.collected.lines["imports"].groupby(level="iso3").sum() / 1e9
    lines = ["| partner | estimate, bn USD | US imports | ratio |", "| --- | ---: | ---: | ---: |"]
    for partner in imports.sort_values(ascending=False).index:
        members = EU27 if partner == EU_BLOCK else (partner,)
        if imports[partner] > LARGE_PARTNER and set(members) <= set(world.economies):
            flow = sum(world.goods_flow(member, "USA") for member in members)
            name = "EU" if partner == EU_BLOCK else partner
            lines.append(f"| {name} | {flow:.0f} | {imports[partner]:.0f} | {flow / imports[partner]:.2f} |")
    return "\n".join(lines)


TEXT = """# How good is the 2022 world

Written by `python scripts/score_world.py`. What is estimated and how: [world](../world.md).

## Against data of other kinds

4,111 goods pairs over 50 USD mn of 79 economies (BACI 2023); 38 partners by 27 industries (US imports 2024, the EU
as one); trade balances of goods and services before the last step (CIA World Factbook), mean error weighted by GDP.
`abs` is the sum of differences over the sum after one common scale; `mix` half the sum of differences of
industry shares within a partner, weighted by its imports. A star: the data took part in that step.

{steps}

Before the balancing step, steps 1-6 stand at {before:.1f} %.

Levels are not fitted: the source counts goods by producer at basic prices, customs by origin at the border, and the years
differ. Beside US imports of 2024:

{levels}

## Rehearsal: WIOD with its final demand hidden

The same estimator on a year whose final demand is known: totals by row and by destination true, the pattern of an older
year, section anchors of G20 members from a year two or three before. Rows over 500 USD mn of 40 economies. `pairs`: sum
of absolute errors of manufactured final sales between economies over their sum. Correlation and absolute error score
manufactured rows over their foreign destinations; large rows are over 20 USD bn. `with US customs` is the whole
estimator: customs values of the United States take part as in step 4. They are its true purchases
disturbed by cell, industry and partner by as much as customs values of 2022 differ from inputs where all is input;
three draws, their mean. `merged`: the pattern's year knows pairs of industries only, as WIOD has one industry for
several of the world's.

{rehearsal}

Rows of the true table of 2022 are not in the sources. Of the rehearsals, `with US customs` stands for what such rows
would show: a mean error of the home share of 0.050 to 0.056 over all rows and 0.085 to 0.106 over manufactures, one
large row in twenty off by 0.16 or more, and one cell of sales to the United States in six or seven off by more than a
factor of two. That is short of 0.05 with no row beyond 0.12: where no source tells an industry's exports by
destination, rows stay as they were.

**What was learnt.** The estimator before this one, on the same years and draws of customs (2011, 2009, 2008; merged in
brackets), against this one:

| | before | now |
| --- | ---: | ---: |
| home share, all rows | 0.056, 0.057, 0.056 (0.057, 0.057, 0.056) | 0.050, 0.055, 0.052 (0.053, 0.056, 0.055) |
| manufactures, by output | 0.081, 0.090, 0.075 (0.080, 0.091, 0.080) | 0.072, 0.085, 0.066 (0.071, 0.088, 0.073) |
| 95th percentile of large rows | 0.18, 0.17, 0.19 (0.19, 0.17, 0.18) | 0.16, 0.18, 0.18 (0.18, 0.17, 0.18) |
| US cells off by more than two | 0.19, 0.21, 0.19 (0.21, 0.24, 0.23) | 0.14, 0.16, 0.14 (0.16, 0.16, 0.18) |

Three things did it: a cell of the United States counts by how much of its customs value is left after inputs; sales to
the United States say less of sales elsewhere (its ratios moved every row, which made home shares worse); a contrast
between home and foreign ratio that is a factor of 12 from its industry's mean is cut. What did not help: pinning the
United States' column to the BEA's sums by industry after the cells (cells worse by a tenth or more, since customs and
basic prices differ by industry), and regressions of the home share on older ones (2 % better at most). Data of 2022
that took no part agree, by little: BACI before its step 0.358 then and 0.354 now, trade balances 3.0 % of GDP and 2.9
%.

Home-share error by industry, 2011, with US customs:

{industries}

The estimator's constants, some fifteen numbers, were chosen on these same rehearsals of some 25,000 cells each; the
three years, and the trade balances above, which had no part in it, hardly tell neighbouring values apart.

WIOD's list of economies is shorter than the world's: in the
pooled rehearsal the pattern's year keeps 20 economies apart, as WIOD keeps 40 of the world's 81. Its industries are
coarser too; with industries merged by twos and threes row errors rise by a seventh, of which US imports win back a
part.

## GDP

Value added and taxes less subsidies on inputs and final demand, where the source gives all of them.

{gdp}

Korea, Singapore, Russia: the source differs from the World Bank by as much (national accounts revised).

## The band of the China-US flow

{band}
"""


def main() -> None:
    """Write the document."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--shared", type=Path, default=REPO.parent / "shared" / "data")
    shared = parser.parse_args().shared
    sources = read_sources(shared)
    listed = read_g20(shared).economies
    g20 = np.array([e in listed[:-1] for e in sources.table.economies])
    scores = score_steps(sources, estimate_steps(sources), g20)
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    text = TEXT.format(
        steps=steps_table(scores),
        levels=levels_table(sources),
        before=scores["steps 1-6"]["balance before"],
        rehearsal=rehearsal_table(shared),
        industries=industry_table(shared),
        gdp=gdp_table(),
        band=band_table(),
    )
    DOCUMENT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
