"""Study files: what is read, what is refused, and in which words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from detente.cli import main
from detente.errors import DetenteError, StudyError
from detente.policy import Options, built_in_studies, load_study_spec, run_study
from policy.main_run import small_file, small_text

# What `instruments.md` section 13 says: day, day of knowledge, reading of ends.
DEFINED = {
    "eve": ("2025-10-27", "2025-10-27", "legal"),
    "no-deal": ("2025-11-10", "2025-10-27", "legal"),
    "truce": ("2025-11-10", None, "legal"),
    "escalation": ("2025-11-10", "2025-10-27", "legal"),
    "escalation-unanswered": ("2025-11-10", "2025-10-27", "legal"),
    "court": ("2026-02-24", None, "legal"),
    "mid-2026": ("2026-07-24", None, "legal"),
    "extension": ("2026-11-10", None, "reported"),
    "lapse": ("2026-11-10", None, "legal"),
    "thirty-for-thirty": ("2026-07-24", None, "legal"),
}


def test_the_main_study_is_the_one_defined():
    spec = load_study_spec("kuala-lumpur")
    assert "kuala-lumpur" in built_in_studies()
    assert spec.baseline.on == dt.date(2024, 12, 31)
    assert spec.closure == "fixed"
    assert (spec.world, spec.second_world) == ("icio2022", "wiod2011")
    found = {
        item.id: (item.on.isoformat(), item.known_on.isoformat() if item.known_on else None, item.ends)
        for item in spec.scenarios
    }
    assert found == DEFINED
    assert {"RCEP", "ASEAN", "EU", "WORLD"} <= set(spec.groups)
    (contrast,) = spec.contrasts
    assert (contrast.of, contrast.against, contrast.between) == ("truce", "no-deal", ("USA", "CHN"))


def test_the_main_study_sets_no_rate():
    for item in load_study_spec("kuala-lumpur").scenarios:
        assert item.edits.set == {}


def test_every_assumption_has_alternatives_a_reason_and_a_source():
    for item in load_study_spec("kuala-lumpur").assumptions:
        assert item.alternatives, item.name
        assert item.value not in item.alternatives, item.name
        assert item.why, item.name
        assert item.source, item.name


def test_a_scenario_takes_its_own_value_of_an_assumption():
    spec = load_study_spec("kuala-lumpur")
    by_id = {item.id: item for item in spec.scenarios}
    assert spec.assumed(by_id["escalation"])["match"] == 1
    assert spec.assumed(by_id["escalation-unanswered"])["match"] == 0
    assert spec.assumed(by_id["truce"])["ree_volume"] == 1
    assert spec.assumed(by_id["escalation"])["ree_volume"] == 0.26


def test_the_hash_follows_the_content_and_not_the_layout(tmp_path):
    one = load_study_spec(small_file(tmp_path))
    spaced = load_study_spec(small_file(tmp_path, ("title: Two", "title:   Two")))
    other = load_study_spec(small_file(tmp_path, ("2025-11-10", "2025-11-11")))
    assert one.hash == spaced.hash
    assert one.hash != other.hash


ON = 'on: "2025-11-10"'
# Each defect of a study file: a piece of the good study's text, and what stands there instead.
DEFECTS = {
    "anchor": ("groups: [WORLD]", "groups: &a [WORLD]"),
    "bad_date": (ON, 'on: "2025-11-31"'),
    "bad_id": ("id: after", "id: After deal"),
    "claim_about_no_group": (
        "baseline:\n",
        "claim: {group: RCEP, text: x, share: 0.3, share_2022: 0.2, source: y}\nbaseline:\n",
    ),
    "contrast_of_unknown_scenario": ("against: before", "against: befor"),
    "contrast_with_unknown_measure": ("us.ieepa.fentanyl.cn", "us.ieepa.fentanil.cn"),
    "contrasts_repeat": (
        "contrasts:\n",
        (
            "contrasts:\n  - {id: cut, title: x, of: after, against: before, between: [USA, CHN],"
            " lines: [{instrument: a, measures: [us.ieepa.fentanyl.cn]}]}\n"
        ),
    ),
    "assumptions_repeat": ("baseline:\n", "  - {name: match, value: 2, why: x, source: y}\nbaseline:\n"),
    "duplicate_key": ("featured: [USA, CHN]", "featured: [USA, CHN]\nfeatured: [USA]"),
    "economy_of_a_pair": ("pairs: [[USA, CHN], [CHN, USA]]", "pairs: [[USA, Amerika]]"),
    "economy_of_a_relief": (
        ON,
        f"{ON}\n    relief: [{{importer: USA, exporter: CHX, usd_bn: match, share: match}}]",
    ),
    "economy_not_in_the_world": ("between: [USA, CHN]", "between: [USA, VNM]"),
    "edit_of_unknown_measure": (ON, f"{ON}\n    edits: {{end: [us.ieepa.fentanil.cn]}}"),
    "edit_that_changes_nothing": (ON, f"{ON}\n    edits: {{end: [us.threat.cn100]}}"),
    "mirror_of_unknown_measure": (
        ON,
        f"{ON}\n    edits: {{mirror: {{measure: us.thret.cn100, imposer: CHN, target: USA, share: match}}}}",
    ),
    "missing_key": ("title: Two scenarios on a small world\n", ""),
    "negative_assumption": (ON, f"{ON}\n    assume: {{match: -3}}"),
    "not_a_number": (ON, f"{ON}\n    assume: {{match: .nan}}"),
    "not_yaml": ("groups: [WORLD]", "groups: [WORLD"),
    "rate_as_text": (ON, f'{ON}\n    edits: {{set: {{us.ieepa.fentanyl.cn: "0.1"}}}}'),
    "rate_of_minus_one": (ON, f"{ON}\n    edits: {{set: {{us.ieepa.fentanyl.cn: -1.0}}}}"),
    "scenarios_repeat": ("id: after", "id: before"),
    "unknown_assumption": (ON, f"{ON}\n    assume: {{mach: 0}}"),
    "unknown_closure": ("groups:", "closure: open\ngroups:"),
    "unknown_group": ("groups: [WORLD]", "groups: [WORLD, RCPE]"),
    "unknown_key": ("groups:", "grousp:"),
    "unknown_reading": (ON, f"{ON}\n    ends: reportd"),
    "unknown_world": ("world: wiod2011", "world: wiod2012"),
}
MESSAGES = Path(__file__).parent / "broken_studies.txt"


def messages() -> dict[str, str]:
    """The message each defect must give, as written down beside this file."""
    blocks = MESSAGES.read_text(encoding="utf-8").strip().split("\n\n")
    return {block.partition("\n")[0].removeprefix("# "): block.partition("\n")[2] for block in blocks}


@pytest.mark.parametrize("name", DEFECTS)
def test_the_message_of_each_defect(name, tmp_path):
    path = small_file(tmp_path, DEFECTS[name])
    solved = []
    with pytest.raises(DetenteError) as caught:
        run_study(path, options=Options(contributions=False), progress=solved.append)
    assert str(caught.value).replace(str(path), "STUDY") == messages()[name]
    assert caught.value.exit_code == 1
    # Refused before anything is solved: at most the world has been loaded.
    assert solved in ([], ["loading wiod2011"], ["loading wiod2012"])


def test_every_message_has_its_defect():
    assert set(messages()) == set(DEFECTS)


def test_the_study_without_a_defect_runs(tmp_path):
    run = run_study(small_file(tmp_path), options=Options(contributions=False))
    assert run.failures == {}


@pytest.mark.parametrize("name", ["unknown_key", "contrast_with_unknown_measure", "not_yaml"])
def test_a_broken_study_ends_with_exit_code_1_and_writes_nothing(name, tmp_path, capsys):
    path = small_file(tmp_path, DEFECTS[name])
    out = tmp_path / "out"
    assert main(["run", str(path), "--json", "--quiet", "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.replace(str(path), "STUDY").strip() == messages()[name]
    assert not out.exists()


def test_a_study_file_of_two_megabytes_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(2_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda _self: pytest.fail("the file was read"))
    with pytest.raises(StudyError) as caught:
        load_study_spec(path)
    parts = caught.value
    assert (parts.what, parts.where) == ("file too large", str(path))
    assert (parts.found, parts.allowed) == ("2000000 bytes", "1000000 bytes")


def test_a_study_that_does_not_exist(tmp_path):
    with pytest.raises(StudyError) as caught:
        load_study_spec(tmp_path / "kuala.yaml")
    assert caught.value.what == "no such study"
    assert "kuala-lumpur" in caught.value.allowed


def test_bytes_that_are_not_text(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_bytes(small_text().encode() + b"\xff\xfe")
    with pytest.raises(StudyError, match="not UTF-8 text"):
        load_study_spec(path)
