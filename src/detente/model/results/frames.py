"""An equilibrium as tidy tables and as labelled arrays: everything it knows, with units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np

from detente.io.words import one_of

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

    from detente.model.equilibrium import Equilibrium

Rows = Literal["economies", "sectors", "flows"]
"""What the rows of a table are: one an economy, one a sector of an economy, one a flow."""
_CELLS: Final = ("sector", "importer", "exporter")


def sector_arrays(eq: Equilibrium) -> dict[str, NDArray[np.float64]]:
    """Results by sector and economy, (J, N) each: changes and shares in percent, output in USD million."""
    old, new = eq.old, eq.new
    output = old.producers.sum(axis=1), new.producers.sum(axis=1)
    home = [np.einsum("jnn->jn", flows.customs) for flows in (old, new)]
    imports = [flows.customs.sum(axis=2) - own for flows, own in zip((old, new), home, strict=True)]
    exports = [flows.customs.sum(axis=1) - own for flows, own in zip((old, new), home, strict=True)]
    return {
        "output_pct": _change(*output),
        "output_volume_pct": _change(output[0], output[1] / eq.cost_hat),
        "producer_price_pct": 100 * (eq.cost_hat - 1),
        "user_price_pct": 100 * (eq.price_hat - 1),
        "imports_pct": _change(*imports),
        "exports_pct": _change(*exports),
        "domestic_share_pct": 100 * np.einsum("jnn->jn", eq.base.pi),
        "domestic_share_new_pct": 100 * np.einsum("jnn->jn", eq.pi),
        "output_usd_mn": output[0],
        "output_new_usd_mn": output[1],
        "estimated_share_pct": np.full(output[0].shape, np.nan)
        if eq.base.estimated is None
        else 100 * eq.base.estimated,
    }


def _change(old: NDArray[np.float64], new: NDArray[np.float64]) -> NDArray[np.float64]:
    """Percent change, 0 where there was nothing."""
    out: NDArray[np.float64] = 100 * (np.where(old > 0, new / np.where(old > 0, old, 1.0), 1.0) - 1)
    return out


def flow_arrays(eq: Equilibrium) -> dict[str, NDArray[np.float64]]:
    """
    Results by flow, (J, N, N) each: money in USD million, tariffs and export taxes as fractions.

    Rents of limits that go to the importer, and subsidies of targets, are in what is paid and in no tariff.
    """
    wedges, shape = eq.wedges(), eq.base.pi.shape
    found = {
        "paid_usd_mn": eq.old.paid,
        "paid_new_usd_mn": eq.new.paid,
        "customs_usd_mn": eq.old.customs,
        "customs_new_usd_mn": eq.new.customs,
        "producers_usd_mn": eq.old.producers,
        "producers_new_usd_mn": eq.new.producers,
        "tariff": wedges.importer_0 - 1,
        "tariff_new": wedges.importer - 1,
        "export_tax": wedges.exporter_0 - 1,
        "export_tax_new": wedges.exporter - 1,
    }
    return {name: np.broadcast_to(values, shape) for name, values in found.items()}


def to_frame(eq: Equilibrium, of: Rows = "economies") -> pd.DataFrame:
    """
    Give everything as one tidy table.

    Parameters
    ----------
    eq
        The equilibrium.
    of
        "economies": the columns of `by_economy`. "sectors": those of `by_sector`, for every economy. "flows": what is
        paid, its customs value and producers' revenue, baseline and new, USD million, with tariffs and export taxes as
        fractions; cells that are empty before and after are left out.

    Returns
    -------
    pandas.DataFrame
        Labels in columns of their own: economy; economy and sector; sector, importer and exporter.

    Raises
    ------
    InputError
        Other rows.

    Examples
    --------
    >>> from detente.model import Shock, raise_tariff, solve
    >>> from detente.world import load_world
    >>> base = load_world("wiod2011").baseline()
    >>> eq = solve(base, Shock(tariff=raise_tariff(base, 0.1, importer="USA")))
    >>> len(to_frame(eq)), len(to_frame(eq, "sectors"))
    (41, 1435)
    """
    import pandas as pd  # noqa: PLC0415

    one_of(of, get_args(Rows), what="no such table", where="to_frame(of=...)")
    if of == "economies":
        return eq.by_economy().reset_index()
    if of == "sectors":
        arrays = sector_arrays(eq)
        labels = pd.MultiIndex.from_product([eq.base.economies, eq.base.sectors], names=("economy", "sector"))
        columns = {name: values.T.ravel() for name, values in arrays.items()}
        return pd.DataFrame(columns, index=labels).reset_index()
    found = flow_arrays(eq)
    kept = np.flatnonzero((found["paid_usd_mn"] > 0) | (found["paid_new_usd_mn"] > 0))
    places = np.unravel_index(kept, eq.base.pi.shape)
    names = (eq.base.sectors, eq.base.economies, eq.base.economies)
    codes = {
        label: pd.Categorical.from_codes(place, pd.Index(known))
        for label, place, known in zip(_CELLS, places, names, strict=True)
    }
    return pd.DataFrame(codes | {name: values.ravel()[kept] for name, values in found.items()})


def to_xarray(eq: Equilibrium) -> xr.Dataset:
    """
    Give everything as labelled arrays.

    Returns
    -------
    xarray.Dataset
        Variables by economy, by sector and economy, and by sector, importer and exporter, each with its unit; status,
        residual and options of the solve as attributes.

    Examples
    --------
    >>> from detente.model import solve
    >>> from detente.world import load_world
    >>> data = to_xarray(solve(load_world("wiod2011")))
    >>> data["tariff_new"].sel(importer="USA", exporter="CHN").sizes["sector"]
    35
    """
    import xarray as xr  # noqa: PLC0415

    base, terms = eq.base, eq.terms
    by_economy = {name: ("economy", column.to_numpy()) for name, column in eq.by_economy().items()}
    by_sector = {name: (("sector", "economy"), values) for name, values in sector_arrays(eq).items()}
    by_flow = {name: (_CELLS, values) for name, values in flow_arrays(eq).items()}
    variables: dict[Any, Any] = by_economy | by_sector | by_flow
    coordinates = {"economy": list(base.economies), "sector": list(base.sectors)}
    coordinates |= {side: list(base.economies) for side in _CELLS[1:]}
    data = xr.Dataset(variables, coords=coordinates)
    for name, array in data.data_vars.items():
        array.attrs["units"] = _unit(str(name))
    return data.assign_attrs(
        status=eq.status,
        residual=eq.residual,
        closure=terms.closure,
        factors=terms.factors,
        horizon=str(terms.horizon),
        labour=terms.labour.supply,
    )


def _unit(name: str) -> str:
    """Unit of a variable from its name."""
    return "USD million" if name.endswith("_usd_mn") else "percent" if name.endswith("_pct") else "fraction"
