"""What must hold in a world, each fact in one small function that lists the offenders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detente.errors import WorldError
from detente.formatting import number
from detente.world.io.layout import LAYOUT, TARIFF_SOURCES, check_names, check_shape, unpack_attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import xarray as xr
    from numpy.typing import NDArray

# Relative slack of the balances: single precision holds seven digits, sums of some thousand cells six.
RELATIVE: Final = 2e-6
# What counts as nothing in an all but empty node, relative to the largest output of the world.
EMPTY: Final = 1e-10
# Rates above this are refused as a fraction/percent mix-up; the highest lawful average known is below it.
HIGHEST_TARIFF: Final = 10.0
_SHOWN: Final = 8
_NEVER_NEGATIVE: Final = (
    *("intermediate", "input_use", "output", "tariff", "tariff_source", "final_taxes_source"),
)
_MAY_BE_NEGATIVE: Final = ("final", "value_added_taxes")


def check_world(data: xr.Dataset) -> None:
    """Raise if the data set breaks an identity of a world."""
    check_names([str(name) for name in data.data_vars])
    sizes = {str(name): size for name, size in data.sizes.items()}
    for name in map(str, data.data_vars):
        dims = LAYOUT[name]
        if data[name].dims != dims:
            raise WorldError(
                "wrong dimensions of a variable of a world",
                where=name,
                found=data[name].dims,
                allowed=dims,
                repair="transpose the variable, or rename its dimensions",
            )
        check_shape(name, data[name].shape, sizes)
    _run(data, _CHECKS)


def check_values(data: xr.Dataset) -> None:
    """Raise if labels do not agree or a value has no meaning; balances are left to `check_world`."""
    _run(data, (_labels, _finite, _negative, _tariffs, _elasticities))


def _run(data: xr.Dataset, checks: Sequence[Callable[[xr.Dataset], Iterator[str]]]) -> None:
    """Raise with the offenders of the first check that has any."""
    for check in checks:
        problems = list(check(data))
        if problems:
            what, repair = _WORDS[check.__name__]
            more = f" and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
            raise WorldError(
                what,
                where=f"world {data.attrs.get('name', '')}".strip(),
                found="; ".join(problems[:_SHOWN]) + more,
                allowed="a world that keeps its identities (docs/world.md)",
                repair=repair,
            )


def _labels(data: xr.Dataset) -> Iterator[str]:
    economies = [str(x) for x in data["economy"].to_numpy()]
    sectors = [str(x) for x in data["sector"].to_numpy()]
    for dim, expected in (("importer", economies), ("exporter", economies), ("input", sectors)):
        found = [str(x) for x in data[dim].to_numpy()]
        if found != expected:
            yield f"{dim} labels differ from {'economy' if dim != 'input' else 'sector'} labels"
    for dim, labels in (("economy", economies), ("sector", sectors)):
        yield from (f"{dim} {x!r} twice" for x in sorted({x for x in labels if labels.count(x) > 1}))
        yield from (f"empty {dim} label" for x in labels if not x.strip())


def _finite(data: xr.Dataset) -> Iterator[str]:
    for name in LAYOUT:
        values = data[name].to_numpy()
        if not np.isfinite(values).all():
            yield from _name_cells(data, name, ~np.isfinite(values))


def _negative(data: xr.Dataset) -> Iterator[str]:
    allowed = unpack_attribute(data, "negative_allowed")
    for name in _NEVER_NEGATIVE:
        yield from _name_cells(data, name, data[name].to_numpy() < 0)
    for name in _MAY_BE_NEGATIVE:
        if name not in allowed:
            yield from _name_cells(data, name, data[name].to_numpy() < 0)


def _tariffs(data: xr.Dataset) -> Iterator[str]:
    rate = data["tariff"].to_numpy()
    yield from _name_cells(data, "tariff", rate > HIGHEST_TARIFF)
    home = np.eye(data.sizes["economy"], dtype=bool)
    yield from _name_cells(data, "tariff", (rate != 0) & home)
    for name in ("tariff_source", "final_taxes_source"):
        yield from _name_cells(data, name, data[name].to_numpy() >= len(TARIFF_SOURCES))


def _elasticities(data: xr.Dataset) -> Iterator[str]:
    for name in ("theta", "theta_uncapped"):
        yield from _name_cells(data, name, data[name].to_numpy() <= 0)


def _rows(data: xr.Dataset) -> Iterator[str]:
    sales = _sum64(data["intermediate"], 1) + _sum64(data["final"], 1)
    yield from _gaps(data, sales, data["output"].to_numpy(), "sales")


def _columns(data: xr.Dataset) -> Iterator[str]:
    cost = _sum64(data["input_use"], 0) + data["value_added_taxes"].to_numpy().astype(np.float64)
    yield from _gaps(data, cost, data["output"].to_numpy(), "inputs and value added")


def _products(data: xr.Dataset) -> Iterator[str]:
    bought, used = _sum64(data["intermediate"], 2), _sum64(data["input_use"], 1)
    yield from _gaps(data, used, bought, "input use against intermediate purchases")


def _spending(data: xr.Dataset) -> Iterator[str]:
    """Compare final spending with value added plus the trade deficit, which sums to zero over the world."""
    final = _sum64(data["final"], (0, 2))
    value_added = _sum64(data["value_added_taxes"], 0)
    flows = data["intermediate"].to_numpy().astype(np.float64) + data["final"].to_numpy()
    deficit = flows.sum(axis=(0, 2)) - flows.sum(axis=(0, 1))
    slack = RELATIVE * data["output"].to_numpy().sum() + _tolerance(data) * data.sizes["sector"]
    for n, gap in enumerate(final - value_added - deficit):
        if abs(gap) > slack:
            yield f"{data['economy'].to_numpy()[n]}: spending differs from income by {number(gap)} USD mn"
    empty = final <= 0
    yield from (f"{data['economy'].to_numpy()[n]}: no final demand" for n in np.nonzero(empty)[0])


def _sum64(array: xr.DataArray, axis: int | tuple[int, ...]) -> NDArray[np.float64]:
    out: NDArray[np.float64] = array.to_numpy().sum(axis=axis, dtype=np.float64)
    return out


def _tolerance(data: xr.Dataset) -> float:
    return float(data.attrs.get("tolerance", 0.0))


def _gaps(
    data: xr.Dataset, found: NDArray[np.float64], expected: NDArray[np.float64], what: str
) -> Iterator[str]:
    gap = found - expected
    scale = np.maximum(np.abs(expected), np.abs(found))
    slack = RELATIVE * scale + EMPTY * data["output"].to_numpy().max() + _tolerance(data)
    for j, n in np.argwhere(np.abs(gap) > slack):
        label = f"{data['sector'].to_numpy()[j]} {data['economy'].to_numpy()[n]}"
        yield f"{label}: {what} {number(found[j, n])}, should be {number(expected[j, n])}"


def _name_cells(data: xr.Dataset, name: str, mask: NDArray[np.bool_]) -> Iterator[str]:
    if not mask.any():
        return
    values, dims = data[name].to_numpy(), LAYOUT[name]
    for cell in np.argwhere(mask):
        labels = ", ".join(f"{dim} {data[dim].to_numpy()[k]}" for dim, k in zip(dims, cell, strict=True))
        yield f"{name}[{labels}] = {number(values[tuple(cell)])}"


_CHECKS: Final[tuple[Callable[[xr.Dataset], Iterator[str]], ...]] = (
    _labels,
    _finite,
    _negative,
    _tariffs,
    _elasticities,
    _rows,
    _columns,
    _products,
    _spending,
)
_WORDS: Final = {
    "_labels": ("labels of a world do not agree", "give every economy and sector one label, in one order"),
    "_finite": (
        "a world has cells that are not numbers",
        "fill them on purpose: zero is written",
    ),
    "_negative": (
        "a world has negative cells without a reason",
        "correct them, or give the reason in `negative_allowed` (final, value_added_taxes only)",
    ),
    "_tariffs": (
        "a world has baseline tariffs that cannot be",
        "rates are fractions (0.25 is 25 %), zero at home, with a source code from 0 to 3",
    ),
    "_elasticities": ("a world has elasticities that are not positive", "give theta > 0 for every sector"),
    "_rows": (
        "sales do not add up to output",
        "make intermediate + final over importers equal output, or state `tolerance`",
    ),
    "_columns": (
        "costs do not add up to output",
        "make input_use over products + value_added_taxes equal output, or state `tolerance`",
    ),
    "_products": (
        "inputs used are not the inputs bought",
        "rescale input_use by product and economy to intermediate summed over exporters",
    ),
    "_spending": (
        "spending does not equal income plus the trade deficit",
        "balance rows and columns; then this follows",
    ),
}
