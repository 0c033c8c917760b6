"""What one economy's answer looks like in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.formatting import average, change, day
from detente.render.console.plain import make_table, say
from detente.render.drawing.text import economy, industry

if TYPE_CHECKING:
    from rich.console import Console


def render_economy(document: dict[str, Any], console: Console) -> None:
    """Print the study's question first, then tariffs, scenarios, industries, inputs and dates."""
    result = document["result"]
    _print_question(result, console)
    _print_tariffs(result, console)
    table = make_table("real income", "%", "USD bn a year", "90 % band", numeric=3)
    for row in result["stakes"]:
        table.add_row(
            row["label"], change(row["real_income_pct"]), change(row["real_income_usd_bn"], 2), banded(row)
        )
    console.print(table)
    if result["industries"]:
        table = make_table("industry, the same question", "output, %", "USD bn", numeric=2)
        for row in result["industries"]:
            table.add_row(
                industry(row["name"]), change(row["output_pct"], 2), change(row["output_usd_bn"], 2)
            )
        console.print(table)
    _print_exposures(result["exposures"], console)
    for row in result["lapses"]:
        say(
            console,
            (f"{day(row['date'])}", "bold"),
            (f": {row['title']}, {row['event']} ({row['basis']})", ""),
        )
    for warning in document["warnings"]:
        say(console, (warning, "dim"))


def banded(row: dict[str, Any]) -> str:
    """The ends of nine draws of ten; empty where nothing was drawn."""
    return "" if row["low"] is None else f"{change(row['low'])} to {change(row['high'])}"


def _print_question(result: dict[str, Any], console: Console) -> None:
    """What the study's question comes to."""
    asked = result["question"]
    if asked is None:
        return
    verb = "gains" if asked["real_income_pct"] > 0 else "loses"
    size = f"{change(abs(asked['real_income_pct'])).lstrip('+')} %"
    usd = f"USD {change(abs(asked['real_income_usd_bn']), 2).lstrip('+')} bn a year"
    say(
        console,
        (f"{result['name']} {verb} {size} of real income ({usd})", "bold"),
        (f" from {asked['label']} against {asked['against_label']}", ""),
        (f"; {banded(asked)} in nine draws of ten" if asked["low"] is not None else "", ""),
        (f"; place {asked['place']} of {asked['economies']}, of which {asked['gain']} gain.", ""),
    )


def _print_tariffs(result: dict[str, Any], console: Console) -> None:
    """Average tariffs it charges and faces."""
    differ = any(
        row["charges"] != row["charges_reported"] or row["faces"] != row["faces_reported"]
        for row in result["tariffs"]
    )
    heads = ("charges", "faces", *(("charges, as reported", "faces, as reported") if differ else ()))
    table = make_table("average tariff", *heads, numeric=len(heads))
    for row in result["tariffs"]:
        keys = ("charges", "faces", *(("charges_reported", "faces_reported") if differ else ()))
        name = "all partners" if row["partner"] == "*" else economy(row["partner"])
        table.add_row(name, *(average(row[key]) for key in keys))
    console.print(table)


def _print_exposures(rows: list[dict[str, Any]], console: Console) -> None:
    """What cuts of critical inputs would cost."""
    if not rows:
        return
    horizons = list(dict.fromkeys(row["horizon"] for row in rows))
    table = make_table("a cut of", *(f"GDP, %, {name}" for name in horizons), numeric=len(horizons))
    for title in dict.fromkeys(row["title"] for row in rows):
        own = {row["horizon"]: row for row in rows if row["title"] == title}
        cells = (
            "not known"
            if own[name]["gdp_pct"] is None
            else f"{change(own[name]['gdp_pct'])} ({change(own[name]['gdp_pct_min'])} to"
            f" {change(own[name]['gdp_pct_max'])})"
            for name in horizons
        )
        table.add_row(title, *cells)
    console.print(table)
