"""What follows from a payoff matrix: equilibria, credible threats, deviations; sentences in the unit that was played for."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from detente import labels
from detente.formatting import figure, number
from detente.games import Threat, finite_punishment, grim_trigger, judge, largest_gain
from detente.games.objectives import Rivalry
from detente.geography.economies import spoken
from detente.ledger.views.track_record import record_of, statements

if TYPE_CHECKING:
    from detente.games import FiniteGame, Goal, Verdict
    from detente.ledger import Ledger
    from detente.policy.strategy.actions import Matrix
    from detente.policy.strategy.game_file import GameSpec, ThreatSpec

# A weight is tried with three decimals, then with one more at a time.
_DECIMALS = 3
_MOST_DECIMALS = 9
# What rounding a weight away from its bound may change it by.
_LOOSE = 0.01


def equilibria(matrix: Matrix) -> dict[str, Any]:
    """Pure and mixed equilibria, what a second method gains from leaving one, and what is not listed."""
    table, names = matrix.game, matrix.spec.players
    pure, mixed = table.pure_equilibria(), table.mixed_equilibria()
    sure = [({first: 1.0}, {second: 1.0}) for first, second in pure]
    rows, columns = table.actions
    cells = {(r, c): (float(table.at(r, c)[0]), float(table.at(r, c)[1])) for r in rows for c in columns}
    gains = [largest_gain(cells, *profile) for profile in (*sure, *mixed)]
    found: dict[str, Any] = {
        "pure": [dict(zip(names, pair, strict=True)) for pair in pure],
        "mixed": [dict(zip(names, pair, strict=True)) for pair in mixed],
        "regret_pct": max(gains) if gains else None,
        "complete": table.complete,
    }
    if table.continua:
        found["continua"] = [
            [dict(zip(names, profile, strict=True)) for profile in group] for group in table.continua
        ]
    if table.incomplete and not table.failed:
        found["incomplete"] = table.incomplete
    return found


def threat(matrix: Matrix, item: ThreatSpec, ledger: Ledger | None = None) -> dict[str, Any]:
    """One threat: verdict, reason, and what became of such threats before."""
    spec = matrix.spec
    by = spec.players.index(item.by)
    asked = Threat(by, item.action, item.instead, item.refused, item.yielded)
    verdict = judge(matrix.game, asked, plain=matrix.plain)
    own = judge(matrix.plain, asked)
    past = record_of(item.by, "threat", ledger=ledger)
    goal = matrix.goals[by]
    return {
        "threat": item.id,
        "by": item.by,
        "says": item.says,
        "action": item.action,
        "instead": item.instead,
        "refused": item.refused,
        "yielded": item.yielded,
        "credible": verdict.credible,
        "unit": goal.unit,
        "gain_pct": _finite(verdict.gain),
        "harm_pct": _finite(verdict.harm),
        "worth_yielding_pct": _finite(verdict.worth_yielding),
        "own_unit": plain_goal(goal).unit,
        "own_gain_pct": _finite(own.gain),
        "other_loss_pct": _finite(own.harm),
        "weight": weight_of(goal),
        "rivalry_needed": _finite(verdict.rivalry),
        "rivalry_at_most": _finite(verdict.rivalry_most),
        "answer": verdict.answer,
        "gain_answered_pct": _finite(verdict.gain_answered),
        "why": _why_threat(spec, item, verdict, own, goal, matrix.plain.ties),
        "record": {
            "threats_of_this_side": past,
            "carried_out_share": _share(past, "followed", "partly"),
            "this_measure": dict(Counter(s.outcome for s in statements(measure=item.measure, ledger=ledger))),
        },
    }


def plain_goal(goal: Goal) -> Goal:
    """What a side wants without what it counts of the other's."""
    return goal.own if isinstance(goal, Rivalry) else goal


def weight_of(goal: Goal) -> float:
    """What a side counts of the other's loss."""
    return goal.weight if isinstance(goal, Rivalry) else 0.0


def _share(counts: dict[str, int], *outcomes: str) -> float | None:
    """Share of some outcomes in all."""
    total = sum(counts.values())
    return sum(counts.get(name, 0) for name in outcomes) / total if total else None


def _doing(spec: GameSpec, side: str, action: str) -> str:
    """An action as it stands after "to": by its label, or by its own name as one of the choices."""
    found = labels.find("action", action, f"{spec.id}.{side}")
    own = next(item.label for item in spec.actions[side] if item.id == action)
    return found.label if found else f'choose "{own}"'


def _why_threat(
    spec: GameSpec,
    item: ThreatSpec,
    verdict: Verdict,
    own: Verdict,
    goal: Goal,
    ties: tuple[float, float],
) -> str:
    """The verdict on a threat in words, each side's own payoff first, then what the author counts of the other's."""
    if verdict.credible is None:
        return "a solve it needs failed, so nothing is claimed"
    tie, unit, weight = max(ties), plain_goal(goal).unit, weight_of(goal)
    rival = spec.players[1 - spec.players.index(item.by)]
    by, other = spoken(item.by), spoken(rival)
    words = (
        f"should {other} refuse and {_doing(spec, rival, item.refused)}, then to {_doing(spec, item.by, item.action)} would"
        f" {_does(own.gain, by, unit, tie)}, and {_has(-own.harm, other, tie)}"
    )
    if weight:
        sum_of = "gain" if verdict.gain >= 0 else "loss"
        words += (
            f"; with the weight of {number(weight)} given here to what {other} loses, that is a {sum_of} of"
            f" {figure(verdict.gain)} points to {by}"
        )
    return (
        f"{'credible' if verdict.credible else 'not credible'}: {words}{_weights(by, other, verdict, weight)}"
    )


def _weights(by: str, other: str, verdict: Verdict, weight: float) -> str:
    """At which weights on the other's loss the verdict is another one, each bound rounded so that it holds as printed."""
    least, most = verdict.rivalry, verdict.rivalry_most
    if not math.isfinite(least):
        return f"; no weight on the loss of {other} makes it credible"
    low, high = bound(least, up=True), bound(most, up=False) if math.isfinite(most) else ""
    if not verdict.credible:
        said = f"{low} or more" if weight < least else f"{high} or less"
        return f"; it would be credible if {by} gave a weight of {said} to the loss of {other}"
    if weight and least > 0:
        return f"; it is credible because {by} gives a weight of {low} or more to the loss of {other}"
    if weight and high:
        return f"; it would not be at a weight above {bound(most, up=True)}, since {other} gains by it"
    return ""


def bound(value: float, *, up: bool) -> str:
    """Write a bound on a weight, rounded up or down, to within one percent."""
    for digits in range(_DECIMALS, _DECIMALS + _MOST_DECIMALS):
        scaled = value * 10**digits
        rounded = (math.ceil(scaled) if up else math.floor(scaled)) / 10**digits
        if abs(rounded - value) <= _LOOSE * abs(value):
            break
    return number(rounded, digits, least=2)


def _does(value: float, who: str, unit: str, tie: float) -> str:
    """What carrying out does to its author."""
    if abs(value) <= tie:
        return f"neither gain nor cost {who} any {unit}"
    return f"{'gain' if value > 0 else 'cost'} {who} {figure(value)} % of {unit}"


def _has(value: float, other: str, tie: float) -> str:
    """What carrying out does to the other side."""
    if abs(value) <= tie:
        return f"neither gain nor cost {other} anything"
    return f"{'gain' if value > 0 else 'cost'} {other} {figure(value)} %"


def discounts(matrix: Matrix) -> list[dict[str, Any]]:
    """Smallest discount factor at which each side keeps the agreement, by deviation and punishment."""
    spec, table = matrix.spec, matrix.game
    agreed = (spec.agreement[spec.players[0]], spec.agreement[spec.players[1]])
    stage = table.pure_equilibria()
    profiles = {
        item.id: (item.profile[spec.players[0]], item.profile[spec.players[1]]) for item in spec.punishments
    }
    known = {*profiles}
    profiles |= {f"equilibrium {r}/{c}": (r, c) for r, c in stage if (r, c) != agreed}
    found = []
    for player in (0, 1):
        held = float(table.at(*agreed)[player])
        for action in table.actions[player]:
            if action == agreed[player]:
                continue
            pair = (action, agreed[1]) if player == 0 else (agreed[0], action)
            tempted = float(table.at(*pair)[player])
            for name, profile in profiles.items():
                after = float(table.at(*profile)[player])
                found.append(
                    {
                        "player": spec.players[player],
                        "deviation": action,
                        "punishment": name,
                        **(
                            {}
                            if name in known
                            else {"punished_by": dict(zip(spec.players, profile, strict=True))}
                        ),
                        "punishment_is_equilibrium": profile in stage,
                        **_deviation(table, player, agreed, pair),
                        "loss_pct": _finite(held - after),
                        "grim": _finite(grim_trigger(held, tempted, after)),
                        "periods": {
                            str(n): _finite(finite_punishment(held, tempted, after, n)) for n in spec.periods
                        },
                    }
                )
    return found


def _deviation(
    table: FiniteGame, player: int, agreed: tuple[str, str], pair: tuple[str, str]
) -> dict[str, Any]:
    """What a deviation gains its author and the other side; one that helps the other side breaks nothing."""
    gain, others = (float(table.at(*pair)[k] - table.at(*agreed)[k]) for k in (player, 1 - player))
    known = np.isfinite([gain, others]).all()
    return {
        "gain_pct": _finite(gain),
        "other_gain_pct": _finite(others),
        "pays": bool(gain > table.ties[player]) if known else None,
        "breach": bool(others <= table.ties[1 - player]) if known else None,
    }


def _finite(value: float) -> float | None:
    """None where no factor is enough, or a solve failed."""
    return value if np.isfinite(value) else None
