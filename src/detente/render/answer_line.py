"""One line that says what a document answers and what the answer is."""

from __future__ import annotations

from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING, Any

from detente import formatting
from detente.render.headline import first_lines, numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH = 200
# What a state is called among counts.
WORDS = {"none": "not announced"}


def answer_line(document: Mapping[str, Any], prints: str = "") -> str:
    """
    Say the question with its day, and the answer: its main numbers, what the board holds, how many rows, or its first line.

    `prints`: the function of `detente.render` that lays the document out for a reader.

    Examples
    --------
    >>> board = [{"state": "in force"}, {"state": "suspended"}, {"state": "in force"}]
    >>> answer_line({"result": {"on": "2025-10-27", "board": board}})
    'The board on 27 October 2025: 2 in force, 1 suspended'
    """
    result = document["result"]
    head = first_lines(document)
    said = _figures(result) or _printed(document, prints)
    return ": ".join(part for part in (head[0] if head else "", said) if part)


def _figures(result: Mapping[str, Any]) -> str:
    """The answer in numbers, where it is one of those."""
    if "board" in result:
        states = Counter(row["state"] for row in result["board"])
        return ", ".join(
            f"{formatting.count(many)} {WORDS.get(state, state)}" for state, many in states.items()
        )
    if "due_to_date" in result:
        done = "purchases not known" if result["done"] is None else f"{_of(result, 'done')} bought"
        return f"{done}, {_of(result, 'due_to_date')} due to date, target {_of(result, 'target')}"
    if isinstance(result.get("rows"), list):
        many = len(result["rows"])
        return f"{formatting.count(many)} row{'' if many == 1 else 's'}"
    try:
        return numbers(result)
    except (KeyError, TypeError):
        return ""


def _of(result: Mapping[str, Any], name: str) -> str:
    """A quantity of a commitment in its unit."""
    return formatting.quantity(result[name], result["unit"])


def _printed(document: Mapping[str, Any], prints: str) -> str:
    """The first line that the terminal shows of an answer."""
    from rich.console import Console  # noqa: PLC0415  (only where an answer is long)

    from detente import render  # noqa: PLC0415  (its names load on first use)

    if not prints:
        return ""
    out = StringIO()
    getattr(render, prints)(document, Console(file=out, width=WIDTH, color_system=None))
    return next((line.strip() for line in out.getvalue().splitlines() if line.strip()), "")
