"""Pictures of a run, the same on the page, in the report and in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.errors import InputError
from detente.formatting import count, day
from detente.io.words import one_of
from detente.labels import label
from detente.policy.documents.run import RunDocument
from detente.render.drawing import charts, charts_lines, findings, maps
from detente.render.drawing.contrast import OUTCOMES, REAL_INCOME, WORSE, Contrast
from detente.render.drawing.picture import Picture
from detente.render.drawing.text import economy, the

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from detente.policy.documents.run import MovedScenario, Range, RunResult, Scenario

Row = dict[str, float | str]
# Economies drawn beside the sides and the world: those that gain and those that lose most. Industries drawn.
MOST, MOST_NARROW, MOST_INDUSTRIES = 7, 5, 12
BAND = "whiskers: 90 of 100 draws of elasticities, flows and assumptions"


def tariffs(
    scenarios: Iterable[Scenario | MovedScenario],
    size: str = "wide",
    *,
    of: str = "",
    study: str = "",
    source: str = "",
) -> Picture:
    """The average tariff each side charges the other, scenario by scenario; the title is about `of`, else the first."""
    listed = list(scenarios)
    rows = [
        {"scenario": findings.scenario_name(study, item), "pair": pair, "rate": item.tariffs[pair]}
        for item in listed
        for pair in item.pairs
    ]
    shown = next((item for item in listed if item.id == of), listed[0])
    most = max(listed, key=lambda item: sum(item.tariffs[pair] for pair in item.pairs))
    return Picture(
        findings.tariffs_said(shown, most, study),
        "Average tariff on goods, % of value, weighted with the trade of the world's base year; statutory law",
        source or findings.source_line(law="of each scenario's day"),
        rows,
        "Dots: the average tariff each side charges the other, one line a scenario.",
        size,
        charts.tariff_dots(rows, size=size),
    )


def income_rows(
    item: Scenario | MovedScenario, names: Iterable[str], band: Mapping[str, Range] | None = None
) -> list[Row]:
    """Real income of some economies and groups, with the band of the estimated flows where there is one."""
    both, ends = item.both, band or {}
    return [
        {
            "name": economy(name),
            "value": both[name].real_income_pct,
            **({"low": ends[name].low, "high": ends[name].high} if name in ends else {}),
        }
        for name in names
        if name in both
    ]


def incomes(of: Contrast, size: str = "wide", *, outcome: str = REAL_INCOME) -> Picture:
    """What becomes of the sides, of the groups, and of those that gain and lose most; whiskers where there is a band."""
    values, both = of.values(outcome), of.values(outcome, groups=True)
    sides = of.sides
    rest = sorted((code for code in values if code not in sides), key=lambda code: -values[code])
    most = MOST_NARROW if size == "narrow" else MOST
    shown = [*sides, *of.compared.groups, *dict.fromkeys((*rest[:most], *rest[-most:]))]
    band = of.band if outcome == REAL_INCOME else {}
    rows = [
        {"name": economy(code), "value": both[code]}
        | ({"low": band[code][0], "high": band[code][1]} if code in band else {})
        for code in shown
    ]
    return Picture(
        findings.incomes_said(of.name, both, sides, values.values())
        if outcome == REAL_INCOME
        else findings.ends_said(of.name, OUTCOMES[outcome], values),
        f"{OUTCOMES[outcome]}, {of.unit}{f'; {BAND}' if band else ''}; the sides, groups, and who gains and loses most",
        of.source,
        rows,
        f"Bars by economy: {OUTCOMES[outcome].lower()}, {of.name}.",
        size,
        charts.bars(rows, title="%", size=size, worse=outcome in WORSE),
    )


def world_map(of: Contrast, size: str = "wide", *, outcome: str = REAL_INCOME) -> Picture:
    """Every economy by what becomes of it."""
    values = of.values(outcome)
    name = OUTCOMES[outcome]
    return maps.map_picture(
        values,
        title=f"{of.name}: {findings.counted(values.values())}; {_ends(values)}"
        if outcome == REAL_INCOME
        else findings.ends_said(of.name, name, values),
        subtitle=f"{name}, {of.unit}",
        source=of.source,
        alt=f"World map of {name.lower()}, {of.name}.",
        size=size,
        worse=outcome in WORSE,
    )


def _ends(values: Mapping[str, float]) -> str:
    """Who gains and who loses most."""
    best, worst = max(values, key=lambda code: values[code]), min(values, key=lambda code: values[code])
    return f"most {the(best)} ({findings.signed(values[best])}), least {the(worst)} ({findings.signed(values[worst])})"


def industries(of: Contrast, code: str, size: str = "wide") -> Picture:
    """The industries of one economy whose output moves most."""
    found = {label("industry", key): value for key, value in of.industries(code).items()}
    largest = sorted(found, key=lambda key: -abs(found[key]))[:MOST_INDUSTRIES]
    rows: list[Row] = [{"name": key, "value": found[key]} for key in sorted(largest, key=lambda k: -found[k])]
    return Picture(
        findings.industries_said(of.name, code, found),
        f"Value of output in {the(code)}, {of.unit}; the {len(rows)} industries that move most",
        of.source,
        rows,
        f"Bars by industry of {the(code)}: value of output, {of.name}.",
        size,
        charts.bars(rows, title="%", size=size),
    )


def worth_rows(worth: Any, side: str) -> list[Row]:
    """What each instrument adds for one side: mean of the two orders, and both as whiskers."""
    rows: list[Row] = []
    for line in worth.lines:
        if found := line.real_income_pct.get(side):
            low, high = sorted((found.in_order, found.in_reverse))
            rows.append({"name": line.instrument, "value": (low + high) / 2, "low": low, "high": high})
    return rows


def worth(of: Contrast, side: str = "", size: str = "wide") -> Picture:
    """What each instrument of a contrast adds for one side."""
    item = of.worth or next(iter(of.result.worth.values()))
    side = side or item.between[0]
    rows = worth_rows(item, side)
    return Picture(
        findings.lines_said(item, side),
        f"Real income of {the(side)}, % of the baseline; lines added in order and in reverse: mean, and both as whiskers",
        of.source,
        rows,
        f"Bars by instrument: what each adds to the real income of {the(side)}.",
        size,
        charts.bars(rows, title="%", size=size, step=24),
    )


def bands(result: RunResult, side: str, size: str = "wide") -> Picture:
    """Real income of one side in every scenario with its 90 % band."""
    drawn = [(item, Contrast.read(result, key).band.get(side)) for key, item in result.converged.items()]
    rows: list[Row] = [
        {
            "name": findings.scenario_name(result.study.id, item),
            "value": item.both[side].real_income_pct,
            "low": band[0],
            "high": band[1],
        }
        for item, band in drawn
        if band
    ]
    best, worst = max(rows, key=lambda row: row["value"]), min(rows, key=lambda row: row["value"])
    said = [
        f"{findings.signed(row['value'])} ({findings.lowered(str(row['name']))})"  # type: ignore[arg-type]
        for row in ((worst, best) if len(rows) > 1 else (best,))
    ]
    return Picture(
        f"Real income of {the(side)} {'runs from ' if len(rows) > 1 else 'moves by '}{' to '.join(said)}",
        f"Real income, % of the baseline; {BAND}",
        findings.source_line(law="of each scenario's day", world=findings.world_said(result)),
        rows,
        f"Bars by scenario with bands: real income of {the(side)}.",
        size,
        charts.bars(rows, title="%", size=size),
    )


def households(result: RunResult, size: str = "wide") -> Picture:
    """What the added duties of every scenario cost an average household a year."""
    cost = {
        row.scenario: row for row in result.households if (row.decile, row.pass_through) == ("all", "full")
    }
    found = {key: item for key, item in result.converged.items() if key in cost}
    rows: list[Row] = [
        {
            "name": findings.scenario_name(result.study.id, item),
            "value": cost[key].usd_per_year,
            "low": cost[key].usd_min,
            "high": cost[key].usd_max,
        }
        for key, item in found.items()
    ]
    pair = Contrast.read(result).compared
    compared = [found[key] for key in (pair.of, pair.against) if key in found]
    said = [
        f"{findings.scenario_name(result.study.id, item)}: USD {count(round(cost[item.id].usd_per_year))} a year"
        for item in compared
    ]
    return Picture(
        f"What added duties cost an average US household. {'; '.join(said)}",
        "US dollars a year against the baseline, if prices carry the duties in full; whiskers: if they carry less",
        findings.source_line(law="of each scenario's day", world="US household accounts"),
        rows,
        "Bars by scenario: dollars a year that added duties cost an average household.",
        size,
        charts.bars(rows, title="USD a year", size=size, digits=0, costs=True),
    )


def duties_by_day(rows: Sequence[Mapping[str, Any]], size: str = "wide", *, linked: bool = False) -> Picture:
    """The average additional duty each side has charged the other, day by day, its large steps named."""
    pairs = [key for key in rows[0] if "<-" in key] if rows else []
    spec, notes = charts_lines.rates_over_time(rows, size=size, linked=linked)
    return Picture(
        findings.rates_said(rows, pairs),
        "Average additional duty on goods, % of value, on every day since 2018, weighted with the trade of one year",
        findings.source_line(law=f"to {day(rows[-1]['date'])}, as the notices read"),
        rows,
        "Lines: the average additional duty of each side by day; numbers stand at the large steps, which are named below.",
        size,
        spec,
        notes=notes,
    )


def draw_run(document: RunDocument | Mapping[str, Any], name: str = "income", **words: str) -> Picture:
    """Draw one picture of a run's document by its name; words as of `run_picture`."""
    return run_picture(RunDocument.read(document).result, name, **words)


# Pictures of a run by name.
PICTURES = ("tariffs", "income", "map", "industries", "worth", "bands", "households", "rates")
# What a picture is drawn from, and where that comes from.
SOURCES = {
    "bands": ("bands", "run a built-in study on its own world as it is, or `sweep` your own"),
    "households": ("households", "run a study of the United States"),
    "worth": ("contrasts", "run every scenario that the study compares"),
    "rates": ("duties of every day", "draw the outcome itself: `outcome.plot('rates')`"),
}


def run_picture(
    result: RunResult,
    name: str = "income",
    *,
    of: str = "",
    against: str = "",
    side: str = "",
    variable: str = "",
    size: str = "wide",
) -> Picture:
    """
    Draw one picture of a run by its name.

    `of` and `against` are ids of scenarios, `side` the code of an economy, `variable` one of `OUTCOMES`.
    """
    contrast = Contrast.read(result, of, against)
    who, shown = side or contrast.sides[0], variable or REAL_INCOME
    every = findings.source_line(law="of each scenario's day", world=findings.world_said(result))
    makers: dict[str, Callable[[], Picture]] = {
        "tariffs": lambda: tariffs(
            result.converged.values(), size, of=contrast.compared.of, study=result.study.id, source=every
        ),
        "income": lambda: incomes(contrast, size, outcome=shown),
        "map": lambda: world_map(contrast, size, outcome=shown),
        "industries": lambda: industries(contrast, who, size),
        "worth": lambda: worth(contrast, who, size),
        "bands": lambda: bands(result, who, size),
        "households": lambda: households(result, size),
        "rates": lambda: duties_by_day(result.timeline or (), size),
    }
    one_of(name, PICTURES, what="no such chart", where="chart")
    there = {
        "bands": result.uncertainty,
        "households": result.households,
        "worth": result.worth,
        "rates": result.timeline,
    }
    if name in there and not there[name]:
        what, repair = SOURCES[name]
        raise InputError(
            f"this run has no {what} to draw",
            where="chart",
            found=f"{result.study.id} on {result.world.name}, scenarios: {', '.join(result.converged)}",
            allowed=", ".join(key for key in PICTURES if there.get(key, True)),
            repair=repair,
        )
    return makers[name]()
