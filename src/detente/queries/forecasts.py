"""Questions about what tariffs reveal, and the forecast made with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Unpack

from detente.queries.fields import HIDDEN, Limits, Word
from detente.queries.law import Play, Playing
from detente.queries.question import question
from detente.queries.strategy import SIDES, Played, setting_for


@question("forecast", address="/forecast", prints="render_strategy")
def forecast(
    *,
    draws: Annotated[int | None, Word(offered=False), Limits(low=1, high=256)] = None,
    progress: Annotated[Callable[[str], None] | None, HIDDEN] = None,
    **play: Unpack[Playing],
) -> Played:
    """
    Forecast threats, promises and packages from what was known on 30 April 2025, and score them.

    The rule stands in data/forecasts/registered.yaml and was written down before a probability was worked out.

    Parameters
    ----------
    draws
        Draws of the assumptions to work it out anew in; by default the record that comes with the package, where the world
        and the terms are its own, else as registered.
    progress
        Called with one line now and then.
    **play
        Setting, world, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Playing`.

    Returns
    -------
    Played
        revealed, base_rates, forecasts (one row a statement), scores (Brier's, against the base rate), packages (the share
        of other packages that the signed one beats), answer.

    Raises
    ------
    InputError
        A study other than the registered one.

    Examples
    --------
    >>> [row["group"] for row in forecast().scores]
    ['all', 'threat', 'promise']

    References
    ----------
    Brier (1950), Verification of Forecasts Expressed in Terms of Probability, Monthly Weather Review 78(1).
    """
    from detente.policy.strategy.forecast.record import forecast as told  # noqa: PLC0415
    from detente.policy.strategy.forecast.registered import register  # noqa: PLC0415

    setting = setting_for(play, register().study)
    return Played(setting, told(setting, draws=draws, progress=progress))


@question("play", "rivalry", address="/play/rivalry", prints="render_strategy")
def play_rivalry(
    *players: Annotated[str, Word("player", usual=SIDES), Limits(length=60, many=2)],
    day: Annotated[tuple[str, ...], Limits(pattern=r"\d{4}-\d{2}-\d{2}", many=12)] = (),
    **play: Unpack[Play],
) -> Played:
    """
    Read the weight that each side puts on the other's loss off its tariffs, day by day.

    Parameters
    ----------
    *players
        Two economies or groups; USA and CHN by default.
    day
        Days, ISO; ends of years from 2018, of quarters from 2025, and the last day the sources cover by default.
    **play
        Study, setting, world, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Play`.

    Returns
    -------
    Played
        rivalry: side, on, tariff, own_pct, revenue_pct and rival_pct (what a point more would do), identified, weight_low,
        weight_high.

    Raises
    ------
    InputError, StudyError
        A player, a day or a study that does not exist.

    Notes
    -----
    One number is read off one tariff: a weight on revenue, a wish to protect an industry or a bargaining chip moves the same
    tariff, so that the weight is a range over weights on revenue and no more than that.

    Examples
    --------
    >>> play_rivalry("USA", "CHN", day=("2019-12-31",), world="wiod2011").rivalry[0]["identified"]
    True

    References
    ----------
    Ossa (2014), section I, for goals read off tariffs; Powell (1991) for relative gains.
    """
    from detente.policy.strategy.revealed import rivalry_index  # noqa: PLC0415

    setting = setting_for(play)
    return Played(setting, rivalry_index(setting, list(players or SIDES), day))
