"""Which assumptions move a headline number most: candidates by the adjoint of the scenario, the table by exact solves."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.duties.averages.additional import additional_array
from detente.model.adjoint import gradients
from detente.policy.assumptions import THETA
from detente.policy.documents.run import Driver, DriverCheck
from detente.policy.instrument_table import instrument_table
from detente.policy.instruments.components import effects_of
from detente.policy.instruments.relevant_assumptions import judgements
from detente.policy.instruments.shock import compose
from detente.policy.outcomes import real_income_of
from detente.policy.solve_summary import keep
from detente.policy.studies.under_assumption import solve_under

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from detente.duties import Assumptions
    from detente.ledger import Book
    from detente.model.adjoint import Gradient
    from detente.policy.results import ScenarioResult, StudyRun

# How far each trade elasticity is moved, as a share of its value: about one standard error of the published ones.
THETA_MOVE = 0.25
# Partners on whom the duties are worked out again under another judgement to rank it: the largest three, two fifths of US
# imports. A judgement that is solved is worked out on every pair.
PARTNERS = ("CHN", "CAN", "MEX")
# Assumptions shown of each economy; solved for each, those of the largest first-order effects; and those that change the law
# most.
MOST = 5
SOLVED = 2 * MOST
LARGE_LAW = 3


@dataclass(frozen=True)
class Drivers:
    """
    What moves real income most in one scenario.

    rows: By side of the study's pairs and WORLD, up to five of them, the largest exact effect first.
    checked: By the same labels, how far first order was from the exact effects.
    """

    rows: dict[str, tuple[Driver, ...]]
    checked: dict[str, DriverCheck]


def drivers_of(run: StudyRun) -> dict[str, Drivers]:
    """Assumptions that move real income most, in the scenarios the contrasts are about; none where a scenario failed."""
    wanted = () if run.failed else dict.fromkeys(item.of for item in run.spec.contrasts)
    return {key: drivers(run, key) for key in wanted}


def drivers(run: StudyRun, scenario: str) -> Drivers:
    """
    Find the assumptions that move real income most in one scenario.

    Every alternative is ranked to first order; the ten largest of each label, and those that change the law most, are solved
    exactly (`solve_under`), then the other alternatives of those that are shown. The exact effects order and fill the table.
    Quantities of limits and targets are not among them: they are solved over their range in any case.
    """
    found = run.scenarios[scenario]
    base = run.at(found).baseline
    sides = list(dict.fromkeys(side for pair in run.spec.pairs for side in pair))
    weights = {side: {side: 1.0} for side in sides if side in base.economies}
    weights["WORLD"] = dict(zip(base.economies, base.income / base.income.sum(), strict=True))
    # A copy of its own: the flows it works out are let go of with it.
    eq = dataclasses.replace(found.equilibrium)
    slopes = dict(zip(weights, gradients(eq, list(weights.values())), strict=True))
    ranked = []
    for name, move in chain(
        _theta_moves(run, found), _instrument_moves(run, found), _tariff_moves(run, found)
    ):
        first = {label: _effect(slope, move) for label, slope in slopes.items()}
        ranked.append(Candidate(name, first, _size(move, base.flows)))
    inside = {label: [base.economies.index(name) for name in weight] for label, weight in weights.items()}
    still = {label: real_income_of(keep(eq), where) for label, where in inside.items()}

    def solve(items: Sequence[Candidate]) -> list[Solved]:
        sides = [solve_under(run, found, item.name["assumption"], item.name["alternative"]) for item in items]
        return [
            (item, {label: real_income_of(side, where) - still[label] for label, where in inside.items()})
            for item, side in zip(items, sides, strict=True)
            if side.status == "converged"
        ]

    tried = _candidates(ranked, list(slopes))
    solved = solve(tried)
    others = _other_ends(
        ranked, tried, {row.assumption for label in slopes for row in _largest(solved, label)}
    )
    solved += solve(others)
    number = len(tried) + len(others)
    return Drivers(
        rows={label: _largest(solved, label) for label in slopes},
        checked={label: _check(solved, label, number) for label in slopes},
    )


@dataclass(frozen=True)
class Candidate:
    """An assumption at an alternative, its first-order effects in points by label, and how far it moves the law."""

    name: dict[str, Any]
    first: dict[str, float]
    size: float


def _size(move: Mapping[str, NDArray[np.float64]], flows: NDArray[np.float64]) -> float:
    """Duties moved, USD million on the baseline's flows."""
    return float((np.abs(move["tariff"]) * flows).sum()) if "tariff" in move else 0.0


def _candidates(ranked: Sequence[Candidate], labels: Sequence[str]) -> list[Candidate]:
    """The largest first-order effects of each label, one for each assumption, and the largest changes of the law."""
    chosen: dict[int, Candidate] = {}
    orders = [sorted(ranked, key=lambda item, label=label: -abs(item.first[label])) for label in labels]  # type: ignore[misc]
    orders.append(sorted((item for item in ranked if item.size > 0), key=lambda item: -item.size))
    for order, most in zip(orders, (*[SOLVED] * len(labels), LARGE_LAW), strict=True):
        best: dict[str, Candidate] = {}
        for item in order:
            best.setdefault(item.name["assumption"], item)
        chosen |= {id(item): item for item in list(best.values())[:most]}
    return list(chosen.values())


def _other_ends(ranked: Sequence[Candidate], tried: Sequence[Candidate], shown: set[str]) -> list[Candidate]:
    """The alternatives of the assumptions shown that have not been solved: first order may choose the wrong end."""
    done = {id(item) for item in tried}
    return [item for item in ranked if item.name["assumption"] in shown and id(item) not in done]


Solved = tuple[Candidate, dict[str, float]]


def _largest(solved: Sequence[Solved], label: str) -> tuple[Driver, ...]:
    """The largest exact effect of each assumption, the five largest of those."""
    best: dict[str, Driver] = {}
    for item, exact in sorted(solved, key=lambda pair: -abs(pair[1][label])):
        row = Driver(**item.name, effect_pct=exact[label], first_order_pct=item.first[label])
        best.setdefault(row.assumption, row)
    return tuple(best.values())[:MOST]


def _check(solved: Sequence[Solved], label: str, tried: int) -> DriverCheck:
    """How far first-order effects were from the exact ones where both are known."""
    gaps = {
        (item.name["assumption"], item.name["alternative"]): abs(item.first[label] - exact[label])
        for item, exact in solved
    }
    worst = max(gaps, key=lambda key: gaps[key], default=("", None))
    return DriverCheck(
        solved=tried,
        converged=len(solved),
        largest_gap_pct=gaps.get(worst, 0.0),
        largest_gap_of=worst[0],
        median_gap_pct=float(np.median(list(gaps.values()))) if gaps else 0.0,
    )


Move = tuple[dict[str, Any], dict[str, "NDArray[np.float64]"]]


def _effect(gradient: Gradient, move: Mapping[str, NDArray[np.float64]]) -> float:
    """First-order effect of moving tariffs, delivery costs or elasticities, percentage points."""
    return 100 * float(sum((getattr(gradient, name) * change).sum() for name, change in move.items()))


def _ends(alternatives: Sequence[float]) -> tuple[float, ...]:
    """The first and the last alternative: the ends of the range, as the tables list them."""
    return tuple(dict.fromkeys((*alternatives[:1], *alternatives[-1:])))


def _theta_moves(run: StudyRun, found: ScenarioResult) -> Iterator[Move]:
    """Each trade elasticity up."""
    base = run.at(found).baseline
    for j, sector in enumerate(base.sectors):
        change = np.zeros(len(base.sectors))
        change[j] = THETA_MOVE * base.theta[j]
        name = {"assumption": f"{THETA}{sector}", "value": float(base.theta[j])}
        yield name | {"alternative": float(base.theta[j] + change[j])}, {"theta": change}


def _instrument_moves(run: StudyRun, found: ScenarioResult) -> Iterator[Move]:
    """Each assumption that sizes another instrument, at its alternatives."""
    assumed = run.spec.assumed(found.spec)
    sizes = {effect.size for effect in found.law.effects}
    before = found.law.shock
    done = {effect.instrument for effect in found.law.effects}
    usual = {item.instrument for item in effects_of(run.at(found), found.book, assumed)}
    for item in instrument_table().assumptions:
        for value in _ends(item.alternatives) if item.name not in sizes else ():
            effects = effects_of(run.at(found), found.book, assumed | {item.name: value})
            kept = [x for x in effects if x.instrument in done or x.instrument not in usual]
            shock = compose(run.at(found), found.law.tariff, kept)
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
    for row in run.at(found).assumptions.rows():
        for value in _ends([x for x in row["alternatives"] if x != row["value"]]):
            change = np.zeros(run.at(found).baseline.pi.shape)
            for pair in pairs:
                pair.move(row["name"], value, change)
            if change.any():
                name = {"assumption": row["name"], "value": row["value"], "alternative": value}
                yield name, {"tariff": change}


class _Judged:
    """Duties of one importer on the largest partners under other judgements, in the scenario and at the law of the data."""

    def __init__(self, run: StudyRun, found: ScenarioResult, importer: str) -> None:
        setting = run.at(found)
        self.setting, self.importer, self.books = setting, importer, (found.book, setting.origin.book)
        economies = setting.world.economies
        partners = [label for label in PARTNERS if label in economies and label != importer]
        partners += [side for _, side in run.spec.pairs if side not in partners and side != importer]
        self.partners, self.places = partners, [economies.index(label) for label in partners]
        self.reads = [[judgements(book, importer, label) for label in partners] for book in self.books]
        self.usual = [self.rates(book, partners, setting.assumptions) for book in self.books]

    def rates(self, book: Book, exporters: Sequence[str], judged: Assumptions) -> NDArray[np.float64]:
        """Additional duties by sector of the world and exporter."""
        return additional_array(
            book,
            importer=self.importer,
            classification=self.setting.world.classification,
            sectors=self.setting.world.sectors,
            economies=exporters,
            assumptions=judged,
        )

    def move(self, name: str, value: float, change: NDArray[np.float64]) -> None:
        """Put the change of the scenario's tariffs under another judgement in its place, shape (J, N, N)."""
        other, judged = self.setting.assumptions.with_values(**{name: value}), []
        for book, reads, usual in zip(self.books, self.reads, self.usual, strict=True):
            at = [k for k, names in enumerate(reads) if name in names]
            rates = usual.copy()
            if at:
                rates[:, at] = self.rates(book, [self.partners[k] for k in at], other)
            judged.append(rates)
        moved = (judged[0] - judged[1]) - (self.usual[0] - self.usual[1])
        n = self.setting.world.economies.index(self.importer)
        change[:, n, self.places] = moved[self.setting.parents]
