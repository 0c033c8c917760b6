"""Sentences worked out from the numbers of a picture: what stands as its title, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import detente
from detente.formatting import average, day, figure, number, typographic
from detente.labels import phrase, short
from detente.render.drawing.text import sentence, the

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from detente.policy.documents.run import RunResult, Scenario, Worth

# Decimals of a change in a title, where they show two figures of it; an effect smaller than this is none.
POINTS = 2
NONE = 5e-7


def size_of(value: float) -> str:
    """
    Write the size of a change in percent for a sentence.

    Examples
    --------
    >>> size_of(-0.1768), size_of(0.0123), size_of(-12.345)
    ('0.18 %', '0.012 %', '12.35 %')
    """
    text = number(abs(value), POINTS, least=POINTS)
    return f"{text if abs(value) >= 0.1 or not value else figure(value)} %"  # noqa: PLR2004  (two figures)


def signed(value: float) -> str:
    """
    Write a change in percent with its sign.

    Examples
    --------
    >>> signed(0.1768), signed(0.0)
    ('+0.18 %', '0.00 %')
    """
    return ("" if abs(value) < NONE else "+" if value > 0 else typographic("-")) + size_of(value)


def moves(name: str, value: float, of: str = "") -> str:
    """
    Say what becomes of someone.

    Examples
    --------
    >>> moves("China", -0.2, " of real income"), moves("China", 0.0)
    ('China loses 0.20 % of real income', 'China neither gains nor loses')
    """
    if abs(value) < NONE:
        return f"{name} neither gains nor loses"
    return f"{name} {'gains' if value > 0 else 'loses'} {size_of(value)}{of}"


def counted(values: Iterable[float]) -> str:
    """
    Count who gains and who loses.

    Examples
    --------
    >>> counted([1.0, -1.0, -2.0])
    '1 of 3 economies gains, 2 lose'
    """
    listed = list(values)
    gain, lose = sum(value > NONE for value in listed), sum(value < -NONE for value in listed)
    return f"{gain} of {len(listed)} economies {'gains' if gain == 1 else 'gain'}, {lose} {'loses' if lose == 1 else 'lose'}"


def contrast_name(of: str, against: str) -> str:
    """
    Name one scenario instead of another.

    Examples
    --------
    >>> contrast_name("Truce", "No deal")
    'Truce instead of no deal'
    """
    return f"{of} instead of {lowered(against)}"


def scenario_name(study: str, item: Scenario | Any) -> str:
    """Name a scenario for a row: by the package's label, else by its study's."""
    return short("scenario", item.id, within=study, otherwise=item.label)


def lowered(label: str) -> str:
    """
    Put a label inside a sentence.

    Examples
    --------
    >>> lowered("No deal"), lowered("US list"), lowered("")
    ('no deal', 'US list', '')
    """
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def incomes_said(name: str, values: Mapping[str, float], sides: Sequence[str], every: Iterable[float]) -> str:
    """Say what the two sides gain or lose, and how many economies do."""
    said = [
        moves(the(side), values[side], " of real income" if k == 0 else "") for k, side in enumerate(sides)
    ]
    return f"{name}: {', '.join(said)}; {counted(every)}"


def ends_said(name: str, outcome: str, values: Mapping[str, float]) -> str:
    """
    Say in how many economies an outcome rises and falls, and where most.

    Examples
    --------
    >>> ends_said("Truce", "Exports", {"CHN": 0.5, "USA": 0.0})
    'Truce: exports rise in 1 of 2 economies, most in China (+0.50 %)'
    """
    several = any(word.endswith("s") for word in outcome.split())  # terms of trade, consumer prices
    rises = {code: value for code, value in values.items() if value > NONE}
    falls = {code: value for code, value in values.items() if value < -NONE}
    parts: list[str] = []
    for found, word, best in ((rises, "rises", max), (falls, "falls", min)):
        if found:
            most = best(found, key=lambda code: found[code])
            verb = word.removesuffix("s") if several else word
            parts.append(
                f"{verb} in {len(found)} of {len(values)} economies, most in {the(most)} ({signed(found[most])})"
            )
    nowhere = f"{'move' if several else 'moves'} in none of {len(values)} economies"
    return f"{name}: {lowered(outcome)} {' and '.join(parts) or nowhere}"


def lines_said(item: Worth, side: str) -> str:
    """Say which line of a contrast gives most of it to a side."""
    means = {
        line.instrument: (found.in_order + found.in_reverse) / 2
        for line in item.lines
        if (found := line.real_income_pct.get(side))
    }
    total = item.total_pct[side]
    most = max(means, key=lambda name: means[name] * (1 if total >= 0 else -1), default="")
    if not most:
        return f"{item.title}: {signed(total)} for {the(side)}"
    return f"{item.title}: of {signed(total)} for {the(side)}, {signed(means[most])} is {lowered(most)}"


def tariffs_said(of: Scenario | Any, most: Scenario | Any, study: str = "") -> str:
    """Say what the sides charge each other on average in one scenario, and in the one that charges most."""
    said = " and ".join(
        f"{the(pair.split('<-')[0])} charges {the(pair.split('<-')[1])} {average(of.tariffs[pair])}"
        for pair in of.pairs
    )
    beyond = (
        f"; {lowered(scenario_name(study, most))}: {' and '.join(average(most.tariffs[pair]) for pair in of.pairs)}"
        if most is not of
        else ""
    )
    return f"{scenario_name(study, of)}: {said} on average{beyond}"


def rates_said(rows: Sequence[Mapping[str, Any]], pairs: Sequence[str]) -> str:
    """Say what each side charges on top of its ordinary duties on the last day, and the most it charged."""
    said = []
    for k, pair in enumerate(pairs):
        importer, _, exporter = pair.partition("<-")
        last, most = rows[-1][pair], max(rows, key=lambda row: row[pair])
        goods = f"goods from {'all economies' if exporter == '*' else the(exporter)}"
        above = " on top of ordinary duties" if k == 0 else ""
        peak = f", down from {average(most[pair])} in {_month(most['date'])}" if most[pair] > last else ""
        said.append(f"{the(importer)} {'charges ' if k == 0 else ''}{goods} {average(last)}{above}{peak}")
    return sentence("; ".join(said))


def _month(date: str) -> str:
    """The month of a day in words."""
    return day(date).partition(" ")[2]


def history_said(rows: Sequence[Mapping[str, Any]]) -> str:
    """Say what a duty adds up to on the last day drawn, and on the day it was highest."""
    tops: dict[str, float] = {}
    for row in rows:
        tops[row["from"]] = max(tops.get(row["from"], 0.0), row["high"])
    last, most = max(tops), max(tops, key=lambda at: tops[at])
    now = f"The duty is {average(tops[last])} since {day(last)}"
    return (
        f"{now}; it was highest, {average(tops[most])}, from {day(most)}"
        if tops[most] > tops[last]
        else f"{now}, the highest so far"
    )


def industries_said(name: str, who: str, values: Mapping[str, float]) -> str:
    """Say which industry of an economy gains and which loses most."""
    best, worst = max(values, key=lambda key: values[key]), min(values, key=lambda key: values[key])
    said = [
        f"{lowered(key)} output {'rises' if values[key] > 0 else 'falls'} {size_of(values[key])}"
        for key in dict.fromkeys((best, worst))
    ]
    return f"{name}, in {the(who)}: {' and '.join(said)}"


def source_line(*, law: str, world: str = "") -> str:
    """
    Say what a picture rests on.

    Examples
    --------
    >>> source_line(law="of 10 November 2025").startswith("Source: Détente ")
    True
    """
    return f"Source: Détente {detente.__version__}; law {law}{f'; {world}' if world else ''}"


def world_said(result: RunResult) -> str:
    """Name the world a run rests on by its source and year."""
    return (
        f"{phrase('world', result.world.name, otherwise=f'world economy of {result.world.year}')}, long run"
    )


def law_said(*scenarios: Scenario | Any) -> str:
    """Say the days whose law scenarios rest on, and that ends were read as reported where they were."""
    said = [
        f"{day(item.on)}{f' as known on {day(item.known_on)}' if item.known_on and item.known_on != item.on else ''}"
        f"{', ends as reported' if item.ends == 'reported' else ''}"
        for item in scenarios
    ]
    return f"of {' against '.join(dict.fromkeys(said))}"
