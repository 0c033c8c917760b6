"""Search by words: goods people ask for are among the first lines."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from detente import search as dt_search
from detente.cli import main
from detente.errors import InputError
from detente.schedules.usa import search, us_schedule
from detente.schedules.usa.search_index import read_index
from detente.schedules.usa.tables import table
from everyday_words import EVERYDAY, HELD_OUT

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


@pytest.mark.parametrize(("words", "headings"), EVERYDAY.items())
def test_what_people_call_a_good_leads_with_its_heading(words: str, headings: str) -> None:
    """The first line is under a heading an expert would look under first."""
    assert search(words)[0].code.replace(".", "").startswith(tuple(headings.split()))


def test_words_nobody_looked_at_lead_with_their_heading_as_well() -> None:
    """Of words held out while the ranking was made, most lead with their heading, nearly all name it in ten lines."""
    found = {words: [hit.code.replace(".", "") for hit in search(words, limit=10)] for words in HELD_OUT}
    right = {words: tuple(headings.split()) for words, headings in HELD_OUT.items()}
    first = sum(codes[0].startswith(right[words]) for words, codes in found.items())
    among = sum(any(code.startswith(right[words]) for code in codes) for words, codes in found.items())
    assert first / len(found) >= 0.75
    assert among / len(found) >= 0.85


def test_pet_toys_do_not_lead() -> None:
    """Toys are those of heading 9503; what is made for pets comes after them, and first when it is asked for."""
    assert all(hit.code.startswith("9503") for hit in search("toys", limit=3))
    assert "pets" in search("toys for pets")[0].path[-1]


def test_a_hit_of_the_public_search_has_heading_rate_and_trade() -> None:
    """By words or by code; the rate is the schedule's, the trade that of 2024."""
    found = dt_search("toys", limit=5)
    assert (found.destination, found.words, len(found.rows)) == ("USA", "toys", 5)
    first = found.rows[0]
    assert first["code"].startswith("9503")
    assert first["heading"].startswith("Tricycles")
    assert (first["rate"], first["rate_text"]) == (0.0, "Free")
    assert first["imports_usd"] > 1e9
    by_code = dt_search("8703.80", limit=3).rows
    assert all(row["code"].startswith("8703.80") for row in by_code)
    assert by_code[0]["imports_usd"] >= by_code[-1]["imports_usd"]


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"words": "toys", "to": "VNM"}, "the words of this schedule are not held"),
        ({"words": "toys", "limit": 0}, "no such number of hits"),
        ({"words": ""}, "no word to look for"),
        ({"words": "9999.99"}, "not in the US schedule"),
    ],
)
def test_a_search_that_cannot_be_is_refused_in_five_parts(asked: dict[str, object], what: str) -> None:
    """Where, found, allowed and repair are said."""
    with pytest.raises(InputError, match=what) as refusal:
        dt_search(**asked)
    error = refusal.value
    assert all((error.where, error.allowed, error.repair))


def test_the_command_gives_the_same_rows(capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON, as CSV, as a table, and as Python lines that run."""
    assert main(["search", "cotton", "T-shirts", "--limit", "3", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["result"]["rows"] == dt_search("cotton T-shirts", limit=3).rows
    assert main(["search", "toys", "--limit", "3", "--csv"]) == 0
    assert capsys.readouterr().out.startswith("code,heading,description,rate,rate_text,imports_usd,score")
    assert main(["search", "wine", "--limit", "3"]) == 0
    table = capsys.readouterr().out
    assert "2204" in table
    assert "USD" in table
    assert main(["search", "toys", "--limit", "3", "--reproduce"]) == 0
    assert capsys.readouterr().out == "import detente as dt\ndt.search('toys', limit=3)\n"


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

    built = index_of(table("hts10"))
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
        "import sys; from detente.schedules.usa import search;"
        "hit = search('lithium-ion batteries')[0]; print(hit.code, hit.path[0], 'pyarrow' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("8507.60")
    assert said.stdout.strip().endswith("False")
