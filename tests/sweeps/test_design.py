from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import StudyError
from detente.policy.sweeps.design import load_design
from detente.policy.sweeps.sampling import Sampler

HEAD = """
id: small
title: A small design
study: kuala-lumpur
draws: 8
seed: 1
sample: random
"""
PARAMETER = "{name: soy_theta, triangular: [5, 10, 12], why: w, source: s}"
THETA = {"A": 4.0, "B": 8.0}
# Sample means of 4,096 Sobol points of a smooth distribution: far inside this.
CLOSE = 2e-3


def write(tmp_path, text):
    path = tmp_path / "design.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refuse(tmp_path, text):
    with pytest.raises(StudyError) as caught:
        load_design(write(tmp_path, text))
    return caught.value


def test_the_built_in_design_is_whole():
    design, study = load_design("kuala-lumpur-uncertainty")
    assert design.draws == 4096
    assert design.policies[0].states == {"truce": 0.7, "no-deal": 0.2, "escalation": 0.1}
    assert [contrast.id for contrast in study.contrasts] == ["worth"]


def test_more_draws_leave_the_name_of_the_run_alone():
    few, _ = load_design("kuala-lumpur-uncertainty", draws=256)
    many, _ = load_design("kuala-lumpur-uncertainty")
    assert few.hash == many.hash


def test_the_number_of_draws_names_a_latin_hypercube(tmp_path):
    text = HEAD.replace("random", "latin-hypercube") + f"parameters: [{PARAMETER}]\n"
    path = write(tmp_path, text)
    assert load_design(path)[0].hash != load_design(path, draws=16)[0].hash


def test_probabilities_of_policies_do_not_name_the_run_but_seeds_do(tmp_path):
    policy = "policies: [{id: p, title: t, on: '2025-11-10', states: {truce: %s, no-deal: %s}, why: w, source: s}]\n"
    text = HEAD + f"parameters: [{PARAMETER}]\n"
    one = load_design(write(tmp_path, text + policy % (0.5, 0.5)))[0].hash
    two = load_design(write(tmp_path, text + policy % (0.25, 0.75)))[0].hash
    other = load_design(write(tmp_path, text.replace("seed: 1", "seed: 2")))[0].hash
    assert one == two != other


@pytest.mark.parametrize(
    ("lines", "what", "words"),
    [
        ("parameters: [" + PARAMETER + "]\n", "a design with no draws", "1 to 10000000"),
        (
            "parameters: [{name: soy_thet, triangular: [5, 10, 12], why: w, source: s}]\n",
            "unknown parameter",
            "did you mean soy_theta?",
        ),
        (
            "parameters: [{name: soy_theta, why: w, source: s}]\n",
            "not one distribution",
            "uniform, triangular, lognormal, values",
        ),
        (
            "parameters: [{name: soy_theta, uniform: [3, 2], why: w, source: s}]\n",
            "not a uniform distribution",
            "rising",
        ),
        (
            "parameters: [{name: closure, values: [fixed, open], why: w, source: s}]\n",
            "unknown closure",
            "proportional",
        ),
        (
            "parameters: [{name: cn_waiver, uniform: [0, 2], why: w, source: s}]\n",
            "an assumption is a share",
            "0 to 1",
        ),
        (
            "parameters: [{name: soy_theta, values: [5, 10], weights: [0.5, 0.6], why: w, source: s}]\n",
            "probabilities do not sum to one",
            "sum 1.1",
        ),
        (
            "parameters: ["
            + PARAMETER
            + "]\npolicies: [{id: p, title: t, on: '2025-11-10', states: {truce: 0.7, no-deal: 0.2}, why: w, source: s}]\n",
            "probabilities do not sum to one",
            "sum 0.9",
        ),
        (
            "parameters: [" + PARAMETER + "]\nscenarios: [truce, peace]\n",
            "no such scenario in this design",
            "no-deal",
        ),
        ("parameters: [" + PARAMETER + ", " + PARAMETER + "]\n", "a parameter is named twice", "each once"),
    ],
)
def test_a_bad_design_says_what_is_wrong(tmp_path, lines, what, words):
    head = HEAD.replace("draws: 8\n", "") if what.endswith("no draws") else HEAD
    error = refuse(tmp_path, head + lines)
    assert error.what == what
    assert words in str(error)
    assert "design.yaml" in error.where


def test_nothing_that_varies_is_refused(tmp_path):
    assert refuse(tmp_path, HEAD).what == "nothing varies in this design"


@pytest.mark.parametrize(("sample", "need"), [("grid", "`values`"), ("list", "`rows`")])
def test_a_grid_or_list_of_nothing_has_no_draws(tmp_path, sample, need):
    error = refuse(tmp_path, HEAD.replace("random", sample))
    assert error.what == "a design with no draws"
    assert need in error.allowed


@pytest.mark.parametrize(
    ("row", "what", "found"),
    [
        ("{soy_thet: 5}", "unknown parameter", "soy_thet"),
        ("{closure: open}", "unknown closure", "['open']"),
        ("{soy_theta: high}", "a word where a number is due", "high"),
        ("{cn_waiver: 1.5}", "an assumption is a share", "1.5"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused(tmp_path, row, what, found):
    error = refuse(tmp_path, HEAD.replace("random", "list") + f"rows: [{{soy_theta: 5.0}}, {row}]\n")
    assert error.what == what
    assert str(error.found) == found
    assert "rows" in error.where


def test_an_unknown_key_is_refused_with_its_line(tmp_path):
    error = refuse(tmp_path, HEAD + "sampel: sobol\n")
    assert "sampel" in str(error)
    assert "design.yaml:8" in error.where


def test_an_absent_design_is_refused():
    with pytest.raises(StudyError, match="no such design"):
        load_design("no-such-design")


def sampler(tmp_path, sample="sobol", draws=64, extra=""):
    text = HEAD.replace("random", sample).replace("draws: 8", f"draws: {draws}")
    text += f"parameters: [{PARAMETER}, {{name: closure, values: [fixed, zero], why: w, source: s}}]\n"
    text += (
        "elasticities: {common_log_sd: 0.2, relative_error: 0.24, low: 1, high: 25, why: w, source: s,"
        " published: [{sector: B, value: 8.11, standard_error: 1.86, source: s}]}\n"
    )
    return Sampler(load_design(write(tmp_path, text + extra))[0], THETA)


@pytest.mark.parametrize("sample", ["sobol", "random", "latin-hypercube"])
@settings(max_examples=20, deadline=None)
@given(cut=st.integers(1, 63))
def test_a_draw_does_not_depend_on_which_others_are_made(tmp_path_factory, sample, cut):
    made = sampler(tmp_path_factory.mktemp("design"), sample)
    whole = made.draw(0, 64)
    assert made.draw(0, cut) + made.draw(cut, 64) == whole
    assert len({draw["soy_theta"] for draw in whole}) == 64


def test_draws_have_the_moments_of_their_distributions(tmp_path):
    made = sampler(tmp_path, draws=4096)
    columns = made.transform(made.points(0, 4096))
    assert columns["soy_theta"].mean() == pytest.approx((5 + 10 + 12) / 3, abs=CLOSE)
    assert np.log(columns["theta"]).mean() == pytest.approx(0, abs=CLOSE)
    assert np.log(columns["theta"]).std() == pytest.approx(0.2, abs=CLOSE)
    own = np.log(columns["theta.B"] / columns["theta"] / THETA["B"])
    assert own.std() == pytest.approx(np.sqrt(np.log1p((1.86 / 8.11) ** 2)), abs=CLOSE)
    assert np.mean(columns["closure"] == "zero") == pytest.approx(0.5, abs=CLOSE)


def test_a_published_error_of_an_unknown_sector_is_refused(tmp_path):
    made = sampler(tmp_path)
    with pytest.raises(StudyError, match="unknown sector"):
        Sampler(made.design, {"A": 4.0}).draw(0, 1)


def test_a_grid_takes_every_combination(tmp_path):
    text = HEAD.replace("random", "grid") + (
        "parameters: [{name: soy_theta, values: [5, 10], why: w, source: s},"
        " {name: closure, values: [fixed, zero, proportional], why: w, source: s}]\n"
    )
    made = Sampler(load_design(write(tmp_path, text))[0], THETA)
    draws = made.draw(0, made.count)
    assert made.count == 6
    assert len({(draw["soy_theta"], draw["closure"]) for draw in draws}) == 6


def test_a_list_is_taken_as_it_is(tmp_path):
    text = HEAD.replace("random", "list") + "rows: [{soy_theta: 5.0}, {closure: zero}]\n"
    made = Sampler(load_design(write(tmp_path, text))[0], THETA)
    assert made.draw(0, made.count) == [{"soy_theta": 5.0}, {"closure": "zero"}]


def test_saltelli_rows_differ_from_the_first_matrix_in_one_group(tmp_path):
    made = sampler(tmp_path, "saltelli", draws=48)
    block = len(set(made.groups)) + 2
    assert made.count == 48 // block * block
    cube = made.points(0, block)
    for k, group in enumerate(dict.fromkeys(made.groups)):
        changed = {made.groups[m] for m in np.flatnonzero(cube[0] != cube[1 + k])}
        assert changed == {group}
