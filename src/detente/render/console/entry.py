"""What whole entries look like in a terminal: totals, entries, questions once, rows that could not be used."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, Any, Final

from detente.formatting import OPEN, count, fixed
from detente.render.console.plain import make_pairs, make_table, say

if TYPE_CHECKING:
    from rich.console import Console

# Rows of a table that are printed; `--out` and `--json` have all of them.
MOST: Final = 12


def render_entry(document: dict[str, Any], console: Console) -> None:
    """Print what a file of entries comes to."""
    result = document["result"]
    _totals(result, console)
    _entries(result, console)
    _lines(result, console)
    _questions(result, console)
    _refused(result, console)
    for warning in document["warnings"][:MOST]:
        say(console, (warning, "dim"))


def _money(value: float | None) -> str:
    """An amount to the cent."""
    return "not known" if value is None else fixed(value, 2)


def _totals(result: dict[str, Any], console: Console) -> None:
    """Sums over all entries."""
    totals, pairs = result["totals"], make_pairs()
    pairs.add_row("lines", f"{count(totals['lines'])} in {count(totals['entries'])} entries")
    least, most = totals["duty_min"], totals["duty_max"]
    spread = "" if least == most else f" ({_money(least)} to {OPEN if most is None else _money(most)})"
    pairs.add_row(f"value, {result['currency']}", _money(totals["value"]))
    pairs.add_row("duty", _money(totals["duty"]) + spread)
    named = {"cases": "antidumping and countervailing"}
    skipped = {"entries", "lines", "value", "duty", "duty_min", "duty_max"}
    for key, value in totals.items():
        if key not in skipped and value:
            shown = count(value) if isinstance(value, int) else _money(value)
            pairs.add_row(named.get(key, key), shown)
    console.print(pairs)


def _entries(result: dict[str, Any], console: Console) -> None:
    """The entries with their fees."""
    rows = result["entries"]
    fees = [key.removesuffix("_why") for key in (rows[0] if rows else {}) if key.endswith("_why")]
    table = make_table(
        "entry", "day", "lines", "value", "duty", *fees, "total", "refundable", numeric=6 + len(fees)
    )
    for row in rows[:MOST]:
        money = [_money(row[key]) for key in ("value", "duty", *fees, "total", "refundable")]
        table.add_row(row["entry"], row["entered_on"], count(row["lines"]), *money)
    console.print(table)
    _more(len(rows), "entries", console)


def _lines(result: dict[str, Any], console: Console) -> None:
    """The first rows of the entry summaries."""
    table = make_table("entry", "line", "heading", "duty", "base", "rate", "amount", numeric=3)
    for row in result["lines"][:MOST]:
        shown = "" if row["rate"] is None else f"{fixed(row['rate'] * 100.0, 4).rstrip('0').rstrip('.')} %"
        title = shorten(row["title"], 40, placeholder=" ...")
        heading = row["heading"] or "none held"
        table.add_row(
            row["entry"], row["line"], heading, title, _money(row["base"]), shown, _money(row["amount"])
        )
    console.print(table)
    _more(len(result["lines"]), "rows of the entry summaries", console)


def _questions(result: dict[str, Any], console: Console) -> None:
    """Open facts, each once."""
    for row in result["questions"][:MOST]:
        lines = (
            f"{count(row['lines'])} {'line' if row['lines'] == 1 else 'lines'}, value {_money(row['value'])}"
        )
        say(console, (f"{row['fact']}: ", "bold"), f"{row['why']} {row['effect']} ({lines}: {row['at']})")
    _more(len(result["questions"]), "questions", console)


def _refused(result: dict[str, Any], console: Console) -> None:
    """Rows that could not be used."""
    for item in result["refused"][:MOST]:
        found = f", found {item['found']}" if item["found"] else ""
        say(
            console,
            (f"row {item['row']}, {item['column']}: ", "bold red"),
            f"{item['what']}{found}; {item['repair']}",
        )
    _more(len(result["refused"]), "things wrong", console)


def _more(rows: int, what: str, console: Console) -> None:
    """Say that a table goes on."""
    if rows > MOST:
        say(console, (f"and {count(rows - MOST)} more {what}: see --out, --json or --csv", "dim"))
