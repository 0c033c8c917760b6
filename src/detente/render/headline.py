"""The first lines of an answer: what was asked, for which day, and both readings of a day after the sources end."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, Any, Final

from detente import formatting
from detente.asof import READINGS, SAID, agree
from detente.geography import economies as places
from detente.geography import territories as customs
from detente.geography.economies import with_article
from detente.labels import called_world, label, phrase
from detente.schedules.codes import dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Result = dict[str, Any]

# Characters of a description in the first line.
WORDS: Final = 60
# States in the order in which a reader looks.
STATES: Final = ("in force", "suspended", "threatened", "announced", "not known", "ended", "none")


def first_lines(document: Mapping[str, Any]) -> list[str]:
    """
    Say what a document answers, and for which day.

    Gives nothing for a schema, else the question with its day first; after the last day the sources cover that line
    says so, and both readings follow, or one line where they agree.

    Examples
    --------
    >>> first_lines({"result": {"on": "2025-10-27", "board": []}})
    ['The board on 27 October 2025']
    """
    result = document["result"]
    if "$schema" in result:
        return []
    first = asked(result)
    readings = result.get("readings") or ()
    late = after_sources(result)
    if not late:
        return [first]
    tail = "both readings agree" if readings and agree(readings) else "two readings" if readings else ""
    tail = tail or "what was decided since is not known"
    return [f"{first}, {late}: {tail}", *reading_lines(result), *passed_lines(result)]


def after_sources(result: Mapping[str, Any]) -> str:
    """Say that a day lies after the last one the sources cover. Gives empty up to that day."""
    until, last = result.get("known_until"), result.get("until") or result.get("on")
    if not until or not last or str(last) <= str(until):
        return ""
    return f"after the last day the sources cover ({formatting.day(str(until))})"


def reading_lines(result: Mapping[str, Any]) -> list[str]:
    """Write both readings of a day, or the one they agree on. Gives empty up to the last day the sources cover."""
    readings = result.get("readings") or ()
    if not readings:
        return []
    if agree(readings):
        return [f"both readings: {numbers(readings[0])}"]
    return [f"{SAID[item['basis']]}: {numbers(item)}" for item in readings]


def numbers(reading: Mapping[str, Any]) -> str:
    """
    Write the main numbers of one reading.

    Examples
    --------
    >>> numbers({"basis": "legal", "amount": 1955000.0, "currency": "USD", "suspended": False})
    'USD 1,955,000'
    """
    return next((say(reading) for key, say in _NUMBERS.items() if key in reading), "")


def passed_lines(result: Mapping[str, Any]) -> list[str]:
    """Say what has passed since the sources end. Gives one a day, event and basis; empty for other answers."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for item in result.get("passed") or ():
        groups.setdefault((item["date"], item["event"], item["basis"]), []).append(item["instrument"])
    return [
        f"passed on {formatting.day(date)} ({basis} date), {event}: {', '.join(names)}"
        for (date, event, basis), names in groups.items()
    ]


def _duty_numbers(item: Mapping[str, Any]) -> str:
    """Rate, range and amount of a duty."""
    if item.get("prohibited"):
        return f"may not be imported since {formatting.day(str(item['prohibited']['from']))}"
    said = formatting.rate(item["rate"])
    least, most = item["rate_min"], item["rate_max"]
    if least != most or item["rate"] is None:
        bound = formatting.rate(most) if most is not None else formatting.OPEN
        said += f" ({formatting.rate(least)} to {bound})" if least is not None else ""
    if item.get("amount") is not None:
        said += f", {formatting.money(item['amount'], item['currency'])}"
    return said


def _fee_numbers(item: Mapping[str, Any]) -> str:
    """Amount of a fee, its range, and whether it is suspended."""
    said = formatting.money(item["amount"], item["currency"])
    if "amount_max" in item and item["amount_min"] != item["amount_max"]:
        most = item["amount_max"]
        bound = formatting.money(most, item["currency"]) if most is not None else formatting.OPEN
        said += f" ({formatting.money(item['amount_min'], item['currency'])} to {bound})"
    return f"{said}, suspended" if item["suspended"] else said


def _licence_numbers(item: Mapping[str, Any]) -> str:
    """Whether a licence is required, and the likely decision."""
    if item["required"] is None:
        return f"not decided, test: {item['test']}"
    words = "a licence is required" if item["required"] else "no licence is required"
    more = [item["decision"]] if item["required"] else []
    more += ["suspended"] if item["suspended"] else []
    return ", ".join([words, *more])


def _states(item: Mapping[str, Any]) -> str:
    """How many stand where."""
    found = item["states"]
    order = sorted(found, key=lambda state: STATES.index(state) if state in STATES else len(STATES))
    return ", ".join(f"{formatting.count(found[state])} {state}" for state in order)


def _state(item: Mapping[str, Any]) -> str:
    """State of one measure in words."""
    return item["state"] if item["detail"] == item["state"] else f"{item['state']}: {item['detail']}"


def _status(item: Mapping[str, Any]) -> str:
    """Status of a party, and the ownership rules that bind."""
    binding = item["ownership_rules_in_force"]
    return f"{item['status']}; ownership rules in force: {', '.join(binding) or 'none'}"


# The key that tells the kind of a reading, and its words.
_NUMBERS: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    "rate_min": _duty_numbers,
    "amount": _fee_numbers,
    "required": _licence_numbers,
    "states": _states,
    "changes": lambda item: f"{formatting.count(item['changes'])} changes",
    "state": _state,
    "status": _status,
    "rate": lambda item: formatting.average(item["rate"], 2),
}


def _entries(result: Mapping[str, Any]) -> str:
    """How many entries, and what the day is about."""
    totals = result["totals"]
    what = f"{formatting.count(totals['lines'])} lines of {formatting.count(totals['entries'])} entries"
    return f"{what}, each on its day of entry; lines that name none"


def asked(result: Mapping[str, Any]) -> str:
    """
    Say what a result answers: the subject, origin and destination, and its day.

    Examples
    --------
    >>> asked({"importer": "USA", "origin": "CHN", "weights": "us2024", "on": "2025-11-10", "rate": 0.3})
    'Average tariff of the United States on China on 10 November 2025'
    """
    say = next((say for keys, say in _SUBJECTS if keys <= result.keys()), None)
    return (say(result) if say else "Answer") + _moment(result)


def _moment(result: Mapping[str, Any]) -> str:
    """The day or the span, what was known, and an unusual view."""
    found = _days(result)
    at = str(result.get("at") or "")
    if at[:1].isdigit():  # an instant; elsewhere a scenario's name
        found += f" at {at[11:19]} ({at[19:]})"
    if result.get("known_on"):
        found += f", as known on {formatting.day(str(result['known_on']))}"
    if result.get("view") not in (None, "statutory"):
        found += f", {str(result['view']).replace('-', ' ')}"
    if result.get("ends") == "reported":
        found += ", suspensions ending as reported"
    return found


def _days(result: Mapping[str, Any]) -> str:
    """One day, or a first and a last one."""
    if result.get("first") and result.get("second"):
        return f" between {formatting.day(str(result['first']))} and {formatting.day(str(result['second']))}"
    if result.get("until"):
        return f" from {formatting.day(str(result['on']))} to {formatting.day(str(result['until']))}"
    if result.get("law_days"):
        first, last = result["law_days"]
        return f", law of {formatting.day(last)}" if first == last else f", law to {formatting.month(last)}"
    return f" on {formatting.day(str(result['on']))}" if result.get("on") else ""


def _the(code: str) -> str:
    """Name of an economy in a sentence."""
    return with_article(places.name(code))


def _all(names: Iterable[str]) -> str:
    """Names in a row."""
    *some, last = [_the(name) for name in names]
    return f"{', '.join(some)} and {last}" if some else last


def _duty(result: Mapping[str, Any]) -> str:
    """A duty."""
    words = shorten(str(result.get("description") or ""), WORDS, placeholder=" ...")
    code = dotted(str(result["code"]))
    value = result.get("value")
    worth = f", customs value {formatting.money(value, result['currency'])}," if value is not None else ""
    named = f"{code} ({words})" if words else code
    shipment = f"{named} from {_the(result['origin'])} to {_the(result['destination'])}{worth}"
    if ban := result.get("prohibited"):
        return f"Prohibited since {formatting.day(str(ban['from']))}: {shipment}"
    return f"Duty on {shipment}"


def _average(result: Mapping[str, Any]) -> str:
    """An average tariff."""
    origin = _the(result["origin"]) if result.get("origin") else "all partners"
    return f"Average tariff of {_the(result['importer'])} on {origin}"


def _collected(result: Mapping[str, Any]) -> str:
    """Duties collected."""
    partner = _the(result["partner"]) if result.get("partner") else "all partners"
    months = " to ".join(dict.fromkeys((result["first"], result["last"])))
    return f"Duties of {_the(result['importer'])} on {partner}, on the books and collected, {months}"


def _port_fee(result: Mapping[str, Any]) -> str:
    """A port fee."""
    size = formatting.quantity(result["net_tons"], "net tons")
    return f"Fee for one port call in {_the(result['port_of'])}, {size},"


def _licence(result: Mapping[str, Any]) -> str:
    """A licence."""
    item = {"rare-earth": "rare earths", "chip": "advanced chips"}.get(result["kind"], result["kind"])
    return f"Export licence for {item} from {_the(result['origin'])} to {_the(result['destination'])}"


def _cuts(result: Mapping[str, Any]) -> str:
    """Cuts of critical inputs."""
    named = "; ".join(phrase("input", item["input"]) for item in result["inputs"])
    return f"What a cut of critical inputs costs ({named}) in the {called_world(result['world'])}"


def _listing(result: Mapping[str, Any]) -> str:
    """Rows of the ledger."""
    if "second" in result:
        return "What changed in the law"
    if "between" in result:
        return f"Acts and sources behind {_measure(result['measure'])}"
    if "measure" in result:
        return f"Timeline of {_measure(result['measure']) if result['measure'] else 'all measures'}"
    return "Measures on the books" if "view" in result else "Check of the ledger"


def _territory(code: str) -> str:
    """Name of an economy or a customs union in a sentence."""
    return with_article(customs.name(code))


def _points(result: Mapping[str, Any]) -> str:
    """Points on top of the law."""
    kinds = [phrase("industry", name) for name in result["industries"]]
    goods = f"goods ({'; '.join(kinds)})" if kinds else "all goods"
    points = f"{formatting.number(result['points'])} points more"
    said = f"{points} of {_territory(result['importer'])} on {goods} of {_territory(result['exporter'])}"
    answer = result["answer"]
    return f"{said}, answered by {formatting.number(answer)} on all goods," if answer else said


def _measure(name: str) -> str:
    """A measure in words, with the id that one types."""
    return f"{phrase('measure', name)} ({name})"


def _search(result: Mapping[str, Any]) -> str:
    """Products found by words or code."""
    held = "" if result["on"] else ", the latest held"
    return f"{result['words']}: lines of the schedule of {_the(result['destination'])}{held}"


def _players(words: str) -> Callable[[Mapping[str, Any]], str]:
    """A game between players."""
    return lambda result: f"{words} {_all(result['players'])}"


# What a result has, most telling first, and how its subject is said.
_SUBJECTS: Final[tuple[tuple[frozenset[str], Callable[[Mapping[str, Any]], str]], ...]] = tuple(
    (frozenset(keys.split()), say)
    for keys, say in (
        ("code origin destination", _duty),
        ("entries refused", _entries),
        ("importer weights", _average),
        ("importer left_out_share", _collected),
        ("port_of net_tons", _port_fee),
        ("kind required", _licence),
        ("name matches", lambda r: f"Screening of {shorten(r['name'], WORDS, placeholder=' ...')}"),
        ("by_year target", lambda r: f"Purchases: {r['title']} ({r['id']})"),
        ("board", lambda r: f"The board of {_all(r['between'])}" if r.get("between") else "The board"),
        ("timeline instrument", lambda r: label("measure", r["id"], otherwise=r["title"]) + f" ({r['id']})"),
        ("bloc", lambda r: f"{r['bloc']} as a hedge under {r['under']}"),
        ("player", lambda r: f"Best tariffs of {_the(r['player'])}, the rest as under {r['under']}"),
        ("is_nash players", _players("Nash tariffs of")),
        ("threat_point players", _players("Bargain between")),
        ("calendar waiting", lambda r: r["title"]),
        ("forecasts scores", lambda r: f"A forecast from what was known on {formatting.day(r['known_on'])}"),
        ("left_out largest_gain", lambda r: f"What {_the(r['players'][0])} would agree on with each partner"),
        ("rivalry on_revenue", lambda r: f"What {_all(r['sides'])} reveal of their rivalry"),
        ("game title", lambda r: f"Payoffs of {r['title']}"),
        ("game elements", lambda r: f"Deals of {r['game']}"),
        ("a b direct", lambda r: f"Reliance of {_the(r['a'])} and {_the(r['b'])} on each other at {r['at']}"),
        ("years truce", lambda r: f"The path of {r['study']} from {r['truce']}, year by year"),
        ("importer exporter points", _points),
        ("economy exposures lapses", lambda r: f"What measures and scenarios mean for {_the(r['economy'])}"),
        ("study scenarios", lambda r: f"{r['study']['title']}: real income"),
        ("design store", lambda r: f"Sweep {r['design']['title']}"),
        ("episodes fits", lambda _: "Predictions held against what was traded"),
        ("words destination", _search),
        ("not_covered inputs rows", _cuts),
        ("rows", _listing),
    )
)


def day_columns(result: Mapping[str, Any], rows: int) -> dict[str, Any]:
    """
    Columns that put the day, and the main numbers of both readings, beside the rows of a table.

    Gives ``on``, and for a day after the sources ``NUMBER_legal`` and ``NUMBER_reported``: one value for all rows, or
    one a row where the reading has as many.

    Examples
    --------
    >>> day_columns({"on": "2025-10-27"}, 3)
    {'on': '2025-10-27'}
    """
    found: dict[str, Any] = {"on": result["on"]} if result.get("on") else {}
    readings = {item["basis"]: item for item in result.get("readings") or ()}
    for basis in READINGS:
        for key, value in readings.get(basis, {}).items():
            if key == "series" and len(value) == rows:
                found[f"rate_{basis}"] = [row["rate"] for row in value]
            elif key == "states":
                found |= {f"{state} {basis}": count for state, count in value.items()}
            elif not isinstance(value, (list, dict)) and key != "basis":
                found.setdefault(f"{key}_{basis}", value)
    return found
