"""The command that checks the installation itself: doctor."""

from __future__ import annotations

from detente.cli import options as cli
from detente.cli.options import Output
from detente.cli.repeat import repeat


def doctor(*, output: Output | None = None) -> int:
    """
    Check versions, data, ledger and solver of this installation; exit code 4 when something is wrong.

    Parameters
    ----------
    output
        Form of the result.
    """
    from detente.policy import self_test  # noqa: PLC0415
    from detente.render import render_result  # noqa: PLC0415

    output = output or Output()
    if output.reproduce:
        return repeat("self_test", home="detente.policy", output=output)
    ledger = cli.open_law(output)
    found = self_test(ledger)
    cli.emit(
        cli.document({**cli.told(ledger, {"on": cli.DayLaw().moment(ledger.home)}), "checks": found}, ledger),
        output,
        render_result,
    )
    return 0 if all(row["ok"] for row in found) else 4
