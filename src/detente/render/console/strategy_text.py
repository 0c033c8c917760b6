"""Strategy results in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from detente.formatting import average, change, fixed, number
from detente.render.console.strategy_play import say, show_hedge, show_payoffs, show_tariffs, signed, table

if TYPE_CHECKING:
    from rich.console import Console

_MOST_ROWS = 12


def render_strategy(document: dict[str, Any], console: Console) -> None:
    """Print a strategy document for a reader."""
    result = document["result"]
    for key, show in _SHOWN.items():
        if key in result:
            show(result, console)
            break
    for warning in document["warnings"][:3]:
        console.print(Text(warning, style="dim"))
    rest = len(document["warnings"]) - 3
    if rest > 0:
        console.print(Text(f"{rest} more notes on estimates: --json", style="dim"))


def _bargain(result: dict[str, Any], console: Console) -> None:
    """Threat point, frontier, solutions."""
    names = result["players"]
    say(console, *result.get("notes", []))
    rows = [
        (
            "no deal: the scenario " + result["threat"],
            *(signed(result["threat_point"][w]) for w in names),
            "",
            "",
        )
    ]
    points_ = [(f"weight {number(item['weight'])}", item) for item in result["frontier"]]
    points_ += [(key.replace("_", "-"), result[key]) for key in ("nash", "kalai_smorodinsky") if result[key]]
    rows += [
        (
            label,
            *(signed(item["real_income_pct"][w]) for w in names),
            *(average(item["mean_tariffs"][w]) for w in names),
        )
        for label, item in points_
    ]
    table(("", *(f"{w} %" for w in names), *(f"{w} tariff" for w in names)), rows, console)


def _deals(result: dict[str, Any], console: Console) -> None:
    """Packages both prefer."""
    names = result["players"]
    say(
        console,
        f"{len(result['rows'])} of {result['packages']} packages are better for both than no deal"
        + (f"; {len(result['failed'])} failed" if result["failed"] else ""),
        "no deal: the scenario "
        + result["no_deal"]["scenario"]
        + ", real income "
        + ", ".join(
            f"{who} {signed(value)} %" for who, value in result["no_deal"]["real_income_pct"].items()
        ),
    )
    rows = [
        (
            ", ".join(row["elements"]) + (" *" if row["best_for_both"] else ""),
            *(signed(row["gain_pct"][w]) for w in names),
            change(row["sum_usd_bn"], 1),
            " ".join(f"{k} {change(v, 2)}" for k, v in {**row["others_lose"], **row["others_gain"]}.items()),
        )
        for row in result["rows"][:_MOST_ROWS]
    ]
    table(
        ("package (* none better for both)", *(f"{w} %" for w in names), "USD bn", "others %"), rows, console
    )
    rows = [(row["element"], *(signed(row["gain_pct"][w], 4) for w in names)) for row in result["alone"]]
    table(("alone", *(f"{w} %" for w in names)), rows, console)


def _reliance(result: dict[str, Any], console: Console) -> None:
    """Direct, look-through, cut-off."""
    rows = [
        (
            who,
            average(item["import_share"]),
            average(item["export_share"]),
            average(result["look_through"][who]["face_value"]),
            average(result["look_through"][who]["look_through"]),
        )
        for who, item in result["direct"].items()
    ]
    table(("reliance", "of imports", "of exports", "inputs, direct", "inputs, all rounds"), rows, console)
    a, b = result["a"], result["b"]
    rows = [
        (run, *(signed(item["loss_pct"][w]) for w in (a, b)), fixed(item["leverage"][a] or 0, 2))
        for run, item in result["cutoff"].items()
        if item["status"] == "converged"
    ]
    table(("cut off, run", f"{a} loses %", f"{b} loses %", f"leverage of {a}"), rows, console)
    rows = [
        (
            row["sector"],
            *(fixed(row["short"]["loss_usd_bn"][w], 1) for w in (a, b)),
            *(fixed(row["long"]["loss_usd_bn"][w], 1) for w in (a, b)),
        )
        for row in result["by_sector"][:_MOST_ROWS]
        if row["short"]["status"] == row["long"]["status"] == "converged"
    ]
    if rows:
        heads = ("industry cut off, USD bn", f"{a} short", f"{b} short", f"{a} long", f"{b} long")
        table(heads, rows, console)


def _path(result: dict[str, Any], console: Console) -> None:
    """Year by year."""
    a, b = result["sides"]
    say(console, f"path of {result['truce']}, breakdown into {result['breakdown']}")
    rows = [
        (
            f"{row['year']} {row['law']}",
            average(row["tariffs"][f"{b}<-{a}"]),
            average(row["adjusted_to"][f"{b}<-{a}"]),
            average(row["reliance"][f"{b} on {a}"]["import_share"]),
            average(row["reliance"][f"{a} on {b}"]["export_share"]),
            *(change(row["breakdown"]["first_year_pct"][w]) for w in (a, b)),
        )
        for row in result["years"]
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


_SHOWN = {
    "against": show_tariffs,
    "credible": show_payoffs,
    "kalai_smorodinsky": _bargain,
    "no_deal": _deals,
    "bloc": show_hedge,
    "look_through": _reliance,
    "years": _path,
}
