"""Codes as other programs write them in a file of entries."""

from __future__ import annotations

import datetime as dt

import pandas as pd

import detente
from detente.compliance.customs.base import line_digits
from detente.compliance.customs.duty_facts import declared
from detente.compliance.customs.entry.columns import read_heads
from detente.compliance.customs.entry.given import Profile
from detente.compliance.customs.entry.rows import RowReader
from detente.ledger import open_ledger


def line(code: str, **more: object) -> dict[str, object]:
    """One line of one entry."""
    return {
        "entry": "A",
        "code": code,
        "origin": "JP",
        "value": 1_000,
        "entered_on": "2026-06-01",
        "mode": "air",
    } | more


def test_a_padded_number_is_filed_as_the_line_it_stands_for_and_a_gone_one_is_refused_with_its_successors():
    found = detente.entry(pd.DataFrame([line("8541.90.00.00"), line("8427.10.80.00"), line("8431.49.90.95")]))
    assert [(item["code"][:8], item["amount"] is None) for item in found.items] == [
        ("85419000", False),
        ("84271080", False),
    ]
    one = detente.duty("8427.10.80.00", origin="JPN", destination="USA", on="2026-06-01", value=1_000)
    assert found.items[1]["amount"] == one.amount
    (gone,) = found.refused
    assert (gone["row"], gone["column"]) == (4, "code")
    assert "8431.49.90" in gone["allowed"]


def test_a_code_of_nine_digits_is_refused_with_a_repair_and_stops_no_other():
    found = detente.entry(pd.DataFrame([line("020110000"), line("7326.90.86.88")]))
    assert [item["code"] for item in found.items] == ["7326908688"]
    (refused,) = found.refused
    assert refused["column"] == "code"
    assert "9 digits" in f"{refused['what']} {refused['found']} {refused['allowed']}"
    assert refused["repair"]


def test_the_digits_of_a_code_are_those_of_the_importers_schedule():
    """Nine digits are a line of Japan's schedule: read where that is the importer's, refused where it is not."""
    ledger, heads = open_ledger(), read_heads(["entry", "code", "origin", "value"])
    day = dt.date(2026, 6, 1)
    read = {}
    for importer in ("USA", "JPN"):
        digits = line_digits(importer, ledger.on(day))
        reader = RowReader(heads, declared(ledger), Profile({}), day, lambda *_: None, digits)
        read[importer] = reader.read(2, ("A", "0201.10.000", "US", "1000"))
    assert read["JPN"].code == "020110000"
    assert [item.column for item in read["USA"]] == ["code"]
