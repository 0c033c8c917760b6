"""Saving and investment that respond: a levels model from other equations, closures it comes down to, identities."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from detente.errors import ConvergenceError, InputError
from detente.model import Limit, Nests, Saving, Shock, Target, raise_tariff, solve, solve_many
from detente.model.audit import audit
from model.at_random import make_raw, random_baseline

# A solve at the tightest tolerance against a closed form.
EXACT = 1e-11
TIGHT = 1e-13
# Two solves of the same problem by other ways; the root finder's own accuracy.
SAME = 1e-9
ROOT = 1e-8


def taxed(base, size=0.3):
    return Shock(tariff=raise_tariff(base, size, importer="E000", sectors="all"))


def levels_with_saving(three_solvers, base, tariff, elasticity):
    """The levels model of the example, with investment and saving in place of its fixed deficits."""

    class SavingLevels(three_solvers.Levels):
        def spending(self, wage, price, output, permits):
            inputs = np.einsum("kjn,jn->kn", base.io, price * output)
            unit = self.demand_units(price, np.ones_like(inputs), self.tariff, permits)
            collected = (unit * price[:, None, :] * self.tariff).sum(axis=2)
            # Home income is `earned + taxes x income`; income is home income less saving plus investment: linear.
            earned = wage * base.value_added + (collected * inputs).sum(axis=0)
            taxes = np.diag((collected * base.alpha).sum(axis=0))
            invested = base.invested * base.income
            rate = (invested - base.deficit) / (base.income - base.deficit)
            basket = np.exp((base.alpha * np.log(self.index)).sum(axis=0))
            wanted = invested * basket * (wage / basket) ** elasticity
            kept = np.diag(1 - rate) + np.outer(wanted / wanted.sum(), rate)
            self.income = np.linalg.solve(np.eye(len(wage)) - kept @ taxes, kept @ earned)
            return inputs + base.alpha * self.income

    return SavingLevels(base, tariff).solve()


@pytest.mark.parametrize("elasticity", [0.0, 0.7, 2.0])
@pytest.mark.parametrize(("seed", "size"), [(0, (2, 2)), (3, (3, 2)), (4, (2, 3))])
def test_levels(three_solvers, seed, size, elasticity):
    base = random_baseline(seed, sectors=size[0], economies=size[1])
    rng = np.random.default_rng(seed)
    tariff = base.tariff + rng.uniform(0, 0.5, base.tariff.shape) * ~np.eye(size[1], dtype=bool)
    truth = levels_with_saving(three_solvers, base, tariff, elasticity)
    eq = solve(base, Shock(tariff=tariff), closure="saving", saving=Saving(elasticity), tolerance=TIGHT)
    assert np.allclose(eq.real_income_hat, truth["real_income"], rtol=ROOT)
    assert np.allclose(eq.wage_hat, truth["wage"], rtol=ROOT)
    assert np.allclose(eq.spending, truth["spending"], rtol=ROOT)


@pytest.mark.parametrize("factors", ["mobile", "fixed"])
@pytest.mark.parametrize("elasticity", [0.0, 1.5])
def test_identities(factors, elasticity):
    """Deficits sum to nothing; what is invested is saved or borrowed; saving rates stay; returns draw investment."""
    base = random_baseline(11, sectors=4, economies=5)
    eq = solve(
        base, taxed(base), closure="saving", saving=Saving(elasticity), factors=factors, tolerance=TIGHT
    )
    world = base.value_added.sum()
    assert abs(eq.deficit["new"].sum()) < 1e-12 * world
    assert np.abs(eq.deficit["change"]).max() > 1e-4 * world
    assert np.allclose(eq.border(2, eq.new) - eq.border(1, eq.new), eq.deficit["new"], atol=1e-10 * world)
    assert np.allclose(eq.investment - eq.saving, eq.deficit, atol=1e-9)
    assert np.allclose(eq.investment["base"], base.invested * base.income)
    assert np.allclose(eq.consumption["new"] + eq.investment["new"], eq.income)
    before, after = base.income - base.deficit, eq.income - eq.deficit["new"]
    assert np.abs(eq.saving["new"] / after / (eq.saving["base"] / before) - 1).max() < EXACT
    rental = eq.real_wage_hat
    real = (eq.investment["new"] / eq.investment["base"]).to_numpy() / eq.cpi_hat
    level = real / rental**elasticity
    assert np.ptp(level) < EXACT * 10
    consumed = (eq.consumption["new"] / eq.consumption["base"]).to_numpy() / eq.cpi_hat
    assert np.allclose(eq.consumption["new"] / after, eq.consumption["base"] / before, rtol=EXACT * 10)
    share = base.invested
    assert np.allclose(share * real + (1 - share) * consumed, eq.real_income_hat)
    assert np.allclose(eq.real_consumption_pct, 100 * (consumed - 1))


def test_nothing_happens_without_a_shock():
    base = random_baseline(1)
    for elasticity in (0.0, 3.0):
        eq = solve(base, closure="saving", saving=Saving(elasticity))
        assert np.abs(eq.real_income_hat - 1).max() < EXACT
        assert np.abs(eq.deficit["change"]).max() < EXACT * base.value_added.sum()


def test_money_does_not_matter():
    base = random_baseline(2)
    money = ("spending", "output", "value_added", "deficit", "income", "revenue")
    other = dataclasses.replace(base, **{name: 7 * getattr(base, name) for name in money})
    first, second = (
        solve(x, taxed(x), closure="saving", saving=Saving(0.8), tolerance=TIGHT) for x in (base, other)
    )
    assert np.abs(second.real_income_hat - first.real_income_hat).max() < EXACT
    assert np.allclose(second.investment, 7 * first.investment, rtol=EXACT * 10)


def without_duties(seed):
    """Value added is then all of home income."""
    base = random_baseline(seed)
    flat = make_raw(
        base.pi,
        0 * base.tariff,
        base.va_share,
        base.io,
        base.alpha,
        base.theta,
        base.value_added,
        base.deficit,
    )
    return solve(flat, tolerance=1e-14).as_baseline()


def costs(base):
    foreign = ~np.eye(len(base.economies), dtype=bool)
    return Shock(iceberg=np.exp(np.random.default_rng(5).uniform(0, 0.3, base.pi.shape) * foreign))


@pytest.mark.parametrize("factors", ["mobile", "fixed"])
def test_one_for_one_with_the_return_is_proportional(factors):
    """
    Investment as one part of every factor income, drawn one for one by returns, is the closure "proportional".

    Both saving and investment are then shares of factor income.
    """
    base = without_duties(6)
    base = dataclasses.replace(base, invested=0.25 * base.value_added / base.income)
    shock = costs(base)
    responds = solve(base, shock, closure="saving", saving=Saving(1.0), factors=factors, tolerance=TIGHT)
    other = solve(base, shock, closure="proportional", factors=factors, tolerance=TIGHT)
    assert np.abs(responds.real_income_hat - other.real_income_hat).max() < EXACT
    assert np.allclose(responds.deficit, other.deficit, atol=EXACT * base.value_added.sum())


def test_a_symmetric_world_stays_in_balance():
    """Two economies alike under a shock alike: no deficits, the closures "fixed" and "zero" at once."""
    pi = np.array([[[0.7, 0.3], [0.3, 0.7]]])
    ones, none = np.ones((1, 2)), np.zeros(2)
    raw = make_raw(pi, 0 * pi, ones, np.zeros((1, 1, 2)), ones, np.array([4.0]), np.full(2, 1e4), none)
    base = dataclasses.replace(solve(raw, tolerance=1e-14).as_baseline(), invested=np.array([0.3, 0.3]))
    shock = Shock(tariff=0.4 * np.array([[[0.0, 1.0], [1.0, 0.0]]]))
    eq = solve(base, shock, closure="saving", saving=Saving(2.0), tolerance=TIGHT)
    assert np.abs(eq.deficit).to_numpy().max() < EXACT * 1e4
    for closure in ("fixed", "zero"):
        assert np.abs(solve(base, shock, closure=closure).real_income_hat - eq.real_income_hat).max() < SAME


def test_returns_move_apart_the_more_investment_follows_them():
    """What flows in is spent at home more than abroad and bids returns up: no capital is added to bring them down."""
    base = random_baseline(7)
    spread = [
        np.ptp(np.log(solve(base, taxed(base, 0.5), closure="saving", saving=Saving(e)).real_wage_hat))
        for e in (0.0, 1.0, 2.0, 4.0)
    ]
    assert spread == sorted(spread)
    assert spread[-1] > 1.05 * spread[0]


@pytest.mark.parametrize("elasticity", [0.0, 1.2])
def test_there_and_back(elasticity):
    """From where a shock led, its inverse leads back: saving rates and shares of investment are carried on."""
    base = random_baseline(8)
    options = {"closure": "saving", "saving": Saving(elasticity)}
    there = solve(base, taxed(base), **options, tolerance=TIGHT)
    back = solve(there.as_baseline(), Shock(tariff=base.tariff), **options, tolerance=TIGHT)
    assert np.abs(back.real_income_hat * there.real_income_hat - 1).max() < SAME
    assert np.allclose(back.deficit["new"], base.deficit, atol=SAME * base.value_added.sum())
    assert np.allclose(back.investment["new"] / back.income, base.invested, atol=SAME)


def test_other_closures_carry_the_shares_on():
    base = random_baseline(8)
    assert np.array_equal(solve(base, taxed(base), closure="zero").as_baseline().invested, base.invested)


OPTIONS = {
    "plain": {},
    "short run": {"factors": "fixed", "horizon": "short"},
    "elastic labour": {"labour": "elastic"},
    "sticky wages": {"labour": "sticky", "horizon": 1.0},
    "nests": {"nests": Nests(source="test", factors=0.6, inputs=0.4, final=0.8)},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_side_by_side_is_one_by_one(name):
    base = random_baseline(9, sectors=4, economies=5)
    shocks = [taxed(base, size) for size in (0.05, 0.2, 0.8)]
    options = {"closure": "saving", "saving": Saving(0.6)} | OPTIONS[name]
    for shock, eq in zip(shocks, solve_many(base, shocks, **options), strict=True):
        alone = solve(base, shock, **options)
        assert np.abs(eq.real_income_hat - alone.real_income_hat).max() < SAME
        assert np.allclose(eq.saving, alone.saving, rtol=SAME)
        assert abs(alone.deficit["new"].sum()) < 1e-12 * base.value_added.sum()
        parts = sum(new for _, new in alone.income_parts.values())
        assert np.abs(parts / alone.income - 1).max() < SAME


@pytest.mark.parametrize("rent_to", ["exporter", "importer"])
def test_limits_and_targets(rent_to):
    base = random_baseline(10)
    limit = Limit("S01", "E001", "E000", volume=0.4, rent_to=rent_to)
    target = Target("S00", "E000", "E002", volume=1.4)
    eq = solve(base, dataclasses.replace(taxed(base), limits=(limit,), targets=(target,)), closure="saving")
    assert [found.binding for found in eq.constraints] == [True, True]
    assert [found.volume_hat for found in eq.constraints] == pytest.approx([0.4, 1.4], rel=1e-7)
    assert abs(eq.deficit["new"].sum()) < 1e-12 * base.value_added.sum()


@pytest.mark.parametrize("part", ["wage", "spending", "elasticity", "closure"])
def test_the_audit_sees_a_wrong_deficit(part):
    """An answer of another elasticity or closure, or off by a millionth, is not accepted."""
    base = random_baseline(12)
    eq = solve(base, taxed(base), closure="saving", saving=Saving(1.0), tolerance=TIGHT)
    wrong = {
        "wage": {"wage": eq.answer.wage * np.array([1 + 1e-6, 1, 1, 1])},
        "spending": {"spending": eq.answer.spending * (1 + 1e-6)},
        "elasticity": {"saving": Saving(0.9)},
        "closure": {"closure": "fixed"},
    }[part]
    assert eq.residual < SAME
    found = audit(base, eq.wedges(), (), dataclasses.replace(eq.answer, **wrong)).residuals
    assert found["trade balance"] > 1e-8


def test_words_and_numbers():
    base = random_baseline(13)
    word, plain = (
        solve(base, taxed(base), closure="saving"),
        solve(base, taxed(base), closure="saving", saving=Saving()),
    )
    assert np.array_equal(word.real_income_hat, plain.real_income_hat)
    assert (word.terms.closure, word.terms.saving.elasticity) == ("saving", 0.0)
    assert "GTAP" in word.terms.saving.source
    assert "closure saving" in repr(word)


def unknown():
    return dataclasses.replace(random_baseline(1), invested=None)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda _: solve(unknown(), closure="saving"), "what this world invests is not known"),
        (lambda _: solve_many(unknown(), [Shock()], closure="saving"), "world.with_invested"),
        (
            lambda base: solve(dataclasses.replace(base, invested=0 * base.invested), closure="saving"),
            "what this world invests is not known",
        ),
        (
            lambda base: solve(dataclasses.replace(base, invested=np.full(2, 0.2)), closure="saving"),
            r"shape \(2,\), 0.2 at least",
        ),
        (
            lambda base: solve(dataclasses.replace(base, invested=-base.invested), closure="saving"),
            r"shape \(4,\), -0.4 at least",
        ),
        (lambda _: Saving(-0.1), "from 0 to 5"),
        (lambda _: Saving(float("nan")), "unusable elasticity of investment"),
        (lambda base: solve(base, saving=Saving(0.5)), "an elasticity of investment without a use"),
        (lambda base: solve(base, closure="zero").saving, "`deficit` is there under every closure"),
        (lambda base: solve(base, closure="savings"), "fixed, zero, proportional, saving"),
    ],
)
def test_refusals(make, says):
    with pytest.raises(InputError, match=says):
        make(random_baseline(1))


def test_an_economy_cut_off_from_all_trade():
    """It cannot borrow: named, where its saving is not what it invests."""
    base = random_baseline(14)
    closed = np.zeros_like(base.pi)
    closed[:, 0, 1:] = closed[:, 1:, 0] = 1.0
    with pytest.raises(ConvergenceError, match="E000 is left no trade, and nothing makes its investment"):
        solve(base, Shock(prohibited=closed), closure="saving")


def test_an_economy_that_keeps_one_side_of_its_trade():
    """It may lend or borrow what that side is worth, or there is none that fits, and it is named."""
    base = random_baseline(12)
    closed = np.zeros((2, *base.pi.shape))
    closed[0, :, 1:, 0] = closed[1, :, [0, 2, 3], 1] = 1.0
    lends, none = (solve(base, Shock(prohibited=cube), closure="saving", throw=False) for cube in closed)
    assert lends.converged
    assert lends.exports_pct["E000"] == -100
    assert lends.deficit["new"]["E000"] > 0
    assert none.status == (
        "not converged: none was found with the same flows forbidden and no other change, either;"
        " E001 is left imports with no exports"
    )


def test_nothing_left_to_consume_is_no_answer():
    """Exports that cost more than all income: what is borrowed is invested, and consumption is below zero."""
    base = random_baseline(0)
    subsidy = np.zeros_like(base.pi)
    subsidy[:, :, 3] = -0.6 * (base.pi[:, :, 3] > 0)
    subsidy[:, 3, 3] = 0.0
    eq = solve(base, Shock(export_tax=subsidy), closure="saving", throw=False)
    assert eq.status == "infeasible: every equation holds only with a negative consumption of E003"
    assert (eq.income > 0).all()


@pytest.mark.parametrize("elasticity", [0.0, 1.0])
def test_the_parts_of_real_income_leave_a_third_order(elasticity):
    """Halving a shock divides what the parts at average weights leave by eight, transfers among them."""
    base = random_baseline(15)
    left = []
    for size in (0.04, 0.02):
        eq = solve(base, taxed(base, size), closure="saving", saving=Saving(elasticity), tolerance=TIGHT)
        parts = eq.decompose()
        left.append(np.abs(parts.remainder).max())
    assert left[0] / left[1] == pytest.approx(8, rel=0.25)
