"""What a track record looks like in a terminal: the answer, then the model and the rules beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.formatting import count, fixed, rate
from detente.geography.economies import name as named
from detente.render.console.plain import make_table, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.console import Console

# Groups as readers know them; an economy by its name.
WORDS = {"all": "all partners", "third": "third countries"}


def render_evidence(document: dict[str, Any], console: Console) -> None:
    """Print what the record comes to, a table of scores for each episode, the fits and the path."""
    result = document["result"]
    for line in result["answer"]:
        say(console, line)
    for body in result["episodes"].values():
        _episode(body, result["registered"], console)
    _fits(result["fits"], console)
    _path(result["path"], result["literature"], console)
    say(console, (f"Measure: {result['registered']['measure']}", "dim"))
    say(console, (f"Data: {result['registered']['source']}.", "dim"))
    for warning in document["warnings"]:
        say(console, (warning, "dim"))


def _episode(body: Mapping[str, Any], plan: Mapping[str, Any], console: Console) -> None:
    """The main window's scores with rules beside them, then the other windows."""
    window = next(item for item in body["windows"] if item["main"])
    title = f"{window['title']} on the same months of {body['base_year']}: {body['title']}"
    say(console, "")
    say(console, (title, "bold"))
    table = make_table(
        "what",
        "shock",
        "cells",
        "skill",
        "slope (error)",
        "correlation",
        "sign right",
        "model gains",
        numeric=6,
    )
    groups = ("all", plan["focus"], "third")
    for group in groups:
        for row in _of(body["scores"], window["id"], group, trends=False):
            _add(table, f"model, {row['horizon']} ({fixed(row['ratio'], 2)})", row, row["shock"])
        for row in _of(body["scores"], window["id"], group, trends=True):
            if row["horizon"] == body["scores"][0]["horizon"]:
                _add(table, f"  less growth since {row['trend_from']}", row, row["shock"])
        for row in _of(body["nulls"], window["id"], group, trends=False):
            _add(table, row["rule"], row, "")
    console.print(table)
    others = [item for item in body["windows"] if not item["main"]]
    if others:
        _windows(body, others, groups, console)
    thin, without = rate(window["thin_share"], 3), rate(window["without_industry_share"], 3)
    say(
        console,
        (f"not scored: {thin} of imports, in thin cells, and {without}, goods without an industry", "dim"),
    )
    _beside(body["beside"], console)


def _beside(found: Mapping[str, Any], console: Console) -> None:
    """What customs took and prices of imports beside what the model makes of the duties; then jobs by industry."""
    if not found["levels"]:
        return
    table = make_table(
        "beside trade",
        "before",
        "observed",
        "its trend",
        "imports unmoved",
        "model, collected",
        "model, law",
        numeric=6,
    )
    for row in found["levels"]:
        head = f"{row['what']}, {row['unit']}, {row['horizon']} ({fixed(row['ratio'], 2)})"
        names = ("before", "observed", "trend", "unmoved", "collected", "law")
        table.add_row(head, *(fixed(row.get(name), 1) if row.get(name) is not None else "" for name in names))
    console.print(table)
    if not found["jobs"]:
        return
    table = make_table(
        "jobs by industry", "shock", "industries", "skill", "slope (error)", "correlation", numeric=4
    )
    for row in found["jobs"]:
        aside = f", less growth since {row['trend_from']}" if row["trend_from"] else ""
        head = f"model, {row['horizon']} ({fixed(row['ratio'], 2)}){aside}"
        skill, related = (
            fixed(row[name], 2) if row[name] is not None else "" for name in ("skill", "correlation")
        )
        slope = _with_error(row["slope"], row["slope_se"])
        table.add_row(head, row["shock"], count(row["n"]), skill, slope, related)
    console.print(table)


def _of(
    rows: Iterable[Mapping[str, Any]], window: str, group: str, *, trends: bool
) -> list[Mapping[str, Any]]:
    """Rows of one window and group."""
    return [
        row for row in rows if row["window"] == window and row["group"] == group and row["trends"] == trends
    ]


def _add(table: Any, what: str, row: Mapping[str, Any], shock: str) -> None:
    """One row of scores."""
    group = WORDS.get(row["group"]) or named(row["group"])
    skill, related = (
        fixed(value, 2) if value is not None else "" for value in (row["skill"], row["correlation"])
    )
    sign = rate(row["sign_share"], 2) if row["sign_share"] is not None else ""
    slope = _with_error(row["slope"], row.get("slope_se"))
    gain = _with_error(row.get("model_gain"), row.get("model_gain_se"))
    table.add_row(f"{group}: {what}", shock, count(row["n"]), skill, slope, related, sign, gain)


def _with_error(value: float | None, error: float | None) -> str:
    """A number with its standard error behind it."""
    if value is None:
        return ""
    return fixed(value, 2) if error is None else f"{fixed(value, 2)} ({fixed(error, 2)})"


def _windows(
    body: Mapping[str, Any], windows: list[Mapping[str, Any]], groups: tuple[str, ...], console: Console
) -> None:
    """The other windows at the first horizon, duties collected."""
    table = make_table("other months", *(WORDS.get(group) or named(group) for group in groups), numeric=3)
    horizon = body["scores"][0]["horizon"]
    for window in windows:
        cells = []
        for group in groups:
            rows = _of(body["scores"], window["id"], group, trends=False)
            row = next(r for r in rows if r["shock"] == "collected" and r["horizon"] == horizon)
            slope = f", slope {fixed(row['slope'], 2)}" if row["slope"] is not None else ""
            cells.append(f"skill {fixed(row['skill'], 2)}{slope}" if row["skill"] is not None else "")
        table.add_row(window["title"], *cells)
    console.print(table)


def _fits(rows: Iterable[Mapping[str, Any]], console: Console) -> None:
    """Values fitted, and their skill where they were not fitted."""
    table = make_table("fitted", "on", "value (5 to 95 %)", "scored on", "skill", numeric=1)
    for row in rows:
        band = f"{fixed(row['value'], 2)} ({fixed(row['q05'], 2)} to {fixed(row['q95'], 2)})"
        for score in row["scored"]:
            if score["skill"] is None:
                continue
            span = score["from"] if score["from"] == score["to"] else f"{score['from']} to {score['to']}"
            group = WORDS.get(score["group"]) or named(score["group"])
            aside = "" if score["partners"] == "all" else f", partners {score['partners']}"
            where = f"{span}, {group}{aside}"
            table.add_row(row["rule"], row["fitted_on"], band, where, fixed(score["skill"], 2))
    console.print(table)


def _path(rows: Iterable[Mapping[str, Any]], papers: Iterable[Mapping[str, Any]], console: Console) -> None:
    """The elasticity that fits by months since the change, and what papers find."""
    table = make_table(
        "month", "months since", "ratio to the long run (5 to 95 %)", "of customs value", numeric=3
    )
    for row in rows:
        band = f"{fixed(row['ratio'], 2)} ({fixed(row['q05'], 2)} to {fixed(row['q95'], 2)})"
        band = f"end of the grid: {band}" if row["at_end"] else band
        table.add_row(row["month"], count(row["months_since"]), band, fixed(row["customs_elasticity"], 1))
    if table.row_count:
        console.print(table)
    for paper in papers:
        low, high = fixed(paper["low"], 2), fixed(paper["high"], 2)
        span = low if low == high else f"{low} to {high}"
        say(console, (f"{paper['about']}: {span} ({paper['source']})", "dim"))
