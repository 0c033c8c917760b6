"""
Run the notebooks of the documentation from top to bottom, and write what they show into them.

    python scripts/notebooks.py [docs/notebooks/NAME.ipynb ...]

A notebook is its own source: change its cells in any editor, then run this. Cells run in this process, as a notebook would
run them: what is printed is kept, and what the last line of a cell gives is shown as it shows itself.
"""

from __future__ import annotations

import ast
import io
import json
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from detente.asof import VARIABLE
from detente.ledger import open_ledger

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "notebooks"
# How an object shows itself, and the kind of what it gives.
SHOWN = {"_repr_html_": "text/html", "_repr_svg_": "image/svg+xml"}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def run_cell(code: str, space: dict[str, Any], name: str = "cell") -> tuple[str, Any]:
    """Run some code in a namespace. Gives what it prints, and what its last line gives: None where that is no expression."""
    tree = ast.parse(code, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    with redirect_stdout(io.StringIO()) as said:
        exec(compile(tree, name, "exec"), space)  # noqa: S102  (the documents are ours)
        value = eval(compile(ast.Expression(last.value), name, "eval"), space) if last else None  # noqa: S307
    return said.getvalue(), value


def outputs_of(said: str, value: Any, number: int) -> list[dict[str, Any]]:
    """What a cell shows, as a notebook keeps it."""
    found: list[dict[str, Any]] = []
    if said:
        found.append({"name": "stdout", "output_type": "stream", "text": _lines(said)})
    if value is not None:
        shown = {kind: getattr(value, way)() for way, kind in SHOWN.items() if hasattr(value, way)}
        # The words of a table are as wide as the terminal of whoever runs this; they stand for what has nothing else.
        shown = {kind: text for kind, text in shown.items() if text} or {"text/plain": repr(value)}
        data = {kind: _lines(text) for kind, text in sorted(shown.items())}
        found.append(
            {"data": data, "execution_count": number, "metadata": {}, "output_type": "execute_result"}
        )
    return found


def _lines(text: str) -> list[str]:
    """A text as a notebook keeps it."""
    return text.splitlines(keepends=True)


def run_notebook(path: Path) -> dict[str, Any]:
    """A notebook with what its cells show now; its cells as they stand."""
    book = json.loads(path.read_text(encoding="utf-8"))
    space: dict[str, Any] = {"__name__": "__main__"}
    cells, number = [], 0
    for place, cell in enumerate(book["cells"], start=1):
        kept = {"cell_type": cell["cell_type"], "id": f"cell-{place}", "metadata": {}}
        code = "".join(cell["source"])
        if cell["cell_type"] == "code":
            number += 1
            shown = outputs_of(*run_cell(code, space, f"{path.stem}, cell {place}"), number)
            kept |= {"execution_count": number, "outputs": shown}
        cells.append(kept | {"source": _lines(code)})
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def main() -> None:
    """Run those named, or all."""
    os.environ[VARIABLE] = open_ledger().horizon.isoformat()
    for path in [Path(name) for name in sys.argv[1:]] or sorted(FOLDER.glob("*.ipynb")):
        text = json.dumps(run_notebook(path), indent=1, ensure_ascii=False, sort_keys=True)
        path.write_text(f"{text}\n", encoding="utf-8")
        print(f"{path.name}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
