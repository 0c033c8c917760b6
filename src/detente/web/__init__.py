"""The page and its HTTP API: thin, over the public functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.web.app import create_app
    from detente.web.settings import Settings, read_token

# Public names and the module behind each; loaded on first use, since the server is an extra.
_HOME = {"Settings": "settings", "create_app": "app", "read_token": "settings"}

__all__ = ["Settings", "create_app", "read_token"]


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    from importlib import import_module  # noqa: PLC0415  (this is the lazy import)

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
