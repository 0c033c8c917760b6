"""Why a fact of a shipment changes nothing: the first of the tests between the fact and the duty that it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente import formatting
from detente.compliance.customs.agreements import AGREEMENT, NONE
from detente.compliance.customs.ban import conditional_facts
from detente.compliance.customs.base import currency_of
from detente.compliance.customs.duty_facts import (
    ADMITTED_ON,
    CHAPTER_98,
    DUTIABLE,
    ENTRY,
    FINAL_MODE_ON,
    FORMAL,
    FREE_ENTRY,
    LOADED,
    LOADED_ON,
    LOW_VALUE,
    NOT_98,
    ORDINARY,
    PRIVILEGED,
    ZONE,
)
from detente.duties import case_shares, has_entry_rules, matches, second_column
from detente.geography import economies as places
from detente.geography import territories as customs

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from detente.compliance.customs.case import Case
    from detente.duties import Claim, Transit
    from detente.duties.rules import Substitute

# A reason, and how far the fact came: of several rules that ask for one fact the nearest miss is told.
Reason = tuple[int, str]
_IMPORTER, _ORIGIN, _DAY, _FORCE, _SCOPE, _LIST, _NEEDS, _SAME = range(8)
_ASSUMED = "it is what the answer assumes without it"


def why_idle(
    case: Case, name: str, known: Mapping[str, Any], value: float | None, found: Mapping[str, Any]
) -> str:
    """Say why a fact changes nothing."""
    nothing = _nothing(name, known, found)
    if nothing:
        return nothing
    own = _OWN.get(name)
    if own is not None:
        return own(case, known, value)
    if name in case_shares(case.book.law.assumptions):
        return max(_share(case, name))[1]
    misses = [*_claims(case, name, known), *_lists(case, name), *_other(case, name)]
    return max(misses, default=(0, f"no duty of {customs.name(case.importer)} hangs on it"))[1]


def _nothing(name: str, known: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """Why no fact bears on an answer without duties, or empty."""
    if found["covered"] is False:
        return "not covered: no duty is worked out"
    if found["prohibited"]:
        return f"the good may not be imported ({found['prohibited'].act}): no duty is worked out"
    free = known.get(ENTRY) == LOW_VALUE and [line.title for line in found["lines"]] == [FREE_ENTRY]
    return "the shipment enters free of duty for its low value" if free and name != ENTRY else ""


def _short(titles: Iterator[str] | tuple[str, ...]) -> str:
    """Names of measures in a few words."""
    names = list(dict.fromkeys(titles))
    more = len(names) - 1
    return f"{names[0]} and {more} more" if more > 0 else names[0]


def _reach(case: Case, patterns: tuple[str, ...], parts: tuple[str, ...] = ()) -> Reason:
    """How far measures come: of the importer, in force on the day, with the line in scope."""
    day, origin = formatting.day(case.book.on), places.name(case.origin)
    titles = tuple(
        item.title
        for key, item in case.book.measures.items()
        if customs.imposes(item.imposer, case.importer, case.book.on) and matches(key, patterns)
    )
    if not titles:
        return _IMPORTER, f"no duty of {customs.name(case.importer)} hangs on it"
    named = _short(titles)
    if not any(matches(entry.position.measure.id, patterns) for entry in case.chosen):
        return _FORCE, f"{named}: not in force on {day} for goods of {origin}"
    mine = [entry for entry in case.reaching if matches(entry.position.measure.id, patterns)]
    if not mine:
        return _SCOPE, f"{named}: this line is not in scope"
    if parts and not any(entry.position.part in parts for entry in mine):
        return _SCOPE, f"{named}: this line falls under another part of it, which does not ask"
    return _SAME, f"{named}: what is due here is the same without it"


def _claims(case: Case, name: str, known: Mapping[str, Any]) -> Iterator[Reason]:
    """Claims that ask for a fact."""
    for claim in case.book.law.rules.claims:
        if name in {claim.fact, *claim.shown_by} and not (
            claim.effect == "needs" and not _taxes(case, claim)
        ):
            yield _claim(case, claim, known)


def _taxes(case: Case, claim: Claim) -> bool:
    """Tell whether a claim concerns duties, not an import ban."""
    return not any(
        matches(key, claim.measures) and item.instrument == "import_ban"
        for key, item in case.book.measures.items()
    )


def _claim(case: Case, claim: Claim, known: Mapping[str, Any]) -> Reason:
    """How far one claim comes."""
    on = case.book.on
    reach = _reach(case, claim.measures, claim.parts) if claim.measures else (_SAME, "")
    if claim.effect == "free" and not has_entry_rules(case.importer):
        return _IMPORTER, f"no duty of {customs.name(case.importer)} hangs on it"
    if reach[0] == _IMPORTER:
        return reach
    elsewhere = _other_origin(case, claim)
    if elsewhere:
        return _ORIGIN, elsewhere
    if not claim.holds(on):
        return _DAY, _window(claim.from_, claim.to, on, claim.act)
    if reach[0] in {_FORCE, _SCOPE}:
        return reach
    return _within(case, claim, known, reach)


def _other_origin(case: Case, claim: Claim) -> str:
    """That a claim is not for goods of the origin, or empty."""
    if claim.names(case.origin):
        return ""
    if case.origin in claim.not_origins:
        return f"goods of {places.name(case.origin)} are left out of it ({claim.act})"
    some = ", ".join(places.name(code) for code in claim.origins[:3])
    more = " and others" if len(claim.origins) > len(claim.origins[:3]) else ""
    return f"it concerns goods of {some}{more} only ({claim.act})"


def _off_list(case: Case, claim: Claim) -> str:
    """That a claim is not for the line, by a list or a chapter, or empty."""
    if claim.listed and not np.any(case.reader.listed(claim, case.book)):
        return f"this line is not on the list ({claim.act})"
    if claim.not_lists and not np.any(case.kept(claim)):
        return f"this line is left out of it ({claim.act})"
    if set(case.chapters) <= set(claim.not_chapters):
        return f"goods of chapter {', '.join(case.chapters)} are left out ({claim.act})"
    return ""


def _within(case: Case, claim: Claim, known: Mapping[str, Any], reach: Reason) -> Reason:
    """Why a claim on a duty that reaches the line changes nothing."""
    granted = claim.granted_by
    if granted is not None and not any(item.state == "in force" for item in case.book.get(granted)):
        title = case.book.measures[granted].title if granted in case.book.measures else granted
        return _FORCE, f"{title}: not in force on {formatting.day(case.book.on)}"
    missed = _off_list(case, claim)
    if missed:
        return _LIST, missed
    if claim.requires and not known.get(claim.requires):
        return _NEEDS, f"it counts only where {claim.requires} is yes ({claim.act})"
    if claim.effect == "free":
        return _SAME, f"the ordinary duty is the same without it ({claim.act})"
    return reach


def _window(start: dt.date | None, end: dt.date | None, on: dt.date, act: str) -> str:
    """When a rule holds, where the day lies outside."""
    if start is not None and on < start:
        return f"the rule holds from {formatting.day(start)} ({act})"
    return f"the rule held until {formatting.day(end)} ({act})"


def _lists(case: Case, name: str) -> Iterator[Reason]:
    """Exemption lists that ask for a fact."""
    on, standing = formatting.day(case.book.on), case.chosen
    for rule in case.book.law.rules.list_claims:
        if rule.fact != name:
            continue
        if not has_entry_rules(case.importer):
            yield _IMPORTER, f"no duty of {customs.name(case.importer)} hangs on it"
            continue
        asked = [
            entry.position.measure.title
            for entry in standing
            if any(matches(item, rule.lists) for item in entry.position.scope.exclude)
        ]
        if not asked:
            origin = places.name(case.origin)
            yield _FORCE, f"no duty with such an exemption was in force on {on} for goods of {origin}"
        elif rule not in case.conditional:
            yield _LIST, f"{_short(tuple(asked))}: this line is on no list that asks for it"
        else:
            yield _SAME, f"{_short(tuple(asked))}: what is due here is the same without it"


def _other(case: Case, name: str) -> Iterator[Reason]:
    """Preferences, findings of transshipment and conditions of import bans."""
    rules = case.book.law.rules
    if rules.preference is not None and name == rules.preference.fact:
        yield _preference(case)
    if rules.transshipment is not None and name == rules.transshipment.fact:
        yield _finding(case, rules.transshipment)
    for claim in rules.claims:
        if claim.fact == name and not _taxes(case, claim):
            yield _ban(case, claim)


def _finding(case: Case, finding: Substitute) -> Reason:
    """How far a finding of transshipment comes."""
    reach = _reach(case, finding.measures)
    if reach[0] > _IMPORTER and not finding.holds(case.book.on):
        return _DAY, _window(finding.from_, finding.to, case.book.on, finding.act)
    return reach


def _ban(case: Case, claim: Claim) -> Reason:
    """How far an import ban comes that hangs on a claim."""
    bans = [
        (key, item)
        for key, item in case.book.measures.items()
        if matches(key, claim.measures) and customs.imposes(item.imposer, case.importer, case.book.on)
    ]
    if not bans:
        return _IMPORTER, f"no rule of {customs.name(case.importer)} hangs on it"
    named = _short(tuple(item.title for _, item in bans))
    if not any(
        item.state == "in force" and item.reaches(case.origin, case.book.on)
        for key, _ in bans
        for item in case.book.get(key)
    ):
        return (
            _FORCE,
            f"{named}: not in force on {formatting.day(case.book.on)} for goods of {places.name(case.origin)}",
        )
    if claim.fact not in conditional_facts(case):
        return _SCOPE, f"{named}: this line is not in scope, or whether packaged or not"
    return _SAME, f"{named}: the answer is the same without it"


def _preference(case: Case) -> Reason:
    """Why a preference changes nothing."""
    origin = places.name(case.origin)
    if not has_entry_rules(case.importer):
        return _IMPORTER, f"no preference of {customs.name(case.importer)} is held"
    if case.origin in second_column(case.book, case.importer):
        return _ORIGIN, f"goods of {origin} owe the duty of column 2"
    if bool(np.all(np.isnan(case.special))):
        return (
            _LIST,
            f"the special column of this line names no programme of {origin} on {formatting.day(case.book.on)}",
        )
    return _SAME, "the ordinary duty is the same without it"


def _share(case: Case, name: str) -> Iterator[Reason]:
    """Duties charged on a share of the value."""
    scaled = [
        (key, part)
        for key, item in case.book.measures.items()
        for part, scope in item.scope.items()
        if scope.share == name
    ]
    for key in dict.fromkeys(key for key, _ in scaled):
        yield _reach(case, (key,), tuple(part for other, part in scaled if other == key))
    yield _IMPORTER, f"no duty of {customs.name(case.importer)} hangs on it"


def _loading(case: Case, known: Mapping[str, Any], _: float | None) -> str:
    """Why loading before a change bears on nothing."""
    if case.admitted(known) is not None:
        return f"{ZONE} decides"
    days = [name for name in (LOADED_ON, FINAL_MODE_ON) if name in known]
    if days and case.transits:
        return f"{days[0]} decides"
    if known.get(LOADED) is False and case.transits:
        return _ASSUMED
    return _afloat(case)


def _loaded_on(case: Case, known: Mapping[str, Any], _: float | None) -> str:
    """Why the day of loading bears on nothing."""
    if not case.transits:
        return _afloat(case)
    if case.admitted(known) is not None:
        return f"{ZONE} decides"
    last = max(clause.loaded_before or clause.change for clause in case.transits)
    if LOADED_ON not in known:
        return "it is read together with the day of loading, and what is due is the same without it"
    if known[LOADED_ON] >= last:
        return f"loaded on {formatting.day(known[LOADED_ON])}, not before {formatting.day(last)}, when the duty changed"
    return "what was due on the day of loading is what is due without it"


def _afloat(case: Case) -> str:
    """Why no clause for goods in transit is open."""
    on = case.book.on
    mine = [clause for clause in case.book.law.rules.transit if _concerns(case, clause)]
    if not mine:
        return "no duty on this line has a rule for goods in transit"
    over = [clause for clause in mine if clause.entered_before <= on]
    if over:
        last = max(over, key=lambda clause: clause.entered_before)
        return f"the window for goods in transit closed on {formatting.day(last.entered_before)} ({last.act})"
    later = [clause for clause in mine if on < clause.change]
    if not later:
        origin = places.name(case.origin)
        return f"no duty with a rule for goods in transit is due on goods of {origin} on {formatting.day(on)}"
    first = min(later, key=lambda clause: clause.change)
    return f"the change that goods in transit are spared came later, on {formatting.day(first.change)} ({first.act})"


def _concerns(case: Case, clause: Transit) -> bool:
    """Tell whether a transit clause concerns a duty of the importer that names the origin and this line, on any day."""
    for key, item in case.book.measures.items():
        if not customs.imposes(item.imposer, case.importer, case.book.on) or not matches(
            key, clause.measures
        ):
            continue
        targets = (item.targets, *(step.targets for step in item.steps if step.targets is not None))
        named = any(
            code in {case.origin, "*"}
            or (places.is_group(code) and case.origin in places.members(code, case.book.on))
            for group in targets
            for code in group
        )
        if named and case.origin not in item.exempt_targets:
            return any(
                case.reader.read(scope, scope.exclude, case.book).any() for scope in item.scope.values()
            )
    return False


def _entry(case: Case, known: Mapping[str, Any], value: float | None) -> str:
    """Why the form of entry bears on nothing."""
    rule = case.book.law.rules.low_value
    if known[ENTRY] == FORMAL:
        return _ASSUMED
    if not has_entry_rules(case.importer):
        return f"no rule of {customs.name(case.importer)} on low value is held"
    if rule is not None and value is not None and value > rule.limit:
        return (
            f"the value is above {formatting.money(rule.limit, currency_of(case.importer), 0)} ({rule.act})"
        )
    return f"no entry free of duty for low value on {formatting.day(case.book.on)} for goods of {places.name(case.origin)}"


def _chapter(_: Case, known: Mapping[str, Any], __: float | None) -> str:
    """Why chapter 98 bears on nothing."""
    return (
        _ASSUMED
        if known[CHAPTER_98] == NOT_98
        else f"nothing is due that it would free, or {DUTIABLE} is the whole"
    )


def _dutiable(_: Case, known: Mapping[str, Any], __: float | None) -> str:
    """Why the dutiable share bears on nothing."""
    if known.get(CHAPTER_98, NOT_98) == NOT_98:
        return f"it counts only with {CHAPTER_98} 9802-repair or 9802-assembly"
    return "the duty is the same without it"


def _ordinary(_: Case, __: Mapping[str, Any], ___: float | None) -> str:
    """Why a stated ordinary duty bears on nothing."""
    return "no duty is worked out"


def _agreement(case: Case, known: Mapping[str, Any], _: float | None) -> str:
    """Why a claim under an agreement changes nothing."""
    if known[AGREEMENT] == NONE:
        return _ASSUMED
    named = [item for item in case.agreements if item.word == known[AGREEMENT]]
    if not named:
        words = ", ".join(dict.fromkeys(item.word for item in case.agreements)) or "none that is told apart"
        sides = f"{customs.name(case.importer)} and {places.name(case.origin)}"
        return f"not an agreement between {sides} on that day; those are: {words}"
    return f"{named[0].title} gives no lower rate on this good"


def _zone(case: Case, known: Mapping[str, Any], _: float | None) -> str:
    """Why a foreign-trade zone bears on nothing."""
    if not has_entry_rules(case.importer):
        return f"no rule of {customs.name(case.importer)} on zones is held"
    if known.get(ZONE) != PRIVILEGED:
        return f"it counts only with {ZONE} {PRIVILEGED}; goods of any other status owe the duty of the day of entry"
    if ADMITTED_ON not in known:
        return f"it counts only with the day of admission, {ADMITTED_ON}"
    if case.admitted(known) is None:
        return "the good was not admitted before the day of entry"
    return "what was due on the day of admission is what is due without it"


_OWN = {
    AGREEMENT: _agreement,
    LOADED: _loading,
    LOADED_ON: _loaded_on,
    FINAL_MODE_ON: _loaded_on,
    ZONE: _zone,
    ADMITTED_ON: _zone,
    ENTRY: _entry,
    CHAPTER_98: _chapter,
    DUTIABLE: _dutiable,
    ORDINARY: _ordinary,
}
