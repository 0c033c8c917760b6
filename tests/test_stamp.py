"""The stamp names code, data, facts, options and command, and nothing that changes from run to run."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import detente
from detente import manifest
from detente.duties import Assumptions
from detente.ledger import open_ledger
from detente.manifest import NAME, PACKAGE, data_files, data_hash, data_hashes, file_hash, write_manifest
from detente.policy.instrument_table import instrument_table
from detente.policy.results import Options, StudyRun
from detente.policy.studies.run import make_setting
from detente.policy.study import load_study_spec
from detente.stamp import digest, stamp
from detente.world import load_world


def test_the_stamp_names_what_made_a_result():
    made = stamp(
        command="detente run x", ledger_hash="a", world_hash="b", scenario_hash="c", ledger_version="v"
    )
    assert made == {
        "detente": detente.__version__,
        "command": "detente run x",
        "data_hash": data_hash(),
        "ledger_hash": "a",
        "world_hash": "b",
        "scenario_hash": "c",
        "ledger_version": "v",
    }


def test_what_was_not_used_is_left_out_and_the_stamp_repeats():
    assert set(stamp(command="detente status", ledger_hash="a", note=None)) == {
        "detente",
        "command",
        "data_hash",
        "ledger_hash",
    }
    assert stamp(command="x") == stamp(command="x")


def test_the_manifest_lists_every_data_file_as_it_is():
    listed = {
        name: tuple(row) for name, row in json.loads((PACKAGE / NAME).read_text(encoding="utf-8")).items()
    }
    found = {name: (path.stat().st_size, file_hash(path)) for name, path in data_files().items()}
    assert listed == found, "run python scripts/compile_data.py"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package's data, with a manifest of its own."""
    copy = tmp_path_factory.mktemp("package")
    shutil.copytree(PACKAGE / "data", copy / "data")
    write_manifest(copy)
    return copy


def test_a_changed_byte_of_any_data_file_changes_the_hash(package: Path):
    plain, solved = data_hash(package=package), data_hash(solved=True, package=package)
    assert plain == data_hash()
    unseen = []
    for name, path in data_files(package).items():
        before, kept = path.read_bytes(), path.stat()
        path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]) if before else b"x")
        if data_hash(package=package) == plain:
            unseen.append(name)
        rests = not (name.startswith(manifest.NOT_SOLVED) or name.endswith(manifest.PLAIN))
        assert (data_hash(solved=True, package=package) != solved) is rests, name
        path.write_bytes(before)
        os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
        assert data_hash(package=package) == plain, name
    assert unseen == []


def test_a_file_that_comes_or_goes_changes_the_hash(package: Path):
    plain = data_hash(package=package)
    more = package / "data" / "worlds" / "another.csv"
    more.write_text("a,b\n", encoding="utf-8")
    assert data_hash(package=package) != plain
    more.unlink()
    assert data_hash(package=package) == plain


def test_untouched_files_are_not_read(package: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(path: Path) -> str:
        raise AssertionError(path)

    monkeypatch.setattr(manifest, "file_hash", refuse)
    assert data_hashes(package) == {
        name: row[1] for name, row in json.loads((package / NAME).read_text(encoding="utf-8")).items()
    }


def test_what_an_installer_wrote_before_its_record_is_untouched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Installers write the manifest before the folder of data, and their record after both."""
    package = tmp_path / "detente"
    (package / "data").mkdir(parents=True)
    for name in ("a.csv", "b.csv"):
        (package / "data" / name).write_text(name, encoding="utf-8")
    plain = data_hashes(write_manifest(package).parent)
    start = (package / NAME).stat().st_mtime_ns
    record = tmp_path / f"detente-{detente.__version__}.dist-info" / "RECORD"
    record.parent.mkdir()
    record.write_text("", encoding="utf-8")
    for after, path in enumerate((package / "data" / "a.csv", package / "data" / "b.csv", record), start=1):
        os.utime(path, ns=(start, start + after * 10**9))
    read = []
    monkeypatch.setattr(manifest, "file_hash", lambda path: read.append(path.name) or "read")
    assert data_hashes(package) == plain
    assert read == []
    os.utime(package / "data" / "b.csv", ns=(start, start + 4 * 10**9))
    assert data_hashes(package) == {**plain, "b.csv": "read"}
    assert read == ["b.csv"]


@pytest.mark.slow
def test_an_edited_assumption_changes_the_stamp_of_a_command(tmp_path: Path):
    shutil.copytree(PACKAGE, tmp_path / "detente")
    said = [stamped(tmp_path)]
    table = tmp_path / "detente" / "data" / "scenarios" / "instruments.yaml"
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("affiliates", "affiliatez", 1), encoding="utf-8")
    said.append(stamped(tmp_path))
    assert said[0] != said[1]


SOLVED_ON_A_COPY = """
import json
from detente.policy import Options, run_study
from detente.queries.studies import study_document
chosen = Options(world="wiod2011", scenarios=("no-deal", "truce"), robustness=False, contributions=False)
found = study_document(run_study("kuala-lumpur", options=chosen), command="x")["result"]
print(json.dumps({key: item["economies"] for key, item in found["scenarios"].items()} | found["worth"]))
"""


def test_no_solved_number_rests_on_a_schedule_of_another_importer(tmp_path: Path):
    """Every table of lines damaged and every day moved: the study does not move by a bit."""
    shutil.copytree(PACKAGE, tmp_path / "detente", ignore=shutil.ignore_patterns("__pycache__"))
    before = said_by(tmp_path, SOLVED_ON_A_COPY)
    folder = tmp_path / "detente" / "data" / "schedules"
    tables = sorted(folder.glob("*.columns"))
    for path in tables:
        path.write_bytes(b"")
    held = folder / "schedules.yaml"
    held.write_text(held.read_text(encoding="utf-8").replace("_day: 20", "_day: 19"), encoding="utf-8")
    (folder / "agreements.yaml").unlink()
    write_manifest(tmp_path / "detente")
    assert len(tables) > 1
    assert {"no-deal", "truce", "worth"} == set(before)
    assert said_by(tmp_path, SOLVED_ON_A_COPY) == before


def stamped(folder: Path) -> dict[str, str]:
    """The stamp that a package in a folder puts on a result."""
    return said_by(
        folder, "import json; from detente.stamp import stamp; print(json.dumps(stamp(command='x')))"
    )


def said_by(folder: Path, code: str) -> dict[str, str]:
    """What a program prints as JSON with the package in a folder."""
    said = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
    )
    return json.loads(said.stdout)


OTHER = {
    "world": "wiod2011",
    "closure": "zero",
    "scenarios": ("truce",),
    "only": ("us.s232.*",),
    "without": ("us.s232.*",),
    "robustness": False,
    "factors": "fixed",
    "horizon": "short",
    "max_iterations": 400,
    "contributions": False,
}


@pytest.fixture(scope="module")
def made() -> StudyRun:
    """A study on the small world, nothing solved."""
    spec, ledger = load_study_spec("kuala-lumpur"), open_ledger()
    setting = make_setting(spec, load_world("wiod2011"), ledger, options=Options())
    return StudyRun(spec, setting, ledger, {})


def other_value(field: dataclasses.Field, plain: object) -> object:
    """Another value of an option than its default."""
    if field.name in OTHER:
        return OTHER[field.name]
    if isinstance(plain, bool):
        return not plain
    return {"ree_home_ratio": 0.5} if isinstance(plain, dict) else ("another",)


@pytest.mark.parametrize("field", dataclasses.fields(Options), ids=lambda field: field.name)
def test_every_option_of_a_solve_changes_the_stamp(field: dataclasses.Field, made: StudyRun):
    usual = Options()
    changed = dataclasses.replace(usual, **{field.name: other_value(field, getattr(usual, field.name))})
    assert dataclasses.replace(made, options=changed).options_hash != made.options_hash
    beside = field.name in {"world", "closure", "scenarios", "robustness", "contributions"}
    assert changed.usual is beside


def test_every_judgement_changes_the_stamp(made: StudyRun, monkeypatch: pytest.MonkeyPatch):
    table, plain = instrument_table(), made.options_hash
    bands = made.spec.scenario_hashes
    unseen = []
    for place, item in enumerate(table.assumptions):
        moved = item.model_copy(update={"value": item.value * 1.01 + 0.001})
        rows = (*table.assumptions[:place], moved, *table.assumptions[place + 1 :])
        changed = table.model_copy(update={"assumptions": rows})
        monkeypatch.setattr("detente.policy.study.instrument_table", lambda table=changed: table)
        replaced = item.name in {own.name for own in made.spec.assumptions}
        if (made.options_hash == plain or made.spec.scenario_hashes == bands) and not replaced:
            unseen.append(item.name)
    assert unseen == []
    monkeypatch.undo()
    for name, value in Assumptions().numbers().items():
        setting = dataclasses.replace(made.setting, assumptions=Assumptions(**{name: abs(value - 0.5)}))
        assert dataclasses.replace(made, setting=setting).options_hash != plain, name


def test_whatever_a_study_says_is_in_its_hash():
    spec = load_study_spec("kuala-lumpur")
    changed = {
        "title": "another",
        "closure": "zero",
        "baseline": spec.baseline.model_copy(update={"ends": "reported"}),
        "scenarios": spec.scenarios[:-1],
        "assumptions": (),
        "world": "wiod2011",
    }
    for name, value in changed.items():
        assert spec.model_copy(update={name: value}).hash != spec.hash, name
    first, later = spec.scenarios[0], spec.scenarios[-1]
    for name in type(first).model_fields:
        other = {
            "on": dt.date(2019, 1, 1),
            "known_on": dt.date(2019, 1, 1),
            "assume": {"ree_home_ratio": 2.0},
        }
        value = other.get(name, getattr(later, name))
        if value == getattr(first, name):
            continue
        moved = first.model_copy(update={name: value})
        assert spec.model_copy(update={"scenarios": (moved,)}).scenario_hashes != {
            moved.id: spec.scenario_hashes[first.id]
        }, name


def test_the_digest_does_not_hang_on_order_or_kind_of_list():
    assert digest({"a": (1, 2), "b": None}) == digest({"b": None, "a": [1, 2]})
    assert digest(Options(only=["x"])) == digest(Options(only=("x",)))
    assert digest(Options(world=Path("w.nc"))) == digest(Options(world="w.nc"))
