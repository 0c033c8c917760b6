"""Each gap to the second model shared out, line by line, among named differences."""

# ruff: noqa: E501  (a reason is one sentence)

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.duties import Assumptions, Reader, origin_duties
from detente.duties.averages.cells import weights
from detente.ledger import open_ledger
from detente.schedules import provider_of
from rate_validation.second_model import BORDER, METALS, Masks, its_rates, masks
from rate_validation.series import POINTS, RULING, dated, economy

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from detente.ledger import Book

REFERENCE, DEFINITION, JUDGEMENT = "departs from the law", "definition", "our judgement"
REASONS = {
    "chapters 98, 99": (REFERENCE, "it charges returned and special goods of chapters 98 and 99, which the notes exempt"),
    "review": (DEFINITION, "rises of the old Section 301 duties in 2025 and 2026 are in ours only; it counts new programmes"),
    "border": (DEFINITION, "goods of Canada and Mexico: flat 8.75 and 4.5 % of all trade; ours the law on the shares claimed"),
    "vehicles mask": (REFERENCE, "its vehicle mask is wider than note 33(g) (six digits), and charges parts from 2025-04-03; the law from 2025-05-03"),
    "vehicles by use": (JUDGEMENT, "lines of note 33(g) that also hold other goods: it charges the whole line, ours the share `auto_parts_use`"),
    "vehicles": (REFERENCE, "vehicles and parts on both lists: day and floor of the deals (Japan 2025-09-16, EU 2025-08-01, Korea 2025-11-01), China's duties that add to Section 232"),
    "metals missing": (REFERENCE, "mill steel and aluminum and the derivatives of 2025-06 and 2025-08 are not on its lists of 2025"),
    "metals content": (REFERENCE, "derivatives on their full value before 2026-04-06; the law taxes the metal content, ours by the accounts"),
    "metals": (REFERENCE, "metal lines of 2026 and their partner rates, duties that add to or keep off metals"),
    "other 232": (REFERENCE, "trucks, buses, wood, chips, drugs and drones, which it leaves out or dates otherwise"),
    "Annex II": (REFERENCE, "Annex II is matched at ten digits, so that subdivided lines pay (drugs, copper, energy), and from 2025-04-11 only"),
    "aircraft": (REFERENCE, "civil aircraft and other goods freed under a deal or for a use are charged in full; ours frees the share entered with the claim"),
    "country rate": (REFERENCE, "country rates and days: April rates from 04-05, China 125 % in all (law 145) and 34 % in August 2025, floors as flat rates"),
    "not reproduced": (JUDGEMENT, "what its rules, rebuilt here, do not give"),
}  # fmt: skip


def beside_second_model(reference: Path, schedule: Path) -> pd.DataFrame:
    """Our additional duty since 2024 beside the second model's, with the gap by reason in points."""
    frame = pd.read_csv(reference / "etr_samples_waugh.csv")
    frame = frame.assign(iso3=frame["country_name"].map(economy)).sort_values(["date", "iso3"])
    known, ledger = weights(provider_of("USA")), open_ledger()
    scope = pd.read_csv(schedule / "s232_scope.csv", dtype=str)
    held, reader = masks(known.table.codes, ledger, scope), Reader(known.table, Assumptions())
    before = {name: _families(ledger.on("2024-12-31"), name, reader) for name in frame["iso3"].unique()}
    rows = []
    for row in frame.itertuples():
        book = dated(ledger, row.date)
        ours, theirs = _families(book, row.iso3, reader), its_rates(held, row.iso3, row.date)
        cells = known.of(row.iso3)
        points = POINTS * cells.usd / cells.usd.sum()
        change = {name: ours[name] - before[row.iso3][name] for name in ours}
        mine = float((sum(change.values())[cells.rows] * points).sum())
        its = float((theirs[cells.rows] * points).sum())
        place = _place(held, ours, theirs, row)[cells.rows]
        line = (sum(change.values()) - change["301"] - theirs)[cells.rows] * points
        shared = {name: float(line[place == name].sum()) for name in REASONS}
        shared["review"] = float((change["301"][cells.rows] * points).sum())
        published = float(row.effective_tariff_pct_additional)
        shared["not reproduced"] = its - published
        rows.append({"date": row.date, "iso3": row.iso3, "theirs": published, "ours": mine} | shared)
    found = pd.DataFrame(rows)
    named = [name for name, (kind, _) in REASONS.items() if kind != JUDGEMENT]
    found["gap"] = found["ours"] - found["theirs"]
    found["left"] = found["gap"] - found[named].sum(axis=1)
    return found


def _families(book: Book, origin: str, reader: Reader) -> dict[str, NDArray[np.float64]]:
    """Our additional duty of each line by what it is compared with."""
    size = reader.table.codes.size
    found = {name: np.zeros(size) for name in ("301", "vehicles", "metals", "other 232", "rest")}
    for measure, rate in origin_duties(book, origin, reader, importer="USA").by_measure.items():
        family = "rest"
        if measure.startswith("us.s301.cn"):
            family = "301"
        elif measure.startswith("us.s232.auto"):
            family = "vehicles"
        elif measure.startswith(("us.s232.steel", "us.s232.aluminum", "us.s232.copper", "us.s232.metals")):
            family = "metals"
        elif measure.startswith("us.s232"):
            family = "other 232"
        found[family] = found[family] + rate
    return found


def _place(
    held: Masks, ours: dict[str, NDArray[np.float64]], theirs: NDArray[np.float64], row: object
) -> NDArray[np.str_]:
    """The first difference that concerns each line."""
    day, origin, own = row.date, row.iso3, held.own  # type: ignore[attr-defined]
    chapters = held.codes.astype("U2")
    vehicles = ours["vehicles"] > 0.0
    by_use = held.listed(day, "s232_auto_parts_by_use")
    its_metals = own["metals"] | own["copper"]
    if day >= "2026-04-06":
        its_metals = its_metals | own["annex_1a"] | own["annex_1b"] | own["annex_3"]
    contents = held.listed(day, *(f"s232_{metal}_content" for metal in METALS[:2]), "s232_copper")
    deals = (
        "ieepa_eu_exempt",
        "ieepa_eu_exempt_by_use",
        "ieepa_eu_aircraft",
        "civil_aircraft",
        "s122_exempt",
    )
    tests = [
        (np.isin(chapters, ("98", "99")), "chapters 98, 99"),
        (own["vehicles"] & by_use & (vehicles | (day >= "2025-05-03")), "vehicles by use"),
        (own["vehicles"] & ~vehicles & (day >= "2025-04-03") & (theirs > 0.0), "vehicles mask"),
        (vehicles, "vehicles"),
        ((ours["metals"] > 0.0) & ~its_metals, "metals missing"),
        ((ours["metals"] > 0.0) & contents & (day < "2026-04-06"), "metals content"),
        (((ours["metals"] > 0.0) | its_metals) & (day >= "2025-03-12"), "metals"),
        (ours["other 232"] > 0.0, "other 232"),
        (np.isin(origin, tuple(BORDER)) & np.ones(held.codes.shape, dtype=bool), "border"),
        (held.listed(day, "ieepa_annex_ii") & ("2025-04-05" <= day < RULING), "Annex II"),
        (held.listed(day, *deals), "aircraft"),
    ]  # fmt: skip
    return np.select([test for test, _ in tests], [name for _, name in tests], default="country rate")
