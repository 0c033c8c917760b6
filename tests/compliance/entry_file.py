"""A file of entry lines as an importer might send it: drawn from imports of 2024, one in a hundred wrong in ten ways."""

from __future__ import annotations

import csv
import datetime as dt
import random
from functools import cache

from detente.schedules.usa import us_imports_2024, us_schedule
from detente.schedules.usa.programs import programs_of

HEADS = (
    "entry", "line", "code", "origin", "value", "entered_on", "quantity", "unit", "preference", "mode", "ad_cvd_case",
    "fact.steel_content",
)  # fmt: skip
FIRST, LAST = dt.date(2025, 1, 2), dt.date(2026, 9, 30)
PER_ENTRY = 25
WRONG = {
    "no such code": ("code", "9999.99.99.99"),
    "a lost zero": ("code", "201305000"),
    "letters in the code": ("code", "7326.9O.86"),
    "no such place": ("origin", "Ruritania"),
    "a negative value": ("value", "-125.00"),
    "a value in words": ("value", "n/a"),
    "a day that is none": ("entered_on", "2025-02-30"),
    "a programme of others": ("preference", "QQ"),
    "no such mode": ("mode", "balloon"),
    "a share above one": ("fact.steel_content", "1.7"),
}
"""Kinds of wrong lines: the column, and what stands in it."""


@cache
def _cells() -> tuple[list[tuple[str, str]], list[float]]:
    """Codes of today's schedule with a partner, and imports of 2024."""
    held, standing = us_imports_2024(), us_schedule()
    always = standing.in_force(FIRST) & standing.in_force(LAST)
    known = set(standing.codes[always].tolist())
    found = [
        ((str(held.codes[row]), held.partners[partner]), float(usd))
        for row, partner, usd in zip(held.rows, held.partner, held.usd, strict=True)
        if str(held.codes[row]) in known
        and len(held.partners[partner]) == 3
        and held.partners[partner] != "EUN"
    ]
    return [cell for cell, _ in found], [usd for _, usd in found]


def entry_lines(
    lines: int, *, seed: int = 11, share_wrong: float = 0.01
) -> tuple[list[dict[str, str]], dict[int, str]]:
    """Lines of a file, and by row (the heads being row 1) how those that are wrong are wrong."""
    draw = random.Random(seed)  # noqa: S311  (a sample)
    cells, weights = _cells()
    picked = draw.choices(cells, weights=weights, k=lines)
    kinds = list(WRONG)
    wrong = {
        row: kinds[k % len(kinds)]
        for k, row in enumerate(sorted(draw.sample(range(2, lines + 2), round(lines * share_wrong))))
    }
    rows = []
    for place, (code, origin) in enumerate(picked):
        number, line = divmod(place, PER_ENTRY)
        day = FIRST + dt.timedelta(days=(number * 37) % (LAST - FIRST).days)
        mode = ("vessel", "11", "air", "truck", "")[number % 5]
        row = dict.fromkeys(HEADS, "") | {
            "entry": f"XYZ-{number:07d}-{number % 10}",
            "line": str(line + 1),
            "code": f"{code[:4]}.{code[4:6]}.{code[6:8]}.{code[8:]}".rstrip("."),
            "origin": origin,
            "value": f"{draw.lognormvariate(8.5, 1.6):.2f}",
            "entered_on": day.isoformat(),
            "mode": mode,
        }
        programmes = [item.code for item in programs_of(origin, day)]
        if programmes and draw.random() < 0.4:
            row["preference"] = programmes[0]
        if code.startswith(("72", "73")) and draw.random() < 0.3:
            row["fact.steel_content"] = f"{draw.random():.2f}"
        kind = wrong.get(place + 2)
        if kind:
            column, text = WRONG[kind]
            row[column] = text
        rows.append(row)
    return rows, wrong


def write_lines(path, rows: list[dict[str, str]]) -> None:
    """Write a file of lines."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADS)
        writer.writeheader()
        writer.writerows(rows)
