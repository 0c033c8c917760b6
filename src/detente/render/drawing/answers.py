"""Pictures of single answers: an equilibrium, a duty, an average, tariffs chosen, reliance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.errors import InputError
from detente.formatting import average, day, rate
from detente.geography.economies import is_economy
from detente.labels import label
from detente.policy.documents.strategy import read_strategy
from detente.render.drawing import charts, charts_lines, findings
from detente.render.drawing.picture import Picture
from detente.render.drawing.strategy import MAKERS
from detente.render.drawing.study import MOST
from detente.render.drawing.text import economy, sentence, the

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE = "base"
SOLVED = "the shock of this solve"


def equilibrium(found: Any, size: str = "wide") -> Picture:
    """Real income of those that gain and those that lose most in a solve."""
    values = {str(code): float(value) for code, value in found.real_income_pct.items()}
    order = sorted(values, key=lambda code: -values[code])
    shown = list(dict.fromkeys((*order[:MOST], *order[-MOST:])))
    rows = [{"name": economy(code), "value": values[code]} for code in shown]
    ends = [findings.moves(the(code), values[code], " of real income") for code in (order[0], order[-1])]
    return Picture(
        f"{findings.counted(values.values())}; {', '.join(ends)}",
        f"Real income, % of the baseline; the {len(rows)} economies that gain and lose most of {len(values)}",
        findings.source_line(law="not asked", world=SOLVED),
        rows,
        "Bars by economy: change of real income in this solve.",
        size,
        charts.bars(rows, title="%", size=size),
    )


def duty(found: Mapping[str, Any], size: str = "wide") -> Picture:
    """What each line of a duty adds; refuses one that is not known, which is not zero."""
    if found["rate"] is None:
        raise InputError(
            "a duty that is not known is not drawn",
            where="chart",
            found=f"{found['code']} from {the(found['origin'])}, {day(found['on'])}",
            allowed="a duty whose rate is known",
            repair="see its warnings: the schedule, the day or a fact is missing",
        )
    rows = [
        {"name": line["title"], "value": 100 * line["contribution"]}
        for line in found["lines"]
        if line["contribution"]
    ]
    least, most = found["rate_min"], found["rate_max"]
    whole = rate(found["rate"])
    spread = f" ({rate(least)} to {rate(most)} as facts not known turn out)" if least != most else ""
    what = f"{found['description'] or 'The product'} from {the(found['origin'])}"
    return Picture(
        f"{what} pays {whole} in {the(found['destination'])}{spread}",
        f"Duty on {found['code']}, % of customs value, {day(found['on'])}, by what it is made of",
        findings.source_line(law=f"of {day(found['on'])}, {found['view']}"),
        rows or [{"name": "no duty", "value": 0.0}],
        "Bars by line of the duty: what each adds.",
        size,
        charts.bars(rows or [{"name": "no duty", "value": 0.0}], title="% of value", size=size, costs=True),
    )


def average_of(found: Mapping[str, Any], size: str = "wide") -> Picture:
    """An average tariff by its parts, or day by day."""
    importer, origin = found["importer"], found["origin"] or "*"
    who = f"{the(importer)} charges goods from {the(origin) if origin != '*' else 'all economies'}"
    source = findings.source_line(
        law=f"of {day(found['on'])}, {found['view']}", world=f"weights: imports of {found['weights_year']}"
    )
    unit = "Average tariff, % of customs value"
    if found["series"]:
        pair = f"{importer}<-{origin}"
        rows = [{"date": row["date"], pair: row["rate"]} for row in found["series"]]
        spec, _ = charts_lines.rates_over_time(rows, size=size, linked=False)
        first, last = rows[0], rows[-1]
        said = f"{average(last[pair])} on {day(last['date'])}, {average(first[pair])} on {day(first['date'])}"
        return Picture(
            sentence(f"{who} {said}"),
            f"{unit}, day by day",
            source,
            rows,
            "A line by day: the average.",
            size,
            spec,
        )
    parts = {_part(key): 100 * value for key, value in found["by"].items() if value}
    parts = parts or {"all goods": 100 * found["rate"]}
    rows = [{"name": key, "value": parts[key]} for key in sorted(parts, key=lambda key: -parts[key])][
        : 2 * MOST
    ]
    largest = rows[0]
    more = (
        f", {average(largest['value'] / 100)} of it {findings.lowered(largest['name'])}"
        if len(parts) > 1
        else ""
    )
    return Picture(
        sentence(f"{who} {average(found['rate'])} on average{more}"),
        f"{unit}, by what it is made of",
        source,
        rows,
        "Bars by part of the average.",
        size,
        charts.bars(rows, title="% of value", size=size, costs=True),
    )


def _part(name: str) -> str:
    """Name a part of an average: the ordinary duty, a measure, an economy, or what the schedule calls it."""
    if name == BASE:
        return "Ordinary duty"
    return economy(name) if is_economy(name) else label("measure", name, otherwise=name)


def chosen_tariffs(found: Any, size: str = "wide") -> Picture:
    """Tariffs a side or both would choose beside those before."""
    chosen = found.tariffs
    rows = [
        {"name": f"{economy(side)}, {words}", "value": 100 * value}
        for side, item in chosen.items()
        for words, value in (("before", item.mean_before), ("chosen", item.mean))
    ]
    said = [
        f"{the(side)} {average(item.mean)} instead of {average(item.mean_before)}"
        for side, item in chosen.items()
    ]
    return Picture(
        f"For its own sake alone a side would charge on average: {', '.join(said)}",
        "Average tariff, % of value",
        findings.source_line(
            law=f"of {day(found.on)}" if found.on else "as before the choice", world="real income alone"
        ),
        rows,
        "Bars: average tariffs before and chosen.",
        size,
        charts.bars(rows, title="%", size=size, costs=True),
    )


def reliance(found: Any, size: str = "wide") -> Picture:
    """What an end to trade would cost each of two economies, in the short and in the long run."""
    rows = [
        {"name": f"{economy(side)}, {words}", "value": cut.loss_pct[side]}
        for words, cut in (("short run", found.cutoff.short), ("long run", found.cutoff.long))
        if cut.loss_pct
        for side in (found.a, found.b)
    ]
    said = [f"{row['name']} {findings.size_of(row['value'])}" for row in rows]
    return Picture(
        f"An end to trade between the two costs {'; '.join(said)} of real income",
        f"Real income lost, %, if {the(found.a)} and {the(found.b)} stopped trading",
        findings.source_line(law=f"of {day(found.on)}" if found.on else "as asked"),
        rows,
        "Bars: the loss of each side in the short and in the long run.",
        size,
        charts.bars(rows, title="%", size=size, costs=True),
    )


OWN = {"player": chosen_tariffs, "cooperation": chosen_tariffs, "look_through": reliance}


def draw_answer(found: Any, size: str = "wide") -> Picture:
    """
    Draw an answer as what it is.

    Raises
    ------
    InputError
        Nothing is drawn of it.
    """
    if hasattr(found, "real_income_pct") and not hasattr(found, "to_dict"):
        return equilibrium(found, size)
    result = found.to_dict() if hasattr(found, "to_dict") else found
    kinds: dict[str, Any] = result if isinstance(result, dict) else {}
    if {"lines", "rate_min", "origin"} <= set(kinds):
        return duty(kinds, size)
    if {"weights", "series", "by"} <= set(kinds):
        return average_of(kinds, size)
    makers = {
        "credible": MAKERS["payoffs"],
        "frontier": MAKERS["bargain"],
        "no_deal": MAKERS["deals"],
        "bloc": MAKERS["hedge"],
        "years": MAKERS["path"],
        **OWN,
    }
    maker = next((make for field, make in makers.items() if field in kinds), None)
    if maker is None:
        raise InputError(
            "nothing is drawn of this",
            where="chart",
            found=type(found).__name__,
            allowed="an outcome of a study, an equilibrium, a duty, an average tariff, an answer about strategy",
            repair="chart(load_study(...).run()), chart(solve(...)), chart(average_tariff(...))",
        )
    return maker(read_strategy(kinds), size)
