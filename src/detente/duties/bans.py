"""Import bans: which lines of a table may not be imported from an origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.duties.layers import active_claims, in_force
from detente.duties.targets import Chosen, choose
from detente.geography import territories as customs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from detente.duties.layers import Facts
    from detente.duties.reader import Reader
    from detente.duties.rules import Claim
    from detente.ledger import Book, Position

IMPORT_BAN = "import_ban"


def banning(book: Book, importer: str, origin: str) -> tuple[Chosen, ...]:
    """Import bans in force of an importer whose targets name an origin."""

    def read() -> tuple[Position, ...]:
        return tuple(
            item
            for item in book.in_force(IMPORT_BAN)
            if customs.imposes(item.measure.imposer, importer, book.on)
        )

    mine = book.recall(("banning", importer), read)
    return book.recall(("banning", importer, origin), lambda: choose(mine, origin, book.on))


def conditions(item: Position, book: Book, origin: str) -> tuple[Claim, ...]:
    """Claims that must hold for a ban to reach goods of its scope, such as that the good is packaged."""
    return tuple(
        claim
        for claim in active_claims(book)
        if claim.effect == "needs" and claim.reaches(item.measure.id, origin, item.part)
    )


def banned(
    chosen: Iterable[Chosen], book: Book, origin: str, reader: Reader, facts: Facts
) -> NDArray[np.float64]:
    """Share of each line's value that bans forbid, 0 to 1, shape (P,); conditions nobody stated are at their default."""
    found = np.zeros(reader.table.codes.shape)
    for entry in chosen:
        cover = reader.cover(entry.position, book, facts)
        for claim in conditions(entry.position, book, origin):
            cover = cover * in_force(claim, facts)
        found = np.maximum(found, cover)
    return found
