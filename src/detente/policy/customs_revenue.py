"""Tariff revenue on a customs basis: the world's flows are at basic prices, customs values are larger."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.manifest import DATA, read_rows, read_text
from detente.policy.documents.run import CollectedRevenue, CustomsRevenue, RevenueRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detente.model import Equilibrium
    from detente.policy.instruments.shock import Setting

_FOLDER = DATA / "revenue"
_MONTHS = 12


@dataclass(frozen=True, eq=False)
class CustomsValues:
    """
    Imports of one importer at customs values.

    importer, world: Its label, and the world whose industries and partners the cells have.
    year, source: Of the values.
    cells: (industry, exporter) to USD million.
    collected: What the Treasury took, by month.
    """

    importer: str
    world: str
    year: int
    source: str
    cells: dict[tuple[str, str], float]
    collected: CollectedRevenue


@cache
def load_customs_values() -> CustomsValues:
    """Read the tables; they are the same in every run."""
    from ruamel.yaml import YAML  # noqa: PLC0415

    facts: dict[str, Any] = YAML(typ="safe").load(read_text(_FOLDER / "revenue.yaml"))
    taken = facts["collected"]
    months = [float(value) for value in taken["months"]]
    return CustomsValues(
        facts["importer"],
        facts["world"],
        int(facts["year"]),
        facts["source"].strip(),
        {
            (row["industry"], row["exporter"]): float(row["usd_mn"])
            for row in read_rows(_FOLDER / "customs_values.csv")
        },
        CollectedRevenue(
            first=taken["first"],
            last=taken["last"],
            usd_bn_a_year=_MONTHS * sum(months) / len(months) / 1e3,
            source=taken["source"].strip(),
        ),
    )


def customs_factors(setting: Setting, values: CustomsValues) -> NDArray[np.float64] | None:
    """
    Customs value over the world's basic-price flow, by sector of the baseline and exporter, (J, N).

    None where the world is another. A cell that the world leaves empty has none: it is 0, and its customs value is left out.
    """
    world = setting.world
    if world.name != values.world or values.importer not in world.economies:
        return None
    basic = basic_flows(setting, values)
    customs = customs_cells(setting, values)
    by_sector = np.divide(customs, basic, out=np.zeros_like(basic), where=basic > 0)
    out: NDArray[np.float64] = by_sector[setting.parents]
    return out


def basic_flows(setting: Setting, values: CustomsValues) -> NDArray[np.float64]:
    """The importer's purchases abroad in the world's year at basic prices, USD million, (world's sectors, N)."""
    n = list(setting.world.economies).index(values.importer)
    flows = setting.origin.baseline.flows[:, n, :].copy()
    flows[:, n] = 0.0
    out = np.zeros((len(setting.world.sectors), flows.shape[1]))
    np.add.at(out, setting.parents, flows)
    return out


def customs_cells(setting: Setting, values: CustomsValues) -> NDArray[np.float64]:
    """Customs values, USD million, (world's sectors, N)."""
    world = setting.world
    return np.array(
        [
            [values.cells.get((sector, exporter), 0.0) for exporter in world.economies]
            for sector in world.sectors
        ]
    )


def revenue_row(setting: Setting, eq: Equilibrium) -> RevenueRow | None:
    """Tariff revenue of an equilibrium on both bases; None where the world is another or nothing converged."""
    values = load_customs_values()
    factors = customs_factors(setting, values) if eq.converged else None
    if factors is None:
        return None
    n = list(setting.world.economies).index(values.importer)
    own = dataclasses.replace(eq)  # a copy: what it works out is not kept with the run
    duty = (own.wedges().importer[:, n, :] - 1) * own.new.customs[:, n, :]
    duty[:, n] = 0.0
    basic, customs = float(duty.sum()) / 1e3, float((factors * duty).sum()) / 1e3
    return RevenueRow(
        world_usd_bn=basic, customs_usd_bn=customs, factor=customs / basic if basic > 0 else None
    )


def customs_revenue(
    setting: Setting, scenarios: Mapping[str, RevenueRow | None], one_year: Mapping[str, RevenueRow | None]
) -> CustomsRevenue | None:
    """What a document says of revenue on a customs basis; None where the world is another."""
    values = load_customs_values()
    if customs_factors(setting, values) is None:
        return None
    basic, customs = basic_flows(setting, values), customs_cells(setting, values)
    covered = basic > 0
    goods = np.isin(np.array(setting.world.sectors), [sector for sector, _ in values.cells])
    total, inside = float(basic[goods].sum()), float(customs[covered].sum())
    return CustomsRevenue(
        importer=values.importer,
        year=values.year,
        imports_world_usd_bn=total / 1e3,
        imports_customs_usd_bn=inside / 1e3,
        left_out_usd_bn=float(customs[~covered].sum()) / 1e3,
        factor=inside / total,
        scenarios={key: row for key, row in scenarios.items() if row},
        at_one_year={key: row for key, row in one_year.items() if row},
        collected=values.collected,
        source=values.source,
    )
