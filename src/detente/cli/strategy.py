"""Commands on what each side would sign: play, hedge, reliance, path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from detente.cli import options as cli
from detente.cli.options import Economy, Output

if TYPE_CHECKING:
    from detente.scenarios.play import Board

play_app = App(
    name="play",
    help="Games of tariffs and of measures: what each side would do, and sign.",
    help_format="plaintext",
)

By = Literal["uniform", "partner", "sector", "both"]
Many = Annotated[tuple[str, ...], Parameter(negative="")]


@play_app.command
def optimal(
    player: str,
    *,
    against: Many = (),
    by: By = "uniform",
    under: str = "truce",
    goal: str = "real-income",
    low: float = 0.0,
    high: float = 10.0,
    start: Many = (),
    study: str = "kuala-lumpur",
    economy: Economy | None = None,
    output: Output | None = None,
) -> int:
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
        real-income, revenue, rivalry:WEIGHT or sectors:CODE=WEIGHT,...
    low
        Lowest tariff, a fraction.
    high
        Highest tariff, a fraction.
    start
        Where to start: "status quo", "free trade", high, random:SEED.
    study
        Study that has the scenarios.
    economy
        World, closure, factors, horizon.
    output
        Form of the result.
    """
    from detente.scenarios.play_tariffs import STARTS, Choice, play_optimal  # noqa: PLC0415

    output = output or Output()
    choice = Choice(under=under, by=by, bounds=(low, high), goal=goal, starts=start or STARTS)
    if output.reproduce:
        return _lines(
            study, economy, f"play_optimal(board, {player!r}, against={against!r}, choice={choice!r})"
        )
    board = _board(study, economy, output)
    return _emit(board, play_optimal(board, player, against=against, choice=choice), output)


@play_app.command
def nash(
    *players: str,
    by: By = "uniform",
    under: str = "truce",
    goal: str = "real-income",
    partners: Literal["players", "all"] = "players",
    low: float = 0.0,
    high: float = 10.0,
    start: Many = (),
    study: str = "kuala-lumpur",
    economy: Economy | None = None,
    output: Output | None = None,
) -> int:
    """
    Find Nash tariffs, verify them, and set them beside the scenarios and cooperation.

    Parameters
    ----------
    players
        Two economies or groups, or more.
    by
        One tariff, or one by partner, by sector, or by both.
    under
        Scenario whose law everything else follows.
    goal
        real-income, revenue, rivalry:WEIGHT, for every player.
    partners
        Each taxes the other players only, or all its partners.
    low
        Lowest tariff, a fraction.
    high
        Highest tariff, a fraction.
    start
        Where to start: "status quo", "free trade", high, random:SEED.
    study
        Study that has the scenarios.
    economy
        World, closure, factors, horizon.
    output
        Form of the result.
    """
    from detente.scenarios.play_tariffs import STARTS, Choice, play_nash  # noqa: PLC0415

    output = output or Output()
    choice = Choice(
        under=under, by=by, bounds=(low, high), goal=goal, starts=start or STARTS, partners=partners
    )
    if output.reproduce:
        return _lines(study, economy, f"play_nash(board, {list(players)!r}, choice={choice!r})")
    board = _board(study, economy, output)
    return _emit(board, play_nash(board, players, choice=choice), output)


@play_app.command
def payoffs(
    study: str,
    *,
    goal: str = "real-income",
    economy: Economy | None = None,
    output: Output | None = None,
) -> int:
    """
    Solve a game whose actions are edits of the ledger; say which threats are credible.

    Parameters
    ----------
    study
        A built-in game (kuala-lumpur, november-2026) or a game file.
    goal
        real-income, revenue or rivalry:WEIGHT, for both players.
    economy
        World, closure, factors, horizon.
    output
        Form of the result.
    """
    from detente.scenarios.play_actions import play_payoffs  # noqa: PLC0415
    from detente.scenarios.play_file import load_game  # noqa: PLC0415

    output = output or Output()
    game = load_game(study)
    if output.reproduce:
        return _lines(game.study, economy, f"play_payoffs(board, {study!r}, goal={goal!r})")
    board = _board(game.study, economy, output)
    return _emit(board, play_payoffs(board, game, goal=goal), output)


@play_app.command
def bargain(
    *players: str,
    threat: str = "no-deal",
    by: Literal["uniform", "sector"] = "sector",
    power: float = 0.5,
    study: str = "kuala-lumpur",
    economy: Economy | None = None,
    output: Output | None = None,
) -> int:
    """
    Bargain over cuts of the tariffs two sides would charge each other without agreement.

    Parameters
    ----------
    players
        Two economies or groups.
    threat
        Scenario without agreement.
    by
        One cut for all tariffs of a side, or one by sector.
    power
        Bargaining power of the first side, 0 to 1.
    study
        Study that has the scenarios.
    economy
        World, closure, factors, horizon.
    output
        Form of the result.
    """
    from detente.scenarios.play_bargain import play_bargain  # noqa: PLC0415

    output = output or Output()
    if output.reproduce:
        call = f"play_bargain(board, {list(players)!r}, threat={threat!r}, by={by!r}, power={power!r})"
        return _lines(study, economy, call)
    board = _board(study, economy, output)
    return _emit(board, play_bargain(board, players, threat=threat, by=by, power=power), output)


@play_app.command
def deals(study: str, *, economy: Economy | None = None, output: Output | None = None) -> int:
    """
    Rank every package of elements that both sides prefer to no deal.

    Parameters
    ----------
    study
        A built-in game (kuala-lumpur, november-2026) or a game file.
    economy
        World, closure, factors, horizon.
    output
        Form of the result.
    """
    from detente.scenarios.play_deals import play_deals  # noqa: PLC0415
    from detente.scenarios.play_file import load_game  # noqa: PLC0415

    output = output or Output()
    game = load_game(study)
    if output.reproduce:
        return _lines(game.study, economy, f"play_deals(board, {study!r})")
    board = _board(game.study, economy, output)
    return _emit(board, play_deals(board, game, progress=cli.progress(output)), output)


def hedge(
    bloc: str,
    *,
    under: str = "truce",
    study: str = "kuala-lumpur",
    economy: Economy | None = None,
    output: Output | None = None,
) -> int:
    """
    Value a bloc's preferences to each member under a scenario's tariffs.

    Parameters
    ----------
    bloc
        A group such as RCEP, or economies separated by commas.
    under
        Scenario of the study.
    study
        Study that has the scenario.
    economy
        World, closure, factors, horizon.
    output
        Form of the result.
    """
    from detente.scenarios.hedge import hedge as value  # noqa: PLC0415

    output = output or Output()
    if output.reproduce:
        return _lines(study, economy, f"hedge(board, {bloc!r}, under={under!r})")
    board = _board(study, economy, output)
    return _emit(board, value(board, bloc, under=under), output)


def reliance(
    a: str,
    b: str,
    *,
    at: str = "baseline",
    study: str = "kuala-lumpur",
    economy: Economy | None = None,
    output: Output | None = None,
) -> int:
    """
    Measure how far two economies rely on each other.

    Parameters
    ----------
    a
        An economy or group.
    b
        Another.
    at
        Scenario at whose trade reliance is measured; the study's baseline by default.
    study
        Study that has the scenario.
    economy
        World, closure; a cut-off is always measured in the short and in the long run.
    output
        Form of the result.
    """
    from detente.scenarios.reliance import reliance as measure  # noqa: PLC0415

    output = output or Output()
    if output.reproduce:
        return _lines(study, economy, f"reliance(board, {a!r}, {b!r}, at={at!r})")
    board = _board(study, economy, output)
    return _emit(board, measure(board, a, b, at=at), output)


def path(
    study: str,
    *,
    years: int = 10,
    truce: str = "",
    breakdown: str = "",
    adjustment: float | None = None,
    risk: float | None = None,
    economy: Economy | None = None,
    output: Output | None = None,
) -> int:
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
    economy
        World and closure.
    output
        Form of the result.
    """
    from detente.scenarios.path import follow  # noqa: PLC0415

    output = output or Output()
    given = {"path_adjustment": adjustment, "path_breakdown": risk}
    assumed = {name: value for name, value in given.items() if value is not None}
    call = f"years={years}, truce={truce!r}, breakdown={breakdown!r}, assumed={assumed!r}"
    if output.reproduce:
        return _lines(study, economy, f"follow(board, {call})")
    board = _board(study, economy, output)
    return _emit(board, follow(board, years=years, truce=truce, breakdown=breakdown, assumed=assumed), output)


def _board(study: str, economy: Economy | None, output: Output) -> Board:
    """Open the study on the world asked for."""
    from detente.scenarios.play import open_board  # noqa: PLC0415
    from detente.scenarios.results import Options  # noqa: PLC0415

    economy = economy or Economy()
    options = Options(
        world=economy.world, closure=economy.closure, factors=economy.factors, horizon=economy.horizon
    )
    cli.progress(output)(f"loading {study}")
    return open_board(study, ledger=cli.open_law(output), options=options)


def _emit(board: Board, result: dict[str, Any], output: Output) -> int:
    """Print a strategy result."""
    from detente.report.strategy_text import render_strategy  # noqa: PLC0415
    from detente.scenarios.strategy import strategy_document  # noqa: PLC0415

    cli.emit(strategy_document(board, result, command=cli.CALL.command), output, render_strategy)
    return 0


def _lines(study: str, economy: Economy | None, call: str) -> int:
    """Print the Python lines that give the same result."""
    economy = economy or Economy()
    given = {
        "world": economy.world,
        "closure": economy.closure,
        "factors": economy.factors if economy.factors != "mobile" else None,
        "horizon": economy.horizon if economy.horizon != "long" else None,
    }
    options = ", ".join(f"{key}={value!r}" for key, value in given.items() if value is not None)
    function = call.partition("(")[0]
    module = {
        "play_optimal": "play_tariffs",
        "play_nash": "play_tariffs",
        "play_bargain": "play_bargain",
        "play_payoffs": "play_actions",
        "play_deals": "play_deals",
        "follow": "path",
    }.get(function, function)
    names = ", Choice" if "Choice(" in call else ""
    lines = [
        "from detente.scenarios import Options",
        "from detente.scenarios.play import open_board",
        f"from detente.scenarios.{module} import {function}{names}",
        f"board = open_board({study!r}, options=Options({options}))",
        call,
    ]
    return cli.reproduce(*lines)
