"""Shares of an industry's imports that a measure reaches, for importers whose lines are not held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.errors import LedgerError
from detente.tariffs.lines import goods
from detente.tariffs.scope import ALL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.ledger import Book, Position


def covered_share(position: Position, book: Book, industries: tuple[str, ...]) -> NDArray[np.float64]:
    """
    Share of imports by industry that a part of a measure reaches.

    Parameters
    ----------
    position
        What charges.
    book
        Its ledger holds the coverage assumptions.
    industries
        Labels, length J.

    Returns
    -------
    share
        0 to 1, shape (J,): one on every industry of goods where the scope is ``all``, else what the part's
        coverage assumption says, zero on services.

    Raises
    ------
    LedgerError
        The scope has lists and no coverage assumption: the share is not known, and is not guessed.
    """
    scope = position.scope
    if scope.coverage is None and ALL in scope.include and not scope.exclude:
        return goods().astype(np.float64)
    if scope.coverage is None or scope.coverage not in book.ledger.coverage:
        raise LedgerError(
            "the share of imports a measure reaches is not held",
            where=f"{position.measure.id}: scope {position.part}",
            found=scope.coverage or "no coverage",
            allowed="a name in coverage.yaml",
            repair="add a coverage assumption with its source",
        )
    entry = book.ledger.coverage[scope.coverage]
    if entry.shares is not None:
        return np.array([entry.shares.get(name, 0.0) for name in industries], dtype=np.float64)
    return goods().astype(np.float64) * float(entry.share or 0.0)
