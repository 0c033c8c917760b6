"""Calls of the public functions, as text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Code(str):
    """Text that stands in a call as it is, not in quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Give the text itself."""
        return str(self)


def arguments(positional: Sequence[object], named: Mapping[str, object]) -> str:
    """
    Write the arguments of a call.

    Examples
    --------
    >>> arguments(("1201.90.00",), {"origin": "USA", "value": None, "ledger": Code("ledger")})
    "'1201.90.00', origin='USA', ledger=ledger"
    """
    words = [repr(_plain(item)) for item in positional if item is not None]
    words += [f"{key}={_plain(value)!r}" for key, value in named.items() if not _left_out(value)]
    return ", ".join(words)


def _left_out(value: object) -> bool:
    """Whether nothing was said; no and 0 are something."""
    return value is None or (isinstance(value, (str, tuple, list, dict)) and not value)


def _plain(value: object) -> object:
    """Paths as text, alone and in lists."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, (tuple, list)):
        return type(value)(_plain(item) for item in value)
    return value
