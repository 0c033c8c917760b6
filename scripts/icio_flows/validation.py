"""The 2022 estimate against data that did not make it, or made only part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from icio_flows.scores import compare
from icio_flows.tables import ROW

if TYPE_CHECKING:
    from baseline_tariffs.us import Collected

    from icio_flows.rest import Completed
    from icio_flows.tables import Array

# Smallest pair in BACI, USD million, that is compared.
SMALLEST_PAIR = 50.0
# Smallest cell of US imports, USD million.
SMALLEST_IMPORT = 1.0
EU_BLOCK = "EUN"


def compared_goods(sectors: list[str]) -> np.ndarray:
    """Industries A01 to C31T33, B09 included."""
    return np.array([code[0] in "ABC" for code in sectors])


def score_baci(flows: Array, table: Completed, goods_trade: Array) -> dict[str, float]:
    """Compare goods flows between pairs with BACI 2023; economies it lacks, and ROW, left out."""
    seen = goods_trade.copy()
    seen[-1], seen[:, -1] = 0.0, 0.0
    np.fill_diagonal(seen, 0.0)
    found = flows[compared_goods(table.sectors)].sum(axis=0)
    large = seen > SMALLEST_PAIR
    return compare(found[large], seen[large]) | {"pairs": float(large.sum())}


def score_census(
    flows: Array, table: Completed, collected: Collected, eu: tuple[str, ...]
) -> dict[str, float]:
    """
    Compare sales to the United States by industry and partner with US imports of 2024; the EU is one partner.

    `log_correlation` over cells; `mix` is half the sum of differences of industry shares within a partner,
    weighted by its imports.
    """
    lines = collected.lines
    usa = table.economies.index("USA")
    goods = compared_goods(table.sectors)
    codes = [s for s, g in zip(table.sectors, goods, strict=True) if g]
    known = set(lines.index.get_level_values("iso3"))
    partners = sorted(known & {EU_BLOCK, *table.economies} - {*eu, ROW, "USA"})
    found, seen = np.zeros((len(partners), len(codes))), np.zeros((len(partners), len(codes)))
    for k, partner in enumerate(partners):
        members = [table.economies.index(m) for m in (eu if partner == EU_BLOCK else (partner,))]
        found[k] = flows[goods][:, usa, members].sum(axis=1)
        seen[k] = lines.loc[partner]["imports"].reindex(codes).fillna(0.0).to_numpy(np.float64) / 1e6
    large = (seen > SMALLEST_IMPORT) & (found > 0)
    shares = [v / v.sum(axis=1, keepdims=True) for v in (found, seen)]
    mix = np.abs(shares[0] - shares[1]).sum(axis=1) / 2
    return {
        "log_correlation": float(np.corrcoef(np.log(found[large]), np.log(seen[large]))[0, 1]),
        "mix": float(np.average(mix, weights=seen.sum(axis=1))),
        "partners": float(len(partners)),
        "cells": float(large.sum()),
    }


def balance_error(final: Array, table: Completed, stated: Array, among: np.ndarray | None = None) -> float:
    """Mean error of the trade balance before the last step, percent of GDP, weighted by GDP."""
    gdp = table.value_added_taxes.sum(axis=0)
    implied = gdp - final.sum(axis=(0, 2))
    chosen = np.ones(len(gdp), dtype=bool) if among is None else among
    return float(100 * np.abs(implied - stated)[chosen].sum() / gdp[chosen].sum())
