"""The JSON document of a run: everything a table, chart or page shows is in it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from detente.geography.economies import name, with_article
from detente.io.documents import as_json
from detente.io.stamped import Stamp
from detente.labels import called_world
from detente.ledger.documents.assumed import LawAssumption
from detente.policy.assumptions import THETA
from detente.policy.customs_revenue import customs_revenue, revenue_row
from detente.policy.documents.common import SizeAssumption
from detente.policy.documents.run import (
    Band,
    BaselineRow,
    ClaimRow,
    Group,
    InBothOrders,
    InstrumentRow,
    Line,
    Range,
    RunDocument,
    RunResult,
    SecondWorld,
    SourceRow,
    StudyTitle,
    WorldRow,
    Worth,
)
from detente.policy.households.cost import household_costs
from detente.policy.instrument_table import instrument_table
from detente.policy.instruments.components import assumption_rows
from detente.policy.instruments.disaggregation import carve
from detente.policy.outcomes import (
    average_tariffs,
    goods_mask,
    group_members,
    real_incomes,
)
from detente.policy.solve_summary import keep
from detente.policy.studies.drivers import drivers_of
from detente.policy.studies.narrative import Channels, why
from detente.policy.studies.one_year import lay_out_one_year
from detente.policy.studies.scenario_rows import called, describe, measure_rows, scenario_row
from detente.stamp import stamp

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from detente.ledger import Ledger
    from detente.policy.documents.common import Assumption
    from detente.policy.results import ContrastResult, StudyRun
    from detente.policy.solve_summary import SideSolve
    from detente.policy.study import StudySpec
    from detente.world import World

RELIEF_NOTE = (
    "Duties are taken off a stated value of imports in {scenarios}:"
    " no measure of the ledger, so it stays whatever is off."
)
MOVED_NOTE = (
    "The tariffs of the {world} are of the law of {data}: the world was first moved to the law of the baseline ({baseline})"
    " by a solve of its own; every change is against that equilibrium. Tariffs are levels, averaged with the world's flows."
)
SURCHARGE_NOTE = (
    "In {scenarios} duties are charged on top of the ledger that no measure sets: they always stay."
)
HORIZON_NOTE = "The sources cover the law to {day}; what is not known after it is shown as not known."


def run_document(run: StudyRun, *, command: str) -> dict[str, Any]:
    """
    Put a run together as one JSON document.

    Gives ``{"stamp", "result", "assumptions", "warnings"}`` as described in the interface: rates are fractions, money
    USD billion where a key says so, changes percent where a key ends in ``_pct``.
    """
    found: dict[str, Any] = as_json(lay_out(run, command=command))
    return found


def lay_out(run: StudyRun, *, command: str) -> RunDocument:
    """Put a run together as a document."""
    moved = drivers_of(run) if run.drivers is None else run.drivers
    scenarios = {key: scenario_row(run, item) for key, item in run.scenarios.items()}
    second = run.second
    result = RunResult(
        study=StudyTitle(id=run.spec.id, title=run.spec.title, question=run.spec.question),
        on=max(item.spec.on for item in run.scenarios.values()).isoformat(),
        law_days=tuple(day.isoformat() for day in _law_days(run)),
        closure=run.spec.closure,
        baseline=_baseline(run),
        world=_world(run.spec, run.world),
        scenarios=scenarios,
        worth={item.contrast.id: _contrast(run, item) for item in run.contrasts if _converged(item)},
        band=_band(run),
        drivers={key: item.rows for key, item in moved.items()},
        drivers_checked={key: item.checked for key, item in moved.items()},
        instruments={
            item.id: InstrumentRow(title=item.title, measures=item.measures)
            for item in instrument_table().instruments
        },
        sources=_sources(run),
        uncertainty=None,
        second_world=None
        if second is None
        else SecondWorld(
            world=_world(run.spec, second.world),
            scenarios={key: item.shown for key, item in second.scenarios.items()},
        ),
        households=household_costs(run),
        at_one_year=lay_out_one_year(run),
        customs_revenue=customs_revenue(
            run.setting,
            {
                key: revenue_row(item.setting or run.setting, item.equilibrium)
                for key, item in run.scenarios.items()
            },
            {key: item.revenue for key, item in (run.one_year or {}).items()},
        ),
    )
    head = stamp(
        command=command,
        ledger_hash=run.ledger.hash,
        world_hash=run.world.hash,
        scenario_hash=run.spec.hash,
        options_hash=run.options_hash,
        ledger_version=run.ledger.version,
    )
    return RunDocument(
        stamp=Stamp(**head),
        result=result,
        assumptions=tuple(_assumptions(run)),
        warnings=tuple(_warnings(run)),
    )


def _law_days(run: StudyRun) -> tuple[dt.date, dt.date]:
    """First and last day whose law a run compares, its baseline's among them."""
    days = [run.spec.baseline.on, *(item.spec.on for item in run.scenarios.values())]
    return min(days), max(days)


def _assumptions(run: StudyRun) -> list[Assumption]:
    """
    Named judgements with the values used at the baseline, and the defaults.

    The study's own, those of the instruments it does not replace, those of the tariff room, and the elasticities it gives.
    """
    spec, setting = run.spec, run.setting
    used = spec.assumed(spec.baseline)
    own = [item.model_dump(mode="json") for item in spec.assumptions]
    replaced = {item["name"] for item in own}
    others = [row for row in assumption_rows() if row["name"] not in replaced]
    sizes = [row | {"default": row["value"], "value": used[row["name"]]} for row in (*own, *others)]
    law = [LawAssumption(**row) for row in setting.assumptions.rows()]
    plain, _ = carve(run.world, used)
    theta = dict(zip(plain.sectors, plain.theta, strict=True)) if spec.elasticities(spec.baseline) else {}
    given = [
        SizeAssumption(
            name=f"{THETA}{sector}",
            value=value,
            default=float(theta[sector]),
            alternatives=(),
            why="Trade elasticity of the sector, given for this run.",
            source="given",
        )
        for sector, value in spec.elasticities(spec.baseline).items()
    ]
    return [*(SizeAssumption(**row) for row in sizes), *law, *given]


def _converged(item: ContrastResult) -> bool:
    """Whether every step of a contrast is an equilibrium."""
    return all(side.status == "converged" for side in (*item.forward, *item.backward))


def _sources(run: StudyRun) -> dict[str, SourceRow]:
    """Title and address of every source of the measures listed."""
    known = run.ledger.sources
    used = {
        source
        for item in run.scenarios.values()
        for row in measure_rows(item.book, run.spec.pairs)
        for source in row.sources
    }
    return {
        key: SourceRow(title=known[key].title, url=known[key].url) for key in sorted(used) if key in known
    }


def _baseline(run: StudyRun) -> BaselineRow:
    """The baseline: its law as levels, and the step that moved the world to it from the law of its data."""
    setting, moved = run.setting, run.setting.moved
    tariff = setting.law.tariff if setting.law else setting.origin.baseline.tariff
    goods, place = goods_mask(setting), setting.baseline.economies.index
    flows = setting.baseline.flows[goods].sum(axis=0) / 1e3
    return BaselineRow(
        **describe(run.spec.baseline),
        data_law=setting.world.law_day.isoformat(),
        moved=moved is not None,
        status=moved.status if moved else "converged",
        residual=moved.residual if moved else 0.0,
        iterations=moved.iterations if moved else 0,
        tariffs=average_tariffs(setting, tariff, run.spec.pairs),
        flows_usd_bn={f"{i}->{n}": float(flows[place(n), place(i)]) for n, i in run.spec.pairs},
        income_usd_bn=_by_code(run, setting.baseline.income),
        tariff_revenue_usd_bn=_by_code(run, setting.baseline.revenue),
    )


def _by_code(run: StudyRun, usd_mn: NDArray[np.float64]) -> dict[str, float]:
    """USD billion by economy, and by group of the study."""
    world, spec = run.world, run.spec
    found = {code: float(value) / 1e3 for code, value in zip(world.economies, usd_mn, strict=True)}
    groups = {group: group_members(group, world, spec.baseline) for group in (*spec.groups, "WORLD")}
    return found | {group: sum(found[code] for code in inside) for group, inside in groups.items()}


def knowledge_notes(ledger: Ledger) -> list[str]:
    """Say to whom the law is told. Gives empty where everything is known."""
    known = ledger.known_on
    return [f"Told to someone who knew only what was known on {known.isoformat()}."] if known else []


def _warnings(run: StudyRun) -> list[str]:
    """What a reader must know before quoting a number."""
    horizon = run.ledger.horizon
    warnings = [HORIZON_NOTE.format(day=horizon.isoformat()), *knowledge_notes(run.ledger)]
    if run.setting.moved is not None:
        warnings.append(
            MOVED_NOTE.format(
                world=called_world(run.world.name),
                data=run.world.law_day.isoformat(),
                baseline=run.spec.baseline.on.isoformat(),
            )
        )
    named = {key: called(run, key) for key in run.scenarios}
    late = [named[item.spec.id] for item in run.scenarios.values() if item.spec.on > horizon]
    if late:
        warnings.append(f"Dated after that day, so a reading of notices and reports: {'; '.join(late)}.")
    relieved = [named[item.spec.id] for item in run.scenarios.values() if item.spec.relief]
    if relieved:
        warnings.append(RELIEF_NOTE.format(scenarios="; ".join(relieved)))
    charged = [named[item.spec.id] for item in run.scenarios.values() if item.spec.surcharges]
    if charged:
        warnings.append(SURCHARGE_NOTE.format(scenarios="; ".join(charged)))
    world = called_world(run.world.name)
    warnings += [f"Estimated in the {world}: {text}" for text in run.world.estimated]
    return warnings


def _world(spec: StudySpec, world: World) -> WorldRow:
    """Size, estimates, group shares of world GDP, and the flows the results rest on."""
    groups = {}
    for group in spec.groups:
        inside = group_members(group, world, spec.baseline)
        share = world.gdp_share(inside)
        groups[group] = Group(gdp_share=share, members="all" if group == "WORLD" else tuple(inside))
    return WorldRow(
        name=world.name,
        year=world.year,
        economies=len(world.economies),
        sectors=len(world.sectors),
        hash=world.hash,
        groups=groups,
        claim=ClaimRow(**spec.claim.model_dump()) if spec.claim else None,
        flows_usd_bn={f"{i}->{n}": world.goods_flow(i, n) for n, i in spec.pairs},
        flows_estimated=bool(world.estimated_cells("final").any()),
        estimated=tuple(world.estimated),
        sources=tuple(world.sources),
    )


def _contrast(run: StudyRun, item: ContrastResult) -> Worth:
    """What one scenario is worth against another: lines in the stated order and in its reverse, and why."""
    contrast = item.contrast
    forward = _increments(item.forward, run)
    backward = _increments(item.backward, run)[::-1]
    start, end = real_incomes(item.forward[0], run), real_incomes(item.forward[-1], run)
    lines = [
        Line(
            instrument=line.instrument,
            measures=line.measures,
            real_income_pct={key: InBothOrders(in_order=ahead[key], in_reverse=back[key]) for key in ahead},
        )
        for line, ahead, back in zip(contrast.lines, forward, backward, strict=True)
    ]
    return Worth(
        title=contrast.title,
        of=contrast.of,
        against=contrast.against,
        between=contrast.between,
        lines=tuple(lines),
        total_pct={key: end[key] - start[key] for key in start},
        full_pct=_full(run, item, start),
        why=tuple(_why(run, item, side) for side in contrast.between),
    )


def _increments(path: Sequence[SideSolve], run: StudyRun) -> list[dict[str, float]]:
    """Change of real income at each step of a path."""
    incomes = [real_incomes(side, run) for side in path]
    return [{key: b[key] - a[key] for key in a} for a, b in pairwise(incomes)]


def _full(run: StudyRun, item: ContrastResult, start: dict[str, float]) -> dict[str, float]:
    """The same with everything that differs between the two scenarios, not only the lines."""
    goal = real_incomes(keep(run.scenarios[item.contrast.of].equilibrium), run)
    return {key: goal[key] - start[key] for key in start}


def _why(run: StudyRun, item: ContrastResult, side: str) -> str:
    """Words for one side of a contrast."""
    assert item.parts is not None  # noqa: S101  (every step converged)
    k = run.world.economies.index(side)
    first, last = item.parts
    hats = [float(path.real_income_hat[k]) for path in (item.forward[0], item.forward[-1])]
    channels = Channels(
        total=100 * (hats[1] - hats[0]),
        terms_of_trade=100 * float(last.terms_of_trade[k] - first.terms_of_trade[k]),
        volume_of_trade=100 * float(last.volume_of_trade[k] - first.volume_of_trade[k]),
        revenue_usd_bn=float(last.tariff_revenue[k] - first.tariff_revenue[k]) / 1e3,
    )
    of, against = (called(run, key) for key in (item.contrast.of, item.contrast.against))
    return why(with_article(name(side)), channels, change=f"{of} rather than {against}")


def _band(run: StudyRun) -> Band:
    """Real income of each scenario on the variants of the world: how far the estimated flows move it."""
    found: dict[str, dict[str, Range]] = {}
    if not run.variants:
        return Band()
    for key, item in run.scenarios.items():
        if item.equilibrium.status != "converged":
            continue
        every = [real_incomes(keep(item.equilibrium), run)]
        solved = (results[key] for results in run.variants.values())
        every += [real_incomes(side, run) for side in solved if side.status == "converged"]
        found[key] = {
            label: Range(low=min(row[label] for row in every), high=max(row[label] for row in every))
            for label in every[0]
        }
    return Band(variants=tuple(run.variants), real_income_pct=found)
