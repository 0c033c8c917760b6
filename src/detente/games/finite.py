"""Finite games: payoffs by pair of actions, every equilibrium, dominated actions, play in sequence."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.display import as_html, in_short
from detente.errors import InputError
from detente.games.enumeration import components, exact_payoffs, extreme_equilibria, too_large
from detente.games.verify import largest_gain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.games.enumeration import Exact, Mix, Pair

# Payoffs closer than this, relative to the largest difference in a player's table, count as equal: solves agree to 1e-9.
TIE: Final = 1e-7
# What floating point may leave of a difference that is none, in units of the last place of the largest payoff.
_ROUNDING: Final = 64 * float(np.finfo(np.float64).eps)
# Ties by which the profile found may be improved upon: payoffs that tie were read as one.
_SLACK: Final = 3.0
Profile = tuple[dict[str, float], dict[str, float]]


@dataclass(frozen=True, eq=False)
class FiniteGame:
    """
    Two players with a list of actions each.

    Parameters
    ----------
    players
        Names of the row and the column player.
    actions
        Names of the actions of each.
    payoffs
        Of the row and the column player, (2, rows, columns); NaN in a cell whose solve failed.
    noise
        What a payoff may be wrong by; no smaller difference counts.

    Attributes
    ----------
    ties
        Difference of payoffs, by player, that does not count.

    Examples
    --------
    >>> dilemma = FiniteGame(("A", "B"), (("talk", "fight"),) * 2, np.array([[[3, 0], [4, 1]], [[3, 4], [0, 1]]]))
    >>> dilemma.pure_equilibria(), dilemma.complete
    ([('fight', 'fight')], True)
    """

    __repr__ = in_short
    _repr_html_ = as_html

    players: tuple[str, str]
    actions: tuple[tuple[str, ...], tuple[str, ...]]
    payoffs: NDArray[np.float64]
    noise: float = 0.0
    ties: tuple[float, float] = field(default=(0.0, 0.0), init=False)

    def __post_init__(self) -> None:
        """Check the shape, and find out what counts as a tie."""
        payoffs = np.asarray(self.payoffs, dtype=np.float64)
        wanted = (2, len(self.actions[0]), len(self.actions[1]))
        if payoffs.shape != wanted or not all(wanted):
            raise InputError(
                "payoffs do not fit the actions",
                where="FiniteGame",
                found=payoffs.shape,
                allowed=f"{wanted}: player, row action, column action",
                repair="give one payoff per player and pair of actions, NaN where a solve failed",
            )
        object.__setattr__(self, "payoffs", payoffs)
        object.__setattr__(self, "ties", tuple(_tie(own[np.isfinite(own)], self.noise) for own in payoffs))

    @property
    def failed(self) -> list[tuple[str, str]]:
        """Pairs of actions without payoffs."""
        bad = ~np.isfinite(self.payoffs).all(axis=0)
        return [(self.actions[0][r], self.actions[1][c]) for r, c in np.argwhere(bad)]

    def at(self, row: str, column: str) -> NDArray[np.float64]:
        """Payoffs of both at a pair of actions, (2,)."""
        out: NDArray[np.float64] = self.payoffs[:, self.place(0, row), self.place(1, column)]
        return out

    def place(self, player: int, action: str) -> int:
        """Position of an action of a player."""
        if action not in self.actions[player]:
            raise InputError(
                "no such action",
                where=f"actions of {self.players[player]}",
                found=action,
                allowed=", ".join(self.actions[player]),
                repair="name an action of the game",
            )
        return self.actions[player].index(action)

    def own(self, player: int) -> NDArray[np.float64]:
        """Payoffs of a player, own action first."""
        table: NDArray[np.float64] = self.payoffs[player]
        return table if player == 0 else table.T

    def pure_equilibria(self) -> list[tuple[str, str]]:
        """
        Pairs of actions from which neither side gains by changing its own.

        Returns
        -------
        list
            A pair is left out if any cell it has to be compared with failed.
        """
        found = []
        for r, c in product(range(len(self.actions[0])), range(len(self.actions[1]))):
            if self._best(0, r, c) and self._best(1, c, r):
                found.append((self.actions[0][r], self.actions[1][c]))
        return found

    def _best(self, player: int, action: int, other: int) -> bool:
        column = self.own(player)[:, other]
        return bool(np.isfinite(column).all() and column[action] >= column.max() - self.ties[player])

    def best_replies(self, player: int, other: str) -> list[str]:
        """
        Best actions of a player against an action of the other.

        Parameters
        ----------
        player
            0 or 1.
        other
            Action of the other player.

        Returns
        -------
        list
            All that tie; empty if a cell failed.
        """
        column = self.own(player)[:, self.place(1 - player, other)]
        if not np.isfinite(column).all():
            return []
        return [self.actions[player][k] for k in np.flatnonzero(column >= column.max() - self.ties[player])]

    def mixed_equilibria(self) -> list[Profile]:
        """
        Extreme equilibria in which someone mixes.

        Returns
        -------
        list
            Probability by action, of each player. Empty if any cell failed, or if the game is too large.

        Notes
        -----
        With `pure_equilibria`, every equilibrium of the game where `complete`; otherwise `incomplete` says what is not
        listed. By vertex enumeration of the best-response polytopes in exact arithmetic (`detente.games.enumeration`).
        Each is checked again, cell by cell, by `detente.games.verify.largest_gain`.

        Examples
        --------
        >>> pennies = FiniteGame(("A", "B"), (("heads", "tails"),) * 2, np.array([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]))
        >>> pennies.mixed_equilibria()
        [({'heads': 0.5, 'tails': 0.5}, {'heads': 0.5, 'tails': 0.5})]
        """
        return [self._profile(pair) for pair in self._extreme if any(max(mix) < 1 for mix in pair)]

    @property
    def complete(self) -> bool:
        """Whether the equilibria listed are all there are."""
        return not self.incomplete

    @property
    def incomplete(self) -> str:
        """Why there may be equilibria that are not listed; empty if there are none."""
        if self.failed:
            return f"{len(self.failed)} cells failed"
        if too_large(*(len(left) for left in self._left)):
            sizes = " x ".join(str(len(left)) for left in self._left)
            return f"{sizes} actions are too many to look for equilibria in mixed strategies"
        if len(self._extreme) < len(self._found):
            return f"{len(self._found) - len(self._extreme)} found did not pass a second look"
        if self.continua:
            return "there are infinitely many; those listed are the corners of what connects them"
        return ""

    @property
    def continua(self) -> list[list[Profile]]:
        """
        Connected sets of infinitely many equilibria.

        Each is given by its corners: two that share one side's strategy have every mixture in between as equilibria.
        """
        groups = components(self._extreme)
        return [[self._profile(self._extreme[k]) for k in group] for group in groups if len(group) > 1]

    @cached_property
    def _extreme(self) -> list[Pair]:
        """Extreme equilibria that no action improves upon, as another method finds."""
        return [pair for pair in self._found if self._holds(pair)]

    @cached_property
    def _found(self) -> list[Pair]:
        """Extreme equilibria over all actions, as they were found."""
        if self.failed or too_large(*(len(left) for left in self._left)):
            return []
        rows, columns = self._left
        parts = [[[own[r][c] for c in columns] for r in rows] for own in self._exact]
        small = extreme_equilibria(parts[0], parts[1])
        return sorted(((self._whole(0, p), self._whole(1, q)) for p, q in small), reverse=True)

    @cached_property
    def _exact(self) -> tuple[Exact, Exact]:
        """Payoffs as fractions, ties as one number."""
        first, second = (exact_payoffs(self.payoffs[k], self.ties[k]) for k in (0, 1))
        return first, second

    @cached_property
    def _left(self) -> tuple[list[int], list[int]]:
        """Actions that survive striking strictly dominated ones again and again."""
        left = [list(range(len(names))) for names in self.actions]
        while True:
            struck = False
            for player in (0, 1):
                own = self.own(player)[np.ix_(left[player], left[1 - player])]
                keep = [
                    a for k, a in enumerate(left[player])
                    if not any((own[m] > own[k] + self.ties[player]).all() for m in range(len(own)))
                ]  # fmt: skip
                struck |= len(keep) < len(left[player])
                left[player] = keep
            if not struck:
                return left[0], left[1]

    def _whole(self, player: int, mix: Mix) -> Mix:
        """Give struck actions the probability 0."""
        shares = dict(zip(self._left[player], mix, strict=True))
        return tuple(shares.get(k, mix[0] * 0) for k in range(len(self.actions[player])))

    def _holds(self, pair: Pair) -> bool:
        """Whether no action of either side does better by more than ties, cell by cell."""
        rows, columns = self.actions
        for player in (0, 1):
            worth = self.payoffs[player] / (self.ties[player] or 1.0)
            cells = {
                (r, c): (float(worth[a, b]) if player == 0 else 0.0, float(worth[a, b]) if player else 0.0)
                for a, r in enumerate(rows)
                for b, c in enumerate(columns)
            }
            if largest_gain(cells, *self._profile(pair)) > _SLACK:
                return False
        return True

    def _profile(self, pair: Pair) -> Profile:
        """Probabilities by name, of the actions played."""
        first, second = (
            {name: float(share) for name, share in zip(self.actions[k], pair[k], strict=True) if share}
            for k in (0, 1)
        )
        return first, second

    def dominated(self) -> list[dict[str, str]]:
        """
        Actions that another one beats whatever the other side does.

        Returns
        -------
        list
            player, action, by, strictly ("yes" or "no": ties somewhere). Cells that failed leave an action undecided.
        """
        found = []
        for player in (0, 1):
            own = self.own(player)
            for a, b in product(range(len(own)), repeat=2):
                gap = own[b] - own[a]
                if a == b or not np.isfinite(gap).all():
                    continue
                tie = self.ties[player]
                strict = bool((gap > tie).all())
                if strict or ((gap >= -tie).all() and (gap > tie).any()):
                    found.append(
                        {
                            "player": self.players[player],
                            "action": self.actions[player][a],
                            "by": self.actions[player][b],
                            "strictly": "yes" if strict else "no",
                        }
                    )
        return found

    def sequential(self, leader: int) -> list[tuple[str, str]]:
        """
        Outcome when one side moves first and the other answers what it sees (backward induction).

        Parameters
        ----------
        leader
            Player who moves first, 0 or 1.

        Returns
        -------
        list
            Pairs (row, column); several if the follower or the leader is indifferent. Empty if a cell failed.
        """
        if self.failed:
            return []
        outcomes = []
        for action in self.actions[leader]:
            for reply in self.best_replies(1 - leader, action):
                pair = (action, reply) if leader == 0 else (reply, action)
                outcomes.append((float(self.at(*pair)[leader]), pair))
        best = max(value for value, _ in outcomes)
        return [pair for value, pair in outcomes if value >= best - self.ties[leader]]


def _tie(known: NDArray[np.float64], noise: float) -> float:
    """Difference of a player's payoffs that does not count."""
    if not known.size:
        return noise
    return max(TIE * float(np.ptp(known)), _ROUNDING * float(np.abs(known).max()), noise)
