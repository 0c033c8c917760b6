"""The strategy questions that pages ask first, worked out in another process while this one asks for pages."""

from __future__ import annotations

import pickle
import tempfile
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.processes import second_process
from detente.queries.strategy import setting_on
from detente.web.pages.strategy import AHEAD, usual

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from detente.processes import Asked
    from detente.web.state import State


@contextmanager
def played_elsewhere(state: State) -> Iterator[None]:
    """Have the questions worked out elsewhere for as long as pages are asked for; without another process, here as ever."""
    with tempfile.TemporaryDirectory(prefix="detente-") as folder, second_process() as beside:
        # By a file, read once there: every question is played on the same scenarios.
        file = Path(folder) / "scenarios"
        file.write_bytes(pickle.dumps(state.study.played, protocol=pickle.HIGHEST_PROTOCOL))
        asked: dict[Hashable, Asked[dict[str, Any]]] = {
            usual(tab).key: beside.ask(play, str(file), tab) for tab in AHEAD
        }
        if beside.at_work:
            state.elsewhere |= asked
        try:
            yield
        finally:
            state.elsewhere.clear()


def late() -> tuple[str, ...]:
    """How addresses begin that rest on such questions: they are asked for last, when the answers are there."""
    return ("/strategy", *(f"/api/v1{usual(tab).question.address}" for tab in AHEAD))


def play(file: str, tab: str) -> dict[str, Any]:
    """Answer the question a tab asks first, on scenarios in a file."""
    run, question = _scenarios(file), usual(tab)
    found: dict[str, Any] = question.document(
        run.ledger, answer=question.answer(run.ledger, setting=setting_on(run))
    )
    return found


@lru_cache(maxsize=1)
def _scenarios(file: str) -> Any:
    """The run that another process wrote."""
    return pickle.loads(Path(file).read_bytes())  # noqa: S301  (written by the process that started this one)
