"""The answer about an average tariff: its parts, its days, and both readings of a late day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

from detente.asof import Basis, View
from detente.display import as_html, in_short, plot
from detente.io.documents import Document, as_json, part_of
from detente.ledger.documents.assumed import LawAssumption

Covered = bool | Literal["partial"]
"""Whether lines and ordinary duty of the day are held, or only a part of them."""


@dataclass(frozen=True, kw_only=True)
class AverageDay(Document):
    """The average on one day of a series, and the part of it that is additional duty."""

    date: dt.date
    rate: float
    additional: float


@dataclass(frozen=True, kw_only=True)
class AverageReading(Document):
    """The average under one reading of a day after the last one the sources cover; `series` where one was asked."""

    basis: Basis
    rate: float
    additional: float
    by: dict[str, float]
    series: tuple[AverageDay, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AverageAnswer(Document):
    """An average effective tariff: see `Average`."""

    importer: str
    origin: str | None
    on: dt.date
    at: dt.datetime | None
    until: dt.date | None
    known_on: dt.date | None
    ends: Basis
    rate: float
    additional: float
    restrictiveness: float
    by: dict[str, float]
    imports_usd: dict[str, float]
    weights: str
    weights_year: int
    view: View
    backcast: bool
    covered: Covered
    excluded_share: float
    known_until: dt.date
    series: tuple[AverageDay, ...]
    readings: tuple[AverageReading, ...]


@dataclass(frozen=True, kw_only=True)
class Average(AverageAnswer):
    """
    An average effective tariff.

    Attributes
    ----------
    rate
        Ordinary and additional duty over customs value, fraction.
    additional
        The part that is additional duty.
    restrictiveness
        The one tariff that loses as much welfare as these duties, were all import elasticities equal: above `rate` the more
        uneven they are (Kee, Nicita and Olarreaga 2009).
    by
        By measure: points that sum to `rate` (the ordinary duty, where covered, is ``base``). By sector, chapter or partner:
        the rate of each. Empty when nothing was asked.
    imports_usd
        USD behind each entry of `by`, where it is a rate.
    series
        One row a day when a span was asked: date, rate, additional.
    importer, origin, on, weights, weights_year, view
        What was asked.
    backcast
        The day lies before the schedule: lines of 2025 stand for those of the day.
    covered
        True where lines and ordinary duty of the day are held; ``partial`` where those of another day stand for some, or
        only additional duties are held, by industry.
    excluded_share
        Share of the imports behind the weights that may not be imported on the day; the average is over the rest.
    assumptions, warnings
        The judgements used, and what a reader must know.
    at, until, known_on, ends
        The instant, the last day of a series, what was known and how suspensions end, as asked.
    known_until
        Last day the sources cover.
    readings
        After that day, the average as the notices read (``legal``) and as reported; empty up to it.
    """

    __repr__ = in_short
    _repr_html_ = as_html
    plot = plot

    assumptions: tuple[LawAssumption, ...] = field(repr=False)
    warnings: tuple[str, ...]

    @property
    def imports(self) -> dict[str, float]:
        """USD behind each entry of `by`."""
        return self.imports_usd

    @property
    def excluded(self) -> float:
        """Share of the imports behind the weights that may not be imported."""
        return self.excluded_share

    @property
    def result(self) -> AverageAnswer:
        """The answer without its assumptions and warnings, which stand beside it."""
        return part_of(self, AverageAnswer)

    def to_dict(self) -> dict[str, Any]:
        """
        Lay the average out for JSON.

        Returns
        -------
        document
            Keys as in the interface: rate, by, weights, weights_year, view, series, and what was asked.
        """
        found: dict[str, Any] = as_json(self.result)
        return found
