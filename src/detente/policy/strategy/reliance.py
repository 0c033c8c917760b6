"""Mutual reliance: direct, through inputs, and what being cut off from each other would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import InputError
from detente.model import Shock, solve
from detente.policy.strategy.fragility.answers import (
    Asked,
    Draws,
    draw,
    goal_reader,
    judge_reliance,
    key_of,
    real_incomes,
)
from detente.policy.strategy.game_setting import (
    BASELINE,
    GameSetting,
    absent,
    conditions,
    find_player,
    gain_usd_bn,
    real_income,
    require,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detente.games import Player
    from detente.model import Equilibrium, Factors
    from detente.world import Baseline

# Rounds of inputs added up: what is left after this many is below the last digit shown.
_ROUNDS: Final = 200
_ROUNDS_TOLERANCE: Final = 1e-12
# The two runs of a cut-off: factors and elasticities.
RUNS: Final[dict[str, tuple[Factors, str]]] = {"short": ("fixed", "short"), "long": ("mobile", "long")}


def reliance(
    board: GameSetting,
    a: str,
    b: str,
    *,
    at: str = BASELINE,
    by_sector: bool = True,
    draws: Draws | None = None,
) -> dict[str, Any]:
    """
    Measure how far two economies rely on each other.

    Gives ``direct`` (imports and exports over the buyer's or seller's total, with concentration), ``look_through``
    (shares of the goods that production in one needs from the other, at face value and with all rounds of inputs),
    ``cutoff`` (real income lost in the short and the long run, percent and USD billion, and the ratio of the two
    losses), ``by_sector``; ``verdicts``, how sure it is in each run which of the two loses more, over the draws of
    ``fragility``.

    Baldwin, Freeman and Theodorakopoulos (2023), "Hidden exposure: measuring US supply chain reliance", Brookings
    Papers on Economic Activity, Fall: face-value and look-through shares of foreign industrial inputs; here over gross
    output at all tiers.
    """
    first, second = find_player(board, a), find_player(board, b)
    if set(first.economies) & set(second.economies):
        raise InputError(
            "reliance is between two different economies",
            where="A B",
            found=f"{a}, {b}",
            allowed="two economies or groups without a common member",
            repair="name another economy",
        )
    base = board.base if at == BASELINE else board.solved(at).as_baseline()
    pair = (first, second)
    return {
        **conditions(board),
        "a": first.name,
        "b": second.name,
        **absent(board, first.name, second.name),
        "at": at,
        "direct": {f"{x.name} on {y.name}": direct(base, x, y, board.goods()) for x, y in (pair, pair[::-1])},
        "look_through": {
            f"{x.name} on {y.name}": look_through(base, x, y, board.goods()) for x, y in (pair, pair[::-1])
        },
        "cutoff": {run: cut_off(board, base, pair, run) for run in RUNS},
        **_sure(board, pair, at, draws or Draws()),
        "by_sector": _by_sector(board, base, pair) if by_sector else [],
    }


def reliance_asked(board: GameSetting, pair: tuple[Player, Player], at: str) -> Asked:
    """What decides who relies more: both sides' real income once trade between them has ended, in both runs."""
    read = goal_reader(real_incomes(pair))

    def numbers(base: Baseline, shocks: Sequence[Shock]) -> dict[str, list[float]]:
        for shock in shocks:
            terms = vars(board.options.terms(board.run.spec))
            base = require(solve(base, shock, throw=False, **terms), f"scenario {at}").as_baseline()
        found = [read(cut_equilibrium(board, base, pair, run)) for run in RUNS]
        return {title: [row[title] for row in found] for title in found[0]}

    return Asked(() if at == BASELINE else (at,), tuple(RUNS), numbers)


def _sure(board: GameSetting, pair: tuple[Player, Player], at: str, draws: Draws) -> dict[str, Any]:
    """How sure it is which side loses more, in each run; nothing without draws."""
    names = [player.name for player in pair]
    found = draw(board, key_of("reliance", *names, at), lambda: reliance_asked(board, pair, at), draws)
    if found is None:
        return {}
    drawn, about = found
    return {
        "fragility": about,
        "verdicts": {run: judge_reliance(drawn, real_incomes(pair), names, run) for run in RUNS},
    }


def direct(base: Baseline, user: Player, source: Player, goods: Sequence[str]) -> dict[str, Any]:
    """
    Direct dependence of one economy on another, at basic prices.

    Gives ``import_share`` of the user's imports of goods, ``use_share`` of all goods it uses, ``export_share`` of its
    exports of goods that go there, ``concentration`` (Herfindahl index of its imports of goods by origin), and
    ``sectors``: the ten with the largest imports.
    """
    n, i = _places(base, user), _places(base, source)
    rows = np.array([base.sectors.index(sector) for sector in goods])
    flows = base.flows[rows]
    away = np.setdiff1d(np.arange(flows.shape[1]), n)
    used = flows[:, n].sum(axis=1)
    imports, from_there = used[:, away].sum(axis=1), used[:, i].sum(axis=1)
    exports = flows[:, :, n].sum(axis=2)
    sold, sold_there = exports[:, away].sum(axis=1), exports[:, i].sum(axis=1)
    by_origin = used[:, away].sum(axis=0)
    sectors = {}
    for k in np.argsort(-from_there)[:10]:
        shares = np.divide(used[k, away], imports[k], out=np.zeros(len(away)), where=imports[k] > 0)
        sectors[goods[k]] = {
            "imports_usd_bn": float(from_there[k]) / 1e3,
            "import_share": _part(from_there[k], imports[k]),
            "use_share": _part(from_there[k], used[k].sum()),
            "concentration": float((shares**2).sum()),
        }
    return {
        "imports_usd_bn": float(from_there.sum()) / 1e3,
        "exports_usd_bn": float(sold_there.sum()) / 1e3,
        "import_share": _part(from_there.sum(), imports.sum()),
        "use_share": _part(from_there.sum(), used.sum()),
        "export_share": _part(sold_there.sum(), sold.sum()),
        "concentration": float(((by_origin / by_origin.sum()) ** 2).sum()),
        "sectors": sectors,
    }


def look_through(base: Baseline, user: Player, source: Player, goods: Sequence[str]) -> dict[str, Any]:
    """
    Share of the goods needed for production in one economy that are made in another.

    Gives ``face_value`` (inputs bought directly), ``look_through`` (all rounds of inputs), their ratio, and
    ``sectors``: the ten using industries that rely most by look-through.
    """
    rows = np.array([base.sectors.index(sector) for sector in goods])
    i = _places(base, source)
    first, every = np.zeros((2, 2, len(rows)))
    for n in _places(base, user):
        direct_needs, all_needs = requirements(base, int(n), rows)
        for total, needs in ((first, direct_needs), (every, all_needs)):
            goods_needed = needs[rows] * base.output[rows, n]
            total[0] += goods_needed[:, i].sum(axis=(0, 1))
            total[1] += goods_needed.sum(axis=(0, 1))
    by_sector = {
        goods[k]: {
            "face_value": _part(first[0, k], first[1, k]),
            "look_through": _part(every[0, k], every[1, k]),
        }
        for k in range(len(rows))
        if every[1, k] > 0
    }
    top = sorted(by_sector, key=lambda sector: -by_sector[sector]["look_through"])[:10]
    face, through = _part(first[0].sum(), first[1].sum()), _part(every[0].sum(), every[1].sum())
    return {
        "face_value": face,
        "look_through": through,
        "hidden": through / face if face > 0 else None,
        "sectors": {sector: by_sector[sector] for sector in top},
    }


def requirements(
    base: Baseline, user: int, columns: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Gross output needed everywhere per unit of output of one economy's sectors.

    Gives (J, N, columns): the first round of inputs, and all rounds, ``(I - A)**-1 - I``; the unit itself not counted.

    By adding up rounds; each is two batched products with the input shares and the shares by origin.
    """
    J, N = base.output.shape
    origin = base.pi / (1 + base.tariff)
    unit = np.zeros((J, N, len(columns)))
    unit[columns, user, np.arange(len(columns))] = 1.0

    def inputs(output: NDArray[np.float64]) -> NDArray[np.float64]:
        bought = np.einsum("kjn,jns->kns", base.io, output, optimize=True)
        made: NDArray[np.float64] = np.matmul(origin.transpose(0, 2, 1), bought)
        return made

    first = layer = inputs(unit)
    total = layer.copy()
    for _ in range(_ROUNDS):
        layer = inputs(layer)
        total += layer
        if layer.max() <= _ROUNDS_TOLERANCE:
            break
    return first, total


def cut_off(
    board: GameSetting,
    base: Baseline,
    pair: tuple[Player, Player],
    run: str,
    *,
    sectors: Sequence[str] | None = None,
) -> dict[str, Any]:
    """
    Cost of an end to all trade between two economies.

    Gives ``status``, ``loss_pct`` and ``loss_usd_bn`` of each, and ``leverage``: the loss of each over that of the
    other.
    """
    eq = cut_equilibrium(board, base, pair, run, sectors=sectors)
    found: dict[str, Any] = {"status": eq.status}
    if not eq.converged:
        return found
    loss = {player.name: -real_income(eq, player) for player in pair}
    names = list(loss)
    return found | {
        "loss_pct": loss,
        "loss_usd_bn": {player.name: -gain_usd_bn(eq, player) for player in pair},
        "leverage": {
            names[k]: loss[names[1 - k]] / loss[names[k]] if loss[names[k]] > 0 else None for k in (0, 1)
        },
    }


def cut_equilibrium(
    board: GameSetting,
    base: Baseline,
    pair: tuple[Player, Player],
    run: str,
    *,
    sectors: Sequence[str] | None = None,
) -> Equilibrium:
    """Solve an end to trade between two economies."""
    rows = np.array([base.sectors.index(s) for s in (base.sectors if sectors is None else sectors)])
    first, second = (_places(base, player) for player in pair)
    closed = np.zeros(base.pi.shape)
    closed[np.ix_(rows, first, second)] = 1.0
    closed[np.ix_(rows, second, first)] = 1.0
    factors, horizon = RUNS[run]
    return solve(
        base,
        Shock(prohibited=closed),
        closure=board.run.spec.closure,
        factors=factors,
        horizon=horizon,
        throw=False,
    )


def _by_sector(board: GameSetting, base: Baseline, pair: tuple[Player, Player]) -> list[dict[str, Any]]:
    """Cut off one industry at a time, both directions."""
    first, second = (_places(base, player) for player in pair)
    flows = base.flows
    rows = []
    for sector in board.goods():
        j = base.sectors.index(sector)
        both = flows[j][np.ix_(first, second)].sum(), flows[j][np.ix_(second, first)].sum()
        if sum(both) <= 0:
            continue
        row: dict[str, Any] = {
            "sector": sector,
            "imports_usd_bn": {pair[0].name: float(both[0]) / 1e3, pair[1].name: float(both[1]) / 1e3},
        }
        for run in RUNS:
            row[run] = cut_off(board, base, pair, run, sectors=[sector])
        rows.append(row)
    rows.sort(key=lambda row: -sum((row["short"].get("loss_usd_bn") or {}).values()))
    return rows


def _places(base: Baseline, player: Player) -> NDArray[np.intp]:
    return np.array([base.economies.index(label) for label in player.economies])


def _part(part: Any, whole: Any) -> float:
    return float(part / whole) if whole > 0 else 0.0
