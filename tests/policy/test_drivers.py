"""Drivers: exact solves order them; judgements that are skipped move nothing; moves are those of the whole calculation."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from detente.duties import Assumptions, additional_rates
from detente.ledger import open_ledger
from detente.policy import Options, load_study_spec, run_study
from detente.policy.instruments.relevant_assumptions import judgements
from detente.policy.outcomes import real_income_of
from detente.policy.solve_summary import keep
from detente.policy.studies.drivers import (
    MOST,
    PARTNERS,
    SOLVED,
    _ends,
    _instrument_moves,
    _tariff_moves,
    _theta_moves,
    drivers,
)
from detente.policy.studies.under_assumption import solve_under
from policy.main_run import main_document, main_run

# Sums of duties over lines, taken over several exporters at once or over one.
ROUNDING = 1e-13
# Days of different law: steel content at full value, by content, metals anew, after the court, floors for partners.
DAYS = ("2024-12-31", "2025-06-30", "2025-11-10", "2026-02-24", "2026-07-24")
ORIGINS = ("CHN", "CAN", "DEU")


def rates(book, importer, origin, judged):
    """Additional duties by sector."""
    return additional_rates(book, importer=importer, economies=(origin,), assumptions=judged).to_numpy()[:, 0]


@pytest.mark.parametrize("day", DAYS)
def test_a_judgement_that_is_not_read_moves_nothing(day):
    book, usual = open_ledger().on(day), Assumptions()
    skipped = 0
    for importer, origins in (("USA", ORIGINS), ("CHN", ("USA",))):
        for origin in origins:
            names, plain = judgements(book, importer, origin), rates(book, importer, origin, usual)
            for row in usual.rows():
                if row["name"] in names:
                    continue
                others = [value for value in row["alternatives"] if value != row["value"]]
                for value in _ends(others)[-1:]:
                    judged = Assumptions(**{row["name"]: value})
                    assert np.array_equal(rates(book, importer, origin, judged), plain), (row["name"], origin)
                    skipped += 1
    assert skipped > 20


def test_judgements_that_move_a_duty_are_read():
    """Known cases: the content of steel derivatives in 2025, the claims of Canada, the list of a waiver of China."""
    book = open_ledger().on("2025-11-10")
    assert {"steel_content", "usmca_use", "auto_parts_use"} <= judgements(book, "USA", "CAN")
    assert "usmca_use" not in judgements(book, "USA", "CHN")
    assert "cn_waiver" in judgements(book, "CHN", "USA")
    assert "cn_waiver" not in judgements(book, "USA", "CHN")


def test_moves_are_those_of_duties_worked_out_whole():
    """Against the duties of both books under the judgement, on every partner and without anything skipped."""
    run = main_run()
    found, setting = run.scenarios["truce"], run.setting
    economies, usual = setting.world.economies, setting.assumptions
    wanted = {("usmca_use", 0.0), ("steel_content", 1.0), ("exclusions_claimed", 0.5), ("cn_waiver", 0.0)}
    seen = set()
    for name, move in _tariff_moves(run, found):
        key = (name["assumption"], name["alternative"])
        if key not in wanted:
            continue
        seen.add(key)
        judged = Assumptions(**dict([key]))
        expected = np.zeros(setting.baseline.pi.shape)
        for importer, side in run.spec.pairs:
            for partner in {*PARTNERS, side} - {importer}:
                new, old = (
                    rates(found.book, importer, partner, x) - rates(setting.book, importer, partner, x)
                    for x in (judged, usual)
                )
                n, i = economies.index(importer), economies.index(partner)
                expected[:, n, i] = (new - old)[setting.parents]
        assert np.abs(move["tariff"] - expected).max() < ROUNDING, key
    assert seen == wanted


# What is shown is solved, not first order.

# A solve to a step of 1e-8 and one to 3e-11, as changes of real income.
CLOSE = 1e-8


@cache
def small_truce(closure="fixed"):
    """The main study's truce on the small world."""
    spec = load_study_spec("kuala-lumpur")
    scenarios = tuple(item for item in spec.scenarios if item.id == "truce")
    fields = {
        "world": "wiod2011",
        "second_world": None,
        "contrasts": (),
        "scenarios": scenarios,
        "closure": closure,
    }
    return run_study(spec.model_copy(update=fields), options=Options(robustness=False, contributions=False))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("usmca_use", 0.0),
        ("steel_content", 1.0),
        ("cn_waiver", 0.5),
        ("theta of c14", 7.0),
        ("theta of soybeans", 5.0),
        ("soy_theta", 5.0),
        ("ree_home_ratio", 2.0),
        ("chips_usd_bn", 5.0),
        ("soy_base_mt", 22.13),
    ],
)
def test_an_effect_is_that_of_the_study_run_anew(name, value):
    """By two ways: one scenario solved again from what changed, and the whole study with the assumption."""
    run = small_truce()
    side = solve_under(run, run.scenarios["truce"], name, value)
    options = Options(robustness=False, contributions=False, assume={name: value})
    whole = run_study(run.spec, options=options).scenarios["truce"].equilibrium
    assert side.status == "converged"
    assert np.abs(side.real_income_hat - whole.real_income_hat).max() < CLOSE


def test_without_deficits_elasticities_change_the_start_too():
    run = small_truce("zero")
    side = solve_under(run, run.scenarios["truce"], "theta of c14", 7.0)
    options = Options(robustness=False, contributions=False, assume={"theta of c14": 7.0})
    whole = run_study(run.spec, options=options).scenarios["truce"].equilibrium
    assert np.abs(side.real_income_hat - whole.real_income_hat).max() < CLOSE


def test_the_table_is_that_of_every_assumption_solved():
    """Nothing that first order ranked low is missing: all alternatives solved, the five largest of each label are shown."""
    run = small_truce()
    found, shown = run.scenarios["truce"], drivers(run, "truce")
    base = run.setting.baseline
    inside = {label: [base.economies.index(label)] for label in ("USA", "CHN")}
    inside["WORLD"] = list(range(len(base.economies)))
    still = {label: real_income_of(keep(found.equilibrium), where) for label, where in inside.items()}
    best: dict[str, dict[str, float]] = {label: {} for label in inside}
    for makers in (_theta_moves, _instrument_moves, _tariff_moves):
        for name, _move in makers(run, found):
            side = solve_under(run, found, name["assumption"], name["alternative"])
            for label, where in inside.items():
                effect = real_income_of(side, where) - still[label]
                best[label][name["assumption"]] = max(
                    best[label].get(name["assumption"], 0.0), effect, key=abs
                )
    for label, effects in best.items():
        largest = sorted(effects, key=lambda name: -abs(effects[name]))[:MOST]
        rows = shown.rows[label]
        assert [row.assumption for row in rows] == largest
        for row in rows:
            assert row.effect_pct == pytest.approx(effects[row.assumption], abs=100 * CLOSE)
        assert shown.checked[label].solved >= SOLVED


def test_the_numbers_that_were_first_order():
    """The use of the agreement with Canada and Mexico: +0.2388 would be shown at first order, +0.0272 is right."""
    rows = main_document()["result"]["drivers"]["truce"]
    (usa,) = (row for row in rows["USA"] if row["assumption"] == "usmca_use")
    assert usa["alternative"] == 0.0
    assert round(usa["effect_pct"], 4) == 0.0272
    assert round(usa["first_order_pct"], 4) == 0.2388
    for label, of in rows.items():
        sizes = [abs(row["effect_pct"]) for row in of]
        assert sizes == sorted(sizes, reverse=True), label
    assert rows["WORLD"][0]["assumption"] == "usmca_use"


def test_every_first_order_number_says_how_far_it_was():
    result = main_document()["result"]
    for scenario, checks in result["drivers_checked"].items():
        for label, check in checks.items():
            gaps = [
                abs(row["effect_pct"] - row["first_order_pct"]) for row in result["drivers"][scenario][label]
            ]
            assert check["largest_gap_pct"] >= max(gaps) - ROUNDING
            assert check["converged"] == check["solved"]
    assert result["drivers_checked"]["truce"]["USA"]["largest_gap_of"] == "usmca_use"
