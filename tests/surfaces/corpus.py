"""Answers to every question, drawn by a seed over lines, places, days, facts and options."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pandas as pd

from detente import average_tariff, duty
from detente.asof import AsOf
from detente.compliance import licence, port_fee, screen
from detente.compliance.port_fees.call_facts import FACTS as VESSEL
from detente.compliance.purchases.progress import purchases
from detente.errors import DetenteError
from detente.io.documents import Document, as_json
from detente.io.stamped import Stamp, Stamped
from detente.ledger import cite, diff, list_measures, open_ledger, show_measure, status, timeline
from detente.schedules.usa import us_schedule

if TYPE_CHECKING:
    import random

FIRST, LAST = dt.date(2018, 1, 1), dt.date(2026, 12, 31)
ORIGINS = (
    "CHN",
    "HKG",
    "CAN",
    "MEX",
    "DEU",
    "GBR",
    "JPN",
    "KOR",
    "VNM",
    "IND",
    "BRA",
    "CHE",
    "RUS",
    "CUB",
    "KHM",
    "ZAF",
)
VALUES = (None, None, 0.5, 10_000.0, 123_456.78, 2.5e9)
# Lines whose ordinary duty has no largest value, or has none at all: every sample has some.
OPEN_ENDED = ("9102.11.25", "91", "22", "72", "0402.10", "2204.21.50.05")
WORDS = (
    "Huawei",
    "Hanwha Ocean",
    "A bakery of Lyon",
    "Nexperia",
    "SMIC Beijing",
    "ZTE Kangxun",
    "Acme Corporation",
)


@dataclass(frozen=True)
class Answer:
    """An answer, what it answers, and the page it stands on."""

    asked: str
    question: str
    document: dict[str, Any]
    found: Any = None
    page: str = ""

    @property
    def stamped(self) -> Any:
        """The document as renderers take it: typed where the answer is."""
        if not isinstance(self.found, Document):
            return self.document
        return Stamped(
            stamp=Stamp(detente="0", command="detente", data_hash="0"),
            result=getattr(self.found, "result", self.found),
            assumptions=getattr(self.found, "assumptions", ()),
            warnings=getattr(self.found, "warnings", ()),
        )


def _plain(item: Any) -> Any:
    """An assumption as plain data, as the commands have it."""
    if hasattr(item, "model_dump"):
        return item.model_dump(mode="json")
    return asdict(item) if is_dataclass(item) else item


def document(result: Any, found: Any = None) -> dict[str, Any]:
    """A document of a result."""
    return {
        "stamp": {"detente": "0", "command": "detente"},
        "result": result,
        "assumptions": [_plain(item) for item in getattr(found, "assumptions", ())],
        "warnings": list(getattr(found, "warnings", ())),
    }


def _of(found: Any, question: str, asked: dict[str, Any], page: str = "") -> Answer:
    """An answer of a case."""
    return Answer(repr(asked), question, document(found.to_dict(), found), found, page)


def _day(draw: random.Random) -> dt.date:
    """A day, as often a late one as an early one."""
    first = FIRST if draw.random() < 0.3 else dt.date(2025, 1, 1)
    return first + dt.timedelta(draw.randrange((LAST - first).days + 1))


@cache
def lines() -> tuple[str, ...]:
    """Lines of the United States schedule."""
    return tuple(sorted(set(us_schedule().hts8.tolist())))


def duties(draw: random.Random, size: int) -> list[Answer]:
    """Duties: lines, headings and chapters; all origins; both importers and one that is not covered."""
    answers: list[Answer] = []
    while len(answers) < size:
        code = draw.choice(lines())
        if draw.random() < 0.25:
            code = code[: draw.choice((2, 4, 6))]
        if draw.random() < 0.08:
            code = draw.choice(OPEN_ENDED)
        to = draw.choices(("USA", "CHN", "DEU"), (0.85, 0.12, 0.03))[0]
        asked: dict[str, Any] = {
            "code": code[:6] if to == "CHN" else code,
            "origin": "USA" if to == "CHN" else draw.choice(ORIGINS),
            "destination": to,
            "on": _day(draw),
            "value": draw.choice(VALUES),
        }
        page = {
            "code": asked["code"],
            "from": asked["origin"],
            "to": to,
            "on": asked["on"],
            "value": asked["value"],
        }
        more: dict[str, Any] = {}
        if draw.random() < 0.2:
            more["view"] = draw.choice(("collected", "legally-due"))
        if draw.random() < 0.2:
            more["known_on"] = min(asked["on"], _day(draw))
        if draw.random() < 0.2:
            more["fees"] = True
        if draw.random() < 0.2:
            more["facts"] = {"us_content": round(draw.random(), 4)}
        if draw.random() < 0.1:
            more["quantity"] = f"{draw.randrange(1, 5000)} kg"
        try:
            found = duty(**asked, **more, ledger=open_ledger())
        except DetenteError:
            continue
        address = "" if more else f"/product?{urlencode({k: v for k, v in page.items() if v is not None})}"
        answers.append(_of(found, "duty", asked | more, address))
    return answers


def _vessel_facts(draw: random.Random) -> dict[str, Any]:
    """Some facts of a vessel, each of its kind."""
    made = {
        "number": lambda _: round(draw.uniform(1, 200_000), draw.choice((0, 1, 3))),
        "count": lambda _: draw.randrange(1, 9),
        "share": lambda _: round(draw.random(), 3),
        "flag": lambda _: draw.random() < 0.5,
        "place": lambda _: draw.choice(("CHN", "USA", "KOR", "HKG", "LBR")),
        "word": lambda fact: draw.choice(list(fact.words)),
    }
    names = draw.sample([name for name in VESSEL if name != "net_tons"], draw.choice((0, 0, 1, 2, 4)))
    return {name: made[VESSEL[name].kind](VESSEL[name]) for name in names}


def port_fees(draw: random.Random, size: int) -> list[Answer]:
    """Port fees on both sides, from no fact but the tonnage to many."""
    answers: list[Answer] = []
    while len(answers) < size:
        port = draw.choice(("USA", "CHN"))
        asked = {
            "net_tons": draw.choice((1.0, 85_123.0, 12_345.67, 220_000.5)),
            "on": _day(draw),
            **_vessel_facts(draw),
        }
        facts = {key: value for key, value in asked.items() if key != "on"}
        try:
            found = port_fee(port, asof=AsOf.of(asked["on"]), ledger=open_ledger(), **facts)
        except DetenteError:
            continue
        page = f"/parties/port-fee?{urlencode({'port_of': port, **asked})}"
        options = {
            "net_tons",
            "on",
            "containers",
            "built",
            "owner",
            "operator",
            "us_share",
            "type",
            "teu",
            "dwt",
            "call",
        }
        answers.append(
            _of(found, "port-fee", {"port_of": port} | asked, page if asked.keys() <= options else "")
        )
    return answers


def licences(draw: random.Random, size: int) -> list[Answer]:
    """Licences of both kinds."""
    facts = {
        "chip": (
            {},
            {"tpp": 4800.0},
            {"tpp": 2400.5, "performance_density": 3.2},
            {"item": "h20"},
            {"data_center": "no"},
        ),
        "rare-earth": (
            {},
            {"elements": "Dy"},
            {"elements": "Dy", "content_share": 0.0012},
            {"elements": "Sc,Y"},
        ),
    }
    answers: list[Answer] = []
    tries = 0
    while len(answers) < size and tries < 20 * size:
        tries += 1
        kind = draw.choice(list(facts))
        asked = {
            "origin": draw.choice(("USA", "CHN")),
            "destination": draw.choice(("CHN", "DEU", "USA", "JPN")),
            "on": _day(draw),
        }
        given = draw.choice(facts[kind])
        try:
            ends = {"origin": asked["origin"], "destination": asked["destination"]}
            found = licence(kind, **ends, asof=AsOf.of(asked["on"]), facts=given, ledger=open_ledger())
        except DetenteError:
            continue
        answers.append(_of(found, "licence", {"kind": kind} | asked | given))
    return answers


def screens(draw: random.Random, size: int) -> list[Answer]:
    """Names screened, with owners and without."""
    owners = pd.DataFrame(
        {"owner": ["Huawei Technologies"], "owned": ["Acme Corporation"], "share": [0.510001]}
    )
    answers = []
    for _ in range(size):
        asked: dict[str, Any] = {"name": draw.choice(WORDS), "on": max(_day(draw), dt.date(2019, 9, 1))}
        given = owners if draw.random() < 0.5 else None
        found = screen(asked["name"], asof=AsOf.of(asked["on"]), owners=given, ledger=open_ledger())
        answers.append(_of(found, "screen", asked))
    return answers


def commitments(draw: random.Random, size: int) -> list[Answer]:
    """Progress against commitments, with quantities and without."""
    ledger = open_ledger()
    names = [name for name, measure in ledger.measures.items() if measure.instrument == "purchase"]
    answers: list[Answer] = []
    tries = 0
    while len(answers) < size and tries < 20 * size:
        tries += 1
        asked: dict[str, Any] = {"commitment": draw.choice(names), "on": _day(draw)}
        rows = [(f"2026-{month:02}", round(draw.uniform(0, 4), 6)) for month in range(1, 7)]
        frame = pd.DataFrame(
            {
                "period": [a for a, _ in rows],
                "quantity": [b for _, b in rows],
                "unit": "Mt",
                "measure": "sales",
            }
        )
        try:
            given = frame if draw.random() < 0.5 else None
            found = purchases(asked["commitment"], asof=AsOf.of(asked["on"]), actuals=given, ledger=ledger)
        except DetenteError:
            continue
        answers.append(_of(found, "purchases", asked))
    return answers


def listings(draw: random.Random, size: int) -> list[Answer]:
    """The board and the ledger: lists, measures, histories, differences, citations."""
    ledger = open_ledger()
    names = list(ledger.measures)
    answers = []
    for k in range(size):
        day, name = _day(draw), draw.choice(names)
        query = {"on": day, **({"known_on": day} if draw.random() < 0.3 else {})}
        kind = ("status", "show", "show", "show", "timeline", "cite", "diff", "ls")[k % 8]
        if kind == "status":
            found = status(ledger, asof=AsOf.of(**query))
            told = document(as_json(found.result), found)
            answers.append(Answer(f"status {query}", "board", told, found, f"/?on={day}"))
        elif kind == "show":
            page = "" if "known_on" in query else f"/ledger/measure?{urlencode({'id': name, 'on': day})}"
            found = show_measure(ledger, name, asof=AsOf.of(**query))
            answers.append(Answer(f"show {name} {query}", "measure", document(as_json(found)), found, page))
        else:
            rows = _rows(kind, name, day, query, draw.randrange(1, 90))
            answers.append(Answer(f"{kind} {name} {query}", "rows", document({"rows": rows})))
    return answers


def _rows(kind: str, name: str, day: dt.date, query: dict[str, Any], days: int) -> list[dict[str, Any]]:
    """Rows of one listing of the ledger."""
    ledger = open_ledger()
    if kind == "timeline":
        return as_json(timeline(ledger, name))
    if kind == "cite":
        return as_json(cite(ledger, name))
    if kind == "diff":
        return as_json(diff(ledger, AsOf(day), AsOf(day + dt.timedelta(days))))
    return as_json(list_measures(ledger, asof=AsOf.of(**query)))


def averages(draw: random.Random, size: int) -> list[Answer]:
    """Average tariffs, whole, split, and as series."""
    answers: list[Answer] = []
    k = -1
    while len(answers) < size:
        k += 1
        by = (None, "measure", "sector", "chapter", "partner")[k % 5]
        asked: dict[str, Any] = {
            "importer": "CHN" if k % 6 == 5 and by != "partner" else "USA",
            "on": _day(draw),
        }
        asked["origin"] = (
            None if by == "partner" else ("USA" if asked["importer"] == "CHN" else draw.choice(ORIGINS[:10]))
        )
        more = {"until": asked["on"] + dt.timedelta(3)} if by is None and k % 2 else {}
        try:
            found = average_tariff(**asked, by=by, **more, ledger=open_ledger())
        except DetenteError:
            continue  # a split that is not held
        answers.append(_of(found, "average", asked | {"by": by} | more))
    return answers


MAKERS = {
    "duty": duties,
    "port-fee": port_fees,
    "licence": licences,
    "screen": screens,
    "purchases": commitments,
    "ledger": listings,
    "average": averages,
}
