"""Nests of production and final demand, as a user names them and as a baseline carries them."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.display import as_html
from detente.errors import InputError
from detente.formatting import exact
from detente.model.preferences.horizons import ExtendedBaseline, extend
from detente.model.preferences.technology import CriticalTechnology, Technology
from detente.model.shock import positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.world.baseline import Baseline

Elasticity = float | Mapping[str, "float | NDArray[np.float64]"]
# Origins closer to Cobb-Douglas than this have no share equation of their own.
_UNIT: Final = 1e-6
# Largest share of the exposed part's cost that its critical inputs take: a smaller part is taken to be larger.
_MOST_IN_PART: Final = 0.5
_NESTED: dict[tuple[int, int], tuple[weakref.ref[Baseline], weakref.ref[Nests], ExtendedBaseline]] = {}


@dataclass(frozen=True, eq=False)
class CriticalInput:
    """
    Named inputs that only an exposed part of each using industry needs, and that are hard to replace there.

    The exposed part's cost is a CES index of the named inputs and of everything else; the rest of the industry's
    output uses none of them. A single CES over a whole industry is a cliff (a share of 5e-4 at a fifth of its supply
    takes half of output at an elasticity of 0.1, a hundredth at 0.3); the exposed share is what bounds the loss.

    Parameters
    ----------
    inputs
        Labels of the inputs.
    elasticity
        Between the named inputs and everything else in the exposed part, 0 (fixed proportions) or more.
    exposed
        Using industry to the share of its output that needs the inputs, above 0 to 1; where an economy's industry
        spends more than half of that share on them, twice what it spends. In industries left out the inputs stay
        among the others.
    within
        Elasticity between the named inputs.
    between
        Elasticity between exposed and other output of an industry.
    origins
        Elasticity between the origins of these inputs in this solve, above 0, in place of the world's at the horizon;
        None keeps those. Below 1 no origin can be done without, so such flows can be limited but not closed.

    Examples
    --------
    >>> CriticalInput("C24B", 0.05, {"C27": 0.4, "C29": 0.95}).exposed["C27"]
    0.4

    References
    ----------
    Baqaee and Farhi (2019), Econometrica 87(4); Boehm, Flaaen and Pandalai-Nayar (2019), Review of Economics and
    Statistics 101(1), on elasticities of imported inputs.
    """

    _repr_html_ = as_html

    inputs: str | tuple[str, ...]
    elasticity: float
    exposed: Mapping[str, float]
    within: float = 1.0
    between: float = 1.0
    origins: float | None = None


@dataclass(frozen=True, eq=False)
class Nests:
    """
    Elasticities of substitution in production and final demand; 1 everywhere is the plain model.

    Parameters
    ----------
    source
        Where the values come from: a citation, or "assumed" with a reason.
    factors
        Between value added and inputs: one number, or using industry to number (1 where left out), or to one number by
        economy, (N,). 0 or more. With `factors="fixed"` it sets how far an industry's output can grow or shrink.
    inputs
        Between inputs: one number, or using industry to number. None keeps what the baseline has (Cobb-Douglas unless
        `with_substitution` set it).
    final
        Between products in final demand, 0 or more.
    critical
        Inputs with a nest of their own, from the innermost out.

    Examples
    --------
    >>> import detente as dt
    >>> base = dt.load_world("icio2022").baseline()
    >>> rigid = dt.Nests(source="assumed for this example", inputs=0.2, final=0.9)
    >>> dt.solve(base, nests=rigid).status
    'converged'

    References
    ----------
    Atalay (2017), American Economic Journal: Macroeconomics 9(4); Baqaee and Farhi (2019), Econometrica 87(4), and
    (2024), Econometrica 92(2).
    """

    _repr_html_ = as_html

    source: str
    factors: Elasticity = 1.0
    inputs: Elasticity | None = None
    final: float = 1.0
    critical: tuple[CriticalInput, ...] = ()


def with_nests(base: Baseline, nests: Nests | None) -> Baseline:
    """Put nests on a baseline; the result is kept as long as both live. Gives the baseline itself for None."""
    if nests is None:
        return base
    key = (id(base), id(nests))
    if key in _NESTED and _NESTED[key][0]() is base and _NESTED[key][1]() is nests:
        return _NESTED[key][2]
    made = _nest(base, nests)

    def forget(_ref: object) -> None:
        _NESTED.pop(key, None)

    _NESTED[key] = weakref.ref(base, forget), weakref.ref(nests, forget), made
    return made


def _nest(base: Baseline, nests: Nests) -> ExtendedBaseline:
    if not nests.source.strip():
        raise InputError(
            "nests without a source",
            where="Nests(source=...)",
            found=repr(nests.source),
            allowed="a citation, or 'assumed' with a reason",
            repair="say where the elasticities come from",
        )
    sigma = getattr(base, "sigma", None)
    if nests.inputs is not None:
        sigma = _by_sector(nests.inputs, base, "inputs", 1)[:, 0]
    _check(nests.final, "Nests(final=...)")
    theta = np.array(base.theta)
    low: list[int] = []
    for item in nests.critical:
        if item.origins is None:
            continue
        _check(item.origins, "CriticalInput(origins=...)", above=0.0, apart=1.0)
        rows = positions(item.inputs, base.sectors, "sector")
        theta[rows] = item.origins - 1.0
        low += rows if item.origins < 1 else []
    technology = Technology(
        factors=_by_sector(nests.factors, base, "factors", len(base.economies)),
        final=float(nests.final),
        critical=tuple(_critical(item, base) for item in nests.critical),
        complements=tuple(low),
    )
    _refuse_two_nests(technology, base)
    long = getattr(base, "theta_long", None)
    moved = bool((theta != base.theta).any())
    return extend(
        base,
        sigma=sigma,
        technology=technology,
        theta=theta,
        theta_long=base.theta if long is None and moved else long,
        notes=(*getattr(base, "notes", ()), f"nests: {nests.source}"),
    )


def _by_sector(values: Elasticity, base: Baseline, name: str, columns: int) -> NDArray[np.float64]:
    """Elasticities by using sector, (J, columns)."""
    out = np.ones((len(base.sectors), columns))
    rows = values.items() if isinstance(values, Mapping) else [(base.sectors, values)]
    for sector, value in rows:
        where = f"Nests({name}=...)" + (f", {sector}" if isinstance(sector, str) else "")
        given = np.asarray(value, dtype=np.float64)
        if given.shape not in ((), (columns,)):
            raise InputError(
                "wrong shape of an elasticity",
                where=where,
                found=given.shape,
                allowed="a number" + (f", or {columns} by economy" if columns > 1 else ""),
                repair="give one number",
            )
        _check(float(given.min()), where)
        _check(float(given.max()), where)
        out[positions(sector, base.sectors, "sector")] = given
    return out


def _check(value: float, where: str, *, above: float | None = None, apart: float | None = None) -> None:
    """Refuse an elasticity without a meaning."""
    fine = np.isfinite(value) and (value >= 0 if above is None else value > above)
    if fine and (apart is None or abs(value - apart) > _UNIT):
        return
    least = "0 or more" if above is None else f"above {exact(above)}"
    raise InputError(
        "unusable elasticity of substitution",
        where=where,
        found=exact(value),
        allowed=f"a finite number, {least}" + ("" if apart is None else f", not {exact(apart)} itself"),
        repair="0 is fixed proportions, 1 is Cobb-Douglas",
    )


def _critical(item: CriticalInput, base: Baseline) -> CriticalTechnology:
    """A critical nest as arrays; exposed only where an economy's industry buys the inputs at all."""
    where = "CriticalInput"
    for value, name in ((item.elasticity, "elasticity"), (item.within, "within"), (item.between, "between")):
        _check(value, f"{where}({name}=...)")
    rows = positions(item.inputs, base.sectors, "sector")
    exposed = np.zeros(base.va_share.shape)
    bought = base.io[rows].sum(axis=0)
    for sector, share in item.exposed.items():
        j = positions(sector, base.sectors, "sector")[0]
        if not (0 < share <= 1):
            raise InputError(
                "unusable exposed share of an industry",
                where=f"{where}(exposed=...), {sector}",
                found=exact(share),
                allowed="above 0, at most 1",
                repair="give the share of the industry's output that needs the inputs",
            )
        least = np.minimum(1.0, bought[j] / _MOST_IN_PART)
        exposed[j] = np.where(bought[j] > 0, np.maximum(share, least), 0.0)
    return CriticalTechnology(
        np.array(rows, dtype=np.intp), exposed, item.elasticity, item.within, item.between
    )


def _refuse_two_nests(technology: Technology, base: Baseline) -> None:
    """An input of an industry stands in one nest."""
    taken = np.zeros(base.io.shape[:2], dtype=np.intp)
    for nest in technology.critical:
        taken[np.ix_(nest.rows, nest.users)] += 1
    twice = np.argwhere(taken > 1)
    if len(twice):
        k, j = (int(x) for x in twice[0])
        raise InputError(
            "an input in two nests of one industry",
            where="Nests(critical=...)",
            found=f"{base.sectors[k]} in {base.sectors[j]}",
            allowed="one nest for each input of an industry",
            repair="name the industry in one of them",
        )
