"""Where a report may be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.errors import InputError
from detente.io.outputs import require_folder_place

if TYPE_CHECKING:
    from pathlib import Path


def require_folder(out: Path) -> None:
    """Refuse a place that cannot become a folder, before anything is computed for it."""
    if out.exists() and not out.is_dir():
        raise InputError(
            "the report needs a folder",
            where="--out",
            found=f"{out} is a file",
            allowed="a folder, or a name that is not taken",
            repair="give another name",
        )
    require_folder_place(out)
