"""What a sweep looks like in a terminal: bands, and what drives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.formatting import change, fixed, rate

if TYPE_CHECKING:
    from rich.console import Console


def render_sweep(document: dict[str, Any], console: Console) -> None:
    """Print bands of real income, what the study's contrasts are worth, policies and drivers."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    result = document["result"]
    bands, shown = result["bands"], result["featured"]
    console.print(
        f"[bold]{result['design']['title']}[/bold]: {result['draws']} draws, {result['done']} scenarios,"
        f" {result['failed']} failed; store {result['store']}",
        highlight=False,
    )

    def table(title: str, rows: dict[str, dict[str, dict[str, float]]]) -> None:
        made = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
        made.add_column("")
        for label in shown:
            made.add_column(label, justify="right")
        for name, by_label in rows.items():
            made.add_row(name, *(_cell(by_label[label]) for label in shown))
        console.print(made)

    income = {
        name: own["real_income_pct"] for name, own in bands["scenarios"].items() if "real_income_pct" in own
    }
    table("real income %, median (5 to 95 %), probability of a loss", income)
    if bands["contrasts"]:
        table("worth: real income in one scenario less that in the other", bands["contrasts"])
    policies = {name: item["expected"].get("real_income_pct") for name, item in bands["policies"].items()}
    if any(policies.values()):
        table("expected under the design's probabilities", {k: v for k, v in policies.items() if v})
    _print_drivers(result, console)
    for warning in document["warnings"]:
        console.print(f"[dim]{warning}[/dim]", highlight=False)


def _cell(numbers: dict[str, float]) -> str:
    """One band as text."""
    return f"{change(numbers['q50'])} ({change(numbers['q05'])} to {change(numbers['q95'])}) {rate(numbers['p_below'], 0)}"


def _print_drivers(result: dict[str, Any], console: Console) -> None:
    """The three largest drivers of each band."""
    found = result["drivers"]
    for scenario, by_label in (found.get("first_order") or {}).items():
        for label, rows in by_label.items():
            named = ", ".join(
                f"{row['name']} {rate(row['first_order'], 0)} ± {rate(row['half_width'], 0)}"
                for row in rows[:3]
            )
            console.print(f"  {scenario} {label}: {named}", highlight=False)
    slopes = found.get("slopes") or {}
    for label, item in slopes.get("labels", {}).items():
        named = ", ".join(f"{row['name']} {rate(row['share'], 0)}" for row in item["rows"][:3])
        console.print(
            f"  {slopes['scenario']} {label}, by slopes: mean {change(item['mean'])}, sd {fixed(item['sd'], 3)}; {named}",
            highlight=False,
        )
    if found.get("note"):
        console.print(f"[dim]{found['note']}[/dim]", highlight=False)
