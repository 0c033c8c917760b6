"""What a design of many runs says: which assumptions vary and how, which policies may follow, how many draws."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
import hashlib
import json
from typing import Literal

import numpy as np
from pydantic import Field

from detente.model import Closure  # noqa: TC001  (pydantic resolves the annotations at run time)
from detente.policy.study import Spec

# Samples whose first draws stay the same when more are asked for.
EXTENDABLE = ("sobol", "random")
# Parameters that are no named assumption: how deficits close, and which estimate of the world is used.
CLOSURE, WORLD = "closure", "world"
# What trade elasticities are of the long-run ones at the horizon of a design, where that is drawn.
HORIZON, LONG = "horizon", "long"
THETA = "theta"
Outcome = Literal[
    "real_income_pct", "cpi_pct", "real_wage_pct", "exports_pct", "imports_pct", "tariff_revenue_usd_bn"
]


class Parameter(Spec):
    """
    One thing that varies: exactly one of `uniform`, `triangular`, `lognormal` and `values` says how.

    In the scenarios it names, or else in all that do not set a value of their own.
    """

    name: str
    uniform: tuple[float, float] | None = None
    triangular: tuple[float, float, float] | None = None
    lognormal: tuple[float, float] | None = None
    values: tuple[float | str, ...] | None = None
    weights: tuple[float, ...] | None = None
    scenarios: tuple[str, ...] = ()
    why: str
    source: str

    @property
    def forms(self) -> list[str]:
        """The distributions that are given."""
        names = ("uniform", "triangular", "lognormal", "values")
        return [name for name in names if getattr(self, name) is not None]

    @property
    def ends(self) -> tuple[float, float]:
        """Smallest and largest number it can take (its 0.1 and 99.9 % points if it has no end)."""
        if self.values is not None:
            numbers = [item for item in self.values if not isinstance(item, str)]
            return (min(numbers), max(numbers)) if numbers else (0.0, 0.0)
        if self.lognormal is not None:
            median, spread = self.lognormal
            return median * float(np.exp(-3.09 * spread)), median * float(np.exp(3.09 * spread))
        low, *_, high = self.triangular or self.uniform or (0.0, 0.0)
        return low, high


class Error(Spec):
    """A published standard error of one industry's elasticity, in the units of the elasticity."""

    sector: str
    value: float = Field(gt=0)
    standard_error: float = Field(gt=0)
    source: str


class Elasticities(Spec):
    """
    How trade elasticities vary: lognormal, median the world's, by industry and all together.

    `common_log_sd` moves all of them; `relative_error` is the coefficient of variation of each industry without a published
    standard error in `published`. Draws are cut at `low` and `high`.
    """

    common_log_sd: float = Field(ge=0)
    relative_error: float = Field(ge=0)
    published: tuple[Error, ...] = ()
    low: float = Field(gt=0)
    high: float = Field(gt=0)
    why: str
    source: str


class Policy(Spec):
    """A decision: on a day, one of some scenarios follows, with these probabilities."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    on: dt.date
    states: dict[str, float] = Field(min_length=1)
    why: str
    source: str


class Design(Spec):
    """
    A whole design.

    study: A built-in study or the path of a study file.
    draws, batch, seed: How many draws, how many of them make one part of the store, and the seed of every random
        number.
    sample: "sobol" and "random" can be extended later; "latin-hypercube" and "saltelli" cannot; "grid" takes all
        combinations of the parameters' values, "list" the `rows`.
    scenarios: Scenario ids of the study, each solved in every draw; all of them if empty.
    economies: Economies whose outcomes are kept, with the study's groups; all of the world if empty.
    fan: Scenarios and policies that make a path over time.
    horizon: Of the trade elasticities: "long", years, or a time such as "18 months". Their ratio to the long run is
        then drawn with the rest, unless the sample is a grid or a list.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    study: str
    draws: int = 0
    batch: int = Field(default=16, ge=1, le=1024)
    seed: int = Field(ge=0)
    sample: Literal["sobol", "random", "latin-hypercube", "saltelli", "grid", "list"] = "sobol"
    scenarios: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ("real_income_pct", "cpi_pct", "real_wage_pct", "tariff_revenue_usd_bn")
    economies: tuple[str, ...] = ()
    closure: Closure | None = None
    elasticities: Elasticities | None = None
    parameters: tuple[Parameter, ...] = ()
    rows: tuple[dict[str, float | str], ...] = ()
    policies: tuple[Policy, ...] = ()
    fan: tuple[str, ...] = ()
    max_iterations: int = Field(default=500, ge=1)
    horizon: str = LONG

    @property
    def draws_horizon(self) -> bool:
        """Whether a ratio of elasticities is drawn."""
        return self.horizon != LONG and self.sample not in {"grid", "list"}

    @property
    def varied(self) -> tuple[Parameter, ...]:
        """What varies: the parameters; in a list, each name of the rows with the values it takes there."""
        if self.sample != "list":
            return self.parameters
        own = {item.name: item.scenarios for item in self.parameters}
        names = dict.fromkeys(name for row in self.rows for name in row)
        return tuple(
            Parameter(
                name=name,
                values=tuple(dict.fromkeys(row[name] for row in self.rows if name in row)),
                scenarios=own.get(name, ()),
                why="named in a row",
                source="the rows",
            )
            for name in names
        )

    @property
    def hash(self) -> str:
        """
        SHA-256 of what decides the results.

        Title, policies and fan are left out: they are applied to results. So is the number of draws where more of them leave
        the first ones as they are.
        """
        content = self.model_dump(mode="json", exclude={"title", "policies", "fan"})
        if self.sample in EXTENDABLE:
            del content["draws"]
        if self.horizon == LONG:
            del content["horizon"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
