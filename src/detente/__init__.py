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
    from detente.games import FiniteGame, bargain, nash_tariffs, optimal_tariffs
    from detente.games.reveal import reveal
    from detente.ledger import edit
    from detente.model import (
        CriticalInput,
        Equilibrium,
        ExtendedBaseline,
        Labour,
        Limit,
        Nests,
        Saving,
        Shock,
        Target,
        raise_tariff,
    )
    from detente.model.solve import solve
    from detente.policy.studies.starting_point import at_law
    from detente.policy.sweeps.stores.store import read_store
    from detente.queries.agreements import play_agreements
    from detente.queries.calendars import play_calendar
    from detente.queries.cases import licence, port_fee, port_fees, purchases, screen
    from detente.queries.charts import chart
    from detente.queries.chokepoints import chokepoints
    from detente.queries.collected import collected
    from detente.queries.duties import average_tariff, duty, schedule
    from detente.queries.economies import economy
    from detente.queries.entry import entry
    from detente.queries.evidence import evidence
    from detente.queries.forecasts import forecast, play_rivalry
    from detente.queries.games import deals, payoffs, play_bargain, play_nash, play_optimal
    from detente.queries.ledger import (
        check_ledger,
        cite,
        diff,
        list_measures,
        open_ledger,
        show_measure,
        status,
        timeline,
    )
    from detente.queries.products import search
    from detente.queries.schemas import schema
    from detente.queries.strategy import hedge, open_setting, path, reliance, unresolved
    from detente.queries.studies import load_study, run, self_test, table
    from detente.queries.surcharges import what_if
    from detente.queries.sweeps import sweep
    from detente.world import Baseline, World, load_world, read_icio_csv, read_world

# Public names by the module behind them.
_HOMES = {
    "detente.queries.entry": ("entry",),
    "detente.queries.ledger": (
        "open_ledger",
        "status",
        "list_measures",
        "show_measure",
        "timeline",
        "diff",
        "cite",
        "check_ledger",
    ),
    "detente.queries.duties": (
        "duty",
        "average_tariff",
        "schedule",
    ),
    "detente.queries.products": ("search",),
    "detente.queries.cases": (
        "port_fee",
        "port_fees",
        "licence",
        "screen",
        "purchases",
    ),
    "detente.queries.studies": (
        "run",
        "load_study",
        "table",
        "self_test",
    ),
    "detente.queries.games": (
        "play_optimal",
        "play_nash",
        "payoffs",
        "play_bargain",
        "deals",
    ),
    "detente.queries.calendars": ("play_calendar",),
    "detente.queries.agreements": ("play_agreements",),
    "detente.queries.forecasts": ("forecast", "play_rivalry"),
    "detente.queries.strategy": (
        "open_setting",
        "hedge",
        "reliance",
        "path",
        "unresolved",
    ),
    "detente.queries.sweeps": ("sweep",),
    "detente.queries.schemas": ("schema",),
    "detente.queries.charts": ("chart",),
    "detente.queries.chokepoints": ("chokepoints",),
    "detente.queries.collected": ("collected",),
    "detente.queries.evidence": ("evidence",),
    "detente.queries.economies": ("economy",),
    "detente.queries.surcharges": ("what_if",),
    "detente.games": (
        "FiniteGame",
        "bargain",
        "nash_tariffs",
        "optimal_tariffs",
        "reveal",
    ),
    "detente.model": (
        "CriticalInput",
        "Equilibrium",
        "ExtendedBaseline",
        "Labour",
        "Limit",
        "Nests",
        "Saving",
        "Shock",
        "Target",
        "raise_tariff",
        "solve",
    ),
    "detente.policy.studies.starting_point": ("at_law",),
    "detente.world": (
        "Baseline",
        "World",
        "load_world",
        "read_icio_csv",
        "read_world",
    ),
    "detente.ledger": ("edit",),
    "detente.policy.sweeps.stores.store": ("read_store",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Baseline",
    "CriticalInput",
    "Equilibrium",
    "ExtendedBaseline",
    "FiniteGame",
    "Labour",
    "Limit",
    "Nests",
    "Saving",
    "Shock",
    "Target",
    "World",
    "__version__",
    "at_law",
    "average_tariff",
    "bargain",
    "chart",
    "check_ledger",
    "chokepoints",
    "cite",
    "collected",
    "deals",
    "diff",
    "duty",
    "economy",
    "edit",
    "entry",
    "evidence",
    "forecast",
    "hedge",
    "licence",
    "list_measures",
    "load_study",
    "load_world",
    "nash_tariffs",
    "open_ledger",
    "open_setting",
    "optimal_tariffs",
    "path",
    "payoffs",
    "play_agreements",
    "play_bargain",
    "play_calendar",
    "play_nash",
    "play_optimal",
    "play_rivalry",
    "port_fee",
    "port_fees",
    "purchases",
    "raise_tariff",
    "read_icio_csv",
    "read_store",
    "read_world",
    "reliance",
    "reveal",
    "run",
    "schedule",
    "schema",
    "screen",
    "search",
    "self_test",
    "show_measure",
    "solve",
    "status",
    "sweep",
    "table",
    "timeline",
    "unresolved",
    "what_if",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'detente' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """Public names, for completion."""
    return sorted(__all__)
