"""What readers of text tables share: files read whole or refused, cells that are numbers, economies by their labels."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from detente.geography.economies import is_economy, resolve
from detente.manifest import DATA, read_rows
from detente.world.elasticities import read_rows as read_world_rows
from detente.world.table import check_numbers, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_TWO_LETTERS: Final = re.compile(r"[A-Z]{2}")
# Rows read at a time: of 9,800 columns, some 40 MB.
_BLOCK: Final = 500
# Categories of final demand by the names that the layouts give them: fixed capital; inventories and valuables.
_CAPITAL: Final = re.compile(r"GFCF$|P51|[cr](41|60)$|gross fixed capital formation", re.IGNORECASE)
_INVENTORIES: Final = re.compile(
    r"INVNT$|VALU$|P5|[cr](42|61)$|changes? in (inventories|valuables)|acquisitions less disposals of valuables",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def invested_share(
    bought: Array, buyers: NDArray[np.integer], categories: Sequence[str], size: int
) -> Array | None:
    """
    Share of final demand that is investment, (size,), of what columns of final users buy, (columns,).

    None where no category is fixed capital, or a share is none.
    """
    kinds = np.array([bool(_CAPITAL.match(label)) for label in categories])
    if not kinds.any():
        return None
    kinds |= [bool(_INVENTORIES.match(label)) for label in categories]
    total = np.bincount(buyers, bought, minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        share: Array = np.bincount(buyers, np.where(kinds, bought, 0.0), minlength=size) / total
    return share if ((share >= 0) & (share < 1)).all() else None


@cache
def economies_of(layout: str) -> dict[str, str]:
    """Economies by labels that tables of a layout have of their own, such as firms of China that are told apart."""
    rows = [*read_world_rows("table_labels.csv"), *read_rows(DATA / "readers" / "labels.csv")]
    return {row["label"]: row["economy"] for row in rows if row["format"] == layout}


@cache
def services_of(layout: str) -> frozenset[str]:
    """Industries of a layout that are services, where the package holds its list."""
    return frozenset(
        row["sector"] for row in read_rows(DATA / "readers" / "services.csv") if row["format"] == layout
    )


def economy_of(layout: str, label: str) -> str:
    """Code of an economy by the label of a layout: its own labels first, ISO codes of two letters, else as it stands."""
    own = economies_of(layout).get(label)
    if own:
        return own
    upper = label.upper()
    if is_economy(upper):
        return upper
    return resolve(upper) if _TWO_LETTERS.fullmatch(label) else label


def check_year(path: Path, year: int) -> None:
    """Refuse a file or folder whose name tells other years only."""
    told = [int(word) for word in _YEAR.findall(path.name)]
    if told and year not in told:
        raise refuse(
            "a table of another year",
            path,
            f"{', '.join(map(str, told))} in its name",
            str(year),
            f"give year={told[-1]}, or the table of {year}",
        )


def find_file(folder: Path, name: str, *others: str) -> Path:
    """A file of a folder by its name or one of its other names; refused with what is there."""
    if not folder.is_dir():
        raise refuse(
            "not a folder of tables",
            folder,
            "a file" if folder.exists() else "nothing",
            f"a folder with {name}",
            "unpack the archive as published, and give its folder",
        )
    for candidate in (name, *others):
        if (folder / candidate).is_file():
            return folder / candidate
    there = sorted(item.name for item in folder.iterdir())
    shown = ", ".join(there[:8]) + (f" and {len(there) - 8} more" if len(there) > 8 else "")  # noqa: PLR2004
    raise refuse(
        "a file of a table is missing",
        folder,
        shown or "an empty folder",
        " or ".join((name, *others)),
        "unpack the archive as published, and give the folder of one year",
    )


def read_frame(
    path: Path,
    *,
    header: int | None,
    index_col: int | list[int] | None,
    separator: str = ",",
    skip: int = 0,
) -> pd.DataFrame:
    """Read a text table; binary or ragged content is refused."""
    with path.open("rb") as stream:
        if b"\0" in stream.read(4096):
            raise refuse(
                "not a CSV file", path, "binary content", "text, comma separated", "export it as CSV"
            )
    try:
        frame: pd.DataFrame = pd.read_csv(
            path,
            header=header,
            index_col=index_col,
            low_memory=False,
            encoding="utf-8-sig",
            sep=separator,
            skiprows=skip,
        )
    except (ValueError, UnicodeError, pd.errors.ParserError) as error:
        raise refuse(
            "damaged CSV file",
            path,
            f"{type(error).__name__}: {error}",
            "one table, comma separated",
            "export it again",
        ) from error
    return frame


def named_numbers(frame: pd.DataFrame, rows: list[str], columns: list[str], path: Path) -> pd.DataFrame:
    """The cells asked for, as numbers; an empty or other cell is refused by name."""
    part: pd.DataFrame = frame.loc[rows, columns].apply(pd.to_numeric, errors="coerce")
    check_numbers(part.to_numpy(np.float64), path, rows, columns)
    return part


def read_blocks(path: Path, *, skip: int = 0) -> Iterator[pd.DataFrame]:
    """A tab separated table without heads, some rows at a time; ragged content is refused."""
    try:
        with pd.read_csv(
            path,
            sep="\t",
            header=None,
            skiprows=skip,
            chunksize=_BLOCK,
            low_memory=False,
            encoding="utf-8-sig",
        ) as blocks:
            yield from blocks
    except (ValueError, UnicodeError, pd.errors.ParserError) as error:
        raise refuse(
            "damaged text table",
            path,
            f"{type(error).__name__}: {error}",
            "one table, tab separated",
            "unpack the archive again",
        ) from error


def as_numbers(frame: pd.DataFrame) -> Array:
    """Cells as numbers; what is none becomes NaN, which sums refuse by name."""
    plain = all(pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes)
    values: Array = (frame if plain else frame.apply(pd.to_numeric, errors="coerce")).to_numpy(np.float64)
    return values
