"""A listed schedule whose lines carry one rate text: the duty is what the text says."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from detente.formatting import rate as rate_text
from detente.schedules.listed.provider import Listed, subheading_words

if TYPE_CHECKING:
    import datetime as dt

    import numpy as np
    from numpy.typing import NDArray

    from detente.schedules.provider import OrdinaryDuty


class Printed(Listed):
    """A table with columns text, rate, least, most and words."""

    @cached_property
    def _said(self) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
        """Rate text and own words of each line, shape (P,) each."""
        return self.lines.texts("text"), self.lines.texts("words")

    @cached_property
    def _rates(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Ad valorem rate, NaN without one; what finer lines owe at least and at most, shape (P,) each."""
        return self.lines.numbers("rate"), self.lines.numbers("least"), self.lines.numbers("most")

    def rates_on(self, on: dt.date) -> NDArray[np.float64]:  # noqa: ARG002  (one schedule is held)
        """Ad valorem rate of each row, NaN where the duty hangs on more than the value, shape (P,)."""
        return self._rates[0]

    def words(self, row: int) -> str:
        """Words of the subheading and the line's own."""
        own, head = str(self._said[1][row]), subheading_words(str(self.lines.codes[row]))[-1]
        return f"{head}; {own}" if head and own and own != head else own or head

    def ordinary_duty(
        self, row: int, *, column: int, value: float | None, quantity: str | None, on: dt.date
    ) -> OrdinaryDuty:
        """Duty of a line by its text; a range where finer lines, which are not told apart here, owe other rates."""
        del column, on
        duty = self.by_text(row, str(self._said[0][row]), value=value, quantity=quantity)
        least, most = (float(array[row]) for array in self._rates[1:])
        if duty.rate is None or quantity is not None or (least, most) == (duty.rate, duty.rate):
            return duty
        ask = f"Lines of ten digits under this one owe {rate_text(least)} to {rate_text(most)}: which is it?"
        return replace(duty, least=least, most=max(most, duty.rate), ask=ask, fact="")
