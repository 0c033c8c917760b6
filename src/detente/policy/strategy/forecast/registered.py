"""The rule of the forecast, read from the file that was written before a probability was worked out."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
from functools import cache
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from detente.asof import Basis  # noqa: TC001  (pydantic resolves the annotations at run time)
from detente.errors import StudyError
from detente.io.yaml_file import read_record
from detente.ledger.records.statements import Outcome  # noqa: TC001  (pydantic resolves the annotations at run time)
from detente.manifest import DATA
from detente.policy.strategy.game_file import merge_edits
from detente.policy.study import LARGEST_STUDY_BYTES, Edits, Relief, ScenarioSpec, Spec

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = DATA / "forecasts"
MOST_ELEMENTS = 10


class Law(Spec):
    """What is done to the law known on the day: edits, values that go with them, relief; how suspensions are read."""

    edits: Edits = Edits()
    assume: dict[str, float] = Field(default={})
    relief: tuple[Relief, ...] = ()
    ends: Basis | None = None


class ForecastCase(Spec):
    """
    Statements that stand or fall together, and the laws that tell what carrying them out is worth.

    done, left: Carried out and not. refused, yielded: What the other side does if it bears a threat, or gives in. A case
    without a day has no size in the model.
    """

    id: str
    title: str
    statements: tuple[str, ...] = Field(min_length=1)
    on: dt.date | None = None
    known_on: dt.date | None = None
    done: Law | None = None
    left: Law | None = None
    refused: Law | None = None
    yielded: Law | None = None
    why: str

    @model_validator(mode="after")
    def _whole(self) -> ForecastCase:
        sized = [self.on, self.known_on, self.done, self.left]
        if (None in sized) != all(item is None for item in sized) or (self.refused is None) != (
            self.yielded is None
        ):
            raise ValueError("a case has a day, a day of knowledge, `done` and `left`, or none of them")
        return self

    def laws(self) -> list[ScenarioSpec]:
        """Carried out, left, and for a threat left with the other side yielding; none without a size."""
        if self.on is None or self.done is None or self.left is None:
            return []
        refused = self.refused or Law()
        pairs = [("done", (refused, self.done)), ("left", (refused, self.left))]
        if self.yielded is not None:
            pairs.append(("yielded", (self.left, self.yielded)))
        return [
            scenario(f"{self.id}-{word}", self.title, self.on, self.known_on, parts) for word, parts in pairs
        ]


class Piece(Spec):
    """An element of a package."""

    id: str
    by: str
    label: str
    with_: Law = Field(alias="with")


class ForecastPackage(Spec):
    """An agreement, and the elements it was chosen from: its own, or those of a game."""

    id: str
    title: str
    on: dt.date | None = None
    known_on: dt.date | None = None
    game: str = ""
    signed: tuple[str, ...] = Field(min_length=1)
    elements: tuple[Piece, ...] = Field(default=(), max_length=MOST_ELEMENTS)

    def law(self, taken: Sequence[Piece]) -> ScenarioSpec:
        """The law with some of its own elements."""
        name = "-".join([self.id, *(item.id for item in taken)])
        return scenario(name, self.title, self.on, self.known_on, [item.with_ for item in taken])


class Readings(Spec):
    """Days whose tariffs are read, and weights on revenue."""

    days: tuple[dt.date, ...] = Field(min_length=1)
    revenue: tuple[Annotated[float, Field(ge=0)], ...] = Field(min_length=1)
    source: str


class Register(Spec):
    """The whole file."""

    registered: str
    seen_before: str
    study: str
    known_on: dt.date
    readings: Readings
    draws: Annotated[int, Field(ge=1, le=256)]
    carried_out: tuple[Outcome, ...]
    rule: str
    base_rate: str
    score: str
    packages_rule: str
    cases: tuple[ForecastCase, ...]
    packages: tuple[ForecastPackage, ...]


def scenario(
    name: str, title: str, on: dt.date | None, known: dt.date | None, parts: Sequence[Law]
) -> ScenarioSpec:
    """The law of a day, as known on a day, with what some parts do to it."""
    ends = next((item.ends for item in parts if item.ends is not None), "legal")
    assume = {key: value for item in parts for key, value in item.assume.items()}
    return ScenarioSpec.model_validate(
        {
            "id": name,
            "label": title,
            "definition": f"the ledger on {on} as known on {known}, with the edits named",
            "on": on,
            "known_on": known,
            "ends": ends,
            "edits": merge_edits([item.edits for item in parts]),
            "assume": assume,
            "relief": [item for part in parts for item in part.relief],
        }
    )


@cache
def register() -> Register:
    """
    Read data/forecasts/registered.yaml.

    Examples
    --------
    >>> register().known_on.isoformat()
    '2025-04-30'
    """
    return read_record(FOLDER / "registered.yaml", Register, error=StudyError, largest=LARGEST_STUDY_BYTES)
