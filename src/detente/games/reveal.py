"""Which weights of industries make given tariffs a government's best ones, by first-order conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.display import as_html
from detente.errors import ConvergenceError, InputError
from detente.formatting import fixed, number
from detente.games.game_economy import Arena, make_arena
from detente.games.industry_goals import IndustryIncome, accruing_slope
from detente.games.instruments import Grouping, Instruments, Player, make_instruments
from detente.games.objectives import Slopes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detente.model import Equilibrium, Shock
    from detente.model.shock import Labels
    from detente.world import Baseline, World

# How exactly a tariff is taken to be known, in points of one plus the tariff; and how far a weight is expected to lie
# from 1 before any tariff is seen. Where tariffs identify a weight the second does nothing (it moves Ossa's by 1e-3);
# where an industry hardly produces at home, the weight stays near 1 instead of running off.
TARIFF_ERROR: Final = 0.01
WEIGHT_PRIOR: Final = 0.5
_STEP: Final = 1e-4
_SETTLED: Final = 1e-4
_MOST_ROUNDS: Final = 30
# Gradients of unit weights solved side by side: more leave the cache.
_SIDE_BY_SIDE: Final = 8
# Above this number of tariffs the curvature is taken as diagonal: import elasticity times imports over income.
_FULL_CURVATURE: Final = 80
_MEAN_ONE: Final = 1e6


@dataclass(frozen=True, eq=False)
class RevealedWeights:
    """
    Weights of industries that rationalise given tariffs.

    Parameters
    ----------
    player
        Label of the world.
    industries
        Sector to weight, 0 or more, mean 1.
    spread
        Sector to standard error, if each tariff is known to one point of one plus itself; near 0.5 says that the tariffs
        do not identify the weight.
    level
        Points (a fraction) by which the best tariffs under these weights lie above the given ones in every industry
        alike: what weights of industries cannot explain, for a higher mean suits every such government.
    given, optimal, gap
        By instrument, (K,): the given tariffs; the best ones under the weights; best less given less `level`.
    labels
        Names of the instruments, (K,).
    rounds
        Steps to the estimate.
    """

    _repr_html_ = as_html

    player: str
    industries: dict[str, float]
    spread: dict[str, float]
    level: float
    given: NDArray[np.float64]
    optimal: NDArray[np.float64]
    gap: NDArray[np.float64]
    labels: tuple[str, ...]
    rounds: int

    @property
    def goal(self) -> IndustryIncome:
        """The goal with these weights."""
        return IndustryIncome(self.player, self.industries)

    def __repr__(self) -> str:
        """Say the largest weights and how well they fit."""
        top = sorted(self.industries.items(), key=lambda item: -item[1])[:5]
        named = ", ".join(f"{sector} {fixed(weight, 2)}" for sector, weight in top)
        return (
            f"RevealedWeights({self.player}: {named}; level {fixed(100 * self.level, 1)} points,"
            f" median gap {fixed(100 * float(np.median(np.abs(self.gap))), 2)} points)"
        )


def reveal(
    world: World | Baseline,
    player: str,
    *,
    tariffs: NDArray[np.float64] | Sequence[float] | None = None,
    sectors: Labels | None = "goods",
    shock: Shock | None = None,
    **options: Any,
) -> RevealedWeights:
    """
    Find the weights of industries under which a government's tariffs are its best ones.

    A government that values a dollar of each industry's income by the industry's weight sets tariffs by industry. Weights
    are found so that the best tariffs equal the given ones up to one level common to all industries, since weights
    decide who is protected more, hardly how much everybody is: that level is printed, not explained away.

    Parameters
    ----------
    world
        A world or its baseline; others' tariffs are its own. With ``export_tax=1/(sigma - 1)`` profits count (Ossa).
    player
        A label of it.
    tariffs
        Fractions, above -1: (sector,), the same for every partner, or (sector, partner). The baseline's by default.
    sectors
        Sectors whose tariffs are explained: labels, "goods" (the default) or "all"; those without imports are left out.
    shock
        What others do, if it is not the baseline.
    **options
        closure, horizon, tolerance of the solves.

    Returns
    -------
    RevealedWeights
        ``.industries`` is sector to weight (0 or more, mean 1), ``.spread`` their standard errors, ``.level``, ``.gap``.

    Raises
    ------
    InputError
        An unknown player, tariffs of another shape, specific factors.
    ConvergenceError
        The weights do not settle.

    Notes
    -----
    Not identified: a weight common to all industries; the weight of an industry that hardly produces at home (its
    spread is near 0.5, and it is drawn to 1); anything that moves all tariffs alike, such as an agreement or revenue.

    References
    ----------
    Ossa (2014), "Trade wars and trade talks with data", American Economic Review 104(12), sections I and II: weights
    from the distribution of noncooperative tariffs over industries.

    Examples
    --------
    >>> import numpy as np
    >>> import detente as dt
    >>> world = dt.load_world("wiod2011")
    >>> tariffs = np.full(len(world.baseline().sectors), 0.2)
    >>> found = dt.reveal(world, "USA", tariffs=tariffs)
    >>> round(float(np.mean(list(found.industries.values()))), 9)
    1.0
    """
    arena = make_arena(world, shock, **options)
    instruments, given = _given(arena, player, tariffs, sectors)
    fit = _Fit(arena, instruments, given, arena.base.economies.index(player))
    weights, level, rounds = fit.settle()
    gap, spread = fit.gap(weights, level), fit.spread(weights)
    names = arena.base.sectors
    return RevealedWeights(
        player=player,
        industries=dict(zip(names, weights.tolist(), strict=True)),
        spread=dict(zip(names, spread.tolist(), strict=True)),
        level=level,
        given=given,
        optimal=given + level + gap,
        gap=gap,
        labels=instruments.labels,
        rounds=rounds,
    )


def _given(
    arena: Arena, player: str, tariffs: NDArray[np.float64] | Sequence[float] | None, sectors: Labels | None
) -> tuple[Instruments, NDArray[np.float64]]:
    """Instruments and their given tariffs: (J,) is one tariff by sector, (J, N) one by sector and partner."""
    base = arena.base
    if player not in base.economies:
        raise InputError(
            "no such player",
            where="reveal",
            found=player,
            allowed=", ".join(base.economies),
            repair="name an economy of the baseline",
        )
    shape = (len(base.sectors),)
    values = None if tariffs is None else np.asarray(tariffs, dtype=np.float64)
    if values is not None and (
        values.shape not in {shape, (*shape, len(base.economies))} or not np.isfinite(values).all()
    ):
        raise InputError(
            "tariffs to explain do not fit the baseline",
            where="reveal",
            found=f"an array of shape {values.shape}",
            allowed=f"finite fractions of shape {shape} (by sector) or {(*shape, len(base.economies))}"
            " (by sector and partner)",
            repair="give one tariff a sector in the order of the baseline's sectors; 25 % is 0.25",
        )
    by: Grouping = "sector" if values is not None and values.ndim == 1 else "both"
    instruments = make_instruments(base, Player(player), by=by, sectors=sectors)
    cube = arena.tariff
    if values is not None:
        n = base.economies.index(player)
        cube[:, n, :] = values[:, None] if values.ndim == 1 else values
        cube[:, n, n] = arena.tariff[:, n, n]
    return instruments, instruments.read(cube)


class _Fit:
    """Newton steps on weights and level, (J,) and a number: the gap between best and given tariffs is linear in them."""

    def __init__(self, arena: Arena, instruments: Instruments, given: NDArray[np.float64], n: int) -> None:
        self.arena, self.instruments, self.given, self.n = arena, instruments, given, n
        self.error = TARIFF_ERROR * (1 + given)
        self.level = 0.0
        self.response: NDArray[Any] = np.zeros((len(given), len(arena.base.sectors)))

    def settle(self) -> tuple[NDArray[np.float64], float, int]:
        """Step until weights and level stand."""
        weights, level = np.ones(len(self.arena.base.sectors)), 0.0
        share, last = 1.0, np.inf
        for round_ in range(1, _MOST_ROUNDS + 1):
            self._look(weights, level)
            new, there = self._step()
            moved = max(float(np.abs(new - weights).max()), abs(there - level))
            # Shorter steps where a step leads further away: tariffs far from any goal's best ones are not near-linear.
            share = share / 2 if moved > last else min(1.0, share * 2)
            last = moved
            weights, level = weights + share * (new - weights), level + share * (there - level)
            if moved < _SETTLED:
                return weights, level, round_
        raise ConvergenceError(
            "the weights of industries do not settle",
            where="reveal",
            found=f"weights still move by {number(moved)} after {_MOST_ROUNDS} rounds",
            allowed=f"moves below {number(_SETTLED)}",
            repair="give tariffs that vary less, or leave out sectors with hardly any imports",
        )

    def gap(self, weights: NDArray[np.float64], level: float) -> NDArray[np.float64]:
        """Best tariffs less given ones less the level, (K,), by the last Newton step."""
        out: NDArray[np.float64] = self.response @ weights - (level - self.level)
        return out

    def spread(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Standard errors of the weights, (J,), mean 1 kept."""
        scaled = np.hstack([self.response, -np.ones((len(self.given), 1))]) / self.error[:, None]
        count = len(weights)
        precision = scaled.T @ scaled
        precision[np.arange(count), np.arange(count)] += 1 / WEIGHT_PRIOR**2
        precision[:count, :count] += _MEAN_ONE / count**2
        variance = np.diag(np.linalg.inv(precision))[:count]
        out: NDArray[np.float64] = np.sqrt(np.maximum(variance, 0))
        return out

    def _look(self, weights: NDArray[np.float64], level: float) -> None:
        """Linearise the best tariffs in the weights at the given tariffs plus the level."""
        at = self.given + level
        eq = self._solve(at)
        scale = float(self.arena.base.income[self.n])
        units = np.array_split(np.eye(len(weights)), max(len(weights) // _SIDE_BY_SIDE, 1))
        by_industry = np.hstack([self._slopes(eq, some, scale) for some in units])
        self.level = level
        if len(self.given) > _FULL_CURVATURE:
            self.response = by_industry * ((1 + at) / self.instruments.scale**2)[:, None]
            return
        full: NDArray[np.float64] = np.zeros((len(at), len(at)))
        for k in range(len(at)):
            ends = []
            for sign in (1, -1):
                moved = at.copy()
                moved[k] += sign * _STEP
                ends.append(self._slopes(self._solve(moved), weights[None], scale)[:, 0])
            full[:, k] = (ends[0] - ends[1]) / (2 * _STEP)
        self.response = -np.linalg.solve(full, by_industry)

    def _slopes(self, eq: Equilibrium, weights: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
        """Gradients in the instruments of incomes weighted in W ways, (W, J) to (K, W)."""
        slopes = [accruing_slope(eq, self.n, some, scale) for some in weights]
        return np.stack([self.instruments.collect(cube) for cube in Slopes().of(eq, slopes)], axis=1)

    def _solve(self, levels: NDArray[np.float64]) -> Equilibrium:
        """Solve with the player's tariffs at these levels."""
        tariff = self.arena.tariff
        self.instruments.put(tariff, levels)
        return self.arena.solve(tariff)

    def _step(self) -> tuple[NDArray[np.float64], float]:
        """Weights and level of the smallest gaps, weights near 1 preferred where gaps do not tell."""
        from scipy.optimize import lsq_linear  # noqa: PLC0415

        count = self.response.shape[1]
        gaps = np.hstack([self.response, -np.ones((len(self.given), 1))]) / self.error[:, None]
        prior = np.hstack([np.eye(count), np.zeros((count, 1))]) / WEIGHT_PRIOR
        mean = np.append(np.full(count, _MEAN_ONE / count), 0.0)[None]
        left = np.vstack([gaps, prior, mean])
        right = np.concatenate([-self.level / self.error, np.full(count, 1 / WEIGHT_PRIOR), [_MEAN_ONE]])
        low = np.append(np.zeros(count), -0.9)
        found = lsq_linear(left, right, bounds=(low, np.full(count + 1, np.inf))).x
        weights: NDArray[np.float64] = found[:count] / found[:count].mean()
        return weights, float(found[count])
