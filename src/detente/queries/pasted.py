"""Tables pasted into a form."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pandas as pd

from detente.errors import InputError

if TYPE_CHECKING:
    from detente.queries.fields import Columns

MOST_ROWS = 2_000


def read_pasted(text: str, columns: Columns, *, where: str) -> pd.DataFrame | None:
    """Rows of a pasted table with named columns; None when nothing was pasted."""
    if not text.strip():
        return None
    reader = csv.reader(io.StringIO(text.strip()))
    try:
        head = [cell.strip().lower() for cell in next(reader)]
        rows = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as problem:
        raise _refusal(where, str(problem), columns) from None
    if not set(columns.names[: columns.least]) <= set(head) <= set(columns.names) or len(set(head)) != len(
        head
    ):
        raise _refusal(where, ", ".join(head)[:200], columns)
    if len(rows) > MOST_ROWS:
        raise _refusal(where, f"{len(rows)} rows", columns)
    if any(len(row) != len(head) for row in rows):
        raise _refusal(where, "a row with more or fewer cells than the first", columns)
    return pd.DataFrame(rows, columns=head).reindex(columns=list(columns.names), fill_value="")


def _refusal(where: str, found: str, columns: Columns) -> InputError:
    """The refusal of a pasted table."""
    return InputError(
        "not a table that can be read",
        where=where,
        found=found,
        allowed=f"comma-separated rows under {', '.join(columns.names)}; at most {MOST_ROWS} rows",
        repair="paste the first line with the names of the columns, then one row a line",
    )
