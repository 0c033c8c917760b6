"""A forecast with its score, and what tariffs reveal of rivalry, in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.formatting import average, between, change, day, fixed, number
from detente.geography.economies import name
from detente.labels import capital
from detente.render.console.strategy_play import say, table

if TYPE_CHECKING:
    from rich.console import Console

    from detente.policy.documents.forecasts import Forecast, ForecastRow, Revealed, RivalryIndex

_GROUPS = {"all": "threats and promises", "threat": "threats", "promise": "promises"}
_TOLD = {
    "readings": "weights read off tariffs",
    "real_income": "real income alone",
    "last_day": "last day's weights",
    "base_rate": "base rate",
    "half": "one half",
}


def show_forecast(found: Forecast, console: Console) -> None:
    """The score first, then what was forecast of each statement, then the packages."""
    say(console, *found.answer)
    heads = ("Brier score, 0 at best", "statements", "carried out", *_TOLD.values())
    rows = [
        (
            capital(_GROUPS[row.group]),
            number(row.statements),
            number(row.carried_out),
            *(fixed(row.brier[word], 3) for word in _TOLD),
        )
        for row in found.scores
    ]
    table(heads, rows, console)
    said = [
        (
            day(row.said_on),
            f"{name(row.by)}, {row.kind}: {row.says}",
            average(row.probability["readings"], 0) if row.sized else "no size",
            average(row.probability["real_income"], 0),
            average(row.probability["base_rate"], 0),
            outcome_words(row),
        )
        for row in found.forecasts
    ]
    table(("said", "what", "weights", "income alone", "base rate", "outcome"), said, console, left=2)
    ranks = [
        (
            row.title,
            number(row.packages),
            *(average(row.beaten[word], 0) for word in ("readings", "real_income")),
            average(row.both_sign["readings"], 0),
        )
        for row in found.packages
    ]
    table(("signed", "packages", "beats, weights", "beats, income alone", "both sign"), ranks, console)
    if found.stale_because:
        say(
            console,
            f"Worked out with other data ({', '.join(found.stale_because)}): --draws 64 works it out anew.",
        )


def outcome_words(row: ForecastRow) -> str:
    """What became of a statement."""
    return "not due yet" if row.carried_out is None else row.outcome


def show_rivalry(found: RivalryIndex, console: Console) -> None:
    """Weights by day, and what they are not."""
    first, second = found.sides
    days = list(dict.fromkeys(row.on for row in found.rivalry))
    by = {(row.on, row.side): row for row in found.rivalry}
    rows = [
        (
            day(when),
            *(average(by[when, side].tariff) for side in found.sides),
            *(weight_words(by[when, side]) for side in found.sides),
        )
        for when in days
    ]
    heads = ("on", *(f"{side} tariff" for side in found.sides), *(f"{side} weight" for side in found.sides))
    table(heads, rows, console)
    say(
        console,
        f"Weight of {name(first)} and of {name(second)} on the other's loss at which the tariff on all its goods is the best"
        f" one, with a weight of {between(min(found.on_revenue), max(found.on_revenue))} on a dollar of revenue above one of"
        " income.",
        "What cannot be told apart from it: a weight on revenue beyond these, the protection of an industry, security, a"
        " tariff held to be bargained away. Above 100 % little is traded, and a reading says that the tariff is there for"
        " another reason, not how much the loss counts.",
    )


def weight_words(row: Revealed) -> str:
    """A reading in a few words."""
    if row.weight_low is None or row.weight_high is None:
        return f"not identified ({change(row.rival_pct, 6)} % a point)"
    if row.weight_high == 0:
        return "none"
    return f"{fixed(row.weight_low, 2)} to {fixed(row.weight_high, 2)}"
