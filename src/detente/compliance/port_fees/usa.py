"""United States port fees: four annexes, one of which applies."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

from detente.compliance.documents.common import Assumption
from detente.compliance.ranges import Open
from detente.formatting import count
from detente.formatting import rate as rate_text
from detente.io.dates import parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.compliance.day import Clause, Day

LNG, CARRIERS, OWNED, BUILT = ("us.port.annex4", "us.port.annex3", "us.port.annex1", "us.port.annex2")
_FREE_USES = {
    "ballast": "arriving empty or in ballast",
    "special_export": "specialised chemical or liquid-bulk export vessel",
    "laker": "principally a Great Lakes vessel",
    "us_government_cargo": "cargo of the United States government",
}
_CARRIER_TYPES = frozenset({"vehicle-carrier", "ro-ro"})


@dataclasses.dataclass(frozen=True)
class Outcome:
    """
    What one rule says of one call, before suspensions.

    amount: Scheduled fee.
    rule: Measure that decides; empty if none.
    why: Deciding test in words.
    lines: Basis, units, rate, amount and note of each charge compared.
    """

    amount: float
    rule: str
    why: str
    lines: tuple[tuple[str, float, float, float, str], ...] = ()


class UsFees:
    """
    The fees of 90 FR 17114 on one day.

    day: The day's law.

    Examples
    --------
    >>> from detente.asof import AsOf
    >>> from detente.compliance.day import read_day
    >>> from detente.ledger import open_ledger
    >>> fees = UsFees(read_day(AsOf.of("2025-10-20"), open_ledger()))
    >>> fees.currency
    'USD'
    """

    currency = "USD"

    def __init__(self, day: Day) -> None:
        self.day = day
        self._clauses = {name: day.clause(name) for name in (LNG, CARRIERS, OWNED, BUILT)}
        owned = self._clauses[OWNED]
        self._chinese = frozenset(owned.position.targets) if owned is not None else frozenset()

    def deciding(self, rule: str) -> Clause | None:
        """Find the clause behind a rule."""
        return self._clauses.get(rule)

    def charge(self, facts: Mapping[str, Any]) -> Outcome:
        """Scheduled fee when every fact is given: annex IV, else III, else I, else II."""
        rule = self._annex(facts)
        clause = self._clauses.get(rule)
        if clause is None or not clause.begun:
            why = "no annex reaches the vessel" if clause is None else "the annex charges nothing on this day"
            return Outcome(0.0, rule if clause is not None else "", why)
        free = self._frequency(clause, facts) or self._exemption(rule, clause, facts)
        if free:
            return Outcome(0.0, rule, free)
        lines = self._lines(clause, facts)
        if not lines:
            return Outcome(0.0, rule, "the annex is a cargo rule, not a fee")
        best = max(lines, key=lambda line: line[3])
        whys = {
            OWNED: "Chinese owner or operator",
            BUILT: "built in China",
            CARRIERS: "foreign-built vehicle carrier",
        }
        return Outcome(best[3], rule, f"{whys[rule]}: {best[0]}", lines)

    def unknown(self, known: Mapping[str, Any]) -> dict[str, Open]:
        """Facts that could matter and were not stated."""
        open_facts = {name: fact for name, fact in self._domains(known).items() if name not in known}
        if not known.get("us_order_net_tons"):
            open_facts["us_order_delivered"] = Open((True,), "nothing to deliver", ("nothing to deliver",))
        return open_facts

    def judgements(self, known: Mapping[str, Any]) -> tuple[Assumption, ...]:
        """Open points of the text that the answer takes a side on."""
        if "call" not in known:
            return ()
        clause = self._clauses[OWNED]
        year = (clause.text("cap_year") if clause is not None else None) or "not held"
        return (
            Assumption(
                "cap_year", year, ("calendar", "04-17"), "annex I does not say which year the cap counts"
            ),
        )

    def ownership(self, known: Mapping[str, Any]) -> dict[str, float]:
        """Shares reported beside the fee: none here."""
        del known
        return {}

    def _annex(self, facts: Mapping[str, Any]) -> str:
        """Choose the one annex that reaches the vessel."""
        if facts["type"] == "lng":
            return LNG
        if facts["type"] in _CARRIER_TYPES and facts["built"] != "USA":
            return CARRIERS
        if facts["owner"] in self._chinese or facts["operator"] in self._chinese:
            return OWNED
        return BUILT if facts["built"] == self._built_in() else ""

    def _by_cars(self) -> bool:
        """Whether annex III, as then known, charges by car equivalent units."""
        clause = self._clauses[CARRIERS]
        return clause is not None and clause.amount("per_car_equivalent_unit") is not None

    def _built_in(self) -> str:
        """Economy whose yards annex II names."""
        clause = self._clauses[BUILT]
        return (clause.text("built_in") if clause is not None else None) or "CHN"

    @staticmethod
    def _frequency(clause: Clause, facts: Mapping[str, Any]) -> str:
        """Say why the call is not charged again, if so."""
        if not facts["first_port"]:
            return "not the first port of its string of calls"
        cap = clause.number("cap_per_year")
        if cap is not None and facts["call"] > cap:
            return f"call {facts['call']} of the year: at most {count(cap)} are charged"
        return ""

    def _exemption(self, rule: str, clause: Clause, facts: Mapping[str, Any]) -> str:
        """Say which exemption or remission applies, if any."""
        if rule == CARRIERS:
            return self._sealift(clause, facts)
        if rule != BUILT:
            return ""
        return self._size(clause, facts) or self._use(clause, facts) or self._remission(clause, facts)

    def _sealift(self, clause: Clause, facts: Mapping[str, Any]) -> str:
        """Annex III frees government and Maritime Security Program vessels up to a date."""
        until = clause.text("programme_exempt_until")
        if until is None or self.day.on >= parse_date(until, where=f"{clause.id}: programme_exempt_until"):
            return ""
        if facts["us_government"]:
            return "vessel of the United States government"
        return "Maritime Security Program" if facts["programme"] == "msp" else ""

    @staticmethod
    def _size(clause: Clause, facts: Mapping[str, Any]) -> str:
        """Annex II frees small vessels; 0 TEU says nothing of a vessel that carries no boxes."""
        teu, dwt, bulk = (clause.number(f"exempt_{unit}_max") for unit in ("teu", "dwt", "bulk_dwt"))
        if teu is not None and 0 < facts["teu"] <= teu:
            return f"capacity {count(facts['teu'])} TEU is at most {count(teu)}"
        if dwt is not None and 0 < facts["dwt"] <= dwt:
            return f"{count(facts['dwt'])} deadweight tons is at most {count(dwt)}"
        if bulk is not None and facts["type"] == "bulk" and 0 < facts["dwt"] <= bulk:
            return f"bulk capacity {count(facts['dwt'])} tons is at most {count(bulk)}"
        return ""

    @staticmethod
    def _use(clause: Clause, facts: Mapping[str, Any]) -> str:
        """Annex II frees by use, ownership and length of the voyage, as far as the ledger holds it."""
        short, share = clause.number("exempt_voyage_nm_below"), clause.number("exempt_us_ownership_min")
        programmes = (clause.text("exempt_programmes") or "").split(",")
        reasons = {
            "in a United States sealift programme": facts["programme"] in programmes,
            "voyage from a foreign port below the limit": short is not None and facts["voyage_nm"] < short,
            "owned by United States persons": share is not None and facts["us_share"] >= share,
            **{why: facts[fact] and clause.holds(f"exempt_{fact}") for fact, why in _FREE_USES.items()},
        }
        return next((reason for reason, holds in reasons.items() if holds), "")

    @staticmethod
    def _remission(clause: Clause, facts: Mapping[str, Any]) -> str:
        """Annex II remits while a United States-built vessel of at least that size is on order."""
        years = clause.number("remission_years")
        if years is None or facts["us_order_net_tons"] < facts["net_tons"] or not facts["us_order_delivered"]:
            return ""
        return (
            f"remitted for up to {count(years)} years; due after all if the ordered vessel is not delivered"
        )

    @staticmethod
    def _lines(clause: Clause, facts: Mapping[str, Any]) -> tuple[tuple[str, float, float, float, str], ...]:
        """Compare the charge per ton with the one per container."""
        lines = []
        for unit, basis, fact in (
            ("per_net_ton", "net tons", "net_tons"),
            ("per_container", "containers discharged", "containers"),
            ("per_car_equivalent_unit", "car equivalent units", "ceu"),
        ):
            rate = clause.amount(unit)
            if rate is not None:
                lines.append((basis, facts[fact], rate, round(rate * facts[fact], 2), ""))
        best = max((line[3] for line in lines), default=0.0)
        return tuple((*line[:4], "charged" if line[3] == best else "compared, lower") for line in lines)

    def _domains(self, known: Mapping[str, Any]) -> dict[str, Open]:
        """List what each fact of the annexes could be, the default first."""
        chinese = ("not Chinese", "Chinese")
        cap = _held(self._clauses[OWNED], "cap_per_year")
        return {
            "owner": Open(("", self._any_chinese()), "annex I: owner by the registry", chinese),
            "operator": Open(("", self._any_chinese()), "annex I: operator by its certificate", chinese),
            "built": Open(
                ("", self._built_in(), "USA"),
                "annex II: built in China; annex III: not built in the United States",
                ("built elsewhere", "built in China", "built in the United States"),
            ),
            "type": Open(
                ("general", "bulk", "vehicle-carrier", "lng"),
                "annexes III and IV by type; annex II exempts smaller bulk carriers",
                ("another type", "bulk carrier", "vehicle carrier", "LNG carrier"),
            ),
            "containers": Open(
                (0.0, known.get("teu") or math.inf),
                "annex II: per container discharged, if that is higher; no more than the ship's capacity",
                ("few enough that the charge per ton is higher", "as many as the ship can carry"),
            ),
            "ceu": Open(
                (0.0, math.inf) if self._by_cars() else (0.0,),
                "annex III before its change: per car equivalent unit",
                ("none", "as many as it holds"),
            ),
            **self._freeing(cap),
        }

    def _freeing(self, cap: float) -> dict[str, Open]:
        """Facts that can only free the call from a charge."""
        built = self._clauses[BUILT]

        def free(values: tuple[Any, Any], why: str, words: tuple[str, str] = ("no", "yes")) -> Open:
            return Open(values, why, words, frees=True)

        teu, dwt = _held(built, "exempt_teu_max"), _held(built, "exempt_dwt_max")
        share, short = _held(built, "exempt_us_ownership_min"), _held(built, "exempt_voyage_nm_below")
        above = "above the limit"
        return {
            "teu": free((math.inf, teu), "annex II: size", (above, f"at most {count(teu)} TEU")),
            "dwt": free((math.inf, dwt), "annex II: size", (above, f"at most {count(dwt)} tons")),
            "ballast": free((False, True), "annex II: arriving empty or in ballast"),
            "voyage_nm": free((math.inf, 0.0), "annex II: voyage", ("long", f"below {count(short)} miles")),
            "programme": free(("none", "msp"), "annexes II, III: sealift programmes", ("in none", "in one")),
            "us_share": free((0.0, share), "annex II: US-owned", ("less", f"at least {rate_text(share)}")),
            "us_government": free((False, True), "annex III: government vessels"),
            "special_export": free((False, True), "annex II: chemical and liquid-bulk export"),
            "laker": free((False, True), "annex II: Great Lakes vessels"),
            "us_government_cargo": free((False, True), "annex II: cargo of the US government (unverified)"),
            "us_order_net_tons": free(
                (0.0, math.inf), "annex II: remission", ("none ordered", "one ordered")
            ),
            "us_order_delivered": Open((True, False), "annex II: remission is taken back", ("yes", "no")),
            "call": free((1, cap + 1), "charged a limited number of times a year", ("within", "beyond it")),
            "first_port": free(
                (True, False), "charged once per string of calls", ("first port", "a later one")
            ),
        }

    def _any_chinese(self) -> str:
        """Name one economy that annex I counts as Chinese."""
        return min(self._chinese, default="CHN")


def _held(clause: Clause | None, key: str) -> float:
    """Threshold of a clause; minus infinity where it is not held, so that the test never holds."""
    value = clause.number(key) if clause is not None else None
    return -math.inf if value is None else value
