"""Sixteen threads that ask two hundred mixed questions each get the answers that one asker gets, one after another."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
import threading

import pytest

from detente.ledger import open_ledger
from detente.queries.question import question_of

THREADS, EACH = 16, 200
DAYS = ("2018-09-24", "2025-04-10", "2025-10-27", "2025-11-14", "2026-05-01", "2026-10-08", "2026-11-30")
GOODS = (
    ("7326.90.86.88", "CHN", "USA"),
    ("8703.23.01", "JPN", "USA"),
    ("1201.90.00", "USA", "CHN"),
    ("8541.43", "VNM", "USA"),
    ("8703.23", "USA", "DEU"),
    ("0201.30", "CAN", "USA"),
)


def questions():
    """Questions of many kinds, as addresses ask them."""
    for day in DAYS:
        yield "status", {"on": day}
        yield "list_measures", {"on": day}
        yield "average_tariff", {"importer": "USA", "origin": "CHN", "on": day, "by": "measure"}
        yield "average_tariff", {"importer": "USA", "origin": "MEX", "on": day}
        yield "port_fee", {"port_of": "USA", "built": "CHN", "net_tons": 85_000.0, "on": day}
        for code, origin, destination in GOODS:
            yield (
                "duty",
                {"code": code, "origin": origin, "destination": destination, "on": day, "value": 1000.0},
            )
    for words in ("steel bolts", "toys", "soybeans", "cotton shirts"):
        yield "search", {"words": words}


def answer(name, given):
    """The document of a question, or its refusal, as text."""
    try:
        return json.dumps(question_of(name).ask(**given).document(open_ledger()), sort_keys=True, default=str)
    except ValueError as refusal:
        return str(refusal)


SERIAL = """
import json, sys
sys.path.insert(0, {tests!r})
from integrity.test_many_at_once import answer, questions
print(json.dumps([answer(*each) for each in questions()]))
"""


@pytest.mark.slow
@pytest.mark.nightly
def test_many_threads_get_what_one_gets():
    """The serial answers are those of another process; here every cache is filled by all threads at once."""
    asked = list(questions())
    tests = __file__.rsplit("/integrity/", 1)[0]
    said = subprocess.run(
        [sys.executable, "-c", SERIAL.format(tests=tests)], capture_output=True, text=True, check=True
    )
    alone = json.loads(said.stdout)
    assert len({json.dumps(item) for item in alone}) > 50
    wrong, failed = [], []
    start = threading.Barrier(THREADS)

    def ask(seed):
        order = list(range(len(asked)))
        random.Random(seed).shuffle(order)  # noqa: S311  (an order, no secret)
        start.wait()
        for at in itertools.islice(itertools.cycle(order), EACH):
            try:
                if answer(*asked[at]) != alone[at]:
                    wrong.append(asked[at])
            except Exception as problem:  # noqa: BLE001  (whatever a race makes of it)
                failed.append((asked[at], repr(problem)))

    asking = [threading.Thread(target=ask, args=(seed,)) for seed in range(THREADS)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert (wrong[:3], failed[:3]) == ([], [])
