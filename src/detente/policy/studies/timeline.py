"""Average additional duties of the pair's sides on every day on which something changed."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detente.asof import AsOf
from detente.duties.averages.additional import additional_array
from detente.duties.targets import charging, closeness
from detente.formatting import rate
from detente.labels import capital, phrase
from detente.policy.instruments.scenario_law import new_tariff
from detente.policy.instruments.shock import ledger_duties
from detente.policy.outcomes import average_tariffs
from detente.world.sectors import read_sectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from detente.ledger import Book, Ledger
    from detente.policy.instruments.shock import Setting

# A change of an average that is named, as a fraction, and the acts named at most a direction and day.
STEP, NAMED = 0.008, 2
# Rates nearer than this are the same.
SAME = 1e-9
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

    One row per day of change: ``date``, a fraction by ``importer<-exporter``, and ``step`` on days of large changes, the
    acts of that day in words; `asof` says what was known and how suspensions end.
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
            column = additional_array(
                book,
                importer=importer,
                classification=world.classification,
                sectors=world.sectors,
                economies=(exporter,),
                assumptions=setting.assumptions,
            )[:, 0]
            n, i = world.economies.index(importer), world.economies.index(exporter)
            weights = flows[goods, n, i]
            row[f"{importer}<-{exporter}"] = float((column[goods] * weights).sum() / weights.sum())
        rows.append(row)
    return _with_steps(rows, lambda row: ledger.on(read.on(dt.date.fromisoformat(row["date"]))), pairs)


def _with_steps(
    rows: list[dict[str, Any]], book_of: Callable[[dict[str, Any]], Book], pairs: list[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Name the acts behind each large change of an average."""
    for before, row in pairwise(rows):
        moved = [
            (importer, exporter)
            for importer, exporter in pairs
            if abs(row[f"{importer}<-{exporter}"] - before[f"{importer}<-{exporter}"]) >= STEP
        ]
        said = [text for pair in moved for text in _acts(book_of(before), book_of(row), *pair)]
        if said:
            row["step"] = "; ".join(dict.fromkeys(said))
    return rows


def _acts(before: Book, after: Book, importer: str, exporter: str) -> list[str]:
    """What changed between two books in the duties of one economy on another; on all goods, else on some."""
    old, new = _in_force(before, importer, exporter), _in_force(after, importer, exporter)
    moved = {
        name: (now.rate - was.rate, max(was, now), _did(was.rate, now.rate))
        for name in {**old, **new}
        if abs((now := new.get(name, NOTHING)).rate - (was := old.get(name, NOTHING)).rate) > SAME
    }
    broad = max((item.broad for _, item, _ in moved.values()), default=False)
    said = sorted(
        (-item.near, -abs(by), name, f"{capital(phrase('measure', name, otherwise=item.title))} {did}")
        for name, (by, item, did) in moved.items()
        if item.broad == broad
    )
    return [text for *_, text in said[:NAMED]]


class _Charged(NamedTuple):
    """A measure in force: whether it is on all goods, how closely it names the exporter, its highest rate, its title."""

    broad: bool
    near: int
    rate: float
    title: str


NOTHING = _Charged(broad=False, near=0, rate=0.0, title="")


def _in_force(book: Book, importer: str, exporter: str) -> dict[str, _Charged]:
    """Measures in force by id."""
    found: dict[str, _Charged] = {}
    for item in charging(book, importer):
        near = closeness(item.targets, exporter, book.on)
        if near and item.rate is not None:
            held = found.get(item.measure.id, NOTHING)
            found[item.measure.id] = _Charged(
                held.broad or "all" in item.scope.include,
                max(near, held.near),
                max(item.rate, held.rate),
                item.measure.title,
            )
    return found


def _did(was: float, now: float) -> str:
    """What became of a rate."""
    if not was:
        return f"begins at {rate(now)}"
    return f"({rate(was)}) ends or is suspended" if not now else f"from {rate(was)} to {rate(now)}"
