"""Points of duty on top of the law of a day: a study of one scenario made in memory, and what is told of its run."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from detente.asof import AsOf
from detente.errors import InputError
from detente.formatting import day as day_text
from detente.formatting import number
from detente.geography import territories as customs
from detente.io.words import one_of
from detente.labels import label
from detente.model import solve
from detente.policy.customs_revenue import load_customs_values, revenue_row
from detente.policy.documents.surcharge import (
    FlowMoved,
    HouseholdCost,
    IncomeMoved,
    OutputMoved,
    RevenueMoved,
    SurchargeResult,
    TariffMoved,
)
from detente.policy.households.cost import ALL, household_costs
from detente.policy.households.tables import load_households
from detente.policy.instruments.scenario_law import surcharged
from detente.policy.outcomes import average_between, real_income_of
from detente.policy.solve_summary import keep
from detente.policy.studies.one_year import solve_at_one_year
from detente.policy.studies.run import require_converged, run_study
from detente.policy.study import ScenarioSpec, StudySpec, Surcharge
from detente.world import World, load_world

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from detente.asof import Given
    from detente.ledger import Ledger
    from detente.model import Equilibrium
    from detente.policy.results import Options, StudyRun

HIGHEST: Final = 1000.0
"""Points that can be put on top."""
DEFAULT_WORLD: Final = "icio2022"
LAW, MORE, EVERYONE, ALL_PARTNERS = "law", "more", "WORLD", "*"
# Industries told of each side: those whose output moves most dollars.
INDUSTRIES: Final = 3
NOT_COVERED: Final = (
    "goods sent through other countries",
    "stocks built up before",
    "unemployment, investment, exchange rates",
    "further answers",
)


class Points(NamedTuple):
    """What is asked: points of `importer` on `exporter`, on some industries or all goods, and the points of the answer."""

    importer: str
    exporter: str
    points: float
    industries: tuple[str, ...] = ()
    answer: float | None = None


class Sides(NamedTuple):
    """Who charges and who bears: a code of an economy or customs union, and its economies in the world."""

    imposer: str
    importers: tuple[str, ...]
    bearer: str
    exporters: tuple[str, ...]


def run_surcharge(
    asked: Points,
    *,
    on: Given,
    options: Options,
    ledger: Ledger,
    say: Callable[[str], None] = lambda _step: None,
) -> StudyRun:
    """Solve the law of a day, and that law with points on top of it, in the long run and after one year."""
    for name in ("points", "answer"):
        _require_points(name, getattr(asked, name))
    importer, exporter = (
        customs.resolve_importer(getattr(asked, name), where=name) for name in ("importer", "exporter")
    )
    day = AsOf.of(on, imposer=importer).day
    imposer = customs.imposer_of(importer, day)
    _require_apart(imposer, exporter, day)
    world = load_world(options.world or DEFAULT_WORLD)
    _require_held(world, day, importer=imposer, exporter=exporter)
    for name in asked.industries:
        one_of(
            name, world.baseline().goods, what="no such industry of goods in this world", where="industries"
        )
    study = surcharge_study(asked._replace(importer=imposer, exporter=exporter), day, world)
    alone = dataclasses.replace(options, contributions=False, robustness=False)
    run = run_study(study, options=alone, ledger=ledger, progress=say)
    require_converged(run)
    if not alone.elastic:
        return run
    run = dataclasses.replace(run, one_year=solve_at_one_year(run, alone, off=(), say=say))
    require_converged(run)
    return run


def surcharge_study(asked: Points, day: dt.date, world: World) -> StudySpec:
    """The study that asks: the law of a day as its baseline, and one scenario with the points on top."""
    extra = [
        Surcharge(
            importer=asked.importer,
            exporter=asked.exporter,
            rate=asked.points / 100,
            industries=asked.industries,
        )
    ]
    if asked.answer:
        answering = customs.imposer_of(asked.exporter, day)
        extra.append(Surcharge(importer=answering, exporter=asked.importer, rate=asked.answer / 100))
    law = f"the ledger on {day}"
    base = ScenarioSpec(id=LAW, label=f"Law of {day_text(day)}", definition=law, on=day)
    what = f"{number(asked.points)} points more of {customs.name(asked.importer)} on {customs.name(asked.exporter)}"
    more = ScenarioSpec(id=MORE, label=what, definition=f"{law} and {what}", on=day, surcharges=tuple(extra))
    importers, exporters = surcharged(extra[0], world, more)
    return StudySpec(
        id="what-if",
        title=what,
        question=f"What would {what} do?",
        world=world.name,
        pairs=((importers[0], exporters[0]),),
        groups=(EVERYONE,),
        baseline=base,
        scenarios=(more,),
    )


def _require_points(name: str, value: float | None) -> None:
    """Refuse what is no number of points."""
    if value is not None and not 0 < value <= HIGHEST:
        raise InputError(
            "not a number of points",
            where=name,
            found=number(value),
            allowed=f"above 0, up to {number(HIGHEST)}",
            repair="write 25 points as 25" + (", or leave it out" if name == "answer" else ""),
        )


def _require_apart(imposer: str, exporter: str, day: dt.date) -> None:
    """Refuse a duty on goods from inside the border at which it would be charged."""
    if customs.imposes(imposer, exporter, day):
        raise InputError(
            "an importer charges no duty on its own goods",
            where="importer, exporter",
            found=f"{exporter} is {imposer} or inside it",
            allowed="two customs territories",
            repair="name another exporter",
        )


def _require_held(world: World, day: dt.date, **sides: str) -> None:
    """Refuse a side of which the world holds nobody."""
    for where, code in sides.items():
        if not customs.territory(code, day) & set(world.economies):
            raise InputError(
                "an economy this world does not hold",
                where=where,
                found=code,
                allowed=", ".join(world.economies),
                repair="use one of these, ROW for the rest of the world, or another world",
            )


def lay_out_surcharge(run: StudyRun, asked: Points, options: Options) -> SurchargeResult:
    """Put together what the points do."""
    spec, world, found = run.spec.scenarios[0], run.world, run.scenarios[MORE]
    first = spec.surcharges[0]
    importers, exporters = surcharged(first, world, spec)
    sides = Sides(first.importer, importers, first.exporter, exporters)
    groups = {sides.imposer: importers, sides.bearer: exporters, EVERYONE: world.economies}
    return SurchargeResult(
        importer=sides.imposer,
        importer_name=_named(sides.imposer),
        exporter=sides.bearer,
        exporter_name=_named(sides.bearer),
        points=asked.points,
        answer=asked.answer,
        industries=asked.industries,
        on=spec.on.isoformat(),
        known_until=run.ledger.horizon.isoformat(),
        world=world.name,
        year=world.year,
        closure=run.spec.closure,
        factors=options.factors,
        horizon=str(options.horizon),
        tariffs=tuple(_tariffs(run, sides, answered=asked.answer is not None)),
        flows=tuple(_flows(found.equilibrium, sides)),
        sides=tuple(_incomes(run, groups)),
        rows=tuple(
            sorted(
                _incomes(run, {code: (code,) for code in world.economies}),
                key=lambda row: -row.real_income_pct,
            )
        ),
        revenue=tuple(_revenues(run, sides)),
        household=_household(run, sides),
        outputs=(
            *_outputs(run, sides.imposer, importers),
            *_outputs(run, sides.bearer, exporters),
        ),
        not_covered=(*NOT_COVERED, *found.law.not_included),
    )


def _named(code: str) -> str:
    """An economy, a customs union or the world, as a heading."""
    return "World" if code == EVERYONE else customs.name(code).removeprefix("the ")


def _tariffs(run: StudyRun, sides: Sides, *, answered: bool) -> Iterator[TariffMoved]:
    """Averages of both laws on the pair and on all partners; of the one who answers as well."""
    before, after = run.setting, run.scenarios[MORE].law.tariff
    still = before.law.tariff if before.law else before.origin.baseline.tariff
    both = [(sides.imposer, sides.importers, sides.bearer, sides.exporters)]
    both += [(sides.bearer, sides.exporters, sides.imposer, sides.importers)] if answered else []
    for imposer, importers, bearer, exporters in both:
        others = [code for code in run.world.economies if code not in importers]
        for partner, economies in ((bearer, exporters), (ALL_PARTNERS, others)):
            yield TariffMoved(
                importer=imposer,
                exporter=partner,
                before=average_between(before, still, importers, economies),
                after=average_between(before, after, importers, economies),
            )


def _flows(eq: Equilibrium, sides: Sides) -> Iterator[FlowMoved]:
    """Trade of the pair, both ways."""
    ways = (
        (sides.bearer, sides.exporters, sides.imposer, sides.importers),
        (sides.imposer, sides.importers, sides.bearer, sides.exporters),
    )
    for seller, sellers, buyer, buyers in ways:
        flows = [eq.flow(exporter, importer) for exporter in sellers for importer in buyers]
        yield FlowMoved(
            exporter=seller,
            importer=buyer,
            before_usd_bn=sum(flow.base for flow in flows) / 1e3,
            after_usd_bn=sum(flow.new for flow in flows) / 1e3,
        )


def _incomes(run: StudyRun, groups: Mapping[str, Sequence[str]]) -> Iterator[IncomeMoved]:
    """Real income of some groups of economies, at both horizons."""
    late = keep(run.scenarios[MORE].equilibrium)
    early = run.one_year[MORE].side if run.one_year else None
    for code, economies in groups.items():
        inside = [run.world.economies.index(one) for one in economies]
        value = real_income_of(late, inside)
        yield IncomeMoved(
            economy=code,
            name=_named(code),
            real_income_pct=value,
            real_income_usd_bn=value / 100 * float(late.income[inside].sum()) / 1e3,
            at_one_year_pct=real_income_of(early, inside) if early else None,
        )


def _revenues(run: StudyRun, sides: Sides) -> Iterator[RevenueMoved]:
    """Tariff revenue of the importer before and after: on the world's flows, and at customs values where they are held."""
    setting, eq = run.setting, run.scenarios[MORE].equilibrium
    taken = eq.tariff_revenue.loc[list(sides.importers)].sum() / 1e3
    yield RevenueMoved(basis="world", before_usd_bn=float(taken["base"]), after_usd_bn=float(taken["new"]))
    before, after = (revenue_row(setting, one) for one in (setting.moved or solve(setting.baseline), eq))
    if before and after and load_customs_values().importer in sides.importers:
        yield RevenueMoved(
            basis="customs", before_usd_bn=before.customs_usd_bn, after_usd_bn=after.customs_usd_bn
        )


def _household(run: StudyRun, sides: Sides) -> HouseholdCost | None:
    """What it costs a household of the importer; None where no table says what such households buy."""
    if load_households().economy not in sides.importers:
        return None
    mean = {row.pass_through: row for row in household_costs(run) if row.decile == ALL}
    if not mean:
        return None
    full = mean["full"]
    return HouseholdCost(
        full_usd=full.usd_per_year,
        full_usd_min=full.usd_min,
        full_usd_max=full.usd_max,
        model_usd=mean["model"].usd_per_year,
    )


def _outputs(run: StudyRun, side: str, economies: Collection[str]) -> Iterator[OutputMoved]:
    """Industries of a side whose value of output moves most dollars; small parts counted with the industry they are of."""
    eq, sectors = run.scenarios[MORE].equilibrium, run.world.sectors
    before, after = np.zeros((2, len(sectors)))
    for code in economies:
        rows = eq.by_sector(code)
        new = rows["output_new_usd_mn"].to_numpy()
        np.add.at(after, run.setting.parents, new)
        np.add.at(before, run.setting.parents, new / (1 + rows["output_pct"].to_numpy() / 100))
    moved = after - before
    for j in np.argsort(-np.abs(moved), kind="stable")[:INDUSTRIES].tolist():
        yield OutputMoved(
            economy=side,
            industry=sectors[j],
            name=label("industry", sectors[j]),
            output_pct=100 * float(moved[j] / before[j]) if before[j] > 0 else 0.0,
            output_usd_bn=float(moved[j]) / 1e3,
        )
