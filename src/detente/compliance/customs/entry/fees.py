"""User fees of one entry: merchandise processing and harbor maintenance, over the goods that owe them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.compliance.customs.rate import cents
from detente.formatting import fixed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from detente.compliance.customs.entry.rows import Entered
    from detente.ledger.records.stacking import Fee, FeeExemption
    from detente.ledger.records.standing import Rules


@dataclass(frozen=True)
class EntryFee:
    """
    One fee of one entry.

    id, title: Which. base: Value that owes it. rate: Over that value; None for a flat fee or one that is not held.
    amount: None where the law of the day is not held, or how the goods arrived is not known. why: What decided.
    act: The rule. least, most: What it can be.
    """

    id: str
    title: str
    base: float
    rate: float | None
    amount: float | None
    why: str
    act: str
    least: float
    most: float | None


def entry_fees(
    lines: Sequence[Entered], rules: Rules, on: dt.date, *, informal: bool, mode: str
) -> tuple[EntryFee, ...]:
    """Fees of an entry: one of each id of the ledger."""
    held = {fee.id: fee for fee in rules.fees if fee.holds(on)}
    names = dict.fromkeys(fee.id for fee in rules.fees)
    titles = {fee.id: fee.title for fee in rules.fees}
    exempt = [rule for rule in rules.fee_exemptions if rule.holds(on)]
    return tuple(
        _fee(held[name], lines, [rule for rule in exempt if name in rule.fees], informal=informal, mode=mode)
        if name in held
        else EntryFee(name, titles[name], 0.0, None, None, f"the amounts of {on} are not held", "", 0.0, None)
        for name in names
    )


def _fee(
    fee: Fee, lines: Sequence[Entered], exempt: Iterable[FeeExemption], *, informal: bool, mode: str
) -> EntryFee:
    """One fee, held on the day."""
    shares = [(line.value, *owing(line, exempt)) for line in lines]
    base = cents(sum(value * share for value, share, _ in shares))
    acts = tuple(dict.fromkeys(act for _, share, act in shares if act and share < 1.0))
    if not any(share > 0.0 for _, share, _ in shares):
        return EntryFee(
            fee.id, fee.title, 0.0, fee.rate, 0.0, f"not due ({'; '.join(acts)})", fee.act, 0.0, 0.0
        )
    amount, why = _amount(fee, base, informal=informal)
    part = f"; part of the goods owe none ({'; '.join(acts)})" if acts else ""
    if fee.modes and mode not in fee.modes:
        by = " or ".join(fee.modes)
        if mode:
            return EntryFee(
                fee.id,
                fee.title,
                0.0,
                fee.rate,
                0.0,
                f"not due: goods by {mode}, not by {by}",
                fee.act,
                0.0,
                0.0,
            )
        return EntryFee(
            fee.id,
            fee.title,
            base,
            fee.rate,
            None,
            f"due if the goods came by {by}: mode is not given",
            fee.act,
            0.0,
            amount,
        )
    rate = None if informal and fee.informal is not None else fee.rate
    return EntryFee(fee.id, fee.title, base, rate, amount, why + part, fee.act, amount, amount)


def _amount(fee: Fee, base: float, *, informal: bool) -> tuple[float, str]:
    """The amount of a fee, and what decided it."""
    if informal and fee.informal is not None:
        return fee.informal, "flat fee on an informal entry"
    amount = cents(base * fee.rate)
    if fee.min is not None and amount < fee.min:
        return fee.min, f"the smallest of the year, {fixed(fee.min, 2)}"
    if fee.max is not None and amount > fee.max:
        return fee.max, f"the largest of the year, {fixed(fee.max, 2)}"
    return amount, "over the value"


def owing(line: Entered, exempt: Iterable[FeeExemption]) -> tuple[float, str]:
    """Share of a line's value that owes a fee, and the act that lets the rest off, or empty."""
    for rule in exempt:
        if rule.origins and line.origin not in rule.origins:
            continue
        if rule.fact is not None and not _holds(rule, line.facts):
            continue
        left = float(line.facts.get(rule.left, 1.0)) if rule.left is not None else 0.0  # type: ignore[arg-type]
        return left, rule.act
    return 1.0, ""


def _holds(rule: FeeExemption, facts: Mapping[str, Any]) -> bool:
    """Whether the fact of an exemption is as it asks."""
    said = facts.get(rule.fact or "")
    return said in rule.words if rule.words else said is True
