"""A shock on one baseline as plain arrays: the factors between producers' revenue and what buyers pay."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import InputError
from detente.formatting import exact, number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from detente.model.shock import Shock
    from detente.world.baseline import Baseline

DIMS = ("sector", "importer", "exporter")
_BASELINES: dict[int, tuple[weakref.ref[Baseline], NDArray[np.float64], NDArray[np.float64]]] = {}


@dataclass(frozen=True, eq=False)
class Wedges:
    """
    A shock as plain arrays for one baseline: factors between producers' revenue and what buyers pay.

    importer, exporter: 1 + tariff and 1 + export tax, new, (J, N, N).
    importer_0, exporter_0: The same in the baseline.
    iceberg: New over old delivery cost, or None.
    open: Share of the flow that is not forbidden, or None.
    """

    importer: NDArray[np.float64]
    exporter: NDArray[np.float64]
    importer_0: NDArray[np.float64]
    exporter_0: NDArray[np.float64]
    iceberg: NDArray[np.float64] | None
    open: NDArray[np.float64] | None

    @property
    def taxes_exports(self) -> bool:
        """Whether any export tax is due, before or after."""
        return self.exporter.size > 1 or self.exporter_0.size > 1


def resolve_wedges(shock: Shock, base: Baseline) -> Wedges:
    """Check a shock against a baseline and turn it into arrays."""
    tariff = _array(shock.tariff, base, "tariff", low=-1.0)
    tax = _array(shock.export_tax, base, "export_tax", low=-1.0)
    iceberg = _array(shock.iceberg, base, "iceberg", low=0.0)
    prohibited = _array(shock.prohibited, base, "prohibited", low=-np.inf)
    opened: NDArray[np.float64] | None = None
    if prohibited is not None:
        if prohibited.min() < 0 or prohibited.max() > 1:
            raise InputError(
                "a prohibited share is not a share",
                where="Shock(prohibited=...)",
                found=f"{number(prohibited.min())} to {number(prohibited.max())}",
                allowed="0 to 1",
                repair="give the share of the flow that is forbidden",
            )
        opened = 1.0 - prohibited
    wedges = [tariff, tax, iceberg]
    for pos, values in enumerate(wedges):
        if values is not None and np.isposinf(values.max()):
            closed = np.isposinf(values)
            opened = np.where(closed, 0.0, 1.0 if opened is None else opened)
            wedges[pos] = np.where(closed, (base.tariff, 0.0, 1.0)[pos], values)
    tariff, tax, iceberg = wedges
    importer_0, exporter_0 = _baseline_wedges(base)
    return Wedges(
        importer=importer_0 if tariff is None else 1.0 + tariff,
        exporter=exporter_0 if tax is None else 1.0 + tax,
        importer_0=importer_0,
        exporter_0=exporter_0,
        iceberg=iceberg,
        open=opened,
    )


def _baseline_wedges(base: Baseline) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Wedges of the baseline, computed once per baseline."""
    key = id(base)
    if key not in _BASELINES or _BASELINES[key][0]() is not base:
        tax = getattr(base, "export_tax", None)
        exporter = np.ones((1, 1, 1)) if tax is None else 1.0 + tax
        own = weakref.ref(base, lambda _ref: _BASELINES.pop(key, None) and None)
        _BASELINES[key] = own, 1.0 + base.tariff, exporter
    return _BASELINES[key][1:]


def part_of(wedges: Wedges, part: float) -> Wedges:
    """Take the change of every wedge at a power: a way from the baseline (0) to the shock (1)."""
    return Wedges(
        importer=wedges.importer_0 * (wedges.importer / wedges.importer_0) ** part,
        exporter=wedges.exporter_0 * (wedges.exporter / wedges.exporter_0) ** part,
        importer_0=wedges.importer_0,
        exporter_0=wedges.exporter_0,
        iceberg=None if wedges.iceberg is None else wedges.iceberg**part,
        open=None if wedges.open is None else wedges.open**part,
    )


def _array(values: ArrayLike | None, base: Baseline, name: str, *, low: float) -> NDArray[np.float64] | None:
    """Check one array of a shock."""
    if values is None:
        return None
    if hasattr(values, "dims"):
        values = _align(values, base, name)
    array: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    if array.shape != base.pi.shape:
        raise InputError(
            f"wrong shape of {name}",
            where=f"Shock({name}=...)",
            found=array.shape,
            allowed=f"{base.pi.shape}: sector, importer, exporter",
            repair="give one value per cell, in the order of the world's labels",
        )
    smallest = array.min()  # NaN if any entry is
    if not smallest > low:
        bad = np.argwhere(~(array > low))[0]
        j, n, i = (int(x) for x in bad)
        raise InputError(
            f"{name} out of range",
            where=f"Shock({name}=...), {base.sectors[j]} from {base.economies[i]} in {base.economies[n]}",
            found=array[j, n, i],
            allowed=f"above {exact(low)}, no NaN",
            repair="a tariff of -1 is -100 %: goods for free" if low == -1 else "give a positive factor",
        )
    return array


def _align(values: Any, base: Baseline, name: str) -> Any:
    """Put a labelled array in the order of the baseline's labels."""
    labels = dict(zip(DIMS, (base.sectors, base.economies, base.economies), strict=True))
    if set(values.dims) != set(DIMS):
        raise InputError(
            f"wrong dimensions of {name}",
            where=f"Shock({name}=...)",
            found=values.dims,
            allowed=", ".join(DIMS),
            repair="rename the dimensions",
        )
    for dim, known in labels.items():
        found = [str(label) for label in values[dim].values]
        if sorted(found) != sorted(known):
            raise InputError(
                f"labels of {name} are not those of the world",
                where=f"Shock({name}=...), dimension {dim}",
                found=sorted(set(found) ^ set(known))[:8],
                allowed=f"exactly the {len(known)} labels of the world",
                repair="reindex with an explicit fill value first",
            )
    return values.sel({dim: list(known) for dim, known in labels.items()}).transpose(*DIMS).values
