"""The cases of a run: which windows are scored, each made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.errors import InputError
from detente.io.words import meant
from detente.policy.evidence.cases import make_case, partners_of
from detente.policy.evidence.predictions import Economy, Predicted
from detente.policy.evidence.registered import Episode, Window, registered

if TYPE_CHECKING:
    from detente.ledger import Ledger
    from detente.policy.evidence.actuals import Traded
    from detente.world import World

LATER = "later"
# Where the calendar month stands in a month.
CALENDAR = slice(5, 7)


class Bench:
    """What was traded and the economy it is held against; a case is made when it is first asked for."""

    def __init__(self, traded: Traded, world: World, ledger: Ledger) -> None:
        self.traded = traded
        self.economy = Economy(world, ledger, partners_of(traded))
        self._made: dict[tuple[str, str], Predicted] = {}

    def case(self, episode: Episode, window: Window) -> Predicted:
        """A window of an episode."""
        key = (episode.id, window.id)
        if key not in self._made:
            self._made[key] = Predicted(make_case(self.traded, episode, window), self.economy)
        return self._made[key]

    def windows(self, episode: Episode) -> tuple[Window, ...]:
        """
        Windows of an episode that the months allow.

        With a user's file: those it touches, and, of the latest episode, its months after the last one held, each by itself
        and the last twelve together.
        """
        whole = tuple(item for item in episode.windows if self._whole(episode, item))
        given = set(self.traded.given)
        if not given:
            return whole
        touched = tuple(item for item in whole if given & set(item.months))
        return touched + (self._later(episode) if episode is registered().latest else ())

    def _whole(self, episode: Episode, window: Window) -> bool:
        """Whether every month of both sides is there."""
        return self.traded.has(window.months) and self.traded.has(episode.before(window.months))

    def _later(self, episode: Episode) -> tuple[Window, ...]:
        """Windows of the months of a file after the last one held: each, and the latest of each calendar month together."""
        last = registered().data.last_month
        single = [
            Window(id=month, title=month, first=month, last=month)
            for month in self.traded.given
            if month > last
        ]
        found = [item for item in single if self._whole(episode, item)]
        latest = {item.id[CALENDAR]: item.id for item in found}
        months = tuple(sorted(latest.values()))
        if len(months) > 1:
            title = f"{months[0]} to {months[-1]}"
            found.append(
                Window(id=LATER, title=title, first=months[0], last=months[-1], main=True, some=months)
            )
        return tuple(found)


def episodes_named(name: str | None) -> tuple[Episode, ...]:
    """The episode of a name, or all of them."""
    known = registered().episodes
    found = tuple(item for item in known if name in (None, "", item.id))
    if not found:
        ids = [item.id for item in known]
        raise InputError(
            "unknown episode",
            where="episode",
            found=name,
            allowed=", ".join(ids),
            repair=meant(str(name), ids, otherwise="leave it out for all of them"),
        )
    return found
