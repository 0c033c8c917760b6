"""Names that the ledger's own measures are about, listed as long as the measure binds."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Final

from detente.compliance.screening.lists import Party
from detente.compliance.screening.names import DATA
from detente.io.dates import parse_date
from detente.manifest import read_rows

if TYPE_CHECKING:
    from detente.compliance.day import Day
    from detente.ledger import Ledger

KEY: Final = "parties"
"""Detail of a measure that names its parties, divided by semicolons."""


@functools.cache
def _rows() -> tuple[dict[str, str], ...]:
    """The names held, one announcement of a name a row."""
    return tuple(read_rows(DATA / "ledger_parties.csv"))


def ledger_parties(ledger: Ledger) -> tuple[Party, ...]:
    """
    Name the parties of a ledger's measures.

    Gives names held for the built-in measures, and those of ``details: {parties: "One Ltd; Two Ltd"}`` of any measure.

    Examples
    --------
    >>> from detente.ledger import open_ledger
    >>> any(party.name == "Hanwha Shipping LLC" for party in ledger_parties(open_ledger()))
    True
    """
    held = [
        Party(
            name=row["name"],
            aliases=tuple(alias.strip() for alias in row["aliases"].split(";") if alias.strip()),
            list=_list(ledger, row["measure"]),
            kind="Entity",
            remarks=row["source"],
            start=parse_date(row["listed"], where="ledger_parties.csv: listed"),
            measure=row["measure"],
            part=row["part"],
        )
        for row in _rows()
        if row["measure"] in ledger.measures
    ]
    own = [
        Party(
            name=name.strip(), aliases=(), list=_list(ledger, measure.id), kind="Entity", measure=measure.id
        )
        for measure in ledger.measures.values()
        for name in str(measure.details.get(KEY, "")).split(";")
        if name.strip()
    ]
    return (*held, *own)


def _list(ledger: Ledger, measure: str) -> str:
    """Name a measure as a list of parties."""
    found = ledger.measures[measure]
    return f"Ledger: {found.title} ({measure})"


@dataclasses.dataclass(frozen=True)
class Standing:
    """Whether a name of the ledger is known of and bound on a day, and what stays the measure."""

    known: bool
    listed: bool
    why: str = ""


def standing(party: Party, day: Day) -> Standing:
    """Say how a listed party stands on a day."""
    if not party.measure:
        return Standing(known=True, listed=party.listed_on(day.on))
    clauses = [clause for clause in day.clauses(party.measure) if party.part in {"", clause.position.part}]
    if not clauses:
        return Standing(known=False, listed=False)
    listed = party.listed_on(day.on) and any(clause.in_force for clause in clauses)
    suspended = any(clause.suspended for clause in clauses) and not listed
    return Standing(known=True, listed=listed, why="the measure is suspended that day" if suspended else "")
