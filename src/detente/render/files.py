"""Everything a run leaves behind in a folder: the page, tables in three formats, charts."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.errors import InputError
from detente.io.documents import as_json
from detente.io.outputs import whole_folder
from detente.io.parquet import has_parquet
from detente.policy.documents.run import RunDocument
from detente.processes import Beside
from detente.render.folder import require_folder
from detente.render.tables import make_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_report(document: Mapping[str, Any], out: Path, *, beside: Beside | None = None) -> list[Path]:
    """
    Write the brief and its annex, result.json, tables/ (CSV, Parquet), tables.xlsx and charts/ (SVG).

    brief.html is two pages, report.html the same under the name it always had; brief.pdf needs the extra [report], the
    tables as Parquet the extra [parquet]. Tables are laid out in a second process where there is one.
    """
    from detente.render.brief.contents import brief_of  # noqa: PLC0415  (charts are heavy; not every run draws)
    from detente.render.brief.pdf import brief_pdf, has_pdf  # noqa: PLC0415
    from detente.render.page import draw, render_brief, render_page  # noqa: PLC0415

    require_folder(out)
    _require_workbook()
    run = RunDocument.read(document)
    tables = (beside or Beside()).ask(_tables, run)
    drawings = draw(run)
    brief = brief_of(run)
    two_pages = render_brief(brief).encode()
    files = {
        "report.html": two_pages,
        "brief.html": two_pages,
        "annex.html": render_page(run, drawings).encode(),
        "result.json": json.dumps(document, ensure_ascii=False, indent=1).encode(),
    }
    if has_pdf():
        files["brief.pdf"] = brief_pdf(brief)
    files |= {f"charts/{name}.svg": item.svg.encode() for name, item in drawings.items()}
    files |= tables.result()
    with whole_folder(out) as stage:
        for folder in ("tables", "charts"):
            (stage / folder).mkdir()
        for name, content in files.items():
            (stage / name).write_bytes(content)
    return [out / name for name in files]


def _tables(run: RunDocument) -> dict[str, bytes]:
    """Every table as CSV and Parquet, then all of them as a workbook, by the name of the file."""
    files: dict[str, bytes] = {}
    frames = {name: _flat(frame) for name, frame in make_tables(run).items()}
    for name, frame in frames.items():
        files[f"tables/{name}.csv"] = frame.to_csv(index=False).encode()
        if has_parquet():
            files[f"tables/{name}.parquet"] = frame.to_parquet(index=False)
    return files | {"tables.xlsx": _workbook(run, frames)}


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


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Lists and mappings inside cells become JSON text, which every format can hold."""
    return frame.map(
        lambda cell: json.dumps(cell, ensure_ascii=False) if isinstance(cell, (list, dict)) else cell
    )


def _workbook(run: RunDocument, frames: dict[str, pd.DataFrame]) -> bytes:
    """One sheet per table, and the sources with the stamp on the last."""
    world = run.result.world
    notes = [
        *(("source", text) for text in world.sources),
        *(("estimated", text) for text in world.estimated),
    ]
    notes += [("warning", text) for text in run.warnings]
    notes += [(f"stamp: {key}", str(value)) for key, value in as_json(run.stamp).items()]
    # Strings stay strings: a cell that starts with = is text, not a formula.
    options = {"options": {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}}
    sink = BytesIO()
    with pd.ExcelWriter(sink, engine="xlsxwriter", engine_kwargs=options) as book:
        for name, frame in frames.items():
            frame.to_excel(book, sheet_name=name, index=False)
        pd.DataFrame(notes, columns=["kind", "text"]).to_excel(book, sheet_name="sources", index=False)
    return sink.getvalue()
