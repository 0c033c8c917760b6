"""What rules and judgements refer to by name, and whether a ledger holds it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from detente.errors import LedgerError
from detente.geography.economies import groups, is_economy, is_group
from detente.io.words import nearest
from detente.ledger.records.headings import TRANSIT
from detente.manifest import DATA, read_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from detente.io.yaml_file import Location
    from detente.ledger.ledger import Ledger
    from detente.ledger.records.stacking import Rule


class Named(NamedTuple):
    """A name of some kind at a place inside a record."""

    kind: str
    name: str
    at: Location


def named_in_rule(kind: str, rule: Rule) -> Iterator[Named]:
    """Everything a stacking rule refers to."""
    yield from (Named("source", name, ("sources", k)) for k, name in enumerate(rule.sources))
    for k, names in enumerate(getattr(rule, "order", ())):
        yield from (Named("measure", name, ("order", k, n)) for n, name in enumerate(names))
    yield from (
        Named("measure", name, ("measures", k)) for k, name in enumerate(getattr(rule, "measures", ()))
    )
    yield from (
        Named("product list", name, ("lists", k)) for k, name in enumerate(getattr(rule, "lists", ()))
    )
    yield from (
        Named("product list", name, ("not_lists", k)) for k, name in enumerate(getattr(rule, "not_lists", ()))
    )
    for key, what in (
        ("to_group", "group"),
        ("granted_by", "measure"),
        ("average", "judgement"),
        ("average_kept", "judgement"),
        ("requires", "fact"),
    ):
        if (name := getattr(rule, key, None)) is not None:
            yield Named(what, name, (key,))
    whose = "target" if kind == "headings" else "economy"
    for key in ("origins", "not_origins", "economies"):
        yield from (Named(whose, name, (key, k)) for k, name in enumerate(getattr(rule, key, ())))
    for name in getattr(rule, "by_origin", ()):
        yield Named("target", name, ("by_origin", name))
    yield from (Named("claim", name, ("claims", k)) for k, name in enumerate(getattr(rule, "claims", ())))
    for place, end in enumerate(getattr(rule, "ends", ())):
        yield from (
            Named("source", name, ("ends", place, "sources", k)) for k, name in enumerate(end.sources)
        )
        yield from (
            Named("target", name, ("ends", place, "origins", k)) for k, name in enumerate(end.origins)
        )
    yield from _parts(rule)
    if kind == "claims" and getattr(rule, "effect", "") != "free" and not getattr(rule, "measures", ()):
        yield Named("measure", "", ("measures",))


def _parts(rule: Rule) -> Iterator[Named]:
    """Parts a rule narrows itself to, each with the measures it may belong to."""
    measures = " ".join(getattr(rule, "measures", ()))
    for k, part in enumerate(getattr(rule, "parts", ())):
        yield Named("part", f"{part}@{measures}", ("parts", k))


def named_in_judgement(name: str) -> Iterator[Named]:
    """A judgement is there because something reads it."""
    yield Named("use of judgement", name, ())


def refuse_name(named: Named, ledger: Ledger, where: str) -> LedgerError | None:
    """Tell whether a ledger holds what a table names. Gives with the nearest name there is; None if all is well."""
    if named.kind == "part":
        return _refuse_part(named, ledger, where)
    if named.kind.startswith("use of"):
        return _refuse_unused(named, ledger, where)
    choices = _choices(named.kind, ledger)
    if any(_is(named.name, choice) for choice in choices):
        return None
    if named.kind in {"economy", "target"}:
        return _refuse_place(named, where)
    near = nearest(named.name.rstrip("*"), choices)
    return LedgerError(
        f"unknown {named.kind}",
        where=where,
        found=named.name or "none",
        allowed=near or _some(choices),
        repair=f"write `{near}`" if near else "name one that the ledger holds, or add it",
    )


def _is(pattern: str, choice: str) -> bool:
    """Whether a name, or a family with ``*``, is or holds a choice."""
    return pattern == choice or ("*" in pattern and fnmatchcase(choice, pattern))


def _some(choices: Collection[str]) -> str:
    """A few of the names that are allowed."""
    few = sorted(choices)[:12]
    return ", ".join(few) + (", ..." if len(choices) > len(few) else "") if few else "none is held"


def _choices(kind: str, ledger: Ledger) -> Collection[str]:
    """Names of a kind that a ledger holds."""
    rules = ledger.rules
    found: dict[str, Collection[str]] = {
        "measure": ledger.measures,
        "source": ledger.sources,
        "product list": ledger.lists,
        "coverage assumption": ledger.coverage,
        "judgement": ledger.assumptions,
    }
    if kind in found:
        return found[kind]
    if kind == "group":
        return {rule.id for rule in rules.exclusive}
    if kind == "claim":
        return {TRANSIT, *(rule.id for rule in rules.claims)}
    if kind == "fact":
        return {rule.fact for rule in rules.claims} | {rule.fact for rule in rules.list_claims}
    return _industries() if kind == "industry" else ()


def _industries() -> frozenset[str]:
    """Codes of the industries that coverage is given by."""
    rows = read_rows(DATA / "worlds" / "sectors.csv")
    return frozenset(row["code"] for row in rows if row["classification"] == "icio49")


def _refuse_place(named: Named, where: str) -> LedgerError | None:
    """An economy that does not exist; groups and ``*`` only where a target is named."""
    if is_economy(named.name):
        return None
    if named.kind == "target" and (named.name == "*" or is_group(named.name)):
        return None
    wider = f', {", ".join(groups())}, or "*" for all' if named.kind == "target" else ""
    return LedgerError(
        "unknown economy",
        where=where,
        found=named.name,
        allowed=f"ISO alpha-3 codes{wider}",
        repair="write the members one by one" if is_group(named.name) else "write the code",
    )


def _refuse_part(named: Named, ledger: Ledger, where: str) -> LedgerError | None:
    """A part that none of the rule's measures has."""
    part, _, measures = named.name.partition("@")
    patterns = measures.split()
    parts = {
        own
        for name, measure in ledger.measures.items()
        if any(_is(pattern, name) for pattern in patterns)
        for own in measure.scope
    }
    if part in parts:
        return None
    near = nearest(part, parts)
    return LedgerError(
        "unknown part",
        where=where,
        found=part,
        allowed=", ".join(sorted(parts)) or "parts of the rule's measures",
        repair=f"write `{near}`" if near else "name a part of the rule's measures",
    )


def _refuse_unused(named: Named, ledger: Ledger, where: str) -> LedgerError | None:
    """An entry that nothing in the ledger reads would change nothing."""
    what = named.kind.removeprefix("use of ")
    used = _read_coverage(ledger) if what == "coverage" else _read_judgements(ledger)
    if named.name in used:
        return None
    near = nearest(named.name, used)
    return LedgerError(
        f"nothing reads this {what}",
        where=where,
        found=named.name,
        allowed=near or _some(used),
        repair=f"write `{near}`" if near else "name it in a scope or a rule",
    )


def _read_coverage(ledger: Ledger) -> set[str]:
    """Coverage assumptions that scopes name, and the alternatives of those."""
    scopes = [scope for measure in ledger.measures.values() for scope in measure.scope.values()]
    used = {scope.coverage for scope in scopes if scope.coverage is not None}
    held = [ledger.coverage[name] for name in used if name in ledger.coverage]
    return used | {other for item in held for other in item.alternatives if isinstance(other, str)}


def _read_judgements(ledger: Ledger) -> set[str]:
    """Judgements that scopes, rules and averages read."""
    scopes = [scope for measure in ledger.measures.values() for scope in measure.scope.values()]
    used = {scope.share for scope in scopes if scope.share is not None}
    rules = ledger.rules
    for rule in (*rules.claims, *rules.list_claims, *((rules.preference,) if rules.preference else ())):
        named = (getattr(rule, key, None) for key in ("average", "average_kept"))
        used |= {name for name in named if name is not None}
    return used | set(READ_BY_AVERAGES)


# Judgements that averages read by their names.
READ_BY_AVERAGES = (
    "usmca_use",
    "preference_use",
    "annex_use",
    "steel_content",
    "aluminum_content",
    "copper_content",
)
