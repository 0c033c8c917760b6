"""One scenario against another in words and rows, for the page that compares them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente import labels
from detente.formatting import count
from detente.geography.economies import name as place_name

if TYPE_CHECKING:
    from detente.policy.documents.compared import Compared


def heading(found: Compared, study: str) -> str:
    """Say how many economies gain and how many lose under one scenario against another."""
    of, against = (
        labels.phrase("scenario", key, within=study, otherwise=label)
        for key, label in zip((found.of, found.against), found.labels, strict=True)
    )
    total = count(len(found.economies))
    return f"{count(len(found.gainers))} of {total} economies gain, {count(len(found.losers))} lose: {of}, against {against}"


def against_rows(found: Compared) -> list[dict[str, Any]]:
    """Every economy and group as a row: the difference of each outcome, dollars, and the band."""
    rows = []
    for code, row in found.both.items():
        band = found.bands.get(code)
        named = place_name(code) if code in found.economies else code
        outcomes = {name: getattr(row, name) for name in row.__dataclass_fields__}
        ends = {
            "real_income_pct_q05": band.low if band else None,
            "real_income_pct_q95": band.high if band else None,
        }
        rows.append(
            {"of": found.of, "against": found.against, "code": code, "name": named, **outcomes, **ends}
        )
    return rows
