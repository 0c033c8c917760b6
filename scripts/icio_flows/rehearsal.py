"""The estimator on years whose final demand is known: WIOD, hidden, from an older pattern and recent anchors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.world.sectors import read_sectors
from icio_flows.anchors import Anchors, Blocks, carry_over
from icio_flows.estimator import Estimate, Evidence, estimate
from icio_flows.prior import Memory, first_pattern
from icio_flows.spread import spread_services
from icio_flows.tables import ROW, Observed, read_wiod

if TYPE_CHECKING:
    from pathlib import Path

# G20 members that WIOD lists.
G20 = (
    *("AUS", "BRA", "CAN", "CHN", "DEU", "FRA", "GBR", "IDN"),
    *("IND", "ITA", "JPN", "KOR", "MEX", "RUS", "TUR", "USA"),
)
# Economies the pooled rehearsal keeps apart.
KNOWN = (*G20, "NLD", "ESP", "POL", "SWE")
# First letter of the ISIC section of WIOD's 35 industries.
SECTIONS = (
    "AB" + "C" * 14 + "D" + "F" + "GGG" + "I" + "HHHH" + "J" + "K" + "L" + "M" + "O" + "P" + "Q" + "R" + "S"
)
# Year hidden, year of the pattern, year of the anchors; the first is the one the targets are set for.
REHEARSALS = ((2011, 2000, 2008), (2009, 1995, 2007), (2008, 1995, 2005))


def rehearse(
    shared: Path, hidden: int, pattern: int, anchors: int, *, pooled: bool = False
) -> tuple[Observed, dict[str, Estimate]]:
    """
    Hide a year's final demand and estimate it.

    Parameters
    ----------
    shared
        Folder that holds `raw/`.
    hidden, pattern, anchors
        Year to estimate, year of the cell pattern, year of the section anchors.
    pooled
        Whether the pattern's year knows 20 economies only and pools the others, as WIOD does with the
        41 economies of the 2022 world that it lacks.

    Returns
    -------
    truth, estimates
        The published table, and the estimates "proportional to inputs", "pattern", "pattern and anchors".
    """
    truth, old, recent = (read_wiod(shared, year) for year in (hidden, pattern, anchors))
    rows, columns = truth.final.sum(axis=1), truth.final.sum(axis=(0, 2))
    pins = section_anchors(truth, recent)
    goods = np.array([s.goods for s in read_sectors("wiod35")])
    sector = np.arange(len(truth.sectors))
    memory = pool(old, sector) if pooled else Memory(old, sector, np.arange(len(truth.economies)))
    first = first_pattern(truth.inputs, rows, memory, goods)
    runs = {
        "proportional to inputs": Evidence(truth.inputs),
        "pattern": Evidence(first),
        "pattern and anchors": Evidence(spread_services(first, truth.inputs, rows, pins, goods), pins),
    }
    return truth, {name: estimate(rows, columns, run) for name, run in runs.items()}


def pool(table: Observed, sector: np.ndarray) -> Memory:
    """Add up the economies outside `KNOWN` to one, which then mixes home and foreign sales."""
    labels = [e for e in table.economies if e in KNOWN] + [ROW]
    economy = np.array([labels.index(e) if e in KNOWN else len(KNOWN) for e in table.economies])
    belongs = np.eye(len(labels))[economy]
    inputs, final = (
        np.einsum("jni,na,ib->jab", flows, belongs, belongs) for flows in (table.inputs, table.final)
    )
    return Memory(Observed(labels, table.sectors, inputs, final), sector, economy, len(KNOWN))


def section_anchors(now: Observed, then: Observed) -> Anchors:
    """Section anchors of one WIOD year for another: G20 members one by one, all others as the rest."""
    letters = sorted(set(SECTIONS))
    section = np.array([letters.index(letter) for letter in SECTIONS])
    group = np.array([G20.index(e) if e in G20 else len(G20) for e in now.economies])
    where = Blocks(section, group)
    return carry_over(then, where, now.inputs, now.final.sum(axis=1), where, len(G20))
