from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from detente.cli import main
from detente.cli.command import command_of
from detente.cli.printing import CALL, Output
from detente.errors import StudyError
from detente.manifest import PACKAGE
from detente.policy.sweeps.spread import embedded as bands_embedded
from detente.policy.sweeps.spread.embedded import embedded_bands, write_bands
from detente.policy.sweeps.sweep import Sweep, run_cases

sweep = command_of("sweep")


@pytest.fixture(scope="module")
def done(cases, design_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("command") / "store"
    swept = run_cases(cases, folder, workers=2)
    shutil.copy(design_file.parent / "law.npz", folder / "law.npz")
    return Sweep(cases, swept)


def test_the_command_prints_one_document(done, design_file, capsys, monkeypatch):
    monkeypatch.setattr(CALL, "words", ["sweep", str(design_file)])
    code = sweep(str(design_file), out=done.store.path, output=Output(json=True, quiet=True))
    found = json.loads(capsys.readouterr().out)
    result = found["result"]
    assert code == 0
    assert set(found) == {"stamp", "result", "assumptions", "warnings"}
    assert {"store", "done", "failed", "bands", "drivers"} <= set(result)
    assert (result["done"], result["failed"], result["hash"]) == (16, 0, done.swept.digest)
    assert found["stamp"]["command"].startswith("detente sweep")
    assert found["stamp"]["ledger_hash"] == done.cases.hashes["ledger"]
    assert result["drivers"]["first_order"] == {}
    assert "fewer than 128" in result["drivers"]["note"]
    assert result["drivers"]["slopes"]["scenario"] == "truce"


def test_the_command_prints_a_table(done, design_file, capsys):
    assert sweep(str(design_file), out=done.store.path, drivers=False, output=Output(quiet=True)) == 0
    text = capsys.readouterr().out
    for word in ("USA", "CHN", "WORLD", "no-deal", "truce", "worth", "november", "8 draws"):
        assert word in text


def test_the_command_prints_csv(done, design_file, capsys):
    sweep(str(design_file), out=done.store.path, drivers=False, output=Output(quiet=True, csv=True))
    head, *lines = capsys.readouterr().out.strip().splitlines()
    assert head.startswith("scenario,outcome,label,mean,sd")
    assert len(lines) == 2 * 6 * 4


def test_the_lines_that_give_the_same(design_file, capsys):
    assert sweep("kuala-lumpur-uncertainty", draws=256, output=Output(reproduce=True)) == 0
    assert "dt.sweep('kuala-lumpur-uncertainty', draws=256)" in capsys.readouterr().out


def test_the_lines_that_give_the_same_are_a_script_with_every_option(design_file, capsys):
    words = "--draws 3 --workers 1 --no-drivers --out store --known 2026-10-08 --executor local --reproduce"
    code = main(["sweep", str(design_file), *words.split()])
    lines = capsys.readouterr().out
    assert code == 0
    assert lines.splitlines()[:3] == ["import detente as dt", "", 'if __name__ == "__main__":']
    for option in ("draws=3", "workers=1", "drivers=False", "out='store'", "known_on='2026-10-08'"):
        assert option in lines


@pytest.mark.slow
@pytest.mark.nightly
def test_the_lines_that_give_the_same_run_as_a_script(done, design_file, tmp_path, capsys):
    assert main(["sweep", str(design_file), "--no-drivers", "--out", "store", "--reproduce"]) == 0
    (tmp_path / "again.py").write_text(capsys.readouterr().out, encoding="utf-8")
    subprocess.run(
        [sys.executable, "again.py"],
        check=True,
        cwd=tmp_path,
        timeout=600,
        env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)},
    )
    index = json.loads((tmp_path / "store" / "index.json").read_text(encoding="utf-8"))
    assert index["hash"] == done.swept.digest


def test_no_draws_on_the_command_line_are_refused(design_file, tmp_path):
    with pytest.raises(StudyError, match="no draws"):
        sweep(str(design_file), draws=0, out=tmp_path / "store")
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("old", "new", "what", "words"),
    [
        ("draws: 8", "draws: 0", "a design with no draws", "write `draws: 1024`, or give --draws"),
        ("name: soy_theta", "name: soy_theat", "unknown parameter", "did you mean soy_theta?"),
        ("weights: [0.7, 0.3]", "weights: [0.7, 0.2]", "probabilities do not sum to one", "(sum 0.9)"),
        ("no-deal: 0.25", "no-deal: 0.5", "probabilities do not sum to one", "(sum 1.25)"),
    ],
)
def test_a_bad_design_is_refused_and_the_store_untouched(done, design_file, tmp_path, old, new, what, words):
    (tmp_path / "study.yaml").write_text((design_file.parent / "study.yaml").read_text())
    path = tmp_path / "design.yaml"
    path.write_text(design_file.read_text().replace(old, new))
    before = contents(done.store.path)
    with pytest.raises(StudyError) as caught:
        sweep(str(path), out=done.store.path, output=Output(quiet=True))
    assert caught.value.what == what
    assert words in str(caught.value)
    assert contents(done.store.path) == before


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"version": 99}, "a store of another version"),
        ({"key": "0" * 64}, "the store belongs to another run"),
    ],
)
def test_another_store_is_refused_and_left_as_it_is(done, design_file, tmp_path, change, what):
    store = shutil.copytree(done.store.path, tmp_path / "store")
    manifest = json.loads((store / "manifest.json").read_text())
    (store / "manifest.json").write_text(json.dumps(manifest | change))
    before = contents(store)
    with pytest.raises(StudyError) as caught:
        sweep(str(design_file), out=store, output=Output(quiet=True))
    assert caught.value.what == what
    assert contents(store) == before


def contents(folder):
    """Every file of a folder with its bytes."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_bands_come_back_as_they_were_written(done, tmp_path, monkeypatch):
    write_bands(done, tmp_path, command="detente sweep small-design")
    monkeypatch.setattr(bands_embedded, "FOLDER", tmp_path)
    bands_embedded._read.cache_clear()
    hashes = done.cases.hashes
    found = embedded_bands("small-study", hashes["wiod2011"], hashes["ledger"])
    bands_embedded._read.cache_clear()
    assert found["stale"] is False
    assert (found["draws"], found["failed"], found["hash"]) == (8, 0, done.swept.digest)
    from detente.policy.sweeps.document import bands_document  # noqa: PLC0415

    fresh = bands_document(done)
    for scenario, own in fresh["scenarios"].items():
        for outcome, rows in own.items():
            for label, numbers in rows.items():
                assert found["scenarios"][scenario][outcome][label] == pytest.approx(
                    numbers, rel=1e-6, abs=1e-9
                )
    assert found["contrasts"]["worth"]["USA"] == pytest.approx(fresh["contrasts"]["worth"]["USA"], rel=1e-6)
    policy = found["policies"]["november"]
    assert policy["states"] == {"truce": 0.75, "no-deal": 0.25}
    assert policy["expected"]["cpi_pct"]["CHN"] == pytest.approx(
        fresh["policies"]["november"]["expected"]["cpi_pct"]["CHN"], rel=1e-6
    )
    point = found["fan"]["real_income_pct"][0]
    assert point["point"] == "november"
    assert point["quantiles"]["USA"] == pytest.approx(
        fresh["fan"]["real_income_pct"][0]["quantiles"]["USA"], rel=1e-6
    )


def test_bands_of_another_ledger_say_that_they_are_stale(done, tmp_path, monkeypatch):
    write_bands(done, tmp_path, command="detente sweep small-design")
    monkeypatch.setattr(bands_embedded, "FOLDER", tmp_path)
    bands_embedded._read.cache_clear()
    found = embedded_bands("small-study", done.cases.hashes["wiod2011"], "another")
    bands_embedded._read.cache_clear()
    assert found["stale"] is True
    assert found["stale_because"] == ["ledger"]
    assert embedded_bands("no-such-study", "", "") is None
