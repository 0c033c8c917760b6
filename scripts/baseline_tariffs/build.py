"""Put the baseline tariffs of a world together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baseline_tariffs.anchors import Frame, anchor_levels, china_additions, foreign_tariffs
from baseline_tariffs.shape import sector_shape
from baseline_tariffs.us import collected_rates, read_collected

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from baseline_tariffs.us import Collected
from detente.world.elasticities import read_rows
from detente.world.sectors import read_sectors

# Partners without an agreement and without Section 301 duties: what the US collects from them is MFN.
_NOT_MFN = (
    *("AUS", "CAN", "CHL", "CHN", "COL", "CRI", "ISR", "JOR", "KOR", "MAR", "MEX", "PER", "SGP", "DOM"),
    *("GTM", "HND", "NIC", "SLV", "PAN", "BHR", "OMN"),
)
_FOOD = {"A01", "A02", "A03", "C10T12"}


def build_tariffs(
    flows: np.ndarray, economies: list[str], *, classification: str, shared: Path
) -> tuple[np.ndarray, np.ndarray]:
    """
    Baseline tariffs of a world.

    Parameters
    ----------
    flows
        USD million, (sector, importer, exporter).
    economies
        Labels.
    classification
        "icio49" or "wiod35".
    shared
        Folder that holds `raw/`.

    Returns
    -------
    tariff, source
        float32 fraction and int8 code (`detente.world.io.layout.TARIFF_SOURCES`), shape of `flows`.
    """
    listed = read_sectors(classification)
    parts = sector_parts(classification)
    industries = [s.code for s in read_sectors("icio49")]
    collected = read_collected(shared)
    rate_us, source_us, imports_us = _us_column(collected, economies, industries, parts)
    shapes = tier_shapes(shared)
    frame = Frame(
        economies,
        np.maximum(flows.astype(np.float64), 0.0),
        np.array([s.goods for s in listed]),
        np.array([s.primary for s in listed]),
        np.array([bool(_FOOD & set(parts[s.code])) for s in listed]),
    )
    by_sector = {
        tier: np.array([_mean_shape(shape, parts[s.code], imports_us, industries) for s in listed])
        for tier, shape in shapes.items()
    }
    rate, source = foreign_tariffs(frame, anchor_levels(shared, economies), by_sector)
    usa, china = economies.index("USA"), economies.index("CHN")
    rate[:, usa], source[:, usa] = rate_us, source_us
    extra = china_additions(parts) * frame.goods
    rate[:, china, usa] += extra
    source[extra > 0, china, usa] = 3
    source[frame.flows <= 0] = np.where(rate[frame.flows <= 0] > 0, source[frame.flows <= 0], 0)
    return rate.astype(np.float32), source.astype(np.int8)


def tier_shapes(shared: Path) -> dict[int, pd.Series]:
    """Sector shape by tier, with the split inside groups from US duties on partners without an agreement."""
    listed = read_sectors("icio49")
    lines = read_collected(shared).lines.drop(list(_NOT_MFN), level="iso3", errors="ignore")
    mfn = lines.groupby("industry").sum().reindex([s.code for s in listed], fill_value=0.0)
    rates = mfn["duty"] / mfn["imports"].clip(lower=1.0)
    return sector_shape(shared, {s.code for s in listed if s.primary}, rates, mfn["imports"])


def sector_parts(classification: str) -> dict[str, list[str]]:
    """Sector of a classification to its icio49 industries."""
    codes = [s.code for s in read_sectors(classification)]
    if classification == "icio49":
        return {code: [code] for code in codes}
    parts: dict[str, list[str]] = {code: [] for code in codes}
    for row in read_rows("wiod35_icio49.csv"):
        parts[row["wiod35"]].append(row["icio49"])
    return parts


def _us_column(
    collected: Collected, economies: list[str], industries: list[str], parts: dict[str, list[str]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """US duty by sector of the world and partner; merged industries are weighed by US imports."""
    rate, source, imports = collected_rates(collected, economies, industries)
    goods = np.array([s.goods for s in read_sectors("icio49")])
    rate[~goods], source[~goods] = 0.0, 0
    position = {code: k for k, code in enumerate(industries)}
    out, code = np.zeros((len(parts), len(economies))), np.zeros((len(parts), len(economies)), np.int8)
    for k, members in enumerate(parts.values()):
        index = [position[m] for m in members]
        weight = imports[index] + 1.0
        out[k] = (rate[index] * weight).sum(axis=0) / weight.sum(axis=0)
        code[k] = source[index].max(axis=0)
    home = economies.index("USA")
    out[:, home], code[:, home] = 0.0, 0
    return out, code, imports.sum(axis=1)


def _mean_shape(shape: pd.Series, members: list[str], imports: np.ndarray, industries: list[str]) -> float:
    known = [m for m in members if m in shape.index]
    if not known:
        return 0.0
    weights = [imports[industries.index(m)] + 1.0 for m in known]
    return float(np.average(shape[known], weights=weights))
