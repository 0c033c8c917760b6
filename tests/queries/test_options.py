"""Every option of every command changes an answer or is refused; days out of reach are refused; `--at` works where it is."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest

import detente
from detente.cli import main
from detente.errors import DetenteError
from detente.queries import QUESTIONS
from detente.queries.fields import REQUIRED
from detente.queries.law import VERBS
from detente.queries.question import question_of

PARTS = ("\n  where   ", "\n  found   ", "\n  allowed ", "\n  repair  ")
# A day in the middle of the story, on which views, readings and knowledge differ.
DAY = "2025-11-12"
BASE = {
    "status": {},
    "duty": {"code": "7326.90.86.88", "origin": "CHN", "destination": "USA"},
    "search": {"words": "steel bolts"},
    "average_tariff": {"importer": "USA", "origin": "CHN"},
    "port_fee": {"port_of": "USA", "built": "CHN", "net_tons": 50_000.0, "type": "vehicle carrier"},
    "licence": {"kind": "rare-earth", "origin": "CHN", "destination": "DEU"},
    "screen": {"name": "Semiconductor Manufacturing International Corporation"},
    "purchases": {"commitment": "cn.buy.soy2026_28"},
    "list_measures": {},
    "show_measure": {"measure": "us.ieepa.reciprocal.cn"},
    "timeline": {"measure": "us.ieepa.fentanyl.cn"},
    "diff": {"first": "2025-11-05", "second": "2026-03-01"},
    "check_ledger": {},
    "cite": {"measure": "us.s122"},
    "schema": {"kind": "run"},
}
# Asked elsewhere: they solve, or read files.
HEAVY = {
    "run", "entry", "schedule", "play_optimal", "play_nash", "payoffs", "play_bargain", "deals", "play_calendar",
    "hedge", "reliance", "path", "sweep", "chokepoints", "evidence", "economy", "unresolved", "collected",
    "forecast", "play_rivalry", "play_agreements", "what_if",
}  # fmt: skip
# Other values by name of a field; several are tried, with other fields where an option needs them.
OTHER = {
    "on": ["2025-11-09", "2026-05-01", "2026-11-30", "2025-02-01"],
    "at": [
        "2025-11-09T12:00-05:00",
        "2025-10-20T12:00+08:00",
        "2026-06-30T12:00-05:00",
        "2025-04-09T12:00-05:00",
    ],
    "known_on": ["2025-04-01", "2018-01-01"],
    "view": ["collected", "legally-due"],
    "ends": ["reported"],
    "between": [("USA", "JPN"), ("2025-11-01", "2025-11-30")],
    "origin": ["CAN", "VNM"],
    "destination": ["GBR", "JPN"],
    "code": ["8703.23.01"],
    "value": [1000.0],
    "quantity": ["1200 kg"],
    "facts": [("steel_content=0.2",), ("us_content=0.5",), ("content_share=0.5",), ("loaded_on=2025-05-01",)],
    "fees": [True],
    "words": ["toys", "fentanyl"],
    "to": ["CHN", "DEU"],
    "limit": [3],
    "importer": ["CHN"],
    "until": ["2025-11-20"],
    "by": ["measure", "sector"],
    "weights": ["us2024-chapters-1-97"],
    "port_of": ["CHN"],
    "net_tons": [10_000.0],
    "containers": [5000.0],
    "built": ["KOR"],
    "owner": ["CHN"],
    "operator": ["CHN"],
    "us_share": [0.5],
    "type": ["lng carrier", "container"],
    "teu": [3000.0],
    "dwt": [5000.0],
    "call": [7],
    "kind": ["chip", "duty"],
    "name": ["A bakery"],
    "commitment": ["cn.buy.soy2025"],
    "imposer": ["CHN"],
    "instrument": ["tariff"],
    "state": ["suspended"],
    "measure": ["us.s232.steel"],
    "first": ["2025-10-01"],
    "second": ["2026-05-01"],
    "enact": [("us.threat.cn100",)],
    "suspend": [("us.ieepa.fentanyl.cn",), ("us.port.annex1",), ("cn.xc.61",)],
    "resume": [("us.ieepa.reciprocal.cn",), ("us.port.annex1",), ("cn.xc.61",)],
    "end": [("us.ieepa.fentanyl.cn",), ("us.port.annex1",), ("cn.xc.61",)],
    "set": [("us.ieepa.fentanyl.cn=0.37",), ("us.port.annex1=0.5",)],
}
# Days on which an option is tried beside the usual one: after the sources end, before the pause, after the ruling.
DAYS = (DAY, "2026-11-30", "2025-10-27", "2026-02-28", "2025-04-10")
# Where an option matters only beside others, these.
BESIDE = {
    ("port_fee", "containers"): {"type": "container"},
    ("port_fee", "teu"): {"type": "container"},
    ("port_fee", "dwt"): {"type": "bulk carrier", "built": "KOR"},
    ("port_fee", "operator"): {"built": "KOR"},
    ("port_fee", "us_share"): {"port_of": "CHN"},
    ("port_fee", "built"): {"type": "container"},
    ("average_tariff", "weights"): {"by": "chapter"},
    ("search", "on"): {"words": "0202.30"},
    ("duty", "ends"): {"code": "1201.90.00", "origin": "USA", "destination": "CHN"},
    ("show_measure", "ends"): {"measure": "cn.ret.2025.reciprocal"},
    ("diff", "ends"): {"second": "2026-11-30"},
}


# Kept for addresses that say it, though every answer says both, or holds whatever the day is.
TOLD = {
    ("status", "ends"): "the board tells both readings of a day after the sources end",
    ("timeline", "on"): "the records are all days'; the day is the one it is told on",
    ("check_ledger", "known_on"): "what is checked is every record, and none is found wanting",
    ("port_fee", "view"): "no fee was annulled, and none was recorded late",
}


def asked(name, given):
    """A question whose day is said where it has one."""
    question = question_of(name)
    names = {item.name for item in question.fields}
    dated = {} if given.get("at") or "on" not in names or "on" not in question.takes else {"on": DAY}
    return question.ask(**(dated | BASE[name] | given))


def said(name, given):
    """An answer without what only repeats the question, or its refusal."""
    try:
        found = asked(name, given).document(detente.open_ledger())
    except DetenteError as refusal:
        return refusal
    document = json.loads(json.dumps(found, default=str))
    document.pop("stamp")
    asides = {"on", "at", "known_on", "view", "ends", "until", *given}
    return json.dumps({**document, "result": _without(document["result"], asides)}, sort_keys=True)


def _without(value, keys):
    """A result without keys that only say what was asked."""
    return {key: item for key, item in value.items() if key not in keys} if isinstance(value, dict) else value


def options():
    """Every field of every question asked here."""
    for name in QUESTIONS:
        if name not in HEAVY:
            for item in question_of(name).fields:
                if item.columns is None and item.name != "lists":
                    yield name, item.name


def test_every_question_is_here_or_asked_elsewhere():
    assert set(BASE) | HEAVY == set(QUESTIONS)


@pytest.mark.parametrize(("name", "field"), list(options()))
def test_an_option_changes_an_answer_or_is_refused(name, field):
    question, beside = question_of(name), BESIDE.get((name, field), {})
    # Edits count as one option: which verb moves an answer hangs on what is asked.
    words = VERBS if field in VERBS else (field,)
    values = [(word, value) for word in words for value in OTHER[word]]
    for day in DAYS if "on" in question.takes and field not in {"on", "at"} else (DAY,):
        dated = {"on": day} if "on" in question.takes and field not in {"on", "at"} else {}
        plain = said(name, {**dated, **beside})
        for word, value in values:
            changed = said(name, {**dated, **beside, word: value})
            if isinstance(changed, DetenteError):
                assert all((changed.what, changed.where, changed.allowed, changed.repair)), changed
                return
            if changed != plain:
                return
    assert (name, field) in TOLD, f"{name}: {field} is accepted and ignored"


def dated():
    """Every field that holds a day or an instant, of every question; lists of several days by their place."""
    for name in QUESTIONS:
        for item in question_of(name).fields:
            if item.name in {"on", "at", "known_on", "until", "first", "second"} or (
                item.name == "between" and item.limits.day
            ):
                yield name, item.name


def option(name, field, text):
    """Words of a command with one field said."""
    question = question_of(name)
    given = dict(BASE.get(name) or {item.name: "x" for item in question.fields if item.default is REQUIRED})
    if field == "between":
        given["between"] = (text, text)
    else:
        given[field] = text
    if field == "until":
        given["on"] = "2025-11-10"
    return question.ask(**given).words()


FAR = {
    "day": ("0001-01-01", "9999-12-31", "1800-06-01"),
    "instant": ("0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"),
}


def far_days():
    """Each field with days or instants out of reach; what reads files or solves first reads its days as the others do."""
    return [
        (name, field, far)
        for name, field in dated()
        if name not in HEAVY - {"schedule"}
        for far in FAR["instant" if field == "at" else "day"]
    ]


@pytest.mark.parametrize(("name", "field", "far"), far_days())
def test_a_day_out_of_reach_is_refused_in_five_parts(name, field, far, capsys):
    code = main(option(name, field, far))
    shown = capsys.readouterr()
    assert code == 1, shown
    assert shown.out == ""
    assert all(part in shown.err for part in PARTS), shown.err
    assert far[:10] in shown.err


@pytest.mark.parametrize(("name", "field"), [each for each in dated() if each[1] == "at" and each[0] in BASE])
def test_an_instant_is_answered_wherever_it_is_offered(name, field, capsys):
    """Or the question says that it goes by days."""
    words = option(name, field, "2025-11-10T00:01-05:00")
    code = main(words)
    shown = capsys.readouterr()
    assert code in (0, 4), shown.err
    assert shown.out


@pytest.mark.parametrize("name", [name for name in BASE if "on" in question_of(name).takes])
@pytest.mark.parametrize(
    ("day", "known"),
    [
        (dt.date(2025, 11, 10), "2025-11-10"),
        (pd.Timestamp("2025-11-10T12:00", tz="America/New_York"), None),
        (dt.datetime(2025, 11, 10, 12, tzinfo=dt.UTC), None),
        (pd.Timestamp("2025-11-10"), "refused"),
        (dt.datetime(2025, 11, 10, 12), "refused"),  # noqa: DTZ001  (that is the point)
        (20251110, "refused"),
        (2025.5, "refused"),
        (pd.NaT, "refused"),
        (["2025-11-10"], "refused"),
    ],
    ids=repr,
)
def test_a_day_in_python_is_read_or_refused_clearly(name, day, known):
    question = question_of(name)
    before, named = asked(name, {}).named()
    if known == "refused":
        with pytest.raises(DetenteError) as refused:
            question.function(*before, **named, on=day)
        assert all((refused.value.where, refused.value.found, refused.value.allowed, refused.value.repair))
        return
    answer = question.function(*before, **named, on=day)
    if known:
        assert repr(answer) == repr(question.function(*before, **named, on=known))


@pytest.mark.parametrize("far", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("field", ["on", "known_on"])
def test_python_refuses_the_same_days(far, field):
    with pytest.raises(DetenteError, match="out of reach"):
        detente.status(**{field: far})
