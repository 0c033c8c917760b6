"""Duties that reach the origin and are not due on the line, each with the heading that is filed to say so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from detente.compliance.customs.headings import Filed, filed, first
from detente.duties import closeness, closest, in_force, matches
from detente.formatting import day
from detente.formatting import rate as rate_text
from detente.geography import economies as places
from detente.geography import territories as customs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detente.compliance.customs.lines import Worked
    from detente.compliance.documents.duty import DutyLine
    from detente.ledger import Position

_NO_CLAIM = "the ledger names no heading for this claim"
_NO_LIST = "the ledger names no heading for this exemption"
# Parts of measures, by measure, that have a line.
_Laid = set[tuple[str, str]]


def not_due_lines(worked: Worked) -> tuple[DutyLine, ...]:
    """Lines of duties that are not due, each measure once, in the order of its reasons."""
    laid = {(layer.measure, layer.part) for layer in worked.stacked.layers if layer.cover[worked.row] > 0.0}
    found: list[DutyLine] = []
    for reason in (_claimed, _unused, _afloat, _listed, _of_origin):
        for line, part in reason(worked, laid):
            laid.add((line.measure, part))
            found.append(line)
    return (*found, *_us_content(worked))


def _claimed(worked: Worked, laid: _Laid) -> Iterator[tuple[DutyLine, str]]:
    """Duties that a claim, stated or assumed, takes off."""
    case = worked.case
    for entry in case.reaching:
        item = entry.position
        claim = case.claim_against(item.measure.id, worked.facts)
        if claim is None or (item.measure.id, item.part) in laid:
            continue
        if not case.reader.cover(item, case.book, worked.facts)[worked.row]:
            continue
        headings = worked.law.headings
        named = filed(headings, "claimed", worked.goods(item, names=(claim.id,)))
        head = first((named, _without(worked, item)), _NO_CLAIM)
        yield worked.not_due(item, head, f"not due: {claim.fact} ({claim.act})"), item.part


def _unused(worked: Worked, laid: _Laid) -> Iterator[tuple[DutyLine, str]]:
    """Duties on a content or use that none of the value is, where a heading says so."""
    shares = worked.law.assumptions
    for entry in worked.case.reaching:
        item = entry.position
        share = item.scope.share
        if share is None or worked.facts.get(share) != 0.0 or (item.measure.id, item.part) in laid:
            continue
        found = filed(worked.law.headings, "unused", worked.goods(item))
        if found is not None and worked.case.reader.cover(item, worked.case.book, worked.facts)[worked.row]:
            title = shares[share].title if share in shares else share
            yield worked.not_due(item, found, f"not due: none of the value ({title})"), item.part


def _afloat(worked: Worked, laid: _Laid) -> Iterator[tuple[DutyLine, str]]:
    """Duties that goods in transit are spared altogether."""
    case = worked.case
    clauses = () if case.admitted(worked.facts) else case.loaded(worked.facts)
    done = {measure for measure, _ in laid}
    for entry in case.reaching if clauses else ():
        item = entry.position
        mine = [clause for clause in clauses if matches(item.measure.id, clause.measures)]
        if not mine or item.measure.id in done or not item.rate:
            continue
        goods = replace(worked.goods(item), on=case.book.on)
        found = filed(worked.law.headings, "transit", goods)
        if found is None or not case.reader.cover(item, case.book, worked.facts)[worked.row]:
            continue
        done.add(item.measure.id)
        before = mine[0].loaded_before or mine[0].change
        yield worked.not_due(item, found, f"not due: loaded before {day(before)} ({mine[0].act})"), item.part


def _listed(worked: Worked, laid: _Laid) -> Iterator[tuple[DutyLine, str]]:
    """Duties on all goods whose exemption lists hold the line, a list with a condition where the condition is met."""
    case, headings = worked.held, worked.law.headings
    done = {measure for measure, _ in laid}
    for entry in closest(case.chosen):
        item = entry.position
        lists = _freed_by(worked, item) if item.measure.id not in done and _charges(item) else ()
        if not lists:
            continue
        done.add(item.measure.id)
        goods = worked.goods(item, names=lists)
        head = first((filed(headings, "listed", goods), _without(worked, item)), _NO_LIST)
        yield (
            worked.not_due(item, head, f"not due: the line is exempt ({head.act or item.scope.text})"),
            item.part,
        )


def _of_origin(worked: Worked, laid: _Laid) -> Iterator[tuple[DutyLine, str]]:
    """Duties from which goods of the origin are exempt as such, where a heading says so."""
    case, on = worked.case, worked.case.book.on
    done = {measure for measure, _ in laid}
    for rule in worked.law.headings.all_of("origin"):
        if not closeness(rule.named, case.origin, on) or case.code_outside(worked.row):
            continue
        for item in case.book.positions:
            measure = item.measure.id
            running = item.state == "in force" and item.rate and matches(measure, rule.measures)
            if not running or measure in done or not customs.imposes(item.measure.imposer, case.importer, on):
                continue
            found = filed(worked.law.headings, "origin", worked.goods(item))
            if found is not None:
                done.add(measure)
                named = places.name(case.origin)
                yield (
                    worked.not_due(item, found, f"not due: goods of {named} are exempt ({rule.act})"),
                    item.part,
                )


def _us_content(worked: Worked) -> Iterator[DutyLine]:
    """The part of the value that a claim leaves out of a duty, where a heading stands for it."""
    case = worked.held
    for place, layer in enumerate(worked.stacked.layers):
        if not worked.stacked.contributions[place, worked.row] > 0.0:
            continue
        for claim in case.shaping(layer.measure, layer.part, worked.facts):
            if claim.effect != "rest":
                continue
            item = case.position(layer.measure, layer.part)
            found = filed(worked.law.headings, "claimed", worked.goods(item, names=(claim.id,)))
            if found is not None:
                part = rate_text(float(in_force(claim, worked.facts)))
                yield worked.not_due(
                    item, found, f"not due on {part} of the value: {claim.fact} ({claim.act})"
                )


def _charges(item: Position) -> bool:
    """Whether a position charges anything that goods could be exempt from."""
    return bool(item.rate) or item.cap is not None


def _freed_by(worked: Worked, item: Position) -> tuple[str, ...]:
    """Exemption lists of a position that free the line, those with a condition only where it is met."""
    case, row = worked.held, worked.row
    lists = tuple(name for name in item.scope.exclude if not name.isdigit())
    if not lists or not case.reader.read(item.scope, (), case.book)[row]:
        return ()
    if case.reader.cover(item, case.book, worked.facts)[row]:
        return ()
    return tuple(
        name
        for name in lists
        if _met(worked, name) and not case.reader.read(item.scope, (name,), case.book)[row]
    )


def _met(worked: Worked, name: str) -> bool:
    """Whether an exemption list frees without a condition, or its condition is met."""
    rules = [rule for rule in worked.law.rules.list_claims if matches(name, rule.lists)]
    return all(bool(worked.facts.get(rule.fact, rule.default)) for rule in rules)


def _without(worked: Worked, item: Position) -> Filed | None:
    """Why the measure has no heading at all, where its rule says so."""
    found = filed(worked.law.headings, "due", worked.goods(item))
    return found if found is not None and not found.heading else None
