"""Customs territories: whose duties are charged on the imports of an economy."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from detente.errors import InputError
from detente.geography.economies import (
    customs_unions,
    dated_members,
    entries,
    is_economy,
    is_group,
    members,
    other_names,
    resolve,
)
from detente.geography.economies import name as place_name

if TYPE_CHECKING:
    import datetime as dt


@cache
def _unions() -> dict[str, dict[str, Any]]:
    """Customs unions by name and by other name."""
    found: dict[str, dict[str, Any]] = {}
    for name, entry in customs_unions().items():
        group = entry.get("group")
        also = (*entry.get("also", ()), *(other_names(group) if group else ()))
        found |= {key: {"name": name, **entry} for key in (name, *also)}
    return found


def _own_name(code: str) -> str:
    """The name the file gives a union that has several; any other code itself."""
    return str(_unions()[code]["name"]) if code in _unions() else code


def unions() -> tuple[str, ...]:
    """
    Names of the customs unions, in the order of the file of places.

    >>> unions()[:2]
    ('EU', 'CHE')
    """
    return tuple(dict.fromkeys(entry["name"] for entry in _unions().values()))


def is_territory(code: str) -> bool:
    """
    Whether a text names somebody with a border of his own: an economy or a customs union.

    False for groups that are no customs union.

    >>> is_territory("EU"), is_territory("DEU"), is_territory("ASEAN")
    (True, True, False)
    """
    return code in _unions() or is_economy(code)


def name(code: str) -> str:
    """
    English name of an economy or a customs union.

    With its article, for use in a sentence; the code itself if it is not known.

    >>> name("SACU"), name("CHE")
    ('the Southern African Customs Union', 'Switzerland')
    """
    return place_name(code) if code not in _unions() or is_economy(code) else f"the {_title(code)}"


def _title(code: str) -> str:
    """Title of a customs union."""
    union = _unions()[code]
    return str(union["title"]) if "title" in union else place_name(union["group"])


@cache
def territory(imposer: str, on: dt.date | None = None) -> frozenset[str]:
    """
    Economies on whose imports the duties of an imposer are charged.

    The economy itself, or the members of the union; empty for a group that is no customs union.

    >>> import datetime as dt
    >>> sorted(territory("CHE"))
    ['CHE', 'LIE']
    >>> [year for year in (2020, 2021) if "GBR" in territory("EU", dt.date(year, 1, 1))]
    [2020]
    """
    union = _unions().get(imposer)
    if union is None:
        return frozenset((imposer,)) if is_economy(imposer) else frozenset()
    found = set(union.get("members", ()))
    dated = {row["economy"] for row in union.get("dated", ())}
    if "group" in union:
        found |= set(members(union["group"], on)) - dated
    return frozenset(found) | dated_members(union.get("dated", ()), on)


@cache
def imposers_of(importer: str, on: dt.date | None = None) -> frozenset[str]:
    """
    Everybody whose duties are charged on the imports of an economy.

    The importer, and the customs unions it belongs to under each of their names.

    >>> sorted(imposers_of("DEU")), sorted(imposers_of("VNM"))
    (['DEU', 'EU', 'EU27', 'EUN'], ['VNM'])
    """
    named = {code for code, entry in _unions().items() if entry["name"] == _own_name(importer)}
    holding = {code for code in _unions() if importer in territory(code, on)}
    return frozenset({importer}) | named | holding


def imposes(imposer: str, importer: str, on: dt.date | None = None) -> bool:
    """
    Whether the duties of an imposer are charged on the imports of an economy.

    True for an economy's own duties and those of its customs union.

    >>> imposes("EU", "DEU"), imposes("CHE", "LIE"), imposes("ASEAN", "VNM")
    (True, True, False)
    """
    return imposer in imposers_of(importer, on)


def union_over(economy: str, on: dt.date | None = None) -> str | None:
    """
    The customs union that sets the duties on the imports of an economy in its place.

    None where the economy sets its own.

    >>> union_over("FRA"), union_over("CHN"), union_over("EU")
    ('EU', None, None)
    """
    for code in sorted(imposers_of(economy, on) & set(unions())):
        if _unions()[code].get("sole") and code != _own_name(economy):
            return code
    return None


def imposer_of(economy: str, on: dt.date | None = None) -> str:
    """
    Who sets the duties on the imports of an economy.

    The customs union whose members set none of their own; else the economy itself.

    >>> imposer_of("FRA"), imposer_of("LIE"), imposer_of("ZAF"), imposer_of("CHN")
    ('EU', 'CHE', 'ZAF', 'CHN')
    """
    return union_over(economy, on) or _own_name(economy)


def entry_of(importer: str, on: dt.date | None = None) -> dict[str, Any]:
    """
    How goods are entered where an economy lies: what the file of places says of its customs territory.

    ``schedule``, ``currency``, ``digits``, ``not_held``, as far as they are known; empty where nothing is.

    >>> entry_of("CHN")["currency"], entry_of("VNM")
    ('CNY', {})
    """
    return entries().get(importer) or entries().get(imposer_of(importer, on), {})


def resolve_importer(text: str, *, where: str = "") -> str:
    """
    Code of an importer given by code or name: an economy, or a customs union as one.

    ISO alpha-3, ``ROW``, or the customs union's own name.

    >>> resolve_importer("EU27"), resolve_importer("Germany")
    ('EU', 'DEU')
    """
    code = text.strip().upper()
    if code in _unions() and not is_economy(code):
        return str(_unions()[code]["name"])
    titled = {_title(union).casefold(): union for union in unions() if not is_economy(union)}
    if text.strip().casefold().removeprefix("the ") in titled:
        return titled[text.strip().casefold().removeprefix("the ")]
    if is_group(code):
        raise InputError(
            "a group that is no customs territory",
            where=where,
            found=text,
            allowed=f"one economy, or one of {', '.join(unions())}",
            repair=f"ask for one of its members, such as {members(code)[0]}",
        )
    return resolve(text, where=where)
