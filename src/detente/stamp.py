"""The stamp every output carries: which code, facts and command made it."""

from __future__ import annotations

from typing import Any

import detente


def stamp(
    *, command: str, ledger_hash: str = "", world_hash: str = "", scenario_hash: str = "", **extra: Any
) -> dict[str, Any]:
    """
    Say what made a result, so that it can be made again.

    Parameters
    ----------
    command
        The command line or Python call that reproduces the result.
    ledger_hash, world_hash, scenario_hash
        SHA-256 of the inputs that were used; empty ones are left out.
    **extra
        Further facts, such as a version of the data.

    Returns
    -------
    stamp
        ``{"detente": version, "command": ..., ...}``; the same inputs give the same stamp.

    Examples
    --------
    >>> stamp(command="detente status", ledger_hash="ab12")["ledger_hash"]
    'ab12'
    """
    hashes = {"ledger_hash": ledger_hash, "world_hash": world_hash, "scenario_hash": scenario_hash}
    kept = {key: value for key, value in {**hashes, **extra}.items() if value not in ("", None)}
    return {"detente": detente.__version__, "command": command, **kept}
