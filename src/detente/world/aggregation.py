"""Merge economies or sectors of a world without breaking its identities."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import WorldError
from detente.geography.economies import with_members
from detente.world.investment import INVESTED, merge_invested
from detente.world.io.layout import LAYOUT, make_dataset, unpack_attribute
from detente.world.sectors import SERVICES, marked_services

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr
    from numpy.typing import NDArray

    Groups = Mapping[str, Sequence[str]]


def aggregate_dataset(data: xr.Dataset, economies: Groups, sectors: Groups) -> xr.Dataset:
    """
    Sum flows over groups; average duties by the flows they are paid on, elasticities by imports.

    Gives the same variables over the new labels.
    """
    new_n, to_n = _mapping(_names(data, "economy"), economies, "economies")
    new_j, to_j = _mapping(_names(data, "sector"), sectors, "sectors")
    by_dim = dict.fromkeys(("importer", "exporter", "economy"), to_n)
    by_dim |= dict.fromkeys(("sector", "input"), to_j)
    flows = data["intermediate"].to_numpy().astype(np.float64) + data["final"].to_numpy()
    arrays: dict[str, NDArray[Any]] = {
        name: _sum_over(data[name].to_numpy().astype(np.float64), [by_dim[d] for d in LAYOUT[name]])
        for name in ("intermediate", "final", "input_use", "output", "value_added_taxes", "final_taxes")
    }
    arrays["final_taxes_source"] = _least_certain(data["final_taxes_source"].to_numpy(), to_n)
    arrays |= _duties(data, flows, to_j, to_n)
    abroad = flows * ~np.eye(len(to_n), dtype=bool)
    for name in ("theta", "theta_uncapped"):
        arrays[name] = _mean_theta(data[name].to_numpy().astype(np.float64), abroad.sum(axis=(1, 2)), to_j)
    attributes = dict(data.attrs)
    if economies or sectors:
        attributes["name"] = f"{data.attrs['name']} (aggregated)".replace(
            " (aggregated)" * 2, " (aggregated)"
        )
        attributes["negative_allowed"] = unpack_attribute(data, "negative_allowed")
        attributes["estimated_cells"] = _rename_cells(
            unpack_attribute(data, "estimated_cells"),
            {
                "economy": dict(zip(_names(data, "economy"), (new_n[k] for k in to_n), strict=True)),
                "sector": dict(zip(_names(data, "sector"), (new_j[k] for k in to_j), strict=True)),
            },
        )
        attributes["tolerance"] = float(data.attrs["tolerance"]) * _largest(to_n) * _largest(to_j)
    if economies and (merged := merge_invested(data, to_n, new_n)):
        attributes[INVESTED] = merged
    if sectors:
        services = marked_services(data.attrs, _names(data, "sector"))
        taxed = {
            new_j[k] for label, k in zip(_names(data, "sector"), to_j, strict=True) if label not in services
        }
        attributes["classification"] = "custom"
        attributes[SERVICES] = json.dumps([label for label in new_j if label not in taxed])
    return make_dataset(arrays, economies=new_n, sectors=new_j, attributes=attributes)


def _names(data: xr.Dataset, dim: str) -> list[str]:
    return [str(label) for label in data[dim].to_numpy()]


def _rename_cells(cells: Mapping[str, Any], new: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Carry the marks of estimated cells over: a group with an estimated part is estimated."""
    out: dict[str, Any] = {}
    for variable, where in cells.items():
        if where == "all":
            out[variable] = where
            continue
        out[variable] = {
            dim: sorted(
                {new["sector" if dim in ("sector", "input") else "economy"][label] for label in labels}
            )
            for dim, labels in where.items()
        }
    return out


def _least_certain(source: NDArray[np.int8], to: NDArray[np.intp]) -> NDArray[np.int8]:
    """Source code of a sum: not known if a part is not known, else the least certain part's."""
    out = np.zeros(int(to.max()) + 1, np.int8)
    np.maximum.at(out, to, source)
    out[np.unique(to[source == 0])] = 0
    return out


def _mapping(labels: list[str], groups: Groups, what: str) -> tuple[list[str], NDArray[np.intp]]:
    """Give the new labels, and for each old label the index of its new one."""
    owner: dict[str, str] = {}
    for new, old in groups.items():
        named = (
            with_members(old, labels) if what == "economies" else [old] if isinstance(old, str) else list(old)
        )
        for label in named:
            _require(
                label in labels, what, f"unknown label {label!r}", get_close_matches(label, labels) or labels
            )
            _require(
                label not in owner,
                what,
                f"{label!r} is in {owner.get(label)!r} and {new!r}",
                "one group each",
            )
            owner[label] = new
        _require(bool(named), what, f"group {new!r} is empty", "at least one old label")
    for label in labels:
        if label not in owner:
            _require(
                label not in groups,
                what,
                f"{label!r} names a group and an old label outside it",
                "a new name",
            )
            owner[label] = label
    new_labels = list(dict.fromkeys(owner[label] for label in labels))
    return new_labels, np.array([new_labels.index(owner[label]) for label in labels], dtype=np.intp)


def _require(holds: bool, what: str, found: str, allowed: object) -> None:
    if not holds:
        raise WorldError(
            "cannot aggregate a world this way",
            where=f"aggregate({what}=...)",
            found=found,
            allowed=allowed,
            repair="give {new: [old, ...]} with each old label in one group at most",
        )


def _sum_over(values: NDArray[np.float64], to: list[NDArray[np.intp]]) -> NDArray[np.float64]:
    for axis, index in enumerate(to):
        size = int(index.max()) + 1
        if size == len(index):
            continue
        moved = np.moveaxis(values, axis, 0)
        summed = np.zeros((size, *moved.shape[1:]))
        np.add.at(summed, index, moved)
        values = np.moveaxis(summed, 0, axis)
    return np.ascontiguousarray(values)


def _duties(
    data: xr.Dataset, flows: NDArray[np.float64], to_j: NDArray[np.intp], to_n: NDArray[np.intp]
) -> dict[str, NDArray[Any]]:
    """Average duty by flow (plain mean where nothing flows), and the least certain source among the parts."""
    cells = np.ix_(to_j, to_n, to_n)
    shape = (int(to_j.max()) + 1, int(to_n.max()) + 1, int(to_n.max()) + 1)
    rate = data["tariff"].to_numpy().astype(np.float64)
    source = data["tariff_source"].to_numpy()
    weight, paid, count, plain = (np.zeros(shape) for _ in range(4))
    index = np.broadcast_arrays(*cells)
    positive = np.maximum(flows, 0.0)
    for total, part in (
        (weight, positive),
        (paid, positive * rate),
        (count, np.ones_like(flows)),
        (plain, rate),
    ):
        np.add.at(total, tuple(index), part)
    mean = np.where(weight > 0, paid / np.where(weight > 0, weight, 1.0), plain / np.maximum(count, 1))
    worst = np.zeros(shape, np.int8)
    np.maximum.at(worst, tuple(index), source)
    home = np.arange(shape[1])
    mean[:, home, home], worst[:, home, home] = 0.0, 0
    return {"tariff": mean, "tariff_source": worst}


def _mean_theta(
    theta: NDArray[np.float64], imports: NDArray[np.float64], to_j: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Mean elasticity of the merged sectors, weighted by what they sell across borders."""
    weight = np.maximum(imports, 1e-12 * max(float(imports.max()), 1.0))
    out: NDArray[np.float64] = np.bincount(to_j, weight * theta) / np.bincount(to_j, weight)
    return out


def _largest(index: NDArray[np.intp]) -> int:
    return int(np.bincount(index).max())
