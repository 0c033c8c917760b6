"""Chinese special port dues: five classes of vessels linked to the United States."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from detente.compliance.documents.common import Assumption
from detente.compliance.port_fees.usa import Outcome
from detente.compliance.ranges import Open
from detente.formatting import count
from detente.formatting import rate as rate_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.compliance.day import Clause, Day

DUES = "cn.port.special"
READINGS = ("chain", "control", "aggregate")


class ChineseDues:
    """
    The dues of Ministry of Transport Announcement 54 of 2025 on one day.

    day: The day's law.

    Examples
    --------
    >>> from detente.asof import AsOf
    >>> from detente.compliance.day import read_day
    >>> from detente.ledger import open_ledger
    >>> ChineseDues(read_day(AsOf.of("2025-10-20"), open_ledger())).currency
    'CNY'
    """

    currency = "CNY"

    def __init__(self, day: Day) -> None:
        self.day = day
        self._clause = day.clause(DUES)
        linked = self._clause.position.targets if self._clause is not None else ()
        self._linked = frozenset(linked)
        self._exempt_yards = self._clause.position.measure.imposer if self._clause is not None else ""

    def deciding(self, rule: str) -> Clause | None:
        """Find the clause behind a rule."""
        return self._clause if rule == DUES else None

    def charge(self, facts: Mapping[str, Any]) -> Outcome:
        """Dues when every fact is given."""
        clause = self._clause
        if clause is None:
            return Outcome(0.0, "", "the ledger holds no Chinese port dues")
        if not clause.begun:
            return Outcome(0.0, DUES, "the dues are not charged on this day")
        link = self._link(clause, facts)
        if not link:
            return Outcome(0.0, DUES, "no link to the United States")
        free = self._freed(clause, facts)
        if free:
            return Outcome(0.0, DUES, free)
        tons = math.ceil(facts["net_tons"])
        rate = clause.amount("per_net_ton") or 0.0
        amount = round(rate * tons, 2)
        return Outcome(
            amount, DUES, link, (("net tons, fractions rounded up", float(tons), rate, amount, link),)
        )

    def unknown(self, known: Mapping[str, Any]) -> dict[str, Open]:
        """Facts that could matter and were not stated."""
        threshold = self._number("ownership_threshold", math.inf)
        cap = self._number("cap_per_year", math.inf)
        linked = min(self._linked, default="USA")
        yes, status = ("no", "yes"), ("not of the United States", "of the United States")
        share = rate_text(threshold)
        domains = {
            "owner": Open(("", linked), "class 1: owned in the United States", status),
            "operator": Open(("", linked), "class 2: operated from the United States", status),
            "us_share": Open(
                (0.0, threshold),
                "class 3: share held by United States persons",
                (f"below {share}", f"{share} or more"),
            ),
            "flag": Open(("", linked), "class 4: flag", status),
            "built": Open(
                ("", linked, self._exempt_yards),
                "class 5: built in the United States; vessels built in China are exempt from classes 1 to 4",
                ("built elsewhere", "built in the United States", "built in China"),
            ),
            "repair": Open((False, True), "empty, and entering only for repair", yes, frees=True),
            "call": Open(
                (1, cap + 1),
                "charged a limited number of voyages a year",
                ("within it", "beyond it"),
                frees=True,
            ),
            "first_port": Open(
                (True, False), "charged at the first Chinese port of a voyage", ("yes", "no"), frees=True
            ),
        }
        readings = self._readings(known)
        if len(readings) > 1:
            order = sorted(readings, key=lambda name: name != self._reading(readings))
            domains["reading"] = Open(
                tuple(order),
                "the text does not say how United States shares are added up",
                tuple(f"by {name}: {rate_text(readings[name])}" for name in order),
            )
        if readings:
            del domains["us_share"]
        return {name: fact for name, fact in domains.items() if name not in known}

    def judgements(self, known: Mapping[str, Any]) -> tuple[Assumption, ...]:
        """Open points of the text that the answer takes a side on."""
        readings = self._readings(known)
        if not readings:
            return ()
        used = self._reading(readings)
        others = tuple(name for name in READINGS if name != used)
        why = "the text does not say whether unrelated United States holders are added up"
        return (Assumption("ownership_reading", used, others, why),)

    def ownership(self, known: Mapping[str, Any]) -> dict[str, float]:
        """Share of United States persons under each reading given."""
        readings = self._readings(known)
        if not readings and "us_share" in known:
            return {"stated": known["us_share"]}
        return readings

    def _link(self, clause: Clause, facts: Mapping[str, Any]) -> str:
        """Name the class that links the vessel to the United States."""
        threshold = clause.number("ownership_threshold")
        readings = self._readings(facts)
        share = (
            readings[facts.get("reading", self._reading(readings))]
            if readings
            else facts.get("us_share", 0.0)
        )
        share = max(share, facts.get("us_share", 0.0))
        classes = {
            "class 5: built in the United States": facts["built"] in self._linked,
            "class 1: owner of the United States": facts["owner"] in self._linked,
            "class 2: operator of the United States": facts["operator"] in self._linked,
            "class 3: share held by United States persons": threshold is not None and share >= threshold,
            "class 4: flag of the United States": facts["flag"] in self._linked,
        }
        return next((name for name, holds in classes.items() if holds), "")

    def _freed(self, clause: Clause, facts: Mapping[str, Any]) -> str:
        """Say which exemption applies, if any."""
        cap = clause.number("cap_per_year")
        if facts["built"] == self._exempt_yards:
            return "built in China"
        if facts["repair"]:
            return "empty, entering only for repair"
        if not facts["first_port"]:
            return "not the first Chinese port of the voyage"
        if cap is not None and facts["call"] > cap:
            return f"voyage {facts['call']} of the year: at most {count(cap)} are charged"
        return ""

    def _number(self, key: str, missing: float) -> float:
        """Threshold of the dues, or what stands for a test that is not held."""
        value = self._clause.number(key) if self._clause is not None else None
        return missing if value is None else value

    @staticmethod
    def _readings(facts: Mapping[str, Any]) -> dict[str, float]:
        """Shares given by reading; the aggregate one is the largest of all, as the ledger defines it."""
        given = {name: facts[f"us_share_{name}"] for name in READINGS if f"us_share_{name}" in facts}
        if "aggregate" in given:
            given["aggregate"] = max(given.values())
        return given

    def _reading(self, readings: Mapping[str, float]) -> str:
        """Choose the reading the ledger names, if it was computed."""
        named = (self._clause.text("ownership_reading") if self._clause is not None else None) or READINGS[-1]
        return named if named in readings else next(iter(readings), named)
