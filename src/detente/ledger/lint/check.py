"""Lint a ledger folder: ``python -m detente.ledger.lint.check [FOLDER]`` prints every refusal and finding."""

from __future__ import annotations

import sys
from pathlib import Path

from detente.ledger.files.load import all_refusals, read_ledger
from detente.ledger.lint.lint import check_ledger
from detente.manifest import DATA


def main(arguments: list[str]) -> int:
    """Print every refusal and finding of a ledger folder."""
    root = Path(arguments[0]) if arguments else DATA / "ledger"
    refusals = all_refusals(root)
    for refusal in refusals:
        sys.stdout.write(f"{refusal}\n")
    if refusals:
        return 4
    findings = check_ledger(read_ledger([(root, False)]))
    for row in findings:
        sys.stdout.write(f"{row.where} {row.measure}: {row.finding}; {row.repair}\n")
    return 4 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
