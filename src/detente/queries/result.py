"""A result whose keys are attributes as well."""

from __future__ import annotations

from typing import Any


class Result(dict[str, Any]):
    """
    A result whose keys are attributes as well.

    Examples
    --------
    >>> Result(rate=0.25).rate
    0.25
    """

    def __getattr__(self, name: str) -> Any:
        """Read a key."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None
