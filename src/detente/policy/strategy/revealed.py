"""What a side's tariffs on the others say of the weight it puts on their loss, by day: sets, not points."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import InputError
from detente.formatting import change, fixed
from detente.games import Player, RealIncome, Revenue, make_instruments
from detente.geography.economies import is_group, resolve
from detente.io.dates import parse_date
from detente.model import solve_many
from detente.policy.instruments.scenario_law import scenario_book
from detente.policy.instruments.shock import law_shock
from detente.policy.strategy.forecast.registered import register
from detente.policy.strategy.game_setting import GameSetting, conditions, find_player
from detente.policy.strategy.goals import GoalText, find_goal, goal_texts
from detente.policy.study import ScenarioSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from detente.model import Equilibrium, Shock

# A point, by which the tariff is moved up and down.
POINT: Final = 0.01
# A change of the others' real income below this, percent for one point, identifies no weight.
LEAST_LOSS: Final = 1e-5
FIRST_YEAR: Final = 2018
# From this year on the index has every quarter.
QUARTERLY: Final = 2025
_WORD: Final = re.compile(r"revealed@(?P<day>\S+)")


@dataclass(frozen=True)
class Reading:
    """
    One side's tariff on the others' goods on a day, and what a point more would do.

    side, other: Names of the players.
    on: The day of the law, as known on that day.
    tariff: Mean on goods, a fraction, weighted with the baseline's imports.
    own, revenue, rival: Changes by a point: own real income and revenue, the others' real income, percent.
    """

    side: str
    other: str
    on: dt.date
    tariff: float
    own: float
    revenue: float
    rival: float

    @property
    def identified(self) -> bool:
        """Whether a point more costs the others anything to speak of."""
        return bool(self.rival < -LEAST_LOSS)

    def weight(self, on_revenue: float = 0.0) -> float:
        """The weight on the others' loss at which the tariff is the best one, given one on revenue on top of income."""
        return (self.own + on_revenue * self.revenue) / self.rival

    def weights(self, on_revenue: Sequence[float]) -> tuple[float, float]:
        """Least and largest weight over weights on revenue; below 0 is none."""
        found = [max(self.weight(value), 0.0) for value in on_revenue]
        return min(found), max(found)


def read_day(board: GameSetting, side: Player, others: Sequence[Player], day: dt.date) -> Reading:
    """Read a side's one tariff on all goods of the others, everything else as the law known on that day has it."""
    run, words = board.run, f"the ledger on {day}"
    spec = ScenarioSpec(id=f"revealed-{day}", label=words, definition=words, on=day, known_on=day)
    assumed = run.spec.assumed(spec)
    shock = law_shock(run.setting, spec, scenario_book(spec, run.ledger, assumed), assumed).shock
    return read_shock(board, side, others, shock, day)


def read_shock(
    board: GameSetting, side: Player, others: Sequence[Player], shock: Shock, day: dt.date
) -> Reading:
    """Read a side's one tariff on all goods of the others in a shock: moved up and down by a point, two solves."""
    name = "+".join(other.name for other in others)
    rival = Player(name, tuple(label for other in others for label in other.economies))
    own = make_instruments(board.base, side, partners=rival.economies, by="uniform")
    tariff = np.array(board.base.tariff if shock.tariff is None else shock.tariff, dtype=np.float64)
    moved = []
    for sign in (1, -1):
        there = tariff.copy()
        there[own.cells] += sign * POINT
        moved.append(dataclasses.replace(shock, tariff=there))
    up, down = solve_many(
        board.base,
        moved,
        **vars(board.options.terms(board.run.spec)),
        max_iterations=board.options.max_iterations,
        throw=False,
        reduce=_three(side, rival),
    )
    slopes = (np.array(up) - np.array(down)) / 2
    mean = float(own.weight @ tariff[own.cells] / own.weight.sum())
    return Reading(side.name, rival.name, day, mean, *(float(x) for x in slopes))


def read_days(board: GameSetting, sides: tuple[Player, Player], days: Iterable[dt.date]) -> list[Reading]:
    """Both sides' readings on each day."""
    return [read_day(board, side, [other], day) for day in days for side, other in (sides, sides[::-1])]


def _three(side: Player, other: Player) -> Any:
    """Own real income, own revenue and the others' real income, percent; not numbers without an equilibrium."""
    goals = (RealIncome(side.economies), Revenue(side.economies), RealIncome(other.economies))

    def read(eq: Equilibrium) -> list[float]:
        return [goal.percent(eq) if eq.converged else np.nan for goal in goals]

    return read


def refuse_early(players: Sequence[str], goal: GoalText) -> None:
    """Refuse sides and goals that no world could play, before one is read; those that only a world can judge pass."""
    names = [text.upper() if is_group(text.upper()) else resolve(text, where="player") for text in players]
    texts = goal_texts(goal, names)
    who = [Player(name) for name in names]
    for player in who if len(set(names)) == len(names) else ():
        if not _WORD.fullmatch(texts[player.name]):
            find_goal(player, texts[player.name], [other for other in who if other is not player])


def spelled(
    board: GameSetting, players: Sequence[Player], given: GoalText, file: Mapping[str, str] | None = None
) -> GoalText:
    """Goals with ``revealed@DATE`` written out as the sum it stands for: a range of weights on the others' loss."""
    texts = goal_texts(given, [player.name for player in players], file)
    if not any(_WORD.fullmatch(text) for text in texts.values()):
        return given
    return tuple(
        f"{player.name}="
        + spelled_alone(
            board, player, [other for other in players if other is not player], texts[player.name]
        )
        for player in players
    )


def spelled_alone(board: GameSetting, player: Player, others: Sequence[Player], text: str) -> str:
    """One side's goal, written out where it is what its tariffs of a day reveal; refused where they reveal nothing."""
    match = _WORD.fullmatch(text)
    if match is None:
        return text
    day = match["day"]
    on = parse_date(day, where="--goal")
    if not others:
        raise _nothing(player, day, "nobody else plays", "name the other side as a player too")
    found = read_day(board, player, others, on)
    if not found.identified:
        why = f"a point more on its tariff moves the other side's real income by {change(found.rival, 6)} %"
        raise _nothing(player, day, why, "choose a day on which it taxes goods that are still traded")
    low, high = found.weights(register().readings.revenue)
    if high <= 0:
        why = f"a point more would gain it {change(found.own, 4)} % itself: it could tax more even without a rival"
        raise _nothing(player, day, why, "choose a later day, or write a weight: income - 0.5*rival")
    return f"income - {fixed(low, 4)}..{fixed(high, 4)}*rival"


def _nothing(player: Player, day: str, found: str, repair: str) -> InputError:
    """The refusal of a day that identifies no weight."""
    return InputError(
        f"the tariffs of {player.name} on {day} reveal no weight on the other side's loss",
        where="--goal",
        found=found,
        allowed="a day on which its tariff on the other side is above the one that is best for its own real income",
        repair=repair,
    )


def index_days(board: GameSetting) -> list[dt.date]:
    """Days of the index: ends of years, of quarters later on, and the last day the sources cover."""
    horizon = board.run.ledger.horizon
    years = [dt.date(year, 12, 31) for year in range(FIRST_YEAR, QUARTERLY)]
    first = dt.date(QUARTERLY, 1, 1)
    quarters = [
        dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
        for year in range(QUARTERLY, horizon.year + 1)
        for month in (3, 6, 9, 12)
    ]
    return [
        day for day in (*years, *quarters) if day < horizon and (day.year < QUARTERLY or day >= first)
    ] + [horizon]


def rivalry_index(board: GameSetting, players: Sequence[str], days: Sequence[str] = ()) -> dict[str, Any]:
    """
    Read the weight on each other's loss off both sides' tariffs, day by day.

    Gives ``rows``: ``side``, ``on``, ``tariff``, what a point more does to own real income, revenue and the other's real
    income, and ``weight_low`` to ``weight_high`` over the weights on revenue, none where it is not ``identified``;
    ``on_revenue``, those weights. The law of each day is the one known on that day.
    """
    sides = [find_player(board, text) for text in players]
    if len(sides) != 2 or set(sides[0].economies) & set(sides[1].economies):  # noqa: PLR2004
        raise InputError(
            "rivalry is between two sides",
            where="players",
            found=", ".join(players) or "none",
            allowed="two economies or groups without a member in common",
            repair="name both sides, as in `detente play rivalry USA CHN`",
        )
    asked = [parse_date(text, where="--day") for text in days] or index_days(board)
    plan = register().readings
    found = read_days(board, (sides[0], sides[1]), sorted(asked))
    return {
        **conditions(board),
        "sides": [side.name for side in sides],
        "on_revenue": list(plan.revenue),
        "on_revenue_source": plan.source,
        "rivalry": [reading_row(item, plan.revenue) for item in found],
    }


def reading_row(item: Reading, on_revenue: Sequence[float]) -> dict[str, Any]:
    """A reading as a document says it."""
    low, high = item.weights(on_revenue) if item.identified else (None, None)
    return {
        "side": item.side,
        "other": item.other,
        "on": item.on.isoformat(),
        "tariff": item.tariff,
        "own_pct": item.own,
        "revenue_pct": item.revenue,
        "rival_pct": item.rival,
        "identified": item.identified,
        "weight_low": low,
        "weight_high": high,
    }
