"""Restricted-party screening: a name against list files, and the ownership rules above it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from detente.compliance.day import Day, read_day
from detente.compliance.documents.common import Question
from detente.compliance.documents.screening import (
    Match,
    RuleResult,
    Screening,
    ScreeningReading,
    Searched,
    Step,
)
from detente.compliance.screening.graph import Graph, read_graph
from detente.compliance.screening.ledger_parties import ledger_parties, standing
from detente.compliance.screening.lists import SAMPLE, PartyList, read_lists
from detente.compliance.screening.match import ALIKE, Hit, Index
from detente.compliance.screening.names import tokens
from detente.compliance.screening.ownership import Reach, reach
from detente.compliance.screening.rules import OwnershipRule, list_kind, ownership_rules
from detente.compliance.screening.screening import by_name, by_rules, worst
from detente.formatting import count
from detente.ledger import open_ledger

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pandas as pd

    from detente.asof import AsOf, Basis
    from detente.ledger import Ledger

NO_LIST = "no current list loaded"
STALE_DAYS = 30
"""A list whose newest entry is older than this on the day asked clears nobody."""
MOST_KEPT = 4
"""Lists kept indexed."""
MOST_FUZZY = 500
"""Nearest owners above a party that are compared by likeness; those further up by the same words only."""


class Screener:
    """
    A list and the names the ledger holds, indexed once, asked many times.

    listed: The list. Without one, or with the sample shipped for tests, only the ledger's names are searched and nobody
        is cleared.
    least: Least score reported.
    ledger: The ledger whose names are searched; the built-in one if None.

    Examples
    --------
    >>> from detente.asof import AsOf
    >>> Screener().screen_names(["Hanwha Shipping LLC"], day=read_day(AsOf.of("2025-10-15"), open_ledger()))[0].status
    'restricted'
    """

    def __init__(
        self, listed: PartyList | None = None, *, least: float = ALIKE, ledger: Ledger | None = None
    ) -> None:
        self.listed = listed if listed is not None and not listed.sample else None
        own = ledger_parties(ledger if ledger is not None else open_ledger())
        files = self.listed.parties if self.listed is not None else ()
        self.parties = (*files, *own)
        sent = self.listed.files if self.listed else ()
        self.searched = Searched(files=sent, parties=len(files), ledger=len(own))
        self.index = Index(self.parties)
        self._least = least

    def screen_names(
        self, names: Sequence[str], *, day: Day, owners: Path | str | pd.DataFrame | None = None
    ) -> list[Screening]:
        """Screen names on a day. Gives one a name, in order."""
        graph = read_graph(owners, on=day.on) if owners is not None else None
        rules = ownership_rules(day)
        hits = self.index.search(names, least=self._least)
        return [self._one(n, h, day, rules, graph) for n, h in zip(names, hits, strict=True)]

    def _one(
        self, name: str, hits: list[Hit], day: Day, rules: dict[str, OwnershipRule], graph: Graph | None
    ) -> Screening:
        """Put the parts of one answer together."""
        matches = tuple(match for hit in hits if (match := self._match(hit, day)) is not None)
        found, path, warnings = self._owned(name, rules, graph, day.on)
        status = worst(by_name(matches), by_rules(found))
        age = _age(self.listed, day.on)
        flagged = any(r.exposed or r.possible or r.caught for r in found) and status != "restricted"
        if status == "clear" and (self.listed is None or age.stale):
            status = "review"
        refused = NO_LIST if self.listed is None else ""
        said = _searched(self.searched) if refused else ""
        return Screening(
            status=status,
            **day.said(),
            readings=(),
            name=name,
            matches=matches,
            path=path,
            rules=found,
            red_flag=flagged,
            evidence_date=graph.evidence if graph is not None else None,
            list_date=self.listed.newest if self.listed is not None else None,
            sample=self.listed is None,
            banner=_banner(day.on) if refused else "",
            questions=_questions(rules, graph, warnings),
            warnings=tuple(t for t in (said, age.text, *warnings, day.beyond_sources()) if t),
            sources=tuple(dict.fromkeys([m.list for m in matches] + [r.source for r in found])),
            refused=refused,
            searched=self.searched,
        )

    def _match(self, hit: Hit, day: Day) -> Match | None:
        """Describe a hit; None where the measure that lists the party was not yet known of."""
        party = self.parties[hit.party]
        stands = standing(party, day)
        if not stands.known:
            return None
        return Match(
            name=party.name,
            alias=hit.alias,
            list=party.list,
            score=hit.score,
            why="; ".join(text for text in (hit.why, stands.why) if text),
            number=party.number,
            programs=party.programs,
            policy=party.policy,
            listed=stands.listed,
        )

    def _owned(
        self, name: str, rules: dict[str, OwnershipRule], graph: Graph | None, on: dt.date
    ) -> tuple[tuple[RuleResult, ...], tuple[Step, ...], tuple[str, ...]]:
        """Apply each ownership rule to the links above a party."""
        if graph is None:
            return (), (), ()
        node = _find(graph, name)
        if node is None:
            return (), (), ("the party is in no ownership link; its owners are not known",)
        nearest = graph.upstream(node)
        above = graph.part(nearest)
        here = above.at(graph.names[node])
        seeds, doubtful = self._seeds([graph.names[at] for at in nearest[1:]], on)
        results: list[RuleResult] = []
        path: tuple[Step, ...] = ()
        for rule in rules.values():
            if rule.threshold is None:
                continue
            sure, maybe = seeds.get(rule.rule, {}), doubtful.get(rule.rule, {})
            if not sure and not maybe:
                continue
            result, links = self._test(rule, above, here or 0, sure, maybe)
            better = result.caught and result.in_force
            path = links if better or not path else path
            results.append(result)
        far = len(nearest) - 1 - MOST_FUZZY
        note = (f"{count(far)} owners further up were compared by the same words only",) if far > 0 else ()
        return tuple(results), path, graph.warnings + note

    def _test(
        self, rule: OwnershipRule, above: Graph, node: int, sure: dict[str, int], maybe: dict[str, int]
    ) -> tuple[RuleResult, tuple[Step, ...]]:
        """Apply one rule: with the owners surely listed, and with those that look listed as well."""
        threshold = rule.threshold if rule.threshold is not None else 1.0
        certain = reach(above, sure, threshold=threshold, more_than=rule.more_than)
        wide = certain
        if maybe:
            wide = reach(above, [*sure, *maybe], threshold=threshold, more_than=rule.more_than)
        shown: Reach = certain if certain.status(node) != "clear" else wide
        path = shown.path(node)
        tops = {step.owner for step in path} & {*sure, *maybe}
        owners = sorted(tops)
        parties = [self.parties[{**maybe, **sure}[owner]] for owner in owners]
        result = RuleResult(
            rule=rule.rule,
            measure=rule.measure,
            in_force=rule.in_force,
            suspended=rule.suspended,
            caught=certain.certain[node],
            possible=wide.possible[node],
            exposed=wide.exposed[node],
            held=shown.total(node),
            owners=tuple(f"{p.name} ({list_kind(p.list).short})" for p in parties),
            policy=_strictest([p.policy for p in parties]),
            source=rule.source,
        )
        return result, path

    def _seeds(
        self, names: list[str], on: dt.date
    ) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
        """Find the listed parties among the owners, nearest first, by rule: surely listed, and alike."""
        sure: dict[str, dict[str, int]] = {}
        for name, parties in self.index.exact(names).items():
            self._sort(sure, name, parties, on)
        named = {name for group in sure.values() for name in group}
        rest = [name for name in names[:MOST_FUZZY] if name not in named and tokens(name)]
        doubtful: dict[str, dict[str, int]] = {}
        for name, hits in zip(rest, self.index.search(rest, least=self._least), strict=True):
            self._sort(doubtful, name, [hit.party for hit in hits], on)
        return sure, doubtful

    def _sort(self, groups: dict[str, dict[str, int]], name: str, parties: list[int], on: dt.date) -> None:
        """Put a listed owner under the rules of its lists."""
        for at in parties:
            party = self.parties[at]
            rule = list_kind(party.list).rule
            if rule and party.listed_on(on):
                groups.setdefault(rule, {}).setdefault(name, at)


def _find(graph: Graph, name: str) -> int | None:
    """Find a party among the links, by its exact name or the same tokens."""
    at = graph.at(name.strip())
    if at is not None:
        return at
    wanted = sorted(tokens(name))
    return next((at for at, other in enumerate(graph.names) if sorted(tokens(other)) == wanted), None)


def _strictest(policies: list[str]) -> str:
    """Take the most restrictive licence policy among the owners: denial before anything else."""
    given = [policy for policy in policies if policy]
    denial = [policy for policy in given if "denial" in policy.lower()]
    return (denial or given or [""])[0]


def _searched(searched: Searched) -> str:
    """Say that nobody was screened, and what was searched all the same."""
    return (
        f"{NO_LIST}: only the {count(searched.ledger)} entries that the ledger itself holds were searched;"
        " give the full Consolidated Screening List (`detente screen NAME --list FILE`)"
    )


def _banner(on: dt.date) -> str:
    """Say first that the list shipped for tests answers nothing, and how old it is."""
    test = read_lists()
    newest = test.newest or on
    return (
        f"TEST LIST: {count(len(test.parties))} parties, newest entry {newest}, {count((on - newest).days)} days before"
        f" {on}. It is not searched: {NO_LIST}."
    )


@dataclasses.dataclass(frozen=True)
class _Age:
    """How old a list is on a day, and whether that is too old to clear anybody."""

    text: str = ""
    stale: bool = False


def _age(listed: PartyList | None, on: dt.date) -> _Age:
    """Say how old the newest entry is."""
    if listed is None:
        return _Age()
    if listed.newest is None:
        return _Age("the list gives no dates: its age is not known, and nobody is clear by it", stale=True)
    days = (on - listed.newest).days
    stale = days > STALE_DAYS
    age = f"newest entry of the list: {listed.newest}, {count(days)} days before {on}"
    return _Age(f"{age}; older than {STALE_DAYS} days, so nobody is clear by it" if stale else age, stale)


def _questions(
    rules: dict[str, OwnershipRule], graph: Graph | None, warnings: tuple[str, ...]
) -> tuple[Question, ...]:
    """Ask for the owners where they are not known."""
    if graph is not None and not any("not known" in text for text in warnings):
        return ()
    binding = ", ".join(rule.rule for rule in rules.values() if rule.in_force) or "none"
    effect = f"restricted if listed parties hold enough of it (rules in force: {binding})"
    return (Question("owners", "ownership rules extend lists to firms that listed parties own", effect),)


class _Screeners:
    """The last few lists, indexed; a changed file has another time stamp, an edited ledger another hash."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], Screener] = {}

    def of(self, paths: tuple[Path, ...], least: float, ledger: Ledger) -> Screener:
        """Index some lists, or find them indexed."""
        stamps = tuple((str(path), path.stat().st_mtime_ns if path.is_file() else 0) for path in paths)
        key = (stamps, least, ledger.hash)
        if key not in self._kept:
            while len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = Screener(read_lists(*paths) if paths else None, least=least, ledger=ledger)
        return self._kept[key]


_SCREENERS = _Screeners()


def screen(
    name: str,
    *,
    asof: AsOf,
    ledger: Ledger,
    owners: Path | str | pd.DataFrame | None = None,
    lists: Sequence[Path | str] = (),
    least: float = ALIKE,
) -> Screening:
    """
    Screen one name on one day.

    Examples
    --------
    >>> from detente.asof import AsOf
    >>> from detente.ledger import open_ledger
    >>> screen("An unlisted bakery", asof=AsOf.of("2025-10-15"), ledger=open_ledger()).status
    'review'

    15 CFR 744.11(a)(1) as amended by 90 FR 47201 and stayed by 90 FR 50857.
    """
    day = read_day(asof.statutory(), ledger)
    paths = tuple(Path(path) for path in lists)
    own = tuple(path for path in paths if path.resolve() != SAMPLE.resolve())
    return screen_on(_SCREENERS.of(own, least, day.ledger), name, day, owners)


def screen_on(
    screener: Screener, name: str, day: Day, owners: Path | str | pd.DataFrame | None = None
) -> Screening:
    """Screen one name on a day; after the last day the sources cover, under both readings."""

    def screened(one: Day) -> Screening:
        return screener.screen_names([name], day=one, owners=owners)[0]

    readings = day.readings(lambda basis, one: _numbers(basis, screened(one), one))
    return dataclasses.replace(screened(day), readings=readings)


def _numbers(basis: Basis, found: Screening, day: Day) -> ScreeningReading:
    """The main numbers of one reading: the status, and which ownership rules bind."""
    binding = tuple(name for name, rule in ownership_rules(day).items() if rule.in_force)
    return ScreeningReading(basis=basis, status=found.status, ownership_rules_in_force=binding)
