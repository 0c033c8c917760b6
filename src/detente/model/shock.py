"""What a scenario changes: duties, export taxes, real trade costs, limits and targets."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from detente.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from detente.world.baseline import Baseline

Labels = str | Sequence[str]
DIMS = ("sector", "importer", "exporter")
_BASELINES: dict[int, tuple[weakref.ref[Baseline], NDArray[np.float64], NDArray[np.float64]]] = {}


@dataclass(frozen=True)
class Limit:
    """
    An upper bound on the volume of some sales, with one shadow price for all of them.

    Volume is units shipped at baseline producer prices: the sum over cells of producers' revenue over the
    change in their cost. A binding limit raises the price of the cells by a factor `exp(multiplier)` and leaves a rent.

    Parameters
    ----------
    sectors, importers, exporters
        Labels; every combination of an importer with another economy as exporter is a cell of the limit.
    volume
        Bound as a multiple of the baseline volume, 0 or more. 0 is an embargo.
    rent_to
        Who earns the rent: the exporter (a permit, a voluntary restraint) or licence holders of the importer.
    name
        Name in results; made from the labels if empty.

    Examples
    --------
    >>> Limit("C26", "USA", "CHN", volume=0.5).label
    'limit C26: CHN -> USA'
    """

    sectors: Labels
    importers: Labels
    exporters: Labels
    volume: float
    rent_to: Literal["exporter", "importer"] = "exporter"
    name: str = ""

    kind = "limit"

    @property
    def label(self) -> str:
        """Name in results and messages."""
        return self.name or _describe(self)


@dataclass(frozen=True)
class Target:
    """
    A lower bound on the volume of some sales, met by a subsidy from the importer's budget.

    Parameters
    ----------
    sectors, importers, exporters
        Labels; every combination of an importer with another economy as exporter is a cell of the target.
    volume
        Bound as a multiple of the baseline volume (see `Limit`), 0 or more.
    name
        Name in results; made from the labels if empty.

    Examples
    --------
    >>> Target("A01", "CHN", "USA", volume=1.2).label
    'target A01: USA -> CHN'
    """

    sectors: Labels
    importers: Labels
    exporters: Labels
    volume: float
    name: str = ""

    kind = "target"

    @property
    def label(self) -> str:
        """Name in results and messages."""
        return self.name or _describe(self)


Constraint = Limit | Target


@dataclass(frozen=True, eq=False)
class Shock:
    """
    The new policy and cost of every flow. What is left out stays as in the baseline.

    Arrays have the shape (J, N, N): sector, importer, exporter. An `xarray.DataArray` with dimensions `sector`,
    `importer`, `exporter` in any order is put in the order of the baseline's labels.

    Parameters
    ----------
    tariff
        New duty as a fraction of the customs value (a level, not a change), above -1. Infinite is an embargo.
    export_tax
        New tax on exports as a fraction of producers' revenue, above -1.
    iceberg
        New over old real cost of delivery, above 0. Infinite is an embargo.
    prohibited
        Share of each flow that is forbidden, 0 to 1: the same as `iceberg ** -theta = 1 - share`.
    limits, targets
        Bounds on volumes, solved as complementarity conditions.

    Examples
    --------
    >>> Shock(limits=(Limit("C26", "USA", "CHN", volume=0.5),)).constraints[0].volume
    0.5
    """

    tariff: Any = None
    export_tax: Any = None
    iceberg: Any = None
    prohibited: Any = None
    limits: tuple[Limit, ...] = ()
    targets: tuple[Target, ...] = ()

    def __repr__(self) -> str:
        """Which arrays are given, and the bounds."""
        given = [
            name
            for name in ("tariff", "export_tax", "iceberg", "prohibited")
            if getattr(self, name) is not None
        ]
        return f"Shock({', '.join(given + [bound.label for bound in self.constraints]) or 'nothing'})"

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """Limits, then targets."""
        return (*self.limits, *self.targets)


@dataclass(frozen=True, eq=False)
class Wedges:
    """
    A shock as plain arrays for one baseline: factors between producers' revenue and what buyers pay.

    Attributes
    ----------
    importer, exporter
        1 + tariff and 1 + export tax, new, (J, N, N).
    importer_0, exporter_0
        The same in the baseline.
    iceberg
        New over old delivery cost, or None.
    open
        Share of the flow that is not forbidden, or None.
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
    """
    Check a shock against a baseline and turn it into arrays.

    Parameters
    ----------
    shock
        What changes.
    base
        Gives labels, shape and baseline duties.

    Returns
    -------
    Wedges
        Embargoes are cells with `open` 0; no array holds an infinity.

    Raises
    ------
    InputError
        Wrong shape or labels, NaN, a tariff or export tax of -100 % or below, a cost that is not positive.
    """
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
                found=f"{prohibited.min():g} to {prohibited.max():g}",
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
    """
    Take the change of every wedge at a power: a way from the baseline (0) to the shock (1).

    Parameters
    ----------
    wedges
        The shock.
    part
        Power, 0 to 1.

    Returns
    -------
    Wedges
        Flows that are forbidden in the shock stay forbidden.
    """
    return Wedges(
        importer=wedges.importer_0 * (wedges.importer / wedges.importer_0) ** part,
        exporter=wedges.exporter_0 * (wedges.exporter / wedges.exporter_0) ** part,
        importer_0=wedges.importer_0,
        exporter_0=wedges.exporter_0,
        iceberg=None if wedges.iceberg is None else wedges.iceberg**part,
        open=None if wedges.open is None else wedges.open**part,
    )


def raise_tariff(
    base: Baseline,
    points: float,
    *,
    importer: Labels,
    exporter: Labels | None = None,
    sectors: Labels | None = None,
) -> NDArray[np.float64]:
    """
    Baseline duties with some of them raised.

    Parameters
    ----------
    base
        Gives labels and baseline duties.
    points
        Added to the duty, as a fraction of the customs value: 0.1 is ten points.
    importer, exporter, sectors
        Labels; `exporter` and `sectors` default to all.

    Returns
    -------
    array
        (J, N, N), for `Shock(tariff=...)`. Duties on home sales are left alone.

    Raises
    ------
    InputError
        A label is unknown.

    Examples
    --------
    >>> from detente.world import load_world
    >>> base = load_world("wiod2011").baseline()
    >>> shock = Shock(tariff=raise_tariff(base, 0.1, importer="USA", exporter="CHN"))
    """
    cells = find_cells(base, sectors or base.sectors, importer, exporter or base.economies)
    tariff = np.array(base.tariff, dtype=np.float64)
    tariff[cells] += points
    return tariff


def find_cells(
    base: Baseline, sectors: Labels, importers: Labels, exporters: Labels
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """
    Indices of every sector, importer and foreign exporter among the labels.

    Parameters
    ----------
    base
        Gives the labels.
    sectors, importers, exporters
        A label or several.

    Returns
    -------
    tuple of arrays
        Sector, importer and exporter positions, one entry per cell; home sales are left out.

    Raises
    ------
    InputError
        A label is unknown.
    """
    j = positions(sectors, base.sectors, "sector")
    n = positions(importers, base.economies, "economy")
    i = positions(exporters, base.economies, "economy")
    grid = np.array(np.meshgrid(j, n, i, indexing="ij")).reshape(3, -1)
    grid = grid[:, grid[1] != grid[2]]
    return grid[0], grid[1], grid[2]


def positions(labels: Labels, known: Sequence[str], what: str) -> list[int]:
    """
    Positions of labels.

    Parameters
    ----------
    labels
        A label or several.
    known
        All labels, in order.
    what
        Word for the message: "sector", "economy".

    Returns
    -------
    list of int

    Raises
    ------
    InputError
        A label is unknown.

    Examples
    --------
    >>> positions("USA", ("CHN", "USA"), "economy")
    [1]
    """
    wanted = (labels,) if isinstance(labels, str) else tuple(labels)
    where = {label: pos for pos, label in enumerate(known)}
    if unknown := [label for label in wanted if label not in where]:
        raise InputError(
            f"unknown {what}",
            found=", ".join(map(str, unknown)),
            allowed=", ".join(known),
            repair="use the labels of the world",
        )
    return [where[label] for label in wanted]


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
            allowed=f"above {low:g}, no NaN",
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


def _describe(bound: Constraint) -> str:
    """Name a bound by its labels."""
    parts = [
        labels if isinstance(labels, str) else "+".join(labels)
        for labels in (bound.sectors, bound.exporters, bound.importers)
    ]
    return f"{bound.kind} {parts[0]}: {parts[1]} -> {parts[2]}"
