"""Preference programmes of the special column, and economies whose goods pay column 2."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic reads the annotations)
from functools import cache, lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from detente.errors import InputError
from detente.io.dates import within
from detente.io.yaml_file import read_record
from detente.schedules.usa.tables import FOLDER

_FILE = "programs.yaml"


class _Record(BaseModel):
    """Strict record."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Program(_Record):
    """
    One programme of the special column.

    code: As the schedule prints it.
    title: Its name.
    economies: Whose goods can qualify, ISO alpha-3; none where the programme lapsed before 2025 or goes by product.
    any_origin: Whether it goes by product, whatever the origin.
    note: General note or act.
    from_, to: Half-open interval.
    certainty: ``text``, or ``reported`` where the list of economies was not compared with every proclamation.
    remark: What a reader must know.
    """

    code: str
    title: str
    economies: tuple[str, ...]
    any_origin: bool = False
    note: str
    from_: dt.date = Field(alias="from")
    to: dt.date | None = None
    certainty: Literal["recalled", "reported"]
    remark: str = ""

    def stands(self, on: dt.date) -> bool:
        """Whether the programme is in effect on a day."""
        return within(on, self.from_, self.to)


class ColumnTwo(_Record):
    """Economies whose goods pay column 2 in an interval."""

    economies: tuple[str, ...]
    note: str
    from_: dt.date = Field(alias="from")
    to: dt.date | None = None
    certainty: Literal["recalled", "reported"]


class ProgramFile(_Record):
    """The file."""

    programs: tuple[Program, ...]
    column2: tuple[ColumnTwo, ...]


@cache
def _file() -> ProgramFile:
    """Read the file once."""
    return read_record(FOLDER / _FILE, ProgramFile, error=InputError)


def programs(on: dt.date | None = None) -> tuple[Program, ...]:
    """
    Programmes of the special column, those in effect on a day or all, in order of the file.

    >>> [p.code for p in programs(dt.date(2025, 6, 1)) if "JPN" in p.economies]
    ['JP']
    """
    return tuple(program for program in _file().programs if on is None or program.stands(on))


@lru_cache(maxsize=4096)
def programs_of(origin: str, on: dt.date) -> tuple[Program, ...]:
    """
    Programmes under which goods of an economy may qualify, if their maker and importer claim it.

    Of the economy; those that go by product are not among them.

    >>> [p.code for p in programs_of("MEX", dt.date(2025, 6, 1))]
    ['S', 'S+']
    >>> programs_of("CHN", dt.date(2025, 6, 1))
    ()
    """
    return tuple(program for program in programs(on) if origin in program.economies)


def pays_column2(origin: str, on: dt.date) -> bool:
    """
    Whether goods of an economy pay column 2: it is without normal trade relations that day.

    >>> pays_column2("RUS", dt.date(2022, 4, 8)), pays_column2("RUS", dt.date(2022, 4, 9))
    (False, True)
    """
    return any(origin in row.economies and within(on, row.from_, row.to) for row in _file().column2)
