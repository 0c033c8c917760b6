"""Income by source: factors, taxes, rents, subsidies, transfers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.model.audit import deficits, factor_income
from detente.model.constraints import wedge_logs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.model.equilibrium import Equilibrium
    from detente.model.wedges import Wedges


def income_parts(eq: Equilibrium) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """
    Split income by source.

    Gives name to baseline and new income, (N,) each, USD million: "factors"; "tariff revenue" at the tariff, on rents
    of licences too; "export tax revenue"; "rents" of limits, to whom they go; "subsidies" of targets, negative;
    "transfers", the trade deficit. They add up to income.
    """
    factor = factor_income(eq.base, eq.earned_hat)
    ones = np.ones_like(eq.wage_hat)
    wedges = eq.wedges()
    tax = wedges.exporter - 1
    revenue = ((wedges.importer - 1) * eq.new.customs).sum(axis=(0, 2))
    export_tax = (tax * eq.new.producers).sum(axis=(0, 1))
    earned = (eq.new.paid - eq.new.customs).sum(axis=(0, 2)) + (eq.new.customs - eq.new.producers).sum(
        axis=(0, 1)
    )
    subsidies, licences_tariff = _subsidies(eq, wedges)
    revenue = revenue + licences_tariff
    rents = earned - revenue - export_tax - subsidies
    zero = np.zeros_like(factor)
    revenue_0 = (eq.old.paid - eq.old.customs).sum(axis=(0, 2))
    tax_0 = (eq.old.customs - eq.old.producers).sum(axis=(0, 1))
    return {
        "factors": (factor_income(eq.base, ones), factor),
        "tariff revenue": (revenue_0, revenue),
        "export tax revenue": (tax_0, export_tax),
        "rents": (zero, rents if eq.bounds else zero),
        "subsidies": (zero, subsidies),
        "transfers": (eq.base.deficit, deficits(eq.base, eq.answer, factor, factor + earned)),
    }


def _subsidies(eq: Equilibrium, wedges: Wedges) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Subsidies of targets, negative, and tariffs levied on licence rents, by importer."""
    subsidies, tariffs = np.zeros((2, len(eq.base.economies)))
    if not eq.bounds:
        return subsidies, tariffs
    log_target, log_licence = np.zeros((2, *eq.base.pi.shape))
    for bound, log_multiplier in zip(eq.bounds, eq.answer.multipliers, strict=True):
        if bound.constraint.kind == "target":
            log_target[bound.cells] += log_multiplier
        else:
            log_licence[bound.cells] += wedge_logs(bound, log_multiplier)[1]
    licensed = eq.new.customs * np.exp(log_licence)
    subsidies = ((np.exp(log_target) - 1) * wedges.importer * licensed).sum(axis=(0, 2))
    tariffs = ((wedges.importer - 1) * (licensed - eq.new.customs)).sum(axis=(0, 2))
    return subsidies, tariffs
