"""A user's file: laid over what is held or after it, and refused in five parts where it cannot be used."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from detente.errors import InputError
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
    "month as a day": (lambda f: changed(f, "month", "2025-08-01"), "not a month", "YYYY-MM"),
    "code": (lambda f: changed(f, "naics3", "338"), "not a NAICS code", "did you mean"),
    "partner": (lambda f: changed(f, "partner", "CHM"), "unknown partner", "did you mean"),
    "text": (lambda f: changed(f, "imports_usd", "12 mn"), "imports_usd cannot be used", "correct the row"),
    "empty": (lambda f: changed(f, "duty_usd", ""), "duty_usd cannot be used", "correct the row"),
    "below zero": (lambda f: changed(f, "imports_usd", -1), "imports_usd cannot be used", "correct the row"),
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
