"""Write a table with its source in the file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def write(out: Path, name: str, frame: pd.DataFrame, source: str) -> None:
    """Write one table and say how large it is."""
    table = pa.Table.from_pandas(frame.reset_index(drop=True), preserve_index=False)
    for at, field in enumerate(table.schema):
        if pa.types.is_large_string(field.type):
            table = table.set_column(at, field.name, table[field.name].cast(pa.string()))
    table = table.replace_schema_metadata({"source": json.dumps(source)})
    path = out / f"{name}.parquet"
    numbers = [field.name for field in table.schema if pa.types.is_integer(field.type)]
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=19,
        use_dictionary=[field.name for field in table.schema if field.name not in numbers],
        column_encoding=dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
        write_statistics=False,
    )
    print(f"{path.name}: {table.num_rows} rows, {path.stat().st_size} bytes")
