"""The table of a listed schedule: lines in order of code, and how a code finds its lines."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.errors import InputError
from detente.io.columns import ENDING, Columns
from detente.manifest import read_bytes
from detente.schedules.codes import dotted
from detente.schedules.listed.held import FOLDER

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Digits of a subheading and of a heading, which may be written out with zeros.
_LEVELS: Final = (6, 4)
_SHOWN: Final = 5


class Lines:
    """
    Lines of one table.

    codes: Digits, ascending; a line that changes with the season stands once a season.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def codes(self) -> NDArray[np.str_]:
        """Digits of each line, shape (P,)."""
        return self.texts("code")

    @cached_property
    def digits(self) -> int:
        """Digits of a full code."""
        return int(self.codes.dtype.itemsize // np.dtype("U1").itemsize)

    def texts(self, name: str) -> NDArray[np.str_]:
        """One column of text, shape (P,)."""
        return self._table.texts(name)

    def numbers(self, name: str) -> NDArray[np.float64]:
        """One column of numbers, missing ones NaN, shape (P,)."""
        return self._table.numbers(name)

    def flags(self, name: str) -> NDArray[np.bool_]:
        """One column of yes and no, shape (P,)."""
        return self._table.values(name)

    @cached_property
    def _table(self) -> Columns:
        """The table, its file read and checked once."""
        return Columns(read_bytes(FOLDER / f"{self.name}{ENDING}"))

    def under(self, code: str) -> NDArray[np.intp]:
        """Rows of the lines that begin with a code."""
        first = np.searchsorted(self.codes, code, side="left")
        last = np.searchsorted(self.codes, code + ":", side="left")
        return np.arange(first, last, dtype=np.intp)

    def find(self, code: str) -> tuple[NDArray[np.intp], str, str]:
        """
        Rows of the lines a code stands for, the code that they are under, and what a reader must know of the change.

        A code longer than the schedule's is cut to its digits; a subheading or heading written out with zeros stands for
        the lines under it. No rows where there are none.
        """
        short = code[: self.digits]
        rows = self.under(short)
        for level in _LEVELS:
            if rows.size == 0 and len(short) > level and not short[level:].strip("0"):
                short = short[:level]
                rows = self.under(short)
        if rows.size == 0 or short == code:
            return rows, short, ""
        if len(short) == self.digits:
            said = f"the schedule has {self.digits} digits: {dotted(code)} is read as {dotted(short)}"
        else:
            said = f"{dotted(code)} is not in the schedule: the lines under {dotted(short)} stand for it"
        return rows, short, said

    def refuse(self, code: str, whose: str) -> InputError:
        """Say that a code is not in the schedule, and which are under the longest digits it shares with any."""
        near: list[str] = []
        for digits in range(min(len(code), self.digits) - 1, 1, -1):
            rows = self.under(code[:digits])
            if rows.size:
                length = min(len(code), self.digits)
                known = np.unique(self.codes[rows].astype(f"U{length}"))
                gaps = [abs(int(item) - int(code[:length])) for item in known.tolist()]
                near = sorted(known[np.argsort(gaps, kind="stable")][:_SHOWN].tolist())
                break
        return InputError(
            f"the code is not in the schedule of {whose}",
            where="code",
            found=dotted(code),
            allowed=", ".join(dotted(item) for item in near) or "chapters 01 to 97",
            repair="ask for one of these, or for the first six digits, which are the same everywhere",
        )
