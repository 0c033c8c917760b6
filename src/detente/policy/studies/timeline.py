"""Average additional duties of the pair's sides on every day on which something changed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.asof import AsOf
from detente.duties import additional_rates
from detente.policy.instruments.scenario_law import new_tariff
from detente.policy.instruments.shock import ledger_duties
from detente.policy.outcomes import average_tariffs
from detente.world.sectors import read_sectors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detente.ledger import Book, Ledger
    from detente.policy.instruments.shock import Setting

# The first duties of the story: Section 232 in March, Section 301 in July 2018.
FIRST_DAY = dt.date(2018, 1, 1)


def rates_on(setting: Setting, book: Book, pairs: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Tariffs collected in the world's data plus the change of the ledger, by ``importer<-exporter``, with its flows."""
    duties = ledger_duties(book, setting.world, setting.baseline, setting.parents, setting.assumptions)
    tariff, _ = new_tariff(setting.origin.baseline.tariff, duties, setting.origin.duties)
    return average_tariffs(setting, tariff, tuple(pairs))


def rates_over_time(
    setting: Setting,
    ledger: Ledger,
    pairs: Iterable[tuple[str, str]],
    *,
    asof: AsOf | None = None,
) -> list[dict[str, Any]]:
    """
    Average additional duties of the ledger on goods, weighted with the world's flows.

    One row per day of change: ``date`` and a fraction by ``importer<-exporter``; `asof` says what was known and how
    suspensions end.
    """
    read = asof or AsOf(ledger.horizon)
    pairs = list(pairs)
    world = setting.world
    flows = world.baseline().flows
    goods = np.array([row.goods for row in read_sectors(world.classification)])
    rows = []
    for day in ledger.days_of_change(FIRST_DAY, ledger.horizon):
        book = ledger.on(read.on(day))
        row: dict[str, Any] = {"date": day.isoformat()}
        for importer, exporter in pairs:
            rates = additional_rates(
                book,
                importer=importer,
                classification=world.classification,
                economies=(exporter,),
                assumptions=setting.assumptions,
            )
            n, i = world.economies.index(importer), world.economies.index(exporter)
            column = rates.sel(sector=list(world.sectors), exporter=exporter).to_numpy()
            weights = flows[goods, n, i]
            row[f"{importer}<-{exporter}"] = float((column[goods] * weights).sum() / weights.sum())
        rows.append(row)
    return rows
