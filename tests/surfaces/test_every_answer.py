"""Every answer on every surface: no error, nothing a reader stumbles on, and its numbers are the document's."""

from __future__ import annotations

import csv
import io
import random

import pytest
from fastapi.testclient import TestClient
from rich.console import Console

from detente.compliance import worksheet
from detente.render import render_board, render_duty, render_measure, render_result, render_rows
from detente.render.spreadsheet import main_rows, sheet
from surfaces.corpus import MAKERS, Answer
from surfaces.reading import faults, numbers, visible
from web.servers import BASE, plain_app

WIDTH = 80
RENDER = {"duty": render_duty, "board": render_board, "measure": render_measure, "rows": render_rows}
# Headline numbers of a result, and whether they are written in percent.
HEADLINES = {
    "rate": True,
    "amount": False,
    "target": False,
    "done": False,
    "due_to_date": False,
    "shortfall": False,
    "scheduled": False,
}
# How many of each question are drawn; the quick sample, and the whole.
QUICK = {
    "duty": 130,
    "port-fee": 60,
    "licence": 25,
    "screen": 12,
    "purchases": 25,
    "ledger": 56,
    "average": 5,
}
WHOLE = {
    "duty": 1100,
    "port-fee": 350,
    "licence": 120,
    "screen": 60,
    "purchases": 90,
    "ledger": 320,
    "average": 40,
}


def terminal(answer: Answer, width: int = WIDTH) -> str:
    """The answer on a terminal."""
    console = Console(file=io.StringIO(), width=width, no_color=True)
    RENDER.get(answer.question, render_result)(answer.stamped, console)
    return console.file.getvalue()


def missing(answer: Answer, text: str) -> list[str]:
    """Headline numbers of the document that the text does not say, to the last digit that it writes."""
    result, written = answer.document["result"], numbers(text)
    gone = []
    for key, percent in HEADLINES.items():
        if key not in result:
            continue
        ends = (result.get(f"{key}_min"), result.get(f"{key}_max"))
        gone += [
            f"{key} {value!r}"
            for value in {result[key], *ends} - {None}
            if not any(number.says(value, percent=percent) for number in written)
        ]
        if ends[0] is not None and ends[1] is None and "no upper limit" not in text:
            gone.append(f"{key}: its open end")
        if result[key] is None and not any(
            words in text for words in ("not known", "not covered", "prohibited")
        ):
            gone.append(f"{key}: that it is not known")
    return gone


def wrong_on_paper(answer: Answer) -> list[str]:
    """What is wrong with an answer on the terminal, as CSV, in print and as Python shows it."""
    text = " ".join(terminal(answer).split())
    table = sheet(main_rows(answer.document))
    found = [f"terminal: {fault}" for fault in faults(text)]
    if answer.question not in {"rows", "board", "measure"}:
        found += [
            f"terminal lacks {gone}"
            for gone in missing(answer, text)
            if "amount" not in gone or _valued(answer)
        ]
    found += [f"CSV: {fault}" for fault in faults(table) if "figures" not in fault]
    head, *rows = csv.reader(io.StringIO(table))
    if len(set(head)) != len(head) or any(len(row) != len(head) for row in rows):
        found.append("CSV: not a table")
    if answer.question == "duty":
        page = visible(worksheet(answer.found))
        found += [f"worksheet: {fault}" for fault in faults(page)]
        found += [
            f"worksheet lacks {gone}"
            for gone in missing(answer, page)
            if _valued(answer) or "amount" not in gone
        ]
    repr(answer.found)
    return found


def _valued(answer: Answer) -> bool:
    """Whether an answer was asked for an amount."""
    return answer.question != "duty" or answer.document["result"]["value"] is not None


def wrong_on_the_page(answer: Answer, client: TestClient) -> list[str]:
    """What is wrong with an answer on its page."""
    reply = client.get(answer.page)
    if reply.status_code != 200:
        return [f"{answer.page}: {reply.status_code}"]
    page = visible(reply.text)
    found = [f"page: {fault}" for fault in faults(page)]
    if answer.question in {"board", "measure"}:
        return found
    return found + [
        f"page lacks {gone}"
        for gone in missing(answer, page)
        if "scheduled" not in gone and ("amount" not in gone or _valued(answer))
    ]


def check(question: str, size: int, seed: int, pages: int) -> None:
    """All answers of one question."""
    answers = MAKERS[question](random.Random(seed), size)  # noqa: S311  (a sample)
    client = TestClient(plain_app(), base_url=BASE)
    wrong = {answer.asked: bad for answer in answers if (bad := wrong_on_paper(answer))}
    for answer in [answer for answer in answers if answer.page][:pages]:
        wrong.setdefault(answer.asked, []).extend(wrong_on_the_page(answer, client))
    wrong = {asked: bad for asked, bad in wrong.items() if bad}
    assert len(answers) == size
    assert not wrong, f"{len(wrong)} of {size} answers:\n" + "\n".join(
        f"{k}: {v[:4]}" for k, v in list(wrong.items())[:12]
    )


@pytest.mark.parametrize("question", MAKERS)
def test_a_sample_of_answers_reads_right_everywhere(question):
    check(question, QUICK[question], seed=20, pages=8)


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.parametrize("question", MAKERS)
def test_two_thousand_answers_read_right_everywhere(question):
    check(question, WHOLE[question], seed=2026, pages=60)
