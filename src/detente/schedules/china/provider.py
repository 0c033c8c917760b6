"""China behind the calls that every schedule answers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.formatting import rate as rate_text
from detente.schedules.codes import dotted
from detente.schedules.listed.provider import MFN, Listed
from detente.schedules.provider import OrdinaryDuty

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray


class China(Listed):
    """
    The Import and Export Tariff of 2026, eight digits.

    On an earlier day a line answers where its rate is known to have been that of 2026 since before it; else its rate of the
    day is not known, and what bounds it is said. A provisional rate of the whole line is the rate applied; one of an item
    within the line is what the duty is at least.
    """

    @cached_property
    def _rates(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.str_]]:
        """Most-favoured-nation rate, provisional rate and what it covers, shape (P,) each."""
        lines = self.lines
        return lines.numbers("mfn"), lines.numbers("provisional"), lines.texts("covers")

    @cached_property
    def since(self) -> NDArray[np.datetime64]:
        """Day since which the rate applied in 2026 is known to hold, shape (P,)."""
        said = self.lines.texts("since").tolist()
        return np.array([day or self.first_day.isoformat() for day in said], dtype="datetime64[D]")

    @cached_property
    def _bounds(self) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
        """Whether items within the line had lower rates in 2019; what the rate was at least and at most before `since`."""
        lines = self.lines
        return lines.flags("mixed"), lines.numbers("earlier_least"), lines.numbers("earlier_most")

    def applied(self) -> NDArray[np.float64]:
        """Rate applied in 2026, NaN where it is not known, shape (P,)."""
        mfn, provisional, covers = self._rates
        return np.where((covers == "whole") & ~np.isnan(mfn), provisional, mfn)

    def rates_on(self, on: dt.date) -> NDArray[np.float64]:
        """Rate applied on a day, NaN where it is not known, shape (P,)."""
        return np.where(self.since <= np.datetime64(on), self.applied(), np.nan)

    def ordinary_duty(
        self, row: int, *, column: int, value: float | None, quantity: str | None, on: dt.date
    ) -> OrdinaryDuty:
        """The rate applied to a line on a day, or what bounds it."""
        del column, value, quantity
        mfn, provisional, covers = (array[row] for array in self._rates)
        source = f"{self.held.cited}, {dotted(str(self.lines.codes[row]))}"
        if np.isnan(mfn):
            return OrdinaryDuty(
                None, 0.0, bounded=False, text="not held", title=MFN, source=source,
                ask="The duty on this line is specific, or was lost in the sources: it is not known.",
            )  # fmt: skip
        if np.datetime64(on) < self.since[row]:
            return self._earlier(row, on, source)
        rate = float(self.applied()[row])
        mixed = bool(self._bounds[0][row]) and on < self.first_day
        if covers == "whole":
            said = f"{rate_text(rate)} (provisional; most favoured nation {rate_text(float(mfn))})"
            return OrdinaryDuty(rate, rate, bounded=True, text=said, title=MFN, source=source)
        if covers == "part" and on >= self.first_day:
            lower = min(float(provisional), rate)
            ask = f"Is it the item within the line whose provisional rate is {rate_text(lower)}?"
            return OrdinaryDuty(
                rate, lower, bounded=True, text=rate_text(rate), title=MFN, source=source, ask=ask, fact=""
            )
        ask = (
            "Is it an item within the line that had a lower rate, within a quota or for the year?"
            if mixed
            else ""
        )
        return OrdinaryDuty(
            rate, 0.0 if mixed else rate, bounded=True, text=rate_text(rate), title=MFN, source=source, ask=ask, fact=""
        )  # fmt: skip

    def _earlier(self, row: int, on: dt.date, source: str) -> OrdinaryDuty:
        """A line on a day for which its rate is not held."""
        _, least, most = (float(array[row]) for array in self._bounds)
        since = self.since[row].item()
        said = f"{rate_text(float(self.applied()[row]))} from {since}; not known for {on}"
        return OrdinaryDuty(
            None,
            least,
            bounded=False,
            text=said,
            title=MFN,
            source=source,
            ask=f"The ordinary duty is {said}.",
            most=None if np.isnan(most) else most,
        )


PROVIDER: Final = China("china")
