"""Trade elasticities by horizon, and substitution between inputs."""

from __future__ import annotations

import re
import weakref
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.display import as_html, in_short
from detente.errors import InputError
from detente.formatting import exact
from detente.io.words import meant
from detente.manifest import DATA, read_text
from detente.world.baseline import Baseline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detente.model.preferences.technology import Technology

_SOURCE: Final = "boehm_levchenko_pandalai_nayar_2023"
# Smallest trade elasticity a horizon may lead to; below it the price index leaves the range of floating point.
SMALLEST_THETA: Final = 0.05
_SCALED: dict[tuple[int, float], tuple[weakref.ref[Baseline], Baseline]] = {}


@dataclass(frozen=True)
class ExtendedBaseline(Baseline):
    """
    A baseline with export taxes or substitution between inputs.

    Attributes
    ----------
    export_tax
        Baseline export tax, fraction of producers' revenue, (J, N, N), or None.
    sigma
        Elasticity of substitution between inputs by using sector, (J,), or None for Cobb-Douglas.
    notes
        Where these come from.
    theta_long
        Long-run elasticities where `theta` was scaled to a horizon, (J,), or None where it was not.
    technology
        Nests of production and final demand (`Nests`), or None for one bundle of inputs and fixed shares.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    export_tax: NDArray[np.float64] | None = None
    sigma: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()
    theta_long: NDArray[np.float64] | None = None
    technology: Technology | None = None

    def __post_init__(self) -> None:
        """Refuse elasticities without a meaning; origins of a critical input may be complements (theta above -1)."""
        low = [] if self.technology is None else list(self.technology.complements)
        theta = self.theta[low]
        if not ((theta > -1) & (theta != 0)).all() or not (np.delete(self.theta, low) > 0).all():
            super().__post_init__()

    @property
    def flows(self) -> NDArray[np.float64]:
        """Flows at basic prices, USD million, (J, N, N)."""
        customs: NDArray[np.float64] = self.pi * self.spending[:, :, None] / (1 + self.tariff)
        return customs if self.export_tax is None else customs / (1 + self.export_tax)

    def residual(self) -> float:
        """Largest residual of the equations of `Baseline`, export taxes included, relative to world value added."""
        if self.export_tax is None:
            return super().residual()
        paid = self.pi * self.spending[:, :, None]
        customs = paid / (1 + self.tariff)
        producers = customs / (1 + self.export_tax)
        earned = (paid - customs).sum(axis=(0, 2)) + (customs - producers).sum(axis=(0, 1))
        use = np.einsum("kjn,jn->kn", self.io, self.output)
        gaps = (
            self.spending - use - self.alpha * self.income,
            self.output - producers.sum(axis=1),
            self.value_added - (self.va_share * self.output).sum(axis=0),
            self.income - self.value_added - earned - self.deficit,
        )
        return max(float(np.abs(gap).max()) for gap in gaps) / float(self.value_added.sum())


def extend(base: Baseline, **changes: Any) -> ExtendedBaseline:
    """Copy a baseline with some attributes replaced."""
    kept = {
        item.name: getattr(base, item.name) for item in fields(ExtendedBaseline) if hasattr(base, item.name)
    }
    return ExtendedBaseline(**(kept | changes))


@cache
def _horizons() -> dict[str, Any]:
    """The file of horizons."""
    from ruamel.yaml import YAML  # noqa: PLC0415

    text = read_text(DATA / "model" / "horizons.yaml")
    return dict(YAML(typ="safe").load(text))


@cache
def horizon_source() -> dict[str, Any]:
    """
    Read the cited values behind the horizons.

    Returns
    -------
    dict
        `citation`, `statement`, `short_run`, `long_run_low`, `long_run_high`, `years_low`, `years_high`, `assumption`.

    Examples
    --------
    >>> horizon_source()["short_run"]
    0.76
    """
    data = _horizons()
    return dict(data[_SOURCE]) | {"assumption": data["assumption"]["text"]}


@dataclass(frozen=True)
class Path:
    """
    How trade elasticities grow after a change, as a ratio to the long run.

    one_year: Ratio in the first year, above 0 and at most 1. last: Years to the long run, above 1.
    """

    one_year: float
    last: float

    def ratio(self, years: float) -> float:
        """The ratio of the first year, then a straight line to 1."""
        share = min(1.0, max(0.0, (years - 1) / (self.last - 1)))
        return self.one_year + (1 - self.one_year) * share


@cache
def central_path() -> Path:
    """The path of the cited article: its value of the first year over the middle of its long run, in its middle years."""
    source = horizon_source()
    short = source["short_run"] / (0.5 * (source["long_run_low"] + source["long_run_high"]))
    return Path(float(short), 0.5 * (source["years_low"] + source["years_high"]))


@cache
def path_band() -> tuple[float, float]:
    """5 and 95 % points of the ratio at one year."""
    path = _horizons()["path"]
    return float(path["low"]), float(path["high"])


def drawn_path(u: float) -> Path:
    """
    The path at a probability of its ratio at one year.

    The log of the ratio is normal on either side of the central one, each side with the spread that puts the stated band at
    5 and 95 %, and cut at 1; the years to the long run are the central ones.

    Examples
    --------
    >>> [round(drawn_path(u).one_year, 2) for u in (0.05, 0.5, 0.95)]
    [0.1, 0.38, 0.7]
    """
    from scipy.special import ndtri  # noqa: PLC0415

    centre = central_path()
    reach = float(ndtri(u) / ndtri(0.95))
    end = path_band()[reach > 0]
    return Path(min(1.0, centre.one_year * (end / centre.one_year) ** abs(reach)), centre.last)


_SPAN: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(months?|years?)?\s*")


def years_of(horizon: str | float) -> float:
    """
    Years since the change that a horizon means: infinite for the long run, 1 for the short.

    Examples
    --------
    >>> years_of("18 months"), years_of(3), years_of("2 years"), years_of("short"), years_of("long")
    (1.5, 3.0, 2.0, 1.0, inf)
    """
    if horizon in {"long", "short"}:
        return np.inf if horizon == "long" else 1.0
    found = _SPAN.fullmatch(str(horizon))
    if found is None:
        try:
            years = float(horizon)
        except ValueError:
            years = np.nan
    else:
        years = float(found[1]) / (12 if (found[2] or "").startswith("month") else 1)
    if not years >= 0:
        raise InputError(
            "unknown horizon",
            where="horizon",
            found=horizon,
            allowed="long, short, or the time since the change: years, 0 or more, or such as 18 months",
            repair=meant(
                str(horizon),
                ("long", "short"),
                otherwise="give a number of years, such as 3, or write 6 months",
            ),
        )
    return years


def elasticity_ratio(horizon: str | float) -> float:
    """
    Trade elasticity at a horizon over the long-run one.

    Parameters
    ----------
    horizon
        "long", "short", years since the change, 0 or more, or a time such as "18 months" or "2 years".

    Returns
    -------
    float
        0.38 in the first year, rising in a straight line to 1 at 8.5 years.

    Raises
    ------
    InputError
        Another word, a negative number or NaN.

    References
    ----------
    Boehm, Levchenko and Pandalai-Nayar (2023), American Economic Review 113(4).

    Examples
    --------
    >>> round(elasticity_ratio("short"), 2), round(elasticity_ratio(4.75), 2), elasticity_ratio("long")
    (0.38, 0.69, 1.0)
    >>> elasticity_ratio("24 months") == elasticity_ratio("2 years") == elasticity_ratio(2)
    True
    """
    years = years_of(horizon)
    return 1.0 if np.isinf(years) else central_path().ratio(years)


def at_horizon(base: Baseline, horizon: str | float) -> Baseline:
    """Scale the trade elasticities of a baseline to a horizon. Gives the same object for the long run."""
    ratio = elasticity_ratio(horizon)
    if ratio == 1:
        return base
    key = (id(base), ratio)
    if key in _SCALED and _SCALED[key][0]() is base:
        return _SCALED[key][1]
    scaled = extend(base, theta=np.maximum(base.theta * ratio, SMALLEST_THETA), theta_long=base.theta)
    _SCALED[key] = (weakref.ref(base, lambda _ref: _SCALED.pop(key, None) and None), scaled)
    return scaled


def with_substitution(base: Baseline, sigma: Mapping[str, float], *, source: str) -> ExtendedBaseline:
    """
    Let using sectors substitute between inputs with a constant elasticity instead of 1.

    Cost is `c = w**va * Q**(1 - va)` with `Q` the CES index of input prices. A low elasticity makes a critical input hard
    to replace.

    Parameters
    ----------
    base
        The baseline.
    sigma
        Using sector to its elasticity, 0 or more; sectors left out stay Cobb-Douglas.
    source
        Where the values come from; kept in `notes`.

    Returns
    -------
    ExtendedBaseline

    Raises
    ------
    InputError
        An unknown sector, a negative elasticity, or no source.

    Examples
    --------
    >>> from detente.world import load_world
    >>> base = load_world("wiod2011").baseline()
    >>> rigid = with_substitution(base, {base.sectors[13]: 0.1}, source="assumed for this example")
    >>> float(rigid.sigma[13])
    0.1
    """
    values = np.ones(len(base.sectors)) if getattr(base, "sigma", None) is None else np.array(base.sigma)  # type: ignore[attr-defined]
    for sector, value in sigma.items():
        if sector not in base.sectors or not value >= 0 or not np.isfinite(value):
            raise InputError(
                "unusable substitution between inputs",
                where="with_substitution",
                found=f"{sector}: {exact(value)}",
                allowed=f"a sector of the world ({base.sectors[0]}, ...) and a finite elasticity, 0 or more",
                repair="name using sectors by their codes",
            )
        values[base.sectors.index(sector)] = value
    if not source.strip():
        raise InputError(
            "substitution without a source",
            where="with_substitution(source=...)",
            found=repr(source),
            allowed="a citation, or 'assumed' with a reason",
            repair="say where the elasticity comes from",
        )
    notes = (*getattr(base, "notes", ()), f"substitution between inputs: {dict(sigma)} ({source})")
    return extend(base, sigma=values, notes=notes)
