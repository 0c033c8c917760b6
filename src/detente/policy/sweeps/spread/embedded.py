"""Bands that come with the package, so that a run shows them at once; stale ones say so."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import detente
from detente.io.columns import ENDING, Columns, to_bytes
from detente.manifest import DATA, data_hash, is_there, read_bytes
from detente.model import drawn_path, years_of
from detente.policy.sweeps.document import drivers_document, featured_labels
from detente.policy.sweeps.spread.bands import INCOME, KEYS, LEVEL, Bands, outcomes_of, read_results
from detente.policy.sweeps.stores.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from detente.policy.sweeps.sweep import Sweep

FOLDER = DATA / "bands"
NUMBERS = ("mean", "sd", "mean_se", *KEYS, *(f"{key}_se" for key in KEYS), "p_below", "p_below_se")
# Key of what holds one year after the change, and what the names of its rows begin with.
YEAR, ONE_YEAR = "at_one_year", "one year "
Table = dict[str, dict[str, dict[str, float]]]


def embedded_bands(
    study: str,
    world_hash: str,
    ledger_hash: str,
    *,
    folder: Path | None = None,
    scenarios: Mapping[str, str] | None = None,
    usual: bool = True,
) -> dict[str, Any] | None:
    """
    Bands of a built-in study, worked out when the package was made.

    Gives None if there are none for this study. Else a dict of plain values: design, draws, command (that reproduces
    them), version, ledger_hash, world_hash, ``stale`` (with ``stale_because``: the world, the ledger, the version, the
    data, the study or the options differ from the run's), level, failed, hash, ``scenarios[ID][OUTCOME][LABEL]``,
    ``contrasts[ID][LABEL]``, ``policies[ID]`` with ``expected`` and ``mixture`` by outcome and label, ``fan[OUTCOME]``,
    drivers, ``at_one_year`` with scenarios and contrasts of its own where they were made. Numbers of a label: mean, sd,
    q05 .. q95, p_below, each but sd with its sampling error ``*_se``.

    Examples
    --------
    >>> embedded_bands("no-such-study", "", "") is None
    True
    """
    read = _read(study, str(folder or FOLDER))
    if read is None:
        return None
    head, rows = read
    differ = [
        name
        for name, own, given in (
            ("world", head["world_hash"], world_hash),
            ("ledger", head["ledger_hash"], ledger_hash),
            ("version", head["version"], detente.__version__),
            ("data", head.get("data_hash", ""), data_hash(solved=True)),
            ("study", "", "" if _as_made(head, scenarios) else "another"),
            ("options", "", "" if usual else "others"),
        )
        if own != given
    ]
    policies = {
        name: {
            **about,
            "expected": rows.get(f"expected {name}", {}),
            "mixture": rows.get(f"mixture {name}", {}),
        }
        for name, about in head["policies"].items()
    }
    return {
        **{name: value for name, value in head.items() if name != YEAR},
        "stale": bool(differ),
        "stale_because": differ,
        **_tables(head, rows, ""),
        "policies": policies,
        "fan": {outcome: _fan(head["fan"], rows, outcome) for outcome in head["outcomes"]},
        **({YEAR: {**head[YEAR], **_tables(head[YEAR], rows, ONE_YEAR)}} if YEAR in head else {}),
    }


def _tables(head: Mapping[str, Any], rows: Mapping[str, Table], before: str) -> dict[str, Any]:
    """Scenarios and contrasts of a head, from rows whose names begin alike."""
    found = {name: rows[f"{before}{name}"] for name in head["scenarios"] if f"{before}{name}" in rows}
    return {
        "scenarios": found,
        "contrasts": {name: rows[f"{before}contrast {name}"][INCOME] for name in head["contrasts"]},
    }


def _as_made(head: Mapping[str, Any], scenarios: Mapping[str, str] | None) -> bool:
    """Whether the scenarios of a run are those the bands were made of, as far as the bands say."""
    made = head.get("scenario_hashes", {})
    return all(made.get(name, found) == found for name, found in (scenarios or {}).items())


@cache
def _read(study: str, folder: str) -> tuple[dict[str, Any], dict[str, Table]] | None:
    """Head and table of a study's bands in a folder."""
    head_file, table_file = Path(folder) / f"{study}.json", Path(folder) / f"{study}{ENDING}"
    if not is_there(head_file) or not is_there(table_file):
        return None
    head = json.loads(read_bytes(head_file))
    table = Columns(read_bytes(table_file))
    rows: dict[str, Table] = {}
    columns: list[list[Any]] = [table.strings(name) for name in ("about", "outcome", "label")]
    columns += [table.numbers(name).tolist() for name in NUMBERS]
    for about, outcome, label, *numbers in zip(*columns, strict=True):
        own = dict(zip(NUMBERS, numbers, strict=True))
        rows.setdefault(about, {}).setdefault(outcome, {})[label] = own
    return head, rows


def _fan(points: list[dict[str, str]], rows: Mapping[str, Table], outcome: str) -> list[dict[str, Any]]:
    """Quantiles along the path, from the rows of scenarios and mixtures."""
    found = []
    for point in points:
        own = rows.get(point["rows"], {}).get(outcome, {})
        quantiles = {label: {key: numbers[key] for key in KEYS} for label, numbers in own.items()}
        found.append({"on": point["on"], "point": point["point"], "quantiles": quantiles})
    return found


def write_bands(
    sweep: Sweep,
    folder: Path | str,
    *,
    command: str,
    year: Sweep | None = None,
    say: Callable[[str], None] = lambda _text: None,
) -> Path:
    """Write a sweep's bands as the files the package carries, and those of the same design one year after the change."""
    import pandas as pd  # noqa: PLC0415  (heavy)

    study, design = sweep.cases.study, sweep.design
    frames = [_frame(bands) for bands in outcomes_of(sweep)]
    if year is not None:
        frames += [_frame(bands, ONE_YEAR, policies=False) for bands in outcomes_of(year)]
    frame = pd.concat(frames, ignore_index=True)
    about = list(dict.fromkeys(frame["about"]))
    bands = Bands(sweep, read_results(sweep, [sweep.store.manifest["outcomes"][0]]))
    contrasts = [item.id for item in study.contrasts if f"contrast {item.id}" in about]
    head = {
        "study": study.id,
        "design": design.id,
        "design_hash": design.hash,
        "title": design.title,
        "draws": sweep.cases.count,
        "draws_of_design": design.draws,
        "seed": design.seed,
        "sample": design.sample,
        "command": command,
        "version": detente.__version__,
        "ledger_hash": sweep.cases.hashes["ledger"],
        "world_hash": sweep.cases.hashes[study.world],
        "data_hash": data_hash(solved=True),
        "scenario_hashes": study.scenario_hashes,
        "world_hashes": {key: value for key, value in sweep.cases.hashes.items() if key != "ledger"},
        "hash": sweep.swept.digest,
        "failed": len(sweep.swept.failed),
        "level": 0.9,
        "outcomes": list(sweep.store.manifest["outcomes"]),
        "scenarios": list(bands.scenarios),
        "contrasts": contrasts,
        "policies": {item.id: item.model_dump(mode="json", exclude={"id"}) for item in design.policies},
        "fan": _fan_points(bands),
        "drivers": drivers_document(sweep, featured_labels(sweep), curvature=True, say=say),
        "varied": [{"name": item.name, "why": item.why, "source": item.source} for item in design.parameters],
        "elasticities": design.elasticities.model_dump(mode="json") if design.elasticities else None,
        "note": (
            "Errors are those of independent draws, cautious for this sample. What does not vary in the design is not in"
            " the band."
        ),
    }
    if year is not None:
        head[YEAR] = _year(year, command, contrasts)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    table = to_bytes({str(name): column.to_numpy() for name, column in frame.items()}, command)
    write_whole(target / f"{study.id}{ENDING}", table)
    path = target / f"{study.id}.json"
    write_whole(path, (json.dumps(_rounded(head), ensure_ascii=False, indent=1) + "\n").encode())
    return path


def _year(year: Sweep, command: str, contrasts: list[str]) -> dict[str, Any]:
    """Head of the bands one year after the change."""
    years = years_of(year.design.horizon)
    middle, low, high = (drawn_path(u).ratio(years) for u in (0.5, (1 - LEVEL) / 2, (1 + LEVEL) / 2))
    bands = Bands(year, read_results(year, [year.store.manifest["outcomes"][0]]))
    return {
        "years": years,
        "ratio": middle,
        "ratio_low": low,
        "ratio_high": high,
        "draws": year.cases.count,
        "failed": len(year.swept.failed),
        "command": f"{command.partition(' --draws')[0]} --draws {year.cases.count} --horizon {year.design.horizon}",
        "hash": year.swept.digest,
        "scenarios": list(bands.scenarios),
        "contrasts": contrasts,
    }


def _frame(bands: Bands, before: str = "", *, policies: bool = True) -> pd.DataFrame:
    """Every summary of one outcome as rows, in single precision."""
    import pandas as pd  # noqa: PLC0415

    (outcome,), labels = bands.results.outcomes, bands.results.labels
    pieces = {scenario: own[outcome] for scenario, own in bands.scenarios.items()}
    pieces |= {f"contrast {name}": summary for name, summary in bands.contrasts.items()}
    for policy in filter(bands.answered, bands.sweep.design.policies if policies else ()):
        pieces[f"expected {policy.id}"] = bands.expected(policy, outcome)
        pieces[f"mixture {policy.id}"] = bands.mixture(policy, outcome)
    frames = []
    for about, summary in pieces.items():
        numbers = {key: np.asarray(summary[key], dtype=np.float32) for key in NUMBERS}
        frames.append(
            pd.DataFrame({"about": f"{before}{about}", "outcome": outcome, "label": list(labels), **numbers})
        )
    return pd.concat(frames, ignore_index=True)


def _fan_points(bands: Bands) -> list[dict[str, str]]:
    """Days of the fan, and which rows hold each."""
    mixtures = {policy.id for policy in bands.sweep.design.policies}
    return [
        {
            "on": point["on"],
            "point": point["point"],
            "rows": f"mixture {point['point']}" if point["point"] in mixtures else point["point"],
        }
        for point in bands.fan(bands.results.outcomes[0])
    ]


def _rounded(value: Any) -> Any:
    """Numbers to six significant digits."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return value
