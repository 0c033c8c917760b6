"""A published inter-country table (nodes by nodes), and the files it is read from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detente.errors import WorldError
from detente.formatting import count
from detente.world.io.store import LARGEST_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class MultiRegionTable:
    """
    A published table, in sums over the cells of its matrix.

    economies, sectors: Labels.
    inputs: (exporter, product, importer), bought as inputs, USD million.
    needs: (product, importer, using sector), inputs by their user, of all origins.
    costs: (importer, using sector), all inputs of a user.
    final: (exporter, product, importer), categories summed.
    output: (economy, sector).
    final_taxes: (economy,), or None where the table does not give them.
    tariff: (product, importer, exporter), fractions, or None.
    theta: (product,), trade elasticities, or None.
    notes: What was estimated or left out, a sentence each.
    invested: (economy,), the share of final demand that is investment, or None where the table does not tell.
    """

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    inputs: Array
    needs: Array
    costs: Array
    final: Array
    output: Array
    final_taxes: Array | None = None
    tariff: Array | None = None
    theta: Array | None = None
    notes: tuple[str, ...] = ()
    invested: Array | None = None

    @classmethod
    def of_cells(
        cls,
        economies: tuple[str, ...],
        sectors: tuple[str, ...],
        use: Array,
        final: Array,
        output: Array,
        *,
        final_taxes: Array | None = None,
        invested: Array | None = None,
    ) -> MultiRegionTable:
        """Sum a whole matrix, (exporter, product, importer, using sector)."""
        sums = use.sum(axis=3), use.sum(axis=0), use.sum(axis=(0, 1))
        return cls(economies, sectors, *sums, final, output, final_taxes, invested=invested)

    def scaled(self, scale: float) -> MultiRegionTable:
        """The same in other money."""
        money = ("inputs", "needs", "costs", "final", "output")
        changed = {name: getattr(self, name) * scale for name in money}
        taxes = None if self.final_taxes is None else self.final_taxes * scale
        return replace(self, **changed, final_taxes=taxes)

    def merged(self, code: str, into: str) -> MultiRegionTable:
        """The same with one industry added to another."""
        moved, kept = self.sectors.index(code), self.sectors.index(into)

        def fold(values: Array, axis: int) -> Array:
            out = np.moveaxis(values.copy(), axis, 0)
            out[kept] += out[moved]
            return np.moveaxis(np.delete(out, moved, axis=0), 0, axis)

        return replace(
            self,
            sectors=tuple(sector for sector in self.sectors if sector != code),
            inputs=fold(self.inputs, 1),
            needs=fold(fold(self.needs, 0), 2),
            costs=fold(self.costs, 1),
            final=fold(self.final, 1),
            output=fold(self.output, 1),
        )


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
