"""Questions about what each side would sign: games, deals, the hedge, reliance, the path."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal, Unpack

from detente.queries.fields import HIDDEN, Limits, Place, Sectors, Word
from detente.queries.law import Play, Playing, Solve, read_solve
from detente.queries.question import question
from detente.queries.result import Result

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from detente.policy import StudyRun
    from detente.policy.strategy.game_setting import GameSetting

Scenario = Annotated[str, Limits(pattern=r"[a-z0-9][a-z0-9-]{0,40}")]
Goal = Annotated[str, Limits(length=200)]
By = Annotated[Literal["uniform", "partner", "sector", "both"], Limits(choices=("uniform", "sector"))]
LOWEST, HIGHEST = 0.0, 10.0
SIDES = ("USA", "CHN")
"""The sides of the main study."""


class Played(Result):
    """
    The answer to a question of strategy; keys are attributes.

    Parameters
    ----------
    setting
        What it was played on.
    result
        As in the interface.
    """

    __slots__ = ("_setting",)

    def __init__(self, setting: GameSetting, result: dict[str, Any]) -> None:
        super().__init__(result)
        object.__setattr__(self, "_setting", setting)

    def as_document(self, command: str) -> dict[str, Any]:
        """Lay the answer out."""
        from detente.policy.strategy.document import strategy_document  # noqa: PLC0415

        return strategy_document(self._setting, dict(self), command=command)


def open_setting(study: str | Path = "kuala-lumpur", **solve: Unpack[Solve]) -> GameSetting:
    """
    Open a study to ask several questions of strategy on one world and one law.

    Parameters
    ----------
    study
        A built-in study, or a study file.
    **solve
        World, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Solve`.

    Returns
    -------
    GameSetting
        Give it as ``setting=`` to `hedge`, `reliance`, `payoffs` and others; what is solved on it is kept.

    Raises
    ------
    StudyError, WorldError, LedgerError
        Something named does not exist.

    Examples
    --------
    >>> open_setting("kuala-lumpur", world="wiod2011").run.spec.id
    'kuala-lumpur'
    """
    from detente.policy import Options  # noqa: PLC0415
    from detente.policy.strategy.game_setting import open_game_setting  # noqa: PLC0415

    economy, ledger = read_solve(solve)
    return open_game_setting(study, ledger=ledger, options=Options(**economy))


def typed(document: Mapping[str, Any]) -> Any:
    """The result of a strategy document, read: one of `detente.policy.documents.strategy.StrategyResult`."""
    from detente.policy.documents.strategy import read_strategy  # noqa: PLC0415

    return read_strategy(document["result"])


def setting_on(run: StudyRun) -> GameSetting:
    """A setting to play one question on, from a run's scenarios; what is solved on it goes with it."""
    from detente.policy.strategy.game_setting import game_setting_of  # noqa: PLC0415  (loads the games)

    return game_setting_of(run)


def _on(play: Mapping[str, object], study: str = "") -> GameSetting:
    """The setting given, or one that is opened now."""
    words: dict[str, Any] = {**play}
    setting, named = words.pop("setting", None), words.pop("study", "kuala-lumpur")
    return setting if setting is not None else open_setting(study or named, **words)


@question("play", "optimal", address="/play/optimal", prints="render_strategy")
def play_optimal(
    player: Annotated[Place, Word(said=True)] = "USA",
    *,
    against: Annotated[tuple[str, ...], Limits(length=60, many=6)] = (),
    by: By = "uniform",
    under: Scenario = "truce",
    goal: Goal = "real-income",
    low: Annotated[float, Word(offered=False)] = LOWEST,
    high: Annotated[float, Word(offered=False)] = HIGHEST,
    start: Annotated[tuple[str, ...], Word(offered=False)] = (),
    sectors: Sectors = ("goods",),
    **play: Unpack[Play],
) -> Played:
    """
    Find one economy's best tariffs if nobody answers.

    Parameters
    ----------
    player
        An economy, or a group such as EU that sets one tariff.
    against
        Exporters it taxes; all by default.
    by
        One tariff, or one by partner, by sector, or by both.
    under
        Scenario whose law everything else follows.
    goal
        real-income, revenue, rivalry:WEIGHT; one economy alone also sectors:CODE=WEIGHT,...
    low
        Lowest tariff, a fraction.
    high
        Highest tariff, a fraction.
    start
        Where to start: "status quo", "free trade", high, random:SEED.
    sectors
        Sectors that are taxed: goods (the default), all, or labels of the world.
    **play
        Study, setting, world, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Play`.

    Returns
    -------
    Played
        tariffs, payoffs, against.

    Raises
    ------
    InputError, StudyError
        A player, a scenario, a goal or a sector that does not exist.

    Examples
    --------
    >>> play_optimal("USA", against=("CHN",), world="wiod2011").player  # doctest: +SKIP
    'USA'

    References
    ----------
    Ossa (2014), Trade Wars and Trade Talks with Data, section II.
    """
    from detente.policy.strategy.tariffs import play_optimal as best  # noqa: PLC0415

    setting = _on(play)
    choice = _choice(by=by, under=under, goal=goal, bounds=(low, high), starts=start, sectors=sectors)
    return Played(setting, best(setting, player, against=against, choice=choice))


@question("play", "nash", address="/play/nash", prints="render_strategy")
def play_nash(
    *players: Annotated[str, Word("player", usual=SIDES), Limits(length=60, many=3)],
    partners: Annotated[Literal["players", "all"], Word(offered=False)] = "players",
    by: By = "uniform",
    under: Scenario = "truce",
    goal: Goal = "real-income",
    low: Annotated[float, Word(offered=False)] = LOWEST,
    high: Annotated[float, Word(offered=False)] = HIGHEST,
    start: Annotated[tuple[str, ...], Word(offered=False)] = (),
    sectors: Sectors = ("goods",),
    **play: Unpack[Play],
) -> Played:
    """
    Find Nash tariffs, verify them, and set them beside the scenarios and cooperation.

    Parameters
    ----------
    *players
        Two economies or groups, or more; USA and CHN by default.
    partners
        Each taxes the other players only, or all its partners.
    by
        One tariff, or one by partner, by sector, or by both.
    under
        Scenario whose law everything else follows.
    goal
        Of every player: real-income, revenue, rivalry:WEIGHT.
    low
        Lowest tariff, a fraction.
    high
        Highest tariff, a fraction.
    start
        Where to start: "status quo", "free trade", high, random:SEED.
    sectors
        Sectors that are taxed: goods (the default), all, or labels of the world.
    **play
        Study, setting, world, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Play`.

    Returns
    -------
    Played
        tariffs, payoffs, is_nash, regret, starts, against.

    Raises
    ------
    InputError, StudyError
        A player, a scenario, a goal or a sector that does not exist.

    Examples
    --------
    >>> play_nash("USA", "CHN", world="wiod2011").is_nash  # doctest: +SKIP
    True

    References
    ----------
    Ossa (2014), Trade Wars and Trade Talks with Data, section III.
    """
    from detente.policy.strategy.tariffs import play_nash as nash  # noqa: PLC0415

    setting = _on(play)
    choice = _choice(
        by=by, under=under, goal=goal, bounds=(low, high), starts=start, partners=partners, sectors=sectors
    )
    return Played(setting, nash(setting, list(players or SIDES), choice=choice))


def _choice(*, starts: tuple[str, ...], sectors: tuple[str, ...], **given: Any) -> Any:
    """What a game of tariffs is about."""
    from detente.policy.strategy.tariffs import STARTS, Choice  # noqa: PLC0415

    return Choice(starts=starts or STARTS, sectors=_taxed(sectors), **given)


def _taxed(sectors: tuple[str, ...] | str) -> str | tuple[str, ...]:
    """The sectors that are taxed: one word or label alone, several with or without commas, goods if none."""
    texts = (sectors,) if isinstance(sectors, str) else sectors
    words = tuple(word.strip() for text in texts for word in text.split(",") if word.strip())
    return words if len(words) > 1 else "".join(words) or "goods"


@question("play", "payoffs", address="/play/payoffs", prints="render_strategy")
def payoffs(
    game: Annotated[str, Word(offered=False, said=True)] = "kuala-lumpur",
    *,
    goal: Goal = "real-income",
    **play: Unpack[Playing],
) -> Played:
    """
    Solve a game whose actions are edits of the ledger; say which threats are credible.

    Parameters
    ----------
    game
        A built-in game (kuala-lumpur, november-2026) or a game file.
    goal
        real-income, revenue or rivalry:WEIGHT, for both players.
    **play
        Setting, world, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Playing`.

    Returns
    -------
    Played
        players, actions, payoffs, equilibria, dominated, credible, discount_factors, failed.

    Raises
    ------
    StudyError, InputError
        The game or the goal does not exist.

    Examples
    --------
    >>> payoffs("kuala-lumpur", world="wiod2011").players  # doctest: +SKIP
    """
    from detente.policy.strategy.actions import play_payoffs  # noqa: PLC0415
    from detente.policy.strategy.game_file import load_game  # noqa: PLC0415

    setting = _on(play, load_game(game).study)
    return Played(setting, play_payoffs(setting, game, goal=goal))


@question("play", "bargain", address="/play/bargain", prints="render_strategy")
def play_bargain(
    *players: Annotated[str, Word("player", usual=SIDES), Limits(length=60, many=2)],
    threat: Scenario = "no-deal",
    by: Literal["uniform", "sector"] = "sector",
    power: Annotated[float, Limits(above=0.0, high=1.0)] = 0.5,
    sectors: Sectors = ("goods",),
    **play: Unpack[Play],
) -> Played:
    """
    Bargain over cuts of the tariffs two sides would charge each other without agreement.

    Parameters
    ----------
    *players
        Two economies or groups; USA and CHN by default.
    threat
        Scenario without agreement.
    by
        One cut for all tariffs of a side, or one by sector.
    power
        Bargaining power of the first side, 0 to 1.
    sectors
        Sectors whose tariffs are cut: goods (the default), all, or labels of the world.
    **play
        Study, setting, world, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Play`.

    Returns
    -------
    Played
        threat_point, frontier, nash, kalai_smorodinsky.

    Raises
    ------
    InputError, StudyError
        A player, a scenario or a sector that does not exist.

    Examples
    --------
    >>> play_bargain("USA", "CHN", world="wiod2011").threat  # doctest: +SKIP
    'no-deal'

    References
    ----------
    Nash (1950), The Bargaining Problem; Kalai and Smorodinsky (1975).
    """
    from detente.policy.strategy.bargain import play_bargain as bargained  # noqa: PLC0415

    setting = _on(play)
    given: dict[str, Any] = {"threat": threat, "by": by, "power": power, "sectors": _taxed(sectors)}
    return Played(setting, bargained(setting, list(players or SIDES), **given))


@question("play", "deals", address="/play/deals", prints="render_strategy")
def deals(
    game: Annotated[str, Word(offered=False, said=True)] = "kuala-lumpur",
    *,
    progress: Annotated[Callable[[str], None] | None, HIDDEN] = None,
    **play: Unpack[Playing],
) -> Played:
    """
    Rank every package of elements that both sides prefer to no deal.

    Parameters
    ----------
    game
        A built-in game (kuala-lumpur, november-2026) or a game file.
    progress
        Called with one line now and then.
    **play
        Setting, world, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Playing`.

    Returns
    -------
    Played
        rows, ranked.

    Raises
    ------
    StudyError
        The game does not exist, or has no elements of a deal.

    Examples
    --------
    >>> deals("kuala-lumpur", world="wiod2011").rows[0]  # doctest: +SKIP
    """
    from detente.policy.strategy.deals import play_deals  # noqa: PLC0415
    from detente.policy.strategy.game_file import load_game  # noqa: PLC0415

    setting = _on(play, load_game(game).study)
    return Played(setting, play_deals(setting, game, progress=progress))


@question("hedge", address="/hedge", prints="render_strategy")
def hedge(
    bloc: Annotated[str, Word(said=True), Limits(length=120)] = "RCEP",
    *,
    under: Scenario = "truce",
    **play: Unpack[Play],
) -> Played:
    """
    Value a bloc's preferences to each member under a scenario's tariffs.

    Parameters
    ----------
    bloc
        A group such as RCEP, or economies separated by commas.
    under
        Scenario of the study.
    **play
        Study, setting, world, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Play`.

    Returns
    -------
    Played
        bloc, under, members.

    Raises
    ------
    InputError, StudyError
        The bloc or the scenario does not exist.

    Examples
    --------
    >>> hedge("RCEP", world="wiod2011").bloc  # doctest: +SKIP
    'RCEP'
    """
    from detente.policy.strategy.hedge import hedge as value  # noqa: PLC0415

    setting = _on(play)
    return Played(setting, value(setting, bloc, under=under))


@question("reliance", address="/reliance", prints="render_strategy")
def reliance(
    a: Annotated[Place, Word(said=True)] = "USA",
    b: Annotated[Place, Word(said=True)] = "CHN",
    *,
    at: Scenario = "baseline",
    **play: Unpack[Play],
) -> Played:
    """
    Measure how far two economies rely on each other: directly, through inputs, and if cut off.

    Parameters
    ----------
    a
        An economy or group.
    b
        Another.
    at
        Scenario at whose trade reliance is measured; the study's baseline by default.
    **play
        Study, setting, world, closure, knowledge and ledger: `detente.queries.law.Play`; a cut-off is always measured in
        the short and in the long run.

    Returns
    -------
    Played
        a, b, direct, look_through, cutoff, by_sector.

    Raises
    ------
    InputError, StudyError
        An economy or the scenario does not exist.

    Examples
    --------
    >>> reliance("USA", "CHN", world="wiod2011").a
    'USA'
    """
    from detente.policy.strategy.reliance import reliance as measured  # noqa: PLC0415

    setting = _on(play)
    return Played(setting, measured(setting, a, b, at=at))


@question("path", address="/path", prints="render_strategy")
def path(
    study: Annotated[str, Word(offered=False, said=True)] = "kuala-lumpur",
    *,
    years: Annotated[int, Limits(low=1, high=20)] = 10,
    truce: Annotated[str, Limits(length=120)] = "",
    breakdown: Annotated[str, Limits(length=120)] = "",
    adjustment: Annotated[float | None, Word(offered=False)] = None,
    risk: Annotated[float | None, Word(offered=False)] = None,
    **play: Unpack[Playing],
) -> Played:
    """
    Follow a truce year by year: reliance, and what a breakdown would cost then.

    Parameters
    ----------
    study
        A built-in study or a study file.
    years
        Years after the first.
    truce
        Scenario of the first year; the path's own by default.
    breakdown
        Scenario that follows if the truce breaks; the path's own by default.
    adjustment
        Share of the gap that firms close each year.
    risk
        Probability in each year, as firms see it, of a breakdown.
    **play
        World, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Playing`.

    Returns
    -------
    Played
        years, one row each.

    Raises
    ------
    StudyError
        The study or a scenario does not exist.

    Examples
    --------
    >>> len(path("kuala-lumpur", years=2, world="wiod2011").years)  # doctest: +SKIP
    3
    """
    from detente.policy.strategy.path import follow  # noqa: PLC0415

    given = {"path_adjustment": adjustment, "path_breakdown": risk}
    assumed = {name: value for name, value in given.items() if value is not None}
    setting = _on(play, study)
    return Played(setting, follow(setting, years=years, truce=truce, breakdown=breakdown, assumed=assumed))
