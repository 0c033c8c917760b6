"""The words of the schedule, split and numbered for search."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.io.columns import ENDING, Columns
from detente.schedules.usa.schedule import STEP
from detente.schedules.usa.search_index import words_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# A word counts less late in a phrase, and less still where a phrase says what the line is not or what it is for.
LATE, LATEST, ASIDE = 0.02, 0.3, 0.6
# What a good is of, in, with or attached to is not the good; whose it is says little.
QUALIFIED, OWNER = 0.85, 0.6
# Of these words the good is what stands after their "of".
EMPTY = re.compile(r"\b(?:articles?|preparations?|products?|kinds?|types?|sets?|pairs?) of\b")
QUALIFIES = re.compile(r"\b(?:of|in|with|without|to|on|by|from|containing|having|over|under)\b")
OWNERS = re.compile(r"(\w+)(?:s['\u2019\u02bc](?=\s)|['\u2019\u02bc]s\b)")
PART = re.compile(r"[;,:()]")
ASIDES = re.compile(
    r"\b(?:except|excluding|other than|not including|kind used|for use|for the|designed for|parts of)\b.*"
)


def build_words(out: Path) -> None:
    """Write the index of the lines that `build_schedule` has written."""
    path = out / "search.npz"
    np.savez_compressed(path, **index_of(Columns((out / f"hts10{ENDING}").read_bytes())))
    print(f"{path.name}: {path.stat().st_size} bytes")


def index_of(lines: Columns) -> dict[str, NDArray[Any]]:
    """
    Split every path into phrases and phrases into words.

    `words` and `phrases` are the bytes of their lines; `phrase_words` and `row_phrases` number them, one phrase and one
    row after the other, `phrase_sizes` and `row_sizes` at a time; `places[place]` is how much each word counts by its place.
    """
    paths = [path.split(STEP) for path in lines.strings("path")]
    phrases = {phrase: at for at, phrase in enumerate(dict.fromkeys(chain.from_iterable(paths)))}
    placed = [_placed(phrase) for phrase in phrases]
    words = {word: at for at, word in enumerate(dict.fromkeys(chain.from_iterable(placed)))}
    places, place = np.unique(
        np.array([value for weights in placed for value in weights.values()]), return_inverse=True
    )
    return {
        "words": _bytes(words),
        "phrases": _bytes(phrases),
        "phrase_words": np.array([words[word] for word in chain.from_iterable(placed)], dtype=np.uint16),
        "phrase_sizes": np.array([len(weights) for weights in placed], dtype=np.uint16),
        "place": place.astype(np.uint8),
        "places": places,
        "row_phrases": np.array([phrases[phrase] for phrase in chain.from_iterable(paths)], dtype=np.uint16),
        "row_sizes": np.array([len(path) for path in paths], dtype=np.uint8),
        "codes": np.array(lines.strings("code"), dtype=np.bytes_),
        "valid_from": lines.values("valid_from"),
        "valid_to": lines.values("valid_to"),
        "usd_2024": lines.values("usd_2024").astype(np.uint64),
    }


def _bytes(texts: dict[str, int]) -> NDArray[np.uint8]:
    """Texts as the bytes of their lines."""
    return np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)


def _placed(phrase: str) -> dict[str, float]:
    """Words of a phrase and how much each counts by its place."""
    plain = phrase.lower()
    said, aside = plain, ASIDES.search(plain)
    if aside:
        said = plain[: aside.start()]
    named = _named(EMPTY.sub("", said))
    weights = {
        word: (1.0 - min(LATEST, LATE * place)) * (1.0 if word in named else QUALIFIED)
        for place, word in enumerate(words_of(said))
    }
    for owner in OWNERS.finditer(said):
        weights |= {word: OWNER for word in words_of(owner[0]) if word in weights}
    if aside:
        weights = dict.fromkeys(words_of(aside[0]), ASIDE) | weights
    return weights or {"": 0.0}


def _named(said: str) -> frozenset[str]:
    """Words that name the good: in each part of a phrase, those before what it is made of, in or with."""
    return frozenset(
        word for part in PART.split(said) for word in words_of(QUALIFIES.split(part, maxsplit=1)[0])
    )
