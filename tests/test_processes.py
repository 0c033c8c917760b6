"""A second process beside this one: its values, its refusals, and what is done where it is not there."""

from __future__ import annotations

import operator
import os
import signal
import sys
import tempfile

import pytest

from detente import processes
from detente.errors import InputError
from detente.io.dates import parse_date
from detente.processes import Beside, second_process


@pytest.fixture
def two_cores(monkeypatch):
    """There is a core for a second process, whatever the machine."""
    monkeypatch.setattr(processes, "cores", lambda: 2)


@pytest.fixture
def beside(two_cores):
    with second_process() as made:
        yield made


def test_a_call_is_worked_out_in_another_process_and_gives_the_same(beside):
    other = beside.ask(os.getpid)
    added = beside.ask(operator.add, 40, 2)
    assert beside.at_work
    assert added.result() == 42
    assert other.result() not in {os.getpid(), 0}
    assert other.result() == beside.ask(os.getpid).result()


def test_nothing_is_started_before_the_first_call_and_linear_algebra_has_one_thread_there(beside):
    assert not beside.at_work
    assert beside.ask(os.getenv, "OMP_NUM_THREADS").result() == "1"


def test_a_call_that_is_refused_there_is_refused_here_and_the_next_is_answered(beside):
    refused = beside.ask(parse_date, "soon")
    after = beside.ask(operator.mul, 6, 7)
    with pytest.raises(InputError, match="soon"):
        refused.result()
    assert after.result() == 42
    assert beside.at_work


def test_what_a_process_prints_is_no_part_of_its_answer(beside):
    assert beside.ask(print, "a line").result() is None
    assert beside.ask(operator.add, 1, 1).result() == 2


def test_what_a_process_that_ended_left_undone_is_done_here(beside):
    pid = beside.ask(os.getpid).result()
    os.kill(pid, signal.SIGKILL)
    assert [beside.ask(os.getpid).result() for _ in range(2)] == [os.getpid()] * 2


def test_a_large_argument_and_a_large_value_go_through(beside):
    sent = bytes(range(256)) * 40_000
    assert beside.ask(operator.mul, sent, 2).result() == sent * 2


def test_a_call_that_cannot_be_sent_is_done_here_and_the_next_is_answered(beside):
    assert beside.ask(lambda: (os.getpid(), 0)).result() == (os.getpid(), 0)
    assert beside.ask(os.getpid).result() != os.getpid()


def test_an_answer_that_cannot_be_read_is_worked_out_here(beside, monkeypatch):
    monkeypatch.setattr(processes.pickle, "load", unreadable)
    assert beside.ask(os.getpid).result() == os.getpid()


def unreadable(_stream):
    raise RuntimeError("not what was sent")


def test_without_a_place_for_files_everything_is_done_here(beside, monkeypatch):
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    assert beside.ask(os.getpid).result() == os.getpid()


def full():
    raise OSError("no space left on device")


def test_without_a_second_core_everything_is_done_here_as_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(processes, "cores", lambda: 1)
    with second_process() as beside:
        assert beside.ask(os.getpid).result() == os.getpid()
        assert not beside.at_work


def test_a_process_that_does_not_start_is_done_without(two_cores, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with second_process() as beside:
        assert beside.ask(os.getpid).result() == os.getpid()
        assert not beside.at_work


def test_a_call_that_nobody_waits_for_ends_with_the_work(two_cores):
    with second_process() as beside:
        pid = beside.ask(os.getpid).result()
        endless = beside.ask(signal.pause)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not beside.at_work
    assert endless._there.is_set()


def test_one_that_is_not_wanted_starts_nothing():
    beside = Beside()
    asked = beside.ask(os.getpid)
    assert not beside.at_work
    assert asked.result() == os.getpid()
    beside.close()
