"""Average tariffs between two economies, on a day and on every day: what the first page shows beside the board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.asof import READINGS
from detente.duties import ever_charges
from detente.errors import DetenteError
from detente.geography.economies import resolve
from detente.policy import rates_on, rates_over_time
from detente.queries.question import question_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from detente.asof import AsOf
    from detente.duties.documents.average import AverageAnswer
    from detente.io.stamped import Stamped
    from detente.ledger import Ledger
    from detente.ledger.documents.assumed import LawAssumption
    from detente.policy import StudyRun
    from detente.queries.question import Asked


def two_economies(a: str, b: str, usual: tuple[str, str]) -> tuple[str, str]:
    """Codes of two different economies; where the same is named twice, the other is one of the usual two."""
    first, second = resolve(a, where="a"), resolve(b, where="b")
    return (first, second) if first != second else (first, next(side for side in usual if side != first))


def pairs_charged(ledger: Ledger, a: str, b: str) -> list[tuple[str, str]]:
    """Importer and exporter of each direction in which the ledger has ever charged a duty of its own."""
    return [(i, e) for i, e in ((a, b), (b, a)) if ever_charges(ledger, i, e)]


def unlisted(run: StudyRun | None, a: str, b: str) -> list[str]:
    """Which of two economies the world of a run does not have."""
    return [] if run is None else [side for side in (a, b) if side not in run.world.economies]


def averages(
    asked: Asked,
    day: dt.date,
    sides: tuple[str, str],
    ledger: Ledger,
    run: StudyRun | None,
    *,
    document: Callable[[Asked], Stamped[AverageAnswer, LawAssumption]],
    keep: Callable[[Asked, Callable[[], dict[str, float]]], dict[str, float]],
) -> list[dict[str, Any]]:
    """
    Average tariffs both ways, with the world's flows, and line by line where the importer's schedule is held.

    `document` answers a question, `keep` gives a value that is kept by the question it belongs to. Gives per direction
    importer, exporter, line (an `AverageAnswer`, or None with `why`), model, both (by reading of a late day).
    """
    a, b = sides
    held = run is not None and {a, b} <= set(run.setting.baseline.economies)

    def by_flows(of: Asked) -> dict[str, float]:
        return keep(of, lambda: _by_flows(run, of, ledger, sides)) if run is not None and held else {}

    by_pair = by_flows(asked)
    both = {basis: by_flows(asked.but(ends=basis)) for basis in READINGS} if day > ledger.horizon else {}
    found = []
    for importer, exporter in ((a, b), (b, a)):
        fields = {"known_on": asked.known_on, "ends": asked.ends, "on": day.isoformat()}
        row: dict[str, Any] = {"importer": importer, "exporter": exporter, "line": None, "why": ""}
        try:
            average = question_of("average_tariff").ask(importer=importer, origin=exporter, **fields)
            row["line"] = document(average).result
        except DetenteError as problem:
            row["why"] = problem.what
        name = f"{importer}<-{exporter}"
        read = {basis: rates[name] for basis, rates in both.items() if name in rates}
        if not read and row["line"]:
            read = {item.basis: item.rate for item in row["line"].readings}
        found.append({**row, "model": by_pair.get(name), "both": read})
    return found


def _by_flows(run: StudyRun, asked: Asked, ledger: Ledger, sides: tuple[str, str]) -> dict[str, float]:
    """Tariffs collected in the world's data plus the change of the ledger, weighted with the world's flows."""
    book = asked.edited(ledger).on(asked.asof(ledger).statutory())
    return rates_on(run.setting, book, (sides, sides[::-1]))


def is_usual(run: StudyRun, pairs: Sequence[tuple[str, str]], asof: AsOf) -> bool:
    """Whether the rates of every day are those of the study itself."""
    return set(pairs) == set(run.spec.pairs) and (asof.known_on, asof.ends) == (None, "legal")


def every_day(
    run: StudyRun, ledger: Ledger, pairs: Sequence[tuple[str, str]], asof: AsOf
) -> list[dict[str, Any]]:
    """Average additional duties on every day of change."""
    return rates_over_time(run.setting, ledger, pairs, asof=asof)
