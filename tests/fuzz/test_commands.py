"""Commands at random: each answers or refuses in five parts, and prints what a program can read."""

from __future__ import annotations

import pytest

from detente.queries import QUESTIONS
from detente.queries.question import question_of
from fuzz.typed import ASKED, HEAVY, ODD, words_of
from fuzz.verdict import batches, chance, command_answers


@pytest.mark.parametrize("batch", batches(800, 50))
def test_a_command_answers_or_refuses(batch):
    source = chance("commands", batch)
    kinds = [command_answers(words_of(source.choice(ASKED), source)) for _ in range(50)]
    assert any(kinds)
    assert not all(kinds)


@pytest.mark.parametrize("batch", batches(100, 50))
def test_a_command_that_is_none_is_refused(batch):
    source = chance("no command", batch)
    names = [word for name in QUESTIONS for word in question_of(name).command]
    for _ in range(50):
        words = [source.choice([*ODD, *names]) for _ in range(source.randint(1, 3))]
        if not any(tuple(words[: len(command)]) == command for command in map(_command, QUESTIONS)):
            command_answers([*words, "--help"] if source.random() < 0.1 else words)


@pytest.mark.parametrize("name", sorted(HEAVY))
def test_a_question_that_solves_refuses_odd_words_before_it_begins(name):
    source = chance(f"heavy {name}", 0)
    command = list(_command(name))
    for _ in range(4):
        assert not command_answers([*command, "--no-such-option", source.choice(ODD)])


def _command(name: str) -> tuple[str, ...]:
    return question_of(name).command
