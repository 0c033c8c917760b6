"""Search by words: goods people ask for are among the first lines."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from detente.errors import InputError
from detente.products import search, us_schedule
from detente.products.search_index import INDEX, read_index

FIRST = 10
SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        ("lithium-ion batteries", "8507.60"),
        ("laptop", "8471.30"),
        ("cotton T-shirts", "6109.10"),
        ("electric car", "8703.80"),
        ("steel bolts", "7318.15"),
        ("soybeans", "1201"),
        ("crude petroleum", "2709"),
        ("smartphone", "8517.13"),
        ("avocados", "0804.40"),
        ("permanent magnets", "8505.1"),
        ("coffee not roasted", "0901.11"),
        ("olive oil", "1509"),
        ("wine", "2204"),
        ("integrated circuits", "8542"),
        ("insulin", "3004.31"),
        ("drone", "8806"),
        ("solar panels", "8541.43"),
        ("washing machine", "8450"),
    ],
)
def test_common_goods(words: str, heading: str) -> None:
    """Each is among the first ten."""
    assert any(hit.code.startswith(heading) for hit in search(words, limit=FIRST))


@pytest.mark.parametrize(("wrong", "right"), [("alumnium foil", "aluminum foil"), ("tomatos", "tomatoes")])
def test_misspellings_find_the_same_heading(wrong: str, right: str) -> None:
    """One letter less leads to the same heading."""
    assert search(wrong)[0].code[:4] == search(right)[0].code[:4]


def test_scores_fall_and_stay_within_bounds() -> None:
    """Scores are shares; a word that nothing resembles lowers every score."""
    hits = search("cotton shirts", limit=50)
    assert all(0.0 < hit.score <= 1.0 for hit in hits)
    assert search("cotton shirts zzzzqqqq")[0].score < hits[0].score
    assert all(us_schedule().codes[hit.row] == hit.code.replace(".", "") for hit in hits)


def test_lines_of_the_day_only() -> None:
    """A line that ended is not offered for a later day."""
    schedule = us_schedule()
    day = dt.date(2026, 3, 1)
    standing = schedule.in_force(day)
    assert all(standing[hit.row] for hit in search("motor vehicles", on=day, limit=200))


def test_nothing_to_find_is_an_error() -> None:
    """No word, or none that resembles any, is said, not answered with an empty list."""
    with pytest.raises(InputError, match="no word to look for"):
        search("of the")
    with pytest.raises(InputError, match="nothing in the schedule resembles"):
        search("zzzzqqqq")


def test_the_index_is_that_of_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that comes with the package says what the schedule's lines say, array by array."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    from products.words import index_of  # noqa: PLC0415

    built = index_of(pq.read_table(INDEX.with_name("hts10.parquet")))
    stored = read_index().stored
    assert set(stored) == set(built)
    for name, values in built.items():
        assert stored[name].dtype == values.dtype, name
        assert np.array_equal(stored[name], values, equal_nan=values.dtype.kind == "M"), name


def test_the_index_gives_the_codes_paths_and_days_of_the_schedule() -> None:
    """Read from the index or from the schedule, a row is the same."""
    schedule, index = us_schedule(), read_index()
    assert [index.code(row) for row in range(len(schedule))] == schedule.codes.tolist()
    assert all(index.path(row) == schedule.path(row) for row in range(0, len(schedule), 7))
    assert np.array_equal(index.stored["valid_from"], schedule.valid_from)
    assert np.array_equal(index.stored["valid_to"], schedule.valid_to, equal_nan=True)
    assert set(np.unique(index.depth)) == {0.96, 0.98, 1.0}


def test_a_search_reads_no_arrow() -> None:
    """The first search of a process does without Arrow, whose import takes longer than the search."""
    lines = (
        "import sys; from detente.products import search;"
        "hit = search('lithium-ion batteries')[0]; print(hit.code, hit.path[0], 'pyarrow' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("8507.60")
    assert said.stdout.strip().endswith("False")
