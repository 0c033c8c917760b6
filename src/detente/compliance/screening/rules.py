"""What being on a list means, and which ownership rules extend the lists on a day."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING

from detente.compliance.screening.names import DATA
from detente.io.dates import parse_date
from detente.manifest import read_rows

if TYPE_CHECKING:
    from detente.compliance.day import Day
    from detente.compliance.documents.common import Suspended

UNKNOWN_LIST_RULE = "bis50"


@dataclasses.dataclass(frozen=True)
class ListKind:
    """
    A kind of list.

    short: Short name.
    effect: ``restricted`` or ``review``: what being on it means for a dealing.
    rule: Ownership rule that extends it, empty if none.
    """

    short: str
    effect: str
    rule: str


@dataclasses.dataclass(frozen=True)
class OwnershipRule:
    """
    One ownership rule on one day.

    rule, imposer, measure: Name, imposer, and measure of the ledger that dates it (empty if its dates are in the data
        file).
    threshold: Share that catches a firm, None where the ledger does not hold it.
    more_than: Whether the share must exceed the threshold.
    in_force: Whether it binds on the day.
    suspended: True, False or ``"reported"``.
    source: Legal text.
    """

    rule: str
    imposer: str
    measure: str
    threshold: float | None
    more_than: bool
    in_force: bool
    suspended: Suspended
    source: str


@functools.cache
def _kinds() -> tuple[tuple[str, ListKind], ...]:
    """Kinds of lists by a pattern in their published name."""
    return tuple(
        (row["pattern"], ListKind(row["short"], row["effect"], row["rule"]))
        for row in read_rows(DATA / "lists.csv")
    )


@functools.cache
def list_kind(name: str) -> ListKind:
    """
    Tell the kind of a list by its published name.

    Examples
    --------
    >>> list_kind("Entity List (EL) - Bureau of Industry and Security").short
    'EL'
    """
    text = name.lower()
    for pattern, kind in _kinds():
        if pattern in text:
            return kind
    return ListKind(name[:20] or "unnamed list", "restricted", UNKNOWN_LIST_RULE)


def ownership_rules(day: Day) -> dict[str, OwnershipRule]:
    """
    Ownership rules as they stand on a day.

    Examples
    --------
    >>> from detente.asof import AsOf
    >>> from detente.compliance.day import read_day
    >>> from detente.ledger import open_ledger
    >>> ownership_rules(read_day(AsOf.of("2025-10-15"), open_ledger()))["bis50"].in_force
    True
    """
    return {row["rule"]: _rule(row, day) for row in read_rows(DATA / "ownership_rules.csv")}


def _rule(row: dict[str, str], day: Day) -> OwnershipRule:
    """Read one rule, from the ledger where it stands there."""
    if not row["measure"]:
        return OwnershipRule(
            rule=row["rule"],
            imposer=row["imposer"],
            measure="",
            threshold=float(row["threshold"]),
            more_than=row["more_than"] == "yes",
            in_force=day.on >= parse_date(row["from"], where="ownership_rules.csv: from"),
            suspended=False,
            source=row["source"],
        )
    clauses = day.clauses(row["measure"])
    marks = [clause.suspended for clause in clauses if clause.suspended]
    measure = day.ledger.measures.get(row["measure"])
    details = measure.details if measure is not None else {}
    shares = [details[key] for key in ("ownership_threshold", "threshold") if key in details]
    tests = [details[key] for key in ("ownership_test", "threshold_test") if key in details]
    return OwnershipRule(
        rule=row["rule"],
        imposer=row["imposer"],
        measure=row["measure"],
        threshold=float(shares[0]) if shares else None,
        more_than="more than" in tests,
        in_force=any(clause.in_force for clause in clauses),
        suspended=marks[0] if marks else False,
        source=row["source"],
    )
