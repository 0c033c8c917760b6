"""
What trade measures apply, what they do to every economy, and what each side would sign.

Names load on first use, so that importing the package is quick.

Examples
--------
>>> import detente as dt
>>> dt.status(on="2025-10-27")["on"]
'2025-10-27'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

if TYPE_CHECKING:
    from detente.api import (
        average_tariff,
        chart,
        duty,
        load_study,
        open_ledger,
        schedule,
        search,
        status,
        table,
    )
    from detente.games import FiniteGame, bargain, nash_tariffs, optimal_tariffs
    from detente.ledger import edit
    from detente.model import Equilibrium, ExtendedBaseline, Limit, Shock, Target, raise_tariff, solve
    from detente.policy.studies.starting_point import at_law
    from detente.policy.sweeps.sweep import sweep
    from detente.world import Baseline, World, load_world

# Public names and the module behind each.
_HOME = {
    "Baseline": "detente.world",
    "Equilibrium": "detente.model",
    "ExtendedBaseline": "detente.model",
    "FiniteGame": "detente.games",
    "Limit": "detente.model",
    "Shock": "detente.model",
    "Target": "detente.model",
    "World": "detente.world",
    "at_law": "detente.policy.studies.starting_point",
    "average_tariff": "detente.api",
    "bargain": "detente.games",
    "chart": "detente.api",
    "duty": "detente.api",
    "edit": "detente.ledger",
    "load_study": "detente.api",
    "load_world": "detente.world",
    "nash_tariffs": "detente.games",
    "open_ledger": "detente.api",
    "optimal_tariffs": "detente.games",
    "raise_tariff": "detente.model",
    "schedule": "detente.api",
    "search": "detente.api",
    "solve": "detente.model",
    "status": "detente.api",
    "sweep": "detente.policy.sweeps.sweep",
    "table": "detente.api",
}

__all__ = [
    "Baseline",
    "Equilibrium",
    "ExtendedBaseline",
    "FiniteGame",
    "Limit",
    "Shock",
    "Target",
    "World",
    "__version__",
    "at_law",
    "average_tariff",
    "bargain",
    "chart",
    "duty",
    "edit",
    "load_study",
    "load_world",
    "nash_tariffs",
    "open_ledger",
    "optimal_tariffs",
    "raise_tariff",
    "schedule",
    "search",
    "solve",
    "status",
    "sweep",
    "table",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'detente' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """Public names, for completion."""
    return sorted(__all__)
