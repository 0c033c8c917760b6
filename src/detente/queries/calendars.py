"""The question about a game over the calendar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Unpack

from detente.queries.fields import HIDDEN, Word
from detente.queries.games import USUAL, Goals
from detente.queries.law import Playing
from detente.queries.question import question
from detente.queries.strategy import Played, setting_for


@question("play", "calendar", address="/play/calendar", prints="render_strategy")
def play_calendar(
    calendar: Annotated[str, Word(offered=False, said=True)] = "november-2026",
    *,
    goal: Goals = (USUAL,),
    progress: Annotated[Callable[[str], None] | None, HIDDEN] = None,
    **play: Unpack[Playing],
) -> Played:
    """
    Play a game over the calendar: what is done on each date, what threats, waiting and renewals are worth.

    Parameters
    ----------
    calendar
        A built-in calendar (kuala-lumpur, november-2026) or a calendar file.
    goal
        real-income, revenue, rivalry:WEIGHT, or a sum such as "income - 0.9*rival": one for both, or one for each player,
        PLAYER=GOAL.
    progress
        Called with one line now and then.
    **play
        Setting, world, closure, factors, knowledge and ledger: `detente.queries.law.Playing`; the years after a change
        are the calendar's own.

    Returns
    -------
    Played
        dates, value_pct, kept_pct, broken_pct, waiting, renewals, types; values are percent of a year's income,
        discounted.

    Raises
    ------
    StudyError, InputError
        The calendar, its game or the goal does not exist.
    ConvergenceError
        A pair of actions has no equilibrium.

    Examples
    --------
    >>> play_calendar("november-2026", world="wiod2011").dates[0].on  # doctest: +SKIP
    '2026-11-10'
    >>> play_calendar("november")
    Traceback (most recent call last):
    ...
    detente.errors.StudyError: ...

    References
    ----------
    Selten (1965) for subgame perfection; what two sides do at once is an equilibrium of what follows.
    """
    from detente.policy.strategy.calendar import play_calendar as played  # noqa: PLC0415
    from detente.policy.strategy.calendar_file import load_calendar  # noqa: PLC0415

    setting = setting_for(play, load_calendar(calendar)[1].study)
    return Played(setting, played(setting, calendar, goal=goal, progress=progress))
