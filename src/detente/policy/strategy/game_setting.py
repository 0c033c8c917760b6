"""The law as a table to play at: scenarios of a study as status quo, players, goals, instruments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from detente.display import as_html, in_short
from detente.errors import ConvergenceError, InputError, StudyError
from detente.formatting import small
from detente.games import Arena, Instruments, Player, make_instruments
from detente.geography.economies import is_group, members, resolve
from detente.io.words import one_of
from detente.labels import called_world
from detente.ledger import open_ledger
from detente.policy.instruments.scenario_law import scenario_book
from detente.policy.instruments.shock import law_shock
from detente.policy.results import Options, StudyRun
from detente.policy.studies.run import resolved, solve_law
from detente.policy.studies.starting_point import make_setting, setting_of
from detente.policy.study import A_SCENARIO, NO_SCENARIO, StudySpec, load_study_spec
from detente.world import load_world

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from detente.games import Grouping
    from detente.ledger import Ledger
    from detente.model import Equilibrium
    from detente.model.shock import Labels
    from detente.policy.instruments.shock import LawShock, Setting
    from detente.policy.study import ScenarioSpec
    from detente.world import Baseline

# The scenario every study has: its baseline.
BASELINE = "baseline"
# Words for sectors, beside their labels.
TAXED_WORDS = ("goods", "all")


@dataclass
class GameSetting:
    """
    A study's world and law, prepared once, with the scenarios solved on demand.

    Attributes
    ----------
    run
        Study, setting and ledger, as a run holds them.
    options
        Factors, elasticities, limit of a solve.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    run: StudyRun
    options: Options
    _settings: dict[str, Setting] = field(default_factory=dict)
    _laws: dict[str, LawShock] = field(default_factory=dict)
    _solved: dict[str, Equilibrium] = field(default_factory=dict)

    @property
    def setting(self) -> Setting:
        """World, baseline, and the ledger at the baseline."""
        return self.run.setting

    @property
    def base(self) -> Baseline:
        """Baseline of the model."""
        return self.run.setting.baseline

    @property
    def collected(self) -> NDArray[np.float64]:
        """Tariffs of the world's data, (J, N, N): what ordinary duties and preferences are read from."""
        return self.run.setting.origin.baseline.tariff

    def spec(self, name: str) -> ScenarioSpec:
        """Find a scenario of the study, or its baseline, by id."""
        known = {item.id: item for item in (self.run.spec.baseline, *self.run.spec.scenarios)}
        study = f"study {self.run.spec.id}"
        one_of(name, known, what=NO_SCENARIO, where=study, otherwise=A_SCENARIO, error=StudyError)
        return known[name]

    def law(self, name: str) -> LawShock:
        """Give the shock of a scenario."""
        if name not in self._laws:
            spec = self.spec(name)
            assumed = self.run.spec.assumed(spec)
            book = scenario_book(spec, self.run.ledger, assumed)
            self._laws[name] = law_shock(self.setting_of(name), spec, book, assumed)
        return self._laws[name]

    def setting_of(self, name: str) -> Setting:
        """Give the setting of a scenario: the study's, but for one with elasticities or judgements of its own."""
        if name not in self._settings:
            own = setting_of(self.setting, self.run.spec, self.spec(name), self.run.ledger, self.options)
            self._settings[name] = own or self.setting
        return self._settings[name]

    def solved(self, name: str) -> Equilibrium:
        """Solve a scenario; raises if it has no equilibrium."""
        if name not in self._solved:
            eq = solve_law(self.run, self.law(name), self.options, setting=self.setting_of(name))
            self._solved[name] = require(eq, f"scenario {name}")
        return self._solved[name]

    def arena(self, name: str) -> Arena:
        """Give a scenario as the status quo of a tariff game."""
        return Arena(
            self.setting_of(name).baseline,
            self.law(name).shock,
            self.options.terms(self.run.spec),
        )

    def goods(self) -> tuple[str, ...]:
        """Sectors a tariff can be put on."""
        return self.base.goods


def open_game_setting(
    study: str | Path | StudySpec = "kuala-lumpur",
    *,
    ledger: Ledger | None = None,
    options: Options | None = None,
) -> GameSetting:
    """Prepare a study to be played on."""
    options = options or Options()
    spec = study if isinstance(study, StudySpec) else load_study_spec(study)
    spec = resolved(spec, options)
    ledger = ledger or open_ledger()
    setting = make_setting(spec, load_world(options.world or spec.world), ledger, options=options)
    return GameSetting(StudyRun(spec, setting, ledger, {}, options=options), options)


def game_setting_of(run: StudyRun, options: Options | None = None) -> GameSetting:
    """Play on a study that has been run: its solved scenarios are used again."""
    board = GameSetting(run, options or Options())
    for name, item in run.scenarios.items():
        board._settings[name] = run.at(item)  # noqa: SLF001  (its own class)
        board._laws[name] = item.law  # noqa: SLF001
        board._solved[name] = item.equilibrium  # noqa: SLF001
    return board


def require(eq: Equilibrium, where: str) -> Equilibrium:
    """Refuse an equilibrium that is none. Gives the same."""
    if not eq.converged:
        raise ConvergenceError(
            "no strategy without an equilibrium",
            where=where,
            found=f"{eq.status} (residual {small(eq.residual)} after {eq.iterations} iterations)",
            allowed="converged, residual below 1 in a billion",
            repair="raise the iteration limit, or choose another scenario, closure or horizon",
        )
    return eq


def find_player(board: GameSetting, text: str) -> Player:
    """Find a player by code, name, or group."""
    known = board.base.economies
    if text in known:
        return Player(text)
    if is_group(text.upper()):
        inside = set(members(text.upper(), board.run.spec.baseline.on))
        found = tuple(label for label in known if label in inside)
        if found:
            return Player(text.upper(), found)
    code = resolve(text, where="player")
    if code not in known:
        raise InputError(
            "an economy this world does not hold",
            where="player",
            found=code,
            allowed=", ".join(known),
            repair="use one of these, or another world",
        )
    return Player(code)


def absent(board: GameSetting, *names: str, on: dt.date | None = None) -> dict[str, Any]:
    """
    Say which members of groups a world does not hold, so that none is left out in silence.

    Gives ``not_in_world`` by group and ``notes`` in words; empty if nobody is missing.
    """
    known = set(board.base.economies)
    missing: dict[str, list[str]] = {}
    for name in names:
        if name not in known and is_group(name):
            found = [code for code in members(name, on or board.run.spec.baseline.on) if code not in known]
            missing |= {name: found} if found else {}
    if not missing:
        return {}
    notes = [
        f"{name} is its members in the {called_world(board.setting.world.name)}: {', '.join(found)} "
        f"{'is' if len(found) == 1 else 'are'} not in it by name and left out."
        for name, found in missing.items()
    ]
    return {"not_in_world": missing, "notes": notes}


def tariffs_of(
    board: GameSetting,
    player: Player,
    partners: Sequence[str] | None,
    by: Grouping,
    bounds: tuple[float, float],
    *,
    sectors: Labels = "goods",
) -> Instruments:
    """Tariffs of a player on goods of its partners."""
    return make_instruments(board.base, player, partners=partners, by=by, sectors=sectors, bounds=bounds)


def named_sectors(sectors: Labels) -> str | list[str]:
    """The word for the sectors that are taxed, or their labels."""
    return sectors if isinstance(sectors, str) and sectors in TAXED_WORDS else list(_labels(sectors))


def _labels(sectors: Labels) -> tuple[str, ...]:
    return (sectors,) if isinstance(sectors, str) else tuple(sectors)


def real_income(eq: Equilibrium, player: Player) -> float:
    """Change of a player's real income, percent."""
    if len(player.economies) == 1:
        return float(eq.real_income_pct[player.economies[0]])
    return float(eq.group(player.economies)["real_income_pct"])


def gain_usd_bn(eq: Equilibrium, player: Player) -> float:
    """Equivalent variation of a player, USD billion of the base year."""
    return float(eq.equivalent_variation_usd_mn[list(player.economies)].sum()) / 1e3


def conditions(board: GameSetting) -> dict[str, Any]:
    """What every strategy result was computed under."""
    return {
        "world": board.setting.world.name,
        "study": board.run.spec.id,
        "closure": board.run.spec.closure,
        "factors": board.options.factors,
        "horizon": board.options.horizon,
    }
