"""What commands leave behind is there whole or not at all, whichever call of the system fails."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from detente.cli import main
from detente.cli.command import FILES
from detente.errors import DetenteError, OutputError
from detente.io.outputs import whole_file, whole_folder, write_text
from detente.manifest import PACKAGE
from detente.policy.sweeps.stores.files import write_whole
from detente.render import page, write_report
from detente.world import load_world
from integrity.faults import KINDS, Faults, content, failing
from policy.main_run import main_document

PARTS = ("\n  where   ", "\n  found   ", "\n  allowed ", "\n  repair  ")
ENTRY = "entry,line,code,origin,value,entered_on\nA1,1,7326.90.86.88,CHN,14172,2025-10-27\n"
DAY = ["--on", "2025-10-27"]
COMMANDS = {
    "duty": ["duty", "7326.90.86.88", "--from", "CHN", "--to", "USA", *DAY, "--worksheet", "OUT/a.html"],
    "timeline": ["ledger", "timeline", "us.s122", "--ics", "OUT/a.ics"],
    "entry": ["entry", "FILE", "--quiet", "--out", "OUT/a/b"],
    "schedule": ["schedule", "--to", "USA", "--from", "CHN", *DAY, "--quiet", "--out", "OUT/a.parquet"],
}


def test_every_command_with_a_file_is_here():
    assert set(COMMANDS) == set(FILES) - {"run"}  # run: below, its document solved once


def cases():
    """Commands into a new place, and over what an earlier one left."""
    return [(name, older) for name in COMMANDS for older in (False, True)]


@pytest.fixture
def words(tmp_path):
    """Write a command with its places."""
    (tmp_path / "lines.csv").write_text(ENTRY, encoding="utf-8")
    (tmp_path / "out").mkdir()

    def made(name):
        return [
            word.replace("OUT", str(tmp_path / "out")).replace("FILE", str(tmp_path / "lines.csv"))
            for word in COMMANDS[name]
        ]

    return made


@pytest.mark.parametrize(("name", "older"), cases())
def test_a_command_fails_whole_at_every_call(name, older, words, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    asked = words(name)
    counts = Faults(out)
    with failing(counts, monkeypatch):
        assert main(asked) == 0
    after = content(out)
    assert after
    assert min(counts.seen[kind] for kind in ("open", "write", "fsync", "replace")) >= 1
    tried = 0
    for kind in KINDS:
        for at in range(1, counts.seen[kind] + 1):
            shutil.rmtree(out)
            out.mkdir()
            if older:
                left = {file: b"older" for file, held in after.items() if held != b"/"} | {
                    "mine.txt": b"mine"
                }
                for file, held in left.items():
                    (out / file).parent.mkdir(parents=True, exist_ok=True)
                    (out / file).write_bytes(held)
            before = content(out)
            capsys.readouterr()
            faults = Faults(out, kind, at)
            with failing(faults, monkeypatch):
                code = main(asked)
            if faults.seen[kind] < at:  # a folder that was there already
                continue
            said = capsys.readouterr()
            assert code == 1, (kind, at, said.err)
            assert said.err.startswith("OutputError: "), (kind, at, said.err)
            assert all(part in said.err for part in PARTS), said.err
            now = content(out)
            whole = {**before, **after} if not older else {**after, "mine.txt": b"mine"}
            assert now in (before, whole), (kind, at, sorted(now))
            if kind != "fsync":  # after the rename what is there is whole
                assert now == before, (kind, at)
            tried += 1
    assert tried >= 5


def test_a_folder_goes_back_to_what_it_was_in_the_middle_of_many_files(tmp_path, monkeypatch):
    out = tmp_path / "out"

    def write():
        with whole_folder(out / "deep" / "er") as stage:
            (stage / "sub").mkdir()
            for k in range(4):
                (stage / f"{k}.txt").write_text(f"new {k}", encoding="utf-8")
                (stage / "sub" / f"{k}.txt").write_text(f"new {k}", encoding="utf-8")

    out.mkdir()
    counts = Faults(out)
    with failing(counts, monkeypatch):
        write()
    after = content(out)
    assert len([held for held in after.values() if held.startswith(b"new")]) == 8
    tried = 0
    for older in (False, True):
        for kind in KINDS:
            for at in range(1, counts.seen[kind] + 9):
                shutil.rmtree(out)
                out.mkdir()
                if older:
                    (out / "deep" / "er" / "sub").mkdir(parents=True)
                    for file in ("1.txt", "sub/2.txt", "mine.txt"):
                        (out / "deep" / "er" / file).write_text("old", encoding="utf-8")
                before, faults = content(out), Faults(out, kind, at)
                try:
                    with failing(faults, monkeypatch):
                        write()
                except OutputError:
                    tried += 1
                    assert content(out) == before, (older, kind, at)
                else:
                    assert faults.seen[kind] < at, (older, kind, at)
    assert tried > 2 * (counts.seen["write"] + counts.seen["replace"])


@pytest.mark.parametrize("ending", [".nc", ".parquet"])
def test_a_world_is_written_whole_or_not_at_all(ending, tmp_path, monkeypatch):
    world, path = load_world("wiod2011"), tmp_path / f"w{ending}"
    counts = Faults(tmp_path)
    with failing(counts, monkeypatch):
        world.to_file(path)
    plain = path.read_bytes()
    assert type(world).from_file(path).hash == world.hash
    for kind in KINDS:
        for at in range(1, min(counts.seen[kind], 12) + 1):
            path.unlink(missing_ok=True)
            with failing(Faults(tmp_path, kind, at), monkeypatch), pytest.raises(OutputError):
                world.to_file(path)
            assert content(tmp_path) in ({}, {path.name: plain})


def test_a_part_of_a_store_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path, counts = tmp_path / "part", Faults(tmp_path)
    with failing(counts, monkeypatch):
        write_whole(path, b"x" * 100_000)
    for kind in KINDS:
        for at in range(1, counts.seen[kind] + 1):
            path.unlink(missing_ok=True)
            with failing(Faults(tmp_path, kind, at), monkeypatch), pytest.raises(DetenteError) as refused:
                write_whole(path, b"x" * 100_000)
            assert all(
                (refused.value.where, refused.value.found, refused.value.allowed, refused.value.repair)
            )
            assert content(tmp_path) in ({}, {"part": b"x" * 100_000})


@pytest.mark.slow
@pytest.mark.nightly
def test_a_report_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    document = main_document()
    out = tmp_path / "out"
    write_report(document, out)
    drawn: list[object] = []
    draw = page.draw
    monkeypatch.setattr(page, "draw", lambda run: drawn[0] if drawn else drawn.append(draw(run)) or drawn[0])

    def older():
        """A folder with an older report in it: what is there is moved aside, so every run must find the same."""
        shutil.rmtree(out)
        out.mkdir()
        (out / "report.html").write_text("older", encoding="utf-8")
        return content(out)

    counts = Faults(out)
    older()
    with failing(counts, monkeypatch):
        write_report(document, out)
    for kind in KINDS:
        step = max(1, counts.seen[kind] // 12)
        for at in range(1, counts.seen[kind] + 1, step):
            before = older()
            with failing(Faults(out, kind, at), monkeypatch), pytest.raises(OutputError):
                write_report(document, out)
            assert content(out) == before, (kind, at)


def run(*words: str, limit: int | None = None, stdout: str | None = None, cwd: Path) -> tuple[int, str, str]:
    """Run a command in a process of its own, with a limit on the size of files, or its output into a file."""

    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    env = os.environ | {"PYTHONPATH": str(PACKAGE.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    with Path(stdout or os.devnull).open("wb") as sink:
        done = subprocess.run(
            [sys.executable, "-m", "detente", *words],
            stdout=sink if stdout else subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=env,
            preexec_fn=limited,
            check=False,
        )
    return done.returncode, (done.stdout or b"").decode(), done.stderr.decode()


def five_parts(said: str) -> bool:
    """Whether an error is one refusal in five parts and nothing else."""
    return bool(
        re.fullmatch(r"OutputError: .+\n  where   .+\n  found   .+\n  allowed .+\n  repair  .+\n", said)
    )


@pytest.mark.parametrize("words", [["status", *DAY], ["status", *DAY, "--json"], ["ledger", "ls", "--csv"]])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_behind_standard_output(words, tmp_path):
    code, _, said = run(*words, stdout="/dev/full", cwd=tmp_path)
    assert (code, five_parts(said)) == (1, True), said
    assert "the disk is full\n  where   standard output" in said


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ([*COMMANDS["duty"][:-1], "/dev/full"], "/dev/full"),
        (["ledger", "timeline", "us.s122", "--ics", "/nonexistent/x"], "/nonexistent/x"),
        (["ledger", "timeline", "us.s122", "--ics", "."], "."),
        (["run", "kuala-lumpur", "--out", "/proc/x"], "/proc/x"),
    ],
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_place_that_takes_nothing(words, place, tmp_path):
    code, out, said = run(*words, cwd=tmp_path)
    assert (code, out, five_parts(said)) == (1, "", True), said
    assert f"where   {place}\n" in said
    assert Path("/dev/full").is_char_device()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["duty", "schedule", "entry"])
def test_a_file_larger_than_the_system_allows(name, tmp_path):
    (tmp_path / "lines.csv").write_text(ENTRY, encoding="utf-8")
    (tmp_path / "out").mkdir()
    asked = [word.replace("OUT", "out").replace("FILE", "lines.csv") for word in COMMANDS[name]]
    code, _, said = run(*asked, limit=700, cwd=tmp_path)
    assert (code, five_parts(said)) == (1, True), said
    assert "the disk is full" in said
    assert content(tmp_path / "out") == {}


def test_a_pipe_is_written_to_as_it_is(tmp_path):
    code, out, said = run(*COMMANDS["duty"][:-1], "/dev/stdout", cwd=tmp_path)
    assert code == 0, said
    assert "</html>" in out


def test_a_link_and_the_rights_of_a_file_stay(tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old", encoding="utf-8")
    real.chmod(0o600)
    link.symlink_to(real)
    write_text(link, "new")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "new"
    assert real.stat().st_mode & 0o777 == 0o600


def test_an_interruption_leaves_nothing(tmp_path):
    def file():
        with whole_file(tmp_path / "a") as handle:
            handle.write(b"half")
            raise KeyboardInterrupt

    def folder():
        with whole_folder(tmp_path / "b") as stage:
            (stage / "a").write_bytes(b"half")
            raise KeyboardInterrupt

    for stopped in (file, folder):
        with pytest.raises(KeyboardInterrupt):
            stopped()
    assert content(tmp_path) == {}


WRITES = re.compile(
    r"\.(?:write_text|write_bytes)\(|\.to_(?:csv|parquet|excel|netcdf)\((?!index=|sink|handle)|open\([^)]*[\"'][wax]b?\+?[\"']"
)
# The writer itself, what writes into a folder it gave, temporary folders, locks and logs, and what makes the package.
ALLOWED = {
    "io/outputs.py",
    "manifest.py",
    "render/entry_files.py",
    "render/files.py",
    "queries/cases.py",
    "queries/page/sent_study.py",
    "policy/sweeps/stores/store.py",
    "policy/sweeps/workers.py",
    "web/publish/crawl.py",
    "web/publish/finish.py",
    "web/publish/plays.py",
    "web/publish/site.py",
}


def test_there_is_one_writer():
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in sorted(PACKAGE.rglob("*.py"))
        if WRITES.search(
            "\n".join(
                line
                for line in path.read_text(encoding="utf-8").splitlines()
                if not line.strip().startswith(">>>")
            )
        )
    }
    assert found - ALLOWED == set()
