"""Commands that solve the economy: run."""

from __future__ import annotations

import json
import sys
from pathlib import Path  # noqa: TC003  (the command line resolves the annotations at run time)
from typing import Any

from detente.cli import options as cli
from detente.cli.options import Economy, Output
from detente.cli.repeat import PUBLIC, repeat


def run(
    study: str,
    *,
    out: Path | None = None,
    scenario: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    assume: tuple[str, ...] = (),
    max_iterations: int = 500,
    economy: Economy | None = None,
    output: Output | None = None,
) -> int:
    """
    Solve a study and print the comparison of its scenarios.

    Parameters
    ----------
    study
        A built-in study (kuala-lumpur is the main job) or a study file.
    out
        Folder for report.html, tables (CSV, Parquet, XLSX) and charts.
    scenario
        Only these scenarios.
    only
        Only these measures (ids or patterns such as us.s232.*) change from the baseline.
    without
        These measures stay as at the baseline.
    assume
        NAME=VALUE: an assumption of the output at another value, any number of times; elasticities too ("theta of C26=5").
    max_iterations
        Limit of each solve.
    economy
        World, closure, factors, horizon, day of knowledge.
    output
        Form of the result.
    """
    from detente.policy import (  # noqa: PLC0415
        Options,
        rates_over_time,
        run_document,
        run_study,
        strategy_section,
    )
    from detente.render import render_run, require_folder, write_report  # noqa: PLC0415

    economy, output = economy or Economy(), output or Output()
    given: dict[str, Any] = {
        **economy.solving(),
        "scenarios": scenario,
        "only": only,
        "without": without,
        "assume": cli.assumed(assume),
        "max_iterations": max_iterations,
    }
    if output.reproduce:
        call = f"load_study({study!r}).run"
        return repeat(call, home=PUBLIC, output=output, known=economy.known, **given)
    if out is not None:
        require_folder(out)
    say = cli.progress(output)
    options = Options(**given)
    result = run_study(study, options=options, ledger=cli.open_law(output, known=economy.known), progress=say)
    found = run_document(result, command=cli.CALL.command)
    if result.failures:
        return _not_converged(found, result.failures, output)
    if out is not None:
        found["result"]["strategy"] = strategy_section(result, options=options, progress=say)
        say("the rates of every day since 2018")
        found["result"]["timeline"] = rates_over_time(result.setting, result.ledger, result.spec.pairs)
        say(f"writing {out}")
        write_report(found, out)
    cli.emit(found, output, render_run)
    return 0


def _not_converged(found: dict[str, Any], failures: dict[str, str], output: Output) -> int:
    """Say what failed, without a number that looks like an answer."""
    if output.json:
        found["result"] = {
            "scenarios": {name: {"status": text, "residual": None} for name, text in failures.items()}
        }
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    for name, text in failures.items():
        sys.stderr.write(f"{name}: {text}\n")
    return 3
