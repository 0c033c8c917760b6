"""Importers whose lines are not held: shares of each industry's imports that a measure reaches, and averages on them."""

from __future__ import annotations

import functools
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detente.duties.averages.averager import By, Sums, split
from detente.duties.duties import BASE, origin_signature
from detente.duties.layers import active_claims, lay
from detente.duties.lines import goods, industries
from detente.duties.scope import ALL
from detente.duties.stack import Stack, stack
from detente.duties.targets import charging, choose
from detente.errors import InputError, LedgerError
from detente.geography import economies as places
from detente.geography import territories as customs

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detente.duties.assumptions import Assumptions
    from detente.duties.layers import Facts
    from detente.ledger import Book, Position

IMPORTS_FILE = Path(str(files("detente") / "data" / "tariffs" / "industry_imports.parquet"))
IMPORTS, IMPORTS_YEAR = "icio2022-industries", 2022
_MILLION = 1e6


def covered_share(position: Position, book: Book, industries: tuple[str, ...]) -> NDArray[np.float64]:
    """
    Share of imports by industry that a part of a measure reaches.

    Parameters
    ----------
    position
        What charges.
    book
        Its law holds the coverage assumptions.
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
    known = book.law.coverage
    if position.measure.id in book.amendments:
        # A what-if counts whatever is known, and with it what it rests on.
        known = book.coverage
    if scope.coverage is None or scope.coverage not in known:
        raise LedgerError(
            "the share of imports a measure reaches is not held",
            where=f"{position.measure.id}: scope {position.part}",
            found=scope.coverage or "no coverage",
            allowed="a name in coverage.yaml",
            repair="add a coverage assumption with its source",
        )
    entry = known[scope.coverage]
    if entry.shares is not None:
        return np.array([entry.shares.get(name, 0.0) for name in industries], dtype=np.float64)
    return goods().astype(np.float64) * float(entry.share or 0.0)


def share_stack(book: Book, importer: str, exporter: str, assumptions: Assumptions) -> Stack:
    """
    Additional duties on one exporter by industry, each on the share of the industry's imports it covers.

    Parameters
    ----------
    book
        What is on the books.
    importer, exporter
        ISO alpha-3.
    assumptions
        Named judgements.

    Returns
    -------
    stack
        Layers over the industries of ``icio49``.

    Raises
    ------
    LedgerError
        A measure names a coverage assumption the ledger does not hold.
    """
    rules = book.law.rules
    shares = assumptions.numbers()
    facts = {
        claim.id: shares[claim.average]
        for claim in active_claims(book, rules)
        if claim.average in shares and exporter in claim.origins
    }

    def reach(position: Position, _: Facts) -> NDArray[np.float64]:
        return covered_share(position, book, industries())

    chosen = choose(charging(book, importer), exporter, book.on)
    layers = lay(chosen, book=book, origin=exporter, rules=rules, reach=reach, facts=facts)
    return stack(layers, np.zeros(len(industries())))


@functools.cache
def industry_imports() -> dict[str, dict[str, NDArray[np.float64]]]:
    """
    Imports of goods in 2022 by importer, exporter and industry.

    Returns
    -------
    imports
        USD, shape (J,), industries of ``icio49``; zero on services.

    References
    ----------
    OECD (2025), Inter-Country Input-Output Database, final demand by destination estimated (docs/world.md).
    """
    import pyarrow.parquet as pq  # noqa: PLC0415  (heavy, used only here)

    rows = pq.read_table(IMPORTS_FILE).to_pydict()
    at = {name: place for place, name in enumerate(industries())}
    found: dict[str, dict[str, NDArray[np.float64]]] = {}
    for importer, exporter, industry, value in zip(
        rows["importer"], rows["exporter"], rows["industry"], rows["usd_mn"], strict=True
    ):
        cells = found.setdefault(importer, {}).setdefault(exporter, np.zeros(len(at)))
        cells[at[industry]] = value * _MILLION
    return found


def _pooled_imports(
    importer: str, on: dt.date | None
) -> tuple[dict[str, NDArray[np.float64]], tuple[str, ...]]:
    """Imports of an economy, or of a union's members from outside it; and the members whose imports are not held."""
    if importer in industry_imports():
        return industry_imports()[importer], ()
    if places.is_economy(importer):
        return {}, (importer,)
    members = sorted(customs.territory(importer, on))
    found: dict[str, NDArray[np.float64]] = {}
    for member in members:
        for exporter, usd in industry_imports().get(member, {}).items():
            if exporter not in members:
                found[exporter] = found[exporter] + usd if exporter in found else usd
    return found, tuple(member for member in members if member not in industry_imports())


def _notes(importer: str, on: dt.date | None, missing: tuple[str, ...]) -> tuple[str, ...]:
    """Whose imports weigh the average of a customs union, or of a member of one."""
    if not places.is_economy(importer):
        left = f"; those of {', '.join(missing)} are not held" if missing else ""
        return (
            f"weighted with the imports of the members of {customs.name(importer)} from outside it{left}",
        )
    union = customs.union_over(importer, on)
    if union is None:
        return ()
    said = f"duties of {customs.name(union)} are charged on these imports, and none on those from inside it"
    return (f"{said}, which are among the imports of all partners",)


class ShareAverager:
    """
    Works out averages of additional duties for an importer whose lines are not held.

    Parameters
    ----------
    importer
        ISO alpha-3, or a customs union: its members' imports from outside it.
    assumptions
        Named judgements.
    by
        How the average is to be split: ``measure``, ``sector`` or ``partner``.
    on
        Day on which the members of a union are read; without it, the latest.

    Raises
    ------
    InputError
        No imports of that importer are held.
    """

    def __init__(
        self, importer: str, assumptions: Assumptions, by: By | None = None, *, on: dt.date | None = None
    ) -> None:
        own, others = _pooled_imports(importer, on)
        if not own:
            raise InputError(
                "no imports of that importer by industry are held",
                where="importer",
                found=importer,
                allowed=f"one of {', '.join(sorted(industry_imports()))}, or a customs union one of them belongs to",
                repair=f"ask for {customs.imposer_of(importer, on)}"
                if _pooled_imports(customs.imposer_of(importer, on), on)[0]
                else "ask for the duty on a product instead",
            )
        self.importer, self.assumptions, self.by = importer, assumptions, by
        self.labels = industries() if by == "sector" else ()
        self._imports = own
        self.notes = _notes(importer, on, others)
        self._done: dict[tuple[object, ...], Sums] = {}

    def partners(self, origin: str | None) -> tuple[str, ...]:
        """
        Partners an average is taken over.

        Parameters
        ----------
        origin
            ISO alpha-3, or None for all.

        Returns
        -------
        partners
            Exporters to the importer, or the origin.

        Raises
        ------
        InputError
            Nothing is imported from the origin in the table.
        """
        if origin is None:
            return tuple(self._imports)
        if origin not in self._imports:
            raise InputError(
                "no imports from that origin by industry are held",
                where="origin",
                found=origin,
                allowed="an economy of the world icio2022 other than the importer",
                repair="leave it out for all partners, or ask for ROW",
            )
        return (origin,)

    def partner(self, book: Book, partner: str) -> Sums:
        """
        Imports from one partner and the additional duties on them.

        Parameters
        ----------
        book
            What is on the books.
        partner
            As `partners` names it.

        Returns
        -------
        sums
            USD; no ordinary duty.
        """
        key = (partner, origin_signature(book, partner, self.importer))
        if key not in self._done:
            self._done[key] = self._sum(book, partner)
        return self._done[key]

    def _sum(self, book: Book, partner: str) -> Sums:
        """Weigh the duties on one partner's industries."""
        usd = self._imports[partner]
        stacked = share_stack(book, self.importer, partner, self.assumptions)
        grouped = bool(self.labels)
        return Sums(
            usd=float(usd.sum()),
            base=0.0,
            by_measure={name: float(rate @ usd) for name, rate in stacked.by_measure.items()},
            groups=stacked.total * usd if grouped else np.zeros(0),
            group_usd=usd if grouped else np.zeros(0),
        )

    def split(self, sums: Mapping[str, Sums]) -> tuple[dict[str, float], dict[str, float]]:
        """
        Split an average.

        Parameters
        ----------
        sums
            By partner.

        Returns
        -------
        by, imports
            Points by measure, or the rate and the imports of each industry or partner.
        """
        found, imports = split(sums, self.by, self.labels)
        return {name: value for name, value in found.items() if name != BASE}, imports
