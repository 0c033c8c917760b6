"""
Write docs/csv.md from the columns that `--csv` prints: src/detente/data/columns.csv.

    python scripts/csv_page.py
"""

from __future__ import annotations

from pathlib import Path

from detente.queries import QUESTIONS
from detente.queries.question import question_of
from detente.render.columns import columns

PAGE = Path(__file__).parents[1] / "docs" / "csv.md"
HEAD = """# Tables as CSV

`--csv` prints the main table of an answer; `Accept: text/csv` gives the same over HTTP. A question has one header,
whatever it is asked and whatever the answer: a value that an answer does not have is an empty cell. Numbers are plain
decimals, rates fractions (0.25 is 25 %), changes in percent where the name says `pct`, days ISO. Several things in one
cell stand as `name: value; name: value`. Where a name has ECONOMY or PAIR in it, there is one such column for each
economy, group or pair that the question or its study names. `--json` has all of an answer, a table what fits in rows;
the games (`play`), `path` and `sweep` have no header of their own, since their players and dates name the columns.
"""


def page() -> str:
    """The page as it is to be."""
    known = columns()
    parts = [HEAD]
    for name in QUESTIONS:
        if name in known:
            command = " ".join(question_of(name).command)
            rows = [f"| `{item.name}` | {item.unit} | {item.meaning} |" for item in known[name]]
            parts.append(
                "\n".join(
                    [f"## {command}", "", "| column | unit | meaning |", "| --- | --- | --- |", *rows, ""]
                )
            )
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
