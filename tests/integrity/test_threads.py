"""Linear algebra has one thread at every entry, and the user's own number outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from detente.manifest import PACKAGE
from detente.policy.sweeps.pool import _STACK, pack, take
from detente.queries import QUESTIONS
from detente.queries.question import question, question_of
from detente.threads import VARIABLES, one_thread


def numbers() -> list[int]:
    """Threads of each linear-algebra library that is loaded."""
    assert np.ones(2).sum() == 2.0
    return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]


@pytest.fixture
def three():
    """Three threads, as a user may have set."""
    with threadpool_limits(3, user_api="blas"):
        yield


@pytest.mark.usefixtures("three")
def test_a_question_has_one_thread_and_gives_the_users_number_back():
    seen = []
    asked = question("made", "up")(lambda: seen.append(numbers()))
    before = numbers()
    assert set(before) == {3}
    asked()
    assert set(seen[0]) == {1}
    assert numbers() == before


@pytest.mark.usefixtures("three")
def test_threads_that_ask_at_once_do_not_take_each_others_number():
    before, seen = numbers(), []

    def ask(k):
        for _ in range(200):
            with one_thread():
                seen.append(set(numbers()) if k == 0 else {1})

    asking = [threading.Thread(target=ask, args=(k,)) for k in range(8)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert all(item == {1} for item in seen)
    assert numbers() == before


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_asked_so(name):
    function = question_of(name).function
    assert function.__wrapped__.__name__ == name
    assert function.__code__.co_filename.endswith("question.py")


class Nothing:
    """Cases of a sweep, none."""

    key = "k"


@pytest.mark.usefixtures("three")
def test_a_worker_has_one_thread_until_it_ends():
    take(pack(Nothing()))
    try:
        assert set(numbers()) == {1}
    finally:
        _STACK.close()


CODE = """
import json, os, sys
if "{when}" == "before":
    import numpy
import detente as dt
from detente.queries.question import question

def look():
    import numpy, threadpoolctl
    return [one["num_threads"] for one in threadpoolctl.threadpool_info() if one["user_api"] == "blas"]

inside = question("made", "up")(look)()
left = [name for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS") if name in os.environ]
print(json.dumps([inside, look(), os.cpu_count(), left]))
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_in_python_whether_numpy_was_there_or_not(when):
    env = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    said = subprocess.run(
        [sys.executable, "-c", CODE.replace("{when}", when)],
        check=True,
        capture_output=True,
        text=True,
        env=env | {"PYTHONPATH": str(PACKAGE.parent)},
    )
    inside, outside, cores, left = json.loads(said.stdout)
    assert set(inside) == {1}
    assert set(outside) == {cores}
    assert left == []


def test_a_command_has_one_thread_unless_its_environment_says_otherwise():
    code = (
        "import os, json; from detente.cli import main; main(['schema', 'run']);"
        "import sys; sys.stderr.write(json.dumps(os.environ['OMP_NUM_THREADS']))"
    )
    env = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    for given, expected in (({}, "1"), ({"OMP_NUM_THREADS": "2"}, "2")):
        said = subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env=env | given | {"PYTHONPATH": str(PACKAGE.parent)},
        )
        assert json.loads(said.stderr) == expected
