"""After the last day the sources cover: which states rest on acts nobody here can know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.ledger.views.text import brief

if TYPE_CHECKING:
    import datetime as dt

    from detente.asof import AsOf
    from detente.ledger.ledger import Ledger
    from detente.ledger.snapshots import Position

Key = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True)
class Doubt:
    """
    A state after the horizon that a lapse or an end decides.

    by_notice, by_report: The position if the notices stand, and if what was reported is done.
    last: The position on the last day the sources cover.
    horizon: That day.
    """

    by_notice: Position | None
    by_report: Position | None
    last: Position | None
    horizon: dt.date

    def __str__(self) -> str:
        """In words."""
        notice, report = brief(self.by_notice), brief(self.by_report)
        said = f"by the notices {notice}" + ("" if report == notice else f"; by the reports {report}")
        return f"{said}; acts after {self.horizon} are not known"


def doubts(ledger: Ledger, name: str, asof: AsOf) -> dict[Key, Doubt]:
    """Positions of a measure whose state after the horizon is not known, unless an edit decides; empty up to it."""
    if asof.day <= ledger.horizon or name in ledger.amendments:
        return {}

    def at(asked: AsOf) -> dict[Key, Position]:
        return {item.key: item for item in ledger.positions(name, asked)}

    before = asof.on(ledger.horizon)
    last, notice = at(before.under("legal")), at(asof.under("legal"))
    report, last_report = at(asof.under("reported")), at(before.under("reported"))
    found = {}
    for key in {*last, *notice, *report}:
        pairs = ((last.get(key), notice.get(key)), (last_report.get(key), report.get(key)))
        if any(_lapsed(was, now) for was, now in pairs) or _binding(notice.get(key)) != _binding(
            report.get(key)
        ):
            found[key] = Doubt(notice.get(key), report.get(key), last.get(key), ledger.horizon)
    return found


def _binding(position: Position | None) -> tuple[str, float | None]:
    """What a suspension or an end changes."""
    return (position.state, position.suspended_points) if position else ("none", None)


def _lapsed(was: Position | None, now: Position | None) -> bool:
    """Whether a suspension ran out or something ended; a step that starts as enacted is no doubt."""
    if _binding(was) == _binding(now):
        return False
    return was is not None and was.state in {"in force", "suspended"}
