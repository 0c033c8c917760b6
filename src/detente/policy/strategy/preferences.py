"""Duties among the members of a bloc: as they are, without its preferences, and deepened to zero."""

from __future__ import annotations

from functools import cache
from itertools import permutations, product
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import InputError
from detente.manifest import DATA, read_text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from detente.policy.strategy.game_setting import GameSetting

# Industries whose duties follow the shares for food, as in the world's own baseline tariffs.
FOOD: Final = {"icio49": ("A01", "A02", "A03", "C10T12"), "wiod35": ("c1", "c3")}
# A share below this leaves no duty to scale up: the importer's ordinary duty is taken instead.
_FREE: Final = 0.02


@cache
def agreement_table() -> dict[str, Any]:
    """
    Read the agreements behind the baseline tariffs.

    Gives ``classes``, ``blocs`` and ``agreements`` of data/worlds/agreements.yaml.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415

    text = read_text(DATA / "worlds" / "agreements.yaml")
    return dict(YAML(typ="safe").load(text))


def duty_shares(economies: Sequence[str], *, without: Collection[str] = ()) -> NDArray[np.float64]:
    """
    Share of the ordinary (MFN) duty that a pair still pays under its agreements.

    As the baseline tariffs were built: a pair takes the lowest share among its agreements. Shares are named assumptions
    of data/worlds/agreements.yaml (class, reason, alternatives).

    Examples
    --------
    >>> shares = duty_shares(("CHN", "JPN", "VNM"))
    >>> float(shares[0, 0, 1]), float(shares[0, 0, 2])
    (0.85, 0.25)
    """
    table = agreement_table()
    place = {label: k for k, label in enumerate(economies)}
    shares = np.ones((2, len(place), len(place)))
    for agreement in table["agreements"]:
        if agreement["id"] in without:
            continue
        kind = table["classes"][agreement["class"]]
        for importer, exporter in _pairs(agreement, table["blocs"]):
            if importer in place and exporter in place and importer != exporter:
                cell = (slice(None), place[importer], place[exporter])
                shares[cell] = np.minimum(shares[cell], [kind["share"], kind["food"]])
    return shares


def _pairs(agreement: dict[str, Any], blocs: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Importer and exporter of every pair an agreement covers."""

    def expand(names: list[str]) -> list[str]:
        return [member for name in names for member in blocs.get(name, [name])]

    if "between" in agreement:
        return list(permutations(expand(agreement["between"]), 2))
    if "a" in agreement:
        pairs = list(product(expand(agreement["a"]), expand(agreement["b"])))
        return pairs + [(b, a) for a, b in pairs]
    return list(product(expand(agreement["importers"]), expand(agreement["exporters"])))


def ordinary_duties(board: GameSetting, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ordinary (MFN) duty of every importer by sector, read back from the baseline tariffs."""
    tariff = board.collected
    by_sector = shares[food_rows(board)]
    out = np.zeros(tariff.shape[:2])
    for n in range(tariff.shape[1]):
        away = np.arange(tariff.shape[1]) != n
        plain = away & (shares[:, n] == 1).all(axis=0)
        if plain.any():
            out[:, n] = np.median(tariff[:, n, plain], axis=1)
        else:
            paid = np.where(
                by_sector[:, n] > _FREE, tariff[:, n] / np.maximum(by_sector[:, n], _FREE), np.nan
            )
            known = np.nanmedian(np.where(away, paid, np.nan), axis=1) if away.any() else np.zeros(len(out))
            out[:, n] = np.nan_to_num(known)
    return out


def food_rows(board: GameSetting) -> NDArray[np.intp]:
    """Row of `duty_shares` for each sector of the baseline."""
    food = FOOD.get(board.setting.world.classification, ())
    world = board.setting.world.sectors
    return np.array([int(world[parent] in food) for parent in board.setting.parents], dtype=np.intp)


def duties_inside(
    board: GameSetting, members: Sequence[str], regime: str, *, agreements: Collection[str] = ()
) -> NDArray[np.float64]:
    """Tariffs of the world's data with those among the members of a bloc under another regime."""
    base = board.base
    tariff = np.array(board.collected, dtype=np.float64)
    if regime == "as they are":
        return tariff
    where = np.array([base.economies.index(label) for label in members])
    goods = np.isin(base.sectors, board.goods())
    inside = np.zeros(tariff.shape, dtype=bool)
    inside[np.ix_(np.flatnonzero(goods), where, where)] = True
    inside[:, where, where] = False
    if regime == "zero":
        return np.where(inside, 0.0, tariff)
    shares = duty_shares(base.economies)
    ordinary = ordinary_duties(board, shares)[:, :, None]
    if regime == "ordinary":
        return np.where(inside, np.maximum(ordinary, tariff), tariff)
    known = {item["id"] for item in agreement_table()["agreements"]}
    if regime != "without" or not set(agreements) <= known:
        raise InputError(
            "unknown regime inside a bloc",
            where="duties_inside",
            found=f"{regime} {', '.join(agreements)}",
            allowed="as they are, ordinary, without (agreements of data/worlds/agreements.yaml), zero",
            repair="use one of these",
        )
    rows = food_rows(board)
    before, after = shares[rows], duty_shares(base.economies, without=agreements)[rows]
    scaled = np.where(before > _FREE, tariff * after / np.maximum(before, _FREE), ordinary * after)
    return np.where(inside & (after > before), scaled, tariff)
