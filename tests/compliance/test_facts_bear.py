"""Every fact given to an answer is said to bear on it, or to change nothing and why."""

from __future__ import annotations

import datetime as dt
import itertools
import re

import pytest

from detente import duty, formatting
from detente.asof import AsOf
from detente.compliance import licence, port_fee
from detente.compliance.customs.duty_facts import declared
from detente.compliance.export_controls.chip import FACTS as CHIP
from detente.compliance.export_controls.rare_earth import FACTS as RARE_EARTH
from detente.compliance.port_fees.call_facts import FACTS as PORT
from detente.errors import InputError
from detente.ledger import open_ledger

VALUE = 5_000.0
# A T-shirt, screws, a battery, a car, a chip, a drug, beer, wine, seeds on a list of described articles, a steel article.
LINES = (
    "6109.10.00.12", "7318.15.20", "8507.60.00", "8703.80.00", "8542.31.00", "3004.90.92", "2203.00.00",
    "2204.21.20", "1207.40.00", "7326.90.86.88",
)  # fmt: skip
ORIGINS = ("CHN", "CAN", "VNM", "DEU", "BRA", "GBR", "HND")
DAYS = ("2025-03-20", "2025-05-20", "2025-09-01", "2025-12-05", "2026-05-01", "2026-10-01")
ANSWERS = {"flag": (True, False), "share": (0.1, 1.0), "number": (0.05,), "day": ("2025-04-04", "2025-08-01")}
FIELDS = (
    "rate",
    "rate_min",
    "rate_max",
    "additional",
    "amount",
    "lines",
    "questions",
    "assumptions",
    "prohibited",
)


def answers(fact):
    """What can be said of a fact."""
    return fact.words or ANSWERS[fact.kind]


def ask(code, origin, on, facts, destination="USA"):
    return duty(code, origin=origin, destination=destination, on=on, value=VALUE, facts=facts)


def same(one, other):
    return all(getattr(one, name) == getattr(other, name) for name in FIELDS)


def cases():
    """Every fact and every answer to it on a few lines, origins and days, turn by turn."""
    turn = itertools.count()
    for name, fact in declared().items():
        for value in answers(fact):
            for _ in range(6):
                n = next(turn)
                yield name, value, LINES[n % len(LINES)], ORIGINS[n % len(ORIGINS)], DAYS[n % len(DAYS)]


def test_one_fact_is_used_exactly_where_the_answer_differs_without_it():
    idle = used = 0
    for name, value, code, origin, on in cases():
        plain, found = ask(code, origin, on, {}), ask(code, origin, on, {name: value})
        said = {item.fact: item.why for item in found.facts_without_effect}
        case = (name, value, code, origin, on)
        assert {*found.facts_used, *said} == {name}, case
        assert (name in said) is same(plain, found), case
        if name in said:
            idle += 1
            true_reason(said[name], found, case)
        used += name in found.facts_used
    assert idle > 150
    assert used > 20


def true_reason(why, found, case):
    """The reason is a sentence about this day and line, and what it dates is so."""
    assert why, case
    assert not re.search(r"None|\bFalse\b|\bTrue\b|datetime|us\.|nan", why), (case, why)
    assert "{" not in why, (case, why)
    on = found.on
    for text, after in (
        ("held until ", False),
        ("closed on ", False),
        ("holds from ", True),
        ("came later, on ", True),
    ):
        if text in why:
            words = why.split(text, 1)[1].split(" (")[0]
            day = dt.datetime.strptime(words, "%d %B %Y").replace(tzinfo=dt.UTC).date()
            assert (day > on) is after, (case, why)
    if "not in force on" in why:
        assert formatting.day(on) in why, (case, why)
    if "this line is not in scope" in why:
        title = why.split(": ")[0].split(" and ")[0]
        assert title not in {line.title for line in found.lines if line.contribution > 0.0}, (case, why)


MANY = (
    {"use_claimed": "yes", "steel_content": 0.4, "loaded_before_change": "yes", "usmca": "yes"},
    {"usmca": True, "us_content": 0.4, "transshipped": True, "exclusion_301": True, "preference": True},
    {"entry": "low-value", "usmca": "yes", "packaged": "no", "chapter98": "none"},
    {"chapter98": "9802-repair", "dutiable_share": 0.2, "metal_weight_share": 0.05, "us_melted": True},
    {"loaded_on": "2025-04-04", "loaded_before_change": True, "aluminum_content": 0.5, "copper_content": 0.5},
    {
        "packaged": "yes",
        "described_article": "yes",
        "patented": "no",
        "chip_in_band": "yes",
        "cn_waiver": "no",
    },
)


@pytest.mark.parametrize("facts", MANY)
def test_without_the_idle_facts_the_answer_is_the_same(facts):
    for number, (code, on) in enumerate(itertools.product(LINES, DAYS)):
        if number % 3:
            continue
        origin = ORIGINS[number % len(ORIGINS)]
        found = ask(code, origin, on, facts)
        said = {item.fact for item in found.facts_without_effect}
        assert said.isdisjoint(found.facts_used)
        assert said | set(found.facts_used) == set(facts)
        kept = {name: value for name, value in facts.items() if name in found.facts_used}
        again = ask(code, origin, on, kept)
        assert same(found, again), (code, origin, on)
        assert not again.facts_without_effect, (code, origin, on)


@pytest.mark.parametrize(
    ("code", "origin", "on", "facts", "words"),
    [
        # EO 14326: the window for goods loaded before 2025-08-07 closed on 2025-10-05.
        (
            "6109.10.00.12",
            "VNM",
            "2025-10-05",
            {"loaded_before_change": True},
            "closed on 5 October 2025 (EO 14326)",
        ),
        ("6109.10.00.12", "VNM", "2025-09-01", {"steel_content": 0.4}, "this line is not in scope"),
        ("6109.10.00.12", "VNM", "2025-09-01", {"usmca": True}, "goods of Canada, Mexico only"),
        ("6109.10.00.12", "CAN", "2025-09-01", {"packaged": True}, "not in force on 1 September 2025"),
        (
            "2204.21.20",
            "CAN",
            "2026-10-01",
            {"usmca": True},
            "the good may not be imported (Proclamation 11061)",
        ),
        (
            "6109.10.00.12",
            "VNM",
            "2026-10-01",
            {"transshipped": True},
            "not in force on 1 October 2026",
        ),
        ("6109.10.00.12", "CHN", "2025-09-01", {"us_melted": True}, "this line is not in scope"),
        (
            "9102.11.25",
            "CHN",
            "2026-10-01",
            {"loaded_on": "2025-01-01"},
            "window for goods in transit closed on",
        ),
    ],
)
def test_the_reason_is_the_one_of_the_law(code, origin, on, facts, words):
    (item,) = ask(code, origin, on, facts).facts_without_effect
    assert words in item.why, item.why


def test_goods_afloat_by_the_day_of_loading():
    # EO 14257, CSMS 64680374 and 65201773: before 04-05 exempt, before 04-09 10 %, before 04-10 (China) 84 %, then 125 %.
    shirt = {"code": "6109.10.00.12", "origin": "CHN", "on": "2025-05-10"}
    duties = {
        day: ask(**shirt, facts={"loaded_on": day})
        for day in ("2025-04-04", "2025-04-05", "2025-04-08", "2025-04-09", "2025-04-10")
    }
    due = [
        sum(line.contribution for line in found.lines if line.measure.startswith("us.ieepa.reciprocal"))
        for found in duties.values()
    ]
    assert due == pytest.approx([0.0, 0.10, 0.10, 0.84, 1.25], abs=1e-9)
    assert "loaded_before_change" not in {question.fact for question in duties["2025-04-10"].questions}
    late = ask("6109.10.00.12", "VNM", "2025-06-16", {"loaded_on": "2025-04-04"})
    assert "closed on 16 June 2025" in late.facts_without_effect[0].why
    assert ask("6109.10.00.12", "VNM", "2025-06-15", {"loaded_on": "2025-04-04"}).facts_used == ("loaded_on",)


PLAIN = {"flag": True, "share": 0.6, "number": 30_000.0, "count": 2, "place": "CHN", "text": "Dy"}


def one(fact):
    """One thing that can be said of a fact."""
    return fact.words[-1] if fact.words else PLAIN[fact.kind]


def told(ask, name, value, case):
    """One fact is used exactly where the answer differs without it; whether it was, or None where it cannot stand alone."""
    try:
        found, plain = ask({name: value}), ask({})
    except InputError:
        return None
    said = {item.fact: item.why for item in found.facts_without_effect}
    assert {*found.facts_used, *said} == {name}, case
    fields = [key for key in vars(found) if not key.startswith("facts_")]
    assert (name in said) is all(getattr(found, key) == getattr(plain, key) for key in fields), case
    if name in said:
        assert said[name].startswith("what it is asked for ("), case
        assert found.why in said[name], case
    return name in said


@pytest.mark.parametrize("port", ["USA", "CHN"])
@pytest.mark.parametrize("on", ["2025-10-01", "2025-10-20", "2025-12-01"])
def test_every_fact_of_a_port_call_is_told(port, on):
    def ask(facts):
        return port_fee(port, asof=AsOf.of(on), ledger=open_ledger(), net_tons=40_000, **facts)

    idle = [told(ask, name, one(fact), (name, port, on)) for name, fact in PORT.items() if name != "net_tons"]
    assert idle.count(True) > 3


@pytest.mark.parametrize(
    ("kind", "facts", "origin", "destination"),
    [
        ("rare-earth", RARE_EARTH, "CHN", "USA"),
        ("rare-earth", RARE_EARTH, "JPN", "USA"),
        ("chip", CHIP, "USA", "CHN"),
    ],
)
@pytest.mark.parametrize("on", ["2025-10-20", "2025-12-15", "2026-05-01"])
def test_every_fact_of_an_export_is_told(kind, facts, origin, destination, on):
    def ask(given):
        return licence(
            kind, asof=AsOf.of(on), ledger=open_ledger(), origin=origin, destination=destination, facts=given
        )

    idle = [told(ask, name, one(fact), (name, kind, on)) for name, fact in facts.items()]
    assert idle.count(True) > 1


def test_a_vessel_keeps_only_the_facts_that_bear():
    facts = {"built": "CHN", "flag": "USA", "teu": 9_000, "laker": False, "repair": True, "call": 2}
    found = port_fee("USA", asof=AsOf.of("2025-10-20"), ledger=open_ledger(), net_tons=85_000, **facts)
    kept = {name: facts[name] for name in found.facts_used}
    again = port_fee("USA", asof=AsOf.of("2025-10-20"), ledger=open_ledger(), net_tons=85_000, **kept)
    assert "flag" in {item.fact for item in found.facts_without_effect}
    assert (found.amount, found.amount_min, found.amount_max) == (
        again.amount,
        again.amount_min,
        again.amount_max,
    )
    assert not again.facts_without_effect
