"""Where a value stands on an axis, and which values are written beside it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from detente.formatting import typographic

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Kind = str
# Steps between ticks, and from which error on each is taken (as in D3).
_STEPS: Final = ((10.0, math.sqrt(50)), (5.0, math.sqrt(10)), (2.0, math.sqrt(2)))
# Pixels that a tick has on an axis where none is asked for.
_ROOM: Final = 40.0


@dataclass(frozen=True)
class Scale:
    """
    A channel's values on its pixels.

    kind: quantitative, temporal or nominal.
    ends: Least and most of numbers and days (as ordinals).
    labels: Names in their order.
    length: Pixels. upward: whether more is further up.
    """

    kind: Kind
    length: float
    ends: tuple[float, float] = (0.0, 1.0)
    labels: tuple[str, ...] = ()
    upward: bool = False

    @property
    def step(self) -> float:
        """Pixels of a name."""
        return self.length / max(1, len(self.labels))

    def at(self, value: Any) -> float:
        """Pixels of a value, of a name the middle of its band."""
        if self.kind == "nominal":
            return (self.labels.index(str(value)) + 0.5) * self.step
        low, high = self.ends
        share = (as_number(value) - low) / ((high - low) or 1.0)
        return (1.0 - share if self.upward else share) * self.length


def as_number(value: Any) -> float:
    """A number, or a day as its ordinal."""
    return float(dt.date.fromisoformat(value).toordinal() if isinstance(value, str) else value)


def ticks(low: float, high: float, wanted: float) -> list[float]:
    """
    Round numbers between two ends, about as many as wanted.

    Examples
    --------
    >>> ticks(0.0, 0.43, 5)
    [0.0, 0.1, 0.2, 0.3, 0.4]
    """
    size = tick_step(low, high, wanted)
    first, last = math.ceil(low / size - 1e-9), math.floor(high / size + 1e-9)
    return [round(k * size, 12) for k in range(first, last + 1)]


def tick_step(low: float, high: float, wanted: float) -> float:
    """Distance of round numbers, about as many as wanted between two ends."""
    raw = (high - low or 1.0) / max(1.0, wanted)
    power = 10.0 ** math.floor(math.log10(raw))
    return power * next((step for step, error in _STEPS if raw / power >= error), 1.0)


def scale_of(
    encodings: Sequence[tuple[Sequence[Mapping[str, Any]], Mapping[str, Any]]],
    channel: str,
    length: float,
    *,
    upward: bool = False,
) -> Scale:
    """
    The scale that all layers share on a channel.

    encodings: Rows and encoding of each layer that has the channel.
    """
    definition = encodings[0][1][channel]
    kind = definition["type"]
    if kind == "nominal":
        names = [str(row[own[channel]["field"]]) for rows, own in encodings for row in rows]
        return Scale(kind, length, labels=tuple(dict.fromkeys(names)))
    plan = definition.get("scale", {})
    if "domain" in plan:
        low, high = plan["domain"]
        return Scale(kind, length, (as_number(low), as_number(high)), upward=upward)
    values = list(_values(encodings, channel))
    if kind == "quantitative" and plan.get("zero", True):
        values.append(0.0)
    low, high = min(values, default=0.0), max(values, default=1.0)
    if kind == "quantitative":
        size = tick_step(low, high, 10)
        low, high = math.floor(low / size + 1e-9) * size, math.ceil(high / size - 1e-9) * size
    return Scale(kind, length, (low, high), upward=upward)


def _values(
    encodings: Sequence[tuple[Sequence[Mapping[str, Any]], Mapping[str, Any]]], channel: str
) -> Iterable[float]:
    """Numbers that layers have on a channel and its other end."""
    for rows, own in encodings:
        for name in (channel, f"{channel}2"):
            for row in rows if name in own else ():
                if row[own[name]["field"]] is not None:
                    yield as_number(row[own[name]["field"]])


def tick_values(scale: Scale, axis: Mapping[str, Any]) -> list[tuple[float, str]]:
    """Values that are written at an axis and what is written: names at their places, numbers, first days of years."""
    if scale.kind == "nominal":
        return [(scale.at(name), name) for name in scale.labels]
    low, high = scale.ends
    if scale.kind == "temporal":
        years = range(dt.date.fromordinal(round(low)).year, dt.date.fromordinal(round(high)).year + 1)
        days = [dt.date(year, 1, 1) for year in years]
        return [(scale.at(day.toordinal()), f"{day:%Y}") for day in days if low <= day.toordinal() <= high]
    wanted = float(axis.get("tickCount", math.ceil(scale.length / _ROOM)))
    least = float(axis.get("tickMinStep", 0.0))
    while tick_step(low, high, wanted) < least:
        wanted /= 2
    size = tick_step(low, high, wanted)
    form = axis.get("format") or f",.{max(0, -math.floor(math.log10(size) + 1e-9))}f"
    return [(scale.at(value), written(value, form)) for value in ticks(low, high, wanted)]


def written(value: Any, form: str = "") -> str:
    """
    A value as its format says, with the true minus sign and a blank before the percent sign.

    Examples
    --------
    >>> written(0.125, ".1%"), written(-2.0, "+.1f") == written(-2.0, ".1f"), written("x")
    ('12.5 %', True, 'x')
    """
    if not form:
        return str(value)
    return typographic(format(round(value) if form == "d" else float(value), form).replace("%", " %"))
