"""Other packages on the same problem: `puremacro` on NAFTA, `gegravity` in one sector. Imported only where installed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from detente.model import solve
from detente.world import Baseline


def solve_puremacro(base: Baseline, tariff: np.ndarray) -> np.ndarray:
    """Exact change of real income, percent, by puremacro's Caliendo-Parro model, money scaled to world income 1."""
    from puremacro.trade.caliendo_parro import CaliendoParroModel  # noqa: PLC0415

    peer = CaliendoParroModel(
        trade_shares=base.pi,
        gamma_va=base.va_share.T,
        gamma_io=base.io.transpose(2, 1, 0),
        alpha=base.alpha.T,
        theta=base.theta,
        labor_income=base.value_added / base.value_added.sum(),
        tariffs=1 + base.tariff,
    )
    return np.asarray(
        peer.solve_counterfactual(tariffs_new=1 + tariff, deficit_rule="zero", tol=1e-6).welfare_pct
    )


def one_sector_pair(economies: int, sigma: float = 5.0) -> tuple[pd.DataFrame, Baseline, np.ndarray]:
    """Balanced one-sector gravity data for both packages, and a fall of trade costs inside a bloc."""
    rng = np.random.default_rng(4)
    N = economies
    size = np.exp(rng.normal(0, 1, N))
    far = rng.uniform(0.5, 2.0, (N, N))
    far = 0.5 * (far + far.T)
    np.fill_diagonal(far, 0.0)
    bloc = np.zeros((N, N))
    bloc[: N // 3, : N // 3] = 1
    np.fill_diagonal(bloc, 0.0)
    pi = np.exp(-far) * size
    pi /= pi.sum(axis=1, keepdims=True)
    ones = np.ones((1, N))
    raw = Baseline(
        economies=tuple(f"C{n:02d}" for n in range(N)),
        sectors=("all",),
        pi=pi[None],
        tariff=np.zeros((1, N, N)),
        spending=size[None],
        output=(pi * size[:, None]).sum(axis=0)[None],
        va_share=ones,
        io=np.zeros((1, 1, N)),
        alpha=ones,
        theta=np.array([sigma - 1]),
        value_added=size,
        deficit=np.zeros(N),
        income=size,
        revenue=np.zeros(N),
        adjustments=(),
    )
    base = solve(raw, tolerance=1e-13).as_baseline()
    flows = base.flows[0]
    rows = [
        {
            "exporter": base.economies[i],
            "importer": base.economies[n],
            "year": "2020",
            "trade": flows[n, i],
            "Y": base.output[0, i],
            "E": base.spending[0, n],
            "cost": np.log(base.pi[0, n, i] / base.output[0, i]),
            "bloc": 0.0,
            "bloc_new": bloc[n, i],
        }
        for n in range(N)
        for i in range(N)
    ]
    return pd.DataFrame(rows), base, np.exp(-0.5 * bloc / (sigma - 1))[None]


def solve_gegravity(data: pd.DataFrame, sigma: float = 5.0) -> np.ndarray:
    """
    Change of real output, percent, by gegravity's one-sector model.

    Its resistances keep the shares of output and spending of the baseline, so its answer differs from that of hat algebra
    to first order, by some 5 to 25 percent of the change here.
    """
    import gegravity as ge  # noqa: PLC0415

    baseline = ge.BaselineData(
        data.drop(columns="bloc_new"), trade_var_name="trade", expend_var_name="E", output_var_name="Y"
    )
    coefficients = pd.DataFrame([("cost", 1.0, 0.1), ("bloc", 0.5, 0.1)], columns=["var", "coeff", "ste"])
    model = ge.OneSectorGE(
        baseline,
        year="2020",
        reference_importer=data["importer"].iloc[-1],
        sigma=sigma,
        cost_variables=["cost", "bloc"],
        cost_coeff_values=ge.CostCoeffs(
            coefficients, identifier_col="var", coeff_col="coeff", stderr_col="ste"
        ),
        quiet=True,
    )
    model.build_baseline(omr_rescale=10)
    changed = data.assign(bloc=data["bloc_new"]).drop(columns="bloc_new")
    model.define_experiment(changed)
    model.simulate()
    return model.country_results["GDP change (percent)"].to_numpy()
