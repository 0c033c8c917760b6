"""Importers whose lines are not held: shares of each industry's imports that a measure reaches, and averages on them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from detente.duties.averages.averager import By, Charged
from detente.duties.averages.cells import default_weights
from detente.duties.duties import origin_signature
from detente.duties.layers import active_claims, stack
from detente.duties.lines import concordance, goods, industries
from detente.duties.scope import ALL
from detente.duties.targets import charging, chooser
from detente.errors import InputError, LedgerError
from detente.geography import economies as places
from detente.geography import territories as customs
from detente.io.columns import ENDING, Columns
from detente.manifest import DATA, read_bytes

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from detente.duties.assumptions import Assumptions
    from detente.duties.documents.average import Covered
    from detente.duties.layers import Facts
    from detente.duties.stack import Stack
    from detente.ledger import Book, Position

IMPORTS_FILE = DATA / "tariffs" / f"industry_imports{ENDING}"
IMPORTS, IMPORTS_YEAR = "icio2022-industries", 2022
_MILLION = 1e6


def covered_share(position: Position, book: Book, industries: tuple[str, ...]) -> NDArray[np.float64]:
    """
    Share of imports by industry that a part of a measure reaches, shape (J,).

    One on every industry of goods where the scope is ``all``, else what the part's coverage assumption says, zero on
    services. LedgerError where the scope has lists and no such assumption: the share is not known, and is not guessed.
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


def industry_stack(book: Book, importer: str, exporter: str, assumptions: Assumptions) -> Stack:
    """Additional duties on one exporter by industry of ``icio49``, each on the share of the industry's imports it covers."""
    shares = assumptions.numbers()
    facts = {
        claim.id: shares[claim.average]
        for claim in active_claims(book)
        if claim.average in shares and exporter in claim.origins
    }

    def reach(position: Position, _: Facts) -> NDArray[np.float64]:
        return covered_share(position, book, industries())

    return stack(book, importer, exporter, reach=reach, facts=facts, base=np.zeros(len(industries())))


def rates_by_industry(
    book: Book, importer: str, exporters: tuple[str, ...], classification: str, assumptions: Assumptions
) -> NDArray[np.float64]:
    """
    Additional duties by industry and exporter, each on the share of the industry's imports it covers.

    Shape (sectors of the classification, exporters); zero for the importer itself. Industries that fall into one coarser
    sector count alike.
    """
    named = [claim.origins for claim in active_claims(book)]
    named += [rule.origins for rule in book.law.rules.whole_value]
    nearness = chooser(charging(book, importer), book.on)
    membership = concordance(classification) * goods()
    size = np.asarray(membership.sum(axis=1), dtype=np.float64)
    found = np.zeros((len(size), len(exporters)))
    known: dict[object, NDArray[np.float64]] = {}
    for column, exporter in enumerate(exporters):
        near = nearness(exporter)
        if exporter == importer or not any(near):
            continue
        key = (near, tuple(exporter in origins for origins in named))
        if key not in known:
            paid = membership @ industry_stack(book, importer, exporter, assumptions).total
            known[key] = np.divide(paid, size, out=np.zeros(size.shape), where=size > 0.0)
        found[:, column] = known[key]
    return found


@functools.cache
def industry_imports() -> dict[str, dict[str, NDArray[np.float64]]]:
    """
    Imports of goods in 2022 by importer, exporter and industry of ``icio49``: USD, shape (J,), zero on services.

    OECD (2025), Inter-Country Input-Output Database, final demand by destination estimated (docs/world.md).
    """
    table = Columns(read_bytes(IMPORTS_FILE))
    importers, importer = table.coded("importer")
    exporters, exporter = table.coded("exporter")
    named, industry = table.coded("industry")
    usd = np.zeros((importers.size, exporters.size, len(industries())))
    places_of = np.array([industries().index(name) for name in named.tolist()])
    usd[importer, exporter, places_of[industry]] = table.numbers("usd_mn") * _MILLION
    # In the order in which pairs first stand in the table: sums do not depend on how it is kept.
    _, first = np.unique(importer * exporters.size + exporter, return_index=True)
    found: dict[str, dict[str, NDArray[np.float64]]] = {}
    for row in np.sort(first).tolist():
        to, of = importer[row], exporter[row]
        found.setdefault(str(importers[to]), {})[str(exporters[of])] = usd[to, of]
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


class IndustryTrade:
    """
    The trade of an importer whose lines are not held, by industry, and the additional duties on it.

    For a customs union, its members' imports from outside it, as they were members on the day `on`.
    """

    covered: Covered = "partial"

    def __init__(
        self, importer: str, assumptions: Assumptions, name: str | None = None, *, on: dt.date | None = None
    ) -> None:
        if name is not None and name not in {IMPORTS, *default_weights()}:
            raise InputError(
                "no weights of that name for that importer",
                where="weights",
                found=name,
                allowed=IMPORTS,
                repair="leave it out",
            )
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
        self.importer, self.assumptions = importer, assumptions
        self.weights, self.year = IMPORTS, IMPORTS_YEAR
        self._imports = own
        self.notes = _notes(importer, on, others)

    def groups(self, by: By | None) -> tuple[tuple[str, ...], NDArray[np.intp]]:
        """The industries themselves, where the average is split by sector."""
        size = len(industries())
        return (industries(), np.arange(size)) if by == "sector" else ((), np.full(size, -1))

    def partners(self, origin: str | None) -> tuple[str, ...]:
        """Exporters to the importer, or the origin, if anything is imported from it."""
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

    def flows(self, partner: str) -> NDArray[np.float64]:
        """Imports from a partner by industry, USD, shape (J,)."""
        return self._imports[partner]

    def key(self, book: Book, partner: str) -> tuple[object, ...]:
        """What the duties on a partner's goods depend on."""
        return origin_signature(book, partner, self.importer)

    def charged(self, book: Book, partner: str) -> Charged:
        """Additional duties on imports from one partner, by industry."""
        usd = self._imports[partner]
        stacked = industry_stack(book, self.importer, partner, self.assumptions)
        return Charged(
            rows=np.arange(usd.size),
            usd=usd,
            base=np.zeros(usd.size),
            by_measure=stacked.by_measure,
            total=stacked.total,
            imports=usd,
        )

    def warnings(self, first: dt.date, origin: str | None) -> tuple[str, ...]:
        """What a reader must know of the weights."""
        del first, origin
        return (
            f"the ordinary duty of {customs.name(self.importer)} is not covered: these are additional duties alone",
            "estimated: the share of each industry's imports that a list covers, and imports of 2022 by industry",
            *self.notes,
        )
