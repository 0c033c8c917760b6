"""First-order parts of a change in real income."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from detente.model.audit import factor_income

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from detente.model.equilibrium import Equilibrium


@dataclass(frozen=True)
class Decomposition:
    """
    Parts of the change of real income, fractions of baseline income, (N,) each.

    economies: Labels.
    terms_of_trade: Border prices of exports against those of imports.
    volume_of_trade: Change of traded volumes, times the tariff (or subsidy) on them.
    export_volume: Change of exported volumes, times the export tax or rent on them.
    technical: Real costs of delivery (iceberg).
    transfers: Change of the trade deficit.
    employment: Change of employment, times what factors earn; work not done is not counted as leisure.
    revenue: Change of tariff revenue. For information: it is inside the parts above, not one of them.
    total: Exact change of real income.
    weights: "baseline" (first order) or "average" (of baseline and new flows; the error is of third order).
    """

    economies: tuple[str, ...]
    terms_of_trade: NDArray[np.float64]
    volume_of_trade: NDArray[np.float64]
    export_volume: NDArray[np.float64]
    technical: NDArray[np.float64]
    transfers: NDArray[np.float64]
    employment: NDArray[np.float64]
    revenue: NDArray[np.float64]
    total: NDArray[np.float64]
    weights: str

    @property
    def remainder(self) -> NDArray[np.float64]:
        """Exact change less the sum of the parts: what the order of the approximation leaves."""
        return (
            self.total
            - self.terms_of_trade
            - self.volume_of_trade
            - self.export_volume
            - self.technical
            - self.transfers
            - self.employment
        )

    def table(self) -> pd.DataFrame:
        """Parts, total and remainder in percent of baseline income, one row per economy."""
        import pandas as pd  # noqa: PLC0415

        names = (
            "terms_of_trade",
            "volume_of_trade",
            "export_volume",
            "technical",
            "transfers",
            "employment",
            "remainder",
            "total",
        )
        columns = {f"{name}_pct": 100 * getattr(self, name) for name in names}
        return pd.DataFrame(columns, index=pd.Index(self.economies, name="economy"))


def decompose(eq: Equilibrium, *, weights: Literal["baseline", "average"] = "average") -> Decomposition:
    """
    Split the change of real income of every economy.

    With importer's wedge T, exporter's wedge E, border price p = c E, volume q, delivery cost d, customs value m: `I dW
    = sum exports m dln p - sum imports m dln p + sum (T - 1) m dln q + sum (E - 1) m/E dln q - sum T m dln d
    + w L dln L + dD`.

    Caliendo and Parro (2015), section 2.4, equation 13, extended by export taxes, delivery costs, transfers and employment.

    Examples
    --------
    >>> from detente.model import Shock, raise_tariff, solve
    >>> from detente.world import load_world
    >>> base = load_world("wiod2011").baseline()
    >>> eq = solve(base, Shock(tariff=raise_tariff(base, 0.01, importer="USA")))
    >>> bool(abs(decompose(eq).remainder).max() < 1e-6)
    True
    """
    importer, exporter, factor = eq.effective_wedges
    wedges = eq.wedges()
    border = eq.cost_hat[:, None, :] * (exporter / wedges.exporter_0)
    old, new = eq.old, eq.new
    live = (old.producers > 0) & (new.producers > 0)
    volume = np.where(live, new.customs / np.where(live, old.customs, 1.0) / border, 1.0)
    delivery = factor / (importer / wedges.importer_0) / (exporter / wedges.exporter_0)
    total = eq.real_income_hat - 1
    hired = np.log(eq.employment_hat)
    if weights == "baseline":
        value = np.where(
            old.producers > 0, new.customs / np.where(old.producers > 0, old.customs, 1.0), border
        )
        sums = _parts(old.paid, old.customs, old.producers, border - 1, value - border, delivery - 1)
        shares = [part / eq.base.income for part in sums]
        transfers = (eq.income_parts["transfers"][1] - eq.base.deficit) / eq.base.income
        employment = factor_income(eq.base, eq.employment_hat - 1) / eq.base.income
    else:
        logs = np.log(border), np.log(np.where(live, volume, 1.0)), np.log(delivery)
        pair = [_parts(f.paid, f.customs, f.producers, *logs) for f in (old, new)]
        incomes = eq.base.income, eq.income
        scale = np.divide(total, np.log1p(total), out=np.ones_like(total), where=np.abs(total) > 1e-12)  # noqa: PLR2004
        shares = [
            scale * 0.5 * (first / incomes[0] + second / incomes[1])
            for first, second in zip(*pair, strict=True)
        ]
        deficit = eq.income_parts["transfers"]
        change = deficit[1] - deficit[0]
        transfers = scale * 0.5 * (change / incomes[0] + change / incomes[1])
        work = factor_income(eq.base, hired), factor_income(eq.base, eq.earned_hat * hired)
        employment = scale * 0.5 * (work[0] / incomes[0] + work[1] / incomes[1])
    revenue = eq.income_parts["tariff revenue"]
    terms, volume_part, export_part, technical = shares
    return Decomposition(
        eq.base.economies,
        terms_of_trade=terms,
        volume_of_trade=volume_part,
        export_volume=export_part,
        technical=technical,
        transfers=transfers,
        employment=employment,
        revenue=(revenue[1] - revenue[0]) / eq.base.income,
        total=total,
        weights=weights,
    )


def _parts(
    paid: NDArray[np.float64],
    customs: NDArray[np.float64],
    producers: NDArray[np.float64],
    price: NDArray[np.float64],
    volume: NDArray[np.float64],
    delivery: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Terms of trade, volume of trade, export volume, technical, in money."""
    value = customs * price
    return (
        value.sum(axis=(0, 1)) - value.sum(axis=(0, 2)),
        ((paid - customs) * volume).sum(axis=(0, 2)),
        ((customs - producers) * volume).sum(axis=(0, 1)),
        -(paid * delivery).sum(axis=(0, 2)),
    )
