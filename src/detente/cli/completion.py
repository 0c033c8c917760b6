"""The command that writes a completion script for a shell: completion."""

from __future__ import annotations

import sys
from typing import Literal


def completion(shell: Literal["bash", "zsh", "fish"], /) -> int:
    """
    Write a script for a shell that completes commands, options and their words.

    Parameters
    ----------
    shell
        bash, zsh or fish; the script goes where that shell looks for them (docs/completion.md).
    """
    from detente.cli import app  # noqa: PLC0415  (it names this module)

    sys.stdout.write(app.generate_completion(shell=shell).rstrip("\n") + "\n")
    return 0
