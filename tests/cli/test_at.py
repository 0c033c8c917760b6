"""`--at` works where a question is about a moment, and is not offered where it goes by whole days."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from detente.cli import main
from detente.ledger import open_ledger

MIDNIGHT = "2025-11-10T00:00:30-05:00"
# Words of a command, and what of its result an instant at half a minute past midnight in New York must show.
TIMED = {
    "status": ["status"],
    "duty": ["duty", "9503.00.00.73", "--from", "CHN", "--to", "USA"],
    "average": ["average", "--to", "USA", "--from", "CHN"],
    "port-fee": ["port-fee", "--port-of", "USA", "--net-tons", "85000", "--built", "CHN"],
    "port-fee of China": ["port-fee", "--port-of", "CHN", "--net-tons", "50000", "--us-share", "0.3"],
    "schedule": ["schedule", "--to", "USA"],
    "licence": ["licence", "rare-earth", "--from", "CHN", "--to", "DEU", "--fact", "elements=Ho"],
    "licence for chips": ["licence", "chip", "--from", "USA", "--to", "CHN", "--fact", "tpp=5000"],
    "screen": ["screen", "An unlisted bakery"],
    "purchases": ["purchases", "cn.buy.soy2025"],
    "ledger ls": ["ledger", "ls"],
    "ledger show": ["ledger", "show", "us.ieepa.fentanyl.cn"],
    "ledger show of China": ["ledger", "show", "cn.ret.2025.reciprocal"],
}
# Commands that go by whole days, or ask no law at all.
WHOLE = {
    "ledger timeline": ["ledger", "timeline"],
    "ledger diff": ["ledger", "diff", "2025-11-09", "2025-11-10"],
    "ledger cite": ["ledger", "cite", "us.s122"],
    "ledger check": ["ledger", "check"],
    "run": ["run", "kuala-lumpur"],
    "play optimal": ["play", "optimal", "USA"],
    "play nash": ["play", "nash", "USA", "CHN"],
    "play payoffs": ["play", "payoffs", "kuala-lumpur"],
    "play bargain": ["play", "bargain", "USA", "CHN"],
    "play deals": ["play", "deals", "kuala-lumpur"],
    "hedge": ["hedge", "RCEP"],
    "path": ["path", "kuala-lumpur"],
    "sweep": ["sweep", "kuala-lumpur-uncertainty"],
    "evidence": ["evidence"],
    "chokepoints": ["chokepoints"],
    "entry": ["entry", "lines.csv"],
    "schema": ["schema", "run"],
    "doctor": ["doctor"],
}
CHINESE = {"port-fee of China", "licence", "purchases", "ledger show of China"}


def asked(words, capsys):
    """Exit code, result and stderr of a command."""
    code = main([*words, "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out)["result"] if said.out else {}, said.err


@pytest.mark.parametrize("name", TIMED)
def test_an_instant_is_read_on_the_capitals_clock(name, capsys):
    for instant, washington, beijing in (
        (MIDNIGHT, "2025-11-10", "2025-11-10"),
        ("2025-11-10T03:00Z", "2025-11-09", "2025-11-10"),
        ("2026-11-30T03:00Z", "2026-11-29", "2026-11-30"),
    ):
        code, result, err = asked([*TIMED[name], "--at", instant], capsys)
        assert code in {0, 4}, err
        assert result["on"] == (beijing if name in CHINESE else washington)
        moment = dt.datetime.fromisoformat(instant)
        assert dt.datetime.fromisoformat(result["at"]) == moment


@pytest.mark.parametrize("name", TIMED)
def test_the_last_instant_of_a_day_is_the_day(name, capsys):
    zone = "+08:00" if name in CHINESE else "-05:00"
    _, late, _ = asked([*TIMED[name], "--at", f"2025-11-12T23:59:59{zone}"], capsys)
    _, day, _ = asked([*TIMED[name], "--on", "2025-11-12"], capsys)
    assert {**late, "at": None} == {**day, "at": None}


@pytest.mark.parametrize("name", TIMED)
def test_the_lines_of_an_instant_give_the_same(name, capsys):
    words = [*TIMED[name], "--at", MIDNIGHT]
    _, result, _ = asked(words, capsys)
    main([*words, "--reproduce"])
    *lines, last = capsys.readouterr().out.splitlines()
    names: dict = {}
    exec("\n".join(lines), names)  # noqa: S102  (the lines are the product's own)
    found = eval(last, names)  # noqa: S307
    if isinstance(found, list):
        assert json.loads(json.dumps(found, default=str)) == result["rows"]
        return
    found = found.to_dict() if hasattr(found, "to_dict") else dict(found)
    assert {**json.loads(json.dumps(found, default=str)), "warnings": []} == {**result, "warnings": []}


def test_within_a_day_the_law_changes_at_its_hour(capsys):
    """The fentanyl tariff went from 20 to 10 % at 00:01 in Washington on 10 November 2025."""
    rates = [
        asked([*TIMED["duty"], "--at", f"2025-11-10T00:0{minute}:30-05:00"], capsys)[1]["rate"]
        for minute in (0, 2)
    ]
    assert rates == [pytest.approx(0.3), pytest.approx(0.2)]
    whole = [
        asked([*TIMED["average"], "--at", f"2025-11-10T00:0{minute}:30-05:00"], capsys)[1]["rate"]
        for minute in (0, 2)
    ]
    assert whole[0] > whole[1]


@pytest.mark.parametrize("name", WHOLE)
def test_where_days_are_asked_it_is_not_offered(name, capsys):
    code, result, err = asked([*WHOLE[name], "--at", MIDNIGHT], capsys)
    assert (code, result) == (2, {})
    assert err.startswith("usage:")
    assert "--at" in err


@pytest.mark.parametrize("name", TIMED)
def test_a_day_and_an_instant_at_once_are_refused(name, capsys):
    code, _, err = asked([*TIMED[name], "--at", MIDNIGHT, "--on", "2025-11-10"], capsys)
    assert code == 1
    for part in ("a question is about a day or an instant", "--on, --at", "both", "leave one of them out"):
        assert part in err


@pytest.mark.parametrize("text", ["2025-11-10", "2025-11-10T10:00", "noon"])
@pytest.mark.parametrize("name", TIMED)
def test_what_is_no_instant_is_refused(name, text, capsys):
    code, _, err = asked([*TIMED[name], "--at", text], capsys)
    assert code == 1
    for part in ("not an instant", "--at", text, "2025-11-10T13:01+08:00", "add the time and the offset"):
        assert part in err


def test_a_series_from_an_instant_is_refused(capsys):
    code, _, err = asked([*TIMED["average"], "--at", MIDNIGHT, "--until", "2025-11-12"], capsys)
    assert code == 1
    for part in ("a series goes by days", "until", "an instant alone, or a first and a last day", "--on"):
        assert part in err


# Commands without an instant of their own, each with a test that says so or nothing that a day changes.
NEITHER = {
    "serve", "mcp", "publish", "reliance", "search", "economy", "collected", "unresolved", "forecast", "what-if",
    "completion",
}  # fmt: skip


def test_every_command_is_in_one_of_the_two():
    """A command of the program is tried here with an instant or without."""
    from detente.cli import COMMANDS  # noqa: PLC0415

    tried = {words[0] for words in (*TIMED.values(), *WHOLE.values())}
    assert set(COMMANDS) - tried <= NEITHER


def test_reliance_has_another_at(capsys):
    """There it names a scenario, and an instant is none."""
    code = main(["reliance", "USA", "CHN", "--at", MIDNIGHT, "--world", "wiod2011", "--quiet"])
    assert code == 1
    assert MIDNIGHT in capsys.readouterr().err


def test_a_ledger_asked_at_an_instant_reads_each_capitals_clock():
    book = open_ledger().on("2025-11-10T03:00+00:00")
    assert book.get("us.ieepa.fentanyl.cn")[0].rate == pytest.approx(0.2)
