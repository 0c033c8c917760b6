"""Tables of a document: one row per thing a reader may want to sort."""

from __future__ import annotations

from typing import Any

import pandas as pd


def main_table(document: dict[str, Any]) -> pd.DataFrame:
    """
    Give the table a document is about.

    Examples
    --------
    >>> main_table({"result": {"rows": [{"id": "a", "rate": 0.1}]}}).to_dict("list")
    {'id': ['a'], 'rate': [0.1]}
    """
    result = document["result"]
    if "scenarios" in result:
        return comparison(document)
    for key in ("rows", "lines", "board", "series", "members", "years", "matches"):
        if isinstance(result.get(key), list) and result[key]:
            return pd.DataFrame(result[key])
    if isinstance(result.get("by"), dict) and result["by"]:
        imports = result.get("imports_usd") or {}
        return pd.DataFrame(
            [
                {"part": key, "rate": rate, "imports_usd": imports.get(key)}
                for key, rate in result["by"].items()
            ]
        )
    plain = {key: value for key, value in result.items() if not isinstance(value, (list, dict))}
    plain |= {f"prohibited_{key}": value for key, value in (result.get("prohibited") or {}).items()}
    return pd.DataFrame([plain])


def converged(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Scenarios of a run that have an equilibrium. Gives by id, in the study's order."""
    found = document["result"]["scenarios"].items()
    return {key: item for key, item in found if item["status"] == "converged"}


def comparison(document: dict[str, Any]) -> pd.DataFrame:
    """
    Compare scenarios: tariffs of each pair, real income of the pair's sides and of the groups.

    Gives one row per scenario: id, label, average tariffs (fractions), real income (percent).
    """
    rows = []
    for key, item in converged(document).items():
        pairs = [pair for pair in item["tariffs"] if not pair.endswith("*")]
        sides = list(dict.fromkeys(side for pair in pairs for side in pair.split("<-")))
        row = {"id": key, "label": item["label"]}
        row |= {f"tariff {pair}": item["tariffs"][pair] for pair in pairs}
        row |= {f"real_income_pct {side}": item["economies"][side]["real_income_pct"] for side in sides}
        row |= {f"real_income_pct {g}": value["real_income_pct"] for g, value in item["groups"].items()}
        rows.append(row)
    return pd.DataFrame(rows)


def make_tables(document: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Every table of a run."""
    found = {
        "comparison": comparison(document),
        "economies": _stack(document, "economies", "economy"),
        "groups": _stack(document, "groups", "group"),
        "tariffs": _tariffs(document),
        "flows": _stack(document, "flows", "flow"),
        "sectors": _sectors(document),
        "worth": worth(document),
        "constraints": _stack(document, "constraints", "constraint"),
        "measures": _measures(document),
        "assumptions": pd.DataFrame(document["assumptions"]).astype(str),
    }
    if "timeline" in document["result"]:
        found["timeline"] = pd.DataFrame(document["result"]["timeline"])
    return {name: frame for name, frame in found.items() if not frame.empty}


def _stack(document: dict[str, Any], key: str, label: str) -> pd.DataFrame:
    """One row per scenario and thing."""
    rows = [
        {"scenario": scenario, label: name, **values}
        for scenario, item in converged(document).items()
        for name, values in (item.get(key) or {}).items()
    ]
    return pd.DataFrame(rows)


def _tariffs(document: dict[str, Any]) -> pd.DataFrame:
    """Average tariffs, one row per scenario and pair."""
    rows = [
        {"scenario": scenario, "pair": pair, "rate": rate}
        for scenario, item in converged(document).items()
        for pair, rate in item["tariffs"].items()
    ]
    return pd.DataFrame(rows)


def _sectors(document: dict[str, Any]) -> pd.DataFrame:
    """Sector outcomes, one row per scenario, economy and sector."""
    rows = [
        {"scenario": scenario, "economy": economy, "sector": sector, **values}
        for scenario, item in converged(document).items()
        for economy, sectors in item["sectors"].items()
        for sector, values in sectors.items()
    ]
    return pd.DataFrame(rows)


def worth(document: dict[str, Any]) -> pd.DataFrame:
    """
    List what one scenario is worth against another, one row per instrument and economy or group.

    Gives contrast, instrument, of (economy or group), in_order, in_reverse: percent of real income.
    """
    rows = [
        {"contrast": key, "instrument": line["instrument"], "of": of, **value}
        for key, item in document["result"].get("worth", {}).items()
        for line in item["lines"]
        for of, value in line["real_income_pct"].items()
    ]
    return pd.DataFrame(rows)


def _measures(document: dict[str, Any]) -> pd.DataFrame:
    """Measures between the pair, by scenario."""
    rows = [
        {
            "scenario": scenario,
            **row,
            "targets": " ".join(row["targets"]),
            "sources": " ".join(row["sources"]),
        }
        for scenario, item in converged(document).items()
        for row in item["measures"]
    ]
    return pd.DataFrame(rows)
