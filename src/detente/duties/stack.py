"""The kernel: duties that meet on one unit of customs value, for one line or for a whole schedule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


class ValueSplit:
    """
    One unit of customs value per line, handed out once.

    A measure of an exclusive group gets its base only by taking it from here, so two measures of one group cannot bear
    on the same unit of value.

    lines: Number of lines.

    Examples
    --------
    >>> split = ValueSplit(1)
    >>> split.take(np.array([0.7])), split.take(np.array([0.7]))
    (array([0.7]), array([0.3]))
    """

    def __init__(self, lines: int) -> None:
        self._left = np.ones(lines)

    @property
    def left(self) -> NDArray[np.float64]:
        """Share of value nobody has taken, 0 to 1, shape (P,)."""
        return self._left

    @property
    def taken(self) -> NDArray[np.float64]:
        """Share of value taken so far, 0 to 1, shape (P,)."""
        return 1.0 - self._left

    def take(self, wanted: NDArray[np.float64]) -> NDArray[np.float64]:
        """
        Take value, as much as is left.

        Shapes: wanted (P,).
        """
        share = np.minimum(wanted, self._left)
        self._left = self._left - share
        return share


@dataclass(frozen=True)
class Layer:
    """
    One duty as it meets the others.

    measure, part: Which measure of the ledger, and which of its parts.
    rate: Ad valorem rate, or None when `cap` is given.
    cap: The duty is ``max(0, cap - base)``, the base duty being part of the cap.
    cover: Share of customs value the duty reaches before it meets others, 0 to 1, shape (P,).
    group: Exclusive group it draws its base from.
    rest_of: Groups whose remainder it bears on.
    untouched_by: Groups that keep it off altogether if they took any value.
    behind: Measures whose share of value it does not bear on.
    replaced_by: Measures that stand in lieu of it: it does not bear on what they reach, charged or not.
    relieved: Share of value under the measure that a claim lets off: no other measure of the group takes it.
    """

    measure: str
    part: str
    rate: float | None
    cap: float | None
    cover: NDArray[np.float64]
    group: str | None = None
    rest_of: tuple[str, ...] = ()
    untouched_by: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    relieved: NDArray[np.float64] | float = 0.0


@dataclass(frozen=True)
class Stack:
    """
    Duties on each line, measure by measure.

    layers: The layers, in the order in which they took value.
    shares: Share of customs value each layer bears on, shape (L, P), 0 to 1.
    rates: Ad valorem rate of each layer, shape (L, P).
    contributions: ``shares * rates``, shape (L, P): they sum to the additional duty.
    """

    layers: tuple[Layer, ...]
    shares: NDArray[np.float64]
    rates: NDArray[np.float64]
    contributions: NDArray[np.float64] = field(repr=False)

    @property
    def total(self) -> NDArray[np.float64]:
        """Additional duty, the sum of the contributions, shape (P,)."""
        return np.asarray(self.contributions.sum(axis=0), dtype=np.float64)

    @property
    def by_measure(self) -> dict[str, NDArray[np.float64]]:
        """Contributions of the parts of each measure, added, shape (P,) each."""
        found: dict[str, NDArray[np.float64]] = {}
        for row, layer in enumerate(self.layers):
            found[layer.measure] = found.get(layer.measure, 0.0) + self.contributions[row]
        return found


def stack_layers(layers: Sequence[Layer], base: NDArray[np.float64]) -> Stack:
    """
    Add duties up on one unit of customs value per line.

    Layers take value in the order given, so a layer that yields comes after what it yields to. A measure bears on a
    unit of value once, whatever its parts; an exclusive group bears on it once, whatever its measures. The rules come
    from `stacking.yaml`; this function knows none of them.

    Shapes: base (P,).

    Examples
    --------
    Half of an article is steel at 50 %, the rest bears a reciprocal duty of 10 %.

    >>> steel = Layer("us.s232.steel", "main", 0.5, None, np.array([0.5]), group="section-232")
    >>> rest = Layer("us.ieepa.reciprocal", "main", 0.1, None, np.array([1.0]), rest_of=("section-232",))
    >>> round(float(stack_layers([steel, rest], np.zeros(1)).total[0]), 12)
    0.3

    EO 14289 (90 FR 18907); Proclamation 10947; EO 14257 sec. 3; US notes 2, 16 and 52 to HTSUS chapter 99.
    """
    return rated(tuple(layers), share_out(layers, base.shape[0]), base)


def share_out(layers: Sequence[Layer], lines: int) -> NDArray[np.float64]:
    """Share of customs value each layer bears on, in order of precedence, shape (L, P), 0 to 1; rates play no part in it."""
    groups: dict[str, ValueSplit] = {}
    own: dict[str, ValueSplit] = {}
    covered: dict[str, NDArray[np.float64]] = {}
    shares = np.zeros((len(layers), lines))
    for row, layer in enumerate(layers):
        mine = own.setdefault(layer.measure, ValueSplit(lines))
        wanted = np.minimum(_left_for(layer, groups, own, covered), mine.left)
        if layer.group is not None:
            value = groups.setdefault(layer.group, ValueSplit(lines))
            wanted = value.take(wanted)
            value.take(np.broadcast_to(layer.relieved, wanted.shape))
        shares[row] = mine.take(wanted)
        covered[layer.measure] = np.maximum(layer.cover, covered.get(layer.measure, 0.0))
    return shares


def _left_for(
    layer: Layer,
    groups: Mapping[str, ValueSplit],
    own: Mapping[str, ValueSplit],
    covered: Mapping[str, NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Share of value that the layers before leave for one layer."""
    left = layer.cover
    for name in layer.rest_of:
        left = left * groups[name].left if name in groups else left
    for name in layer.untouched_by:
        left = np.where(groups[name].left < 1.0, 0.0, left) if name in groups else left
    for name in layer.behind:
        left = left * own[name].left if name in own else left
    for name in layer.replaced_by:
        left = left * (1.0 - covered[name]) if name in covered else left
    return left


def rated(layers: tuple[Layer, ...], shares: NDArray[np.float64], base: NDArray[np.float64]) -> Stack:
    """Charge each layer's rate on its share of value, as `share_out` gives it; floors are net of `base`, shape (P,)."""
    rates = np.zeros(shares.shape)
    for row, layer in enumerate(layers):
        rates[row] = layer.rate if layer.cap is None else np.maximum(0.0, layer.cap - base)
    return Stack(layers, shares, rates, shares * rates)
