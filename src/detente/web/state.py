"""What every request shares: the ledger, the main study, answers kept, and the queue of solves."""

from __future__ import annotations

import asyncio
import copy
import json
import sys
from collections import OrderedDict
from concurrent.futures import CancelledError
from functools import partial
from typing import TYPE_CHECKING, Any

from detente.asof import quarter
from detente.errors import DetenteError
from detente.io.documents import Document, as_json
from detente.queries.ledger import open_ledger
from detente.queries.page.main_study import MainStudy, give_memory_back
from detente.queries.strategy import setting_on
from detente.web.cache import Shelf
from detente.web.job_queue import BusyError, Turns

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Hashable, Iterable
    from concurrent.futures import Future
    from pathlib import Path

    from detente.ledger import Ledger
    from detente.policy.strategy.game_setting import GameSetting
    from detente.processes import Asked as Elsewhere
    from detente.queries.question import Asked
    from detente.web.settings import Settings

MOST_FAILURES = 64


class State:
    """
    The server's memory.

    settings: Limits.
    overlays: Ledger files or folders laid over the built-in ledger.

    known: Day on which everything else was not known yet; None for a server's own memory.
    elsewhere: Strategy questions that another process works out, by their keys.
    """

    def __init__(self, settings: Settings, overlays: tuple[Path, ...] = ()) -> None:
        self.settings = settings
        self.ledger: Ledger = open_ledger(*overlays)
        self.study = MainStudy.of(self.ledger)
        self.shelf = Shelf(settings.shelf_bytes)
        self.quick = Turns(waiting=settings.waiting, per_client=settings.per_client)
        self.long = Turns(waiting=settings.waiting, per_client=settings.per_client)
        self.known: dt.date | None = None
        self.elsewhere: dict[Hashable, Elsewhere[dict[str, Any]]] = {}
        self._failed: OrderedDict[Hashable, Exception] = OrderedDict()
        self._other: State | None = None

    def as_known(self, day: dt.date) -> State:
        """Give the memory of a server whose ledger holds what was known on a day; one such day is kept at a time."""
        if day >= self.ledger.horizon:
            return self
        other = self._other
        if other is None or other.known != day:
            other = copy.copy(self)
            other.known, other._failed, other._other = day, OrderedDict(), None  # noqa: SLF001  (its own class)
            other.elsewhere = {}
            other.ledger = self.ledger.as_known(day)
            other.study = MainStudy.of(other.ledger)
            other.shelf = Shelf(self.settings.shelf_bytes // 4)
            self._other = other
        return other

    def prepare(self, client: str) -> None:
        """Have the scenarios solved in their turn, if this is the memory of another day."""
        if self.known is None or self.study.ready.is_set():
            return

        def work() -> None:
            if not self.study.ready.is_set():
                self.study.solve_scenarios()
                give_memory_back()

        self.long.ask(client, work, key=(self.known, "scenarios"), patience=4 * self.settings.seconds)

    def document(self, question: Asked) -> Any:
        """Answer a question about the law, or give the answer that is kept: typed where its result is."""
        asked = self.with_lists(question.dated(self.ledger))
        key = (*asked.key, quarter())
        return self.shelf.once(key, lambda: asked.stamped(self.ledger), _size)

    def with_lists(self, asked: Asked) -> Asked:
        """
        Give a screening the lists of the server's operator.

        Gives the same where it searches no lists, or names its own.
        """
        named = "lists" in asked.given and not asked.lists
        return asked.but(lists=self.settings.lists) if named else asked

    async def turn(
        self, client: str, work: Callable[[], Any], key: Hashable, *, long: bool = False, newest: bool = False
    ) -> Any:
        """Do heavy work when it is this client's turn, and wait for it."""
        kept = self.shelf.get(key)
        if kept is not None:
            return kept
        if self._waits(key):
            raise BusyError(1)
        future = self._ask(client, work, key, long=long, newest=newest)
        try:
            patience = self.settings.seconds / 4 if long else self.settings.seconds
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), timeout=patience)
        except TimeoutError:
            raise BusyError(15) from None
        except CancelledError:
            raise BusyError(1) from None

    def begin(self, client: str, work: Callable[[], Any], key: Hashable) -> Any:
        """Give the answer to long work, or begin it. Gives None while it is being worked out."""
        kept = self.shelf.get(key)
        if kept is not None:
            return kept
        if key in self._failed:
            raise self._failed[key]
        if not self._waits(key):
            self._ask(client, work, key, long=True)
        return None

    def _waits(self, key: Hashable) -> bool:
        """Whether another process is at a question."""
        return key in self.elsewhere and not self.elsewhere[key].done

    def _ask(
        self, client: str, work: Callable[[], Any], key: Hashable, *, long: bool, newest: bool = False
    ) -> Future[Any]:
        """Put work in its queue; its answer, or that it has none, is kept."""

        def keeping() -> Any:
            try:
                found = self.shelf.once(key, work, _size)
            except DetenteError as problem:
                self._failed[key] = problem
                while len(self._failed) > MOST_FAILURES:
                    self._failed.popitem(last=False)
                raise
            if long:
                give_memory_back()
            return found

        lane = self.long if long else self.quick
        return lane.ask(
            client, keeping, key=(self.known, key), patience=4 * self.settings.seconds, newest=newest
        )

    def board(self) -> GameSetting:
        """Give a table to play one strategy question on; what is solved on it goes with it."""
        return setting_on(self.study.played or self.near())

    def play(self, client: str, question: Asked) -> dict[str, Any] | None:
        """Give the answer to a strategy question, or begin to work it out. Gives None while it is being worked out."""
        self.near()
        work = partial(self._played, question)
        found: dict[str, Any] | None = self.begin(client, work, question.key)
        return found

    async def answer(self, client: str, question: Asked) -> dict[str, Any]:
        """Answer a strategy question, and wait for it."""
        self.near()
        work = partial(self._played, question)
        found: dict[str, Any] = await self.turn(client, work, question.key, long=True)
        return found

    def _played(self, question: Asked) -> dict[str, Any]:
        """Play a question on a table of its own, unless another process did."""
        if question.key in self.elsewhere:
            return self.elsewhere[question.key].result()
        return question.document(self.ledger, answer=question.answer(self.ledger, setting=self.board()))

    def near(self) -> Any:
        """Give the scenarios of the main study."""
        if self.study.scenarios is None:
            if self.study.stage == "failed":
                raise self.study.failure()
            raise BusyError(5)
        return self.study.scenarios

    def play_ahead(self, questions: Iterable[Asked]) -> None:
        """Work out strategy questions before anyone asks, one at a time and in turn with those who do."""
        for question in questions:
            try:
                self._ask("ahead", partial(self._played, question), question.key, long=True).result()
            except (DetenteError, BusyError, CancelledError):
                continue

    def close(self) -> None:
        """Stop the queues."""
        self.quick.close()
        self.long.close()


def text_of(document: Any) -> str:
    """Write a document as the command line does."""
    plain = document if isinstance(document, dict) else as_json(document)
    return json.dumps(plain, ensure_ascii=False, indent=1, default=str) + "\n"


def _size(value: Any) -> int:
    """Bytes of a value, near enough: a parsed document takes about three times its text."""
    if isinstance(value, bytes | str):
        return sys.getsizeof(value)
    if isinstance(value, dict | list | Document):
        return 3 * len(json.dumps(as_json(value), default=str))
    return 50_000
