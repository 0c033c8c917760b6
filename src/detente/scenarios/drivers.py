"""Which assumptions move a headline number most, to first order, by the adjoint of the solved scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente.scenarios.shock import law_shock
from detente.scenarios.table import instrument_table
from detente.tariffs import Assumptions, additional_rates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from detente.model.adjoint import Gradient
    from detente.scenarios.results import ScenarioResult, StudyRun

# How far each trade elasticity is moved, as a share of its value: about one standard error of the published ones.
THETA_MOVE = 0.25
# Partners on whom the duties are worked out again under another judgement: the largest three, two fifths of US imports.
PARTNERS = ("CHN", "CAN", "MEX")
MOST = 5


def drivers(run: StudyRun, scenario: str) -> dict[str, list[dict[str, Any]]]:
    """
    List the assumptions that move real income most in one scenario.

    Parameters
    ----------
    run
        A study that has been run.
    scenario
        Id of a scenario that converged.

    Returns
    -------
    rows
        By side of the study's pairs and WORLD: up to five of ``{assumption, value, alternative, effect_pct}``, the change
        of real income in percentage points, first order, largest first. Quantities of limits and targets are
        not among them: they are solved over their range instead.
    """
    found = run.scenarios[scenario]
    moves = [*_theta_moves(run), *_instrument_moves(run, found), *_tariff_moves(run, found)]
    sides = list(dict.fromkeys(side for pair in run.spec.pairs for side in pair))
    base = run.setting.baseline
    weights = {side: {side: 1.0} for side in sides if side in base.economies}
    weights["WORLD"] = dict(zip(base.economies, base.income / base.income.sum(), strict=True))
    rows = {}
    for label, weight in weights.items():
        gradient = found.equilibrium.gradient(weight)
        rows[label] = _largest([{**name, "effect_pct": _effect(gradient, move)} for name, move in moves])
    return rows


def _largest(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The largest effect of each assumption, the five largest of those."""
    best: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda item: -abs(item["effect_pct"])):
        best.setdefault(row["assumption"], row)
    return list(best.values())[:MOST]


Move = tuple[dict[str, Any], dict[str, "NDArray[np.float64]"]]


def _effect(gradient: Gradient, move: Mapping[str, NDArray[np.float64]]) -> float:
    """First-order effect of moving tariffs, delivery costs or elasticities, percentage points."""
    return 100 * float(sum((getattr(gradient, name) * change).sum() for name, change in move.items()))


def _ends(alternatives: Sequence[float]) -> tuple[float, ...]:
    """The first and the last alternative: the ends of the range, as the tables list them."""
    return tuple(dict.fromkeys((*alternatives[:1], *alternatives[-1:])))


def _theta_moves(run: StudyRun) -> Iterator[Move]:
    """Each trade elasticity up."""
    base = run.setting.baseline
    for j, sector in enumerate(base.sectors):
        change = np.zeros(len(base.sectors))
        change[j] = THETA_MOVE * base.theta[j]
        name = {"assumption": f"theta of {sector}", "value": float(base.theta[j])}
        yield name | {"alternative": float(base.theta[j] + change[j])}, {"theta": change}


def _instrument_moves(run: StudyRun, found: ScenarioResult) -> Iterator[Move]:
    """Each assumption that sizes another instrument, at its alternatives."""
    assumed = run.spec.assumed(found.spec)
    sizes = {effect.size for effect in found.law.effects}
    before = found.law.shock
    for item in instrument_table().assumptions:
        for value in _ends(item.alternatives) if item.name not in sizes else ():
            law = law_shock(
                run.setting, found.spec, found.book, assumed | {item.name: value}, duties=found.law.duties
            )
            if law.shock.constraints != before.constraints:
                continue
            change = {"tariff": law.shock.tariff - before.tariff}
            if before.iceberg is not None and law.shock.iceberg is not None:
                change["iceberg"] = np.log(law.shock.iceberg / before.iceberg)
            name = {"assumption": item.name, "value": assumed[item.name], "alternative": value}
            yield name, change


def _tariff_moves(run: StudyRun, found: ScenarioResult) -> Iterator[Move]:
    """Each judgement of the tariff room, at its alternatives, on the largest partners."""
    for row in run.setting.assumptions.rows():
        for value in _ends([x for x in row["alternatives"] if x != row["value"]]):
            other = Assumptions(**{row["name"]: value})
            change = _duty_change(run, found, other)
            if change.any():
                name = {"assumption": row["name"], "value": row["value"], "alternative": value}
                yield name, {"tariff": change}


def _duty_change(run: StudyRun, found: ScenarioResult, other: Assumptions) -> NDArray[np.float64]:
    """Change of the scenario's tariffs when a judgement is changed at the scenario and at the baseline alike."""
    setting = run.setting
    change = np.zeros(setting.baseline.pi.shape)
    for importer, _ in run.spec.pairs:
        n = setting.world.economies.index(importer)
        partners = [label for label in PARTNERS if label in setting.world.economies and label != importer]
        partners += [side for _, side in run.spec.pairs if side not in partners and side != importer]
        rates = [
            additional_rates(
                book,
                importer=importer,
                classification=setting.world.classification,
                economies=partners,
                assumptions=judged,
            ).to_numpy()
            for judged in (other, setting.assumptions)
            for book in (found.book, setting.book)
        ]
        moved = (rates[0] - rates[1]) - (rates[2] - rates[3])
        places = [setting.world.economies.index(label) for label in partners]
        change[:, n, places] = moved[setting.parents]
    return change
