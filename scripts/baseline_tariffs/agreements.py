"""Which share of the MFN duty applies between two economies, from data/worlds/agreements.yaml."""

from __future__ import annotations

from functools import cache
from itertools import permutations, product
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

WORLDS = Path(__file__).resolve().parents[2] / "src/detente/data/worlds"


@cache
def read_yaml(name: str) -> dict[str, Any]:
    """Read a YAML file beside the worlds."""
    return YAML(typ="safe").load((WORLDS / name).read_text(encoding="utf-8"))


EU27 = tuple(read_yaml("agreements.yaml")["blocs"]["EU"])


def mfn_shares(economies: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    Share of the MFN duty that applies, by importer and exporter.

    Parameters
    ----------
    economies
        Labels of the world; parties outside it are left out.

    Returns
    -------
    other, food, basis
        Each (importer, exporter): share for goods other than food, for food, and the tariff source code of
        the class applied (2 derived: by law or calibrated; 3 assumed; 2 where no agreement applies).
    """
    table = read_yaml("agreements.yaml")
    position = {economy: k for k, economy in enumerate(economies)}
    size = len(economies)
    other, food, basis = np.ones((size, size)), np.ones((size, size)), np.full((size, size), 2, np.int8)
    for agreement in table["agreements"]:
        kind = table["classes"][agreement["class"]]
        code = np.int8(3 if kind["basis"] == "assumed" else 2)
        for importer, exporter in _pairs(agreement, table["blocs"]):
            if importer in position and exporter in position and importer != exporter:
                cell = position[importer], position[exporter]
                if kind["share"] < other[cell]:
                    other[cell], basis[cell] = kind["share"], code
                food[cell] = min(food[cell], kind["food"])
    return other, food, basis


def _pairs(agreement: dict[str, Any], blocs: dict[str, list[str]]) -> list[tuple[str, str]]:
    def expand(names: list[str]) -> list[str]:
        return [member for name in names for member in blocs.get(name, [name])]

    if "between" in agreement:
        return list(permutations(expand(agreement["between"]), 2))
    if "a" in agreement:
        pairs = list(product(expand(agreement["a"]), expand(agreement["b"])))
        return pairs + [(b, a) for a, b in pairs]
    return list(product(expand(agreement["importers"]), expand(agreement["exporters"])))
