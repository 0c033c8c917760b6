"""Small records that results are made of."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from detente.model.labour import INELASTIC, Labour
from detente.model.saving import PROPORTIONAL, Saving

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.world.baseline import Baseline


Closure = Literal["fixed", "zero", "proportional", "saving"]
"""Trade deficits: fixed shares of world value added, none, proportional to own value added, or what saving leaves."""
Factors = Literal["mobile", "fixed"]
"""Whether factors move between industries: the long run, or the short run."""
Horizon = str | float
"""Elasticities: ``long``, ``short``, years since the shock, or a time such as ``18 months``."""


@dataclass(frozen=True)
class Terms:
    """What a solve assumed: deficit closure and its numbers, factor mobility, horizon of the elasticities, labour market."""

    closure: Closure = "fixed"
    factors: Factors = "mobile"
    horizon: Horizon = "long"
    labour: Labour = INELASTIC
    saving: Saving = PROPORTIONAL


class Flows(NamedTuple):
    """
    Every sale, new or baseline, USD million, (J, N, N).

    `paid` by the buyer; `customs` at the border, export taxes and exporter's rents in; `producers` revenue at basic
    prices.
    """

    paid: NDArray[np.float64]
    customs: NDArray[np.float64]
    producers: NDArray[np.float64]


class FlowChange(NamedTuple):
    """A flow at basic prices, USD million: baseline, new, and change in percent."""

    base: float
    new: float
    change_pct: float


@dataclass(frozen=True)
class BoundResult:
    """
    What became of a limit or target.

    label, kind, bound: As given.
    volume_hat: Volume reached, as a multiple of the baseline volume (1 for no baseline trade).
    multiplier: Factor on the delivered cost: above 1 under a binding limit, below 1 under a binding target, infinite
        under an embargo.
    rent_usd_mn: Rent of a limit, or what a target costs the importer's budget.
    binding: Whether the bound holds with equality.
    """

    label: str
    kind: str
    bound: float
    volume_hat: float
    multiplier: float
    rent_usd_mn: float
    binding: bool


_FLOWS: dict[int, tuple[weakref.ref[Baseline], Flows]] = {}


def baseline_flows(base: Baseline) -> Flows:
    """Flows of a baseline, kept as long as it lives."""
    key = id(base)
    if key not in _FLOWS or _FLOWS[key][0]() is not base:
        paid = base.pi * base.spending[:, :, None]
        customs = paid / (1 + base.tariff)
        tax = getattr(base, "export_tax", None)
        own = weakref.ref(base, lambda _ref: _FLOWS.pop(key, None) and None)
        _FLOWS[key] = own, Flows(paid, customs, customs if tax is None else customs / (1 + tax))
    return _FLOWS[key][1]
