"""The stamp every output carries: which code, facts and command made it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, is_dataclass
from typing import Any

import detente
from detente.manifest import data_hash


def stamp(
    *, command: str, ledger_hash: str = "", world_hash: str = "", scenario_hash: str = "", **extra: Any
) -> dict[str, Any]:
    """
    Say what made a result, so that it can be made again.

    Gives ``{"detente": version, "command": ..., "data_hash": ...}``; the same inputs give the same stamp, and another
    byte in a data file of the package another one.

    Examples
    --------
    >>> stamp(command="detente status", ledger_hash="ab12")["ledger_hash"]
    'ab12'
    """
    hashes = {"ledger_hash": ledger_hash, "world_hash": world_hash, "scenario_hash": scenario_hash}
    kept = {key: value for key, value in {**hashes, **extra}.items() if value not in ("", None)}
    return {"detente": detente.__version__, "command": command, "data_hash": data_hash(), **kept}


def digest(value: Any) -> str:
    """
    Hash anything a result depends on.

    Gives SHA-256 of its canonical JSON: keys in order, lists and tuples alike, anything else as it prints.

    Examples
    --------
    >>> digest({"a": 1, "b": (2,)}) == digest({"b": [2], "a": 1}), digest("long") == digest("short")
    (True, False)
    """
    return hashlib.sha256(json.dumps(_canonical(value), sort_keys=True).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """A value as JSON can hold it."""
    if hasattr(value, "model_dump"):
        return _canonical(value.model_dump(mode="json"))
    if is_dataclass(value) and not isinstance(value, type):
        return _canonical(asdict(value))
    if isinstance(value, dict):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
