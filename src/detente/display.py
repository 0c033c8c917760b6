"""How an object shows itself: a line in a session, a table of at most a screen in a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from html import escape
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import detente
from detente.formatting import count, figure

if TYPE_CHECKING:
    from detente.render import Picture

# Characters of a value in a line, of a cell, and of a whole line; rows and columns of a table.
VALUE, CELL, LINE = 60, 80, 1_200
ROWS: Final = 10
COLUMNS: Final = 6
FACTS: Final = 12
# Modules whose objects are values: a day, a path, a fraction.
PLAIN: Final = ("builtins", "datetime", "pathlib", "fractions", "decimal")
QUOTE: Final = '"'
STYLE: Final = "text-align:left;vertical-align:top"


def in_short(self: Any) -> str:
    """
    Write an object as a line: its kind and what is in it, long values by their size.

    Examples
    --------
    >>> class Found:
    ...     __repr__ = in_short
    >>> found = Found()
    >>> found.rate, found.rows = 0.25, [{"a": 1}] * 900
    >>> found
    <Found: rate=0.250, rows=900 rows>
    """
    said = ", ".join(f"{name}={_brief(value, VALUE)}" for name, value in _parts(self).items())
    kept = said if len(said) <= LINE else f"{said[:LINE]}..."
    return f"<{type(self).__name__}{': ' if kept else ''}{kept}>"


def as_html(self: Any) -> str:
    """
    Write an object for a notebook: what is in it, and the first rows of its first table.

    Examples
    --------
    >>> class Found:
    ...     _repr_html_ = as_html
    >>> found = Found()
    >>> found.words = "a < b"
    >>> "a &lt; b" in found._repr_html_()
    True
    """
    parts = _parts(self)
    table = next(((name, value) for name, value in parts.items() if _is_table(value)), None)
    told = [(name, value) for name, value in parts.items() if table is None or name != table[0]][:FACTS]
    facts = "".join(
        f'<tr><th style="{STYLE}">{escape(name)}</th><td style="{STYLE}">{escape(_brief(value, CELL))}</td></tr>'
        for name, value in told
    )
    below = _table(*table) if table else ""
    return f"<div><p><b>{type(self).__name__}</b></p><table>{facts}</table>{below}</div>"


def plot(
    self: Any,
    name: str = "",
    scenario: str = "",
    *,
    of: str = "",
    against: str = "",
    side: str = "",
    variable: str = "",
    size: str = "wide",
) -> Picture:
    """
    Draw this: the same as `detente.chart` of it, with the same options.

    Parameters
    ----------
    name
        Which of its pictures; the usual one by default.
    scenario, of, against, side, variable, size
        As of `detente.chart`.

    Returns
    -------
    Picture
        Shown in a notebook as it is; ``.save("x.svg")``, ``.to_altair()``.

    Raises
    ------
    InputError
        No such picture, or an option that this has no use for.

    Examples
    --------
    >>> found = detente.average_tariff("USA", "CHN", on="2025-11-10", by="measure")
    >>> found.plot(size="half") == detente.chart(found, size="half")
    True
    """
    options = {"of": of, "against": against, "side": side, "variable": variable, "size": size}
    picture: Picture = detente.chart(self, name, scenario, **options)
    return picture


def _parts(thing: Any) -> dict[str, Any]:
    """What an object holds, by name: keys, fields or attributes; nothing that is private. `_shown` stands in for it."""
    if hasattr(type(thing), "_shown"):
        return _parts(thing._shown)  # noqa: SLF001  (what a class says of itself)
    if isinstance(thing, list):
        return {**getattr(thing, "about", {}), "rows": list(thing)}
    if isinstance(thing, Mapping):
        return {str(key): value for key, value in thing.items()}
    names = [item.name for item in fields(thing)] if is_dataclass(thing) else list(vars(thing))
    return {name: getattr(thing, name) for name in names if not name.startswith("_")}


def _is_table(value: Any) -> bool:
    """Whether a value is rows of fields."""
    rows = isinstance(value, Sequence) and not isinstance(value, str) and len(value) > 0
    return rows and all(isinstance(row, Mapping) or is_dataclass(row) for row in value[:ROWS])


def _brief(value: Any, most: int) -> str:
    """A value in few letters."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape:
        return " x ".join(map(str, shape))
    if isinstance(value, Mapping):
        text = ", ".join(f"{key}: {_brief(item, most)}" for key, item in value.items())
        return _whole(text, value, "keys", most)
    if _is_table(value):
        return _counted(value)
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str):
        return _whole(", ".join(_brief(item, most) for item in value), value, "values", most)
    return _scalar(value, most)


def _scalar(value: Any, most: int) -> str:
    """One value: a number, a word, a day; of anything else its kind."""
    if isinstance(value, float):
        return ("-" if value < 0 else "") + figure(value) if isfinite(value) else str(value)
    if isinstance(value, str):
        return value if len(value) <= most else f"{value[:most]}..."
    return str(value) if type(value).__module__ in PLAIN and len(str(value)) <= most else type(value).__name__


def _counted(rows: Sequence[Any]) -> str:
    """How many rows there are."""
    return f"{count(len(rows))} row{'s' * (len(rows) != 1)}"


def _whole(text: str, value: Any, what: str, most: int) -> str:
    """A collection in full where it is short, else how much is in it."""
    return (text or "none") if len(text) <= most else f"{count(len(value))} {what}"


def _table(name: str, rows: Sequence[Any]) -> str:
    """The first rows and columns of a table, and how many rows there are."""
    shown = [_parts(row) for row in rows[:ROWS]]
    heads = list(dict.fromkeys(key for row in shown for key in row))[:COLUMNS]
    lines = [
        _cells("th", heads),
        *(_cells("td", [_brief(row.get(head), CELL) for head in heads]) for row in shown),
    ]
    first = f", the first {ROWS} shown" if len(rows) > ROWS else ""
    return f"<p>{escape(name)}: {_counted(rows)}{first}</p><table>{''.join(lines)}</table>"


def _cells(tag: str, texts: Sequence[str]) -> str:
    """One row of a table."""
    return (
        f"<tr>{''.join(f'<{tag} style={QUOTE}{STYLE}{QUOTE}>{escape(text)}</{tag}>' for text in texts)}</tr>"
    )
