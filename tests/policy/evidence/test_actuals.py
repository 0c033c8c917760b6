"""A user's file: laid over what is held or after it, and refused in five parts where it cannot be used."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from detente.errors import InputError
from detente.geography.economies import name as name_of
from detente.policy.evidence.actuals import held, read_actuals, with_file
from policy.evidence.files import held_rows

LATER = {"2025-07": "2025-08"}


@pytest.fixture(scope="module")
def later():
    return held_rows(["2025-07"], LATER)


def test_the_same_months_give_the_same_arrays():
    found = with_file(held_rows(["2025-06", "2025-07"]))
    assert (found.usd == held().usd).all()
    assert (found.duty == held().duty).all()
    assert found.given == ("2025-06", "2025-07")


def test_a_later_month_stands_after_those_held(later):
    found = with_file(later)
    assert found.months == (*held().months, "2025-08")
    assert (found.usd[:, :, -1] == held().usd[:, :, -1]).all()


def test_csv_and_parquet_are_read_alike(later, tmp_path):
    later.to_csv(tmp_path / "m.csv", index=False)
    later.to_parquet(tmp_path / "m.parquet")
    for name in ("m.csv", "m.parquet"):
        found = with_file(tmp_path / name)
        assert (found.usd == with_file(later).usd).all(), name


def test_codes_as_numbers_and_the_row_of_all_are_taken(later):
    whole = later.groupby(["partner", "month"], as_index=False)[["imports_usd", "duty_usd"]].sum()
    both = pd.concat([later, whole.assign(naics3="00")])
    assert len(read_actuals(both)) == len(later)
    numbers = both.assign(naics3=both["naics3"].astype(int))
    assert (with_file(numbers).usd == with_file(later).usd).all()


FORMS = {
    "202508": lambda f: f.assign(month=202508),
    "2025-8": lambda f: f.assign(month="2025-8"),
    "2025/08": lambda f: f.assign(month="2025/08"),
    "a time": lambda f: f.assign(month=pd.Timestamp("2025-08-01")),
    "a day": lambda f: f.assign(month="2025-08-01"),
    "a period": lambda f: f.assign(month=pd.Period("2025-08")),
    "a decimal": lambda f: f.assign(month=202508.0, naics3=f["naics3"].astype(float)),
    "codes with zeros": lambda f: f.assign(naics3="0" + f["naics3"]),
    "heads in capitals": lambda f: f.rename(columns=lambda head: f" {head.upper().replace('_', ' ')}"),
    "more columns": lambda f: f.assign(country_code="5700", quantity=1.5),
    "commas": lambda f: f.assign(imports_usd=f["imports_usd"].map("{:,}".format)),
    "dollars": lambda f: f.assign(duty_usd=f["duty_usd"].map("$ {:,}.00".format)),
    "names": lambda f: f.assign(
        partner=f["partner"].map(lambda code: "World" if code == "WORLD" else name_of(code))
    ),
    "names in capitals": lambda f: f.assign(
        partner=f["partner"].map(
            lambda code: "TOTAL FOR ALL COUNTRIES" if code == "WORLD" else name_of(code).upper()
        )
    ),
    "two letters": lambda f: f.assign(partner=f["partner"].replace({"CHN": "CN", "DEU": "DE"})),
    "small letters": lambda f: f.assign(partner=f["partner"].str.lower()),
    "a union by name": lambda f: pd.concat([f, f[f["partner"] == "DEU"].assign(partner="European Union")]),
    "another order": lambda f: f.sample(frac=1, random_state=1)[f.columns[::-1]],
}


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_the_same_rows_in_other_forms_are_the_same(form, later):
    found, expected = with_file(form(later)), with_file(later)
    assert (found.usd == expected.usd).all()
    assert (found.duty == expected.duty).all()
    assert (found.months, found.given, found.unscored) == (expected.months, expected.given, expected.unscored)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_columns_may_be_apart_by_another_sign(separator, later, tmp_path):
    later.to_csv(tmp_path / "m.csv", index=False, sep=separator, encoding="utf-8-sig")
    assert (with_file(tmp_path / "m.csv").usd == with_file(later).usd).all()


def test_a_workbook_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "m.xlsx"
    path.write_bytes(b"PK\x03\x04\x8f\xff")
    with pytest.raises(InputError, match="cannot be read") as refused:
        with_file(path)
    assert "CSV in UTF-8" in refused.value.repair


def test_parquet_by_an_ending_in_capitals(later, tmp_path):
    later.to_parquet(tmp_path / "M.PARQUET")
    assert (with_file(tmp_path / "M.PARQUET").usd == with_file(later).usd).all()


def test_rows_of_a_union_are_left_out(later):
    union = later[later["partner"] == "DEU"].assign(partner="EU")
    assert (with_file(pd.concat([later, union])).usd == with_file(later).usd).all()


def test_a_partner_that_is_missing_is_not_taken_for_nothing(later):
    found = with_file(later[later["partner"] != "VNM"])
    usd, _ = found.summed(("2025-08",))
    assert np.isnan(usd[found.partners.index("VNM")]).all()
    assert not np.isnan(usd[found.partners.index("CHN")]).any()


def test_an_economy_without_a_base_year_is_counted_with_the_rest(later):
    # Poland is in the total and has no row of its own.
    poland = later[later["partner"] == "AUS"].assign(partner="POL", imports_usd=0, duty_usd=0)
    assert with_file(pd.concat([later, poland])).unscored == ("POL",)


def changed(frame, column, value, row=5):
    frame = frame.astype({column: object}).copy()
    frame.iloc[row, list(frame.columns).index(column)] = value
    return frame


BROKEN = {
    "no column": (lambda f: f.drop(columns="duty_usd"), "cannot be used", "add the column duty_usd"),
    "no rows": (lambda f: f.iloc[:0], "cannot be used", "give 1 to"),
    "month": (lambda f: changed(f, "month", "2025-13"), "not a month", "YYYY-MM"),
    "month as a day": (lambda f: changed(f, "month", "2025-08-15"), "not a month", "YYYY-MM"),
    "code": (lambda f: changed(f, "naics3", "338"), "not a NAICS code", "did you mean"),
    "partner": (lambda f: changed(f, "partner", "CHM"), "unknown partner", "did you mean"),
    "text": (lambda f: changed(f, "imports_usd", "12 mn"), "imports_usd cannot be used", "whole US dollars"),
    "decimal comma": (
        lambda f: changed(f, "imports_usd", "12,5"),
        "imports_usd cannot be used",
        "whole US dollars",
    ),
    "empty": (
        lambda f: changed(f, "duty_usd", ""),
        "duty_usd cannot be used",
        "write 0 where there was none",
    ),
    "not a number": (
        lambda f: f.assign(duty_usd=np.nan),
        "duty_usd cannot be used",
        "write 0 where there was none",
    ),
    "below zero": (lambda f: changed(f, "imports_usd", -1), "imports_usd cannot be used", "whole US dollars"),
    "a finer code": (lambda f: changed(f, "naics3", "3361"), "not a NAICS code", "3361 is part of 336"),
    "a column twice": (
        lambda f: f.assign(Month=f["month"]),
        "a column stands twice",
        "leave one column month",
    ),
    "a partner by code and name": (
        lambda f: pd.concat([f, f[f["partner"] == "CHN"].assign(partner="China")]),
        "stands twice",
        "leave one out",
    ),
    "thousands": (
        lambda f: f.assign(imports_usd=f["imports_usd"] / 1e3, duty_usd=f["duty_usd"] / 1e3),
        "imports of all partners are of another size",
        "not thousands or millions",
    ),
    "rates": (
        lambda f: f.assign(duty_usd=f["duty_usd"] / f["imports_usd"]),
        "duties of all partners are of another size",
        "not rates",
    ),
    "a month half": (
        lambda f: f[f["naics3"].isin(["111", "315"])],
        "imports of all partners are of another size",
        "all codes of the month",
    ),
    "twice": (lambda f: pd.concat([f, f.iloc[[7]]]), "stands twice", "leave one out"),
    "duty on nothing": (
        lambda f: changed(changed(f, "imports_usd", 0), "duty_usd", 9),
        "a duty on no imports",
        "correct the row",
    ),
    "no total": (lambda f: f[f["partner"] != "WORLD"], "without the total", "add the rows of WORLD"),
    "more than the total": (
        lambda f: f.assign(imports_usd=f["imports_usd"].where(f["partner"] == "WORLD", f["imports_usd"] * 3)),
        "more than the total",
        "correct the rows of WORLD",
    ),
    "parts and whole": (
        lambda f: pd.concat([f, f.iloc[[0]].assign(naics3="00", imports_usd=5)]),
        "do not add up",
        "give all codes",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_bad_file_is_refused_in_five_parts(name, later):
    change, what, repair = BROKEN[name]
    with pytest.raises(InputError) as refused:
        with_file(change(later))
    problem = refused.value
    assert what in problem.what
    assert repair in problem.repair
    assert problem.where.startswith("actuals")
    assert problem.found
    assert problem.allowed


def test_a_bad_row_is_named(later):
    with pytest.raises(InputError, match="not a month") as refused:
        with_file(changed(later, "month", "soon", row=41))
    assert refused.value.where == "actuals, row 42"


@pytest.mark.parametrize("name", ["nothing.csv", "nothing.parquet"])
def test_a_file_that_is_not_there(name, tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        with_file(tmp_path / name)


def test_a_file_that_is_no_table(tmp_path):
    path = tmp_path / "m.parquet"
    path.write_bytes(b"no table")
    with pytest.raises(InputError, match="cannot be read"):
        with_file(path)
