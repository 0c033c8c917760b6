"""What a reader sees in place of an internal name: a label, and a short one for tables, of everything that has an id."""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, get_args

from detente.errors import LedgerError
from detente.io.words import meant
from detente.manifest import DATA, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Kind = Literal[
    "measure",
    "part",
    "instrument",
    "carve",
    "input",
    "episode",
    "scenario",
    "contrast",
    "action",
    "punishment",
    "threat",
    "deal",
    "assumption",
    "world",
    "variant",
    "industry",
    "unit",
    "kind",
    "word",
]
# Kinds whose names are only unique inside something: the measure of a part, the study of a scenario, the side of a game.
INSIDE: Final = {
    "part": "a measure",
    "scenario": "a study",
    "contrast": "a study",
    "action": "GAME.SIDE",
    "punishment": "a game",
    "threat": "a game",
    "deal": "a game",
}
HEADER: Final = ["kind", "within", "name", "label", "short"]
FILE: Final = "labels.csv"
# Stands for every measure in the column `within`.
ANY: Final = "*"
# How the trade elasticity of an industry is named.
ELASTICITY: Final = ("theta of ", "theta.")
LONGEST_SHORT: Final = 30
# Between who answers a measure in kind and the measure, in the name of an answer that only a scenario holds.
MIRROR: Final = ".mirror."

Key = tuple[str, str, str]


class Label(NamedTuple):
    """
    Words for one id, as they stand inside a sentence.

    label: In full.
    short: For a cell of a table, at most 30 characters.
    """

    label: str
    short: str


_LAID: ContextVar[tuple[Mapping[Key, Label], ...]] = ContextVar("labels laid over", default=())


@cache
def held() -> dict[Key, Label]:
    """Every label of the package, by kind, what it is inside of, and id."""
    return read_labels(read_text(DATA / FILE), FILE)


def read_labels(text: str, shown: str) -> dict[Key, Label]:
    r"""
    Read a table of labels: ``kind,within,name,label,short``. An empty `short` is the label.

    Raises
    ------
    LedgerError
        For another header, a kind that does not exist, a row without its place or words, a row that is there twice.

    Examples
    --------
    >>> read_labels("kind,within,name,label,short\nmeasure,,my.duty,duty on tea,\n", "labels.csv")
    {('measure', '', 'my.duty'): Label(label='duty on tea', short='duty on tea')}
    """
    header, *rows = list(csv.reader(io.StringIO(text))) or [[]]
    if header != HEADER:
        raise _refusal(
            "not the header of a table of labels", f"{shown}:1", ",".join(header), ",".join(HEADER)
        )
    found: dict[Key, Label] = {}
    for line, row in enumerate(rows, start=2):
        if not row:
            continue
        key, words = _row(row, f"{shown}:{line}")
        if key in found:
            raise _refusal("two labels of one name", f"{shown}:{line}", key[2], "each once")
        found[key] = words
    return found


def _row(row: list[str], where: str) -> tuple[Key, Label]:
    """One row of the table, checked."""
    if len(row) != len(HEADER):
        raise _refusal("a row of another width", where, ",".join(row), ",".join(HEADER))
    kind, within, name, label, short = row
    kinds = get_args(Kind)
    if kind not in kinds:
        raise _refusal("no such kind of label", where, kind, ", ".join(kinds), meant(kind, kinds))
    if bool(within) != (kind in INSIDE) or not name or not label:
        allowed = f"`within` ({INSIDE.get(kind, 'empty')}), `name` and `label`"
        raise _refusal("a label without its place or words", where, ",".join(row), allowed)
    if len(short) > LONGEST_SHORT:
        raise _refusal("a short label that is long", where, short, f"at most {LONGEST_SHORT} characters")
    return (kind, within, name), Label(label, short or label)


def _refusal(what: str, where: str, found: str, allowed: str, repair: str = "") -> LedgerError:
    """A refusal of a table of labels."""
    return LedgerError(what, where=where, found=found, allowed=allowed, repair=repair or "correct the row")


@contextmanager
def laid_over(labels: Mapping[Key, Label]) -> Iterator[None]:
    """Let labels of an overlay, such as `Ledger.labels`, go before those of the package, while a question is answered."""
    token = _LAID.set((labels, *_LAID.get()))
    try:
        yield
    finally:
        _LAID.reset(token)


def phrase(kind: Kind, name: str, *, within: str = "", otherwise: str = "") -> str:
    """
    Give the label of an id as it stands inside a sentence.

    Parameters
    ----------
    kind
        What the id is of.
    name
        The id. Of an assumption also ``"theta of G"``.
    within
        For a part its measure, for a scenario or contrast its study, for an action its game and side
        (``"kuala-lumpur.USA"``), for other things of a game the game.
    otherwise
        What is said of an id without a label, such as the title in a user's own file; else the id in words.

    Returns
    -------
    words
        Without a capital, but for names.

    Examples
    --------
    >>> phrase("assumption", "theta of G"), phrase("action", "hundred", within="kuala-lumpur.USA")
    ('trade elasticity of wholesale and retail trade', 'impose the 100 % tariff')
    """
    found = find(kind, name, within)
    return found.label if found else otherwise or in_words(name)


def label(kind: Kind, name: str, *, within: str = "", otherwise: str = "") -> str:
    """
    Give the label of an id with a capital, for a heading, a cell or the first words of a sentence.

    Examples
    --------
    >>> label("industry", "C31T33"), label("scenario", "lapse", within="kuala-lumpur")
    ('Furniture, toys and other manufacturing', 'Truce expires (10 November 2026)')
    """
    return capital(phrase(kind, name, within=within, otherwise=otherwise))


def short_phrase(kind: Kind, name: str, *, within: str = "", otherwise: str = "") -> str:
    """
    Give the short label of an id as it stands inside a sentence.

    Examples
    --------
    >>> short_phrase("part", "fifteen", within="cn.ret.2025.feb10")
    'coal and LNG'
    """
    found = find(kind, name, within)
    return found.short if found else otherwise or in_words(name)


def short(kind: Kind, name: str, *, within: str = "", otherwise: str = "") -> str:
    """
    Give the short label of an id with a capital, for a cell of a table.

    Examples
    --------
    >>> short("scenario", "lapse", within="kuala-lumpur"), short("measure", "us.threat.cn100")
    ('Truce expires', '100 % threat')
    """
    return capital(short_phrase(kind, name, within=within, otherwise=otherwise))


def find(kind: str, name: str, within: str = "") -> Label | None:
    """The label of an id: of an overlay, of the package, of any measure or an answer to it, of an industry's elasticity."""
    places = (within, ANY) if kind == "part" else (within if kind in INSIDE else "",)
    for table in (*_LAID.get(), held()):
        for place in places:
            if words := table.get((kind, place, name)):
                return words
    if kind == "measure" and MIRROR in name and (of := find(kind, name.partition(MIRROR)[2])):
        return Label(f"answer to the {of.label}", f"answer: {of.short}"[:LONGEST_SHORT])
    start = (
        next((start for start in ELASTICITY if name.startswith(start)), "") if kind == "assumption" else ""
    )
    if not start:
        return None
    of = find("industry", name.removeprefix(start), "")
    sector = name.removeprefix(start)
    long, brief = of or (sector, sector)
    return Label(f"trade elasticity of {long}", f"elasticity, {brief}")


def called_world(name: str) -> str:
    """
    Give a world inside a sentence, after "the".

    Examples
    --------
    >>> called_world("icio2022"), called_world("mine")
    ('world economy of 2022 (OECD tables)', 'world mine')
    """
    return phrase("world", name, otherwise=f"world {name}")


def in_words(name: str) -> str:
    """
    Write an id that has no label as words.

    Examples
    --------
    >>> in_words("my-own_case")
    'my own case'
    """
    return name.replace("_", " ").replace("-", " ")


def capital(text: str) -> str:
    """
    Begin a text with a capital.

    Examples
    --------
    >>> capital("truce expires")
    'Truce expires'
    """
    return f"{text[:1].upper()}{text[1:]}"


def listed(kind: Kind, names: Iterable[str], *, within: str = "") -> str:
    """
    Write several ids as a list inside a sentence.

    Examples
    --------
    >>> listed("part", ["cells", "modules"], within="us.s201.solar_qsp")
    'solar cells, free within a quota, solar modules'
    """
    return ", ".join(phrase(kind, name, within=within) for name in names)


def titles(kind: Kind, records: Mapping[str, Any]) -> dict[Key, Label]:
    """Give labels of records that carry a title of their own and have none in the package, such as those of an overlay."""
    return {
        (kind, "", name): Label(item.title, item.title)
        for name, item in records.items()
        if (kind, "", name) not in held()
    }
