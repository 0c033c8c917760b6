"""A study with another baseline: the world is moved to its law first, then the scenarios are solved from there."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

import detente as dt
from detente.model import Limit, Shock, solve
from detente.policy import Options, load_study_spec, run_document, run_study
from detente.policy.strategy.game_setting import open_game_setting
from detente.world import World, load_world
from policy.main_run import main_document, main_run, small_file, spec_of

# Two chains of solves, each converged to a step of 3e-11.
RATIO = 1e-9
# Arithmetic in double precision.
EXACT = 1e-12
QUICK = Options(robustness=False, contributions=False)
# Each has something else in force: limits and controls, port fees, a purchase target, annulled law, another reading.
BASELINES = ("eve", "no-deal", "truce", "escalation", "court", "thirty-for-thirty", "lapse")


def with_baseline(name: str, **changes):
    """The main study with one of its scenarios as the baseline of all of them."""
    spec = load_study_spec("kuala-lumpur")
    base = next(item for item in spec.scenarios if item.id == name)
    fields = {"baseline": base, "contrasts": (), "second_world": None, **changes}
    return spec.model_copy(update=fields)


@cache
def small_run(**options):
    """Every scenario of the main study on the small world, against the baseline of the main study."""
    spec = load_study_spec("kuala-lumpur").model_copy(update={"world": "wiod2011", "contrasts": ()})
    return run_study(spec, options=dataclasses.replace(QUICK, **options))


def ratios(run, name):
    """Real income of each scenario over that of another."""
    hats = {key: item.equilibrium.real_income_hat for key, item in run.scenarios.items()}
    return {key: hat / hats[name] for key, hat in hats.items()}


def assert_ratios(other, expected):
    assert other.failures == {}
    for key, item in other.scenarios.items():
        gap = np.abs(item.equilibrium.real_income_hat / expected[key] - 1).max()
        assert gap < RATIO, (key, gap)


@pytest.mark.parametrize("name", BASELINES)
def test_any_scenario_as_the_baseline_of_any_other_gives_the_ratio(name):
    other = run_study(with_baseline(name, world="wiod2011"), options=QUICK)
    assert_ratios(other, ratios(small_run(), name))


@pytest.mark.parametrize("name", ["eve", "escalation"])
def test_the_same_on_the_main_world(name):
    wanted = ("eve", "truce", "no-deal", "escalation", "court")
    other = run_study(with_baseline(name), options=dataclasses.replace(QUICK, scenarios=wanted))
    assert_ratios(other, ratios(main_run(), name))


@pytest.mark.parametrize(
    "options",
    [
        {"closure": "zero"},
        {"closure": "proportional"},
        {"closure": "saving"},
        {"factors": "fixed"},
        {"horizon": "short"},
        {"horizon": "3"},
    ],
)
def test_both_steps_take_the_same_closure_factors_and_horizon(options):
    chosen = dataclasses.replace(QUICK, scenarios=("eve", "truce", "escalation"), **options)
    direct = run_study(
        with_baseline("eve", baseline=load_study_spec("kuala-lumpur").baseline, world="wiod2011"),
        options=chosen,
    )
    other = run_study(with_baseline("eve", world="wiod2011"), options=chosen)
    assert_ratios(other, ratios(direct, "eve"))


def test_the_example_of_october_2025():
    """What the truce is worth against its eve, three numbers printed wrongly before: +0.021, +0.130, -0.139."""
    spec = with_baseline(
        "eve",
        baseline=load_study_spec("kuala-lumpur").baseline.model_copy(
            update={"on": main_run().scenarios["eve"].spec.on}
        ),
    )
    item = next(one for one in spec.scenarios if one.id == "truce")
    plain = item.model_copy(update={"edits": type(item.edits)()})
    spec = spec.model_copy(update={"scenarios": (plain,)})
    found = run_document(run_study(spec, options=QUICK), command="x")["result"]["scenarios"]["truce"]
    incomes = {key: round(row["real_income_pct"], 3) for key, row in found["economies"].items()}
    assert (incomes["USA"], incomes["CHN"], incomes["MEX"]) == (0.07, 0.059, -0.093)
    assert round(100 * found["tariffs"]["USA<-CHN"], 1) == 32.1


def test_average_tariffs_are_levels_of_the_law_whatever_the_baseline():
    spec = with_baseline("eve")
    found = run_document(
        run_study(spec, options=dataclasses.replace(QUICK, scenarios=("truce",))), command="x"
    )
    main = main_document()["result"]["scenarios"]
    for key, value in found["result"]["scenarios"]["truce"]["tariffs"].items():
        assert value == pytest.approx(main["truce"]["tariffs"][key], abs=EXACT)
    for key, value in found["result"]["baseline"]["tariffs"].items():
        assert value == pytest.approx(main["eve"]["tariffs"][key], abs=EXACT)


def test_a_baseline_before_the_301_duties_does_not_count_them_twice():
    """From 2018-01-01 to 2024-12-31: the tariffs reached are those of the data, on both sides."""
    early = {"id": "early", "label": "e", "definition": "d", "on": "2018-01-01"}
    spec = spec_of(
        {"id": "data", "on": "2024-12-31"},
        {"id": "same", "on": "2018-01-01"},
        world="icio2022",
        baseline=early,
    )
    run = run_study(spec, options=QUICK)
    start, data = run.setting, run.scenarios["data"]
    assert np.abs(data.law.tariff - start.origin.baseline.tariff).max() < EXACT
    assert np.abs(run.scenarios["same"].equilibrium.real_income_hat - 1).max() < RATIO
    for importer, exporter in (("USA", "CHN"), ("CHN", "USA")):
        n, i = (start.baseline.economies.index(label) for label in (importer, exporter))
        assert start.baseline.tariff[:, n, i].mean() < start.origin.baseline.tariff[:, n, i].mean()
        assert start.baseline.tariff[:, n, i].min() >= 0
    # Back at the law of the data the flows are those of the data.
    flows, before = data.equilibrium.flows, start.origin.baseline.flows
    assert np.abs(flows - before).max() / before.max() < RATIO


def test_the_main_study_needs_no_step():
    """Its baseline is the law of the data: the very same arrays, no solve."""
    start = main_run().setting
    assert start.moved is None
    assert start.baseline is start.origin.baseline
    assert start.duties is start.origin.duties


def test_a_moved_baseline_is_an_equilibrium_without_a_shock():
    run = run_study(
        with_baseline("escalation", world="wiod2011"),
        options=dataclasses.replace(QUICK, scenarios=("escalation",)),
    )
    base = run.setting.baseline
    assert base.residual() < RATIO
    still = solve(base)
    assert np.abs(still.real_income_hat - 1).max() < RATIO
    assert np.abs(still.price_hat - 1).max() < RATIO
    item = run.scenarios["escalation"]
    assert np.abs(item.equilibrium.real_income_hat - 1).max() < RATIO
    assert base.deficit.sum() == pytest.approx(0, abs=1e-6)


def test_every_question_of_a_study_starts_from_the_same_point():
    """A run, the variants of its band, its second world, and the table games are played on."""
    spec = with_baseline("eve", second_world="wiod2011")
    run = run_study(spec, options=dataclasses.replace(QUICK, robustness=True, scenarios=("eve",)))
    for solved in run.variants.values():
        assert np.abs(solved["eve"].real_income_hat - 1).max() < RATIO
    shown = run.second.scenarios["eve"].shown.economies
    assert max(abs(row.real_income_pct) for row in shown.values()) < 100 * RATIO
    board = open_game_setting(spec)
    assert np.array_equal(board.base.pi, run.setting.baseline.pi)
    assert np.abs(board.solved("eve").real_income_hat - 1).max() < RATIO


def test_an_instrument_left_out_stays_as_the_baseline_has_it():
    """Without the port fees of the eve the scenario keeps them: nothing changes from the eve to itself."""
    chosen = dataclasses.replace(QUICK, scenarios=("eve",), without=("port-fees-us",))
    run = run_study(with_baseline("eve", world="wiod2011"), options=chosen)
    assert np.abs(run.scenarios["eve"].equilibrium.real_income_hat - 1).max() < RATIO


# Any day's law, for a world.


def test_a_world_at_the_law_of_a_day():
    base = dt.at_law("wiod2011", "2025-10-27")
    run = run_study(
        with_baseline("eve", world="wiod2011", baseline=main_run().scenarios["eve"].spec),
        options=dataclasses.replace(QUICK, scenarios=("eve",)),
    )
    assert np.abs(base.pi - run.setting.baseline.pi).max() < 1e-4
    n, i = base.economies.index("USA"), base.economies.index("CHN")
    assert base.tariff[:, n, i].mean() > load_world("wiod2011").baseline().tariff[:, n, i].mean() + 0.1
    assert base.residual() < RATIO
    same = dt.at_law("wiod2011", load_world("wiod2011").law_day)
    assert np.array_equal(same.tariff[0], load_world("wiod2011").baseline().tariff[0])


def test_a_world_says_of_which_day_its_tariffs_are():
    world = load_world("wiod2011")
    assert world.law_day == load_world("icio2022").law_day == load_study_spec("kuala-lumpur").baseline.on
    merged = world.aggregate(economies={"NAFTA": ["CAN", "MEX", "USA"]})
    assert merged.law_day == world.law_day
    own = World(world.data.assign_attrs(name="mine"))
    assert own.law_day.isoformat() == "2011-12-31"
    stated = World(own.data.assign_attrs(law_day="2019-06-30"))
    assert stated.law_day.isoformat() == "2019-06-30"


def test_a_world_of_another_day_is_moved_to_the_baseline(tmp_path):
    world = load_world("wiod2011")
    path = World(world.data.assign_attrs(name="mine", law_day="2018-01-01")).to_file(tmp_path / "mine.nc")
    run = run_study(small_file(tmp_path), options=dataclasses.replace(QUICK, world=path))
    assert run.setting.moved is not None
    n, i = world.economies.index("USA"), world.economies.index("CHN")
    change = run.setting.baseline.tariff[:, n, i] - run.setting.origin.baseline.tariff[:, n, i]
    assert change.max() > 0.05
    notes = run_document(run, command="x")["warnings"]
    assert any("2018-01-01" in text and "2024-12-31" in text for text in notes)


# Icebergs, export taxes, limits and targets on a moved world.


def test_limits_of_a_moved_world_are_undone_and_put_on_again():
    base = load_world("wiod2011").baseline()
    sector, others = base.sectors[8], tuple(label for label in base.economies if label != "CHN")
    held = solve(base, Shock(limits=(Limit(sector, others, "CHN", volume=0.5),)), tolerance=1e-13)
    there = held.as_baseline()
    free = solve(there, Shock(export_tax=np.zeros(base.pi.shape)), tolerance=1e-13)
    assert np.abs(free.real_income_hat * held.real_income_hat - 1).max() < RATIO


@pytest.mark.parametrize("horizon", ["short", "3", "long"])
def test_a_baseline_made_at_a_horizon_keeps_its_long_run_elasticities(horizon):
    """Solved on at the same horizon it scaled the elasticities twice."""
    base = load_world("wiod2011").baseline()
    n, i = base.economies.index("USA"), base.economies.index("CHN")
    half, whole = base.tariff.copy(), base.tariff.copy()
    half[:, n, i] += 0.1
    whole[:, n, i] += 0.3
    direct = solve(base, Shock(tariff=whole), horizon=horizon)
    middle = solve(base, Shock(tariff=half), horizon=horizon)
    chained = solve(middle.as_baseline(), Shock(tariff=whole), horizon=horizon)
    product = middle.real_income_hat * chained.real_income_hat
    assert np.abs(product / direct.real_income_hat - 1).max() < RATIO
