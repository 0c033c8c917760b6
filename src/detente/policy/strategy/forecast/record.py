"""The forecast and what became of it: worked out, or as it comes with the package."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from detente.errors import InputError
from detente.io.outputs import write_text
from detente.manifest import is_there, read_bytes
from detente.policy.evidence.embedded import rounded
from detente.policy.strategy.forecast.cases import solve_cases
from detente.policy.strategy.forecast.registered import FOLDER, register
from detente.policy.strategy.forecast.scores import base_rates, package_row, rows_of, scores, weights_of
from detente.policy.strategy.forecast.words import sentences
from detente.policy.strategy.fragility.embedded import board_made_of
from detente.policy.strategy.game_setting import GameSetting, conditions, find_player, open_game_setting
from detente.policy.strategy.revealed import read_days, reading_row
from detente.stamp import digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "scores.json"
# What a board is like that the record was worked out on, beside the study's own world.
_USUAL: Final[dict[str, Any]] = {"closure": None, "factors": "mobile", "horizon": "long", "assume": {}}


def forecast(
    board: GameSetting, *, draws: int | None = None, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """
    Forecast threats, promises and packages from what was known on the registered day, and score them.

    Gives ``revealed``, ``base_rates``, ``forecasts`` (one row a statement), ``scores``, ``packages``, ``answer``. With no
    number of draws the record that comes with the package, where the board is the one it was worked out on.
    """
    plan = register()
    if board.run.spec.id != plan.study:
        raise InputError(
            "the forecast is of one study",
            where="study",
            found=board.run.spec.id,
            allowed=plan.study,
            repair=f"ask it of {plan.study}",
        )
    held = embedded()
    if draws is None and held is not None and _usual(board):
        now = made_of(board)
        stale = [name for name in now if held["made_of"].get(name) != now[name]]
        return {**conditions(board), **held["result"], "embedded": True, "stale_because": stale}
    found = work_out(board, draws or plan.draws, progress or (lambda _text: None))
    return {**conditions(board), **found, "embedded": False, "stale_because": []}


def _usual(board: GameSetting) -> bool:
    """Whether a board is the one the record was worked out on."""
    options = board.options
    same = all(getattr(options, name) == value for name, value in _USUAL.items())
    own = options.world in (None, board.run.spec.world)
    return same and own and board.run.ledger.known_on is None


def work_out(board: GameSetting, draws: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Readings, probabilities, scores and ranks."""
    plan, ledger = register(), board.run.ledger
    first, second = (find_player(board, name) for name in board.run.spec.pairs[0])
    names = (first.name, second.name)
    say("readings of tariffs")
    readings = read_days(board, (first, second), plan.readings.days)
    weights = weights_of(plan, readings, names)
    say(f"{len(plan.cases)} cases in {draws} draws")
    numbers = solve_cases(board, (first, second), plan.cases, draws)
    rows = rows_of(plan, ledger, numbers, names, weights)
    packages = []
    for item in plan.packages:
        say(f"packages of {item.title}")
        packages.append(package_row(board, (first, second), item, weights))
    result = {
        "registered": plan.registered,
        "seen_before": plan.seen_before,
        "known_on": plan.known_on.isoformat(),
        "scored_on": ledger.horizon.isoformat(),
        "players": list(names),
        "rule": plan.rule,
        "draws": draws,
        "revealed": [reading_row(item, plan.readings.revenue) for item in readings],
        "base_rates": {
            kind: {"carried_out": rate.carried_out, "of": rate.of, "share": rate.share}
            for kind, rate in base_rates(plan, ledger).items()
        },
        "forecasts": rows,
        "scores": scores(rows),
        "packages": packages,
    }
    return {**result, "answer": sentences(result)}


@cache
def embedded() -> dict[str, Any] | None:
    """The record and what it was made of; None before it was made."""
    path = FOLDER / NAME
    if not is_there(path):
        return None
    found: dict[str, Any] = json.loads(read_bytes(path))
    return found


def made_of(board: GameSetting) -> dict[str, str]:
    """What a record rests on."""
    return {**board_made_of(board), "rule": digest(register().model_dump(mode="json", by_alias=True))}


def write_record(folder: Path, say: Callable[[str], None]) -> Path:
    """Work the record out and write it as the file the package carries."""
    board = open_game_setting(register().study)
    result = work_out(board, register().draws, say)
    path = folder / NAME
    content = {"made_of": made_of(board), "result": rounded(result)}
    write_text(path, json.dumps(content, ensure_ascii=False, indent=0) + "\n")
    embedded.cache_clear()
    return path
