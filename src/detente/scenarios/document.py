"""The JSON document of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente.ledger import Position
from detente.places import members, name
from detente.report.stamp import stamp
from detente.scenarios.words import Channels, why

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from detente.model import Equilibrium
    from detente.scenarios.run import ContrastResult, ScenarioResult, StudyRun
    from detente.world import World
