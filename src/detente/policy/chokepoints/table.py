"""The table of critical inputs: schema and reading."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Annotated, Literal

import pandas as pd
from pydantic import AfterValidator, Field

from detente.errors import InputError, StudyError
from detente.io.words import meant
from detente.io.yaml_file import read_record
from detente.manifest import DATA, read_bytes
from detente.policy.instrument_table import Row

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = DATA / "chokepoints"
HorizonName = Literal["quarter", "year", "long"]
HORIZONS: tuple[HorizonName, ...] = ("quarter", "year", "long")
EVERYONE = "*"


def _in_order(values: tuple[float, float, float]) -> tuple[float, float, float]:
    if not 0 <= values[0] <= values[1] <= values[2]:
        raise ValueError("a range is low, central, high, 0 or more")
    return values


Range = Annotated[tuple[float, float, float], AfterValidator(_in_order)]


class Published(Row):
    """What others found, in words, with its rows; and as a range of GDP by economy at the nearest horizon, percent."""

    text: str
    rows: tuple[int, ...]
    horizon: HorizonName | None = None
    gdp_pct: dict[str, tuple[float, float]] = Field(default_factory=dict)


class Replacement(Row):
    """
    How hard an input is to replace at a horizon.

    bundle: Elasticity between the input and everything else in the exposed part of output.
    origins: Elasticity between origins. supply: Price elasticity of what others can deliver.
    """

    bundle: Range
    origins: Range
    supply: Range


class Episode(Row):
    """
    What happened once, to hold the model against.

    horizon, cut, weeks: What was cut, for how long. of_weeks: Weeks the outcome is counted over.
    output, use: The industry whose output in the world is watched, or the economy whose use of the input is.
    at_most: Largest fall, percent, that is consistent with what was seen. seen: What was, in words, with its rows.
    """

    id: str
    horizon: HorizonName
    cut: float
    weeks: float
    of_weeks: float
    output: dict[str, str] = Field(default_factory=dict)
    use: str = ""
    at_most: float
    seen: str
    rows: tuple[int, ...]


class ChokePoint(Row):
    """A critical input; every range is low, central, high."""

    id: str
    title: str
    holder: str
    parent: dict[str, str]
    sized_by: str = ""
    cut: float
    like: str
    size_why: str
    exposed: dict[str, Range]
    exposed_why: str
    home: dict[str, Range]
    holder_share: dict[str, Range]
    others: dict[str, float]
    origin_why: str
    stock_weeks: Range
    stock_why: str
    spot: Range
    spot_why: str
    horizons: dict[HorizonName, Replacement]
    new_capacity: Range
    new_capacity_why: str
    rows: tuple[int, ...]
    published: tuple[Published, ...]
    episodes: tuple[Episode, ...] = ()


class EconomyWide(Row):
    """Elasticities that are nobody's own, the weeks a horizon has, and whether factors move between industries."""

    weeks: int
    mobile: bool
    trade: Literal["short", "long"]
    factors: Range
    inputs: Range
    final: Range
    between: Range


class NotCovered(Row):
    """An input that is asked for and not here, and why."""

    id: str
    why: str


class ChokePoints(Row):
    """The whole file."""

    inputs: tuple[ChokePoint, ...]
    economy: dict[HorizonName, EconomyWide]
    economy_why: str
    economy_rows: tuple[int, ...]
    not_covered: tuple[NotCovered, ...]
    shown: tuple[str, ...]

    def cited(self) -> set[int]:
        """Rows of facts that the file cites."""
        published = (rows.rows for item in self.inputs for rows in item.published)
        own = (item.rows for item in self.inputs)
        seen = (episode.rows for item in self.inputs for episode in item.episodes)
        return {row for rows in (*own, *published, *seen, self.economy_rows) for row in rows}


@cache
def choke_points() -> ChokePoints:
    """
    Read the table.

    Examples
    --------
    >>> [item.id for item in choke_points().inputs][0]
    'magnets'
    """
    return read_record(FOLDER / "chokepoints.yaml", ChokePoints, error=StudyError)


def find_choke_point(name: str) -> ChokePoint:
    """A critical input by its id."""
    table = choke_points()
    known = [item.id for item in table.inputs]
    name = "-".join(name.lower().split())
    for item in table.inputs:
        if item.id == name:
            return item
    missing = {item.id: item.why for item in table.not_covered}
    raise InputError(
        "no such critical input" if name not in missing else "a critical input that is not covered",
        where="INPUT",
        found=name if name not in missing else f"{name}: {missing[name]}",
        allowed=", ".join(known),
        repair=meant(name, known, otherwise="name one of these, or none for all"),
    )


@cache
def facts() -> pd.DataFrame:
    """The rows of facts that are cited, by row."""
    return pd.read_csv(BytesIO(read_bytes(FOLDER / "facts.csv")), dtype=str).set_index("row")


@cache
def cost_shares(name: str) -> Mapping[str, dict[str, tuple[float, float, float]]]:
    """Direct cost of an input over gross output of its user: economy or group, user, range."""
    table = pd.read_csv(BytesIO(read_bytes(FOLDER / "cost_shares.csv")))
    found: dict[str, dict[str, tuple[float, float, float]]] = {}
    for row in table[table["input"] == name].to_dict("records"):
        low, high = float(row["low"]), float(row["high"])
        found.setdefault(str(row["economy"]), {})[str(row["user"])] = (low, 0.5 * (low + high), high)
    return found
