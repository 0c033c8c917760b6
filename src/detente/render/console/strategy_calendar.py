"""A game over a calendar in the terminal: what is done on each date, and what threats, waiting and renewals are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente import labels
from detente.formatting import average, day, number
from detente.geography.economies import name, with_article
from detente.render.console.strategy_play import say, signed, table

if TYPE_CHECKING:
    from rich.console import Console

    from detente.policy.documents.calendars import CalendarGame, Course, TypeRanges, Waiting


def show_calendar(game: CalendarGame, console: Console) -> None:
    """The course first, then what it rests on."""
    rows = [
        (
            day(date.on),
            date.label,
            "; ".join(_course(game, item) for item in date.course[:2]),
        )
        for date in game.dates
    ]
    table(("date", "what", "what is done"), rows, console, left=3)
    say(console, *_values(game), *_renewals(game))
    say(console, *(_waiting(side, item) for side, item in game.waiting.items()))
    _threats(game, console)
    if game.types:
        say(console, *_types(game, game.types))


def _course(game: CalendarGame, item: Course) -> str:
    """What both do, with its chance where it is not sure."""
    done = [
        f"{side}: {labels.short('action', action, within=f'{game.game}.{side}')}"
        for side, action in item.actions.items()
    ]
    sure = item.chance > 0.995  # noqa: PLR2004  (prints as 100 %)
    return ", ".join(done) + ("" if sure else f" ({average(item.chance, 0)})")


def _values(game: CalendarGame) -> list[str]:
    """What the game is worth to each side, against keeping and breaking the agreement."""
    until = day(game.until)
    found = []
    for side in game.players:
        value, kept, broken = (
            signed(item[side]) for item in (game.value_pct, game.kept_pct, game.broken_pct)
        )
        head = f"{name(side)}: {value} % of a year's {game.unit[side]} to {until}"
        found.append(f"{head}; if both keep the agreement {kept}, if it breaks down at once {broken}.")
    return found


def _renewals(game: CalendarGame) -> list[str]:
    """Which renewals each side accepts."""
    words = []
    for item in game.renewals:
        gains = ", ".join(f"{side} {signed(item.gain_pct[side])}" for side in game.players)
        against = [side for side, accepted in item.accepted.items() if not accepted]
        tail = f"; refused by {' and '.join(against)}" if against else ""
        words.append(f"{number(item.months)} months ({gains}{tail})")
    return [f"A renewal, against a breakdown at once, percent: {'; '.join(words)}."] if words else []


def _waiting(side: str, item: Waiting) -> str:
    """What the option to wait is worth, and until when waiting costs nothing."""
    values = [move.value_pct for move in item.first_moves]
    best = max(values)
    free = [
        move.not_before for move, value in zip(item.first_moves, values, strict=True) if value >= best - 1e-9
    ]
    if not free:
        return f"{labels.capital(with_article(name(side)))} has no move."
    tail = f"it loses nothing by not moving before {day(free[-1])}" if len(free) > 1 else "waiting costs"
    return (
        f"To be able to move later is worth {signed(item.option_pct)} to {with_article(name(side))}; {tail}."
    )


def _threats(game: CalendarGame, console: Console) -> None:
    """Threats by date: whether it would be carried out, and what it costs the other side."""
    if not game.dates[0].threats:
        return
    found: dict[str, list[str]] = {}
    for date in game.dates:
        for item in date.threats:
            mark = "yes" if item.credible else "no"
            found.setdefault(item.threat, [item.by]).append(f"{mark} {signed(item.harm_pct)}")
    rows = [
        (labels.label("threat", threat, within=game.game), by, *cells)
        for threat, (by, *cells) in found.items()
    ]
    table(("threat: carried out? harm, %", "by", *(date.on for date in game.dates)), rows, console, left=2)


def _types(game: CalendarGame, types: TypeRanges) -> list[str]:
    """How often the agreement is kept and threats are credible over weights nobody knows."""
    ranges = ", ".join(
        f"{name(side)} {number(low)} to {number(high)}" for side, (low, high) in types.weights.items()
    )
    kept = ", ".join(average(share, 0) for share in types.kept)
    credible = "; ".join(
        f"{labels.phrase('threat', threat, within=game.game)} {average(shares[0], 0)}"
        for threat, shares in types.credible.items()
    )
    weights = f"({ranges}; {types.draws} draws)"
    return [
        f"If the weight on the other's loss is anything in a range {weights}, the agreement is kept on the dates in {kept}.",
        f"Credible on the first date in: {credible}.",
    ]
