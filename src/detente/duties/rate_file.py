"""A whole schedule as a Parquet file: one row a line and origin, written origin by origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.errors import InputError
from detente.formatting import count
from detente.io.outputs import whole_file
from detente.io.parquet import parquet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from detente.duties.schedule import Schedule

COLUMNS = ("product", "origin", "ordinary", "additional", "rate", "prohibited")


def refuse_unless_parquet(path: Path) -> None:
    """Refuse a path that names no Parquet file in a folder that exists."""
    if path.suffix != ".parquet" or not path.parent.is_dir():
        raise InputError(
            "not a file that can be written",
            where="out",
            found=path,
            allowed="the name of a file ending in .parquet, in a folder that exists",
            repair="write --out rates.parquet",
        )


def write_rates(found: Schedule, path: Path, say: Callable[[str], None] = lambda _text: None) -> int:
    """
    Write every line from every origin, a row group an origin; gives the number of rows.

    Columns as in `COLUMNS`: fractions of customs value, null where the ordinary duty is not known or has no ad valorem rate;
    no rate where the good may not be imported. The day, the importer and what was claimed stand in the file's metadata.
    """
    refuse_unless_parquet(path)
    pq = parquet("out")
    import pyarrow as pa  # noqa: PLC0415  (an extra)

    about = {
        "importer": found.provider.importer,
        "on": found.on.isoformat(),
        "view": found.book.view,
        "claims": found.claims,
        "unit": "fraction of customs value",
    }
    text = pa.dictionary(pa.int32(), pa.string())
    kinds = (text, text, pa.float64(), pa.float64(), pa.float64(), pa.bool_())
    schema = pa.schema(list(zip(COLUMNS, kinds, strict=True)), metadata=about)
    lines = pa.array(found.codes.tolist()).dictionary_encode()
    rows = 0
    with whole_file(path) as handle, pq.ParquetWriter(handle, schema, compression="zstd") as writer:
        for origin, column in zip(found.origins, found.column_of, strict=True):
            duties, ban = found.columns[column], found.bans[column]
            whole = np.where(ban, np.nan, duties.total)
            numbers = [
                pa.array(values, from_pandas=True) for values in (duties.base, duties.additional, whole)
            ]
            place = pa.DictionaryArray.from_arrays(np.zeros(len(lines), dtype=np.int32), [origin])
            writer.write_table(pa.table([lines, place, *numbers, pa.array(ban)], schema=schema))
            rows += len(lines)
            say(f"{origin}: {count(rows)} rows")
    return rows
