"""A cut of a critical input as a shock with nests: stocks first, then a limit, its rent, and capacity elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from detente.model import CriticalInput, Limit, Nests, Shock, solve
from detente.policy.chokepoints.table import choke_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.model import Equilibrium
    from detente.policy.chokepoints.carve import Carved
    from detente.policy.chokepoints.table import ChokePoint, HorizonName
    from detente.world import Baseline

Corner = Literal["central", "mild", "severe"]
CORNERS: Final[tuple[Corner, ...]] = ("central", "mild", "severe")
# What an input's own assumptions do the larger they are: soften a cut, or harden it.
SOFTENS: Final = {
    "stock_weeks": True,
    "bundle": True,
    "origins": True,
    "supply": True,
    "exposed": False,
    "size": False,
    "imports": False,
    "spot": False,
    "new_capacity": False,
}
# Elasticities of the whole economy: central in every corner, moved one at a time only.
ECONOMY: Final = ("factors", "inputs", "final", "between")
# Below it a shortage is none, and a limit would stand at the baseline volume.
_NOTHING: Final = 1e-9
# Share of the holder's sales abroad above which a buyer has licences of its own.
_LARGE: Final = 0.02
# Share that gets through a total stop: some buyers have no other origin, and low elasticities none to do without.
_TRICKLE: Final = 0.02
# Passes of the map: a hard cut at low elasticities takes a few hundred.
_PASSES: Final = 3000


@dataclass(frozen=True)
class Case:
    """
    A cut to be solved.

    horizon, corner: How long it lasts, and which ends of the ranges are taken.
    cut: Share of the holder's deliveries abroad that is withheld, 0 to 1.
    weeks: How long, where not the horizon's own weeks.
    bundle: Elasticity between the input and everything else, in place of the table's.
    ends: Assumptions at an end of their range, 0 or 2, whatever the corner.
    pooled: Whether buyers abroad may sell each other what they get; else each has its own licences.
    """

    horizon: HorizonName
    corner: Corner = "central"
    cut: float = 0.8
    weeks: float | None = None
    bundle: float | None = None
    ends: tuple[tuple[str, int], ...] = ()
    pooled: bool = False

    def pick(self, name: str) -> int:
        """Position in the range of an assumption: 0 low, 1 central, 2 high."""
        given = dict(self.ends)
        if name in given:
            return given[name]
        if name in ECONOMY or self.corner == "central":
            return 1
        return 2 if SOFTENS[name] == (self.corner == "mild") else 0


def shortage(item: ChokePoint, case: Case) -> float:
    """Share of deliveries that is missing over the time: cut x weeks less stocks; stocks do not last in the long run."""
    weeks = choke_points().economy[case.horizon].weeks if case.weeks is None else case.weeks
    if weeks == 0:
        return case.cut
    return max(0.0, case.cut - item.stock_weeks[case.pick("stock_weeks")] / weeks)


def nests_of(item: ChokePoint, base: Baseline, case: Case) -> Nests:
    """Nests of a case: the economy's at the horizon, and the input's own in the exposed parts."""
    wide, own = choke_points().economy[case.horizon], item.horizons[case.horizon]
    factors: dict[str, float | NDArray[np.float64]] = dict.fromkeys(
        base.sectors, wide.factors[case.pick("factors")]
    )
    if not wide.mobile:
        elsewhere = np.full(len(base.economies), _factors_for(own.supply[case.pick("supply")], base, item.id))
        elsewhere[base.economies.index(item.holder)] = wide.factors[case.pick("factors")]
        factors[item.id] = elsewhere
    critical = CriticalInput(
        item.id,
        own.bundle[case.pick("bundle")] if case.bundle is None else case.bundle,
        {user: share[case.pick("exposed")] for user, share in item.exposed.items()},
        between=wide.between[case.pick("between")],
        origins=own.origins[case.pick("origins")],
    )
    return Nests(
        source=f"data/chokepoints/chokepoints.yaml, {item.id}, {case.horizon}, {case.corner}",
        factors=factors,
        inputs=wide.inputs[case.pick("inputs")],
        final=wide.final[case.pick("final")],
        critical=(critical,),
    )


def _factors_for(supply: float, base: Baseline, name: str) -> float:
    """Elasticity between value added and inputs with which fixed factors give this price elasticity of supply."""
    j = base.sectors.index(name)
    share = float((base.va_share[j] * base.output[j]).sum() / base.output[j].sum())
    return supply * share / (1.0 - share)


def shock_of(item: ChokePoint, base: Baseline, case: Case) -> Shock:
    """Limit on the holder's deliveries abroad; in the long run what others deliver costs more."""
    missing = shortage(item, case)
    wide = choke_points().economy[case.horizon]
    if missing <= _NOTHING:
        return Shock()
    limits = tuple(
        Limit(
            item.id,
            buyers,
            item.holder,
            volume=max(1.0 - missing, _TRICKLE),
            spot=item.spot[case.pick("spot")],
            name=f"{item.id} to {buyers[0] if len(buyers) == 1 else 'others'}",
        )
        for buyers in _licensed(item, base, pooled=case.pooled)
    )
    iceberg = None
    dearer = item.new_capacity[case.pick("new_capacity")]
    if wide.mobile and dearer > 0:
        j, holder = base.sectors.index(item.id), base.economies.index(item.holder)
        iceberg = np.ones(base.pi.shape)
        iceberg[j] = 1.0 + dearer * missing
        iceberg[j, :, holder] = iceberg[j, holder, :] = 1.0
    return Shock(limits=limits, iceberg=iceberg)


def _licensed(item: ChokePoint, base: Baseline, *, pooled: bool) -> list[tuple[str, ...]]:
    """Buyers that share a limit: large ones have their own, the rest one together."""
    j, holder = base.sectors.index(item.id), base.economies.index(item.holder)
    sold = base.pi[j, :, holder] * base.spending[j]
    sold[holder] = 0.0
    own = np.zeros(len(sold), dtype=bool) if pooled else sold >= _LARGE * sold.sum()
    rest = tuple(base.economies[n] for n in np.flatnonzero(~own & (sold > 0)))
    return [*((base.economies[n],) for n in np.flatnonzero(own)), *([rest] if rest else [])]


def solve_case(item: ChokePoint, carved: Carved, case: Case) -> Equilibrium:
    """Solve a case; a failed solve is returned with its status."""
    wide = choke_points().economy[case.horizon]
    return solve(
        carved.base,
        shock_of(item, carved.base, case),
        factors="mobile" if wide.mobile else "fixed",
        horizon=wide.trade,
        nests=nests_of(item, carved.base, case),
        max_iterations=_PASSES,
        throw=False,
    )
