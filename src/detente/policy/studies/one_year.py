"""The scenarios of a run solved again one year after the change: what holds then, and where its sign is another."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.formatting import change as change_text
from detente.formatting import fixed
from detente.geography.economies import spoken
from detente.labels import capital
from detente.model import elasticity_ratio, solve
from detente.policy.customs_revenue import revenue_row
from detente.policy.documents.compared import turns
from detente.policy.documents.run import AtHorizon
from detente.policy.instruments.shock import law_shock
from detente.policy.outcomes import group_members, real_income_of, real_incomes
from detente.policy.solve_summary import keep, parts_of
from detente.policy.studies.scenario_rows import called
from detente.policy.studies.starting_point import read_as, starting_point

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from detente.policy.documents.run import RevenueRow
    from detente.policy.instruments.shock import Setting
    from detente.policy.results import Options, ScenarioResult, StudyRun
    from detente.policy.solve_summary import Parts, SideSolve

YEARS = 1.0


@dataclass(frozen=True, eq=False)
class OneYear:
    """
    A scenario one year after the change.

    side: What is kept of the solve.
    parts: Of the change of real income at one year and in the long run, where an economy or group shown changes sign;
        None elsewhere.
    revenue: Tariff revenue at customs values, where they are held.
    """

    side: SideSolve
    parts: tuple[Parts, Parts] | None
    revenue: RevenueRow | None = None


def solve_at_one_year(
    run: StudyRun, options: Options, *, off: Collection[str], say: Callable[[str], None]
) -> dict[str, OneYear]:
    """Solve the scenarios of a run again at the elasticities of one year, the step to the baseline with them."""
    at = dataclasses.replace(options, horizon=str(YEARS))
    setting = starting_point(run.setting, run.spec, options=at)
    found = {}
    for key, item in run.scenarios.items():
        say(f"{run.world.name}, one year: {key}")
        here = setting
        if item.setting is not None:
            here = starting_point(item.setting, read_as(run.spec, item.spec), options=at)
        found[key] = _solve(run, item, here, at, off)
    return found


def _solve(run: StudyRun, item: ScenarioResult, here: Setting, at: Options, off: Collection[str]) -> OneYear:
    """One scenario from the same law, begun at its long-run equilibrium."""
    assumed, eq = run.spec.assumed(item.spec), item.equilibrium
    law = law_shock(here, item.spec, item.book, assumed, off=off, duties=item.law.duties)
    terms = vars(at.terms(run.spec))
    year = solve(here.baseline, law.shock, **terms, max_iterations=at.max_iterations, throw=False, start=eq)
    side = keep(year)
    if not (eq.converged and year.converged):
        return OneYear(side, None)
    revenue = revenue_row(here, year)
    then, later = real_incomes(side, run), real_incomes(keep(eq), run)
    if not any(turns(then[label], later[label]) for label in then):
        return OneYear(side, None, revenue)
    # A copy of its own: the flows it works out are let go of with it.
    return OneYear(side, (parts_of(year), parts_of(dataclasses.replace(eq))), revenue)


def lay_out_one_year(run: StudyRun) -> AtHorizon | None:
    """What a document says of one year; None where it was not solved or did not converge."""
    year = run.one_year
    if not year or any(item.side.status != "converged" for item in year.values()):
        return None
    place = {label: k for k, label in enumerate(run.world.economies)}

    def incomes(item: ScenarioResult, side: SideSolve) -> dict[str, float]:
        own = {label: real_income_of(side, [k]) for label, k in place.items()}
        groups = {g: [place[x] for x in group_members(g, run.world, item.spec)] for g in run.spec.groups}
        return own | {g: real_income_of(side, inside) for g, inside in groups.items()}

    pairs = [
        (item.contrast.id, *_sides(run, item.contrast.of, item.contrast.against)) for item in run.contrasts
    ]
    worth = {key: _less(real_incomes(of, run), real_incomes(than, run)) for key, of, than in pairs}
    return AtHorizon(
        years=YEARS,
        ratio=elasticity_ratio(YEARS),
        scenarios={key: incomes(run.scenarios[key], item.side) for key, item in year.items()},
        worth=worth,
        changes=tuple(_changes(run, worth)),
    )


def _sides(run: StudyRun, of: str, against: str) -> tuple[SideSolve, SideSolve]:
    """Both scenarios of a contrast at one year."""
    return run.one_year[of].side, run.one_year[against].side


def _less(of: Mapping[str, float], against: Mapping[str, float]) -> dict[str, float]:
    """Differences by label."""
    return {key: of[key] - against[key] for key in of}


def _changes(run: StudyRun, worth: Mapping[str, Mapping[str, float]]) -> list[str]:
    """A sentence for every scenario and contrast in which an economy or group shown has another sign at one year."""
    said = []
    for key, item in run.one_year.items():
        result = run.scenarios[key]
        then, later = real_incomes(item.side, run), real_incomes(keep(result.equilibrium), run)
        for label in then:
            if item.parts is not None and turns(then[label], later[label]):
                head = _both(label, called(run, key), then[label], later[label])
                whole, where = then[label] - later[label], _inside(run, label)
                said.append(f"{head}: {_reason(whole, item.parts, item.side.income, where)}.")
    for found in run.contrasts:
        of, against = (run.scenarios[key] for key in (found.contrast.of, found.contrast.against))
        goal, start = (real_incomes(keep(item.equilibrium), run) for item in (of, against))
        later = _less(goal, start)
        between = f"{called(run, of.spec.id)} rather than {called(run, against.spec.id)}"
        said += [
            f"{_both(label, between, value, later[label])}."
            for label, value in worth[found.contrast.id].items()
            if turns(value, later[label])
        ]
    return said


def _inside(run: StudyRun, label: str) -> list[int]:
    """Positions of an economy, or of the members of a group on the baseline's day."""
    economies = run.world.economies
    labels = [label] if label in economies else group_members(label, run.world, run.spec.baseline)
    return [economies.index(one) for one in labels]


def _both(label: str, what: str, then: float, later: float) -> str:
    """Both signs in words."""
    first, last = ("gains" if value > 0 else "loses" for value in (then, later))
    return (
        f"{capital(what)}: {spoken(label)} {first} {fixed(abs(then), 3)} % of real income at one year"
        f" and {last} {fixed(abs(later), 3)} % in the long run"
    )


def _reason(
    whole: float, parts: tuple[Parts, Parts], income: NDArray[np.float64], inside: Sequence[int]
) -> str:
    """How much of the difference either channel makes."""
    weights = income[inside] / income[inside].sum()
    year, later = parts
    terms = 100 * float(weights @ (year.terms_of_trade - later.terms_of_trade)[inside])
    volume = 100 * float(weights @ (year.volume_of_trade - later.volume_of_trade)[inside])
    return (
        f"of the difference {change_text(terms)} points are terms of trade, {change_text(volume)} trade in what duties hold"
        f" back and {change_text(whole - terms - volume)} interaction, since buyers turn to other"
        " sources by less at first"
    )
