"""Tables for spreadsheets, in which no cell can act as a formula."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Spreadsheets take a cell that begins with one of these for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: Any) -> Any:
    """
    Make a value safe for a cell.

    Parameters
    ----------
    value
        Number, text, list or mapping.

    Returns
    -------
    value
        Numbers as they are; text that would start a formula with a quote before it; lists and mappings as JSON.

    Examples
    --------
    >>> cell(-0.5), cell("=1+1"), cell("plain")
    (-0.5, "'=1+1", 'plain')
    """
    if isinstance(value, bool | int | float) or value is None:
        return value
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict | tuple) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def sheet(rows: Iterable[Mapping[str, Any]]) -> str:
    r"""
    Write rows as CSV.

    Parameters
    ----------
    rows
        Mappings; columns in the order in which they first appear.

    Returns
    -------
    str
        With a head line.

    Examples
    --------
    >>> sheet([{"a": 1, "b": "@x"}])
    "a,b\r\n1,'@x\r\n"
    """
    listed = list(rows)
    columns = list(dict.fromkeys(key for row in listed for key in row))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([cell(column) for column in columns])
    writer.writerows([cell(row.get(column)) for column in columns] for row in listed)
    return out.getvalue()


def main_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """
    Give the rows a document is about.

    Parameters
    ----------
    document
        Any document.

    Returns
    -------
    rows
        As `detente.report.main_table` has them.
    """
    result = document["result"]
    if result.get("prohibited"):
        return [prohibition(result)]
    for key in ("rows", "lines", "board", "series", "members", "years", "matches"):
        if isinstance(result.get(key), list):
            return list(result[key])
    if "scenarios" in result:
        from detente.report import main_table  # noqa: PLC0415  (loads pandas)

        return [{str(k): v for k, v in row.items()} for row in main_table(dict(document)).to_dict("records")]
    return [{key: value for key, value in result.items() if not isinstance(value, list | dict)}]


def prohibition(result: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a good that may not be imported: what was asked, and the act that excludes it."""
    asked = {key: result.get(key) for key in ("code", "description", "origin", "destination", "on")}
    return asked | {f"prohibited_{key}": value for key, value in result["prohibited"].items()}
