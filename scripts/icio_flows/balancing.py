"""Matrices with given totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from icio_flows.tables import Array

_PASSES = 5000
_TOLERANCE = 1e-10


def balance_matrix(start: Array, rows: Array, columns: Array) -> Array:
    """
    Scale rows and columns in turn until both totals hold (RAS).

    Parameters
    ----------
    start
        Matrix, not negative.
    rows, columns
        Totals; their sums agree.

    Returns
    -------
    numpy.ndarray
        Scaled; columns hold exactly, rows to 1e-10 of the total.

    Raises
    ------
    SystemExit
        The totals cannot be met.
    """
    out = start.copy()
    size = max(float(rows.sum()), np.finfo(float).tiny)
    for _ in range(_PASSES):
        by_row = out.sum(axis=1)
        out *= np.divide(rows, by_row, out=np.zeros_like(rows), where=by_row > 0)[:, None]
        by_column = out.sum(axis=0)
        out *= np.divide(columns, by_column, out=np.zeros_like(columns), where=by_column > 0)
        if np.abs(out.sum(axis=1) - rows).max() <= _TOLERANCE * size:
            return out
    gap = np.abs(out.sum(axis=1) - rows).max()
    raise SystemExit(f"a matrix cannot be balanced: gap {gap:.3g} of {size:.6g} after {_PASSES} passes")
