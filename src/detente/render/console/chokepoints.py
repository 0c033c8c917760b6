"""What a cut of critical inputs looks like in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.formatting import change, rate
from detente.render.console.plain import make_table, say

if TYPE_CHECKING:
    from rich.console import Console


def render_chokepoints(document: dict[str, Any], console: Console) -> None:
    """Print losses by input and economy, then what stands behind one input."""
    result = document["result"]
    for item in result["inputs"]:
        _print_losses(item, result["rows"], console)
    if "curve" in result:
        _print_curve(result["curve"], console)
        _print_drivers(result["drivers"], console)
        for one in result["episodes"]:
            verdict = "central estimate within" if one["central_within"] else "central estimate outside"
            verdict += "" if one["range_within"] else ", the range reaches beyond"
            say(
                console,
                (f"{one['id']}: {_ranged(one, 'change_pct')} % of {one['watched']}, seen at most ", ""),
                (f"{change(one['at_most_pct'])} %: {verdict}", "bold"),
            )
            say(console, (one["seen"], "dim"))
        for one in result["published"]:
            say(console, (f"published: {one['text']}", ""))
    for item in result["not_covered"]:
        say(console, (f"not covered: {item['id']}: {item['why']}", "dim"))
    for warning in document["warnings"]:
        say(console, (warning, "dim"))


def _print_losses(item: dict[str, Any], rows: list[dict[str, Any]], console: Console) -> None:
    """Real GDP of each economy at each horizon."""
    own = [row for row in rows if row["input"] == item["input"]]
    horizons = list(dict.fromkeys(row["horizon"] for row in own))
    say(
        console,
        (item["title"], "bold"),
        (
            f": held by {item['holder']}, {rate(own[0]['cut'], 0)} of its deliveries abroad cut; real GDP, %",
            "",
        ),
    )
    table = make_table("", *horizons, numeric=len(horizons))
    for label in dict.fromkeys(row["economy"] for row in own):
        cells = {row["horizon"]: _ranged(row, "gdp_pct") for row in own if row["economy"] == label}
        table.add_row(label, *(cells[horizon] for horizon in horizons))
    console.print(table)


def _ranged(row: dict[str, Any], key: str) -> str:
    """A change with its range."""
    if row[key] is None:
        return "not known"
    return f"{change(row[key], 3)} ({change(row[f'{key}_min'], 3)} to {change(row[f'{key}_max'], 3)})"


def _print_curve(rows: list[dict[str, Any]], console: Console) -> None:
    """Real GDP of the first economy over elasticity and cut."""
    label = rows[0]["economy"]
    own = [row for row in rows if row["economy"] == label]
    cuts = list(dict.fromkeys(row["cut"] for row in own))
    say(console, (f"{label} over the cut (across) and the elasticity (down), {rows[0]['horizon']}", "bold"))
    table = make_table("", *(rate(cut, 0) for cut in cuts), numeric=len(cuts))
    for elasticity in dict.fromkeys(row["elasticity"] for row in own):
        found = [row["gdp_pct"] for row in own if row["elasticity"] == elasticity]
        table.add_row(str(elasticity), *("not known" if x is None else change(x, 3) for x in found))
    console.print(table)


def _print_drivers(rows: list[dict[str, Any]], console: Console) -> None:
    """Which assumption makes the difference, for the first economy."""
    label = rows[0]["economy"]
    say(
        console,
        (f"{label}: one assumption at a time at the low and the high end, {rows[0]['horizon']}", "bold"),
    )
    table = make_table("", "low", "high", numeric=2)
    for row in rows:
        if row["economy"] == label:
            cells = (row["gdp_pct_low"], row["gdp_pct_high"])
            table.add_row(row["assumption"], *("" if x is None else change(x, 3) for x in cells))
    console.print(table)
