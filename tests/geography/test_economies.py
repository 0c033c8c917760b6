"""Economies by code and name, groups by day."""

from __future__ import annotations

import csv
import datetime as dt
import zoneinfo
from pathlib import Path

import pycountry
import pytest

from detente.errors import InputError
from detente.geography import economies as places

RAW = Path(__file__).parents[3] / "shared" / "data" / "raw" / "rcep" / "entry_into_force.csv"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CHN", "CHN"),
        ("cn", "CHN"),
        ("NO", "NOR"),
        ("Viet Nam", "VNM"),
        ("turkey", "TUR"),
        ("Côte d'Ivoire", "CIV"),
        ("the Netherlands", "NLD"),
        ("Russia", "RUS"),
        ("Lao", "LAO"),
        ("ROW", "ROW"),
        ("Kosovo", "XKX"),
    ],
)
def test_names_and_codes_resolve(text, code):
    assert places.resolve(text) == code


def test_ambiguous_name_lists_what_it_could_mean():
    with pytest.raises(InputError) as caught:
        places.resolve("Korea", where="--from")
    assert caught.value.what == "ambiguous economy"
    assert caught.value.where == "--from"
    assert caught.value.repair == "did you mean South Korea (KOR), North Korea (PRK)?"


def test_misspelling_is_met_with_a_suggestion():
    with pytest.raises(InputError) as caught:
        places.resolve("Chnia")
    assert caught.value.repair == "did you mean China (CHN)?"


@pytest.mark.parametrize("text", ["ZZZ", "Atlantis", "", "12"])
def test_what_is_no_economy_is_refused(text):
    with pytest.raises(InputError) as caught:
        places.resolve(text)
    assert caught.value.what == "unknown economy"


def test_a_group_is_not_an_economy():
    with pytest.raises(InputError) as caught:
        places.resolve("ASEAN")
    assert caught.value.what == "a group where one economy is due"


def test_membership_has_dates():
    assert len(places.members("EU")) == 27
    assert places.members("EU27") == places.members("EU")
    assert "GBR" in places.members("EU", dt.date(2020, 1, 31))
    assert "GBR" not in places.members("EU", dt.date(2020, 2, 1))
    assert "TLS" not in places.members("ASEAN", dt.date(2025, 10, 25))
    assert "TLS" in places.members("ASEAN", dt.date(2025, 10, 26))
    assert places.members("USMCA", dt.date(2020, 6, 30)) == ()
    assert places.members("USMCA", dt.date(2020, 7, 1)) == ("CAN", "MEX", "USA")


def test_rcep_grows_by_the_dates_of_the_source():
    if not RAW.is_file():
        pytest.skip("the shared data folder is not here")
    with RAW.open(encoding="utf-8") as file:
        dates = {row["iso3"]: dt.date.fromisoformat(row["entry_into_force"]) for row in csv.DictReader(file)}
    for day in {*dates.values(), dt.date(2021, 12, 31)}:
        assert set(places.members("RCEP", day)) == {code for code, start in dates.items() if start <= day}
    assert len(places.members("RCEP")) == 15


def test_every_member_and_zone_is_an_economy():
    for group in places.groups():
        assert all(places.is_economy(code) for code in places.members(group))
        assert list(places.members(group)) == sorted(set(places.members(group)))
    for code in ("USA", "CHN", "EU", "DEU", "MYS"):
        assert places.capital_zone(code) in zoneinfo.available_timezones()
    assert places.capital_zone("DEU") == "Europe/Brussels"
    assert places.capital_zone("FJI") == "UTC"


def test_unknown_group_names_the_known_ones():
    with pytest.raises(InputError) as caught:
        places.members("BENELUX")
    assert caught.value.found == "BENELUX"
    assert "RCEP" in caught.value.allowed


def test_codes_match_the_iso_list():
    assert {c.alpha_3 for c in pycountry.countries} == set(places.members("WORLD")) - {"XKX"}
    for country in pycountry.countries:
        assert places.resolve(country.alpha_2) == country.alpha_3
        assert places.name(country.alpha_3) != country.alpha_3


def test_names_are_those_of_the_iso_list():
    """The table of the package against the list it was made from."""
    shown = {code: known[0] for code, known in places._table()["names"].items()}
    for country in pycountry.countries:
        kinds = [getattr(country, kind, None) for kind in ("name", "common_name", "official_name")]
        assert all(places.resolve(name) == country.alpha_3 for name in kinds if name)
        expected = shown.get(country.alpha_3, getattr(country, "common_name", country.name))
        assert places.name(country.alpha_3) == expected
