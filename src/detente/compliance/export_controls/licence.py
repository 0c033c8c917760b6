"""Export licences: is one needed for this item, on this day, by which test, and how would it be decided."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from detente.compliance.bearing import sort_out, untouched
from detente.compliance.day import Clause, Day, read_day
from detente.compliance.documents.common import Question
from detente.compliance.documents.licence import Finding, Licence, LicenceReading
from detente.compliance.export_controls import chip, rare_earth
from detente.compliance.export_controls.legal_test import LegalTest
from detente.compliance.facts import is_unknown
from detente.errors import InputError
from detente.geography import economies as places

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from detente.asof import AsOf, Basis
    from detente.compliance.documents.common import Assumption
    from detente.compliance.facts import Fact
    from detente.ledger import Ledger

NOT_REQUIRED, UNDECIDED = "not required", "undecided"


def licence(
    kind: str,
    *,
    origin: str,
    destination: str,
    asof: AsOf,
    ledger: Ledger,
    facts: Mapping[str, object] | None = None,
) -> Licence:
    """
    Test whether one export needs a licence.

    Examples
    --------
    >>> from detente.asof import AsOf
    >>> from detente.ledger import open_ledger
    >>> facts = {"item": "magnet", "elements": "Dy", "form": "magnet", "content_share": 0.002}
    >>> asked = {"asof": AsOf.of("2025-12-15"), "ledger": open_ledger()}
    >>> licence("rare-earth", origin="JPN", destination="USA", facts=facts, **asked).required
    False
    """
    if kind not in _KINDS:
        raise InputError(
            "no licence of this kind is covered",
            where="licence",
            found=kind[:40],
            allowed=", ".join(sorted(_KINDS)),
            repair="choose one of them",
        )
    day = read_day(asof.statutory(), ledger)
    start = places.resolve(origin, where="origin")
    end = places.resolve(destination, where="destination")

    given = {str(name).replace("-", "_"): value for name, value in (facts or {}).items()}

    def decided(one: Day, stated: Mapping[str, object]) -> Licence:
        return _decide(one, (kind, start, end), *_KINDS[kind].tests(one, start, end, stated))

    found = decided(day, given)
    known = {name: value for name, value in given.items() if not is_unknown(value)}
    used, idle = sort_out(known, found, lambda fewer: decided(day, fewer))
    return dataclasses.replace(
        found,
        facts_used=used,
        facts_without_effect=tuple(untouched(name, _KINDS[kind].facts, found.why) for name in idle),
        readings=day.readings(lambda basis, one: _numbers(basis, decided(one, given))),
    )


@dataclasses.dataclass(frozen=True)
class _Kind:
    """One kind of licence: the first measure of its controls, the facts it knows, the tests that decide."""

    first: str
    facts: Mapping[str, Fact]
    tests: Callable[[Day, str, str, Mapping[str, object]], tuple[list[LegalTest], tuple[Assumption, ...]]]


_KINDS: Final = {
    "chip": _Kind(chip.FIRST, chip.FACTS, chip.chip_tests),
    "rare-earth": _Kind(rare_earth.SEVEN, rare_earth.FACTS, rare_earth.rare_earth_tests),
}


def controller(kind: str, ledger: Ledger) -> str:
    """Who imposes the controls of one kind: the imposer of its first measure in the ledger."""
    measure = ledger.measures.get(_KINDS[kind].first) if kind in _KINDS else None
    return measure.imposer if measure is not None else ledger.home


def _numbers(basis: Basis, found: Licence) -> LicenceReading:
    """The main numbers of one reading."""
    return LicenceReading(
        basis=basis,
        required=found.required,
        decision=found.decision,
        test=found.test,
        suspended=found.suspended,
    )


def _decide(
    day: Day, about: tuple[str, str, str], tests: list[LegalTest], assumptions: tuple[Assumption, ...]
) -> Licence:
    """Take the test that decides: the strictest that is met and binds, else one left open, else the nearest."""
    binding = sorted((t for t in tests if t.met and t.binds), key=lambda t: _RANK.get(t.policy, 1))
    open_ = [t for t in tests if t.met is None and t.binds]
    idle = [t for t in tests if t.met and not t.binds]
    live = [t for t in tests if t.binds]
    chosen = (binding or open_ or idle or live or tests or [_NOTHING])[0]
    required: bool | None = True if binding else (None if open_ else False)
    if binding and all(t.policy == "exempt" for t in binding):
        required = False
    decision = chosen.policy if binding else (UNDECIDED if open_ else NOT_REQUIRED)
    asked = tuple(q for t in tests if t.binds and (not t.met or t is chosen) for q in t.questions)
    questions = () if binding and chosen.policy in _FIRM else asked
    reported = [t for t in tests if t.met and t.clause is not None and t.clause.suspended == "reported"]
    if reported:
        effect = "no licence required" if day.ends == "legal" else "a licence is required"
        questions += (
            Question(
                "suspension",
                "its extension was announced; no notice was seen",
                f"{effect} if read the other way",
            ),
        )
    return Licence(
        **day.said(),
        readings=(),
        kind=about[0],
        origin=about[1],
        destination=about[2],
        required=required,
        decision=decision,
        test=chosen.name,
        legal_text=_act(chosen),
        why=chosen.why,
        in_force={f"{t.clause.id}/{t.clause.position.part}": _state(t.clause) for t in tests if t.clause},
        suspended=chosen.clause.suspended if chosen.clause is not None else False,
        path=chosen.path,
        tests=tuple(_shown(t) for t in tests),
        questions=tuple({q.fact: q for q in reversed(questions)}.values())[::-1],
        assumptions=assumptions,
        warnings=tuple(text for text in (day.beyond_sources(),) if text),
        sources=tuple(dict.fromkeys(s for t in tests if t.clause is not None for s in t.clause.sources)),
        facts_used=(),
        facts_without_effect=(),
    )


_NOTHING = LegalTest("no test", None, met=False, why="no control reaches this export")
_RANK = {
    "deny": 0,
    "presumption of denial": 0,
    "": 1,
    "case by case": 1,
    "notice": 2,
    "approve": 3,
    "exempt": -1,
}
_FIRM = frozenset({"deny", "presumption of denial"})


def _act(test: LegalTest) -> str:
    """Name the legal text of a test."""
    if test.clause is None:
        return ""
    step = test.clause.position.step
    return step.act if step is not None else ", ".join(test.clause.position.measure.authority)


def _state(clause: Clause) -> str:
    """Say how a clause stands, and whether a report says otherwise."""
    extra = "; suspended as reported" if clause.suspended == "reported" and clause.in_force else ""
    return f"{clause.position.state}{extra}"


def _shown(test: LegalTest) -> Finding:
    """Show a test."""
    return Finding(
        test=test.name,
        measure=test.clause.id if test.clause is not None else "",
        part=test.clause.position.part if test.clause is not None else "",
        met=test.met,
        state=_state(test.clause) if test.clause is not None else "not held",
        why=test.why,
        path=test.path,
        act=_act(test),
    )
