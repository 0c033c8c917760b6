"""Text from files and users in the terminal: shown as it is, never read as markup."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any, Final, Literal

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console, RenderableType


# Columns of a narrow terminal, for which answers are laid out.
NARROW: Final = 80
# Characters of a detail in a cell; `--json` has all of it.
DETAIL_WIDTH: Final = 110


class PlainTable(Table):
    """A table whose cells are text."""

    def add_row(self, *cells: RenderableType | None, **options: Any) -> None:
        """Add a row; square brackets in a cell are square brackets."""
        super().add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells), **options)


def make_table(*headers: str, numeric: int = 0) -> PlainTable:
    """Make a table with a head."""
    justify: Literal["left", "right"]
    table = PlainTable(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for k, header in enumerate(headers):
        justify = "right" if k >= len(headers) - numeric else "left"
        table.add_column(Text(header), justify=justify, overflow="fold")
    return table


def make_pairs() -> PlainTable:
    """Make a table of names and values without a head."""
    table = PlainTable(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    return table


def lay_out(rows: Sequence[Sequence[str]], *, numeric: int = 0, indent: int = 0, gap: int = 2) -> list[str]:
    """Lay rows out in columns without rules, the last `numeric` columns to the right; no blanks at the ends of lines."""
    widths = [max(cell_len(row[k]) for row in rows) for k in range(len(rows[0]))]
    first = len(widths) - numeric
    found = []
    for row in rows:
        cells = [
            _fill(cell, width, right=k >= first)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        found.append(" " * indent + (" " * gap).join(cells).rstrip())
    return found


def _fill(text: str, width: int, *, right: bool) -> str:
    """A cell at the width of its column."""
    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks


def wrap(text: str, *, indent: int = 2, less: int = 0) -> list[str]:
    """Break a sentence into lines of a narrow terminal, all but the first indented; `less` columns are left free."""
    return textwrap.wrap(text, NARROW - less, subsequent_indent=" " * indent, break_on_hyphens=False)


def say(console: Console, *parts: str | tuple[str, str]) -> None:
    """Print one line."""
    console.print(Text.assemble(*parts))


def render_schema(document: Mapping[str, Any], console: Console) -> None:
    """Print a JSON schema as it is, so that it can go to a file."""
    console.out(json.dumps(document["result"], ensure_ascii=False, indent=1), highlight=False)
