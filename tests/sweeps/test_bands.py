from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from detente.model import Shock, solve_many
from detente.policy.sweeps.sampling import Sampler, normal_quantile
from detente.policy.sweeps.schema import Design
from detente.policy.sweeps.spread.bands import summarise, weighted_quantiles
from detente.policy.sweeps.spread.drivers import _by_bins, _by_saltelli
from detente.policy.sweeps.spread.slopes import compare_means
from detente.world import Baseline

# A binomial count of 200 repetitions lies within four standard deviations of its mean.
REPETITIONS = 200
FOUR = 4.0


def two_alike(theta: float, home: float) -> Baseline:
    """One sector, two equal economies without duties: cut off, each loses ``1 - home ** (1 / theta)``."""
    pi = np.array([[[home, 1 - home], [1 - home, home]]])
    ones = np.ones((1, 2))
    return Baseline(
        economies=("ONE", "TWO"),
        sectors=("S",),
        pi=pi,
        tariff=np.zeros((1, 2, 2)),
        spending=100 * ones,
        output=100 * ones,
        va_share=ones,
        io=np.zeros((1, 1, 2)),
        alpha=ones,
        theta=np.array([theta]),
        value_added=np.full(2, 100.0),
        deficit=np.zeros(2),
        income=np.full(2, 100.0),
        revenue=np.zeros(2),
        adjustments=(),
    )


def draws_of(seed: int, count: int) -> np.ndarray:
    """Elasticities of a design with a common factor only."""
    elasticities = {
        "common_log_sd": 0.3,
        "relative_error": 0.0,
        "low": 0.1,
        "high": 100,
        "why": "",
        "source": "",
    }
    design = Design(
        id="known", title="", study="", draws=count, seed=seed, sample="random", elasticities=elasticities
    )
    return np.array([draw["theta.S"] for draw in Sampler(design, {"S": 4.0}).draw(0, count)])


def test_the_band_of_autarky_is_that_of_the_closed_form():
    theta, home = draws_of(3, 512), 0.8
    iceberg = np.full((1, 2, 2), np.inf)
    iceberg[0, [0, 1], [0, 1]] = 1.0
    base = two_alike(4.0, home)
    losses = [
        solve_many(dataclasses.replace(base, theta=np.array([one])), [Shock(iceberg=iceberg)])[
            0
        ].real_income_pct["ONE"]
        for one in theta
    ]
    band = summarise(np.array(losses)[:, None])
    for level, key in ((0.05, "q05"), (0.5, "q50"), (0.95, "q95")):
        known = 100 * (home ** (1 / (4.0 * np.exp(0.3 * normal_quantile(level)))) - 1)
        assert abs(band[key][0] - known) < FOUR * band[f"{key}_se"][0]
    np.testing.assert_allclose(losses, 100 * (home ** (1 / theta) - 1), rtol=1e-8)


def test_the_90_percent_band_covers_90_percent_of_a_known_distribution():
    covered, inside = [], {"q05": 0, "mean": 0, "p_below": 0}
    known_mean = 100 * stats.norm.expect(lambda z: 0.8 ** (1 / (4.0 * np.exp(0.3 * z))) - 1, epsabs=1e-10)
    cut = 100 * (0.8 ** (1 / 4.0) - 1)
    low = 100 * (0.8 ** (1 / (4.0 * np.exp(-0.3 * 1.6448536269514722))) - 1)
    for seed in range(REPETITIONS):
        values = 100 * (0.8 ** (1 / draws_of(seed, 256)) - 1)
        band = summarise((values - cut)[:, None])
        ends = (band["q05"][0] + cut, band["q95"][0] + cut)
        theta_at = [np.log(0.8) / np.log1p(end / 100) for end in ends]
        low_u, high_u = (stats.norm.cdf(np.log(x / 4.0) / 0.3) for x in theta_at)
        covered.append(high_u - low_u)
        inside["q05"] += abs(ends[0] - low) < 1.96 * band["q05_se"][0]
        inside["mean"] += abs(band["mean"][0] + cut - known_mean) < 1.96 * band["mean_se"][0]
        inside["p_below"] += abs(band["p_below"][0] - 0.5) < 1.96 * band["p_below_se"][0]
    spread = np.std(covered) / np.sqrt(REPETITIONS)
    assert np.mean(covered) == pytest.approx(0.9, abs=FOUR * spread + 1 / 256)
    # Stated errors: 95 % intervals hold the truth in about 95 % of repetitions.
    for name, count in inside.items():
        assert count > 0.95 * REPETITIONS - FOUR * np.sqrt(0.05 * 0.95 * REPETITIONS), name


def test_a_share_that_was_never_seen_still_has_an_error():
    band = summarise(np.ones((100, 1)))
    assert band["p_below"][0] == 0
    assert 0.005 < band["p_below_se"][0] < 0.02


@settings(max_examples=30, deadline=None)
@given(
    values=st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=40),
    shift=st.floats(-10, 10),
    scale=st.floats(0.1, 10),
)
def test_bands_move_with_their_values(values, shift, scale):
    column = np.array(values)[:, None]
    plain, moved = summarise(column), summarise(shift + scale * column)
    for key in ("mean", "q05", "q50", "q95"):
        np.testing.assert_allclose(moved[key], shift + scale * plain[key], atol=1e-8, rtol=1e-9)
    for key in ("sd", "mean_se", "q05_se"):
        np.testing.assert_allclose(moved[key], scale * plain[key], atol=1e-8, rtol=1e-7)
    assert plain["q05"] <= plain["q25"] <= plain["q50"] <= plain["q75"] <= plain["q95"]


@settings(max_examples=30, deadline=None)
@given(counts=st.lists(st.integers(1, 4), min_size=2, max_size=12))
def test_weights_stand_for_repeated_draws(counts):
    rng = np.random.default_rng(len(counts))
    values = rng.normal(size=(len(counts), 1))
    repeated = np.repeat(values, counts, axis=0)
    one = summarise(values, np.array(counts, dtype=float))
    many = summarise(repeated)
    np.testing.assert_allclose(one["mean"], many["mean"], atol=1e-12)
    np.testing.assert_allclose(one["p_below"], many["p_below"], atol=1e-12)


def test_quantiles_of_equal_weights_are_those_of_hazen():
    values = np.random.default_rng(2).normal(size=(101, 3))
    mine = weighted_quantiles(values, np.ones(101), [0.05, 0.3, 0.95])
    np.testing.assert_allclose(
        mine, np.quantile(values, [0.05, 0.3, 0.95], axis=0, method="hazen"), atol=1e-12
    )


def test_indices_of_a_linear_function_are_its_shares_of_the_variance():
    pytest.importorskip("SALib")
    parameters = [
        {"name": name, "uniform": [0.0, 1.0], "why": "", "source": ""} for name in ("a", "b", "c", "d")
    ]
    design = Design(
        id="linear", title="", study="", draws=1024, seed=4, sample="sobol", parameters=parameters
    )

    @dataclasses.dataclass
    class Linear:
        design: Design
        sampler: Sampler

    sampler = Sampler(design, {})
    cube = sampler.points(0, 1024)
    rows = _by_bins(Linear(design, sampler), cube, cube @ np.array([2.0, 1.0, 0.5, 0.0]))
    found = {row["name"]: row for row in rows}
    for name, weight in (("a", 4.0), ("b", 1.0), ("c", 0.25), ("d", 0.0)):
        assert found[name]["first_order"] == pytest.approx(
            weight / 5.25, abs=max(found[name]["half_width"], 0.03)
        )


def test_totals_of_a_linear_function_are_its_first_order_indices():
    pytest.importorskip("SALib")
    parameters = [{"name": name, "uniform": [0.0, 1.0], "why": "", "source": ""} for name in ("a", "b", "c")]
    design = Design(
        id="linear", title="", study="", draws=5120, seed=4, sample="saltelli", parameters=parameters
    )
    sampler = Sampler(design, {})

    @dataclasses.dataclass
    class Linear:
        design: Design
        sampler: Sampler

    cube = sampler.points(0, sampler.count)
    rows = {
        row["name"]: row
        for row in _by_saltelli(Linear(design, sampler), cube, cube @ np.array([2.0, 1.0, 0.0]))
    }
    for name, share in (("a", 0.8), ("b", 0.2), ("c", 0.0)):
        assert rows[name]["first_order"] == pytest.approx(share, abs=0.02)
        assert rows[name]["total"] == pytest.approx(share, abs=0.02)


def test_the_index_of_listed_values_goes_by_value_and_not_by_bins():
    pytest.importorskip("SALib")
    values = {"name": "world", "values": ["a", "b", "c"], "weights": [0.4, 0.3, 0.3], "why": "", "source": ""}
    other = {"name": "x", "uniform": [0.0, 1.0], "why": "", "source": ""}
    design = Design(
        id="listed", title="", study="", draws=1024, seed=4, sample="sobol", parameters=[values, other]
    )
    sampler = Sampler(design, {})

    @dataclasses.dataclass
    class Listed:
        design: Design
        sampler: Sampler

    cube = sampler.points(0, 1024)
    columns = sampler.transform(cube)
    effect = np.array([{"a": 0.0, "b": 1.0, "c": -1.0}[word] for word in columns["world"]])
    rows = {row["name"]: row for row in _by_bins(Listed(design, sampler), cube, effect + columns["x"])}
    total = 0.6 + 1 / 12
    assert rows["world"]["first_order"] == pytest.approx(0.6 / total, abs=0.02)
    assert rows["x"]["first_order"] == pytest.approx(1 / 12 / total, abs=0.04)


def test_means_are_compared_within_what_was_left_out():
    def bands(mean):
        slope = {"mean": 1.0, "sd": 0.3, "curvature": -0.02}
        return {
            "drivers": {"slopes": {"scenario": "truce", "labels": {"USA": slope}}},
            "scenarios": {
                "truce": {"real_income_pct": {"USA": {"mean": mean, "mean_se": 0.005, "sd": 0.31}}}
            },
        }

    (row,) = compare_means(bands(0.975))
    assert row["gap"] == pytest.approx(-0.025)
    assert row["error"] == pytest.approx(2 * 0.02 + 4 * 0.005)
    assert row["within"]
    assert not compare_means(bands(0.93))[0]["within"]
    assert not compare_means(bands(1.07))[0]["within"]
    assert compare_means({"drivers": {"slopes": {}}}) == []
