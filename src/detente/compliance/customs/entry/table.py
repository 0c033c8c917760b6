"""Tables that a user gives: CSV, Excel workbook, Parquet, or a frame, as rows of cells with their row numbers."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from detente.errors import InputError
from detente.io.parquet import parquet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_ROWS: Final = 500_000
LARGEST: Final = 256_000_000
LONGEST_CELL: Final = 300
KINDS: Final = (".csv", ".xlsx", ".parquet")


@dataclass(frozen=True)
class Cells:
    """
    A table as text.

    heads: First row.
    rows: Number of each row as a spreadsheet counts, the heads being row 1, and its cells.
    """

    heads: tuple[str, ...]
    rows: list[tuple[int, tuple[str, ...]]] = field(repr=False)


def read_cells(table: Any, *, where: str) -> Cells:
    """Read a table; empty rows are left out."""
    if isinstance(table, Cells):
        return table
    rows = _rows(table, where)
    try:
        heads = tuple(_text(cell) for cell in next(rows, ()))
        found = [
            (number, cells)
            for number, row in enumerate(rows, start=2)
            if any(cells := tuple(_text(cell) for cell in row))
        ]
    except (csv.Error, UnicodeDecodeError, OSError, ValueError) as problem:
        raise _unreadable(where, str(problem)[:200]) from None
    if len(found) > MOST_ROWS:
        raise _unreadable(where, f"{len(found)} rows")
    return Cells(heads, found)


def read_text(text: str) -> Cells:
    """Read a pasted table of comma-separated rows."""
    return read_cells(list(csv.reader(io.StringIO(text.lstrip("\ufeff")))), where="lines")


def _rows(table: Any, where: str) -> Iterator[Iterable[Any]]:
    """Rows of a table, the heads first."""
    if isinstance(table, list):
        return iter(table)
    if isinstance(table, (str, Path)):
        return _of_file(Path(table), where)
    if hasattr(table, "columns") and hasattr(table, "itertuples"):
        return iter([list(table.columns), *table.itertuples(index=False, name=None)])
    raise _unreadable(where, type(table).__name__)


def _of_file(path: Path, where: str) -> Iterator[Iterable[Any]]:
    """Rows of a file."""
    kind = path.suffix.lower()
    if kind not in KINDS or not path.is_file() or path.stat().st_size > LARGEST:
        raise _unreadable(where, f"{path}" + (" (no such file)" if not path.is_file() else ""))
    if kind == ".csv":
        return csv.reader(_utf8(path, where).splitlines(keepends=True))
    if kind == ".parquet":
        return _of_parquet(path, where)
    return _of_workbook(path, where)


def _utf8(path: Path, where: str) -> str:
    """Text of a file."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise _unreadable(where, f"{path.name}: byte {problem.start + 1} is not UTF-8") from None


def _of_parquet(path: Path, where: str) -> Iterator[Iterable[Any]]:
    """Rows of a Parquet file."""
    pq = parquet(where)
    import pyarrow as pa  # noqa: PLC0415  (an extra)

    try:
        held = pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as problem:
        raise _unreadable(where, str(problem)[:200]) from None
    columns = [column.to_pylist() for column in held.columns]
    return iter([list(held.column_names), *zip(*columns, strict=True)])


def _of_workbook(path: Path, where: str) -> Iterator[Iterable[Any]]:
    """Rows of the first sheet of a workbook, values and not formulas."""
    try:
        import openpyxl  # noqa: PLC0415  (an extra)
    except ImportError:
        raise InputError(
            "the workbook cannot be read",
            where=where,
            found="openpyxl is not installed",
            allowed="the extra [xlsx], or a CSV or Parquet file",
            repair='pip install "detente[xlsx]", or save the sheet as CSV',
        ) from None
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        book.close()
    except Exception as problem:  # noqa: BLE001  (the library raises many kinds on a broken file)
        raise _unreadable(where, str(problem)[:200]) from None
    return iter(rows)


def _text(cell: Any) -> str:
    """A cell as text: nothing as empty, whole numbers without a point, days as ISO text."""
    if cell is None or cell != cell:  # noqa: PLR0124  (not a number is not itself)
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell).strip()


def _unreadable(where: str, found: str) -> InputError:
    """The refusal of a table."""
    return InputError(
        "not a table that can be read",
        where=where,
        found=found,
        allowed=f"a frame, or a file {', '.join(KINDS)}, names of columns in the first row; at most {MOST_ROWS} rows",
        repair="name such a file, or save the sheet as CSV in UTF-8",
    )
