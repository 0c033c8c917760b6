"""The world: a labelled, checked, immutable data set of flows, duties and elasticities."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.display import as_html
from detente.errors import WorldError
from detente.geography.economies import with_members
from detente.world.aggregation import aggregate_dataset
from detente.world.baseline import Baseline, make_baseline
from detente.world.gdp import mark_estimated, measure_gdp
from detente.world.identities import check_values, check_world
from detente.world.investment import INVESTED, invested_text
from detente.world.io.layout import LAYOUT, complete, unpack_attribute
from detente.world.io.store import read_world, write_world
from detente.world.law_day import find_law_day
from detente.world.sectors import read_sectors
from detente.world.summary import describe

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    import xarray as xr


@dataclass(frozen=True, eq=False)
class World:
    """
    The world economy at its base year.

    Parameters
    ----------
    data
        Data set with the variables of `detente.world.io.layout.LAYOUT` (docs/world.md).

    Notes
    -----
    Index order of flows: [sector, importer, exporter]. Money: USD million at basic prices. A world is not
    changed in place; `aggregate` and `with_variables` return new ones.

    Examples
    --------
    >>> from detente.world import load_world
    >>> world = load_world("wiod2011")
    >>> world.aggregate(economies={"NAFTA": ["CAN", "MEX", "USA"]}).economies.index("NAFTA")
    5
    """

    _repr_html_ = as_html

    data: xr.Dataset

    def __post_init__(self) -> None:
        """Fill what may be left out, and refuse what cannot be a world."""
        object.__setattr__(self, "data", complete(self.data))

    @property
    def name(self) -> str:
        """Name of the world."""
        return str(self.data.attrs["name"])

    @property
    def variant(self) -> str:
        """Name of the alternative estimate in it, or an empty text."""
        return str(self.data.attrs["variant"])

    @property
    def year(self) -> int:
        """Base year of the flows."""
        return int(self.data.attrs["year"])

    @property
    def law_day(self) -> dt.date:
        """
        Day whose law the baseline tariffs are of.

        Returns
        -------
        datetime.date
            What the world states in its attribute `law_day`; without one, that of the built-in world it was made
            from, or the end of its base year.

        Examples
        --------
        >>> from detente.world import load_world
        >>> load_world("wiod2011").law_day.isoformat()
        '2024-12-31'
        """
        return find_law_day(self.data)

    @property
    def classification(self) -> str:
        """Name of the industry list: "icio49", "wiod35" or "custom"."""
        return str(self.data.attrs["classification"])

    @cached_property
    def economies(self) -> tuple[str, ...]:
        """Economies: ISO 3166 alpha-3, "ROW", or names of groups."""
        return tuple(str(x) for x in self.data["economy"].to_numpy())

    @cached_property
    def sectors(self) -> tuple[str, ...]:
        """Industry codes."""
        return tuple(str(x) for x in self.data["sector"].to_numpy())

    @property
    def estimated(self) -> tuple[str, ...]:
        """What in this world is estimated and not observed, one sentence each."""
        return tuple(unpack_attribute(self.data, "estimated"))

    @property
    def sources(self) -> tuple[str, ...]:
        """Citations and attributions that must travel with results."""
        return tuple(unpack_attribute(self.data, "sources"))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the content: labels, attributes and every value."""
        digest = hashlib.sha256()
        attributes = (f"{key}={value}" for key, value in sorted(self.data.attrs.items()))
        for text in (*self.economies, *self.sectors, *attributes):
            digest.update(text.encode() + b"\0")
        for name in LAYOUT:
            values = self.data[name].to_numpy()
            little = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
            digest.update(f"{name}{little.dtype.str}{little.shape}".encode())
            digest.update(little.data)
        return digest.hexdigest()

    def check(self) -> None:
        """
        Check labels, values and identities.

        Raises
        ------
        WorldError
            Lists what is wrong and how to repair it.
        """
        check_world(self.data)

    def baseline(self) -> Baseline:
        """
        Give the exact equilibrium at baseline tariffs, in double precision. Computed once.

        Returns
        -------
        Baseline
            Arrays for the model.

        Raises
        ------
        WorldError
            The world's labels or values do not pass `check`.
        """
        return self._baseline

    @cached_property
    def _baseline(self) -> Baseline:
        check_values(self.data)
        return make_baseline(self.data)

    def aggregate(
        self,
        economies: Mapping[str, Sequence[str]] | None = None,
        sectors: Mapping[str, Sequence[str]] | None = None,
    ) -> World:
        """
        Merge economies or sectors.

        Parameters
        ----------
        economies, sectors
            New label to old labels; labels in no group stay. Among old economies the name of a group, such as EU, stands
            for those of its members that the world has.

        Returns
        -------
        World
            Flows summed, duties averaged by flow, elasticities by imports. Trade inside a new group pays
            no duty. The same identities hold.

        Raises
        ------
        WorldError
            Unknown label, a label in two groups, an empty group.
        """
        return World(aggregate_dataset(self.data, economies or {}, sectors or {}))

    def with_variables(self, **arrays: object) -> World:
        """
        Give a world with some variables replaced, e.g. `tariff=0 * world.data["tariff"]`.

        Parameters
        ----------
        **arrays
            Variable name of the layout to an array of its shape.

        Returns
        -------
        World
            Not checked: call `check`.
        """
        unknown = [name for name in arrays if name not in LAYOUT]
        if unknown:
            raise WorldError(
                "unknown variable of a world",
                where="variables",
                found=unknown,
                allowed=", ".join(LAYOUT),
                repair="see docs/world.md",
            )
        changed = {}
        for name, values in arrays.items():
            plain = np.array(values)
            plain.flags.writeable = False
            changed[name] = (LAYOUT[name], plain, self.data[name].attrs)
        return World(self.data.assign(changed))

    def with_invested(self, shares: Mapping[str, float]) -> World:
        """
        Give a world with what it invests, which the closure "saving" of a solve asks for.

        Parameters
        ----------
        shares
            Economy to the share of its final spending that is investment: 0 or more, below 1.

        Returns
        -------
        World
            The same but for its attribute `invested`.

        Raises
        ------
        WorldError
            Shares of other economies, or what is no share.

        Examples
        --------
        >>> from detente.world import load_world
        >>> world = load_world("wiod2011").aggregate(economies={"EUR": "EU"})
        >>> own = world.with_invested(dict.fromkeys(world.economies, 0.25))
        >>> own.baseline().invested.max()
        np.float64(0.25)
        """
        return World(self.data.assign_attrs({INVESTED: invested_text(shares, self.economies)}))

    def goods_flow(self, exporter: str, importer: str) -> float:
        """
        Sales of goods from one economy to another: inputs and final, basic prices.

        Parameters
        ----------
        exporter, importer
            Labels of this world, or groups such as EU, whose members are added up.

        Returns
        -------
        float
            USD billion, over the industries marked as goods in the industry list.

        Raises
        ------
        WorldError
            Unknown economy, or an industry list without goods marks.
        """
        goods = [row.code for row in read_sectors(self.classification) if row.goods]
        pair = self.data[["intermediate", "final"]].sel(
            sector=goods, importer=self._some(importer, "importer"), exporter=self._some(exporter, "exporter")
        )
        return float(pair["intermediate"].sum() + pair["final"].sum()) / 1e3

    @cached_property
    def gdp(self) -> xr.DataArray:
        """
        GDP by economy, USD million: value added and taxes less subsidies on inputs and final demand.

        Returns
        -------
        xarray.DataArray
            Dimension `economy`, with a coordinate `basis`: "observed", "derived" or "assumed", or "without
            taxes on final demand" where those are not known.

        Examples
        --------
        >>> from detente.world import load_world
        >>> gdp = load_world("icio2022").gdp
        >>> round(float(gdp.sel(economy="CHN")) / 1e6, 2), str(gdp.sel(economy="CHN")["basis"].item())
        (17.95, 'observed')
        """
        return measure_gdp(self.data)

    def gdp_share(self, members: str | Sequence[str]) -> float:
        """
        Part of the world's GDP that some economies make.

        Parameters
        ----------
        members
            Labels of this world, or names of groups such as EU, whose members here are taken.

        Returns
        -------
        float
            Fraction of the sum of `gdp`.

        Raises
        ------
        WorldError
            Unknown economy.

        Examples
        --------
        >>> from detente.world import load_world
        >>> world = load_world("icio2022")
        >>> round(world.gdp_share(["USA", "CHN"]), 2)
        0.43
        """
        chosen = self.gdp.sel(economy=self._some(members, "economy"))
        return float(chosen.sum()) / float(self.gdp.sum())

    def estimated_cells(self, variable: str) -> xr.DataArray:
        """
        Tell which cells of a variable are estimated and not observed.

        Parameters
        ----------
        variable
            Name of a variable of the layout.

        Returns
        -------
        xarray.DataArray
            Booleans over the dimensions of the variable.

        Raises
        ------
        WorldError
            Unknown variable.

        Examples
        --------
        >>> from detente.world import load_world
        >>> marks = load_world("icio2022").estimated_cells("intermediate")
        >>> bool(marks.sel(importer="USA", exporter="CHN").any()), bool(marks.sel(importer="ROW").all())
        (False, True)
        """
        return mark_estimated(self.data, variable)

    def _some(self, labels: str | Sequence[str], role: str) -> list[str]:
        """Economies of this world that labels or groups name."""
        found = with_members(labels, self.economies)
        for label in found:
            if label not in self.economies:
                raise WorldError(
                    f"unknown {role}",
                    where=role,
                    found=label,
                    allowed=", ".join(self.economies),
                    repair="use one of these labels",
                )
        return found

    def summary(self) -> str:
        """Describe the world in a few lines."""
        return describe(self.data, self.baseline(), self.hash)

    @property
    def _shown(self) -> dict[str, Any]:
        """What a notebook shows of it."""
        return {
            "name": self.name, "year": self.year, "economies": self.economies, "sectors": self.sectors, "hash": self.hash,
        }  # fmt: skip

    def __repr__(self) -> str:
        """Name, size and hash."""
        return f"World({self.name!r}, {len(self.economies)} x {len(self.sectors)}, {self.year})"

    def to_file(self, path: Path | str) -> Path:
        """
        Write NetCDF (`.nc`) or Parquet (`.parquet`).

        Parameters
        ----------
        path
            File to write; the ending decides the format.

        Returns
        -------
        pathlib.Path
            The file written.
        """
        return write_world(self.data, path)

    @classmethod
    def from_file(cls, path: Path | str) -> World:
        """
        Read and check a world written by `to_file` or by hand after docs/world.md.

        Parameters
        ----------
        path
            NetCDF 3 or Parquet file.

        Returns
        -------
        World
            Checked.

        Raises
        ------
        WorldError
            The file is missing, too large, of another kind, or breaks an identity. Nothing is written.
        """
        world = cls(read_world(path))
        world.check()
        return world

    @classmethod
    def from_frames(
        cls,
        flows: pd.DataFrame,
        use: pd.DataFrame,
        value_added: pd.DataFrame | None = None,
        *,
        tariffs: pd.DataFrame | None = None,
        elasticities: pd.DataFrame | Mapping[str, float] | float,
        name: str,
        year: int,
        services: Sequence[str] = (),
        invested: Mapping[str, float] | None = None,
    ) -> World:
        """
        Make a world from tidy tables, a row per cell; cells without a row are zero.

        Parameters
        ----------
        flows
            Columns sector, exporter, importer, intermediate, final: sales at basic prices, USD million, home included.
        use
            Columns input, sector, economy, value: product `input` used by `sector` of `economy`, USD million.
        value_added
            Columns sector, economy, value; output less inputs where it is left out.
        tariffs
            Columns sector, importer, exporter, tariff: fractions of the customs value; zero by default.
        elasticities
            Columns sector, theta; or sector to theta; or one number for all. Positive.
        name, year
            What the world is called, and the year of its flows.
        services
            Sectors that are services; the others are goods, on which tariffs fall.
        invested
            Economy to the share of its final spending that is investment, which the closure "saving" asks for.

        Returns
        -------
        World
            Checked. Labels stand in the order in which the flows have them.

        Raises
        ------
        WorldError
            Missing columns, unknown labels, cells given twice, negative or missing values, identities that do not hold:
            with table, row and the largest offenders.

        Examples
        --------
        >>> import pandas as pd
        >>> rows = [("goods", i, n, 20.0 if i == n else 5.0, 30.0 if i == n else 5.0) for i in "AB" for n in "AB"]
        >>> flows = pd.DataFrame(rows, columns=["sector", "exporter", "importer", "intermediate", "final"])
        >>> use = pd.DataFrame([("goods", "goods", n, 25.0) for n in "AB"], columns=["input", "sector", "economy", "value"])
        >>> world = World.from_frames(flows, use, elasticities=4.0, name="two", year=2022)
        >>> world.economies, float(world.gdp.sum())
        (('A', 'B'), 70.0)
        """
        from detente.world.io.frames import world_dataset  # noqa: PLC0415

        tables = (flows, use, value_added, tariffs, elasticities)
        world = cls(world_dataset(*tables, name=name, year=year, services=services, invested=invested))
        world.check()
        return world
