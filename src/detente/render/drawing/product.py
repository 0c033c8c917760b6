"""The picture of a duty on one product since 2018: its parts stacked, its largest steps named."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, Final

from detente.formatting import day, rate
from detente.render.drawing import charts_lines, findings
from detente.render.drawing.picture import Picture
from detente.render.drawing.text import the

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row = dict[str, Any]
STEPS: Final = 6
# A change of a duty smaller than this is no step.
SMALLEST: Final = 1e-6


def draw_history(rows: Sequence[Row], asked: Mapping[str, str], size: str = "wide") -> Picture:
    """Parts of a duty on every day of change; `asked` has code, origin and destination."""
    where = f"{the(asked['destination'])} on {asked['code']} from {the(asked['origin'])}"
    steps = largest_steps(rows)
    return Picture(
        findings.history_said(rows),
        f"Duty of {where}, % of customs value, its parts stacked; before 2025 on the lines of 2025",
        findings.source_line(law=f"to {day(rows[-1]['to'])}, as the notices read"),
        rows,
        f"Areas by day: the parts of the duty of {where}; the largest steps are named below.",
        size,
        charts_lines.history(rows, size=size),
        notes=steps,
    )


def largest_steps(rows: Sequence[Row]) -> list[str]:
    """
    Name the largest steps of a duty, in the order of time.

    Examples
    --------
    >>> span = {"from": "2025-01-01", "part": "Ordinary duty", "rate": 0.0}
    >>> largest_steps([span, {**span, "from": "2025-02-04"}, {"from": "2025-02-04", "part": "Fentanyl duty", "rate": 0.1}])
    ['4 February 2025: Fentanyl duty begins at 10 %']
    """
    by_day = [
        (start, {row["part"]: row["rate"] for row in own})
        for start, own in groupby(rows, key=lambda row: row["from"])
    ]
    steps = []
    for (_, before), (start, after) in pairwise(by_day):
        parts = dict.fromkeys((*before, *after))
        moved = {part: after.get(part, 0.0) - before.get(part, 0.0) for part in parts}
        said = [
            _said(part, before.get(part), after.get(part)) for part in parts if abs(moved[part]) > SMALLEST
        ]
        if said:
            steps.append((abs(sum(moved.values())), start, said))
    largest = sorted(steps, key=lambda step: -step[0])[:STEPS]
    return [
        f"{day(start)}: {'; '.join(said)}" for _, start, said in sorted(largest, key=lambda step: step[1])
    ]


def _said(part: str, before: float | None, after: float | None) -> str:
    """What happens to a part."""
    if before is None:
        return f"{part} begins at {rate(after)}"
    return f"{part} ends (was {rate(before)})" if after is None else f"{part} {rate(before)} to {rate(after)}"
