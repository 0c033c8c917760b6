"""Agreements of one side with several partners: what each pair would sign with all others as agreed, and what was signed."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import InputError, StudyError
from detente.formatting import exact
from detente.games import Arena, Player, RealIncome, Total
from detente.games.agreements import NOTHING, largest_gain, nash_in_nash
from detente.games.instruments import HIGHEST
from detente.games.objectives import Slopes
from detente.io.yaml_file import read_record
from detente.manifest import DATA
from detente.model import solve_many
from detente.policy.instruments.scenario_law import scenario_book
from detente.policy.instruments.shock import law_shock
from detente.policy.strategy.fragility.answers import (
    Asked,
    Draws,
    cut_tariffs,
    draw,
    goal_reader,
    judge_bargain,
    key_of,
)
from detente.policy.strategy.fragility.drawn import Drawn
from detente.policy.strategy.game_setting import (
    GameSetting,
    absent,
    conditions,
    find_player,
    gain_usd_bn,
    real_income,
    tariffs_of,
)
from detente.policy.study import LARGEST_STUDY_BYTES, ScenarioSpec, Spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detente.games import Instruments
    from detente.games.agreements import Agreements
    from detente.model import Equilibrium, Shock
    from detente.world import Baseline

# Economies left out that are listed, at either end.
_SHOWN: Final = 5
_ALL: Final = "all"
# Step at which solves of these bargains stop: their solver compares payoffs to nine digits.
_TIGHT: Final = 1e-12


class AgreementsFile(Spec):
    """data/scenarios/agreements.yaml."""

    hub: str
    partners: tuple[str, ...]
    on: dt.date
    known_on: dt.date
    after: dt.date
    why: str


@cache
def agreements_file() -> AgreementsFile:
    """
    Read whose agreements are asked about, and their days.

    Examples
    --------
    >>> agreements_file().hub
    'USA'
    """
    path = DATA / "scenarios" / "agreements.yaml"
    return read_record(path, AgreementsFile, error=StudyError, largest=LARGEST_STUDY_BYTES)


class _Table:
    """What the hub and its partners get, percent, by the share each pair cuts of its tariffs on each other."""

    def __init__(
        self, arena: Arena, players: Sequence[Player], pairs: Sequence[tuple[Instruments, Instruments]]
    ) -> None:
        self.arena, self.pairs, self.held = arena, pairs, arena.tariff
        self.slopes = Slopes()
        self.goals = [RealIncome(player.economies) for player in players]

    def factor(self, terms: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        """What tariffs are multiplied by, (J, N, N)."""
        out = np.ones(self.held.shape)
        for pair, cuts in zip(self.pairs, terms, strict=True):
            for own, cut in zip(pair, cuts, strict=True):
                out[own.cells] = 1 - cut
        return out

    def solve(self, terms: Sequence[NDArray[np.float64]]) -> Equilibrium:
        """The equilibrium with these agreements."""
        return self.arena.solve(self.held * self.factor(terms))

    def values(self, terms: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        """Of the hub and of each partner, (1 + pairs,)."""
        eq = self.solve(terms)
        return np.array([goal.percent(eq) for goal in self.goals])

    def slope(
        self, terms: list[NDArray[np.float64]], pair: int, weights: tuple[float, float]
    ) -> NDArray[np.float64]:
        """Derivative of the weighted sum of hub and partner in the pair's two cuts: one transposed solve."""
        eq = self.solve(terms)
        parts = ((weights[0], self.goals[0]), (weights[1], self.goals[1 + pair]))
        both = Total(tuple((weight, goal.in_percent(eq)) for weight, goal in parts))
        cube = -self.held * self.slopes(eq, [both])[0]
        return np.array([float(cube[own.cells].sum()) for own in self.pairs[pair]])


def play_agreements(
    board: GameSetting,
    players: Sequence[str] = (),
    *,
    before: dt.date | None = None,
    told: dt.date | None = None,
    after: dt.date | None = None,
    power: float = 0.5,
    draws: Draws | None = None,
) -> dict[str, Any]:
    """
    Bargain over cuts of the tariffs a hub and each of its partners charge each other, all pairs at once.

    Each pair maximises Nash's product with the agreements of the others as given (Horn and Wolinsky 1988). Gives
    ``agreements``: by partner both tariffs before, as agreed, and in the law of ``after``, what both gain, and what each
    side's own cut is worth to it and to the other (who gave, who got); ``together_pct`` and ``left_out``, what all
    agreements do to those in them and to the others; ``largest_gain``, by how much other terms that were tried would
    raise the log of a pair's product.
    """
    plan = agreements_file()
    names = list(players) or [plan.hub, *plan.partners]
    who = _sides(board, names)
    hub, partners = who[0], who[1:]
    none = _law(before or plan.on, told or plan.known_on)
    shock = _shock(board, none)
    arena = Arena(board.base, shock, board.options.terms(board.run.spec), tolerance=_TIGHT)
    pairs = [(_tariffs(board, hub, other), _tariffs(board, other, hub)) for other in partners]
    table = _Table(arena, who, pairs)
    low, high = [np.zeros(2) for _ in pairs], [np.ones(2) for _ in pairs]
    found = nash_in_nash(table, low, high, power=power)
    gain, tried = largest_gain(table, found, low, high, power=power)
    signed = _shock(board, _law(after or plan.after, None)).tariff
    rows = [_row(table, found, who, k, np.asarray(signed)) for k in range(len(partners))]
    sure = _sure(board, table, found, none, who, power, draws or Draws())
    for row in rows:
        row["verdict"] = sure["verdicts"].get(row["partner"]) if sure else None
    return {
        **conditions(board),
        "players": [player.name for player in who],
        **absent(board, *(player.name for player in who)),
        "on": none.on.isoformat(),
        "known_on": none.known_on.isoformat() if none.known_on else None,
        "after": (after or plan.after).isoformat(),
        "power": power,
        "agreements": rows,
        **_together(board, table, found, who),
        "largest_gain": gain if np.isfinite(gain) else None,
        "tried": tried,
        "rounds": found.rounds,
        "solves": arena.solves,
        **({"fragility": sure["about"]} if sure else {}),
    }


def _sides(board: GameSetting, names: Sequence[str]) -> list[Player]:
    """The hub and its partners, no economy twice."""
    who = [find_player(board, text) for text in names]
    members = [label for player in who for label in player.economies]
    if len(who) < 2 or len(set(members)) < len(members):  # noqa: PLR2004
        raise InputError(
            "not a hub and its partners",
            where="players",
            found=", ".join(names) or "none",
            allowed="a hub and one partner or more, no economy twice",
            repair="name the hub first, as in `detente play agreements USA MYS VNM`",
        )
    return who


def _law(on: dt.date, known: dt.date | None) -> ScenarioSpec:
    """The law of a day, as known on a day."""
    words = f"the ledger on {on}" + ("" if known is None else f" as known on {known}")
    return ScenarioSpec(id=f"law-{on}", label=words, definition=words, on=on, known_on=known)


def _shock(board: GameSetting, spec: ScenarioSpec) -> Shock:
    """Its shock."""
    run = board.run
    assumed = run.spec.assumed(spec)
    return law_shock(run.setting, spec, scenario_book(spec, run.ledger, assumed), assumed).shock


def _tariffs(board: GameSetting, side: Player, other: Player) -> Instruments:
    """One side's tariffs on the other's goods, moved together."""
    return tariffs_of(board, side, other.economies, "uniform", (0.0, HIGHEST))


def _row(
    table: _Table, found: Agreements, who: Sequence[Player], pair: int, signed: NDArray[np.float64]
) -> dict[str, Any]:
    """One partner's agreement: tariffs, gains, what each side gave, and what was signed."""
    item, terms = found.agreements[pair], [each.terms for each in found.agreements]
    hub, partner = who[0], who[1 + pair]
    names = (hub.name, partner.name)
    agreed = table.held * table.factor(terms)

    def means(tariff: NDArray[np.float64]) -> dict[str, float]:
        return {
            name: float(own.weight @ tariff[own.cells] / own.weight.sum())
            for name, own in zip(names, table.pairs[pair], strict=True)
        }

    def both(own: NDArray[np.float64]) -> dict[str, float]:
        eq = table.solve([own if k == pair else held for k, held in enumerate(terms)])
        return dict(zip(names, (real_income(eq, hub), real_income(eq, partner)), strict=True))

    start = both(np.zeros(2))
    gave = {
        name: {side: value - start[side] for side, value in both(item.terms * alone).items()}
        for name, alone in zip(names, np.eye(2), strict=True)
    }
    return {
        "partner": partner.name,
        "signed": item.signed,
        "cut": dict(zip(names, map(float, item.terms), strict=True)),
        "tariff_before": means(table.held),
        "tariff_agreed": means(agreed),
        "tariff_after": means(signed),
        "gain_pct": dict(zip(names, item.gains, strict=True)),
        "own_cut_worth_pct": gave,
        "after_gain_pct": _after(table, pair, signed, names, (hub, partner)),
    }


def _after(
    table: _Table,
    pair: int,
    signed: NDArray[np.float64],
    names: tuple[str, str],
    sides: tuple[Player, Player],
) -> dict[str, float]:
    """What both gain by the tariffs they had on each other afterwards, everything else as without any agreement."""
    tariff = table.held.copy()
    for own in table.pairs[pair]:
        tariff[own.cells] = signed[own.cells]
    there = table.arena.solve(tariff)
    ends = [real_income(there, side) for side in sides]
    here = table.arena.solve(table.held)
    return {name: end - real_income(here, side) for name, end, side in zip(names, ends, sides, strict=True)}


def _together(board: GameSetting, table: _Table, found: Agreements, who: Sequence[Player]) -> dict[str, Any]:
    """What all agreements together do to those in them and to those left out, against none."""
    with_all = table.solve([item.terms for item in found.agreements])
    incomes = np.asarray(with_all.real_income_pct)
    usd = {player.name: gain_usd_bn(with_all, player) for player in who}
    none = table.solve([np.zeros(2) for _ in found.agreements])
    change = incomes - np.asarray(none.real_income_pct)
    inside = {label for player in who for label in player.economies}
    others = sorted(
        (float(value), label)
        for label, value in zip(board.base.economies, change, strict=True)
        if label not in inside and label != "ROW"
    )
    return {
        "together_pct": {
            player.name: real_income(with_all, player) - real_income(none, player) for player in who
        },
        "together_usd_bn": {player.name: usd[player.name] - gain_usd_bn(none, player) for player in who},
        "left_out": {
            "lose": sum(value < -NOTHING for value, _ in others),
            "gain": sum(value > NOTHING for value, _ in others),
            "most_lost_pct": {label: value for value, label in others[:_SHOWN] if value < 0},
            "most_gained_pct": {label: value for value, label in others[::-1][:_SHOWN] if value > 0},
        },
    }


def _sure(
    board: GameSetting,
    table: _Table,
    found: Agreements,
    law: ScenarioSpec,
    who: Sequence[Player],
    power: float,
    draws: Draws,
) -> dict[str, Any] | None:
    """How sure it is that each pair gains by its agreement, the others as agreed; None without draws."""
    terms = [item.terms for item in found.agreements]
    names = [player.name for player in who]
    without = [
        table.factor([np.zeros(2) if k == pair else own for k, own in enumerate(terms)])
        for pair in range(len(terms))
    ]
    factors = [*without, table.factor(terms)]
    read = goal_reader(table.goals)

    def numbers(base: Baseline, shocks: Sequence[Shock]) -> dict[str, list[float]]:
        laws = [cut_tariffs(shocks[0], base, factor) for factor in factors]
        rows = solve_many(base, laws, throw=False, reduce=read, **vars(board.options.terms(board.run.spec)))
        return {title: [row[title] for row in rows] for title in rows[0]}

    key = key_of("agreements", *names, str(law.on), str(law.known_on), exact(power))
    drawn = draw(board, key, lambda: Asked((law,), (*names[1:], _ALL), numbers), draws)
    if drawn is None:
        return None
    table_of, about = drawn
    verdicts = {}
    for k, name in enumerate(names[1:]):
        if found.agreements[k].signed:
            two = Drawn(table_of.rows, (name, _ALL), _two(table_of, k))
            verdicts[name] = judge_bargain(two, [table.goals[0], table.goals[1 + k]], (names[0], name))
    return {"about": about, "verdicts": verdicts}


def _two(drawn: Drawn, pair: int) -> dict[str, NDArray[np.float64]]:
    """The numbers without one agreement and with all."""
    return {title: values[:, [pair, -1]] for title, values in drawn.values.items()}
