"""Ownership links on one day: who owns how much of whom, read strictly, kept in whole units."""

from __future__ import annotations

import bisect
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.compliance.screening.names import LONGEST
from detente.errors import InputError
from detente.formatting import count, rate
from detente.io.parquet import parquet

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

COLUMNS = ("owner", "owned", "share", "from", "to")
MOST_LINKS = 20_000_000
UNITS = 1_000_000_000
"""A whole firm in units of one billionth, so that sums of shares do not depend on their order."""


@dataclasses.dataclass(frozen=True)
class Graph:
    """
    Ownership links of one day.

    names: Parties, sorted.
    owner, owned: Indices into `names`, one a link, shape (links,).
    units: Share in units of one billionth, -1 where it is unknown, shape (links,).
    evidence: Latest first day among the links, where links are dated.
    warnings: What in the links does not add up.
    """

    names: tuple[str, ...]
    owner: NDArray[np.int64]
    owned: NDArray[np.int64]
    units: NDArray[np.int64]
    evidence: dt.date | None
    warnings: tuple[str, ...]

    def at(self, name: str) -> int | None:
        """Index of a party by its exact name, None if it is in no link."""
        place = bisect.bisect_left(self.names, name)
        return place if place < len(self.names) and self.names[place] == name else None

    def upstream(self, node: int) -> list[int]:
        """List a party and all its direct and indirect owners, the nearest first."""
        order = np.argsort(self.owned, kind="stable")
        start = np.searchsorted(self.owned[order], np.arange(len(self.names) + 1)).tolist()
        owners = self.owner[order].tolist()
        seen, queue = {node}, [node]
        for at in queue:
            for above in owners[start[at] : start[at + 1]]:
                if above not in seen:
                    seen.add(above)
                    queue.append(above)
        return queue

    def part(self, nodes: Sequence[int]) -> Graph:
        """Keep only the links into the parties `nodes`, and the parties in them."""
        kept = np.array(sorted(nodes), dtype=np.int64)
        link = np.isin(self.owned, kept)
        used = np.unique(np.concatenate((kept, self.owner[link])))
        return Graph(
            names=tuple(self.names[at] for at in used),
            owner=np.searchsorted(used, self.owner[link]),
            owned=np.searchsorted(used, self.owned[link]),
            units=self.units[link],
            evidence=self.evidence,
            warnings=self.warnings,
        )


def read_graph(links: Path | str | pd.DataFrame, *, on: dt.date) -> Graph:
    """
    Read ownership links and keep those of one day.

    Examples
    --------
    >>> import datetime as dt, pandas as pd
    >>> frame = pd.DataFrame({"owner": ["X"], "owned": ["A"], "share": [0.5]})
    >>> read_graph(frame, on=dt.date(2025, 10, 15)).names
    ('A', 'X')
    """
    where = str(Path(links).name) if isinstance(links, (str, Path)) else "owners"
    frame = _frame(links, where)
    owner, owned = _names(frame, "owner", where), _names(frame, "owned", where)
    units = _units(frame["share"].to_numpy(dtype=object), where)
    first, last = (_days(frame, column, where) for column in ("from", "to"))
    day = np.datetime64(on, "D")
    live = (np.isnat(first) | (first <= day)) & (np.isnat(last) | (day < last))
    names, rows = _indexed(owner[live], owned[live], units[live], first[live])
    begun = first[live][~np.isnat(first[live])]
    graph = Graph(
        names=names,
        owner=rows[0],
        owned=rows[1],
        units=rows[2],
        evidence=begun.max().item() if begun.size else None,
        warnings=(),
    )
    return dataclasses.replace(graph, warnings=_over(graph))


def _indexed(
    owner: NDArray[Any], owned: NDArray[Any], units: NDArray[np.int64], first: NDArray[np.datetime64]
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Number the names in their order, drop repeated links, and put the rest in an order of their own."""
    import pandas as pd  # noqa: PLC0415  (heavy, only where ownership is asked for)

    codes, found = pd.factorize(np.concatenate((owner, owned)))
    order = sorted(range(len(found)), key=found.__getitem__)
    rank = np.empty(len(found), dtype=np.int64)
    rank[order] = np.arange(len(found))
    index = rank[codes]
    table = pd.DataFrame(
        {
            "owner": index[: len(owner)],
            "owned": index[len(owner) :],
            "units": units,
            "first": first.astype(np.int64),
        }
    ).drop_duplicates()
    rows = table[["owner", "owned", "units"]].to_numpy(dtype=np.int64).T
    return tuple(str(found[at]) for at in order), rows[:, np.lexsort((rows[2], rows[1], rows[0]))]


def _over(graph: Graph) -> tuple[str, ...]:
    """Name firms whose known shares add up to more than the whole."""
    known = graph.units >= 0
    total = np.zeros(len(graph.names), dtype=np.int64)
    np.add.at(total, graph.owned[known], graph.units[known])
    over = np.flatnonzero(total > UNITS)
    if not over.size:
        return ()
    shown = ", ".join(f"{graph.names[at]} ({rate(total[at] / UNITS)})" for at in over[:5])
    return (f"known shares add up to more than 100 % in {over.size} firm(s): {shown}",)


def _frame(links: Path | str | pd.DataFrame, where: str) -> pd.DataFrame:
    """Load the links as a frame with all five columns."""
    import pandas as pd  # noqa: PLC0415  (heavy, only where ownership is asked for)

    frame = links if isinstance(links, pd.DataFrame) else _file(Path(links), where)
    frame = frame.rename(columns={name: str(name).strip().lower() for name in frame.columns})
    missing = [name for name in COLUMNS[:3] if name not in frame.columns]
    if missing:
        raise InputError(
            "ownership links lack a column",
            where=where,
            found=", ".join(map(str, frame.columns))[:200],
            allowed=", ".join(COLUMNS),
            repair=f"add {', '.join(missing)}; leave a share empty where it is not known",
        )
    if len(frame) > MOST_LINKS:
        raise InputError(
            "too many ownership links",
            where=where,
            found=count(len(frame)),
            allowed=f"at most {count(MOST_LINKS)}",
            repair="keep the links around the parties you ask about",
        )
    return frame.reset_index(drop=True)


def _file(path: Path, where: str) -> pd.DataFrame:
    """Load a file of links."""
    import pandas as pd  # noqa: PLC0415  (heavy, only where ownership is asked for)

    if not path.is_file():
        raise InputError(
            "the ownership file is not there",
            where=where,
            found="no such file",
            allowed="CSV or Parquet",
            repair="check the path",
        )
    try:
        if path.suffix.lower() in {".parquet", ".pq"}:
            parquet(where)
            return pd.read_parquet(path)
        return pd.read_csv(path, dtype=str, keep_default_na=False, on_bad_lines="error")
    except (ValueError, OSError, pd.errors.ParserError) as error:
        raise InputError(
            "the ownership file cannot be read",
            where=where,
            found=str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__,
            allowed=f"CSV or Parquet with the columns {', '.join(COLUMNS)}",
            repair="write one link a row",
        ) from error


def _names(frame: pd.DataFrame, column: str, where: str) -> NDArray[Any]:
    """Read a column of names."""
    names = frame[column].fillna("").astype(str).str.strip()
    bad = names.index[(names == "") | (names.str.len() > LONGEST)]
    if len(bad):
        raise _row(where, int(bad[0]), f"{column} is empty or too long", names[bad[0]][:40], "a name")
    return names.to_numpy(dtype=object)


def _units(shares: NDArray[Any], where: str) -> NDArray[np.int64]:
    """Read shares as whole units; -1 where unknown."""
    import pandas as pd  # noqa: PLC0415  (heavy, only where ownership is asked for)

    text = pd.Series(shares)
    empty = text.isna() | (text.astype(str).str.strip() == "")
    number = pd.to_numeric(text.where(~empty), errors="coerce").to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        bad = np.flatnonzero(~empty.to_numpy() & ~((number >= 0.0) & (number <= 1.0)))
    if bad.size:
        raise _row(where, int(bad[0]), "share is not a share", text[bad[0]], "a number from 0 to 1, or empty")
    return np.where(np.isnan(number), -1, np.rint(np.nan_to_num(number) * UNITS)).astype(np.int64)


def _days(frame: pd.DataFrame, column: str, where: str) -> NDArray[np.datetime64]:
    """Read a column of days; empty is open."""
    import pandas as pd  # noqa: PLC0415  (heavy, only where ownership is asked for)

    if column not in frame.columns:
        return np.full(len(frame), np.datetime64("NaT", "D"))
    text = frame[column]
    empty = text.isna() | (text.astype(str).str.strip() == "")
    days = pd.to_datetime(text.where(~empty), format="ISO8601", errors="coerce")
    bad = np.flatnonzero((~empty & days.isna()).to_numpy())
    if bad.size:
        raise _row(where, int(bad[0]), f"{column} is not a day", text[bad[0]], "YYYY-MM-DD, or empty")
    return days.to_numpy().astype("datetime64[D]")


def _row(where: str, row: int, what: str, found: object, allowed: str) -> InputError:
    """Build the error of one link."""
    return InputError(
        f"an ownership link cannot be used: {what}",
        where=f"{where}, link {row + 1}",
        found=str(found)[:80],
        allowed=allowed,
        repair="correct the link or leave it out",
    )
