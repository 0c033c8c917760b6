"""The 81st economy: what the rest of the world sells and buys as inputs, from totals that are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.world.sectors import read_sectors
from icio_flows.balancing import balance_matrix
from icio_flows.tables import ROW, SINGLE

if TYPE_CHECKING:
    import pandas as pd

    from icio_flows.tables import Array, Icio, Regions

# Largest share of inputs in output that inputs from ROW may bring a node to: just below the 0.95 of the baseline,
# which counts duties too.
MAX_INPUT_SHARE = 0.94
# Largest share of a row's other uses that ROW's purchases of inputs may take.
MAX_OF_OTHER_USES = 0.6
# Largest share of ROW's own output that goes into inputs, so that some is left for final use.
MAX_INPUTS_OF_OUTPUT = 0.96
# Economies like those of ROW: regions, and single economies.
_LIKE_REGIONS = ("MEA", "AFR", "LAM")
_LIKE_ECONOMIES = ("PAK", "BGD", "KAZ")
_POOLED = ("EU27", "MEA", "AFR", "LAM")
_FIRST_GUESS = 1e-6


@dataclass(frozen=True)
class Completed:
    """
    The table with ROW, final demand still open.

    Attributes
    ----------
    economies, sectors
        Labels; ROW last.
    inputs
        (sector, importer, exporter); the block of the 80 as published.
    use
        (input, sector, importer).
    output, value_added_taxes, final_rows
        (sector, economy): gross output, value added and taxes less subsidies on inputs, sales to final users.
    capped
        Nodes whose share of inputs from ROW was cut, in words.
    """

    economies: list[str]
    sectors: list[str]
    inputs: Array
    use: Array
    output: Array
    value_added_taxes: Array
    final_rows: Array
    capped: list[str]


def complete_table(icio: Icio, regions: Regions, goods: Array, balances: pd.DataFrame) -> Completed:
    """
    Add ROW to the table of inputs.

    Parameters
    ----------
    icio, regions
        Source tables.
    goods
        BACI, (importer, exporter), others last (`read_goods_trade`).
    balances
        Exports and imports of goods and services by economy (`read_balances`).

    Returns
    -------
    Completed
        81 economies.
    """
    own = [e for e in icio.economies if regions.of[e] == ROW]
    members = [icio.economies.index(e) for e in own]
    output = regions.output[ROW] - icio.output[:, members].sum(axis=1)
    bought, capped = buy_from_row(icio, regions, goods, balances)
    sold = _split_products(icio, regions, output, bought)
    use_from_row = _split_use(icio, sold, bought)
    added = icio.other_costs - bought
    region = regions.value_added[ROW] + regions.taxes[ROW]
    own_added = np.clip(region - added[:, members].sum(axis=1), (1 - MAX_INPUT_SHARE) * output, output)
    own_use, purchases = _buy_as_row(icio, regions, output, output - own_added, goods, sold)
    n = len(icio.economies) + 1
    inputs = np.zeros((len(icio.sectors), n, n))
    inputs[:, :-1, :-1], inputs[:, :-1, -1], inputs[:, -1, :] = icio.inputs, sold, purchases
    use = np.concatenate([icio.use + use_from_row, own_use[:, :, None]], axis=2)
    made = np.column_stack([icio.output, output])
    # an identity of the stored table: what is not inputs is value added and taxes
    value_added_taxes = made - use.sum(axis=0)
    rows = np.column_stack(
        [icio.other_uses - purchases[:, :-1], output - sold.sum(axis=1) - purchases[:, -1]]
    )
    return Completed([*icio.economies, ROW], icio.sectors, inputs, use, made, value_added_taxes, rows, capped)


def buy_from_row(
    icio: Icio, regions: Regions, goods: Array, balances: pd.DataFrame
) -> tuple[Array, list[str]]:
    """
    Inputs bought from ROW by using industry and economy.

    Exact for economies that are a region; exact sums by industry for the EU, MEA, AFR and LAM, shared out
    by output and imports from economies outside the table (in C19 by use of B06); for the economies
    listed under ROW the mean ratio of such purchases to those imports.

    Parameters
    ----------
    icio, regions, goods, balances
        As in `complete_table`.

    Returns
    -------
    bought, capped
        (sector, economy), and the nodes whose share was cut.
    """
    imports = _imports_from_others(icio, goods, balances)
    intensity = imports / icio.output.sum(axis=0)
    weight = icio.output * intensity
    refined, crude = icio.sectors.index("C19"), icio.sectors.index("B06")
    weight[refined] = icio.use[crude, refined]
    room = np.maximum(MAX_INPUT_SHARE * icio.output - icio.use.sum(axis=0), 0.0)
    bought, known = np.zeros_like(icio.output), np.zeros(len(icio.economies), dtype=bool)
    capped: list[str] = []
    for region in (*SINGLE, *_POOLED):
        members = np.array([regions.of[e] == region for e in icio.economies])
        costs = icio.other_costs[:, members].sum(axis=1)
        total = np.maximum(costs - regions.value_added[region] - regions.taxes[region], 0.0)
        known |= members
        if region in SINGLE:
            bought[:, members] = total[:, None]
        else:
            bought[:, members] = _share_out(total, weight[:, members], room[:, members])
    like = bought[:, known].sum(axis=1) / icio.output[:, known].sum(axis=1)
    ratio = bought.sum() / imports[known].sum()
    guess = (
        weight[:, ~known]
        * (like / (weight[:, known].sum(axis=1) / icio.output[:, known].sum(axis=1)))[:, None]
    )
    guess *= ratio * imports[~known] / guess.sum(axis=0)
    bought[:, ~known] = np.minimum(guess, room[:, ~known])
    pooled = np.array([regions.of[e] not in SINGLE for e in icio.economies])
    for j, n in np.argwhere((bought >= room) & pooled & (icio.output > 0)):
        capped.append(f"{icio.sectors[j]} {icio.economies[n]}")
    return bought, capped


def _imports_from_others(icio: Icio, goods: Array, balances: pd.DataFrame) -> Array:
    """Goods bought from economies outside the table; where BACI has no importer, by its total imports."""
    imports = goods[:-1, -1].copy()
    total = balances["imports"].reindex(icio.economies).to_numpy(np.float64)
    absent = goods[:-1].sum(axis=1) <= 0
    known = ~absent & np.isfinite(total)
    imports[absent] = total[absent] * imports[known].sum() / total[known].sum()
    return imports


def _share_out(total: Array, weight: Array, room: Array) -> Array:
    """Share totals by weight without exceeding the room; what no member can take goes by weight."""
    out = np.zeros_like(weight)
    left = total.copy()
    for _ in range(weight.shape[1]):
        open_weight = weight * (out < room)
        base = open_weight.sum(axis=1)
        step = np.divide(left, base, out=np.zeros_like(left), where=base > 0)[:, None] * open_weight
        out = np.minimum(out + step, room)
        left = total - out.sum(axis=1)
    base = np.maximum(weight.sum(axis=1), np.finfo(float).tiny)
    return out + np.maximum(left, 0.0)[:, None] * weight / base[:, None]


def _like(icio: Icio, regions: Regions) -> np.ndarray:
    return np.array([regions.of[e] in _LIKE_REGIONS or e in _LIKE_ECONOMIES for e in icio.economies])


def _split_products(icio: Icio, regions: Regions, output: Array, bought: Array) -> Array:
    """ROW's sales of inputs by product and buyer: products by export propensity, buyers by what they bought."""
    like = np.array([regions.of[e] in _LIKE_REGIONS for e in icio.economies])
    abroad = icio.inputs * ~np.eye(len(icio.economies), dtype=bool)
    propensity = abroad[:, :, like].sum(axis=(1, 2)) / np.maximum(icio.output[:, like].sum(axis=1), 1.0)
    columns = bought.sum(axis=0)
    rows = output * propensity
    rows *= columns.sum() / rows.sum()
    start = abroad[:, :, like].sum(axis=2)
    start += _FIRST_GUESS * rows[:, None] * columns / columns.sum()
    return balance_matrix(start, rows, columns)


def _split_use(icio: Icio, sold: Array, bought: Array) -> Array:
    """Inputs from ROW by product and using industry, as near the national use as both totals allow."""
    out = np.zeros_like(icio.use)
    for n in range(len(icio.economies)):
        total = sold[:, n].sum()
        start = icio.use[:, :, n] + _FIRST_GUESS * np.outer(sold[:, n], bought[:, n]) / max(total, 1.0)
        out[:, :, n] = balance_matrix(start, sold[:, n], bought[:, n])
    return out


def _buy_as_row(
    icio: Icio, regions: Regions, output: Array, inputs: Array, goods: Array, sold: Array
) -> tuple[Array, Array]:
    """
    Inputs of ROW: by product and using industry, and by product and origin (itself last).

    Coefficients, imported shares and origins are those of economies like it; origins of goods are tilted to
    BACI's exports to economies outside the table.
    """
    like = _like(icio, regions)
    own = np.where(np.eye(len(icio.economies), dtype=bool), icio.inputs, 0.0)
    abroad = icio.inputs - own
    use = icio.use[:, :, like].sum(axis=2) / np.maximum(icio.output[:, like].sum(axis=1), 1.0) * output
    use *= inputs / np.maximum(use.sum(axis=0), np.finfo(float).tiny)
    products = use.sum(axis=1)
    bought = icio.inputs[:, like].sum(axis=(1, 2))
    share = abroad[:, like].sum(axis=(1, 2)) / np.maximum(bought, 1.0)
    origins = abroad[:, like].sum(axis=1)
    origins /= np.maximum(origins.sum(axis=1, keepdims=True), 1.0)
    wanted = (products * share)[:, None] * origins
    wanted *= _tilt(wanted, goods[-1, :-1])
    wanted *= ((products * share) / np.maximum(wanted.sum(axis=1), np.finfo(float).tiny))[:, None]
    limit = MAX_OF_OTHER_USES * icio.other_uses
    imports = _share_out(products * share, wanted + _FIRST_GUESS * limit, limit)
    imports = np.minimum(imports, limit)
    # what ROW cannot make itself of a product it does without, and uses more of the others
    most = np.maximum(MAX_INPUTS_OF_OUTPUT * output - sold.sum(axis=1), 0.0)
    home = np.minimum(products - imports.sum(axis=1), most)
    wanted_rows = home + imports.sum(axis=1)
    use = balance_matrix(use + _FIRST_GUESS, wanted_rows * inputs.sum() / wanted_rows.sum(), inputs)
    home = use.sum(axis=1) - imports.sum(axis=1)
    return use, np.column_stack([imports, home])


def _tilt(wanted: Array, exports: Array) -> Array:
    """Factor by exporter that brings goods to BACI's pattern; 1 where BACI has no exporter, and for services."""
    goods = np.array([s.goods for s in read_sectors("icio49")])
    estimate = wanted[goods].sum(axis=0)
    known = (exports > 0) & (estimate > 0)
    factor = np.ones(len(exports))
    factor[known] = exports[known] / estimate[known] * (estimate[known].sum() / exports[known].sum())
    return np.where(goods[:, None], factor, 1.0)
