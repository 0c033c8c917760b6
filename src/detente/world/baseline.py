"""The exact baseline equilibrium behind a world, in double precision, for the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.display import as_html, in_short
from detente.errors import WorldError
from detente.formatting import count, fixed, number
from detente.world.gdp import mark_estimated
from detente.world.investment import find_invested
from detente.world.sectors import marked_services

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

# Largest share of inputs in cost (user prices). Above it value added is too thin for hat algebra to move in:
# design choice for nodes whose value added is an artefact of rounding or of the rest of the world's share.
MAX_INPUT_SHARE: Final = 0.95


@dataclass(frozen=True)
class Baseline:
    """
    Everything the model needs, as an exact equilibrium at baseline tariffs.

    Shapes: J sectors, N economies; index order [sector, importer, exporter]. USD million.
    `X = sum_j g Y + alpha I`, `Y[j, i] = sum_n pi X / (1 + t)`, `VA = sum_j va Y`, `I = VA + R + D`,
    `sum_n D = 0` hold to rounding (`residual`). Caliendo and Parro (2015), section 2, in levels.

    Attributes
    ----------
    economies, sectors
        Labels.
    pi
        Shares of spending by origin, (J, N, N), summing to 1 over exporters.
    tariff
        Baseline duty, fraction, (J, N, N).
    spending
        Spending at user prices, duties included, (J, N).
    output
        Producers' revenue at basic prices, (J, N).
    va_share
        Value added in output, duties on inputs taken out, other taxes left in, (J, N).
    io
        g[k, j, n]: share of product k, at user prices, in the cost of sector j of economy n.
    alpha
        Final-demand shares at user prices, (J, N).
    theta
        Trade elasticity, (J,).
    value_added, deficit, income, revenue
        By economy, (N,).
    adjustments
        What was changed against the world's own numbers to make the equilibrium exact, in words.
    services
        Sectors that are marked as services; without a mark a sector is one of goods.
    invested
        Share of final spending that is investment, (N,), or None where it is not known.
    estimated
        Share of what a sector sells that stands in cells the world estimates, (J, N), or None where it is not known.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    pi: NDArray[np.float64]
    tariff: NDArray[np.float64]
    spending: NDArray[np.float64]
    output: NDArray[np.float64]
    va_share: NDArray[np.float64]
    io: NDArray[np.float64]
    alpha: NDArray[np.float64]
    theta: NDArray[np.float64]
    value_added: NDArray[np.float64]
    deficit: NDArray[np.float64]
    income: NDArray[np.float64]
    revenue: NDArray[np.float64]
    adjustments: tuple[str, ...]
    services: tuple[str, ...] = ()
    invested: NDArray[np.float64] | None = None
    estimated: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        """Refuse elasticities with which the equations have no meaning."""
        wrong = ~(np.isfinite(self.theta) & (np.asarray(self.theta) > 0))
        if np.any(wrong):
            named = ", ".join(
                f"{self.sectors[j]} {number(float(self.theta[j]), 6)}" for j in np.flatnonzero(wrong)[:5]
            )
            raise WorldError(
                "elasticities that are not positive",
                where="theta",
                found=named,
                allowed="a trade elasticity above 0 for every sector",
                repair="give the size without its sign: a fall of trade by 4 % for 1 % of cost is 4",
            )

    @property
    def goods(self) -> tuple[str, ...]:
        """Sectors of goods, which a tariff can be put on."""
        return tuple(sector for sector in self.sectors if sector not in self.services)

    @property
    def flows(self) -> NDArray[np.float64]:
        """Flows at basic prices, USD million, (J, N, N): spending by origin without the duty."""
        out: NDArray[np.float64] = self.pi * self.spending[:, :, None] / (1 + self.tariff)
        return out

    def residual(self) -> float:
        """Largest residual of the equations of the class docstring, relative to world value added."""
        flows = self.flows
        use = np.einsum("kjn,jn->kn", self.io, self.output)
        revenue = np.einsum("jni,jni->n", self.tariff, flows)
        gaps = (
            self.spending - use - self.alpha * self.income,
            self.output - flows.sum(axis=1),
            self.value_added - (self.va_share * self.output).sum(axis=0),
            self.income - self.value_added - revenue - self.deficit,
            self.pi.sum(axis=2) - 1,
            self.va_share + self.io.sum(axis=0) - 1,
            self.alpha.sum(axis=0) - 1,
            self.deficit.sum(),
        )
        world = float(self.value_added.sum())
        scales = (world, world, world, world, 1.0, 1.0, 1.0, world)
        return max(float(np.max(np.abs(gap))) / scale for gap, scale in zip(gaps, scales, strict=True))


def make_baseline(data: xr.Dataset) -> Baseline:
    """
    Compute the equilibrium whose flows are those of the world.

    Spending is flow x (1 + t0). A product's inputs and final uses share one basket of origins, hence one average duty;
    duties on inputs come out of value added, since the source books them there, and reach income as revenue. Inputs are
    rescaled by product to the intermediate flows; final demand is what is left of spending, so the flows come back
    exactly whatever t0 is.
    """
    sectors, economies = _labels(data, "sector"), _labels(data, "economy")
    inter = data["intermediate"].to_numpy().astype(np.float64)
    final = data["final"].to_numpy().astype(np.float64)
    tariff = data["tariff"].to_numpy().astype(np.float64)
    notes = _list_negative(final, "final demand", sectors, economies)
    flows = inter + np.maximum(final, 0.0)
    spending_by_origin = flows * (1 + tariff)
    spending, purchases = spending_by_origin.sum(axis=2), flows.sum(axis=2)
    output = flows.sum(axis=1)
    markup = np.divide(spending, purchases, out=np.ones_like(spending), where=purchases > 0)
    use = _inputs(data, inter.sum(axis=2)) * markup[:, None, :]
    io, capped = _input_shares(use, output)
    notes += [
        f"inputs of {sectors[j]} in {economies[n]} cut to {number(MAX_INPUT_SHARE)} of output (were {fixed(share, 3)})"
        for j, n, share in capped
    ]
    consumption = np.maximum(spending - np.einsum("kjn,jn->kn", io, output), 0.0)
    va_share = 1.0 - io.sum(axis=0)
    value_added = (va_share * output).sum(axis=0)
    revenue = (tariff * flows).sum(axis=(0, 2))
    deficit = purchases.sum(axis=0) - output.sum(axis=0)
    income = value_added + revenue + deficit
    return Baseline(
        economies=economies,
        sectors=sectors,
        pi=_shares(spending_by_origin, spending),
        tariff=tariff,
        spending=spending,
        output=output,
        va_share=va_share,
        io=io,
        alpha=consumption / consumption.sum(axis=0),
        theta=data["theta"].to_numpy().astype(np.float64),
        value_added=value_added,
        deficit=deficit,
        income=income,
        revenue=revenue,
        adjustments=tuple(notes),
        services=marked_services(data.attrs, sectors),
        invested=find_invested(data),
        estimated=_estimated(data, inter, np.maximum(final, 0.0)),
    )


def _estimated(
    data: xr.Dataset, inter: NDArray[np.float64], final: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share of the sales of each sector that stands in estimated cells, (J, N); 0 where it sells nothing."""
    marked = [mark_estimated(data, name).to_numpy() for name in ("intermediate", "final")]
    sales = (inter + final).sum(axis=1)
    part = (inter * marked[0] + final * marked[1]).sum(axis=1)
    out: NDArray[np.float64] = np.divide(part, sales, out=np.zeros_like(sales), where=sales > 0)
    return out


def _labels(data: xr.Dataset, dim: str) -> tuple[str, ...]:
    return tuple(str(label) for label in data[dim].to_numpy())


def _list_negative(
    final: NDArray[np.float64], what: str, sectors: tuple[str, ...], economies: tuple[str, ...]
) -> list[str]:
    """Name every negative cell that is set to zero (inventories run down)."""
    return [
        f"negative {what} set to zero: {sectors[j]} from {economies[i]} in {economies[n]}, "
        f"{count(final[j, n, i])} USD mn"
        for j, n, i in np.argwhere(final < 0)
    ]


def _inputs(data: xr.Dataset, purchases: NDArray[np.float64]) -> NDArray[np.float64]:
    """Input use rescaled by product and economy to the intermediate flows bought, (K, J, N)."""
    use = data["input_use"].to_numpy().astype(np.float64)
    total = use.sum(axis=1)
    scale = np.divide(purchases, total, out=np.zeros_like(total), where=total > 0)
    out: NDArray[np.float64] = use * scale[:, None, :]
    return out


def _input_shares(
    use: NDArray[np.float64], output: NDArray[np.float64]
) -> tuple[NDArray[np.float64], list[tuple[int, int, float]]]:
    """Input shares in cost, capped, with the list of (sector, economy, share before)."""
    io = np.divide(use, output, out=np.zeros_like(use), where=output > 0)
    share = io.sum(axis=0)
    over = share > MAX_INPUT_SHARE
    io *= np.where(over, MAX_INPUT_SHARE / np.where(over, share, 1.0), 1.0)
    return io, [(int(j), int(n), float(share[j, n])) for j, n in np.argwhere(over)]


def _shares(by_origin: NDArray[np.float64], spending: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of spending by origin; where nothing is spent, all of it would go home."""
    pi = np.divide(
        by_origin, spending[:, :, None], out=np.zeros_like(by_origin), where=spending[:, :, None] > 0
    )
    j, n = np.nonzero(spending <= 0)
    pi[j, n, n] = 1.0
    return pi
