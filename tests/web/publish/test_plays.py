"""Strategy questions of a published site in another process: waited for, taken over, and the same as here."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from detente import processes
from detente.processes import Asked
from detente.queries.strategy import setting_on
from detente.web import Settings
from detente.web.job_queue import BusyError
from detente.web.pages.strategy import usual
from detente.web.publish.plays import late, play, played_elsewhere
from detente.web.state import State
from policy.main_run import main_run

KEY = ("path", "a question")


@pytest.fixture
def state():
    found = State(Settings(prepare=False))
    yield found
    found.close()


def never():
    raise AssertionError("nothing is worked out here")


def test_a_question_that_another_process_is_at_is_waited_for_and_taken_over(state):
    asked = Asked(dict, ())
    state.elsewhere[KEY] = asked
    assert state.begin("reader", never, KEY) is None
    with pytest.raises(BusyError):
        asyncio.run(state.turn("reader", never, KEY, long=True))
    asked.settle(({"result": "there"},))
    question = SimpleNamespace(key=KEY)
    found = asyncio.run(state.turn("reader", lambda: state._played(question), KEY, long=True))
    assert found == {"result": "there"}
    assert state.begin("reader", never, KEY) == found


def test_the_memory_of_another_day_takes_nothing_over(state):
    state.elsewhere[KEY] = Asked(dict, ())
    assert state.as_known(state.ledger.horizon.replace(year=2025)).elsewhere == {}


def test_pages_that_rest_on_such_questions_come_last():
    assert "/strategy/deals".startswith(late())
    assert "/api/v1/play/bargain?threat=no-deal".startswith(late())
    assert not "/compare".startswith(late())


@pytest.mark.slow
def test_what_is_played_elsewhere_is_what_is_played_here(monkeypatch):
    monkeypatch.setattr(processes, "cores", lambda: 2)
    monkeypatch.setattr("detente.web.publish.plays.AHEAD", ("reliance",))
    run, question = main_run(), usual("reliance")
    here = question.document(run.ledger, answer=question.answer(run.ledger, setting=setting_on(run)))
    state = SimpleNamespace(study=SimpleNamespace(played=run), elsewhere={})
    with played_elsewhere(state):
        (asked,) = state.elsewhere.values()
        assert asked.result() == here
    assert state.elsewhere == {}


def test_a_scenario_file_that_is_gone_is_an_error_and_no_answer(tmp_path):
    with pytest.raises(FileNotFoundError):
        play(str(tmp_path / "scenarios"), "reliance")
