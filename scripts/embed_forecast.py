"""
Work the forecast out and write it to src/detente/data/forecasts and docs/validation/forecast.md.

    python scripts/embed_forecast.py [--page]

`--page` writes the page alone, from the record held. To be run after the ledger, the world, the instruments or the rule have
changed; until then the command says that its record is of other data. Running it twice gives the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from forecast_page import write_page

from detente.policy.strategy.forecast.record import embedded, write_record
from detente.policy.strategy.forecast.registered import FOLDER, register

PAGE = Path(__file__).resolve().parents[1] / "docs/validation/forecast.md"


def main() -> None:
    """Write the record and its page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--page", action="store_true")
    if not parser.parse_args().page:
        print(write_record(FOLDER, print))
    PAGE.write_text(write_page((embedded() or {})["result"], register()), encoding="utf-8")
    print(PAGE)


if __name__ == "__main__":
    main()
