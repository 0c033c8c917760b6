"""Which heading is filed with a duty, or to claim that it is not due: the rule of the ledger that is nearest to the line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.duties import closeness, matches

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from detente.ledger import Position
    from detente.ledger.records.headings import Filing, HeadingRule, Headings

_HEADING = re.compile(r"99\d\d\.\d\d\.\d\d")
_NAMED_IN_AN_ACT = "act"
NOT_NAMED = "the ledger names no heading for it"


@dataclass(frozen=True)
class Filed:
    """A heading, on what it rests (``text``, ``act``, ``inferred``), its act, and what it says; or why there is none."""

    heading: str = ""
    why: str = ""
    basis: str = ""
    act: str = ""
    filing: str = ""


@dataclass(frozen=True)
class Goods:
    """
    What the choice of a heading turns on.

    measure, part: The duty. origin: ISO alpha-3. on: The day whose law it is. code: Digits of the line.
    side: ``below`` or ``reached`` of a total the duty fills up to, ``free`` at a rate of nothing, else empty.
    names: Claims that hold, or exemption lists that free the line.
    """

    measure: str
    part: str
    origin: str
    on: dt.date
    code: str = ""
    side: str = ""
    names: tuple[str, ...] = ()


def filed(headings: Headings, filing: Filing, goods: Goods) -> Filed | None:
    """The heading of the nearest rule for what is filed; None where no rule speaks of it."""
    fit = [
        (_nearness(rule, goods), rule) for rule in headings.of(goods.measure, filing) if _fits(rule, goods)
    ]
    if not fit:
        return None
    rule = max(fit, key=lambda item: item[0])[1]
    heading = rule.heading or _of_origin(rule, goods)
    if not heading:
        return Filed(why=rule.why, act=rule.act, filing=filing)
    return Filed(
        heading, f"inferred: {rule.act}" if rule.basis == "inferred" else "", rule.basis, rule.act, filing
    )


def due_heading(position: Position, headings: Headings, goods: Goods) -> Filed:
    """The heading of a duty that is due: by the rules, else the one that its act, then its measure, names."""
    found = filed(headings, "due", goods)
    if found is not None:
        return found
    named = _HEADING.search(position.step.act) if position.step is not None else None
    heading = named[0] if named else str(position.measure.details.get("heading", ""))
    return (
        Filed(heading, basis=_NAMED_IN_AN_ACT, filing="due")
        if heading
        else Filed(why=NOT_NAMED, filing="due")
    )


def _fits(rule: HeadingRule, goods: Goods) -> bool:
    """Whether a rule speaks of the goods."""
    return (
        rule.holds(goods.on)
        and (not rule.parts or goods.part in rule.parts)
        and (not rule.named or closeness(rule.named, goods.origin, goods.on) > 0)
        and (not rule.codes or goods.code.startswith(rule.codes))
        and _on_side(rule, goods)
        and _by_name(rule, goods)
    )


def _on_side(rule: HeadingRule, goods: Goods) -> bool:
    """Whether a rule is for this side of the total, or for either."""
    return (
        rule.side is None
        or rule.side == goods.side
        or (rule.side == "any" and goods.side in {"below", "reached"})
    )


def _by_name(rule: HeadingRule, goods: Goods) -> bool:
    """Whether a rule is for one of the claims or lists, or for none in particular."""
    wanted = rule.claims or rule.lists
    return not wanted or any(matches(name, wanted) for name in goods.names)


def _nearness(rule: HeadingRule, goods: Goods) -> tuple[object, ...]:
    """What decides between rules that fit: a claim or list by its name, origin, codes, side, part, the first day."""
    wanted = rule.claims or rule.lists
    return (
        any(name in wanted for name in goods.names),
        closeness(rule.named, goods.origin, goods.on) if rule.named else 0,
        max((len(code) for code in rule.codes if goods.code.startswith(code)), default=0),
        rule.side is not None,
        bool(rule.parts),
        str(rule.from_ or ""),
    )


def _of_origin(rule: HeadingRule, goods: Goods) -> str:
    """The heading a rule gives the origin: its own before that of a group it belongs to."""
    near = {name: closeness((name,), goods.origin, goods.on) for name in rule.by_origin}
    best = max(near, key=lambda name: near[name], default="")
    return rule.by_origin.get(best, "")


def side_of(total: float | None, rate: float | None, ordinary: float) -> str:
    """Which side of its total a duty is on; ``free`` at a rate of nothing, empty at any other."""
    if total is not None:
        return "reached" if ordinary >= total else "below"
    return "free" if rate == 0.0 else ""


def first(found: Iterable[Filed | None], why: str) -> Filed:
    """The first answer there is; without one, why no heading can be named."""
    return next((item for item in found if item is not None), Filed(why=why))
