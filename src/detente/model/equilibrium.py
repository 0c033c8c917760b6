"""The result of a solve: levels, changes, and labelled tables at the edge."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.display import as_html, plot
from detente.errors import InputError
from detente.formatting import small
from detente.model.audit import ACCEPTED, Answer, audit, factor_income
from detente.model.constraints import Bound, close_embargoes, wedge_logs
from detente.model.levels import CostShares, consumer_price, cost_shares, final_shares
from detente.model.results.accounts import spending_parts
from detente.model.results.records import BoundResult, FlowChange, Flows, Terms, baseline_flows
from detente.model.shock import Shock, positions
from detente.model.wedges import Wedges, resolve_wedges

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

    from detente.model.adjoint import Gradient, Objective
    from detente.model.results.frames import Rows
    from detente.model.results.gdp import Gdp
    from detente.model.results.welfare import Decomposition
    from detente.world.baseline import Baseline


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """
    A counterfactual equilibrium with its verdict.

    Attributes
    ----------
    base, shock, answer, bounds, terms
        What was solved and what came out, as arrays.
    status
        "converged", "not converged", or "infeasible: " and the reason.
    residual, residuals
        Largest relative residual of the audit, and by equation.
    income
        New income, (N,), as the audit found it; NaN if nothing was solved.
    iterations, seconds
        Evaluations of the map, wall clock.

    Notes
    -----
    Money is USD million with world value added as in the baseline. `_hat` is new over old, `_pct` percent change.
    """

    _repr_html_ = as_html
    plot = plot

    base: Baseline
    shock: Shock
    answer: Answer
    bounds: tuple[Bound, ...]
    terms: Terms
    status: str
    residual: float
    residuals: Mapping[str, float]
    income: NDArray[np.float64]
    iterations: int
    seconds: float

    def __repr__(self) -> str:
        """Status and size; the arrays are left out."""
        economies, sectors = len(self.base.economies), len(self.base.sectors)
        return (
            f"Equilibrium({self.status}, residual {small(self.residual)}, {self.iterations} iterations,"
            f" {economies} x {sectors}, closure {self.terms.closure}, factors {self.terms.factors},"
            f" horizon {self.terms.horizon})"
        )

    # arrays

    @property
    def converged(self) -> bool:
        """Whether the audit accepted the answer."""
        return self.status == "converged"

    @property
    def wage_hat(self) -> NDArray[np.float64]:
        """Factor price, (N,), or (J, N) with one factor per sector."""
        return self.answer.wage

    @property
    def employment_hat(self) -> NDArray[np.float64]:
        """Factors employed, shaped as `wage_hat`; 1 where employment does not move."""
        return self.answer.employment

    @property
    def earned_hat(self) -> NDArray[np.float64]:
        """What the factors earn, shaped as `wage_hat`: their price times what of them is employed."""
        return self.answer.earned

    @property
    def price_hat(self) -> NDArray[np.float64]:
        """Price index at user prices, (J, N)."""
        return self.answer.price

    @property
    def spending(self) -> NDArray[np.float64]:
        """New spending at user prices, (J, N)."""
        return self.answer.spending

    @cached_property
    def cost_shares(self) -> CostShares:
        """Producers' price and new shares of value added and inputs in cost."""
        return cost_shares(self.base, self.answer.wage, self.answer.price)

    @property
    def cost_hat(self) -> NDArray[np.float64]:
        """Producers' price, (J, N)."""
        return self.cost_shares.cost

    @cached_property
    def final_shares(self) -> NDArray[np.float64]:
        """New shares of products in final demand, (J, N)."""
        return final_shares(self.base, self.price_hat)

    def wedges(self) -> Wedges:
        """Wedges of the shock, limits and targets not included (`effective_wedges`)."""
        return self._wedges

    @cached_property
    def _wedges(self) -> Wedges:
        wedges = resolve_wedges(self.shock, self.base)
        opened = close_embargoes(self.bounds, wedges.open, self.base.pi.shape)
        return dataclasses.replace(wedges, open=opened)

    @cached_property
    def effective_wedges(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Importer's wedge, exporter's wedge, delivered cost change before producers' cost; (J, N, N) each."""
        wedges = self.wedges()
        importer, exporter = wedges.importer, np.broadcast_to(wedges.exporter, wedges.importer.shape)
        if self.bounds:
            importer, exporter = np.array(importer), np.array(exporter)
        for bound, log_multiplier in zip(self.bounds, self.answer.multipliers, strict=True):
            to_exporter, to_importer = wedge_logs(bound, log_multiplier)
            exporter[bound.cells] *= np.exp(to_exporter)
            importer[bound.cells] *= np.exp(to_importer)
        factor = importer / wedges.importer_0
        if self.bounds or wedges.taxes_exports:
            factor *= exporter / wedges.exporter_0
        if wedges.iceberg is not None:
            factor *= wedges.iceberg
        return importer, exporter, factor

    @cached_property
    def pi(self) -> NDArray[np.float64]:
        """New shares of spending by origin, (J, N, N)."""
        factor = self.effective_wedges[2]
        relative = factor * self.cost_hat[:, None, :] / self.price_hat[:, :, None]
        shares: NDArray[np.float64] = self.base.pi * relative ** -self.base.theta[:, None, None]
        opened = self.wedges().open
        return shares if opened is None else shares * opened

    @cached_property
    def new(self) -> Flows:
        """New flows."""
        importer, exporter, _ = self.effective_wedges
        paid = self.pi * self.spending[:, :, None]
        customs = paid / importer
        taxed = bool(self.bounds) or self.wedges().taxes_exports
        return Flows(paid, customs, customs / exporter if taxed else customs)

    @property
    def old(self) -> Flows:
        """Baseline flows."""
        return baseline_flows(self.base)

    @property
    def flows(self) -> NDArray[np.float64]:
        """New flows at basic prices, USD million, (J, N, N)."""
        return self.new.producers

    @property
    def output(self) -> NDArray[np.float64]:
        """New producers' revenue, (J, N)."""
        out: NDArray[np.float64] = self.flows.sum(axis=1)
        return out

    @cached_property
    def income_parts(self) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Baseline and new income by source (`detente.model.results.incomes.income_parts`)."""
        from detente.model.results.incomes import income_parts  # noqa: PLC0415

        return income_parts(self)

    @property
    def cpi_hat(self) -> NDArray[np.float64]:
        """Price of the final-demand basket, Cobb-Douglas with weights alpha unless nests say otherwise, (N,)."""
        return consumer_price(self.base, self.price_hat)

    @property
    def real_income_hat(self) -> NDArray[np.float64]:
        """Income over the price of the final-demand basket, (N,)."""
        return self.income / self.base.income / self.cpi_hat

    @property
    def real_wage_hat(self) -> NDArray[np.float64]:
        """Mean factor price over the price of the final-demand basket, (N,)."""
        return factor_income(self.base, self.wage_hat) / self.base.value_added / self.cpi_hat

    @property
    def equivalent_variation_usd_mn(self) -> pd.Series:
        """Equivalent variation: baseline income times the change of real income, USD million at baseline prices."""
        return self._series(self.base.income * (self.real_income_hat - 1), "equivalent_variation_usd_mn")

    # labelled results by economy

    @property
    def real_income_pct(self) -> pd.Series:
        """Change of real income, percent, exact."""
        return self._pct(self.real_income_hat, "real_income_pct")

    @cached_property
    def gdp(self) -> Gdp:
        """GDP before and after, at old and at new prices (`detente.model.results.gdp.measure_gdp`)."""
        from detente.model.results.gdp import measure_gdp  # noqa: PLC0415

        return measure_gdp(self)

    @property
    def real_gdp_hat(self) -> NDArray[np.float64]:
        """Real GDP, Fisher index of expenditure at market prices, imports at customs prices, (N,)."""
        return self.gdp.volume()

    @property
    def real_gdp_pct(self) -> pd.Series:
        """
        Change of real GDP, percent: what is made, where real income is what it buys.

        A gain of the terms of trade alone leaves it as it is to first order (Kehoe and Ruhl, 2008).
        """
        return self._pct(self.real_gdp_hat, "real_gdp_pct")

    @property
    def cpi_pct(self) -> pd.Series:
        """Change of the price of the final-demand basket, percent."""
        return self._pct(self.cpi_hat, "cpi_pct")

    @property
    def real_wage_pct(self) -> pd.Series:
        """Change of the mean factor price over consumer prices, percent."""
        return self._pct(self.real_wage_hat, "real_wage_pct")

    @property
    def employment_pct(self) -> pd.Series:
        """
        Change of employment, percent, weighted with baseline factor income where industries differ.

        With wages that cannot fall its negative is the unemployment the shock adds.
        """
        return self._pct(
            factor_income(self.base, self.employment_hat) / self.base.value_added, "employment_pct"
        )

    @property
    def exports_pct(self) -> pd.Series:
        """Change of the value of exports at the border, percent (0 if there were none)."""
        return self._pct(ratio(self.border(1, self.new), self.border(1, self.old)), "exports_pct")

    @property
    def imports_pct(self) -> pd.Series:
        """Change of the customs value of imports, percent (0 if there were none)."""
        return self._pct(ratio(self.border(2, self.new), self.border(2, self.old)), "imports_pct")

    @property
    def tariff_revenue(self) -> pd.DataFrame:
        """Tariff revenue, USD million: columns `base`, `new`, `change`."""
        return self._both(self.income_parts["tariff revenue"])

    @property
    def deficit(self) -> pd.DataFrame:
        """Trade deficit, USD million: columns `base`, `new`, `change`."""
        return self._both(self.income_parts["transfers"])

    @property
    def saving(self) -> pd.DataFrame:
        """Gross saving under the closure "saving", USD million: columns `base`, `new`, `change`."""
        return self._both(spending_parts(self)["saving"])

    @property
    def investment(self) -> pd.DataFrame:
        """Gross investment under the closure "saving", USD million: columns `base`, `new`, `change`."""
        return self._both(spending_parts(self)["investment"])

    @property
    def consumption(self) -> pd.DataFrame:
        """Final spending less investment under the closure "saving", USD million: columns `base`, `new`, `change`."""
        return self._both(spending_parts(self)["consumption"])

    @property
    def real_consumption_pct(self) -> pd.Series:
        """Change of consumption over the price of the final-demand basket under the closure "saving", percent."""
        before, after = spending_parts(self)["consumption"]
        return self._pct(after / before / self.cpi_hat, "real_consumption_pct")

    @property
    def terms_of_trade_pct(self) -> pd.Series:
        """Terms-of-trade part of real income, percent of baseline income, first order."""
        return self._series(100 * self.first_order.terms_of_trade, "terms_of_trade_pct")

    @property
    def volume_of_trade_pct(self) -> pd.Series:
        """Volume-of-trade part of real income, percent of baseline income, first order."""
        return self._series(100 * self.first_order.volume_of_trade, "volume_of_trade_pct")

    def welfare_pct(self, measure: str = "exact") -> pd.Series:
        """
        Change of welfare, percent.

        Parameters
        ----------
        measure
            "exact" real income, or "cp2015": the first-order sum of terms and volume of trade.

        Returns
        -------
        pandas.Series
            By economy.

        Raises
        ------
        InputError
            Another word.

        References
        ----------
        Caliendo and Parro (2015), section 2.4.
        """
        if measure == "exact":
            return self.real_income_pct
        if measure == "cp2015":
            parts = self.first_order
            return self._series(100 * (parts.terms_of_trade + parts.volume_of_trade), "welfare_cp2015_pct")
        raise InputError(
            "unknown welfare measure",
            where="welfare_pct",
            found=measure,
            allowed="exact, cp2015",
            repair="use one",
        )

    @cached_property
    def first_order(self) -> Decomposition:
        """Parts of the change of real income at baseline weights (`detente.model.results.welfare.decompose`)."""
        from detente.model.results.welfare import decompose  # noqa: PLC0415

        return decompose(self, weights="baseline")

    def decompose(self) -> Decomposition:
        """Parts of the change of real income at average weights (`detente.model.results.welfare.decompose`)."""
        from detente.model.results.welfare import decompose  # noqa: PLC0415

        return decompose(self, weights="average")

    def by_economy(self) -> pd.DataFrame:
        """Everything by economy, one row each (`detente.model.results.tables.by_economy`)."""
        from detente.model.results.tables import by_economy  # noqa: PLC0415

        return by_economy(self)

    def group(self, members: str | Sequence[str]) -> dict[str, float]:
        """Results of several economies or of a group together (`detente.model.results.tables.group_results`)."""
        from detente.model.results.tables import group_results  # noqa: PLC0415

        return group_results(self, members)

    def flow(self, exporter: str, importer: str, sectors: str | Sequence[str] | None = None) -> FlowChange:
        """
        Sales of one economy to another at basic prices.

        Parameters
        ----------
        exporter, importer
            Labels, or groups such as EU, whose members are added up.
        sectors
            Labels; all by default.

        Returns
        -------
        FlowChange
            USD million, baseline and new, and the change in percent.
        """
        i = positions(exporter, self.base.economies, "economy")
        n = positions(importer, self.base.economies, "economy")
        j = positions(sectors or self.base.sectors, self.base.sectors, "sector")
        cells = np.ix_(j, n, i)
        base, new = (float(flows[cells].sum()) for flows in (self.old.producers, self.flows))
        return FlowChange(base, new, 100 * (new / base - 1) if base > 0 else 0.0)

    # other views

    @property
    def constraints(self) -> tuple[BoundResult, ...]:
        """Limits and targets with their multipliers and rents."""
        from detente.model.results.tables import bound_results  # noqa: PLC0415

        return bound_results(self)

    def by_sector(self, economy: str) -> pd.DataFrame:
        """Output, prices, trade and domestic share of an economy by sector (`detente.model.results.tables.by_sector`)."""
        from detente.model.results.tables import by_sector  # noqa: PLC0415

        return by_sector(self, economy)

    def to_frame(self, of: Rows = "economies") -> pd.DataFrame:
        """Everything as one tidy table: economies, sectors or flows (`detente.model.results.frames.to_frame`)."""
        from detente.model.results.frames import to_frame  # noqa: PLC0415

        return to_frame(self, of)

    def to_xarray(self) -> xr.Dataset:
        """Everything as labelled arrays with units (`detente.model.results.frames.to_xarray`)."""
        from detente.model.results.frames import to_xarray  # noqa: PLC0415

        return to_xarray(self)

    def value_added_trade(self, *, new: bool = True) -> pd.DataFrame:
        """Value added by origin in final demand by destination (`detente.model.results.tables.value_added_trade`)."""
        from detente.model.results.tables import value_added_trade  # noqa: PLC0415

        return value_added_trade(self, new=new)

    def as_baseline(self) -> Baseline:
        """Give this equilibrium as a baseline of its own (`detente.model.results.tables.rebase`)."""
        from detente.model.results.tables import rebase  # noqa: PLC0415

        return rebase(self)

    def gradient(self, objective: Objective | Mapping[str, float] | str) -> Gradient:
        """Derivatives of an objective in every instrument (`detente.model.adjoint.gradient`)."""
        from detente.model.adjoint import gradient  # noqa: PLC0415

        return gradient(self, objective)

    def audit(self) -> dict[str, float]:
        """Recompute every equation in levels; largest relative residual by equation."""
        return audit(self.base, self.wedges(), self.bounds, self.answer).residuals

    @property
    def accepted_residual(self) -> float:
        """Residual above which a solve is not converged."""
        return ACCEPTED

    def border(self, axis: int, flows: Flows) -> NDArray[np.float64]:
        """
        Add up trade at the border by economy, home sales left out.

        Parameters
        ----------
        axis
            1 for exports, 2 for imports.
        flows
            `old` or `new`.

        Returns
        -------
        array
            (N,), USD million.
        """
        home = np.einsum("jnn->n", flows.customs)
        out: NDArray[np.float64] = flows.customs.sum(axis=(0, axis)) - home
        return out

    def _pct(self, hat: NDArray[np.float64], name: str) -> pd.Series:
        return self._series(100 * (hat - 1), name)

    def _both(self, pair: tuple[NDArray[np.float64], NDArray[np.float64]]) -> pd.DataFrame:
        import pandas as pd  # noqa: PLC0415

        base, new = pair
        columns = {"base": base, "new": new, "change": new - base}
        return pd.DataFrame(columns, index=pd.Index(self.base.economies, name="economy"))

    def _series(self, values: NDArray[np.float64], name: str) -> pd.Series:
        import pandas as pd  # noqa: PLC0415

        return pd.Series(values, index=pd.Index(self.base.economies, name="economy"), name=name)


def ratio(new: NDArray[np.float64], old: NDArray[np.float64]) -> Any:
    """Divide, where there was something."""
    return np.where(old > 0, new / np.where(old > 0, old, 1.0), 1.0)
