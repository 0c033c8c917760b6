"""The instruments of the story other than tariffs, as effects on the economy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente.duties import IMPORT_BAN
from detente.formatting import average, fixed, quantity
from detente.model import Limit, Target, at_horizon
from detente.policy.instrument_table import (
    ExportControl,
    Instrument,
    PortFee,
    Purchase,
    Slice,
    instrument_table,
)
from detente.policy.instruments.effects import Cells, Effect
from detente.policy.outcomes import goods_mask

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from detente.ledger import Book, Position
    from detente.policy.instruments.shock import Setting

# A purchase in this unit is a yearly quantity, comparable with the base year's.
YEARLY = "Mt a year"


def measures_of(instrument: str) -> tuple[str, ...]:
    """Ledger ids behind an instrument. Gives empty for an unknown id."""
    return next((item.measures for item in instrument_table().instruments if item.id == instrument), ())


def switchable() -> tuple[str, ...]:
    """Ids of the instruments that can be switched off. Gives in the order of the table."""
    return tuple(item.id for item in instrument_table().instruments)


def effects_of(setting: Setting, book: Book, assumed: Mapping[str, float]) -> list[Effect]:
    """Effects of the instruments that are on the books and were not under the law of the world's data."""
    makers: dict[type, Callable[..., Effect | None]] = {
        PortFee: _port_fee,
        ExportControl: _export_control,
        Slice: _slice,
        Purchase: _purchase,
    }
    found = []
    for item in instrument_table().instruments:
        live = [
            p for name in item.measures for p in _live(book, name) if not _live(setting.origin.book, name)
        ]
        released = isinstance(item, Slice) and any(_live(book, name) for name in item.released_by)
        if live and not released and _is_in(item, setting.origin.baseline.economies):
            effect = makers[type(item)](item, setting, live, assumed)
            if effect is not None:
                found.append(effect)
    return found


def _is_in(item: Instrument, economies: Collection[str]) -> bool:
    """Whether a world has the economies of an instrument; flows of a slice are looked at one by one."""
    named = {getattr(item, side, None) for side in ("importer", "exporter")} - {None}
    return named <= set(economies)


def without_effect(book: Book, done: Collection[str]) -> tuple[str, ...]:
    """Instruments on the books that have no effect in the shock."""
    bans = dict.fromkeys(item.measure.title for item in book.in_force(IMPORT_BAN))
    return (
        *(
            item.title
            for item in instrument_table().instruments
            if item.id not in done
            and any(_live(book, name) for name in item.measures)
            and not (isinstance(item, Slice) and any(_live(book, name) for name in item.released_by))
        ),
        *(f"{title}: no limit is put on trade, the duty of before the ban stands in" for title in bans),
    )


def _live(book: Book, measure: str) -> list[Position]:
    """Positions of a measure that are in force."""
    return [item for item in book.get(measure) if item.state == "in force"]


def _port_fee(item: PortFee, setting: Setting, live: list[Position], assumed: Mapping[str, float]) -> Effect:
    """
    Fee per net ton as an ad valorem equivalent.

    exposed share x (1 - re-routed) x fee x net tons per dollar is paid to the port state; exposed share x
    re-routed x cost of re-routing x fee x net tons per dollar is a real cost.
    """
    base = setting.origin.baseline
    paid, real = np.zeros(len(base.economies)), np.zeros(len(base.economies))
    n = base.economies.index(item.importer)
    intensity, moved = assumed[item.intensity], assumed[item.redeployed]
    rate = 1.0 / assumed[item.currency_per_usd] if item.currency_per_usd else 1.0
    words = []
    for position in live:
        fee = rate * (position.amounts or {}).get("per_net_ton", 0.0)
        route = item.routes[position.measure.id]
        full = assumed[route.exposed] * fee * intensity
        everyone = "*" in route.exporters
        for i, label in enumerate(base.economies):
            if i != n and (label in route.exporters or (everyone and label not in route.without)):
                paid[i] += full * (1 - moved)
                real[i] += full * moved * assumed[item.redeployment_cost]
        words.append(
            f"{position.measure.title}: {average(full * (1 - moved), 3)} of the value of goods paid and"
            f" {average(full * moved * assumed[item.redeployment_cost], 3)} a real cost of re-routing"
            f" ({item.intensity}, {route.exposed}, {item.redeployed}, {item.redeployment_cost})"
        )
    goods, charged = np.flatnonzero(goods_mask(setting)), np.flatnonzero((paid > 0) | (real > 0))
    j, at = (axis.ravel() for axis in np.meshgrid(goods, charged, indexing="ij"))
    cells = j, np.full_like(j, n), at
    return Effect(
        item.id,
        item.measures,
        tariff=Cells(*cells, paid[at]),
        iceberg=Cells(*cells, 1.0 + real[at]),
        words=tuple(words),
    )


def _export_control(
    item: ExportControl, setting: Setting, live: list[Position], assumed: Mapping[str, float]
) -> Effect | None:
    """Licences as a real cost on the part, and a limit on its exports where the scenario sets one."""
    base = setting.origin.baseline
    if item.part not in base.sectors:
        return None
    names = {position.measure.id for position in live}
    cost = sum(assumed[cost] for name, cost in item.licensed_by.items() if name in names)
    j, i = base.sectors.index(item.part), base.economies.index(item.exporter)
    abroad = np.delete(np.arange(len(base.economies)), i)
    real = Cells(np.full_like(abroad, j), abroad, np.full_like(abroad, i), np.full(len(abroad), 1.0 + cost))
    words = [
        (
            f"licences: a real cost of {average(cost)} on {item.part} from {item.exporter}"
            f" ({', '.join(item.licensed_by.values())})"
        )
    ]
    limits: tuple[Limit, ...] = ()
    if assumed[item.volume] < 1:
        others = tuple(label for label in base.economies if label != item.exporter)
        limits = (Limit(item.part, others, item.exporter, volume=assumed[item.volume], name=item.id),)
        words.append(
            f"exports of {item.part} to all held to {fixed(assumed[item.volume], 2)} of 2022 ({item.volume});"
            " the rent goes to the exporter"
        )
    return Effect(
        item.id,
        item.measures,
        iceberg=real,
        limits=limits,
        size=item.volume if limits else "",
        words=tuple(words),
    )


def _slice(
    item: Slice, setting: Setting, live: list[Position], assumed: Mapping[str, float]
) -> Effect | None:
    """A share of some flows forbidden: an iceberg with ``d ** -theta = 1 - share``, theta that of the horizon."""
    base = at_horizon(setting.origin.baseline, setting.horizon)
    cells = [
        (j, base.economies.index(flow.importer), base.economies.index(flow.exporter))
        for flow in item.flows
        if {flow.importer, flow.exporter} <= set(base.economies)
        for j, sector in enumerate(base.sectors)
        if sector in flow.sectors.get(setting.world.classification, ())
    ]
    if not cells:
        return None
    j, n, i = (np.array(axis) for axis in zip(*cells, strict=True))
    name = item.share or item.usd_bn or ""
    share = assumed[name]
    if item.usd_bn:
        share = min(0.99, 1e3 * assumed[name] / float(base.flows[j, n, i].sum()))
    if share <= 0:
        return None
    real = Cells(j, n, i, (1.0 - share) ** (-1.0 / base.theta[j]))
    pairs = ", ".join(
        f"{flow.exporter} to {flow.importer}"
        for flow in item.flows
        if {flow.importer, flow.exporter} <= set(base.economies)
    )
    return Effect(
        item.id,
        item.measures,
        iceberg=real,
        words=(f"{live[0].measure.title}: {average(share)} of sales {pairs} forbidden ({name})",),
    )


def _purchase(
    item: Purchase, setting: Setting, live: list[Position], assumed: Mapping[str, float]
) -> Effect | None:
    """A yearly quantity as a target against the base year's."""
    yearly = [p.quantity for p in live if p.quantity and p.step is not None and p.step.unit == YEARLY]
    if not yearly or item.part not in setting.origin.baseline.sectors:
        return None
    volume = max(yearly) / assumed[item.base]
    target = Target(item.part, item.importer, item.exporter, volume=volume, name=item.id)
    before = f"{item.base} {quantity(assumed[item.base], 'Mt')}"
    words = f"at least {quantity(max(yearly), 'Mt')} a year, {fixed(volume, 3)} of the base year ({before})"
    return Effect(item.id, item.measures, targets=(target,), size=item.base, words=(words,))


def assumption_rows() -> list[dict[str, Any]]:
    """The assumptions that size the instruments."""
    return [item.model_dump(mode="json") for item in instrument_table().assumptions]
