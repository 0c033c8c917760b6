"""Goods in the words of their headings, without the schedule's "Other" on the way down."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from detente.duties.lines import ICIO
from detente.world.sectors import read_sectors

if TYPE_CHECKING:
    from collections.abc import Sequence

# What a schedule calls whatever no line beside it names.
REST: Final = "other"
# Where the words of a heading begin to list what else it holds.
LISTED: Final = re.compile(r"[;(]")


def goods_words(path: Sequence[str]) -> str:
    """
    Say what a line is about: the first words of its heading, and the last heading that says something of its own.

    Examples
    --------
    >>> goods_words(["Tricycles, scooters and toys; dolls' carriages; puzzles", "Other", "3 to 12 years of age"])
    'Tricycles, scooters and toys: 3 to 12 years of age'
    >>> goods_words(["Other articles of iron or steel", "Other", "Other"])
    'Other articles of iron or steel'
    """
    told = [text for text in path if not _rest(text)]
    ends = dict.fromkeys(LISTED.split(text)[0].strip(" ,:") for text in (*told[:1], *told[1:][-1:]))
    return ": ".join(ends)


def way_down(path: Sequence[str]) -> tuple[str, ...]:
    """
    Give the headings down to a line, one "Other" for several in a row.

    Examples
    --------
    >>> way_down(["Steel", "Other", "Other", "Wire"])
    ('Steel', 'Other', 'Wire')
    """
    runs = [(rest, list(own)) for rest, own in groupby(path, key=_rest)]
    return tuple(text for rest, own in runs for text in (own[:1] if rest else own))


def goods_industries() -> dict[str, str]:
    """Industries of goods of the package's own world: names by code."""
    return {row.code: row.name for row in read_sectors(ICIO) if row.goods}


def _rest(text: str) -> bool:
    """Whether a heading says nothing of its own."""
    return text.strip(" :.").casefold() == REST
