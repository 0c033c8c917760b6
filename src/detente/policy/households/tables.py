"""What households buy, the imports inside it, and who buys how much: tables that come with the package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.manifest import DATA, read_rows, read_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.policy.instruments.shock import Setting

MARGINS: Final = "margins"
"""The name of the margins of trade and transport among the commodities."""


@dataclass(frozen=True, eq=False)
class Households:
    """
    Consumption of the households of one economy.

    economy: Its label.
    count: Number of households.
    groups: Groups of consumption, (G,).
    commodities: Commodities, margins last, (C,).
    bought: Consumption at producers' prices, the margins apart, USD million, (G, C).
    imports: Customs value of imports inside it, USD million, (G, C): bought as such and inside domestic goods.
    shares: Share of each tenth of households, by income, in each group, (G, 10).
    pass_through: Share of a duty that prices carry: default and low.
    sources: Where these come from.
    """

    economy: str
    count: float
    groups: tuple[str, ...]
    commodities: tuple[str, ...]
    bought: NDArray[np.float64]
    imports: NDArray[np.float64]
    shares: NDArray[np.float64]
    pass_through: tuple[float, float]
    sources: tuple[str, ...]


@cache
def load_households() -> Households:
    """Read the tables; they are the same in every run."""
    from ruamel.yaml import YAML  # noqa: PLC0415

    folder = DATA / "households"
    facts: dict[str, Any] = YAML(typ="safe").load(read_text(folder / "households.yaml"))
    groups, purchases, content = (_read(name) for name in ("groups", "purchases", "import_content"))
    order = [row["group"] for row in groups]
    commodities = sorted({row["commodity"] for row in purchases} | {row["commodity"] for row in content})
    places = {name: k for k, name in enumerate([*commodities, MARGINS])}
    bought, imports = np.zeros((2, len(order), len(places)))
    for row in purchases:
        g = order.index(row["group"])
        bought[g, places[row["commodity"]]] += float(row["producers"])
        bought[g, places[MARGINS]] += float(row["margins"])
    for row in content:
        imports[order.index(row["group"]), places[row["commodity"]]] += float(row["direct"]) + float(
            row["inputs"]
        )
    shares = np.array([[float(row[f"d{k}"]) for k in range(1, 11)] for row in groups])
    through = facts["pass_through"]
    return Households(
        economy=facts["economy"],
        count=float(facts["households"]),
        groups=tuple(row["title"] for row in groups),
        commodities=tuple(places),
        bought=bought,
        imports=imports,
        shares=shares / shares.sum(axis=1, keepdims=True),
        pass_through=(float(through["default"]), float(through["low"])),
        sources=(facts["prices_source"], facts["households_source"], through["source"]),
    )


def sector_weights(
    setting: Setting, households: Households, weights: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Share of each of the model's sectors in each commodity, by weights (J,), (C, J); None where no table names them."""
    world = setting.world
    known = {
        row["commodity"]: row["sectors"].split()
        for row in _read("sectors")
        if row["classification"] == world.classification
    }
    if not known:
        return None
    of_world = np.array(world.sectors)[setting.parents]
    found = np.zeros((len(households.commodities), len(of_world)))
    for c, name in enumerate(households.commodities):
        cells = np.isin(of_world, known.get(name, []))
        total = weights[cells].sum()
        if cells.any():
            found[c, cells] = weights[cells] / total if total > 0 else 1 / cells.sum()
    return found


def _read(name: str) -> list[dict[str, str]]:
    """Rows of a table of the folder."""
    return read_rows(DATA / "households" / f"{name}.csv")
