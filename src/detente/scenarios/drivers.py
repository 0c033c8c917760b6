"""Which assumptions move a headline number most, to first order, by the adjoint of the solved scenario."""

from __future__ import annotations

import dataclasses
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.scenarios.instruments import effects_of
from detente.scenarios.judged import judgements
from detente.scenarios.shock import compose
from detente.scenarios.table import instrument_table
from detente.tariffs import Assumptions, additional_rates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from detente.ledger import Book
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
    sides = list(dict.fromkeys(side for pair in run.spec.pairs for side in pair))
    base = run.setting.baseline
    weights = {side: {side: 1.0} for side in sides if side in base.economies}
    weights["WORLD"] = dict(zip(base.economies, base.income / base.income.sum(), strict=True))
    # A copy of its own: the flows it works out are let go of with it.
    eq = dataclasses.replace(found.equilibrium)
    slopes = {label: eq.gradient(weight) for label, weight in weights.items()}
    rows: dict[str, list[dict[str, Any]]] = {label: [] for label in slopes}
    for name, move in chain(_theta_moves(run), _instrument_moves(run, found), _tariff_moves(run, found)):
        for label, slope in slopes.items():
            rows[label].append({**name, "effect_pct": _effect(slope, move)})
    return {label: _largest(items) for label, items in rows.items()}


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
    done = {effect.instrument for effect in found.law.effects}
    usual = {item.instrument for item in effects_of(run.setting, found.book, assumed)}
    for item in instrument_table().assumptions:
        for value in _ends(item.alternatives) if item.name not in sizes else ():
            effects = effects_of(run.setting, found.book, assumed | {item.name: value})
            kept = [x for x in effects if x.instrument in done or x.instrument not in usual]
            shock = compose(run.setting, found.law.tariff, kept)
            if shock.constraints != before.constraints:
                continue
            change = {"tariff": shock.tariff - before.tariff}
            if before.iceberg is not None and shock.iceberg is not None:
                change["iceberg"] = _log_ratio(shock.iceberg, before.iceberg)
            name = {"assumption": item.name, "value": assumed[item.name], "alternative": value}
            yield name, change


def _log_ratio(new: NDArray[np.float64], old: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log of new over old; most cells are the same."""
    moved, out = new != old, np.zeros(new.shape)
    out[moved] = np.log(new[moved] / old[moved])
    return out


def _tariff_moves(run: StudyRun, found: ScenarioResult) -> Iterator[Move]:
    """Each judgement of the tariff room, at its alternatives, on the largest partners."""
    pairs = [_Judged(run, found, importer) for importer, _ in run.spec.pairs]
    for row in run.setting.assumptions.rows():
        for value in _ends([x for x in row["alternatives"] if x != row["value"]]):
            change = np.zeros(run.setting.baseline.pi.shape)
            for pair in pairs:
                pair.move(row["name"], value, change)
            if change.any():
                name = {"assumption": row["name"], "value": row["value"], "alternative": value}
                yield name, {"tariff": change}


class _Judged:
    """Duties of one importer on the largest partners under other judgements, at the scenario and at the baseline alike."""

    def __init__(self, run: StudyRun, found: ScenarioResult, importer: str) -> None:
        setting = run.setting
        self.setting, self.importer, self.books = setting, importer, (found.book, setting.book)
        economies = setting.world.economies
        partners = [label for label in PARTNERS if label in economies and label != importer]
        partners += [side for _, side in run.spec.pairs if side not in partners and side != importer]
        self.partners, self.places = partners, [economies.index(label) for label in partners]
        self.reads = [[judgements(book, importer, label) for label in partners] for book in self.books]
        self.usual = [self.rates(book, partners, setting.assumptions) for book in self.books]

    def rates(self, book: Book, exporters: Sequence[str], judged: Assumptions) -> NDArray[np.float64]:
        """Additional duties by sector of the world and exporter."""
        found: NDArray[np.float64] = additional_rates(
            book,
            importer=self.importer,
            classification=self.setting.world.classification,
            economies=exporters,
            assumptions=judged,
        ).to_numpy()
        return found

    def move(self, name: str, value: float, change: NDArray[np.float64]) -> None:
        """Put the change of the scenario's tariffs under another judgement in its place, shape (J, N, N)."""
        other, judged = Assumptions(self.setting.assumptions.judgements, **{name: value}), []
        for book, reads, usual in zip(self.books, self.reads, self.usual, strict=True):
            at = [k for k, names in enumerate(reads) if name in names]
            rates = usual.copy()
            if at:
                rates[:, at] = self.rates(book, [self.partners[k] for k in at], other)
            judged.append(rates)
        moved = (judged[0] - judged[1]) - (self.usual[0] - self.usual[1])
        n = self.setting.world.economies.index(self.importer)
        change[:, n, self.places] = moved[self.setting.parents]
