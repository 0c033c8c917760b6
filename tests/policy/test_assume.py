"""Every assumption a run lists can be given another value: in a scenario, a study, Python and a command."""

from __future__ import annotations

import dataclasses
import json
from functools import cache

import numpy as np
import pytest

import detente as dt
from detente.cli import main
from detente.duties import Assumptions
from detente.errors import DetenteError, InputError, StudyError
from detente.io.documents import as_json
from detente.policy import Options, load_study_spec, run_study
from detente.policy.assumptions import of_the_world
from detente.policy.studies.document import _assumptions
from policy.main_run import small_file

QUICK = Options(robustness=False, contributions=False)
SAME = 1e-12
# Judgements of the tariff room that bear on the two scenarios; others are about goods that neither treats otherwise.
BEARING = {
    "usmca_use",
    "steel_content",
    "aluminum_content",
    "cn_waiver",
    "annex_use",
    "preference_use",
    "us_auto_content",
}


def study(**changes):
    """Two scenarios of the main study on the small world, with a relief and purchases: they read nearly every assumption."""
    spec = load_study_spec("kuala-lumpur")
    of = {item.id: item for item in spec.scenarios}
    fields = {
        "world": "wiod2011",
        "second_world": None,
        "contrasts": (),
        "scenarios": (of["thirty-for-thirty"], of["escalation"]),
    }
    return spec.model_copy(update={**fields, **changes})


@cache
def plain():
    """As it stands."""
    return run_study(study(), options=QUICK)


def listed():
    """Assumptions that the document lists, and elasticities as the drivers name them."""
    sectors = plain().setting.baseline.sectors
    thetas = [{"name": f"theta of {sectors[k]}", "value": 5.0, "alternatives": [4.5]} for k in (1, 15)]
    return [*as_json(_assumptions(plain())), *thetas]


def other(row):
    """An alternative of an assumption."""
    values = [value for value in row["alternatives"] if value != row["value"]]
    return values[-1]


def hats(run):
    """Real income of every scenario."""
    return np.array([item.equilibrium.real_income_hat for item in run.scenarios.values()])


def test_every_assumption_a_run_lists_is_taken():
    """At an alternative: accepted, shown as used, another stamp, and what bears moves the result."""
    before, moved = hats(plain()), set()
    rows = listed()
    assert len(rows) > 35
    for row in rows:
        name, value = row["name"], other(row)
        run = run_study(study(), options=dataclasses.replace(QUICK, assume={name: value}))
        assert run.spec.hash != plain().spec.hash, name
        shown = {item["name"]: item for item in as_json(_assumptions(run))}
        assert shown[name]["value"] == value, name
        assert shown[name]["default"] != value, name
        if np.abs(hats(run) - before).max() > SAME:
            moved.add(name)
    # Every size of an instrument, every elasticity and the judgements that are read.
    assert moved >= {row["name"] for row in rows if row["name"] not in Assumptions()} | BEARING


def test_a_study_and_a_scenario_take_them_as_well(tmp_path):
    """`assume` of a study is that of every scenario; of a scenario, its own and its baseline's reading of the world."""
    values = {"usmca_use": 0.0, "theta of c14": 4.0, "chips_usd_bn": 5.0}
    option = run_study(study(), options=dataclasses.replace(QUICK, assume=values))
    whole = run_study(study(assume=values), options=QUICK)
    assert np.array_equal(hats(option), hats(whole))
    own = tuple(item.model_copy(update={"assume": {**values, **item.assume}}) for item in study().scenarios)
    each = run_study(study(scenarios=own), options=QUICK)
    assert np.abs(hats(each) - hats(whole)).max() < SAME
    text = "assume: {steel_content: 1.0, match: 0.5}\nbaseline:\n"
    path = small_file(tmp_path, ("baseline:\n", text))
    assert load_study_spec(path).assume == {"steel_content": 1.0, "match": 0.5}
    one = '    on: "2025-11-10"\n    assume: {steel_content: 1.0}\ncontrasts:'
    with pytest.raises(StudyError, match="read the world differently"):
        load_study_spec(small_file(tmp_path, ('    on: "2025-11-10"\ncontrasts:', one)))


def test_what_a_scenario_states_stays():
    run = run_study(study(), options=dataclasses.replace(QUICK, assume={"ree_volume": 0.9}))
    item = next(one for one in run.spec.scenarios if one.id == "escalation")
    assert run.spec.assumed(item)["ree_volume"] == 0.26
    assert run.spec.assumed(run.spec.baseline)["ree_volume"] == 0.9


def test_a_study_without_any_keeps_its_hash():
    spec = load_study_spec("kuala-lumpur")
    assert "assume" not in spec.model_dump()
    assert spec.model_copy(update={"assume": {"match": 0.5}}).hash != spec.hash


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("usmca_us", "usmca_use"),
        ("chip_usd_bn", "chips_usd_bn"),
        ("relief_bn", "relief_usd_bn"),
        ("theta of C14", "c14"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name, near):
    with pytest.raises(StudyError) as caught:
        run_study(study(), options=dataclasses.replace(QUICK, assume={name: 0.5}))
    assert near in caught.value.repair
    assert name in caught.value.found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("usmca_use", 1.5),
        ("usmca_use", "sometimes"),
        ("steel_content", -0.1),
        ("match", -1.0),
        ("match", "all"),
        ("cny_per_usd", 0.0),
        ("soy_base_mt", 0.0),
        ("theta of c14", 0.0),
        ("theta of c14", float("nan")),
        ("port_redeployed", 1.2),
        ("affiliates_share", 2.0),
    ],
)
def test_a_value_it_cannot_have_is_refused(name, value):
    with pytest.raises((StudyError, InputError)) as caught:
        run_study(study(), options=dataclasses.replace(QUICK, assume={name: value}))
    error: DetenteError = caught.value
    assert error.allowed
    assert error.repair


def test_the_command_python_and_reproduce_agree(tmp_path, capsys):
    path = small_file(tmp_path)
    words = [
        "run",
        str(path),
        "--json",
        "--quiet",
        "--assume",
        "steel_content=1",
        "--assume",
        "theta of c14=4",
    ]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    shown = {row["name"]: row["value"] for row in found["assumptions"]}
    assert (shown["steel_content"], shown["theta of c14"]) == (1.0, 4.0)
    python = dt.load_study(path).run(assume={"steel_content": 1.0, "theta of c14": 4.0})
    assert python.document["stamp"]["scenario_hash"] == found["stamp"]["scenario_hash"]
    after = found["result"]["scenarios"]["after"]["economies"]["USA"]["real_income_pct"]
    assert after == python.document["result"]["scenarios"]["after"]["economies"]["USA"]["real_income_pct"]
    assert main([*words[:2], "--reproduce", *words[4:]]) == 0
    lines = capsys.readouterr().out
    assert "assume={'steel_content': 1.0, 'theta of c14': 4.0}" in lines
    assert main([*words[:2], "--assume", "steel_content"]) == 1
    assert "--assume" in capsys.readouterr().err


def test_elasticities_of_the_first_world_are_left_out_of_the_second():
    options = dataclasses.replace(QUICK, robustness=True, assume={"theta of c14": 4.0})
    spec = study(second_world="icio2022", scenarios=study().scenarios[:1])
    assert run_study(spec, options=options).failures == {}


def test_which_assumptions_read_the_world():
    assert all(map(of_the_world, ("usmca_use", "theta of C26", "soy_theta", "soy_usd_per_t")))
    assert not any(map(of_the_world, ("chips_usd_bn", "match", "ree_volume")))
