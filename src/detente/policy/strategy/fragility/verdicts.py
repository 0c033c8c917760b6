"""How often verdicts of a game and of a list of packages stand over draws, and what would change them first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.games import Total
from detente.games.objectives import Rivalry
from detente.games.odds import HIGH, LOW, equilibrium_gain, flip_at, odds
from detente.games.threats import credible_weights
from detente.policy.strategy.fragility.rows import MIDDLE
from detente.policy.strategy.verdicts import plain_goal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detente.games import Goal
    from detente.games.odds import Odds
    from detente.policy.strategy.actions import Matrix
    from detente.policy.strategy.fragility.drawn import Drawn
    from detente.policy.strategy.game_file import ActionSpec, OffModel, ThreatSpec

# Assumptions listed of a verdict, the one that changes it first at the top.
MOST_FLIPS: Final = 5
# Equilibria listed of the draws.
MOST_ELSEWHERE: Final = 4
_SEED: Final = 20251110


class DrawnGame:
    """
    A game under rows of values.

    matrix, drawn: The game as it is, and its cells under the rows.
    payoffs: What both want, (rows, 2, actions of the first, actions of the second).
    plain: The same without what a side counts of the other's.
    """

    def __init__(self, matrix: Matrix, drawn: Drawn) -> None:
        self.matrix, self.drawn = matrix, drawn
        first, second = (matrix.spec.actions[name] for name in matrix.spec.players)
        shape = len(first), len(second)
        places = [drawn.cells.index(str(row["scenario"])) for row in matrix.rows]

        def table(goal: Goal) -> NDArray[np.float64]:
            return drawn.of(goal)[:, places].reshape(-1, *shape)

        outside = np.stack([_outside(drawn, name, first, second) for name in matrix.spec.players], axis=1)
        own = np.stack([table(plain_goal(goal)) for goal in matrix.goals], axis=1)
        rivals = np.stack([_rival(goal, drawn, table, shape) for goal in matrix.goals], axis=1)
        self.plain = own + outside
        self.payoffs = self.plain - rivals

    def threat(self, item: ThreatSpec, income_usd_bn: float) -> dict[str, Any] | None:
        """How sure the verdict on a threat is; None where it was solved in no draw."""
        spec, ties = self.matrix.spec, self.matrix.game.ties
        me = spec.players.index(item.by)
        done = self._cell(me, item.action, item.refused)
        left = self._cell(me, item.instead, item.refused)
        gains = self.payoffs[:, me, *done] - self.payoffs[:, me, *left]
        found = odds(gains[self.drawn.draws], ties[me])
        if found is None:
            return None
        own = self.plain[:, :, *done] - self.plain[:, :, *left]
        weights = np.array([
            credible_weights(float(row[me]), float(-row[1 - me]), ties[me])[0] if np.isfinite(row).all() else np.nan
            for row in own[self.drawn.draws]
        ])  # fmt: skip
        known = weights[np.isfinite(weights)]
        middle = float(gains[self.drawn.kind(MIDDLE)[0]])
        needed = -middle if middle < -ties[me] else 0.0
        return {
            **_spread(found, "p_credible", "gain_pct"),
            "weight_needed": quantiles(known) if known.size else None,
            "no_weight": float(np.mean(np.isinf(weights))),
            "worth_needed_pct": needed,
            "worth_needed_usd_bn": needed / 100 * income_usd_bn,
            "flips": self.flips(gains),
        }

    def _cell(self, me: int, mine: str, theirs: str) -> tuple[int, int]:
        """Place of a pair of actions, one side's own given first."""
        pair = (mine, theirs) if me == 0 else (theirs, mine)
        return self.matrix.game.place(0, pair[0]), self.matrix.game.place(1, pair[1])

    def equilibria(self) -> list[dict[str, Any]]:
        """How sure each equilibrium in pure actions is."""
        table, names = self.matrix.game, self.matrix.spec.players
        found = []
        for pair in table.pure_equilibria():
            loss = equilibrium_gain(self.payoffs, table.place(0, pair[0]), table.place(1, pair[1]))
            sure = odds(loss[self.drawn.draws], max(table.ties))
            if sure is not None:
                row = _spread(sure, "p_equilibrium", "least_loss_pct") | {"flips": self.flips(loss)}
                found.append({"actions": dict(zip(names, pair, strict=True)), **row})
        return found

    def elsewhere(self) -> list[dict[str, Any]]:
        """Pairs of actions that are an equilibrium in some draws, the most frequent first."""
        table, names = self.matrix.game, self.matrix.spec.players
        shares = []
        for r, first in enumerate(table.actions[0]):
            for c, second in enumerate(table.actions[1]):
                sure = odds(equilibrium_gain(self.payoffs, r, c)[self.drawn.draws], max(table.ties))
                if sure is not None and sure.share > 0:
                    shares.append((sure.share, (first, second)))
        shares.sort(key=lambda pair: -pair[0])
        return [
            {"actions": dict(zip(names, pair, strict=True)), "share": share}
            for share, pair in shares[:MOST_ELSEWHERE]
        ]

    def flips(self, gains: NDArray[np.float64]) -> list[dict[str, Any]]:
        """Assumptions that alone change the sign of a gain within their range, the one that does so first at the top."""
        return flips(self.drawn, gains)


def flips(drawn: Drawn, gains: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Assumptions that alone change the sign of a gain, by how much of the way to their end it takes."""
    middle = float(gains[drawn.kind(MIDDLE)[0]])
    names = dict.fromkeys(drawn.rows[k].name for k in drawn.ends)
    found = []
    for name in names:
        rows = [k for k in drawn.ends if drawn.rows[k].name == name]
        words = [k for k in rows if isinstance(drawn.rows[k].value, str)]
        found += [
            {"assumption": name, "usual": "", "at": str(drawn.rows[k].value), "way": 1.0}
            for k in words
            if np.isfinite(gains[k]) and (gains[k] >= 0) != (middle >= 0)
        ]
        edges = [(float(drawn.rows[k].value), float(gains[k])) for k in rows if k not in words]
        if edges and (flip := flip_at((float(drawn.rows[rows[0]].usual), middle), edges)):
            usual = drawn.rows[rows[0]].usual
            found.append({"assumption": name, "usual": usual, "at": flip[0], "way": flip[1]})
    return sorted(found, key=lambda row: float(row["way"]))[:MOST_FLIPS]


def moved_alone(drawn: Drawn) -> int:
    """How many assumptions were moved alone."""
    return len({drawn.rows[k].name for k in drawn.ends})


def package_gains(drawn: Drawn, goal: Goal, none: str, alone: Sequence[str], taken: Sequence[bool],
                  middle: float) -> NDArray[np.float64]:  # fmt: skip
    """
    What a package gains by row: its exact gain in the middle, and what the elements it takes gain more by themselves.

    Effects of two elements on each other are held at the middle.
    """
    table, here = drawn.of(goal), int(drawn.kind(MIDDLE)[0])
    start = table[:, drawn.cells.index(none)]
    out = np.full(len(table), middle)
    for name, chosen in zip(alone, taken, strict=True):
        if chosen:
            gain = table[:, drawn.cells.index(name)] - start
            out += gain - gain[here]
    return out


def both_gain(
    drawn: Drawn, gains: Sequence[NDArray[np.float64]], names: Sequence[str], nothing: float
) -> dict[str, Any] | None:
    """How often both gain, and the spread of each side's gain; None where it was solved in no draw."""
    rows = [gain[drawn.draws] for gain in gains]
    smaller = np.min(rows, axis=0)
    least = odds(smaller, nothing)
    if least is None:
        return None
    each = {name: odds(row) for name, row in zip(names, rows, strict=True)}
    return {
        "draws": least.draws,
        "p_both": float(np.mean(smaller[np.isfinite(smaller)] > nothing)),
        "tie": least.tie,
        "gain_pct": {name: ends(found) for name, found in each.items() if found is not None},
        "flips": flips(drawn, np.min(gains, axis=0)),
    }


def _rival(goal: Goal, drawn: Drawn, table: Any, shape: tuple[int, int]) -> NDArray[np.float64]:
    """What a side counts of the other's, (rows, actions, actions): in draws with a weight of its range."""
    if not isinstance(goal, Rivalry):
        return np.zeros((len(drawn.rows), *shape))
    weights = np.full(len(drawn.rows), goal.weight)
    if goal.band:
        draws = drawn.draws
        even = (np.arange(len(draws)) + 0.5) / max(len(draws), 1)
        low, high = goal.band
        weights[draws] = low + (high - low) * np.random.default_rng(_SEED).permutation(even)
    rival = Total(((1.0, goal.parts[1][1]),))
    out: NDArray[np.float64] = weights[:, None, None] * table(rival)
    return out


def _outside(
    drawn: Drawn, side: str, first: Sequence[ActionSpec], second: Sequence[ActionSpec]
) -> NDArray[np.float64]:
    """Payoffs outside the model, (rows, actions, actions): in draws from their ranges, triangular around the middle."""
    rng = np.random.default_rng(_SEED)
    draws = drawn.draws

    def worth(item: OffModel) -> NDArray[np.float64]:
        out = np.full(len(drawn.rows), item.pct)
        if item.low < item.high:
            out[draws] = rng.triangular(item.low, item.pct, item.high, len(draws))
        return out

    def of(action: ActionSpec) -> NDArray[np.float64]:
        found = [worth(item) for item in action.off_model if item.side == side]
        return np.sum(found, axis=0) if found else np.zeros(len(drawn.rows))

    mine, theirs = (np.stack([of(item) for item in actions], axis=1) for actions in (first, second))
    out: NDArray[np.float64] = mine[:, :, None] + theirs[:, None, :]
    return out


def _spread(found: Odds, share: str, gain: str) -> dict[str, Any]:
    """The odds of a verdict as a document says them."""
    return {"draws": found.draws, share: found.share, "tie": found.tie, gain: ends(found)}


def ends(found: Odds) -> dict[str, float]:
    """Quantiles of a gain."""
    return {"q05": found.low, "q50": found.middle, "q95": found.high}


def quantiles(values: NDArray[np.float64]) -> dict[str, float]:
    """Quantiles of some values."""
    low, middle, high = (float(x) for x in np.quantile(values, (LOW, 0.5, HIGH)))
    return {"q05": low, "q50": middle, "q95": high}
