"""A good that may not be imported, and facts that change nothing, on the page, its table and its sheet."""

from __future__ import annotations

BANNED = "/product?code=2203.00.00&from=CAN&to=USA&on=2026-10-01"


def test_a_banned_good_has_no_rate_on_the_page(client):
    page = client.get(BANNED).text
    assert "May not be imported" in page
    assert "Proclamation 11061" in page
    assert "packaged" in page
    assert "The stack" not in page
    loose = client.get(BANNED + "&fact=packaged=no").text
    assert "May not be imported" not in loose
    assert "The stack" in loose


def test_a_banned_good_has_its_act_in_the_table_and_on_the_sheet(client):
    table = client.get(BANNED.replace("/product?", "/product/lines.csv?")).text
    assert "prohibited_act" in table.splitlines()[0]
    assert "Proclamation 11061" in table
    sheet = client.get(BANNED.replace("/product?", "/product/sheet?")).text
    assert "Excluded from importation since" in sheet


def test_facts_that_change_nothing_are_said_on_the_page(client):
    shirt = "/product?code=6109.10.00.12&from=VNM&to=USA&on=2025-10-05&fact=loaded_before_change=yes"
    page = client.get(shirt).text
    assert "Facts given that change nothing" in page
    assert "the window for goods in transit closed on" in page
