"""From a design to draws: points of the unit cube, then values of the parameters."""

from __future__ import annotations

import itertools
import math
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import StudyError
from detente.model import drawn_path, years_of
from detente.policy.sweeps.schema import HORIZON, THETA, Design, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Value = float | str
# Points of the unit cube stay this far from its faces, where a normal quantile is infinite.
EDGE = 1e-12


@dataclass(frozen=True)
class Sampler:
    """
    The draws of a design.

    design: What varies.
    theta: Sector to the world's elasticity, over every world of the design; sectors whose elasticity is a parameter of
        its own left out.

    Every draw is a function of the design and its position alone, so that any worker can make it.
    """

    design: Design
    theta: Mapping[str, float]

    @cached_property
    def sector_log_sd(self) -> dict[str, float]:
        """Standard deviation of each sector's log elasticity, the common part left out."""
        spec = self.design.elasticities
        if spec is None:
            return {}
        published = {item.sector: item.standard_error / item.value for item in spec.published}
        if unknown := sorted(set(published) - set(self.theta)):
            raise StudyError(
                "a published standard error of an unknown sector",
                where=f"{self.design.id}: elasticities: published",
                found=", ".join(unknown),
                allowed=", ".join(self.theta),
                repair="use the sectors of the design's world",
            )
        errors = {sector: published.get(sector, spec.relative_error) for sector in self.theta}
        return {sector: math.sqrt(math.log1p(error**2)) for sector, error in errors.items()}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every random quantity: the common elasticity, each sector's, then the parameters."""
        own = [item.name for item in self.design.parameters]
        if self.design.sample == "list":
            own = list(dict.fromkeys(name for row in self.design.rows for name in row))
        if self.design.elasticities is None or self.design.sample in {"grid", "list"}:
            return (*own, *self._horizon)
        return (THETA, *(f"{THETA}.{sector}" for sector in self.theta), *own, *self._horizon)

    @property
    def _horizon(self) -> tuple[str, ...]:
        """The ratio of elasticities at the design's horizon, last, where it is drawn."""
        return (HORIZON,) if self.design.draws_horizon else ()

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """For each random quantity the driver it counts to: all sectors' own elasticities are one."""
        return tuple("theta by sector" if name.startswith(f"{THETA}.") else name for name in self.names)

    @cached_property
    def count(self) -> int:
        """Number of draws."""
        design = self.design
        if design.sample == "list":
            return len(design.rows)
        if design.sample == "grid":
            return math.prod(len(item.values or ()) for item in design.parameters)
        if design.sample == "saltelli":
            return len(self._cube)
        return design.draws

    def draw(self, start: int, stop: int) -> list[dict[str, Value]]:
        """
        Give some of the draws.

        Gives name to value; elasticities by sector under ``theta.SECTOR``, the common factor under ``theta``.
        """
        if self.design.sample == "list":
            return [dict(row) for row in self.design.rows[start:stop]]
        if self.design.sample == "grid":
            values = [item.values or () for item in self.design.parameters]
            chosen = itertools.islice(itertools.product(*values), start, stop)
            return [dict(zip(self.names, row, strict=True)) for row in chosen]
        columns = self.transform(self.points(start, stop))
        return [{name: _plain(column[k]) for name, column in columns.items()} for k in range(stop - start)]

    def points(self, start: int, stop: int) -> NDArray[np.float64]:
        """Points of the unit cube."""
        from scipy.stats import qmc  # noqa: PLC0415  (heavy, and needed by sweeps only)

        size, seed = len(self.names), self.design.seed
        if self.design.sample == "sobol":
            own = size - len(self._horizon)  # by itself, so that the others are the draws of the long run
            engine = qmc.Sobol(own, scramble=True, rng=np.random.default_rng(seed))
            if start > 0:
                engine.fast_forward(start)
            with warnings.catch_warnings():  # a part of the sequence need not be a power of two
                warnings.simplefilter("ignore", UserWarning)
                cube = engine.random(stop - start)
            beside = [np.random.default_rng((seed, k)).random(size - own) for k in range(start, stop)]
            cube = np.hstack([cube, np.array(beside).reshape(stop - start, size - own)])
        elif self.design.sample == "random":
            rows = [np.random.default_rng((seed, k)).random(size) for k in range(start, stop)]
            cube = np.array(rows).reshape(-1, size)
        else:
            cube = self._cube[start:stop]
        inside: NDArray[np.float64] = np.clip(cube, EDGE, 1 - EDGE)
        return inside

    @cached_property
    def _cube(self) -> NDArray[np.float64]:
        """The whole sample, where it cannot be made piece by piece."""
        from scipy.stats import qmc  # noqa: PLC0415

        design, size = self.design, len(self.names)
        if design.sample == "latin-hypercube":
            cube: NDArray[np.float64] = qmc.LatinHypercube(
                size, rng=np.random.default_rng(design.seed)
            ).random(design.draws)
            return cube
        from SALib.sample import sobol  # noqa: PLC0415  (optional)

        base = max(1, design.draws // (len(set(self.groups)) + 2))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            made: NDArray[np.float64] = sobol.sample(
                self.problem, base, calc_second_order=False, scramble=True, seed=design.seed
            )
        return made

    @property
    def problem(self) -> dict[str, Any]:
        """The unit cube as SALib describes it, with groups."""
        names = list(self.names)
        return {
            "num_vars": len(names),
            "names": names,
            "groups": list(self.groups),
            "bounds": [[0.0, 1.0]] * len(names),
        }

    def transform(self, cube: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
        """Turn points of the unit cube into values."""
        columns: dict[str, NDArray[Any]] = {}
        by_name = {item.name: item for item in self.design.parameters}
        spec = self.design.elasticities
        for name, u in zip(self.names, cube.T, strict=True):
            if spec is not None and name == THETA:
                columns[name] = np.exp(spec.common_log_sd * normal_quantile(u))
            elif spec is not None and name.startswith(f"{THETA}."):
                sector = name.removeprefix(f"{THETA}.")
                own = np.exp(self.sector_log_sd[sector] * normal_quantile(u))
                columns[name] = np.clip(self.theta[sector] * columns[THETA] * own, spec.low, spec.high)
            elif name == HORIZON:
                years = years_of(self.design.horizon)
                columns[name] = np.array([drawn_path(float(x)).ratio(years) for x in u])
            else:
                columns[name] = quantile(by_name[name], u)
        return columns


def normal_quantile(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantile of the standard normal distribution. Gives of the same shape."""
    from scipy.special import ndtri  # noqa: PLC0415

    out: NDArray[np.float64] = ndtri(u)
    return out


def quantile(parameter: Parameter, u: NDArray[np.float64]) -> NDArray[Any]:
    """
    Values of a parameter at probabilities.

    Examples
    --------
    >>> import numpy as np
    >>> thing = Parameter(name="x", triangular=(0.0, 1.0, 4.0), why="", source="")
    >>> quantile(thing, np.array([0.25])).tolist()
    [1.0]
    """
    if parameter.values is not None:
        size = len(parameter.values)
        weights = parameter.weights or (1.0 / size,) * size
        place = np.searchsorted(np.cumsum(weights)[:-1], u, side="right")
        return np.array(parameter.values, dtype=object)[place]
    if parameter.lognormal is not None:
        median, spread = parameter.lognormal
        return np.asarray(median * np.exp(spread * normal_quantile(u)))
    if parameter.triangular is not None:
        low, mode, high = parameter.triangular
        cut = (mode - low) / (high - low)
        left = low + np.sqrt(u * (high - low) * (mode - low))
        right = high - np.sqrt((1 - u) * (high - low) * (high - mode))
        return np.where(u < cut, left, right)
    low, high = parameter.uniform or (0.0, 1.0)
    return low + (high - low) * u


def _plain(value: Any) -> Value:
    """A number or a word."""
    return value if isinstance(value, str) else float(value)
