"""What a cut costs: rows by economy and horizon with their range, curves, what drives them, and what happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.geography.economies import is_group, members
from detente.model.results.gdp import measure_gdp
from detente.policy.chokepoints.carve import Carved, carve
from detente.policy.chokepoints.cut import CORNERS, ECONOMY, SOFTENS, Case, shortage, solve_case
from detente.policy.chokepoints.table import HORIZONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detente.model import Equilibrium
    from detente.policy.chokepoints.table import ChokePoint, Episode, HorizonName
    from detente.world import World

# Cuts and elasticities of the curve: a single CES is a cliff, so that no one point of it is an answer.
CUTS: Final = (0.2, 0.4, 0.6, 0.8, 0.95)
ELASTICITIES: Final = (0.03, 0.05, 0.1, 0.2, 0.5)
# Horizon at which assumptions are moved one at a time, and at which the curve is drawn.
WATCHED: Final = "year"


@dataclass
class Losses:
    """
    An input in a world: carves and solves are made once.

    item, world: Which. labels: Economies and groups of the rows. failed: What did not converge, in words.
    """

    item: ChokePoint
    world: World
    labels: Sequence[str]
    failed: list[str] = field(default_factory=list)
    _carved: dict[tuple[int, int], Carved] = field(default_factory=dict)
    _solved: dict[Case, Equilibrium] = field(default_factory=dict)

    def carved(self, case: Case) -> Carved:
        """The world with the input of its own, at the sizes a case takes."""
        key = case.pick("size"), case.pick("imports")
        if key not in self._carved:
            self._carved[key] = carve(self.item, self.world, *key)
        return self._carved[key]

    def solve(self, case: Case) -> Equilibrium:
        """Solve a case once; what fails is noted."""
        if case not in self._solved:
            eq = self._solved[case] = solve_case(self.item, self.carved(case), case)
            if not eq.converged:
                ends = ", ".join(f"{name} {('low', 'central', 'high')[end]}" for name, end in case.ends)
                self.failed.append(
                    f"{self.item.id}, {case.horizon}, {case.corner}{', ' + ends if ends else ''}: {eq.status}"
                )
        return self._solved[case]

    def changes(self, case: Case) -> dict[str, tuple[float, float]] | None:
        """Real GDP and real income by label, percent; None if there is no equilibrium."""
        eq = self.solve(case)
        if not eq.converged:
            return None
        made = measure_gdp(eq)
        # At baseline prices: a shortage may raise a price a hundredfold, and few tonnes at that price say little.
        old, new = made.before, made.at_old_prices
        gain = eq.base.income * (eq.real_income_hat - 1)
        out = {}
        for label in self.labels:
            n = self.places(label, eq)
            out[label] = (
                100 * float(new[n].sum() / old[n].sum() - 1),
                100 * float(gain[n].sum() / eq.base.income[n].sum()),
            )
        return out

    def places(self, label: str, eq: Equilibrium) -> NDArray[np.intp]:
        """Positions of an economy, or of a group's members."""
        names = members(label) if is_group(label) else (label,)
        return np.array([n for n, name in enumerate(eq.base.economies) if name in names], dtype=np.intp)

    def rows(self, cut: float, horizons: Sequence[HorizonName] = HORIZONS) -> list[dict[str, Any]]:
        """One row by horizon and economy: central, and the least and largest of the corners."""
        out = []
        for horizon in horizons:
            found = [self.changes(Case(horizon, corner, cut)) for corner in CORNERS]
            missing = shortage(self.item, Case(horizon, cut=cut))
            for label in self.labels:
                own = [None if one is None else one[label] for one in found]
                out.append(
                    {"input": self.item.id, "holder": self.item.holder, "cut": cut, "economy": label}
                    | {"horizon": horizon, "missing_share": missing}
                    | _spread("gdp_pct", [None if one is None else one[0] for one in own])
                    | _spread("real_income_pct", [None if one is None else one[1] for one in own])
                    | self._published(horizon, label)
                )
        return out

    def _published(self, horizon: str, label: str) -> dict[str, float | None]:
        """The least and the largest that others found for an economy near a horizon; none where nobody did."""
        found = [
            end
            for one in self.item.published
            if one.horizon == horizon and label in one.gdp_pct
            for end in one.gdp_pct[label]
        ]
        ends = (min(found), max(found)) if found else (None, None)
        return {"published_pct_min": ends[0], "published_pct_max": ends[1]}

    def curve(self) -> list[dict[str, Any]]:
        """Real GDP over the cut and the elasticity of the bundle in a year, stores used first."""
        out = []
        for bundle in ELASTICITIES:
            for cut in CUTS:
                found = self.changes(Case(WATCHED, cut=cut, bundle=bundle))
                out += [
                    {"horizon": WATCHED, "elasticity": bundle, "cut": cut, "economy": label}
                    | {"gdp_pct": None if found is None else found[label][0]}
                    for label in self.labels
                ]
        return out

    def drivers(self, cut: float) -> list[dict[str, Any]]:
        """Each assumption at either end of its range, the others central, in a year: which makes the difference."""
        out = []
        for name in (*(name for name in SOFTENS if name != "new_capacity"), *ECONOMY):
            ends = [self.changes(Case(WATCHED, cut=cut, ends=((name, end),))) for end in (0, 2)]
            out += [
                {"assumption": name, "horizon": WATCHED, "economy": label}
                | {
                    key: None if found is None else found[label][0]
                    for key, found in zip(("gdp_pct_low", "gdp_pct_high"), ends, strict=True)
                }
                for label in self.labels
            ]
        pooled = self.changes(Case(WATCHED, cut=cut, pooled=True))
        out += [
            {"assumption": "licences pooled between buyers", "horizon": WATCHED, "economy": label}
            | {"gdp_pct_low": None, "gdp_pct_high": None if pooled is None else pooled[label][0]}
            for label in self.labels
        ]
        return out

    def episode(self, happened: Episode) -> dict[str, Any]:
        """Hold the model against what happened: the fall it gives, with its range, beside what was seen."""
        falls = []
        for corner in CORNERS:
            eq = self.solve(Case(happened.horizon, corner, happened.cut, happened.weeks))
            share = happened.weeks / happened.of_weeks
            falls.append(share * self._watched(eq, happened) if eq.converged else None)
        fall = _spread("change_pct", falls)
        central, most = fall["change_pct"], fall["change_pct_min"]
        return {
            "id": happened.id,
            "watched": happened.output.get(self.world.classification, "") or f"use in {happened.use}",
            "cut": happened.cut,
            "weeks": happened.weeks,
            **fall,
            "at_most_pct": -happened.at_most,
            "central_within": central is not None and central >= -happened.at_most,
            "range_within": most is not None and most >= -happened.at_most,
            "seen": happened.seen,
        }

    def _watched(self, eq: Equilibrium, happened: Episode) -> float:
        """Change of the volume that an episode watches, percent."""
        base = eq.base
        if happened.use:
            k, n = base.sectors.index(self.item.id), base.economies.index(happened.use)
            return 100 * float(eq.spending[k, n] / eq.price_hat[k, n] / base.spending[k, n] - 1)
        j = base.sectors.index(happened.output[self.world.classification])
        return 100 * float((eq.output[j] / eq.cost_hat[j]).sum() / base.output[j].sum() - 1)

    def sizes(self) -> list[dict[str, Any]]:
        """What each labelled economy uses of the input, USD million, and from whom; with its range."""
        carves = [self.carved(Case("year", ends=(("size", end),))) for end in (1, 0, 2)]
        eq_base = carves[0].base
        k, i = eq_base.sectors.index(self.item.id), eq_base.economies.index(self.item.holder)
        out = []
        for label in self.labels:
            names = members(label) if is_group(label) else (label,)
            n = [pos for pos, name in enumerate(eq_base.economies) if name in names]
            used = [float(one.base.spending[k, n].sum()) for one in carves]
            held = float((eq_base.pi[k, n, i] * eq_base.spending[k, n]).sum())
            out.append(
                {
                    "economy": label,
                    "use_usd_mn": used[0],
                    "use_usd_mn_min": used[1],
                    "use_usd_mn_max": used[2],
                }
                | {"from_holder_share": held / used[0] if used[0] > 0 else None}
                | {"estimated": any(name in carves[0].estimated for name in names)}
            )
        return out


def _spread(key: str, values: Sequence[float | None]) -> dict[str, float | None]:
    """Central value, least and largest of central, mild and severe; None where the central one is missing."""
    there = [value for value in values if value is not None]
    if values[0] is None:
        return dict.fromkeys((key, f"{key}_min", f"{key}_max"))
    return {key: values[0], f"{key}_min": min(there), f"{key}_max": max(there)}
