"""What an instrument other than a tariff does to the economy, as pieces of a shock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from detente.model import Limit, Target


@dataclass(frozen=True)
class Effect:
    """
    One instrument's pieces of a shock.

    Attributes
    ----------
    instrument
        Its id in the table of instruments.
    measures
        Ids of the measures whose state decides it.
    tariff
        Ad valorem addition to the tariff, shape (J, N, N), or None. Revenue goes to the importer.
    iceberg
        Factor on delivered cost, shape (J, N, N), 1 or more, or None.
    limits, targets
        Quantity conditions.
    size
        Name of the assumption that sets a quantity, if there is one: results are shown over its alternatives.
    words
        What is done and which assumptions it uses, one sentence each.
    """

    instrument: str
    measures: tuple[str, ...]
    tariff: NDArray[np.float64] | None = None
    iceberg: NDArray[np.float64] | None = None
    limits: tuple[Limit, ...] = ()
    targets: tuple[Target, ...] = ()
    size: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pieces:
    """
    Everything besides ordinary tariffs that enters one shock.

    Attributes
    ----------
    tariff, iceberg
        Sums and products over the effects, shape (J, N, N), or None.
    limits, targets
        All quantity conditions.
    words
        By instrument.
    """

    tariff: NDArray[np.float64] | None = None
    iceberg: NDArray[np.float64] | None = None
    limits: tuple[Limit, ...] = ()
    targets: tuple[Target, ...] = ()
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)


def combine(effects: Iterable[Effect]) -> Pieces:
    """
    Put the effects of several instruments together.

    Parameters
    ----------
    effects
        Each instrument once.

    Returns
    -------
    pieces
        Tariffs added, icebergs multiplied, conditions listed.
    """
    found = list(effects)
    tariffs = [item.tariff for item in found if item.tariff is not None]
    icebergs = [item.iceberg for item in found if item.iceberg is not None]
    return Pieces(
        tariff=np.sum(tariffs, axis=0) if tariffs else None,
        iceberg=np.prod(icebergs, axis=0) if icebergs else None,
        limits=tuple(limit for item in found for limit in item.limits),
        targets=tuple(target for item in found for target in item.targets),
        words={item.instrument: item.words for item in found if item.words},
    )
