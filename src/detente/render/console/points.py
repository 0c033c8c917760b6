"""Points on top of the law in a terminal: who loses and gains, tariffs, trade, revenue, households, industries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.formatting import average, change, count, fixed
from detente.geography.economies import with_article
from detente.geography.territories import name
from detente.labels import capital
from detente.render.console.plain import lay_out, say, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console

Row = dict[str, Any]
# Economies named at either end, industries of a side, and what is told of what is not covered: what no such answer has.
ENDS, INDUSTRIES, REASONS = 3, 2, 4


def render_points(document: Mapping[str, Any], console: Console) -> None:
    """Print the answer in at most 24 lines of 80 columns."""
    for line in points_lines(document["result"]):
        say(console, line)


def points_lines(result: Mapping[str, Any]) -> Iterator[str]:
    """Every line below the first, which says what was asked."""
    yield from _incomes(result["sides"], str(result["horizon"]))
    for sentence in points_sentences(result):
        yield from wrap(sentence)


def points_sentences(result: Mapping[str, Any]) -> Iterator[str]:
    """Who gains and loses most, tariffs, trade, revenue, households, industries, and what is not covered."""
    yield _others(result)
    yield " ".join(_tariffs(result["tariffs"]))
    yield _trade(result["flows"])
    yield _revenue(result)
    if cost := result["household"]:
        yield _household(cost)
    for code in dict.fromkeys(row["economy"] for row in result["outputs"]):
        yield _industries(code, [row for row in result["outputs"] if row["economy"] == code])
    yield f"Not covered: {'; '.join(result['not_covered'][:REASONS])}."


def points_headline(result: Mapping[str, Any]) -> str:
    """
    Say what both sides lose or gain, the exporter first.

    Examples
    --------
    >>> sides = [{"economy": "USA", "real_income_pct": -0.0619}, {"economy": "VNM", "real_income_pct": -1.821}]
    >>> points_headline({"sides": sides, "horizon": "long"})
    'Vietnam loses 1.82 % of its real income, the United States 0.06 % (long run)'
    >>> sides[0]["real_income_pct"] = 0.05
    >>> points_headline({"sides": sides, "horizon": "long"})
    'Vietnam loses 1.82 % of its real income, the United States gains 0.05 % (long run)'
    """
    importer, exporter = result["sides"][:2]
    values = [row["real_income_pct"] for row in (exporter, importer)]
    verbs = ["gains" if value > 0 else "loses" for value in values]
    sizes = [f"{fixed(abs(value), 2)} %" for value in values]
    again = "" if verbs[0] == verbs[1] else f"{verbs[1]} "
    first = capital(_the(exporter["economy"]))
    head = f"{first} {verbs[0]} {sizes[0]} of its real income, {_the(importer['economy'])} {again}{sizes[1]}"
    return f"{head} ({horizon_words(str(result['horizon']))})"


def horizon_words(horizon: str) -> str:
    """
    Say which elasticities an answer has.

    Examples
    --------
    >>> horizon_words("long"), horizon_words("2"), horizon_words("18 months")
    ('long run', 'after 2 years', 'after 18 months')
    """
    if horizon in {"long", "short"}:
        return f"{horizon} run"
    years = horizon.replace(" years", "").replace(" year", "")
    return f"after {horizon}" if not years.isdigit() else f"after {years} year{'' if years == '1' else 's'}"


def _incomes(sides: Sequence[Row], horizon: str) -> list[str]:
    """Real income of both sides and the world, at one year where it was solved."""
    early = sides[0]["at_one_year_pct"] is not None
    heads = ["real income, % of that under this law", *(["1 year"] if early else [])]
    rows = [[*heads, horizon_words(horizon), "USD bn a year"]]
    for row in sides:
        cells = [change(row["at_one_year_pct"])] if early else []
        rows.append(
            [
                f"  {row['name']}",
                *cells,
                change(row["real_income_pct"]),
                change(row["real_income_usd_bn"], 1),
            ]
        )
    return lay_out(rows, numeric=len(rows[0]) - 1)


def _others(result: Mapping[str, Any]) -> str:
    """How many gain and lose, and which most beside the two sides."""
    rows, sides = result["rows"], {row["economy"] for row in result["sides"]}
    gain = [row for row in rows if row["real_income_pct"] > 0]
    lose = [row for row in reversed(rows) if row["real_income_pct"] < 0]
    others = [[row for row in found if row["economy"] not in sides] for found in (gain, lose)]
    most = "; ".join(_named(found[:ENDS]) for found in others if found)
    head = f"Of {count(len(rows))} economies {count(len(gain))} gain and {count(len(lose))} lose"
    return f"{head}, beside the two sides most: {most}." if most else f"{head}."


def _the(code: str) -> str:
    """An economy or a customs union inside a sentence."""
    return with_article(name(code))


def _named(rows: Sequence[Row]) -> str:
    """Economies with their changes, in a sentence."""
    return ", ".join(f"{_the(row['economy'])} ({change(row['real_income_pct'])} %)" for row in rows)


def _tariffs(rows: Sequence[Row]) -> Iterator[str]:
    """Averages before and after: on the pair, and on all partners."""
    for pair, every in zip(rows[::2], rows[1::2], strict=True):
        yield (
            f"Average tariff of {_the(pair['importer'])} on goods of"
            f" {_the(pair['exporter'])}: {average(pair['before'])} before,"
            f" {average(pair['after'])} after; on all partners {average(every['before'])} and"
            f" {average(every['after'])}."
        )


def _trade(rows: Sequence[Row]) -> str:
    """Trade of the pair, both ways."""
    said = [
        f"from {_the(row['exporter'])} USD {fixed(row['before_usd_bn'], 1)} bn before,"
        f" {fixed(row['after_usd_bn'], 1)} bn after"
        for row in rows
    ]
    return f"Goods and services a year, duties apart: {'; '.join(said)}."


def _revenue(result: Mapping[str, Any]) -> str:
    """Tariff revenue, at customs values where they are held."""
    row = result["revenue"][-1]
    basis = {"customs": "at customs values", "world": "at basic prices"}[row["basis"]]
    moved = row["after_usd_bn"] - row["before_usd_bn"]
    return (
        f"Tariff revenue of {_the(result['importer'])} a year, {basis}: USD {fixed(row['before_usd_bn'], 1)}"
        f" bn before, {fixed(row['after_usd_bn'], 1)} bn after ({change(moved, 1)})."
    )


def _household(cost: Mapping[str, float]) -> str:
    """What it costs a household, two ways."""
    least, most = (count(round(cost[key])) for key in ("full_usd_min", "full_usd_max"))
    return (
        f"A US household pays USD {count(round(cost['full_usd']))} a year more ({least} to {most}) if prices carry the"
        f" duty in full and it buys the same; USD {count(round(cost['model_usd']))} by the model's prices."
    )


def _industries(code: str, rows: Sequence[Row]) -> str:
    """Industries of a side whose output moves most dollars."""
    said = [
        f"{row['name'][:1].lower()}{row['name'][1:]} {change(row['output_pct'], 1)} %"
        f" (USD {change(row['output_usd_bn'], 2)} bn)"
        for row in rows[:INDUSTRIES]
    ]
    return f"Output moved most in {_the(code)}: {'; '.join(said)}."
