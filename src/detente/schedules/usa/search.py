"""Search the schedule by words: misspellings forgiven, headings read along with the line's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.errors import InputError
from detente.manifest import read_rows
from detente.schedules.codes import dotted
from detente.schedules.usa import tables
from detente.schedules.usa.schedule import standing
from detente.schedules.usa.search_index import WORD, Index, read_index, words_of

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

_CLOSE: Final = 84.0
_PREFIX: Final = 4
_STEM, _BEGINS = 0.97, 0.85
# Among near equals come first lines with few other words and large imports, then those of the heading and of the chapter
# under which most of what the words describe is traded, and headings that are about nothing else.
_SPECIFIC, _TRADED = 0.05, 0.25
_HEADING, _CHAPTER, _ONLY = 0.6, 0.3, 0.2
# Lines that hold nearly as much of the words as the best one are what the words describe.
_DESCRIBED = 0.85
_WORLD = np.log(1e12)


@dataclass(frozen=True)
class Hit:
    """
    One line found by words.

    code: Dotted, as the schedule prints it.
    row: Row of `us_schedule`.
    score: 0 to 1: share of the words' weight that the line and its headings hold.
    path: Headings down to the line.
    """

    code: str
    row: int
    score: float
    path: tuple[str, ...]


def search(words: str, *, on: dt.date | None = None, limit: int = 20) -> tuple[Hit, ...]:
    """
    Lines of the United States schedule that match words, best first.

    Ranked by the share of the words found: rare words weigh more, words that name the good more than those that say
    what it is made of, whose it is or what it is for. Among near equals come first lines of the heading under which
    most of what the words describe is imported, then large and specific ones.

    >>> search("lithium-ion batteries")[0].code[:7]
    '8507.60'
    """
    wanted = words_of(_in_schedule_words(words))
    if not wanted:
        raise InputError(
            "no word to look for",
            where="words",
            found=words,
            allowed="one or more words of the good's description",
            repair="write for instance `detente search cotton T-shirts`",
        )
    index = read_index()
    total, weight = np.zeros(index.row_starts.size), 0.0
    for word in wanted:
        likeness = _likeness(word, index)
        heavy = (
            float(index.weights[likeness > 0.0].min())
            if np.any(likeness > 0.0)
            else float(index.weights.max())
        )
        total += heavy * _by_row(likeness, index)
        weight += heavy
    score = total / weight
    first, end = index.stored["valid_from"], index.stored["valid_to"]
    inside = standing(first, end, on) if on is not None else np.isnat(end)
    score = np.where(inside, score, 0.0)
    if not np.any(score > 0.0):
        raise InputError(
            "nothing in the schedule resembles these words",
            where="words",
            found=words,
            allowed="words of the schedule, in English",
            repair="use the material or the function of the good",
        )
    rank = score - _SPECIFIC * _log_share(index.length) + _TRADED * _log_share(index.usd)
    rank += _traded_under(score, np.where(inside, index.usd, 0.0), index)
    best = np.argsort(-rank, kind="stable")[:limit]
    return tuple(_hit(int(row), float(score[row])) for row in best if score[row] > 0.0)


def _traded_under(score: NDArray[np.float64], usd: NDArray[np.float64], index: Index) -> NDArray[np.float64]:
    """How much of what the words describe is imported under each line's heading and chapter."""
    described = np.where(score >= _DESCRIBED * score.max(), usd * score, 0.0)
    headings, chapters = index.headings, index.chapters
    by_heading = np.bincount(headings, described)
    only = by_heading / np.maximum(np.bincount(headings, usd), 1.0)
    of_heading = _HEADING * np.log1p(by_heading) / _WORLD + _ONLY * only
    of_chapter = _CHAPTER * np.log1p(np.bincount(chapters, described)) / _WORLD
    return np.asarray(of_heading[headings] + of_chapter[chapters])


def _log_share(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithms as a share of the largest."""
    logs = np.log1p(values)
    return np.asarray(logs / logs.max())


def _hit(row: int, score: float) -> Hit:
    """One line."""
    index = read_index()
    return Hit(dotted(index.code(row)), row, round(score, 4), index.path(row))


@cache
def _synonyms() -> dict[str, str]:
    """Everyday words and those of the schedule, the longest first."""
    pairs = {row["word"]: row["schedule"] for row in read_rows(tables.FOLDER / "synonyms.csv")}
    return dict(sorted(pairs.items(), key=lambda pair: -len(pair[0])))


def _in_schedule_words(text: str) -> str:
    """Replace everyday words: all of the text, or a part that the schedule has no word for."""
    plain = " ".join(WORD.findall(text.lower()))
    if plain in _synonyms():
        return _synonyms()[plain]
    known = read_index().words
    for word, words in _synonyms().items():
        if word not in known and f" {word} " in f" {plain} ":
            return re.sub(rf"(?<!\S){re.escape(word)}(?!\S)", words, plain)
    return plain


def _likeness(word: str, index: Index) -> NDArray[np.float64]:
    """How much each word of the schedule resembles one, 0 to 1."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  (heavy, used only here)

    found = np.zeros(len(index.words))
    if not word[0].isdigit():
        for _, ratio, at in process.extract(
            word, list(index.words), scorer=fuzz.ratio, score_cutoff=_CLOSE, limit=None, processor=None
        ):
            found[at] = ratio / 100.0 * _BEGINS
    for other, at in index.words.items():
        if len(word) >= _PREFIX and other.startswith(word):
            found[at] = max(found[at], _BEGINS)
    for stem in _stems(word):
        if stem in index.words:
            found[index.words[stem]] = _STEM
    if word in index.words:
        found[index.words[word]] = 1.0
    return found


def _stems(word: str) -> tuple[str, ...]:
    """Singular and plural of a word."""
    singular = []
    if word.endswith("ies"):
        singular.append(word[:-3] + "y")
    if word.endswith("es"):
        singular.append(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        singular.append(word[:-1])
    plural = [end for stem in (singular or [word]) for end in (stem + "s", stem + "es", stem[:-1] + "ies")]
    return (*singular, *plural)


def _by_row(likeness: NDArray[np.float64], index: Index) -> NDArray[np.float64]:
    """Best resemblance in each line and its headings."""
    phrase = np.maximum.reduceat(likeness[index.phrase_words] * index.place, index.phrase_starts)
    return np.maximum.reduceat(phrase[index.row_phrases] * index.depth, index.row_starts)
