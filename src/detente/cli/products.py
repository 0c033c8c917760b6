"""Command that finds products: search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from detente.cli import options as cli
from detente.cli.options import Output

if TYPE_CHECKING:
    from rich.console import Console


def search(
    *words: str,
    to: Annotated[str, Parameter(name=["--to", "--destination"])] = "USA",
    on: str | None = None,
    limit: int = 20,
    output: Output | None = None,
) -> int:
    """
    Find products by words or by the beginning of their code, each with its heading, rate and trade.

    Parameters
    ----------
    words
        Words of the good, such as: cotton T-shirts; or a code of 2 to 10 digits.
    to
        Importer whose schedule is searched: USA.
    on
        Only lines that stand on this day (ISO).
    limit
        How many at most.
    output
        Form of the result.
    """
    from detente.api.products import search as find  # noqa: PLC0415  (reads the schedule)

    output, text = output or Output(), " ".join(words)
    asked: dict[str, Any] = {"to": to, "on": on, "limit": limit}
    if output.reproduce:
        return cli.reproduce(cli.call_text("search", text, **asked))
    found = find(text, **asked)
    cli.emit(cli.document(dict(found), cli.open_law(output)), output, _render)
    return 0


def _render(document: dict[str, Any], console: Console) -> None:
    """Print the lines found as a table."""
    from detente.formatting import money, rate  # noqa: PLC0415
    from detente.render.plain import make_table, say  # noqa: PLC0415

    result = document["result"]
    when = f", lines of {result['on']}" if result["on"] else ", the latest lines held"
    say(console, (f"{result['words']}: lines of the United States schedule", "bold"), when)
    table = make_table("code", "heading", "line", "general rate", "imports 2024", numeric=1)
    for row in result["rows"]:
        shown = rate(row["rate"]) if row["rate"] is not None else row["rate_text"] or "not known"
        cells = (_short(row["heading"]), _short(row["description"]))
        table.add_row(row["code"], *cells, shown, money(row["imports_usd"], "USD"))
    console.print(table)
    say(
        console,
        ("before additional duties: `detente duty CODE --from ORIGIN --to USA` gives all that apply", "dim"),
    )


def _short(text: str) -> str:
    """The beginning of a long description."""
    from textwrap import shorten  # noqa: PLC0415

    return shorten(text, 60, placeholder=" ...")
