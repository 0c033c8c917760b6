"""Japan behind the calls that every schedule answers."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.schedules.listed.printed import Printed

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray


class Japan(Printed):
    """
    The Tariff Schedule of July 2026, nine digits.

    A line that changes with the season stands once a season. Where the source gave the agreement columns on another line
    they are lost: what agreements give on such a line is unknown.
    """

    @cached_property
    def _seasons(self) -> dict[int, str]:
        """Season of the rows that have one."""
        return {row: text for row, text in enumerate(self.lines.texts("season").tolist()) if text}

    @lru_cache(maxsize=16)  # noqa: B019  (one object for the process)
    def day_rows(self, on: dt.date) -> NDArray[np.intp]:
        """Rows that stand on a day: of a line with seasons, that of the day."""
        rows = np.arange(self.lines.codes.size)
        out = [row for row, text in self._seasons.items() if not _within(text, on)]
        return np.delete(rows, out)

    @cached_property
    def _held(self) -> NDArray[np.bool_]:
        """Whether the agreement columns of each row are held, shape (P,)."""
        return self.lines.flags("agreements_held")

    def holds_agreements(self, row: int) -> bool:
        """Whether the agreement columns of a line are its own."""
        return bool(self._held[row])


def _within(season: str, on: dt.date) -> bool:
    """Whether a day lies in a season written MM-DD/MM-DD, which may span the turn of the year."""
    first, last = season.split("/")
    day = f"{on:%m-%d}"
    # The season that ends on the last of February ends on the 29th of a leap year.
    last = "02-29" if last == "02-28" else last
    return first <= day <= last if first <= last else day >= first or day <= last


PROVIDER: Final = Japan("japan")
