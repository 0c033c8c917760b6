"""Lines that everything read so far treats alike, as one: thousands of lines are a few hundred kinds."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.duties.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from detente.duties.rules import Claim
    from detente.ledger import Book, Position

# Arrays by kind that are kept; more, and all are read anew.
_MOST_REMEMBERED = 2000
_numbers = itertools.count()


class Kinds:
    """
    A partition of lines.

    of: Kind of each line, shape (P,), 0 to C - 1, none empty.

    of: Kind of each line.
    rows: One line of each kind, shape (C,).
    number: No other partition has it.
    memory: What is known by kind.

    Examples
    --------
    >>> kinds = Kinds(np.zeros(4, dtype=np.intp)).split(np.array([0.5, 1.0, 1.0, 0.5]))
    >>> kinds.of, kinds.fold(np.array([7, 8, 8, 7]))
    (array([0, 1, 1, 0]), array([7, 8]))
    """

    def __init__(self, of: NDArray[np.intp]) -> None:
        self.of = of
        self.rows: NDArray[np.intp] = np.unique(of, return_index=True)[1]
        self.number = next(_numbers)
        self.memory: dict[object, NDArray[Any]] = {}

    def fold(self, values: NDArray[Any]) -> NDArray[Any] | None:
        """Values of the kinds: ``folded[kinds.of]`` is `values`; None if lines of one kind differ in them."""
        folded: NDArray[Any] = values[self.rows]
        return folded if np.array_equal(folded[self.of], values) else None

    def split(self, values: NDArray[Any]) -> Kinds:
        """The coarsest partition as fine as this one that tells lines of different values apart; this one if it does."""
        if self.fold(values) is not None:
            return self
        _, place = np.unique(values, return_inverse=True)
        both = self.of * (int(place.max()) + 1) + place
        return Kinds(np.unique(both, return_inverse=True)[1])

    def recall(self, key: object, read: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """What is remembered by kind under a key (all that the values depend on), worked out now if it is not."""
        found = self.memory.get(key)
        if found is None:
            found = read()
            if len(self.memory) >= _MOST_REMEMBERED:
                self.memory.clear()
            self.memory[key] = found
        return found


class FinerError(Exception):
    """Something was read on which lines of one kind differ; `kinds` are fine enough for it."""

    def __init__(self, kinds: Kinds) -> None:
        super().__init__("lines of one kind differ")
        self.kinds = kinds


class Folded(Reader):
    """
    Reads one line of each kind.

    whole: Reader of all lines.
    kinds: Partition of its lines.
    """

    def __init__(self, whole: Reader, kinds: Kinds) -> None:
        super().__init__(whole.table.rows(kinds.rows), whole.assumptions)
        self.whole, self.kinds = whole, kinds

    def recall(self, key: object, read: Callable[[Reader], NDArray[Any]]) -> NDArray[Any]:
        """As `Reader.recall`, by kind; FinerError where lines of one kind differ."""

        def fold() -> NDArray[Any]:
            values = self.whole.recall(key, read)
            found = self.kinds.fold(values)
            if found is None:
                raise FinerError(self.kinds.split(values))
            return found

        return self.kinds.recall(key, fold)


class _Learner(Reader):
    """Reads all lines, and splits kinds as often as it takes."""

    def __init__(self, whole: Reader, kinds: Kinds) -> None:
        super().__init__(whole.table, whole.assumptions)
        self.whole, self.kinds = whole, kinds

    def recall(self, key: object, read: Callable[[Reader], NDArray[Any]]) -> NDArray[Any]:
        """As `Reader.recall`; kinds are split where lines differ."""
        values = self.whole.recall(key, read)
        if key not in self.kinds.memory:
            self.kinds = self.kinds.split(values)
        return values


def fine_enough(
    kinds: Kinds, whole: Reader, positions: Iterable[Position], claims: Iterable[Claim], book: Book
) -> Kinds:
    """Split kinds until a book treats lines of one kind alike; the same if they are fine enough."""
    learner = _Learner(whole, kinds)
    learner.learn(positions, claims, book)
    return learner.kinds
