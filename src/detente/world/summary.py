"""A world in a few lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detente.formatting import average, fixed
from detente.world.io.layout import TARIFF_SOURCES, unpack_attribute

if TYPE_CHECKING:
    import xarray as xr

    from detente.world.baseline import Baseline

_SHOWN: Final = 6
_TRILLION: Final = 1e-6  # of USD million


def describe(data: xr.Dataset, base: Baseline, digest: str) -> str:
    """Describe a world: size, totals, duties, elasticities, what was adjusted, estimated, and its sources."""
    attrs = data.attrs
    size = len(base.economies)
    abroad = float((base.flows * ~np.eye(size, dtype=bool)).sum())
    counts = np.bincount(data["tariff_source"].to_numpy().ravel(), minlength=len(TARIFF_SOURCES))
    cells = ", ".join(f"{word} {count}" for word, count in zip(TARIFF_SOURCES[1:], counts[1:], strict=True))
    largest = ", ".join(
        f"{base.economies[n]} {fixed(base.value_added[n] * _TRILLION, 2)}"
        for n in np.argsort(-base.value_added)[:_SHOWN]
    )
    title = f"{attrs['name']} / {attrs['variant']}" if attrs["variant"] else str(attrs["name"])
    kind = f"{attrs['classification']}, {attrs['year']}, {digest[:12]}"
    lines = [f"{title}: {size} economies x {len(base.sectors)} sectors ({kind})"]
    lines.append(
        f"  value added {fixed(base.value_added.sum() * _TRILLION, 2)} tn USD, "
        f"gross output {fixed(base.output.sum() * _TRILLION, 2)}, across borders {fixed(abroad * _TRILLION, 2)}"
    )
    lines.append(f"  largest: {largest}")
    duty = float(base.revenue.sum()) / abroad
    lines.append(f"  mean baseline duty {average(duty, 2)} of trade across borders; cells {cells}")
    lines.append(f"  elasticities {fixed(base.theta.min(), 1)} to {fixed(base.theta.max(), 1)}")
    lines.append(f"  adjusted to make the equilibrium exact: {len(base.adjustments)} items")
    lines += [f"  estimated: {text}" for text in unpack_attribute(data, "estimated") or ["nothing"]]
    lines += [f"  source: {text}" for text in unpack_attribute(data, "sources")]
    return "\n".join(lines)
