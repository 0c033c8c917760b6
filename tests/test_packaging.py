"""What is built and installed: the wheel, its name, metadata and entry point; and the container, read line by line."""

from __future__ import annotations

import email.parser
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import detente
from detente.cli import COMMANDS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXACT = re.compile(r"[a-z][a-z0-9./-]*:\d+\.\d+\.\d+[a-z0-9.-]*(@sha256:[0-9a-f]{64})?")
NETWORK = re.compile(r"\b(curl|wget|git|ssh|apt-get|apk)\b|https?://")


def instructions(text):
    """Lines of a Dockerfile as word and rest, comments left out and long lines joined."""
    joined = re.sub(r"\\\n\s*", " ", text)
    rows = [line.strip() for line in joined.splitlines() if line.strip() and not line.strip().startswith("#")]
    return [(word.upper(), rest) for word, _, rest in (row.partition(" ") for row in rows)]


def faults(text):
    """What is wrong with a Dockerfile."""
    rows = instructions(text)
    found = []
    stages = {rest.split()[2] for word, rest in rows if word == "FROM" and len(rest.split()) == 3}
    bases = [rest.split()[0] for word, rest in rows if word == "FROM"]
    found += [f"not pinned: {base}" for base in bases if base not in stages and not EXACT.fullmatch(base)]
    last = max((at for at, (word, _) in enumerate(rows) if word == "FROM"), default=0)
    users = [rest for word, rest in rows[last:] if word == "USER"]
    if not users or users[-1].split(":")[0] in {"root", "0"}:
        found.append("runs as root")
    for word, rest in rows:
        if word == "ADD" or (word in {"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"} and NETWORK.search(rest)):
            found.append(f"asks a network: {word} {rest}")
        if word in {"CMD", "ENTRYPOINT"} and not rest.startswith("["):
            found.append(f"runs through a shell: {rest}")
        if word in {"ENV", "ARG"} and re.search(r"token|secret|password", rest, re.IGNORECASE):
            found.append(f"a secret in the image: {rest}")
    return found


def test_the_container_is_pinned_runs_as_nobody_and_asks_no_network():
    assert faults((ROOT / "Dockerfile").read_text(encoding="utf-8")) == []


def test_the_scan_finds_what_it_looks_for():
    told = faults("FROM python:latest\nADD https://x/y /\nRUN curl x\nENV TOKEN=a\nCMD detente serve\n")
    for word in ("not pinned", "root", "ADD", "curl", "secret", "shell"):
        assert word in " ".join(told)
    assert faults('FROM a:1.2.3 AS b\nFROM b\nUSER 7\nCMD ["x"]\n') == []


def test_the_container_starts_a_command_of_this_package_that_takes_its_options():
    held = {
        word: json.loads(rest)
        for word, rest in instructions((ROOT / "Dockerfile").read_text(encoding="utf-8"))
        if word in {"ENTRYPOINT", "CMD"}
    }
    assert held["ENTRYPOINT"] == ["detente"]
    name, *words = held["CMD"]
    assert name in COMMANDS
    told = subprocess.run(
        [sys.executable, "-m", "detente", name, "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert all(word in told for word in words if word.startswith("--"))


def test_the_container_holds_what_the_wheel_is_built_from():
    kept = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    copied = {
        word
        for key, rest in instructions((ROOT / "Dockerfile").read_text(encoding="utf-8"))
        if key == "COPY" and "--from" not in rest
        for word in rest.split()[:-1]
    }
    assert copied == kept
    assert {PROJECT["readme"], *PROJECT["license-files"], "pyproject.toml", "src"} <= kept


def test_one_command_has_the_name_of_the_package():
    """So that `uvx detente` and `pipx run detente` start it."""
    assert PROJECT["scripts"] == {PROJECT["name"]: "detente.cli:main"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A wheel of this tree and a folder in which it is installed; what it needs comes from this environment."""
    work = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", str(work), str(ROOT)], check=True)
    (wheel,) = work.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", str(work / "site"), str(wheel)], check=True)
    return wheel, work / "site"


@pytest.mark.slow
def test_name_and_metadata_of_the_wheel(installed):
    wheel, _ = installed
    assert wheel.name == f"detente-{detente.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as held:
        names = held.namelist()
        info = f"detente-{detente.__version__}.dist-info"
        meta = email.parser.Parser().parsestr(held.read(f"{info}/METADATA").decode())
        points = held.read(f"{info}/entry_points.txt").decode()
    assert (meta["Name"], meta["Version"], meta["License-Expression"]) == (
        "detente",
        detente.__version__,
        "MIT",
    )
    assert meta["Requires-Python"] == PROJECT["requires-python"]
    assert set(meta.get_all("Provides-Extra")) == set(PROJECT["optional-dependencies"])
    assert "detente = detente.cli:main" in points
    tracked = subprocess.run(["git", "ls-files", "src"], cwd=ROOT, capture_output=True, text=True, check=True)
    wanted = {name.removeprefix("src/") for name in tracked.stdout.splitlines()}
    assert wanted - set(names) == set()
    assert [name for name in names if name.endswith(".pyc") or name.startswith("tests/")] == []


@pytest.mark.slow
def test_the_installed_command_answers(installed, tmp_path):
    _, site = installed
    done = subprocess.run(
        [sys.executable, str(site / "bin" / "detente"), "status", "--on", "2025-10-27", "--json"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["result"]["on"] == "2025-10-27"
