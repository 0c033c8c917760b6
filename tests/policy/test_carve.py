"""Small parts carved out of wide industries: what is moved, what stays, and that the split alone changes nothing."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from detente.duties import Assumptions
from detente.ledger import open_ledger
from detente.model import Shock, raise_tariff, solve, split_sector
from detente.policy.instrument_table import instrument_table
from detente.policy.instruments.disaggregation import LARGEST_SHARE, carve, code_rate, part_share
from detente.schedules.usa import us_schedule
from detente.world import load_world
from policy.main_run import main_run, small_setting

# The split is exact in double precision; two solves of it are audited to 1e-9.
EXACT = 1e-12
SAME = 1e-9
ASSUMED = {item.name: item.value for item in instrument_table().assumptions}
PARTS = {part.name: part for part in instrument_table().parts}


@pytest.mark.parametrize("name", ["wiod2011", "icio2022"])
def test_the_carved_world_is_an_exact_baseline(name):
    world = load_world(name)
    baseline, parents = carve(world, ASSUMED)
    assert baseline.residual() < EXACT
    assert len(baseline.sectors) == len(world.sectors) + 2
    assert [world.sectors[k] for k in parents] == [
        {"rare-earths": PARTS["rare-earths"].parent[world.classification]}.get(label)
        or {"soybeans": PARTS["soybeans"].parent[world.classification]}.get(label, label)
        for label in baseline.sectors
    ]


def test_nothing_is_lost_by_carving():
    world = load_world("icio2022")
    whole, (baseline, parents) = world.baseline(), carve(world, ASSUMED)
    for k in range(len(world.sectors)):
        both = baseline.flows[parents == k].sum(axis=0)
        assert np.allclose(both, whole.flows[k], rtol=1e-12, atol=1e-9)
    assert np.allclose(baseline.income, whole.income, rtol=1e-12)
    assert np.allclose(baseline.value_added, whole.value_added, rtol=1e-12)


def test_without_a_shock_the_carved_world_stands_still():
    eq = solve(small_setting().baseline)
    assert np.abs(eq.real_income_hat - 1).max() < EXACT


@pytest.mark.parametrize(("sector", "name"), [("C20", "rare-earths"), ("A01", "soybeans")])
def test_the_split_alone_changes_nothing(sector, name):
    """At the parent's elasticity, shares and uses, the truce's own tariffs give the same answer to 1e-9."""
    base = load_world("icio2022").baseline()
    run = main_run()
    first = np.unique(run.setting.parents, return_index=True)[1]
    tariff = run.scenarios["truce"].law.tariff[first]
    split = split_sector(base, sector, name, 0.02)
    j = base.sectors.index(sector)
    whole = solve(base, Shock(tariff=tariff))
    parted = solve(split, Shock(tariff=np.insert(tariff, j + 1, tariff[j], axis=0)))
    assert np.abs(parted.real_income_hat - whole.real_income_hat).max() < SAME
    together = parted.flows[j] + parted.flows[j + 1]
    assert np.abs(together - whole.flows[j]).max() / whole.flows[j].max() < SAME


def test_the_rare_earths_of_china_by_hand():
    """Exports are the table's; home use is the named multiple of them."""
    world = load_world("icio2022")
    base = world.baseline()
    share = part_share(PARTS["rare-earths"], world, ASSUMED)
    value = share * base.flows[world.sectors.index("C20")]
    china = world.economies.index("CHN")
    others = np.arange(len(world.economies)) != china
    exports = value[others, china].sum()
    assert 500 < exports < 5000
    assert value[china, china] == pytest.approx(3.3 * exports, rel=0.2)
    assert exports > 0.3 * value[others][:, others].sum()


def test_soybeans_are_tons_at_the_farm_price():
    world = load_world("icio2022")
    base = world.baseline()
    value = part_share(PARTS["soybeans"], world, ASSUMED) * base.flows[world.sectors.index("A01")]
    n, i = world.economies.index("CHN"), world.economies.index("USA")
    most = LARGEST_SHARE * base.flows[world.sectors.index("A01"), n, i]
    assert value[n, i] <= most + 1e-9
    assert value[n, i] <= 522 * 29.53 * (1 + 1e-12)
    assert value[n, i] > 0.5 * 522 * 29.53
    assert value[n, world.economies.index("BRA")] > value[n, i]


@pytest.mark.parametrize("name", ["wiod2011", "icio2022"])
@pytest.mark.parametrize("part", list(PARTS))
def test_a_part_is_at_most_nine_tenths_of_a_flow(part, name):
    share = part_share(PARTS[part], load_world(name), ASSUMED)
    assert share.min() >= 0
    assert share.max() <= LARGEST_SHARE


def test_a_part_pays_what_its_own_codes_pay():
    """Rare earths are on the lists that exempt them from the reciprocal duty, so of 54 points they bear 20."""
    run = main_run()
    base = run.setting.baseline
    j, n, i = (base.sectors.index("rare-earths"), base.economies.index("USA"), base.economies.index("CHN"))
    change = run.scenarios["no-deal"].law.duties - run.setting.duties
    assert change[j, n, i] == pytest.approx(0.20, abs=EXACT)
    codes = PARTS["rare-earths"].codes["USA"]["CHN"]
    rate = code_rate(run.scenarios["no-deal"].book, "USA", "CHN", codes, Assumptions())
    before = code_rate(run.setting.book, "USA", "CHN", codes, Assumptions())
    assert rate - before == pytest.approx(change[j, n, i], abs=EXACT)


def test_soybeans_bear_the_farm_duty_until_it_ends():
    """China on US beans beside the ordinary 3 %: 10 and 10 points to 2025-11-09, 10 from the next day (23 and 13 %)."""
    ledger = open_ledger()
    codes = PARTS["soybeans"].codes["CHN"]["USA"]
    days = ("2024-12-31", "2025-11-09", "2025-11-10")
    before, farm, truce = (code_rate(ledger.on(day), "CHN", "USA", codes, Assumptions()) for day in days)
    assert farm - before == pytest.approx(0.20, abs=EXACT)
    assert truce - before == pytest.approx(0.10, abs=EXACT)


def test_the_codes_of_a_part_are_lines_of_the_importer():
    """A code no line bears would escape every list: each is a line of the US schedule, or on a list of China's."""
    lines = {str(code)[:8] for code in us_schedule().codes}
    ledger = open_ledger()
    answered = {
        code
        for name, items in ledger.lists.items()
        if name.startswith("cn_")
        for code in items.codes(dt.date(2025, 10, 27))
    }
    known = {"USA": lines, "CHN": answered}
    for part in PARTS.values():
        for importer, by_exporter in part.codes.items():
            for codes in by_exporter.values():
                assert set(codes) <= known[importer], part.name


def test_a_part_reacts_by_its_own_elasticity():
    base = small_setting().baseline
    assert base.theta[base.sectors.index("rare-earths")] == ASSUMED["ree_theta"]
    assert base.theta[base.sectors.index("soybeans")] == ASSUMED["soy_theta"]
    other, _ = carve(load_world("wiod2011"), ASSUMED | {"soy_theta": 5.0})
    tariff = raise_tariff(base, 0.25, importer="CHN", exporter="USA")
    j, n, i = base.sectors.index("soybeans"), base.economies.index("CHN"), base.economies.index("USA")
    sold = [solve(b, Shock(tariff=tariff)).flows[j, n, i] for b in (base, other)]
    assert sold[0] < sold[1]


def test_a_world_with_its_own_industries_is_left_whole():
    world = load_world("wiod2011").aggregate(sectors={"goods": ["c1", "c2"]})
    baseline, parents = carve(world, ASSUMED)
    assert baseline.sectors == world.sectors
    assert list(parents) == list(range(len(world.sectors)))
