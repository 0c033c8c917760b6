"""Commands on what each side would sign: play, hedge, reliance, path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from detente.cli import options as cli
from detente.cli.options import Economy, Output
from detente.cli.repeat import ledger_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.policy.strategy.game_setting import Board
    from detente.policy.strategy.tariffs import Choice

play_app = App(
    name="play",
    help="Games of tariffs and of measures: what each side would do, and sign.",
    help_format="plaintext",
)

By = Literal["uniform", "partner", "sector", "both"]
Many = Annotated[tuple[str, ...], Parameter(negative="")]


@Parameter(name="*")
@dataclass(frozen=True)
class Game:
    """What a game of tariffs is about."""

    by: By = "uniform"
    """One tariff, or one by partner, by sector, or by both."""
    under: str = "truce"
    """Scenario whose law everything else follows."""
    goal: str = "real-income"
    """real-income, revenue, rivalry:WEIGHT; one economy alone also sectors:CODE=WEIGHT,..."""
    low: float = 0.0
    """Lowest tariff, a fraction."""
    high: float = 10.0
    """Highest tariff, a fraction."""
    start: Many = ()
    """Where to start: "status quo", "free trade", high, random:SEED."""
    sectors: Many = ()
    """Sectors that are taxed: goods (the default), all, or labels of the world."""

    def choice(self, **more: Any) -> Choice:
        """The same as the game of tariffs takes it."""
        from detente.policy.strategy.tariffs import STARTS, Choice  # noqa: PLC0415

        return Choice(
            under=self.under,
            by=self.by,
            bounds=(self.low, self.high),
            goal=self.goal,
            starts=self.start or STARTS,
            sectors=taxed(self.sectors),
            **more,
        )


def taxed(sectors: tuple[str, ...]) -> str | tuple[str, ...]:
    """Read the sectors that are taxed: one word or label alone, several with or without commas, goods if none."""
    words = tuple(word.strip() for text in sectors for word in text.split(",") if word.strip())
    return words if len(words) > 1 else "".join(words) or "goods"


@play_app.command
def optimal(
    player: str,
    *,
    against: Many = (),
    game: Game | None = None,
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
    game
        Tariffs, goal, bounds.
    study
        Study that has the scenarios.
    economy
        World, closure, factors, horizon, day of knowledge.
    output
        Form of the result.
    """
    from detente.policy.strategy.tariffs import play_optimal  # noqa: PLC0415

    ask = Ask(study, economy, output)
    return ask.answer(play_optimal, player, against=against, choice=(game or Game()).choice())


@play_app.command
def nash(
    *players: str,
    partners: Literal["players", "all"] = "players",
    game: Game | None = None,
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
    partners
        Each taxes the other players only, or all its partners.
    game
        Tariffs, goal of every player, bounds.
    study
        Study that has the scenarios.
    economy
        World, closure, factors, horizon, day of knowledge.
    output
        Form of the result.
    """
    from detente.policy.strategy.tariffs import play_nash  # noqa: PLC0415

    ask = Ask(study, economy, output)
    return ask.answer(play_nash, list(players), choice=(game or Game()).choice(partners=partners))


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
        World, closure, factors, horizon, day of knowledge.
    output
        Form of the result.
    """
    from detente.policy.strategy.actions import play_payoffs  # noqa: PLC0415
    from detente.policy.strategy.game_file import load_game  # noqa: PLC0415

    ask = Ask(load_game(study).study, economy, output)
    return ask.answer(play_payoffs, study, goal=goal)


@play_app.command
def bargain(
    *players: str,
    threat: str = "no-deal",
    by: Literal["uniform", "sector"] = "sector",
    power: float = 0.5,
    sectors: Many = (),
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
    sectors
        Sectors whose tariffs are cut: goods (the default), all, or labels of the world.
    study
        Study that has the scenarios.
    economy
        World, closure, factors, horizon, day of knowledge.
    output
        Form of the result.
    """
    from detente.policy.strategy.bargain import play_bargain  # noqa: PLC0415

    ask = Ask(study, economy, output)
    return ask.answer(play_bargain, list(players), threat=threat, by=by, power=power, sectors=taxed(sectors))


@play_app.command
def deals(study: str, *, economy: Economy | None = None, output: Output | None = None) -> int:
    """
    Rank every package of elements that both sides prefer to no deal.

    Parameters
    ----------
    study
        A built-in game (kuala-lumpur, november-2026) or a game file.
    economy
        World, closure, factors, horizon, day of knowledge.
    output
        Form of the result.
    """
    from detente.policy.strategy.deals import play_deals  # noqa: PLC0415
    from detente.policy.strategy.game_file import load_game  # noqa: PLC0415

    ask = Ask(load_game(study).study, economy, output)
    return ask.answer(play_deals, study, tell=True)


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
        World, closure, factors, horizon, day of knowledge.
    output
        Form of the result.
    """
    from detente.policy.strategy.hedge import hedge as value  # noqa: PLC0415

    return Ask(study, economy, output).answer(value, bloc, under=under)


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
    from detente.policy.strategy.reliance import reliance as measure  # noqa: PLC0415

    return Ask(study, economy, output).answer(measure, a, b, at=at)


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
    from detente.policy.strategy.path import follow  # noqa: PLC0415

    given = {"path_adjustment": adjustment, "path_breakdown": risk}
    assumed = {name: value for name, value in given.items() if value is not None}
    ask = Ask(study, economy, output)
    return ask.answer(follow, years=years, truce=truce, breakdown=breakdown, assumed=assumed)


class Ask:
    """
    One question on what each side would do, on the world and the law asked for.

    Parameters
    ----------
    study
        Study that has the scenarios.
    economy, output
        Options of the command; their defaults if None.
    """

    def __init__(self, study: str, economy: Economy | None, output: Output | None) -> None:
        self._study = study
        self._economy = economy or Economy()
        self._output = output or Output()

    def answer(
        self, work: Callable[..., dict[str, Any]], *given: object, tell: bool = False, **named: object
    ) -> int:
        """
        Print what a function finds on the board, or the Python lines that call it.

        Parameters
        ----------
        work
            Takes the board first.
        *given, **named
            Its arguments.
        tell
            Whether it also says how far it is.

        Returns
        -------
        int
            0.
        """
        from detente.policy.strategy.document import strategy_document  # noqa: PLC0415
        from detente.render.strategy_text import render_strategy  # noqa: PLC0415

        if self._output.reproduce:
            return self._lines(work, *map(repr, given), *(f"{key}={value!r}" for key, value in named.items()))
        board = self._board()
        said = {"progress": cli.progress(self._output)} if tell else {}
        result = work(board, *given, **named, **said)
        document = strategy_document(board, result, command=cli.CALL.command)
        cli.emit(document, self._output, render_strategy)
        return 0

    def _board(self) -> Board:
        """Open the study on the world asked for."""
        from detente.policy.results import Options  # noqa: PLC0415
        from detente.policy.strategy.game_setting import open_board  # noqa: PLC0415

        options = Options(**self._economy.solving())
        cli.progress(self._output)(f"loading {self._study}")
        ledger = cli.open_law(self._output, known=self._economy.known)
        return open_board(self._study, ledger=ledger, options=options)

    def _lines(self, work: Callable[..., dict[str, Any]], *words: str) -> int:
        """Print the Python lines that give the same result."""
        call = f"{work.__name__}({', '.join(['board', *words])})"
        usual = Economy().solving()
        changed = {key: value for key, value in self._economy.solving().items() if value != usual[key]}
        options = ", ".join(f"{key}={value!r}" for key, value in changed.items())
        names = ", Choice" if "Choice(" in call else ""
        return cli.reproduce(
            "import detente as dt",
            "from detente.policy import Options",
            "from detente.policy.strategy.game_setting import open_board",
            f"from {work.__module__} import {work.__name__}{names}",
            *ledger_lines(self._output, known=self._economy.known),
            f"board = open_board({self._study!r}, ledger=ledger, options=Options({options}))",
            call,
        )
