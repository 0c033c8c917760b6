"""Shares by line that trade with the United States shows: claims made, preferences used, metal content."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.io.columns import ENDING, Columns
from detente.manifest import DATA, read_bytes, read_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER: Final = DATA / "tariffs"
_COLUMNS: Final = {
    "steel_content": "steel_share",
    "aluminum_content": "aluminum_share",
    "copper_content": "copper_share",
}
_CHAPTERS: Final = 100
_FALLBACK_DIGITS: Final = (8, 6, 4, 2)


def share_by_line(name: str, codes: NDArray[np.str_], origin: str) -> NDArray[np.float64]:
    """
    What a judgement that is a table says of lines, 0 to 1, shape (P,).

    A metal's content as a share of customs value: a line the accounts do not name takes the mean of its nearest heading.
    ``usmca_use``: share of imports from the origin entered with the claim, of the line, else of its eight digits, else of
    all; zero for origins that cannot make it. ``preference_use``: share of the ordinary duty that preferences of the origin
    waive, zero where nothing was waived in 2024. Any other: share of lines on a list for civil aircraft entered with the
    claim, of the longest heading the table names.
    """
    if name in _COLUMNS:
        return _content(name, codes.astype("U10").tobytes()).copy()
    if name == "usmca_use":
        return _claimed(origin, codes)
    return _preferred(origin, codes) if name == "preference_use" else _aircraft(codes)


@functools.lru_cache(maxsize=32)
def _content(name: str, packed: bytes) -> NDArray[np.float64]:
    """Read one metal's share for a table of lines."""
    codes = np.frombuffer(packed, dtype="U10")
    table = _read("metal_content")
    keys, values = table.texts("hts10"), table.numbers(_COLUMNS[name])
    share = np.full(codes.shape, np.nan)
    at = np.clip(np.searchsorted(keys, codes), 0, keys.size - 1)
    exact = keys[at] == codes
    share[exact] = values[at[exact]]
    for digits in _FALLBACK_DIGITS:
        missing = np.isnan(share)
        if not missing.any():
            break
        heads, inverse = np.unique(keys.astype(f"U{digits}"), return_inverse=True)
        means = np.bincount(inverse, weights=values) / np.bincount(inverse)
        wanted = codes[missing].astype(f"U{digits}")
        at = np.clip(np.searchsorted(heads, wanted), 0, heads.size - 1)
        share[missing] = np.where(heads[at] == wanted, means[at], np.nan)
    return np.asarray(np.clip(np.nan_to_num(share, nan=float(values.mean())), 0.0, 1.0), dtype=np.float64)


def _claimed(origin: str, codes: NDArray[np.str_]) -> NDArray[np.float64]:
    """Share of each line from Canada or Mexico that is entered with a USMCA claim."""
    table = _read("usmca_use")
    mine = table.texts("iso3") == origin
    if not mine.any():
        return np.zeros(codes.shape)
    shares = table.numbers("share")[mine].tolist()
    known = dict(zip(table.texts("code")[mine].tolist(), shares, strict=True))
    whole = known[""]
    return np.array(
        [known.get(code, known.get(code[:8], whole)) for code in codes.tolist()], dtype=np.float64
    )


def _preferred(origin: str, codes: NDArray[np.str_]) -> NDArray[np.float64]:
    """Share of the ordinary duty on each line that preferences of an origin waive, by chapter."""
    table = _read("preference_use")
    mine = table.texts("iso3") == origin
    known = np.zeros(_CHAPTERS)
    known[table.texts("hs2")[mine].astype(np.intp)] = table.numbers("share")[mine]
    return known[_chapter(codes)]


def _chapter(codes: NDArray[np.str_]) -> NDArray[np.intp]:
    """Number of the chapter of each code, from its first two digits."""
    digits = np.ascontiguousarray(codes.astype("U2")).view(np.uint32).reshape(-1, 2) - ord("0")
    return np.asarray(10 * digits[:, 0] + digits[:, 1], dtype=np.intp)


def _aircraft(codes: NDArray[np.str_]) -> NDArray[np.float64]:
    """Share of each line on a list for civil aircraft that is entered with the claim."""
    share = np.zeros(codes.shape)
    for row in sorted(read_rows(FOLDER / "aircraft_use.csv"), key=lambda row: len(row["prefix"])):
        share[np.char.startswith(codes, row["prefix"])] = float(row["share"])
    return share


@functools.cache
def _read(name: str) -> Columns:
    """One table, its file read and checked once."""
    return Columns(read_bytes(FOLDER / f"{name}{ENDING}"))
