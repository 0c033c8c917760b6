"""Critical inputs: the table and its sources, the carve, stocks and limits, real GDP, and what happened."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from detente.cli import main
from detente.errors import InputError, StudyError
from detente.model import Limit, Shock, solve
from detente.model.results.gdp import measure_gdp
from detente.policy.chokepoints.carve import LARGEST_SHARE, carve, origins
from detente.policy.chokepoints.cut import CORNERS, Case, nests_of, shock_of, shortage
from detente.policy.chokepoints.document import choke_point_answer
from detente.policy.chokepoints.losses import Losses
from detente.policy.chokepoints.table import (
    FOLDER,
    HORIZONS,
    choke_points,
    cost_shares,
    facts,
    find_choke_point,
)
from detente.world import load_world
from model.test_nests import a_tariff, rigid, small_input

ITEMS = {item.id: item for item in choke_points().inputs}
REPO = Path(__file__).parents[2]
SHARED = REPO.parent / "shared"
# The carve is exact in double precision.
EXACT = 1e-12
# Two sums over a few hundred cells of one equilibrium that was audited to 1e-12.
AGREE = 1e-10


@pytest.fixture(scope="module")
def world():
    return load_world("icio2022")


@pytest.fixture(scope="module")
def carved(world):
    return {name: carve(item, world) for name, item in ITEMS.items()}


# the table


def test_every_row_cited_is_held_and_every_row_held_is_cited():
    text = (FOLDER / "cost_shares.csv").read_text(encoding="utf-8")
    shares = {int(row) for line in csv.DictReader(text.splitlines()) for row in line["rows"].split()}
    assert set(map(int, facts().index)) == choke_points().cited() | shares
    assert not facts()["source"].isna().any()


def test_ranges_are_in_order_and_harder_horizons_come_first():
    for item in ITEMS.values():
        central = [item.horizons[horizon].bundle[1] for horizon in HORIZONS]
        assert central == sorted(central), item.id
        assert set(cost_shares(item.sized_by or item.id)[item.like or item.episodes[0].use]) >= set(
            item.exposed
        )


def test_the_tables_are_what_the_script_makes_of_the_facts(tmp_path, monkeypatch):
    if not (SHARED / "facts/critical_inputs.csv").exists():
        pytest.skip("the facts about critical inputs lie outside the repository, in ../shared")
    spec = importlib.util.spec_from_file_location("build_chokepoints", REPO / "scripts/build_chokepoints.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "OUT", tmp_path)
    monkeypatch.setattr("sys.argv", ["build_chokepoints.py", "--shared", str(SHARED)])
    script.main()
    for name in ("facts.csv", "cost_shares.csv"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


def test_names_may_be_written_as_words():
    assert find_choke_point("Rare Earths").id == "rare-earths"


def test_unknown_inputs_are_refused_and_those_not_covered_say_why():
    with pytest.raises(InputError, match="no such critical input") as refused:
        find_choke_point("magnet")
    assert "magnets" in str(refused.value)
    with pytest.raises(InputError, match="bought as investment"):
        find_choke_point("ai-chips")


# the carve


@pytest.mark.parametrize("name", ITEMS)
def test_a_carved_world_is_exact_and_keeps_every_total(world, carved, name):
    whole, base = world.baseline(), carved[name].base
    assert base.residual() < EXACT
    j = whole.sectors.index(ITEMS[name].parent["icio49"])
    k = base.sectors.index(name)
    assert np.allclose(base.flows[j] + base.flows[k], whole.flows[j], rtol=1e-12, atol=1e-9)
    assert np.allclose(base.output[j] + base.output[k], whole.output[j], rtol=1e-12)
    assert np.allclose(base.income, whole.income, rtol=1e-12)
    assert np.allclose(base.value_added, whole.value_added, rtol=1e-12)


@pytest.mark.parametrize("name", ITEMS)
def test_each_industry_buys_what_its_cost_share_says(world, carved, name):
    """Value over output is the cited share, as far as the industry, and each origin, has that much of the parent at all."""
    item, base, whole = ITEMS[name], carved[name].base, world.baseline()
    k, parent = base.sectors.index(name), whole.sectors.index(item.parent["icio49"])
    for label, by_user in cost_shares(item.sized_by or name).items():
        if label not in base.economies:
            continue
        n = base.economies.index(label)
        for user, share in by_user.items():
            if user in item.exposed:
                j = base.sectors.index(user)
                most = LARGEST_SHARE * whole.io[parent, whole.sectors.index(user), n]
                assert base.io[k, j, n] == pytest.approx(min(share[1], most), rel=0.05), (label, user)


def test_magnets_have_the_sizes_of_the_trade_data(carved):
    """Use in bn USD: US 0.45 to 0.55, Japan 0.9 to 1.7, Germany 0.4 to 0.65 (rows 275 to 310); US imports 76 % Chinese."""
    base = carved["magnets"].base
    k, holder = base.sectors.index("magnets"), base.economies.index("CHN")
    for label, low, high in (("USA", 450, 550), ("JPN", 900, 1700), ("DEU", 400, 650), ("KOR", 250, 450)):
        assert low <= base.spending[k, base.economies.index(label)] <= high, label
    n = base.economies.index("USA")
    imports = 1 - base.pi[k, n, n]
    assert base.pi[k, n, holder] / imports == pytest.approx(0.759, abs=0.01)
    exports = base.flows[k, :, holder].sum() - base.flows[k, holder, holder]
    assert 2_000 < exports < 4_500  # 2.86 bn USD in 2024 by customs; the rest of the world's use is estimated


def test_origins_add_up(world):
    for item in ITEMS.values():
        for pick in (0, 1, 2):
            shares = origins(item, world.baseline(), pick)
            assert np.allclose(shares.sum(axis=1), 1)
            assert (shares >= 0).all()


def test_a_world_of_another_classification_is_refused():
    with pytest.raises(StudyError, match="classification"):
        carve(ITEMS["magnets"], load_world("wiod2011"))


def test_without_a_cut_nothing_happens(carved):
    item = ITEMS["magnets"]
    eq = solve(carved["magnets"].base, nests=nests_of(item, carved["magnets"].base, Case("quarter")))
    assert np.abs(eq.real_income_hat - 1).max() < 1e-9
    made = measure_gdp(eq)
    old, new = made.before, made.at_old_prices
    assert np.abs(new / old - 1).max() < 1e-9


# stocks and limits


def test_stocks_come_first():
    item = ITEMS["magnets"]
    assert shortage(item, Case("quarter", cut=0.52)) == pytest.approx(0.52 - 6 / 13)
    assert shortage(item, Case("quarter", cut=0.4)) == 0
    assert shortage(item, Case("year", cut=0.8)) == pytest.approx(0.8 - 6 / 52)
    assert shortage(item, Case("quarter", "severe", cut=0.52)) == pytest.approx(0.52 - 4 / 13)
    assert shortage(item, Case("long", cut=0.8)) == 0.8
    assert shortage(item, Case("quarter", cut=1.0, weeks=5)) == 0
    assert shortage(item, Case("quarter", cut=0.8, ends=(("stock_weeks", 0),))) == pytest.approx(0.8 - 4 / 13)


def test_a_cut_covered_by_stocks_is_no_shock(carved):
    item, base = ITEMS["magnets"], carved["magnets"].base
    assert shock_of(item, base, Case("quarter", cut=0.4)).limits == ()


def test_large_buyers_have_licences_of_their_own(carved):
    item, base = ITEMS["magnets"], carved["magnets"].base
    limits = shock_of(item, base, Case("year", cut=0.5)).limits
    assert len(limits) > 5
    named = [limit.importers for limit in limits]
    assert ("USA",) in named
    k, i = base.sectors.index("magnets"), base.economies.index("CHN")
    sold = {base.economies[n] for n in np.flatnonzero(base.flows[k, :, i] > 0)}
    assert sorted(label for own in named for label in own) == sorted(sold - {"CHN"})
    assert len(shock_of(item, base, Case("year", cut=0.5, pooled=True)).limits) == 1
    assert {limit.spot for limit in limits} == {item.spot[1]}


def test_corners_take_the_ends_that_soften_or_harden():
    mild, severe = Case("year", "mild"), Case("year", "severe")
    assert (mild.pick("bundle"), severe.pick("bundle")) == (2, 0)
    assert (mild.pick("exposed"), severe.pick("exposed")) == (0, 2)
    assert mild.pick("inputs") == severe.pick("inputs") == 1
    assert Case("year", ends=(("exposed", 2),)).pick("exposed") == 2


# real GDP


def production_side(eq):
    """What is made less what it takes, at base prices, every origin at its own; and duties on what arrives."""
    base = eq.base
    delivered = eq.effective_wedges[2] * eq.cost_hat[:, None, :]
    made = (eq.output / eq.cost_hat).sum(axis=0)
    taken = np.einsum("kjn,jn->kn", eq.cost_shares.inputs, eq.output) * (eq.pi / delivered).sum(axis=2)
    arrived = eq.pi * eq.spending[:, :, None] / delivered
    duty = (arrived * base.tariff / (1 + base.tariff)).sum(axis=(0, 2))
    return made - taken.sum(axis=0) + duty


@pytest.mark.parametrize("seed", range(4))
def test_both_sides_of_gdp_agree(seed):
    base = small_input(seed)
    limit = Limit("S00", "E001", "E000", volume=0.5, spot=0.3)
    shock = Shock(tariff=a_tariff(base, 0.3).tariff, limits=(limit,))
    eq = solve(base, shock, nests=rigid(base), tolerance=1e-14)
    made = measure_gdp(eq)
    old, new = made.before, made.at_old_prices
    assert np.allclose(new, production_side(eq), rtol=AGREE)
    assert np.allclose(old, production_side(solve(base)), rtol=1e-8)


def test_terms_of_trade_move_income_and_not_gdp():
    """A small duty moves real income by the terms of trade; GDP at fixed prices only by the wedges already there."""
    base = small_input(3)
    plain = solve(base, Shock(tariff=np.zeros(base.tariff.shape)), tolerance=1e-13).as_baseline()
    tariff = np.zeros(base.tariff.shape)
    tariff[:, 0, 1:] = 1e-3
    eq = solve(plain, Shock(tariff=tariff), tolerance=1e-14)
    made = measure_gdp(eq)
    old, new = made.before, made.at_old_prices
    income = eq.real_income_hat[0] - 1
    assert income > 1e-5
    assert abs(new[0] / old[0] - 1) < 0.05 * income


# what happened


@pytest.fixture(scope="module")
def losses(world):
    return {name: Losses(item, world, ["USA", "JPN", "DEU", "EU", "CHN"]) for name, item in ITEMS.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, item in ITEMS.items() if item.episodes])
def test_the_model_is_held_against_what_happened(losses, name):
    """Second quarter of 2025 for magnets, Nexperia in October 2025, soybeans in 2025."""
    for one in ITEMS[name].episodes:
        found = losses[name].episode(one)
        assert found["central_within"], found
        assert found["change_pct_min"] <= found["change_pct"] <= found["change_pct_max"]
    assert not losses[name].failed


@pytest.mark.slow
def test_without_stocks_the_quarter_of_2025_would_fail(world, carved):
    """What holds the episode is the stock: with none, world output of cars would have fallen by far more than it did."""
    item = ITEMS["magnets"]
    bare = item.model_copy(update={"stock_weeks": (0.0, 0.0, 0.0)})
    found = Losses(bare, world, ["USA"]).episode(item.episodes[0])
    assert found["change_pct"] < -1.0
    assert not found["central_within"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["magnets", "rare-earths"])
def test_losses_vanish_in_the_long_run_and_grow_with_the_cut(losses, name):
    rows = {(row["horizon"], row["economy"]): row for row in losses[name].rows(0.8)}
    published = rows["year", "JPN"]["published_pct_min"], rows["year", "JPN"]["published_pct_max"]
    assert published == (-1.8, -0.43)
    assert rows["long", "JPN"]["published_pct_min"] is None
    for label in ("USA", "JPN", "DEU", "EU"):
        assert -0.05 < rows["long", label]["gdp_pct"] <= 0
        assert rows["year", label]["gdp_pct"] < rows["long", label]["gdp_pct"] + 1e-6
        assert rows["year", label]["gdp_pct_min"] <= rows["year", label]["gdp_pct"]
    found = [losses[name].changes(Case("year", cut=cut))["DEU"][0] for cut in (0.3, 0.6, 0.9)]
    assert found == sorted(found, reverse=True)
    assert not losses[name].failed


@pytest.mark.slow
@pytest.mark.parametrize("name", ITEMS)
@pytest.mark.parametrize("horizon", HORIZONS)
def test_every_corner_is_an_equilibrium_by_the_audit(losses, name, horizon):
    for corner in CORNERS:
        eq = losses[name].solve(Case(horizon, corner, ITEMS[name].cut))
        assert eq.residual < 1e-9
        for bound in eq.constraints:
            assert bound.volume_hat == pytest.approx(bound.bound, rel=1e-6, abs=1e-9)


# the answer


def test_wrong_questions_are_refused(world):
    for given, words in (
        ({"cut": 0.0}, "unusable cut"),
        ({"cut": 1.2}, "unusable cut"),
        ({"economies": ("Atlantis",)}, "Atlantis"),
        ({"economies": tuple(world.economies[:13])}, "too many economies"),
    ):
        with pytest.raises(InputError, match=words):
            choke_point_answer("magnets", world, **given)


@pytest.mark.slow
def test_the_answer_has_every_part(world):
    found = choke_point_answer("soybeans", world, economies=("China", "EU"))
    result = found["result"]
    assert [(row["horizon"], row["economy"]) for row in result["rows"]] == [
        (horizon, label) for horizon in HORIZONS for label in ("CHN", "EU")
    ]
    for row in result["rows"]:
        assert row["gdp_pct_min"] <= row["gdp_pct"] <= row["gdp_pct_max"]
        assert row["real_income_pct_min"] <= row["real_income_pct"] <= row["real_income_pct_max"]
    assert {row["assumption"] for row in result["drivers"]} >= {"bundle", "exposed", "stock_weeks", "size"}
    assert result["curve"]
    assert result["episodes"][0]["watched"] == "use in CHN"
    assert result["published"][0]["sources"]
    assert all(row["why"] and row["source"] for row in found["assumptions"])


@pytest.mark.slow
def test_the_command_prints_ranges_curve_drivers_and_what_happened(capsys):
    assert main(["chokepoints", "soybeans", "--economies", "China"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for words in (
        "What a cut of critical inputs costs (US soybeans for China) in the world economy of 2022",
        "held by USA, 100 % of its deliveries abroad cut; real GDP, %",
        "CHN over the cut (across) and the elasticity (down), year",
        "stock_weeks",
        "soybeans-2025",
        "central estimate within",
        "not covered: ai-chips",
        "No number here was fitted",
    ):
        assert words in said, words
