"""Write a table with its source in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.io.columns import ENDING, to_bytes

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def write(out: Path, name: str, frame: pd.DataFrame, source: str) -> None:
    """Write one table and say how large it is; the same bytes every time."""
    path = out / f"{name}{ENDING}"
    path.write_bytes(to_bytes({column: frame[column].to_numpy() for column in frame}, source))
    print(f"{path.name}: {len(frame):,} rows, {path.stat().st_size:,} bytes")
