from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pytest

from detente.errors import StudyError
from detente.model import Limit, Shock, Target, raise_tariff, solve
from detente.policy.outcomes import economy_outcomes, group_members, group_outcomes
from detente.policy.studies.run import Options, run_study
from detente.policy.sweeps import prepare
from detente.policy.sweeps.design import load_design
from detente.policy.sweeps.document import bands_document
from detente.policy.sweeps.duties import exact_duties, tables_from_file, tables_to_bytes
from detente.policy.sweeps.outcomes import tariff_revenue
from detente.policy.sweeps.prepare import prepare_cases, with_law
from detente.policy.sweeps.spread.bands import Bands, read_results
from detente.policy.sweeps.spread.slopes import _Middle as slopes_middle
from detente.policy.sweeps.spread.slopes import slope_drivers
from detente.policy.sweeps.stores.store import to_bytes
from detente.policy.sweeps.sweep import Sweep, run_cases

# Both ways stop within 1e-9 of an equilibrium; outcomes are percent.
SOLVED = 1e-7
# A draw at the defaults is the study itself, both solved to 1e-9.
SAME = 1e-8
# Straight lines between exact values of a share: rounding only.
LINE = 1e-12
# A slope by differences of solves, relative.
SLOPE = 1e-3


@pytest.fixture(scope="module")
def swept(cases, tmp_path_factory):
    return Sweep(cases, run_cases(cases, tmp_path_factory.mktemp("small") / "store", workers=2))


@pytest.fixture(scope="module")
def study_run(cases, ledger):
    return run_study(cases.study, options=Options(robustness=False, contributions=False), ledger=ledger)


def test_a_draw_of_nothing_is_the_study_itself(cases, study_run):
    rows = cases.solve_draw({})
    for spec, row in zip(cases.study.scenarios, rows, strict=True):
        eq = study_run.scenarios[spec.id].equilibrium
        economies = economy_outcomes(eq, study_run.world)
        for name in cases.design.outcomes:
            shown = [economies[label] for label in cases.labels if label in economies]
            shown += [
                group_outcomes(eq, group_members(group, study_run.world, spec))
                for group in cases.study.groups
            ]
            expected = [getattr(outcomes, name) for outcomes in shown]
            np.testing.assert_allclose(row[name], expected, atol=SOLVED, rtol=SOLVED)


def listed(design_file, ledger, text):
    """Cases of a list design on the small study."""
    path = design_file.parent / f"list-{abs(hash(text))}.yaml"
    head = "id: listed\ntitle: t\nstudy: study.yaml\nseed: 1\nsample: list\n"
    path.write_text(head + text, encoding="utf-8")
    design, study = load_design(path)
    return with_law(prepare_cases(design, study, ledger), ledger, path.with_suffix(".npz"))


@pytest.mark.parametrize(
    "text", ["closure: saving\nrows: [{soy_theta: 5.3}]\n", "rows: [{closure: saving}]\n"]
)
def test_a_draw_of_a_closure_is_the_study_under_it(design_file, ledger, study_run, text):
    cases = listed(design_file, ledger, text)
    (draw,) = cases.sampler.draw(0, 1)
    options = Options(robustness=False, contributions=False, closure="saving")
    run = run_study(cases.study, options=options, ledger=ledger)
    for spec, row in zip(cases.study.scenarios, cases.solve_draw(draw), strict=True):
        hats = run.scenarios[spec.id].equilibrium.real_income_pct
        found = dict(zip(cases.labels, row["real_income_pct"], strict=True))
        assert [found[label] for label in hats.index if label in found] == pytest.approx(
            [hats[label] for label in hats.index if label in found], abs=SAME
        )
        assert np.abs(hats - study_run.scenarios[spec.id].equilibrium.real_income_pct).max() > 1e-3


def test_only_a_design_under_saving_is_named_by_what_is_invested(design_file, ledger, monkeypatch):
    keys = []
    for shares in (None, [0.25]):
        if shares:
            monkeypatch.setattr(prepare, "require_investment", lambda _, shares=shares: np.array(shares))
        texts = (
            "rows: [{closure: saving}]\n",
            "closure: saving\nrows: [{soy_theta: 5.3}]\n",
            "rows: [{closure: zero}]\n",
        )
        keys.append([listed(design_file, ledger, text).key for text in texts])
    assert [first == second for first, second in zip(*keys, strict=True)] == [False, False, True]


@pytest.mark.parametrize("text", ["closure: zero\nrows: [{soy_theta: 5.3}]\n", "rows: [{closure: zero}]\n"])
def test_without_deficits_the_defaults_are_the_study_without_deficits(design_file, ledger, study_run, text):
    cases = listed(design_file, ledger, text)
    assert cases.study.assumed(cases.study.baseline)["soy_theta"] == 5.3
    (draw,) = cases.sampler.draw(0, 1)
    options = Options(robustness=False, contributions=False, closure="zero")
    run = run_study(cases.study, options=options, ledger=ledger)
    rows = cases.solve_draw(draw)
    for spec, row in zip(cases.study.scenarios, rows, strict=True):
        hats = run.scenarios[spec.id].equilibrium.real_income_pct
        with_deficits = study_run.scenarios[spec.id].equilibrium.real_income_pct
        for k, label in enumerate(cases.labels):
            if label in hats.index:
                assert row["real_income_pct"][k] == pytest.approx(hats[label], abs=SAME)
        assert np.abs(hats - with_deficits).max() > 1e-3


def test_a_draw_starts_from_the_law_of_another_baseline(design_file, ledger):
    """The first scenario as the baseline, in a draw of its own elasticities and judgements: the study run with the same."""
    folder = design_file.parent / "moved"
    folder.mkdir()
    text = (design_file.parent / "study.yaml").read_text(encoding="utf-8")
    base = 'label: Before, definition: the ledger on 2025-10-27, "on": "2025-10-27", known_on: "2025-10-27"}'
    old = 'label: Before, definition: the ledger on 2024-12-31, "on": "2024-12-31"}'
    assert old in text
    (folder / "study.yaml").write_text(text.replace(old, base), encoding="utf-8")
    path = folder / "design.yaml"
    path.write_text(design_file.read_text(encoding="utf-8"), encoding="utf-8")
    cases = listed(path, ledger, "rows: [{cn_waiver: 0.5, soy_theta: 8, ree_licence_cost: 0.1}]\n")
    (draw,) = cases.sampler.draw(0, 1)
    rows = cases.solve_draw(draw)
    options = Options(robustness=False, contributions=False, assume=draw)
    run = run_study(cases.study, options=options, ledger=ledger)
    assert run.setting.moved is not None
    for spec, row in zip(cases.study.scenarios, rows, strict=True):
        hats = run.scenarios[spec.id].equilibrium.real_income_pct
        own = [hats[label] for label in cases.labels if label in hats.index]
        np.testing.assert_allclose(row["real_income_pct"][: len(own)], own, atol=1e-7)


def test_deficits_are_taken_away_with_the_elasticities_of_the_draw(cases):
    draw = cases.sampler.draw(0, 8)[2] | {"closure": "zero"}
    place = cases.place(draw)
    base = cases.setting(place, draw).baseline
    before = cases.setting(place, draw | {"closure": "fixed"}).baseline
    np.testing.assert_array_equal(base.theta, before.theta)
    assert np.abs(before.deficit).max() > 1e4
    assert np.abs(base.deficit).max() < 1e-3
    again = solve(before, closure="zero").as_baseline()
    np.testing.assert_allclose(base.pi, again.pi, atol=1e-12)
    assert np.abs(base.pi - place.balanced.pi).max() > 1e-6


def test_a_draw_whose_start_cannot_be_solved_fails_by_itself(cases, monkeypatch):
    from detente.errors import ConvergenceError  # noqa: PLC0415

    def no_answer(*_arguments, **_options):
        raise ConvergenceError("not converged", where="closure zero")

    monkeypatch.setattr("detente.policy.studies.starting_point.solve", no_answer)
    rows = cases.solve_draw({"closure": "zero", "soy_theta": 7.0})
    assert [row["status"] for row in rows] == ["ConvergenceError: not converged closure zero"] * 2
    assert [row["status"] for row in cases.solve_draw({})] == ["converged"] * 2


def test_rows_of_a_list_move_the_duties(design_file, ledger):
    cases = listed(design_file, ledger, "rows: [{cn_waiver: 0.5}, {cn_waiver: 0.8}, {ree_volume: 0.4}]\n")
    low, usual, other = cases.sampler.draw(0, 3)
    spec, place = cases.study.scenarios[0], cases.place({})
    laws = [cases.law(place, cases.setting(place, draw), spec, draw) for draw in (low, usual, other)]
    exact = exact_duties(cases.study, spec, place.setting, ledger)
    np.testing.assert_allclose(laws[0].duties, exact(low), atol=LINE)
    np.testing.assert_allclose(laws[1].duties, exact({}), atol=LINE)
    np.testing.assert_allclose(laws[2].duties, exact({}), atol=LINE)
    assert np.abs(laws[0].duties - laws[1].duties).max() > 0.01


def test_an_economy_that_the_world_lacks_is_refused_before_anything_is_solved(design_file, ledger):
    design, study = load_design(design_file)
    with pytest.raises(StudyError, match="does not have an economy") as caught:
        prepare_cases(design, study.model_copy(update={"pairs": (("USA", "VNM"),)}), ledger)
    assert caught.value.found == "VNM"


def test_slopes_without_deficits_are_differences_of_solves(design_file, ledger):
    text = "elasticities: {common_log_sd: 0, relative_error: 0.2, low: 1, high: 25, why: w, source: s}\n"
    path = design_file.parent / "balanced.yaml"
    head = (
        "id: balanced\ntitle: t\nstudy: study.yaml\ndraws: 4\nseed: 1\nclosure: zero\nscenarios: [no-deal]\n"
    )
    path.write_text(head + text, encoding="utf-8")
    design, study = load_design(path)
    cases = with_law(prepare_cases(design, study, ledger), ledger, path.with_suffix(".npz"))
    middle = slopes_middle(cases, "no-deal", "USA")
    draw, name, step = middle.draw, "theta.c14", 1e-2
    k = cases.labels.index("USA")
    ends = [
        cases.solve_draw(draw | {name: draw[name] + sign * step})[0]["real_income_pct"][k] for sign in (-1, 1)
    ]
    row = middle.row(name)
    assert row["method"] == "solve"
    assert row["slope"] == pytest.approx((ends[1] - ends[0]) / (2 * step), rel=SLOPE)


def test_a_draw_sets_elasticities_closure_and_assumptions(cases):
    draw = cases.sampler.draw(0, 8)[3] | {"closure": "zero"}
    place = cases.place(draw)
    setting = cases.setting(place, draw)
    sectors = setting.baseline.sectors
    assert setting.baseline.theta[sectors.index("soybeans")] == draw["soy_theta"]
    assert setting.baseline.theta[sectors.index("c14")] == draw["theta.c14"]
    assert setting.baseline.theta[sectors.index("rare-earths")] == 1.0
    row = cases.solve_draw(draw)[1]
    law = cases.law(place, setting, cases.study.scenarios[1], draw)
    eq = solve(setting.baseline, law.shock, closure="zero")
    assert row["real_income_pct"][0] == pytest.approx(eq.real_income_pct.iloc[0], abs=SOLVED)


def test_a_parameter_of_one_scenario_leaves_the_others_alone(cases):
    place = cases.place({})
    no_deal, truce = cases.study.scenarios
    setting = cases.setting(place, {"ree_volume": 0.4})
    assert cases.law(place, setting, no_deal, {"ree_volume": 0.4}).shock.limits[0].volume == 0.4
    assert cases.law(place, setting, truce, {"ree_volume": 0.4}).shock.limits == ()
    assert cases.law(place, setting, no_deal, {}).shock.limits[0].volume == 0.26


def test_the_table_of_duties_is_the_law_worked_out_line_by_line(cases, ledger):
    spec = cases.study.scenarios[0]
    setting = cases.place({}).setting
    exact = exact_duties(cases.study, spec, setting, ledger)
    table = cases.duties[setting.world.name, spec.id]
    assert set(table.nodes) == {"cn_waiver"}
    draws = [{"cn_waiver": 0.5}, {"cn_waiver": 0.6789}, {"cn_waiver": 0.9}, {}]
    assert max(float(np.abs(table.at(draw) - exact(draw)).max()) for draw in draws) < LINE
    assert np.abs(table.at({"cn_waiver": 0.5}) - table.at({})).max() > 0.01


def test_tables_come_back_from_their_file(cases, tmp_path):
    path = tmp_path / "law.npz"
    path.write_bytes(tables_to_bytes(dict(cases.duties)))
    back = tables_from_file(path)
    for key, table in cases.duties.items():
        np.testing.assert_array_equal(back[key].at({"cn_waiver": 0.7}), table.at({"cn_waiver": 0.7}))
    path.write_bytes(path.read_bytes()[:-500])
    assert tables_from_file(path) is None
    assert tables_from_file(tmp_path / "absent") is None


@pytest.mark.parametrize("closure", ["fixed", "saving"])
@pytest.mark.parametrize(
    "bounds",
    [
        {},
        {"targets": (Target("c1", "CHN", "USA", volume=1.3),)},
        {"limits": (Limit("c14", "USA", "CHN", volume=0.5),)},
        {"limits": (Limit("c14", "USA", "CHN", volume=0.5, rent_to="importer"),)},
        {
            "limits": (
                Limit("c14", "USA", "CHN", volume=0.5),
                Limit("c13", ("USA", "DEU"), "CHN", volume=0.6),
            ),
            "targets": (Target("c1", "CHN", "USA", volume=1.3),),
        },
        {"limits": (Limit("c14", "USA", "CHN", volume=0.5), Limit("c14", "DEU", "CHN", volume=0.6))},
    ],
)
def test_tariff_revenue_without_the_flows_is_that_of_the_flows(cases, bounds, closure):
    base = cases.place({}).setting.world.baseline()
    shock = Shock(tariff=raise_tariff(base, 0.2, importer="USA", exporter="CHN"), **bounds)
    eq = solve(base, shock, closure=closure)
    np.testing.assert_allclose(tariff_revenue(eq), eq.tariff_revenue["new"], rtol=1e-9, atol=1e-3)


def test_a_part_is_the_same_bytes_wherever_it_is_solved(cases):
    shipped = pickle.loads(pickle.dumps(cases))  # noqa: S301
    shipped.solve(0, 2)
    assert to_bytes(shipped.solve(3, 5)) == to_bytes(cases.solve(3, 5))


def test_scenarios_that_never_converge_are_kept_and_the_run_ends(cases, tmp_path):
    design = cases.design.model_copy(update={"max_iterations": 2, "draws": 3})
    sampler = dataclasses.replace(cases.sampler, design=design)
    stopped = dataclasses.replace(cases, design=design, sampler=sampler, key="stopped")
    done = run_cases(stopped, tmp_path / "store", workers=1)
    assert done.rows == 6
    assert len(done.failed) == 6
    assert all("not converged" in reason for _, _, reason in done.failed)
    assert bands_document(Sweep(stopped, done))["scenarios"] == {}


def test_an_assumption_out_of_range_fails_its_own_scenario_only(cases, monkeypatch):
    from detente.errors import InputError  # noqa: PLC0415

    real = type(cases).law

    def law(self, place, setting, spec, draw):
        if spec.id == "truce":
            raise InputError("out of range")
        return real(self, place, setting, spec, draw)

    monkeypatch.setattr(type(cases), "law", law)
    first, second = cases.solve_draw({})
    assert first["status"] == "converged"
    assert second["status"] == "InputError: out of range"


def test_expected_values_are_the_states_weighted(swept):
    bands = Bands(swept, read_results(swept))
    policy = swept.design.policies[0]
    truce = bands.results.of("real_income_pct", "truce")
    no_deal = bands.results.of("real_income_pct", "no-deal")
    expected = bands.expected(policy, "real_income_pct")
    np.testing.assert_allclose(expected["mean"], (0.75 * truce + 0.25 * no_deal).mean(axis=0))
    np.testing.assert_allclose(bands.contrasts["worth"]["mean"], (truce - no_deal).mean(axis=0))
    mixture = bands.mixture(policy, "real_income_pct")
    np.testing.assert_allclose(mixture["mean"], expected["mean"], rtol=1e-9)


def test_the_document_holds_bands_by_name(swept):
    document = bands_document(swept, ["USA", "WORLD"])
    assert document["draws"] == 8
    income = document["scenarios"]["truce"]["real_income_pct"]
    assert set(income) == {"USA", "WORLD"}
    assert income["USA"]["q05"] < income["USA"]["q50"] < income["USA"]["q95"]
    assert document["fan"]["real_income_pct"][0]["point"] == "november"


def test_slopes_are_differences_of_solves(cases):
    found = slope_drivers(cases, "no-deal", "USA")
    by_name = {row["name"]: row for row in found.rows}
    columns = cases.sampler.transform(np.full((1, len(cases.sampler.names)), 0.5))
    middle = {
        name: column[0] if isinstance(column[0], str) else float(column[0])
        for name, column in columns.items()
    }
    middle["closure"] = "fixed"
    k = cases.labels.index("USA")

    def income(name, step):
        return cases.solve_draw(middle | {name: middle[name] + step})[0]["real_income_pct"][k]

    assert found.middle == pytest.approx(income("cn_waiver", 0.0), abs=SOLVED)
    for name, step in (
        ("cn_waiver", 1e-3),
        ("theta.c14", 1e-2),
        ("ree_licence_cost", 1e-3),
        ("ree_volume", 1e-3),
    ):
        slope = (income(name, step) - income(name, -step)) / (2 * step)
        assert by_name[name]["slope"] == pytest.approx(slope, rel=SLOPE, abs=1e-6)
    assert by_name["theta.c14"]["method"] == "adjoint"
    assert by_name["ree_volume"]["method"] == "solve"
    assert sum(row["share"] for row in found.rows) == pytest.approx(1)
