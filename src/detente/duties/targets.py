"""Which positions of a book concern an origin, and how closely their targets name it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.geography import economies as places
from detente.geography import territories as customs

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from detente.ledger import Book, Ledger, Position

EVERYONE = "*"
# Instruments that can charge a duty; a threat does once an edit enacts it.
CHARGING = frozenset({"tariff", "threat"})
_BY_CODE, _BY_GROUP, BY_ALL = 3, 2, 1


@dataclass(frozen=True)
class Chosen:
    """A position that concerns an origin, and how closely its targets name it (3 code, 2 group, 1 all)."""

    position: Position
    closeness: int


def charging(book: Book, importer: str) -> tuple[Position, ...]:
    """
    Positions of an importer, or of its customs union, that charge a duty on the day: in force with a rate or a cap.

    Threats, investigations, views and suspended duties are not among them; a threat that an edit enacted is.
    """
    return book.recall(
        ("charging", importer),
        lambda: tuple(
            item
            for item in book.positions
            if item.state == "in force"
            and item.measure.instrument in CHARGING
            and (item.rate is not None or item.cap is not None)
            and customs.imposes(item.measure.imposer, importer, book.on)
        ),
    )


def closeness(targets: Sequence[str], origin: str, on: dt.date) -> int:
    """How closely targets name an origin: 3 by code, 2 by group on the day, 1 by ``*``, 0 not at all."""
    return _nearness(_read_targets(tuple(targets), on), origin)


_Named = tuple[frozenset[str], frozenset[str], bool]


@functools.lru_cache(maxsize=4096)
def _read_targets(targets: tuple[str, ...], on: dt.date) -> _Named:
    """Codes, members of groups on a day, and whether everybody is named."""
    groups = [places.members(name, on) for name in targets if name != EVERYONE and places.is_group(name)]
    return frozenset(targets), frozenset().union(*groups), EVERYONE in targets


def _nearness(named: _Named, origin: str) -> int:
    """How closely targets that have been read name an origin."""
    codes, members, everyone = named
    if origin in codes:
        return _BY_CODE
    if origin in members:
        return _BY_GROUP
    return BY_ALL if everyone else 0


def chooser(positions: Iterable[Position], on: dt.date) -> Callable[[str], tuple[int, ...]]:
    """
    Read the targets of an importer's positions once, to ask about many origins.

    The answer gives, for an origin, how closely each position names it; 0 where it does not, exempts it, or shares a
    customs territory with it.
    """
    named: dict[tuple[str, _Named, _Named], int] = {}
    place = [
        named.setdefault(
            (
                item.measure.imposer,
                _read_targets(item.targets, on),
                _read_targets(item.measure.exempt_targets, on),
            ),
            len(named),
        )
        for item in positions
    ]

    def nearness(origin: str) -> tuple[int, ...]:
        near = [
            0
            if customs.imposes(imposer, origin, on) or _nearness(exempt, origin)
            else _nearness(targets, origin)
            for imposer, targets, exempt in named
        ]
        return tuple(near[k] for k in place)

    return nearness


def choose(positions: Iterable[Position], origin: str, on: dt.date) -> tuple[Chosen, ...]:
    """Positions of one importer whose targets name an origin, unless their measure exempts it."""
    items = tuple(positions)
    return tuple(
        Chosen(item, near) for item, near in zip(items, chooser(items, on)(origin), strict=True) if near
    )


def duties_on(book: Book, importer: str, origin: str) -> tuple[Chosen, ...]:
    """Positions of an importer that charge a duty on goods of an origin; `build_layers` keeps the closest of each part."""

    def read() -> tuple[Chosen, ...]:
        charged = charging(book, importer)
        near = book.recall(("nearness", importer), lambda: chooser(charged, book.on))(origin)
        return tuple(Chosen(item, level) for item, level in zip(charged, near, strict=True) if level)

    return book.recall(("duties on", importer, origin), read)


def closest(entries: Sequence[Chosen]) -> list[Chosen]:
    """
    Within each part of a measure, keep the positions whose targets name the origin most closely, in the order given.

    Of several that name it as closely all stay: no position of the ledger ties with another on any day.
    """
    best: dict[tuple[str, str], int] = {}
    for entry in entries:
        key = (entry.position.measure.id, entry.position.part)
        best[key] = max(entry.closeness, best.get(key, 0))
    return [
        entry for entry in entries if entry.closeness == best[entry.position.measure.id, entry.position.part]
    ]


def ever_charges(ledger: Ledger, importer: str, exporter: str) -> bool:
    """Whether the ledger holds a duty of one economy on goods of the other, on any day."""
    return any(
        measure.instrument == "tariff"
        and any(
            customs.imposes(measure.imposer, importer, step.from_)
            and _names(step.targets or measure.targets, exporter)
            for step in measure.steps
        )
        for measure in ledger.measures.values()
    )


def _names(targets: Iterable[str], economy: str) -> bool:
    """Whether targets hold an economy, by itself or in a group."""
    return any(
        target in {economy, "*"} or (places.is_group(target) and economy in places.members(target))
        for target in targets
    )
