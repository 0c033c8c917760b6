"""
Write what US households buy, and the imports inside it, to src/detente/data/households.

    python scripts/build_households.py

From tables of the US Bureau of Economic Analysis (input-output accounts, summary level, 2024; PCE bridge; distribution of
personal consumption 2023), public domain, in ../shared/data/us_households. Two files:

purchases.csv: consumption by group and commodity, USD million: at producers' prices, and the margins of trade and transport
on top of it.

import_content.csv: customs value of imports inside it, by group and imported commodity, USD million: bought as such
(`direct`), and inside goods and services made at home (`inputs`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

REPO = Path(__file__).resolve().parents[1]
SOURCE = REPO.parent / "shared" / "data" / "us_households"
TARGET = REPO / "src" / "detente" / "data" / "households"
# Margins: wholesale and retail trade, and transport of goods.
MARGINS = ["42", "441", "445", "452", "4A0", "482", "483", "484"]


def purchases() -> pd.DataFrame:
    """Consumption by group and commodity, USD million: columns producers, margins."""
    bridge = pd.read_csv(SOURCE / "pce_bridge.csv", dtype={"bea_code": str})
    groups = pd.read_csv(SOURCE / "nipa_pce_to_distributional_bucket.csv")
    rows = bridge.merge(groups[["nipa_line", "pce_mp"]], on="nipa_line", validate="many_to_one")
    rows["margins"] = rows.purchasers_value - rows.producers_value
    table = rows.groupby(["pce_mp", "bea_code"], as_index=False)[["producers_value", "margins"]].sum()
    return table.rename(columns={"pce_mp": "group", "bea_code": "commodity", "producers_value": "producers"})


def final_import_share(bought: pd.DataFrame) -> pd.Series:
    """
    Customs value of imports in a dollar of consumption at producers' prices, by commodity.

    Imports less those used as inputs are final uses; consumption has the share in them that it has in all final uses of
    the commodity (BEA's own assumption: imports are used as comparable domestic goods are), both at purchasers' prices.
    """
    imported, domestic = (_table(f"bea_use_{name}.csv") for name in ("import", "domestic"))
    totals = _table("bea_commodity_use_totals.csv")
    final_imports = (totals.import_total - imported.sum(axis=1)).clip(lower=0)
    final_uses = totals.import_total + totals.domestic_total - imported.sum(axis=1) - domestic.sum(axis=1)
    by_commodity = bought.groupby("commodity")[["producers", "margins"]].sum()
    spent = by_commodity.sum(axis=1).reindex(totals.index).fillna(0)
    consumed = final_imports * (spent / final_uses.where(final_uses > 0)).clip(0, 1).fillna(0)
    share = consumed / by_commodity.producers.reindex(totals.index).where(lambda value: value > 0)
    return share.clip(0, 1).fillna(0)


def input_content() -> pd.DataFrame:
    """Customs value of imported commodities (rows) in a dollar of output of each domestic industry (columns), all rounds."""
    imported = _table("bea_use_import.csv")
    output = _table("bea_industry_output.csv").output
    needs = _table("bea_requirements_domestic.csv")
    industries = [code for code in needs.columns if code in output.index and code in imported.columns]
    per_dollar = imported[industries] / output[industries].to_numpy()
    return per_dollar @ needs.loc[industries, industries]


def import_content(bought: pd.DataFrame) -> pd.DataFrame:
    """Imports inside consumption by group and imported commodity, USD million: columns direct, inputs."""
    share, inside = final_import_share(bought), input_content()
    rows: dict[tuple[int, str], np.ndarray] = {}
    margin = inside[[code for code in MARGINS if code in inside.columns]].mean(axis=1)
    for group, commodity, producers, margins in bought.itertuples(index=False):
        direct = producers * share.get(commodity, 0.0)
        if direct:
            rows.setdefault((group, commodity), np.zeros(2))[0] += direct
        column = inside[commodity] if commodity in inside.columns else 0 * margin
        used = (producers - direct) * column + margins * margin
        for code, value in used[used > 0].items():
            rows.setdefault((group, str(code)), np.zeros(2))[1] += value
    table = pd.DataFrame(
        [(group, code, *value) for (group, code), value in sorted(rows.items())],
        columns=["group", "commodity", "direct", "inputs"],
    )
    return table[(table.direct + table.inputs) >= 0.5].round(1)


def _table(name: str) -> pd.DataFrame:
    """A table of the source by code."""
    return pd.read_csv(SOURCE / name, dtype={"bea_code": str}, index_col="bea_code").fillna(0)


def main() -> None:
    """Write the tables."""
    bought = purchases()
    content = import_content(bought)
    TARGET.mkdir(parents=True, exist_ok=True)
    bought.to_csv(TARGET / "purchases.csv", index=False, lineterminator="\n")
    content.to_csv(TARGET / "import_content.csv", index=False, lineterminator="\n")
    shares = pd.read_csv(SOURCE / "distributional_pce_2023.csv").rename(
        columns={"pce_mp": "group", "pce_title": "title", "total_billions": "usd_bn_2023"}
    )
    shares.to_csv(TARGET / "groups.csv", index=False, lineterminator="\n")
    spent = bought.producers.sum() + bought.margins.sum()
    print(f"consumption {spent / 1e6:.2f} trillion; imports bought {content.direct.sum() / spent:.3f} of it,")
    print(f"inside domestic goods and services {content.inputs.sum() / spent:.3f}")


if __name__ == "__main__":
    main()
