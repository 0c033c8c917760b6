"""One line that says what a document answers and what the answer is."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from detente import formatting
from detente.io.stamped import Stamped
from detente.render.headline import first_lines
from detente.render.law_headline import figures

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH = 200


def answer_line(document: Mapping[str, Any] | Stamped[Any, Any], prints: str = "") -> str:
    """
    Say the question with its day, and the answer: its main numbers, what the board holds, how many rows, or its first line.

    `prints`: the function of `detente.render` that lays the document out for a reader.

    Examples
    --------
    >>> answer_line({"result": {"bloc": "RCEP", "under": "truce", "on": "2025-11-10", "rows": [{}]}})
    'RCEP as a hedge under truce on 10 November 2025: 1 row'
    """
    result = document.result if isinstance(document, Stamped) else document["result"]
    head = first_lines(document)
    said = figures(result) or _printed(document, prints)
    return ": ".join(part for part in (head[0] if head else "", said) if part)


@figures.register(dict)
def _(result: Mapping[str, Any]) -> str:
    """The answer in numbers, where it is one of those."""
    if not isinstance(result.get("rows"), list):
        return ""
    many = len(result["rows"])
    return f"{formatting.count(many)} row{'' if many == 1 else 's'}"


def _printed(document: Any, prints: str) -> str:
    """The first line that the terminal shows of an answer."""
    from rich.console import Console  # noqa: PLC0415  (only where an answer is long)

    from detente import render  # noqa: PLC0415  (its names load on first use)

    if not prints:
        return ""
    out = StringIO()
    getattr(render, prints)(document, Console(file=out, width=WIDTH, color_system=None))
    return next((line.strip() for line in out.getvalue().splitlines() if line.strip()), "")
