"""From a book of law to one shock: tariffs of the ledger, then the other instruments."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.model import Shock, volume_hat
from detente.policy.instruments.components import effects_of, without_effect
from detente.policy.instruments.disaggregation import part_duties
from detente.policy.instruments.effects import Effect, combine
from detente.policy.instruments.scenario_law import additional_duties, new_tariff, stated_duties

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from numpy.typing import NDArray

    from detente.duties import Assumptions
    from detente.ledger import Book
    from detente.model import Equilibrium
    from detente.model.results.records import Horizon
    from detente.policy.study import ScenarioSpec
    from detente.world import Baseline, World


@dataclass(frozen=True)
class Origin:
    """
    The world as its data hold it, and the law its tariffs were collected under.

    baseline: The world's equilibrium, with small parts carved out of wide industries.
    book, duties: The ledger on the world's `law_day`, and its additional duties, shape (J, N, N) over
        `baseline.sectors`.
    """

    baseline: Baseline
    book: Book
    duties: NDArray[np.float64]


@dataclass(frozen=True)
class Setting:
    """
    What every scenario of a run on one world shares.

    world: Labels, flows, estimates.
    baseline: The equilibrium scenarios are compared with: the world under the law of the study's baseline.
    parents: For each sector of `baseline`, the position of the world's sector it is part of, shape (J,).
    assumptions: Named judgements of the tariff room.
    book, duties: The ledger at the study's baseline, and its additional duties, shape (J, N, N) over
        `baseline.sectors`.
    origin: The world at the law of its data. Every scenario's law is a level against it, whatever the baseline.
    law: What the study's baseline is against `origin`; None where it is that very law.
    moved: The solve from `origin` to `baseline`; None where the law of the data is that of the baseline.
    horizon: Of the trade elasticities of its solves. `baseline` and `origin` have those of the long run.
    """

    world: World
    baseline: Baseline
    parents: NDArray[np.intp]
    assumptions: Assumptions
    book: Book
    duties: NDArray[np.float64]
    origin: Origin
    law: LawShock | None = None
    moved: Equilibrium | None = None
    horizon: Horizon = "long"


@dataclass(frozen=True)
class LawShock:
    """
    The shock of one scenario and what it was made of.

    shock: For the model.
    duties: Additional duties of the ledger, shape (J, N, N).
    tariff: Tariffs: t0 plus the change of the ledger, without the equivalents of other instruments.
    floored: Cells in which duties removed exceed what was collected; their tariff is zero.
    effects: Of the other instruments.
    not_included: Instruments that are on the books and have no effect in this shock, with the reason.
    """

    shock: Shock
    duties: NDArray[np.float64]
    tariff: NDArray[np.float64]
    floored: int
    effects: tuple[Effect, ...]
    not_included: tuple[str, ...]


def ledger_duties(
    book: Book, setting_world: World, baseline: Baseline, parents: NDArray[np.intp], assumptions: Assumptions
) -> NDArray[np.float64]:
    """
    Additional duties of a book over the sectors of a baseline.

    Gives fractions, . A part pays what its industry pays unless a part of its own is named.

    Shapes: duties (J, N, N).
    """
    duties = additional_duties(book, setting_world, assumptions)
    if len(baseline.sectors) == len(setting_world.sectors):
        return duties
    return part_duties(duties[parents], book, baseline, assumptions)


def law_shock(
    setting: Setting,
    spec: ScenarioSpec,
    book: Book,
    assumed: Mapping[str, float],
    *,
    off: Collection[str] = (),
    duties: NDArray[np.float64] | None = None,
) -> LawShock:
    """
    Turn a book into a shock.

    Gives ``t1 = t0 + (ledger at the scenario - ledger at the baseline)`` and the other instruments.
    """
    if duties is None:
        duties = ledger_duties(book, setting.world, setting.baseline, setting.parents, setting.assumptions)
        duties = stated_duties(duties, setting.world, setting.parents, spec, assumed)
    tariff, floored = new_tariff(setting.origin.baseline.tariff, duties, setting.origin.duties)
    effects = tuple(item for item in effects_of(setting, book, assumed) if item.instrument not in off)
    kept = setting.law.effects if setting.law and off else ()
    effects += tuple(item for item in kept if item.instrument in off)
    left = without_effect(book, {item.instrument for item in effects})
    return LawShock(compose(setting, tariff, effects), duties, tariff, floored, effects, left)


def compose(setting: Setting, tariff: NDArray[np.float64], effects: Iterable[Effect]) -> Shock:
    """
    Put tariffs and the effects of other instruments into one shock.

    Shapes: tariff (J, N, N).
    """
    pieces = combine(effects, tariff.shape)
    shock = Shock(
        tariff=tariff if pieces.tariff is None else tariff + pieces.tariff,
        iceberg=pieces.iceberg,
        limits=pieces.limits,
        targets=pieces.targets,
    )
    return shock if setting.moved is None else _from_moved(shock, setting.moved, setting)


def _from_moved(shock: Shock, moved: Equilibrium, setting: Setting) -> Shock:
    """
    Take the same law from a moved baseline.

    Tariffs and export taxes are levels and stay what they are; delivery costs and volumes are multiples and are divided by
    what the baseline has of them.
    """
    costs = [np.asarray(item) for item in (shock.iceberg, moved.shock.iceberg) if item is not None]
    iceberg = None
    if costs:
        iceberg = np.ones(setting.baseline.pi.shape) if shock.iceberg is None else costs[0].copy()
        if moved.shock.iceberg is not None:
            iceberg /= costs[-1]
    taxed = getattr(setting.baseline, "export_tax", None) is not None
    before = getattr(setting.origin.baseline, "export_tax", None)
    return dataclasses.replace(
        shock,
        iceberg=iceberg,
        export_tax=(np.zeros(setting.baseline.pi.shape) if before is None else before) if taxed else None,
        limits=tuple(
            dataclasses.replace(item, volume=item.volume / volume_hat(moved, item)) for item in shock.limits
        ),
        targets=tuple(
            dataclasses.replace(item, volume=item.volume / volume_hat(moved, item)) for item in shock.targets
        ),
    )
