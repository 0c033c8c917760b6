"""Read a schedule a user holds, and show how it differs from the embedded one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import InputError
from detente.schedules.codes import normalise
from detente.schedules.usa import tables
from detente.schedules.usa.schedule import STEP, us_schedule

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

LARGEST: Final = 200_000_000
DEEPEST: Final = 30
_TAG: Final = re.compile(r"<[^<>]*>")
_TEXTS: Final = ("general", "special", "other")
_TARIFF_LINE, _STATISTICAL = 8, 10


@dataclass(frozen=True)
class HtsRow:
    """
    One row of an export.

    code: Digits; rates stand at eight, units at ten.
    path: Headings down to the row.
    general, special, column2: Rate texts; empty where the row inherits or has none.
    units: Units of quantity.
    """

    code: str
    path: tuple[str, ...]
    general: str
    special: str
    column2: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class Changed:
    """A rate text that differs."""

    code: str
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class HtsDifference:
    """
    What a file holds that the embedded schedule does not, and the reverse.

    added, removed: Codes of eight and ten digits, chapter 99 included.
    changed: Rate texts that differ, column by column.
    rows: Rows read.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Changed, ...]
    rows: tuple[HtsRow, ...]


def read_hts_json(path: Path, *, on: dt.date | None = None, need_chapter_99: bool = True) -> HtsDifference:
    """
    Read a JSON export of the schedule and compare it with the embedded one.

    Codes added and removed, and rate texts changed.

    >>> import pathlib, tempfile
    >>> text = '[{"htsno": "0101.21.00", "indent": "2", "description": "Purebred", "general": "5%", "other": "Free"}]'
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "hts.json"
    >>> _ = file.write_text(text, encoding="utf-8")
    >>> read_hts_json(file, need_chapter_99=False).changed[0].after
    '5%'
    """
    rows = tuple(_rows(_load(path), path))
    if need_chapter_99 and not any(row.code.startswith("99") for row in rows):
        raise InputError(
            "the file holds no chapter 99",
            where=str(path),
            found=f"{len(rows)} rows of chapters 1 to 98",
            allowed="an export of the full range, 0101 to 9999",
            repair="export it again with the full range, or pass need_chapter_99=False",
        )
    return _compare(rows, on)


def _load(path: Path) -> list[Any]:
    """The list in the file, its size checked first."""
    if not path.is_file():
        raise InputError(
            "no such file", where=str(path), found="nothing", allowed="a file", repair="check the path"
        )
    size = path.stat().st_size
    if size > LARGEST:
        raise InputError(
            "file too large",
            where=str(path),
            found=f"{size} bytes",
            allowed=f"{LARGEST} bytes",
            repair="export the schedule alone",
        )
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as problem:
        raise InputError(
            "not JSON",
            where=str(path),
            found=str(problem)[:80],
            allowed="a JSON list of rows",
            repair="export it again",
        ) from None
    if not isinstance(read, list):
        raise InputError(
            "not an export of the schedule",
            where=str(path),
            found=type(read).__name__,
            allowed="a JSON list of rows",
            repair="save the list itself",
        )
    return read


def _rows(read: list[Any], path: Path) -> Iterator[HtsRow]:
    """Rows with a code, each with the headings above it."""
    above: dict[int, str] = {}
    seen: dict[str, int] = {}
    for number, entry in enumerate(read, start=1):
        where = f"{path}, row {number}"
        depth, words = _place(entry, where)
        above = {level: text for level, text in above.items() if level < depth} | {depth: words}
        code = entry.get("htsno") or ""
        if not str(code).strip():
            continue
        digits = normalise(code, where=where)
        if digits in seen:
            raise InputError(
                "the same code twice",
                where=where,
                found=code,
                allowed=f"each code once; first in row {seen[digits]}",
                repair="export one revision only",
            )
        seen[digits] = number
        general, special, other = (clean(entry.get(column) or "", where) for column in _TEXTS)
        units = tuple(clean(unit, where) for unit in entry.get("units") or ())
        yield HtsRow(digits, tuple(above[level] for level in sorted(above)), general, special, other, units)


def _place(entry: Any, where: str) -> tuple[int, str]:
    """Depth and words of a row."""
    if not isinstance(entry, dict) or "description" not in entry or "indent" not in entry:
        raise InputError(
            "not a row of the schedule",
            where=where,
            found=str(entry)[:80],
            allowed="an object with htsno, indent and description",
            repair="export it again in JSON",
        )
    indent = str(entry["indent"])
    if not indent.isdigit() or int(indent) > DEEPEST:
        raise InputError(
            "not an indent",
            where=where,
            found=indent,
            allowed=f"0 to {DEEPEST}",
            repair="export it again in JSON",
        )
    return int(indent), clean(entry["description"], where)


def clean(text: Any, where: str = "text") -> str:
    """
    A text of the export without tags, on one line.

    >>> clean("1.1¢/kg <i>on lead</i>  content")
    '1.1¢/kg on lead content'
    """
    if not isinstance(text, str):
        raise InputError(
            "not text", where=where, found=repr(text)[:80], allowed="text", repair="export it again in JSON"
        )
    return " ".join(_TAG.sub("", text).replace("\u00a0", " ").replace(STEP, " ").split())


def _compare(rows: tuple[HtsRow, ...], on: dt.date | None) -> HtsDifference:
    """Difference to the embedded schedule in the chapters the file holds."""
    chapters = {row.code[:2] for row in rows}
    theirs = {row.code: row for row in rows if len(row.code) in {_TARIFF_LINE, _STATISTICAL}}
    ours, texts = _embedded(on, chapters)
    changed = [
        Changed(code, column, before, after)
        for code, before_texts in sorted(texts.items())
        if code in theirs
        for column, before, after in zip(
            ("general", "special", "column2"),
            before_texts,
            (theirs[code].general, theirs[code].special, theirs[code].column2),
            strict=True,
        )
        if _bare(before) != _bare(after)
    ]
    return HtsDifference(
        added=tuple(sorted(set(theirs) - ours)),
        removed=tuple(sorted(ours - set(theirs))),
        changed=tuple(changed),
        rows=rows,
    )


def _embedded(on: dt.date | None, chapters: set[str]) -> tuple[set[str], dict[str, tuple[str, str, str]]]:
    """Codes and rate texts of the embedded schedule in some chapters, on a day or at the end."""
    schedule = us_schedule()
    standing = np.isnat(schedule.valid_to) if on is None else schedule.in_force(on)
    kept = schedule.codes[standing & np.isin(schedule.codes.astype("U2"), sorted(chapters))]
    lines = set(kept.astype("U8").tolist())
    codes = set(kept.tolist()) | lines
    texts = dict(_texts("hts8", np.isin(schedule.hts8, sorted(lines))))
    if "99" in chapters:
        ninety_nine = dict(_texts("chapter99", _standing_provisions(on)))
        codes |= set(ninety_nine)
        texts |= ninety_nine
    return codes, texts


def _standing_provisions(on: dt.date | None) -> NDArray[np.bool_]:
    """Headings of chapter 99 that stand on a day, or at the end."""
    end = tables.days("chapter99", "valid_to")
    if on is None:
        return np.asarray(np.isnat(end))
    day = np.datetime64(on, "D")
    return np.asarray((tables.days("chapter99", "valid_from") <= day) & (np.isnat(end) | (end > day)))


def _texts(table: str, kept: NDArray[np.bool_]) -> Iterable[tuple[str, tuple[str, str, str]]]:
    """Code and rate texts of some rows of a table."""
    columns = [tables.texts(table, name)[kept].tolist() for name in ("code", "general", "special", "column2")]
    return (
        (code, (general, special, column2)) for code, general, special, column2 in zip(*columns, strict=True)
    )


def _bare(text: str) -> str:
    """A text without spaces and final stop: exports differ in them from one revision to the next."""
    return "".join(text.split()).removesuffix(".")
