"""Carve a part out of a wide industry: rare earths out of metals, soybeans out of agriculture."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import InputError
from detente.formatting import exact, fixed
from detente.formatting import number as number_text
from detente.model.preferences.horizons import ExtendedBaseline
from detente.model.shock import positions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from detente.world.baseline import Baseline

# Rounding that a share above 1 or below 0 may carry.
_SLACK = 1e-12


def split_sector(
    base: Baseline,
    sector: str,
    name: str,
    share: ArrayLike,
    *,
    theta: float | None = None,
    use: Mapping[str, ArrayLike] | None = None,
    source: str = "",
) -> Baseline:
    """
    Split one industry in two: the part named, and the rest, which keeps the old label.

    Both parts have the parent's cost structure and duties. The result is an exact baseline. Split alone, with one share
    for all flows, the parent's elasticity and the parent's uses, it changes nothing.

    Parameters
    ----------
    base
        The baseline.
    sector
        Parent industry.
    name
        Label of the part; it is put after its parent.
    share
        Share of the parent's sales that is the part: a number, or (N, N) by importer and exporter. 0 to 1.
    theta
        Trade elasticity of the part; the parent's by default.
    use
        Who uses the part, as relative weights on what each buys of the parent: labels of using industries, and "final"
        for final demand, a number or one by economy, (N,); scaled to what each economy buys of the part. By default in
        proportion to the uses of the parent.
    source
        Where shares and uses come from; kept in `adjustments`.

    Returns
    -------
    Baseline
        With one sector more, whose flows count as estimated.

    Raises
    ------
    InputError
        Unknown labels, a label in use, shares out of range, uses that would take more than the parent has.

    Examples
    --------
    >>> from detente.world import load_world
    >>> base = load_world("wiod2011").baseline()
    >>> both = split_sector(base, "c1", "soybeans", 0.04, source="assumed for this example")
    >>> both.residual() < 1e-12, len(both.sectors)
    (True, 36)
    """
    if getattr(base, "technology", None) is not None:
        raise InputError(
            "a baseline with nests cannot be split",
            where="split_sector",
            found="nests on the baseline",
            allowed="a baseline without nests",
            repair="split first, and give `nests` to the solve",
        )
    parent = positions(sector, base.sectors, "sector")[0]
    part = _share(base, name, share, theta)
    paid = base.pi[parent] * base.spending[parent][:, None]
    of_part, of_rest = paid * part, paid * (1 - part)
    flows = base.flows[parent]
    output = np.stack([(flows * (1 - part)).sum(axis=0), (flows * part).sum(axis=0)])
    spending = np.stack([of_rest.sum(axis=1), of_part.sum(axis=1)])
    taken = _uses(base, parent, spending[1], use)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.stack([of_rest, of_part]) / spending[:, :, None]
    empty = spending <= 0
    shares[empty] = np.broadcast_to(np.eye(len(base.economies)), shares.shape)[empty]
    io = np.repeat(base.io, _copies(base, parent), axis=1)
    bought = taken[:-1] * base.io[parent]
    rows = np.repeat(np.stack([base.io[parent] - bought, bought]), _copies(base, parent), axis=1)
    final = taken[-1] * base.alpha[parent]
    changes: dict[str, Any] = {
        "sectors": (*base.sectors[: parent + 1], name, *base.sectors[parent + 1 :]),
        "pi": _replace(base.pi, parent, shares),
        "tariff": _double(base.tariff, parent),
        "spending": _replace(base.spending, parent, spending),
        "output": _replace(base.output, parent, output),
        "va_share": _double(base.va_share, parent),
        "io": _replace(io, parent, rows),
        "alpha": _replace(base.alpha, parent, np.stack([base.alpha[parent] - final, final])),
        "theta": _replace(base.theta, parent, np.array([base.theta[parent], theta or base.theta[parent]])),
        "services": (*base.services, name) if sector in base.services else base.services,
        "adjustments": (
            *base.adjustments,
            f"{name} split out of {sector}" + (f" ({source})" if source else ""),
        ),
    }
    if base.estimated is not None:
        known = base.estimated[parent]
        changes["estimated"] = _replace(base.estimated, parent, np.stack([known, np.ones_like(known)]))
    if isinstance(base, ExtendedBaseline):
        changes["export_tax"] = None if base.export_tax is None else _double(base.export_tax, parent)
        changes["sigma"] = None if base.sigma is None else _double(base.sigma, parent)
    return dataclasses.replace(base, **changes)


def _share(base: Baseline, name: str, share: ArrayLike, theta: float | None) -> NDArray[np.float64]:
    """Check the arguments and give the share by importer and exporter."""
    N = len(base.economies)
    part = np.asarray(share, dtype=np.float64)
    if part.shape not in ((), (N, N)) or not (part >= 0).all() or not (part <= 1).all():
        raise InputError(
            "unusable share of a part in its industry",
            where="split_sector(share=...)",
            found=f"shape {part.shape}, {number_text(part.min())} to {number_text(part.max())}",
            allowed=f"a number or ({N}, {N}) by importer and exporter, 0 to 1",
            repair="divide the part's flows by the industry's",
        )
    if name in base.sectors or (theta is not None and not theta > 0):
        raise InputError(
            "unusable label or elasticity of a part",
            where="split_sector",
            found=f"{name}, theta {exact(theta)}",
            allowed="a new label and a positive elasticity",
            repair="choose another",
        )
    return np.array(np.broadcast_to(part, (N, N)))


def _uses(
    base: Baseline, parent: int, spending: NDArray[np.float64], use: Mapping[str, ArrayLike] | None
) -> NDArray[np.float64]:
    """Share of each use of the parent that is the part, (J + 1, N): using industries, then final demand."""
    amounts = np.concatenate([base.io[parent] * base.output, (base.alpha[parent] * base.income)[None]])
    total = amounts.sum(axis=0)
    if use is None:
        ratio = spending / np.where(total > 0, total, 1.0)
        return np.broadcast_to(ratio, amounts.shape)
    weights = np.zeros(amounts.shape)
    for label, weight in use.items():
        weights[-1 if label == "final" else positions(label, base.sectors, "sector")[0]] = weight
    size = (weights * amounts).sum(axis=0)
    intensity = np.divide(spending, size, out=np.zeros_like(size), where=size > 0)
    taken: NDArray[np.float64] = weights * intensity * (np.abs(amounts) > 0)
    short = (size <= 0) & (spending > 0)
    if short.any() or taken.max() > 1 + _SLACK or not (weights >= 0).all():
        u, n = (int(x) for x in np.unravel_index(taken.argmax(), taken.shape))
        user = "final demand" if u == len(base.sectors) else base.sectors[u]
        most = fixed(taken.max(), 2)
        raise InputError(
            "uses of a part that its industry does not have",
            where="split_sector(use=...)",
            found=f"{user} in {base.economies[n]} would use {most} of what it buys of {base.sectors[parent]}",
            allowed="at most all of it; weights 0 or more, with some user in every economy that buys the part",
            repair="spread the uses more widely, or lower the share",
        )
    return taken


def _copies(base: Baseline, parent: int) -> NDArray[np.intp]:
    """How often each sector appears after the split."""
    copies = np.ones(len(base.sectors), dtype=np.intp)
    copies[parent] = 2
    return copies


def _double(values: NDArray[np.float64], parent: int) -> NDArray[np.float64]:
    """Give the part its parent's values."""
    return np.insert(values, parent + 1, values[parent], axis=0)


def _replace(values: NDArray[np.float64], parent: int, pair: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put rest and part in the parent's place."""
    return np.concatenate([values[:parent], pair, values[parent + 1 :]])
