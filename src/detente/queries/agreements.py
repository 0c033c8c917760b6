"""The question what one side would agree on with each of several partners."""

from __future__ import annotations

from typing import Annotated, Unpack

from detente.io.dates import parse_date
from detente.queries.fields import Limits, Word
from detente.queries.law import Play
from detente.queries.question import question
from detente.queries.strategy import DrawCount, Played, draws_of, setting_for

OneDay = Annotated[str | None, Limits(pattern=r"\d{4}-\d{2}-\d{2}")]


@question("play", "agreements", address="/play/agreements", prints="render_strategy")
def play_agreements(
    *players: Annotated[str, Word("player"), Limits(length=60, many=8)],
    before: OneDay = None,
    told: OneDay = None,
    after: OneDay = None,
    power: Annotated[float, Limits(above=0.0, high=1.0)] = 0.5,
    draws: DrawCount = None,
    **play: Unpack[Play],
) -> Played:
    """
    Bargain with several partners at once, each pair taking the other agreements as given (Nash in Nash).

    Parameters
    ----------
    *players
        The hub first, then its partners: economies or groups; the United States with Malaysia, Cambodia, Thailand, Viet Nam
        and the European Union by default.
    before
        Day of the law without an agreement, ISO.
    told
        Day on which that law is known, ISO.
    after
        Day of the law after the agreements that were made, ISO.
    power
        Bargaining power of the hub, above 0 and below 1.
    draws
        Draws of the assumptions behind the verdicts; by default those that come with the package, or 8.
    **play
        Study, setting, world, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Play`.

    Returns
    -------
    Played
        agreements: partner, signed, cut, tariff_before, tariff_agreed, tariff_after, gain_pct, own_cut_worth_pct (who gave,
        who got), after_gain_pct, verdict; together_pct, left_out.

    Raises
    ------
    InputError
        A player that does not exist or is named twice, a day that is none, a power that is no share.
    ConvergenceError
        Agreements that do not settle.

    Examples
    --------
    >>> play_agreements("USA", "MEX", power=2.0)
    Traceback (most recent call last):
        ...
    detente.errors.InputError: ...

    References
    ----------
    Horn and Wolinsky (1988), Bilateral monopolies and incentives for merger, RAND Journal of Economics 19(3).
    """
    from detente.policy.strategy.agreements import play_agreements as bargained  # noqa: PLC0415

    words = {"before": before, "told": told, "after": after}
    days = {name: parse_date(text, where=f"--{name}") for name, text in words.items() if text}
    setting = setting_for(play)
    return Played(setting, bargained(setting, players, **days, power=power, draws=draws_of(draws)))
