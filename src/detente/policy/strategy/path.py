"""Year by year while a truce lasts: what firms have adjusted to, reliance, and what a breakdown would cost then."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import InputError, StudyError
from detente.formatting import exact
from detente.ledger.files.load import read_record
from detente.manifest import DATA
from detente.model import Shock, elasticity_ratio, solve
from detente.policy.instrument_table import NamedAssumption  # noqa: TC001  (pydantic resolves the annotations at run time)
from detente.policy.instruments.scenario_law import scenario_book
from detente.policy.instruments.shock import law_shock
from detente.policy.outcomes import average_tariffs
from detente.policy.strategy.game_setting import GameSetting, conditions, find_player, real_income, require
from detente.policy.strategy.reliance import cut_off, direct
from detente.policy.study import LARGEST_STUDY_BYTES, ScenarioSpec, Spec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from detente.games import Player
    from detente.ledger import Book
    from detente.model import Equilibrium
    from detente.model.results.records import Horizon
    from detente.world import Baseline

# Horizons of a path: of what firms have adjusted to, and of a year itself.
LONG: Final = "long"
SHORT: Final = "short"
_MOST_YEARS: Final = 40


class PathSpec(Spec):
    """Scenarios of a study between which its path runs."""

    truce: str
    breakdown: str
    start: int


class PathFile(Spec):
    """data/scenarios/paths.yaml."""

    assumptions: tuple[NamedAssumption, ...]
    studies: dict[str, PathSpec]


@cache
def path_file() -> PathFile:
    """
    Read the assumptions of paths.

    Examples
    --------
    >>> path_file().studies["kuala-lumpur"].breakdown
    'escalation'
    """
    path = DATA / "scenarios" / "paths.yaml"
    return read_record(path, PathFile, error=StudyError, largest=LARGEST_STUDY_BYTES)


def follow(
    board: GameSetting,
    *,
    years: int = 10,
    truce: str = "",
    breakdown: str = "",
    assumed: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """
    Follow a truce year by year.

    Gives ``years``: one row each with the law (``law``: "ledger", or "held" after the last day the sources cover),
    average tariffs now and those firms have adjusted to, real income, trade, reliance (import and export shares and the
    short-run cost of being cut off) and ``breakdown``: what each side would lose in the first year if the truce broke
    then, and once all has adjusted. Beside the truce's real income stand, by year, that of no truce (the breakdown's law
    from the first year, ``no_truce_pct``) and of a truce nobody doubts (no probability of a breakdown, ``undoubted_pct``).
    ``time`` says whose loss from a breakdown falls more while the truce lasts.

    Firms' long-lived choices of suppliers are those of the long-run equilibrium at the tariffs they have adjusted to,
    `k[y]`; the year itself is the short-run equilibrium from there, with short-run elasticities and factors held in
    their industries. With `a` the share adjusted each year and `p` the probability of a breakdown, in logs of 1 +
    tariff and of delivery costs, `k[y+1] = k[y] + a ((1 - p) now[y] + p breakdown - k[y])`. So the response to a change
    of the law grows from the short-run to the long-run elasticity as years pass.

    Boehm, Levchenko and Pandalai-Nayar (2023); Handley and Limão (2017), American Economic Review 107(9), for expected
    tariffs.
    """
    plan = _plan(board, truce, breakdown)
    values = {item.name: item.value for item in path_file().assumptions} | dict(assumed or {})
    _check(years, values)
    first, second = (find_player(board, name) for name in board.run.spec.pairs[0])
    if first.name > second.name:
        first, second = second, first
    law = _Law(board, values)
    laws = _laws(law, plan, years)
    broken = law.read(board.spec(plan.breakdown))
    known = law.none()
    rows = []
    for year, (name, label, now) in enumerate(laws):
        rows.append(
            {"year": plan.start + year, "law": label, "scenario": name}
            | _year(board, known, now, broken, (first, second), values)
        )
        known = _adjust(known, now, broken, values)
    others = {
        "no_truce_pct": _track(board, [law.none(), *[broken] * len(laws)], (first, second), broken, values),
        "undoubted_pct": _track(
            board,
            [law.none(), *(now for _, _, now in laws)],
            (first, second),
            broken,
            {**values, "path_breakdown": 0.0},
        ),
    }
    for year, row in enumerate(rows):
        row.update({name: track[year] for name, track in others.items()})
    used = [item.model_dump() | {"value": values[item.name]} for item in path_file().assumptions]
    return {
        **conditions(board),
        "truce": plan.truce,
        "breakdown": plan.breakdown,
        "sides": [first.name, second.name],
        "short_run_elasticity": elasticity_ratio("short"),
        "years": rows,
        "time": _time(rows, first.name, second.name),
        "path_assumptions": used,
    }


def _track(
    board: GameSetting,
    laws: Sequence[Wedge],
    sides: tuple[Player, Player],
    broken: Wedge,
    values: Mapping[str, float],
) -> list[dict[str, float]]:
    """Real income of both sides year by year under some laws, firms of the first adjusting as they expect."""
    known, found = laws[0], []
    for now in laws[1:]:
        settled = _settled(board, known)
        year = _from(board, settled.as_baseline(), known, now, SHORT)
        found.append({player.name: _chain(settled, year, player) for player in sides})
        known = _adjust(known, now, broken, values)
    return found


def _time(rows: Sequence[Mapping[str, Any]], first: str, second: str) -> dict[str, Any]:
    """
    What the years of a truce do to both sides' losses from a breakdown.

    Gives by side ``loss_first_pct``, ``loss_last_pct`` (of the first year after a breakdown) and ``share_gone``, the part of
    the loss that time takes away; ``gains`` is the side that loses the larger part of its exposure, so that its threats are
    cheaper to carry out and the other's weigh less; empty if either loses nothing to begin with.
    """
    sides: dict[str, Any] = {}
    for name in (first, second):
        begin, end = (-float(row["breakdown"]["first_year_pct"][name]) for row in (rows[0], rows[-1]))
        gone = (begin - end) / begin if begin > 0 else None
        sides[name] = {"loss_first_pct": begin, "loss_last_pct": end, "share_gone": gone}
    shares = [sides[name]["share_gone"] for name in (first, second)]
    known = [share for share in shares if share is not None]
    gains = ""
    if len(known) == len(shares) and known[0] != known[1]:
        gains = first if known[0] > known[1] else second
    return {"sides": sides, "gains": gains}


def _plan(board: GameSetting, truce: str, breakdown: str) -> PathSpec:
    """Scenarios of the study's path."""
    known = path_file().studies
    name = board.run.spec.id
    if name not in known and not (truce and breakdown):
        raise StudyError(
            "no path for this study",
            where=f"study {name}",
            found=name,
            allowed=", ".join(known),
            repair="name its scenarios with --truce and --breakdown",
        )
    plan = known.get(name) or PathSpec(truce=truce, breakdown=breakdown, start=board.spec(truce).on.year)
    chosen = {key: text for key, text in (("truce", truce), ("breakdown", breakdown)) if text}
    plan = plan.model_copy(update=chosen)
    for scenario in (plan.truce, plan.breakdown):
        board.spec(scenario)
    return plan


def _check(years: int, values: Mapping[str, float]) -> None:
    """Refuse numbers that are no years or shares."""
    known = {item.name for item in path_file().assumptions}
    shares = [values["path_adjustment"], values["path_breakdown"]]
    unknown = set(values) - known
    if not 0 <= years <= _MOST_YEARS or unknown or not all(0 <= share <= 1 for share in shares):
        raise InputError(
            "a path that cannot be followed",
            where="path",
            found=f"{years} years, shares {', '.join(map(exact, shares))}, unknown {', '.join(sorted(unknown)) or 'none'}",
            allowed=f"0 to {_MOST_YEARS} years, shares from 0 to 1, names {', '.join(sorted(known))}",
            repair="see data/scenarios/paths.yaml",
        )


@dataclass(frozen=True, eq=False)
class Wedge:
    """
    A law against the study's baseline.

    tariff: Logs of 1 + tariff, (J, N, N).
    costs: Logs of delivery costs by horizon, (J, N, N): a forbidden share takes a larger cost where buyers respond less.
    """

    tariff: NDArray[np.float64]
    costs: Mapping[Horizon, NDArray[np.float64]]

    def shock(self) -> Shock:
        """The law in the long run."""
        return _shock(self.tariff, self.costs[LONG])

    def mix(self, other: Wedge, share: float) -> Wedge:
        """The law moved towards another by a share of the gap."""
        costs = {at: cost + share * (other.costs[at] - cost) for at, cost in self.costs.items()}
        return Wedge(self.tariff + share * (other.tariff - self.tariff), costs)


def _shock(tariff: NDArray[np.float64], cost: NDArray[np.float64]) -> Shock:
    """Tariffs and delivery costs from their logs."""
    return Shock(tariff=np.expm1(tariff), iceberg=np.exp(cost) if cost.any() else None)


class _Law:
    """Laws of a path as wedges at the horizons it is solved at; limits and targets are left out."""

    def __init__(self, board: GameSetting, values: Mapping[str, float]) -> None:
        self.board = board
        self.horizons: tuple[Horizon, ...] = (LONG, SHORT, values["path_reaction_years"])
        start = board.run.spec.baseline
        setting, assumed = board.setting, board.run.spec.assumed(start)
        self._start = self._costs(start, setting.book, assumed, setting.duties)

    def none(self) -> Wedge:
        """The baseline: its duties, no change of delivery costs."""
        tariff = np.log1p(self.board.base.tariff)
        return Wedge(tariff, {at: np.zeros(tariff.shape) for at in self.horizons})

    def read(self, spec: ScenarioSpec) -> Wedge:
        """The law of a scenario."""
        run = self.board.run
        assumed = run.spec.assumed(spec)
        book = scenario_book(spec, run.ledger, assumed)
        law = law_shock(run.setting, spec, book, assumed)
        tariff = self.board.base.tariff if law.shock.tariff is None else law.shock.tariff
        costs = self._costs(spec, book, assumed, law.duties)
        return Wedge(
            np.log1p(np.asarray(tariff, dtype=np.float64)),
            {at: cost - self._start[at] for at, cost in costs.items()},
        )

    def _costs(
        self, spec: ScenarioSpec, book: Book, assumed: Mapping[str, float], duties: NDArray[np.float64]
    ) -> dict[Horizon, NDArray[np.float64]]:
        """Logs of delivery costs against the law of the data, by horizon."""
        found = {}
        for at in self.horizons:
            setting = dataclasses.replace(self.board.setting, horizon=at, law=None, moved=None)
            cost = law_shock(setting, spec, book, assumed, duties=duties).shock.iceberg
            found[at] = np.zeros(duties.shape) if cost is None else np.log(np.asarray(cost, dtype=np.float64))
        return found


def _adjust(known: Wedge, now: Wedge, broken: Wedge, values: Mapping[str, float]) -> Wedge:
    """Move what firms have adjusted to towards what they expect."""
    return known.mix(now.mix(broken, values["path_breakdown"]), values["path_adjustment"])


def _laws(law: _Law, plan: PathSpec, years: int) -> list[tuple[str, str, Wedge]]:
    """The law of each year: the truce, then the ledger at each year's end while sources last, then that law held."""
    board = law.board
    found = [(plan.truce, "scenario", law.read(board.spec(plan.truce)))]
    horizon = board.run.ledger.horizon
    for year in range(plan.start + 1, plan.start + years + 1):
        day = min(dt.date(year, 12, 31), horizon)
        if day.year < year and len(found) > 1:
            name, _, held = found[-1]
            found.append((name, "held", held))
            continue
        spec = ScenarioSpec(
            id=f"ledger-{day}", label=str(day), definition=f"the ledger on {day}", on=day, ends="reported"
        )
        found.append((f"the ledger on {day}", "ledger" if day.year == year else "held", law.read(spec)))
    return found


def _year(
    board: GameSetting,
    known: Wedge,
    now: Wedge,
    broken: Wedge,
    sides: tuple[Player, Player],
    values: Mapping[str, float],
) -> dict[str, Any]:
    """One year: what firms have adjusted to in the long run, the year itself from there, and a breakdown in it."""
    closure = board.run.spec.closure
    settled = _settled(board, known)
    ground = settled.as_baseline()
    year = _from(board, ground, known, now, SHORT)
    horizon = values["path_reaction_years"]
    hit = _from(board, ground, known, broken, horizon)
    after = require(solve(board.base, broken.shock(), closure=closure, throw=False), "breakdown, long run")
    calm = require(solve(board.base, now.shock(), closure=closure, throw=False), "truce, long run")
    here = year.as_baseline()
    pairs = [(sides[0].name, sides[1].name), (sides[1].name, sides[0].name)]
    held = {name: _chain(settled, year, player) for name, player in zip(("a", "b"), sides, strict=True)}
    return {
        "tariffs": _tariffs(board, now, pairs),
        "adjusted_to": _tariffs(board, known, pairs),
        "real_income_pct": {sides[k].name: held[key] for k, key in enumerate(("a", "b"))},
        "flows_usd_bn": {f"{i}->{n}": year.flow(i, n).new / 1e3 for n, i in pairs},
        "reliance": {
            f"{x.name} on {y.name}": {
                key: value
                for key, value in direct(here, x, y, board.goods()).items()
                if key in {"import_share", "export_share", "use_share"}
            }
            for x, y in (sides, sides[::-1])
        },
        "cutoff_short_pct": cut_off(board, here, sides, "short").get("loss_pct"),
        "breakdown": {
            "first_year_pct": {p.name: _chain(settled, hit, p) - _chain(settled, year, p) for p in sides},
            "long_run_pct": {p.name: real_income(after, p) - real_income(calm, p) for p in sides},
        },
    }


def _settled(board: GameSetting, known: Wedge) -> Equilibrium:
    """The long run of the law that firms have adjusted to."""
    eq = solve(board.base, known.shock(), closure=board.run.spec.closure, throw=False)
    return require(eq, "what firms have adjusted to")


def _from(board: GameSetting, ground: Baseline, known: Wedge, law: Wedge, horizon: Horizon) -> Equilibrium:
    """Short-run equilibrium of a law for firms that have adjusted to another."""
    shock = _shock(law.tariff, law.costs[horizon] - known.costs[horizon])
    eq = solve(ground, shock, closure=board.run.spec.closure, factors="fixed", horizon=horizon, throw=False)
    return require(eq, "a year of the path")


def _chain(settled: Equilibrium, then: Equilibrium, player: Player) -> float:
    """Real income after both steps against the study's baseline, percent."""
    first, second = (1 + real_income(eq, player) / 100 for eq in (settled, then))
    return 100 * (first * second - 1)


def _tariffs(board: GameSetting, wedge: Wedge, pairs: list[tuple[str, str]]) -> dict[str, float]:
    """Average tariffs between the sides."""
    means = average_tariffs(board.setting, np.expm1(wedge.tariff), pairs)
    return {key: value for key, value in means.items() if not key.endswith("*")}
