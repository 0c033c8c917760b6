"""Games as files: actions in the words of the ledger's edits, threats, punishments, elements of a deal."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
from typing import TYPE_CHECKING

from pydantic import Field

from detente.asof import Basis  # noqa: TC001  (pydantic resolves the annotations at run time)
from detente.errors import StudyError
from detente.formatting import number
from detente.ledger.files.load import read_record
from detente.manifest import DATA
from detente.policy.instrument_table import NamedAssumption  # noqa: TC001  (pydantic resolves the annotations at run time)
from detente.policy.resources import locate, names_in
from detente.policy.study import LARGEST_STUDY_BYTES, Edits, ScenarioSpec, Spec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

GAMES = DATA / "games"
VERBS = ("enact", "suspend", "resume", "end")
MOST_DEALS = 10


class OffModel(Spec):
    """What an action is worth to a side outside the model, percent of its real income: middle, least and most."""

    side: str
    pct: float
    low: float
    high: float
    why: str
    source: str


class ActionSpec(Spec):
    """
    What one player can do: edits of the ledger, and values, or named assumptions, that go with them.

    off_model: What it is worth to one side or the other outside the model, whatever the other does.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    label: str
    edits: Edits = Edits()
    assume: dict[str, float | str] = Field(default={})
    off_model: tuple[OffModel, ...] = ()

    def worth(self, side: str) -> float:
        """What the action is worth to a side outside the model, percent of its real income."""
        return sum(item.pct for item in self.off_model if item.side == side)


class Punishment(Spec):
    """What both do after a broken agreement."""

    id: str
    label: str
    profile: dict[str, str]


class ThreatSpec(Spec):
    """A threat; see `detente.games.Threat`. `measure` links it to the record of statements."""

    id: str
    by: str
    action: str
    instead: str
    refused: str
    yielded: str
    measure: str
    says: str


class Element(Spec):
    """
    An element of a deal: what holds with it, and what holds without it.

    assume, assume_without: Values, or named assumptions, that go with either, so that an element has the size here that
        the action of the game has.
    """

    id: str
    by: str
    label: str
    with_: Edits = Field(default=Edits(), alias="with")
    without: Edits = Edits()
    assume: dict[str, float | str] = Field(default={})
    assume_without: dict[str, float | str] = Field(default={})


class GameSpec(Spec):
    """
    A whole game file.

    `terms` are what the agreement makes of each side's measures, for a reader who knew the law before it was made.
    `goals` are what the players want, in the words of `--goal`; real income where it says nothing.
    `no_deal` is the scenario of the study in which no element of a deal holds, `deals_known_on` the day of knowledge that
    packages start from.
    """

    id: str
    study: str
    title: str
    players: tuple[str, str]
    on: dt.date
    known_on: dt.date | None = None
    ends: Basis = "legal"
    notes: tuple[str, ...] = ()
    assumptions: tuple[NamedAssumption, ...] = ()
    goals: dict[str, str] = Field(default={})
    terms: dict[str, Edits] = Field(default={})
    actions: dict[str, tuple[ActionSpec, ...]]
    agreement: dict[str, str]
    punishments: tuple[Punishment, ...] = ()
    periods: tuple[int, ...] = (1, 2, 4)
    threats: tuple[ThreatSpec, ...] = ()
    deals: tuple[Element, ...] = Field(default=(), max_length=MOST_DEALS)
    no_deal: str = ""
    deals_known_on: dt.date | None = None

    def scenario(self, first: ActionSpec, second: ActionSpec, *, terms: bool = False) -> ScenarioSpec:
        """Give the scenario of a pair of actions."""
        return self.edited(
            f"{first.id}--{second.id}",
            f"{first.label}; {second.label}",
            merge_edits([self.with_terms(item) if terms else item.edits for item in (first, second)]),
            {**first.assume, **second.assume},
        )

    def with_terms(self, action: ActionSpec) -> Edits:
        """The edits of an action, and the terms of its side on every measure it does not edit itself."""
        side = next((name for name, actions in self.actions.items() if action in actions), "")
        own = {text.partition(":")[0] for text in named_measures(action.edits)}
        terms = self.terms.get(side, Edits())
        kept = {
            verb: tuple(t for t in getattr(terms, verb) if t.partition(":")[0] not in own) for verb in VERBS
        }
        rates = {text: rate for text, rate in terms.set.items() if text.partition(":")[0] not in own}
        return merge_edits([Edits(**kept, set=rates), action.edits])

    def edited(
        self,
        name: str,
        label: str,
        edits: Edits,
        assume: Mapping[str, float | str],
        *,
        known_on: dt.date | None = None,
    ) -> ScenarioSpec:
        """Give the law of the game's day with some edits as a scenario."""
        own = {item.name: item.value for item in self.assumptions}
        named = {key: own[value] if isinstance(value, str) else value for key, value in assume.items()}
        if edits.mirror and edits.mirror.share in own:
            named[edits.mirror.share] = own[edits.mirror.share]
        return ScenarioSpec(
            id=name,
            label=label,
            definition=f"the ledger on {self.on} with the edits named",
            on=self.on,
            known_on=known_on or self.known_on,
            ends=self.ends,
            edits=edits,
            assume=named,
        )


def named_measures(edits: Edits) -> list[str]:
    """Every measure, or part of one, that edits name."""
    return [name for verb in VERBS for name in getattr(edits, verb)] + list(edits.set)


def merge_edits(parts: list[Edits]) -> Edits:
    """
    Put the edits of several together.

    Examples
    --------
    >>> merge_edits([Edits(end=("a",)), Edits(end=("b",))]).end
    ('a', 'b')
    """
    lists = {verb: tuple(name for part in parts for name in getattr(part, verb)) for verb in VERBS}
    quantities = {name: amount for part in parts for name, amount in part.quantity.items()}
    mirrors = [part.mirror for part in parts if part.mirror]
    rates = {name: rate for part in parts for name, rate in part.set.items()}
    named = [name for names in lists.values() for name in names] + [n for part in parts for n in part.set]
    twice = sorted({name for name in named if named.count(name) > 1})
    if len(mirrors) > 1 or twice:
        raise StudyError(
            "two actions edit one measure",
            where="game: edits",
            found=", ".join(twice) or "two mirrors",
            allowed="each measure edited once in a pair of actions",
            repair="move the edit to one of the two players",
        )
    return Edits(**lists, set=rates, quantity=quantities, mirror=mirrors[0] if mirrors else None)


def built_in_games() -> list[str]:
    """Names of the games that come with the package."""
    return names_in(GAMES)


def load_game(name_or_path: str | Path) -> GameSpec:
    """
    Read a built-in game by name, or a game file by path.

    Examples
    --------
    >>> load_game("kuala-lumpur").players
    ('USA', 'CHN')
    """
    path = locate(name_or_path, GAMES, kind="game", where="STUDY")
    spec = read_record(path, GameSpec, error=StudyError, largest=LARGEST_STUDY_BYTES)
    _check(spec, str(name_or_path))
    return spec


def _check(spec: GameSpec, where: str) -> None:
    """Every player and action that is mentioned is defined."""
    if set(spec.actions) != set(spec.players) or spec.players[0] == spec.players[1]:
        raise _undefined(f"{where}: actions", ", ".join(spec.actions), f"one list for each of {spec.players}")
    for player, actions in spec.actions.items():
        ids = [item.id for item in actions]
        if not ids or len(set(ids)) < len(ids):
            raise _undefined(
                f"{where}: actions of {player}", ", ".join(ids), "one action or more, ids once each"
            )
    _check_values(spec, where)
    _check_sides(spec, where)
    for profile in [spec.agreement, *(item.profile for item in spec.punishments)]:
        if set(profile) != set(spec.players):
            raise _undefined(f"{where}: a profile", ", ".join(profile), ", ".join(spec.players))
        for player, action in profile.items():
            _known(spec, where, player, action)
    for threat in spec.threats:
        if threat.by not in spec.players:
            raise _undefined(f"{where}: threats: {threat.id}", threat.by, ", ".join(spec.players))
        other = next(name for name in spec.players if name != threat.by)
        for player, action in (
            (threat.by, threat.action),
            (threat.by, threat.instead),
            (other, threat.refused),
            (other, threat.yielded),
        ):
            _known(spec, f"{where}: threats: {threat.id}", player, action)


def _check_values(spec: GameSpec, where: str) -> None:
    """A value in words is an assumption of the game."""
    own = [item.name for item in spec.assumptions]
    given = [
        (f"actions: {item.id}: assume", item.assume) for actions in spec.actions.values() for item in actions
    ]
    given += [(f"deals: {item.id}: assume", item.assume) for item in spec.deals]
    given += [(f"deals: {item.id}: assume_without", item.assume_without) for item in spec.deals]
    for place, values in given:
        for value in values.values():
            if isinstance(value, str) and value not in own:
                raise _undefined(f"{where}: {place}", value, ", ".join(own) or "a number")


def _check_sides(spec: GameSpec, where: str) -> None:
    """Goals and payoffs outside the model are those of players; a payoff lies in its range."""
    sides = [(f"{where}: goals", name) for name in spec.goals]
    worths = [
        (f"{where}: actions: {action.id}: off_model", item)
        for actions in spec.actions.values()
        for action in actions
        for item in action.off_model
    ]
    sides += [(place, item.side) for place, item in worths]
    for place, name in sides:
        if name not in spec.players:
            raise _undefined(place, name, ", ".join(spec.players))
    for place, item in worths:
        if not item.low <= item.pct <= item.high:
            raise StudyError(
                "a payoff outside its range",
                where=place,
                found=f"{number(item.pct)}, from {number(item.low)} to {number(item.high)}",
                allowed="low <= pct <= high, percent of the side's real income",
                repair="correct the three numbers",
            )


def _known(spec: GameSpec, where: str, player: str, action: str) -> None:
    """An action of a player is in its list."""
    ids = [item.id for item in spec.actions[player]]
    if action not in ids:
        raise _undefined(f"{where}: {player}", action, ", ".join(ids))


def _undefined(where: str, found: str, allowed: str) -> StudyError:
    return StudyError(
        "a game names something it does not define",
        where=where,
        found=found,
        allowed=allowed,
        repair="name players and actions of this file",
    )
