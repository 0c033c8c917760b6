"""Checks of an installation: versions, data, law, and laws the solver must obey."""

from __future__ import annotations

import dataclasses
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.formatting import small
from detente.ledger import check_ledger
from detente.manifest import damaged, known
from detente.model import Shock, raise_tariff, solve
from detente.world import load_world, world_names

if TYPE_CHECKING:
    from detente.ledger import Ledger
    from detente.world import Baseline

LIBRARIES = ("numpy", "scipy", "xarray", "pandas", "pydantic", "ruamel.yaml")
# Worlds are stored in single precision; everything is exact in double after loading.
EXACT = 1e-12
# Of the map's fixed point: the audit's own threshold.
SOLVED = 1e-9


def self_test(ledger: Ledger) -> list[dict[str, Any]]:
    """Check an installation. Gives ``{"check", "found", "ok"}``, one per check."""
    rows = [{"check": f"python and {name}", "found": _versions(name), "ok": True} for name in LIBRARIES]
    findings, edited = check_ledger(ledger), damaged()
    listed = ", ".join(edited) if edited else f"{len(known())} as listed"
    rows.append({"check": "data files", "found": listed, "ok": not edited})
    rows.append(
        {"check": "ledger", "found": f"{len(ledger.measures)} measures, hash {ledger.hash[:12]}", "ok": True}
    )
    rows.append({"check": "ledger findings", "found": str(len(findings)), "ok": not findings})
    for name in world_names():
        world = load_world(name)
        residual = world.baseline().residual()
        rows.append(
            {
                "check": f"world {name}",
                "found": f"hash {world.hash[:12]}, residual {small(residual)}",
                "ok": residual < EXACT,
            }
        )
    return rows + _solver_laws(load_world("wiod2011").baseline())


def _versions(name: str) -> str:
    """Python's version and a library's."""
    return f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}, {version(name)}"


def _solver_laws(base: Baseline) -> list[dict[str, Any]]:
    """No shock changes nothing; money is neutral; the market left out clears."""
    shock = Shock(tariff=raise_tariff(base, 0.25, importer="USA", exporter="CHN"))
    still, moved = solve(base), solve(base, shock)
    change = float(np.abs(still.real_income_hat - 1).max())
    names = ("spending", "output", "value_added", "deficit", "income", "revenue")
    money = {name: 7.0 * getattr(base, name) for name in names}
    scaled = solve(dataclasses.replace(base, **money), shock)
    gap = float(np.abs(scaled.real_income_hat - moved.real_income_hat).max())
    walras = float(max(moved.audit().values()))
    return [
        {"check": "no shock changes nothing", "found": small(change), "ok": change < EXACT},
        {"check": "homogeneity: money times 7", "found": small(gap), "ok": gap < SOLVED},
        {"check": "Walras: every market clears", "found": small(walras), "ok": walras < SOLVED},
    ]
