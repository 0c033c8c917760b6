"""The question about critical inputs: who holds them, and what a cut costs by horizon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from detente.display import as_html, in_short, plot
from detente.errors import InputError  # noqa: F401  (the example names it)
from detente.queries.fields import HIDDEN, Limits, Word
from detente.queries.question import question
from detente.queries.result import Result

FAILED = 3


@dataclass(frozen=True)
class Cuts:
    """
    What cuts of critical inputs cost.

    Attributes
    ----------
    result
        rows; for one input sizes, curve, drivers, episodes, published as well. Keys are attributes.
    assumptions, warnings
        What it rests on, and what a reader must know.
    hashes
        Of the world.
    """

    __repr__ = in_short
    _repr_html_ = as_html
    plot = plot

    result: Result
    assumptions: list[dict[str, Any]]
    warnings: list[str]
    hashes: dict[str, str]

    @property
    def _shown(self) -> Result:
        """What a line or a notebook shows of it."""
        return self.result

    def __getattr__(self, name: str) -> Any:
        """Read a key of the result."""
        return getattr(self.result, name)

    @property
    def exit_code(self) -> int:
        """3 where a row has no equilibrium."""
        return FAILED if any(row["gdp_pct"] is None for row in self.result["rows"]) else 0

    def to_dict(self) -> dict[str, Any]:
        """
        Lay the result out.

        Returns
        -------
        dict
            The result itself.
        """
        return dict(self.result)


@question("chokepoints", address="/chokepoints", prints="render_chokepoints")
def chokepoints(
    critical: Annotated[str, Word("input"), Limits(pattern=r"[A-Za-z0-9 -]{0,40}")] = "",
    *,
    cut: Annotated[float | None, Limits(low=0.0, high=1.0)] = None,
    economies: Annotated[tuple[str, ...], Limits(length=60, many=12)] = (),
    world: Annotated[str, Word(offered=False)] = "icio2022",
    progress: Annotated[Callable[[str], None] | None, HIDDEN] = None,
) -> Cuts:
    """
    Cut a critical input, and give the loss of each economy in a quarter, a year and the long run, with its range.

    Parameters
    ----------
    critical
        The input, such as magnets; all of them by default. One input comes with its curve over elasticity and cut, what
        drives it, what happened in the past, and what others found.
    cut
        Share of the holder's deliveries abroad that is withheld, above 0 to 1; each input's own by default.
    economies
        Economies or groups of the rows; the largest users by default.
    world
        A world with the industries the inputs hide in.
    progress
        Called with one line now and then.

    Returns
    -------
    Cuts
        rows: input, holder, cut, economy, horizon (quarter, year, long), missing_share (of deliveries, after stocks),
        gdp_pct and real_income_pct with _min and _max, percent of the period's own; published_pct_min and _max, what others
        found near that horizon; sizes, curve, drivers, episodes and published for one input.

    Raises
    ------
    InputError, StudyError
        An input or an economy that there is not, a cut that is no share, or a world of another classification.

    References
    ----------
    Baqaee and Farhi (2019), "The macroeconomic impact of microeconomic shocks: beyond Hulten's theorem", Econometrica
    87(4); Bachmann et al. (2022) on a cut of gas. The nests are those of `Nests`.

    Examples
    --------
    >>> try:
    ...     chokepoints("ai-chips")
    ... except InputError as problem:
    ...     print(problem.what)
    a critical input that is not covered
    """
    from detente.policy.chokepoints.document import choke_point_answer  # noqa: PLC0415
    from detente.world import load_world  # noqa: PLC0415

    given = load_world(world)
    found = choke_point_answer(critical, given, cut=cut, economies=economies, progress=progress)
    return Cuts(Result(found["result"]), found["assumptions"], found["warnings"], {"world_hash": given.hash})
