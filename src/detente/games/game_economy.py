"""The economy a tariff game is played in: what stays as it is, how it is solved, what was solved last."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.model import Shock, Terms, solve
from detente.model.solve import TOLERANCE, as_baseline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detente.games.instruments import Instruments
    from detente.games.objectives import Goal
    from detente.model import Equilibrium
    from detente.world import Baseline, World


@dataclass
class Arena:
    """
    Where players meet.

    Parameters
    ----------
    base
        The baseline.
    shock
        Everything that is not an instrument: other tariffs, limits, costs.
    terms
        Closure, factors and horizon of every solve.
    tolerance
        Largest step of the map at which a solve stops.

    Attributes
    ----------
    solves
        Equilibria solved so far.
    """

    base: Baseline
    shock: Shock = field(default_factory=Shock)
    terms: Terms = field(default_factory=Terms)
    tolerance: float = TOLERANCE
    solves: int = 0
    _last: Equilibrium | None = None

    @property
    def tariff(self) -> NDArray[np.float64]:
        """A copy of the tariffs of the status quo, (J, N, N)."""
        given = self.shock.tariff
        return np.array(self.base.tariff if given is None else given, dtype=np.float64)

    def set(
        self, players: Sequence[Instruments], levels: Sequence[NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Write the players' tariffs over those of the status quo, (J, N, N)."""
        tariff = self.tariff
        for instruments, chosen in zip(players, levels, strict=True):
            instruments.put(tariff, chosen)
        return tariff

    def solve(self, tariff: NDArray[np.float64]) -> Equilibrium:
        """Solve at these tariffs, from the last equilibrium; raises if there is none. The last answer is kept."""
        last = self._last
        if last is not None and last.shock.tariff is not None and np.array_equal(last.shock.tariff, tariff):
            return last
        tariff = tariff.copy()
        eq = solve(self.base, self.at(tariff), start=self._last, tolerance=self.tolerance, **vars(self.terms))
        self._last = eq
        self.solves += 1
        return eq

    def at(self, tariff: NDArray[np.float64]) -> Shock:
        """Give the shock with these tariffs."""
        return dataclasses.replace(self.shock, tariff=tariff)


def make_arena(
    world: World | Baseline, shock: Shock | None = None, *, tolerance: float = TOLERANCE, **terms: Any
) -> Arena:
    """Make the economy of a game from a world; the status quo is the baseline itself without a shock."""
    return Arena(as_baseline(world), shock or Shock(), Terms(**terms), tolerance)


@dataclass(frozen=True)
class Seat:
    """
    A player at the table.

    Parameters
    ----------
    instruments
        What it sets.
    goal
        What it wants.
    """

    instruments: Instruments
    goal: Goal
