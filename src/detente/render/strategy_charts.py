"""Charts of the strategy section: its own of payoffs and hedges, the page's of bargains and paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from detente.formatting import change
from detente.geography.economies import name
from detente.render import theme
from detente.render.drawing.strategy import breakdowns, frontier

if TYPE_CHECKING:
    from detente.policy.documents.games import PayoffGame
    from detente.policy.documents.strategy import Hedge, StrategySection

WIDTH = 640
_HALF = 300


def strategy_charts(strategy: StrategySection) -> dict[str, tuple[Any, str]]:
    """
    Make every chart the section has data for.

    Gives name to chart and words for those who cannot see it. Names start with ``strategy-``.
    """
    found: dict[str, tuple[Any, str]] = {}
    if strategy.payoffs:
        found["strategy-payoffs"] = (
            payoff_chart(strategy.payoffs).to_dict(),
            "Real income of both sides at every pair of actions",
        )
    if strategy.bargain:
        found["strategy-bargain"] = (
            frontier(strategy.bargain),
            "What both sides can gain over no deal, and the bargaining solutions",
        )
    if strategy.hedge:
        found["strategy-hedge"] = (
            hedge_chart(strategy.hedge).to_dict(),
            "Loss of each member with, without and with deeper preferences",
        )
    if strategy.path:
        found["strategy-path"] = (
            breakdowns(strategy.path),
            "Cost of a breakdown by the year in which it comes",
        )
    return found


def payoff_chart(game: PayoffGame) -> Any:
    """Draw the payoff matrix, one panel per player."""
    first, second = game.players
    cells = game.cells
    agreed = next(iter(cells.values())).real_income_pct or {}
    rows = []
    for (mine, theirs), cell in cells.items():
        for player in (first, second):
            value, held = (cell.real_income_pct or {}).get(player), agreed.get(player)
            rows.append(
                {
                    "row": mine,
                    "column": theirs,
                    "player": name(player),
                    "value": value,
                    "change": None if value is None or held is None else value - held,
                    "text": "failed" if value is None else change(value, 2),
                }
            )
    frame = pd.DataFrame(rows)
    most = float(frame["change"].abs().max())
    scale = alt.Scale(
        domain=[-most, 0, most], range=[theme.DIVERGING[1], theme.DIVERGING[3], theme.DIVERGING[5]]
    )
    order = [[item.id for item in game.actions[player]] for player in (first, second)]
    base = alt.Chart(frame).encode(
        x=alt.X("column:N", sort=order[1], title=name(second), axis=alt.Axis(labelAngle=-30)),
        y=alt.Y("row:N", sort=order[0], title=name(first)),
    )
    cells = base.mark_rect().encode(color=alt.Color("change:Q", scale=scale, legend=None))
    words = base.mark_text(fontSize=11, color=theme.INK).encode(text="text:N")
    return (
        (cells + words)
        .properties(width=_HALF - 40, height=alt.Step(28))
        .facet(column=alt.Column("player:N", title=None, sort=[name(first), name(second)]))
    )


def hedge_chart(hedges: dict[str, Hedge]) -> Any:
    """Draw each member's loss with the bloc's preferences as they are, without them, and deepened."""
    own = all(item.preferences == "own" for item in hedges.values())
    labels = {
        "loss_without": "without the bloc's agreement" if own else "without agreements among members",
        "loss_with": "as it is",
        "loss_deepened": "zero duties inside",
    }
    rows = [
        {"scenario": scenario, "member": name(row.economy), "regime": words, "loss": getattr(row, key)}
        for scenario, item in hedges.items()
        for row in item.members
        for key, words in labels.items()
    ]
    frame = pd.DataFrame(rows)
    colours = alt.Scale(
        domain=list(labels.values()), range=[theme.DIVERGING[1], theme.INK, theme.DIVERGING[5]]
    )
    return (
        alt.Chart(frame)
        .mark_point(size=60, filled=True, opacity=1)
        .encode(
            x=alt.X("loss:Q", title="real income lost, %"),
            y=alt.Y("member:N", title=None),
            color=alt.Color("regime:N", title=None, scale=colours),
            shape=alt.Shape("regime:N", title=None, scale=alt.Scale(domain=list(labels.values()))),
        )
        .properties(width=WIDTH // max(1, len(hedges)) - 60, height=alt.Step(20))
        .facet(column=alt.Column("scenario:N", title=None, sort=list(hedges)))
    )
