"""What every request shares: the ledger, the main study, answers kept, and the queue of solves."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

from detente.errors import StudyError
from detente.ledger import open_ledger
from detente.web.shelf import Shelf
from detente.web.study import MainStudy
from detente.web.turns import BusyError, Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    from detente.ledger import Ledger
    from detente.web.questions import Question
    from detente.web.settings import Settings


class State:
    """
    The server's memory.

    Parameters
    ----------
    settings
        Limits.
    overlays
        Ledger files or folders laid over the built-in ledger.
    """

    def __init__(self, settings: Settings, overlays: tuple[Path, ...] = ()) -> None:
        self.settings = settings
        self.ledger: Ledger = open_ledger(*overlays)
        self.study = MainStudy.of(self.ledger)
        self.shelf = Shelf(settings.shelf_bytes)
        self.turns = Turns(waiting=settings.waiting, per_client=settings.per_client)

    def document(self, question: Question) -> dict[str, Any]:
        """
        Answer a question about the law, or give the answer that is kept.

        Parameters
        ----------
        question
            Any that `Question.document` answers.

        Returns
        -------
        document
            Not to be changed.
        """
        key = (type(question).__name__, question.model_dump_json())
        asked = question.given(self.settings.lists)
        return self.shelf.once(key, lambda: asked.document(self.ledger), _size)

    async def turn(self, client: str, work: Callable[[], Any], key: Hashable) -> Any:
        """
        Do heavy work when it is this client's turn.

        Parameters
        ----------
        client
            Who asks.
        work
            What to do.
        key
            Work with the same key is done once.

        Returns
        -------
        result
            Of the work.

        Raises
        ------
        BusyError
            Too many wait, or it took too long.
        """
        kept = self.shelf.get(key)
        if kept is not None:
            return kept

        def keeping() -> Any:
            return self.shelf.once(key, work, _size)

        future = self.turns.ask(client, keeping, key=key, patience=self.settings.seconds)
        try:
            return await asyncio.wait_for(
                asyncio.shield(asyncio.wrap_future(future)), timeout=self.settings.seconds
            )
        except TimeoutError:
            raise BusyError(30) from None

    def near(self) -> Any:
        """
        Give the scenarios of the main study.

        Returns
        -------
        StudyRun
            Solved.

        Raises
        ------
        BusyError
            They are being solved.
        StudyError
            They could not be.
        """
        if self.study.scenarios is None:
            if self.study.stage == "failed":
                raise StudyError("the main study could not be solved", found=self.study.step)
            raise BusyError(5)
        return self.study.scenarios

    def close(self) -> None:
        """Stop the queue."""
        self.turns.close()


def text_of(document: Any) -> str:
    """
    Write a document as the command line does.

    Parameters
    ----------
    document
        stamp, result, assumptions, warnings.

    Returns
    -------
    str
        JSON.
    """
    return json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n"


def _size(value: Any) -> int:
    """Bytes of a value, near enough: a parsed document takes about three times its text."""
    if isinstance(value, bytes | str):
        return sys.getsizeof(value)
    if isinstance(value, dict | list):
        return 3 * len(json.dumps(value, default=str))
    return 50_000
