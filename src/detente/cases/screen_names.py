"""Names as a screener compares them: folded, transliterated, cut into tokens."""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from pathlib import Path

from anyascii import anyascii

from detente.errors import InputError
from detente.formatting import count

LONGEST = 1000
DATA = Path(__file__).parent.parent / "data" / "screening"
_TOKEN = re.compile(r"[a-z0-9]+")
_DOTTED = re.compile(r"\b(?:[a-z]\.){1,5}[a-z]?\b")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@functools.cache
def legal_forms() -> dict[str, str]:
    """
    Legal forms and particles by their canonical spelling: ``limited`` to ``ltd``.

    Returns
    -------
    dict
        Spelling to canonical spelling.

    Examples
    --------
    >>> legal_forms()["limited"]
    'ltd'
    """
    with (DATA / "legal_forms.csv").open(encoding="utf-8", newline="") as file:
        return {row["form"]: row["canonical"] for row in csv.DictReader(file)}


def fold(name: str) -> str:
    """
    Lower-case Latin letters of a name in any script, without accents or marks that set its direction.

    Parameters
    ----------
    name
        A name as written.

    Returns
    -------
    str
        Its letters in ASCII.

    Examples
    --------
    >>> fold("Ðồng Nai")
    'dong nai'
    >>> fold("华为")
    'hua wei'
    """
    if name.isascii():
        return name.lower()
    composed = unicodedata.normalize("NFKD", name)
    bare = "".join(c for c in composed if unicodedata.category(c) not in {"Mn", "Me", "Cf"})
    if bare.isascii():
        return bare.lower()
    return " ".join(_latin(word) for word in bare.split())


def _latin(word: str) -> str:
    """Transliterate one word; syllables written as one sign each are kept apart."""
    if word.isascii():
        return word.lower()
    apart = any("\u2e80" <= c <= "\U0003ffff" for c in word)
    text = anyascii(word)
    return (_CAMEL.sub(" ", text) if apart else text).lower()


def tokens(name: str, *, where: str = "name") -> tuple[str, ...]:
    """
    Cut a name into comparable tokens, legal forms in one spelling.

    Parameters
    ----------
    name
        A name of at most 1,000 characters.
    where
        Where it was read, for the error.

    Returns
    -------
    tuple of str
        Tokens in the order written; empty if nothing in it can be read.

    Raises
    ------
    InputError
        If the name is too long.

    Examples
    --------
    >>> tokens("HUAWEI Technologies Company, Limited")
    ('huawei', 'technologies', 'co', 'ltd')
    >>> tokens("S.A. Álvarez")
    ('sa', 'alvarez')
    """
    if len(name) > LONGEST:
        raise InputError(
            "the name is too long to be a name",
            where=where,
            found=f"{count(len(name))} characters",
            allowed=f"at most {count(LONGEST)}",
            repair="give one name, without its address",
        )
    forms = legal_forms()
    return tuple(forms.get(token, token) for token in _words(name))


def letters(name: str) -> str:
    """
    Write a name without spaces or signs, legal forms as they stand, to compare whole names.

    Parameters
    ----------
    name
        A name.

    Returns
    -------
    str
        Its letters and digits.

    Examples
    --------
    >>> letters("KunLun HoldingCompany")
    'kunlunholdingcompany'
    """
    return "".join(_words(name))


def _words(name: str) -> list[str]:
    """Cut a folded name into words; the points of abbreviations close up."""
    folded = _DOTTED.sub(lambda match: match.group().replace(".", "") + " ", fold(name))
    return _TOKEN.findall(folded.replace("'", "").replace("`", ""))
