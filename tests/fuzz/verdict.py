"""What may come of a question, whatever was typed: an answer, or a refusal in five parts; nothing else."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import random
import shlex

from detente.cli import main
from detente.errors import DetenteError

# A build asks a little of everything; `DETENTE_FUZZ=20 DETENTE_FUZZ_SEED=7 pytest tests/fuzz` asks twenty times as much,
# and other things.
TIMES = int(os.environ.get("DETENTE_FUZZ", "1"))
SEED = int(os.environ.get("DETENTE_FUZZ_SEED", "0"))
# A command that cannot be read at all, in two lines.
USAGE = ("usage: ", "\n  repair  ")
PARTS = ("\n  where   ", "\n  found   ", "\n  allowed ", "\n  repair  ")
# Exit codes of an answer: 0, or 4 where it forbids or cannot clear.
ANSWERS = (0, 4)
MISUSED = 2
# What no reader should meet: objects of Python, and the trace of an error.
SPILLED = ("Traceback", " object at 0x", "<class '", "KeyError", "IndexError", "AttributeError")
LONGEST = 6_000


def chance(kind: str, batch: int) -> random.Random:
    """A source of chance of its own for each batch."""
    return random.Random(f"{kind} {SEED} {batch}")  # noqa: S311  (nothing is kept secret)


def batches(cases: int, each: int) -> list[int]:
    """Numbers of the batches that make up so many cases."""
    return list(range(max(1, cases * TIMES // each)))


def _strict(word: str) -> float:
    raise AssertionError(f"{word} is no JSON")


def command_answers(words: list[str]) -> bool:
    """Run a command in this process and judge what it prints; whether it answered."""
    out, err = io.StringIO(), io.StringIO()
    shown = "detente " + shlex.join(words)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(list(words))
    except BaseException as problem:
        raise AssertionError(f"{shown}\nended in {type(problem).__name__}: {problem}") from problem
    said, told = out.getvalue(), err.getvalue()
    assert not any(word in told for word in SPILLED), f"{shown}\nsaid\n{told}"
    if code in ANSWERS and said:
        _printed(said, words, shown)
        return True
    assert code in (1, 2, 3, 4), f"{shown}\nended with {code}"
    assert not said, f"{shown}\nprinted before it refused\n{said[:500]}"
    assert all(part in told for part in (USAGE if code == MISUSED else PARTS)), (
        f"{shown}\nrefused with\n{told}"
    )
    assert len(told) < LONGEST, f"{shown}\nrefused with {len(told)} letters"
    return False


def _printed(said: str, words: list[str], shown: str) -> None:
    """Judge what an answer looks like to a program; after two dashes all is text."""
    words = words[: words.index("--")] if "--" in words else words
    if "--json" in words:
        try:
            json.loads(said, parse_constant=_strict)
        except ValueError as problem:
            raise AssertionError(f"{shown}\nprinted no JSON: {problem}\n{said[:500]}") from problem
    elif "--csv" in words:
        rows = list(csv.reader(io.StringIO(said)))
        assert len({len(row) for row in rows}) == 1, f"{shown}\nhas rows of different lengths"
        assert not any(cell.startswith(("{", "[", "<")) for row in rows for cell in row), shown


def answers(call, shown: str) -> bool:
    """Call a function and judge how it ends; whether it answered."""
    try:
        call()
    except DetenteError as refusal:
        text = str(refusal)
        _refused(text, shown)
        return False
    except BaseException as problem:
        raise AssertionError(f"{shown}\nended in {type(problem).__name__}: {problem}") from problem
    return True


def _refused(text: str, shown: str) -> None:
    """Judge a refusal."""
    assert all(part in text for part in PARTS), f"{shown}\nrefused with\n{text}"
    assert not any(word in text for word in SPILLED), f"{shown}\nrefused with\n{text}"
    assert len(text) < LONGEST, f"{shown}\nrefused with {len(text)} letters"
