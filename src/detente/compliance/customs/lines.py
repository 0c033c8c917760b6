"""The lines of a duty: one for each measure that reaches the good, with its basis, heading and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.compliance.customs.case import dutiable
from detente.compliance.customs.duty_facts import CHAPTER_98
from detente.compliance.customs.headings import Filed, Goods, due_heading, filed, side_of
from detente.compliance.customs.rate import cents
from detente.compliance.documents.duty import DutyLine
from detente.duties import matches
from detente.formatting import rate as rate_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.compliance.customs.case import Case
    from detente.duties import Layer, Stack
    from detente.ledger import Position
    from detente.ledger.law import Law

WHOLE = "customs value"
LAW = "law"
DIGITS = 10


@dataclass(frozen=True)
class Worked:
    """
    A case worked out under some facts, as its lines are read off.

    case: As entered. held: With the duties of goods in transit, or in a zone, as they stood on their day.
    stacked: The duties. ordinary: Ordinary duty left on the line. row: The candidate line. value: Customs value.
    """

    case: Case
    held: Case
    stacked: Stack
    facts: Mapping[str, Any]
    ordinary: float
    row: int
    value: float | None

    @property
    def code(self) -> str:
        """Digits of the line."""
        return str(self.case.table.codes[self.row])

    @property
    def law(self) -> Law:
        """What the ledger holds beside its measures."""
        return self.case.book.law

    def goods(self, position: Position, side: str = "", names: tuple[str, ...] = ()) -> Goods:
        """What the heading of a position turns on."""
        on = self.case.law_day(position.measure.id, position.part, self.facts)
        return Goods(position.measure.id, position.part, self.case.origin, on, self.code, side, names)

    def not_due(self, position: Position, found: Filed, note: str) -> DutyLine:
        """A line of a duty that is not due."""
        rate = position.rate
        if rate is None:
            rate = max(0.0, (position.cap or 0.0) - self.ordinary)
        return DutyLine(
            measure=position.measure.id,
            title=position.measure.title,
            heading=found.heading,
            basis=WHOLE,
            basis_share=0.0,
            rate=round(rate, DIGITS),
            contribution=0.0,
            amount=None if self.value is None else 0.0,
            source=cited(position, self.law),
            kind=LAW,
            note=note,
            heading_why=found.why,
            heading_basis=found.basis,
            filing=found.filing,
            drawback="",
            drawback_why="",
        )


def due_lines(worked: Worked) -> tuple[DutyLine, ...]:
    """Lines of the duties that reach the line, one per layer, also those that give way to others."""
    stacked, row = worked.stacked, worked.row
    found = []
    for place, layer in enumerate(stacked.layers):
        share, cover = float(stacked.shares[place, row]), float(layer.cover[row])
        if cover <= 0.0:
            continue
        rate = round(float(stacked.rates[place, row]), DIGITS)
        position = worked.held.position(layer.measure, layer.part)
        head, note = (
            (_due(worked, layer, position), _suspended(position)) if share > 0.0 else displaced(worked, place)
        )
        found.append(
            DutyLine(
                measure=layer.measure,
                title=position.measure.title,
                heading=head.heading,
                basis=_basis(layer, worked, share, cover),
                basis_share=round(share, DIGITS),
                rate=rate,
                contribution=round(share * rate, DIGITS),
                amount=None if worked.value is None else cents(worked.value * share * rate),
                source=cited(position, worked.law),
                kind=LAW,
                note=note,
                heading_why=head.why,
                heading_basis=head.basis,
                filing=head.filing,
                drawback="",
                drawback_why="",
            )
        )
    return tuple(found)


def _due(worked: Worked, layer: Layer, position: Position) -> Filed:
    """The heading of a duty that is due: what a claim makes of it before what it is without."""
    headings, facts, case = worked.law.headings, worked.facts, worked.held
    claims = tuple(claim.id for claim in case.shaping(layer.measure, layer.part, facts))
    goods = worked.goods(position, side_of(layer.cap, layer.rate, worked.ordinary))
    found = None
    if claims:
        total = layer.rate if layer.cap is None else layer.cap
        found = filed(
            headings, "rated", worked.goods(position, side_of(total, None, worked.ordinary), claims)
        )
    finding = worked.law.rules.substitute(worked.case.book.on)
    if finding and facts.get(finding.fact) and matches(layer.measure, finding.measures):
        found = filed(headings, "transshipped", goods)
    if found is None and case.admitted(facts) is not None:
        found = filed(headings, "zone", goods)
    return found or due_heading(position, headings, goods)


def displaced(worked: Worked, place: int) -> tuple[Filed, str]:
    """Why a duty that reaches the line bears on none of its value, and what is filed to say so."""
    layer = worked.stacked.layers[place]
    position = worked.held.position(layer.measure, layer.part)
    if dutiable(worked.facts) <= 0.0:
        kind = worked.facts[CHAPTER_98]
        none = f"none is filed: the goods enter free under chapter 98 ({kind})"
        return Filed(why=none), f"not due: {CHAPTER_98} {kind}"
    other = _replacing(worked, place)
    if other:
        return Filed(why=f"none is filed: {other} has its own"), f"not due: {other} stands in its place"
    for rule in worked.law.rules.gives_way(layer.measure, worked.case.book.on):
        takers = _takers(worked, rule.to_group)
        if takers and rule.to_group != layer.group:
            found = filed(worked.law.headings, "yields", worked.goods(position))
            unnamed = Filed(why=f"none is named for goods under {takers}")
            return found or unnamed, f"not due: the goods are under {takers}. {rule.text}"
    other = _stands_before(worked, place)
    if other:
        found = filed(worked.law.headings, "yields", worked.goods(position)) if layer.group else None
        return found or Filed(why=f"none is filed: {other} has its own"), f"not due: {other} comes first"
    return Filed(why="none is filed: the rest of the measure has its own"), (
        "not due: another part of the measure bears on the goods"
    )


def _replacing(worked: Worked, place: int) -> str:
    """Title of the measure that stands in lieu of a layer's, or empty."""
    layers = worked.stacked.layers
    in_lieu = (item for item in layers[:place] if item.measure in layers[place].replaced_by)
    return next((_title(worked, item) for item in in_lieu if item.cover[worked.row] > 0.0), "")


def _stands_before(worked: Worked, place: int) -> str:
    """Title of another measure that takes the value a layer would bear on, or empty."""
    layers, row = worked.stacked.layers, worked.row
    layer = layers[place]
    for other in layers[:place]:
        same = layer.group is not None and other.group == layer.group and other.measure != layer.measure
        if (same or other.measure in layer.behind) and other.cover[row] > 0.0:
            return _title(worked, other)
    return ""


def _title(worked: Worked, layer: Layer) -> str:
    """Title of a layer's measure."""
    return worked.held.position(layer.measure, layer.part).measure.title


def _takers(worked: Worked, group: str) -> str:
    """Title of the measure of a group that took value of the line, or empty."""
    stacked, row = worked.stacked, worked.row
    for place, layer in enumerate(stacked.layers):
        relieved = float(np.broadcast_to(layer.relieved, stacked.shares[place].shape)[row])
        if layer.group == group and (stacked.shares[place, row] > 0.0 or relieved > 0.0):
            return _title(worked, layer)
    return ""


def cited(position: Position, law: Law) -> str:
    """Act of a position, then the link or title of its first source."""
    step = position.step
    names = step.sources if step is not None else position.measure.sources
    act = step.act if step is not None else "; ".join(position.measure.authority)
    for name in names:
        source = law.sources.get(name)
        if source is not None:
            return f"{act}; {source.url or source.title}"
    return act


def _basis(layer: Layer, worked: Worked, share: float, cover: float) -> str:
    """What the rate is charged on."""
    name = worked.held.position(layer.measure, layer.part).scope.share
    shares = worked.law.assumptions
    if name in shares and float(worked.facts.get(str(name), 1.0)) < 1.0:
        return shares[str(name)].title
    if layer.rest_of and 0.0 < share < cover:
        return "value not under Section 232"
    if 0.0 < cover < 1.0:
        return "part of the value the claim leaves"
    return WHOLE


def _suspended(position: Position) -> str:
    """That part of the rate is suspended, or empty."""
    if not position.suspended_points:
        return ""
    until = position.until_legal or position.until_reported
    return f"{rate_text(position.suspended_points)} suspended until {until}"
