"""What a scenario changes: duties, export taxes, real trade costs, limits and targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from detente.display import as_html
from detente.errors import InputError
from detente.formatting import number
from detente.geography.economies import with_members
from detente.io.words import meant, nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.world.baseline import Baseline

Labels = str | Sequence[str]
# Above it points of a duty are percent by mistake: the highest baseline duty a world may have.
HIGHEST_POINTS = 10


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
    spot
        Share of the volume on which the exporter earns a rent that goes to it, above 0 to 1; the rest moves at the old
        price, under contract, and its scarcity is the buyers' own.
    name
        Name in results; made from the labels if empty.

    Examples
    --------
    >>> Limit("C26", "USA", "CHN", volume=0.5).label
    'limit C26: CHN -> USA'
    """

    _repr_html_ = as_html

    sectors: Labels
    importers: Labels
    exporters: Labels
    volume: float
    rent_to: Literal["exporter", "importer"] = "exporter"
    name: str = ""
    spot: float = 1.0

    kind = "limit"

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        if not 0 < self.spot <= 1:
            raise InputError(
                "unusable share of a limit that pays a rent to the exporter",
                where=f"{self.label}, spot",
                found=self.spot,
                allowed="above 0, at most 1",
                repair="1 pays it on all; rent_to='importer' on none",
            )

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

    _repr_html_ = as_html

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

    _repr_html_ = as_html

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


def raise_tariff(
    base: Baseline,
    points: float,
    *,
    importer: Labels,
    exporter: Labels | None = None,
    sectors: Labels | None = "goods",
) -> NDArray[np.float64]:
    """
    Baseline duties with some of them raised.

    Parameters
    ----------
    base
        Gives labels and baseline duties.
    points
        Added to the duty, as a fraction of the customs value: 0.1 is ten points.
    importer, exporter
        Labels, or names of groups such as EU; `exporter` defaults to all.
    sectors
        Labels, "goods" (the default) or "all".

    Returns
    -------
    array
        (J, N, N), for `Shock(tariff=...)`. Duties on home sales are left alone.

    Raises
    ------
    InputError
        A label is unknown, or the points are no fraction.

    Examples
    --------
    >>> from detente.world import load_world
    >>> base = load_world("wiod2011").baseline()
    >>> shock = Shock(tariff=raise_tariff(base, 0.1, importer="USA", exporter="CHN"))
    """
    _check_points(points)
    cells = find_cells(base, taxed_sectors(base, sectors), importer, exporter or base.economies)
    tariff = np.array(base.tariff, dtype=np.float64)
    tariff[cells] += points
    return tariff


def _check_points(points: float) -> None:
    """Refuse points that are percent by mistake, or no number."""
    if isinstance(points, (int, float, np.number)) and abs(points) <= HIGHEST_POINTS:
        return
    percent = float(points) if isinstance(points, (int, float, np.number)) else float("nan")
    meant = (
        f"write {number(percent, 6)} % as {number(percent / 100, 6)}"
        if np.isfinite(percent)
        else "write 25 % as 0.25"
    )
    raise InputError(
        "points of a duty are a fraction",
        where="points",
        found=points,
        allowed=f"a number from -{HIGHEST_POINTS} to {HIGHEST_POINTS}: 0.1 is ten points",
        repair=meant,
    )


def taxed_sectors(base: Baseline, sectors: Labels | None) -> tuple[str, ...]:
    """
    Sectors that a tariff is put on.

    Examples
    --------
    >>> from detente.world import load_world
    >>> base = load_world("wiod2011").baseline()
    >>> len(taxed_sectors(base, "goods")), len(taxed_sectors(base, "all")), taxed_sectors(base, "c1")
    (16, 35, ('c1',))
    """
    if sectors is None or sectors == "goods":
        return base.goods
    if sectors == "all":
        return base.sectors
    labels = (sectors,) if isinstance(sectors, str) else tuple(sectors)
    if unknown := [label for label in labels if label not in base.sectors]:
        raise InputError(
            "unknown sector",
            where="sectors",
            found=", ".join(map(str, unknown)),
            allowed="goods, all, or labels of the world: " + ", ".join(base.sectors),
            repair=meant(
                str(unknown[0]),
                [*base.sectors, "goods", "all"],
                otherwise="goods is the default; name labels to tax a few",
            ),
        )
    return labels


def find_cells(
    base: Baseline, sectors: Labels, importers: Labels, exporters: Labels
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Indices of every sector, importer and foreign exporter among the labels."""
    j = _some(sectors, base.sectors, "sector")
    n = _some(importers, base.economies, "economy")
    i = _some(exporters, base.economies, "economy")
    grid = np.array(np.meshgrid(j, n, i, indexing="ij")).reshape(3, -1)
    grid = grid[:, grid[1] != grid[2]]
    return grid[0], grid[1], grid[2]


def _some(labels: Labels, known: Sequence[str], what: str) -> list[int]:
    """Positions of labels of which there must be one at least."""
    found = positions(labels, known, what)
    if not found:
        raise InputError(
            f"no {what} named",
            where=what,
            found="nothing",
            allowed=", ".join(known),
            repair="name at least one of these",
        )
    return found


def positions(labels: Labels, known: Sequence[str], what: str) -> list[int]:
    """
    Positions of labels; the name of a group of economies, such as EU, stands for its members that are known.

    Examples
    --------
    >>> positions("USA", ("CHN", "USA"), "economy")
    [1]
    >>> positions("USMCA", ("CAN", "CHN", "USA"), "economy")
    [0, 2]
    """
    wanted = [labels] if isinstance(labels, str) else list(labels)
    if what == "economy":
        wanted = with_members(wanted, known)
    where = {label: pos for pos, label in enumerate(known)}
    if unknown := [label for label in wanted if label not in where]:
        raise InputError(
            f"unknown {what}",
            where=what,
            found=", ".join(map(str, unknown)),
            allowed=", ".join(known),
            repair=_instead(unknown, known),
        )
    return [where[label] for label in wanted]


def position(label: str, known: Sequence[str], what: str) -> int:
    """
    Position of one label; a group of several is refused.

    Examples
    --------
    >>> position("USA", ("CHN", "USA"), "economy")
    1
    """
    found = positions(label, known, what)
    if len(found) != 1:
        raise InputError(
            f"one {what} is wanted, and a group is named",
            where=what,
            found=label,
            allowed=", ".join(known),
            repair=f"ask for each of its members ({', '.join(known[k] for k in found)}), or merge them with World.aggregate",
        )
    return found[0]


def _instead(unknown: Sequence[object], known: Sequence[str]) -> str:
    """What to write for labels a world does not have: the nearest one."""
    for label in map(str, unknown):
        near = nearest(label, known)
        if near:
            return f"did you mean {near}?"
    return "use the labels of the world"


def _describe(bound: Constraint) -> str:
    """Name a bound by its labels."""
    parts = [
        labels if isinstance(labels, str) else "+".join(labels)
        for labels in (bound.sectors, bound.exporters, bound.importers)
    ]
    return f"{bound.kind} {parts[0]}: {parts[1]} -> {parts[2]}"
