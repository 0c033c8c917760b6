"""The instruments of the story other than tariffs, as effects on the economy."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from detente.ledger import Book
    from detente.scenarios.effects import Effect
    from detente.scenarios.shock import Setting
    from detente.world import Baseline, World

LIVE = frozenset({"in force"})


@dataclass(frozen=True)
class Instrument:
    """
    One instrument other than a tariff.

    Attributes
    ----------
    id
        Its name in options and results.
    title
        For readers.
    measures
        Patterns of ledger ids.
    """

    id: str
    title: str
    measures: tuple[str, ...]


INSTRUMENTS = (
    Instrument("port-fees-us", "US port fees on Chinese ships", ("us.port.*",)),
    Instrument("port-fees-cn", "Chinese port dues on US-linked ships", ("cn.port.special",)),
    Instrument(
        "rare-earths", "Chinese rare-earth export controls", ("cn.xc.ree7", "cn.xc.61", "cn.xc.oct2025.56")
    ),
    Instrument("chips", "US export controls on advanced chips", ("us.xc.*",)),
    Instrument("affiliates", "US entity list's 50 % rule", ("us.affiliates50",)),
    Instrument("soybeans", "Chinese soybean purchases", ("cn.buy.soy*",)),
)


def measures_of(instrument: str) -> tuple[str, ...]:
    """
    Patterns of the ledger ids behind an instrument.

    Parameters
    ----------
    instrument
        Its id.

    Returns
    -------
    patterns
        Empty for an unknown id.
    """
    return next((item.measures for item in INSTRUMENTS if item.id == instrument), ())


def carve(world: World, assumed: Mapping[str, float]) -> tuple[Baseline, NDArray[np.intp]]:
    """
    The baseline of a world with the small parts carved out that instruments act on.

    Parameters
    ----------
    world
        The world.
    assumed
        Values of the study's named assumptions.

    Returns
    -------
    baseline, parents
        The baseline, and the position of the world's sector behind each of its sectors.
    """
    baseline = world.baseline()
    return baseline, np.arange(len(baseline.sectors))


def effects_of(setting: Setting, book: Book, assumed: Mapping[str, float]) -> list[Effect]:
    """
    Effects of the instruments that are on the books.

    Parameters
    ----------
    setting
        World and baseline.
    book
        What is on the books.
    assumed
        Values of the study's named assumptions.

    Returns
    -------
    effects
        One per instrument that does something.
    """
    return []


def without_effect(book: Book, done: Collection[str]) -> tuple[str, ...]:
    """
    Instruments on the books that have no effect in the shock.

    Parameters
    ----------
    book
        What is on the books.
    done
        Ids of instruments that have one.

    Returns
    -------
    words
        One sentence each.
    """
    live = {item.measure.id for item in book.positions if item.state in LIVE}
    return tuple(
        item.title
        for item in INSTRUMENTS
        if item.id not in done and any(fnmatch(name, pattern) for name in live for pattern in item.measures)
    )
