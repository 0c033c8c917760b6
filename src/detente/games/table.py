"""Nash tariffs of a world in one call: seats, candidates and their certificates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.display import as_html, in_short
from detente.games.game_economy import Seat, make_arena
from detente.games.instruments import HIGHEST, Grouping, Player, make_instruments
from detente.games.nash import find_nash
from detente.games.objectives import RealIncome
from detente.games.verify import is_nash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detente.games.nash import Candidate, Search
    from detente.games.verify import Certificate
    from detente.model import Shock
    from detente.model.shock import Labels
    from detente.world import Baseline, World


@dataclass(frozen=True)
class NashTariffs:
    """
    What was found, and what a second look says of it.

    Attributes
    ----------
    search
        Candidates, the path of retaliation, starts that led nowhere.
    certificates
        One per candidate: the largest gain any tried deviation brings.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    search: Search
    certificates: tuple[Certificate, ...]

    @property
    def equilibria(self) -> tuple[Candidate, ...]:
        """Candidates that no tried deviation breaks."""
        pairs = zip(self.search.candidates, self.certificates, strict=True)
        return tuple(candidate for candidate, verdict in pairs if verdict.is_nash)


def nash_tariffs(
    world: World | Baseline,
    players: Sequence[Player | str],
    *,
    by: Grouping = "uniform",
    sectors: Labels | None = "goods",
    bounds: tuple[float, float] = (0.0, HIGHEST),
    shock: Shock | None = None,
    starts: Sequence[str] = ("status quo", "free trade", "high"),
    **options: Any,
) -> NashTariffs:
    """
    Find tariffs of several players on one another that none would change alone, each wanting real income.

    Parameters
    ----------
    world
        A world or its baseline.
    players
        Two or more: labels, or players of several economies.
    by
        One tariff each, or one by partner, sector, or both.
    sectors
        Sectors they can tax: labels, "goods" (the default) or "all".
    bounds
        Lowest and highest tariff; the status quo must lie within.
    shock
        The status quo, if it is not the baseline.
    starts
        Where to look from: "status quo", "free trade", "high", or "random:SEED".
    **options
        closure, factors, horizon, tolerance of the solves.

    Returns
    -------
    NashTariffs
        Every candidate with its certificate; `equilibria` are those that hold.

    Raises
    ------
    InputError
        An unknown player, fewer than two, or bounds that leave out the status quo.
    ConvergenceError
        No start led to a candidate.

    Examples
    --------
    >>> from detente.world import load_world
    >>> found = nash_tariffs(load_world("wiod2011"), ["USA", "CHN"], starts=("status quo",))
    >>> len(found.equilibria)
    1

    References
    ----------
    Ossa (2014), "Trade wars and trade talks with data", American Economic Review 104(12).
    """
    arena = make_arena(world, shock, **options)
    known = [item if isinstance(item, Player) else Player(item) for item in players]
    seats = []
    for player in known:
        others = [label for other in known if other is not player for label in other.economies]
        instruments = make_instruments(
            arena.base, player, partners=others, by=by, sectors=sectors, bounds=bounds
        )
        seats.append(Seat(instruments, RealIncome(player.economies)))
    search = find_nash(arena, seats, starts=starts)
    verdicts = tuple(is_nash(arena, seats, item.levels) for item in search.candidates)
    return NashTariffs(search, verdicts)
