"""The store of a sweep: parts that are written whole or not at all, named by what they hold and by its hash."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.display import as_html, in_short
from detente.errors import StudyError
from detente.io.parquet import parquet
from detente.policy.sweeps.stores.files import lock_file, no_results, not_written, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import duckdb
    import pyarrow as pa

FORMAT = "detente-sweep"
VERSION = 1
PART = re.compile(r"(\d{8})-(\d{8})\.([0-9a-f]{64})\.parquet")
LARGEST_MANIFEST_BYTES = 10_000_000
Range = tuple[int, int]


def part_ranges(count: int, batch: int) -> list[Range]:
    """
    Draws of each part: fixed ranges, whatever has been done already. Gives (first, one past the last).

    Examples
    --------
    >>> part_ranges(40, 16)
    [(0, 16), (16, 32), (32, 40)]
    """
    return [(start, min(start + batch, count)) for start in range(0, count, batch)]


def to_bytes(table: pa.Table) -> bytes:
    """A table as a Parquet file; the same table gives the same bytes."""
    pq = parquet("sweep")
    import pyarrow as pa  # noqa: PLC0415  (an extra)

    sink = pa.BufferOutputStream()
    pq.write_table(
        table, sink, compression="zstd", use_dictionary=["scenario", "status"], write_statistics=False
    )
    return bytes(sink.getvalue())


@dataclass(frozen=True)
class Store:
    """
    A folder with a manifest and parts.

    path: The folder.
    manifest: What the store holds, as written when it was made.

    ``parts/FIRST-LAST.SHA256.parquet``: a file appears under this name by a rename after its content has reached the
    disk, so a part is there whole or not at all, and its name says whether it is still what was written.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    path: Path
    manifest: Mapping[str, Any]

    @property
    def parts(self) -> Path:
        """Folder of the parts."""
        return self.path / "parts"

    @property
    def labels(self) -> tuple[str, ...]:
        """Economies and groups, in the order of every outcome."""
        return tuple(self.manifest["labels"])

    def found(self) -> dict[Range, list[Path]]:
        """Files by range; their content is not looked at."""
        files: dict[Range, list[Path]] = {}
        for path in sorted(self.parts.iterdir()):
            if match := PART.fullmatch(path.name):
                files.setdefault((int(match[1]), int(match[2])), []).append(path)
        return files

    def verify(self, ranges: Sequence[Range]) -> tuple[dict[Range, Path], list[str]]:
        """Check the content of parts against their names."""
        good: dict[Range, Path] = {}
        corrupted = []
        files = self.found()
        for item in ranges:
            for path in files.get(item, []):
                if is_sound(path):
                    good[item] = path
                else:
                    corrupted.append(path.name)
        return good, corrupted

    def write(self, item: Range, data: bytes) -> Path:
        """Write a part: to a temporary file, to the disk, then under its name."""
        name = f"{item[0]:08d}-{item[1]:08d}.{hashlib.sha256(data).hexdigest()}.parquet"
        target = self.parts / name
        write_whole(target, data)
        return target

    def table(self, ranges: Sequence[Range], columns: Sequence[str] | None = None) -> pa.Table:
        """Read parts in order. Gives rows in the order of draws and scenarios."""
        read = list(self.tables(ranges, columns))
        if not read:
            raise no_results(self.path)
        import pyarrow as pa  # noqa: PLC0415  (an extra)

        return pa.concat_tables(read)

    def tables(self, ranges: Sequence[Range], columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Read parts one after the other."""
        pq = parquet(str(self.path))
        files = self.found()
        names = list(columns) if columns is not None else None
        for item in ranges:
            if item in files:
                yield pq.read_table(files[item][0], columns=names)

    def digest(self, ranges: Sequence[Range]) -> str:
        """
        Hash of the results, from the hashes of the parts.

        Gives SHA-256; the same design gives the same digest, however it was run.
        """
        files = self.found()
        names = [path.name for item in ranges for path in files.get(item, [])]
        return hashlib.sha256("\n".join(names).encode()).hexdigest()

    def connect(self) -> duckdb.DuckDBPyConnection:
        """
        Open the results in DuckDB.

        Gives with the views ``cases`` (a row a draw and scenario: status and the draw's values) and ``results`` (a row
        a draw, scenario and economy, converged only: the outcomes).
        """
        from detente.policy.sweeps.stores.query import open_views  # noqa: PLC0415  (DuckDB is optional)

        files = [path for own in self.found().values() for path in own]
        if not files:
            raise no_results(self.path)
        return open_views(files, self.labels, tuple(self.manifest["outcomes"]))

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the store for one run; the system lets go of it when the process ends, however it ends."""
        with (self.path / "lock").open("a+") as handle:
            try:
                lock_file(handle.fileno())
            except OSError:
                raise StudyError(
                    "the store is in use by another run",
                    where=str(self.path),
                    found="its lock is held",
                    allowed="one run in a store at a time",
                    repair="wait for the other run, or give another --out",
                ) from None
            for stale in self.parts.glob(".*.tmp"):
                stale.unlink()
            yield

    def log(self, line: Mapping[str, Any]) -> None:
        """Add a line to the side log of timings, which is no part of the results."""
        with (self.path / "timings.jsonl").open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(line) + "\n")


def open_store(path: Path, key: str, content: Mapping[str, Any]) -> Store:
    """Open the store of a run, or make it."""
    parquet("sweep")
    file = path / "manifest.json"
    if not file.exists():
        if path.exists() and any(item.name not in {"lock", "parts"} for item in path.iterdir()):
            raise StudyError(
                "the folder is not a store",
                where=str(path),
                found="files, and no manifest.json",
                allowed="an empty or new folder, or the store of an earlier run",
                repair="give another --out",
            )
        try:
            (path / "parts").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise not_written(path, error) from None
        manifest = {"format": FORMAT, "version": VERSION, "key": key, **content}
        write_whole(file, json.dumps(manifest, indent=1, sort_keys=True).encode())
    store = read_store(path)
    if store.manifest["key"] != key:
        raise StudyError(
            "the store belongs to another run",
            where=str(path),
            found=f"run {store.manifest['key'][:12]}",
            allowed=f"run {key[:12]}: the same design, study, ledger, world and version",
            repair="give another --out, or the design the store was made with",
        )
    return store


def read_store(path: Path | str) -> Store:
    """
    Open a store for reading.

    Parameters
    ----------
    path
        The folder.

    Returns
    -------
    store
        Its manifest checked.

    Raises
    ------
    StudyError
        No store, or one of another version.
    """
    folder = Path(path)
    file = folder / "manifest.json"
    try:
        small = file.stat().st_size <= LARGEST_MANIFEST_BYTES
        manifest = json.loads(file.read_text(encoding="utf-8")) if small else None
    except (OSError, ValueError):
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise StudyError(
            "not a store of a sweep",
            where=str(file),
            found="no readable manifest",
            allowed=f"a manifest of the format {FORMAT}",
            repair="check the path",
        )
    if manifest.get("version") != VERSION:
        raise StudyError(
            "a store of another version",
            where=str(file),
            found=f"version {manifest.get('version')}",
            allowed=f"version {VERSION}",
            repair="use the release that wrote it, or give another --out; the store is left as it is",
        )
    return Store(folder, manifest)


def is_sound(path: Path) -> bool:
    """Compare a part's content with the hash in its name."""
    match = PART.fullmatch(path.name)
    return match is not None and hashlib.sha256(path.read_bytes()).hexdigest() == match[3]
