"""Which lines a scope reaches: the longest matching code decides, lists read as they stood on the day."""

from __future__ import annotations

import bisect
import functools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

    from detente.ledger.law import Law
    from detente.ledger.records.lists import ProductList
    from detente.ledger.records.schema import Scope

ALL = "all"
_NOT_REACHED, _EVERYTHING = -1, 0
# After every digit in the order of characters.
_PAST = ":"
# Up to so many codes are looked up one by one.
_FEW = 64


def list_names(scope: Scope) -> tuple[str, ...]:
    """Names of the lists a scope includes and excludes, each once."""
    return _lists_among((*scope.include, *scope.exclude))


@functools.lru_cache(maxsize=4096)
def _lists_among(names: tuple[str, ...]) -> tuple[str, ...]:
    """Lists among what a scope names."""
    return tuple(dict.fromkeys(name for name in names if name != ALL and not name.isdigit()))


@functools.lru_cache(maxsize=4096)
def list_days(items: ProductList) -> tuple[dt.date, ...]:
    """Days on which a list changes."""
    return tuple(sorted({day for row in items.rows for day in row[1:] if day is not None}))


def scope_version(scope: Scope, law: Law, on: dt.date) -> tuple[tuple[ProductList, int], ...]:
    """
    Which version of each of its lists a scope reads on a day.

    Each list with the number of its changes so far: equal versions reach the same goods.
    """
    return names_version((*scope.include, *scope.exclude), law, on)


def names_version(names: tuple[str, ...], law: Law, on: dt.date) -> tuple[tuple[ProductList, int], ...]:
    """Which version of the lists among some names is read on a day, as of `scope_version`."""
    lists = law.lists
    return tuple(
        (lists[name], bisect.bisect_right(list_days(lists[name]), on)) for name in _lists_among(names)
    )


def listed(items: ProductList, on: dt.date) -> frozenset[str]:
    """Codes on a list on a day, for membership."""
    days = list_days(items)
    place = bisect.bisect_right(days, on)
    return _listed(items, days[place - 1] if place else on.min)


@functools.lru_cache(maxsize=1024)
def _listed(items: ProductList, on: dt.date) -> frozenset[str]:
    """Codes on a list from one of its days to the next."""
    return frozenset(items.codes(on))


def match_length(codes: NDArray[np.str_], prefixes: Collection[str]) -> NDArray[np.int8]:
    """
    Length of the longest prefix that each code begins with.

    `codes`: product codes, digits without dots, shape (P,). Digits of the longest match, -1 without one, shape (P,).
    """
    if codes.size <= _FEW:
        return np.array([_longest_of(code, prefixes) for code in codes.tolist()], dtype=np.int8)
    ascending = bool(np.all(codes[1:] >= codes[:-1]))
    found = np.full(codes.shape, _NOT_REACHED, dtype=np.int8)
    for digits in sorted({len(prefix) for prefix in prefixes}):
        wanted = np.array([prefix for prefix in prefixes if len(prefix) == digits])
        if ascending:
            found[_under(codes, wanted)] = digits
            continue
        found[np.isin(codes.astype(f"U{digits}"), wanted) & (np.char.str_len(codes) >= digits)] = digits
    return found


def _under(codes: NDArray[np.str_], prefixes: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Which of ascending codes begin with one of some prefixes, none of which begins with another."""
    edges = np.zeros(codes.size + 1, dtype=np.int8)
    first, after = np.searchsorted(codes, prefixes), np.searchsorted(codes, np.char.add(prefixes, _PAST))
    some = first < after
    edges[first[some]] += 1
    edges[after[some]] -= 1
    return np.cumsum(edges[:-1]) > 0


def _longest_of(code: str, prefixes: Collection[str]) -> int:
    """Length of the longest prefix of one code."""
    return next((digits for digits in range(len(code), 1, -1) if code[:digits] in prefixes), _NOT_REACHED)


def reached(
    codes: NDArray[np.str_],
    scope: Scope,
    read_list: Callable[[str], Collection[str]],
    outside_all: tuple[str, ...] = (),
    *,
    exclude: tuple[str, ...] | None = None,
) -> NDArray[np.bool_]:
    """
    Lines inside a scope, less what it excludes or, where given, less `exclude`.

    `codes`: product codes, shape (P,). True where the longest including code is longer than the longest excluding one,
    shape (P,).
    """
    exclude = scope.exclude if exclude is None else exclude
    if codes.size <= _FEW:
        inside_of = [
            _reaches(code, scope.include, exclude, read_list, outside_all) for code in codes.tolist()
        ]
        return np.array(inside_of, dtype=np.bool_)
    inside = _longest(codes, tuple(name for name in scope.include if name != ALL), read_list)
    if ALL in scope.include:
        everything = ~np.isin(codes.astype("U2"), outside_all)
        inside = np.maximum(inside, np.where(everything, _EVERYTHING, _NOT_REACHED))
    outside = _longest(codes, exclude, read_list)
    return np.asarray((inside > _NOT_REACHED) & (inside > outside))


def _reaches(
    code: str,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    read_list: Callable[[str], Collection[str]],
    outside_all: tuple[str, ...],
) -> bool:
    """Whether one line is inside a scope."""
    heads = [code[:digits] for digits in range(len(code), 1, -1)]
    everything = _EVERYTHING if ALL in include and code[:2] not in outside_all else _NOT_REACHED
    inside = max(everything, _longest_head(heads, include, read_list))
    return inside > _NOT_REACHED and inside > _longest_head(heads, exclude, read_list)


def _longest_head(
    heads: list[str], names: tuple[str, ...], read_list: Callable[[str], Collection[str]]
) -> int:
    """Length of the longest of a code's heads that a list holds or a name is."""
    found = _NOT_REACHED
    for name in names:
        if name == ALL:
            continue
        held = (name,) if name.isdigit() else read_list(name)
        found = max(found, next((len(head) for head in heads if head in held), _NOT_REACHED))
    return found


def _longest(
    codes: NDArray[np.str_], names: tuple[str, ...], read_list: Callable[[str], Collection[str]]
) -> NDArray[np.int8]:
    """Length of the longest match over lists and single codes."""
    found = np.full(codes.shape, _NOT_REACHED, dtype=np.int8)
    for name in names:
        found = np.maximum(found, match_length(codes, (name,) if name.isdigit() else read_list(name)))
    return found
