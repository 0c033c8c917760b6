"""The industry lists: code, name, goods or services."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from detente.errors import WorldError


@dataclass(frozen=True)
class Sector:
    """
    One industry of a classification.

    Attributes
    ----------
    code, name
        As published.
    goods
        Whether its products cross borders as goods (duties can fall on them).
    primary
        Whether customs statistics call them primary products (SITC 0-4, 68), for the tariff anchors.
    """

    code: str
    name: str
    goods: bool
    primary: bool


@cache
def read_sectors(classification: str) -> tuple[Sector, ...]:
    """
    Read the industries of a classification, in the order of its worlds.

    Parameters
    ----------
    classification
        "icio49" or "wiod35".

    Returns
    -------
    tuple of Sector

    Raises
    ------
    WorldError
        Unknown classification.

    Examples
    --------
    >>> read_sectors("wiod35")[0].name
    'Agriculture, Hunting, Forestry and Fishing'
    """
    text = (files("detente.data") / "worlds" / "sectors.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    found = tuple(
        Sector(row["code"], row["name"], row["goods"] == "yes", row["primary"] == "yes")
        for row in rows
        if row["classification"] == classification
    )
    if not found:
        raise WorldError(
            "no industry list for this classification",
            found=classification,
            allowed=", ".join(sorted({row["classification"] for row in rows})),
            repair="aggregate economies only, or give the list of goods yourself",
        )
    return found
