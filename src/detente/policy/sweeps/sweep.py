"""Many scenarios: a design solved part by part into a store, from where it was left."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from detente.errors import StudyError
from detente.formatting import count, fixed
from detente.ledger import open_ledger
from detente.policy.sweeps.design import load_design
from detente.policy.sweeps.pool import Cases, Part, failures, open_pool, run_parts
from detente.policy.sweeps.prepare import prepare_cases, with_law
from detente.policy.sweeps.stores.files import write_whole
from detente.policy.sweeps.stores.store import Range, Store, open_store, part_ranges
from detente.policy.sweeps.workers import require_own_process

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.ledger import Ledger
    from detente.policy.sweeps.cases import StudyCases
    from detente.policy.sweeps.schema import Design

Failure = tuple[int, str, str]
SECONDS_BETWEEN_LINES = 5.0
# Failures that are listed in full; the store holds all of them.
MOST_LISTED = 20


@dataclass(frozen=True)
class Swept:
    """
    What a sweep did.

    store: Where the results are.
    ranges: The parts of this run.
    rows: Cases (a draw under a scenario) in the store.
    failed: Cases without an equilibrium: draw, scenario, reason.
    lost: Parts without results, with the reason: ``(first, one past the last, reason)``.
    redone: Files of parts whose content was not what had been written; they were solved again.
    digest: Hash of the results.
    """

    store: Store
    ranges: tuple[Range, ...]
    rows: int
    failed: tuple[Failure, ...]
    lost: tuple[tuple[int, int, str], ...]
    redone: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class Sweep:
    """
    A design that was swept, with what it was made of.

    Attributes
    ----------
    cases
        Design, study, draws.
    swept
        Store, failures, hash.
    """

    cases: StudyCases
    swept: Swept

    @property
    def design(self) -> Design:
        """The design."""
        return self.cases.design

    @property
    def store(self) -> Store:
        """Where the results are."""
        return self.swept.store


@dataclass
class _Tally:
    """Counts of a run, and when it last said something."""

    total: int
    say: Callable[[str], None]
    already: int = 0
    done: int = 0
    failed: int = 0
    lost: list[tuple[int, int, str]] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)
    spoken: float = field(default_factory=time.monotonic)

    def speak(self) -> None:
        """Say how far, how fast, how long still, and how many failures, every few seconds."""
        now = time.monotonic()
        finished = self.already + self.done
        if now - self.spoken < SECONDS_BETWEEN_LINES and finished < self.total:
            return
        self.spoken = now
        rate = self.done / max(now - self.begun, 1e-9)
        left = (self.total - finished) / rate if rate > 0 else 0.0
        lost = f", {len(self.lost)} parts lost" if self.lost else ""
        self.say(
            f"{finished} of {self.total} scenarios, {fixed(rate, 1)} a second, {count(left)} s left,"
            f" {self.failed} failed{lost}"
        )


def sweep(
    design: str | Path,
    *,
    draws: int | None = None,
    horizon: str | None = None,
    out: str | Path | None = None,
    executor: Literal["local", "dask"] = "local",
    address: str | None = None,
    workers: int | None = None,
    ledger: Ledger | None = None,
    law: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Sweep:
    """
    Solve every scenario of a design in every draw, into a store that a later run goes on with.

    `law` is where the duties under the assumptions that vary are kept: the store by default, or that of the same design at
    another horizon.
    """
    require_own_process()
    say = progress or (lambda _text: None)
    read, study = load_design(design, draws=draws, horizon=horizon)
    ledger = ledger or open_ledger()
    cases = prepare_cases(read, study, ledger)
    folder = Path(out) if out is not None else Path(f"{read.id}-{cases.key[:12]}")
    store = open_store(folder, cases.key, cases.describe())
    cases = with_law(cases, ledger, law or store.path / "law.npz", say=say)
    swept = run_cases(cases, folder, executor=executor, address=address, workers=workers, say=say)
    return Sweep(cases, swept)


def run_cases(
    cases: Cases,
    folder: Path,
    *,
    executor: Literal["local", "dask"] = "local",
    address: str | None = None,
    workers: int | None = None,
    say: Callable[[str], None] = lambda _text: None,
) -> Swept:
    """Solve the parts that a store does not hold yet."""
    if cases.count < 1:
        raise StudyError(
            "a design with no draws",
            where="draws",
            found=cases.count,
            allowed="at least 1",
            repair="ask for a draw or more",
        )
    store = open_store(folder, cases.key, cases.describe())
    ranges = part_ranges(cases.count, cases.batch)
    with store.locked():
        redone, todo = _clean(store, ranges)
        tally = _Tally(total=len(ranges), say=say)
        if todo:
            _solve(cases, store, todo, ranges, tally, executor, address, workers or os.cpu_count() or 1)
        return _finish(store, ranges, tally, redone)


def _clean(store: Store, ranges: list[Range]) -> tuple[list[str], list[Range]]:
    """Remove corrupted files and ends of shorter runs; say which parts are to be done."""
    good, corrupted = store.verify(ranges)
    for name in corrupted:
        (store.parts / name).unlink()
    wanted, last = set(ranges), max(stop for _, stop in ranges)
    for item, paths in store.found().items():
        overlaps = item not in wanted and item[0] < last
        for path in paths:
            if overlaps or (item in good and path != good[item]):
                path.unlink()
    return corrupted, [item for item in ranges if item not in good]


def _solve(
    cases: Cases,
    store: Store,
    todo: list[Range],
    ranges: list[Range],
    tally: _Tally,
    executor: Literal["local", "dask"],
    address: str | None,
    workers: int,
) -> None:
    """Solve parts and write them as they come."""
    share = sum(stop - start for start, stop in ranges) / len(ranges)
    scenarios = len(cases.describe().get("scenarios", ())) or 1
    tally.total = sum(stop - start for start, stop in ranges) * scenarios
    tally.already = tally.total - sum(stop - start for start, stop in todo) * scenarios
    tally.say(
        f"{len(todo)} of {len(ranges)} parts to do, {count(share)} draws each, {workers} workers ({executor})"
    )

    def done(item: Range, part: Part) -> None:
        begun = time.perf_counter()
        store.write(item, part.data)
        store.log(
            {
                "part": list(item),
                "seconds": round(part.seconds, 4),
                "write_seconds": round(time.perf_counter() - begun, 4),
                "bytes": len(part.data),
                "at": round(time.time(), 3),
            }
        )
        tally.done += part.rows
        tally.failed += len(part.failed)
        tally.speak()

    def lost(item: Range, reason: str) -> None:
        tally.lost.append((*item, reason))
        tally.say(f"draws {item[0]} to {item[1] - 1} lost: {reason}")

    with open_pool(executor, cases, workers=workers, address=address) as pool:
        run_parts(pool, cases.key, todo, done, lost)


def _finish(store: Store, ranges: list[Range], tally: _Tally, redone: list[str]) -> Swept:
    """Count what the store holds, and write the index."""
    import json  # noqa: PLC0415

    files = store.found()
    there = [item for item in ranges if item in files]
    failed: list[Failure] = []
    rows = 0
    for listed in store.tables(there, ["draw", "scenario", "status"]):
        rows += listed.num_rows
        failed += failures(listed)
    digest = store.digest(ranges)
    index: dict[str, Any] = {
        "draws": ranges[-1][1],
        "rows": rows,
        "hash": digest,
        "parts": [path.name for item in there for path in files[item]],
        "failed": [list(item) for item in failed],
        "lost": [list(item) for item in tally.lost],
    }
    write_whole(store.path / "index.json", json.dumps(index, indent=1).encode())
    return Swept(
        store=store,
        ranges=tuple(there),
        rows=rows,
        failed=tuple(failed),
        lost=tuple(tally.lost),
        redone=tuple(redone),
        digest=digest,
    )
