"""Duties on goods of one origin, line by line: the shared road from a book to averages and schedules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from detente.tariffs.layers import active_claims, charging, choose, lay
from detente.tariffs.rules import Claim, ListClaim, Rules, matches, rule_epoch, stacking_rules
from detente.tariffs.scope import reached, scope_version
from detente.tariffs.shares import CONTENTS, EU_BLOCK, claimed_share, content_share, preferred_share
from detente.tariffs.stack import Stack, stack

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from detente.ledger import Book, Position
    from detente.ledger.schema import Scope
    from detente.tariffs.assumptions import Assumptions
    from detente.tariffs.layers import Chosen, Facts

Claims = Literal["none", "observed"]
BASE = "base"
_EU_MEMBER = "DEU"


@dataclass(frozen=True)
class Table:
    """
    Lines of a schedule as arrays.

    Attributes
    ----------
    codes
        Product codes, digits without dots, shape (P,).
    column1, column2
        Ordinary duty, ad valorem fraction or its equivalent, shape (P,); zero-filled only where the line is free.
    """

    codes: NDArray[np.str_]
    column1: NDArray[np.float64]
    column2: NDArray[np.float64]

    def rows(self, at: NDArray[np.intp]) -> Table:
        """Keep some lines."""
        return Table(self.codes[at], self.column1[at], self.column2[at])


@dataclass(frozen=True)
class Duties:
    """
    Duties on goods of one origin.

    Attributes
    ----------
    base
        Ordinary duty after preferences, shape (P,).
    by_measure
        Additional duty of each measure, shape (P,): they sum to the additional duty.
    """

    base: NDArray[np.float64]
    by_measure: dict[str, NDArray[np.float64]]

    @property
    def additional(self) -> NDArray[np.float64]:
        """Sum over measures, shape (P,)."""
        return np.sum(list(self.by_measure.values()), axis=0) if self.by_measure else np.zeros(self.base.shape)

    @property
    def total(self) -> NDArray[np.float64]:
        """Ordinary plus additional duty, shape (P,)."""
        return self.base + self.additional


class Reader:
    """
    Reads which lines of a table each position reaches, remembering what it read.

    Parameters
    ----------
    table
        The lines.
    assumptions
        Named judgements: content shares and the use of exemption lists.
    """

    def __init__(self, table: Table, assumptions: Assumptions) -> None:
        self.table = table
        self.assumptions = assumptions
        self._inside: dict[object, NDArray[np.float64]] = {}
        self._shares: dict[str, NDArray[np.float64]] = {}

    def cover(self, position: Position, book: Book, facts: Facts | None = None) -> NDArray[np.float64]:
        """
        Share of the value of each line in a position's scope.

        Parameters
        ----------
        position
            What charges.
        book
            Names the day and the ledger whose lists are read.
        facts
            How often the conditions of exemption lists hold, by fact; None for none.

        Returns
        -------
        cover
            0 to 1, shape (P,).
        """
        scope = position.scope
        conditional = [
            (rule, names)
            for rule in stacking_rules().list_claims
            if (names := tuple(name for name in scope.exclude if matches(name, rule.lists)))
        ]
        return self._mixed(scope, book, scope.exclude, conditional, facts or {})

    def _mixed(
        self,
        scope: Scope,
        book: Book,
        exclude: tuple[str, ...],
        conditional: list[tuple[ListClaim, tuple[str, ...]]],
        facts: Facts,
    ) -> NDArray[np.float64]:
        """Cover with and without the exemption lists that hang on a condition, each by how often it holds."""
        if not conditional:
            return self._inside_of(scope.model_copy(update={"exclude": exclude}), book)
        (rule, names), *others = conditional
        holds = float(facts.get(rule.fact, rule.default))
        kept = tuple(name for name in exclude if name not in names)
        found = np.zeros(self.table.codes.shape)
        if holds > 0.0:
            found = found + holds * self._mixed(scope, book, exclude, others, facts)
        if holds < 1.0:
            found = found + (1.0 - holds) * self._mixed(scope, book, kept, others, facts)
        return found

    def _inside_of(self, scope: Scope, book: Book) -> NDArray[np.float64]:
        """Lines inside a scope, remembered by the version of its lists."""
        key = (scope.include, scope.exclude, scope_version(scope, book.ledger, book.on))
        if key not in self._inside:
            self._inside[key] = self._read(scope, book)
        return self._inside[key]

    def _read(self, scope: Scope, book: Book) -> NDArray[np.float64]:
        """Read one scope."""
        codes, outside = self.table.codes, stacking_rules().outside_all.chapters

        def read_list(name: str) -> tuple[str, ...]:
            return book.ledger.product_list(name, book.on)

        inside = reached(codes, scope, read_list, outside).astype(np.float64)
        unused = 1.0 - float(self.assumptions["annex_use"])
        if unused > 0.0 and scope.exclude:
            everything = reached(codes, scope.model_copy(update={"exclude": ()}), read_list, outside)
            inside = np.where(everything, np.maximum(inside, unused), 0.0)
        return inside

    def shares(self) -> dict[str, NDArray[np.float64]]:
        """
        Metal content of each line, by name of the judgement.

        Returns
        -------
        shares
            0 to 1, shape (P,) each.
        """
        if not self._shares:
            for name in CONTENTS:
                self._shares[name] = content_share(self.assumptions, name, self.table.codes)
        return self._shares

    def listed(self, claim: Claim, book: Book) -> NDArray[np.float64] | float:
        """
        Lines a claim can concern: those on the lists of its measure, less the chapters it leaves out.

        Parameters
        ----------
        claim
            The rule.
        book
            Names the day and the ledger.

        Returns
        -------
        inside
            1 or 0 by line, or 1 where the rule names no goods.
        """
        inside: NDArray[np.float64] | float = 1.0
        if claim.listed and claim.granted_by is not None:
            found = [item for item in book.get(claim.granted_by) if item.state == "in force"]
            inside = np.max([np.zeros(self.table.codes.shape), *(self.cover(item, book) for item in found)], axis=0)
        if claim.not_chapters:
            inside = inside * ~np.isin(self.table.codes.astype("U2"), claim.not_chapters)
        return inside


def origin_duties(
    book: Book,
    origin: str,
    reader: Reader,
    *,
    importer: str = "USA",
    claims: Claims = "observed",
    at: NDArray[np.intp] | None = None,
) -> Duties:
    """
    Duties on goods of one origin on every line of a table.

    Parameters
    ----------
    book
        What is on the books.
    origin
        ISO alpha-3, ``EUN`` for the European Union as one, ``ROW`` for an economy without a name.
    reader
        The lines, and the judgements.
    importer
        ISO alpha-3.
    claims
        ``observed``: preferences and USMCA claims as often as they are made; ``none``: none is made.
    at
        Rows of the table, or None for all.

    Returns
    -------
    duties
        Ordinary duty and additional duty by measure.
    """
    rules = stacking_rules()
    legal = _EU_MEMBER if origin == EU_BLOCK else origin
    chosen = choose(charging(book, importer), legal, book.on)
    return _mix(book, origin, legal, chosen, reader, rules, claims, at)


def origin_signature(book: Book, origin: str, importer: str = "USA") -> tuple[object, ...]:
    """
    Everything on the books that duties on goods of an origin depend on.

    Parameters
    ----------
    book
        What is on the books.
    origin, importer
        As in `origin_duties`.

    Returns
    -------
    signature
        Equal signatures give equal duties.
    """
    legal = _EU_MEMBER if origin == EU_BLOCK else origin
    positions = tuple(
        (
            entry.position.measure.id,
            entry.position.part,
            entry.position.rate,
            entry.position.cap,
            entry.closeness,
            (entry.position.scope.coverage, entry.position.scope.share, entry.position.scope.include),
            scope_version(entry.position.scope, book.ledger, book.on),
            _orders(entry.position),
        )
        for entry in choose(charging(book, importer), legal, book.on)
    )
    claims = tuple(claim.id for claim in active_claims(book, stacking_rules()))
    return (importer, rule_epoch(book.on), claims, positions)


def _orders(position: Position) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """What the ledger entry itself says about precedence."""
    stacking = position.measure.stacking
    return (stacking.in_lieu_of, stacking.yields_to) if stacking else None


def _mix(
    book: Book,
    origin: str,
    legal: str,
    chosen: tuple[Chosen, ...],
    reader: Reader,
    rules: Rules,
    claims: Claims,
    at: NDArray[np.intp] | None,
) -> Duties:
    """Add up the stacks of goods with and without a claim, each by how often it is made."""
    table = reader.table if at is None else reader.table.rows(at)
    column = table.column2 if legal in rules.second_column(book.on) else table.column1
    share, claimed, plain = _states(book, origin, legal, reader, rules, claims, at, table)
    found: dict[str, NDArray[np.float64]] = {}
    states = [(1.0 - share, plain, column)]
    if np.any(share > 0.0):
        states.append((share, claimed, np.zeros(column.shape)))
    for weight, facts, base in states:
        built = pile(book, legal, chosen, reader, rules=rules, facts=facts, base=base, at=at)
        for row, layer in enumerate(built.layers):
            found[layer.measure] = found.get(layer.measure, 0.0) + weight * built.contributions[row]
    return Duties(base=(1.0 - share) * column, by_measure=found)


def pile(
    book: Book,
    origin: str,
    chosen: tuple[Chosen, ...],
    reader: Reader,
    *,
    rules: Rules,
    facts: Facts,
    base: NDArray[np.float64],
    at: NDArray[np.intp] | None = None,
) -> Stack:
    """
    Lay and stack the positions that concern an origin.

    Parameters
    ----------
    book, origin, chosen
        The day, the origin, and the positions that concern it.
    reader
        The lines.
    rules
        Stacking rules.
    facts
        What is known or assumed.
    base
        Ordinary duty, shape (P,).
    at
        Rows of the table, or None for all.

    Returns
    -------
    stack
        Shares, rates and contributions by layer.
    """

    def reach(position: Position) -> NDArray[np.float64]:
        cover = reader.cover(position, book, facts)
        return cover if at is None else cover[at]

    layers = lay(chosen, book=book, origin=origin, rules=rules, reach=reach, facts=facts)
    return stack(layers, base)


def _states(
    book: Book,
    origin: str,
    legal: str,
    reader: Reader,
    rules: Rules,
    claims: Claims,
    at: NDArray[np.intp] | None,
    table: Table,
) -> tuple[NDArray[np.float64], Facts, Facts]:
    """How often a preference is claimed, and the facts with and without the claim."""
    common = _expected(book, legal, reader, rules, at)
    none = np.zeros(table.codes.shape)
    if claims == "none" or legal in rules.second_column(book.on):
        return none, common, common
    if any(claim.effect == "free" and legal in claim.origins for claim in active_claims(book, rules)):
        share = claimed_share(reader.assumptions, legal, table.codes)
        return share, {**common, "usmca": True}, {**common, "usmca": False}
    return preferred_share(reader.assumptions, origin, table.codes), common, common


def _expected(
    book: Book, origin: str, reader: Reader, rules: Rules, at: NDArray[np.intp] | None
) -> dict[str, NDArray[np.float64] | float | bool]:
    """How often each claim holds, by the judgements."""
    facts: dict[str, NDArray[np.float64] | float | bool] = {**reader.assumptions.numbers(), "us_content": 0.0}
    for name, share in reader.shares().items():
        facts[name] = share if at is None else share[at]
    for rule in rules.list_claims:
        facts[rule.fact] = float(reader.assumptions[rule.average])
    for claim in active_claims(book, rules):
        if claim.origins and origin not in claim.origins:
            continue
        if claim.effect == "free" or not (claim.average or claim.average_kept):
            continue
        often = float(reader.assumptions[claim.average]) if claim.average else 0.0
        if claim.average_kept:
            often = 1.0 - float(reader.assumptions[claim.average_kept])
        listed = reader.listed(claim, book) if often else 1.0
        facts[claim.id] = often * (listed[at] if at is not None and isinstance(listed, np.ndarray) else listed)
    return facts


def column_of(origin: str, on: dt.date) -> int:
    """
    Column of ordinary duty for goods of an origin.

    Parameters
    ----------
    origin
        ISO alpha-3.
    on
        Day.

    Returns
    -------
    column
        1, or 2 for an economy without normal trade relations.
    """
    return 2 if origin in stacking_rules().second_column(on) else 1
