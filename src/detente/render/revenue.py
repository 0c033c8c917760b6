"""What tariff revenue at customs values is, in words of terminal and report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.formatting import count, fixed, month

if TYPE_CHECKING:
    from detente.policy.documents.run import CustomsRevenue


def revenue_note(found: CustomsRevenue) -> str:
    """What the two bases are, what was collected, and what is not covered."""
    taken = found.collected
    world, customs = count(found.imports_world_usd_bn), count(found.imports_customs_usd_bn)
    return (
        f"The world counts goods at basic prices: USD {world} bn of imports, at customs values of {found.year} {customs} bn,"
        f" a factor of {fixed(found.factor, 2)}; each industry and partner has its own. Collected, {month(taken.first)} to"
        f" {month(taken.last)}: USD {count(taken.usd_bn_a_year)} bn a year ({taken.source}). Other importers: customs"
        " values are not covered."
    )
