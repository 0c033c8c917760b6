"""A run in the terminal: the answer in a screen, one part of what it rests on, or all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detente.errors import InputError
from detente.formatting import average, change, count, fixed, number, rate
from detente.geography.economies import spoken
from detente.io.documents import as_json
from detente.io.words import meant
from detente.labels import called_world, label, phrase, short
from detente.policy.documents.run import RunDocument, solved
from detente.render import theme
from detente.render.console.answer import answer_lines, scenario_name
from detente.render.console.plain import make_table, say
from detente.render.kinds import heading, text_of
from detente.render.revenue import revenue_note

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from rich.console import Console
    from rich.table import Table

    from detente.policy.documents.bands import Bands, Spread
    from detente.policy.documents.run import (
        Band,
        Bound,
        BoundAt,
        CustomsRevenue,
        Driver,
        DriverCheck,
        HouseholdRow,
        RunResult,
        Scenario,
        Unsolved,
        Worth,
    )


def render_run(
    document: RunDocument | Mapping[str, Any], console: Console, *, full: bool = False, show: str = ""
) -> None:
    """Print the answer of a run, one of its parts, or everything it has."""
    run = RunDocument.read(document)
    if show:
        _part(show)(run, console)
        return
    if not full:
        for line in answer_lines(run):
            say(console, line)
        return
    for part in PARTS.values():
        part(run, console)
    _stamp(run, console)
    say(console, (f"\n{run.result.study.title}: the comparison", "bold"))
    console.print(_comparison(run.result, run.result.scenarios))


def _part(name: str) -> Callable[[RunDocument, Console], None]:
    """The part of a run that has a name."""
    if name not in PARTS:
        raise InputError(
            "no such part of a run",
            where="--show",
            found=name,
            allowed=", ".join(PARTS),
            repair=meant(name, PARTS, otherwise="leave it out for the answer, or give --full for everything"),
        )
    return PARTS[name]


def _worlds(run: RunDocument, console: Console) -> None:
    """The world the numbers rest on, and the same scenarios on the second one."""
    result = run.result
    say(console, _world_line(result))
    if result.second_world:
        world = result.second_world.world
        say(console, (f"\nThe same on the {called_world(world.name)}", "bold"), " (observed flows)")
        console.print(_comparison(result, result.second_world.scenarios))
    if found := result.customs_revenue:
        say(console, (f"\nTariff revenue of {spoken(found.importer)} a year, USD bn", "bold"))
        console.print(_revenue(result, found))
        say(console, revenue_note(found))


def _instruments(run: RunDocument, console: Console) -> None:
    """What contrasts are worth line by line, and what each instrument other than a tariff adds."""
    result = run.result
    for item in result.worth.values():
        of, against = (scenario_name(result, key, phrase) for key in (item.of, item.against))
        say(console, (item.title, "bold"), f" ({of} rather than {against})")
        console.print(_worth(item))
        for sentence in item.why:
            say(console, sentence)
    _contributions(result, console)


def _evidence(run: RunDocument, console: Console) -> None:
    """How the method did where it was held against what was traded."""
    for sentence in run.result.evidence:
        say(console, ("How this method did: ", "bold"), sentence)
    say(console, ("More: detente evidence", "dim"))


def _what_moves_it(run: RunDocument, console: Console) -> None:
    """Assumptions that move the headline numbers most, by exact solves, and how far first order was from them."""
    result = run.result
    for scenario, sides in result.drivers.items():
        heads = ("real income of", "assumption", "value", "if it were", "moves it by, points", "first order")
        table = make_table(*heads, numeric=2)
        for side, rows in sides.items():
            for k, row in enumerate(rows):
                moves = (change(row.effect_pct, 4), change(row.first_order_pct, 4))
                table.add_row(side if k == 0 else "", *_driver(row), *moves)
        table.title = f"{scenario_name(result, scenario, label)}: what moves it most (each solved again)"
        table.caption = _checked(result.drivers_checked[scenario])
        console.print(table)


def _driver(row: Driver) -> tuple[str, str, str]:
    """An assumption, its value and its alternative, in words."""
    values = (_value(value) for value in (row.value, row.alternative))
    return (label("assumption", row.assumption), *values)  # type: ignore[return-value]


def _value(value: float | str) -> str:
    """The value of an assumption: a number, or the words for the table it names."""
    return phrase("word", value) if isinstance(value, str) else text_of("is", value)


def _household_costs(run: RunDocument, console: Console) -> None:
    """What each scenario costs a household."""
    if run.result.households:
        say(console, ("\nWhat it costs a US household a year", "bold"), ", USD, against the baseline")
        console.print(_households(run.result, run.result.households))


def _ranges(run: RunDocument, console: Console) -> None:
    """How sure the numbers are: over the estimates of the flows, and over the draws that come with the package."""
    result = run.result
    if result.ranges:
        console.print(_bands(result, result.band))
    if result.uncertainty:
        console.print(_uncertainty(result, result.uncertainty))


def _limits(run: RunDocument, console: Console) -> None:
    """What became of limits and targets, what is left out, and what a reader must know before quoting a number."""
    result = run.result
    for key, item in result.converged.items():
        for name, bound in item.constraints.items():
            say(console, f"{scenario_name(result, key, short)}: {_bound(result, name, bound)}")
            for at in bound.range:
                with_value = f"{phrase('assumption', at.assumption)} {number(at.value)}"
                say(console, f"  with {with_value}: {_bound(result, name, at)}")
    left_out = {text for item in result.converged.values() for text in item.not_included}
    if left_out:
        say(console, f"Not included: {'; '.join(sorted(left_out))}.")
    for warning in run.warnings:
        say(console, (warning, "dim"))


PARTS: Final[dict[str, Callable[[RunDocument, Console], None]]] = {
    "worlds": _worlds,
    "instruments": _instruments,
    "evidence": _evidence,
    "drivers": _what_moves_it,
    "households": _household_costs,
    "bands": _ranges,
    "limits": _limits,
}


def _world_line(result: RunResult) -> str:
    """The world, the claim checked, and the flows the results rest on."""
    world = result.world
    size = f"{count(world.economies)} economies x {count(world.sectors)} industries"
    parts = [f"{label('world', world.name)}: {size}, {world.year}"]
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


def _revenue(result: RunResult, found: CustomsRevenue) -> Table:
    """One row per scenario: on the world's flows and at customs values, in the run's horizon and at one year."""
    head = ("scenario", "world's flows", "customs values", "factor", "at one year", "customs values")
    table = make_table(*head, numeric=5)
    for key, row in found.scenarios.items():
        early = found.at_one_year.get(key)
        cells = [row.world_usd_bn, row.customs_usd_bn]
        later = [early.world_usd_bn, early.customs_usd_bn] if early else []
        factor = fixed(row.factor, 2) if row.factor else ""
        words = [fixed(value, 1) for value in (*cells, *later)]
        table.add_row(scenario_name(result, key, short), *words[:2], factor, *(words[2:] or ("", "")))
    return table


def _households(result: RunResult, rows: tuple[HouseholdRow, ...]) -> Table:
    """One row per scenario: the mean with its range, the ends of the distribution, and by the model's prices."""
    by = {(row.scenario, row.decile, row.pass_through): row for row in rows}
    table = make_table(
        "scenario", "duties in full", "range", "lowest tenth", "highest tenth", "model's prices"
    )
    for scenario in dict.fromkeys(row.scenario for row in rows):
        mean = by[scenario, "all", "full"]
        cells = (by[scenario, "1", "full"], by[scenario, "10", "full"], by[scenario, "all", "model"])
        table.add_row(
            scenario_name(result, scenario, short),
            _dollars(mean.usd_per_year),
            f"{_dollars(mean.usd_min)} to {_dollars(mean.usd_max)}",
            *(_dollars(row.usd_per_year) for row in cells),
        )
    return table


def _dollars(value: float) -> str:
    """Dollars, to the ten."""
    return count(round(value, -1))


def _comparison(result: RunResult, scenarios: dict[str, Scenario | Unsolved]) -> Table:
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
        tariffs = (average(item.tariffs[pair]) for pair in first.pairs)
        table.add_row(scenario_name(result, key, short), *tariffs, *map(change, incomes))
    table.caption = "average tariffs on goods (importer, exporter); real income, % of the baseline"
    return table


def _bands(result: RunResult, band: Band) -> Table:
    """Range of real income over the estimates of the flows."""
    found = band.real_income_pct or {}
    labels = [label for label in next(iter(found.values())) if label in theme.marks()["estimated"]]
    table = make_table("scenario", *labels, numeric=len(labels))
    for key, row in found.items():
        ends = (f"{change(row[x].low)} .. {change(row[x].high)}" for x in labels)
        table.add_row(scenario_name(result, key, short), *ends)
    variants = ", ".join(phrase("variant", name) for name in band.variants or ())
    table.caption = f"real income %, range over the estimates of the flows: {variants}"
    return table


def _uncertainty(result: RunResult, bands: Bands) -> Table:
    """Quantile bands of real income over the draws that come with the package."""
    found = {key: rows["real_income_pct"] for key, rows in bands.scenarios.items()}
    labels = [x for x in theme.marks()["uncertain"] if all(x in rows for rows in found.values())]
    table = make_table("scenario", *labels, numeric=len(labels))
    for key, rows in found.items():
        table.add_row(scenario_name(result, key, short), *_ends(rows, labels))
    for key, spreads in bands.contrasts.items():
        if key not in result.worth:
            continue
        table.add_row(label("contrast", key, within=result.study.id), *_ends(spreads, labels), style="bold")
    stale = f"; worked out on another {', '.join(bands.stale_because)}" if bands.stale else ""
    table.caption = f"real income %, 90 % band over {count(bands.draws)} draws{stale}; {bands.command}"
    return table


def _ends(rows: Mapping[str, Spread], labels: Sequence[str]) -> list[str]:
    """Both ends of bands."""
    return [f"{change(rows[x].q05)} .. {change(rows[x].q95)}" for x in labels]


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


def _checked(checks: dict[str, DriverCheck]) -> str:
    """How many alternatives were solved, and how far first order was from the exact effects."""
    worst = max(checks.values(), key=lambda item: item.largest_gap_pct)
    usual = max(item.median_gap_pct for item in checks.values())
    return (
        f"{count(max(item.solved for item in checks.values()))} alternatives solved; first order, which chose most of them,"
        f" was off by up to {number(worst.largest_gap_pct, 4)} points"
        f" ({phrase('assumption', worst.largest_gap_of)}), in half of them by at most {number(usual, 4)}"
    )


def _contributions(result: RunResult, console: Console) -> None:
    """What each instrument other than a tariff adds."""
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
            title = label("instrument", instrument, otherwise=result.instruments[instrument].title)
            table.add_row(title, scenario_name(result, key, short), *(change(row[x], 4) for x in labels))
    table.caption = "real income with everything less real income without it, % of the baseline"
    console.print(table)


def _bound(result: RunResult, name: str, row: Bound | BoundAt) -> str:
    """What became of a limit or target, in a line."""
    verb = "at most" if row.kind == "limit" else "at least"
    state = "binds" if row.binding else "does not bind"
    money_word = "rent" if row.kind == "limit" else "cost to the buyer's budget"
    return (
        f"{phrase('carve', name)}, {verb} {rate(row.bound, 1)} of {result.world.year} volume: {state},"
        f" volume {rate(row.volume_hat, 1)}, price factor {fixed(row.multiplier, 3)},"
        f" {money_word} USD {fixed(row.rent_usd_bn, 2)} bn"
    )


def _stamp(run: RunDocument, console: Console) -> None:
    """What the numbers were made of."""
    stamp = as_json(run.stamp)
    hashes = ", ".join(
        f"{heading(key)} {str(value)[:12]}" for key, value in stamp.items() if key.endswith("_hash") and value
    )
    say(console, (f"detente {run.stamp.detente}; {hashes}", "dim"))
    say(console, (run.stamp.command, "dim"))
