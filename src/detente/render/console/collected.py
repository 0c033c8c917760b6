"""Duties collected beside those on the books in the terminal: what it comes to, then the parts, percent of the value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detente.formatting import fixed
from detente.render.console.plain import lay_out, say, wrap

if TYPE_CHECKING:
    from rich.console import Console

# Columns of the table: the head of each, and the key of its rate.
COLUMNS: Final = {
    "letter": "letter_rate",
    "exempt": "exemptions_rate",
    "content": "contents_rate",
    "USMCA": "usmca_rate",
    "prefs": "preferences_rate",
    "books": "statutory_rate",
    "later": "deposits_rate",
    "water": "transit_rate",
    "rest": "rest_rate",
    "paid": "collected_rate",
}
_PERCENT: Final = 100.0
_BILLION: Final = 1e9
LEGEND: Final = (
    "USD bn, then percent of value. letter less exempt, content, USMCA and prefs is books; books less later (acts that"
    " reached back), water (goods in transit, at most) and rest is paid."
)


def render_collected(document: dict[str, Any], console: Console) -> None:
    """Print the answer, the table of parts, and what cannot be told apart."""
    result = document["result"]
    for sentence in result["answer"]:
        for line in wrap(sentence):
            say(console, line)
    console.print()
    cells = [[result["by"], "value", *COLUMNS]]
    for row in result["rows"]:
        name = row.get("month") or row.get("partner") or row["industry"]
        rates = [fixed(_PERCENT * row[key], 1) for key in COLUMNS.values()]
        cells.append([name, fixed(row["imports_usd"] / _BILLION, 1), *rates])
    for line in lay_out(cells, numeric=len(COLUMNS) + 1, gap=1):
        say(console, line)
    console.print()
    for text in (LEGEND, *document["warnings"]):
        for line in wrap(text):
            say(console, (line, "dim"))
