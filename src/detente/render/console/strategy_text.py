"""Strategy results in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from detente.formatting import average, change, day, fixed, number
from detente.labels import capital, label, phrase, short
from detente.policy.documents.agreements import HubAgreements
from detente.policy.documents.calendars import CalendarGame
from detente.policy.documents.forecasts import Forecast, RivalryIndex
from detente.policy.documents.games import (
    BargainResult,
    Deals,
    NashTariffs,
    OptimalTariffs,
    PayoffGame,
    SignedByWeight,
)
from detente.policy.documents.strategy import Hedge, Path, Reliance, TimeWorth, Unresolved, read_strategy
from detente.render.console.strategy_agreements import show_agreements
from detente.render.console.strategy_calendar import show_calendar
from detente.render.console.strategy_forecast import show_forecast, show_rivalry
from detente.render.console.strategy_play import (
    draws_words,
    say,
    show_hedge,
    show_payoffs,
    show_tariffs,
    signed,
    table,
    verdict_words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.console import Console

_MOST_ROWS = 12


def render_strategy(document: Mapping[str, Any], console: Console) -> None:
    """Print a strategy document for a reader."""
    result = read_strategy(document["result"])
    _SHOWN[type(result)](result, console)
    for warning in document["warnings"][:3]:
        console.print(Text(warning, style="dim"))
    rest = len(document["warnings"]) - 3
    if rest > 0:
        console.print(Text(f"{rest} more notes on estimates: --json", style="dim"))


def _bargain(bargain: BargainResult, console: Console) -> None:
    """Threat point, frontier, solutions."""
    names = bargain.players
    say(console, *(bargain.notes or ()))
    rows: list[tuple[str, ...]] = [
        (
            short("scenario", bargain.threat, within=bargain.study),
            *(signed(bargain.threat_point[w]) for w in names),
            "",
            "",
        )
    ]
    points = [(f"weight {number(item.weight)}", item) for item in bargain.frontier]
    points += [(name.lower(), item) for name, item in bargain.solutions.items()]
    rows += [
        (
            label,
            *(signed(item.real_income_pct[w]) for w in names),
            *(average(item.mean_tariffs[w]) for w in names),
        )
        for label, item in points
    ]
    table(("", *(f"{w} %" for w in names), *(f"{w} tariff" for w in names)), rows, console)
    if bargain.nash is not None:
        say(
            console,
            *(f"Nash's solution: {text}" for text in verdict_words(bargain.verdict, bargain.fragility)[:1]),
        )
        say(console, *verdict_words(bargain.verdict, bargain.fragility)[1:])


def _deals(deals: Deals, console: Console) -> None:
    """Packages both prefer."""
    names = deals.players
    say(
        console,
        f"{len(deals.rows)} of {deals.packages} packages are better for both than no deal"
        + (f"; {len(deals.failed)} failed" if deals.failed else ""),
        f"without a deal: {phrase('scenario', deals.no_deal.scenario, within=deals.study)}, real income "
        + ", ".join(f"{who} {signed(value)} %" for who, value in deals.no_deal.real_income_pct.items()),
    )
    rows = [
        (
            ", ".join(_element(deals, name) for name in row.elements) + (" *" if row.best_for_both else ""),
            *(signed(row.gain_pct[w]) for w in names),
            f"{number(round(100 * row.fragility.p_both))} %" if row.fragility else "not judged",
            change(row.sum_usd_bn, 1),
            " ".join(f"{k} {change(v, 2)}" for k, v in {**row.others_lose, **row.others_gain}.items()),
        )
        for row in deals.rows[:_MOST_ROWS]
    ]
    table(
        (
            "package (* none better for both)",
            *(f"{w} %" for w in names),
            "both gain in",
            "USD bn",
            "others %",
        ),
        rows,
        console,
    )
    if deals.rows and deals.rows[0].fragility:
        say(console, f"The first: {deals.rows[0].fragility.words}.")
    if deals.fragility is not None:
        say(console, draws_words(deals.fragility))
    if deals.weights is not None:
        _weights(deals, deals.weights, console)
    alone = [
        (_element(deals, row.element), *(signed(row.gain_pct[w], 4) for w in names)) for row in deals.alone
    ]
    table(("alone", *(f"{w} %" for w in names)), alone, console)


def _element(deals: Deals, name: str) -> str:
    """An element of a deal in a few words."""
    own = next((item.label for item in deals.elements if item.id == name), name)
    return short("deal", name, within=deals.game, otherwise=own)


def _weights(deals: Deals, found: SignedByWeight, console: Console) -> None:
    """How many packages both sign by the weight on the other's gain."""
    names = deals.players
    rows = [(fixed(row["weight"], 1), *(number(row[key]) for key in ("both", *names))) for row in found.rows]
    heads = (
        "weight on the other's gain", "packages signed if both have it", *(f"{who} alone" for who in names),
    )  # fmt: skip
    table(heads, rows, console)
    if found.none_signed_from is not None:
        ends = found.none_signed_from
        say(
            console,
            f"With real income alone {number(found.rows[0]['both'])} of {number(deals.packages)} packages suit both sides."
            f" None is left from a weight of {fixed(ends['both'], 2)} on the other's gain where both have it,"
            f" {' and '.join(f'{fixed(ends[who], 2)} where {who} alone has it' for who in names)}.",
        )


def _reliance(reliance: Reliance, console: Console) -> None:
    """Direct, look-through, cut-off."""
    a, b = reliance.a, reliance.b
    shares = [
        (
            who,
            average(item.import_share),
            average(item.export_share),
            average(reliance.look_through[who].face_value),
            average(reliance.look_through[who].look_through),
        )
        for who, item in reliance.direct.items()
    ]
    table(("reliance", "of imports", "of exports", "inputs, direct", "inputs, all rounds"), shares, console)
    cut = [
        (run, *(signed(item.loss_pct[w]) for w in (a, b)), fixed(item.leverage[a] or 0, 2))
        for run, item in (("short", reliance.cutoff.short), ("long", reliance.cutoff.long))
        if item.loss_pct and item.leverage
    ]
    table(("cut off, run", f"{a} loses %", f"{b} loses %", f"leverage of {a}"), cut, console)
    for run, verdict in (reliance.verdicts or {"cut off": None}).items():
        words = verdict_words(verdict, reliance.fragility)
        say(console, f"{capital(run)} run: {words[0]}" if verdict else words[0])
    if reliance.fragility is not None:
        say(console, draws_words(reliance.fragility))
    rows = [
        (
            label("industry", row.sector),
            *(fixed(row.short.loss_usd_bn[w], 1) for w in (a, b)),
            *(fixed(row.long.loss_usd_bn[w], 1) for w in (a, b)),
        )
        for row in reliance.by_sector[:_MOST_ROWS]
        if row.short.loss_usd_bn and row.long.loss_usd_bn
    ]
    if rows:
        heads = ("industry cut off, USD bn", f"{a} short", f"{b} short", f"{a} long", f"{b} long")
        table(heads, rows, console)


def _path(path: Path, console: Console) -> None:
    """Year by year."""
    a, b = path.sides
    say(console, f"path of {path.truce}, breakdown into {path.breakdown}")
    rows = [
        (
            f"{row.year} {row.law}",
            average(row.tariffs[f"{b}<-{a}"]),
            average(row.adjusted_to[f"{b}<-{a}"]),
            average(row.reliance[f"{b} on {a}"].import_share),
            average(row.reliance[f"{a} on {b}"].export_share),
            *(change(row.breakdown.first_year_pct[w]) for w in (a, b)),
        )
        for row in path.years
    ]
    heads = (
        "year",
        f"{b} tariff",
        "adjusted to",
        f"{b} imports from {a}",
        f"{a} exports to {b}",
        f"break: {a} %",
        f"break: {b} %",
    )
    table(heads, rows, console)
    if path.time is not None:
        _time(path, path.time, console)


def _time(path: Path, time: TimeWorth, console: Console) -> None:
    """The truce against no truce and against one that nobody doubts; who gains from time."""
    a, b = path.sides
    shown = [row for row in path.years if row.no_truce_pct and row.undoubted_pct]
    rows = [
        (
            str(row.year),
            *(signed(row.real_income_pct[w]) for w in (a, b)),
            *(signed(row.no_truce_pct[w]) for w in (a, b) if row.no_truce_pct),
            *(signed(row.undoubted_pct[w]) for w in (a, b) if row.undoubted_pct),
        )
        for row in shown
    ]
    heads = [f"{words}: {w} %" for words in ("truce", "no truce", "nobody doubts it") for w in (a, b)]
    say(console, "real income, % of the baseline: the truce, no truce, and a truce nobody doubts")
    table(("year", *heads), rows, console)
    words = [
        f"a breakdown would cost {w} {number(item.loss_first_pct, 3)} % of income in {path.years[0].year} and"
        f" {number(item.loss_last_pct, 3)} % in {path.years[-1].year}"
        for w, item in time.sides.items()
    ]
    gains = (
        f"; time is on the side of {time.gains}, whose loss falls by the larger part" if time.gains else ""
    )
    say(console, f"{capital('; '.join(words))}{gains}.")


def _unresolved(found: Unresolved, console: Console) -> None:
    """What each side asks of the other, with what granting it is worth."""
    say(
        console,
        f"What each side still asks of the other on {day(found.on)}, and what granting it is worth by the model",
    )
    for asker in found.sides:
        asks = [item for item in found.asks if item.asker == asker]
        rows = [
            (
                capital(item.title),
                item.state,
                f"{item.says} ({day(item.said_on)})" if item.says and item.kind == "burden" else "",
                *([signed(item.worth.pct[w]) for w in found.sides] if item.worth else ["not priced", ""]),
            )
            for item in asks
        ]
        heads = (f"{asker} asks", "today", "last said", *(f"{w} %" for w in found.sides))
        table(heads, rows, console, left=3)
        why = sorted({item.not_priced for item in asks if item.not_priced})
        if why:
            say(console, f"not priced: {'; '.join(why)}")


_SHOWN: dict[type, Callable[[Any, Console], None]] = {
    OptimalTariffs: show_tariffs,
    NashTariffs: show_tariffs,
    PayoffGame: show_payoffs,
    BargainResult: _bargain,
    Deals: _deals,
    Hedge: show_hedge,
    Reliance: _reliance,
    Path: _path,
    CalendarGame: show_calendar,
    Unresolved: _unresolved,
    Forecast: show_forecast,
    RivalryIndex: show_rivalry,
    HubAgreements: show_agreements,
}
