"""The NAFTA data of Caliendo and Parro (2015) as a baseline, for tests and benchmarks."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from detente.world import Baseline

PATH = Path(__file__).parents[3] / "shared/data/reference/cp2015_nafta/cp2015_nafta.npz"


def load_nafta() -> tuple[Baseline, np.ndarray]:
    """The 1993 data (not an exact equilibrium, see the README beside them) and the tariffs after NAFTA."""
    data = np.load(PATH)
    cube = lambda name: np.ascontiguousarray(data[name].transpose(2, 0, 1))  # noqa: E731
    million = 1e-6
    pi, tariff, spending = cube("pi"), cube("tariff_before"), data["expenditure"].T * million
    flows = pi * spending[:, :, None] / (1 + tariff)
    revenue = (tariff * flows).sum(axis=(0, 2))
    added, deficit = data["labor_income"] * million, data["deficit"] * million
    base = Baseline(
        economies=tuple(map(str, data["regions"])),
        sectors=tuple(map(str, data["sectors"])),
        pi=pi,
        tariff=tariff,
        spending=spending,
        output=flows.sum(axis=1),
        va_share=data["gamma_va"].T.copy(),
        io=data["gamma_io"].transpose(1, 2, 0).copy(),
        alpha=data["alpha"].T.copy(),
        theta=data["theta"].copy(),
        value_added=added,
        deficit=deficit,
        income=added + revenue + deficit,
        revenue=revenue,
        adjustments=(),
    )
    return base, cube("tariff_after")
