"""Functions with arguments of any kind: each answers or refuses in five parts."""

from __future__ import annotations

import pytest

from detente.queries.question import question_of
from fuzz.typed import ASKED, arguments_of
from fuzz.verdict import answers, batches, chance


@pytest.mark.parametrize("batch", batches(500, 50))
def test_a_function_answers_or_refuses(batch):
    source = chance("python", batch)
    for _ in range(50):
        name = source.choice(ASKED)
        given = arguments_of(name, source)
        shown = f"dt.{name}(**{given!r})"[:800]
        answers(lambda name=name, given=given: question_of(name).function(**given), shown)
