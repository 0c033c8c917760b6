"""Pictures of strategy results: payoffs, the bargaining set, packages, the hedge, the path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.formatting import average, change, day, figure, typographic
from detente.labels import capital
from detente.render import theme
from detente.render.drawing import charts, charts_lines, findings
from detente.render.drawing.frame import wrap
from detente.render.drawing.picture import ROOM, Picture
from detente.render.drawing.rivalry import rivalry
from detente.render.drawing.text import economy, the

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from detente.policy.documents.games import BargainResult, Conditions, Deals, PayoffGame
    from detente.policy.documents.strategy import Hedge, Path

GAIN = "gain of real income, %"
# What a bloc does for its members, with its shape and colour.
REGIMES = {
    "loss_without": "without preferences inside",
    "loss_with": "as it is",
    "loss_deepened": "zero duties inside",
}
# Room for the names of rows of a table of payoffs, and the size of those of its columns.
# In columns narrower than this, letters stand for the actions, which are named below.
LETTERED = 70
ROWS, SMALL = {"wide": 180, "half": 130, "narrow": 100}, 10.0


def _gain(side: str) -> str:
    """Title of an axis."""
    return f"{economy(side)}: {GAIN}"


def _source(result: Conditions) -> str:
    """What a strategy result rests on."""
    law = f"of {day(result.on)}" if result.on else "of each action's day"
    return findings.source_line(law=law, world="payoffs: real income, without politics or security")


def frontier(bargain: BargainResult, size: str = "wide") -> Picture:
    """What each side gains over no agreement."""
    a, b = bargain.players
    points = [{"a": row.gain_pct[a], "b": row.gain_pct[b], "kind": "frontier"} for row in bargain.frontier]
    marks: list[dict[str, Any]] = [{"a": 0.0, "b": 0.0, "kind": "no agreement"}]
    marks += [
        {"a": point.gain_pct[a], "b": point.gain_pct[b], "kind": name}
        for name, point in bargain.solutions.items()
    ]
    nash = bargain.nash
    said = (
        "No cut of the tariffs between the two betters both: 0 points on the frontier"
        if nash is None
        else f"A bargain cuts tariffs to {average(nash.mean_tariffs[a])} ({economy(a)}) and {average(nash.mean_tariffs[b])}"
        f" ({economy(b)}); {findings.moves(the(a), nash.gain_pct[a])}, {findings.moves(the(b), nash.gain_pct[b])}"
    )
    return Picture(
        said,
        "Gain of real income over no agreement, %; line: what no other cut betters for both",
        _source(bargain),
        [*points, *marks],
        "A line of what both sides can gain, with the bargaining solutions marked.",
        size,
        charts_lines.scatter(points, marks, x=_gain(a), y=_gain(b), size=size),
    )


def worth(hedge: Hedge, size: str = "wide") -> Picture:
    """What the bloc is worth to each member."""
    rows = sorted(hedge.members, key=lambda row: -row.worth_under)
    listed = [{"name": economy(row.economy), "value": row.worth_under} for row in rows]
    best = rows[0]
    return Picture(
        f"{hedge.bloc} is worth {findings.signed(hedge.total.worth_under)} of real income to its members together,"
        f" most to {the(best.economy)} ({findings.signed(best.worth_under)})",
        "Real income with the bloc's preferences less without them, %, under the scenario's tariffs",
        _source(hedge),
        listed,
        f"Bars by member: what {hedge.bloc} is worth.",
        size,
        charts.bars(listed, title="%", size=size),
    )


def losses(hedge: Hedge, label: str, size: str = "wide") -> Picture:
    """Each member's loss with the bloc's preferences as they are, without them, and at zero duties inside."""
    rows = [
        {"name": economy(row.economy), "regime": words, "loss": getattr(row, key)}
        for row in sorted(hedge.members, key=lambda row: -row.loss_with)
        for key, words in REGIMES.items()
    ]
    order = list(REGIMES.values())
    key = {"field": "regime", "type": "nominal", "title": None, "legend": charts.legend(size)}
    colours = {"domain": order, "range": [theme.DIVERGING[1], theme.INK, theme.DIVERGING[5]]}
    total = hedge.total
    spec = {
        "width": ROOM[size],
        "autosize": charts.FITTED,
        "height": {"step": 20},
        "data": {"values": rows},
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
        "encoding": {
            "y": charts.names_axis("name", size),
            "x": {"field": "loss", "type": "quantitative", "title": "real income lost, %"},
            "color": {**key, "scale": colours},
            "shape": {**key, "scale": {"domain": order, "range": ["triangle-up", "circle", "square"]}},
        },
    }
    rest = f"{figure(total.loss_without)} % without its preferences, {figure(total.loss_deepened)} % with zero duties inside"
    return Picture(
        f"{label}: members of {hedge.bloc} together lose {figure(total.loss_with)} % of real income; {rest}",
        "Real income lost, % of the baseline, by member",
        _source(hedge),
        rows,
        f"Dots by member of {hedge.bloc}: loss with, without and with deeper preferences.",
        size,
        spec,
    )


def breakdowns(path: Path, size: str = "wide") -> Picture:
    """Cost of a breakdown in its first year and in the long run, by year of the breakdown."""
    rows = [
        {"year": row.year, "value": change_of[side], "side": side, "run": words}
        for row in path.years
        for words, change_of in (
            ("first year", row.breakdown.first_year_pct),
            ("long run", row.breakdown.long_run_pct),
        )
        for side in path.sides
    ]
    first, last = path.years[0], path.years[-1]
    said = [
        f"{the(side)} {findings.signed(first.breakdown.first_year_pct[side])} in {first.year},"
        f" {findings.signed(last.breakdown.first_year_pct[side])} in {last.year}"
        for side in path.sides
    ]
    return Picture(
        f"What a breakdown would do in its first year: {'; '.join(said)}",
        "Real income if the truce breaks in that year, %, in the first year and in the long run",
        _source(path),
        rows,
        "Lines by year and side: real income if the truce breaks then.",
        size,
        charts_lines.lines(rows, title="real income, %", size=size),
    )


def packages(deals: Deals, size: str = "wide") -> Picture:
    """Every package by what it gives each side."""
    a, b = deals.players
    points = [{"a": row.gain_pct[a], "b": row.gain_pct[b], "kind": "package"} for row in deals.rows]
    marks: list[dict[str, Any]] = [
        {"a": row.gain_pct[a], "b": row.gain_pct[b], "kind": "no other is better for both"}
        for row in deals.rows
        if row.best_for_both
    ]
    marks.append({"a": 0.0, "b": 0.0, "kind": "no deal"})
    return Picture(
        f"{len(deals.rows)} of {deals.packages} packages leave both sides better off than no deal",
        "Gain of real income over no deal, %; a dot is a package",
        _source(deals),
        [*points, *marks],
        "Dots: packages by what each side gains.",
        size,
        charts_lines.scatter(points, marks, x=_gain(a), y=_gain(b), size=size, line=False),
    )


def payoffs(game: PayoffGame, size: str = "wide") -> Picture:
    """The payoff matrix, a panel a side, against the first pair of actions."""
    first, second = game.players
    wide = max(46, (ROOM[size] - ROWS[size]) // max(1, len(game.actions[second])))
    room = {first: (ROWS[size] - 10, charts.LABEL), second: (wide - 6, SMALL)}
    labels = {
        (side, item.id): charts.BREAK.join(wrap(capital(game.action(side, item.id)), *room[side]))
        for side in game.players
        for item in game.actions[side]
    }
    notes = []
    if wide < LETTERED:
        letters = dict(
            zip((item.id for item in game.actions[second]), "ABCDEFGHIJKLMNOPQRSTUVWXYZ", strict=False)
        )
        labels |= {(second, item): letter for item, letter in letters.items()}
        notes = [f"{letter}) {the(second)}: {game.action(second, item)}" for item, letter in letters.items()]
    cells = game.cells
    agreed = next(iter(cells.values())).real_income_pct or {}
    rows: list[dict[str, Any]] = []
    for (mine, theirs), cell in cells.items():
        for side in (first, second):
            value, held = (cell.real_income_pct or {}).get(side), agreed.get(side)
            rows.append(
                {
                    "row": labels[first, mine],
                    "column": labels[second, theirs],
                    "player": economy(side),
                    "value": value,
                    "change": None if value is None or held is None else value - held,
                    "text": "failed" if value is None else typographic(change(value, 2, least=2)),
                }
            )
    return Picture(
        _payoffs_said(rows, (first, second)),
        f"Real income, % of the baseline; rows: {the(first)}, columns: {the(second)}; colour: change against the first pair",
        _source(game),
        [
            {
                **row,
                "row": row["row"].replace(charts.BREAK, " "),
                "column": row["column"].replace(charts.BREAK, " "),
            }
            for row in rows
        ],
        "Two tables of real income at every pair of actions, one a side.",
        size,
        _matrix(rows, (first, second), wide),
        notes=notes,
    )


def _payoffs_said(rows: list[dict[str, Any]], sides: tuple[str, str]) -> str:
    """Count the pairs of actions that are worse for both than the first pair, and say how bad it gets."""
    by_pair: dict[tuple[str, str], list[float | None]] = {}
    for row in rows:
        by_pair.setdefault((row["row"], row["column"]), []).append(row["change"])
    both = sum(all(value is not None and value < 0 for value in pair) for pair in by_pair.values())
    said = []
    for side in sides:
        moved = [row["change"] for row in rows if row["player"] == economy(side)]
        worst = min(change for change in moved if change is not None)
        said.append(f"{the(side)} {findings.signed(worst)}")
    return f"{both} of {len(by_pair) - 1} other pairs of actions leave both sides worse off; at worst {', '.join(said)}"


def _matrix(rows: list[dict[str, Any]], players: tuple[str, str], wide: int) -> dict[str, Any]:
    """Cells coloured by the change they bring, with the value written in each; one panel below the other."""
    lines, high = (max(row[key].count(charts.BREAK) for row in rows) for key in ("column", "row"))
    high += 1
    most = max((abs(row["change"]) for row in rows if row["change"] is not None), default=1.0) or 1.0
    scale = {
        "domain": [-most, 0, most],
        "range": [theme.DIVERGING[1], theme.DIVERGING[3], theme.DIVERGING[5]],
    }
    line = {
        "labelExpr": f"split(datum.label, '{charts.BREAK}')",
        "labelLimit": 200,
        "ticks": False,
        "domain": False,
    }
    x = {
        "field": "column",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {
            **line,
            "orient": "top",
            "labelAngle": 0,
            "labelFontSize": SMALL,
            "labelLineHeight": 12,
            "labelPadding": 5 + 12 * lines,
        },
    }
    y = {"field": "row", "type": "nominal", "sort": None, "title": None, "axis": line}
    colour = {"field": "change", "type": "quantitative", "scale": scale, "legend": None}
    written = {"type": "text", "fontSize": 11, "color": theme.ON_FILL}
    layers = [
        {"mark": "rect", "encoding": {"x": x, "y": y, "color": colour}},
        {"mark": written, "encoding": {"x": x, "y": y, "text": {"field": "text", "type": "nominal"}}},
    ]
    panels = [
        {
            "title": economy(side),
            "width": {"step": wide},
            "height": {"step": max(34, 13 * high + 8)},
            "data": {"values": [row for row in rows if row["player"] == economy(side)]},
            "layer": layers,
        }
        for side in players
    ]
    return {"vconcat": panels}


MAKERS: dict[str, Callable[[Any, str], Picture]] = {
    "payoffs": payoffs,
    "bargain": frontier,
    "hedge": worth,
    "path": breakdowns,
    "deals": packages,
    "rivalry": rivalry,
}


def section_pictures(strategy: Any, labels: Mapping[str, str]) -> dict[str, Picture]:
    """Every picture the strategy section of a report has data for; `labels` are those of scenarios by id."""
    found: dict[str, Picture] = {}
    for name in ("payoffs", "bargain", "path"):
        if part := getattr(strategy, name):
            found[f"strategy-{name}"] = MAKERS[name](part, "wide")
    for scenario, item in (strategy.hedge or {}).items():
        found[f"strategy-hedge-{scenario}"] = losses(item, labels.get(scenario, scenario))
    return found
