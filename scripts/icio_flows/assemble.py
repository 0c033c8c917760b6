"""The flows of 2022 put together: table of inputs with ROW, evidence, estimate and its variant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from baseline_tariffs.us import Collected, read_collected
from icio_flows.estimator import Anchors, Estimate, Evidence, estimate
from icio_flows.evidence import (
    baci_tilt,
    blend,
    final_totals,
    g20_anchors,
    us_imports,
    us_ratios,
    wiod_ratios,
)
from icio_flows.rest import Completed, complete_table
from icio_flows.tables import read_balances, read_goods_trade, read_icio, read_regions

if TYPE_CHECKING:
    from pathlib import Path

    from icio_flows.tables import Array


@dataclass(frozen=True)
class Sources:
    """
    Everything the estimate of 2022 is made of.

    Attributes
    ----------
    table
        Inputs with ROW, rows of final demand.
    columns, stated
        Final demand and trade balance by economy.
    anchors
        Ratios of 2019 by section and pair.
    wiod, us
        Ratios of final sales to inputs: by cell from WIOD 2011, by exporter and industry from US imports.
    goods_trade
        BACI, (importer, exporter), others last.
    collected
        US imports by partner and industry.
    """

    table: Completed
    columns: Array
    stated: Array
    anchors: Anchors
    wiod: Array
    us: Array
    goods_trade: Array
    collected: Collected


def read_sources(shared: Path) -> Sources:
    """
    Read and prepare every source.

    Parameters
    ----------
    shared
        Folder that holds `raw/`.

    Returns
    -------
    Sources
        81 economies, 49 industries.
    """
    icio = read_icio(shared)
    balances = read_balances(shared)
    goods_trade = read_goods_trade(shared, icio.economies)
    table = complete_table(icio, read_regions(shared), goods_trade, balances)
    columns, stated = final_totals(table, balances)
    anchors = g20_anchors(shared, table)
    collected = read_collected(shared)
    us = us_ratios(us_imports(collected, table), table, anchors)
    return Sources(
        table, columns, stated, anchors, wiod_ratios(shared, table), us, goods_trade, collected
    )


def estimate_steps(sources: Sources) -> dict[str, Estimate]:
    """
    Estimate final demand with growing evidence.

    Parameters
    ----------
    sources
        Output of `read_sources`.

    Returns
    -------
    dict
        "proportional to inputs", "WIOD 2011 ratios", "2019 anchors" (alone), "steps 1-4", "steps 1-6".
    """
    table = sources.table

    def run(evidence: Evidence) -> Estimate:
        return estimate(table.inputs, table.final_rows, sources.columns, evidence)

    flat = np.ones_like(sources.wiod)
    ratios = blend(sources.wiod, sources.us)
    four = run(Evidence(ratios, sources.anchors))
    tilt = baci_tilt(four.unbalanced + table.inputs, sources.goods_trade)
    return {
        "proportional to inputs": run(Evidence(flat)),
        "WIOD 2011 ratios": run(Evidence(sources.wiod)),
        "2019 anchors": run(Evidence(flat, sources.anchors)),
        "steps 1-4": four,
        "steps 1-6": run(Evidence(ratios, sources.anchors, tilt)),
    }
