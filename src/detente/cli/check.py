"""The command that checks the installation itself: doctor."""

from __future__ import annotations

import sys

from detente.cli.printing import CALL, Output, emit


def doctor(*, output: Output | None = None) -> int:
    """Check versions, data, ledger and solver of this installation; exit code 4 when something is wrong."""
    from detente.manifest import require_intact  # noqa: PLC0415
    from detente.queries.ledger import open_ledger, told  # noqa: PLC0415
    from detente.queries.studies import self_test  # noqa: PLC0415
    from detente.stamp import stamp  # noqa: PLC0415

    output = output or Output()
    if output.reproduce:
        sys.stdout.write("import detente as dt\ndt.self_test()\n")
        return 0
    require_intact()
    ledger = open_ledger(*output.ledger)
    found = self_test(ledger)
    head = stamp(command=CALL.command, ledger_hash=ledger.hash, ledger_version=ledger.version)
    result = {**told(ledger), "checks": found}
    emit({"stamp": head, "result": result, "assumptions": [], "warnings": []}, output)
    return 0 if all(row["ok"] for row in found) else 4
