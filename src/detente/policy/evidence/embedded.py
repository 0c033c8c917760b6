"""The record that comes with the package, so that it is shown at once; made of other data it says so."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import detente
from detente.io.outputs import write_text
from detente.ledger import open_ledger
from detente.manifest import data_hash, data_hashes, is_there, read_bytes
from detente.policy.evidence.actuals import held
from detente.policy.evidence.bench import Bench
from detente.policy.evidence.document import sentences, work_out
from detente.policy.evidence.registered import FOLDER, registered
from detente.world import load_world

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from detente.ledger import Ledger
    from detente.world import World

NAME = "scores.json"
WORLD = "icio2022"
# Digits kept: one more than anything prints.
DIGITS = 5


@cache
def embedded() -> dict[str, Any] | None:
    """The record and what it was made of; None before it was made."""
    path = FOLDER / NAME
    if not is_there(path):
        return None
    found: dict[str, Any] = json.loads(read_bytes(path))
    return found


def in_short(world: World) -> tuple[str, ...]:
    """A sentence for each episode, all partners together, for a world the record was made on; none for others."""
    found = embedded()
    if found is None or found["made_of"]["world"] != world.hash:
        return ()
    result = found["result"]
    said = (sentences(item, result["horizons"][0]) for item in result["episodes"].values())
    return tuple(lines[0] for lines in said if lines)


def inputs_hash() -> str:
    """Hash of the trade, the concordance and the register that scores rest on."""
    kept = sorted(
        (name, digest)
        for name, digest in data_hashes().items()
        if name.startswith("evidence/") and not name.endswith((NAME, ".md"))
    )
    from detente.stamp import digest as hashed  # noqa: PLC0415  (names another `digest`)

    return hashed(kept)


def made_of(world: World, ledger: Ledger) -> dict[str, str]:
    """What a record rests on."""
    return {
        "world": world.hash,
        "ledger": ledger.version,
        "version": detente.__version__,
        "data": data_hash(solved=True),
        "inputs": inputs_hash(),
    }


def stale_because(head: Mapping[str, str], world: World, ledger: Ledger) -> list[str]:
    """What differs from what a record was made of."""
    now = made_of(world, ledger)
    return [name for name in now if head.get(name) != now[name]]


def write_scores(folder: Path) -> Path:
    """Work the record out and write it as the file the package carries."""
    world, ledger = load_world(WORLD), open_ledger()
    result = work_out(Bench(held(), world, ledger), registered().episodes)
    path = folder / NAME
    text = {"made_of": made_of(world, ledger), "result": rounded(result)}
    write_text(path, json.dumps(text, ensure_ascii=False, indent=0) + "\n")
    embedded.cache_clear()
    return path


def rounded(value: Any) -> Any:
    """Numbers to a few significant digits."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, (list, tuple)) else value
