"""Saving, investment and consumption of each economy under the closure "saving"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.errors import InputError
from detente.model.audit import saving
from detente.model.saving import require_investment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.model.equilibrium import Equilibrium

    Both = tuple[NDArray[np.float64], NDArray[np.float64]]


def spending_parts(eq: Equilibrium) -> dict[str, Both]:
    """
    What is saved, invested and consumed, baseline and new, (N,) each, USD million.

    Investment is saving plus the deficit; consumption is final spending less investment.
    """
    if eq.terms.closure != "saving":
        raise InputError(
            "saving and investment are not told apart",
            where="closure",
            found=eq.terms.closure,
            allowed="saving",
            repair="solve with closure='saving'; `deficit` is there under every closure",
        )
    base = eq.base
    transfers_0, transfers = eq.income_parts["transfers"]
    invested_0, saved = require_investment(base) * base.income, saving(base, eq.income - transfers)
    invested = saved + transfers
    return {
        "saving": (invested_0 - transfers_0, saved),
        "investment": (invested_0, invested),
        "consumption": (base.income - invested_0, eq.income - invested),
    }
