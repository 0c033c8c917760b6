"""The document of a sweep: store, failures, bands and drivers, with the stamp that reproduces them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from detente.errors import StudyError
from detente.formatting import fixed
from detente.model import drawn_path, elasticity_ratio, years_of
from detente.policy.sweeps.schema import LONG
from detente.policy.sweeps.spread.bands import LEVEL, Bands, outcomes_of
from detente.policy.sweeps.spread.drivers import LEAST_DRAWS, sample_drivers
from detente.policy.sweeps.spread.slopes import slope_drivers
from detente.policy.sweeps.sweep import MOST_LISTED, Sweep
from detente.stamp import digest, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from detente.policy.sweeps.schema import Design

# Drivers that are listed for each economy; the rest is their sum.
MOST_DRIVERS = 8


def featured_labels(sweep: Sweep) -> list[str]:
    """Economies and groups a reader sees first: both sides of the study's pairs, then RCEP and the world."""
    study = sweep.cases.study
    wanted = [*(side for pair in study.pairs for side in pair), *study.groups]
    first = [label for label in dict.fromkeys(wanted) if label in sweep.store.labels]
    short = [label for label in first if label not in study.groups or label in {"RCEP", "WORLD"}]
    return short or list(sweep.store.labels[:4])


def drivers_document(
    sweep: Sweep,
    labels: Sequence[str],
    *,
    curvature: bool = False,
    say: Callable[[str], None] = lambda _text: None,
) -> dict[str, Any]:
    """
    What drives the spread of real income.

    Gives ``first_order``: Sobol indices by scenario and label, largest first. ``slopes``: by label, in the first
    scenario of the study's first contrast, from the adjoint. ``note``: how they were made, or why they are missing.
    """
    study = sweep.cases.study
    converged = sweep.swept.rows - len(sweep.swept.failed)
    indices: dict[str, Any] = {}
    note = (
        "First-order Sobol indices from the sample (SALib, means in bins; Saltelli if the design says so): the share of the"
        " variance that one quantity explains by itself, with the half-width of a 95 % bootstrap interval."
    )
    try:
        if converged / max(len(study.scenarios), 1) < LEAST_DRAWS:
            note = f"No Sobol indices from fewer than {LEAST_DRAWS} draws; the slopes need none."
        else:
            for spec in study.scenarios:
                say(f"drivers of {spec.id}")
                rows = sample_drivers(sweep, spec.id, labels)
                indices[spec.id] = {label: own[:MOST_DRIVERS] for label, own in rows.items()}
    except StudyError as error:
        note = f"No Sobol indices: {error.what} ({error.repair})."
    return {"note": note, "first_order": indices, "slopes": _slopes(sweep, labels, say, curvature=curvature)}


def _slopes(
    sweep: Sweep, labels: Sequence[str], say: Callable[[str], None], *, curvature: bool
) -> dict[str, Any]:
    """Slopes at the middle of the distributions, for one scenario."""
    design, study = sweep.design, sweep.cases.study
    if design.sample in {"grid", "list"}:
        return {}
    scenario = next((item.of for item in study.contrasts), study.scenarios[0].id)
    found = {}
    for label in labels:
        say(f"slopes of {label} in {scenario}")
        slopes = dataclasses.asdict(slope_drivers(sweep.cases, scenario, label, curvature=curvature))
        found[label] = slopes | {"rows": slopes["rows"][:MOST_DRIVERS]}
    return {"scenario": scenario, "labels": found}


def bands_document(sweep: Sweep, labels: Sequence[str] | None = None) -> dict[str, Any]:
    """
    The answers of a sweep as plain values.

    Gives level, draws, failed, scenarios, contrasts, policies, fan. Percent where a key ends in ``_pct``; USD billion
    where it ends in ``_usd_bn``; ``p_below`` is the probability of a value below zero: of real income, that the economy
    loses.
    """
    keep = [label for label in sweep.store.labels if labels is None or label in labels]
    document: dict[str, Any] = {
        "level": LEVEL,
        "draws": sweep.swept.rows // len(sweep.store.manifest["scenarios"]),
        "failed": len(sweep.swept.failed),
        "scenarios": {},
        "contrasts": {},
        "policies": {},
        "fan": {},
    }
    for bands in outcomes_of(sweep):
        _add_outcome(document, bands, keep)
    return document


def _add_outcome(document: dict[str, Any], bands: Bands, keep: Sequence[str]) -> None:
    """Add what is said of one outcome."""
    (outcome,) = bands.results.outcomes

    def cut(summary: Mapping[str, NDArray[np.float64]]) -> dict[str, dict[str, float]]:
        rows = bands.labelled(summary)
        return {label: rows[label] for label in keep}

    for scenario, own in bands.scenarios.items():
        document["scenarios"].setdefault(scenario, {})[outcome] = cut(own[outcome])
    document["contrasts"] |= {name: cut(summary) for name, summary in bands.contrasts.items()}
    for policy in filter(bands.answered, bands.sweep.design.policies):
        about = policy.model_dump(mode="json", exclude={"id"}) | {"expected": {}, "mixture": {}}
        found = document["policies"].setdefault(policy.id, about)
        found["expected"][outcome] = cut(bands.expected(policy, outcome))
        found["mixture"][outcome] = cut(bands.mixture(policy, outcome))
    document["fan"][outcome] = [
        {**point, "quantiles": {label: point["quantiles"][label] for label in keep}}
        for point in bands.fan(outcome)
    ]


def sweep_document(
    sweep: Sweep,
    *,
    command: str,
    ledger_version: str = "",
    labels: Sequence[str] | None = None,
    drivers: bool = True,
    say: Callable[[str], None] = lambda _text: None,
) -> dict[str, Any]:
    """Put a sweep together as one JSON document."""
    study, swept = sweep.cases.study, sweep.swept
    shown = featured_labels(sweep)
    wanted = labels if labels is not None else [*dict.fromkeys([*shown, *study.featured, *study.groups])]
    hashes = sweep.cases.hashes
    result = {
        "design": {"id": sweep.design.id, "title": sweep.design.title, "hash": sweep.design.hash},
        "on": max(item.on for item in study.scenarios).isoformat(),
        "store": str(sweep.store.path),
        "draws": sweep.cases.count,
        "done": swept.rows,
        "failed": len(swept.failed),
        "failures": [
            {"draw": draw, "scenario": scenario, "reason": reason}
            for draw, scenario, reason in swept.failed[:MOST_LISTED]
        ],
        "lost": [{"draws": [first, last - 1], "reason": reason} for first, last, reason in swept.lost],
        "redone": list(swept.redone),
        "hash": swept.digest,
        "featured": shown,
        "bands": bands_document(sweep, wanted),
        "drivers": drivers_document(sweep, shown, say=say) if drivers else {},
    }
    return {
        "stamp": stamp(
            command=command,
            ledger_hash=hashes["ledger"],
            world_hash=hashes.get(study.world, ""),
            scenario_hash=sweep.design.hash,
            options_hash=digest({"draws": sweep.cases.count}),
            run=sweep.cases.key,
            ledger_version=ledger_version,
        ),
        "result": result,
        "assumptions": [item.model_dump() for item in sweep.design.parameters]
        + ([sweep.design.elasticities.model_dump()] if sweep.design.elasticities else []),
        "warnings": _warnings(sweep),
    }


def _warnings(sweep: Sweep) -> list[str]:
    """What a reader must know before quoting a band."""
    swept = sweep.swept
    warnings = [
        (
            "A band says how far the assumptions that vary move the result; what does not vary in the design (the model"
            " itself, for one) is not in it."
        ),
        "Sampling errors are those of independent draws; Sobol and Latin hypercube samples have smaller ones.",
    ]
    if sweep.design.horizon != LONG:
        warnings.append(horizon_note(sweep.design))
    if swept.failed:
        warnings.append(
            f"{len(swept.failed)} scenarios without an equilibrium are left out of the bands; see `failures`."
        )
    if swept.lost:
        warnings.append(
            f"{len(swept.lost)} parts were lost; run the same command again to try them once more."
        )
    return warnings


def horizon_note(design: Design) -> str:
    """At which trade elasticities a sweep was solved, in words."""
    middle = elasticity_ratio(design.horizon)
    said = f"Trade elasticities are those of {design.horizon} since the change"
    if not design.draws_horizon:
        return f"{said}: {fixed(middle, 2)} of the long-run ones."
    years = years_of(design.horizon)
    low, high = (drawn_path(u).ratio(years) for u in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return (
        f"{said}: their ratio to the long run is drawn with the rest, {fixed(middle, 2)} in the middle and"
        f" {fixed(low, 2)} to {fixed(high, 2)} in nine of ten draws."
    )
