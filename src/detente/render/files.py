"""Everything a run leaves behind in a folder: the page, tables in three formats, charts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.errors import InputError
from detente.io.documents import as_json
from detente.policy.documents.run import RunDocument
from detente.render.folder import require_folder
from detente.render.tables import make_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_report(document: Mapping[str, Any], out: Path) -> list[Path]:
    """Write report.html, result.json, tables/ (CSV, Parquet), tables.xlsx and charts/ (SVG)."""
    from detente.render.page import draw, render_page  # noqa: PLC0415  (charts are heavy; a run without a folder draws none)

    require_folder(out)
    _require_workbook()
    run = RunDocument.read(document)
    drawings = draw(run)
    page = render_page(run, drawings)
    frames = {name: _flat(frame) for name, frame in make_tables(run).items()}
    (out / "tables").mkdir(parents=True, exist_ok=True)
    (out / "charts").mkdir(exist_ok=True)
    written = [_text(out / "report.html", page)]
    written.append(_text(out / "result.json", json.dumps(document, ensure_ascii=False, indent=1)))
    for name, frame in frames.items():
        frame.to_csv(out / "tables" / f"{name}.csv", index=False)
        frame.to_parquet(out / "tables" / f"{name}.parquet", index=False)
        written += [out / "tables" / f"{name}.csv", out / "tables" / f"{name}.parquet"]
    written += [_text(out / "charts" / f"{name}.svg", item.svg) for name, item in drawings.items()]
    written.append(_workbook(run, frames, out / "tables.xlsx"))
    return written


def _require_workbook() -> None:
    """Refuse before anything is written if the workbook cannot be."""
    try:
        import xlsxwriter  # noqa: F401, PLC0415  (an extra)
    except ImportError:
        raise InputError(
            "the workbook cannot be written",
            where="--out",
            found="xlsxwriter is not installed",
            allowed="the extra [xlsx]",
            repair='pip install "detente[xlsx]"',
        ) from None


def _text(path: Path, text: str) -> Path:
    """Write UTF-8 text."""
    path.write_text(text, encoding="utf-8")
    return path


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Lists and mappings inside cells become JSON text, which every format can hold."""
    return frame.map(
        lambda cell: json.dumps(cell, ensure_ascii=False) if isinstance(cell, (list, dict)) else cell
    )


def _workbook(run: RunDocument, frames: dict[str, pd.DataFrame], path: Path) -> Path:
    """One sheet per table, and the sources with the stamp on the last."""
    world = run.result.world
    notes = [
        *(("source", text) for text in world.sources),
        *(("estimated", text) for text in world.estimated),
    ]
    notes += [("warning", text) for text in run.warnings]
    notes += [(f"stamp: {key}", str(value)) for key, value in as_json(run.stamp).items()]
    # Strings stay strings: a cell that starts with = is text, not a formula.
    options = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs=options) as book:
        for name, frame in frames.items():
            frame.to_excel(book, sheet_name=name, index=False)
        pd.DataFrame(notes, columns=["kind", "text"]).to_excel(book, sheet_name="sources", index=False)
    return path
