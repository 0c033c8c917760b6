"""Where the law prints a product list: `printed_lists.yaml`, note and revision of each, and where a list differs from it."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from detente.ledger.records.schema import Record, broken_rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.ledger.records.schema import Measure

Code = Annotated[str, Field(pattern=r"^\d{4,10}$")]
Names = Annotated[tuple[str, ...], Field(min_length=1)]


class Printing(Record):
    """Subdivisions of a note that print a list, the revision that was read, and the day the list is held against it."""

    notes: Names
    revision: str
    on: dt.date


class Difference(Record):
    """Codes in which a list differs from its print, as of a day, and why."""

    codes: Annotated[tuple[Code, ...], Field(min_length=1)]
    on: dt.date
    why: str


class PrintedList(Record):
    """
    Where one list is printed.

    `printed` names its notes, revision by revision; `instead` says where a list comes from that no note held prints.
    `worded_by` is the note whose words describe the articles of a list whose own wording is not held (inferred).
    `differs` gives every code in which the list and a print differ, with its reason.
    """

    printed: tuple[Printing, ...] = ()
    instead: str = ""
    worded_by: str = ""
    differs: tuple[Difference, ...] = ()

    @model_validator(mode="after")
    def _says_where(self) -> PrintedList:
        if not self.printed and not self.instead:
            raise broken_rule(
                "a list without its note",
                found="neither `printed` nor `instead`",
                allowed="`printed:` with notes, revision and day, or `instead:` with the act that has the list",
                repair="say where the list is printed",
            )
        return self

    @property
    def notes(self) -> str:
        """The subdivisions, as the law cites them."""
        return ", ".join(dict.fromkeys(note for item in self.printed for note in item.notes))

    @property
    def citation(self) -> str:
        """Notes and revisions in words, or where else the list comes from."""
        if not self.printed:
            return self.instead
        revisions = ", ".join(dict.fromkeys(item.revision for item in self.printed))
        words = f"; its articles in the words of US note {self.worded_by}, inferred" if self.worded_by else ""
        return f"US note {self.notes} to chapter 99, HTSUS {revisions}{words}"


class PrintedFile(Record):
    """`printed_lists.yaml`: every list by its name."""

    printed_lists: dict[str, PrintedList]


def printed_for(measure: Measure, printed: Mapping[str, PrintedList]) -> dict[str, PrintedList]:
    """Where the product lists of a measure, those it leaves out too, are printed, by name; each list once."""
    names = [name for scope in measure.scope.values() for name in (*scope.include, *scope.exclude)]
    return {name: printed[name] for name in dict.fromkeys(names) if name in printed}
