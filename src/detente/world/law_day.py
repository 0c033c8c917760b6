"""Of which day's law the tariffs of a world are."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from detente.errors import WorldError
from detente.io.dates import parse_date
from detente.io.yaml_file import read_record
from detente.manifest import DATA

if TYPE_CHECKING:
    import xarray as xr

ATTRIBUTE = "law_day"
LARGEST_FILE = 100_000


class LawDay(BaseModel):
    """The day, and why it is that one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: dt.date
    why: str


class LawDays(BaseModel):
    """By name of a built-in world."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    worlds: dict[str, LawDay]


def find_law_day(data: xr.Dataset) -> dt.date:
    """Give the day a world states, that of the built-in world it was made from, or the end of its base year."""
    if stated := str(data.attrs.get(ATTRIBUTE, "")):
        return parse_date(stated, where=f"world {data.attrs['name']}: attribute {ATTRIBUTE}")
    known = _law_days().get(str(data.attrs["name"]).removesuffix(" (aggregated)"))
    return known.day if known else dt.date(int(data.attrs["year"]), 12, 31)


@cache
def _law_days() -> dict[str, LawDay]:
    """Read data/worlds/law_days.yaml."""
    path = DATA / "worlds" / "law_days.yaml"
    return read_record(path, LawDays, error=WorldError, largest=LARGEST_FILE).worlds
