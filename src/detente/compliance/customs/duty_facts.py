"""Facts of a shipment: which can be stated, and which are open for one product on one day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.compliance.customs import described
from detente.compliance.customs.agreements import AGREEMENT, QUESTION, words
from detente.compliance.facts import Fact
from detente.compliance.ranges import Open
from detente.duties import active_claims, case_shares, matches
from detente.formatting import rate as rate_text
from detente.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.compliance.customs.case import Case
    from detente.duties import Assumption, Claim, Transit
    from detente.ledger import Ledger

LOADED, LOADED_ON, FINAL_MODE_ON = "loaded_before_change", "loaded_on", "final_mode_on"
ENTERED_ON = "entered_on"
ZONE, ADMITTED_ON = "ftz_status", "ftz_admitted_on"
NO_ZONE, PRIVILEGED, NON_PRIVILEGED = "none", "privileged", "non-privileged"
# What a country of smelt, cast or melt is called that the importer cannot name.
NOT_KNOWN = "not-known"
ENTRY = "entry"
ORDINARY = "ordinary_duty"
FORMAL, LOW_VALUE = "formal", "low-value"
FREE_ENTRY = "Low-value shipment"
CHAPTER_98 = "chapter98"
DUTIABLE = "dutiable_share"
NOT_98, RETURNED, REPAIRED, ASSEMBLED = "none", "9801", "9802-repair", "9802-assembly"


def declared(ledger: Ledger | None = None) -> dict[str, Fact]:
    """Facts a case may state: name to kind, with the legal test that asks for it."""
    held = ledger or open_ledger()
    rules = held.rules
    facts = {
        claim.fact: Fact(
            "share" if claim.effect == "rest" or claim.below is not None else "flag", claim.question
        )
        for claim in rules.claims
    }
    if rules.preference:
        facts[rules.preference.fact] = Fact("flag", rules.preference.question)
    facts[AGREEMENT] = Fact("word", QUESTION, words=words())
    if rules.transshipment:
        facts[rules.transshipment.fact] = Fact(
            "flag", "Has CBP found the good transshipped to evade a country rate?"
        )
    for name in dict.fromkeys(name for claim in rules.claims for name in claim.shown_by):
        metal, _, made = name.partition("_")
        facts[name] = Fact(
            "place",
            f"In which country was the {metal} {made}? {NOT_KNOWN} says that the importer cannot tell.",
            words=(NOT_KNOWN,),
        )
    for rule in rules.list_claims:
        facts[rule.fact] = Fact("flag", rule.question)
    for name, item in case_shares(held.assumptions).items():
        facts[name] = Fact("share", item.title)
    facts[LOADED] = Fact(
        "flag", "Was the good loaded on the final vessel before the change, and in transit at it?"
    )
    facts[LOADED_ON] = Fact("day", "On which day was the good loaded on the final vessel?")
    facts[FINAL_MODE_ON] = Fact(
        "day", "From which day was the good in transit on its final mode of transport?"
    )
    facts[ENTERED_ON] = Fact(
        "day",
        "On which day was the good entered or withdrawn for consumption? It counts in place of the day asked about.",
    )
    facts[ZONE] = Fact(
        "word",
        "Does the good come from a foreign-trade zone, and under which status was it admitted?",
        words=(NO_ZONE, PRIVILEGED, NON_PRIVILEGED),
    )
    facts[ADMITTED_ON] = Fact("day", "On which day was the good admitted to the zone under that status?")
    facts[ENTRY] = Fact(
        "word", "Formal entry, or a shipment of low value (USD 800)?", words=(FORMAL, LOW_VALUE)
    )
    facts[ORDINARY] = Fact(
        "number", "The ordinary duty as a share of the value, where it is known better than here."
    )
    facts[CHAPTER_98] = Fact(
        "word",
        "Is it a US good returned (9801), or sent abroad for repair or assembly (9802)?",
        words=(NOT_98, RETURNED, REPAIRED, ASSEMBLED),
    )
    facts[DUTIABLE] = Fact("share", "Which share of the value is the repair, or not US components (9802)?")
    return facts


def open_facts(case: Case, known: Mapping[str, object]) -> dict[str, Open]:
    """
    Facts that nobody stated and that could change the duty on this product.

    Fact to its possible values, the default first.
    """
    rules, listed = case.book.law.rules, case.listed
    found: dict[str, Open] = {}
    measures, origin = case.measures, case.origin
    reaching = case.book.recall(
        ("claims reaching", origin, measures),
        lambda: {
            claim.id
            for claim in active_claims(case.book)
            if any(claim.reaches(measure, origin) for measure in measures)
        },
    )
    for claim in active_claims(case.book):
        asked = claim.id in reaching or claim is case.freeing
        asked = asked and (not claim.listed or claim.id in listed)
        asked = asked and not (claim.not_chapters and set(case.chapters) <= set(claim.not_chapters))
        asked = asked and claim.shown(known) is None and (not claim.not_lists or bool(case.kept(claim).any()))
        asked = asked and not (claim.requires and known.get(claim.requires) is False)
        if asked:
            found[claim.fact] = _values(claim, described.question(case, claim))
    for rule in case.conditional:
        found[rule.fact] = _yes_no(described.question(case, rule), default=rule.default)
    finding = rules.substitute(case.book.on)
    if finding and any(matches(measure, finding.measures) for measure in case.measures):
        owed = rate_text(finding.rate)
        why = f"Has CBP found the good transshipped? It then owes {owed} in place of the country's rate."
        found[finding.fact] = _yes_no(why, default=False)
    shares = case_shares(case.book.law.assumptions)
    for name in case.contents:
        if name in shares:
            found[name] = _share(shares[name])
    if case.transits and not {LOADED_ON, FINAL_MODE_ON} & set(known) and case.admitted(known) is None:
        found[LOADED] = _yes_no(_afloat(case.transits), default=False)
    return {name: item for name, item in found.items() if name not in known}


def _afloat(clauses: tuple[Transit, ...]) -> str:
    """The question that clauses for goods in transit ask, the first change first."""
    first, *later = clauses
    text = (
        f"Was the good loaded on the final vessel before {first.loaded_before or first.change}? Entered before "
        f"{first.entered_before} it then owes what was due before ({first.act})."
    )
    if not later:
        return text
    days = ", ".join(str(clause.loaded_before or clause.change) for clause in later)
    return f"{text} Loaded later, but before {days}, it owes the rate of its day: give {LOADED_ON}."


def _values(claim: Claim, question: str) -> Open:
    """Possible answers to a claim, the default first."""
    if claim.below is not None:
        return Open(
            (1.0, 0.0),
            question,
            (f"at least {rate_text(claim.below)}", f"under {rate_text(claim.below)}"),
        )
    if claim.effect == "rest":
        return Open((0.0, 1.0), question, ("there is none", "it is the whole value"))
    return _yes_no(question, default=claim.default)


def _share(item: Assumption) -> Open:
    """A share of the value, the default first: for metal, CBP charges the whole value where it is not known."""
    words = {1.0: "it is the whole value", 0.0: "there is none"}
    first = float(item.case or 0.0)
    return Open((first, 1.0 - first), f"{item.title} ({item.source})", (words[first], words[1.0 - first]))


def _yes_no(why: str, *, default: bool) -> Open:
    """A question of yes or no, the default first."""
    words = {True: "yes", False: "no"}
    return Open((default, not default), why, (words[default], words[not default]))
