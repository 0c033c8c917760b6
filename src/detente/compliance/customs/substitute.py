"""What stands in where neither schedule nor duties of an importer are held: what is, and its average by industry."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from detente.duties.averages.coverage import IMPORTS_YEAR
from detente.formatting import rate as rate_text
from detente.geography import territories as customs
from detente.manifest import DATA, read_rows
from detente.schedules import provided
from detente.schedules.usa import industry_of

if TYPE_CHECKING:
    from detente.ledger import Book


@functools.cache
def industry_tariffs() -> dict[tuple[str, str], float]:
    """Average duty of an importer on an industry's goods from all partners, fraction; the baseline of the world of 2022."""
    rows = read_rows(DATA / "tariffs" / "industry_tariffs.csv")
    return {(row["importer"], row["industry"]): float(row["rate"]) for row in rows}


def held_elsewhere(book: Book) -> str:
    """Whose ordinary duties are held."""
    cited = [name for name in book.law.mfn_lines if name not in provided()]
    by_law = f", and by law or single lines of {', '.join(sorted(cited))}" if cited else ""
    return f"ordinary duties are held of {', '.join(provided())}{by_law}"


def average_in_place(code: str, importer: str) -> str:
    """The average of the importer's duties on the good's industry, or empty where none is held."""
    industry = str(industry_of(np.array([code.ljust(6, "0")]))[0])
    rate = industry_tariffs().get((importer, industry))
    if rate is None:
        return ""
    return (
        f"in its place, estimated: in {IMPORTS_YEAR} the duties of {customs.name(importer)} averaged {rate_text(rate)} on"
        f" imports of industry {industry}, to which the good belongs"
    )
