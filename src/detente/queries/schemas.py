"""The question of what a document looks like: its JSON schema."""

from __future__ import annotations

from typing import Annotated, Any

from detente.io.documents import schema_of
from detente.io.stamped import Stamped
from detente.io.words import one_of
from detente.queries.fields import Limits, Word
from detente.queries.question import question
from detente.queries.result import Result


def _kinds() -> dict[str, Any]:
    """Kinds of document by the question that gives them."""
    return {**_of_law(), **_of_solves()}


def _of_law() -> dict[str, Any]:
    """Those of questions about the law."""
    from detente.compliance.documents.common import Assumption  # noqa: PLC0415
    from detente.compliance.documents.duty import DutyAnswer  # noqa: PLC0415
    from detente.compliance.documents.licence import Licence  # noqa: PLC0415
    from detente.compliance.documents.port_fee import PortFee  # noqa: PLC0415
    from detente.compliance.documents.purchases import Purchases  # noqa: PLC0415
    from detente.compliance.documents.screening import Screening  # noqa: PLC0415
    from detente.duties.documents.average import AverageAnswer  # noqa: PLC0415
    from detente.ledger.documents.assumed import LawAssumption  # noqa: PLC0415
    from detente.ledger.documents.board import BoardAnswer  # noqa: PLC0415
    from detente.ledger.documents.measures import Listing, MeasureShown  # noqa: PLC0415
    from detente.ledger.documents.records import Changes, Citations, Findings, Timeline  # noqa: PLC0415
    from detente.schedules.documents.products import ProductsFound  # noqa: PLC0415

    kinds = {
        "duty": DutyAnswer,
        "port_fee": PortFee,
        "licence": Licence,
        "screen": Screening,
        "purchases": Purchases,
        "status": BoardAnswer,
        "list_measures": Listing,
        "show_measure": MeasureShown,
        "timeline": Timeline,
        "diff": Changes,
        "cite": Citations,
        "check_ledger": Findings,
        "search": ProductsFound,
    }
    average = Stamped.around(AverageAnswer, LawAssumption)
    return {name: Stamped.around(kind, Assumption) for name, kind in kinds.items()} | {
        "average_tariff": average
    }


def _of_solves() -> dict[str, Any]:
    """Those of questions that solve, and of what was collected."""
    from detente.policy.documents import agreements, calendars, forecasts, games, strategy  # noqa: PLC0415
    from detente.policy.documents.bands import SweepDocument  # noqa: PLC0415
    from detente.policy.documents.chokepoints import ChokePointDocument  # noqa: PLC0415
    from detente.policy.documents.collected import CollectedRates  # noqa: PLC0415
    from detente.policy.documents.economy import EconomyDocument  # noqa: PLC0415
    from detente.policy.documents.run import FailedRunDocument, RunDocument  # noqa: PLC0415
    from detente.policy.documents.surcharge import SurchargeDocument  # noqa: PLC0415

    played = {
        "play_optimal": games.OptimalTariffs,
        "play_nash": games.NashTariffs,
        "payoffs": games.PayoffGame,
        "play_bargain": games.BargainResult,
        "deals": games.Deals,
        "play_calendar": calendars.CalendarGame,
        "hedge": strategy.Hedge,
        "reliance": strategy.Reliance,
        "path": strategy.Path,
        "unresolved": strategy.Unresolved,
        "forecast": forecasts.Forecast,
        "play_rivalry": forecasts.RivalryIndex,
        "play_agreements": agreements.HubAgreements,
        "collected": CollectedRates,
    }
    solved = {
        "run": RunDocument | FailedRunDocument,
        "sweep": SweepDocument,
        "chokepoints": ChokePointDocument,
        "economy": EconomyDocument,
        "what_if": SurchargeDocument,
    }
    return {**solved, **{name: strategy.StrategyDocument.around(kind) for name, kind in played.items()}}


@question("schema", address="/schema", prints="render_schema")
def schema(
    kind: Annotated[str, Word(said=True), Limits(pattern=r"[a-z][a-z_-]{0,40}")] = "run",
) -> Result:
    """
    Give the JSON schema of the document of a question.

    Parameters
    ----------
    kind
        The question: run, sweep, play_optimal, play_nash, payoffs, play_bargain, deals, play_calendar, hedge,
        play_rivalry, play_agreements, reliance, path, unresolved, forecast, chokepoints, economy, what_if, collected;
        status, list_measures, show_measure, timeline, diff, cite, check_ledger, search, duty,
        average_tariff, port_fee, licence, screen, purchases.

    Returns
    -------
    Result
        A JSON schema (draft 2020-12) of the whole document with its stamp; the command prints it alone.

    Raises
    ------
    InputError
        No such question, or one whose document has no schema yet.

    Examples
    --------
    >>> sorted(schema("hedge").properties)
    ['assumptions', 'result', 'stamp', 'warnings']
    """
    kinds = _kinds()
    word = kind.replace("-", "_")
    one_of(word, kinds, what="no document of this name has a schema", where="kind")
    return Result(schema_of(kinds[word], f"document of {word}"))
