"""Reading exports of the schedule: a few rows by hand, with the traps of real exports."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from detente.errors import InputError
from detente.schedules.usa import Changed, read_hts_json, us_schedule

if TYPE_CHECKING:
    from pathlib import Path


def _row(
    code: str, indent: int, words: str, general: str = "", special: str = "", other: str = ""
) -> dict[str, Any]:
    """One row as the USITC exports it."""
    return {
        "htsno": code,
        "indent": str(indent),
        "description": words,
        "superior": None,
        "units": ["kg"] if len(code) == 13 else [],
        "general": general,
        "special": special,
        "other": other,
        "footnotes": None,
    }


def _file(folder: Path, rows: Any) -> Path:
    """Write an export."""
    path = folder / "hts.json"
    path.write_text(rows if isinstance(rows, str) else json.dumps(rows), encoding="utf-8")
    return path


def _chapter_26(lead: str = "1.1¢/kg <i>on lead</i> content") -> list[dict[str, Any]]:
    """Lead ores, and one heading of chapter 99."""
    schedule = us_schedule()
    special = str(schedule.special[schedule.hts8.tolist().index("26070000")])
    other = str(schedule.column2_text[schedule.hts8.tolist().index("26070000")])
    return [
        _row("2607.00.00", 0, "Lead ores and concentrates", lead, special, other),
        _row("", 1, "<i>Containing silver</i>:"),
        _row("2607.00.00.99", 2, "A new statistical line"),
        _row("9903.88.03", 0, "List 3", "The duty provided in the applicable subheading + 25%", "", ""),
    ]


def test_tags_are_stripped_and_equal_texts_are_no_change(tmp_path: Path) -> None:
    """An italic tag in a rate is no new rate."""
    read = read_hts_json(_file(tmp_path, _chapter_26()))
    assert not [change for change in read.changed if change.code == "26070000"]
    assert "2607000099" in read.added
    line = next(row for row in read.rows if row.code == "2607000099")
    assert line.path == ("Lead ores and concentrates", "Containing silver:", "A new statistical line")
    assert line.units == ("kg",)


def test_a_changed_rate_is_shown_with_both_texts(tmp_path: Path) -> None:
    """Column, before and after."""
    read = read_hts_json(_file(tmp_path, _chapter_26(lead="Free")))
    assert Changed("26070000", "general", "1.1¢/kg on lead content", "Free") in read.changed


def test_codes_that_left_are_listed_for_the_chapters_of_the_file(tmp_path: Path) -> None:
    """Chapters that are not in the file are not reported as removed."""
    read = read_hts_json(_file(tmp_path, _chapter_26()))
    assert "26030000" in read.removed
    assert {code[:2] for code in read.removed} == {"26", "99"}


def test_the_embedded_schedule_against_itself(tmp_path: Path) -> None:
    """Written out as an export and read again, chapter 91 (which has lines of eight digits) shows no difference."""
    schedule, day = us_schedule(), dt.date(2026, 6, 8)
    rows, written = [], set()
    for row in schedule.rows("91", day).tolist():
        line = schedule.line(row)
        if line.hts8 not in written:
            written.add(line.hts8)
            rows.append(_row(line.hts8, 0, "words", line.general, line.special, line.column2))
        if len(line.code) == 10:
            rows.append(_row(line.code, 1, "words"))
    read = read_hts_json(_file(tmp_path, rows), on=day, need_chapter_99=False)
    assert (read.added, read.removed, read.changed) == ((), (), ())


def test_a_file_without_chapter_99_is_refused(tmp_path: Path) -> None:
    """The export that drops it says nothing; we do."""
    path = _file(tmp_path, _chapter_26()[:3])
    with pytest.raises(InputError, match="holds no chapter 99") as problem:
        read_hts_json(path)
    assert "full range" in problem.value.repair
    assert read_hts_json(path, need_chapter_99=False).rows


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ({"rows": []}, "not an export"),
        ([["2607"]], "not a row"),
        ([{"htsno": "2607", "indent": "x", "description": ""}], "not an indent"),
        ([{"htsno": "26070", "indent": "0", "description": ""}], "cannot have 5 digits"),
        ([{"htsno": "2607", "indent": "0", "description": 7}], "not text"),
        ([_row("2607.00.00", 0, "a"), _row("26070000", 0, "b")], "the same code twice"),
    ],
    ids=["half", "deep", "object", "list", "indent", "odd code", "number", "twice"],
)
def test_other_files_are_refused_with_their_place(tmp_path: Path, content: Any, says: str) -> None:
    """File and row are named."""
    path = _file(tmp_path, content)
    with pytest.raises(InputError, match=says) as problem:
        read_hts_json(path, need_chapter_99=False)
    assert str(path) in problem.value.where


def test_no_file(tmp_path: Path) -> None:
    """A path that leads nowhere."""
    with pytest.raises(InputError, match="no such file"):
        read_hts_json(tmp_path / "none.json")
