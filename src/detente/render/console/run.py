"""A run in the terminal: the comparison of its scenarios, what contrasts are worth, and what the numbers rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.formatting import average, change, count, fixed, number
from detente.io.documents import as_json
from detente.policy.documents.run import RunDocument, solved
from detente.render import theme
from detente.render.console.plain import make_table, say
from detente.render.kinds import heading, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from rich.console import Console
    from rich.table import Table

    from detente.policy.documents.bands import Bands
    from detente.policy.documents.run import (
        Band,
        Bound,
        BoundAt,
        DriverCheck,
        HouseholdRow,
        RunResult,
        Scenario,
        Unsolved,
        Worth,
    )


def render_run(document: RunDocument | Mapping[str, Any], console: Console) -> None:
    """Print the comparison of a run's scenarios, what the contrasts are worth, and what the numbers rest on."""
    run = RunDocument.read(document)
    result = run.result
    say(console, (result.study.title, "bold"))
    say(console, _world_line(result))
    for item in result.worth.values():
        say(console, (item.title, "bold"), f" ({item.of} against {item.against})")
        console.print(_worth(item))
        for sentence in item.why:
            say(console, sentence)
    for sentence in result.evidence:
        say(console, ("How this method did: ", "bold"), sentence)
    _instruments(result, console)
    _drivers(result, console)
    if result.households:
        say(console, ("\nWhat it costs a US household a year", "bold"), ", USD, against the baseline")
        console.print(_households(result.households))
    if result.ranges:
        console.print(_bands(result.band))
    if result.uncertainty:
        console.print(_uncertainty(result.uncertainty))
    if result.second_world:
        world = result.second_world.world
        say(console, (f"\nThe same on {world.name}", "bold"), f" ({world.year}, observed flows)")
        console.print(_comparison(result.second_world.scenarios))
    _footer(run, console)
    say(console, (f"\n{result.study.title}: the comparison", "bold"))
    console.print(_comparison(result.scenarios))


def _world_line(result: RunResult) -> str:
    """The world, the claim checked, and the flows the results rest on."""
    world = result.world
    parts = [f"{world.name}: {world.economies} economies x {world.sectors} industries, {world.year}"]
    if claim := world.claim:
        share = world.groups[claim.group].gdp_share
        parts.append(
            f"{claim.group} is {average(share)} of world GDP (claimed: about {average(claim.share, 0)};"
            f" World Bank 2022: {average(claim.share_2022)})"
        )
    moved = result.baseline.moved
    shown = result.baseline.flows_usd_bn if moved else world.flows_usd_bn
    flows = ", ".join(f"{pair} {fixed(value, 1)} bn" for pair, value in shown.items())
    how = "solved" if moved else "estimated" if world.flows_estimated else "observed"
    parts.append(f"baseline goods flows, USD: {flows} ({how})")
    return "; ".join(parts)


def _households(rows: tuple[HouseholdRow, ...]) -> Table:
    """One row per scenario: the mean with its range, the ends of the distribution, and by the model's prices."""
    by = {(row.scenario, row.decile, row.pass_through): row for row in rows}
    table = make_table(
        "scenario", "duties in full", "range", "lowest tenth", "highest tenth", "model's prices"
    )
    for scenario in dict.fromkeys(row.scenario for row in rows):
        mean = by[scenario, "all", "full"]
        cells = (by[scenario, "1", "full"], by[scenario, "10", "full"], by[scenario, "all", "model"])
        table.add_row(
            scenario,
            _dollars(mean.usd_per_year),
            f"{_dollars(mean.usd_min)} to {_dollars(mean.usd_max)}",
            *(_dollars(row.usd_per_year) for row in cells),
        )
    return table


def _dollars(value: float) -> str:
    """Dollars, to the ten."""
    return count(round(value, -1))


def _comparison(scenarios: dict[str, Scenario | Unsolved]) -> Table:
    """One row per scenario."""
    found = solved(scenarios)
    first = next(iter(found.values()))
    columns = [
        *(pair.replace("<-", "\N{LEFTWARDS ARROW}") for pair in first.pairs),
        *first.sides,
        *first.groups,
    ]
    table = make_table("scenario", *columns, numeric=len(columns))
    for key, item in found.items():
        incomes = [item.economies[side].real_income_pct for side in first.sides]
        incomes += [value.real_income_pct for value in item.groups.values()]
        table.add_row(key, *(average(item.tariffs[pair]) for pair in first.pairs), *map(change, incomes))
    table.caption = "average tariffs on goods (importer, exporter); real income, % of the baseline"
    return table


def _bands(band: Band) -> Table:
    """Range of real income over the estimates of the flows."""
    found = band.real_income_pct or {}
    labels = [label for label in next(iter(found.values())) if label in theme.marks()["estimated"]]
    table = make_table("scenario", *labels, numeric=len(labels))
    for key, row in found.items():
        table.add_row(key, *(f"{change(row[x].low)} .. {change(row[x].high)}" for x in labels))
    table.caption = f"real income %, range over the estimates of the flows: {', '.join(band.variants or ())}"
    return table


def _uncertainty(bands: Bands) -> Table:
    """Quantile bands of real income over the draws that come with the package."""
    found = {key: rows["real_income_pct"] for key, rows in bands.scenarios.items()}
    labels = [x for x in theme.marks()["uncertain"] if all(x in rows for rows in found.values())]
    table = make_table("scenario", *labels, numeric=len(labels))
    for key, rows in found.items():
        table.add_row(key, *(f"{change(rows[x].q05)} .. {change(rows[x].q95)}" for x in labels))
    stale = f"; worked out on another {', '.join(bands.stale_because)}" if bands.stale else ""
    table.caption = f"real income %, 90 % band over {count(bands.draws)} draws{stale}; {bands.command}"
    return table


def _worth(item: Worth) -> Table:
    """One row per instrument: effect in the stated order and in its reverse."""
    labels = [*item.between, "WORLD"]
    table = make_table("instrument", *(f"{label} %" for label in labels), numeric=len(labels))
    for line in item.lines:
        cells = [line.real_income_pct[label] for label in labels]
        table.add_row(line.instrument, *(f"{change(c.in_order)} | {change(c.in_reverse)}" for c in cells))
    table.add_row("together", *(change(item.total_pct[label]) for label in labels), style="bold")
    table.caption = "change of real income, % of the baseline: in the stated order | in its reverse"
    return table


def _instruments(result: RunResult, console: Console) -> None:
    """What each instrument other than a tariff adds, and what became of limits and targets."""
    found = {key: item for key, item in result.converged.items() if item.contributions}
    if not found:
        return
    labels = [
        *(side for item in list(result.worth.values())[:1] for side in item.between),
        *next(iter(found.values())).groups,
    ]
    table = make_table("what each other instrument adds", "scenario", *labels, numeric=len(labels))
    for key, item in found.items():
        for instrument, row in item.contributions.items():
            title = result.instruments[instrument].title
            table.add_row(title, key, *(change(row[label], 4) for label in labels))
    table.caption = "real income with everything less real income without it, % of the baseline"
    console.print(table)
    for key, item in found.items():
        for label, bound in item.constraints.items():
            say(console, f"{key}: {_bound(label, bound)}")
            for at in bound.range:
                say(console, f"  {at.assumption} {number(at.value)}: {_bound(label, at)}")


def _drivers(result: RunResult, console: Console) -> None:
    """Assumptions that move the headline numbers most, by exact solves, and how far first order was from them."""
    heads = ("real income of", "assumption", "value", "if it were", "moves it by, points", "first order")
    for scenario, sides in result.drivers.items():
        table = make_table(*heads, numeric=2)
        for side, rows in sides.items():
            for k, row in enumerate(rows):
                values = (text_of("is", row.value), text_of("is", row.alternative))
                moves = (change(row.effect_pct, 4), change(row.first_order_pct, 4))
                table.add_row(side if k == 0 else "", row.assumption, *values, *moves)
        table.title = f"{scenario}: what moves it most (each solved again)"
        table.caption = _checked(result.drivers_checked[scenario])
        console.print(table)


def _checked(checks: dict[str, DriverCheck]) -> str:
    """How many alternatives were solved, and how far first order was from the exact effects."""
    worst = max(checks.values(), key=lambda item: item.largest_gap_pct)
    usual = max(item.median_gap_pct for item in checks.values())
    return (
        f"{count(max(item.solved for item in checks.values()))} alternatives solved; first order, which chose most of them,"
        f" was off by up to {number(worst.largest_gap_pct, 4)} points ({worst.largest_gap_of}), in half of them by at most"
        f" {number(usual, 4)}"
    )


def _bound(label: str, row: Bound | BoundAt) -> str:
    """What became of a limit or target, in a line."""
    verb = "at most" if row.kind == "limit" else "at least"
    state = "binds" if row.binding else "does not bind"
    money_word = "rent" if row.kind == "limit" else "cost to the buyer's budget"
    return (
        f"{label}, {verb} {fixed(row.bound, 3)} of the base year: {state}, volume {fixed(row.volume_hat, 3)},"
        f" price factor {fixed(row.multiplier, 3)}, {money_word} USD {fixed(row.rent_usd_bn, 2)} bn"
    )


def _footer(run: RunDocument, console: Console) -> None:
    """Instruments left out, warnings, stamp."""
    left_out = {text for item in run.result.converged.values() for text in item.not_included}
    if left_out:
        say(console, f"\nNot included: {'; '.join(sorted(left_out))}.")
    for warning in run.warnings:
        say(console, (warning, "dim"))
    stamp = as_json(run.stamp)
    hashes = ", ".join(
        f"{heading(key)} {str(value)[:12]}" for key, value in stamp.items() if key.endswith("_hash") and value
    )
    say(console, (f"detente {run.stamp.detente}; {hashes}; {run.stamp.command}", "dim"))
