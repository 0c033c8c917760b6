"""Employment that moves: closed forms of two economies that each make one good, limits, and identities."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import InputError
from detente.model import Labour, Shock, labour_source, raise_tariff, solve, solve_many
from model.at_random import make_raw, random_baseline

# A solve at the tightest tolerance against a closed form.
EXACT = 1e-11
TIGHT = 1e-13
# Two solves of the same problem by other ways.
SAME = 1e-9

OWN, OTHER = 0.7, 0.4  # shares of good A in the spending of A, which makes it, and of B


def two_goods():
    """A makes the first good, B the second, from labour only, without duties; trade balances."""
    pi = np.zeros((2, 2, 2))
    pi[0, :, 0] = pi[1, :, 1] = 1.0
    va, io = np.ones((2, 2)), np.zeros((2, 2, 2))
    alpha = np.array([[OWN, OTHER], [1 - OWN, 1 - OTHER]])
    added = np.array([OTHER, 1 - OWN]) * 1e4  # A's sales to B are OTHER of B's income
    base = make_raw(pi, np.zeros((2, 2, 2)), va, io, alpha, np.array([4.0, 4.0]), added, np.zeros(2))
    return solve(base, tolerance=TIGHT).as_baseline()


def earned(tariff):
    """
    Factor income of A and of B, new over old, when A taxes B's good.

    A's income is y_A / (1 - (1 - OWN) t / (1 + t)), and trade balances where what A pays B is what B pays A: y_B / y_A
    = 1 / (1 + OWN t). World value added stays.
    """
    size = np.array([OTHER, 1 - OWN])
    new = np.array([1.0, 1 / (1 + OWN * tariff)])
    return new * size.sum() / (new @ size)


def taxed(base, tariff):
    return Shock(tariff=raise_tariff(base, tariff, importer="E000", exporter="E001"))


@pytest.mark.parametrize("tariff", [0.05, 0.5, 2.0])
@pytest.mark.parametrize("floor", [1.0, 0.97, 0.5])
def test_unemployment_under_a_floor(tariff, floor):
    """B's wage falls to the floor and no further; what is missing of its income is missing of its employment."""
    base = two_goods()
    eq = solve(base, taxed(base, tariff), labour=Labour("sticky", floor=floor), tolerance=TIGHT)
    income = earned(tariff)
    assert np.abs(eq.wage_hat - np.maximum(income, floor)).max() < EXACT
    assert np.abs(eq.employment_hat - np.minimum(income / floor, 1)).max() < EXACT
    assert eq.employment_pct["E001"] == pytest.approx(100 * (min(income[1] / floor, 1) - 1), abs=1e-9)
    price = eq.wage_hat[0] ** OTHER * eq.wage_hat[1] ** (1 - OTHER)
    assert eq.real_income_hat[1] == pytest.approx(income[1] / price, rel=EXACT)


@pytest.mark.parametrize("tariff", [0.1, 1.0])
@pytest.mark.parametrize("elasticity", [0.4, 2.0])
def test_employment_follows_the_real_wage(tariff, elasticity):
    """Log wages solve two linear equations: (1 + e) w_n = y_n + e sum_j a_jn (w_j + log(1 + t_jn))."""
    base = two_goods()
    eq = solve(base, taxed(base, tariff), labour=Labour("elastic", elasticity=elasticity), tolerance=TIGHT)
    weights = np.array([[OWN, 1 - OWN], [OTHER, 1 - OTHER]])
    duties = np.array([(1 - OWN) * np.log1p(tariff), 0.0])
    wage = np.linalg.solve(
        (1 + elasticity) * np.eye(2) - elasticity * weights, np.log(earned(tariff)) + elasticity * duties
    )
    assert np.abs(np.log(eq.wage_hat) - wage).max() < EXACT
    assert np.abs(np.log(eq.employment_hat) - elasticity * (wage - weights @ wage - duties)).max() < EXACT


@pytest.mark.parametrize("factors", ["mobile", "fixed"])
@pytest.mark.parametrize("labour", [Labour("elastic", elasticity=0.7), Labour("sticky", floor=0.995)])
def test_many_economies(factors, labour):
    """The audit accepts, each economy is in one regime, incomes add up, and stacked solves are the same."""
    base = random_baseline(11, sectors=4, economies=5)
    shocks = [Shock(tariff=raise_tariff(base, x, importer="E001", sectors="all")) for x in (0.1, 0.4)]
    for eq, shock in zip(solve_many(base, shocks, factors=factors, labour=labour), shocks, strict=True):
        alone = solve(base, shock, factors=factors, labour=labour)
        assert alone.residual < SAME
        assert np.abs(eq.employment_hat - alone.employment_hat).max() < SAME
        parts = sum(new for _, new in eq.income_parts.values())
        assert np.abs(parts / eq.income - 1).max() < SAME
        if labour.supply == "sticky":
            idle = eq.employment_hat < 1 - SAME
            assert idle.any()
            assert (eq.employment_hat < 1 + SAME).all()
            assert np.abs(eq.wage_hat[idle] / labour.floor - 1).max() < SAME
        else:
            real = eq.wage_hat / eq.cpi_hat
            assert np.abs(eq.employment_hat / real**labour.elasticity - 1).max() < SAME


def test_the_plain_model_is_the_limit():
    """No elasticity, or a floor that nobody reaches, gives the plain answer to the last digits."""
    base = random_baseline(12)
    shock = Shock(tariff=raise_tariff(base, 0.3, importer="E000", sectors="all"))
    plain = solve(base, shock, tolerance=TIGHT)
    for labour in (Labour("elastic", elasticity=0.0), Labour("sticky", floor=0.2)):
        other = solve(base, shock, labour=labour, tolerance=TIGHT)
        assert np.abs(other.real_income_hat - plain.real_income_hat).max() < EXACT
        assert np.abs(other.employment_hat - 1).max() < EXACT
    nearly = solve(base, shock, labour=Labour("elastic", elasticity=1e-6), tolerance=TIGHT)
    assert 0 < np.abs(nearly.real_income_hat - plain.real_income_hat).max() < 1e-5


def test_an_elastic_equilibrium_can_be_left_again():
    """A supply of constant elasticity does not depend on where it is counted from: there and back is nothing."""
    base = random_baseline(13)
    labour = Labour("elastic", elasticity=0.5)
    there = solve(
        base,
        Shock(tariff=raise_tariff(base, 0.2, importer="E002", sectors="all")),
        labour=labour,
        tolerance=TIGHT,
    )
    back = solve(there.as_baseline(), Shock(tariff=base.tariff), labour=labour, tolerance=TIGHT)
    assert np.abs(back.employment_hat * there.employment_hat - 1).max() < SAME
    assert np.abs(back.real_income_hat * there.real_income_hat - 1).max() < SAME


@pytest.mark.parametrize("labour", ["elastic", Labour("sticky", floor=1.0)])
def test_the_parts_of_real_income_leave_a_third_order(labour):
    """Halving a shock divides what the parts at average weights leave by eight, employment among them."""
    base = random_baseline(14)
    left = []
    for size in (0.04, 0.02):
        shock = Shock(tariff=raise_tariff(base, size, importer="E000", sectors="all"))
        eq = solve(base, shock, labour=labour, tolerance=TIGHT)
        parts = eq.decompose()
        assert np.abs(parts.employment).max() > 100 * np.abs(parts.remainder).max()
        left.append(np.abs(parts.remainder).max())
    assert left[0] / left[1] == pytest.approx(8, rel=0.25)


def test_words_take_the_cited_numbers():
    base = random_baseline(15)
    shock = Shock(tariff=raise_tariff(base, 0.3, importer="E000", sectors="all"))
    cited = labour_source()
    assert solve(base, shock, labour="elastic").terms.labour.elasticity == cited["elastic"]["elasticity"]
    floor = solve(base, shock, labour="sticky", horizon=2.0).terms.labour.floor
    assert floor == pytest.approx((1 - cited["sticky"]["fall_a_year"]) ** 2)
    assert all(row["low"] < row["high"] and row["source"] for row in cited.values())


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda base: solve(base, labour="flexible"), "unknown labour market"),
        (lambda base: solve(base, labour="sticky"), "wages that cannot fall are not for so long"),
        (lambda base: solve(base, labour="sticky", horizon=4), "at most 3 years"),
        (lambda _: Labour("elastic", elasticity=-1), "an elasticity from 0 to 10"),
        (lambda _: Labour("sticky", floor=1.2), "a floor above 0 and at most 1"),
    ],
)
def test_refusals(make, says):
    with pytest.raises(InputError, match=says):
        make(random_baseline(15))
