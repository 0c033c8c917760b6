"""Which duties are drawn back on export, and how large a bond is: rules read from `data/customs`."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from detente.compliance.customs.rate import cents
from detente.duties import matches
from detente.formatting import fixed
from detente.formatting import rate as rate_text
from detente.io.dates import within
from detente.manifest import DATA, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detente.compliance.documents.duty import DutyLine

STATUSES: Final = ("allowed", "limited", "barred", "unknown")


@dataclass(frozen=True)
class DrawbackRule:
    """Whether duties of some measures are drawn back, on days of `[from, to)`; `read` is what was read of the act."""

    importer: str
    measures: tuple[str, ...]
    from_: dt.date | None
    to: dt.date | None
    status: str
    act: str
    read: str


@dataclass(frozen=True)
class BondRule:
    """
    How large a bond is, as guidance has it.

    share, least: Of a year's duties, taxes and fees, and the smallest, of a continuous bond.
    steps: Multiples to which it is rounded up, each with the amount up to which it holds.
    restricted_times: Times the value that a single bond for restricted merchandise is. act, read: Source.
    """

    share: float
    least: float
    steps: tuple[tuple[float, float], ...]
    restricted_times: float
    act: str
    read: str

    def continuous(self, paid: float) -> float:
        """The bond for a year in which so much is paid: a share of it, at least the least, rounded up."""
        amount = max(self.least, paid * self.share)
        by = next(by for by, up_to in self.steps if amount <= up_to)
        return math.ceil(round(amount / by, 9)) * by


@cache
def drawback_rules() -> tuple[DrawbackRule, ...]:
    """Read data/customs/drawback.csv."""
    return tuple(
        DrawbackRule(
            row["importer"],
            tuple(row["measures"].split()),
            _day(row["from"]),
            _day(row["to"]),
            row["status"],
            row["act"],
            row["read"],
        )
        for row in _rows("drawback")
    )


@cache
def bond_rule() -> BondRule:
    """The guidelines for bonds in data/customs/amounts.csv."""
    held = {row["name"]: row for row in _rows("amounts")}
    steps = [row for row in _rows("amounts") if row["name"] == "bond_step"]
    return BondRule(
        float(held["bond_share"]["value"]),
        float(held["bond_least"]["value"]),
        tuple((float(row["value"]), float(row["up_to"] or "inf")) for row in steps),
        float(held["bond_restricted_times"]["value"]),
        held["bond_share"]["act"],
        held["bond_share"]["read"],
    )


@cache
def most_drawn_back() -> float:
    """Share of what was paid that is drawn back at most."""
    return next(float(row["value"]) for row in _rows("amounts") if row["name"] == "drawback_share")


def _rows(name: str) -> list[dict[str, str]]:
    """Rows of one table."""
    return read_rows(DATA / "customs" / f"{name}.csv")


def _day(text: str) -> dt.date | None:
    """A day, or None."""
    return dt.date.fromisoformat(text) if text else None


@lru_cache(maxsize=4096)
def drawback_of(measure: str, importer: str, on: dt.date) -> tuple[str, str]:
    """Whether a duty paid under a measure is drawn back on export, and the act; empty for an importer not held."""
    mine = (rule for rule in drawback_rules() if rule.importer == importer)
    found = (rule for rule in mine if within(on, rule.from_, rule.to) and matches(measure, rule.measures))
    return next(((rule.status, rule.act) for rule in found), ("", ""))


def with_drawback(lines: Iterable[DutyLine], importer: str, on: dt.date) -> tuple[DutyLine, ...]:
    """Say of each line on which something is due whether it is drawn back on export."""
    return tuple(line.drawn(*drawback_of(line.measure, importer, on)) for line in lines)


def drawn_back(amounts: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Duties paid by whether they are drawn back, and the most that can be: ``drawback_*`` of an entry."""
    paid = dict.fromkeys(STATUSES, 0.0)
    for status, amount in amounts:
        if status:
            paid[status] += amount
    found = {f"drawback_{status}": cents(amount) for status, amount in paid.items()}
    return found | {"drawback_most": cents(most_drawn_back() * paid["allowed"])}


def single_bond(value: float, paid: float) -> float:
    """The bond for one entry: its value, and its duties and fees."""
    return cents(value + paid)


def continuous_bond(paid: float) -> dict[str, Any]:
    """The bond that stands for all entries of a year, as if a year's duties and fees were those given."""
    held = bond_rule()
    return {
        "amount": held.continuous(paid),
        "paid": cents(paid),
        "share": held.share,
        "least": held.least,
        "why": f"{rate_text(held.share)} of the duties, taxes and fees of twelve months, at least {fixed(held.least, 0)},"
        " rounded up; the entries given are taken for those of twelve months. Antidumping and countervailing duties have a"
        f" formula of their own; restricted merchandise needs {fixed(held.restricted_times, 0)} times its value on a single"
        " bond",
        "guidance": True,
        "source": held.act,
        "read": held.read,
    }
