"""Which schedules are held as one list of lines, and of which days they are."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic reads the annotations)
from functools import cache
from typing import Final

from pydantic import BaseModel, ConfigDict

from detente.errors import InputError
from detente.io.yaml_file import read_record
from detente.manifest import DATA

FOLDER: Final = DATA / "schedules"


class Held(BaseModel):
    """
    One schedule.

    importer: Whose it is: an economy, or a customs union.
    cited: What its rates are cited as.
    first_day, last_day: Days it is of; open where it still holds.
    stale: What is said on other days, with ``{first}`` and ``{on}``; empty where lines say themselves since when they hold.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    importer: str
    cited: str
    first_day: dt.date
    last_day: dt.date | None = None
    stale: str = ""

    def covers(self, on: dt.date) -> bool:
        """Whether the schedule is that of a day."""
        inside = self.first_day <= on and (self.last_day is None or on <= self.last_day)
        return inside or not self.stale


class HeldFile(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schedules: dict[str, Held]


@cache
def held(name: str) -> Held:
    """What is said of one schedule."""
    return read_record(FOLDER / "schedules.yaml", HeldFile, error=InputError).schedules[name]
