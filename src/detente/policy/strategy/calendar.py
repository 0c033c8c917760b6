"""A game of measures over a calendar: what each side does on each date, and what waiting, threats and renewals are worth."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import ConvergenceError
from detente.formatting import number
from detente.games.trees import Date, Tree
from detente.model import elasticity_ratio
from detente.policy.results import StudyRun
from detente.policy.strategy.actions import NOISE, Matrix, payoff_matrix
from detente.policy.strategy.calendar_file import load_calendar
from detente.policy.strategy.game_setting import GameSetting, conditions
from detente.policy.studies.starting_point import restart

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from detente.games.trees import Profile
    from detente.policy.strategy.calendar_file import CalendarSpec
    from detente.policy.strategy.game_file import GameSpec, ThreatSpec

    Array = NDArray[np.float64]

_MONTHS_A_YEAR: Final = 12
# Chance below which a course is not listed.
_RARE: Final = 0.005


def play_calendar(
    board: GameSetting,
    calendar: str | Path,
    *,
    goal: Any = "real-income",
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """
    Solve a game over a calendar, backwards.

    Gives the keys of `detente.policy.documents.calendars.CalendarGame`.
    """
    spec, game = load_calendar(calendar)
    say = progress or (lambda _text: None)
    matrices = []
    for years in spec.horizons:
        say(f"the game of {game.id}, {number(years)} years after a change")
        matrices.append(payoff_matrix(_at(board, years), game, goal=goal))
    matrix = matrices[0]
    tree = _tree(spec, game, [item.game.payoffs for item in matrices])
    start, agreement, broken = (_place(game, item) for item in (spec.start, game.agreement, spec.breakdown))
    total = sum(spec.months)
    value = tree.decide(0, start, spec.age).value
    kept = tree.only(0, ()).only(1, ()).decide(0, agreement, spec.age).value
    lost = tree.worth(broken, 0, total)
    say("what is not known of the sides' goals")
    return {
        **conditions(board),
        "horizon": "years after each change",
        "calendar": spec.id,
        "title": spec.title,
        "game": game.id,
        "players": list(game.players),
        "unit": {name: goal.unit for name, goal in zip(game.players, matrix.goals, strict=True)},
        "start": spec.start,
        "agreement": game.agreement,
        "breakdown": spec.breakdown,
        "until": spec.until.isoformat(),
        "years_solved": list(spec.horizons),
        "discount_year": spec.values["discount_year"],
        "hazard_year": spec.values["hazard_year"],
        "dates": _dates(spec, game, tree),
        "value_pct": _by_side(game, value),
        "kept_pct": _by_side(game, kept),
        "broken_pct": _by_side(game, lost),
        "waiting": _waiting(spec, game, tree, start),
        "renewals": [
            _renewal(game, tree, agreement, broken, spec.age, months, total)
            for months in spec.renewals
            if months <= total
        ],
        "types": _types(spec, game, matrices),
        "game_assumptions": [item.model_dump() for item in (*game.assumptions, *spec.assumptions)],
        "notes": list(game.notes),
    }


def _at(board: GameSetting, years: float) -> GameSetting:
    """The same study at the elasticities of some years after a change."""
    options, run = dataclasses.replace(board.options, horizon=str(years)), board.run
    setting = restart(run.setting, run.spec, run.world, options=options)
    return GameSetting(StudyRun(run.spec, setting, run.ledger, {}, options=options), options)


def _place(game: GameSpec, profile: Mapping[str, Any]) -> Profile:
    """Positions of both sides' actions."""
    first, second = ([item.id for item in game.actions[name]].index(profile[name]) for name in game.players)
    return first, second


def _by_side(game: GameSpec, values: Array) -> dict[str, float]:
    """Values of both sides by name."""
    return dict(zip(game.players, map(float, values), strict=True))


def flows_by_age(payoffs: list[Array], years: tuple[float, ...], months: int) -> Array:
    """
    Payoffs by the age of a profile, between the horizons at which they were solved as the trade elasticity moves.

    Shapes: payoffs (2, A, B) each, in the order of years. Gives (2, A, B, months + 1).
    """
    at = np.array([elasticity_ratio(item) for item in years])
    ages = [elasticity_ratio(month / _MONTHS_A_YEAR) for month in range(months + 1)]
    order = np.argsort(at, kind="stable")
    stacked = np.stack([payoffs[k] for k in order], axis=-1)
    found = [np.interp(ages, at[order], cell) for cell in stacked.reshape(-1, len(at))]
    return np.array(found).reshape(*stacked.shape[:-1], months + 1)


def _tree(spec: CalendarSpec, game: GameSpec, payoffs: list[Array]) -> Tree:
    """The calendar as a tree, with the payoffs of each horizon, (2, A, B) each."""
    ids = [tuple(item.id for item in game.actions[name]) for name in game.players]
    for years, table in zip(spec.horizons, payoffs, strict=True):
        for r, c in np.argwhere(~np.isfinite(table).all(axis=0)):
            raise ConvergenceError(
                "a game over a calendar needs every pair of actions",
                where=f"{game.id}, {number(years)} years after a change",
                found=f"no equilibrium of {ids[0][r]}, {ids[1][c]}",
                allowed="an equilibrium of each",
                repair="leave the action out, or choose other horizons",
            )
    dates = tuple(
        Date(months, tuple(tuple(game.players.index(side) for side in stage) for stage in item.moves))
        for item, months in zip(spec.dates, spec.months, strict=True)
    )
    return Tree(
        game.players,
        (ids[0], ids[1]),
        flows_by_age(payoffs, spec.horizons, spec.age + sum(spec.months)),
        dates,
        discount=spec.values["discount_year"] ** (1 / _MONTHS_A_YEAR),
        hazard=1 - (1 - spec.values["hazard_year"]) ** (1 / _MONTHS_A_YEAR),
        agreement=_place(game, game.agreement),
        breakdown=_place(game, spec.breakdown),
        noise=NOISE,
    )


def _dates(spec: CalendarSpec, game: GameSpec, tree: Tree) -> list[dict[str, Any]]:
    """Each date: what is done on it, and what threats are worth on it."""
    start = _place(game, spec.start)
    found = []
    for place, (item, odds) in enumerate(zip(spec.dates, tree.course(start, spec.age), strict=True)):
        course = [
            {
                "actions": {
                    game.players[0]: tree.actions[0][r],
                    game.players[1]: tree.actions[1][c],
                },
                "chance": chance,
            }
            for (r, c), chance in sorted(odds.items(), key=lambda row: -row[1])
            if chance >= _RARE
        ]
        threats = [_threat(game, tree, place, threat) for threat in game.threats]
        found.append(
            {
                "on": item.on.isoformat(),
                "label": item.label,
                "months": spec.months[place],
                "moves": [list(stage) for stage in item.moves],
                "source": item.source,
                "course": course,
                "threats": threats,
            }
        )
    return found


def _threat(game: GameSpec, tree: Tree, place: int, item: ThreatSpec) -> dict[str, Any]:
    """A threat on a date, with all that follows: refused and carried out, refused and not, yielded to."""
    names = game.players
    by = names.index(item.by)

    def value(own: str, other: str) -> Array:
        return tree.after(place, _place(game, {names[by]: own, names[1 - by]: other}), 0)

    done, left, yielded = (
        value(item.action, item.refused),
        value(item.instead, item.refused),
        value(item.instead, item.yielded),
    )
    return {
        "threat": item.id,
        "by": item.by,
        "credible": bool(done[by] >= left[by] - NOISE),
        "gain_pct": float(done[by] - left[by]),
        "harm_pct": float(left[1 - by] - done[1 - by]),
        "worth_yielding_pct": float(yielded[1 - by] - done[1 - by]),
    }


def _waiting(spec: CalendarSpec, game: GameSpec, tree: Tree, start: Profile) -> dict[str, Any]:
    """What a side has if it may not move before a date, and what moving on later dates is worth to it."""
    found = {}
    places = range(len(spec.dates))
    for player, name in enumerate(game.players):
        own = [place for place in places if any(player in stage for stage in tree.dates[place].stages)]
        moves = [
            {
                "not_before": spec.dates[first].on.isoformat(),
                "value_pct": _value(
                    tree.only(player, [k for k in own if k >= first]), start, spec.age, player
                ),
            }
            for first in own
        ]
        once = _value(tree.only(player, own[:1]), start, spec.age, player)
        found[name] = {
            "option_pct": _value(tree, start, spec.age, player) - once,
            "first_moves": moves,
        }
    return found


def _value(tree: Tree, start: Profile, age: int, player: int) -> float:
    """What a side has from the first date on."""
    return float(tree.decide(0, start, age).value[player])


def _renewal(
    game: GameSpec, tree: Tree, agreement: Profile, broken: Profile, age: int, months: int, total: int
) -> dict[str, Any]:
    """The agreement for some months and the breakdown after them, less the breakdown at once."""
    kept = tree.worth(agreement, age, months)
    then = tree.discount**months * tree.worth(broken, 0, total - months)
    gain = kept + then - tree.worth(broken, 0, total)
    return {
        "months": months,
        "gain_pct": _by_side(game, gain),
        "accepted": {name: bool(value >= -NOISE) for name, value in _by_side(game, gain).items()},
    }


def _types(spec: CalendarSpec, game: GameSpec, matrices: list[Matrix]) -> dict[str, Any] | None:
    """
    The game over weights on the other's loss that nobody else knows, drawn by a Sobol sequence.

    Own real income less the weight times the other's, both in percent: what `rivalry` is to first order.
    """
    if spec.types is None:
        return None
    from scipy.stats import qmc  # noqa: PLC0415  (heavy)

    ends = np.array([spec.types.ranges[name] for name in game.players])
    cube = qmc.Sobol(2, scramble=False).random(spec.types.draws)
    weights = ends[:, 0] + (cube + 0.5 / spec.types.draws) * (ends[:, 1] - ends[:, 0])
    incomes = [_incomes(matrix) for matrix in matrices]
    start = _place(game, spec.start)
    agreement = _place(game, game.agreement)
    kept, credible = np.zeros(len(spec.dates)), np.zeros((len(game.threats), len(spec.dates)))
    for own in weights:
        tree = _tree(spec, game, [table - own[:, None, None] * table[::-1] for table in incomes])
        kept += [odds.get(agreement, 0.0) for odds in tree.course(start, spec.age)]
        for k, item in enumerate(game.threats):
            credible[k] += [_threat(game, tree, place, item)["credible"] for place in range(len(spec.dates))]
    share = 1 / spec.types.draws
    return {
        "draws": spec.types.draws,
        "weights": {name: list(spec.types.ranges[name]) for name in game.players},
        "kept": [float(value * share) for value in kept],
        "credible": {
            item.id: [float(value * share) for value in row]
            for item, row in zip(game.threats, credible, strict=True)
        },
        "why": spec.types.why,
        "source": spec.types.source,
    }


def _incomes(matrix: Matrix) -> Array:
    """Real income of both at every pair of actions, percent, (2, A, B)."""
    table = np.full(matrix.game.payoffs.shape, np.nan)
    for row in matrix.rows:
        if "real_income_pct" in row:
            place = _place(matrix.spec, row)
            table[:, *place] = [row["real_income_pct"][name] for name in matrix.spec.players]
    return table
