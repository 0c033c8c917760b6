"""The package's own tables: what is written is read back, column by column, in the same bytes every time."""

from __future__ import annotations

import datetime as dt
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import InputError
from detente.io.columns import ENDING, Columns, to_bytes
from detente.manifest import DATA, data_files

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=12)
FLOAT = st.floats(allow_nan=True, width=64)
DAY = st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))
WHOLE = st.integers(-(2**63), 2**63 - 1)
ROW = st.tuples(TEXT, FLOAT, WHOLE, DAY, st.booleans())


def bits(values):
    """Numbers as their bits: what is not a number equals itself, and -0 is not 0."""
    return np.asarray(values, dtype=np.float64).view(np.uint64).tolist()


@settings(max_examples=200, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=40), st.integers(1, 3))
def test_every_column_comes_back(rows, times):
    text, number, whole, day, flag = (list(column) for column in zip(*rows * times, strict=True))
    held = {
        "text": text,
        "number": np.array(number),
        "single": np.array(number, dtype=np.float64).clip(-1e30, 1e30).astype(np.float32),
        "whole": np.array(whole, dtype=np.int64),
        "day": np.array(day, dtype="M8[D]"),
        "flag": np.array(flag),
    }
    content = to_bytes(held, "made up")
    table = Columns(content)
    assert content == to_bytes(held, "made up")
    assert (table.names, table.source, len(table)) == (tuple(held), "made up", len(text))
    # NumPy drops zero characters at the end of texts, and these texts have none.
    assert table.strings("text") == table.texts("text").tolist() == text
    labels, index = table.coded("text")
    assert labels.tolist() == sorted(set(text))
    assert labels[index].tolist() == text
    assert bits(table.numbers("number")) == bits(number)
    assert table.values("single").tobytes() == held["single"].tobytes()
    assert (table.values("whole").tolist(), table.values("whole").dtype) == (whole, np.int64)
    assert table.values("day").tolist() == day
    assert table.values("flag").tolist() == flag
    for read in (table.texts("text"), table.numbers("number"), table.values("day")):
        assert not read.flags.writeable


def test_objects_of_a_frame_are_texts_days_or_numbers():
    frame = {
        "code": np.array(["1", "22"], dtype=object),
        "until": np.array([None, dt.date(2025, 1, 2)], dtype=object),
        "rate": np.array([None, 0.5], dtype=object),
    }
    table = Columns(to_bytes(frame))
    assert table.texts("code").tolist() == ["1", "22"]
    assert table.values("until").tolist() == [None, dt.date(2025, 1, 2)]
    assert math.isnan(table.numbers("rate")[0])
    assert table.numbers("rate")[1] == 0.5


def test_a_table_of_no_rows():
    table = Columns(to_bytes({"code": np.array([], dtype=np.str_), "usd": np.array([], dtype=np.int64)}))
    assert len(table) == 0
    assert table.strings("code") == table.texts("code").tolist() == table.values("usd").tolist() == []


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"a": [1], "b": [1, 2]}, "differ in length"),
        ({"a": ["x\0y"]}, "cannot be kept"),
        ({"a": [[1.0], [2.0]]}, "cannot be kept"),
        ({"a": np.array([1j])}, "cannot be kept"),
    ],
)
def test_what_cannot_be_kept_is_refused(columns, what):
    with pytest.raises(InputError, match=what):
        to_bytes(columns)


def test_another_kind_of_file_is_refused():
    with pytest.raises(InputError, match="not a table of the package"):
        len(Columns(b"PAR1"))


def test_a_column_is_read_without_the_others():
    """Bytes of one column spoilt: the others are read, that one is not."""
    content = to_bytes({"a": np.arange(9) ** 5, "b": np.arange(9) ** 7})
    spoilt = Columns(content[:-4] + b"\0\0\0\0")
    assert spoilt.values("a").tolist() == [k**5 for k in range(9)]
    with pytest.raises(Exception, match=r"Error -\d"):
        spoilt.values("b")


def test_every_table_of_the_package_is_read_to_the_end():
    names = [name for name in data_files() if name.endswith(ENDING)]
    assert len(names) == 17
    for name in names:
        table = Columns((DATA / name).read_bytes())
        assert table.source, name
        read = [
            table.strings(column) if is_text(table, column) else table.values(column)
            for column in table.names
        ]
        assert {len(column) for column in read} == {len(table)}, name


def is_text(table, column):
    """Whether a column is of text."""
    return "texts" in table._column(column)


LIGHT = """
import sys

sys.modules |= dict.fromkeys(("pyarrow", "altair", "vl_convert"))
from detente.cli import main
from pathlib import Path
codes = [main(words.split()) for words in (
    "duty 7326.90.86.88 --from CHN --to USA --on 2026-09-18 --value 14172 --json",
    "duty 0203.29 --from USA --to CHN --on 2025-11-11 --json",
    "average --to USA --from CHN --on 2025-10-27 --by sector --json",
    "average --to CHN --from USA --on 2025-10-27 --json",
    "search bolts --json",
    "evidence 2018-19 --json",
    "run kuala-lumpur --scenario truce --scenario no-deal --world wiod2011 --json",
)]
files = [main(words.split()) for words in (
    "schedule --to USA --from CHN --on 2026-10-01 --out rates.parquet",
    "sweep kuala-lumpur-uncertainty --draws 16 --out store",
)]
print(codes, files, [item.name for item in Path().iterdir()], file=sys.stderr)
"""


@pytest.mark.slow
def test_questions_need_no_arrow_and_files_that_do_say_how_to_get_it(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LIGHT], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    said = done.stderr.strip().splitlines()
    assert said[-1] == f"{[0] * 7} {[1, 1]} []", done.stderr
    assert done.stderr.count('pip install "detente[parquet]"') == 2
