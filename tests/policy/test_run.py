"""Runs of studies: the main study's laws, what --only and --without do, contrasts, and what is not an answer."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from detente.errors import ConvergenceError, StudyError
from detente.model import Saving, solve
from detente.policy import Options, load_study_spec, run_document, run_study
from detente.policy.instruments.components import switchable
from detente.policy.instruments.scenario_law import swap_measures
from detente.policy.instruments.shock import law_shock
from detente.policy.studies.run import require_converged, solve_law
from policy.main_run import main_document, main_run, small_file, spec_of

# No shock: hats are exact up to rounding of the shares' sums.
STILL = 1e-12
# Audited residual below which a solve is an answer.
SOLVED = 1e-9
# Real income, percent, of two solves of the same problem from different starts: both within SOLVED.
SAME = 1e-7
QUICK = Options(robustness=False, contributions=False, world="wiod2011")


def income(eq, label):
    """Real income of an economy, percent."""
    return float(eq.real_income_pct[label])


@pytest.mark.parametrize("world", ["wiod2011", "icio2022"])
def test_a_scenario_dated_at_the_baseline_changes_nothing(world):
    spec = spec_of({"on": "2024-12-31"}, world=world)
    run = run_study(spec, options=Options(robustness=False))
    eq = run.scenarios["s"].equilibrium
    for hats in (
        eq.real_income_hat,
        eq.real_wage_hat,
        eq.flows / np.where(eq.old.producers > 0, eq.old.producers, 1),
    ):
        moved = hats[hats != 0]
        assert np.abs(moved - 1).max() < STILL
    assert run.scenarios["s"].law.effects == ()


def test_without_deficits_a_scenario_shows_its_measures_alone():
    """Under the closure `zero` the end of the deficits is in the baseline, not in the scenarios."""
    run = run_study(
        spec_of({"on": "2024-12-31"}, world="wiod2011"), options=Options(robustness=False, closure="zero")
    )
    assert np.abs(run.setting.baseline.deficit).max() < SOLVED * run.setting.baseline.income.max()
    assert np.abs(run.scenarios["s"].equilibrium.real_income_hat - 1).max() < SOLVED


def test_every_scenario_of_the_main_study_converges():
    run = main_run()
    assert list(run.scenarios) == [item.id for item in load_study_spec("kuala-lumpur").scenarios]
    assert run.failures == {}
    for item in run.scenarios.values():
        assert item.equilibrium.status == "converged"
        assert item.equilibrium.residual < SOLVED
        assert max(item.equilibrium.audit().values()) < SOLVED


def test_escalation_is_worse_for_both_than_no_deal():
    run = main_run()
    worse, better = (run.scenarios[name].equilibrium for name in ("escalation", "no-deal"))
    for side in ("USA", "CHN"):
        assert income(worse, side) < income(better, side)


def test_an_answer_costs_the_side_it_is_aimed_at():
    """Escalation matched by China against the same unanswered: China's duties cost the United States."""
    run = main_run()
    answered, alone = (run.scenarios[name].equilibrium for name in ("escalation", "escalation-unanswered"))
    assert income(answered, "USA") < income(alone, "USA")
    assert answered.flow("USA", "CHN").new < alone.flow("USA", "CHN").new


def test_the_extension_and_the_lapse_differ_by_what_lapses():
    run = main_run()
    extension, lapse = (run.scenarios[name] for name in ("extension", "lapse"))
    assert income(lapse.equilibrium, "CHN") < income(extension.equilibrium, "CHN")
    states = {
        name: (extension.book.get(name)[0].state, lapse.book.get(name)[0].state)
        for name in ("us.port.annex1", "cn.port.special", "us.affiliates50", "cn.xc.oct2025.56")
    }
    assert set(states.values()) == {("suspended", "in force")}
    assert "soybeans" not in {effect.instrument for effect in lapse.law.effects}
    assert "soybeans" in {effect.instrument for effect in extension.law.effects}


def test_thirty_for_thirty_lowers_the_tariffs_of_both_sides():
    tariffs = {name: item["tariffs"] for name, item in main_document()["result"]["scenarios"].items()}
    for pair in ("USA<-CHN", "CHN<-USA"):
        assert tariffs["thirty-for-thirty"][pair] < tariffs["mid-2026"][pair]


# The contrast.


def test_increments_add_up_to_the_total_in_both_orders():
    item = main_document()["result"]["worth"]["worth"]
    for label, total in item["total_pct"].items():
        for order in ("in_order", "in_reverse"):
            steps = sum(line["real_income_pct"][label][order] for line in item["lines"])
            assert steps == pytest.approx(total, abs=SAME), (label, order)


def test_both_orders_end_at_the_same_equilibrium():
    (found,) = main_run().contrasts
    ends = [path[-1].real_income_hat for path in (found.forward, found.backward)]
    assert np.abs(ends[0] - ends[1]).max() < SAME / 100


def test_every_line_of_the_truce_changes_something():
    item = main_document()["result"]["worth"]["worth"]
    for line in item["lines"]:
        for order in ("in_order", "in_reverse"):
            most = max(abs(cell[order]) for cell in line["real_income_pct"].values())
            assert most > 100 * SAME, (line["instrument"], order)


def test_the_contrast_holds_other_law_fixed():
    """Its end differs from the truce only by measures of others or on others, and its start is the scenario itself."""
    run = main_run()
    (found,) = run.contrasts
    start, goal = run.scenarios["no-deal"], run.scenarios["truce"]
    assert np.array_equal(found.forward[0].real_income_hat, start.equilibrium.real_income_hat)
    base = run.setting.baseline
    n, i = base.economies.index("USA"), base.economies.index("CHN")
    book = swap_measures(start.book, goal.book, [m for line in found.contrast.lines for m in line.measures])
    law = law_shock(run.setting, start.spec, book, run.spec.assumed(start.spec) | goal.spec.assume)
    again = solve_law(run, law, Options())
    assert np.abs(again.real_income_hat - found.forward[-1].real_income_hat).max() < SAME / 100
    end = law.shock.tariff
    start, goal = (run.scenarios[name].law.shock.tariff for name in ("no-deal", "truce"))
    others = np.ones((len(base.economies),) * 2, dtype=bool)
    for pair in ((n, i), (i, n), (n, base.economies.index("HKG"))):
        others[pair] = False
    # The port fee of annex II is paid on goods from everyone: it is the one line with a wider reach.
    fee = max(abs(start - end)[:, others].max(), 0.0)
    assert fee < 0.001
    assert np.abs(end[:, i, n] - goal[:, i, n]).max() < 1e-12


def test_the_truce_against_no_deal_is_worth_something_to_both():
    total = main_document()["result"]["worth"]["worth"]["total_pct"]
    assert total["USA"] > 0
    assert total["CHN"] > 0


# Choosing measures and instruments.


def run_of(scenario, **options):
    """One scenario on the small world."""
    return run_study(
        "kuala-lumpur", options=dataclasses.replace(QUICK, scenarios=(scenario,), **options)
    ).scenarios[scenario]


@pytest.mark.parametrize("scenario", ["truce", "escalation", "lapse"])
def test_without_everything_is_the_baseline(scenario):
    item = run_of(scenario, without=("*",))
    assert np.abs(item.equilibrium.real_income_hat - 1).max() < STILL
    assert item.law.effects == ()


def test_without_and_only_by_measure_and_by_instrument_agree():
    """Port fees chosen by the ids of their measures, by a pattern, and by the id of the instrument."""
    by_id, by_pattern, by_instrument = (
        run_of("no-deal", only=only)
        for only in (("us.port.annex1", "us.port.annex2"), ("us.port.*",), ("port-fees-us",))
    )
    assert [effect.instrument for effect in by_id.law.effects] == ["port-fees-us"]
    for other in (by_pattern, by_instrument):
        assert np.array_equal(other.law.shock.tariff, by_id.law.shock.tariff)
        assert np.array_equal(other.equilibrium.real_income_hat, by_id.equilibrium.real_income_hat)
    assert income(by_id.equilibrium, "USA") < 0
    off = [run_of("no-deal", without=without) for without in (("us.port.*",), ("port-fees-us",))]
    assert np.array_equal(off[0].equilibrium.real_income_hat, off[1].equilibrium.real_income_hat)


def test_a_measure_announced_later_may_be_named_beside_an_earlier_scenario():
    item = run_of("eve", only=("us.s122*",))
    assert np.abs(item.equilibrium.real_income_hat - 1).max() < STILL


def test_switching_all_other_instruments_off_gives_the_tariffs_alone_on_the_same_split_world():
    """To the last digit: the shock without effects, and the same shock made of the ledger's tariffs only."""
    for scenario in ("truce", "escalation"):
        item = run_of(scenario, without=switchable())
        shock = item.law.shock
        assert item.law.effects == ()
        assert (shock.iceberg, shock.limits, shock.targets) == (None, (), ())
        assert np.array_equal(shock.tariff, item.law.tariff)
        assert np.array_equal(item.law.tariff, run_of(scenario).law.tariff)
        only_tariffs = run_of(
            scenario,
            without=tuple(f"{k}*" for k in ("us.port", "cn.port", "cn.xc", "us.xc", "us.affil", "cn.buy")),
        )
        assert np.array_equal(item.equilibrium.real_income_hat, only_tariffs.equilibrium.real_income_hat)


def test_a_pattern_that_matches_nothing():
    with pytest.raises(StudyError) as caught:
        run_of("truce", only=("us.s123",))
    assert caught.value.where == "--only"
    assert caught.value.repair.startswith("did you mean us.s122")
    with pytest.raises(StudyError) as caught:
        run_of("truce", without=("soybean",))
    assert caught.value.repair == "did you mean soybeans?"


def test_an_unknown_scenario_lists_those_there_are():
    with pytest.raises(StudyError) as caught:
        run_of("truse")
    assert "truce" in caught.value.allowed
    assert caught.value.repair == "did you mean truce?"


def test_contrasts_are_kept_only_with_both_their_scenarios():
    both = run_study("kuala-lumpur", options=dataclasses.replace(QUICK, scenarios=("no-deal", "truce")))
    one = run_study("kuala-lumpur", options=dataclasses.replace(QUICK, scenarios=("truce",)))
    assert [item.contrast.id for item in both.contrasts] == ["worth"]
    assert one.contrasts == ()
    together = both.scenarios["truce"].equilibrium.real_income_hat
    assert np.array_equal(one.scenarios["truce"].equilibrium.real_income_hat, together)


# What is not an answer.


def test_a_solve_at_its_limit_is_no_answer():
    run = run_study(
        "kuala-lumpur", options=dataclasses.replace(QUICK, scenarios=("truce",), max_iterations=3)
    )
    assert run.failed == ("truce",)
    assert run.failures == {"truce": "not converged"}
    found = run_document(run, command="x")["result"]["scenarios"]["truce"]
    assert found["status"] == "not converged"
    assert not {"economies", "groups", "tariffs", "flows", "sectors", "constraints"} & set(found)
    with pytest.raises(ConvergenceError) as caught:
        require_converged(run)
    assert caught.value.exit_code == 3
    assert caught.value.where == "scenario truce"


def test_a_step_that_failed_is_no_answer_either():
    """Every scenario solved, a step of the contrast and a contribution not: neither has numbers in the document."""
    run = main_run()
    (found,) = run.contrasts
    stuck = dataclasses.replace(found.forward[2], status="not converged")
    forward = (*found.forward[:2], stuck, *found.forward[3:])
    truce = run.scenarios["truce"]
    contributions = {**truce.contributions, "soybeans": stuck}
    broken = dataclasses.replace(
        run,
        contrasts=(dataclasses.replace(found, forward=forward),),
        scenarios={**run.scenarios, "truce": dataclasses.replace(truce, contributions=contributions)},
    )
    assert broken.failures == {
        "truce without soybeans": "not converged",
        "worth in order, step 2": "not converged",
    }
    result = run_document(broken, command="x")["result"]
    assert result["worth"] == {}
    assert "soybeans" not in result["scenarios"]["truce"]["contributions"]


def test_results_do_not_depend_on_the_rest_of_the_run():
    """A scenario alone and among others: the same digits."""
    alone = run_study(
        "kuala-lumpur",
        options=Options(robustness=False, contributions=False, scenarios=("court",)),
    )
    among = main_run().scenarios["court"].equilibrium
    assert np.array_equal(alone.scenarios["court"].equilibrium.real_income_hat, among.real_income_hat)


@pytest.mark.parametrize("closure", ["zero", "proportional", "saving"])
def test_another_closure_is_another_answer(closure, tmp_path):
    path = small_file(tmp_path)
    fixed, other = (
        run_study(path, options=Options(contributions=False, closure=name)) for name in (None, closure)
    )
    assert other.failures == {}
    assert other.spec.closure == closure
    gap = (
        other.scenarios["after"].equilibrium.real_income_hat
        - fixed.scenarios["after"].equilibrium.real_income_hat
    )
    assert np.abs(gap).max() > SAME


@pytest.mark.slow
def test_the_whole_run_with_its_band_and_second_world():
    run = run_study("kuala-lumpur")
    assert run.failures == {}
    document = run_document(run, command="detente run kuala-lumpur")
    band = document["result"]["band"]
    assert len(band["variants"]) >= 3
    scenarios = document["result"]["scenarios"]
    for name, row in band["real_income_pct"].items():
        for label, ends in row.items():
            value = {**scenarios[name]["economies"], **scenarios[name]["groups"]}[label]["real_income_pct"]
            assert ends["low"] <= value + SAME
            assert value - SAME <= ends["high"]
    second = document["result"]["second_world"]
    assert second["world"]["name"] == "wiod2011"
    assert {item["status"] for item in second["scenarios"].values()} == {"converged"}
    for side in ("USA", "CHN"):
        worse, better = (
            second["scenarios"][name]["economies"][side]["real_income_pct"]
            for name in ("escalation", "no-deal")
        )
        assert worse < better


@pytest.mark.slow
def test_the_table_of_the_closure_saving_on_the_page_of_the_model():
    """Scenarios of the main study under fixed deficits, saving, and saving that follows returns one for one."""
    names, labels = ("truce", "no-deal"), {"USA": "United States", "CHN": "China"}
    found = {}
    for closure in ("fixed", "saving"):
        options = Options(closure=closure, robustness=False, contributions=False, scenarios=names)
        run = run_study("kuala-lumpur", options=options)
        found[closure] = {name: run.scenarios[name].equilibrium for name in names}
    found["follows"] = {
        name: solve(eq.base, eq.shock, closure="saving", saving=Saving(1.0))
        for name, eq in found["saving"].items()
    }
    page = (Path(__file__).parents[2] / "docs/model.md").read_text(encoding="utf-8")

    def row(label, digits, worth):
        """Real income under each, with consumption and the deficit where they are known."""
        fixed, saving, follows = (
            worth(lambda eq: eq.real_income_pct[label], found[way]) for way in ("fixed", "saving", "follows")
        )
        consumed, consumed_follows = (
            worth(lambda eq: eq.real_consumption_pct[label], found[way]) for way in ("saving", "follows")
        )
        lent = worth(lambda eq: eq.deficit["change"][label] / 1e3, found["saving"])
        shown = [f"{value:+.{digits}f}" for value in (fixed, saving, consumed)]
        return " | ".join(
            [*shown, f"{lent:+.0f}", *(f"{value:+.{digits}f}" for value in (follows, consumed_follows))]
        )

    for label, said in labels.items():
        for name in names:
            assert f"| {said} | {row(label, 2, lambda of, at, name=name: of(at[name]))} |" in page
        between = row(label, 3, lambda of, at: of(at["truce"]) - of(at["no-deal"]))
        assert f"| {said} | {between} |" in page
    gains = {
        way: int((at["truce"].real_income_hat > at["no-deal"].real_income_hat).sum())
        for way, at in found.items()
    }
    assert gains == {"fixed": 15, "saving": 71, "follows": 38}
    assert "15 of 81 economies under `fixed`, 71 under `saving`, 38 with `e` = 1" in page
