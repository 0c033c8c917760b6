"""Finite games: payoffs by pair of actions, equilibria by a library, dominated actions, play in sequence."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Payoffs closer than this, relative to the largest difference in the table, count as equal: solves agree to 1e-9.
TIE: Final = 1e-7


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

    Examples
    --------
    >>> dilemma = FiniteGame(("A", "B"), (("talk", "fight"),) * 2, np.array([[[3, 0], [4, 1]], [[3, 4], [0, 1]]]))
    >>> dilemma.pure_equilibria()
    [('fight', 'fight')]
    """

    players: tuple[str, str]
    actions: tuple[tuple[str, ...], tuple[str, ...]]
    payoffs: NDArray[np.float64]
    tie: float = field(default=0.0, init=False)

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
        known = payoffs[np.isfinite(payoffs)]
        object.__setattr__(self, "tie", TIE * float(np.ptp(known)) if known.size else 0.0)

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
        return bool(np.isfinite(column).all() and column[action] >= column.max() - self.tie)

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
        return [self.actions[player][k] for k in np.flatnonzero(column >= column.max() - self.tie)]

    def mixed_equilibria(self) -> list[tuple[dict[str, float], dict[str, float]]]:
        """
        Equilibria in mixed strategies (those in which someone mixes).

        Returns
        -------
        list
            Probability by action, of each player. Empty if any cell failed.

        Raises
        ------
        InputError
            The optional package is not installed.

        Notes
        -----
        By vertex enumeration of the best-response polytopes in `nashpy`, after scaling each player's payoffs to 0 to 1 and
        striking strictly dominated actions. Each answer is checked again: no action may do better by more than a tie.
        """
        if self.failed:
            return []
        rows, columns = self._left()
        table = self.payoffs[:, rows][:, :, columns]
        if min(table.shape[1:]) == 1:
            return []
        try:
            import nashpy  # noqa: PLC0415
        except ImportError:
            raise InputError(
                "mixed equilibria need a package that is not installed",
                where="mixed_equilibria",
                found="no nashpy",
                allowed="nashpy 0.0.43 or later",
                repair="pip install 'detente[games]'",
            ) from None
        spread = np.ptp(table, axis=(1, 2))
        scaled = (table - table.min(axis=(1, 2), keepdims=True)) / np.where(spread > 0, spread, 1)[
            :, None, None
        ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answers = list(nashpy.Game(*scaled).support_enumeration())
        found = []
        for p, q in answers:
            if max(np.max(p), np.max(q)) < 1 - 1e-9 or min(np.max(p), np.max(q)) < 1 - 1e-9:
                whole = self._spread_out(rows, p, 0), self._spread_out(columns, q, 1)
                if self._is_equilibrium(*whole):
                    found.append(tuple(self._named(k, whole[k]) for k in (0, 1)))
        return found  # type: ignore[return-value]

    def _left(self) -> tuple[list[int], list[int]]:
        """Actions that survive striking strictly dominated ones again and again."""
        left = [list(range(len(names))) for names in self.actions]
        while True:
            struck = False
            for player in (0, 1):
                own = self.own(player)[np.ix_(left[player], left[1 - player])]
                keep = [
                    a for k, a in enumerate(left[player])
                    if not any((own[m] > own[k] + self.tie).all() for m in range(len(own)))
                ]  # fmt: skip
                struck |= len(keep) < len(left[player])
                left[player] = keep
            if not struck:
                return left[0], left[1]

    def _spread_out(
        self, places: Sequence[int], shares: NDArray[np.float64], player: int
    ) -> NDArray[np.float64]:
        out = np.zeros(len(self.actions[player]))
        out[list(places)] = np.clip(shares, 0, 1)
        share: NDArray[np.float64] = out / out.sum()
        return share

    def _is_equilibrium(self, p: NDArray[np.float64], q: NDArray[np.float64]) -> bool:
        first, second = self.payoffs[0] @ q, p @ self.payoffs[1]
        slack = 1e3 * self.tie
        return bool(first.max() - p @ first <= slack and second.max() - second @ q <= slack)

    def _named(self, player: int, shares: NDArray[np.float64]) -> dict[str, float]:
        names = self.actions[player]
        return {name: float(share) for name, share in zip(names, shares, strict=True) if share > 1e-9}  # noqa: PLR2004

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
                strict = bool((gap > self.tie).all())
                if strict or ((gap >= -self.tie).all() and (gap > self.tie).any()):
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
        return [pair for value, pair in outcomes if value >= best - self.tie]
