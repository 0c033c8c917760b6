"""The question of what a document looks like: its JSON schema."""

from __future__ import annotations

from typing import Annotated, Any

from detente.io.documents import schema_of
from detente.io.words import one_of
from detente.queries.fields import Limits, Word
from detente.queries.question import question
from detente.queries.result import Result


def _kinds() -> dict[str, Any]:
    """Kinds of document by the question that gives them."""
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
    Give the JSON schema of the document of a question that solves.

    Parameters
    ----------
    kind
        The question: run, sweep, play_optimal, play_nash, payoffs, play_bargain, deals, play_calendar, hedge,
        play_rivalry, play_agreements, reliance, path, unresolved, forecast, chokepoints, economy, what_if, collected.

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
