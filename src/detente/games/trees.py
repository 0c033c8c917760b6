"""Games over a calendar: what two sides do on each date, solved backwards; payoffs depend on how long a thing has lasted."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.errors import InputError
from detente.formatting import exact
from detente.games.finite import FiniteGame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

Profile = tuple[int, int]
"""Position of each side's action."""
Odds = dict[Profile, float]
"""Probability of each profile."""
_MONTHS_A_YEAR: Final = 12.0
# Probability below which a branch is not followed.
_UNLIKELY: Final = 1e-12


@dataclass(frozen=True)
class Date:
    """
    A day on which sides may change what they do, and how long it then lasts.

    Attributes
    ----------
    months
        To the next date; on the last one, how long what is done is counted. 1 or more.
    stages
        Who moves, in turn: each stage one player (0 or 1), or both at once. Empty if nobody does.
    """

    months: int
    stages: tuple[tuple[int, ...], ...] = ((0, 1),)


@dataclass(frozen=True)
class Choice:
    """
    What is done on a date, from what was done before it and for how long.

    Attributes
    ----------
    value
        To each side, from this date on, in the unit of `Tree.flows`, discounted to it.
    odds
        Probability of each profile.
    """

    value: NDArray[np.float64]
    odds: Odds


@dataclass(frozen=True, eq=False)
class Tree:
    """
    A game of two sides over a calendar.

    Attributes
    ----------
    players, actions
        Two names, and the names of what each can do.
    flows
        What a profile is worth to each side in a month, a year's worth over twelve: `flows[player, row, column, age]`
        with its age in months since it came into force; the last age goes on. Shape (2, A, B, ages).
    dates
        In order.
    discount
        What next month is worth today, above 0 and at most 1.
    hazard
        Chance in a month that the agreement breaks down where it is in force, from 0 to below 1.
    agreement, breakdown
        Profiles: what may break down, and what is then done until the next date.
    noise
        Difference of payoffs that does not count.

    Raises
    ------
    InputError
        Shapes that do not fit, a discount or hazard out of range, no dates.

    Notes
    -----
    On a date, sides that move one after the other see what was done before; sides that move at once play an equilibrium of
    the values that follow: one that changes nothing if it is one, else a pure one that no other beats for both, the first
    of several, else the first in mixed strategies. A side that is indifferent changes nothing. Every subgame is solved, so
    what is found is subgame perfect.

    Examples
    --------
    >>> flows = np.array([[[[1.0], [0.0]]], [[[1.0], [2.0]]]])  # one action against two: B gains by leaving
    >>> tree = Tree(("A", "B"), (("keep",), ("keep", "leave")), flows, (Date(12, ((1,),)),))
    >>> tree.decide(0, (0, 0), 0).odds
    {(0, 1): 1.0}
    """

    players: tuple[str, str]
    actions: tuple[tuple[str, ...], tuple[str, ...]]
    flows: NDArray[np.float64]
    dates: tuple[Date, ...]
    discount: float = 1.0
    hazard: float = 0.0
    agreement: Profile = (0, 0)
    breakdown: Profile = (0, 0)
    noise: float = 0.0
    _known: dict[tuple[int, Profile, int], Choice] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what cannot be played."""
        wanted = (2, len(self.actions[0]), len(self.actions[1]))
        if self.flows.ndim != 4 or self.flows.shape[:3] != wanted or not self.flows.size:  # noqa: PLR2004
            raise _unusable("flows", self.flows.shape, f"({', '.join(map(str, wanted))}, ages)")
        if not np.isfinite(self.flows).all():
            raise _unusable("flows", "a value that is not finite", "a value of every profile at every age")
        if not 0 < self.discount <= 1 or not 0 <= self.hazard < 1:
            raise _unusable(
                "discount, hazard",
                f"{exact(self.discount)}, {exact(self.hazard)}",
                "a discount above 0 and at most 1, a hazard from 0 to below 1",
            )
        if not self.dates or any(date.months < 1 for date in self.dates):
            raise _unusable(
                "dates", [date.months for date in self.dates], "one or more, each of a month or more"
            )

    def decide(self, place: int, profile: Profile, age: int) -> Choice:
        """
        Solve the game from a date on.

        Parameters
        ----------
        place
            Of the date.
        profile, age
            What was done before it, and for how many months.

        Returns
        -------
        Choice
            What is done, and what the rest is worth; nothing after the last date.
        """
        if place == len(self.dates):
            return Choice(np.zeros(2), {profile: 1.0})
        key = place, profile, min(age, self.flows.shape[3])
        if key not in self._known:
            self._known[key] = self._stage(place, profile, age, profile, 0)
        return self._known[key]

    def _stage(self, place: int, before: Profile, age: int, now: Profile, stage: int) -> Choice:
        """What is done from a stage of a date on, `now` being what earlier stages left."""
        stages = self.dates[place].stages
        if stage == len(stages):
            return Choice(self.after(place, now, age if now == before else 0), {now: 1.0})
        movers = stages[stage]
        options = [range(len(names)) if k in movers else (now[k],) for k, names in enumerate(self.actions)]
        found = {
            (r, c): self._stage(place, before, age, (r, c), stage + 1) for r in options[0] for c in options[1]
        }
        if len(movers) > 1:
            return self._at_once(found, now)
        mover = movers[0]
        best = max(choice.value[mover] for choice in found.values())
        chosen = next(p for p, choice in found.items() if choice.value[mover] >= best - self.noise)
        if found[now].value[mover] >= best - self.noise:
            chosen = now
        return found[chosen]

    def _at_once(self, found: dict[Profile, Choice], now: Profile) -> Choice:
        """An equilibrium of what follows from each profile."""
        values = np.zeros((2, len(self.actions[0]), len(self.actions[1])))
        for (r, c), choice in found.items():
            values[:, r, c] = choice.value
        best = values[0] >= values[0].max(axis=0) - self.noise
        best &= values[1] >= values[1].max(axis=1, keepdims=True) - self.noise
        pure = [(int(r), int(c)) for r, c in np.argwhere(best)]
        if now in pure:
            return found[now]
        if pure:
            beaten = {a for a in pure for b in pure if (values[:, b[0], b[1]] > values[:, a[0], a[1]]).all()}
            return found[next(profile for profile in pure if profile not in beaten)]
        game = FiniteGame(self.players, self.actions, values, self.noise)
        first, second = game.mixed_equilibria()[0]
        weights = {
            (game.place(0, r), game.place(1, c)): p * q for r, p in first.items() for c, q in second.items()
        }
        value = np.sum([share * found[profile].value for profile, share in weights.items()], axis=0)
        odds: Odds = {}
        for profile, share in weights.items():
            for end, chance in found[profile].odds.items():
                odds[end] = odds.get(end, 0.0) + share * chance
        return Choice(value, odds)

    def after(self, place: int, profile: Profile, age: int) -> NDArray[np.float64]:
        """What a profile chosen on a date is worth to each side from then on, discounted to the date, (2,)."""
        months, hazard = self.dates[place].months, self._hazard(profile)
        value = self.worth(profile, age, months, hazard)
        for end, lasted, chance in self._ends(profile, age, months):
            value += chance * self.discount**months * self.decide(place + 1, end, lasted).value
            if end != profile:
                value += chance * self.discount ** (months - lasted) * self.worth(end, 0, lasted)
        return value

    def worth(self, profile: Profile, age: int, months: int, hazard: float = 0.0) -> NDArray[np.float64]:
        """
        What some months of a profile are worth to each side, discounted to the first.

        Parameters
        ----------
        profile, age
            What is done, and for how many months it has been.
        months
            How many.
        hazard
            Chance in a month that it ends; what comes then is not counted.

        Returns
        -------
        array
            (2,), in the unit of `flows`.
        """
        ages = np.minimum(age + np.arange(months), self.flows.shape[3] - 1)
        weights = (self.discount * (1 - hazard)) ** np.arange(months)
        value: NDArray[np.float64] = self.flows[:, profile[0], profile[1]][:, ages] @ weights
        return value / _MONTHS_A_YEAR

    def _hazard(self, profile: Profile) -> float:
        """Chance in a month that a profile breaks down."""
        return self.hazard if profile == self.agreement and self.breakdown != self.agreement else 0.0

    def course(self, profile: Profile, age: int) -> list[Odds]:
        """
        What is done on each date, seen from before the first.

        Parameters
        ----------
        profile, age
            What is done before it, and for how many months.

        Returns
        -------
        list
            By date, the probability of each profile chosen on it; breakdowns between dates count.
        """
        reached: dict[tuple[Profile, int], float] = {(profile, age): 1.0}
        found: list[Odds] = []
        for place, date in enumerate(self.dates):
            odds: Odds = {}
            later: dict[tuple[Profile, int], float] = {}
            for (before, old), chance in reached.items():
                for chosen, share in self.decide(place, before, old).odds.items():
                    odds[chosen] = odds.get(chosen, 0.0) + chance * share
                    start = old if chosen == before else 0
                    for end, lasted, part in self._ends(chosen, start, date.months):
                        if chance * share * part > _UNLIKELY:
                            key = end, lasted
                            later[key] = later.get(key, 0.0) + chance * share * part
            found.append(odds)
            reached = later
        return found

    def _ends(self, profile: Profile, age: int, months: int) -> Iterable[tuple[Profile, int, float]]:
        """What a profile has become by the next date: profile, its age, and the chance."""
        hazard = self._hazard(profile)
        yield profile, age + months, (1 - hazard) ** months
        if hazard:
            for month in range(1, months + 1):
                yield self.breakdown, months - month, hazard * (1 - hazard) ** (month - 1)

    def only(self, player: int, places: Iterable[int]) -> Tree:
        """
        The same game in which a side may move on some dates only.

        Parameters
        ----------
        player
            0 or 1.
        places
            Positions of the dates on which it may.

        Returns
        -------
        Tree
            The worth of the option to wait is what the side loses where it may move on the first date only.
        """
        kept = set(places)
        dates = tuple(
            date
            if place in kept
            else dataclasses.replace(
                date,
                stages=tuple(
                    left for stage in date.stages if (left := tuple(k for k in stage if k != player))
                ),
            )
            for place, date in enumerate(self.dates)
        )
        return dataclasses.replace(self, dates=dates)


def _unusable(where: str, found: object, allowed: str) -> InputError:
    return InputError(
        "a game over a calendar that cannot be played",
        where=f"Tree({where})",
        found=str(found),
        allowed=allowed,
        repair="give each date its months, and each profile its worth a month",
    )
