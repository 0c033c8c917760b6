"""
Write the table of docs/instruments.md from the assumptions of the instruments.

    python scripts/instrument_tables.py
"""

from __future__ import annotations

import re
from pathlib import Path

from detente.policy.instrument_table import instrument_table

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "instruments.md"


def main() -> None:
    """Replace the table between its marks."""
    rows = [
        f"| `{item.name}` | {item.value:g} | {', '.join(f'{x:g}' for x in item.alternatives)} | {item.why} {item.source}. |"
        for item in instrument_table().assumptions
    ]
    body = "\n".join(
        ["| name | value | alternatives | why and source |", "| --- | ---: | --- | --- |", *rows]
    )
    text = DOCUMENT.read_text(encoding="utf-8")
    text, count = re.subn(
        r"(<!-- table assumptions -->\n).*?(<!-- end -->)",
        lambda found: f"{found[1]}{body}\n{found[2]}",
        text,
        flags=re.DOTALL,
    )
    if count != 1:
        raise SystemExit(f"{DOCUMENT}: {count} places for the table, one expected")
    DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
