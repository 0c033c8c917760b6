"""What a sweep looks like in a terminal: bands, and what drives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.formatting import change, fixed, rate
from detente.policy.documents.bands import Drivers, SweepDocument, SweepResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from detente.policy.documents.bands import Spread

INCOME = "real_income_pct"


def render_sweep(document: Mapping[str, Any], console: Console) -> None:
    """Print bands of real income, what the study's contrasts are worth, policies and drivers."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    swept = SweepDocument.read(document)
    result, bands = swept.result, swept.result.bands
    console.print(
        f"[bold]{result.design.title}[/bold]: {result.draws} draws, {result.done} scenarios,"
        f" {result.failed} failed; store {result.store}",
        highlight=False,
    )

    def table(title: str, rows: Mapping[str, Mapping[str, Spread]]) -> None:
        made = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
        made.add_column("")
        for label in result.featured:
            made.add_column(label, justify="right")
        for name, by_label in rows.items():
            made.add_row(name, *(_cell(by_label[label]) for label in result.featured))
        console.print(made)

    income = {name: own[INCOME] for name, own in bands.scenarios.items() if INCOME in own}
    table("real income %, median (5 to 95 %), probability of a loss", income)
    if bands.contrasts:
        table("worth: real income in one scenario less that in the other", bands.contrasts)
    policies = {
        name: item.expected[INCOME] for name, item in bands.policies.items() if INCOME in item.expected
    }
    if policies:
        table("expected under the design's probabilities", policies)
    _print_drivers(result, console)
    for warning in swept.warnings:
        console.print(f"[dim]{warning}[/dim]", highlight=False)


def _cell(spread: Spread) -> str:
    """One band as text."""
    return f"{change(spread.q50)} ({change(spread.q05)} to {change(spread.q95)}) {rate(spread.p_below, 0)}"


def _print_drivers(result: SweepResult, console: Console) -> None:
    """The three largest drivers of each band."""
    found = result.drivers
    if not isinstance(found, Drivers):
        return
    for scenario, by_label in found.first_order.items():
        for label, rows in by_label.items():
            named = ", ".join(
                f"{row.name} {rate(row.first_order, 0)} ± {rate(row.half_width, 0)}" for row in rows[:3]
            )
            console.print(f"  {scenario} {label}: {named}", highlight=False)
    for label, item in (found.slopes.labels or {}).items():
        named = ", ".join(f"{row.name} {rate(row.share, 0)}" for row in item.rows[:3])
        console.print(
            f"  {found.slopes.scenario} {label}, by slopes: mean {change(item.mean)}, sd {fixed(item.sd, 3)}; {named}",
            highlight=False,
        )
    console.print(f"[dim]{found.note}[/dim]", highlight=False)
