"""Search by words: goods people ask for are among the first lines."""

from __future__ import annotations

import datetime as dt

import pytest

from detente.errors import InputError
from detente.products import search, us_schedule

FIRST = 10


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
