"""The industries of the model, and those of the lines of a schedule."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from detente.errors import InputError
from detente.manifest import DATA, read_rows, read_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.schedules.provider import Provider

_WORLDS = DATA / "worlds"
ICIO = "icio49"


@functools.cache
def _sectors() -> dict[str, tuple[tuple[str, ...], tuple[bool, ...]]]:
    """By classification: codes, and which of them make goods."""
    rows = read_rows(_WORLDS / "sectors.csv")
    found = {}
    for name in dict.fromkeys(row["classification"] for row in rows):
        mine = [row for row in rows if row["classification"] == name]
        found[name] = (tuple(row["code"] for row in mine), tuple(row["goods"] == "yes" for row in mine))
    return found


def industries(classification: str = ICIO) -> tuple[str, ...]:
    """Industries of a world's classification (``icio49`` or ``wiod35``) in the order of `sectors.csv`."""
    if classification not in _sectors():
        raise InputError(
            "no concordance to that classification",
            where="classification",
            found=classification,
            allowed=", ".join(_sectors()),
            repair="use a world in one of them",
        )
    return _sectors()[classification][0]


def goods(classification: str = ICIO) -> NDArray[np.bool_]:
    """Which industries make goods, shape (J,)."""
    return np.array(_sectors()[classification][1])


@functools.cache
def concordance(classification: str) -> NDArray[np.float64]:
    """How industries of ``icio49`` fall into another classification: 0 and 1, shape (its sectors, J)."""
    fine, coarse = industries(), industries(classification)
    if classification == ICIO:
        return np.eye(len(fine))
    membership = np.zeros((len(coarse), len(fine)))
    text = read_text(_WORLDS / f"{classification}_icio49.csv")
    for line in text.split()[1:]:
        sector, industry = line.split(",")
        if sector in coarse and industry in fine:
            membership[coarse.index(sector), fine.index(industry)] = 1.0
    return membership


@functools.cache
def industry_index(provider: Provider, classification: str = ICIO) -> NDArray[np.intp]:
    """Industry of each line of a provider's weighted table as an index into `industries`, -1 for special provisions."""
    at = {name: place for place, name in enumerate(industries(classification))}
    found = provider.industry_codes(classification)
    return np.array([at.get(name, -1) for name in found.tolist()], dtype=np.intp)
