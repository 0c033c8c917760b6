"""From a published inter-country table (nodes by nodes) to a world."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import WorldError
from detente.formatting import count
from detente.world.elasticities import read_elasticities, read_rows
from detente.world.io.layout import make_dataset
from detente.world.io.store import LARGEST_FILE
from detente.world.sectors import read_sectors
from detente.world.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_CLASSIFICATIONS: Final = ("icio49", "wiod35")
_INVENTORIES: Final = "inventories run down, as published; set to zero in the baseline and listed there"
# A gap between sales and output, relative to the largest output, that is in the last digits, and that can still
# be the rounding of a source to whole millions (WIOD: 3e-5).
_LAST_DIGITS: Final = 1e-6
_ROUNDING: Final = 1e-4
_HOUSEHOLDS, _SERVICES = "T", "S"


@dataclass(frozen=True)
class MultiRegionTable:
    """
    A published table.

    economies, sectors: Labels.
    use: (exporter, product, importer, using sector), USD million.
    final: (exporter, product, importer), categories summed.
    output: (economy, sector).
    final_taxes: (economy,), or None where the table does not give them.
    """

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    use: Array
    final: Array
    output: Array
    final_taxes: Array | None = None


def make_world(
    table: MultiRegionTable,
    *,
    name: str,
    year: int,
    theta: Mapping[str, float] | float | None,
    like: World | None,
) -> World:
    """
    Put a world together from a published table; not checked.

    Gives value added and taxes are output less inputs; the largest gap between sales and output is the tolerance, if it
    can be rounding.
    """
    table = _fold_households(table)
    classification = _classification(table.sectors)
    inputs = table.use.sum(axis=3)
    gap = np.abs(table.output - inputs.sum(axis=2) - table.final.sum(axis=2)).max()
    given, published = _elasticities(table, classification, theta)
    arrays: dict[str, Any] = {
        "intermediate": inputs.transpose(1, 2, 0).astype(np.float32),
        "final": table.final.transpose(1, 2, 0).astype(np.float32),
        "input_use": table.use.sum(axis=0).transpose(0, 2, 1).astype(np.float32),
        "output": table.output.T,
        "value_added_taxes": (table.output - table.use.sum(axis=(0, 1))).T,
        "theta": given,
        "theta_uncapped": published,
    }
    if table.final_taxes is not None:
        arrays["final_taxes"] = table.final_taxes
        arrays["final_taxes_source"] = np.ones(len(table.economies), np.int8)
    estimated = ["Baseline tariffs are zero: the table has none."]
    if like is not None:
        arrays["tariff"], arrays["tariff_source"] = _borrow_duties(table, like)
        estimated = [f"Baseline tariffs are those of {like.name} ({like.year})."]
    attributes = {
        "name": name,
        "year": year,
        "classification": classification,
        "estimated": estimated,
        "sources": [f"Read from {name}"],
        "tolerance": _tolerance(float(gap), float(table.output.max())),
        "negative_allowed": {"final": _INVENTORIES, "value_added_taxes": "as published"},
    }
    return World(
        make_dataset(arrays, economies=table.economies, sectors=table.sectors, attributes=attributes)
    )


def _tolerance(gap: float, largest: float) -> float:
    """Rounding of the source, USD million: none if the gap is in the last digits, or too large to be rounding."""
    return float(math.ceil(gap)) if _LAST_DIGITS * largest < gap <= _ROUNDING * largest else 0.0


def refuse(what: str, path: Path, found: object, allowed: str, repair: str) -> WorldError:
    """Make the error of a table that cannot be read."""
    return WorldError(what, where=str(path), found=found, allowed=allowed, repair=repair)


def check_file(path: Path | str) -> Path:
    """Refuse a file that is missing or too large to be a table."""
    path = Path(path)
    if not path.is_file():
        raise refuse("no such table", path, "nothing", "a file", "check the path")
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise refuse(
            "table too large",
            path,
            f"{count(size)} bytes",
            f"up to {count(LARGEST_FILE)} bytes",
            "use the small edition of the table, one year per file",
        )
    return path


def check_numbers(values: Array, path: Path, rows: Sequence[str], columns: Sequence[str]) -> Array:
    """Refuse cells that are not numbers, by name."""
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        named = [f"{rows[i]} / {columns[j]}" for i, j in bad[:6]]
        more = f" and {len(bad) - 6} more" if len(bad) > len(named) else ""
        raise refuse(
            "a table has cells that are not numbers",
            path,
            "; ".join(named) + more,
            "numbers",
            "fill them on purpose: zero is written",
        )
    return values


def _fold_households(table: MultiRegionTable) -> MultiRegionTable:
    """Add T to S where the rest of the list is that of the package, which has no T."""
    known = {s.code for s in read_sectors("icio49")}
    if set(table.sectors) != known | {_HOUSEHOLDS}:
        return table
    t, s = table.sectors.index(_HOUSEHOLDS), table.sectors.index(_SERVICES)

    def fold(values: Array, axis: int) -> Array:
        moved = np.moveaxis(values.copy(), axis, 0)
        moved[s] += moved[t]
        return np.moveaxis(np.delete(moved, t, axis=0), 0, axis)

    return MultiRegionTable(
        table.economies,
        tuple(code for code in table.sectors if code != _HOUSEHOLDS),
        fold(fold(table.use, 1), 3),
        fold(table.final, 1),
        fold(table.output, 1),
        table.final_taxes,
    )


def _classification(sectors: Sequence[str]) -> str:
    for name in _CLASSIFICATIONS:
        if tuple(s.code for s in read_sectors(name)) == tuple(sectors):
            return name
    return "custom"


def _elasticities(
    table: MultiRegionTable, classification: str, theta: Mapping[str, float] | float | None
) -> tuple[Array, Array]:
    """Elasticities within the caps and as published, or those given by the caller twice."""
    if isinstance(theta, Mapping):
        missing = [code for code in table.sectors if code not in theta]
        if missing:
            raise WorldError(
                "elasticities are missing",
                where="theta",
                found=", ".join(missing),
                allowed="one for every sector of the table",
                repair="add them, or give one number for all sectors",
            )
        given = np.array([float(theta[code]) for code in table.sectors])
        return given, given
    if theta is not None:
        given = np.full(len(table.sectors), float(theta))
        return given, given
    known = {row["industry"] for row in read_rows("elasticities.csv")}
    if classification == "custom" and not set(table.sectors) <= known:
        raise WorldError(
            "no elasticities for these sectors",
            where="theta",
            found=", ".join(code for code in table.sectors if code not in known),
            allowed="sectors of icio49 or wiod35, or `theta` by sector",
            repair="give `theta` as a mapping of sector to elasticity, or one number",
        )
    if classification == "custom":
        by_code = dict(
            zip(
                (s.code for s in read_sectors("icio49")),
                zip(*read_elasticities("icio49", {}), strict=True),
                strict=True,
            )
        )
        pairs = np.array([by_code[code] for code in table.sectors])
        return pairs[:, 0], pairs[:, 1]
    abroad = table.use.sum(axis=3).sum(axis=(0, 2)) - np.einsum("iji->j", table.use.sum(axis=3))
    return read_elasticities(classification, dict(zip(table.sectors, abroad, strict=True)))


def _borrow_duties(table: MultiRegionTable, like: World) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Duties of another world for the labels both have; zero, not applicable, elsewhere."""
    size = len(table.economies)
    rate = np.zeros((len(table.sectors), size, size), np.float32)
    source = np.zeros(rate.shape, np.int8)
    mine = [k for k, code in enumerate(table.sectors) if code in like.sectors]
    here = [k for k, code in enumerate(table.economies) if code in like.economies]
    there = [like.economies.index(table.economies[k]) for k in here]
    theirs = [like.sectors.index(table.sectors[k]) for k in mine]
    to, of = np.ix_(mine, here, here), np.ix_(theirs, there, there)
    rate[to] = like.data["tariff"].to_numpy()[of]
    source[to] = like.data["tariff_source"].to_numpy()[of]
    return rate, source
