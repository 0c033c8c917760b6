"""What a search for products looks like in a terminal."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

from detente.formatting import money, rate
from detente.render.console.plain import make_table, say

if TYPE_CHECKING:
    from rich.console import Console

    from detente.io.documents import Document
    from detente.io.stamped import Stamped
    from detente.schedules.documents.products import ProductsFound


def render_search(document: Stamped[ProductsFound, Document], console: Console) -> None:
    """Print the lines found as a table."""
    result = document.result
    table = make_table("code", "heading", "line", "general rate", "imports 2024", numeric=1)
    for row in result.rows:
        shown = rate(row.rate) if row.rate is not None else row.rate_text or "not known"
        cells = (_short(row.heading), _short(row.description))
        table.add_row(row.code, *cells, shown, money(row.imports_usd, "USD"))
    console.print(table)
    command = f"`detente duty CODE --from ORIGIN --to {result.destination}`"
    say(console, (f"before additional duties: {command} gives all that apply", "dim"))


def _short(text: str) -> str:
    """The beginning of a long description."""
    return shorten(text, 60, placeholder=" ...")
