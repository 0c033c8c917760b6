"""The industry lists: code, name, goods or services."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from detente.errors import WorldError
from detente.manifest import DATA, read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Attribute of a world with its own list of industries: JSON list of those that are services.
SERVICES: Final = "services"


@dataclass(frozen=True)
class Sector:
    """
    One industry of a classification.

    code, name: As published.
    goods: Whether its products cross borders as goods (duties can fall on them).
    primary: Whether customs statistics call them primary products (SITC 0-4, 68), for the tariff anchors.
    """

    code: str
    name: str
    goods: bool
    primary: bool


@cache
def read_sectors(classification: str) -> tuple[Sector, ...]:
    """
    Read the industries of a classification, in the order of its worlds.

    Examples
    --------
    >>> read_sectors("wiod35")[0].name
    'Agriculture, Hunting, Forestry and Fishing'
    """
    rows = read_rows(DATA / "worlds" / "sectors.csv")
    found = tuple(
        Sector(row["code"], row["name"], row["goods"] == "yes", row["primary"] == "yes")
        for row in rows
        if row["classification"] == classification
    )
    if not found:
        raise WorldError(
            "no industry list for this classification",
            where="classification",
            found=classification,
            allowed=", ".join(sorted({row["classification"] for row in rows})),
            repair="aggregate economies only, or give the list of goods yourself",
        )
    return found


def marked_services(attributes: Mapping[str, Any], sectors: Sequence[str]) -> tuple[str, ...]:
    """Sectors that a world marks as services: its own list, or that of its classification; none without marks."""
    given = attributes.get(SERVICES)
    if given is not None:
        marked = set(json.loads(given) if isinstance(given, str) else given)
    else:
        marked = {row.code for row in _known(str(attributes.get("classification", ""))) if not row.goods}
    return tuple(sector for sector in sectors if sector in marked)


def _known(classification: str) -> tuple[Sector, ...]:
    """The industries of a classification, or none if there is no list of them."""
    try:
        return read_sectors(classification)
    except WorldError:
        return ()
