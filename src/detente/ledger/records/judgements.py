"""Judgements that turn law into a number: `assumptions.yaml`."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
from typing import Annotated, Any

from pydantic import BeforeValidator

from detente.ledger.records.schema import Record, Share, broken_rule


def _share_or_word(value: Any) -> Any:
    """Refuse what is neither a share nor a word."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(value, str) or (number and 0.0 <= value <= 1.0):
        return value
    raise broken_rule(
        "not a share",
        found=str(value),
        allowed="a number from 0 to 1, or the word that names a table",
        repair="write 25 % as 0.25",
    )


ShareOrWord = Annotated[float | str, BeforeValidator(_share_or_word)]


class Judgement(Record):
    """
    One judgement: its default, what else it could be, where it comes from and which test watches it.

    `value` is a share, or the word that names a table of shares by product. `case` is what one shipment assumes of a
    share it does not state, where that differs from trade as a whole. A judgement is Détente's own and no law: `recorded`
    is the day of the act it reads, before which it has nothing to read; left out, it is known with what names it.
    """

    title: str
    recorded: dt.date | None = None
    value: ShareOrWord
    case: Share | None = None
    alternatives: tuple[ShareOrWord, ...] = ()
    unit: str
    used: str
    why: str
    source: str
    test: str = ""


class JudgementFile(Record):
    """`assumptions.yaml`: every judgement by its name."""

    assumptions: dict[str, Judgement]
