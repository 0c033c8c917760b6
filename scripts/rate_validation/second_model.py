"""
The second model's own rules, line by line, so that every gap to it is shared out among named differences.

M. Waugh, trade-war-redux-2025 (MIT): its notebook and its lists of 2026-07-23 were read, and its published averages
are reproduced here to see which of its masks makes which gap. Nothing of it enters the ledger.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.duties.scope import match_length

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from detente.ledger import Ledger

    Mask = NDArray[np.bool_]
    Rates = NDArray[np.float64]

LISTS = Path(__file__).with_name("second_model_lists.csv")
METALS = ("steel", "aluminum", "copper")
# Memorandum of 2025-04-11: the electronics it exempts, which that model keeps apart from Annex II.
ELECTRONICS = (
    "8471", "847330", "8486", "851713", "851762", "852351", "8524", "852852", "854110", "854121", "854129", "854130",
    "854149", "854151", "854159", "854190", "8542",
)  # fmt: skip
ANNEX_ELECTRONICS = ("8471", "847330", "8486", "851713", "851762", "852351", "8524", "852852")
BORDER = {"CAN": 0.0875, "MEX": 0.045}
DEALS = ("JPN", "EUN", "KOR")
CHINA = ("CHN", "HKG")
IEEPA_END, SURCHARGE_END = "2026-02-19", "2026-07-23"


@dataclass(frozen=True)
class Masks:
    """Which lines each of its lists reaches."""

    codes: NDArray[np.str_]
    ledger: Ledger
    own: dict[str, Mask]

    def of(self, prefixes: Iterable[str]) -> Mask:
        """Lines that begin with one of some codes."""
        return match_length(self.codes, frozenset(prefixes)) > 0

    def listed(self, day: str, *names: str) -> Mask:
        """Lines on lists of the ledger on a day."""
        on = dt.date.fromisoformat(day)
        return self.of(code for name in names for code in self.ledger.product_list(name, on))

    def added(self, name: str, before: str, after: str) -> Mask:
        """Lines that a list gained between two days."""
        first, last = (self.ledger.product_list(name, dt.date.fromisoformat(day)) for day in (before, after))
        return self.of(set(last) - set(first))


def masks(codes: NDArray[np.str_], ledger: Ledger, scope: pd.DataFrame) -> Masks:
    """Read its lists: those it shares with the law from the ledger, its own from beside this file."""
    held = Masks(codes.astype("U10"), ledger, {})
    own = pd.read_csv(LISTS, dtype=str)
    annex = ledger.product_list("ieepa_annex_ii", dt.date(2025, 4, 5))
    # Subheadings of eight digits, filled up to ten and compared as ten: subdivided subheadings never match.
    whole = [code.ljust(10, "0") for code in annex if not code.startswith(ANNEX_ELECTRONICS)]
    removed = scope[(scope["program"] == "metal_annex_2026") & (scope["subclass"] == "annex_2")]["hts_prefix"]
    april = "2026-04-06"
    held.own.update(
        {name: held.of(own[own["mask"] == name]["code"]) for name in ("vehicles", "steel", "aluminum")},
        electronics=held.of(ELECTRONICS),
        annex_ii=np.isin(held.codes, whole),
        farm=held.added("ieepa_annex_ii", "2025-11-12", "2025-11-14"),
        copper=held.listed("2025-08-07", "s232_copper"),
        annex_1a=held.listed(april, *(f"s232_annex_1a_{metal}" for metal in METALS)),
        annex_1b=held.listed(april, *(f"s232_annex_1b_{metal}" for metal in METALS)),
        annex_3=held.listed(april, "s232_annex_3_steel", "s232_annex_3_aluminum"),
        annex_2=held.of(code for code in removed if len(code) > 7),
        softwood=held.listed("2025-10-14", "s232_softwood"),
        furniture=held.listed("2025-10-14", "s232_wood_furniture", "s232_wood_cabinets"),
        surcharge_free=held.listed("2026-02-24", "s122_exempt"),
    )
    held.own["metals"] = held.own["steel"] | held.own["aluminum"]
    return held


def its_rates(held: Masks, origin: str, day: str) -> Rates:
    """Additional duty of each line as that model has it on one of its days."""
    rates = np.full(held.codes.shape, _country(held, origin, day))
    _sectors_2025(held, rates, origin, day)
    _sectors_2026(held, rates, origin, day)
    _stacked(held, rates, origin, day)
    return rates


def _country(held: Masks, origin: str, day: str) -> float:
    """Its rate of a country: the last of its steps up to the day."""
    china, annex = origin in CHINA, _annex_rates(held)
    border, first = BORDER.get(origin), annex["2025-04-09"].get(origin, 0.10)
    august = 0.54 if china else annex["2025-08-07"].get(origin, first)
    steps = [
        ("2025-02-04", 0.20 if china else 0.0),
        ("2025-03-06", 0.20 if china else border or 0.0),
        ("2025-04-05", 0.54 if china else border or first),
        ("2025-04-08", 1.04 if china else border or first),
        ("2025-04-09", 1.25 if china else border or 0.10),
        ("2025-05-12", 0.30 if china else border or 0.10),
        ("2025-08-07", {"CHN": 0.34, "HKG": 0.34, "CAN": 0.1225, "BRA": 0.50}.get(origin, border or august)),
        ("2025-11-01", {"CHN": 0.20, "HKG": 0.20, "CAN": 0.1575}.get(origin)),
        ("2025-11-14", 0.15 if origin == "CHE" else None),
        ("2026-02-07", 0.18 if origin == "IND" else None),
        ("2026-02-20", 0.0),
        ("2026-02-24", 0.0 if border else 0.10),
        ("2026-07-24", 0.0),
    ]
    return [rate for start, rate in steps if start <= day and rate is not None][-1]


def _annex_rates(held: Masks) -> dict[str, dict[str, float]]:
    """Rates of Annex I of April and of August by economy, as the law printed them."""
    found: dict[str, dict[str, float]] = {}
    for day in ("2025-04-09", "2025-08-07"):
        rows = held.ledger.on(day).get("us.ieepa.reciprocal.countries")
        kept = [item for item in rows if (item.part == "april") == (day == "2025-04-09")]
        found[day] = {
            name: float(item.rate if item.rate is not None else item.cap)
            for item in kept
            if item.rate is not None or item.cap is not None
            for name in item.targets
        }
        found[day]["EUN"] = found[day]["EU"]
    found["2025-04-09"]["KOR"] = 0.26
    found["2025-08-07"]["IND"] = 0.50
    return found


def _sectors_2025(held: Masks, rates: Rates, origin: str, day: str) -> None:
    """Its Section 232 and exemptions of 2025: each puts a rate in the place of what was there."""
    own, border = held.own, origin in BORDER
    british = 0.25 if origin == "GBR" else 0.50
    if day >= "2025-03-12":
        rates[own["metals"]] = 0.25
    if day >= "2025-04-03":
        rates[own["vehicles"]] = 0.15 if border else 0.25
    if "2025-04-11" <= day <= IEEPA_END:
        rates[own["electronics"]] = 0.20 if origin == "CHN" else 0.0
        rates[own["annex_ii"]] = 0.20 if origin in CHINA else 0.0
    if day >= "2025-06-03":
        rates[own["metals"]] = british
    if "2025-08-07" <= day <= IEEPA_END:
        rates[own["copper"]] = 0.50
        rates[own["vehicles"]] = 0.15 if border or origin in DEALS else 0.25
        if origin == "BRA":
            rates[held.listed("2025-08-07", "ieepa_br_exempt", "ieepa_br_aircraft")] = 0.0
    if "2025-11-14" <= day <= IEEPA_END:
        rates[own["farm"]] = 0.0
        if origin == "CHN":
            rates[own["electronics"]] = 0.10


def _sectors_2026(held: Masks, rates: Rates, origin: str, day: str) -> None:
    """Its Section 232 and exemptions from the ruling on."""
    own, british = held.own, origin == "GBR"
    deal = 0.15 if origin in (*BORDER, *DEALS) else 0.10 if british else 0.25
    if day >= "2026-02-20":
        rates[own["metals"]] = 0.25 if british else 0.50
        rates[own["vehicles"]] = deal
        rates[own["copper"]] = 0.50
        rates[own["electronics"]] = 0.0
    if "2026-02-24" <= day <= SURCHARGE_END and origin not in BORDER:
        rates[own["surcharge_free"] & ~_under_232(held)] = 0.0
    if day >= "2026-04-06":
        left = ~own["vehicles"]
        for name, rate in (("annex_1a", 0.50), ("annex_1b", 0.25), ("annex_3", 0.15), ("annex_2", 0.0)):
            british_rate = {"annex_1a": 0.25, "annex_1b": 0.15}.get(name, rate)
            rates[own[name] & left] = british_rate if british else rate
            left &= ~own[name] if name != "annex_2" else True
    if day >= "2025-10-14":
        rates[own["softwood"] & ~own["vehicles"]] = 0.10
        wood = {"GBR": 0.10, "JPN": 0.15, "EUN": 0.15}.get(origin, 0.25)
        rates[own["furniture"] & ~own["vehicles"]] = wood


def _under_232(held: Masks) -> Mask:
    """Lines under any programme of Section 232 that it knows."""
    names = ("metals", "vehicles", "copper", "annex_1a", "annex_1b", "annex_3", "softwood", "furniture")
    return np.any([held.own[name] for name in names], axis=0)


def _stacked(held: Masks, rates: Rates, origin: str, day: str) -> None:
    """Duties it adds on goods outside Section 232: forced labour, Brazil, Section 338."""
    outside = ~_under_232(held) | held.own["annex_2"]
    tiers = {
        name: float(item.rate if item.rate is not None else item.cap)
        for item in held.ledger.on("2026-07-24").get("us.s301.fl")
        if item.state == "in force"
        for name in item.targets
    }
    tiers["EUN"] = tiers["EU"]
    if day >= "2026-07-24" and origin not in BORDER:
        rates[outside & ~held.own["surcharge_free"]] += tiers.get(origin, 0.0)
    if day >= "2026-07-22" and origin == "BRA":
        names = ("s301_br_exempt", "s301_br_exempt_by_use", "s301_br_aircraft")
        rates[outside & ~held.listed("2026-07-22", *names)] += 0.25
    if day >= "2026-08-19" and origin == "CAN":
        names = ("s338_ca_alcohol", "s338_ca_dairy", "s338_ca_vehicles")
        rates[outside & held.listed("2026-08-19", *names)] += 0.50
