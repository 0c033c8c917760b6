"""What is played on a study, opened once; questions about the hedge, reliance and the path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Unpack

from detente.asof import AsOf, Basis, moment_at
from detente.display import plot
from detente.queries.fields import Day, Limits, Place, Word
from detente.queries.law import Play, Playing, Solve, read_solve
from detente.queries.question import question
from detente.queries.result import Result

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from detente.policy import StudyRun
    from detente.policy.strategy.game_setting import GameSetting

Scenario = Annotated[str, Limits(pattern=r"[a-z0-9][a-z0-9-]{0,40}")]
DrawCount = Annotated[int | None, Word(offered=False), Limits(low=0, high=256)]
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
    plot = plot

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


def setting_for(play: Mapping[str, object], study: str = "") -> GameSetting:
    """The setting given, or one that is opened now."""
    words: dict[str, Any] = {**play}
    setting, named = words.pop("setting", None), words.pop("study", "kuala-lumpur")
    return setting if setting is not None else open_setting(study or named, **words)


def draws_of(asked: int | None) -> Any:
    """Draws behind a verdict: as asked for, else those that come with the package, else a few."""
    from detente.policy.strategy.fragility.answers import Draws  # noqa: PLC0415
    from detente.policy.strategy.fragility.judge import LIVE  # noqa: PLC0415

    return Draws(asked, LIVE)


@question("hedge", address="/hedge", prints="render_strategy")
def hedge(
    bloc: Annotated[str, Word(said=True), Limits(length=120)] = "RCEP",
    *,
    under: Scenario = "truce",
    draws: DrawCount = None,
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
    draws
        Draws of the assumptions behind the verdict; by default those that come with the package, or 8.
    **play
        Study, setting, world, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Play`.

    Returns
    -------
    Played
        bloc, under, members, verdict (how sure it is that the bloc is a hedge).

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

    setting = setting_for(play)
    return Played(setting, value(setting, bloc, under=under, draws=draws_of(draws)))


@question("reliance", address="/reliance", prints="render_strategy")
def reliance(
    a: Annotated[Place, Word(said=True)] = SIDES[0],
    b: Annotated[Place, Word(said=True)] = SIDES[1],
    *,
    at: Scenario = "baseline",
    draws: DrawCount = None,
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
    draws
        Draws of the assumptions behind the verdicts; by default those that come with the package, or 8.
    **play
        Study, setting, world, closure, knowledge and ledger: `detente.queries.law.Play`; a cut-off is always measured in
        the short and in the long run.

    Returns
    -------
    Played
        a, b, direct, look_through, cutoff, verdicts (how sure it is who loses more), by_sector.

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

    setting = setting_for(play)
    return Played(setting, measured(setting, a, b, at=at, draws=draws_of(draws)))


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
    setting = setting_for(play, study)
    return Played(setting, follow(setting, years=years, truce=truce, breakdown=breakdown, assumed=assumed))


@question("unresolved", address="/unresolved", prints="render_strategy")
def unresolved(
    *,
    on: Day = None,
    ends: Basis = "legal",
    **play: Unpack[Play],
) -> Played:
    """
    List what each side still asks of the other, and what granting it is worth to both.

    Parameters
    ----------
    on
        Day of the law, ISO; today by default.
    ends
        Suspensions end as a notice says (legal), or as was reported.
    **play
        Study, setting, world, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Play`.

    Returns
    -------
    Played
        asks: asker, of, title, state, the statement behind it, worth (percent of real income, USD billion a year) or
        not_priced with the reason.

    Raises
    ------
    StudyError
        The study does not exist.

    Examples
    --------
    >>> unresolved(on="2026-10-08", world="wiod2011").sides
    ['USA', 'CHN']

    References
    ----------
    The statements are those of `data/ledger/statements.yaml`; a price is a difference of two audited solves.
    """
    from detente.policy.strategy.unresolved import unresolved as listed  # noqa: PLC0415

    setting = setting_for(play)
    asof = AsOf(moment_at(on, setting.run.ledger.home), ends=ends)
    return Played(setting, listed(setting, asof))
