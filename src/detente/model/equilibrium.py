"""The result of a solve: levels, changes, and labelled tables at the edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detente.errors import InputError
from detente.model.audit import ACCEPTED, Answer, audit, deficits, factor_income, unit_cost
from detente.model.constraints import Bound, close_embargoes
from detente.model.shock import Shock, Wedges, positions, resolve_wedges

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from detente.model.adjoint import Gradient, Objective
    from detente.model.welfare import Decomposition
    from detente.world.baseline import Baseline


@dataclass(frozen=True)
class Terms:
    """What a solve assumed: deficit closure, factor mobility, horizon of the elasticities."""

    closure: str
    factors: str
    horizon: str | float


class Flows(NamedTuple):
    """
    Every sale, new or baseline, USD million, (J, N, N).

    `paid` by the buyer; `customs` at the border, export taxes and exporter's rents in; `producers` revenue at basic prices.
    """

    paid: NDArray[np.float64]
    customs: NDArray[np.float64]
    producers: NDArray[np.float64]


class FlowChange(NamedTuple):
    """A flow at basic prices, USD million: baseline, new, and change in percent."""

    base: float
    new: float
    change_pct: float


@dataclass(frozen=True)
class BoundResult:
    """
    What became of a limit or target.

    Attributes
    ----------
    label, kind, bound
        As given.
    volume_hat
        Volume reached, as a multiple of the baseline volume (1 for no baseline trade).
    multiplier
        Factor on the delivered cost: above 1 under a binding limit, below 1 under a binding target, infinite under an embargo.
    rent_usd_mn
        Rent of a limit, or what a target costs the importer's budget.
    binding
        Whether the bound holds with equality.
    """

    label: str
    kind: str
    bound: float
    volume_hat: float
    multiplier: float
    rent_usd_mn: float
    binding: bool


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
    iterations, seconds
        Evaluations of the map, wall clock.

    Notes
    -----
    Money is USD million with world value added as in the baseline. `_hat` is new over old, `_pct` percent change.
    """

    base: Baseline
    shock: Shock
    answer: Answer
    bounds: tuple[Bound, ...]
    terms: Terms
    status: str
    residual: float
    residuals: Mapping[str, float]
    iterations: int
    seconds: float

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
    def price_hat(self) -> NDArray[np.float64]:
        """Price index at user prices, (J, N)."""
        return self.answer.price

    @property
    def spending(self) -> NDArray[np.float64]:
        """New spending at user prices, (J, N)."""
        return self.answer.spending

    @cached_property
    def cost_hat(self) -> NDArray[np.float64]:
        """Producers' price, (J, N)."""
        return unit_cost(self.base, self.answer)

    def wedges(self) -> Wedges:
        """Wedges of the shock, limits and targets not included (`effective_wedges`)."""
        wedges = resolve_wedges(self.shock, self.base)
        opened = close_embargoes(self.bounds, wedges.open, self.base.pi.shape)
        return Wedges(**(vars(wedges) | {"open": opened}))

    @cached_property
    def effective_wedges(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Importer's wedge, exporter's wedge, delivered cost change before producers' cost; (J, N, N) each."""
        wedges = self.wedges()
        importer = np.array(wedges.importer)
        exporter = np.array(np.broadcast_to(wedges.exporter, importer.shape))
        for bound, log_multiplier in zip(self.bounds, self.answer.multipliers, strict=True):
            to_exporter = getattr(bound.constraint, "rent_to", "importer") == "exporter"
            (exporter if to_exporter else importer)[bound.cells] *= np.exp(log_multiplier)
        factor = importer / wedges.importer_0 * exporter / wedges.exporter_0
        return importer, exporter, factor if wedges.iceberg is None else factor * wedges.iceberg

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
        return Flows(paid, customs, customs / exporter)

    @cached_property
    def old(self) -> Flows:
        """Baseline flows."""
        paid = self.base.pi * self.base.spending[:, :, None]
        customs = paid / (1 + self.base.tariff)
        tax = getattr(self.base, "export_tax", None)
        return Flows(paid, customs, customs if tax is None else customs / (1 + tax))

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
        """
        Baseline and new income by source, (N,) each.

        "factors"; "tariff revenue" on customs values at the tariff; "export tax revenue"; "rents" of limits, whoever earns them; "subsidies" of targets
        (negative); "transfers", the trade deficit.
        """
        factor = factor_income(self.base, self.wage_hat)
        ones = np.ones_like(self.wage_hat)
        wedges = self.wedges()
        tax = wedges.exporter - 1
        revenue = ((wedges.importer - 1) * self.new.customs).sum(axis=(0, 2))
        export_tax = (tax * self.new.producers).sum(axis=(0, 1))
        earned = (self.new.paid - self.new.customs).sum(axis=(0, 2)) + (
            self.new.customs - self.new.producers
        ).sum(axis=(0, 1))
        subsidies, licences_tariff = self._subsidies(wedges)
        revenue = revenue + licences_tariff
        rents = earned - revenue - export_tax - subsidies
        zero = np.zeros_like(factor)
        revenue_0 = (self.old.paid - self.old.customs).sum(axis=(0, 2))
        tax_0 = (self.old.customs - self.old.producers).sum(axis=(0, 1))
        return {
            "factors": (factor_income(self.base, ones), factor),
            "tariff revenue": (revenue_0, revenue),
            "export tax revenue": (tax_0, export_tax),
            "rents": (zero, rents if self.bounds else zero),
            "subsidies": (zero, subsidies),
            "transfers": (self.base.deficit, deficits(self.base, factor, self.terms.closure)),
        }

    def _subsidies(self, wedges: Wedges) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Subsidies of targets, negative, and tariffs levied on licence rents, by importer."""
        subsidies, tariffs = np.zeros((2, len(self.base.economies)))
        if not self.bounds:
            return subsidies, tariffs
        log_target, log_licence = np.zeros((2, *self.base.pi.shape))
        for bound, log_multiplier in zip(self.bounds, self.answer.multipliers, strict=True):
            if bound.constraint.kind == "target":
                log_target[bound.cells] += log_multiplier
            elif bound.constraint.rent_to == "importer":  # type: ignore[union-attr]
                log_licence[bound.cells] += log_multiplier
        licensed = self.new.customs * np.exp(log_licence)
        subsidies = ((np.exp(log_target) - 1) * wedges.importer * licensed).sum(axis=(0, 2))
        tariffs = ((wedges.importer - 1) * (licensed - self.new.customs)).sum(axis=(0, 2))
        return subsidies, tariffs

    @cached_property
    def income(self) -> NDArray[np.float64]:
        """New income, (N,)."""
        out: NDArray[np.float64] = sum(new for _, new in self.income_parts.values())
        return out

    @property
    def cpi_hat(self) -> NDArray[np.float64]:
        """Price of the final-demand basket, Cobb-Douglas with weights alpha, (N,)."""
        out: NDArray[np.float64] = np.exp((self.base.alpha * np.log(self.price_hat)).sum(axis=0))
        return out

    @property
    def real_income_hat(self) -> NDArray[np.float64]:
        """Income over the price of the final-demand basket, (N,)."""
        return self.income / self.base.income / self.cpi_hat

    @property
    def real_wage_hat(self) -> NDArray[np.float64]:
        """Factor income over the price of the final-demand basket, (N,)."""
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

    @property
    def cpi_pct(self) -> pd.Series:
        """Change of the price of the final-demand basket, percent."""
        return self._pct(self.cpi_hat, "cpi_pct")

    @property
    def real_wage_pct(self) -> pd.Series:
        """Change of factor income over consumer prices, percent."""
        return self._pct(self.real_wage_hat, "real_wage_pct")

    @property
    def exports_pct(self) -> pd.Series:
        """Change of the value of exports at the border, percent (0 if there were none)."""
        return self._pct(_ratio(self._border(1, self.new), self._border(1, self.old)), "exports_pct")

    @property
    def imports_pct(self) -> pd.Series:
        """Change of the customs value of imports, percent (0 if there were none)."""
        return self._pct(_ratio(self._border(2, self.new), self._border(2, self.old)), "imports_pct")

    @property
    def tariff_revenue(self) -> pd.DataFrame:
        """Tariff revenue, USD million: columns `base`, `new`, `change`."""
        import pandas as pd  # noqa: PLC0415

        base, new = self.income_parts["tariff revenue"]
        columns = {"base": base, "new": new, "change": new - base}
        return pd.DataFrame(columns, index=pd.Index(self.base.economies, name="economy"))

    @property
    def terms_of_trade_pct(self) -> pd.Series:
        """Terms-of-trade part of real income, percent of baseline income, first order."""
        return self._series(100 * self.first_order().terms_of_trade, "terms_of_trade_pct")

    @property
    def volume_of_trade_pct(self) -> pd.Series:
        """Volume-of-trade part of real income, percent of baseline income, first order."""
        return self._series(100 * self.first_order().volume_of_trade, "volume_of_trade_pct")

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
            parts = self.first_order()
            return self._series(100 * (parts.terms_of_trade + parts.volume_of_trade), "welfare_cp2015_pct")
        raise InputError(
            "unknown welfare measure",
            where="welfare_pct",
            found=measure,
            allowed="exact, cp2015",
            repair="use one",
        )

    def first_order(self) -> Decomposition:
        """Parts of the change of real income at baseline weights (`detente.model.welfare.decompose`)."""
        from detente.model.welfare import decompose  # noqa: PLC0415

        return decompose(self, weights="baseline")

    def decompose(self) -> Decomposition:
        """Parts of the change of real income at average weights (`detente.model.welfare.decompose`)."""
        from detente.model.welfare import decompose  # noqa: PLC0415

        return decompose(self, weights="average")

    def economies(self) -> pd.DataFrame:
        """Everything by economy, one row each."""
        import pandas as pd  # noqa: PLC0415

        revenue = self.tariff_revenue
        columns = [
            self.real_income_pct,
            self.cpi_pct,
            self.real_wage_pct,
            self.exports_pct,
            self.imports_pct,
            self.terms_of_trade_pct,
            self.volume_of_trade_pct,
            self.equivalent_variation_usd_mn,
            revenue["new"].rename("tariff_revenue_usd_mn"),
            revenue["change"].rename("tariff_revenue_change_usd_mn"),
        ]
        return pd.concat(columns, axis=1)

    def group(self, members: Sequence[str]) -> dict[str, float]:
        """
        Results of several economies together.

        Parameters
        ----------
        members
            Economies of the world.

        Returns
        -------
        dict
            `real_income_pct`: equivalent variations over baseline incomes; `cpi_pct` and `real_wage_pct`: means by income and value added; `exports_pct`,
            `imports_pct`: of the sums, trade inside the group included; `terms_of_trade_pct`: of summed income; `tariff_revenue_usd_mn`,
            `tariff_revenue_change_usd_mn`, `equivalent_variation_usd_mn`.

        Raises
        ------
        InputError
            Unknown economy, or none.
        """
        where = positions(members, self.base.economies, "economy")
        if not where:
            raise InputError(
                "an empty group", where="group", found="[]", allowed="economies", repair="name some"
            )
        income, added = self.base.income[where], self.base.value_added[where]
        variation = float(self.equivalent_variation_usd_mn.to_numpy()[where].sum())
        base, new = (part[where].sum() for part in self.income_parts["tariff revenue"])
        sums = [
            (self._border(axis, self.new)[where].sum(), self._border(axis, self.old)[where].sum())
            for axis in (1, 2)
        ]
        return {
            "real_income_pct": 100 * variation / float(income.sum()),
            "cpi_pct": 100 * float(income @ (self.cpi_hat[where] - 1) / income.sum()),
            "real_wage_pct": 100 * float(added @ (self.real_wage_hat[where] - 1) / added.sum()),
            "exports_pct": 100 * float(_ratio(*map(np.asarray, sums[0])) - 1),
            "imports_pct": 100 * float(_ratio(*map(np.asarray, sums[1])) - 1),
            "terms_of_trade_pct": 100
            * float(income @ self.first_order().terms_of_trade[where] / income.sum()),
            "tariff_revenue_usd_mn": float(new),
            "tariff_revenue_change_usd_mn": float(new - base),
            "equivalent_variation_usd_mn": variation,
        }

    def flow(self, exporter: str, importer: str, sectors: str | Sequence[str] | None = None) -> FlowChange:
        """
        Sales of one economy to another at basic prices.

        Parameters
        ----------
        exporter, importer
            Labels.
        sectors
            Labels; all by default.

        Returns
        -------
        FlowChange
            USD million, baseline and new, and the change in percent.
        """
        i = positions(exporter, self.base.economies, "economy")[0]
        n = positions(importer, self.base.economies, "economy")[0]
        j = positions(sectors or self.base.sectors, self.base.sectors, "sector")
        base = float(self.old.producers[j, n, i].sum())
        new = float(self.flows[j, n, i].sum())
        return FlowChange(base, new, 100 * (new / base - 1) if base > 0 else 0.0)

    # other views

    @property
    def constraints(self) -> tuple[BoundResult, ...]:
        """Limits and targets with their multipliers and rents."""
        from detente.model.tables import bound_results  # noqa: PLC0415

        return bound_results(self)

    def sectors(self, economy: str) -> pd.DataFrame:
        """Output, prices, trade and domestic share of an economy by sector (`detente.model.tables.by_sector`)."""
        from detente.model.tables import by_sector  # noqa: PLC0415

        return by_sector(self, economy)

    def value_added_trade(self, *, new: bool = True) -> pd.DataFrame:
        """Value added by origin in final demand by destination (`detente.model.tables.value_added_trade`)."""
        from detente.model.tables import value_added_trade  # noqa: PLC0415

        return value_added_trade(self, new=new)

    def as_baseline(self) -> Baseline:
        """This equilibrium as a baseline of its own (`detente.model.tables.rebase`)."""
        from detente.model.tables import rebase  # noqa: PLC0415

        return rebase(self)

    def gradient(self, objective: Objective | Mapping[str, float] | str) -> Gradient:
        """Derivatives of an objective in every instrument (`detente.model.adjoint.gradient`)."""
        from detente.model.adjoint import gradient  # noqa: PLC0415

        return gradient(self, objective)

    def audit(self) -> dict[str, float]:
        """Recompute every equation in levels; largest relative residual by equation."""
        return audit(self.base, self.wedges(), self.bounds, self.answer)

    @property
    def accepted_residual(self) -> float:
        """Residual above which a solve is not converged."""
        return ACCEPTED

    def _border(self, axis: int, flows: Flows) -> NDArray[np.float64]:
        """Exports (axis 1) or imports (axis 2) at the border by economy, home sales left out."""
        home = np.einsum("jnn->n", flows.customs)
        out: NDArray[np.float64] = flows.customs.sum(axis=(0, axis)) - home
        return out

    def _pct(self, hat: NDArray[np.float64], name: str) -> pd.Series:
        return self._series(100 * (hat - 1), name)

    def _series(self, values: NDArray[np.float64], name: str) -> pd.Series:
        import pandas as pd  # noqa: PLC0415

        return pd.Series(values, index=pd.Index(self.base.economies, name="economy"), name=name)


def _ratio(new: NDArray[np.float64], old: NDArray[np.float64]) -> Any:
    """New over old; 1 where there was nothing."""
    return np.where(old > 0, new / np.where(old > 0, old, 1.0), 1.0)
