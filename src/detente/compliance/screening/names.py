"""Names as a screener compares them: folded, transliterated, cut into tokens."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING

from anyascii import anyascii

from detente.errors import InputError
from detente.formatting import count
from detente.manifest import DATA as PACKAGE_DATA
from detente.manifest import read_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1000
DATA = PACKAGE_DATA / "screening"
_TOKEN = re.compile(r"[a-z0-9]+")
_DOTTED = re.compile(r"\b(?:[a-z]\.){1,5}[a-z]?\b")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@functools.cache
def _form_rows() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Legal forms as they are written, word by word, and in one spelling."""
    return tuple(
        (tuple(row["form"].split()), tuple(row["canonical"].split()))
        for row in read_rows(DATA / "legal_forms.csv")
    )


@functools.cache
def legal_forms() -> dict[str, str]:
    """
    Legal forms and particles of one word by their canonical spelling: ``limited`` to ``ltd``.

    Examples
    --------
    >>> legal_forms()["limited"]
    'ltd'
    """
    return {form[0]: canonical[0] for form, canonical in _form_rows() if len(form) == len(canonical) == 1}


@functools.cache
def form_words() -> frozenset[str]:
    """
    Give the words that are legal forms or particles, in their one spelling.

    Examples
    --------
    >>> "gmbh" in form_words()
    True
    """
    return frozenset(word for _, canonical in _form_rows() for word in canonical)


@functools.cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """Legal forms written out, by their first word, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for form, canonical in sorted(_form_rows(), key=lambda row: -len(row[0])):
        if len(form) > 1 or len(canonical) > 1:
            found.setdefault(form[0], []).append((form, canonical))
    return found


def fold(name: str) -> str:
    """
    Lower-case Latin letters of a name in any script, without accents or marks that set its direction.

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

    Gives tokens in the order written; empty if nothing in it can be read.

    Examples
    --------
    >>> tokens("HUAWEI Technologies Company, Limited")
    ('huawei', 'technologies', 'co', 'ltd')
    >>> tokens("S.A. Álvarez")
    ('sa', 'alvarez')
    >>> tokens("Acme, Limited Liability Company")
    ('acme', 'llc')
    """
    if len(name) > LONGEST:
        raise InputError(
            "the name is too long to be a name",
            where=where,
            found=f"{count(len(name))} characters",
            allowed=f"at most {count(LONGEST)}",
            repair="give one name, without its address",
        )
    return tuple(_in_one_spelling(_words(name)))


def _in_one_spelling(words: list[str]) -> Iterator[str]:
    """Write legal forms in one spelling, those of several words included."""
    forms, phrases, at = legal_forms(), _phrases(), 0
    while at < len(words):
        for form, canonical in phrases.get(words[at], ()):
            if tuple(words[at : at + len(form)]) == form:
                yield from canonical
                at += len(form)
                break
        else:
            yield forms.get(words[at], words[at])
            at += 1


def initials(name: str) -> frozenset[str]:
    """
    Tokens of a name that are initials: letters with points, or a letter that stands alone.

    Examples
    --------
    >>> sorted(initials("A.H. Shamnad"))
    ['ah']
    """
    folded = fold(name)
    dotted = {match.group().replace(".", "") for match in _DOTTED.finditer(folded)}
    single = {word for word in _words(name) if len(word) == 1 and word.isalpha()}
    forms = form_words()
    return frozenset({word for word in dotted if len(word) == 1 or word not in forms} | (single - forms))


def letters(name: str) -> str:
    """
    Write a name without spaces or signs, legal forms as they stand, to compare whole names.

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
