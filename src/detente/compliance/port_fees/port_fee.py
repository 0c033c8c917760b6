"""Port fees: what one vessel's call owes, to the United States or to China, on the day it arrives."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

from detente.compliance.bearing import sort_out, untouched
from detente.compliance.day import Day, read_day
from detente.compliance.documents.port_fee import FeeLine, FeeReading, PortFee
from detente.compliance.facts import read_facts
from detente.compliance.port_fees.call_facts import FACTS, infer
from detente.compliance.port_fees.china import ChineseDues
from detente.compliance.port_fees.usa import UsFees
from detente.compliance.ranges import Open, span
from detente.errors import InputError
from detente.geography import economies as places

if TYPE_CHECKING:
    from detente.asof import AsOf, Basis
    from detente.compliance.documents.common import Suspended
    from detente.ledger import Ledger

REGIMES: dict[str, type[UsFees | ChineseDues]] = {"USA": UsFees, "CHN": ChineseDues}


def port_fee(
    port_of: str,
    *,
    net_tons: float | str,
    asof: AsOf,
    ledger: Ledger,
    **facts: object,
) -> PortFee:
    """
    Fee for one port call of one vessel.

    Examples
    --------
    >>> from detente.asof import AsOf
    >>> from detente.ledger import open_ledger
    >>> asked = {"asof": AsOf.of("2025-10-20"), "ledger": open_ledger()}
    >>> port_fee("USA", net_tons=85_000, containers=9_000, built="CHN", **asked).amount
    1530000.0

    United States: 90 FR 17114, annexes I to IV. China: Ministry of Transport Announcement 54 of 2025.
    """
    day = read_day(asof, ledger)
    size = {"net_tons": net_tons}
    found = fee_on(day, port_of, {**size, **facts})
    stated = read_facts(FACTS, facts, where="port_fee")
    used, idle = sort_out(stated, found, lambda fewer: fee_on(day, port_of, {**size, **fewer}))
    return dataclasses.replace(
        found,
        facts_used=used,
        facts_without_effect=tuple(untouched(name, FACTS, found.why) for name in idle),
    )


def fee_on(day: Day, port_of: str, given: dict[str, object]) -> PortFee:
    """Fee for one call on a day already read; `given` are facts, ``net_tons`` among them."""
    port = places.resolve(port_of, where="port_of")
    if port not in REGIMES:
        raise InputError(
            "no port fee of this economy is covered",
            where="port_of",
            found=port,
            allowed=", ".join(sorted(REGIMES)),
            repair="the ledger holds the fees of the United States and of China only",
        )
    known = infer(read_facts(FACTS, given, where="port_fee"))
    if "net_tons" not in known:
        raise InputError(
            "net tonnage is not given",
            where="port_fee: net_tons",
            found="nothing",
            allowed="a number above 0",
            repair="take it from the vessel's tonnage certificate",
        )
    found = _answer(REGIMES[port](day), port, known)
    readings = day.readings(lambda basis, one: _numbers(basis, _answer(REGIMES[port](one), port, known)))
    return dataclasses.replace(found, readings=readings)


def _numbers(basis: Basis, fee: PortFee) -> FeeReading:
    """The main numbers of one reading."""
    return FeeReading(
        basis=basis,
        amount=fee.amount,
        amount_min=fee.amount_min,
        amount_max=fee.amount_max,
        currency=fee.currency,
        rule=fee.rule,
        suspended=fee.suspended,
    )


def _answer(regime: UsFees | ChineseDues, port: str, known: dict[str, Any]) -> PortFee:
    """Put the default, the range and the questions together."""
    unknown = regime.unknown(known)
    default = {**known, **{name: fact.values[0] for name, fact in unknown.items()}}
    outcome = regime.charge(default)
    clause = regime.deciding(outcome.rule)
    suspended: Suspended = clause.suspended if clause is not None else False
    asked = dict(unknown)
    if suspended == "reported":
        asked["suspension"] = _reading(regime.day)
    found = span(lambda facts: _due(regime, facts), known, asked)
    amount = _due(regime, default)
    return PortFee(
        **regime.day.said(),
        readings=(),
        port_of=port,
        net_tons=known["net_tons"],
        amount=amount,
        amount_min=found.least,
        amount_max=found.most if math.isfinite(found.most) else None,
        currency=regime.currency,
        rule=outcome.rule,
        why=outcome.why,
        suspended=suspended,
        scheduled=outcome.amount,
        lines=tuple(
            FeeLine(
                measure=outcome.rule,
                title=clause.position.measure.title,
                basis=basis,
                units=units,
                rate=rate,
                amount=value,
                currency=regime.currency,
                note=note,
                sources=clause.sources,
            )
            for basis, units, rate, value, note in outcome.lines
            if clause is not None
        ),
        ownership=regime.ownership(known),
        questions=found.questions,
        assumptions=found.assumptions + regime.judgements(known),
        warnings=tuple(text for text in (regime.day.beyond_sources(),) if text),
        sources=clause.sources if clause is not None else (),
        facts_used=(),
        facts_without_effect=(),
    )


def _due(regime: UsFees | ChineseDues, facts: dict[str, Any]) -> float:
    """Amount due once suspensions are counted, under the reading the facts name."""
    outcome = regime.charge(facts)
    clause = regime.deciding(outcome.rule)
    if clause is None or clause.suspended is True:
        return 0.0
    if clause.suspended == "reported" and facts.get("suspension", regime.day.ends) == "reported":
        return 0.0
    return outcome.amount


def _reading(day: Day) -> Open:
    """Make the reported end of a suspension one of the open facts."""
    words = {
        "legal": "the suspension ended when its notice says",
        "reported": "it goes on as reported, without a notice seen",
    }
    order = (day.ends, "legal" if day.ends == "reported" else "reported")
    return Open(
        order,
        "an extension of the suspension was announced; no notice was seen",
        tuple(words[o] for o in order),
    )
