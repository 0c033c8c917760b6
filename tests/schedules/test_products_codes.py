"""Codes, prefixes, lines on a day, headings, chapter 99."""

from __future__ import annotations

import datetime as dt

import pytest

from detente.errors import InputError
from detente.schedules.usa import (
    PROVIDER,
    dotted,
    find,
    nearest,
    normalise,
    path,
    provision,
    us_schedule,
)


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("7326.90.86.88", "7326908688"),
        (" 7326 90 86 ", "73269086"),
        ("0101-21", "010121"),
        ("87", "87"),
        ("8703.80", "870380"),
    ],
)
def test_codes_are_read_with_their_zeros(written: str, digits: str) -> None:
    """Dots, spaces and hyphens carry nothing."""
    assert normalise(written) == digits
    assert normalise(dotted(digits)) == digits


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("1012100", "cannot have 7 digits"),
        ("1", "cannot have 1 digits"),
        ("12345678901", "cannot have 11 digits"),
        ("87O3", "digits only"),
        ("", "digits only"),
        ("٨٧٠٣", "digits only"),
    ],
)
def test_other_codes_are_refused_in_five_parts(written: str, says: str) -> None:
    """Seven digits is most often a lost zero: the repair shows the code with it."""
    with pytest.raises(InputError, match=says) as problem:
        normalise(written, where="--code")
    error = problem.value
    assert (error.where, error.found) == ("--code", written or "nothing")
    assert error.allowed
    assert error.repair
    if written == "1012100":
        assert "0101.21.00" in error.repair


def test_a_number_is_refused() -> None:
    """A code that came as a number has lost its zero already."""
    with pytest.raises(InputError, match="must be text"):
        normalise(1012100)  # type: ignore[arg-type]


def test_a_code_on_a_day() -> None:
    """Cover says what stands behind the answer."""
    assert find("7326908688", "2026-01-01").cover == "in the schedule"
    assert find("7326908688", dt.date(2026, 9, 18)).cover == "carried forward"
    assert find("7326908688", "2018-07-06").cover == "backcast"
    before = find("7326908689", "2018-07-06")
    assert (before.cover, before.rows.size, before.lines) == ("not covered at line level", 0, ())


def test_eight_digits_have_their_ten_digit_lines() -> None:
    """A shorter code stands for all lines under it."""
    found = find("8703.80.00", "2025-06-01")
    assert {line.hts8 for line in found.lines} == {"87038000"}
    assert [line.code for line in found.lines] == sorted(line.code for line in found.lines)
    assert len(found.lines) > 1
    # A watch has no ten-digit line of its own: eight digits stand for it, and for a ten-digit code under it.
    assert [line.code for line in find("9101.11.40.10", "2025-06-01").lines] == ["91011140"]


def test_a_line_that_ended_and_came_back() -> None:
    """7602.00.0035 left on 2026-02-01 and came back on 2026-02-07 (revision 3): the gap is refused with its dates."""
    assert find("7602000035", "2026-01-31").rows.size == 1
    assert find("7602000035", "2026-02-07").rows.size == 1
    with pytest.raises(InputError, match="not in the US schedule that day") as problem:
        find("7602000035", "2026-02-03")
    assert problem.value.found == "7602.00.00.35 on 2026-02-03"
    assert "from 2025-01-01 until 2026-02-01 and from 2026-02-07 until now" in problem.value.allowed


def test_a_code_that_is_not_in_the_schedule() -> None:
    """The nearest codes are named; a heading of chapter 99 is told apart."""
    with pytest.raises(InputError, match="not in the US schedule") as problem:
        find("7326908689", "2025-06-01")
    assert "7326.90.86.88" in problem.value.allowed
    assert "search" in problem.value.repair
    with pytest.raises(InputError) as problem:
        find("99038803", "2025-06-01")
    assert "a provision, not a good" in problem.value.repair
    assert nearest("0000", dt.date(2025, 6, 1))


def test_headings_without_a_row_of_their_own() -> None:
    """The path of a heading comes from its lines, whatever the schedule prints for the heading."""
    codes = us_schedule().codes
    headings = sorted(set(codes.astype("U4").tolist()))
    without = [heading for heading in headings if not heading.startswith("98") and not path(heading)]
    assert without == []
    assert path("8471.30.01")[-1].startswith("Portable automatic data processing machines")


def test_headings_of_chapter_99() -> None:
    """List 3 stands at 25 %; a heading that came in 2025 is not there before."""
    assert provision("9903.88.03", "2025-06-01").general.endswith("+ 25%")
    with pytest.raises(InputError, match="no such heading of chapter 99"):
        provision("9903.88.03", "2024-06-01")
    with pytest.raises(InputError, match="no such heading"):
        provision("9903.99.99", "2025-06-01")


def test_every_tariff_line_filled_up_with_zeros_is_that_line() -> None:
    """Of all tariff lines of a day: with 00 behind it, a line has the candidates it has without."""
    day, schedule = dt.date(2026, 6, 1), us_schedule()
    whole = sorted({str(code)[:8] for code in schedule.codes[schedule.in_force(day)]})
    split = [code for code in whole if not schedule.rows(f"{code}00", day).size]
    assert len(split) > 2_000
    for code in split[::40]:
        plain, padded = PROVIDER.candidates(code, day), PROVIDER.candidates(f"{code}00", day)
        assert padded.codes.tolist() == plain.codes.tolist()
        assert padded.default == plain.default
        assert padded.warnings[0].startswith(
            f"{dotted(code)}.00 is not in the schedule: the lines under {dotted(code)}"
        )


def test_a_number_that_was_split_is_answered_with_its_successors() -> None:
    """8541.90.00.00 ended on 2026-02-01: 8541.90.00.10 and .80 took its place; a subheading may be filled up too."""
    assert PROVIDER.candidates("8541900000", dt.date(2026, 1, 31)).codes.tolist() == ["8541900000"]
    assert PROVIDER.candidates("8541900000", dt.date(2026, 2, 1)).codes.tolist() == [
        "8541900010",
        "8541900080",
    ]
    filled, plain = (PROVIDER.candidates(code, dt.date(2026, 6, 1)) for code in ("8541900000", "854190"))
    assert filled.codes.tolist() == plain.codes.tolist()
    assert PROVIDER.candidates("7326900000", dt.date(2026, 6, 1)).codes.size > 10
    with pytest.raises(InputError, match="not in the US schedule"):
        PROVIDER.candidates("9999000000", dt.date(2026, 6, 1))
