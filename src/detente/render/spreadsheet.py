"""Rows as CSV: plain decimal numbers, no nested values, and no cell that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from detente.formatting import exact
from detente.render.headline import day_columns
from detente.render.kinds import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from detente.render.columns import Column

# Spreadsheets take a cell that begins with one of these for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# Lists a document may be about, the first that has rows.
LISTS = (
    "rows", "lines", "board", "series", "members", "years", "matches", "by_year", "tests", "payoffs", "frontier",
    "by_sector", "checks", "stakes", "asks", "forecasts", "agreements", "rivalry", "dates",
)  # fmt: skip


def cell(value: Any) -> str:
    """
    Write a value as the text of a cell.

    Gives A number in full without an exponent, ``true`` or ``false``, a list in words; text that would start a formula
    has a quote before it.

    Examples
    --------
    >>> cell(-0.5), cell(1e-7), cell(-0.0), cell("=1+1"), cell(["CHN", "HKG"]), cell(None)
    ('-0.5', '0.0000001', '0', "'=1+1", 'CHN, HKG', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return exact(value)
    named = (
        isinstance(value, list) and value and all(isinstance(item, dict) and "id" in item for item in value)
    )
    text = ", ".join(str(item["id"]) for item in value) if named else text_of("", value)
    return f"'{text}" if text.startswith(FORMULA) else text


def flat(row: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """
    Name every value of a nested row.

    Examples
    --------
    >>> dict(flat({"side": "USA", "next": {"date": "2025-11-10"}}))
    {'side': 'USA', 'next.date': '2025-11-10'}
    """
    for key, value in row.items():
        if isinstance(value, dict) and value:
            yield from flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", None if value == {} else value


def sheet(rows: Iterable[Mapping[str, Any]], end: str = "\r\n", told: Sequence[Column] = ()) -> str:
    r"""
    Write rows as CSV.

    The columns of `told` stand first and in its order, empty where an answer has no such value; what else has a value
    follows.

    Examples
    --------
    >>> sheet([{"a": 1, "b": "@x"}])
    "a,b\r\n1,'@x\r\n"
    >>> from detente.render.columns import Column
    >>> sheet([{"b": {"x": 1, "y": 2}}], "\n", [Column("a", "", ""), Column("b", "", "")])
    'a,b\n,x: 1; y: 2\n'
    """
    listed = [dict(flat(row)) for row in rows]
    listed = [_gathered(row, told) for row in listed] if told else listed
    columns = list(dict.fromkeys(key for row in listed for key in row))
    nested = {key[: k + 1] for key in columns for k in range(len(key)) if key[k + 1 : k + 2] == "."}
    columns = [key for key in columns if key not in nested]
    if told:
        columns = _ordered(columns, listed, told)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end)
    writer.writerow([cell(column) for column in columns])
    writer.writerows([cell(row.get(column)) for column in columns] for row in listed)
    return out.getvalue()


def _gathered(row: Mapping[str, Any], told: Sequence[Column]) -> dict[str, Any]:
    """A row whose values inside a column that is told as a whole stand in it, each with its name."""
    plain = {item.name for item in told if not item.of_many}
    found: dict[str, Any] = {}
    for key, value in row.items():
        whole = next((key[:k] for k, sign in enumerate(key) if sign == "." and key[:k] in plain), None)
        if whole is None or key in plain:
            found[key] = value
        elif value is not None:
            said = f"{key[len(whole) + 1 :]}: {cell(value)}"
            found[whole] = f"{found[whole]}; {said}" if found.get(whole) else said
    return found


def _ordered(keys: Sequence[str], rows: Sequence[Mapping[str, Any]], told: Sequence[Column]) -> list[str]:
    """The columns that are told, then what else has a value in some row."""
    found: list[str] = []
    for column in told:
        found += [key for key in keys if column.means(key)] if column.of_many else [column.name]
    more = [key for key in keys if key not in found]
    return [*found, *(key for key in more if any(row.get(key) not in (None, "", [], {}) for row in rows))]


def main_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """
    Give the rows a document is about, each with the answer as a whole beside it.

    Gives the comparison of scenarios for a run; the first of `LISTS` that has rows; the parts of an average; else the
    result as one row. Plain values of the result stand at the end of each row, as ``total_...`` where the row has a
    value of that name; so do both readings of a day after the sources (``..._legal``, ``..._reported``).

    Examples
    --------
    >>> main_rows({"result": {"on": "2025-11-10", "rate": 0.3, "lines": [{"rate": 0.1}, {"rate": 0.2}]}})[0]
    {'rate': 0.1, 'on': '2025-11-10', 'total_rate': 0.3}
    """
    rows = _own_rows(document)
    beside = day_columns(document["result"], len(rows))
    return [
        row | {key: _at(value, k) for key, value in beside.items() if key not in row}
        for k, row in enumerate(rows)
    ]


def _at(value: Any, k: int) -> Any:
    """The value of a column in one row: its own, or that of all."""
    return value[k] if isinstance(value, list) else value


def _band_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Bands of a sweep as rows: one a scenario, outcome and label."""
    return [
        {"scenario": scenario, "outcome": outcome, "label": label, **numbers}
        for scenario, own in document["result"]["bands"]["scenarios"].items()
        for outcome, by_label in own.items()
        for label, numbers in by_label.items()
    ]


def _own_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows without the readings of the day."""
    result = document["result"]
    if "bands" in result and "store" in result:
        return _band_rows(document)
    if isinstance(result.get("episodes"), dict):
        named = result["episodes"].items()
        return [{"episode": name, **row} for name, body in named for row in body["scores"]]
    if "scenarios" in result:
        from detente.policy.documents.run import RunDocument  # noqa: PLC0415  (only for a run)
        from detente.render.tables import comparison  # noqa: PLC0415  (loads pandas)

        return comparison(RunDocument.read(document))
    if result.get("prohibited"):
        return [_prohibited(result)]
    whole = {key: value for key, value in result.items() if not isinstance(value, list | dict)}
    rows = next((result[key] for key in LISTS if isinstance(result.get(key), list) and result[key]), None)
    if rows is None and isinstance(result.get("by"), dict) and result["by"]:
        rows = _parts(result)
    if rows is None and isinstance(result.get("tariffs"), dict):
        rows = _chosen(result)
    if rows is None:
        return [{key: value for key, value in result.items() if not isinstance(value, list)}]
    names = {key for row in rows for key in row}
    beside = {f"total_{key}" if key in names else key: value for key, value in whole.items()}
    return [{**row, **beside} for row in rows]


def _prohibited(result: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a good that may not be imported: what was asked, and the act that excludes it."""
    asked = {key: result.get(key) for key in ("code", "description", "origin", "destination", "on")}
    return asked | {f"prohibited_{key}": value for key, value in result["prohibited"].items()}


def _parts(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Parts of an average, with their imports where it has them."""
    imports = result.get("imports_usd") or {}
    return [
        {"part": key, "rate": rate, "imports_usd": imports.get(key)} for key, rate in result["by"].items()
    ]


def _chosen(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Tariffs that sides choose, one a row."""
    return [
        {"player": player, "instrument": name, **tariff}
        for player, own in result["tariffs"].items()
        for name, tariff in own["by"].items()
    ]
