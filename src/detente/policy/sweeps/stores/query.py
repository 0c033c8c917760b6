"""A store as tables of DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.errors import StudyError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb


def open_views(
    files: Sequence[Path], labels: Sequence[str], outcomes: Sequence[str]
) -> duckdb.DuckDBPyConnection:
    """
    Open parts in DuckDB.

    Gives with the views ``cases`` and ``results`` of `detente.policy.sweeps.stores.store.Store.connect`.
    """
    engine = _load_duckdb()
    listed = ", ".join(_quoted(str(path), "'") for path in files)
    named = ", ".join(_quoted(label, "'") for label in labels)
    unnested = ", ".join(f"unnest({_quoted(name)}) AS {_quoted(name)}" for name in outcomes)
    without = ", ".join(map(_quoted, outcomes))
    connection: duckdb.DuckDBPyConnection = engine.connect(":memory:")
    connection.execute(
        f"CREATE VIEW cases AS SELECT * EXCLUDE ({without}) FROM read_parquet([{listed}])"  # noqa: S608
    )
    connection.execute(
        f"CREATE VIEW results AS SELECT draw, scenario, unnest([{named}]) AS economy, {unnested}"  # noqa: S608
        f" FROM read_parquet([{listed}]) WHERE status = 'converged'"
    )
    return connection


def _quoted(text: str, mark: str = '"') -> str:
    """A name or text of SQL."""
    return mark + text.replace(mark, 2 * mark) + mark


def _load_duckdb() -> Any:
    """DuckDB, or how to get it."""
    try:
        import duckdb  # noqa: PLC0415  (optional)
    except ImportError:
        raise StudyError(
            "DuckDB is not installed",
            where="Store.connect",
            found="no module duckdb",
            allowed="duckdb 1.1 or later",
            repair="pip install 'detente[sweep]'",
        ) from None
    return duckdb
