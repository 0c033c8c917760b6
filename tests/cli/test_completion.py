"""Scripts for shells: they name every command and option, bash reads them, and completes with them."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from detente.cli import COMMANDS, main
from detente.queries import QUESTIONS
from detente.queries.question import question_of

BASH = shutil.which("bash")


def script(shell, capsys):
    """What the command writes."""
    capsys.readouterr()
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_and_option_is_named(shell, capsys):
    text = script(shell, capsys)
    assert all(name in text for name in COMMANDS)
    for name in QUESTIONS:
        question = question_of(name)
        assert question.command[-1] in text
        named = [item.key.replace("_", "-") for item in question.fields if not item.positional]
        assert [word for word in named if word not in text] == []


@pytest.mark.skipif(BASH is None, reason="no bash on this machine")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        (("detente", "led"), "ledger"),
        (("detente", "ledger", "sh"), "show"),
        (("detente", "what-if", "--imp"), "--importer"),
        (("detente", "run", "--clos"), "--closure"),
        (("detente", "run", "--closure", "pro"), "proportional"),
        (("detente", "completion", "fi"), "fish"),
    ],
)
def test_bash_completes(typed, completed, tmp_path, capsys):
    file = tmp_path / "detente"
    file.write_text(script("bash", capsys), encoding="utf-8")
    assert subprocess.run([BASH, "-n", file], check=False).returncode == 0
    words = " ".join(f"'{word}'" for word in typed)
    asked = f'source "{file}"; COMP_WORDS=({words}); COMP_CWORD={len(typed) - 1}; _detente; echo "${{COMPREPLY[@]}}"'
    found = subprocess.run([BASH, "-c", asked], capture_output=True, text=True, check=False)
    assert completed in found.stdout.split(), found


def test_another_shell_is_refused(capsys):
    assert main(["completion", "tcsh"]) == 2
    assert '"bash", "zsh", "fish"' in capsys.readouterr().err
