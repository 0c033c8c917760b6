"""Whether a threat is credible, and whether an agreement enforces itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.games.finite import FiniteGame

NEVER: Final = float("inf")


@dataclass(frozen=True)
class Threat:
    """
    A threat: unless the other side yields, the threatener carries out an action.

    Attributes
    ----------
    by, action
        Player (0 or 1) and what it threatens.
    instead
        What it does if it does not carry the threat out.
    refused, yielded
        What the other side does when it refuses, and when it yields.
    """

    by: int
    action: str
    instead: str
    refused: str
    yielded: str


@dataclass(frozen=True)
class Verdict:
    """
    Whether a threat is credible and whether it works.

    Attributes
    ----------
    credible
        Once refused, the threatener does at least as well by carrying it out as by not doing so, the refusal standing; None
        if a solve on the way failed.
    gain
        What carrying it out then gains the threatener, payoff units; negative if it loses.
    harm
        What the other side then loses.
    worth_yielding
        What the other side gains by yielding, if the threat would be carried out.
    rivalry, rivalry_most
        Smallest and largest weight on the other side's loss at which the threat is credible, 0 for a side that counts its
        own payoff alone; the smallest is infinite if there is none, the largest if there is no limit.
    answer, gain_answered
        The other side's best answer to the action carried out, and what carrying out gains the threatener when the other
        side answers whatever it does as well as it can.
    """

    credible: bool | None
    gain: float
    harm: float
    worth_yielding: float
    rivalry: float
    rivalry_most: float
    answer: str
    gain_answered: float


def judge(game: FiniteGame, threat: Threat, *, plain: FiniteGame | None = None) -> Verdict:
    """
    Judge a threat by backward induction.

    Parameters
    ----------
    game
        Payoffs of both sides.
    threat
        Who threatens what.
    plain
        The same game without what either side counts of the other's payoff, if they do: weights are those on its payoffs.

    Returns
    -------
    Verdict

    References
    ----------
    Selten (1965): an equilibrium is perfect only if threats in it would be carried out. Schelling (1960), chapter 2.

    Examples
    --------
    >>> from detente.games.finite import FiniteGame
    >>> payoffs = np.array([[[0.0, -1.0], [-3.0, -4.0]], [[2.0, 0.0], [-5.0, -2.0]]])
    >>> game = FiniteGame(("A", "B"), (("wait", "strike"), ("refuse", "yield")), payoffs)
    >>> judge(game, Threat(0, "strike", "wait", "refuse", "yield")).credible
    False
    """
    me, other = threat.by, 1 - threat.by

    def pay(mine: str, theirs: str, table: FiniteGame = game) -> NDArray[np.float64]:
        pair = table.at(mine, theirs) if me == 0 else table.at(theirs, mine)
        return np.array([pair[me], pair[other]])

    held, struck = pay(threat.instead, threat.refused), pay(threat.action, threat.refused)
    yielded = pay(threat.instead, threat.yielded)
    if not np.isfinite([*held, *struck, *yielded]).all():
        return Verdict(None, np.nan, np.nan, np.nan, np.nan, np.nan, "", np.nan)
    gain, harm = float(struck[0] - held[0]), float(held[1] - struck[1])
    credible = gain >= -game.ties[me]
    plain = plain or game
    moved = pay(threat.action, threat.refused, plain) - pay(threat.instead, threat.refused, plain)
    weights = credible_weights(float(moved[0]), float(-moved[1]), plain.ties[me])
    replies = [game.best_replies(other, action) for action in (threat.action, threat.instead)]
    answer, answered = "", float("nan")
    if all(replies):
        answer = replies[0][0]
        answered = float(pay(threat.action, answer)[0] - pay(threat.instead, replies[1][0])[0])
    return Verdict(credible, gain, harm, float(yielded[1] - struck[1]), *weights, answer, answered)


def credible_weights(gain: float, harm: float, tie: float = 0.0) -> tuple[float, float]:
    """
    Give the weights on the other side's loss at which carrying out a threat does not cost its author.

    Examples
    --------
    >>> credible_weights(-1.0, 2.0), credible_weights(1.0, -2.0), credible_weights(-1.0, -2.0)
    ((0.5, inf), (0.0, 0.5), (inf, inf))
    """
    if gain >= -tie:
        return 0.0, (NEVER if harm >= 0 else max(gain, 0.0) / -harm)
    return (-gain / harm, NEVER) if harm > 0 else (NEVER, NEVER)


def grim_trigger(agreed: float, deviating: float, punished: float) -> float:
    """
    Smallest discount factor at which keeping an agreement pays, punishment lasting for ever.

    Parameters
    ----------
    agreed, deviating, punished
        Payoffs a period: under the agreement, in the period of deviating, after it.

    Returns
    -------
    float
        0 if deviating does not pay even once; infinite if no factor below 1 is enough.

    References
    ----------
    Friedman (1971), "A non-cooperative equilibrium for supergames", Review of Economic Studies 38(1).

    Examples
    --------
    >>> grim_trigger(3, 4, 1)
    0.3333333333333333
    """
    if not np.isfinite([agreed, deviating, punished]).all():
        return float("nan")
    if deviating <= agreed:
        return 0.0
    if punished >= agreed:
        return NEVER
    return (deviating - agreed) / (deviating - punished)


def finite_punishment(agreed: float, deviating: float, punished: float, periods: int) -> float:
    """
    Smallest discount factor at which keeping an agreement pays, punishment lasting some periods.

    Parameters
    ----------
    agreed, deviating, punished
        As in `grim_trigger`.
    periods
        Periods of punishment after the deviation, 1 or more; then the agreement again.

    Returns
    -------
    float
        0 if deviating does not pay even once; infinite if no factor up to 1 is enough.

    Raises
    ------
    InputError
        Fewer than one period.

    Examples
    --------
    >>> finite_punishment(3, 4, 1, 1)
    0.5
    """
    from scipy.optimize import brentq  # noqa: PLC0415

    if periods < 1:
        raise InputError(
            "a punishment lasts at least one period",
            where="finite_punishment",
            found=periods,
            allowed="1 or more",
            repair="give a number of periods",
        )
    if not np.isfinite([agreed, deviating, punished]).all():
        return float("nan")
    if deviating <= agreed:
        return 0.0
    loss = agreed - punished

    def gap(factor: float) -> float:
        """Present value of the punishment less the gain of deviating."""
        return loss * sum(factor**k for k in range(1, periods + 1)) - (deviating - agreed)

    if gap(1.0) < 0:
        return NEVER
    return float(brentq(gap, 0.0, 1.0, xtol=1e-15, rtol=1e-14))
