"""Weights of industries from tariffs: planted ones come back, and those of a published data set fit it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import detente as dt
from detente.errors import InputError
from detente.games import IndustryIncome
from detente.games.reveal import TARIFF_ERROR, WEIGHT_PRIOR
from model.at_random import random_baseline

OSSA = Path(__file__).parents[3] / "shared" / "data" / "reference" / "ossa2014"
# Optimal tariffs are found to 1e-6 in scaled gradient, the weights to a last move of 1e-4; on top of it a weight is drawn
# towards 1 by the share of its variance that the tariffs leave, (spread / prior)^2.
EXACT = 5e-3
# A random economy in which every industry trades.
TRADING = 9
# Coverage of 200 draws of a 90 % interval: three standard errors of a proportion below 0.9, and nothing above.
LOWEST_COVERAGE = 0.83


def planted(base, player, seed, spread=0.15):
    """Weights drawn around 1 with mean 1, and the tariffs by sector that suit them best."""
    rng = np.random.default_rng(seed)
    weights = np.exp(rng.normal(0, spread, len(base.sectors)))
    weights /= weights.mean()
    goal = IndustryIncome(player, dict(zip(base.sectors, weights.tolist(), strict=True)))
    best = dt.optimal_tariffs(base, player, by="sector", sectors="all", goal=goal, starts=("status quo",))
    tariffs = np.zeros(len(base.sectors))
    for label, level in zip(best.instruments.labels, best.levels, strict=True):
        tariffs[base.sectors.index(label)] = level
    return weights, tariffs, best


@pytest.fixture(scope="module")
def base():
    return random_baseline(TRADING, sectors=10, economies=3, deficits=0.0)


def allowed(found, weights):
    """How far each weight may lie from the planted one."""
    drawn = (np.array(list(found.spread.values())) / WEIGHT_PRIOR) ** 2
    return EXACT + 2 * drawn * np.abs(weights - 1).max()


def test_planted_weights_come_back(base):
    player = base.economies[0]
    weights, tariffs, best = planted(base, player, 5)
    assert not best.at_bound
    found = dt.reveal(base, player, tariffs=tariffs, sectors="all")
    assert (np.abs(np.array(list(found.industries.values())) - weights) <= allowed(found, weights)).all()
    assert found.level == pytest.approx(0, abs=EXACT)
    assert np.abs(found.gap).max() < EXACT
    again = dt.optimal_tariffs(base, player, by="sector", sectors="all", goal=found.goal)
    assert again.levels == pytest.approx(best.levels, abs=2 * EXACT)


def test_a_level_common_to_all_industries_is_named_and_leaves_the_weights(base):
    player = base.economies[0]
    weights, tariffs, _ = planted(base, player, 5)
    found = dt.reveal(base, player, tariffs=tariffs - 0.1, sectors="all")
    assert (np.abs(np.array(list(found.industries.values())) - weights) <= allowed(found, weights)).all()
    assert found.level == pytest.approx(0.1, abs=EXACT)


def test_an_industry_that_does_not_trade_says_that_its_weight_is_not_identified():
    closed = random_baseline(4, sectors=10, economies=3, deficits=0.0)
    assert closed.pi[-1] == pytest.approx(np.eye(3))
    _, tariffs, _ = planted(closed, closed.economies[0], 5)
    found = dt.reveal(closed, closed.economies[0], tariffs=tariffs, sectors="all")
    assert found.spread[closed.sectors[-1]] > 0.8 * WEIGHT_PRIOR


@pytest.mark.slow
@pytest.mark.nightly
def test_ninety_percent_intervals_hold_the_planted_weights():
    """200 planted governments, tariffs seen with an error of one point: how often the interval holds the truth."""
    base = random_baseline(TRADING, sectors=5, economies=2, deficits=0.0)
    player = base.economies[0]
    rng = np.random.default_rng(11)
    inside = []
    for seed in range(200):
        weights, tariffs, _ = planted(base, player, seed)
        seen = tariffs + TARIFF_ERROR * (1 + tariffs) * rng.normal(size=len(tariffs))
        found = dt.reveal(base, player, tariffs=seen, sectors="all")
        miss = np.abs(np.array(list(found.industries.values())) - weights)
        inside.append(miss <= 1.645 * np.array(list(found.spread.values())) + 1e-9)
    coverage = float(np.mean(inside))
    assert coverage >= LOWEST_COVERAGE, f"coverage of 90 % intervals: {coverage:.3f}"


def test_tariffs_of_another_shape_and_unknown_players_are_refused(base):
    player = base.economies[0]
    with pytest.raises(InputError, match="tariffs to explain do not fit the baseline"):
        dt.reveal(base, player, tariffs=[0.1])
    with pytest.raises(InputError, match="no such player"):
        dt.reveal(base, "XXX", tariffs=np.full(len(base.sectors), 0.1))


def ossa():
    """The world of Ossa (2014): fixed entry as a tax of 1/(sigma - 1) on every sale, paid to the exporter."""
    sectors = pd.read_csv(OSSA / "sectors.csv")
    rows = pd.read_csv(OSSA / "trade_and_tariffs.csv")
    names, places = tuple(sectors.sector), tuple(sorted(rows.importer.unique()))
    cube = rows.set_index(["sector", "importer", "exporter"]).sort_index()
    order = pd.MultiIndex.from_product([names, places, places])
    shape = (len(names), len(places), len(places))
    customs = cube.trade_musd.reindex(order).to_numpy().reshape(shape)
    tariff = cube.tariff_fraction.reindex(order).to_numpy().reshape(shape)
    sigma = sectors.sigma.to_numpy()
    tax = np.broadcast_to((1 / (sigma - 1))[:, None, None], shape).copy()
    paid, producers = customs * (1 + tariff), customs / (1 + tax)
    spending, output = paid.sum(axis=2), producers.sum(axis=1)
    income, added = spending.sum(axis=0), output.sum(axis=0)
    revenue = (paid - customs).sum(axis=(0, 2))
    profits = (customs - producers).sum(axis=(0, 1))
    base = dt.ExtendedBaseline(
        economies=places,
        sectors=names,
        pi=paid / spending[:, :, None],
        tariff=tariff,
        spending=spending,
        output=output,
        va_share=np.ones_like(output),
        io=np.zeros((len(names), len(names), len(places))),
        alpha=spending / income,
        theta=sigma - 1,
        value_added=added,
        deficit=income - added - revenue - profits,
        income=income,
        revenue=revenue,
        adjustments=(),
        export_tax=tax,
    )
    return base, sectors


@pytest.mark.slow
@pytest.mark.skipif(not OSSA.is_dir(), reason="the data of Ossa (2014) are not here")
@pytest.mark.parametrize("player", ["CHN", "JPN", "USA"])
def test_noncooperative_tariffs_come_back_from_their_weights(player):
    """
    Ossa (2014), section II: weights from the distribution of noncooperative tariffs over industries.

    The best tariffs under the weights, from the optimiser, are the given ones plus the level: half of them within a
    tenth of a point. Higher protected, higher weighted, at a like elasticity.
    """
    base, sectors = ossa()
    given = sectors[f"noncooperative_tariff_{player}"].to_numpy()
    found = dt.reveal(base, player, tariffs=given)
    assert np.mean(list(found.industries.values())) == pytest.approx(1)
    assert np.median(np.abs(found.gap)) < 0.005
    best = dt.optimal_tariffs(
        base, player, by="sector", goal=found.goal, starts=("status quo",), bounds=(0, 20)
    )
    gap = best.levels - given - found.level
    assert np.median(np.abs(gap)) < 0.01
    like = (base.theta > 1.2) & (base.theta < 2.2)
    weights = np.array(list(found.industries.values()))
    assert np.corrcoef(weights[like], given[like])[0, 1] > 0.5
