"""The question about one economy: what measures and scenarios mean for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Unpack

from detente.asof import AsOf
from detente.display import plot
from detente.queries.fields import HIDDEN, Day, Limits
from detente.queries.law import Play
from detente.queries.question import question
from detente.queries.result import Typed, silent
from detente.queries.strategy import open_setting

if TYPE_CHECKING:
    from detente.policy.documents.economy import EconomyResult
    from detente.policy.strategy.game_setting import GameSetting


@dataclass(frozen=True, repr=False)
class Economy(Typed):
    """
    What measures and scenarios mean for one economy.

    Attributes
    ----------
    found
        The typed result; its fields are attributes of this.
    setting
        What it was worked out on.
    """

    plot = plot

    found: EconomyResult
    setting: GameSetting

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
        from detente.policy.strategy.document import strategy_document  # noqa: PLC0415

        return strategy_document(self.setting, self.to_dict(), command=command)


@question("economy", address="/economy", prints="render_economy")
def economy(
    economy: Annotated[str, Limits(length=60)],
    *,
    on: Day = None,
    progress: Annotated[Callable[[str], None] | None, HIDDEN] = None,
    **play: Unpack[Play],
) -> Economy:
    """
    Say what measures and scenarios mean for one economy: its duties, gains and losses, industries, inputs, and dates.

    Parameters
    ----------
    economy
        A code or a name, of the economies of the world.
    on
        Day (ISO) of the duties and of what lapses; today by default.
    progress
        Called with one line now and then.
    **play
        Study, setting, world, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Play`.

    Returns
    -------
    Economy
        tariffs it charges and faces (fractions), question (what the study asks, percent of real income and USD billion,
        with its place among all), stakes (the scenarios), industries, exposures to cuts of critical inputs (percent of
        real GDP), lapses.

    Raises
    ------
    InputError, StudyError, WorldError
        An economy that the world does not hold, a day or a study that cannot be used.

    Examples
    --------
    >>> found = economy("VNM", world="wiod2011")  # doctest: +SKIP
    >>> found.question.real_income_pct < 0  # doctest: +SKIP
    True
    >>> economy("Atlantis")
    Traceback (most recent call last):
    ...
    detente.errors.InputError: ...
    """
    from detente.policy.countries.answer import economy_answer  # noqa: PLC0415

    words: dict[str, Any] = {**play}
    setting, study = words.pop("setting", None), words.pop("study", "kuala-lumpur")
    board = setting if setting is not None else open_setting(study, **words)
    asof = AsOf.of(on, imposer=board.run.ledger.home)
    return Economy(economy_answer(board, economy, asof, progress or silent), board)
