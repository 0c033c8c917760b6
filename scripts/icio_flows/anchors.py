"""Final sales by block (section, group of destinations, group of origins) carried over from another year's table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from icio_flows.tables import Array, Observed

# How much of a block's change in inputs, beyond its section's, its final sales follow; half of it where the block's
# inputs were HALF_CARRY, USD million. Small blocks say little, nor do tables of two editions: chosen on WIOD with the
# anchors' year disturbed by 15 % in goods and 50 % in services, 1.0 is best only without that.
CARRY, HALF_CARRY = 0.6, 500.0
# Least part of final sales inside the rest that is home.
_HOME_OF_REST = 0.1


@dataclass(frozen=True)
class Blocks:
    """
    Where sectors and economies stand.

    Attributes
    ----------
    section
        Section of each sector.
    group
        Group of each economy.
    """

    section: np.ndarray
    group: np.ndarray

    def sums(self, flows: Array, sizes: tuple[int, int]) -> Array:
        """Sum flows to (section, destinations, origins), destinations being the groups, then home."""
        shape = sizes[0], sizes[1] + 1, sizes[1]
        total = np.bincount(self.index(sizes[1]).ravel(), flows.ravel(), int(np.prod(shape)))
        return total.reshape(shape)

    def index(self, groups: int) -> np.ndarray:
        """Flat position of every cell (sector, importer, exporter) in the blocks."""
        to = np.repeat(self.group[:, None], len(self.group), axis=1)
        np.fill_diagonal(to, groups)
        pair = to * groups + self.group[None, :]
        return self.section[:, None, None] * (groups + 1) * groups + pair[None]


@dataclass(frozen=True)
class Anchors:
    """
    Final sales by block, as another year's table would have them.

    Attributes
    ----------
    wanted
        (section, block of destinations, group of origins), USD million, NaN where nothing is known. Blocks of
        destinations are the groups, then home.
    blocks
        Where this year's sectors and economies stand.
    """

    wanted: Array
    blocks: Blocks

    def index(self) -> np.ndarray:
        """Flat position in `wanted` of every cell (sector, importer, exporter)."""
        return self.blocks.index(self.wanted.shape[2])


def carry_over(
    then: Observed, where: Blocks, inputs: Array, rows: Array, now: Blocks, rest: int | None = None
) -> Anchors:
    """
    Carry final sales by block over to this year.

    Parameters
    ----------
    then, where
        The other year's table, and where its labels stand.
    inputs, rows
        This year's inputs (sector, importer, exporter) and final sales (sector, exporter).
    now
        Where this year's labels stand.
    rest
        Group whose trade with itself the other table mixes with home, if there is one.

    Returns
    -------
    Anchors
        Final sales then, times the growth of the section's final sales, times the block's own change in inputs
        beyond its section's to the power `CARRY` (less for small blocks). Inside the rest, foreign cells
        have the ratio to inputs of the rest's trade with the others; home is what is left.
    """
    sizes = int(max(where.section.max(), now.section.max())) + 1, int(where.group.max()) + 1
    old_inputs, old_final = (_merge_home(where.sums(v, sizes)) for v in (then.inputs, then.final))
    by_block = now.sums(inputs, sizes)
    new_inputs = _merge_home(by_block)
    sold = np.bincount(now.section, rows.sum(axis=1), sizes[0])
    change = (
        _ratio(new_inputs, old_inputs)
        / _ratio(new_inputs.sum(axis=(1, 2)), old_inputs.sum(axis=(1, 2)))[:, None, None]
    )
    power = CARRY * old_inputs / (old_inputs + HALF_CARRY)
    level = _ratio(sold, old_final.sum(axis=(1, 2)))[:, None, None]
    merged = np.where(
        change > 0, old_final * level * np.where(change > 0, change, 1.0) ** power, old_final * level
    )
    own = np.arange(sizes[1])
    wanted = np.concatenate([merged, merged[:, own, own][:, None]], axis=1)
    wanted[:, own, own] = np.nan
    if rest is not None:
        others = own != rest
        sales, bought = (
            v[:, rest, others].sum(axis=1) + v[:, others, rest].sum(axis=1) for v in (merged, new_inputs)
        )
        inside = _ratio(sales, bought) * by_block[:, rest, rest]
        wanted[:, rest, rest] = np.minimum(inside, (1 - _HOME_OF_REST) * merged[:, rest, rest])
        wanted[:, -1, rest] = merged[:, rest, rest] - wanted[:, rest, rest]
    return Anchors(wanted, now)


def _merge_home(sums: Array) -> Array:
    """Add home to the block of a group with itself."""
    own = np.arange(sums.shape[2])
    out = sums[:, :-1].copy()
    out[:, own, own] += sums[:, -1]
    return out


def _ratio(above: Array, below: Array) -> Array:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)
