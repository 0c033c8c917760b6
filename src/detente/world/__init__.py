"""The world economy at a base year: labelled flows, tariffs, elasticities, and the exact baseline."""

from __future__ import annotations

from detente.world.baseline import Baseline
from detente.world.gdp import gdp_share, world_bank_gdp
from detente.world.load import load_world, world_names
from detente.world.readers.icio import read_icio_csv
from detente.world.readers.read import read_world
from detente.world.readers.wiod import read_wiod
from detente.world.world import World

__all__ = [
    "Baseline",
    "World",
    "gdp_share",
    "load_world",
    "read_icio_csv",
    "read_wiod",
    "read_world",
    "world_bank_gdp",
    "world_names",
]
