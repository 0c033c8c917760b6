"""Numbers, days and names as the pages write them."""

from __future__ import annotations

from detente import labels
from detente.geography.economies import is_economy, is_group, members, with_article
from detente.geography.economies import name as place_name
from detente.schedules import codes

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
