"""What a user holds beside the lines: the importer's profile, and antidumping and countervailing rates by case."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from detente.compliance.customs.entry.columns import plain
from detente.compliance.customs.entry.table import read_cells
from detente.compliance.facts import read_facts
from detente.errors import InputError
from detente.formatting import number as shown
from detente.geography import economies as places
from detente.io.dates import parse_date, within
from detente.io.yaml_file import read_record
from detente.schedules.codes import normalise

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from detente.compliance.facts import Fact, Value

Said = dict[str, bool | int | float | str]
_CASE: Final = re.compile(r"[AC]-?\d{3}-?\d{3}(-?\d{3})?")
MOST: Final = 10.0
"""Largest rate taken as a fraction; the highest in force are some hundreds of percent, so a larger number is percent."""


class _Record(BaseModel):
    """Strict record."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class GoodsFile(_Record):
    """Facts of some of the goods: those under one of the codes, of one of the origins; any if empty."""

    codes: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    facts: Said


class ProfileFile(_Record):
    """A profile: facts of all goods of an importer, facts of some, how they arrive, and how they are entered."""

    facts: Said = Field(default_factory=dict)
    goods: tuple[GoodsFile, ...] = ()
    mode: str = ""
    entry_type: str = ""


@dataclass(frozen=True)
class _Some:
    """Facts of some goods."""

    codes: tuple[str, ...]
    origins: tuple[str, ...]
    facts: dict[str, Value]


@dataclass(frozen=True)
class Profile:
    """
    What an importer answers once for all lines.

    facts: Of all goods. some: Of some goods, later ones before earlier ones. mode, entry_type: As in the columns.
    """

    facts: dict[str, Value]
    some: tuple[_Some, ...] = ()
    mode: str = ""
    entry_type: str = ""

    def of(self, code: str, origin: str) -> dict[str, Value]:
        """Facts of goods of a code and an origin."""
        found = dict(self.facts)
        for item in self.some:
            named = not item.codes or code.startswith(item.codes)
            if named and (not item.origins or origin in item.origins):
                found |= item.facts
        return found


def read_profile(
    profile: Path | str | None, facts: Mapping[str, Any] | None, declared: Mapping[str, Fact], digits: int
) -> Profile:
    """Read a profile, and facts that go before it for all lines; `digits` of a line of the importer's schedule."""
    said = read_facts(declared, facts or {}, where="fact")
    if profile is None:
        return Profile(said)
    path = Path(profile)
    if not path.is_file():
        raise InputError(
            "no such profile",
            where="profile",
            found=path,
            allowed="a YAML file with facts, goods, mode, entry_type",
            repair="name a file",
        )
    file = read_record(path, ProfileFile, error=InputError)
    some = tuple(
        _Some(
            tuple(normalise(code, where=f"{path.name}: goods", own=digits) for code in item.codes),
            tuple(places.resolve(name, where=f"{path.name}: goods") for name in item.origins),
            read_facts(declared, item.facts, where=f"{path.name}: goods"),
        )
        for item in file.goods
    )
    held = read_facts(declared, file.facts, where=path.name)
    return Profile(held | said, some, file.mode, file.entry_type)


@dataclass(frozen=True)
class CaseRate:
    """
    The rate of one antidumping or countervailing case, as the user holds it.

    case: Its number as given. rate: Over entered value. first, last: Days it holds, `[first, last)`.
    """

    case: str
    rate: float
    first: dt.date | None = None
    last: dt.date | None = None


class Cases:
    """Rates of cases by number."""

    def __init__(self, rates: list[CaseRate]) -> None:
        self._rates: dict[str, list[CaseRate]] = {}
        for item in rates:
            self._rates.setdefault(bare(item.case), []).append(item)

    def rate(self, case: str, on: dt.date) -> CaseRate | None:
        """The rate of a case on a day; of a number of seven digits also where the table names that alone."""
        number = bare(case)
        for key in (number, number[:7]):
            for item in self._rates.get(key, ()):
                if within(on, item.first, item.last):
                    return item
        return None


def bare(case: str) -> str:
    """
    A case number without its hyphens.

    >>> bare("A-570-967-000"), bare("c570968")
    ('A570967000', 'C570968')
    """
    return re.sub(r"[^A-Z0-9]", "", case.upper())


def split_cases(text: str) -> tuple[str, ...]:
    """Case numbers in a cell, which may hold several."""
    found = tuple(part.strip() for part in re.split(r"[;,/\s]+", text) if part.strip())
    for case in found:
        if not _CASE.fullmatch(case.upper()):
            raise InputError(
                "not the number of an antidumping or countervailing case",
                where="ad_cvd_case",
                found=case,
                allowed="A or C, then seven or ten digits: A-570-967-000",
                repair="write it as the cash deposit instructions do; several with a semicolon between",
            )
    return found


def read_cases(cases: Any) -> Cases:
    """Read a table of cases: ``case, rate`` and optionally ``from, to``."""
    if cases is None:
        return Cases([])
    table = read_cells(cases, where="cases")
    at = {plain(head): place for place, head in enumerate(table.heads)}
    at |= {name: at[other] for name, other in _OTHERS.items() if other in at and name not in at}
    if not {"case", "rate"} <= at.keys():
        raise InputError(
            "a column is missing",
            where="cases",
            found=", ".join(table.heads),
            allowed="case, rate, from, to",
            repair="add `case` and `rate`",
        )
    return Cases([_case(cells, at, f"cases, row {row}") for row, cells in table.rows])


_OTHERS: Final = {
    "case": "case_number",
    "rate": "deposit_rate",
    "from": "effective_from",
    "to": "effective_to",
}


def _case(cells: tuple[str, ...], at: Mapping[str, int], where: str) -> CaseRate:
    """One row of the table of cases."""
    cell = {name: cells[place] if place < len(cells) else "" for name, place in at.items()}
    (case,) = split_cases(cell["case"]) or ("",)
    days = [parse_date(cell[name], where=where) if cell.get(name) else None for name in ("from", "to")]
    return CaseRate(case, _rate(cell["rate"], where), days[0], days[1])


def _rate(text: str, where: str) -> float:
    """A rate as a fraction or in percent."""
    try:
        percent = text.endswith("%")
        number = float(text.removesuffix("%")) / (100.0 if percent else 1.0)
    except ValueError:
        number = math.nan
    if not (0.0 <= number < math.inf) or (number > MOST and not percent):
        raise InputError(
            "not a rate",
            where=where,
            found=text,
            allowed=f"a fraction of the entered value, at most {shown(MOST)}, or percent with its sign",
            repair="write 0.1234 or 12.34%",
        )
    return number
