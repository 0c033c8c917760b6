"""From a book of law to one shock: tariffs of the ledger, then the other instruments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.model import Shock
from detente.scenarios.carve import part_duties
from detente.scenarios.effects import Effect, combine
from detente.scenarios.instruments import effects_of, without_effect
from detente.scenarios.law import additional_duties, new_tariff, relieve

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from detente.ledger import Book
    from detente.scenarios.study import ScenarioSpec
    from detente.tariffs import Assumptions
    from detente.world import Baseline, World


@dataclass(frozen=True)
class Setting:
    """
    What every scenario of a run on one world shares.

    Attributes
    ----------
    world
        Labels, flows, estimates.
    baseline
        The equilibrium the model starts from: the world's, with small parts carved out of wide industries.
    parents
        For each sector of `baseline`, the position of the world's sector it is part of, shape (J,).
    assumptions
        Named judgements of the tariff room.
    book, duties
        The ledger at the baseline, and its additional duties, shape (J, N, N) over `baseline.sectors`.
    """

    world: World
    baseline: Baseline
    parents: NDArray[np.intp]
    assumptions: Assumptions
    book: Book
    duties: NDArray[np.float64]


@dataclass(frozen=True)
class LawShock:
    """
    The shock of one scenario and what it was made of.

    Attributes
    ----------
    shock
        For the model.
    duties
        Additional duties of the ledger, shape (J, N, N).
    tariff
        Tariffs: t0 plus the change of the ledger, without the equivalents of other instruments.
    floored
        Cells in which duties removed exceed what was collected; their tariff is zero.
    effects
        Of the other instruments.
    not_included
        Instruments that are on the books and have no effect in this shock, with the reason.
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

    Parameters
    ----------
    book
        What is on the books.
    setting_world
        Gives labels and classification.
    baseline
        Its sectors are those of the world, or parts of them.
    parents
        Position of the world's sector behind each sector of the baseline.
    assumptions
        Named judgements of the tariff room.

    Returns
    -------
    duties
        Fractions, shape (J, N, N). A part pays what its industry pays unless a part of its own is named.
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

    Parameters
    ----------
    setting
        World, baseline and the ledger at the baseline.
    spec
        The scenario: its reliefs.
    book
        What is on the books in it.
    assumed
        Values of the study's named assumptions.
    off
        Ids of instruments other than tariffs that are switched off.
    duties
        Additional duties of the book, if they are known already.

    Returns
    -------
    law_shock
        ``t1 = t0 + (ledger at the scenario - ledger at the baseline)`` and the other instruments.
    """
    if duties is None:
        duties = ledger_duties(book, setting.world, setting.baseline, setting.parents, setting.assumptions)
        duties = relieve(duties, setting.world, spec.relief, assumed)
    tariff, floored = new_tariff(setting.baseline.tariff, duties, setting.duties)
    effects = tuple(item for item in effects_of(setting, book, assumed) if item.instrument not in off)
    left = without_effect(book, {item.instrument for item in effects})
    return LawShock(compose(tariff, effects), duties, tariff, floored, effects, left)


def compose(tariff: NDArray[np.float64], effects: Iterable[Effect]) -> Shock:
    """
    Put tariffs and the effects of other instruments into one shock.

    Parameters
    ----------
    tariff
        Tariffs of the law, fractions, shape (J, N, N).
    effects
        Each instrument once.

    Returns
    -------
    shock
        For the model; its tariff is `tariff` itself where no effect adds to it.
    """
    pieces = combine(effects, tariff.shape)
    return Shock(
        tariff=tariff if pieces.tariff is None else tariff + pieces.tariff,
        iceberg=pieces.iceberg,
        limits=pieces.limits,
        targets=pieces.targets,
    )
