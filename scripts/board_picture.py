"""
Draw the README's first picture: the board on 2025-10-27, as `detente status` prints it.

    python scripts/board_picture.py
"""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from detente.asof import AsOf
from detente.ledger import open_ledger, status
from detente.render import render_board

REPO = Path(__file__).resolve().parents[1]
DAY = dt.date(2025, 10, 27)
COLUMNS = 150


def main() -> None:
    """Record the terminal and save it as SVG."""
    console = Console(record=True, width=COLUMNS, force_terminal=True, file=Path(os.devnull).open("w"))  # noqa: SIM115
    board = status(open_ledger(), asof=AsOf.of(DAY))
    render_board({"result": board, "warnings": board.pop("warnings", ())}, console)
    path = REPO / "docs" / f"board-{DAY}.svg"
    drawn = console.export_svg(title=f"detente status --on {DAY}", theme=DEFAULT_TERMINAL_THEME)
    drawn = re.sub(
        r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL
    )  # fonts of the reader's machine, no request
    path.write_text(drawn.replace("Fira Code", "ui-monospace, Menlo, Consolas"), encoding="utf-8")
    print(f"{path.relative_to(REPO)}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
