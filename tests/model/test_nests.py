"""Nests of production and final demand: limits, an independent solver, Hulten, Baqaee and Farhi, derivatives."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.optimize import root

from detente.errors import InputError
from detente.geography.economies import members
from detente.model import (
    CriticalInput,
    Limit,
    Nests,
    Shock,
    Target,
    raise_tariff,
    solve,
    solve_many,
    split_sector,
)
from detente.model.adjoint import gradients
from detente.model.levels import cost_shares
from detente.model.preferences.nests import with_nests
from model.at_random import make_raw, random_baseline, random_shock

# The same equations in another order: rounding.
SAME = 1e-12
# The root finder's own accuracy.
ROOT = 1e-8
TIGHT = 1e-14


def rigid(base, low=0.1, *, origins=None, final=0.7):
    """Low elasticities everywhere and one critical input, exposed in two industries to different shares."""
    critical = CriticalInput(
        base.sectors[0],
        low,
        {base.sectors[1]: 0.7, base.sectors[2]: 0.95},
        between=1.5,
        origins=origins,
    )
    return Nests(source="test", factors=0.4, inputs=0.3, final=final, critical=(critical,))


def small_input(seed, size=(3, 3)):
    """A random world in which the first product is a small part of every other's cost."""
    base = random_baseline(seed, sectors=size[0], economies=size[1])
    io = base.io.copy()
    io[0] *= 0.1
    raw = dataclasses.replace(base, io=io, va_share=1 - io.sum(axis=0))
    return solve(raw, tolerance=TIGHT).as_baseline()


def a_tariff(base, points=0.4):
    return Shock(tariff=base.tariff + points * (base.tariff > 0))


# limits


def unit(base, by=1.0):
    critical = CriticalInput(base.sectors[0], by, {base.sectors[1]: 0.7}, within=by, between=by)
    return Nests(source="test", factors=by, inputs=by, final=by, critical=(critical,))


@pytest.mark.parametrize("factors", ["mobile", "fixed"])
@pytest.mark.parametrize("seed", range(3))
def test_elasticities_of_one_are_the_plain_model(seed, factors):
    base = small_input(seed)
    shock = a_tariff(base)
    plain = solve(base, shock, factors=factors, tolerance=TIGHT)
    nested = solve(base, shock, factors=factors, nests=unit(base), tolerance=TIGHT)
    assert np.abs(nested.real_income_hat / plain.real_income_hat - 1).max() < SAME
    assert np.abs(nested.flows - plain.flows).max() < SAME * base.value_added.sum()


def test_elasticities_near_one_bracket_the_plain_model(wiod):
    shock = Shock(tariff=raise_tariff(wiod, 0.5, importer="USA", exporter="CHN"))
    plain, low, high = (
        solve(wiod, shock, nests=nests, tolerance=1e-13).real_income_hat
        for nests in (None, *(unit(wiod, by) for by in (1 - 1e-4, 1 + 1e-4)))
    )
    assert np.abs(low - high).max() < 1e-5
    assert np.abs(0.5 * (low + high) - plain).max() < 1e-3 * np.abs(low - high).max()
    assert ((low - plain) * (high - plain) <= 0).all()


def test_an_exposed_share_of_all_is_one_nest_over_the_industry():
    """Against `with_substitution`'s own code: two inputs, one of them critical, at one elasticity."""
    base = random_baseline(5, sectors=2)
    io = np.array(base.io)
    io[:, 0] = [[0.05], [0.35]]
    base = solve(dataclasses.replace(base, io=io, va_share=1 - io.sum(axis=0)), tolerance=TIGHT).as_baseline()
    one = Nests(source="test", inputs={"S00": 0.3}, factors={"S00": 0.3})
    two = Nests(
        source="test",
        factors={"S00": 0.3},
        critical=(CriticalInput("S00", 0.3, {"S00": 1.0}),),
        inputs={"S00": 0.3},
    )
    results = [solve(base, a_tariff(base), nests=nests, tolerance=TIGHT) for nests in (one, two)]
    assert np.abs(results[0].real_income_hat - results[1].real_income_hat).max() < SAME


# an independent solver


class Levels:
    """The economy in levels from prices of goods, factors and incomes, by a general root finder."""

    def __init__(self, base, nests, tariff):
        self.base, self.tariff = base, tariff
        item = nests.critical[0]
        self.low, self.between = item.elasticity, item.between
        self.top, self.sigma, self.final = nests.factors, nests.inputs, nests.final
        self.exposed = [item.exposed.get(sector, 0.0) for sector in base.sectors]
        self.k = base.sectors.index(item.inputs)
        self.theta = np.array(base.theta)
        if item.origins is not None:
            self.theta[self.k] = item.origins - 1

    @staticmethod
    def _index(weights, prices, sigma):
        """CES index by its definition, and the value shares at these prices."""
        weights, prices = np.asarray(weights), np.asarray(prices)
        total = weights @ prices ** (1 - sigma)
        return total ** (1 / (1 - sigma)), weights * prices ** (1 - sigma) / total

    def unit(self, j, n, wage, price):
        """Cost of one product and the shares of labour and each input, built from the leaves up."""
        io, va, w = self.base.io[:, j, n], self.base.va_share[j, n], self.exposed[j]
        others = io.copy()
        if w:
            others[self.k] = 0.0
        bundle, of_input = self._index(others / others.sum(), price, self.sigma)
        inner = va + others.sum()
        rest, (labour, goods) = self._index([va / inner, 1 - va / inner], [wage, bundle], self.top)
        inputs = goods * of_input
        if w:
            size = io[self.k] / w
            part, (critical, left) = self._index([size, 1 - size], [price[self.k], rest], self.low)
            cost, (exposed, plain) = self._index([w, 1 - w], [part, rest], self.between)
            inputs, labour = inputs * (exposed * left + plain), labour * (exposed * left + plain)
            inputs[self.k] += exposed * critical
            return cost, labour, inputs
        return rest, labour, inputs

    def quantities(self, z):
        """Everything that follows from log wages, log producers' prices and log outputs."""
        base = self.base
        J, N = base.va_share.shape
        wage, made, output = np.exp(z[:N]), np.exp(z[N : N + J * N]), np.exp(z[N + J * N :])
        made, output = made.reshape(J, N), output.reshape(J, N) * base.output
        ratio = (1 + self.tariff) / (1 + base.tariff) * made[:, None, :]
        power = -self.theta[:, None, None]
        price = (base.pi * ratio**power).sum(axis=2) ** (-1 / self.theta[:, None])
        shares = base.pi * (ratio / price[:, :, None]) ** power
        cost, labour, inputs = np.empty((J, N)), np.empty((J, N)), np.empty((J, J, N))
        for j in range(J):
            for n in range(N):
                cost[j, n], labour[j, n], inputs[:, j, n] = self.unit(j, n, wage[n], price[:, n])
        basket = np.empty((J, N))
        cpi = np.empty(N)
        for n in range(N):
            cpi[n], basket[:, n] = self._index(base.alpha[:, n], price[:, n], self.final)
        used = np.einsum("kjn,jn->kn", inputs, output)
        duty = shares * self.tariff / (1 + self.tariff)
        kept = np.einsum("jni,jn->n", duty, used)
        rate = np.einsum("jni,jn->n", duty, basket)
        factor = wage * base.value_added
        income = (factor + base.deficit * factor.sum() / base.value_added.sum() + kept) / (1 - rate)
        sold = np.einsum("jni,jn->ji", shares / (1 + self.tariff), used + basket * income)
        return made, cost, output, sold, (labour * output).sum(axis=0), factor, income / cpi

    def gaps(self, z):
        made, cost, output, sold, earned, factor, _ = self.quantities(z)
        money = np.log(factor.sum() / self.base.value_added.sum())
        labour = np.log(earned / factor)
        labour[0] = money
        return np.concatenate([labour, np.log(made / cost).ravel(), np.log(sold / output).ravel()])

    def solve(self):
        J, N = self.base.va_share.shape
        found = root(self.gaps, np.zeros(N + 2 * J * N), method="hybr", tol=1e-13)
        assert np.abs(self.gaps(found.x)).max() < ROOT
        return self.quantities(found.x)[-1] / self.base.income


@pytest.mark.parametrize(
    ("low", "origins"), [(0.3, None), (0.02, None), (0.0, None), (0.1, 0.3), (0.02, 0.6)]
)
@pytest.mark.parametrize("seed", range(3))
def test_low_elasticities_by_an_independent_solver(seed, low, origins):
    """Down to fixed proportions, and with origins that are complements."""
    base = small_input(seed)
    nests = rigid(base, low, origins=origins)
    shock = a_tariff(base)
    truth = Levels(base, nests, shock.tariff).solve()
    eq = solve(base, shock, nests=nests, tolerance=TIGHT)
    assert eq.residual < 1e-12
    assert np.allclose(eq.real_income_hat, truth, rtol=ROOT)
    assert np.abs(solve(base, shock).real_income_hat - truth).max() > 1e-6


# Hulten, and Baqaee and Farhi


def toy_network():
    """Two economies that do not trade: three products, one factor, inputs from every product."""
    N = 2
    pi = np.repeat(np.eye(N)[None], 3, axis=0)
    io = np.array([[0.1, 0.04, 0.06], [0.2, 0.1, 0.3], [0.2, 0.4, 0.1]])
    io = np.repeat(io[:, :, None], N, axis=2)
    alpha = np.array([[0.1], [0.3], [0.6]]) * np.ones(N)
    raw = make_raw(
        pi, np.zeros((3, N, N)), 1 - io.sum(axis=0), io, alpha, np.full(3, 4.0), np.full(N, 1e4), np.zeros(N)
    )
    return solve(raw, tolerance=TIGHT).as_baseline()


def dearer(base, logs):
    """The first product takes this much more of everything to make and deliver in the first economy."""
    iceberg = np.ones(base.pi.shape)
    iceberg[0, 0, 0] = np.exp(logs)
    return Shock(iceberg=iceberg)


def network(base, nests):
    """Baqaee and Farhi's standard form: every CES nest a producer of its own. Gives value matrix and elasticities."""
    item = nests.critical[0]
    sectors = list(base.sectors)
    names = ["home", *sectors]
    for s in sectors:
        names += [f"bundle {s}", f"rest {s}", f"part {s}"]
    names.append("labour")
    at = {name: pos for pos, name in enumerate(names)}
    omega, sigma = np.zeros((len(names), len(names))), np.ones(len(names))
    sigma[0] = nests.final
    omega[0, [at[s] for s in sectors]] = base.alpha[:, 0]
    for j, s in enumerate(sectors):
        io, va, w = base.io[:, j, 0].copy(), base.va_share[j, 0], item.exposed.get(s, 0.0)
        k = sectors.index(item.inputs)
        own = io[k] if w else 0.0
        io[k] -= own
        bundle, rest, part = at[f"bundle {s}"], at[f"rest {s}"], at[f"part {s}"]
        omega[bundle, [at[x] for x in sectors]] = io / io.sum()
        sigma[bundle], sigma[rest], sigma[part], sigma[at[s]] = (
            nests.inputs,
            nests.factors,
            item.elasticity,
            item.between,
        )
        omega[rest, [at["labour"], bundle]] = va / (1 - own), 1 - va / (1 - own)
        size = own / w if w else 0.0
        omega[part, [at[item.inputs], rest]] = size, 1 - size
        omega[at[s], part] += w
        omega[at[s], rest] += 1 - w
    return omega, sigma, at


def second_order(base, nests):
    """Domar weight of the first product and its derivative in log productivity: theorem 2 with one factor."""
    omega, sigma, at = network(base, nests)
    leontief = np.linalg.inv(np.eye(len(omega)) - omega)
    domar, column = leontief[0], leontief[:, at[base.sectors[0]]]
    variance = omega @ column**2 - (omega @ column) ** 2
    return domar[at[base.sectors[0]]], float((sigma - 1) * domar @ variance)


@pytest.mark.parametrize("low", [0.02, 0.5, 1.0, 2.0])
def test_first_order_is_hulten_and_second_is_baqaee_and_farhi(low):
    base = toy_network()
    nests = rigid(base, low)
    domar, curve = second_order(base, nests)
    assert domar == pytest.approx(base.output[0, 0] / base.value_added[0], rel=1e-12)

    def loss(logs):
        return np.log(solve(base, dearer(base, logs), nests=nests, tolerance=TIGHT).real_income_hat[0])

    def second(step):
        return (loss(step) + loss(-step)) / step**2

    step = 0.02
    first = (8 * (loss(step / 2) - loss(-step / 2)) - (loss(step) - loss(-step))) / (6 * step)
    assert first == pytest.approx(-domar, rel=1e-6)
    assert loss(1e-4) == pytest.approx(-1e-4 * domar, rel=1e-3)
    assert (4 * second(step / 2) - second(step)) / 3 == pytest.approx(curve, rel=1e-4, abs=1e-7)


# derivatives, batches, bounds, rebasing


@pytest.mark.parametrize("origins", [None, 0.4])
@pytest.mark.parametrize("factors", ["mobile", "fixed"])
def test_derivatives_against_differences(factors, origins):
    base = small_input(2)
    nests = rigid(base, 0.15, origins=origins)
    limit = Limit(base.sectors[0], base.economies[1], base.economies[0], volume=0.6, rent_to="importer")
    shock = a_tariff(base, 0.1)
    options = {"nests": nests, "factors": factors, "tolerance": 1e-14}
    eq = solve(base, dataclasses.replace(shock, limits=(limit,)), **options)
    assert eq.constraints[0].binding
    slope = eq.gradient(base.economies[1])
    pair = gradients(eq, (base.economies[0], base.economies[1]))
    assert np.abs(pair[1].tariff - slope.tariff).max() < 1e-7 * np.abs(slope.tariff).max()
    rng = np.random.default_rng(0)
    cells = np.argwhere(base.tariff > 0)
    for j, n, i in cells[rng.choice(len(cells), 4, replace=False)]:

        def value(step, where=(j, n, i)):
            tariff = shock.tariff.copy()
            tariff[where] += step
            found = solve(base, Shock(tariff=tariff, limits=(limit,)), **options)
            return np.log(found.real_income_hat[1])

        wide, narrow = ((value(h) - value(-h)) / (2 * h) for h in (2e-3, 1e-3))
        truth = (4 * narrow - wide) / 3
        assert slope.tariff[j, n, i] == pytest.approx(truth, abs=1e-6 * np.abs(slope.tariff).max())


@pytest.mark.parametrize("supply", [0.05, 0.5, 2.0])
def test_factors_fixed_in_an_industry_give_the_price_elasticity_of_supply(supply):
    """Closed form: one factor in fixed supply, input prices held: output moves by `sigma (1 - va) / va` with its price."""
    base = small_input(1)
    va = base.va_share[1, 0]
    own = np.full(len(base.economies), 1.0)
    own[0] = supply * va / (1 - va)
    nested = with_nests(base, Nests(source="test", factors={"S01": own}))
    step = 1e-5

    def at(log_wage):
        wage = np.ones(base.va_share.shape)
        wage[1, 0] = np.exp(log_wage)
        found = cost_shares(nested, wage, np.ones(base.va_share.shape))
        return np.log(found.cost[1, 0]), np.log(np.exp(log_wage) / (found.factors[1, 0] * found.cost[1, 0]))

    (low, less), (high, more) = at(-step), at(step)
    assert (more - less) / (high - low) == pytest.approx(supply, rel=1e-6)


def test_a_batch_is_its_solves():
    base = small_input(1)
    nests = rigid(base)
    shocks = [Shock(tariff=raise_tariff(base, x, importer=base.economies[0])) for x in (0.1, 0.2, 0.3)]
    for eq, shock in zip(solve_many(base, shocks, nests=nests), shocks, strict=True):
        alone = solve(base, shock, nests=nests)
        assert np.abs(eq.real_income_hat - alone.real_income_hat).max() < 1e-9


@pytest.mark.parametrize("factors", ["mobile", "fixed"])
@pytest.mark.parametrize("seed", range(3))
def test_an_equilibrium_with_nests_is_a_baseline_with_the_same_technology(seed, factors):
    """There and back is nowhere, and on from the middle is the whole way: shares of exposed parts move with prices."""
    base = small_input(seed)
    nests = rigid(base, 0.2)
    options = {"factors": factors, "tolerance": 1e-13}
    half, full = a_tariff(base, 0.2), a_tariff(base, 0.4)
    first = solve(base, half, nests=nests, **options)
    middle = first.as_baseline()
    assert middle.residual() < 1e-10
    back = solve(middle, Shock(tariff=base.tariff), **options)
    assert np.abs(back.real_income_hat * first.real_income_hat - 1).max() < 1e-10
    on = solve(middle, full, **options)
    whole = solve(base, full, nests=nests, **options)
    assert np.abs(on.real_income_hat * first.real_income_hat - whole.real_income_hat).max() < 1e-10


def test_value_added_in_trade_adds_up_with_nests():
    base = small_input(4)
    eq = solve(base, a_tariff(base), nests=rigid(base), tolerance=1e-13)
    table = eq.value_added_trade()
    earned = eq.wage_hat * base.value_added
    assert np.allclose(table.sum(axis=1), earned, rtol=1e-8)


def test_targets_and_limits_hold_with_nests():
    base = small_input(2)
    names = base.economies
    shock = Shock(
        limits=(Limit(base.sectors[0], names[1], names[0], volume=0.5),),
        targets=(Target(base.sectors[1], names[0], names[2], volume=1.2),),
    )
    eq = solve(base, shock, nests=rigid(base, 0.05, origins=0.4))
    assert [round(item.volume_hat, 7) for item in eq.constraints] == [0.5, 1.2]
    assert eq.residual < 1e-9


def test_the_cost_of_a_cut_falls_with_the_elasticity_and_is_bounded_by_the_exposed_share():
    """A small critical input halved everywhere: the loss is a curve over the elasticity, capped by what is exposed."""
    base = small_input(6)
    part = split_sector(base, "S00", "part", 0.02, source="test")
    names = part.economies
    limits = tuple(Limit("part", n, i, volume=0.5) for n in names for i in names if n != i)
    losses = {}
    for share in (0.3, 0.9):
        for low in (0.05, 0.3, 1.0):
            item = CriticalInput("part", low, {"S01": share, "S02": share}, origins=0.3)
            eq = solve(part, Shock(limits=limits), nests=Nests(source="test", critical=(item,)))
            losses[share, low] = 1 - eq.real_income_hat
    for share in (0.3, 0.9):
        total = [float(losses[share, low] @ part.income) for low in (0.05, 0.3, 1.0)]
        assert total[0] > total[1] > total[2] > 0
    assert losses[0.3, 0.05] @ part.income < losses[0.9, 0.05] @ part.income


@pytest.mark.parametrize("factors", ["mobile", "fixed"])
def test_rents_on_spot_tonnes_only(factors):
    """The exporter earns its rent on a share of the volume; the audit, income and derivatives agree on who has the rest."""
    base = small_input(2)
    names = base.economies
    shares = (1.0, 0.3, 0.05)

    def cut(spot, tariff=None):
        limit = Limit(base.sectors[0], names[1], names[0], volume=0.5, spot=spot)
        shock = Shock(tariff=a_tariff(base, 0.1).tariff if tariff is None else tariff, limits=(limit,))
        return solve(base, shock, nests=rigid(base), factors=factors, tolerance=1e-14)

    results = [cut(spot) for spot in shares]
    for spot, eq in zip(shares, results, strict=True):
        assert eq.residual < 1e-10
        bound = eq.constraints[0]
        parts = eq.income_parts
        assert np.allclose(sum(new for _, new in parts.values()), eq.income, rtol=1e-10)
        assert parts["rents"][1].sum() == pytest.approx(bound.rent_usd_mn, rel=1e-8)
        sold = eq.flows[0, 1, 0]
        received = parts["rents"][1][0] / sold
        assert received == pytest.approx(spot * (bound.multiplier - 1), rel=1e-8)
    gains = [eq.real_income_hat[1] for eq in results]
    assert gains == sorted(gains)
    eq, cell = results[1], (1, 1, 0)
    slope = eq.gradient(names[1]).tariff

    def value(step):
        tariff = eq.shock.tariff.copy()
        tariff[cell] += step
        return np.log(cut(0.3, tariff).real_income_hat[1])

    wide, narrow = ((value(h) - value(-h)) / (2 * h) for h in (2e-3, 1e-3))
    assert slope[cell] == pytest.approx((4 * narrow - wide) / 3, abs=1e-6 * np.abs(slope).max())


@pytest.mark.parametrize("seed", range(30))
def test_violent_shocks_are_solved_with_nests_wherever_they_are_without(seed):
    rng = np.random.default_rng(seed)
    base = small_input(seed, size=(3, 4))
    shock = random_shock(rng, base)
    plain, eq = (
        solve(base, shock, nests=nests, throw=False, max_iterations=1500)
        for nests in (None, rigid(base, 0.2))
    )
    assert eq.converged == plain.converged, eq.status
    if eq.converged:
        assert eq.residual < 1e-9
        parts = eq.income_parts
        assert np.allclose(sum(new for _, new in parts.values()), eq.income, rtol=1e-8)


@pytest.mark.slow
@pytest.mark.nightly
def test_the_split_of_the_world_at_three_horizons(icio):
    """Kiel Policy Brief 170: Germany 1 to 2 % in the long run, 4 in a year, 5 in months: the trade elasticity moves ours."""
    west = [*members("EU"), "USA", "GBR", "CAN", "JPN", "AUS", "NZL", "KOR", "NOR", "CHE", "ISL", "TWN"]
    sides = [
        [icio.economies.index(label) for label in labels if label in icio.economies]
        for labels in (west, ["CHN", "HKG", "RUS", "BLR"])
    ]
    closed = np.zeros(icio.pi.shape)
    for ours, theirs in (sides, sides[::-1]):
        closed[np.ix_(range(len(icio.sectors)), ours, theirs)] = 1.0
    shock = Shock(prohibited=closed)
    n = icio.economies.index("DEU")
    months = dataclasses.replace(icio, theta=np.maximum(0.25 * icio.theta, 0.3))
    nests = Nests(source="test", factors=0.5, inputs=0.1, final=0.9)
    long = solve(icio, shock)
    year = solve(icio, shock, factors="fixed", horizon="short", nests=nests)
    quarter = solve(months, shock, factors="fixed", nests=nests)
    losses = [100 * (1 - eq.real_income_hat[n]) for eq in (long, year, quarter)]
    assert 1 < losses[0] < 2
    assert losses[0] < losses[1] < losses[2]
    assert 2.5 < losses[1] < 4
    assert 4 < losses[2] < 5


# refusals


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": " "}, "nests without a source"),
        ({"final": -0.1}, "unusable elasticity"),
        ({"factors": {"S00": np.inf}}, "unusable elasticity"),
        ({"inputs": {"S9": 0.1}}, "S9"),
        ({"critical": (CriticalInput("S00", 0.1, {"S01": 0.0}),)}, "unusable exposed share"),
        ({"critical": (CriticalInput("S00", 0.1, {"S01": 1.1}),)}, "unusable exposed share"),
        ({"critical": (CriticalInput("S00", 0.1, {"S01": 0.9}, origins=1.0),)}, "unusable elasticity"),
        ({"critical": (CriticalInput("S00", 0.1, {"S01": 0.9}),) * 2}, "two nests of one industry"),
    ],
)
def test_unusable_nests_are_refused(changes, words):
    base = small_input(0)
    with pytest.raises(InputError, match=words):
        with_nests(base, Nests(**({"source": "test"} | changes)))


def test_what_has_no_substitute_cannot_be_closed():
    base = small_input(0)
    prohibited = np.zeros(base.pi.shape)
    prohibited[0, 1, 0] = 1.0
    eq = solve(base, Shock(prohibited=prohibited), nests=rigid(base, origins=0.5), throw=False)
    assert "infeasible" in eq.status
    assert base.sectors[0] in eq.status


def test_nests_before_a_split_are_refused():
    base = with_nests(small_input(0), rigid(small_input(0)))
    with pytest.raises(InputError, match="nests"):
        split_sector(base, "S01", "part", 0.1, source="test")
