"""GTAP data bases as header array files: the names of version 7 of the model (data bases 10 and 11) or the classic ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detente.formatting import count, number
from detente.geography.economies import is_economy
from detente.world.readers.har import HeaderArray, read_har
from detente.world.readers.text import check_year
from detente.world.table import MultiRegionTable, check_file, refuse

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# What is read, by its name in either system, at basic (market) prices: purchases of firms, households, government and for
# investment, home and imported; exports fob, imports cif and with duty; sales to international transport.
_NAMES: Final[dict[str, tuple[str, str]]] = {
    "firms_home": ("VDFB", "VDFM"),
    "firms_imports": ("VMFB", "VIFM"),
    "households_home": ("VDPB", "VDPM"),
    "households_imports": ("VMPB", "VIPM"),
    "government_home": ("VDGB", "VDGM"),
    "government_imports": ("VMGB", "VIGM"),
    "investment_home": ("VDIB", ""),
    "investment_imports": ("VMIB", ""),
    "fob": ("VFOB", "VXWD"),
    "cif": ("VCIF", "VIWS"),
    "paid": ("VMSB", "VIMS"),
    "transport": ("VST", "VST"),
}
# Elasticity of substitution between origins; the trade elasticity is one less.
_SUBSTITUTION: Final = "ESBM"
_ENDINGS: Final = (".har", ".prm")
# Imports by agent and by origin, relative to the largest, may differ by single precision in sums.
_SLACK: Final = 1e-3


def read_gtap(path: Path, *, year: int) -> MultiRegionTable:
    """
    The table of a data base: a file, or a folder whose .har and .prm files are read together.

    Imports by agent are of all origins in proportion to what each origin sells, and pay one duty: imports with duty over
    cif, less 1. Flows are fob, so export taxes are in value added; transport between economies is bought by the importer, in
    proportion, from those that sell it. Imports from within a region are home sales, without duty.
    """
    check_year(path, year)
    found = _headers(path)
    classic = _NAMES["firms_home"][0] not in found
    heads = {
        key: found[names[classic]]
        for key, names in _NAMES.items()
        if names[classic] and _has(found, names[classic], path)
    }
    products, regions = heads["fob"].elements[:2]
    users = _users(heads, path)
    firms = {
        side: _over(heads[f"firms_{side}"], path, products, None, regions) for side in ("home", "imports")
    }
    final = {side: _final(heads, side, products, regions, path) for side in ("home", "imports")}
    capital = _capital(firms, heads, (products, regions, users), path)
    if classic:
        final = {side: final[side] + capital[side] for side in final}
    order = [users.index(product) for product in products]
    bought = {side: values[:, order] for side, values in firms.items()}
    trade = {key: _over(heads[key], path, products, regions, regions) for key in ("fob", "cif", "paid")}
    _require_agents(bought["imports"].sum(axis=1) + final["imports"], trade["paid"], products, regions, path)
    inputs, needs, sold = _flows(
        bought, final, trade, _transport(heads["transport"], products, regions, path)
    )
    tariff, notes = _duties(trade)
    theta = _theta(found.get(_SUBSTITUTION), products, path)
    labels = tuple(label.upper() if is_economy(label.upper()) else label for label in regions)
    output = inputs.sum(axis=2) + sold.sum(axis=2)
    return MultiRegionTable(
        labels,
        products,
        inputs,
        needs,
        needs.sum(axis=0),
        sold,
        output,
        None,
        tariff,
        theta,
        notes,
        _invested(capital, final),
    )


def _headers(path: Path) -> dict[str, HeaderArray]:
    """Headers of a file, or of the files of a folder."""
    wanted = {name for pair in _NAMES.values() for name in pair if name} | {_SUBSTITUTION}
    files = (
        sorted(item for item in path.iterdir() if item.suffix.lower() in _ENDINGS)
        if path.is_dir()
        else [path]
    )
    found: dict[str, HeaderArray] = {}
    for file in files:
        found = read_har(check_file(file), wanted) | found
    return found


def _has(found: dict[str, HeaderArray], name: str, path: Path) -> bool:
    """True; a header that is not there, or without the elements of its sets, is refused."""
    if name not in found or not found[name].elements:
        raise refuse(
            "no GTAP data base, or not all of it",
            path,
            f"no header {name}" if name not in found else f"{name} without the elements of its sets",
            ", ".join(
                dict.fromkeys(
                    new if new == old or not old else f"{new} ({old})" for new, old in _NAMES.values()
                )
            ),
            "give basedata.har, or the folder with it and default.prm",
        )
    return True


def _users(heads: dict[str, HeaderArray], path: Path) -> tuple[str, ...]:
    """Activities that buy; each makes the commodity of its name, and classic files have one more, investment."""
    products, users = heads["fob"].elements[0], heads["firms_home"].elements[1]
    extra = [label for label in users if label not in products]
    lacking = [label for label in products if label not in users]
    if lacking or len(extra) != ("investment_home" not in heads):
        raise refuse(
            "activities are not the commodities",
            path,
            ", ".join([*extra, *lacking][:6]) or "no column for investment",
            "one activity for each commodity, by the same name (classic files: and investment)",
            "aggregate the data base with the same sectors for activities and commodities",
        )
    return users


def _over(head: HeaderArray, path: Path, *axes: tuple[str, ...] | None) -> Array:
    """Values with axes in a given order of labels; None leaves an axis as it is."""
    values = np.asarray(head.values, dtype=np.float64)
    for k, labels in enumerate(axes):
        if labels is None:
            continue
        if len(head.elements) != len(axes) or set(head.elements[k]) != set(labels):
            raise refuse(
                "headers of a data base disagree on a set",
                path,
                f"{head.name}, axis {k + 1}: {', '.join(head.elements[k][:4]) if k < len(head.elements) else 'none'}",
                ", ".join(labels[:6]),
                "take all headers from one aggregation",
            )
        values = np.take(values, [head.elements[k].index(label) for label in labels], axis=k)
    return values


def _final(
    heads: dict[str, HeaderArray], side: str, products: tuple[str, ...], regions: tuple[str, ...], path: Path
) -> Array:
    """What households, government and investors buy, (product, region)."""
    kinds = [f"{who}_{side}" for who in ("households", "government", "investment")]
    total = np.zeros((len(products), len(regions)))
    for kind in kinds:
        if kind in heads:
            total += _over(heads[kind], path, products, regions)
    return total


def _capital(
    firms: dict[str, Array],
    heads: dict[str, HeaderArray],
    labels: tuple[tuple[str, ...], ...],
    path: Path,
) -> dict[str, Array]:
    """What is bought for investment, home and imported, (product, region): a column of firms in classic files."""
    products, regions, users = labels
    if "investment_home" in heads:
        return {side: _over(heads[f"investment_{side}"], path, products, regions) for side in firms}
    column = users.index(next(label for label in users if label not in products))
    return {side: values[:, column] for side, values in firms.items()}


def _invested(capital: dict[str, Array], final: dict[str, Array]) -> Array:
    """Share of final purchases that is investment, (region,)."""
    part, total = (sum(values[side].sum(axis=0) for side in values) for values in (capital, final))
    share: Array = part / np.where(total > 0, total, 1.0)
    return share


def _transport(head: HeaderArray, products: tuple[str, ...], regions: tuple[str, ...], path: Path) -> Array:
    """Sales to international transport, (product, region); what is no margin sells none."""
    values = np.zeros((len(products), len(regions)))
    if strange := [label for label in head.elements[0] if label not in products]:
        raise refuse(
            "headers of a data base disagree on a set",
            path,
            f"{head.name}: {', '.join(strange)}",
            ", ".join(products[:6]),
            "take all headers from one aggregation",
        )
    values[[products.index(label) for label in head.elements[0]]] = _over(head, path, None, regions)
    return values


def _require_agents(
    agents: Array, paid: Array, products: tuple[str, ...], regions: tuple[str, ...], path: Path
) -> None:
    """Refuse imports by agent that are not the imports by origin."""
    gap = np.abs(agents - paid.sum(axis=1))
    if gap.max() > _SLACK * max(float(agents.max()), 1.0):
        c, n = np.unravel_index(int(gap.argmax()), gap.shape)
        raise refuse(
            "imports by agent do not add up to imports by origin",
            path,
            f"{products[c]} in {regions[n]}: {number(float(agents[c, n]))} against {number(float(paid[c, :, n].sum()))}",
            "the same at the prices that importers pay, duty included",
            "take all headers from one data base",
        )


def _flows(
    firms: dict[str, Array], final: dict[str, Array], trade: dict[str, Array], transport: Array
) -> tuple[Array, Array, Array]:
    """Inputs (exporter, product, importer), needs (product, importer, user), final (exporter, product, importer)."""
    paid = firms["imports"].sum(axis=1) + final["imports"]
    there = np.where(paid > 0, paid, 1.0)
    # Of imports of a product: what each firm buys, (product, user, importer); the rest is final.
    shares = firms["imports"] / there[:, None]
    inputs = trade["fob"] * shares.sum(axis=1)[:, None]
    sold = trade["fob"] - inputs
    needs = firms["home"] + trade["fob"].sum(axis=1)[:, None] * shares
    # Freight by user, and what final users' imports cost in freight.
    freight = np.maximum(trade["cif"] - trade["fob"], 0.0).sum(axis=1)
    by_user, by_final = (
        (freight[:, None] * shares).sum(axis=0),
        (freight * (1 - shares.sum(axis=1))).sum(axis=0),
    )
    carriers = transport / max(float(transport.sum()), np.finfo(float).tiny)
    inputs = inputs + carriers[:, :, None] * by_user.sum(axis=0)
    sold = sold + carriers[:, :, None] * by_final
    needs = needs + carriers.sum(axis=1)[:, None, None] * by_user
    home = np.arange(transport.shape[1])
    inputs[:, home, home] += firms["home"].sum(axis=1)
    sold[:, home, home] += final["home"]
    return inputs.transpose(1, 0, 2), needs.transpose(0, 2, 1), sold.transpose(1, 0, 2)


def _duties(trade: dict[str, Array]) -> tuple[Array, tuple[str, ...]]:
    """Duties, (product, importer, exporter), none at home; subsidies on imports are set to zero and told."""
    cif = np.where(trade["cif"] > 0, trade["cif"], 1.0)
    rate = np.where(trade["cif"] > 0, trade["paid"] / cif - 1, 0.0).transpose(0, 2, 1)
    home = np.arange(rate.shape[1])
    rate[:, home, home] = 0.0
    below = int((rate < -_SLACK).sum())
    notes = ["Imports by agent are of all origins in proportion, and pay one duty."]
    if below:
        notes.append(f"Import subsidies of {count(below)} flows are left out.")
    return np.maximum(rate, 0.0), tuple(notes)


def _theta(head: HeaderArray | None, products: tuple[str, ...], path: Path) -> Array | None:
    """Trade elasticities: substitution between origins less 1, the mean over regions where they differ; or None."""
    if head is None:
        return None
    values = _over(head, path, products, *(None for _ in head.elements[1:]))
    theta: Array = values.reshape(len(products), -1).mean(axis=1) - 1
    if low := [product for product, one in zip(products, theta, strict=True) if one <= 0]:
        raise refuse(
            "substitution between origins without a trade elasticity",
            path,
            f"{_SUBSTITUTION}: {', '.join(low[:6])}",
            "above 1 for every commodity",
            "give `theta` by commodity, and leave out the file of parameters",
        )
    return theta
