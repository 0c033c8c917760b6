"""Facts of a shipment: which can be stated, and which are open for one product on one day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.cases.facts import Fact
from detente.cases.span import Open
from detente.tariffs import stacking_rules

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

    from detente.tariffs import Claim

CONTENTS = {
    "steel_content": "steel",
    "aluminum_content": "aluminum",
    "copper_content": "copper",
}
LOADED = "loaded_before_change"
ENTRY = "entry"
FORMAL, LOW_VALUE = "formal", "low-value"
CHAPTER_98 = "chapter98"
DUTIABLE = "dutiable_share"
NOT_98, RETURNED, REPAIRED, ASSEMBLED = "none", "9801", "9802-repair", "9802-assembly"


def declared() -> dict[str, Fact]:
    """
    Facts a case may state.

    Returns
    -------
    facts
        Name to kind, with the legal test that asks for it.

    Examples
    --------
    >>> declared()["usmca"].kind
    'flag'
    """
    rules = stacking_rules()
    facts = {
        claim.fact: Fact(
            "share" if claim.effect == "rest" or claim.below is not None else "flag", claim.question
        )
        for claim in rules.claims
    }
    facts[rules.preference.fact] = Fact("flag", rules.preference.question)
    facts[rules.transshipment.fact] = Fact(
        "flag", "Has CBP found the good transshipped to evade a country rate?"
    )
    for name, metal in CONTENTS.items():
        facts[name] = Fact("share", f"What share of the customs value is its {metal} content?")
    facts[LOADED] = Fact(
        "flag", "Was the good loaded on the final vessel before the change, and in transit at it?"
    )
    facts[ENTRY] = Fact(
        "word", "Formal entry, or a shipment of low value (USD 800)?", words=(FORMAL, LOW_VALUE)
    )
    facts[CHAPTER_98] = Fact(
        "word",
        "Is it a US good returned (9801), or sent abroad for repair or assembly (9802)?",
        words=(NOT_98, RETURNED, REPAIRED, ASSEMBLED),
    )
    facts[DUTIABLE] = Fact("share", "Which share of the value is the repair, or not US components (9802)?")
    return facts


def open_claims(
    measures: Collection[str],
    contents: Collection[str],
    *,
    origin: str,
    on: dt.date,
    code: str,
    listed: Collection[str],
    known: Mapping[str, object],
) -> dict[str, Open]:
    """
    Facts that nobody stated and that could change the duty on this product.

    Parameters
    ----------
    measures
        Ids of the measures that reach the product.
    contents
        Names of content shares that those measures scale with.
    origin, on, code
        Origin, day and product.
    listed
        Ids of claims on whose lists the product stands.
    known
        Facts stated.

    Returns
    -------
    open
        Fact to its possible values, the default first.
    """
    found: dict[str, Open] = {}
    for claim in stacking_rules().claims:
        if claim.fact in known or not claim.holds(on):
            continue
        if not any(claim.reaches(measure, origin) for measure in measures):
            continue
        if claim.lists_of is not None and claim.id not in listed:
            continue
        if code[:2] in claim.not_chapters:
            continue
        if claim.requires and known.get(claim.requires) is False:
            continue
        found[claim.fact] = _values(claim)
    for name in contents:
        if name not in known:
            why = f"{declared()[name].why} Where it is not known, CBP charges the whole value."
            found[name] = Open((1.0, 0.0), why, ("it is the whole value", "there is next to none"))
    return found


def _values(claim: Claim) -> Open:
    """Possible answers to a claim, the default first."""
    if claim.below is not None:
        return Open((1.0, 0.0), claim.question, (f"at least {claim.below:.0%}", f"under {claim.below:.0%}"))
    if claim.effect == "rest":
        return Open((0.0, 1.0), claim.question, ("there is none", "it is the whole value"))
    if claim.default:
        return Open((True, False), claim.question, ("yes", "no"))
    return Open((False, True), claim.question, ("no", "yes"))
