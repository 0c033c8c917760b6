"""The command that runs many scenarios: sweep."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003  (the command line resolves the annotations at run time)
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from detente.cli import options as cli
from detente.cli.options import Output
from detente.formatting import change, fixed, rate

if TYPE_CHECKING:
    from rich.console import Console

NOT_DONE = 3


def sweep(
    design: str,
    *,
    draws: int | None = None,
    out: Path | None = None,
    executor: Literal["local", "dask"] = "local",
    address: str | None = None,
    workers: int | None = None,
    drivers: Annotated[bool, Parameter(negative="--no-drivers")] = True,
    output: Output | None = None,
) -> int:
    """
    Solve a design's scenarios in every draw, and print bands and what drives them; go on where an earlier run stopped.

    Parameters
    ----------
    design
        A built-in design (kuala-lumpur-uncertainty) or a design file.
    draws
        Instead of the design's number.
    out
        Folder of the store. Default: the design's name and hash, in the current folder.
    executor
        Processes of this machine, or a Dask cluster.
    address
        Of a Dask scheduler. It runs code: use tls:// and networks you trust.
    workers
        Processes; one for each core by default.
    drivers
        Work out which assumptions drive the spread.
    output
        Form of the result.
    """
    from detente.policy.sweeps.document import sweep_document  # noqa: PLC0415
    from detente.policy.sweeps.sweep import sweep as run_sweep  # noqa: PLC0415

    output = output or Output()
    if output.reproduce:
        given = {"draws": draws, "out": str(out) if out else None, "address": address, "workers": workers}
        return cli.reproduce(cli.call_text("sweep", design, **given))
    ledger = cli.open_law(output)
    say = cli.progress(output)
    done = run_sweep(
        design,
        draws=draws,
        out=out,
        executor=executor,
        address=address,
        workers=workers,
        ledger=ledger,
        progress=say,
    )
    found = sweep_document(
        done, command=cli.CALL.command, ledger_version=ledger.version, drivers=drivers, say=say
    )
    if output.csv:
        found["result"]["rows"] = band_rows(found)
    cli.emit(found, output, render_sweep)
    for item in (*found["result"]["failures"], *found["result"]["lost"]):
        sys.stderr.write(f"{item}\n")
    return NOT_DONE if done.swept.failed or done.swept.lost else 0


def band_rows(document: dict[str, Any]) -> list[dict[str, Any]]:
    """
    Bands as rows of a table.

    Parameters
    ----------
    document
        Of a sweep.

    Returns
    -------
    rows
        One a scenario, outcome and label.
    """
    return [
        {"scenario": scenario, "outcome": outcome, "label": label, **numbers}
        for scenario, own in document["result"]["bands"]["scenarios"].items()
        for outcome, by_label in own.items()
        for label, numbers in by_label.items()
    ]


def render_sweep(document: dict[str, Any], console: Console) -> None:
    """
    Print bands of real income, what the study's contrasts are worth, policies and drivers.

    Parameters
    ----------
    document
        Of a sweep.
    console
        Where to print.
    """
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
