"""The words of the schedule, indexed beforehand: read without Arrow, for the first search of a process."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.manifest import read_bytes
from detente.schedules.usa import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

INDEX: Final = tables.FOLDER / "search.npz"
WORD: Final = re.compile(r"[a-z0-9]+(?:[-'][a-z0-9]+)*")
_FILLERS: Final = frozenset(
    {"a", "an", "and", "at", "for", "from", "in", "made", "of", "on", "or", "the", "to", "with"}
)
# A word counts most in the heading, a little less in the line's own words and between.
_OWN, _BETWEEN = 0.98, 0.96


@dataclass(frozen=True)
class Index:
    """
    Words of the schedule: each phrase (a heading or a line's own words) once.

    stored: Arrays of the file; see `scripts/products/words.py`, which writes them.
    """

    stored: Mapping[str, NDArray[Any]]

    @cached_property
    def words(self) -> dict[str, int]:
        """Every word and its number, (W,)."""
        return {word: at for at, word in enumerate(_lines(self.stored["words"]))}

    @cached_property
    def phrases(self) -> list[str]:
        """Every phrase as the schedule prints it, (F,)."""
        return _lines(self.stored["phrases"])

    @cached_property
    def phrase_words(self) -> NDArray[np.intp]:
        """Words of each phrase, one phrase after the other."""
        return self.stored["phrase_words"].astype(np.intp)

    @cached_property
    def phrase_starts(self) -> NDArray[np.intp]:
        """Where each phrase starts in `phrase_words`, shape (F,)."""
        return _starts(self.stored["phrase_sizes"])

    @cached_property
    def place(self) -> NDArray[np.float64]:
        """How much each of `phrase_words` counts by its place in the phrase, 0 to 1."""
        return np.asarray(self.stored["places"][self.stored["place"]])

    @cached_property
    def row_phrases(self) -> NDArray[np.intp]:
        """Phrases of each row of the schedule, the heading first, one row after the other."""
        return self.stored["row_phrases"].astype(np.intp)

    @cached_property
    def row_starts(self) -> NDArray[np.intp]:
        """Where each row starts in `row_phrases`, shape (P,)."""
        return _starts(self.stored["row_sizes"])

    @cached_property
    def depth(self) -> NDArray[np.float64]:
        """How much each of `row_phrases` counts by its depth, 0 to 1."""
        depth = np.full(self.row_phrases.size, _BETWEEN)
        depth[self.row_starts + self.stored["row_sizes"] - 1] = _OWN
        depth[self.row_starts] = 1.0
        return depth

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """Weight of each word, shape (W,): rare words weigh more."""
        counts = np.bincount(self.phrase_words, minlength=len(self.words))
        return np.log1p(self.phrase_starts.size / counts)

    @cached_property
    def length(self) -> NDArray[np.float64]:
        """Number of words of each row, headings included, shape (P,)."""
        sizes = self.stored["phrase_sizes"].astype(np.intp)
        return np.add.reduceat(sizes[self.row_phrases], self.row_starts).astype(np.float64)

    @cached_property
    def usd(self) -> NDArray[np.float64]:
        """Imports of 2024 of each row, USD, shape (P,)."""
        return self.stored["usd_2024"].astype(np.float64)

    @cached_property
    def headings(self) -> NDArray[np.intp]:
        """Number of each row's four-digit heading, shape (P,)."""
        return _numbered(self.stored["codes"].astype("S4"))

    @cached_property
    def chapters(self) -> NDArray[np.intp]:
        """Number of each row's chapter, shape (P,)."""
        return _numbered(self.stored["codes"].astype("S2"))

    def code(self, row: int) -> str:
        """Eight or ten digits of a row."""
        return str(self.stored["codes"][row].decode())

    def path(self, row: int) -> tuple[str, ...]:
        """Headings of a row, from the four-digit heading down; the last is the row's own."""
        start = self.row_starts[row]
        return tuple(
            self.phrases[at] for at in self.row_phrases[start : start + self.stored["row_sizes"][row]]
        )


@cache
def read_index() -> Index:
    """
    Read the index that comes with the package.

    One object for the process; its parts are worked out when first asked for.

    >>> read_index().path(0)[0]
    'Live horses, asses, mules and hinnies'
    """
    with np.load(io.BytesIO(read_bytes(INDEX)), allow_pickle=False) as file:
        return Index({name: file[name] for name in file.files})


def words_of(text: str) -> tuple[str, ...]:
    """
    Words of a text that say something: lower case, each once, fillers left out.

    >>> words_of("T-shirts, of cotton")
    ('t-shirts', 'cotton')
    """
    return tuple(word for word in dict.fromkeys(WORD.findall(text.lower())) if word not in _FILLERS)


def _lines(stored: NDArray[np.uint8]) -> list[str]:
    """Texts that are stored as the bytes of their lines."""
    return stored.tobytes().decode().split("\n")


def _numbered(texts: NDArray[np.bytes_]) -> NDArray[np.intp]:
    """Number of each text among those that are different."""
    return np.asarray(np.unique(texts, return_inverse=True)[1], dtype=np.intp)


def _starts(sizes: NDArray[Any]) -> NDArray[np.intp]:
    """Where each of consecutive parts starts."""
    return np.asarray(np.cumsum(sizes, dtype=np.intp) - sizes)
