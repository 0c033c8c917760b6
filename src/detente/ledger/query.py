"""From the records of a measure to its positions on a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from detente.geography.economies import is_group, members
from detente.ledger.history import FOREVER, Amendment, History, Ranked, started
from detente.ledger.records.rules import EVERYONE
from detente.ledger.snapshots import Position, State

if TYPE_CHECKING:
    import datetime as dt

    from detente.asof import AsOf
    from detente.ledger.records.schema import Measure, Step, Suspension

# Digits to which a rate less its suspended points is rounded: 0.34 - 0.24 is 0.10, not 0.10000000000000003.
DIGITS: Final = 10
ECONOMY, GROUP, ALL = 0, 1, 2


@dataclass(frozen=True)
class _Chain:
    """Where one chain of steps stands on the day."""

    targets: tuple[str, ...]
    steps: list[Ranked[Step]]
    current: Ranked[Step] | None
    ended: dt.date | None
    coming: Step | None

    @property
    def shown(self) -> Step:
        """The step that counts: the current one, else the next, else the first."""
        return self.current[1] if self.current else self.coming or self.steps[0][1]

    @property
    def edited(self) -> bool:
        """Whether an edit put the current step there."""
        return self.current is not None and self.current[0][0] == FOREVER

    @property
    def alive(self) -> bool:
        """Whether a step bears on the day."""
        return self.current is not None and self.ended is None


def positions_of(measure: Measure, asof: AsOf, amendment: Amendment | None = None) -> tuple[Position, ...]:
    """Positions of one measure, one per part and set of targets; none if nobody had announced it by then."""
    history = History(measure, asof, amendment or Amendment())
    if not history.known:
        return ()
    found: list[Position] = []
    for part in measure.scope:
        chains = [_stand(history, targets, steps) for targets, steps in history.chains(part).items()]
        shares = _precedence([chain for chain in chains if chain.alive], asof.day)
        for place, chain in enumerate(chains):
            position = _position(history, part, chain, shares.get(chain.targets))
            if position is not None and not _repeats(position, chains, place):
                found.append(position)
    return tuple(found) or _without_steps(history)


def _stand(history: History, targets: tuple[str, ...], steps: list[Ranked[Step]]) -> _Chain:
    """Find the current step of a chain, whether it is over, and the one that comes next."""
    asof = history.asof
    standing = [item for item in steps if not history.cut(item)]
    begun = [item for item in standing if started(item[1], asof)]
    coming = [step for _, step in standing if not started(step, asof)]
    current = begun[-1] if begun else None
    ended = history.end_of(current) if current else None
    if not standing:
        ended = history.ended(steps[0][1].part)
    return _Chain(targets, steps, current, ended, coming[0] if coming else None)


def _repeats(position: Position, chains: list[_Chain], place: int) -> bool:
    """Whether an ended chain only repeats what a later or living chain of the same targets says."""
    if position.state != "ended":
        return False
    mine = set(position.targets)
    return any(
        mine <= set(chain.targets) and (chain.alive or other > place) and other != place
        for other, chain in enumerate(chains)
        if chain.current is not None
    )


@dataclass(frozen=True)
class _Reach:
    """Whom targets reach: how narrowly each economy is named, and whether everyone is meant."""

    levels: dict[str, int]
    everyone: bool

    def level(self, economy: str) -> int | None:
        """The narrowest way in which an economy is reached."""
        return self.levels.get(economy, ALL if self.everyone else None)


def _reach(targets: tuple[str, ...], on: dt.date) -> _Reach:
    """Whom targets reach on a day."""
    return _expand(targets, tuple((item, members(item, on)) for item in targets if is_group(item)))


@lru_cache(maxsize=4096)
def _expand(targets: tuple[str, ...], inside: tuple[tuple[str, tuple[str, ...]], ...]) -> _Reach:
    """Expand targets, given the members of their groups."""
    levels = {economy: GROUP for _, economies in inside for economy in economies}
    grouped = {name for name, _ in inside}
    levels |= {item: ECONOMY for item in targets if item != EVERYONE and item not in grouped}
    return _Reach(levels, EVERYONE in targets)


def _precedence(chains: list[_Chain], on: dt.date) -> dict[tuple[str, ...], tuple[set[str], set[str]]]:
    """For each chain, the targets dropped and the targets exempted because another chain serves them."""
    lost: dict[tuple[str, ...], tuple[set[str], set[str]]] = {
        chain.targets: (set(), set()) for chain in chains
    }
    if len(chains) == 1:
        return lost
    reach = {chain.targets: _reach(chain.targets, on) for chain in chains}
    for chain in chains:
        dropped, exempt = lost[chain.targets]
        mine = reach[chain.targets]
        for other in chains:
            theirs = reach[other.targets]
            if other is chain or not (mine.everyone or not mine.levels.keys().isdisjoint(theirs.levels)):
                continue
            taken = _taken(chain, other, mine, theirs, on)
            dropped |= taken & set(chain.targets)
            exempt |= taken - set(chain.targets)
    return lost


def _taken(chain: _Chain, other: _Chain, mine: _Reach, theirs: _Reach, on: dt.date) -> set[str]:
    """Targets that another chain takes from this one: where it is narrower, or as narrow and later."""
    newer = _newer(other, chain)
    beaten: set[str] = set()
    for economy, level in theirs.levels.items():
        own = mine.level(economy)
        if own is not None and (level < own or (level == own and newer)):
            beaten.add(economy)
    taken = {EVERYONE} if newer and mine.everyone and theirs.everyone else set()
    for group in (item for item in other.targets if is_group(item)):
        inside = set(members(group, on))
        if (group in chain.targets and newer) or (inside and inside <= beaten):
            taken.add(group)
            beaten -= inside - set(chain.targets)
    return taken | beaten


def _newer(other: _Chain, chain: _Chain) -> bool:
    """Whether the other chain's current step started, or was recorded, later."""
    if other.current is None or chain.current is None:
        return False
    (rank, step), (mine, own) = other.current, chain.current
    return (step.from_, rank, other.targets) > (own.from_, mine, chain.targets)


def _position(
    history: History, part: str, chain: _Chain, share: tuple[set[str], set[str]] | None
) -> Position | None:
    """Position of one chain."""
    measure, asof = history.measure, history.asof
    dropped, exempt = share or (set(), set())
    targets = tuple(item for item in chain.targets if item not in dropped)
    if not targets:
        return None
    base = Position(
        measure=measure,
        part=part,
        state="ended",
        step=chain.shown,
        targets=targets,
        exempt_targets=tuple(sorted({*measure.exempt_targets, *exempt})),
        since=chain.ended,
        annulled=history.annulled(part),
    )
    if asof.view == "legally-due" and base.annulled and not chain.edited:
        return replace(base, rate=0.0, since=chain.shown.from_)
    if measure.instrument == "threat" and not chain.edited:
        return _threat(history, base, chain)
    if chain.alive:
        return _in_force(history, part, base)
    if chain.coming is not None and (chain.coming.announced or chain.coming.recorded) <= asof.day:
        return _coming(history, part, replace(base, step=chain.coming))
    return base if chain.ended is not None else None


def _threat(history: History, base: Position, chain: _Chain) -> Position | None:
    """A threat stands until an act takes it back; it never has a rate."""
    said = chain.shown.announced or chain.shown.recorded
    if said > history.asof.day:
        return None
    over = min((day for day in (history.ended(base.part), chain.ended) if day is not None), default=None)
    return replace(base, state="threatened" if over is None else "ended", since=over or said)


def _in_force(history: History, part: str, base: Position) -> Position:
    """A step that bears on the day, less what is suspended of it."""
    step = base.step
    position = replace(
        base, state="in force", rate=step.rate if step else None, since=step.from_ if step else None
    )
    return _suspended(history, part, position)


def _coming(history: History, part: str, base: Position) -> Position:
    """A step that is known and starts later; suspended if a window in force covers its start."""
    step = base.step
    position = replace(base, state="announced", since=(step.announced or step.recorded) if step else None)
    window = _window(history, part)
    if window is None or step is None or window[0].points is not None or step.from_ >= window[1]:
        return position
    return replace(_suspended(history, part, position), rate=None)


def _window(history: History, part: str) -> tuple[Suspension, dt.date] | None:
    """The suspension that counts on the day, the one that started last, and its end under the reading asked for."""
    asof, best = history.asof, None
    for rank, item, legal, reported in history.windows(part):
        end = legal if legal is not None else (reported if asof.ends == "reported" else None)
        if end is None or not started(item, asof) or asof.day >= end:
            continue
        if best is None or (item.from_, rank) >= (best[1].from_, best[0]):
            best = (rank, item, end)
    return (best[1], best[2]) if best else None


def _suspended(history: History, part: str, position: Position) -> Position:
    """Take the running suspension into account."""
    legal, reported = _until(history, part)
    window = _window(history, part)
    position = replace(position, until_legal=legal, until_reported=reported)
    if window is None:
        return position
    item, _ = window
    step = position.step
    if item.points is None:
        rate = 0.0 if step is not None and step.rate is not None else None
        return replace(position, state="suspended", rate=rate, since=item.from_)
    rate = None if step is None or step.rate is None else round(max(0.0, step.rate - item.points), DIGITS)
    return replace(position, rate=rate, suspended_points=item.points)


def _until(history: History, part: str) -> tuple[dt.date | None, dt.date | None]:
    """
    Ends of the suspension that runs on the day, as they stood that day.

    By notices alone, and with reports where these go further.
    """
    on = history.asof.day
    windows = [
        (item, legal, reported)
        for rank, item, legal, reported in history.windows(part)
        if rank[0] <= on or rank[0] == FOREVER
    ]
    notices = _follow([(item.from_, legal) for item, legal, _ in windows if legal is not None], on)
    every = [(item.from_, legal or reported) for item, legal, reported in windows]
    reports = _follow([(start, end) for start, end in every if end is not None], on)
    legal = None if notices == FOREVER else notices
    return legal, reports if reports is not None and reports != notices else None


def _follow(windows: list[tuple[dt.date, dt.date]], on: dt.date) -> dt.date | None:
    """End of the run of adjoining windows that covers a day."""
    end: dt.date | None = None
    for start, stop in sorted(windows):
        if start <= (end or on) and stop > (end or on):
            end = stop
    return end


_WITHOUT_STEPS: dict[str, State] = {
    "threat": "threatened",
    "investigation": "threatened",
    "power": "authorised",
}


def _without_steps(history: History) -> tuple[Position, ...]:
    """Position of a measure of which only events are known."""
    measure, asof = history.measure, history.asof
    if measure.steps and not history.withdrawals:
        return ()
    dates = [event.date for event in measure.events if asof.knows(event.date) and event.date <= asof.day]
    over = history.ended(next(iter(measure.scope)))
    state: State = _WITHOUT_STEPS.get(measure.instrument, "announced")
    if over is not None or history.withdrawals:
        state = "ended"
    return (
        Position(
            measure=measure,
            part=next(iter(measure.scope)),
            state=state,
            step=None,
            targets=measure.targets,
            exempt_targets=measure.exempt_targets,
            since=over or min(dates, default=None),
        ),
    )
