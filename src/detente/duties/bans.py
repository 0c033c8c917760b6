"""Import bans: which lines of a table may not be imported from an origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.duties.layers import active_claims, holding
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
    """
    Import bans in force on goods of an origin.

    Parameters
    ----------
    book
        What is on the books.
    importer, origin
        ISO alpha-3.

    Returns
    -------
    chosen
        Positions whose targets name the origin.
    """
    positions = (
        item for item in book.in_force(IMPORT_BAN) if customs.imposes(item.measure.imposer, importer, book.on)
    )
    return choose(positions, origin, book.on)


def conditions(item: Position, book: Book, origin: str) -> tuple[Claim, ...]:
    """
    Claims that must hold for a ban to reach goods of its scope.

    Parameters
    ----------
    item, book, origin
        The ban, the day, and the origin.

    Returns
    -------
    claims
        Such as that the good is packaged.
    """
    return tuple(
        claim
        for claim in active_claims(book, book.law.rules)
        if claim.effect == "needs" and claim.reaches(item.measure.id, origin, item.part)
    )


def banned(
    chosen: Iterable[Chosen], book: Book, origin: str, reader: Reader, facts: Facts
) -> NDArray[np.float64]:
    """
    Share of the value of each line that may not be imported.

    Parameters
    ----------
    chosen
        As `banning` gives them.
    book, origin
        The day, and the origin.
    reader
        The lines.
    facts
        What is known or assumed; conditions nobody stated are at their default.

    Returns
    -------
    share
        0 to 1, shape (P,).
    """
    found = np.zeros(reader.table.codes.shape)
    for entry in chosen:
        cover = reader.cover(entry.position, book, facts)
        for claim in conditions(entry.position, book, origin):
            cover = cover * holding(claim, facts)
        found = np.maximum(found, cover)
    return found
