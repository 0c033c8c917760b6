"""Pictures of single answers: an equilibrium, a duty, an average, tariffs chosen, reliance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.compliance.documents.duty import DutyAnswer
from detente.duties.documents.average import AverageAnswer
from detente.errors import InputError
from detente.formatting import average, day, rate
from detente.geography.economies import is_economy
from detente.io.words import one_of
from detente.labels import find, label
from detente.policy.documents.strategy import read_strategy
from detente.render.drawing import charts, charts_lines, findings, maps
from detente.render.drawing.contrast import OUTCOMES, REAL_INCOME, WORSE
from detente.render.drawing.economy import stakes
from detente.render.drawing.inputs import cuts
from detente.render.drawing.picture import Picture
from detente.render.drawing.strategy import MAKERS, losses
from detente.render.drawing.study import MOST
from detente.render.drawing.text import dotted, economy, scenario, sentence, the

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from detente.io.documents import Document

BASE = "base"
SOLVED = "the shock of this solve"


def _moved(found: Any, variable: str) -> tuple[dict[str, float], str, str]:
    """An outcome by economy of a solve, its name, and what title says of it."""
    one_of(variable, OUTCOMES, what="no such outcome", where="chart")
    values = {str(code): float(value) for code, value in getattr(found, variable).items()}
    if variable != REAL_INCOME:
        return values, OUTCOMES[variable], findings.ends_said("This shock", OUTCOMES[variable], values)
    ends = [
        findings.moves(the(code), values[code], " of real income")
        for code in (max(values, key=values.__getitem__), min(values, key=values.__getitem__))
    ]
    return values, OUTCOMES[variable], f"{findings.counted(values.values())}; {', '.join(ends)}"


def equilibrium(found: Any, size: str = "wide", variable: str = REAL_INCOME) -> Picture:
    """What becomes of those that gain and those that lose most in a solve."""
    values, name, title = _moved(found, variable)
    order = sorted(values, key=lambda code: -values[code])
    shown = list(dict.fromkeys((*order[:MOST], *order[-MOST:])))
    rows = [{"name": economy(code), "value": values[code]} for code in shown]
    return Picture(
        title,
        f"{name}, % of the baseline; the {len(rows)} economies that gain and lose most of {len(values)}",
        findings.source_line(law="not asked", world=SOLVED),
        rows,
        f"Bars by economy: change of {findings.lowered(name)} in this solve.",
        size,
        charts.bars(rows, title="%", size=size, worse=variable in WORSE),
    )


def equilibrium_map(found: Any, size: str = "wide", variable: str = REAL_INCOME) -> Picture:
    """Every economy by what becomes of it in a solve."""
    values, name, title = _moved(found, variable)
    return maps.map_picture(
        values,
        title=title,
        subtitle=f"{name}, % of the baseline",
        source=findings.source_line(law="not asked", world=SOLVED),
        alt=f"World map of {findings.lowered(name)} in this solve.",
        size=size,
        worse=variable in WORSE,
    )


def duty(found: DutyAnswer, size: str = "wide") -> Picture:
    """What each line of a duty adds; refuses one that is not known, which is not zero."""
    if found.rate is None:
        raise InputError(
            "a duty that is not known is not drawn",
            where="chart",
            found=f"{found.code} from {the(found.origin)}, {day(found.on)}",
            allowed="a duty whose rate is known",
            repair="see its warnings: the schedule, the day or a fact is missing",
        )
    rows = [
        {"name": line.title, "value": 100 * line.contribution} for line in found.lines if line.contribution
    ]
    least, most = found.rate_min, found.rate_max
    whole = rate(found.rate)
    spread = f" ({rate(least)} to {rate(most)} as facts not known turn out)" if least != most else ""
    goods = found.description
    named = dotted(found.code) if not goods or goods.startswith("Other") else goods
    what = f"{named} from {the(found.origin)}"
    return Picture(
        f"{what} pays {whole} in {the(found.destination)}{spread}",
        f"Duty on {dotted(found.code)}, % of customs value, {day(found.on)}, by what it is made of",
        findings.source_line(law=f"of {day(found.on)}, {found.view}"),
        rows or [{"name": "no duty", "value": 0.0}],
        "Bars by line of the duty: what each adds.",
        size,
        charts.bars(rows or [{"name": "no duty", "value": 0.0}], title="% of value", size=size, costs=True),
    )


AVERAGE = "Average tariff, % of customs value"


def average_of(found: AverageAnswer, size: str = "wide") -> Picture:
    """An average tariff by its parts, or day by day."""
    origin = found.origin or "*"
    who = f"{the(found.importer)} charges goods from {the(origin) if origin != '*' else 'all economies'}"
    when = f"to {day(found.series[-1].date)}" if found.series else f"of {day(found.on)}"
    source = findings.source_line(
        law=f"{when}, {found.view}", world=f"weights: imports of {found.weights_year}"
    )
    draw = _by_day if found.series else _by_part
    return draw(found, who, source, size)


def _by_day(found: AverageAnswer, who: str, source: str, size: str) -> Picture:
    """An average tariff on every day."""
    pair = f"{found.importer}<-{found.origin or '*'}"
    rows: list[dict[str, Any]] = [{"date": row.date.isoformat(), pair: row.rate} for row in found.series]
    spec, _ = charts_lines.rates_over_time(rows, size=size, linked=False)
    first, last = rows[0], rows[-1]
    said = f"{average(last[pair])} on {day(last['date'])}, {average(first[pair])} on {day(first['date'])}"
    return Picture(
        sentence(f"{who} {said}"),
        f"{AVERAGE}, day by day",
        source,
        rows,
        "A line by day: the average.",
        size,
        spec,
    )


def _by_part(found: AverageAnswer, who: str, source: str, size: str) -> Picture:
    """An average tariff by measure, whose points add up to it; or by partner, industry or chapter, each with its own."""
    parts, imports = {key: value for key, value in found.by.items() if value}, found.imports_usd
    largest = sorted(parts, key=lambda key: -(imports or parts).get(key, 0.0))[: 2 * MOST]
    rows = [
        {"name": _part(key), "value": 100 * parts[key]}
        for key in sorted(largest, key=lambda key: -parts[key])
    ]
    most = max(largest, key=lambda key: parts[key], default="")
    said = (
        f", {average(parts[most])} {'on' if imports else 'of it'} {findings.lowered(_part(most))}"
        if parts
        else ""
    )
    what = f"each its own; the {len(rows)} with the most imports" if imports else "by what it is made of"
    rows = rows or [{"name": "All goods", "value": 100 * found.rate}]
    return Picture(
        sentence(f"{who} {average(found.rate)} on average{said if len(rows) > 1 else ''}"),
        f"{AVERAGE}, {what}",
        source,
        rows,
        "Bars by part of the average.",
        size,
        charts.bars(rows, title="% of value", size=size, costs=True),
    )


def _part(name: str) -> str:
    """Name a part of an average: the ordinary duty, a measure, an economy, an industry, a chapter."""
    if name == BASE:
        return "Ordinary duty"
    if is_economy(name):
        return f"Goods from {the(name)}"
    if name.isdigit():
        return f"Chapter {name}"
    return label("industry" if find("industry", name) else "measure", name, otherwise=name)


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


def _losses(found: Any, size: str = "wide") -> Picture:
    """Losses of the members of a bloc, named by the scenario."""
    return losses(found, scenario(found.under, found.study), size)


# Pictures of an answer by their names, the usual one first: by its kind, or by the keys that it has.
TYPED: dict[type[Document], dict[str, Callable[[Any, str], Picture]]] = {
    DutyAnswer: {"parts": duty},
    AverageAnswer: {"average": average_of},
}
PLAIN: tuple[tuple[frozenset[str], dict[str, Callable[[Any, str], Picture]]], ...] = (
    (frozenset({"stakes", "exposures"}), {"scenarios": stakes}),
    (frozenset({"rows", "inputs", "not_covered"}), {"losses": cuts}),
)
PLAYED: dict[str, dict[str, Callable[[Any, str], Picture]]] = {
    "credible": {"payoffs": MAKERS["payoffs"]},
    "frontier": {"frontier": MAKERS["bargain"]},
    "no_deal": {"packages": MAKERS["deals"]},
    "bloc": {"worth": MAKERS["hedge"], "losses": _losses},
    "years": {"path": MAKERS["path"]},
    "player": {"tariffs": chosen_tariffs},
    "cooperation": {"tariffs": chosen_tariffs},
    "look_through": {"reliance": reliance},
    "rivalry": {"rivalry": MAKERS["rivalry"]},
}


def draw_answer(
    found: Any,
    name: str = "",
    *,
    variable: str = "",
    size: str = "wide",
    own: Mapping[str, Callable[[Any, str], Picture]] | None = None,
) -> Picture:
    """
    Draw an answer as what it is; `name` is of one of its pictures, the usual one if empty.

    `own` are pictures by name that the question draws itself, from the answer as it is.

    Raises
    ------
    InputError
        Nothing is drawn of it, or not this.
    """
    if hasattr(found, "real_income_pct") and not hasattr(found, "to_dict"):
        shown = variable or REAL_INCOME
        return _named(
            {
                "income": lambda given, room: equilibrium(given, room, shown),
                "map": lambda given, room: equilibrium_map(given, room, shown),
            },
            name,
        )(found, size)
    if variable:
        raise InputError(
            "an option that this answer has no use for",
            where="chart",
            found=f"variable={variable!r} with {type(found).__name__}",
            allowed="variable with the outcome of a study or an equilibrium",
            repair="leave it out",
        )
    for kind, makers in TYPED.items():
        if isinstance(found, kind):
            return _named({**makers, **(own or {})}, name)(found, size)
    result = found.to_dict() if hasattr(found, "to_dict") else found
    keys: dict[str, Any] = result if isinstance(result, dict) else {}
    for fields, makers in PLAIN:
        if fields <= keys.keys():
            chosen = _named({**makers, **(own or {})}, name)
            return chosen(found if own and name in own else keys, size)
    for field, makers in PLAYED.items():
        if field in keys:
            return _named(makers, name)(read_strategy(keys), size)
    raise InputError(
        "nothing is drawn of this",
        where="chart",
        found=type(found).__name__,
        allowed="an outcome of a study, an equilibrium, a duty, an average tariff, an answer about strategy",
        repair="chart(load_study(...).run()), chart(solve(...)), chart(average_tariff(...))",
    )


def _named(makers: Mapping[str, Callable[[Any, str], Picture]], name: str) -> Callable[[Any, str], Picture]:
    """The picture of a name, the first where none is said."""
    chosen = name or next(iter(makers))
    one_of(chosen, makers, what="no such chart", where="chart", otherwise="leave the name out")
    return makers[chosen]
