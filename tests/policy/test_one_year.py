"""One year after the change: the same law at the elasticities of a year, and words where the sign turns."""

from __future__ import annotations

import dataclasses
import re

import pytest

from detente.model import elasticity_ratio
from detente.policy import Options, run_document, run_study
from detente.policy.documents.compared import SHOWN
from detente.policy.studies.one_year import turns
from policy.main_run import main_document, main_run, small_file, spec_of

# Two solves of one problem from different starts, percent of real income.
SOLVED = 1e-7
# Numbers in a sentence have three digits.
SAID = 6e-4


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The small study on a baseline of another law than its data's, with its document."""
    path = small_file(tmp_path_factory.mktemp("study"), ('on: "2024-12-31"', 'on: "2025-10-27"'))
    return path, run_study(path, options=Options(robustness=False))


def test_numbers_are_those_of_a_run_at_one_year(small):
    """The step to the baseline's law is solved at one year too; a run with that horizon is another way to the same."""
    path, run = small
    year = run_document(run, command="x")["result"]["at_one_year"]
    other = run_study(path, options=Options(robustness=False, contributions=False, horizon="1"))
    told = run_document(other, command="x")["result"]
    assert "at_one_year" not in told
    assert year["years"] == 1
    assert year["ratio"] == pytest.approx(0.38)
    assert set(year["scenarios"]) == set(told["scenarios"])
    for key, item in told["scenarios"].items():
        both = {**item["economies"], **item["groups"]}
        assert set(year["scenarios"][key]) == set(both)
        for label, row in both.items():
            assert year["scenarios"][key][label] == pytest.approx(row["real_income_pct"], abs=SOLVED)
    for key, item in told["worth"].items():
        assert year["worth"][key] == pytest.approx(item["full_pct"], abs=SOLVED)


@pytest.mark.parametrize("changed", [{"horizon": "short"}, {"factors": "fixed"}, {"contributions": False}])
def test_only_a_run_of_the_long_run_has_one_year_beside_it(small, changed):
    path, _ = small
    run = run_study(path, options=dataclasses.replace(Options(robustness=False), **changed))
    assert run.one_year == {}
    assert "at_one_year" not in run_document(run, command="x")["result"]


def test_a_year_without_an_equilibrium_is_a_failure_and_no_number(small):
    _, run = small
    key, item = next(iter(run.one_year.items()))
    side = dataclasses.replace(item.side, status="not converged")
    broken = dataclasses.replace(run, one_year={**run.one_year, key: dataclasses.replace(item, side=side)})
    assert broken.failures == {f"{key} at one year": "not converged"}
    assert "at_one_year" not in run_document(broken, command="x")["result"]


def test_a_scenario_with_elasticities_of_its_own_is_solved_from_its_own_baseline():
    """Given long-run elasticities divided by the ratio of a year, the year has the long-run numbers of the world's own."""
    plain = spec_of({"id": "now", "on": "2025-11-10"})
    base = main_theta(plain)
    ratio = elasticity_ratio(1)
    given = {f"theta of {sector}": value / ratio for sector, value in base.items()}
    scaled = spec_of({"id": "now", "on": "2025-11-10", "assume": given})
    usual = run_study(plain, options=Options(robustness=False, contributions=False))
    year = run_study(scaled, options=Options(robustness=False)).one_year["now"].side
    long_run = usual.scenarios["now"].equilibrium.real_income_hat
    assert 100 * year.real_income_hat == pytest.approx(100 * long_run, abs=SOLVED)


def main_theta(spec):
    """Elasticities of the sectors of a study's baseline."""
    run = run_study(spec, options=Options(robustness=False, contributions=False))
    return dict(zip(run.setting.baseline.sectors, run.setting.baseline.theta.tolist(), strict=True))


def test_a_sentence_for_every_turn_of_sign_shown_and_for_no_other():
    result, run = main_document()["result"], main_run()
    year, said = result["at_one_year"], list(result["at_one_year"]["changes"])
    shown = [*result["worth"]["worth"]["full_pct"]]
    wanted = 0
    for key, item in result["scenarios"].items():
        both = {**item["economies"], **item["groups"]}
        for label in shown:
            then, later = year["scenarios"][key][label], both[label]["real_income_pct"]
            wanted += turns(then, later)
    wanted += sum(
        turns(year["worth"][key][label], item["full_pct"][label])
        for key, item in result["worth"].items()
        for label in shown
    )
    assert len(said) == len(set(said)) == wanted > 0
    eve = next(text for text in said if text.startswith(run.scenarios["eve"].spec.label))
    gain, loss, *parts = map(float, re.findall(r"[-+]?\d+\.\d+", eve))
    assert "United States gains" in eve
    assert gain == pytest.approx(year["scenarios"]["eve"]["USA"], abs=SAID)
    assert -loss == pytest.approx(result["scenarios"]["eve"]["economies"]["USA"]["real_income_pct"], abs=SAID)
    assert sum(parts) == pytest.approx(gain + loss, abs=3 * SAID)
    channels = run.one_year["eve"].parts
    place = run.world.economies.index("USA")
    first = 100 * (channels[0].terms_of_trade - channels[1].terms_of_trade)[place]
    assert parts[0] == pytest.approx(first, abs=SAID)


@pytest.mark.parametrize(
    ("then", "later", "turned"),
    [
        (0.1, -0.1, True),
        (-0.1, 0.1, True),
        (0.1, 0.1, False),
        (SHOWN / 2, -0.1, False),
        (0.1, -SHOWN / 2, False),
        (0.0, -0.1, False),
    ],
)
def test_what_is_shown_as_zero_has_no_sign(then, later, turned):
    assert turns(then, later) is turned
