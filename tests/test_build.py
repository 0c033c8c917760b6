"""The table of what is built from what: whole, and as the files are."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
# Steps that take longer may lag behind what they are built from; what they made says so by itself.
QUICK_MINUTES = 2


@pytest.fixture(scope="module")
def build():
    """The script, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("build_table", ROOT / "scripts" / "build.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_data_file_is_made_by_one_step_or_by_hand(build):
    makers = {}
    for step in build.steps().values():
        for name in step.files("makes", SHARED):
            makers.setdefault(name, []).append(step.name)
    assert {name: steps for name, steps in makers.items() if len(steps) > 1} == {}
    by_hand = {name for pattern in build.by_hand() for name, _ in build.matched(pattern, SHARED)}
    data = {name for name, _ in build.matched("src/detente/data/**", SHARED)}
    assert sorted(data - by_hand - set(makers)) == []


def test_every_script_that_builds_is_a_step(build):
    run = {step.run.split()[0] for step in build.steps().values()}
    scripts = {path.name for kind in ("build_*.py", "embed_*.py") for path in (ROOT / "scripts").glob(kind)}
    assert scripts <= run
    assert all((ROOT / "scripts" / name).is_file() for name in run)


def test_what_was_made_is_as_it_was_made(build):
    """After a change of data: `python -m scripts.build all`, or `record` for a step that was run by hand."""
    held = build.locked()
    found = {step.name: build.differences(step, SHARED, held) for step in build.steps().values()}
    late = {name for name, step in build.steps().items() if step.minutes > QUICK_MINUTES}
    wrong = {
        name: [each for each in said if each.startswith("output") or name not in late]
        for name, said in found.items()
    }
    assert {name: said for name, said in wrong.items() if said} == {}


@pytest.fixture
def small(build, tmp_path, monkeypatch):
    """A repository with one step that copies a file of the inputs in capitals."""
    repo, shared = tmp_path / "repo", tmp_path / "shared"
    (repo / "scripts").mkdir(parents=True)
    shared.mkdir()
    (shared / "in.txt").write_text("one", encoding="utf-8")
    (repo / "scripts" / "copy.py").write_text(
        "import sys, pathlib\n"
        "said = (pathlib.Path(sys.argv[1]) / 'in.txt').read_text()\n"
        "pathlib.Path('out.txt').write_text(said.upper())\n",
        encoding="utf-8",
    )
    (repo / "scripts" / "build.yaml").write_text(
        "steps:\n"
        "  - {name: copy, run: 'copy.py {shared}', from: [shared/in.txt], makes: [out.txt], minutes: 1}\n"
        "by_hand: []\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(build, "REPO", repo)
    monkeypatch.setattr(build, "TABLE", repo / "scripts" / "build.yaml")
    monkeypatch.setattr(build, "LOCK", repo / "scripts" / "build.lock.json")
    (repo / "scripts" / "build.lock.json").write_text("{}", encoding="utf-8")
    return repo, shared


def test_a_step_is_run_when_something_has_changed_and_then_is_fresh(build, small, capsys):
    repo, shared = small
    words = ["--shared", str(shared)]
    assert build.main(["check", *words]) == 1
    assert "copy: never built" in capsys.readouterr().out
    assert build.main(["all", *words]) == 0
    assert (repo / "out.txt").read_text(encoding="utf-8") == "ONE"
    assert build.main(["check", *words]) == 0
    assert json.loads((repo / "scripts" / "build.lock.json").read_text(encoding="utf-8"))["copy"]["makes"]
    (repo / "out.txt").write_text("by hand", encoding="utf-8")
    (shared / "in.txt").write_text("two", encoding="utf-8")
    capsys.readouterr()
    assert build.main(["check", "copy", *words]) == 1
    assert "copy: input shared/in.txt is another; output out.txt is another" in capsys.readouterr().out
    assert build.main(["all", "--at-most", "0.5", *words]) == 0
    assert "copy: not fresh, left out (1 minutes)" in capsys.readouterr().out
    assert build.main(["all", *words]) == 0
    assert (repo / "out.txt").read_text(encoding="utf-8") == "TWO"


def test_inputs_that_are_not_here_are_said_to_be_and_unknown_steps_refused(build, small, capsys):
    _, shared = small
    words = ["--shared", str(shared)]
    build.main(["all", *words])
    (shared / "in.txt").unlink()
    capsys.readouterr()
    assert build.main(["check", *words]) == 0
    assert "copy: fresh; 1 inputs are not here, shared/in.txt the first" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        build.main(["check", "cpoy", *words])
    assert "no such step: cpoy; there are copy" in capsys.readouterr().err
