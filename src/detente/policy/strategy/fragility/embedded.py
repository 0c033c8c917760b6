"""Cells under draws that come with the package: a verdict says at once how sure it is. Stale ones say so."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import detente
from detente.manifest import DATA, data_hash, is_there, read_text
from detente.policy.strategy.fragility.drawn import Drawn
from detente.policy.strategy.fragility.rows import Row
from detente.policy.strategy.game_file import built_in_games, load_game
from detente.policy.study import built_in_studies, load_study_spec
from detente.policy.sweeps.stores.files import write_whole
from detente.stamp import digest

if TYPE_CHECKING:
    from detente.policy.strategy.game_file import GameSpec
    from detente.policy.strategy.game_setting import GameSetting

FOLDER = DATA / "bands" / "games"
# The folder of draws behind answers that are not games.
ANSWERS: Final = "answers"
# Decimals of a percent: a tenth of what counts as a tie.
DIGITS: Final = 8
_USUAL: Final[dict[str, Any]] = {"closure": None, "factors": "mobile", "horizon": "long", "assume": {}}


def embedded_draws(board: GameSetting, spec: GameSpec) -> tuple[Drawn, dict[str, Any]] | None:
    """
    The draws of a built-in game on the world of its study, and what they were made of; None for any other.

    `stale_because` names what differs today.
    """
    path = FOLDER / f"{spec.id}.json"
    if not is_there(path) or not _usual(board, spec):
        return None
    head, drawn = _read(str(path))
    now = made_of(board, spec)
    return drawn, {**head, "stale_because": [name for name in now if head["made_of"].get(name) != now[name]]}


def _usual(board: GameSetting, spec: GameSpec) -> bool:
    """Whether a game is one that draws come with, on its own board."""
    return _usual_terms(board) and spec.id in built_in_games() and load_game(spec.id) == spec


def _usual_terms(board: GameSetting) -> bool:
    """Whether a board is the one that draws are made on: the study's own world and terms, everything known."""
    options, spec = board.options, board.run.spec
    same = all(getattr(options, name) == value for name, value in _USUAL.items())
    own = (
        options.world in (None, spec.world)
        and spec.id in built_in_studies()
        and load_study_spec(spec.id) == spec
    )
    return same and own and board.run.ledger.known_on is None


def made_of(board: GameSetting, spec: GameSpec) -> dict[str, str]:
    """What the draws of a game rest on."""
    return {**board_made_of(board), "game": digest(spec.model_dump(mode="json", by_alias=True))}


def board_made_of(board: GameSetting) -> dict[str, str]:
    """What draws on a board rest on."""
    return {
        "world": board.run.world.hash,
        "ledger": board.run.ledger.hash,
        "version": detente.__version__,
        "data": data_hash(solved=True),
    }


@cache
def _read(path: str) -> tuple[dict[str, Any], Drawn]:
    """A file of draws."""
    held = json.loads(read_text(Path(path)))
    rows = tuple(
        Row(row["kind"], row["name"], row["value"], row["usual"], row["world"]) for row in held["rows"]
    )
    values = {
        title: np.array([[np.nan if x is None else x for x in row] for row in table], dtype=np.float64)
        for title, table in held["values"].items()
    }
    return held["head"], Drawn(rows, tuple(held["cells"]), values)


def embedded_answer(board: GameSetting, key: str) -> tuple[Drawn, list[str]] | None:
    """
    The draws behind an answer that is not a game, and what differs today from what they were made of; None for any other.

    key: What was asked, in the letters of a file's name.
    """
    path = FOLDER / ANSWERS / f"{key}.json"
    if not is_there(path) or not _usual_terms(board):
        return None
    head, drawn = _read(str(path))
    now = board_made_of(board)
    return drawn, [name for name in now if head["made_of"].get(name) != now[name]]


def write_answer(drawn: Drawn, board: GameSetting, key: str, folder: Path | None = None) -> Path:
    """Write the draws behind an answer as the file that comes with the package."""
    return _write(drawn, {"answer": key}, board_made_of(board), (folder or FOLDER) / ANSWERS / f"{key}.json")


def write_draws(drawn: Drawn, board: GameSetting, spec: GameSpec, folder: Path | None = None) -> Path:
    """Write the draws of a game as the file that comes with the package."""
    return _write(drawn, {"game": spec.id}, made_of(board, spec), (folder or FOLDER) / f"{spec.id}.json")


def _write(drawn: Drawn, about: dict[str, str], made: dict[str, str], path: Path) -> Path:
    """Write draws with what they are of."""
    content = {
        "head": {**about, "draws": len(drawn.draws), "made_of": made},
        "cells": list(drawn.cells),
        "rows": [
            {"kind": row.kind, "name": row.name, "value": row.value, "usual": row.usual, "world": row.world}
            for row in drawn.rows
        ],
        "values": {
            title: [[None if np.isnan(x) else round(float(x), DIGITS) for x in row] for row in table]
            for title, table in drawn.values.items()
        },
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, (json.dumps(content, separators=(",", ":")) + "\n").encode())
    return path
