"""Industry of each product line."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.errors import InputError
from detente.schedules.usa import tables
from detente.schedules.usa.schedule import us_schedule

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLASSIFICATIONS: Final = ("icio49", "wiod35")


@cache
def _known(classification: str) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Codes and their industries."""
    return tables.texts("industries", "code"), tables.texts("industries", classification)


def industry_of(codes: NDArray[np.str_] | None = None, classification: str = "icio49") -> NDArray[np.str_]:
    """
    Industry that makes each product.

    HTS10 to GTAP sectors: The Budget Lab at Yale, MIT; chapter 26 to metal ores, 8901 to 8908 to ships.

    `codes`: HTS codes of 8 or 10 digits, shape (P,); None for the rows of `us_schedule`. Codes of industries, shape
    (P,); empty for chapters 98 and 99, which any industry can fill, and for chapters that do not exist. A line that is
    not known takes the industry of the nearest one in order.

    >>> industry_of(np.array(["8703800000", "2603000040", "8901100000", "9801001012"])).tolist()
    ['C29', 'B07', 'C301', '']
    """
    if classification not in CLASSIFICATIONS:
        raise InputError(
            "no concordance to that classification",
            where="classification",
            found=classification,
            allowed=", ".join(CLASSIFICATIONS),
            repair="use one of these",
        )
    known, industries = _known(classification)
    wanted = us_schedule().codes if codes is None else np.asarray(codes, dtype=np.str_)
    at = np.searchsorted(known, wanted)
    after = np.clip(at, 0, known.size - 1)
    before = np.clip(at - 1, 0, known.size - 1)
    exact = known[after] == wanted
    nearer = np.where(
        exact | (_common(known[after], wanted) >= _common(known[before], wanted)), after, before
    )
    found = industries[nearer].copy()
    found[known[nearer].astype("U2") != wanted.astype("U2")] = ""
    return found


def _common(left: NDArray[np.str_], right: NDArray[np.str_]) -> NDArray[np.intp]:
    """Digits two codes have in common from the left."""
    same = np.ones(left.shape, dtype=bool)
    count = np.zeros(left.shape, dtype=np.intp)
    for digits in (2, 4, 6, 8, 10):
        same &= left.astype(f"U{digits}") == right.astype(f"U{digits}")
        count += same
    return count
