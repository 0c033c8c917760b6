from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from detente.errors import StudyError
from detente.policy.sweeps.stores.store import open_store, part_ranges, read_store
from detente.policy.sweeps.sweep import run_cases
from sweeps.fragile_cases import Known

TESTS = Path(__file__).parent.parent
KEY = "known"


def swept(folder, **changes):
    return run_cases(Known(**changes), folder, workers=2)


def values_of(done):
    table = done.store.table(done.ranges)
    return table["draw"].to_pylist(), table["real_income_pct"].to_pylist()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return swept(tmp_path_factory.mktemp("undisturbed") / "store")


def test_every_draw_is_there_once_and_in_order(undisturbed):
    draws, values = values_of(undisturbed)
    assert draws == list(range(40))
    assert [value[0] for value in values] == list(range(40))
    assert undisturbed.failed == ()
    assert undisturbed.lost == ()


def test_parts_are_fixed_ranges():
    assert part_ranges(20, 8) == [(0, 8), (8, 16), (16, 20)]
    assert part_ranges(20, 8)[:2] == part_ranges(16, 8)


def test_the_same_bytes_with_one_worker_and_in_another_order(undisturbed, tmp_path):
    one = run_cases(Known(), tmp_path / "store", workers=1)
    assert one.digest == undisturbed.digest
    names = sorted(path.name for path in one.store.parts.iterdir())
    assert names == sorted(path.name for path in undisturbed.store.parts.iterdir())


def test_a_second_run_does_nothing_and_gives_the_same(undisturbed):
    before = {path.name: path.stat().st_mtime_ns for path in undisturbed.store.parts.iterdir()}
    again = swept(undisturbed.store.path)
    assert again.digest == undisturbed.digest
    assert {path.name: path.stat().st_mtime_ns for path in again.store.parts.iterdir()} == before


def test_a_longer_run_keeps_what_is_there(tmp_path, undisturbed):
    short = swept(tmp_path / "store", count=20)
    assert values_of(short)[0] == list(range(20))
    longer = swept(tmp_path / "store")
    assert longer.digest == undisturbed.digest
    assert values_of(longer)[0] == list(range(40))


def test_a_corrupted_part_is_found_and_done_again(tmp_path, undisturbed):
    done = swept(tmp_path / "store")
    victim = sorted(done.store.parts.iterdir())[2]
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(bytes(content))
    again = swept(tmp_path / "store")
    assert again.redone == (victim.name,)
    assert again.digest == undisturbed.digest


def test_a_truncated_part_is_found_and_done_again(tmp_path, undisturbed):
    done = swept(tmp_path / "store")
    victim = min(done.store.parts.iterdir())
    victim.write_bytes(victim.read_bytes()[:100])
    assert swept(tmp_path / "store").digest == undisturbed.digest


def test_a_worker_that_dies_once_loses_nothing(tmp_path, undisturbed):
    done = swept(tmp_path / "store", dies=(17,), dies_once=str(tmp_path / "died"))
    assert (tmp_path / "died").exists()
    assert done.lost == ()
    assert done.digest == undisturbed.digest


def test_a_part_that_always_kills_its_worker_is_named_and_the_rest_is_done(tmp_path):
    done = swept(tmp_path / "store", dies=(17,))
    assert done.lost == ((16, 24, "its worker ended without an answer, 3 times"),)
    assert values_of(done)[0] == [*range(16), *range(24, 40)]
    cured = swept(tmp_path / "store")
    assert cured.lost == ()
    assert values_of(cured)[0] == list(range(40))


def test_a_mistake_in_the_work_is_named_and_the_rest_is_done(tmp_path):
    done = swept(tmp_path / "store", raises=(3,))
    assert done.lost == ((0, 8, "RuntimeError: a mistake in the work"),)
    assert values_of(done)[0] == list(range(8, 40))


def test_a_scenario_without_equilibrium_is_kept_with_its_reason(tmp_path):
    done = swept(tmp_path / "store", fails=(5, 30))
    assert done.failed == ((5, "only", "not converged"), (30, "only", "not converged"))
    assert done.rows == 40
    connection = done.store.connect()
    assert connection.execute("SELECT count(*) FROM results").fetchone() == (76,)
    assert connection.execute(
        "SELECT draw FROM cases WHERE status <> 'converged' ORDER BY draw"
    ).fetchall() == [
        (5,),
        (30,),
    ]


def test_queries_see_economies_by_name(undisturbed):
    found = undisturbed.store.connect().execute(
        "SELECT economy, max(real_income_pct) FROM results GROUP BY economy ORDER BY economy"
    )
    assert found.fetchall()[0] == ("ONE", 39.0)


def test_a_full_disk_is_named_and_what_was_written_stays(tmp_path, undisturbed, monkeypatch):
    written = 0
    real = os.fsync

    def full(descriptor):
        nonlocal written
        written += 1
        if written > 6:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StudyError) as caught:
        swept(tmp_path / "store")
    assert caught.value.what == "the disk is full"
    assert "run the same command again" in caught.value.repair
    monkeypatch.undo()
    store = read_store(tmp_path / "store")
    good, corrupted = store.verify(part_ranges(40, 8))
    assert corrupted == []
    assert 1 <= len(good) < 5
    assert not list(store.parts.glob(".*.tmp"))
    assert swept(tmp_path / "store").digest == undisturbed.digest


def test_a_store_of_another_version_is_refused_untouched(tmp_path):
    done = swept(tmp_path / "store")
    file = done.store.path / "manifest.json"
    manifest = json.loads(file.read_text())
    file.write_text(json.dumps(manifest | {"version": 99}))
    before = {path: path.read_bytes() for path in done.store.path.rglob("*") if path.is_file()}
    with pytest.raises(StudyError) as caught:
        swept(tmp_path / "store")
    assert caught.value.what == "a store of another version"
    assert (caught.value.found, caught.value.allowed) == ("version 99", "version 1")
    assert {path: path.read_bytes() for path in done.store.path.rglob("*") if path.is_file()} == before


def test_a_store_of_another_run_is_refused_untouched(tmp_path):
    done = swept(tmp_path / "store")
    before = {path: path.read_bytes() for path in done.store.path.rglob("*") if path.is_file()}
    with pytest.raises(StudyError, match="belongs to another run"):
        swept(tmp_path / "store", key="other")
    assert {path: path.read_bytes() for path in done.store.path.rglob("*") if path.is_file()} == before


def test_a_folder_with_other_things_is_refused_untouched(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(StudyError, match="not a store"):
        open_store(tmp_path, KEY, {})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "something"}'])
def test_a_manifest_that_is_none_is_refused(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(StudyError, match="not a store of a sweep"):
        read_store(tmp_path)


def test_two_runs_in_one_store_do_not_disturb_each_other(tmp_path, undisturbed):
    context = multiprocessing.get_context("spawn")
    other = context.Process(
        target=run_cases, args=(Known(pause=0.4), tmp_path / "store"), kwargs={"workers": 1}
    )
    other.start()
    deadline = time.monotonic() + 60
    while not list((tmp_path / "store").glob("parts/*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.02)
    with pytest.raises(StudyError) as caught:
        swept(tmp_path / "store")
    assert caught.value.what == "the store is in use by another run"
    other.join(60)
    assert other.exitcode == 0
    assert swept(tmp_path / "store").digest == undisturbed.digest


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the table of processes in /proc")
def test_workers_end_with_a_run_that_is_killed(tmp_path):
    script = tmp_path / "run.py"
    script.write_text(SCRIPT)
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "store")],
        env=os.environ | {"PYTHONPATH": str(TESTS)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not list((tmp_path / "store").glob("parts/*.parquet")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    workers = [int(pid.name) for pid in Path("/proc").glob("[0-9]*") if _parent_of(pid) == process.pid]
    assert workers
    process.kill()
    process.wait()
    while any(_is_running(pid) for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _parent_of(folder):
    try:
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def _is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


SCRIPT = """
import sys
from pathlib import Path
from sweeps.fragile_cases import Known
from detente.policy.sweeps.sweep import run_cases
if __name__ == "__main__":
    run_cases(Known(pause=0.15), Path(sys.argv[1]), workers=1)
"""


def test_killed_twice_and_resumed_is_the_same_by_hash(tmp_path, undisturbed):
    script = tmp_path / "run.py"
    script.write_text(SCRIPT)
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    for done_before in (1, 3):
        process = subprocess.Popen(
            [sys.executable, str(script), str(tmp_path / "store")],
            env=environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while len(list((tmp_path / "store").glob("parts/*.parquet"))) < done_before:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert len(list((tmp_path / "store").glob("parts/*.parquet"))) < 5
    assert swept(tmp_path / "store").digest == undisturbed.digest


def test_timings_are_beside_the_results_not_in_them(undisturbed):
    lines = [json.loads(line) for line in (undisturbed.store.path / "timings.jsonl").read_text().splitlines()]
    assert len(lines) == 5
    assert all(line["seconds"] >= 0 for line in lines)
    assert "seconds" not in undisturbed.store.table(undisturbed.ranges).column_names


def test_the_index_lists_what_the_store_holds(undisturbed):
    index = json.loads((undisturbed.store.path / "index.json").read_text())
    assert index["hash"] == undisturbed.digest
    assert sorted(index["parts"]) == sorted(path.name for path in undisturbed.store.parts.iterdir())


def test_no_draws_are_refused(tmp_path):
    with pytest.raises(StudyError, match="no draws"):
        swept(tmp_path / "store", count=0)
    assert not (tmp_path / "store").exists()
