"""Initials and the words they stand for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from detente.compliance.screening.word_kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detente.compliance.screening.contained import Pair

STANDS_FOR = 0.86
"""Score of two names that are the same but for initials."""


def pair_initials(
    found: tuple[str, ...],
    alias: tuple[str, ...],
    pairs: Sequence[Pair],
    short: frozenset[str],
    listed: frozenset[str],
) -> float:
    """
    Score two names of which one has initials where the other has words.

    Examples
    --------
    >>> from detente.compliance.screening.contained import Pair
    >>> pair_initials(("abdul", "hamid", "shamnad"), ("ah", "shamnad"), [Pair(2, 1, 1.0)], frozenset(), frozenset({"ah"}))
    0.86
    """
    if not (short or listed) or not any(kind_of(found[pair.word]) not in {"form", "place"} for pair in pairs):
        return 0.0
    words, names = {pair.word for pair in pairs}, {pair.token for pair in pairs}
    mine, my_words = _letters(found, words, short)
    theirs, their_words = _letters(alias, names, listed)
    both = mine & theirs
    explained = my_words == theirs - both and their_words == mine - both
    return STANDS_FOR if explained and (mine or theirs) else 0.0


def _letters(
    words: tuple[str, ...], paired: set[int], initials: frozenset[str]
) -> tuple[Counter[str], Counter[str]]:
    """Letters of the initials among the words that were not paired, and the first letters of the others."""
    rest = [word for at, word in enumerate(words) if at not in paired]
    first = Counter(word[0] for word in rest if word not in initials and kind_of(word) != "form")
    return Counter(letter for word in rest if word in initials for letter in word), first


def open_letters(found: tuple[str, ...], initials: frozenset[str]) -> tuple[int, int]:
    """
    Count what a name has besides legal forms.

    Examples
    --------
    >>> open_letters(("ah", "shamnad"), frozenset({"ah"}))
    (2, 1)
    """
    words = [word for word in found if word not in initials and kind_of(word) != "form"]
    return sum(len(word) for word in found if word in initials), len(words)
