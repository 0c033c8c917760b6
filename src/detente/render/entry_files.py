"""The folder that an answer about entries leaves behind: what to file, to pay, to ask, to repair and to claim."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from detente.io.outputs import whole_folder
from detente.render.folder import require_folder
from detente.render.spreadsheet import sheet

if TYPE_CHECKING:
    from pathlib import Path

# Name of each table, and of the part of the answer that it holds.
TABLES: Final = {
    "lines": "lines",
    "entries": "entries",
    "items": "items",
    "questions": "questions",
    "refused": "refused",
    "claims": "refundable",
}


def write_entry(document: dict[str, Any], out: Path) -> list[Path]:
    """Write lines, entries, items, questions, refused rows and claims as CSV, and the whole answer as result.json."""
    require_folder(out)
    texts = {f"{name}.csv": sheet(document["result"][key]) for name, key in TABLES.items()}
    texts["result.json"] = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    with whole_folder(out) as stage:
        for name, text in texts.items():
            (stage / name).write_bytes(text.encode())
    return [out / name for name in texts]
