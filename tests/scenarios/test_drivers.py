"""Drivers: judgements that are skipped move nothing, and moves are those of the whole calculation."""

from __future__ import annotations

import numpy as np
import pytest

from detente.ledger import open_ledger
from detente.scenarios.drivers import PARTNERS, _ends, _tariff_moves
from detente.scenarios.judged import judgements
from detente.tariffs import Assumptions, additional_rates
from scenarios.main_run import main_run

# Sums of duties over lines, taken over several exporters at once or over one.
ROUNDING = 1e-13
# Days of different law: steel content at full value, by content, metals anew, after the court, floors for partners.
DAYS = ("2024-12-31", "2025-06-30", "2025-11-10", "2026-02-24", "2026-07-24")
ORIGINS = ("CHN", "CAN", "DEU")


def rates(book, importer, origin, judged):
    """Additional duties by sector."""
    return additional_rates(book, importer=importer, economies=(origin,), assumptions=judged).to_numpy()[:, 0]


@pytest.mark.parametrize("day", DAYS)
def test_a_judgement_that_is_not_read_moves_nothing(day):
    book, usual = open_ledger().on(day), Assumptions()
    skipped = 0
    for importer, origins in (("USA", ORIGINS), ("CHN", ("USA",))):
        for origin in origins:
            names, plain = judgements(book, importer, origin), rates(book, importer, origin, usual)
            for row in usual.rows():
                if row["name"] in names:
                    continue
                others = [value for value in row["alternatives"] if value != row["value"]]
                for value in _ends(others)[-1:]:
                    judged = Assumptions(**{row["name"]: value})
                    assert np.array_equal(rates(book, importer, origin, judged), plain), (row["name"], origin)
                    skipped += 1
    assert skipped > 20


def test_judgements_that_move_a_duty_are_read():
    """Known cases: the content of steel derivatives in 2025, the claims of Canada, the list of a waiver of China."""
    book = open_ledger().on("2025-11-10")
    assert {"steel_content", "usmca_use", "auto_parts_use"} <= judgements(book, "USA", "CAN")
    assert "usmca_use" not in judgements(book, "USA", "CHN")
    assert "cn_waiver" in judgements(book, "CHN", "USA")
    assert "cn_waiver" not in judgements(book, "USA", "CHN")


def test_moves_are_those_of_duties_worked_out_whole():
    """Against the duties of both books under the judgement, on every partner and without anything skipped."""
    run = main_run()
    found, setting = run.scenarios["truce"], run.setting
    economies, usual = setting.world.economies, setting.assumptions
    wanted = {("usmca_use", 0.0), ("steel_content", 1.0), ("exclusions_claimed", 0.5), ("cn_waiver", 0.0)}
    seen = set()
    for name, move in _tariff_moves(run, found):
        key = (name["assumption"], name["alternative"])
        if key not in wanted:
            continue
        seen.add(key)
        judged = Assumptions(**dict([key]))
        expected = np.zeros(setting.baseline.pi.shape)
        for importer, side in run.spec.pairs:
            for partner in {*PARTNERS, side} - {importer}:
                new, old = (
                    rates(found.book, importer, partner, x) - rates(setting.book, importer, partner, x)
                    for x in (judged, usual)
                )
                n, i = economies.index(importer), economies.index(partner)
                expected[:, n, i] = (new - old)[setting.parents]
        assert np.abs(move["tariff"] - expected).max() < ROUNDING, key
    assert seen == wanted
