"""The flows of 2022 put together: table of inputs with ROW, evidence, estimate and its variant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from baseline_tariffs.us import Collected, read_collected

from icio_flows.estimator import Estimate, Evidence, estimate
from icio_flows.evidence import (
    baci_tilt,
    final_totals,
    g20_anchors,
    goods_mask,
    us_imports,
    wiod_memory,
)
from icio_flows.prior import Memory, first_pattern
from icio_flows.rest import Completed, complete_table
from icio_flows.spread import spread_services
from icio_flows.tables import read_balances, read_g20, read_goods_trade, read_icio, read_regions
from icio_flows.us_column import Column, add_us_evidence, grow_us_blocks, read_imports, us_column

if TYPE_CHECKING:
    from pathlib import Path

    from icio_flows.anchors import Anchors
    from icio_flows.tables import Array, Regions


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
        Final sales by section and pair, carried over from 2019, those of the United States by its customs too.
    memory, pattern
        WIOD 2011, and final sales by its pattern, before anchors.
    us
        Final sales to the United States, from its customs and the BEA's tables.
    final_taxes, final_taxes_source
        Taxes less subsidies on final demand, USD million, and 1 observed or 2 derived, by economy.
    goods_trade
        BACI, (importer, exporter), others last.
    collected
        US imports by partner and industry.
    """

    table: Completed
    columns: Array
    stated: Array
    anchors: Anchors
    memory: Memory
    pattern: Array
    us: Column
    final_taxes: Array
    final_taxes_source: np.ndarray
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
    icio, regions = read_icio(shared), read_regions(shared)
    balances = read_balances(shared)
    goods_trade = read_goods_trade(shared, icio.economies)
    table = complete_table(icio, regions, goods_trade, balances)
    columns, stated = final_totals(table, balances)
    anchors = grow_us_blocks(g20_anchors(shared, table), read_g20(shared), shared)
    collected = read_collected(shared)
    memory = wiod_memory(shared, table)
    made = np.array([code.startswith("C") for code in table.sectors])
    imports = read_imports(shared, us_imports(collected, table), table)
    return Sources(
        table,
        columns,
        stated,
        anchors,
        memory,
        first_pattern(table.inputs, table.final_rows, memory, goods_mask()),
        us_column(imports, table.inputs, anchors, made, table.economies.index("USA")),
        *final_taxes(regions, table.economies, columns),
        goods_trade,
        collected,
    )


def final_taxes(regions: Regions, economies: list[str], columns: Array) -> tuple[Array, np.ndarray]:
    """
    Taxes less subsidies on final demand by economy.

    Parameters
    ----------
    regions
        The 20-region table.
    economies
        Labels.
    columns
        Final demand by economy.

    Returns
    -------
    taxes, source
        USD million; 1 where the economy is a region of its own, 2 where the region's are shared by final demand.
    """
    of = np.array([regions.of[e] for e in economies])
    taxes = np.zeros(len(economies))
    for region, total in regions.final_taxes.items():
        members = of == region
        taxes[members] = total * columns[members] / columns[members].sum()
    source = np.array([1 if (of == region).sum() == 1 else 2 for region in of], np.int8)
    return taxes, source


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
        "proportional to inputs", "pattern of WIOD 2011", "proportional and 2019 anchors", "steps 1-4",
        "steps 1-6".
    """
    table = sources.table

    def run(evidence: Evidence) -> Estimate:
        return estimate(table.final_rows, sources.columns, evidence)

    usa = table.economies.index("USA")

    def spread(pattern: Array) -> Array:
        return spread_services(pattern, table.inputs, table.final_rows, sources.anchors, goods_mask())

    known = add_us_evidence(
        sources.pattern, table.inputs, table.final_rows, sources.us, sources.memory.sector, goods_mask(), usa
    )
    pattern = spread(known)
    four = run(Evidence(pattern, sources.anchors))
    tilt = baci_tilt(four.unbalanced + table.inputs, sources.goods_trade)
    return {
        "proportional to inputs": run(Evidence(table.inputs)),
        "pattern of WIOD 2011": run(Evidence(sources.pattern)),
        "proportional and 2019 anchors": run(Evidence(spread(table.inputs), sources.anchors)),
        "steps 1-4": four,
        "steps 1-6": run(Evidence(pattern, sources.anchors, tilt)),
    }
