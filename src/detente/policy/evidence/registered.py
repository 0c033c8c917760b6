"""What predictions are held against, and how: read from the file that was written before a parameter was fitted."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import Field

from detente.errors import StudyError
from detente.io.yaml_file import read_record
from detente.manifest import DATA
from detente.policy.study import Spec

FOLDER = DATA / "evidence"
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
LARGEST_FILE = 100_000
MONTHS_A_YEAR = 12


class DataPlan(Spec):
    """Whose imports, and which rows are sums of others."""

    source: str
    importer: str
    total: str
    overlapping: tuple[str, ...]
    whole: str
    last_month: Month


class Window(Spec):
    """Months that are scored together against the same months of the base year."""

    id: str
    title: str
    first: Month
    last: Month
    main: bool = False
    some: tuple[Month, ...] = ()
    """Its months where there are gaps between the first and the last."""

    @property
    def months(self) -> tuple[str, ...]:
        """Every month of it."""
        return self.some or months_between(self.first, self.last)


class Trend(Spec):
    """Growth from a year to the base year, taken out of what was observed."""

    from_year: int
    note: str


class Episode(Spec):
    """A change of duties, the year before it, and the windows after it."""

    id: str
    title: str
    base_year: int
    started: Month
    ended: Month
    windows: tuple[Window, ...]
    trends: tuple[Trend, ...]
    caution: str

    @property
    def main(self) -> Window:
        """The window the headline is of."""
        return next(item for item in self.windows if item.main)

    def before(self, months: tuple[str, ...]) -> tuple[str, ...]:
        """The same calendar months of the base year."""
        return same_months(months, self.base_year)


class Fitting(Spec):
    """Months a parameter may be fitted on."""

    until: Month
    note: str


class Testing(Spec):
    """Months and partners that take no part in a fit."""

    first: Annotated[Month, Field(alias="from")]
    partners: tuple[str, ...]


class Smart(Spec):
    """The elasticity of substitution that the usual tool takes by default."""

    substitution: Annotated[float, Field(gt=0)]
    source: str


class Paper(Spec):
    """What a paper finds, as the elasticity of the customs value of imports to one plus the duty."""

    about: str
    low: float
    high: float
    source: str


class Registered(Spec):
    """The whole file."""

    registered: str
    seen_before: str
    data: DataPlan
    focus: str
    least_usd_a_month: Annotated[float, Field(ge=0)]
    trend_cap: Annotated[float, Field(gt=0)]
    measure: str
    fitting: Fitting
    testing: Testing
    ratios: Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(min_length=2)]
    episodes: Annotated[tuple[Episode, ...], Field(min_length=1)]
    smart: Smart
    literature: tuple[Paper, ...]

    @property
    def latest(self) -> Episode:
        """The episode that later months belong to."""
        return max(self.episodes, key=lambda item: item.started)


def months_between(first: str, last: str) -> tuple[str, ...]:
    """
    Every month from one to another, both included.

    >>> months_between("2019-11", "2020-02")
    ('2019-11', '2019-12', '2020-01', '2020-02')
    """
    start, end = (int(item[:4]) * MONTHS_A_YEAR + int(item[5:]) - 1 for item in (first, last))
    return tuple(f"{at // MONTHS_A_YEAR:04d}-{at % MONTHS_A_YEAR + 1:02d}" for at in range(start, end + 1))


def same_months(months: tuple[str, ...], year: int) -> tuple[str, ...]:
    """The same calendar months of one year, each once."""
    return tuple(sorted({f"{year:04d}{month[4:]}" for month in months}))


@cache
def registered() -> Registered:
    """Read data/evidence/registered.yaml."""
    return read_record(FOLDER / "registered.yaml", Registered, error=StudyError, largest=LARGEST_FILE)
