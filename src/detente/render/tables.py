"""Tables of a document: one row per thing a reader may want to sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from detente.io.documents import as_json
from detente.policy.documents.run import RunDocument

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from detente.policy.documents.run import Scenario


def comparison(run: RunDocument) -> list[dict[str, Any]]:
    """
    Compare scenarios: tariffs of each pair, real income of the pair's sides and of the groups.

    Gives one row per scenario: id, label, average tariffs (fractions), real income (percent).
    """
    return [
        {
            "id": key,
            "label": item.label,
            **{f"tariff {pair}": item.tariffs[pair] for pair in item.pairs},
            **{f"real_income_pct {side}": item.economies[side].real_income_pct for side in item.sides},
            **{f"real_income_pct {g}": value.real_income_pct for g, value in item.groups.items()},
        }
        for key, item in run.result.converged.items()
    ]


def make_tables(document: RunDocument | Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Every table of a run."""
    run = RunDocument.read(document)
    found = run.result.converged
    rows = {
        "comparison": comparison(run),
        "economies": list(_stack(found, "economies", "economy")),
        "groups": list(_stack(found, "groups", "group")),
        "tariffs": [
            {"scenario": scenario, "pair": pair, "rate": rate}
            for scenario, item in found.items()
            for pair, rate in item.tariffs.items()
        ],
        "flows": list(_stack(found, "flows", "flow")),
        "sectors": [
            {"scenario": scenario, "economy": economy, "sector": sector, **as_json(values)}
            for scenario, item in found.items()
            for economy, sectors in item.sectors.items()
            for sector, values in sectors.items()
        ],
        "worth": worth(run),
        "constraints": list(_stack(found, "constraints", "constraint")),
        "measures": [
            {
                "scenario": scenario,
                **as_json(row),
                "targets": " ".join(row.targets),
                "sources": " ".join(row.sources),
            }
            for scenario, item in found.items()
            for row in item.measures
        ],
    }
    frames = {name: pd.DataFrame(listed) for name, listed in rows.items()}
    frames["assumptions"] = pd.DataFrame(as_json(run.assumptions)).astype(str)
    if run.result.timeline is not None:
        frames["timeline"] = pd.DataFrame(as_json(run.result.timeline))
    return {name: frame for name, frame in frames.items() if not frame.empty}


def _stack(found: dict[str, Scenario], field: str, label: str) -> Iterator[dict[str, Any]]:
    """One row per scenario and thing."""
    for scenario, item in found.items():
        for name, values in getattr(item, field).items():
            yield {"scenario": scenario, label: name, **as_json(values)}


def worth(run: RunDocument) -> list[dict[str, Any]]:
    """
    List what one scenario is worth against another, one row per instrument and economy or group.

    Gives contrast, instrument, of (economy or group), in_order, in_reverse: percent of real income.
    """
    return [
        {"contrast": key, "instrument": line.instrument, "of": of, **as_json(value)}
        for key, item in run.result.worth.items()
        for line in item.lines
        for of, value in line.real_income_pct.items()
    ]
