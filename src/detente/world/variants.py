"""Alternative estimates of final demand: the band around a result that rests on estimated flows."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.errors import WorldError
from detente.formatting import number, small
from detente.manifest import DATA, require_whole
from detente.world.elasticities import read_rows
from detente.world.io.netcdf import NetcdfFile
from detente.world.sectors import read_sectors
from detente.world.world import World

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Least share of a row that stays at home when sales abroad are raised.
_HOME_FLOOR: Final = 0.1
_PASSES: Final = 2000
_TOLERANCE: Final = 1e-9
# The third total may be off by this much more: it is a scenario, not an identity.
_LOOSER: Final = 1e-3


def variant_names(world: str) -> tuple[str, ...]:
    """
    Names of the alternative estimates of a built-in world. Gives empty for a world whose flows are observed.

    Examples
    --------
    >>> variant_names("wiod2011")
    ()
    """
    folder = require_whole(DATA / "worlds" / "variants")
    stored = [
        item.name.removeprefix(f"{world}.").removesuffix(".nc")
        for item in (folder.iterdir() if folder.is_dir() else ())
        if item.name.startswith(f"{world}.")
    ]
    return tuple(sorted([*stored, *_tilts(world)]))


@cache
def _tilts(world: str) -> dict[str, tuple[str, float]]:
    """
    By variant: the exporter whose final sales of goods abroad are scaled, and the factor.

    The band of 15 % is the spread of the estimates of China's sales to the United States that the steps of docs/world.md
    reached.
    """
    rows = (row for row in read_rows("tilts.csv") if row["world"] == world)
    return {row["variant"]: (row["exporter"], float(row["factor"])) for row in rows}


def apply_variant(world: World, variant: str) -> World:
    """
    Give the world with another estimate of its final demand.

    Gives the same but for `final`; its name of variant and its list of estimates say so.
    """
    allowed = variant_names(world.name)
    if variant not in allowed:
        raise WorldError(
            "unknown variant of a world",
            where=f"load_world({world.name!r}, variant=...)",
            found=variant,
            allowed=", ".join(allowed) or "none: its flows are observed",
            repair="leave `variant` out for the main estimate",
        )
    if variant in _tilts(world.name):
        exporter, factor = _tilts(world.name)[variant]
        final = tilt_final(world, exporter, factor)
        sentence = f"Variant: {exporter}'s final sales of goods abroad times {number(factor)}, rebalanced."
    else:
        stored = NetcdfFile(DATA / "worlds" / "variants" / f"{world.name}.{variant}.nc")
        final = stored.values("final").astype(np.float64)
        sentence = str(stored.attributes["estimated"])
    changed = world.with_variables(final=final.astype(world.data["final"].dtype))
    texts = json.dumps([*world.estimated, sentence], ensure_ascii=False)
    return World(changed.data.assign_attrs(variant=variant, estimated=texts))


def tilt_final(world: World, exporter: str, factor: float) -> NDArray[np.float64]:
    """
    Scale one exporter's final sales of goods abroad, with output, final demand and balances kept.

    Gives USD million, (sector, importer, exporter), with the row and column totals of the world.
    """
    final = np.maximum(world.data["final"].to_numpy().astype(np.float64), 0.0)
    rows, columns = final.sum(axis=1), final.sum(axis=(0, 2))
    i = world.economies.index(exporter)
    tilted = np.zeros(final.shape, dtype=bool)
    for j, sector in enumerate(read_sectors(world.classification)):
        if sector.goods and rows[j, i] > 0:
            tilted[j, :, i] = True
            abroad = rows[j, i] - final[j, i, i]
            most = (1 - _HOME_FLOOR) * rows[j, i]
            raised = min(factor * abroad, max(most, abroad))
            final[j, :, i] *= raised / abroad if abroad > 0 else 1.0
            final[j, i, i] = rows[j, i] - raised
    tilted[:, i, i] = False
    return balance(final, rows, columns, kept=tilted)


def balance(
    final: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    kept: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Scale rows and columns in turn until both totals hold (RAS; Stone 1961, Bacharach 1970)."""
    out = final.copy()
    part = float(final[kept].sum()) if kept is not None else 0.0
    kept = kept if part > 0 else None
    for _ in range(_PASSES):
        if kept is not None:
            out[kept] *= part / out[kept].sum()
        by_column = out.sum(axis=(0, 2))
        out *= np.divide(columns, by_column, out=np.ones_like(columns), where=by_column > 0)[None, :, None]
        by_row = out.sum(axis=1)
        out *= np.divide(rows, by_row, out=np.ones_like(rows), where=by_row > 0)[:, None, :]
        gap = np.abs(out.sum(axis=(0, 2)) - columns).max() / columns.max()
        if kept is not None:
            gap = max(gap, abs(out[kept].sum() / part - 1) * _LOOSER)
        if gap <= _TOLERANCE:
            return out
    raise WorldError(
        "final demand cannot be balanced",
        where="final",
        found=f"gap {small(np.abs(out.sum(axis=(0, 2)) - columns).max())} USD mn after {_PASSES} passes",
        allowed="rows and columns with cells to scale",
        repair="look for rows or columns that are empty",
    )
