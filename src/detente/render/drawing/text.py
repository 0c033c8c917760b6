"""Numbers, days and names as the pages write them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from detente import labels
from detente.geography.economies import is_economy, is_group, members, with_article
from detente.geography.economies import name as place_name
from detente.schedules import codes

if TYPE_CHECKING:
    from collections.abc import Iterable

ACRONYMS = frozenset({"us", "teu", "dwt", "tpp", "dram", "nm"})


def economy(code: str) -> str:
    """
    Name an economy.

    Examples
    --------
    >>> economy("CHN"), economy("*")
    ('China', 'all economies')
    """
    if code == "*":
        return "all economies"
    if code == "WORLD":
        return "World"
    return place_name(code) if is_economy(code) and not is_group(code) else code


def economies() -> list[tuple[str, str]]:
    """Code and name of every economy by name, for the lists of a form."""
    return sorted(((code, place_name(code)) for code in members("WORLD")), key=lambda row: row[1])


def the(code: str) -> str:
    """
    Name an economy inside a sentence.

    Examples
    --------
    >>> the("USA"), the("CHN")
    ('the United States', 'China')
    """
    name = economy(code)
    return "the world" if name == "World" else with_article(name)


def industry(name: str) -> str:
    """
    Shorten the name of an industry.

    Examples
    --------
    >>> industry("Manufacture of basic iron and steel")
    'Basic iron and steel'
    """
    short = name.removeprefix("Manufacture of ").removesuffix(" n.e.c.")
    return short[:1].upper() + short[1:]


def sentence(text: str) -> str:
    """
    Begin a text with a capital, and leave the rest as it is.

    Gives for instance ``"The ledger, Chinese duties ended"``.

    Examples
    --------
    >>> sentence("the ledger of China")
    'The ledger of China'
    """
    return text[:1].upper() + text[1:]


def fact(name: str) -> str:
    """
    Write the name of a fact as the label of a field.

    Examples
    --------
    >>> fact("us_share"), fact("teu"), fact("net_tons")
    ('US share', 'TEU', 'Net tons')
    """
    words = [word.upper() if word in ACRONYMS else word for word in name.split("_")]
    return sentence(" ".join(words))


def https(url: str | None) -> str:
    """
    Let an address through only when it leads to the open web. Gives empty for any other scheme.

    Examples
    --------
    >>> https("javascript:alert(1)")
    ''
    """
    return url if url and url.startswith(("https://", "http://")) else ""


def scenario(name: str, study: str, otherwise: str = "") -> str:
    """
    Name a scenario of a study in a few words.

    Examples
    --------
    >>> scenario("lapse", "kuala-lumpur")
    'Truce expires'
    """
    return labels.short("scenario", name, within=study, otherwise=otherwise)


def dotted(code: str) -> str:
    """
    Write the code of a product as schedules print it.

    Examples
    --------
    >>> dotted("9503000073")
    '9503.00.00.73'
    """
    return codes.dotted(code)


PARTS: Final = re.compile(r"(^|; )([a-z]\w*(?:, [a-z]\w*)*)(?=: )")
MEASURE: Final = re.compile(r"(?<![\w.])[a-z]{2,5}(?:\.[a-z0-9_]+)+(?:/(\w+))?")
CODED: Final = re.compile(r"(?<![\w.-])(?:[a-z]+\d{4}|[a-z]+(?:[_-][a-z0-9]+)+)(?![\w-])")
# Kinds whose ids stand in texts that were written for a machine as well.
KINDS: Final = ("assumption", "word", "world", "variant", "carve", "unit", "instrument")


def plain(text: str, measures: Iterable[str] = ()) -> str:
    """
    Put labels in place of ids in a text of the ledger: parts of the measures it is about, measures, assumptions, worlds.

    Examples
    --------
    >>> plain("fifteen: 15 %", ["cn.ret.2025.mar10"]) != "fifteen: 15 %", plain("on us.s122"), plain("ends 2025-11-10")
    (True, 'on US import surcharge under Section 122', 'ends 2025-11-10')
    """
    held = labels.held()
    inside = (*measures, labels.ANY)

    def part(name: str) -> str:
        own = (held["part", of, name].label for of in inside if ("part", of, name) in held)
        ends = (labels.short("measure", of) for of in inside if of.endswith(f".{name}"))
        return next(iter((*own, *ends, name)))

    def measure(found: re.Match[str]) -> str:
        name, _, piece = found[0].partition("/")
        if ("measure", "", name) not in held:
            return found[0]
        said = held["measure", "", name].label
        own = held.get(("part", name, piece), held.get(("part", labels.ANY, piece)))
        return f"{said} ({own.label})" if piece and own and piece != "main" else said

    def coded(found: re.Match[str]) -> str:
        name = found[0]
        plain = (held[kind, "", name].label for kind in KINDS if (kind, "", name) in held)
        return next(iter((*plain, *_in_studies().get(name, ()), part(name))))

    text = PARTS.sub(lambda found: found[1] + ", ".join(map(part, found[2].split(", "))), text)
    return CODED.sub(coded, MEASURE.sub(measure, text))


@cache
def _in_studies() -> dict[str, tuple[str, ...]]:
    """Labels of scenarios by their id, of whatever study."""
    return {name: (said.label,) for (kind, _, name), said in labels.held().items() if kind == "scenario"}
