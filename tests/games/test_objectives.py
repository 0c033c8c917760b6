"""Gradients of the goals against differences of whole solves."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import InputError
from detente.games import IndustryIncome, RealIncome, Revenue, SectorWeights, rivalry
from detente.model import Limit, Shock, solve
from model.at_random import random_baseline

# Central differences of solves at 1e-13 with a step of 1e-4: error of the order of the step squared.
DIFFERENCE = 2e-7
STEP = 1e-4


@pytest.fixture(scope="module")
def base():
    return random_baseline(1)


def goals(base):
    first, second = base.economies[0], base.economies[1]
    own = RealIncome((first,))
    return {
        "real income": own,
        "union": RealIncome((first, second)),
        "revenue": Revenue((first,)),
        "revenue of two": Revenue((first, second)),
        "sector weights": SectorWeights(first, {base.sectors[0]: 2.0, base.sectors[-1]: 0.5}),
        "rivalry": rivalry(own, RealIncome((second,)), 0.7),
        "industry income": IndustryIncome(first, {base.sectors[0]: 2.0, base.sectors[-1]: 0.5}),
        "mix": 2.0 * own + Revenue((second,)) + SectorWeights(second, {base.sectors[1]: 3.0}),
    }


@pytest.mark.parametrize("factors", ["mobile", "fixed"])
@pytest.mark.parametrize("name", list(goals(random_baseline(1))))
def test_gradient_matches_differences_of_solves(base, name, factors):
    goal = goals(base)[name]
    if isinstance(goal, IndustryIncome) and factors == "fixed":
        with pytest.raises(InputError, match="specific factors"):
            goal.slope(solve(base, Shock(), factors=factors))
        return
    rng = np.random.default_rng(3)
    away = ~np.eye(len(base.economies), dtype=bool)[None]
    tariff = base.tariff + rng.uniform(0, 0.3, base.tariff.shape) * away
    direction = rng.normal(0, 1, base.tariff.shape) * away

    def value(step):
        return goal.value(
            solve(base, Shock(tariff=tariff + step * direction), factors=factors, tolerance=1e-13)
        )

    eq = solve(base, Shock(tariff=tariff), factors=factors, tolerance=1e-13)
    slope = (goal.in_tariffs(eq) * direction).sum()
    numeric = (value(STEP) - value(-STEP)) / (2 * STEP)
    assert slope == pytest.approx(numeric, abs=DIFFERENCE * np.abs(goal.in_tariffs(eq)).max() * 100)
    assert slope != 0


def test_equal_sector_weights_are_real_income(base):
    eq = solve(base, Shock(tariff=base.tariff * 1.5))
    first = base.economies[0]
    plain, weighted = RealIncome((first,)), SectorWeights(first, dict.fromkeys(base.sectors, 3.0))
    assert weighted.value(eq) == pytest.approx(plain.value(eq), abs=1e-9)


def test_equal_industry_incomes_are_real_income(base):
    eq = solve(base, Shock(tariff=base.tariff * 1.5))
    first = base.economies[0]
    weighted = IndustryIncome(first, {})
    assert weighted.value(eq) == pytest.approx(RealIncome((first,)).value(eq), abs=1e-9)
    assert weighted.percent(eq) == pytest.approx(eq.real_income_pct[first], abs=1e-9)


def test_a_rival_with_no_weight_is_real_income(base):
    eq = solve(base, Shock(tariff=base.tariff * 1.5))
    own, rival = RealIncome((base.economies[0],)), RealIncome((base.economies[1],))
    assert rivalry(own, rival, 0).value(eq) == own.value(eq)
    assert rivalry(own, rival, 1).value(eq) == pytest.approx(own.value(eq) - rival.value(eq), abs=1e-15)
    with pytest.raises(InputError, match="a rivalry has a weight of 0 or more"):
        rivalry(own, rival, -1)


def test_revenue_with_a_binding_limit_has_a_value_and_no_gradient(base):
    limit = Limit(base.sectors[0], base.economies[0], base.economies[1], volume=0.5)
    eq = solve(base, Shock(limits=(limit,)))
    goal = Revenue((base.economies[0],))
    assert goal.value(eq) > 0
    with pytest.raises(InputError) as caught:
        goal.slope(eq)
    assert caught.value.repair
    assert "1 limits" in caught.value.found


def test_a_negative_sector_weight_is_refused(base):
    eq = solve(base)
    with pytest.raises(InputError, match="negative weight"):
        SectorWeights(base.economies[0], {base.sectors[0]: -1.0}).value(eq)
