"""A damaged package gives no answer: every data file is compared with the manifest as it is read."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from detente.manifest import DATA, NAME, PACKAGE, known

if TYPE_CHECKING:
    from pathlib import Path

PARTS = ("  where   ", "  found   ", "  allowed ", "  repair  ")
REFUSED = 4


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package, which is no source tree."""
    folder = tmp_path_factory.mktemp("site")
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, folder / "detente", ignore=ignore)
    return folder


def python(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the copy."""
    env = os.environ | {"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, cwd=site, env=env, check=False
    )


def detente(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the copy."""
    return python(site, "-m", "detente", *words)


EVERY_FILE = """
import json
from detente import manifest
from detente.errors import UnsafeAnswerError

assert not manifest.SOURCE_TREE
wrong = []
for place, (name, path) in enumerate(manifest.data_files().items()):
    before = path.read_bytes()
    at = (place * 7919) % max(1, len(before))
    for kind, changed in {
        "flipped": before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :],
        "short": before[:-1],
        "longer": before + b" ",
        "empty": b"",
    }.items():
        path.write_bytes(changed)
        try:
            manifest.read_bytes(path)
            wrong.append(f"{name} {kind}: read")
        except UnsafeAnswerError as problem:
            if name not in problem.found or not all((problem.where, problem.allowed, problem.repair)):
                wrong.append(f"{name} {kind}: {problem}")
    if manifest.damaged() != [name]:
        wrong.append(f"{name}: doctor says {manifest.damaged()}")
    path.unlink()
    try:
        manifest.is_there(path)
        wrong.append(f"{name} gone: said not to be there")
    except UnsafeAnswerError:
        pass
    path.write_bytes(before)
print(json.dumps([place + 1, manifest.damaged(), wrong]))
"""


def test_every_data_file_is_refused_with_a_byte_changed_added_or_lost(site: Path):
    said = python(site, "-c", EVERY_FILE)
    assert said.returncode == 0, said.stderr
    files, damaged, wrong = json.loads(said.stdout)
    assert (files, damaged, wrong) == (len(known()), [], [])


# Reads are recorded as Python makes them, with whether the manifest made them.
ASKED = """
import json, sys
from pathlib import Path
import detente
from detente.manifest import DATA
from detente.cli import main

inside, checked, loose = f"{DATA}/", set(), set()

def heard(event, arguments):
    if event != "open" or not str(arguments[0]).startswith(inside):
        return
    frame, names = sys._getframe(1), []
    while frame is not None:
        names.append((frame.f_code.co_filename.rsplit("/", 1)[-1], frame.f_code.co_name))
        frame = frame.f_back
    by = ("manifest.py", "read_bytes") in names or ("manifest.py", "file_hash") in names
    again = not {("lists.py", "read_lists"), ("store.py", "read_world")}.isdisjoint(names)
    (checked if by else set() if again else loose).add(str(arguments[0])[len(inside) :])

sys.addaudithook(heard)
sys.stdout = open("/dev/null", "w")
for words in json.loads(sys.argv[1]):
    code = main(words)
    assert code in (0, 4), (words, code)
sys.stdout = sys.__stdout__
print(json.dumps([sorted(checked), sorted(loose)]))
"""
COMMANDS = (
    ["status", "--on", "2025-10-27"],
    ["duty", "7326.90.86.88", "--from", "CHN", "--to", "USA", "--on", "2026-09-18", "--value", "14172"],
    ["duty", "0203.29", "--from", "USA", "--to", "CHN", "--on", "2025-11-11"],
    ["duty", "8703.23.19", "--from", "JPN", "--to", "GBR", "--on", "2026-01-15"],
    ["duty", "8703.23", "--from", "USA", "--to", "DEU", "--on", "2026-01-15"],
    ["duty", "8703.23", "--from", "USA", "--to", "JPN", "--on", "2026-01-15"],
    ["search", "steel bolts"],
    ["average", "--to", "USA", "--on", "2025-10-27"],
    ["average", "--to", "CHN", "--from", "USA", "--on", "2025-10-27"],
    ["screen", "Huawei Technologies", "--on", "2025-10-27"],
    ["licence", "chip", "--from", "USA", "--to", "CHN", "--on", "2025-10-27"],
    ["purchases", "cn.buy.soy2025", "--on", "2026-02-28"],
)


def test_what_commands_read_is_read_through_the_manifest(site: Path):
    said = python(site, "-c", ASKED, json.dumps(COMMANDS))
    assert said.returncode == 0, said.stderr
    checked, loose = json.loads(said.stdout)
    assert loose == []
    assert len(checked) > 60, checked


OPENS = re.compile(
    r"importlib\.resources|importlib import resources|resources\.files|__file__"
    r"|(?:FOLDER|DATA|STUDIES|GAMES|_WORLDS|IMPORTS_FILE|INDEX)\b[^\n]*\.(?:open|read_bytes|read_text)\("
    r"|(?:read_table|Columns|read_parquet|read_csv|np\.load)\((?:FOLDER|DATA|str\(|IMPORTS|INDEX)"
)
# Styles, scripts, fonts and outlines of the page are no data.
NO_DATA = {"web/app.py", "render/brief/pdf.py", "render/drawing/maps.py", "manifest.py"}


def test_no_module_opens_a_data_file_by_itself():
    found = [
        f"{path.relative_to(PACKAGE).as_posix()}: {match[0]}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).as_posix() not in NO_DATA
        for match in OPENS.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def changed_number(content: bytes) -> bytes:
    """A rate of 0.25 in the compiled law, made 0.05."""
    found = content.replace(b'\\"rate\\":0.25', b'\\"rate\\":0.05', 1)
    assert found != content
    return found


def shorter_list(content: bytes) -> bytes:
    """A list without 100 of its lines."""
    lines = content.splitlines(keepends=True)
    return b"".join(lines[:20] + lines[120:])


def flipped(content: bytes) -> bytes:
    """One bit in the middle."""
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def a_long_list() -> str:
    """The longest list of the ledger."""
    lists = [name for name in known() if name.startswith("ledger/") and name.endswith(".csv")]
    return max(lists, key=lambda name: known()[name][0])


DAMAGE = {
    "compiled.json": (changed_number, COMMANDS[1]),
    a_long_list(): (shorter_list, COMMANDS[0]),
    "products/hts8.columns": (flipped, COMMANDS[1]),
    "products/imports_2024.columns": (flipped, COMMANDS[7]),
    "schedules/japan.columns": (flipped, COMMANDS[5]),
    "products/search.npz": (flipped, COMMANDS[6]),
    "worlds/icio2022.nc": (flipped, ["hedge", "RCEP"]),
    "places.yaml": (flipped, COMMANDS[0]),
    "screening/consolidated_screening_list_sample.csv": (flipped, COMMANDS[9]),
    "evidence/scores.json": (flipped, ["evidence"]),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_the_next_command_that_reads_it_refuses_and_doctor_says_which(site: Path, name: str):
    change, words = DAMAGE[name]
    path = site / "detente" / "data" / name
    before, kept = path.read_bytes(), path.stat()
    path.write_bytes(change(before))
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    try:
        for asked in (words, ["doctor"]):
            said = detente(site, *asked)
            assert (said.returncode, said.stdout) == (REFUSED, ""), said.stderr
            assert said.stderr.startswith("UnsafeAnswerError: the data of the package is damaged"), (
                said.stderr
            )
            assert all(part in said.stderr for part in PARTS)
            assert name in said.stderr
            assert "Traceback" not in said.stderr
    finally:
        path.write_bytes(before)


def test_a_measure_that_is_gone_is_refused(site: Path):
    path = site / "detente" / "data" / "ledger" / "usa" / "emergency_powers.yaml"
    before = path.read_bytes()
    path.unlink()
    try:
        said = detente(site, "status")
        assert said.returncode == REFUSED
        assert "ledger/usa/emergency_powers.yaml: gone" in said.stderr
    finally:
        path.write_bytes(before)


def test_a_measure_that_is_not_listed_is_refused(site: Path):
    path = site / "detente" / "data" / "ledger" / "usa" / "one_more.yaml"
    path.write_text("measures: []\n", encoding="utf-8")
    try:
        said = detente(site, "status")
        assert said.returncode == REFUSED
        assert "not listed" in said.stderr
    finally:
        path.unlink()


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", None], ids=["empty", "cut", "other", "gone"])
def test_a_manifest_that_cannot_be_read_is_refused(site: Path, content: bytes | None):
    path = site / "detente" / NAME
    before = path.read_bytes()
    path.unlink() if content is None else path.write_bytes(content)
    try:
        for words in (["status"], ["doctor"]):
            said = detente(site, *words)
            assert said.returncode == REFUSED, said.stderr
            assert all(part in said.stderr for part in PARTS), said.stderr
    finally:
        path.write_bytes(before)


EDITED = """
import json
from detente import manifest
from detente.errors import UnsafeAnswerError
from detente.stamp import stamp

assert manifest.SOURCE_TREE
plain = stamp(command="x")["data_hash"]
found = []
for name in ("places.yaml", "worlds/tilts.csv", "compiled.json", "products/hts8.columns"):
    path = manifest.DATA / name
    kept = path.read_bytes()
    path.write_bytes(kept + b"\\n")
    try:
        manifest.read_bytes(path)
        found.append([name, "read", stamp(command="x")["data_hash"] != plain, manifest.damaged()])
    except UnsafeAnswerError as problem:
        found.append([name, "refused", "compile_data.py" in problem.repair, manifest.damaged()])
    path.write_bytes(kept)
print(json.dumps(found))
"""


def test_in_a_source_tree_authors_edit_what_is_written_by_hand_and_nothing_else(tmp_path: Path):
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "src" / "detente", ignore=ignore)
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    said = python(tmp_path / "src", "-c", EDITED)
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout) == [
        ["places.yaml", "read", True, ["places.yaml"]],
        ["worlds/tilts.csv", "read", True, ["worlds/tilts.csv"]],
        ["compiled.json", "refused", True, ["compiled.json"]],
        ["products/hts8.columns", "refused", True, ["products/hts8.columns"]],
    ]


def test_the_folder_of_data_is_the_one_of_the_manifest():
    assert {path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file()} == set(known())
