"""Find the equilibrium of a shock, and judge it."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, Any, Final, get_args

import numpy as np

from detente.errors import ConvergenceError, InputError
from detente.formatting import exact, small
from detente.model.audit import ACCEPTED
from detente.model.constraints import close_embargoes, find_conflict, locate_bounds
from detente.model.equilibrium import Equilibrium
from detente.model.feasibility import NOT_CONVERGED, end_of_search, find_impossible, name_failure
from detente.model.labour import labour_market
from detente.model.preferences.horizons import at_horizon
from detente.model.preferences.nests import with_nests
from detente.model.problem import Problem, read_answer, search, start_state
from detente.model.results.records import Factors, Terms
from detente.model.saving import PROPORTIONAL, require_investment
from detente.model.shock import Shock
from detente.model.wedges import resolve_wedges
from detente.threads import one_thread

if TYPE_CHECKING:
    from detente.model.labour import Labour, Supply
    from detente.model.preferences.nests import Nests
    from detente.model.results.records import Closure, Horizon
    from detente.model.saving import Saving
    from detente.world.baseline import Baseline
    from detente.world.world import World

# Largest step of the map at which a solve stops, so that the audit ends an order of magnitude inside what is accepted.
TOLERANCE: Final = 3e-11
_FACTORS: Final = get_args(Factors)
# With fewer passes than these a search that ends is not looked into: it was told to stop.
_ENOUGH: Final = 100


def solve(
    world: World | Baseline,
    shock: Shock | None = None,
    *,
    closure: Closure = "fixed",
    factors: Factors = "mobile",
    horizon: Horizon = "long",
    labour: Labour | Supply = "inelastic",
    saving: Saving = PROPORTIONAL,
    nests: Nests | None = None,
    max_iterations: int = 500,
    tolerance: float = TOLERANCE,
    throw: bool = True,
    start: Equilibrium | None = None,
) -> Equilibrium:
    """
    Solve one counterfactual in exact hat algebra.

    Parameters
    ----------
    world
        A world, or its baseline.
    shock
        What changes; nothing by default.
    closure
        Trade deficits: "fixed" shares of world value added, "zero", "proportional" to own value added, or what "saving"
        leaves of investment.
    factors
        "mobile" between sectors (long run), or "fixed" in each (short run).
    horizon
        Of the trade elasticities: "long", "short", years since the shock, 0 or more, or a time such as "18 months"
        (`detente.model.preferences.horizons`).
    labour
        "inelastic": employment does not move. "elastic": it follows the real wage. "sticky": wages do not fall below a
        floor for the first three years, and employment is what is bought at it. A `Labour` has numbers of its own.
    saving
        What investment follows under the closure "saving": a `Saving`; nothing by default.
    nests
        Elasticities of substitution in production and final demand, and critical inputs (`Nests`); Cobb-Douglas by
        default.
    max_iterations
        Evaluations of the map allowed.
    tolerance
        Largest step of the map, in logs, at which to stop.
    throw
        Raise if there is no equilibrium; otherwise return it with its status.
    start
        An equilibrium from which to start, of this baseline or of another estimate with the same labels.

    Returns
    -------
    Equilibrium
        `status` is "converged" only if an audit of the equations in levels finds no relative residual above 1e-9.

    Raises
    ------
    InputError
        A shock or option that cannot be used.
    ConvergenceError
        No equilibrium was found, with `throw`.

    References
    ----------
    Dekle, Eaton and Kortum (2008); Caliendo and Parro (2015), section 2.

    Examples
    --------
    >>> from detente.world import load_world
    >>> world = load_world("wiod2011")
    >>> solve(world).status
    'converged'
    """
    begun = time.perf_counter()
    shock = shock or Shock()
    base = with_nests(at_horizon(as_baseline(world), horizon), nests)
    terms = Terms(closure, factors, horizon, labour_market(labour, horizon), saving)
    check_options(base, terms, max_iterations, tolerance)
    with one_thread():
        eq = solve_shock(base, shock, terms, max_iterations, tolerance, start)
    eq = dataclasses.replace(eq, seconds=time.perf_counter() - begun)
    if throw and eq.status != "converged":
        raise no_equilibrium(eq)
    return eq


def as_baseline(world: World | Baseline) -> Baseline:
    """Give the baseline of a world, or the baseline itself."""
    given: Any = world
    base: Baseline = given.baseline() if callable(getattr(given, "baseline", None)) else given
    return base


def no_equilibrium(eq: Equilibrium) -> ConvergenceError:
    """Make the error for a solve that ended without an equilibrium."""
    worst = max(eq.residuals, key=lambda name: eq.residuals[name]) if eq.residuals else "not evaluated"
    return ConvergenceError(
        "no equilibrium was found",
        where=f"solve, closure {eq.terms.closure}, factors {eq.terms.factors}, {eq.iterations} iterations",
        found=f"{eq.status}; largest relative residual {small(eq.residual)} ({worst})",
        allowed=f"a residual below {small(ACCEPTED)} in every equation",
        repair="raise max_iterations, try closure='zero' or a smaller shock; with throw=False the result is returned",
    )


def check_options(base: Baseline, terms: Terms, max_iterations: int, tolerance: float) -> None:
    """Refuse options a solve cannot use."""
    if terms.factors not in _FACTORS:
        raise InputError(
            "unknown factor mobility",
            where="factors",
            found=terms.factors,
            allowed=", ".join(_FACTORS),
            repair="'mobile' is the long run, 'fixed' the short run",
        )
    if terms.closure == "saving":
        require_investment(base)
    elif terms.saving != PROPORTIONAL:
        raise InputError(
            "an elasticity of investment without a use",
            where="saving, closure",
            found=f"{terms.saving}, {terms.closure}",
            allowed="a Saving(...) under the closure 'saving'",
            repair="give closure='saving' too, or leave saving out",
        )
    if max_iterations < 1 or not 0 < tolerance < 1e-3:  # noqa: PLR2004
        raise InputError(
            "unusable limits of a solve",
            where="max_iterations, tolerance",
            found=f"{max_iterations}, {exact(tolerance)}",
            allowed="at least 1, and above 0 and below 0.001",
            repair="leave them out",
        )


def solve_shock(
    base: Baseline,
    shock: Shock,
    terms: Terms,
    max_iterations: int,
    tolerance: float,
    start: Equilibrium | None,
) -> Equilibrium:
    """Set up, iterate, audit; polish if the audit asks for it."""
    wedges = resolve_wedges(shock, base)
    bounds = locate_bounds(shock, base)
    wedges = dataclasses.replace(wedges, open=close_embargoes(bounds, wedges.open, base.pi.shape))
    problem = Problem(base, wedges, bounds, terms)
    map_ = problem.map(1.0)
    z = start_state(map_, base, bounds, start)
    why = find_conflict(bounds, wedges) or find_impossible(base, wedges, terms.closure, map_)
    if why:
        answer = read_answer(map_, z, bounds)
        none = np.full(len(base.economies), np.nan)
        return Equilibrium(base, shock, answer, bounds, terms, f"infeasible: {why}", np.inf, {}, none, 0, 0.0)
    run, answer, verdict = search(problem, wedges, bounds, z, (tolerance, max_iterations))
    status = "converged"
    if verdict.residual >= ACCEPTED:
        status = name_failure(verdict, run, base, bounds)
        if status == NOT_CONVERGED and max_iterations >= _ENOUGH:
            status += f": {end_of_search(problem, wedges, bounds, (tolerance, max_iterations))}"
    found = verdict.residual, verdict.residuals, verdict.income
    return Equilibrium(base, shock, answer, bounds, terms, status, *found, run.passes, 0.0)
