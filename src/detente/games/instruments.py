"""Which tariffs a player sets, how they are grouped, and between which bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from detente.errors import InputError
from detente.formatting import exact, number
from detente.model.shock import positions, taxed_sectors

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from detente.model.shock import Labels
    from detente.world import Baseline

Grouping = Literal["uniform", "partner", "sector", "both"]
GROUPINGS = ("uniform", "partner", "sector", "both")
# Highest tariff looked at unless another bound is given: 1,000 %, the highest rate a what-if of the ledger may set.
HIGHEST = 10.0


@dataclass(frozen=True)
class Player:
    """
    Who sets tariffs: an economy, or several with one tariff towards others.

    Parameters
    ----------
    name
        Name in results.
    members
        Labels of the world; the name itself if empty, of an economy or a group such as EU.
    """

    name: str
    members: tuple[str, ...] = ()

    @property
    def economies(self) -> tuple[str, ...]:
        """Labels of the world."""
        return self.members or (self.name,)


@dataclass(frozen=True, eq=False)
class Instruments:
    """
    Tariffs of one player as a vector.

    Attributes
    ----------
    player
        Who sets them.
    labels
        Name of each instrument, (K,).
    cells
        Sector, importer and exporter of every cell that is set.
    group
        Instrument of each cell.
    weight
        Baseline imports of each cell, USD million.
    low, high
        Bounds, (K,).
    scale
        Square root of imports times elasticity over the player's income, (K,): with it the curvature of real income is
        about the same for every instrument.
    """

    player: Player
    labels: tuple[str, ...]
    cells: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]
    group: NDArray[np.intp]
    weight: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    scale: NDArray[np.float64]

    def __len__(self) -> int:
        """Count the instruments."""
        return len(self.labels)

    def put(self, tariff: NDArray[np.float64], levels: NDArray[np.float64]) -> None:
        """Write levels, (K,), into a tariff array, (J, N, N)."""
        tariff[self.cells] = levels[self.group]

    def collect(self, cube: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add derivatives by cell, (J, N, N), up by instrument, (K,)."""
        out: NDArray[np.float64] = np.bincount(self.group, cube[self.cells], minlength=len(self)).astype(
            float
        )
        return out

    def read(self, tariff: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean tariff of each instrument's cells, weighted with baseline imports, (K,)."""
        total = np.bincount(self.group, self.weight, minlength=len(self))
        return np.bincount(self.group, self.weight * tariff[self.cells], minlength=len(self)) / total

    def mean(self, levels: NDArray[np.float64]) -> float:
        """Mean of levels, weighted with baseline imports."""
        return float(self.weight @ levels[self.group] / self.weight.sum())


def make_instruments(
    base: Baseline,
    player: Player,
    *,
    partners: Collection[str] | None = None,
    by: Grouping = "uniform",
    sectors: Labels | None = "goods",
    bounds: tuple[float, float] = (0.0, HIGHEST),
    fixed: Mapping[str, float] | Collection[str] = (),
) -> Instruments:
    """
    List the tariffs a player can set.

    Parameters
    ----------
    base
        Labels, imports and elasticities.
    player
        Who sets them; trade between its members is never taxed.
    partners
        Exporters that can be taxed; all others by default.
    by
        One tariff in all, by partner, by sector, or by both.
    sectors
        Sectors that can be taxed: labels, "goods" (the default) or "all"; those without imports are left out.
    bounds
        Lowest and highest tariff, fractions.
    fixed
        Instruments left out, by name: they stay as they are.

    Returns
    -------
    Instruments

    Raises
    ------
    InputError
        An unknown label, a player without instruments, or bounds out of order.

    Examples
    --------
    >>> from detente.world import load_world
    >>> base = load_world("wiod2011").baseline()
    >>> make_instruments(base, Player("USA"), partners=("CHN", "JPN"), by="partner").labels
    ('CHN', 'JPN')
    """
    low, high = bounds
    if by not in GROUPINGS or not -1 < low <= high < np.inf:
        raise InputError(
            "unusable instruments",
            where=f"tariffs of {player.name}",
            found=f"by {by}, from {exact(low)} to {exact(high)}",
            allowed=f"by {', '.join(GROUPINGS)}; -1 < lowest <= highest, finite",
            repair="tariffs are fractions: 0.25 is 25 %",
        )
    own = positions(player.economies, base.economies, "economy")
    abroad = sorted(
        set(positions(tuple(base.economies if partners is None else partners), base.economies, "economy"))
        - set(own)
    )
    chosen = positions(taxed_sectors(base, sectors), base.sectors, "sector")
    grid = np.array(np.meshgrid(chosen, own, abroad, indexing="ij"), dtype=np.intp).reshape(3, -1)
    imports = base.flows[grid[0], grid[1], grid[2]]
    labels, group = _group(base, grid, by)
    keep = (imports > 0) & ~np.isin(np.array(labels, dtype=object)[group], list(fixed))
    if not keep.any():
        raise InputError(
            "a player without instruments",
            where=f"tariffs of {player.name}",
            found=f"{len(abroad)} partners, {len(chosen)} sectors, no taxed import left",
            allowed="at least one import of the player from a partner",
            repair="name other partners or sectors, or fix fewer instruments",
        )
    used, group = np.unique(group[keep], return_inverse=True)
    j, n, i = (row[keep] for row in grid)
    weight = imports[keep]
    response = np.bincount(group, weight * base.theta[j], minlength=len(used))
    income = base.income[own].sum()
    return Instruments(
        player=player,
        labels=tuple(labels[k] for k in used),
        cells=(j, n, i),
        group=group,
        weight=weight,
        low=np.full(len(used), float(low)),
        high=np.full(len(used), float(high)),
        scale=np.sqrt(response / income),
    )


def _group(base: Baseline, grid: NDArray[np.intp], by: Grouping) -> tuple[list[str], NDArray[np.intp]]:
    """Names of all groups and the group of each cell."""
    sectors, economies = list(base.sectors), list(base.economies)
    if by == "uniform":
        return ["all"], np.zeros(grid.shape[1], dtype=np.intp)
    if by == "sector":
        return sectors, grid[0]
    if by == "partner":
        return economies, grid[2]
    labels = [f"{sector} from {label}" for sector in sectors for label in economies]
    return labels, grid[0] * len(economies) + grid[2]


def check_bounds(instruments: Instruments, start: NDArray[np.float64], *, tolerance: float = 1e-9) -> None:
    """Refuse bounds that the present tariffs are not within."""
    outside = (start < instruments.low - tolerance) | (start > instruments.high + tolerance)
    if outside.any():
        first = np.flatnonzero(outside)[:3]
        names: Sequence[str] = [f"{instruments.labels[k]} at {number(start[k])}" for k in first]
        raise InputError(
            "bounds that exclude the status quo",
            where=f"tariffs of {instruments.player.name}",
            found=f"{int(outside.sum())} of {len(start)} present tariffs outside, such as {', '.join(names)}",
            allowed=f"{number(instruments.low.min())} to {number(instruments.high.max())}",
            repair="widen the bounds, or fix these instruments",
        )
