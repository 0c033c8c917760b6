"""The economy: shocks, equilibrium in exact hat algebra, its audit, derivatives and welfare. Knows no law."""

from __future__ import annotations

from detente.model.adjoint import Gradient, Objective
from detente.model.batch import solve_many
from detente.model.equilibrium import Equilibrium
from detente.model.labour import Labour, labour_source
from detente.model.numerics.accelerate import accelerate
from detente.model.preferences.horizons import (
    ExtendedBaseline,
    at_horizon,
    drawn_path,
    elasticity_ratio,
    horizon_source,
    path_band,
    with_substitution,
    years_of,
)
from detente.model.preferences.nests import CriticalInput, Nests
from detente.model.results.records import Closure, Factors, Horizon, Terms
from detente.model.results.tables import volume_hat
from detente.model.saving import Saving
from detente.model.shock import Limit, Shock, Target, raise_tariff
from detente.model.solve import solve
from detente.model.split import split_sector
from detente.world.baseline import Baseline

__all__ = [
    "Baseline",
    "Closure",
    "CriticalInput",
    "Equilibrium",
    "ExtendedBaseline",
    "Factors",
    "Gradient",
    "Horizon",
    "Labour",
    "Limit",
    "Nests",
    "Objective",
    "Saving",
    "Shock",
    "Target",
    "Terms",
    "accelerate",
    "at_horizon",
    "drawn_path",
    "elasticity_ratio",
    "horizon_source",
    "labour_source",
    "path_band",
    "raise_tariff",
    "solve",
    "solve_many",
    "split_sector",
    "volume_hat",
    "with_substitution",
    "years_of",
]
