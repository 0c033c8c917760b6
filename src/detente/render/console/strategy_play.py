"""Games and the hedge in the terminal: each sentence in the unit that was played for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from detente.formatting import average, change, count, figure, number, small
from detente.geography.economies import spoken
from detente.labels import capital, phrase, short_phrase
from detente.policy.documents.games import NashTariffs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import Console

    from detente.policy.documents.fragility import Fragility, GainFragility, HedgeFragility, RelianceFragility
    from detente.policy.documents.games import Cooperation, OptimalTariffs, PayoffGame, Threat
    from detente.policy.documents.strategy import Hedge, HedgeRow

    Judged = GainFragility | HedgeFragility | RelianceFragility

_INCOME = "real income"
# Decimals of gains that count for a certificate, and in percent of the goal.
_TINY = 9
_BY = {
    "uniform": "one tariff",
    "partner": "one tariff by partner",
    "sector": "one tariff by sector",
    "both": "one tariff by partner and sector",
}


def table(headers: Iterable[str], rows: Iterable[Iterable[str]], console: Console, left: int = 1) -> None:
    """Print a table; all but the first columns are numbers."""
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for k, header in enumerate(headers):
        drawn.add_column(header, justify="left" if k < left else "right", overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    console.print(drawn)


def say(console: Console, *words: str) -> None:
    """Print sentences."""
    for text in words:
        console.print(Text(text))


def signed(value: float | None, digits: int = 3) -> str:
    """A change in percent with its sign, blank where there is none."""
    return "" if value is None else change(value, digits)


def show_payoffs(game: PayoffGame, console: Console) -> None:
    """The payoff matrix and what follows from it."""
    say(console, f"{game.title}: {wanted(game)}")
    _matrix(game, console, {pair: cell.payoff for pair, cell in game.cells.items()}, game.pure)
    if set(game.unit.values()) != {_INCOME}:
        say(console, f"beside it, {_INCOME} of both, % of the baseline (not what they play for)")
        _matrix(game, console, {pair: cell.real_income_pct for pair, cell in game.cells.items()}, set())
    say(console, *equilibria_words(game))
    say(console, *(f"{_threat(game, item)}: {threat_words(item)}" for item in game.credible))
    if game.fragility is not None:
        say(console, draws_words(game.fragility))
    _deviations(game, console)


NOT_JUDGED = "not judged: it was solved in no draw of the assumptions (--draws 8 solves eight)"
"""Of a verdict whose fragility is not known."""


def _threat(game: PayoffGame, item: Threat) -> str:
    """A threat and who makes it."""
    return f"{capital(spoken(item.by))} threatens to {phrase('threat', item.threat, within=game.game, otherwise=item.says)}"


def threat_words(item: Threat) -> str:
    """The verdict on a threat with how sure it is; no verdict without."""
    if item.credible is not None and item.fragility is None:
        return NOT_JUDGED
    return item.why if item.fragility is None else f"{item.why}. {capital(item.fragility.words)}."


def verdict_words(verdict: Judged | None, draws: Fragility | None) -> list[str]:
    """How sure a verdict is, and of what draws; that it is not judged without any."""
    if verdict is None or draws is None:
        return [capital(f"{NOT_JUDGED}.")]
    return [capital(f"{verdict.words}."), draws_words(draws)]


def draws_words(found: Fragility) -> str:
    """What the draws are of."""
    words = f"Draws: {number(found.draws)} of {found.how}"
    if found.alone:
        words += f"; {number(found.alone)} assumptions also moved alone"
    if found.stale_because:
        words += f"; made of other data ({', '.join(found.stale_because)})"
    return f"{words}."


def wanted(game: PayoffGame) -> str:
    """What both sides play for, with its unit."""
    first, second = game.players
    if set(game.unit.values()) == {_INCOME}:
        return f"{_INCOME} of {first} and {second}, % of the baseline"
    each = "; ".join(f"{who}: % of {game.unit[who]}" for who in (first, second))
    return f"what {first} and {second} play for ({each})"


def _matrix(
    game: PayoffGame,
    console: Console,
    numbers: Mapping[tuple[str, ...], Mapping[str, float] | None],
    stars: set[tuple[str, ...]],
) -> None:
    """One number of both sides in every cell, some of them with a star."""
    first, second = game.players
    columns = {item.id: capital(game.action_in_short(second, item.id)) for item in game.actions[second]}
    rows = []
    for item in game.actions[first]:
        row = [capital(game.action_in_short(first, item.id))]
        for pair in ((item.id, column) for column in columns):
            found, star = numbers[pair], " *" if pair in stars else ""
            row.append(" ".join(change(found[who]) for who in (first, second)) + star if found else "failed")
        rows.append(row)
    table((f"{first} \\ {second}", *columns.values()), rows, console)


def equilibria_words(game: PayoffGame) -> list[str]:
    """The equilibria and what is not listed of them."""
    found = game.equilibria
    pure = "; ".join(game.profile(item) for item in found.pure)
    words = [f"equilibria (*): {pure}" if pure else "equilibria: none in pure actions"]
    words += [
        "mixed: "
        + " / ".join(
            f"{who}: "
            + ", ".join(
                f"{average(share)} {game.action_in_short(who, action)}" for action, share in item[who].items()
            )
            for who in game.players
        )
        for item in found.mixed
    ]
    words += [f"{game.profile(item.actions)}: {item.words}" for item in found.fragility or ()]
    others = [
        f"{game.profile(item.actions)} {number(round(100 * item.share))} %" for item in found.elsewhere or ()
    ]
    if others:
        words.append(f"equilibria by the share of draws: {'; '.join(others)}")
    if game.failed:
        cells = "; ".join(game.profile(item) for item in game.failed)
        words.append(f"failed cells, through which nothing is claimed: {cells}")
    if found.incomplete:
        words.append(f"not all equilibria are listed: {found.incomplete}")
    return words


def deviations(game: PayoffGame) -> dict[str, dict[str, list[str]]]:
    """Deviations by what they are: they pay once, do not, or help the other side and so break nothing; by side."""
    kinds: dict[str, dict[str, list[str]]] = {"pay": {}, "do not pay": {}, "help": {}}
    for item in game.discount_factors:
        if item.breach is None:
            continue
        kind = "help" if not item.breach else "pay" if item.pays else "do not pay"
        listed = kinds[kind].setdefault(item.player, [])
        if (words := game.action_in_short(item.player, item.deviation)) not in listed:
            listed.append(words)
    return kinds


def by_side(listed: dict[str, list[str]]) -> str:
    """Actions by side, in words."""
    return "; ".join(f"{who}: {' / '.join(names)}" for who, names in listed.items()) or "none"


def _deviations(game: PayoffGame, console: Console) -> None:
    """Breaches that pay once with the patience that deters them; those that do not pay; what breaks nothing."""
    tempting = [
        (
            f"{item.player}: {game.action_in_short(item.player, item.deviation)}",
            game.punishment(item),
            _gained(item.gain_pct),
            _factor(item.grim),
            *(_factor(value) for value in item.periods.values()),
        )
        for item in game.discount_factors
        if item.breach is None or (item.breach and item.pays)
    ]
    if tempting:
        periods = list(game.discount_factors[0].periods)
        heads = (
            "breach that pays once", "punishment", "gain, % of the goal", "for ever", *(f"{n} y" for n in periods),
        )  # fmt: skip
        table(heads, tempting, console, left=2)
    kinds = deviations(game)
    say(console, f"do not pay even once: {by_side(kinds['do not pay'])}")
    if kinds["help"]:
        say(console, f"help the other side in what it plays for, so break nothing: {by_side(kinds['help'])}")


def _gained(value: float | None) -> str:
    """A gain with its sign, never shown as nothing."""
    return "" if value is None else ("+" if value > 0 else "-" if value < 0 else "") + figure(value)


def _factor(value: float | None) -> str:
    """A discount factor, or that none is enough."""
    return "none" if value is None else number(value, 3, least=3)


def show_tariffs(found: OptimalTariffs | NashTariffs, console: Console) -> None:
    """Optimal or Nash tariffs."""
    nash = found if isinstance(found, NashTariffs) else None
    say(
        console,
        f"{'Nash tariffs' if nash else 'Best tariffs, nobody answering'}: {_BY[found.by]} on {taxed_words(found.sectors)},"
        f" everything else as under {phrase('scenario', found.under, within=found.study)}",
        *_goals(found),
        *(found.notes or ()),
    )
    rows = [
        (
            who,
            average(item.mean_before),
            average(item.mean),
            signed(found.payoffs[who].before_pct),
            signed(found.payoffs[who].real_income_pct),
            signed(found.payoffs[who].gain_usd_bn, 1),
        )
        for who, item in found.tariffs.items()
    ]
    table(("", "mean before", "mean", "income before %", "income %", "USD bn"), rows, console)
    if nash:
        say(console, *_certificate(nash))
    beside = [
        (
            short_phrase("scenario", name, within=found.study),
            *map(average, item.tariffs.values()),
            *map(signed, item.gain_pct.values()),
        )
        for name, item in found.against.items()
    ]
    names = list(found.tariffs)
    table(("against", *(f"{w} tariff" for w in names), *(f"{w} gains %" for w in names)), beside, console)
    for item in found.against.values():
        say(console, *item.why.values())
    if nash:
        say(console, _cooperation(nash.cooperation))


def taxed_words(sectors: str | Sequence[str]) -> str:
    """The sectors that are taxed, in words."""
    words = {"goods": "goods", "all": "all goods and services"}
    return words.get(sectors, sectors) if isinstance(sectors, str) else ", ".join(sectors)


def other_goals(unit: Mapping[str, str]) -> str:
    """What the sides want where it is not real income alone; empty where it is."""
    return "; ".join(sorted({words for words in unit.values() if words != _INCOME}))


def _goals(found: OptimalTariffs | NashTariffs) -> list[str]:
    """What each plays for, where it is not real income alone."""
    goals = found.goal if isinstance(found, NashTariffs) else {found.player: found.goal.title}
    named = [f"{who} wants {title}" for who, title in goals.items() if title != f"log {_INCOME} of {who}"]
    return [f"{'; '.join(named)}. Incomes below are real incomes."] if named else []


def _certificate(nash: NashTariffs) -> list[str]:
    """What a second look says of Nash tariffs."""
    regret = nash.regret
    tried, most = count(sum(regret.tried.values())), number(100 * regret.tolerance, _TINY)
    if nash.is_nash:
        verdict = (
            f"verified: none of {tried} other tariffs tried gains a side more than {most} % of what it wants"
        )
    else:
        gain = number(100 * regret.largest, _TINY)
        verdict = (
            f"not an equilibrium: of {tried} other tariffs tried one gains a side {gain} % of what it wants"
        )
    held = sum(item.is_nash for item in nash.equilibria)
    starts = ", ".join(f"{name}: {what}" for name, what in nash.starts.items())
    return [
        f"{verdict}; first-order conditions hold to {small(nash.first_order)}",
        f"starts: {starts}; equilibria found: {count(held)}",
    ]


def _cooperation(item: Cooperation) -> str:
    """What both could have together, in money, over Nash."""
    tariffs = ", ".join(f"{who} {average(mean)}" for who, mean in item.mean_tariffs.items())
    each = ", ".join(f"{who} {signed(gain, 1)}" for who, gain in item.gain_usd_bn.items())
    total = item.sum_gain_usd_bn
    verb = "more" if total >= 0 else "less"
    return (
        f"cooperation: tariffs {tariffs}; together USD {number(abs(total), 1, least=1)} bn a year {verb} than at the Nash"
        f" tariffs ({each})"
    )


def show_hedge(hedge: Hedge, console: Console) -> None:
    """Losses of the members with, without and beyond the bloc's preferences."""
    own = hedge.preferences == "own"
    kept = f"the {hedge.bloc} agreement" if own else "all agreements among the members"
    under = phrase("scenario", hedge.under, within=hedge.study)
    say(
        console,
        f"{hedge.bloc} under {under}: real income lost, %, with and without {kept}, and at zero duties among"
        " the members (a negative loss is a gain)",
        *(hedge.notes or ()),
    )
    listed: list[tuple[str, HedgeRow]] = [(row.economy, row) for row in hedge.members]
    rows = [
        (
            who,
            signed(row.loss_with),
            signed(row.loss_without),
            signed(row.loss_deepened),
            _offset(row.offset_share),
            signed(row.worth_before),
            signed(row.worth_under),
            *((_offset(row.offset_share_all),) if own else ()),
        )
        for who, row in [*listed, ("together", hedge.total)]
    ]
    heads = ["", "with", "without", "deepened", "offset", "worth before", "worth under"]
    table(heads + (["offset by all agreements"] if own else []), rows, console)
    say(console, *offset_words(hedge), f"gains most from deepening: {hedge.gains_most}")
    say(console, *verdict_words(hedge.verdict, hedge.fragility))


def offset_words(hedge: Hedge) -> list[str]:
    """What the bloc's own agreement offsets of the loss, and all agreements of its members together."""
    share, every = hedge.total.offset_share, hedge.total.offset_share_all
    if share is None:
        return []
    if hedge.preferences != "own":
        return [f"All agreements among the members together offset {_offset(share)} of their loss."]
    together = (
        f" All agreements among the members together, others than it included, offset {_offset(every)}."
        if every is not None
        else ""
    )
    return [f"{hedge.bloc}'s own agreement offsets {_offset(share)} of its members' loss.{together}"]


def _offset(value: float | None) -> str:
    """A share of a loss; blank where there is no loss."""
    return "" if value is None else average(value)
