"""A world in a few lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detente.world.layout import TARIFF_SOURCES, unpack_attribute

if TYPE_CHECKING:
    import xarray as xr

    from detente.world.baseline import Baseline

_SHOWN: Final = 6
_TRILLION: Final = 1e-6  # of USD million


def describe(data: xr.Dataset, base: Baseline, digest: str) -> str:
    """
    Describe a world: size, totals, duties, elasticities, what was adjusted, estimated, and its sources.

    Parameters
    ----------
    data
        Data set of the world.
    base
        Its baseline.
    digest
        Its hash.

    Returns
    -------
    str
        Fits a screen.
    """
    attrs = data.attrs
    size = len(base.economies)
    abroad = float((base.flows * ~np.eye(size, dtype=bool)).sum())
    counts = np.bincount(data["tariff_source"].to_numpy().ravel(), minlength=len(TARIFF_SOURCES))
    cells = ", ".join(f"{word} {count}" for word, count in zip(TARIFF_SOURCES[1:], counts[1:], strict=True))
    largest = ", ".join(
        f"{base.economies[n]} {base.value_added[n] * _TRILLION:.2f}"
        for n in np.argsort(-base.value_added)[:_SHOWN]
    )
    title = f"{attrs['name']} / {attrs['variant']}" if attrs["variant"] else str(attrs["name"])
    kind = f"{attrs['classification']}, {attrs['year']}, {digest[:12]}"
    lines = [f"{title}: {size} economies x {len(base.sectors)} sectors ({kind})"]
    lines.append(
        f"  value added {base.value_added.sum() * _TRILLION:.2f} tn USD, "
        f"gross output {base.output.sum() * _TRILLION:.2f}, across borders {abroad * _TRILLION:.2f}"
    )
    lines.append(f"  largest: {largest}")
    duty = 100 * float(base.revenue.sum()) / abroad
    lines.append(f"  mean baseline duty {duty:.2f} % of trade across borders; cells {cells}")
    lines.append(f"  elasticities {base.theta.min():.1f} to {base.theta.max():.1f}")
    lines.append(f"  adjusted to make the equilibrium exact: {len(base.adjustments)} items")
    lines += [f"  estimated: {text}" for text in unpack_attribute(data, "estimated") or ["nothing"]]
    lines += [f"  source: {text}" for text in unpack_attribute(data, "sources")]
    return "\n".join(lines)
