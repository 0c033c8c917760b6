"""One shipment as the kernel sees it: one or a few candidate lines, the positions that concern it, its facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.compliance.customs.agreements import AGREEMENT, claimed, lowest
from detente.compliance.customs.duty_facts import (
    ADMITTED_ON,
    CHAPTER_98,
    DUTIABLE,
    FINAL_MODE_ON,
    LOADED,
    LOADED_ON,
    NOT_98,
    PRIVILEGED,
    RETURNED,
    ZONE,
)
from detente.duties import (
    Assumptions,
    Chosen,
    LineTable,
    Reader,
    Stack,
    active_claims,
    conditional,
    duties_on,
    freed_by,
    in_force,
    matches,
)
from detente.duties.layers import stack
from detente.duties.scope import listed, match_length

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detente.duties import Claim, ListClaim, Transit
    from detente.duties.layers import Facts
    from detente.ledger import Book, Ledger, Position
    from detente.schedules.provider import Preference

ONE_DAY = dt.timedelta(days=1)
_TAKES_OFF = frozenset({"remove", "free", "needs"})


@dataclass(frozen=True)
class Case:
    """
    A shipment.

    book: What is on the books on the day of entry.
    importer, origin: ISO alpha-3.
    table: Candidate lines: one, unless the code is shorter than the schedule's.
    special: Ordinary duty of each line if a preference of the special column is claimed, NaN where there is none.
    ledger: The ledger asked: goods in transit ask about earlier days.
    agreements: What each agreement that the schedule tells apart gives on the lines.
    """

    book: Book
    importer: str
    origin: str
    table: LineTable
    special: NDArray[np.float64]
    ledger: Ledger
    agreements: tuple[Preference, ...] = ()

    @cached_property
    def reader(self) -> Reader:
        """Reads scopes; contents and claims are facts of the case, not estimates."""
        memory = self.ledger.read_of((self.importer, *self.table.codes.tolist()))
        return Reader(self.table, self.book.recall("assumptions", self._assumptions), memory)

    def _assumptions(self) -> Assumptions:
        """Judgements as they were known."""
        return Assumptions(self.book.law.assumptions)

    @cached_property
    def chosen(self) -> tuple[Chosen, ...]:
        """Positions that concern the origin."""
        return duties_on(self.book, self.importer, self.origin)

    @cached_property
    def freeing(self) -> Claim | None:
        """The claim that can free the goods from duty."""
        return freed_by(self.book, self.importer, self.origin)

    @cached_property
    def _covers(self) -> dict[tuple[object, ...], NDArray[np.float64]]:
        """What positions reach, by the object (see `_conditions`) and the answers their exemption lists turn on."""
        return {}

    def cover(self, position: Position, facts: Facts) -> NDArray[np.float64]:
        """Share of the value of each candidate line in a position's scope, shape (P,)."""
        asked = self._asked(position)
        key = (id(position), *(facts.get(rule.id, facts.get(rule.fact, rule.default)) for rule in asked))
        if key not in self._covers:
            self._covers[key] = self.reader.cover(position, self.book, facts)
        return self._covers[key]

    def _asked(self, position: Position) -> tuple[ListClaim, ...]:
        """Conditions on which exemption lists of a position hang."""
        key = id(position)
        if key not in self._conditions:
            found = conditional(position.scope, self.book)
            self._conditions[key] = (position, tuple(rule for rule, _ in found))
        return self._conditions[key][1]

    @cached_property
    def _conditions(self) -> dict[int, tuple[Position, tuple[ListClaim, ...]]]:
        """Conditions of positions, by the object, which is kept with them."""
        return {}

    @cached_property
    def reaching(self) -> tuple[Chosen, ...]:
        """Positions whose scope holds at least one candidate line."""
        return self.reader.reaching(self.chosen, self.book, (self.importer, self.origin))

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Ids of the measures that reach a candidate line."""
        return tuple(dict.fromkeys(entry.position.measure.id for entry in self.reaching))

    @cached_property
    def chapters(self) -> tuple[str, ...]:
        """Chapters of the candidate lines."""
        return tuple(sorted({code[:2] for code in self.table.codes.tolist()}))

    @property
    def contents(self) -> tuple[str, ...]:
        """Names of content shares that measures reaching the good scale with."""
        return tuple(
            dict.fromkeys(entry.position.scope.share for entry in self.reaching if entry.position.scope.share)
        )

    def position(self, measure: str, part: str) -> Position:
        """The position behind a layer: the one whose targets name the origin most closely."""
        found = [
            entry
            for entry in self.reaching
            if (entry.position.measure.id, entry.position.part) == (measure, part)
        ]
        return max(found, key=lambda entry: entry.closeness).position

    def claim_against(self, measure: str, facts: Mapping[str, Any]) -> Claim | None:
        """The claim that takes a measure off these goods; None where nothing does."""
        able = self.book.recall(("claims against", measure, self.origin), lambda: self._against(measure))
        located = self.located(facts) if able else facts
        for claim in able:
            holds = bool(in_force(claim, located).any())
            if holds != (claim.effect == "needs"):
                return claim
        return None

    def _against(self, measure: str) -> tuple[Claim, ...]:
        """Claims of the day that can take a measure off goods of the origin."""
        return tuple(
            claim
            for claim in active_claims(self.book)
            if claim.effect in _TAKES_OFF and claim.reaches(measure, self.origin)
        )

    @cached_property
    def conditional(self) -> tuple[ListClaim, ...]:
        """Conditions of exemption lists that hold a candidate line: each changes the duty if its fact changes."""
        found = []
        asked = {id(entry): {rule.fact for rule in self._asked(entry.position)} for entry in self.reaching}
        named = set().union(*asked.values())
        for rule in self.book.law.rules.list_claims:
            if rule.fact not in named:
                continue
            others = [other.fact for other in self.book.law.rules.list_claims if other.fact != rule.fact]
            if any(
                self._turns_on(rule.fact, entry, dict.fromkeys(others, value))
                for entry in self.reaching
                if rule.fact in asked[id(entry)]
                for value in (False, True)
            ):
                found.append(rule)
        return tuple(found)

    def _turns_on(self, fact: str, entry: Chosen, others: dict[str, bool]) -> bool:
        """Tell whether a fact changes what a position reaches, the facts of other lists being as given."""
        wide = self.cover(entry.position, {**others, fact: False})
        narrow = self.cover(entry.position, {**others, fact: True})
        return bool((wide != narrow).any())

    @cached_property
    def listed(self) -> tuple[str, ...]:
        """Ids of the claims on whose lists a candidate line stands."""
        return tuple(claim.id for claim, lines in self._by_list if np.any(lines))

    @cached_property
    def _by_list(self) -> tuple[tuple[Claim, NDArray[np.float64] | float], ...]:
        """Claims that ask for listed goods, each with the lines on its list."""
        claims = self.book.recall(
            "listed claims", lambda: tuple(claim for claim in self.book.law.rules.claims if claim.listed)
        )
        return tuple((claim, self.reader.listed(claim, self.book)) for claim in claims)

    def located(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """
        Facts with each claim that asks for listed goods held to the lines on its list.

        The same; by id of such a claim the lines for which it holds, and of one that countries decide whether it does.
        """
        never, some = self._on_lists
        shown, narrowed = self._special
        held: dict[str, Any] = {claim.id: _shown(claim, facts) for claim in shown}
        held |= {**never, **{claim.id: in_force(claim, facts) * lines for claim, lines in some}}
        for claim, lines in narrowed:
            held[claim.id] = held.get(claim.id, in_force(claim, facts)) * lines
        return {**facts, **held}

    @cached_property
    def _special(self) -> tuple[tuple[Claim, ...], tuple[tuple[Claim, NDArray[np.float64]], ...]]:
        """Claims of the day that countries can decide; those that leave lines out, with the lines they keep."""
        active = active_claims(self.book)
        shown = tuple(claim for claim in active if claim.shown_by)
        return shown, tuple((claim, self.kept(claim)) for claim in active if claim.not_lists)

    @cached_property
    def _on_lists(
        self,
    ) -> tuple[dict[str, NDArray[np.float64]], tuple[tuple[Claim, NDArray[np.float64] | float], ...]]:
        """Claims of the day that ask for listed goods: those on whose lists no line stands, and the others with theirs."""
        standing = {id(claim) for claim in active_claims(self.book)}
        mine = [item for item in self._by_list if id(item[0]) in standing]
        none = np.zeros(self.table.codes.shape)
        return (
            {claim.id: none for claim, lines in mine if not np.any(lines)},
            tuple((claim, lines) for claim, lines in mine if np.any(lines)),
        )

    def kept(self, claim: Claim) -> NDArray[np.float64]:
        """Candidate lines that a claim does not leave out: 1 outside its `not_lists`, else 0, shape (P,)."""
        inside = np.zeros(self.table.codes.shape)
        for name in claim.not_lists:
            codes = listed(self.book.law.lists[name], self.book.on)
            inside = np.maximum(inside, match_length(self.table.codes, codes) > 0)
        return 1.0 - inside

    def stacked(
        self, facts: Mapping[str, Any], base: NDArray[np.float64]
    ) -> tuple[Stack, NDArray[np.float64]]:
        """
        Stack the duties under some facts.

        `base`: ordinary duty of each candidate line before any preference, shape (P,). The layers, and the ordinary
        duty left.
        """
        held = self.held(facts)
        facts = self.located(facts)
        rules = self.book.law.rules
        free = self.freeing is not None and bool(in_force(self.freeing, facts).any())
        left = np.zeros(base.shape) if free else base
        if rules.preference and not free:
            given = self._given(facts, rules.preference.fact)
            left = base if given is None else np.where(np.isnan(given), base, np.minimum(given, base))
        stacked = stack(
            self.book,
            self.importer,
            self.origin,
            reach=self.cover,
            facts=facts,
            base=left,
            chosen=held.reaching,
        )
        part = dutiable(facts)
        if part < 1.0:
            stacked = replace(
                stacked, shares=stacked.shares * part, contributions=stacked.contributions * part
            )
        return stacked, left * part

    def _given(self, facts: Mapping[str, Any], preference: str) -> NDArray[np.float64] | None:
        """Preferential rate of each line under what is claimed, NaN without one; None where nothing is."""
        if facts.get(AGREEMENT) is not None:
            return lowest(claimed(self, facts, preference), self.special.size)
        return self.special if facts.get(preference) else None

    @cached_property
    def transits(self) -> tuple[Transit, ...]:
        """Clauses for goods in transit that are still open on the day and concern these goods, the first change first."""
        found = (
            clause
            for clause in self.book.law.rules.transit
            if clause.change <= self.book.on < clause.entered_before
            and any(matches(measure, clause.measures) for measure in self.measures)
        )
        return tuple(sorted(found, key=lambda clause: clause.change))

    def loaded(self, facts: Mapping[str, Any]) -> tuple[Transit, ...]:
        """Open clauses before whose change the good was loaded and on its final mode, the first change first."""
        days = [facts[name] for name in (LOADED_ON, FINAL_MODE_ON) if name in facts]
        if not days:
            return self.transits if facts.get(LOADED) else ()
        return tuple(
            clause
            for clause in self.transits
            if (min(days) if clause.either else max(days)) < (clause.loaded_before or clause.change)
        )

    def held(self, facts: Mapping[str, Any]) -> Case:
        """The case with the duties of goods in transit, or in a zone, as they stood on the day that counts for them."""
        admitted = self.admitted(facts)
        return self.afloat(self.loaded(facts)) if admitted is None else self._in_zone(admitted)

    def admitted(self, facts: Mapping[str, Any]) -> dt.date | None:
        """The day of admission to a zone under privileged foreign status, where it lies before the entry."""
        day = facts.get(ADMITTED_ON) if facts.get(ZONE) == PRIVILEGED else None
        return day if day is not None and day < self.book.on else None

    def law_day(self, measure: str, part: str, facts: Mapping[str, Any]) -> dt.date:
        """The day whose duty counts: of entry, of admission to a zone, or before the change spared to goods in transit."""
        admitted = self.admitted(facts)
        if admitted is not None:
            return admitted if self._by_admission(measure, part) else self.book.on
        mine = (clause for clause in self.loaded(facts) if matches(measure, clause.measures))
        return min((clause.change - ONE_DAY for clause in mine), default=self.book.on)

    def shaping(self, measure: str, part: str, facts: Mapping[str, Any]) -> tuple[Claim, ...]:
        """Claims that leave a duty in place but change its rate, its base, or whose rate it is."""
        located = self.located(facts)
        return tuple(
            claim
            for claim in active_claims(self.book)
            if claim.effect in {"rate", "rest", "general"}
            and claim.reaches(measure, self.origin, part)
            and not (claim.requires and not facts.get(claim.requires))
            and bool(in_force(claim, located).any()) == (claim.effect != "general")
        )

    def code_outside(self, row: int) -> bool:
        """Whether a candidate line is of a chapter that duties on all goods leave out."""
        return str(self.table.codes[row])[:2] in self.book.law.rules.outside

    @cached_property
    def _carried(self) -> dict[tuple[Transit, ...], Case]:
        """Cases with transit clauses already worked out."""
        return {(): self}

    def afloat(self, clauses: tuple[Transit, ...]) -> Case:
        """
        The case with the measures of transit clauses as they stood the day before the change.

        Itself without clauses.
        """
        if clauses not in self._carried:
            self._carried[clauses] = self._before(clauses)
        return self._carried[clauses]

    def _before(self, clauses: tuple[Transit, ...]) -> Case:
        """The case with measures as they stood before the first of their changes."""
        positions = list(self.book.positions)
        for clause in reversed(clauses):
            earlier = self.ledger.kept(self.book.asof.on(clause.change - ONE_DAY))
            positions = [item for item in positions if not matches(item.measure.id, clause.measures)]
            positions += [item for item in earlier.positions if matches(item.measure.id, clause.measures)]
        return replace(self, book=replace(self.book, positions=tuple(positions)))

    def _by_admission(self, measure: str, part: str) -> bool:
        """Whether goods in a zone owe a duty as it stood on the day of admission; of entry where no rule says so."""
        named = (
            rule.duty_of
            for rule in self.book.law.rules.zones
            if matches(measure, rule.measures) and (not rule.parts or part in rule.parts)
        )
        return next(named, "entry") == "admission"

    def _in_zone(self, admitted: dt.date) -> Case:
        """The case with duties as they stood on the day of admission to a zone, but for those of the day of entry."""
        earlier = self.ledger.kept(self.book.asof.on(admitted))
        positions = [
            item
            for book, wanted in ((self.book, False), (earlier, True))
            for item in book.positions
            if self._by_admission(item.measure.id, item.part) is wanted
        ]
        return replace(self, book=replace(self.book, positions=tuple(positions)))


def _shown(claim: Claim, facts: Mapping[str, Any]) -> float:
    """Whether a claim that countries can decide holds: as they do where facts name them, else as its own fact says."""
    decided = claim.shown(facts)
    return float(bool(facts.get(claim.fact, claim.default)) if decided is None else decided)


def dutiable(facts: Mapping[str, Any]) -> float:
    """
    Share of the value that bears duty under chapter 98.

    0 for US goods returned, the stated share for repair and assembly abroad, else 1.
    """
    kind = facts.get(CHAPTER_98, NOT_98)
    if kind == RETURNED:
        return 0.0
    return 1.0 if kind == NOT_98 else float(facts.get(DUTIABLE, 1.0))
