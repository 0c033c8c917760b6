"""Every question without a day is about today at the imposer's capital; past the sources both readings are shown."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shlex
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

import detente as dt_public
from detente import compliance as cases
from detente.asof import READINGS, VARIABLE, AsOf, agree, clock, moment_at, now, today_at
from detente.cli import main
from detente.compliance.purchases.progress import purchases
from detente.errors import InputError
from detente.formatting import day as in_words
from detente.ledger import list_measures, open_ledger, show_measure
from web.servers import BASE, plain_app

HORIZON = open_ledger().horizon
NEW_YORK, SHANGHAI = "USA", "CHN"
# A day before the sources end, their last day, the day after notices lapse, far off, an instant that is two days.
CLOCKS = ("2025-10-27", HORIZON.isoformat(), "2026-11-11", "2034-06-30", "2026-11-30T03:00Z")
# Of those, the ones on which every form of an answer is printed.
PRINTED = CLOCKS[1:3]
# Words of a command without a day, and whose capital's clock counts.
COMMANDS = {
    "status": (["status"], NEW_YORK),
    "status of a pair": (["status", "--between", "China", "USA"], SHANGHAI),
    "duty": (["duty", "8541.42.00", "--from", "China", "--to", "USA", "--value", "10000"], NEW_YORK),
    "duty of China": (["duty", "1201.90.00", "--from", "USA", "--to", "China"], SHANGHAI),
    "average": (["average", "--to", "USA", "--from", "MYS"], NEW_YORK),
    "average of China": (["average", "--to", "CHN", "--from", "USA"], SHANGHAI),
    "port-fee": (["port-fee", "--port-of", "USA", "--net-tons", "85000", "--built", "CHN"], NEW_YORK),
    "port-fee of China": (
        ["port-fee", "--port-of", "CHN", "--net-tons", "50000", "--us-share", "0.3"],
        SHANGHAI,
    ),
    "licence": (["licence", "rare-earth", "--from", "CHN", "--to", "DEU", "--fact", "elements=Ho"], SHANGHAI),
    "licence for chips": (
        ["licence", "chip", "--from", "USA", "--to", "CHN", "--fact", "tpp=5000"],
        NEW_YORK,
    ),
    "screen": (["screen", "An unlisted bakery"], NEW_YORK),
    "purchases": (["purchases", "cn.buy.soy2026_28"], SHANGHAI),
    "ledger ls": (["ledger", "ls"], NEW_YORK),
    "ledger show": (["ledger", "show", "us.port.annex2"], NEW_YORK),
    "ledger show of China": (["ledger", "show", "cn.xc.oct2025.56"], SHANGHAI),
    "ledger timeline": (["ledger", "timeline", "cn.xc.oct2025.56"], SHANGHAI),
    "ledger cite": (["ledger", "cite", "us.s122"], NEW_YORK),
    "ledger check": (["ledger", "check"], NEW_YORK),
}
# Nothing in these answers hangs on how a suspension ends.
ONE_READING = {"purchases", "ledger timeline", "ledger cite", "ledger check"}


def day_at(capital):
    """The clock's day at a capital, worked out apart from the package."""
    moment = now()
    if not isinstance(moment, dt.datetime):
        return moment
    hours = {NEW_YORK: -5 if moment.month in {11, 12, 1, 2} else -4, SHANGHAI: 8}[capital]
    return (moment.astimezone(dt.UTC) + dt.timedelta(hours=hours)).date()


def said(words, capsys):
    """What a command prints."""
    code = main(words)
    out = capsys.readouterr().out
    assert code in {0, 4}
    return out


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_without_a_day_is_about_today_at_the_imposers_capital(name, at, capsys):
    words, capital = COMMANDS[name]
    for moment in CLOCKS:
        at(moment)
        expected = day_at(capital)
        found = json.loads(said([*words, "--json"], capsys))
        result = found["result"]
        assert result["on"] == expected.isoformat(), moment
        if moment not in PRINTED:
            continue
        text = said(words, capsys)
        first = " ".join(text.split("\n\n")[0].split())
        assert in_words(expected) in first, moment
        rows = list(csv.DictReader(io.StringIO(said([*words, "--csv"], capsys))))
        assert {row["on"] for row in rows} == {expected.isoformat()}
        _readings(name, result, first, rows, late=expected > HORIZON)


# What an answer says of a day after the last one the sources cover; the short ones say how long before it they end.
LATE = ("after the last day the sources cover", "The sources end", "The sources were read to")
READ = ("both readings agree", "two readings", "as the notices read", "as reported")


def is_late(text):
    """Whether a text says that its day lies after the sources."""
    return LATE[0] in text or (any(word in text for word in LATE[1:]) and "before" in text)


def _readings(name, result, first, rows, *, late):
    """Both readings stand in the document, the text and the table of a day past the sources, and of no other day."""
    readings = result.get("readings") or []
    if not late or name in ONE_READING:
        assert readings == []
        assert is_late(first) == late
        return
    assert tuple(item["basis"] for item in readings) == READINGS
    assert is_late(first)
    said_so = (
        "both readings agree" if agree([SimpleNamespace(**item) for item in readings]) else "two readings"
    )
    assert said_so in first or all(word in first for word in READ[2:])
    assert all(any(column.endswith(basis) for column in rows[0]) for basis in READINGS)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name.partition(" ")[0] != "ledger"])
def test_its_stamp_and_its_lines_keep_the_day(name, at, capsys):
    """What is printed today to be run again says the same tomorrow."""
    words, capital = COMMANDS[name]
    at("2026-11-30T03:00Z")
    found = json.loads(said([*words, "--json"], capsys))
    lines = said([*words, "--reproduce"], capsys).splitlines()
    assert f"'{day_at(capital).isoformat()}'" in lines[-1]
    at("2027-03-01")
    again = json.loads(said(shlex.split(found["stamp"]["command"])[1:], capsys))
    assert again["result"] == found["result"]
    names: dict = {}
    exec("\n".join(lines[:-1]), names)  # noqa: S102  (the lines are the product's own)
    value = eval(lines[-1], names)  # noqa: S307
    value = value.to_dict() if hasattr(value, "to_dict") else dict(value)
    value = json.loads(json.dumps(value, default=str))
    assert {**value, "warnings": []} == {**found["result"], "warnings": []}


def test_the_port_fee_of_today(at, capsys):
    """USD 23 a net ton since 17 April 2026: by the notices USD 1,955,000 is due since 10 November, as reported none."""
    words = COMMANDS["port-fee"][0]
    at("2026-11-30")
    result = json.loads(said([*words, "--json"], capsys))["result"]
    legal, reported = result["readings"]
    assert (legal["amount"], legal["suspended"]) == (85_000 * 23, False)
    assert (reported["amount"], reported["suspended"]) == (0, True)
    text = said(words, capsys)
    assert "USD 1,955,000" in text
    assert "USD 0, suspended" in text
    row = next(csv.DictReader(io.StringIO(said([*words, "--csv"], capsys))))
    assert (float(row["amount_legal"]), float(row["amount_reported"])) == (1_955_000, 0)


def about(imposer, **how):
    """A question about today at an imposer's capital, asked of the built-in ledger."""
    return {"asof": AsOf.of(imposer=imposer, **how), "ledger": open_ledger()}


def test_a_reading_is_the_answer_under_those_ends(at):
    """The two readings are what `ends` gives, number by number."""
    at("2026-11-30")
    asked = {
        "duty": lambda **how: dt_public.duty("1201.90.00", origin="USA", destination="CHN", **how),
        "average": lambda **how: dt_public.average_tariff("CHN", "USA", by="measure", **how),
        "port fee": lambda **how: cases.port_fee("CHN", net_tons=50_000, us_share=0.3, **about("CHN", **how)),
        "licence": lambda **how: cases.licence(
            "rare-earth", origin="CHN", destination="DEU", facts={"elements": "Ho"}, **about("CHN", **how)
        ),
    }
    for name, ask in asked.items():
        for reading in ask().readings:
            said = vars(reading)
            alone = ask(ends=said["basis"])
            for key in {"rate", "rate_min", "additional", "amount", "required", "decision"} & said.keys():
                assert getattr(alone, key) == said[key], (name, said["basis"], key)


def test_the_board_says_what_has_passed(at):
    at("2026-11-30")
    board = dt_public.status()
    passed = {(row["date"], row["event"], row["basis"]) for row in board["passed"]}
    assert ("2026-11-10", "suspension ends", "legal") in passed
    assert all(HORIZON.isoformat() < row["date"] <= board["on"] for row in board["passed"])
    fee = next(row for row in board["board"] if row["instrument"] == "Port fees on Chinese ships")
    assert (fee["state"], fee["state_legal"], fee["state_reported"]) == ("not known", "in force", "suspended")
    assert sum(board["readings"][0]["states"].values()) == len(board["board"])
    at(HORIZON.isoformat())
    assert "passed" not in dt_public.status()


def test_the_schedule_and_the_worksheet_have_both(at):
    at("2026-11-30")
    found = dt_public.schedule("USA", origins=["CHN"])
    assert {basis: item.book.ends for basis, item in found.readings.items()} == {b: b for b in READINGS}
    alone = dt_public.schedule("USA", origins=["CHN"], ends="reported")
    assert (found.readings["reported"].rate == alone.rate).all()
    page = cases.worksheet(
        dt_public.duty("1201.90.00", origin="USA", destination="CHN", facts={"ordinary_duty": "0.03"})
    )
    assert "After the last day the sources cover (8 October 2026): two readings" in page
    assert "as the notices read, legal ends passed: 37 %" in page
    assert "as reported, extensions counted: 13 %" in page
    at("2026-10-08")
    assert dt_public.schedule("USA", origins=["CHN"]).readings == {}
    assert "two readings" not in cases.worksheet(
        dt_public.duty("1201.90.00", origin="USA", destination="CHN")
    )


def test_a_series_past_the_sources_has_both(at, capsys):
    at("2026-11-30")
    words = ["average", "--to", "CHN", "--from", "USA", "--on", "2026-11-08", "--until", "2026-11-12"]
    result = json.loads(said([*words, "--json"], capsys))["result"]
    legal, reported = result["readings"]
    assert [row["date"] for row in legal["series"]] == [row["date"] for row in result["series"]]
    assert legal["series"][0]["rate"] == reported["series"][0]["rate"]
    assert legal["series"][-1]["rate"] > reported["series"][-1]["rate"]
    rows = list(csv.DictReader(io.StringIO(said([*words, "--csv"], capsys))))
    assert [float(row["rate_reported"]) for row in rows] == [row["rate"] for row in reported["series"]]


FUNCTIONS = {
    "status": (dt_public.status, NEW_YORK),
    "duty": (lambda: dt_public.duty("8541.42.00", origin="CHN", destination="USA"), NEW_YORK),
    "average_tariff": (lambda: dt_public.average_tariff("CHN", "USA"), SHANGHAI),
    "schedule": (lambda: dt_public.schedule("USA", origins=["CHN"]).book, NEW_YORK),
    "port_fee": (lambda: cases.port_fee("CHN", net_tons=1, **about("CHN")), SHANGHAI),
    "licence": (lambda: cases.licence("chip", origin="USA", destination="CHN", **about("USA")), NEW_YORK),
    "screen": (lambda: cases.screen("A bakery", **about(open_ledger().home)), NEW_YORK),
    "purchases": (lambda: purchases("cn.buy.soy2025", **about("CHN")), SHANGHAI),
    "show_measure": (
        lambda: show_measure(open_ledger(), "cn.xc.ree7", asof=AsOf.of(imposer="CHN")),
        SHANGHAI,
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_without_a_day_is_about_today(name, at):
    ask, capital = FUNCTIONS[name]
    for moment in CLOCKS[::2]:
        at(moment)
        found = ask()
        on = found["on"] if isinstance(found, dict) else found.on
        assert str(on) == day_at(capital).isoformat(), moment


def test_the_list_without_a_day_is_that_of_today(at):
    at("2026-11-30T03:00Z")
    today = AsOf.of(imposer=open_ledger().home)
    assert today == AsOf.of("2026-11-29")
    assert list_measures(open_ledger(), asof=today) == list_measures(
        open_ledger(), asof=AsOf.of("2026-11-29")
    )


def test_edits_without_a_day_are_dated_today(at, capsys):
    at("2026-09-01")
    words = ["ledger", "show", "us.s122", "--enact", "us.threat.cn100", "--json"]
    assert json.loads(said(words, capsys))["result"]["on"] == "2026-09-01"
    lines = said([*words[:-1], "--reproduce"], capsys)
    assert "dt.edit(ledger, enact=('us.threat.cn100',), on='2026-09-01')" in lines


PAGES = {
    "/": NEW_YORK,
    "/?a=CHN&b=DEU": SHANGHAI,
    "/product?code=8541.42.00&from=CHN&to=USA": NEW_YORK,
    "/product?code=1201.90.00&from=USA&to=CHN": SHANGHAI,
    "/parties/port-fee?port_of=CHN&net_tons=50000&us_share=0.3": SHANGHAI,
    "/parties/licence?kind=rare-earth&from=CHN&to=DEU&fact=elements%3DHo": SHANGHAI,
    "/parties/purchases?id=cn.buy.soy2026_28": SHANGHAI,
    "/parties/screen?name=An+unlisted+bakery": NEW_YORK,
    "/ledger": NEW_YORK,
    "/ledger/measure?id=us.port.annex2": NEW_YORK,
    "/ledger/changes": NEW_YORK,
}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_without_a_day_is_about_today_and_its_link_keeps_it(address, at):
    client = TestClient(plain_app(), base_url=BASE)
    for moment in CLOCKS[1::2] + CLOCKS[-1:]:
        at(moment)
        expected = day_at(PAGES[address])
        page = client.get(address)
        assert page.status_code == 200
        assert in_words(expected) in page.text, moment
        late = expected > HORIZON
        assert is_late(page.text) == late
        link = page.text.split('id="take-link">')[1].split("<")[0].replace("&amp;", "&")
        assert f"on={expected.isoformat()}" in link or f"second={expected.isoformat()}" in link
        if late and "purchases" not in address:
            assert any(word in page.text for word in READ)


def test_the_first_page_counts_from_today(at):
    client = TestClient(plain_app(), base_url=BASE)
    at("2026-10-20")
    assert "in 21 days" in client.get("/").text
    at("2026-11-30")
    page = client.get("/").text
    assert "33 days" not in page
    assert "in 4 days" in page
    assert "10 January 2027" in page
    assert "what notices set to end on 10 November 2026" in page
    assert "as the notices read" in page


def test_a_kept_answer_does_not_outlive_its_day(at):
    client = TestClient(plain_app(), base_url=BASE)
    days = []
    for moment in ("2026-11-29T23:00Z", "2026-11-30T13:00Z"):
        at(moment)
        days.append(client.get("/api/v1/port-fee?port_of=USA&net_tons=1").json()["result"]["on"])
    assert days == ["2026-11-29", "2026-11-30"]


def test_http_gives_both_readings_as_a_table(at):
    client = TestClient(plain_app(), base_url=BASE)
    at("2026-11-30")
    address = "/api/v1/port-fee?port_of=USA&net_tons=85000&built=CHN"
    table = client.get(address, headers={"accept": "text/csv"}).text
    row = next(csv.DictReader(io.StringIO(table)))
    assert (row["on"], float(row["amount_legal"]), float(row["amount_reported"])) == (
        "2026-11-30",
        1_955_000,
        0,
    )


@pytest.mark.parametrize(("moment", "capital", "day"), [
    ("2026-11-30T03:00Z", "USA", "2026-11-29"),
    ("2026-11-30T03:00Z", "China", "2026-11-30"),
    ("2026-11-30T03:00Z", "DEU", "2026-11-30"),
    ("2026-07-01T23:30-04:00", "United States", "2026-07-01"),
    ("2026-07-01T23:30-04:00", "EU", "2026-07-02"),
    ("2026-12-31", "JPN", "2026-12-31"),
    ("2026-11-30T03:00Z", "no such place", "2026-11-30"),
])  # fmt: skip
def test_today_is_the_day_at_the_capital(moment, capital, day):
    with clock(moment):
        assert today_at(capital).isoformat() == day


def test_the_clock_goes_back_and_reads_the_environment(monkeypatch):
    with clock("2026-01-02"):
        with clock("2026-01-03"):
            assert today_at("USA") == dt.date(2026, 1, 3)
        assert today_at("USA") == dt.date(2026, 1, 2)
    monkeypatch.setenv(VARIABLE, "2031-05-06")
    assert today_at("USA") == dt.date(2031, 5, 6)
    monkeypatch.setenv(VARIABLE, "")
    assert now().tzinfo is dt.UTC
    monkeypatch.setenv(VARIABLE, "soon")
    with pytest.raises(InputError, match="not a date") as refused:
        today_at("USA")
    assert refused.value.where == VARIABLE


def test_a_moment_is_read_on_the_capitals_clock():
    assert moment_at("2025-11-10T00:01-05:00", "CHN").isoformat() == "2025-11-10T13:01:00+08:00"
    assert moment_at(dt.date(2025, 11, 10), "CHN") == dt.date(2025, 11, 10)
    with pytest.raises(InputError, match="offset"):
        moment_at(dt.datetime(2025, 11, 10), "CHN")  # noqa: DTZ001  (the point of the test)
