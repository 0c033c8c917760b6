"""Questions about games: what each side would choose, threaten and sign."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal, Unpack

from detente.queries.fields import HIDDEN, Limits, Place, Sectors, Word
from detente.queries.law import Play, Playing
from detente.queries.question import question
from detente.queries.strategy import SIDES, DrawCount, Played, Scenario, draws_of, setting_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detente.policy.strategy.game_file import GameSpec
    from detente.policy.strategy.game_setting import GameSetting

USUAL = "real-income"
Goals = Annotated[tuple[str, ...], Limits(length=200, many=3)]
By = Annotated[Literal["uniform", "partner", "sector", "both"], Limits(choices=("uniform", "sector"))]
LOWEST, HIGHEST = 0.0, 10.0


@question("play", "optimal", address="/play/optimal", prints="render_strategy")
def play_optimal(
    player: Annotated[Place, Word(said=True)] = SIDES[0],
    *,
    against: Annotated[tuple[str, ...], Limits(length=60, many=6)] = (),
    by: By = "uniform",
    under: Scenario = "truce",
    goal: Goals = (USUAL,),
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
        real-income, revenue, rivalry:WEIGHT, a sum such as "income - 0.9*rival"; one economy alone also
        sectors:CODE=WEIGHT,...
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

    _refuse_early([player, *against], goal, play)
    setting = setting_for(play)
    choice = _choice(by=by, under=under, goal=goal, bounds=(low, high), starts=start, sectors=sectors)
    return Played(setting, best(setting, player, against=against, choice=choice))


@question("play", "nash", address="/play/nash", prints="render_strategy")
def play_nash(
    *players: Annotated[str, Word("player", usual=SIDES), Limits(length=60, many=3)],
    partners: Annotated[Literal["players", "all"], Word(offered=False)] = "players",
    by: By = "uniform",
    under: Scenario = "truce",
    goal: Goals = (USUAL,),
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
        real-income, revenue, rivalry:WEIGHT, or a sum such as "income - 0.9*rival": one for all, or one for each player,
        PLAYER=GOAL.
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

    _refuse_early(players or SIDES, goal, play)
    setting = setting_for(play)
    choice = _choice(
        by=by, under=under, goal=goal, bounds=(low, high), starts=start, partners=partners, sectors=sectors
    )
    return Played(setting, nash(setting, list(players or SIDES), choice=choice))


def _refuse_early(players: Sequence[str], goal: tuple[str, ...], play: Mapping[str, Any]) -> None:
    """Refuse what no world of the package could play before one is read."""
    from detente.policy.strategy.revealed import refuse_early  # noqa: PLC0415
    from detente.world import world_names  # noqa: PLC0415

    if play.get("setting") is None and play.get("world") in (None, *world_names()):
        refuse_early(players, goal)


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
    goal: Goals = (USUAL,),
    draws: DrawCount = None,
    **play: Unpack[Playing],
) -> Played:
    """
    Solve a game whose actions are edits of the ledger; say which threats are credible.

    Parameters
    ----------
    game
        A built-in game (kuala-lumpur, november-2026) or a game file.
    goal
        real-income, revenue, rivalry:WEIGHT, or a sum such as "income - 0.9*rival" (a range: "income - 0.5..1.2*rival"):
        one for both, or one for each player, PLAYER=GOAL; by default as the game file says, else real income.
    draws
        Draws of the assumptions behind each verdict; by default those that come with the package, or 8. From 16 on each
        assumption is also moved alone.
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

    spec = load_game(game)
    _refuse_early(spec.players, goal, play)
    setting = setting_for(play, spec.study)
    return Played(setting, play_payoffs(setting, spec, goal=goal, draws=_draws(setting, spec, goal, draws)))


@question("play", "bargain", address="/play/bargain", prints="render_strategy")
def play_bargain(
    *players: Annotated[str, Word("player", usual=SIDES), Limits(length=60, many=2)],
    threat: Scenario = "no-deal",
    by: Literal["uniform", "sector"] = "sector",
    power: Annotated[float, Limits(above=0.0, high=1.0)] = 0.5,
    sectors: Sectors = ("goods",),
    goal: Goals = (USUAL,),
    draws: DrawCount = None,
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
    goal
        real-income, revenue, rivalry:WEIGHT, or a sum such as "income - 0.9*rival": one for both, or one for each player,
        PLAYER=GOAL.
    draws
        Draws of the assumptions behind the verdict; by default those that come with the package, or 8.
    **play
        Study, setting, world, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Play`.

    Returns
    -------
    Played
        threat_point, frontier, nash, kalai_smorodinsky, verdict (how sure it is that both gain by Nash's solution).

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

    _refuse_early(players or SIDES, goal, play)
    setting = setting_for(play)
    given: dict[str, Any] = {
        "threat": threat,
        "by": by,
        "power": power,
        "sectors": _taxed(sectors),
        "goal": goal,
        "draws": draws_of(draws),
    }
    return Played(setting, bargained(setting, list(players or SIDES), **given))


@question("play", "deals", address="/play/deals", prints="render_strategy")
def deals(
    game: Annotated[str, Word(offered=False, said=True)] = "kuala-lumpur",
    *,
    goal: Goals = (USUAL,),
    draws: DrawCount = None,
    progress: Annotated[Callable[[str], None] | None, HIDDEN] = None,
    **play: Unpack[Playing],
) -> Played:
    """
    Rank every package of elements that both sides prefer to no deal.

    Parameters
    ----------
    game
        A built-in game (kuala-lumpur, november-2026) or a game file.
    goal
        real-income, revenue, rivalry:WEIGHT, or a sum such as "income - 0.9*rival": one for both, or one for each player,
        PLAYER=GOAL; by default as the game file says, else real income.
    draws
        Draws of the assumptions behind each verdict; by default those that come with the package, or 8. From 16 on each
        assumption is also moved alone.
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
    >>> deals("kuala")
    Traceback (most recent call last):
    ...
    detente.errors.StudyError: ...
    """
    from detente.policy.strategy.deals import play_deals  # noqa: PLC0415
    from detente.policy.strategy.game_file import load_game  # noqa: PLC0415

    spec = load_game(game)
    _refuse_early(spec.players, goal, play)
    setting = setting_for(play, spec.study)
    chosen = _draws(setting, spec, goal, draws)
    return Played(setting, play_deals(setting, spec, goal=goal, draws=chosen, progress=progress))


def _draws(setting: GameSetting, spec: GameSpec, goal: tuple[str, ...], asked: int | None) -> int | None:
    """The draws asked for; where nothing is said those that come with the package, or a few."""
    from detente.policy.strategy.actions import goals_in  # noqa: PLC0415
    from detente.policy.strategy.fragility.judge import usual_draws  # noqa: PLC0415

    return usual_draws(setting, spec, goals_in(setting, spec, goal)) if asked is None else asked
