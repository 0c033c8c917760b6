"""The track record asked for: the one that comes with the package, or worked out anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.duties import Assumptions
from detente.errors import InputError
from detente.formatting import rate
from detente.ledger import open_ledger
from detente.policy.evidence.actuals import held, with_file
from detente.policy.evidence.bench import Bench, episodes_named
from detente.policy.evidence.document import HORIZONS, TrackRecord, assemble, work_out
from detente.policy.evidence.embedded import WORLD, embedded, stale_because
from detente.policy.evidence.predictions import ratio_of
from detente.policy.evidence.registered import registered
from detente.world import load_world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from detente.ledger import Ledger
    from detente.policy.evidence.registered import Episode
    from detente.world import World


def track_record(
    episode: str | None,
    *,
    actuals: pd.DataFrame | Path | str | None,
    horizons: Sequence[str],
    fresh: bool,
    ledger: Ledger,
) -> TrackRecord:
    """Scores of one episode or all, from the embedded record where it has them, else from solves."""
    wanted, words = episodes_named(episode), tuple(horizons) or HORIZONS
    for word in words:
        ratio_of(word, 1.0)
    world, found = load_world(WORLD), embedded()
    usual = ledger.version in {open_ledger().version, (found or {}).get("made_of", {}).get("ledger")}
    if actuals is None and not fresh and usual and found is not None and set(words) <= set(HORIZONS):
        result = _chosen(found["result"], [item.id for item in wanted], words)
        stale = stale_because(found["made_of"], world, ledger)
        return _record(result, world, ledger, _stale_warnings(stale))
    bench = Bench(held() if actuals is None else with_file(actuals), world, ledger)
    if not any(bench.windows(item) for item in wanted):
        raise _nothing_scored(bench, wanted)
    known = found["result"]["fits"] if found is not None and not fresh else None
    result = work_out(bench, wanted, horizons=words, known=known)
    return _record(result, world, ledger, _file_warnings(bench, result, wanted))


def _chosen(result: Mapping[str, Any], wanted: Sequence[str], horizons: Sequence[str]) -> dict[str, Any]:
    """Episodes and horizons out of a whole record."""
    episodes = {
        name: {**body, "scores": [row for row in body["scores"] if row["horizon"] in horizons]}
        for name, body in result["episodes"].items()
        if name in wanted
    }
    return assemble(episodes, result["fits"], result["path"], horizons)


def _record(result: dict[str, Any], world: World, ledger: Ledger, more: Sequence[str]) -> TrackRecord:
    """A result with what a reader must know of it."""
    hashes = {"world_hash": world.hash}
    general = (
        "The shock from the law weighs lines with one year's trade on both sides; fees and limits are not in it.",
        f"The importer's trade is moved to the base year; the rest of the world is that of {world.year}.",
    )
    cautions = tuple(
        f"{body['title'][:1].upper()}{body['title'][1:]}: {' '.join(body['caution'].split())}"
        for body in result["episodes"].values()
    )
    judged = tuple(Assumptions(ledger.law(None).assumptions).rows())
    return TrackRecord(result, (*more, *general, *cautions), judged, hashes)


def _stale_warnings(stale: Sequence[str]) -> tuple[str, ...]:
    """That the record was made of other data."""
    if not stale:
        return ()
    differ = ", ".join(stale)
    return (
        f"These scores were worked out with another {differ}: `detente evidence --fresh` works them out anew.",
    )


def _nothing_scored(bench: Bench, wanted: Sequence[Episode]) -> InputError:
    """The refusal of a file whose months are in no window of what was asked."""
    spans = ", ".join(f"{item.id}: {item.windows[0].first} to {item.windows[-1].last}" for item in wanted)
    given = bench.traded.given
    return InputError(
        "no month of the file can be scored",
        where="actuals",
        found=f"{given[0]} to {given[-1]}" if given else "nothing",
        allowed=f"months of the windows ({spans}), or after {registered().data.last_month} for {registered().latest.id}",
        repair="leave the episode out, or give the months after the last one held",
    )


def _file_warnings(bench: Bench, result: Mapping[str, Any], wanted: Sequence[Episode]) -> tuple[str, ...]:
    """Months and partners of a file that are not scored."""
    found, given = [], bench.traded.given
    scored = {month for item in wanted for window in bench.windows(item) for month in window.months}
    last = registered().data.last_month
    if left := sorted(month for month in given if month > last and month not in scored):
        found.append(f"Months without the same months of a base year, not scored: {', '.join(left[:12])}.")
    if bench.traded.unscored:
        found.append(
            f"Partners without months of a base year, counted with the rest: {', '.join(bench.traded.unscored)}."
        )
    missing = {
        name
        for body in result["episodes"].values()
        for window in body["windows"]
        for name in window["partners"]
    }
    if missing:
        found.append(
            f"Partners that lack months of a window, not scored there, nor is the rest: {', '.join(sorted(missing))}."
        )
    thin = [window["thin_share"] for body in result["episodes"].values() for window in body["windows"]]
    if thin:
        found.append(f"Imports with an industry that are not scored, at most: {rate(max(thin), 3)}.")
    return tuple(found)
