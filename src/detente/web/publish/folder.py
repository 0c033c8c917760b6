"""A folder that is written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from detente.errors import InputError
from detente.io.outputs import refused_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARK: Final = "published.json"
"""File by which a folder is known to be the command's own."""


def require_own(folder: Path) -> None:
    """Refuse a place that holds something the command did not write, before anything is worked out."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not folder.is_dir() or not _is_own(folder):
        raise InputError(
            "the site would take the place of something else",
            where="DIR",
            found=f"{folder}, {'a folder with other files' if folder.is_dir() else 'a file'}",
            allowed=f"a name that is not taken, an empty folder, or one with {MARK}, which an earlier run wrote",
            repair="give another name",
        )


def _is_own(folder: Path) -> bool:
    """Whether an earlier run wrote a folder."""
    try:
        held = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(held, dict) and held.get("program") == "detente"


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """
    Give a folder to write into; it takes its place when the work is done, and is gone if the work fails.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> place = pathlib.Path(tempfile.mkdtemp()) / "site"
    >>> with whole(place) as draft:
    ...     (draft / "index.html").touch()
    >>> [file.name for file in place.iterdir()]
    ['index.html']
    """
    folder = folder.absolute()
    draft, old = (folder.with_name(f".{folder.name}.{word}-{os.getpid()}") for word in ("draft", "old"))
    with refused_in_words(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft.mkdir()
        try:
            yield draft
            _take_place(draft, folder, old)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)


def _take_place(draft: Path, folder: Path, old: Path) -> None:
    """Put the new folder where the old one was, and the old one back if that fails."""
    held = folder.exists()
    if held:
        folder.rename(old)
    try:
        draft.rename(folder)
    except OSError:
        if held:
            old.rename(folder)
        raise
