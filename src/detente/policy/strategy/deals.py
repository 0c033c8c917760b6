"""Deals: every package of a list of elements, those both sides prefer to no deal, ranked."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import StudyError
from detente.policy.outcomes import group_members
from detente.policy.strategy.actions import Cells
from detente.policy.strategy.game_file import GameSpec, load_game, merge_edits
from detente.policy.strategy.game_setting import (
    GameSetting,
    conditions,
    find_player,
    gain_usd_bn,
    real_income,
)
from detente.policy.strategy.known import as_law_stands

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from detente.games import Player
    from detente.model import Equilibrium
    from detente.policy.study import ScenarioSpec

# Gains below this, percent of real income, are none: what solves may be wrong by.
NOTHING = 1e-7
_SHOWN_OTHERS = 3


def play_deals(
    board: GameSetting, game: str | Path | GameSpec, *, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """
    Solve every package of a game's elements and rank those both sides prefer to no deal.

    Gives ``no_deal`` (real income without any element), ``rows`` (packages both prefer, by the product of gains), each
    with who gains what, whether another package is better for both, and who else gains or loses; ``rejected`` (how many
    fail for whom), ``failed``.
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
    players = [find_player(board, name) for name in spec.players]
    cells, say = Cells(board), progress or (lambda _text: None)
    packages = list(product((False, True), repeat=len(spec.deals)))
    solved = []
    for number, chosen in enumerate(packages):
        if number % 32 == 0:
            say(f"package {number} of {len(packages)}")
        scenario = as_law_stands(package(spec, chosen), board.run.ledger)
        solved.append(_outcome(board, cells.solve(scenario), players))
    nothing = solved[0]
    if nothing["status"] != "converged":
        raise StudyError(
            "no deal has no equilibrium, so nothing can be compared with it",
            where=f"game {spec.id}",
            found=nothing["status"],
            allowed="converged",
            repair="choose another world, closure or horizon",
        )
    rows = [
        _row(spec, chosen, outcome, nothing, players)
        for chosen, outcome in zip(packages[1:], solved[1:], strict=True)
        if outcome["status"] == "converged"
    ]
    agreed = [row for row in rows if min(row["gain_pct"].values()) > NOTHING]
    for row in agreed:
        row["best_for_both"] = not any(_better(other, row) for other in rows)
    agreed.sort(key=lambda row: -row["product"])
    return {
        **conditions(board),
        "game": spec.id,
        "on": spec.on.isoformat(),
        "notes": list(spec.notes),
        "game_assumptions": [item.model_dump() for item in spec.assumptions],
        "players": list(spec.players),
        "elements": [item.model_dump(by_alias=True, exclude_defaults=True) for item in spec.deals],
        "no_deal": {
            "real_income_pct": nothing["real_income_pct"],
            "scenario": spec.no_deal or "no deal",
        },
        "packages": len(packages) - 1,
        "rows": agreed,
        "rejected": {name: sum(row["gain_pct"][name] <= NOTHING for row in rows) for name in spec.players},
        "alone": _alone(spec, rows),
        "failed": [
            {"elements": _names(spec, chosen), "status": outcome["status"]}
            for chosen, outcome in zip(packages, solved, strict=True)
            if outcome["status"] != "converged"
        ],
    }


def package(spec: GameSpec, chosen: Sequence[bool]) -> ScenarioSpec:
    """Give a package of elements as a scenario."""
    edits = [item.with_ if taken else item.without for item, taken in zip(spec.deals, chosen, strict=True)]
    names = [item.id for item, taken in zip(spec.deals, chosen, strict=True) if taken]
    name = "deal-" + "".join("1" if taken else "0" for taken in chosen)
    label = ", ".join(names) or "no deal"
    return spec.edited(name, label, merge_edits(edits), {}, known_on=spec.deals_known_on)


def _names(spec: GameSpec, chosen: Sequence[bool]) -> list[str]:
    return [item.id for item, taken in zip(spec.deals, chosen, strict=True) if taken]


def _outcome(board: GameSetting, eq: Equilibrium, players: Sequence[Player]) -> dict[str, Any]:
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
        group: float(eq.group(group_members(group, board.setting.world, spec.baseline))["real_income_pct"])
        for group in spec.groups
    }
    return {
        "status": eq.status,
        "real_income_pct": {player.name: real_income(eq, player) for player in players},
        "usd_bn": {player.name: gain_usd_bn(eq, player) for player in players},
        "others": others,
        "groups": groups,
    }


def _row(
    spec: GameSpec,
    chosen: Sequence[bool],
    outcome: dict[str, Any],
    nothing: dict[str, Any],
    players: Sequence[Player],
) -> dict[str, Any]:
    """One package against no deal."""
    names = [player.name for player in players]

    def gains(key: str) -> dict[str, float]:
        return {name: outcome[key][name] - nothing[key][name] for name in outcome[key]}

    gain, others = gains("real_income_pct"), gains("others")
    order = sorted(others, key=lambda label: others[label])
    return {
        "elements": _names(spec, chosen),
        "scenario": package(spec, chosen).id,
        "gain_pct": gain,
        "gain_usd_bn": gains("usd_bn"),
        "sum_usd_bn": sum(gains("usd_bn").values()),
        "share_of_first": gain[names[0]] / sum(gain.values()) if sum(gain.values()) else None,
        "product": float(np.prod([max(value, 0.0) for value in gain.values()])),
        "others_lose": {label: others[label] for label in order[:_SHOWN_OTHERS] if others[label] < 0},
        "others_gain": {label: others[label] for label in order[::-1][:_SHOWN_OTHERS] if others[label] > 0},
        "groups_pct": gains("groups"),
    }


def _better(other: dict[str, Any], row: dict[str, Any]) -> bool:
    """Whether another package is better for both (no worse for one)."""
    gaps = [other["gain_pct"][name] - row["gain_pct"][name] for name in row["gain_pct"]]
    return bool(min(gaps) >= -NOTHING and max(gaps) > NOTHING)


def _alone(spec: GameSpec, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each element is worth to both sides when it is the only one."""
    by_elements = {tuple(row["elements"]): row for row in rows}
    found = []
    for item in spec.deals:
        row = by_elements.get((item.id,))
        if row:
            found.append({"element": item.id, "by": item.by, "gain_pct": row["gain_pct"]})
    return found
