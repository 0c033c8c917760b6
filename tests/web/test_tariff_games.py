"""Tariff games by Python, by command and over HTTP: goods by default, the same numbers, services only when asked for."""

from __future__ import annotations

import json
import shlex

import numpy as np
import pytest

import detente as dt
from detente.cli import main
from detente.policy import Options
from detente.policy.strategy.game_setting import find_player, open_game_setting, tariffs_of
from detente.policy.strategy.tariffs import Choice, play_optimal
from detente.queries.question import question_of

# Two solves of the same tariffs from other starts.
SOLVED = 1e-6
SMALL = "wiod2011"
OPTIMAL = [
    question_of("play_optimal").ask(player="USA", against=("CHN",), world=SMALL),
    question_of("play_optimal").ask(player="USA", against=("CHN",), sectors=("all",), world=SMALL),
    question_of("play_optimal").ask(player="USA", against=("CHN",), sectors=("c14", "c13"), world=SMALL),
]
ASKED = [
    *OPTIMAL,
    question_of("play_nash").ask(sectors=("all",)),
    question_of("play_bargain").ask(sectors=("C26",)),
]


@pytest.fixture(scope="module")
def board():
    return open_game_setting()


@pytest.fixture(scope="module")
def small():
    return open_game_setting(options=Options(world=SMALL))


def by_command(words, capsys):
    assert main([*words, "--json", "--quiet"]) == 0
    return json.loads(capsys.readouterr().out)["result"]


def numbers(result):
    return {key: result[key] for key in ("tariffs", "payoffs") if key in result}


@pytest.mark.parametrize("asked", OPTIMAL, ids=lambda asked: " ".join(asked.words()))
def test_page_command_and_copied_lines_agree(asked, small, capsys):
    page = asked.answer(small.run.ledger, setting=small)
    command = by_command(shlex.split(asked.shell())[1:], capsys)
    assert numbers(command) == numbers(page)
    assert command["sectors"] == page["sectors"] == named(asked)
    space: dict = {}
    lines = asked.python().splitlines()
    exec("\n".join(lines[:-1]), space)  # noqa: S102
    space["board"] = small
    on_board = lines[-1].removesuffix(")") + ", setting=board)"
    assert numbers(eval(on_board, space)) == numbers(page)  # noqa: S307


def named(asked):
    return asked.sectors[0] if asked.sectors in (("goods",), ("all",)) else list(asked.sectors)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: " ".join(asked.words()))
def test_the_words_of_a_question_name_its_sectors(asked, capsys):
    assert main([*asked.words(), "--reproduce"]) == 0
    lines = capsys.readouterr().out
    assert (f"sectors={asked.sectors!r}" in lines) == (asked.sectors != ("goods",))
    assert ("--sectors" in asked.words()) == (asked.sectors != ("goods",))


def test_the_public_function_finds_what_the_command_does(board, capsys):
    """On the study's own baseline and law, with the same starts."""
    words = ["play", "optimal", "USA", "--against", "CHN", "--start", "status quo"]
    for sectors in ("goods", "all"):
        found = dt.optimal_tariffs(
            board.base,
            "USA",
            against=["CHN"],
            sectors=sectors,
            shock=board.law("truce").shock,
            starts=("status quo",),
        )
        command = by_command([*words, "--sectors", sectors], capsys)
        assert found.mean == pytest.approx(command["tariffs"]["USA"]["mean"], abs=SOLVED)
        income = float(found.equilibrium.real_income_pct["USA"])
        assert income == pytest.approx(command["payoffs"]["USA"]["real_income_pct"], abs=SOLVED)


def test_no_service_is_taxed_unless_it_is_asked_for(board):
    """Cell by cell: what a game sets lies on goods, and with `all` on services as well."""
    player, services = find_player(board, "USA"), np.isin(board.base.sectors, board.base.services)
    for sectors, taxed in (("goods", False), ("all", True)):
        own = tariffs_of(board, player, None, "uniform", (0.0, 10.0), sectors=sectors)
        assert services[own.cells[0]].any() == taxed
    plain = play_optimal(board, "USA", against=["CHN"], choice=Choice(starts=("status quo",)))
    every = play_optimal(board, "USA", against=["CHN"], choice=Choice(starts=("status quo",), sectors="all"))
    assert plain["sectors"] == "goods"
    assert plain["tariffs"]["USA"]["mean"] != every["tariffs"]["USA"]["mean"]


@pytest.mark.parametrize(
    "words", [["optimal", "USA"], ["nash", "USA", "CHN"], ["bargain", "USA", "CHN", "--by", "uniform"]]
)
def test_an_unknown_sector_is_refused_with_what_is_known(words, capsys):
    assert main(["play", *words, "--sectors", "gods", "--world", "wiod2011", "--quiet"]) == 1
    said = capsys.readouterr().err
    assert "unknown sector" in said
    assert "goods, all, or labels of the world" in said
