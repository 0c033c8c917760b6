"""A design at a horizon: the draws of the long run with the ratio of elasticities beside them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from detente.errors import InputError
from detente.model import elasticity_ratio, path_band
from detente.policy import Options, run_study
from detente.policy.documents.bands import BandsAt
from detente.policy.sweeps.design import load_design
from detente.policy.sweeps.document import horizon_note
from detente.policy.sweeps.prepare import prepare_cases, with_law
from detente.policy.sweeps.sampling import Sampler
from detente.policy.sweeps.schema import HORIZON
from detente.policy.sweeps.spread.bands import INCOME, Bands, read_results
from detente.policy.sweeps.spread.embedded import embedded_bands, write_bands
from detente.policy.sweeps.sweep import Sweep, run_cases

# Two solves of one problem, percent of real income.
SOLVED = 1e-7
# Single precision of what is embedded.
KEPT = 1e-6
LISTED = "id: listed\ntitle: t\nstudy: study.yaml\nseed: 1\nsample: list\nrows: [{cn_waiver: 0.5}]\n"


def sampler(design_file, **changes):
    """The sampler of the small design, changed."""
    design, _ = load_design(design_file)
    return Sampler(design.model_copy(update=changes), {"A": 4.0, "B": 6.0})


@pytest.mark.parametrize("sample", ["sobol", "random"])
def test_a_horizon_adds_a_ratio_and_leaves_the_other_draws(design_file, sample):
    plain, year = (sampler(design_file, sample=sample, draws=64, horizon=x) for x in ("long", "1"))
    assert year.names == (*plain.names, HORIZON)
    some, same = plain.draw(0, 64), year.draw(0, 64)
    assert [{k: v for k, v in row.items() if k != HORIZON} for row in same] == some
    assert year.draw(17, 21) == same[17:21]
    ratios = np.array([row[HORIZON] for row in same])
    assert len(set(ratios)) == 64
    low, high = path_band()
    assert 0.75 < ((ratios > low) & (ratios < high)).mean() < 1
    # Drawn by itself: no correlation with any other draw beyond chance at 64 (four standard errors).
    others = [name for name in plain.names if not isinstance(some[0][name], str)]
    worst = max(abs(np.corrcoef([row[name] for row in same], ratios)[0, 1]) for name in others)
    assert worst < 4 / np.sqrt(64)


def test_the_long_run_is_the_design_as_it_was(design_file):
    design, _ = load_design(design_file)
    assert load_design(design_file, horizon="long")[0].hash == design.hash
    assert load_design(design_file, horizon="1")[0].hash != design.hash
    assert not design.draws_horizon


def test_a_horizon_there_is_none_of(design_file):
    with pytest.raises(InputError, match="unknown horizon"):
        load_design(design_file, horizon="soon")


def test_a_listed_draw_at_a_horizon_is_a_run_at_it(design_file, ledger):
    """Without a ratio among its rows a list has that of the path; forbidden shares of sales are the same."""
    path = design_file.parent / "listed-year.yaml"
    path.write_text(LISTED, encoding="utf-8")
    design, study = load_design(path, horizon="18 months")
    cases = with_law(prepare_cases(design, study, ledger), ledger, path.with_suffix(".npz"))
    (draw,) = cases.sampler.draw(0, 1)
    assert HORIZON not in draw
    rows = cases.solve_draw(draw)
    options = Options(robustness=False, contributions=False, horizon="18 months", assume=draw)
    run = run_study(study, options=options, ledger=ledger)
    assert elasticity_ratio("18 months") < 0.5
    for spec, row in zip(study.scenarios, rows, strict=True):
        hats = run.scenarios[spec.id].equilibrium.real_income_pct
        own = [hats[label] for label in cases.labels if label in hats.index]
        np.testing.assert_allclose(row[INCOME][: len(own)], own, atol=SOLVED)
    other = cases.solve_draw(draw | {HORIZON: 1.0})
    assert abs(other[0][INCOME] - rows[0][INCOME]).max() > 1e-3


@pytest.fixture(scope="module")
def both(design_file, ledger, tmp_path_factory):
    """The small design swept in the long run and at one year, on fewer draws."""
    found = []
    for draws, horizon in ((4, None), (3, "1")):
        design, study = load_design(design_file, draws=draws, horizon=horizon)
        cases = with_law(prepare_cases(design, study, ledger), ledger, design_file.parent / "law.npz")
        found.append(Sweep(cases, run_cases(cases, tmp_path_factory.mktemp("year") / "store", workers=2)))
    return found


def test_embedded_bands_hold_one_year_beside_the_long_run(both, tmp_path):
    swept, year = both
    write_bands(swept, tmp_path, command="detente sweep small --draws 4", year=year)
    hashes = swept.cases.hashes
    bands = embedded_bands("small-study", hashes["wiod2011"], hashes["ledger"], folder=tmp_path)
    found = BandsAt.read(bands["at_one_year"])
    assert found.command == "detente sweep small --draws 3 --horizon 1"
    assert (found.years, found.draws, found.failed) == (1.0, 3, 0)
    assert (found.ratio_low, found.ratio_high) == pytest.approx(path_band())
    assert found.ratio == pytest.approx(elasticity_ratio(1))
    told = Bands(year, read_results(year, [INCOME]))
    for name, own in told.scenarios.items():
        rows = told.labelled(own[INCOME])
        for label, row in rows.items():
            assert found.scenarios[name][INCOME][label].mean == pytest.approx(row["mean"], rel=KEPT)
    worth = told.labelled(told.contrasts["worth"])
    assert found.contrasts["worth"]["USA"].q50 == pytest.approx(worth["USA"]["q50"], rel=KEPT)
    assert bands["scenarios"].keys() == found.scenarios.keys()
    assert bands["scenarios"]["truce"][INCOME]["USA"]["mean"] != found.scenarios["truce"][INCOME]["USA"].mean


def test_bands_without_one_year_say_nothing_of_it(both, tmp_path):
    swept, _ = both
    write_bands(swept, tmp_path, command="detente sweep small --draws 4")
    hashes = swept.cases.hashes
    assert "at_one_year" not in embedded_bands(
        "small-study", hashes["wiod2011"], hashes["ledger"], folder=tmp_path
    )
    assert "at_one_year" not in json.loads((tmp_path / "small-study.json").read_text(encoding="utf-8"))


def test_a_sweep_says_at_which_elasticities(design_file):
    drawn = horizon_note(load_design(design_file, horizon="1")[0])
    assert "0.38 in the middle and 0.10 to 0.70 in nine of ten draws" in drawn
    path = design_file.parent / "listed-year.yaml"
    path.write_text(LISTED, encoding="utf-8")
    assert horizon_note(load_design(path, horizon="1")[0]).endswith("0.38 of the long-run ones.")
