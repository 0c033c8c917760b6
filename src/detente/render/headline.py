"""The first lines of an answer: what was asked, for which day, and both readings of a day after the sources end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detente import formatting
from detente.asof import READINGS
from detente.geography import territories as customs
from detente.geography.economies import spoken, with_article
from detente.io.stamped import Stamped
from detente.labels import called_world, phrase
from detente.render.law_headline import after_day, law_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Result = dict[str, Any]


def first_lines(document: Mapping[str, Any] | Stamped[Any, Any]) -> list[str]:
    """
    Say what a document answers, and for which day.

    Gives nothing for a schema, else the question with its day first; after the last day the sources cover that line
    says so, and both readings follow, or one line where they agree.

    Examples
    --------
    >>> first_lines({"result": {"bloc": "RCEP", "under": "truce", "on": "2025-11-10"}})
    ['RCEP as a hedge under truce on 10 November 2025']
    """
    if isinstance(document, Stamped):
        return law_lines(document.result)
    result = document["result"]
    if "$schema" in result:
        return []
    first, late = asked(result), after_sources(document)
    return [f"{first}, {late}: what was decided since is not known" if late else first]


def after_sources(document: Mapping[str, Any] | Stamped[Any, Any]) -> str:
    """Say that a document's day lies after the last one the sources cover. Gives empty up to that day."""
    if isinstance(document, Stamped):
        return after_day(document.result)
    result = document.get("result") or {}
    until, last = result.get("known_until"), result.get("until") or result.get("on")
    if not until or not last or str(last) <= str(until):
        return ""
    return f"after the last day the sources cover ({formatting.day(str(until))})"


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
    >>> asked({"bloc": "RCEP", "under": "truce", "on": "2025-11-10"})
    'RCEP as a hedge under truce on 10 November 2025'
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
    if result.get("until"):
        return f" from {formatting.day(str(result['on']))} to {formatting.day(str(result['until']))}"
    if result.get("law_days"):
        first, last = result["law_days"]
        return f", law of {formatting.day(last)}" if first == last else f", law to {formatting.month(last)}"
    return f" on {formatting.day(str(result['on']))}" if result.get("on") else ""


def _all(names: Iterable[str]) -> str:
    """Names in a row."""
    *some, last = [spoken(name) for name in names]
    return f"{', '.join(some)} and {last}" if some else last


def _collected(result: Mapping[str, Any]) -> str:
    """Duties collected."""
    partner = spoken(result["partner"]) if result.get("partner") else "all partners"
    months = " to ".join(dict.fromkeys((result["first"], result["last"])))
    return f"Duties of {spoken(result['importer'])} on {partner}, on the books and collected, {months}"


def _cuts(result: Mapping[str, Any]) -> str:
    """Cuts of critical inputs."""
    named = "; ".join(phrase("input", item["input"]) for item in result["inputs"])
    return f"What a cut of critical inputs costs ({named}) in the {called_world(result['world'])}"


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


def _players(words: str) -> Callable[[Mapping[str, Any]], str]:
    """A game between players."""
    return lambda result: f"{words} {_all(result['players'])}"


# What a result has, most telling first, and how its subject is said.
_SUBJECTS: Final[tuple[tuple[frozenset[str], Callable[[Mapping[str, Any]], str]], ...]] = tuple(
    (frozenset(keys.split()), say)
    for keys, say in (
        ("entries refused", _entries),
        ("importer left_out_share", _collected),
        ("bloc", lambda r: f"{r['bloc']} as a hedge under {r['under']}"),
        ("player", lambda r: f"Best tariffs of {spoken(r['player'])}, the rest as under {r['under']}"),
        ("is_nash players", _players("Nash tariffs of")),
        ("threat_point players", _players("Bargain between")),
        ("calendar waiting", lambda r: r["title"]),
        ("forecasts scores", lambda r: f"A forecast from what was known on {formatting.day(r['known_on'])}"),
        (
            "left_out largest_gain",
            lambda r: f"What {spoken(r['players'][0])} would agree on with each partner",
        ),
        ("rivalry on_revenue", lambda r: f"What {_all(r['sides'])} reveal of their rivalry"),
        ("game title", lambda r: f"Payoffs of {r['title']}"),
        ("game elements", lambda r: f"Deals of {r['game']}"),
        (
            "a b direct",
            lambda r: f"Reliance of {spoken(r['a'])} and {spoken(r['b'])} on each other at {r['at']}",
        ),
        ("years truce", lambda r: f"The path of {r['study']} from {r['truce']}, year by year"),
        ("importer exporter points", _points),
        (
            "economy exposures lapses",
            lambda r: f"What measures and scenarios mean for {spoken(r['economy'])}",
        ),
        ("study scenarios", lambda r: f"{r['study']['title']}: real income"),
        ("design store", lambda r: f"Sweep {r['design']['title']}"),
        ("episodes fits", lambda _: "Predictions held against what was traded"),
        ("not_covered inputs rows", _cuts),
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
