"""Tables that become cards on narrow screens: each cell carries the heading of its column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Final

TAG: Final = re.compile(r"<(/?)(table|thead|tbody|tr|t[hd])\b([^>]*)>", re.IGNORECASE)
INSIDE: Final = re.compile(r"<[^>]+>")
SPAN: Final = re.compile(r'\b(row|col)span="(\d+)"')


@dataclass
class _Table:
    """Where the reading of a table is: headings, whether they are being read, the column, cells that reach down."""

    headings: list[str] = field(default_factory=list)
    head: bool = False
    column: int = 0
    below: dict[int, int] = field(default_factory=dict)

    def begin_row(self) -> None:
        """Start a row; cells of rows above that reach into it take their columns."""
        self.column = 0
        self.skip()

    def skip(self) -> None:
        """Step over columns taken from above."""
        while self.below.get(self.column):
            self.below[self.column] -= 1
            self.column += 1

    def take(self, attributes: str) -> str:
        """Take the next cell; gives the heading of its column."""
        spans = {kind: int(size) for kind, size in SPAN.findall(attributes)}
        heading = self.headings[self.column] if self.column < len(self.headings) else ""
        for column in range(self.column, self.column + spans.get("col", 1)):
            if spans.get("row", 1) > 1:
                self.below[column] = spans["row"] - 1
        self.column += spans.get("col", 1)
        self.skip()
        return heading


def label_cells(page: str) -> str:
    """
    Give every cell of a table's body the heading of its column as ``data-label``.

    Examples
    --------
    >>> label_cells("<table><thead><tr><th>A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>")
    '<table><thead><tr><th>A</th></tr></thead><tbody><tr><td data-label="A">1</td></tr></tbody></table>'
    """
    tables: list[_Table] = []

    def replaced(found: re.Match[str]) -> str:
        closing, name, attributes = found[1], found[2].lower(), found[3]
        if name == "table":
            if closing:
                del tables[-1:]
            else:
                tables.append(_Table())
            return found[0]
        if not tables or (closing and name != "thead"):
            return found[0]
        table = tables[-1]
        if name == "thead":
            table.head = not closing
        elif name == "tr":
            table.begin_row()
        elif name in {"td", "th"}:
            if table.head:
                table.headings += [_text_after(page, found.end())] * _columns(attributes)
            elif heading := table.take(attributes):
                return f'<{name}{attributes} data-label="{escape(heading)}">'
        return found[0]

    return TAG.sub(replaced, page)


def _columns(attributes: str) -> int:
    """How many columns a heading stands over."""
    return int(dict(SPAN.findall(attributes)).get("col", 1))


def _text_after(page: str, start: int) -> str:
    """Words of a heading that begins at a place."""
    end = page.find("</th>", start)
    return unescape(INSIDE.sub("", page[start : max(end, start)])).strip()
