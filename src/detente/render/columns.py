"""Columns of the tables that commands print with ``--csv``: one header for each question, whatever the answer."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from detente.manifest import DATA, read_rows

FILE: Final = DATA / "columns.csv"
# Stands in the name of a column for an economy or group, or for a pair of them, that the question or its study names.
NAMED: Final = {"ECONOMY": "[A-Z][A-Z0-9]+", "PAIR": "[A-Z0-9]+<-[A-Z0-9*]+"}


class Column(NamedTuple):
    """
    One column.

    name: As in the header; with ECONOMY or PAIR in it, one column for each.
    unit, meaning: For a reader.
    """

    name: str
    unit: str
    meaning: str

    def means(self, key: str) -> bool:
        """
        Whether a header is this column.

        >>> Column("tariff PAIR", "", "").means("tariff USA<-CHN"), Column("rate", "", "").means("rates")
        (True, False)
        """
        return key == self.name or (self.of_many and bool(_pattern(self.name).fullmatch(key)))

    @property
    def of_many(self) -> bool:
        """Whether it stands for several columns."""
        return any(word in self.name for word in NAMED)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """What the headers of a column that stands for several look like."""
    text = re.escape(name)
    for word, form in NAMED.items():
        text = text.replace(word, form)
    return re.compile(text)


@cache
def columns() -> dict[str, tuple[Column, ...]]:
    """Columns of every question that has a table, in order, by the name of the question."""
    found: dict[str, list[Column]] = {}
    for row in read_rows(FILE):
        found.setdefault(row["question"], []).append(Column(row["column"], row["unit"], row["meaning"]))
    return {question: tuple(own) for question, own in found.items()}
