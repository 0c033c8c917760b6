"""Agreements of importers whose schedule is listed: who trades under which, from which day."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic reads the annotations)
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from detente.errors import InputError
from detente.geography import economies as places
from detente.io.yaml_file import read_record
from detente.schedules.listed.held import FOLDER


class Agreement(BaseModel):
    """
    One agreement or scheme of an importer.

    word: What a claim calls it.
    column: Column of the importer's table; None where its rates are not held.
    group, from_: Members on the day, from a day on; `partners`: each with its own day; `all_but`: everybody else.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    importer: str
    word: str
    column: str | None = None
    title: str
    group: str | None = None
    from_: dt.date | None = Field(default=None, alias="from")
    partners: dict[str, dt.date] = Field(default_factory=dict)
    all_but: tuple[str, ...] = ()
    act: str
    certainty: Literal["text", "recalled", "reported"]

    def covers(self, origin: str, on: dt.date) -> bool:
        """Whether goods of an origin may be entered under it on a day."""
        if self.all_but:
            return origin not in self.all_but
        if self.group is not None and origin not in places.members(self.group, on):
            return False
        first = self.partners.get(origin) if self.partners else self.from_
        return first is not None and first <= on


class AgreementFile(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    agreements: tuple[Agreement, ...]


@cache
def agreements() -> tuple[Agreement, ...]:
    """Every agreement, in the order of the file."""
    return read_record(FOLDER / "agreements.yaml", AgreementFile, error=InputError).agreements


def agreements_with(importer: str, origin: str, on: dt.date) -> tuple[Agreement, ...]:
    """Agreements under which an importer takes goods of an origin on a day."""
    mine = (item for item in agreements() if item.importer == importer)
    return tuple(item for item in mine if origin != importer and item.covers(origin, on))


def claim_words() -> tuple[str, ...]:
    """Words for an agreement claimed, each once."""
    return tuple(dict.fromkeys(item.word for item in agreements()))
