"""Trade elasticities by industry: published values, named caps, and both industry lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detente.manifest import DATA
from detente.manifest import read_rows as read_data_rows
from detente.world.sectors import read_sectors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

# Named caps. Below 2 a foreign supplier is all but irreplaceable and optimal tariffs explode (1/theta);
# above 12 a single estimate for a homogeneous good would decide aggregate results.
LOWEST_THETA: Final = 2.0
HIGHEST_THETA: Final = 12.0


def read_elasticities(
    classification: str, imports: Mapping[str, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Read the elasticities of a classification, capped and as published.

    Gives shape (J,), in the order of the classification.

    Examples
    --------
    >>> theta, published = read_elasticities("icio49", {})
    >>> float(theta.max()), round(float(published.max()), 2)
    (12.0, 17.28)
    """
    published = {row["industry"]: float(row["theta"]) for row in read_rows("elasticities.csv")}
    codes = [sector.code for sector in read_sectors(classification)]
    if classification == "icio49":
        parts = {code: [code] for code in codes}
    else:
        parts = {code: [] for code in codes}
        for row in read_rows("wiod35_icio49.csv"):
            parts[row["wiod35"]].append(row["icio49"])
    uncapped = np.empty(len(codes))
    capped = np.empty(len(codes))
    for k, code in enumerate(codes):
        values = np.array([published[part] for part in parts[code]])
        weights = np.array([imports.get(part, 1.0) for part in parts[code]])
        uncapped[k] = np.average(values, weights=weights)
        capped[k] = np.average(np.clip(values, LOWEST_THETA, HIGHEST_THETA), weights=weights)
    return capped, uncapped


def read_rows(name: str) -> list[dict[str, str]]:
    """Read one of the CSV files beside the worlds."""
    return read_data_rows(DATA / "worlds" / name)
