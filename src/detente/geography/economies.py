"""Economies by code or name, and groups of economies with dates."""

from __future__ import annotations

import datetime as dt
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from detente.errors import InputError
from detente.io.dates import parse_date, within
from detente.io.words import closest
from detente.io.yaml_file import Document
from detente.manifest import DATA, read_rows, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

REST: Final = "ROW"
SHOWN: Final = 5
CODE: Final = 3
LETTERS: Final = 2
LONGEST_CODE: Final = 6
MOST_SLIPS: Final = 12
# Names that take an article.
ARTICLE: Final = (
    "United ",
    "European ",
    "Netherlands",
    "Philippines",
    "Bahamas",
    "Gambia",
    "Regional ",
    "Association ",
)
TOGETHER: Final = {"WORLD": "the world", REST: "the rest of the world"}


@cache
def _table() -> dict[str, Any]:
    """The file of places."""
    text = read_text(DATA / "places.yaml")
    return cast("dict[str, Any]", Document("places.yaml", text, error=InputError).data)


@cache
def _alpha3() -> dict[str, str]:
    """Alpha-3 by alpha-2."""
    return dict(pair.split(":") for pair in _table()["iso"].split())


@cache
def _codes() -> frozenset[str]:
    """All alpha-3 codes and the rest of the world."""
    return frozenset(_alpha3().values()) | {REST}


@cache
def _groups() -> dict[str, dict[str, Any]]:
    """Groups by name and by other name."""
    groups = dict(_table()["groups"])
    for group in list(groups.values()):
        groups |= dict.fromkeys(group.get("also", ()), group)
    return groups


def is_economy(code: str) -> bool:
    """
    Whether a text is an ISO alpha-3 code, or ROW; not a name.

    >>> is_economy("CHN"), is_economy("China"), is_economy("CN")
    (True, False, False)
    """
    return code in _codes()


def is_group(text: str) -> bool:
    """
    Whether a text names a group: EU, ASEAN, RCEP, USMCA, EFTA, GCC, MERCOSUR or WORLD.

    >>> is_group("RCEP"), is_group("CHN")
    (True, False)
    """
    return text in _groups()


def groups() -> tuple[str, ...]:
    """Names of the groups in the order of the file, other names left out."""
    return tuple(_table()["groups"])


@cache
def _members(group: str, on: dt.date | None) -> tuple[str, ...]:
    """Members on a day, or as far as the file goes."""
    entry = _groups()[group]
    if entry is _groups()["WORLD"]:
        return tuple(sorted(_codes() - {REST}))
    return tuple(sorted({*entry.get("members", ()), *dated_members(entry.get("dated", ()), on)}))


def dated_members(rows: Iterable[dict[str, Any]], on: dt.date | None) -> frozenset[str]:
    """Economies whose rows ``{economy, from, to}`` hold a day; without one, the latest."""
    found = set()
    for row in rows:
        start, end = (parse_date(row[key]) if key in row else None for key in ("from", "to"))
        if within(on or dt.date.max, start, end):
            found.add(row["economy"])
    return frozenset(found)


def members(group: str, on: dt.date | None = None) -> tuple[str, ...]:
    """
    Members of a group on a day, or by the latest membership held: ISO alpha-3, sorted.

    >>> "GBR" in members("EU", dt.date(2020, 1, 31)), "GBR" in members("EU", dt.date(2020, 2, 1))
    (True, False)
    >>> members("USMCA")
    ('CAN', 'MEX', 'USA')
    """
    name_ = group.upper()
    if not is_group(name_):
        raise InputError(
            "unknown group",
            where="group",
            found=group,
            allowed=", ".join(groups()),
            repair="name one of these, or list its members",
        )
    return _members(name_, on)


def with_members(labels: str | Iterable[str], known: Sequence[str]) -> list[str]:
    """
    Labels as given, each once, with the members that are known in place of a group that is none of the known labels.

    A group is by its latest membership; one without a known member stays as it is, to be refused as any other label.

    >>> with_members(["USMCA", "CHN", "USA"], ("CAN", "CHN", "USA"))
    ['CAN', 'USA', 'CHN']
    """
    out: list[str] = []
    for label in [labels] if isinstance(labels, str) else labels:
        word = str(label)
        group = word not in known and is_group(word.upper())
        here = [code for code in _members(word.upper(), None) if code in known] if group else []
        out += here or [label]
    return list(dict.fromkeys(out))


def membership_days() -> tuple[dt.date, ...]:
    """
    Days on which an economy enters or leaves a group or a customs union.

    >>> dt.date(2020, 2, 1) in membership_days()
    True
    """
    entries = [*_table()["groups"].values(), *customs_unions().values()]
    rows = [row for entry in entries for row in entry.get("dated", ())]
    return tuple(sorted({parse_date(row[key]) for row in rows for key in ("from", "to") if key in row}))


def customs_unions() -> dict[str, dict[str, Any]]:
    """The customs unions of the file by name, for `detente.geography.territories`."""
    return cast("dict[str, dict[str, Any]]", _table()["customs"])


def entries() -> dict[str, dict[str, Any]]:
    """How goods are entered, by customs territory, for `detente.geography.territories`."""
    return cast("dict[str, dict[str, Any]]", _table()["entries"])


def importers() -> frozenset[str]:
    """Economies whose imports a built-in world holds, the rest of the world apart."""
    return frozenset(_table()["importers"])


def other_names(group: str) -> tuple[str, ...]:
    """Other names of a group, as the file gives them."""
    return tuple(_groups()[group].get("also", ()))


def capital_zone(imposer: str) -> str:
    """
    Time zone of the capital whose day counts for an imposer's acts: IANA name, UTC where the file holds none.

    >>> capital_zone("USA"), capital_zone("CHN")
    ('America/New_York', 'Asia/Shanghai')
    """
    zones: dict[str, str] = _table()["zones"]
    from detente.geography.territories import imposer_of  # noqa: PLC0415  (it reads this file's groups)

    return zones.get(imposer) or zones.get(imposer_of(imposer), "UTC")


def name(code: str) -> str:
    """
    English name of an economy or group; the code itself if it is not known.

    >>> name("KOR"), name("EU")
    ('South Korea', 'European Union')
    """
    shown = _table()["names"].get(code)
    if shown:
        return str(shown[0])
    if is_group(code):
        return str(_groups()[code]["title"])
    if code not in _codes():
        return code
    return _full_names().get(code, code)


def with_article(name: str) -> str:
    """
    Put the article before the name of an economy that takes one.

    >>> with_article("United States"), with_article("China")
    ('the United States', 'China')
    """
    return f"the {name}" if name.startswith(ARTICLE) else name


def spoken(code: str) -> str:
    """
    Name of an economy or group as it stands inside a sentence.

    >>> spoken("USA"), spoken("KOR"), spoken("WORLD")
    ('the United States', 'South Korea', 'the world')
    """
    return TOGETHER.get(code) or with_article(name(code))


@cache
def _listed() -> tuple[dict[str, str], ...]:
    """The ISO list: code, name, common_name and official_name, empty where there is none."""
    return tuple(read_rows(DATA / "country_names.csv"))


@cache
def _full_names() -> dict[str, str]:
    """Short names from the ISO list."""
    return {row["code"]: row["common_name"] or row["name"] for row in _listed()}


def _plain(text: str) -> str:
    """Lower case, without accents, punctuation or article."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("\u0131", "i"))
    kept = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return " ".join(word for word in kept.split() if word != "the")


@cache
def _by_name() -> dict[str, str]:
    """Code by plain name, from the ISO list and the names people use."""
    kinds = ("name", "common_name", "official_name")
    found = {_plain(row[kind]): row["code"] for row in _listed() for kind in kinds if row[kind]}
    for code, known in _table()["names"].items():
        found |= {_plain(text): code for text in known}
    return found


def all_names() -> tuple[str, ...]:
    """
    Every English name of an economy that is understood: lower case, without accents or punctuation.

    >>> "south korea" in all_names()
    True
    """
    return tuple(_by_name())


def resolve(text: str, *, where: str = "") -> str:
    """
    ISO alpha-3 code of an economy given by code or name, or ROW; InputError where none, or several, go by it.

    >>> resolve("CN"), resolve("vnm"), resolve("South Korea")
    ('CHN', 'VNM', 'KOR')
    """
    code = text.strip().upper()
    if code in _codes():
        return code
    if code in _alpha3():
        return _alpha3()[code]
    plain = _plain(text)
    if plain in _by_name():
        return _by_name()[plain]
    words = set(plain.split())
    near = {found for known, found in _by_name().items() if words and words <= set(known.split())}
    if len(near) == 1:
        return near.pop()
    raise _unknown(text, plain, sorted(near), where)


def nearest_code(text: str) -> list[str]:
    """
    Codes and groups one slip away from a text: a letter wrong, missing, too many, or two swapped.

    At most five; empty for a code that exists.

    >>> nearest_code("ASIAN")
    ['ASEAN']
    """
    if len(text) < CODE or not text.isupper() or is_economy(text):
        return []
    return _slips(text)


def _slips(text: str) -> list[str]:
    """Codes and groups one slip away from a text: those with its letters in another order first."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    wanted = text.strip().upper()
    known = [*groups(), *sorted(_codes())]
    swapped = [code for code in known if sorted(code) == sorted(wanted)]
    return (swapped or [code for code in known if OSA.distance(code, wanted) == 1])[:MOST_SLIPS]


def _unknown(text: str, plain: str, near: list[str], where: str) -> InputError:
    """Say what was not understood, with what could be meant."""
    what = "ambiguous economy" if near else "unknown economy"
    if is_group(text.strip().upper()):
        inside = ", ".join(members(text)[:SHOWN])
        return InputError(
            "a group where one economy is due",
            where=where,
            found=text,
            allowed=f"one economy, such as {inside}",
            repair="name one of its members",
        )
    if not near and len(plain) >= LETTERS:
        names = [_by_name()[known] for known in closest(plain, _by_name(), limit=SHOWN)]
        near = list(
            dict.fromkeys((*_slips(text), *names) if len(plain) <= LONGEST_CODE else (*names, *_slips(text)))
        )
    meant = ", ".join(f"{name(code)} ({code})" for code in near[:MOST_SLIPS])
    return InputError(
        what,
        where=where,
        found=text,
        allowed="an ISO alpha-2 or alpha-3 code or an English name",
        repair=f"did you mean {meant}?" if meant else "write the ISO alpha-3 code",
    )
