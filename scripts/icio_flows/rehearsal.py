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
from icio_flows.us_column import Imports, add_us_evidence, grow_blocks, us_column

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
GOODS = np.array([s.goods for s in read_sectors("wiod35")])
MANUFACTURES = np.array([letter == "C" for letter in SECTIONS])
# Customs of the United States in a rehearsal: its true purchases over LEVEL, disturbed (standard deviations of
# logarithms) by cell, more for those under SMALL, USD million, at most by one, by industry, by partner, and in growth.
# 0.25 to 0.35 is what customs values of 2022 and inputs differ by, partner by partner, where all is input.
LEVEL, BY_CELL, SMALL, BY_INDUSTRY, BY_PARTNER, BY_GROWTH = 0.78, 0.3, 500.0, 0.25, 0.2, 0.08
DRAWS = 3
# Industries that are one in the pattern's year of the rehearsal "merged", as WIOD's are of 49.
MERGED = ((3, 4), (5, 6), (8, 9), (10, 11), (12, 13), (14, 15))
# Year hidden, year of the pattern, year of the anchors; the first is the one the targets are set for.
REHEARSALS = ((2011, 2000, 2008), (2009, 1995, 2007), (2008, 1995, 2005))


def rehearse(
    shared: Path, hidden: int, pattern: int, anchors: int, *, pooled: bool = False, merged: bool = False
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
    merged
        Whether the pattern's year merges industries (`MERGED`).

    Returns
    -------
    truth, estimates
        The published table, and the estimates "proportional to inputs", "pattern", "pattern and anchors", and "with
        US customs" 1 to `DRAWS`, each with customs values drawn anew.
    """
    truth, old, recent = (read_wiod(shared, year) for year in (hidden, pattern, anchors))
    rows, columns = truth.final.sum(axis=1), truth.final.sum(axis=(0, 2))
    pins = section_anchors(truth, recent)
    goods = GOODS
    sector = np.arange(len(truth.sectors))
    if merged:
        old, sector = merge(old)
    memory = pool(old, sector) if pooled else Memory(old, sector, np.arange(len(truth.economies)))
    first = first_pattern(truth.inputs, rows, memory, goods)
    runs = {
        "proportional to inputs": Evidence(truth.inputs),
        "pattern": Evidence(first),
        "pattern and anchors": Evidence(spread_services(first, truth.inputs, rows, pins, goods), pins),
    }
    for draw in range(1, DRAWS + 1):
        customs, grown = draw_customs(truth, recent, pins, draw)
        usa = truth.economies.index("USA")
        column = us_column(customs, truth.inputs, grown, MANUFACTURES, usa)
        known = add_us_evidence(first, truth.inputs, rows, column, memory.sector, goods, usa)
        spread = spread_services(known, truth.inputs, rows, grown, goods)
        runs[f"with US customs {draw}"] = Evidence(spread, grown)
    return truth, {name: estimate(rows, columns, run) for name, run in runs.items()}


def draw_customs(truth: Observed, recent: Observed, pins: Anchors, draw: int) -> tuple[Imports, Anchors]:
    """
    Customs values of the United States as they might be: the truth, disturbed.

    The part of a commodity that is final is the BEA's rule: that of all its purchases of it, home and imported.
    """
    rng = np.random.default_rng(draw)
    usa, size = truth.economies.index("USA"), len(truth.economies)
    bought = (truth.inputs + truth.final)[:, usa]
    true = bought * (np.arange(size) != usa) * GOODS[:, None]
    noise = np.minimum(BY_CELL * np.sqrt(1 + SMALL / np.maximum(true, 1.0)), 1.0)
    logs = noise * rng.normal(0, 1, true.shape)
    logs += rng.normal(0, BY_INDUSTRY, (len(true), 1)) + rng.normal(0, BY_PARTNER, (1, size))
    final = truth.final[:, usa].sum(axis=1) / np.maximum(bought.sum(axis=1), 1.0)
    group = np.where(GOODS, np.arange(len(true)), -1)
    customs = Imports(true / LEVEL * np.exp(logs), group, final[GOODS])
    blocks = pins.blocks
    groups, section = pins.wanted.shape[2], blocks.section[np.flatnonzero(MANUFACTURES)[0]]
    then, now = (
        np.bincount(blocks.group, (t.inputs + t.final)[MANUFACTURES, usa].sum(axis=0), groups)
        for t in (recent, truth)
    )
    growth = now / np.maximum(then, 1.0) * np.exp(rng.normal(0, BY_GROWTH, groups))
    sold = np.bincount(blocks.group, recent.final[MANUFACTURES, usa].sum(axis=0), groups)
    return customs, grow_blocks(pins, sold, growth, int(section), int(blocks.group[usa]))


def merge(table: Observed) -> tuple[Observed, np.ndarray]:
    """Add up industries of `MERGED`; the table and where its industries went."""
    sector = np.arange(len(table.sectors))
    for first, second in MERGED:
        sector[second] = sector[first]
    labels, sector = np.unique(sector, return_inverse=True)
    belongs = np.eye(len(labels))[sector].T
    inputs, final = (np.tensordot(belongs, flows, axes=1) for flows in (table.inputs, table.final))
    return Observed(table.economies, [table.sectors[k] for k in labels], inputs, final), sector


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
