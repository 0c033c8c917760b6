"""Files of imports for tests: months held, as a user would have them, and changed in one way."""

from __future__ import annotations

import pandas as pd

from detente.policy.evidence.actuals import held


def held_rows(months, called=None):
    """Rows of some months as the trade statistics have them, under other months where `called` says so."""
    traded, rows = held(), []
    for month in months:
        at = traded.months.index(month)
        for p, partner in enumerate(traded.partners):
            for c, code in enumerate(traded.codes):
                if traded.usd[p, c, at]:
                    named = (called or {}).get(month, month)
                    rows.append((partner, code, named, int(traded.usd[p, c, at]), int(traded.duty[p, c, at])))
    return pd.DataFrame(rows, columns=["partner", "naics3", "month", "imports_usd", "duty_usd"])
