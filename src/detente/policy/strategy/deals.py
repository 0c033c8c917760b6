"""Deals: every package of a list of elements, those both sides prefer to no deal, ranked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import StudyError
from detente.games import RealIncome
from detente.games.rival_weights import by_weight, largest_weights
from detente.policy.outcomes import group_members
from detente.policy.strategy.actions import Cells, goals_in
from detente.policy.strategy.fragility.drawn import Cell, Drawn
from detente.policy.strategy.fragility.judge import HELD, draws_of, judge_package
from detente.policy.strategy.fragility.verdicts import package_gains
from detente.policy.strategy.game_file import GameSpec, load_game, merge_edits
from detente.policy.strategy.game_setting import (
    GameSetting,
    conditions,
    find_player,
    gain_usd_bn,
    real_income,
)
from detente.policy.strategy.goals import USUAL, GoalText
from detente.policy.strategy.known import as_law_stands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from detente.games import Goal, Player
    from detente.model import Equilibrium, Shock
    from detente.policy.study import ScenarioSpec

# Gains below this, percent of real income, are none: what solves may be wrong by.
NOTHING = 1e-7
_SHOWN_OTHERS = 3
# Weights on the other side's gain at which packages are counted.
_WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def play_deals(
    board: GameSetting,
    game: str | Path | GameSpec,
    *,
    goal: GoalText = USUAL,
    draws: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """
    Solve every package of a game's elements and rank those both sides prefer to no deal.

    Gives ``no_deal`` (real income without any element), ``rows`` (packages both prefer, by the product of gains), each
    with who gains what, whether another package is better for both, and who else gains or loses; ``rejected`` (how many
    fail for whom), ``weights`` (how many both sign by the weight on the other's gain), ``failed``; ``fragility`` of each
    package over draws of the assumptions, those that come with the package by default.
    """
    spec = game if isinstance(game, GameSpec) else load_game(game)
    if not spec.deals:
        raise StudyError(
            "a game without elements of a deal",
            where=f"game {spec.id}",
            found="no `deals`",
            allowed="up to ten elements",
            repair="add `deals` to the game file",
        )
    if spec.no_deal:
        board.spec(spec.no_deal)
    table = solve_packages(board, spec, goal=goal, progress=progress)
    nothing = table.outcomes[0]
    if nothing["status"] != "converged":
        raise StudyError(
            "no deal has no equilibrium, so nothing can be compared with it",
            where=f"game {spec.id}",
            found=nothing["status"],
            allowed="converged",
            repair="choose another world, closure or horizon",
        )
    rows = [
        _row(table, chosen, outcome)
        for chosen, outcome in zip(table.packages[1:], table.outcomes[1:], strict=True)
        if outcome["status"] == "converged"
    ]
    agreed = [row for row in rows if min(table.gain_of(row).values()) > NOTHING]
    for row in agreed:
        row["best_for_both"] = not any(_better(table.gain_of(other), table.gain_of(row)) for other in rows)
    agreed.sort(key=lambda row: -row["product"])
    sure = _sure(board, table, draws)
    about = _add_fragility(table, rows, *sure) if sure else {}
    return {
        **conditions(board),
        "game": spec.id,
        "on": spec.on.isoformat(),
        "notes": list(spec.notes),
        "game_assumptions": [item.model_dump() for item in spec.assumptions],
        "players": list(spec.players),
        "unit": {name: want.unit for name, want in zip(spec.players, table.goals, strict=True)},
        "goal": {name: want.title for name, want in zip(spec.players, table.goals, strict=True)},
        "elements": [item.model_dump(by_alias=True, exclude_defaults=True) for item in spec.deals],
        "no_deal": {
            "real_income_pct": nothing["real_income_pct"],
            "scenario": spec.no_deal or "no deal",
        },
        "packages": len(table.packages) - 1,
        "rows": agreed,
        "rejected": {name: sum(table.gain_of(row)[name] <= NOTHING for row in rows) for name in spec.players},
        "weights": _weights(table, rows),
        **about,
        "alone": _alone(spec, rows),
        "failed": [
            {"elements": _names(spec, chosen), "status": outcome["status"]}
            for chosen, outcome in zip(table.packages, table.outcomes, strict=True)
            if outcome["status"] != "converged"
        ],
    }


@dataclass(frozen=True)
class Packages:
    """
    Every package of a game's elements, solved.

    spec, players, goals: The game.
    packages: Which elements each takes; the first takes none.
    outcomes: What is kept of each equilibrium.
    """

    spec: GameSpec
    players: tuple[Player, Player]
    goals: tuple[Goal, Goal]
    packages: list[tuple[bool, ...]]
    outcomes: list[dict[str, Any]]

    @property
    def plain(self) -> bool:
        """Whether both want real income and nothing else."""
        return all(isinstance(goal, RealIncome) for goal in self.goals)

    def gain_of(self, row: Mapping[str, Any]) -> dict[str, float]:
        """What both sides gain in what they want."""
        found: dict[str, float] = row["gain_pct" if self.plain else "goal_gain_pct"]
        return found


def solve_packages(
    board: GameSetting,
    spec: GameSpec,
    *,
    goal: GoalText = USUAL,
    progress: Callable[[str], None] | None = None,
) -> Packages:
    """Solve every package, those without limits and targets side by side."""
    first, second = (find_player(board, name) for name in spec.players)
    goals, cells, say = goals_in(board, spec, goal), Cells(board), progress or (lambda _text: None)
    packages = list(product((False, True), repeat=len(spec.deals)))

    def shocks() -> Iterator[Shock]:
        for number, chosen in enumerate(packages):
            if number % 32 == 0:
                say(f"package {number} of {len(packages)}")
            yield cells.read(as_law_stands(package(spec, chosen), board.run.ledger))[1].shock

    outcomes = cells.solve_many(shocks(), reduce=lambda eq: _outcome(board, eq, (first, second), goals))
    return Packages(spec, (first, second), goals, packages, outcomes)


def _sure(board: GameSetting, table: Packages, draws: int | None) -> tuple[Drawn, dict[str, Any]] | None:
    """No deal, each element alone and all of them under draws."""
    spec = table.spec

    def cells() -> list[Cell]:
        reader = Cells(board)
        found = [as_law_stands(package(spec, chosen), board.run.ledger) for chosen in drawn_packages(spec)]
        return [Cell(item, *reader.read(item)) for item in found]

    return draws_of(board, spec, table.goals, draws, cells)


def drawn_packages(spec: GameSpec) -> list[tuple[bool, ...]]:
    """The packages that are solved under draws: none, each element alone, all."""
    count = len(spec.deals)
    alone = [tuple(k == j for j in range(count)) for k in range(count)]
    return list(dict.fromkeys([(False,) * count, *alone, (True,) * count]))


def _add_fragility(
    table: Packages, rows: Sequence[dict[str, Any]], drawn: Drawn, about: dict[str, Any]
) -> dict[str, Any]:
    """Say of each package how sure it is that both gain, and of all how far adding elements up is from exact."""
    spec, names = table.spec, table.spec.players
    none, *alone = (package(spec, chosen).id for chosen in drawn_packages(spec))
    ids = none, alone[: len(spec.deals)]
    for row in rows:
        taken = [item.id in row["elements"] for item in spec.deals]
        middle = [table.gain_of(row)[name] for name in names]
        found = judge_package(drawn, table.goals, names, ids, taken, middle, NOTHING)
        if found is not None:
            row["fragility"] = found
    gap = _additive_gap(table, drawn, ids, rows)
    return {"fragility": {**about, "how": f"{about['how']}; {HELD}", "largest_gap_pct": gap}}


def _additive_gap(
    table: Packages, drawn: Drawn, ids: tuple[str, Sequence[str]], rows: Sequence[dict[str, Any]]
) -> float | None:
    """Largest gap, over draws and sides, between the gain of all elements together and what adding them up gives."""
    spec = table.spec
    whole = package(spec, (True,) * len(spec.deals)).id
    row = next((item for item in rows if item["scenario"] == whole), None)
    if row is None:
        return None
    gaps = []
    for name, goal in zip(spec.players, table.goals, strict=True):
        exact = drawn.of(goal)[:, drawn.cells.index(whole)] - drawn.of(goal)[:, drawn.cells.index(ids[0])]
        taken = (True,) * len(spec.deals)
        added = package_gains(drawn, goal, ids[0], ids[1], taken, table.gain_of(row)[name])
        gaps.append(np.abs(exact - added)[drawn.draws])
    return float(np.nanmax(gaps))


def package(spec: GameSpec, chosen: Sequence[bool]) -> ScenarioSpec:
    """Give a package of elements as a scenario."""
    edits = [item.with_ if taken else item.without for item, taken in zip(spec.deals, chosen, strict=True)]
    names = [item.id for item, taken in zip(spec.deals, chosen, strict=True) if taken]
    name = "deal-" + "".join("1" if taken else "0" for taken in chosen)
    label = ", ".join(names) or "no deal"
    assume = {
        key: value
        for item, taken in zip(spec.deals, chosen, strict=True)
        for key, value in (item.assume if taken else item.assume_without).items()
    }
    return spec.edited(name, label, merge_edits(edits), assume, known_on=spec.deals_known_on)


def _names(spec: GameSpec, chosen: Sequence[bool]) -> list[str]:
    return [item.id for item, taken in zip(spec.deals, chosen, strict=True) if taken]


def _outcome(
    board: GameSetting, eq: Equilibrium, players: Sequence[Player], goals: Sequence[Goal]
) -> dict[str, Any]:
    """What is kept of an equilibrium."""
    if not eq.converged:
        return {"status": eq.status}
    inside = [label for player in players for label in player.economies]
    others = {
        label: float(value)
        for label, value in zip(eq.base.economies, np.asarray(eq.real_income_pct), strict=True)
        if label not in inside and label != "ROW"
    }
    spec = board.run.spec
    groups = {
        group: RealIncome(tuple(group_members(group, board.setting.world, spec.baseline))).percent(eq)
        for group in spec.groups
    }
    return {
        "status": eq.status,
        "real_income_pct": {player.name: real_income(eq, player) for player in players},
        "usd_bn": {player.name: gain_usd_bn(eq, player) for player in players},
        "goal_pct": {player.name: goal.percent(eq) for player, goal in zip(players, goals, strict=True)},
        "others": others,
        "groups": groups,
    }


def _row(table: Packages, chosen: Sequence[bool], outcome: dict[str, Any]) -> dict[str, Any]:
    """One package against no deal."""
    spec, nothing = table.spec, table.outcomes[0]

    def gains(key: str) -> dict[str, float]:
        return {name: outcome[key][name] - nothing[key][name] for name in outcome[key]}

    gain, others = gains("real_income_pct"), gains("others")
    wanted = gain if table.plain else gains("goal_pct")
    order = sorted(others, key=lambda label: others[label])
    return {
        "elements": _names(spec, chosen),
        "scenario": package(spec, chosen).id,
        "gain_pct": gain,
        **({} if table.plain else {"goal_gain_pct": wanted}),
        "gain_usd_bn": gains("usd_bn"),
        "sum_usd_bn": sum(gains("usd_bn").values()),
        "share_of_first": gain[spec.players[0]] / sum(gain.values()) if sum(gain.values()) else None,
        "product": float(np.prod([max(value, 0.0) for value in wanted.values()])),
        "others_lose": {label: others[label] for label in order[:_SHOWN_OTHERS] if others[label] < 0},
        "others_gain": {label: others[label] for label in order[::-1][:_SHOWN_OTHERS] if others[label] > 0},
        "groups_pct": gains("groups"),
    }


def _better(other: Mapping[str, float], own: Mapping[str, float]) -> bool:
    """Whether another package is better for both (no worse for one)."""
    gaps = [other[name] - own[name] for name in own]
    return bool(min(gaps) >= -NOTHING and max(gaps) > NOTHING)


def _weights(table: Packages, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How many packages both sign by the weight each side puts on the other's gain in real income."""
    first, second = table.spec.players
    gains = np.array([[row["gain_pct"][first], row["gain_pct"][second]] for row in rows]).reshape(-1, 2)
    ends = [largest_weights(gain) for gain in gains.tolist() if min(gain) > NOTHING]
    columns = ("both", first, second)
    return {
        "rows": [
            {"weight": weight, **dict(zip(columns, counts, strict=True))}
            for weight, *counts in by_weight(gains, _WEIGHTS, NOTHING)
        ],
        "all_signed_below": {name: min(end[k] for end in ends) for k, name in enumerate(columns)}
        if ends
        else None,
        "none_signed_from": {name: max(end[k] for end in ends) for k, name in enumerate(columns)}
        if ends
        else None,
    }


def _alone(spec: GameSpec, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each element is worth to both sides when it is the only one."""
    by_elements = {tuple(row["elements"]): row for row in rows}
    found = []
    for item in spec.deals:
        row = by_elements.get((item.id,))
        if row:
            found.append({"element": item.id, "by": item.by, "gain_pct": row["gain_pct"]})
    return found
