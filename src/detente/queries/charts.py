"""Pictures of answers: one call that draws whatever has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.errors import InputError
from detente.io.words import one_of
from detente.queries.studies import Outcome

if TYPE_CHECKING:
    from detente.render import Picture

SIZES = ("wide", "half", "narrow")
HISTORY = "history"
# Two sums of parts of one duty.
SAME = 1e-9


def chart(
    outcome: Any,
    name: str = "",
    scenario: str = "",
    *,
    of: str = "",
    against: str = "",
    side: str = "",
    variable: str = "",
    size: str = "wide",
) -> Picture:
    """
    Draw an answer: a chart or a map whose title is what it shows, with its unit, source and day in the picture.

    What can be drawn has this as its method ``plot`` as well.

    Parameters
    ----------
    outcome
        Of `Study.run`; or an equilibrium of `solve`, an answer of `duty`, `average_tariff`, `economy` or `chokepoints`, or
        one about strategy.
    name
        Of an outcome: income (the default), map, worth, industries, tariffs, bands, households, rates. Of an equilibrium:
        income, map. Of a duty: parts, history (on every day since 2018). Of a hedge: worth, losses. Others have one picture.
    scenario
        The same as `of`.
    of, against
        Ids of scenarios: one, or one instead of another. The study's own contrast where neither is given.
    side
        Code of an economy, for worth, industries and bands; the first side by default.
    variable
        What income and map show: real_income_pct (the default), real_gdp_pct, cpi_pct, real_wage_pct, exports_pct,
        imports_pct, terms_of_trade_pct.
    size
        wide (748 pixels), half (500) or narrow (358).

    Returns
    -------
    Picture
        Shown in a notebook as it is; ``.save("x.svg")`` (or .csv; .png and .pdf with the extra [png]), ``.to_altair()`` to
        change it.

    Raises
    ------
    InputError
        No such chart, scenario or economy; an option that this answer has no use for; nothing is drawn of this answer.

    Examples
    --------
    >>> import detente as dt
    >>> chart(dt.duty("9503.00.00.73", origin="CHN", destination="USA", on="2025-10-27")).title
    '3 to 12 years of age from China pays 30 % in the United States (20 % to 60 % as facts not known turn out)'
    """
    from detente.render import draw_answer, draw_run  # noqa: PLC0415

    one_of(size, SIZES, what="no such size", where="chart")
    of = of or scenario
    if isinstance(outcome, Outcome):
        words = {"of": of, "against": against, "side": side, "variable": variable, "size": size}
        return draw_run(_document(outcome, name), name or "income", **words)
    _refuse_unused(outcome, of=of, against=against, side=side)
    own = {HISTORY: _history} if hasattr(outcome, "prohibited") else {}
    return draw_answer(outcome, name, variable=variable, size=size, own=own)


def _document(outcome: Outcome, name: str) -> dict[str, Any]:
    """The document that a picture is drawn from, with the duties of every day where they are what is drawn."""
    found = outcome.document
    return (
        found if name != "rates" else {**found, "result": {**found["result"], "timeline": outcome.timeline}}
    )


def _refuse_unused(outcome: Any, **given: str) -> None:
    """Refuse options that only the outcome of a study has a use for."""
    unused = [f"{name}={word!r}" for name, word in given.items() if word]
    if unused:
        raise InputError(
            "an option that this answer has no use for",
            where="chart",
            found=f"{', '.join(unused)} with {type(outcome).__name__}",
            allowed="of, against and side with the outcome of a study",
            repair="leave it out",
        )


def _history(found: Any, size: str) -> Picture:
    """The parts of a duty on every day of change since 2018, for a duty asked without facts of the built-in ledger."""
    from detente.ledger import open_ledger  # noqa: PLC0415
    from detente.queries.duty_history import spans  # noqa: PLC0415
    from detente.queries.question import question_of  # noqa: PLC0415
    from detente.render import draw_history  # noqa: PLC0415
    from detente.schedules.codes import dotted  # noqa: PLC0415

    ledger = open_ledger()
    where = {"code": found.code, "origin": found.origin, "destination": found.destination}
    known = found.known_on.isoformat() if found.known_on else None
    rows = spans(question_of("duty").ask(**where, known_on=known, view=found.view, ends=found.ends), ledger)
    day = min(found.on, ledger.horizon).isoformat()
    then = sum(row["rate"] for row in rows if row["from"] <= day < row["to"])
    stated = (*found.facts_used, *(item.fact for item in found.facts_without_effect))
    if stated or found.rate is None or abs(then - found.rate) > SAME:
        raise InputError(
            "this duty has no history that can be drawn",
            where="chart",
            found=f"facts: {', '.join(stated)}" if stated else "a rate that is not the built-in ledger's",
            allowed="a duty that is known, asked without facts and of the built-in ledger",
            repair="ask `duty` for code, origin, destination and day alone, and draw that",
        )
    return draw_history(rows, {**where, "code": dotted(found.code)}, size)
