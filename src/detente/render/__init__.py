"""Tables, charts, maps and the page: what a document looks like to a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.render.console.board import render_board
    from detente.render.console.changes import render_changes
    from detente.render.console.chokepoints import render_chokepoints
    from detente.render.console.collected import render_collected
    from detente.render.console.economy import render_economy
    from detente.render.console.entry import render_entry
    from detente.render.console.evidence import render_evidence
    from detente.render.console.plain import render_schema
    from detente.render.console.points import points_headline, points_sentences, render_points
    from detente.render.console.products import render_search
    from detente.render.console.run import render_run
    from detente.render.console.strategy_text import render_strategy
    from detente.render.console.sweeps import render_sweep
    from detente.render.console.terminal import (
        render_duty,
        render_measure,
        render_result,
        render_rows,
    )
    from detente.render.drawing.answers import draw_answer
    from detente.render.drawing.picture import Picture
    from detente.render.drawing.product import draw_history
    from detente.render.drawing.study import draw_run
    from detente.render.entry_files import write_entry
    from detente.render.files import write_report
    from detente.render.folder import require_folder
    from detente.render.headline import after_sources, day_columns, first_lines
    from detente.render.tables import make_tables

# Public names and the module behind each; loaded on first use, since charts and tables are heavy.
_HOME = {
    "after_sources": "headline",
    "day_columns": "headline",
    "draw_answer": "drawing.answers",
    "draw_history": "drawing.product",
    "draw_run": "drawing.study",
    "Picture": "drawing.picture",
    "first_lines": "headline",
    "make_tables": "tables",
    "render_board": "console.board",
    "render_changes": "console.changes",
    "render_chokepoints": "console.chokepoints",
    "render_measure": "console.terminal",
    "render_duty": "console.terminal",
    "render_economy": "console.economy",
    "render_entry": "console.entry",
    "render_result": "console.terminal",
    "render_rows": "console.terminal",
    "render_run": "console.run",
    "render_schema": "console.plain",
    "render_collected": "console.collected",
    "render_evidence": "console.evidence",
    "points_headline": "console.points",
    "points_sentences": "console.points",
    "render_points": "console.points",
    "render_search": "console.products",
    "render_strategy": "console.strategy_text",
    "render_sweep": "console.sweeps",
    "require_folder": "folder",
    "write_entry": "entry_files",
    "write_report": "files",
}

__all__ = [
    "Picture",
    "after_sources",
    "day_columns",
    "draw_answer",
    "draw_history",
    "draw_run",
    "first_lines",
    "make_tables",
    "points_headline",
    "points_sentences",
    "render_board",
    "render_changes",
    "render_chokepoints",
    "render_collected",
    "render_duty",
    "render_economy",
    "render_entry",
    "render_evidence",
    "render_measure",
    "render_points",
    "render_result",
    "render_rows",
    "render_run",
    "render_schema",
    "render_search",
    "render_strategy",
    "render_sweep",
    "require_folder",
    "write_entry",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    from importlib import import_module  # noqa: PLC0415  (this is the lazy import)

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
