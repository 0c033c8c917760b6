"""The page docs/validation/evidence.md: what the record of evidence says, its numbers from the record itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.formatting import change, fixed, money, rate
from detente.geography.economies import name as named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HEAD = """# Predictions held against what was traded

Written by `python scripts/embed_evidence.py`; `detente evidence` prints the same. With `--actuals FILE` it scores
later months of the same columns (`partner, naics3, month, imports_usd, duty_usd`) against the base months held,
with the fit of before.

**What is compared.** {measure}

Months and partners of the fit and of the test were written down first (`data/evidence/registered.yaml`). The
shock is taken twice: from the duties **collected**, and from the **law** as the ledger has it, so that errors
of the law and of the model are told apart. The world is moved to the base year's duties and shares of imports
by solves; every partner is shocked; those without rows of their own are the rest.

**How to read it.** Skill is 1 - MSE/MSE(no change), weighted with base imports: 1 is perfect, 0 no better than
to expect no change. The slope is of observed on predicted, its error the wider of clusters by partner and by
industry. "Model gains" is the model's skill less the rule's, with the error of the difference."""

MEANING = """## What it means

- **The long-run elasticities are too large for one to three years**, in both episodes: their skill is far below
  that of the elasticities of one year. The ratio of one year (0.38, from other countries and years) is inside
  the bands of all fits on whole windows; month by month, 2018-19 lies below it until the autumn of 2019.
- **One elasticity for all industries does as well as the industries' own**, with the economy or without it.
  Vehicles, other transport equipment and chemicals, whose cited elasticities are high, moved less than theirs
  say. Within China's industries the slope of 2025 is that of electronics: without them it is near zero.
- **What the economy adds** to the same elasticities is small for all partners together, and most for third
  countries in 2025, where costs abroad and the diversion from everyone at once matter.
- **Third countries are hardly explained.** Viet Nam, Chinese Taipei, Thailand and Indonesia gained far more in
  2025 than their duties say, Canada, Israel and Singapore far less; growth of before does not foretell it
  either: taking it out makes the scores of all partners in 2025 worse.
- **The law's shock does worse than the duties collected.** Exclusions, preferences claimed, goods already at
  sea and a mix of goods that moves away from what is taxed all lower what is collected; lines are weighted with
  one year's trade.
- **The second half of 2018 is a failure of every rule with a price in it**: purchases were brought forward
  before a step that was announced for January 2019. A model without expectations has nothing to say of such
  months.

- **Beside trade**: which goods and partners imports move to is told well enough that customs took what the model says, at
  the elasticities of one year, within half a point in both episodes (2.7 % of imports in 2019 where 2.8 were taken,
  9.3 in 2025 where 9.7 were), and 3.0 and 12.1 had no import moved. Prices do not do what it says: exporters took off
  nothing in the first months of 2025, where the model lets prices before duty fall by 2.8 %, and consumers' prices had
  hardly moved. Jobs by industry follow nothing of it: the model moves factors freely between industries, and employees
  did not move within months.

## The elasticity by months since the change

Fitted month by month on the duties collected, as a share of the long-run elasticities; the band is the wider of
drawing partners and industries anew. Time and episode are confounded: months 0 to 5 are seen twice, with
opposite anticipation. The third column is the mean elasticity of the customs value that the ratio means, to be
held against the papers."""


def write_page(result: Mapping[str, Any]) -> str:
    """The whole page."""
    plan = result["registered"]
    parts = [HEAD.format(measure=plan["measure"]), "## In short\n\n" + _list(result["answer"])]
    parts += [_episode(body, plan["focus"]) for body in result["episodes"].values()]
    parts += [
        "## Fitted and tested\n\n" + FITS + _fits(result["fits"]),
        MEANING + "\n" + _path(result["path"]),
    ]
    papers = [f"{row['about']}: {_span(row)} ({row['source']})" for row in result["literature"]]
    parts += ["Papers:\n\n" + _list(papers), SOYBEANS, PROPOSAL]
    return "\n".join(parts)


FITS = """One parameter a rule. "Registered" is fitted on both episodes up to the last month of the fit, without the
partners set aside.

"""

SOYBEANS = """## Soybeans

China imported 32.85 Mt of soybeans from the United States and 50.93 from Brazil in 2017, 16.94 and 57.68 in 2019 (UN
Comtrade), a fall of the ratio by 0.79 in logarithms. The duty on the American ones rose from 3 to 28 %, and their
price at the border fell by 4 % against Brazil's: an elasticity of tonnes of 4.5. Means of 2015-17 and 2018-19, the
duty in force for three quarters of the latter, give 8.3; with the duty counted in full, 5.7. Waivers of late 2019
and purchases by state traders bias these down, a trend towards Brazil biases them up. As the model counts (one less
than the elasticity of tonnes) that is about 3.5 to 7. With seasons, the duties of every month and the waivers it is 5.3
(docs/validation/soybeans.md), the default of the table of instruments. The zero of autumn 2025 is a limit, not an
elasticity, and is left out.
"""

PROPOSAL = """## What this suggests, and what is not done

`detente run` has its scenarios at one year beside the long run, and bands at one year draw the ratio of elasticities:
0.38 in the middle, 0.1 to 0.7 in nine draws of ten (docs/uncertainty.md). Up to half a year the record suggests a band
from next to nothing to twice the one-year value (0.05 to 0.8 of the long run) and no single number: the value of a year
stands there. Not done: a variant with one elasticity for all goods beside the industries' own. Tonnes of magnets
are not held against the record, nor prices by good: the indices at hand are of all imports.
"""


def _list(lines: Iterable[str]) -> str:
    """Lines as a list."""
    return "".join(f"- {line}.\n" for line in lines)


def _span(row: Mapping[str, Any]) -> str:
    """What a paper finds."""
    low, high = fixed(row["low"], 2), fixed(row["high"], 2)
    return low if low == high else f"{low} to {high}"


def _number(value: float | None) -> str:
    """A number with two digits, or nothing."""
    return fixed(value, 2) if value is not None else ""


def _with_error(value: float | None, error: float | None) -> str:
    """A number and its error."""
    return _number(value) if value is None or error is None else f"{_number(value)} ({_number(error)})"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], left: int = 1) -> str:
    """A table, its first columns to the left."""
    lines = [head, tuple("---" if at < left else "---:" for at in range(len(head))), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _episode(body: Mapping[str, Any], focus: str) -> str:
    """One episode: its main window in full, the others, partners, industries."""
    window = next(item for item in body["windows"] if item["main"])
    words = {"all": "all partners", focus: named(focus), "third": "third countries"}
    head = ("what", "skill", "slope (error)", "correlation", "sign right", "model gains")
    parts = [f"## {window['title']} on {body['base_year']}: {body['title']}\n\n{body['caution'].strip()}\n"]
    for group, title in words.items():
        rows = [_score(row) for row in _of(body["scores"], window["id"], group)]
        rows += [_rule(row) for row in _of(body["nulls"], window["id"], group) if not row["trends"]]
        parts.append(f"**{title[:1].upper()}{title[1:]}**\n\n{_table(head, rows)}")
    others = [item for item in body["windows"] if not item["main"]]
    rows = [(item["title"], *(_short(body, item["id"], group) for group in words)) for item in others]
    parts.append(_table(("other months: skill, slope", *words.values()), rows))
    parts += [_partners(body), _industries(body), _beside(body["beside"])]
    thin, without = rate(window["thin_share"], 3), rate(window["without_industry_share"], 3)
    parts.append(f"Not scored: {thin} of imports, in thin cells, and {without}, goods without an industry.\n")
    return "\n".join(parts)


def _of(rows: Iterable[Mapping[str, Any]], window: str, group: str) -> list[Mapping[str, Any]]:
    """Rows of a window and a group."""
    return [row for row in rows if row["window"] == window and row["group"] == group]


BESIDE = """**Beside trade: what customs took, prices, jobs**

Duties are those calculated at the border. The model's imports are those of the base months, each partner's and industry's
times the model's change; "unmoved" leaves them as they were. Prices are the Bureau of Labor Statistics' of imports but
petroleum, duty not in them, and the Budget Lab's index of what consumers pay for imported goods but food and energy,
margins in it; against the growth of before, which stands for the inflation that the model has not. Jobs are changes of
the logarithm of employees by industry less that of all employees, weighted with employees.

"""


def _beside(found: Mapping[str, Any]) -> str:
    """Levels and scores beside trade."""
    names = ("before", "observed", "trend", "unmoved", "collected", "law")
    head = (
        "what",
        "before",
        "observed",
        "its trend",
        "imports unmoved",
        "model, duties collected",
        "model, law",
    )
    levels = [
        (
            f"{row['what']}, {row['unit']}, {row['horizon']}",
            *(fixed(row.get(name), 1) if row.get(name) is not None else "" for name in names),
        )
        for row in found["levels"]
    ]
    jobs = [
        (
            f"{row['horizon']}, {row['shock']}"
            + (f", less growth since {row['trend_from']}" if row["trend_from"] else ""),
            fixed(row["spread_observed"], 1),
            fixed(row["spread_predicted"], 1),
            _number(row["skill"]),
            _with_error(row["slope"], row["slope_se"]),
            _number(row["correlation"]),
        )
        for row in found["jobs"]
    ]
    about = (
        "jobs by industry",
        "spread observed, %",
        "predicted, %",
        "skill",
        "slope (error)",
        "correlation",
    )
    return BESIDE + _table(head, levels) + "\n" + _table(about, jobs)


def _score(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The model's scores."""
    less = f", growth since {row['trend_from']} taken out" if row["trends"] else ""
    name = f"model, {row['horizon']} ({fixed(row['ratio'], 2)}), {row['shock']}{less}"
    sign = rate(row["sign_share"], 2) if row["sign_share"] is not None else ""
    return (
        name,
        _number(row["skill"]),
        _with_error(row["slope"], row["slope_se"]),
        _number(row["correlation"]),
        sign,
        "",
    )


def _rule(row: Mapping[str, Any]) -> tuple[str, ...]:
    """A rule's scores."""
    sign = rate(row["sign_share"], 2) if row["sign_share"] is not None else ""
    return (
        row["rule"],
        _number(row["skill"]),
        _number(row["slope"]),
        _number(row["correlation"]),
        sign,
        _with_error(row["model_gain"], row["model_gain_se"]),
    )


def _short(body: Mapping[str, Any], window: str, group: str) -> str:
    """Skill and slope at the first horizon, duties collected."""
    rows = _of(body["scores"], window, group)
    row = next(item for item in rows if item["shock"] == "collected" and not item["trends"])
    return f"{_number(row['skill'])}, {_number(row['slope'])}"


def _partners(body: Mapping[str, Any]) -> str:
    """The larger partners: duties, and shares observed and predicted."""
    largest = sorted(body["partners"], key=lambda row: -row["imports_usd"])[:12]
    head = (
        "partner",
        "imports, base",
        "duty, points",
        "law, points",
        "share observed, %",
        "predicted, %",
        "by law, %",
    )
    rows = [
        (
            named(row["partner"]),
            money(row["imports_usd"], "USD"),
            change(100 * row["duty_change_collected"], 1),
            change(100 * row["duty_change_law"], 1),
            *(
                change(row[key], 1)
                for key in ("observed_pct", "predicted_collected_pct", "predicted_law_pct")
            ),
        )
        for row in largest
    ]
    return _table(head, rows)


def _industries(body: Mapping[str, Any]) -> str:
    """Each industry: its elasticity, duties, and how its shares were predicted."""
    head = ("industry", "long-run elasticity", "duty, points", "skill", "slope", "correlation")
    rows = [
        (
            f"{row['industry']}: {row['name']}",
            fixed(row["elasticity"], 1),
            change(100 * row["duty_change_collected"], 1),
            *(_number(row[key]) for key in ("skill", "slope", "correlation")),
        )
        for row in body["industries"]
    ]
    return _table(head, rows)


def _fits(fits: Iterable[Mapping[str, Any]]) -> str:
    """Values and what they are worth elsewhere."""
    rows = []
    for row in fits:
        value = f"{_number(row['value'])} ({_number(row['q05'])} to {_number(row['q95'])})"
        for score in row["scored"]:
            months = score["from"] if score["from"] == score["to"] else f"{score['from']} to {score['to']}"
            group = {"all": "all partners", "third": "third countries"}.get(score["group"]) or named(
                score["group"]
            )
            where = f"{months}, {group}" + (", set aside" if score["partners"] != "all" else "")
            rows.append(
                (
                    row["rule"],
                    row["fitted_on"],
                    value,
                    where,
                    _number(score["skill"]),
                    _number(score["slope"]),
                )
            )
    return _table(("rule", "fitted on", "value (5 to 95 %)", "scored on", "skill", "slope"), rows, left=4)


def _path(rows: Iterable[Mapping[str, Any]]) -> str:
    """The path."""
    head = ("month", "since the change", "of customs value", "ratio (5 to 95 %)")
    found = [
        (
            row["month"],
            str(row["months_since"]),
            fixed(row["customs_elasticity"], 1),
            f"{_number(row['ratio'])} ({_number(row['q05'])} to {_number(row['q95'])})"
            + (", the end of the grid" if row["at_end"] else ""),
        )
        for row in rows
    ]
    return _table(head, found)
