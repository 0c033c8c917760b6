"""What a tariff schedule says: lines, ordinary duties, preferences and trade weights, by one provider an importer."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from detente.geography.economies import entries
from detente.geography.territories import entry_of

if TYPE_CHECKING:
    import datetime as dt

    from detente.schedules.provider import Provider

__all__ = ["provided", "provider_of"]


@cache
def provider_of(importer: str, on: dt.date | None = None) -> Provider | None:
    """
    The schedule held of an importer.

    Gives None where no schedule is held: there are cited rates and additional duties only.

    Examples
    --------
    >>> provider_of("USA").importer, provider_of("VNM")
    ('USA', None)
    """
    name = entry_of(importer, on).get("schedule")
    return None if name is None else cast("Provider", import_module(f"detente.schedules.{name}").PROVIDER)


def provided() -> tuple[str, ...]:
    """Importers whose schedule is held."""
    return tuple(code for code, entry in entries().items() if "schedule" in entry)
