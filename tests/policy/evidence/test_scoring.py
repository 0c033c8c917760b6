"""Scores against brute force: every error, interval and slope is worked out a second time in another way."""

from __future__ import annotations

import numpy as np
import pytest

from detente.policy.evidence import scoring
from detente.policy.evidence.scoring import (
    Pairs,
    brief_score,
    clustered_error,
    fit_line,
    full_score,
    make_pairs,
    skill,
    skill_gain,
    slopes_without,
    wild_interval,
)

# Arithmetic in double precision on some hundred cells.
EXACT = 1e-10
PARTNERS, INDUSTRIES = tuple("abcdefgh"), tuple("uvwxyz")


@pytest.fixture
def tables():
    """Predictions and observations of 8 partners and 6 industries, with errors that go together within partners."""
    rng = np.random.default_rng(7)
    predicted = rng.normal(size=(8, 6))
    observed = 0.3 + 1.4 * predicted + rng.normal(size=(8, 1)) + 0.5 * rng.normal(size=(8, 6))
    return predicted, observed, rng.uniform(0.1, 3.0, size=(8, 6))


@pytest.fixture
def pairs(tables):
    return make_pairs(*tables, (PARTNERS, INDUSTRIES))


def test_the_line_is_that_of_weighted_least_squares(pairs):
    line = fit_line(pairs.predicted, pairs.observed, pairs.weight)
    expected = np.polyfit(pairs.predicted, pairs.observed, 1, w=np.sqrt(pairs.weight))
    assert line.slope == pytest.approx(expected[0], rel=EXACT)
    assert line.pull @ pairs.observed == pytest.approx(line.slope, rel=EXACT)


@pytest.mark.parametrize("name", ["partner", "industry"])
def test_clustered_errors_are_those_of_the_sandwich(pairs, name):
    """Bread and meat in full matrices, as the textbook writes them."""
    cluster, _ = pairs.clusters[name]
    line = fit_line(pairs.predicted, pairs.observed, pairs.weight)
    design = np.column_stack([np.ones(48), pairs.predicted])
    root = np.sqrt(pairs.weight)[:, None]
    bread = np.linalg.inv((design * root).T @ (design * root))
    meat = np.zeros((2, 2))
    for one in set(cluster.tolist()):
        mine = cluster == one
        score = design[mine].T @ (pairs.weight[mine] * line.residual[mine])
        meat += np.outer(score, score)
    groups = len(set(cluster.tolist()))
    factor = groups / (groups - 1) * 47 / 46
    assert clustered_error(line, cluster) == pytest.approx(
        np.sqrt(factor * (bread @ meat @ bread)[1, 1]), rel=EXACT
    )


def test_a_cluster_for_each_cell_gives_the_robust_error(pairs):
    line = fit_line(pairs.predicted, pairs.observed, pairs.weight)
    plain = np.sqrt(48 / 46 * ((line.pull * line.residual) ** 2).sum())
    assert clustered_error(line, np.arange(48)) == pytest.approx(plain, rel=EXACT)


def test_the_wild_interval_is_that_of_refitted_draws(pairs, monkeypatch):
    monkeypatch.setattr(scoring, "DRAWS", 60)
    cluster, _ = pairs.clusters["industry"]
    line = fit_line(pairs.predicted, pairs.observed, pairs.weight)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(60, 6))
    fitted = pairs.observed - line.residual
    statistics = []
    for draw in signs:
        again = fit_line(pairs.predicted, fitted + draw[cluster] * line.residual, pairs.weight)
        statistics.append((again.slope - line.slope) / clustered_error(again, cluster))
    low, high = np.quantile(statistics, [0.05, 0.95])
    error = clustered_error(line, cluster)
    assert wild_interval(line, pairs.weight, cluster) == pytest.approx(
        (line.slope - high * error, line.slope - low * error), rel=1e-8
    )


def test_slopes_without_one_are_refitted(pairs):
    found = slopes_without(pairs, "partner")
    cluster, names = pairs.clusters["partner"]
    slopes = {}
    for one, name in enumerate(names):
        kept = cluster != one
        slopes[name] = np.polyfit(
            pairs.predicted[kept], pairs.observed[kept], 1, w=np.sqrt(pairs.weight[kept])
        )[0]
    assert found["low"] == pytest.approx(min(slopes.values()), rel=EXACT)
    assert found["high_without"] == max(slopes, key=slopes.get)


def test_skill_is_one_for_the_truth_zero_for_nothing_and_below_for_the_opposite(tables):
    _, observed, weight = tables

    def of(predicted):
        return skill(make_pairs(predicted, observed, weight, (PARTNERS, INDUSTRIES)))

    assert of(observed) == pytest.approx(1.0, abs=EXACT)
    assert of(np.zeros_like(observed)) == pytest.approx(0.0, abs=EXACT)
    assert of(-observed) == pytest.approx(-3.0, abs=EXACT)
    assert of(0.5 * observed) == pytest.approx(0.75, abs=EXACT)


def test_a_gain_is_the_difference_of_skills_with_the_error_of_its_cluster_sums(tables):
    predicted, observed, weight = tables
    names = (PARTNERS, INDUSTRIES)
    own, other = (
        make_pairs(predicted, observed, weight, names),
        make_pairs(0.2 * predicted, observed, weight, names),
    )
    found = skill_gain(own, other)
    assert found["model_gain"] == pytest.approx(skill(own) - skill(other), rel=EXACT)
    share = weight / weight.sum()
    cells = (
        share
        * ((observed - 0.2 * predicted) ** 2 - (observed - predicted) ** 2)
        / (share * observed**2).sum()
    )
    errors = [np.sqrt(axis.size * axis.var(ddof=1)) for axis in (cells.sum(axis=1), cells.sum(axis=0))]
    assert found["model_gain_se"] == pytest.approx(max(errors), rel=EXACT)
    assert skill_gain(own, own)["model_gain"] == 0.0


def test_weights_count_in_proportion(tables):
    """A cell of twice the weight is two cells, in everything but the number of cells."""
    predicted, observed, weight = tables
    single = make_pairs(predicted, observed, weight * 3.0, (PARTNERS, INDUSTRIES))
    plain = make_pairs(predicted, observed, weight, (PARTNERS, INDUSTRIES))
    for key, value in brief_score(plain).items():
        assert brief_score(single)[key] == pytest.approx(value, rel=EXACT), key


def test_what_cannot_be_scored_is_none(tables):
    predicted, observed, weight = tables
    nothing = brief_score(make_pairs(np.zeros_like(predicted), observed, weight, (PARTNERS, INDUSTRIES)))
    assert nothing["slope"] is None
    assert nothing["correlation"] is None
    assert nothing["sign_share"] is None
    assert nothing["skill"] == pytest.approx(0.0, abs=EXACT)
    empty = full_score(make_pairs(predicted, observed, 0 * weight, (PARTNERS, INDUSTRIES)))
    assert (empty["n"], empty["skill"], empty["slope_se"]) == (0, None, None)


def test_cells_without_a_number_or_a_weight_are_left_out(tables):
    predicted, observed, weight = (item.copy() for item in tables)
    predicted[0, 0], observed[1, 1], weight[2, 2] = np.nan, np.inf, 0.0
    assert make_pairs(predicted, observed, weight, (PARTNERS, INDUSTRIES)).weight.size == 45


def test_errors_are_by_the_wider_clusters(pairs):
    found = full_score(pairs)
    assert found["slope_se"] == max(found["slope_se_partner"], found["slope_se_industry"])
    assert found["slope_q05"] < found["slope"] < found["slope_q95"]
    assert found["variance_share"] == pytest.approx(found["correlation"] ** 2, rel=EXACT)


def test_one_partner_has_errors_by_industry_only(tables):
    predicted, observed, weight = tables
    only = weight * (np.arange(8) == 3)[:, None]
    found = full_score(make_pairs(predicted, observed, only, (PARTNERS, INDUSTRIES)))
    assert found["slope_se_partner"] is None
    assert found["slope_se"] == found["slope_se_industry"] is not None


def test_pairs_keep_which_cell_is_whose(pairs):
    assert isinstance(pairs, Pairs)
    assert pairs.clusters["partner"][0].tolist() == np.repeat(np.arange(8), 6).tolist()
