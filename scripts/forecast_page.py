"""The page docs/validation/forecast.md: the rule, what was forecast, and what it scored, from the record itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.formatting import average, change, day, fixed, number
from detente.geography.economies import name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from detente.policy.strategy.forecast.registered import Register

HEAD = """# A forecast that could have failed

Written by `python scripts/embed_forecast.py`; `detente forecast` prints the same.

**The rule** stands in `data/forecasts/registered.yaml` and was written down before a probability, a score or a rank
was worked out. {seen_before}

{rule}

**Weights.** {weights}

**Base rate.** {base_rate}

**Score.** {score}

**Packages.** {packages_rule}
"""

MEANING = """## What it means

- **Weights read off tariffs add nothing to the base rate** for threats and promises together. They do better for
  threats, where the base rate of before was wrong, and worse for promises.
- **Real income alone did better than the weights**: it expects every package that both gain by to be kept and every
  threat to be dropped, and all but one came to that. All promises were carried out, so that whoever expected
  nothing else scores well: the sample says little about weights.
- **The readings of the last day were wrong.** A duty above 100 % read as a wish to hurt would not have been taken
  back, and was within two weeks: tariffs of a confrontation are steps of a bargain, not what a side wants.
- **The one threat carried out, China's dues on American ships, was missed by every version**: in the model they
  cost China more than the United States.
- **The rare-earth package is the credible threat**: carrying it out gains China, the United States would rather
  yield, and both sides then took their October measures back.
- **Of the packages, Kuala Lumpur is near the top with real income alone.** Geneva and thirty-for-thirty are near
  where chance would put them: both sides would have gained by more than they agreed on.
- **What the rule did not foresee**: on 30 April 2025 a point more on China's tariff moved the other side's income by
  less than 0.00001 %, which says nothing of a weight. That reading is left out.
"""


def write_page(result: Mapping[str, Any], plan: Register) -> str:
    """The whole page."""
    head = HEAD.format(
        seen_before=_flat(plan.seen_before),
        rule=_flat(plan.rule),
        weights=_flat(plan.readings.source),
        base_rate=_flat(plan.base_rate),
        score=_flat(plan.score),
        packages_rule=_flat(plan.packages_rule),
    )
    lines = [head, "## In short", "", *(f"- {line}" for line in result["answer"]), "", *_scores(result)]
    lines += [*_statements(result), *_packages(result), *_readings(result), MEANING]
    return "\n".join(lines)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]], numbers: int) -> list[str]:
    """A table whose last columns are numbers."""
    cells = list(heads)
    rule = ["---"] * (len(cells) - numbers) + ["---:"] * numbers
    return [f"| {' | '.join(row)} |" for row in (cells, rule, *map(list, rows))] + [""]


def _scores(result: Mapping[str, Any]) -> list[str]:
    """Brier's scores."""
    words = ("readings", "real_income", "last_day", "base_rate", "half")
    rows = []
    for row in result["scores"]:
        gain = row["gain"]["readings"]
        band = "" if gain["low"] is None else f" ({change(gain['low'], 3)} to {change(gain['high'], 3)})"
        rows.append(
            [
                {"all": "threats and promises", "threat": "threats", "promise": "promises"}[row["group"]],
                f"{number(row['carried_out'])} of {number(row['statements'])}, {number(row['cases'])} cases",
                *(fixed(row["brier"][word], 3) for word in words),
                f"{change(gain['gain'], 3)}{band}",
            ]
        )
    heads = [
        "",
        "carried out",
        "weights",
        "income alone",
        "last day",
        "base rate",
        "one half",
        "weights gain on the base rate",
    ]
    return ["## Scores", "", *_table(heads, rows, 6)]


def _statements(result: Mapping[str, Any]) -> list[str]:
    """Each statement with its probabilities."""
    rows = [
        [
            day(row["said_on"]),
            name(row["by"]),
            row["kind"],
            row["says"],
            average(row["probability"]["readings"], 0) + ("" if row["sized"] else " (no size)"),
            average(row["probability"]["real_income"], 0),
            average(row["probability"]["base_rate"], 0),
            "not due yet" if row["carried_out"] is None else row["outcome"],
        ]
        for row in result["forecasts"]
    ]
    heads = ["said", "by", "kind", "what", "weights", "income alone", "base rate", "outcome"]
    told = ["Rows that are not due yet are forecasts still open.", ""]
    return ["## Statement by statement", "", *told, *_table(heads, rows, 4)]


def _packages(result: Mapping[str, Any]) -> list[str]:
    """Ranks of what was signed."""
    rows = []
    for row in result["packages"]:
        labels = {item["id"]: item["label"] for item in row["elements"]}
        more = [labels[item] for item in labels if item not in row["signed"]]
        rows.append(
            [
                row["title"],
                number(row["packages"]),
                *(average(row["beaten"][word], 0) for word in ("readings", "real_income", "last_day")),
                average(row["both_sign"]["readings"], 0),
                "; ".join(more) or "nothing",
            ]
        )
    heads = [
        "signed",
        "packages",
        "beats, weights",
        "income alone",
        "last day",
        "both sign",
        "left out of it",
    ]
    return ["## Packages", "", *_table(heads, rows, 5)]


def _readings(result: Mapping[str, Any]) -> list[str]:
    """What tariffs said on the registered days."""
    rows = [
        [
            day(row["on"]),
            name(row["side"]),
            average(row["tariff"]),
            *(change(row[key], 5) for key in ("own_pct", "revenue_pct", "rival_pct")),
            f"{fixed(row['weight_low'], 2)} to {fixed(row['weight_high'], 2)}"
            if row["identified"]
            else "not identified",
        ]
        for row in result["revealed"]
    ]
    heads = [
        "on",
        "side",
        "tariff",
        "own income, % a point",
        "revenue",
        "the other's income",
        "weight on its loss",
    ]
    return ["## Readings", "", *_table(heads, rows, 5)]
