"""The question of points more: what a duty on top of the law of a day would do, without a study file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Unpack

from detente.io.documents import as_json
from detente.queries.fields import HIDDEN, Day, Limits, Sectors, Word
from detente.queries.law import Solve
from detente.queries.question import question
from detente.queries.result import Typed, silent

if TYPE_CHECKING:
    from detente.policy import StudyRun
    from detente.policy.documents.surcharge import SurchargeResult


@dataclass(frozen=True, repr=False)
class PointsMore(Typed):
    """
    What points of duty on top of the law of a day do.

    Attributes
    ----------
    found
        The typed result; its fields are attributes of this.
    run
        The study of one scenario that was solved for it.
    """

    found: SurchargeResult
    run: StudyRun

    def as_document(self, command: str) -> dict[str, Any]:
        """
        Lay the answer out as the command does with ``--json``.

        Parameters
        ----------
        command
            What reproduces it.

        Returns
        -------
        document
            stamp, result, assumptions, warnings.
        """
        from detente.policy.documents.surcharge import SurchargeDocument  # noqa: PLC0415
        from detente.policy.studies.document import lay_out  # noqa: PLC0415

        whole = lay_out(self.run, command=command)
        return dict(
            as_json(
                SurchargeDocument(
                    stamp=whole.stamp,
                    result=self.found,
                    assumptions=whole.assumptions,
                    warnings=whole.warnings,
                )
            )
        )


@question("what-if", address="/what-if/points", prints="render_points")
def what_if(
    importer: Annotated[str, Word(named=True), Limits(length=60)],
    exporter: Annotated[str, Word(named=True), Limits(length=60)],
    points: Annotated[float, Word(named=True), Limits(above=0, high=1000)],
    *,
    industries: Annotated[Sectors, Word("industry")] = (),
    answer: Annotated[float | None, Limits(above=0, high=1000)] = None,
    on: Day = None,
    progress: Annotated[Callable[[str], None] | None, HIDDEN] = None,
    **solve: Unpack[Solve],
) -> PointsMore:
    """
    Put points of duty on top of the law of a day: what a hundred points more on one economy do to every economy.

    Parameters
    ----------
    importer
        Who charges the points: an economy by code or name, or a customs union (for a member its union).
    exporter
        On whose goods: an economy, or a customs union.
    points
        Percentage points of duty on top of what is due, above 0 to 1000.
    industries
        Industries of the world, any number of times, such as C26 (computers, electronics); all goods by default.
    answer
        Points the exporter charges in turn on all goods of the importer.
    on
        Day (ISO) of the law the points are put on; today at the importer's capital by default.
    progress
        Called with one line before each step.
    **solve
        World, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Solve`.

    Returns
    -------
    PointsMore
        tariffs (fractions, before and after), flows and revenue (USD billion a year), sides and rows (real income in percent
        of that under the law of the day, in the long run and at one year), household (USD a year, for the United States),
        outputs (industries moved most), not_covered.

    Raises
    ------
    InputError
        An economy that there is not or that lies inside the importer's border, points out of range, an industry that the
        world does not have.
    ConvergenceError
        There is no equilibrium under that law.

    Examples
    --------
    >>> found = what_if("USA", "VNM", 100.0, on="2026-07-25")  # doctest: +SKIP
    >>> [round(row.real_income_pct, 2) for row in found.sides]  # doctest: +SKIP
    [-0.06, -1.82, -0.01]
    >>> what_if("USA", "USA", 100.0)
    Traceback (most recent call last):
    ...
    detente.errors.InputError: ...
    """
    from detente.policy.results import Options  # noqa: PLC0415
    from detente.policy.surcharge import Points, lay_out_surcharge, run_surcharge  # noqa: PLC0415
    from detente.queries.law import read_solve  # noqa: PLC0415

    economy, ledger = read_solve(solve)
    asked, options = Points(importer, exporter, points, tuple(industries), answer), Options(**economy)
    run = run_surcharge(asked, on=on, options=options, ledger=ledger, say=progress or silent)
    return PointsMore(lay_out_surcharge(run, asked, options), run)
