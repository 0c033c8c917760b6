"""A moved scenario worked out from the one it was moved from is the scenario worked out from nothing."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from detente.errors import StudyError
from detente.ledger import open_ledger
from detente.policy import load_study_spec
from detente.policy.instruments.incremental import moved_book, moved_duties
from detente.policy.instruments.scenario_law import scenario_book
from detente.policy.instruments.shock import law_shock
from detente.policy.results import ScenarioResult
from detente.policy.studies.run import make_setting
from detente.world import load_world

SOY = "cn.buy.soy2026_28"
MOVES = [
    ("truce", {"set": {"us.ieepa.fentanyl.cn": 0.37}}),
    ("truce", {"set": {"us.ieepa.reciprocal.cn": 0.0}}),
    ("truce", {"set": {"us.ieepa.reciprocal.baseline": 0.25}}),
    ("truce", {"set": {"cn.ret.2025.reciprocal": 0.34}, "end": ("us.ieepa.fentanyl.cn",)}),
    ("truce", {"enact": (SOY, "us.threat.cn100"), "set": {"us.threat.cn100": 0.4}}),
    ("truce", {"enact": (SOY,), "quantity": {SOY: 12.0}}),
    ("truce", {"enact": (SOY,), "suspend": ("us.s232.steel",)}),
    ("eve", {"end": ("us.s301.cn.list1",)}),
    ("escalation", {"enact": ("us.threat.cn100",), "set": {"us.threat.cn100": 0.2}}),
    ("thirty-for-thirty", {"set": {"us.s301.fl": 0.3}}),
    ("thirty-for-thirty", {"set": {"us.s232.steel": 0.25}}),
    ("court", {"set": {"us.s122": 0.15}}),
]


@cache
def study():
    return load_study_spec("kuala-lumpur")


@cache
def setting():
    return make_setting(study(), load_world("wiod2011"), open_ledger())


def scenario(name):
    return next(item for item in study().scenarios if item.id == name)


@cache
def near(name):
    """A scenario as it stands; its equilibrium plays no part here."""
    item = scenario(name)
    assumed = study().assumed(item)
    book = scenario_book(item, open_ledger(), assumed)
    return ScenarioResult(item, book, law_shock(setting(), item, book, assumed), None)


def moved(name, edits, **assume):
    item = scenario(name)
    found = item.edits.model_copy(update=edits)
    return item.model_copy(update={"edits": found, "assume": item.assume | assume})


@pytest.mark.parametrize(("name", "edits"), MOVES, ids=lambda part: str(part)[:60])
def test_book_and_duties_are_those_worked_out_from_nothing(name, edits):
    item = moved(name, edits)
    assumed = study().assumed(item)
    book = moved_book(near(name), item, open_ledger(), assumed)
    whole = scenario_book(item, open_ledger(), assumed)
    assert book.positions == whole.positions
    assert (book.asof, book.law) == (whole.asof, whole.law)
    assert (book.measures, book.amendments) == (whole.measures, whole.amendments)
    duties = moved_duties(setting(), near(name), item, book, assumed)
    assert duties is not None
    np.testing.assert_array_equal(duties, law_shock(setting(), item, whole, assumed).duties)


def test_an_answer_in_kind_follows_its_share():
    item = moved("escalation", {}, match=0.5)
    assumed = study().assumed(item)
    book = moved_book(near("escalation"), item, open_ledger(), assumed)
    duties = moved_duties(setting(), near("escalation"), item, book, assumed)
    whole = law_shock(setting(), item, scenario_book(item, open_ledger(), assumed), assumed)
    np.testing.assert_array_equal(duties, whole.duties)
    assert not np.array_equal(duties, near("escalation").law.duties)


def test_a_relief_follows_its_size():
    item = moved("thirty-for-thirty", {}, relief_usd_bn=60)
    assumed = study().assumed(item)
    book = moved_book(near("thirty-for-thirty"), item, open_ledger(), assumed)
    duties = moved_duties(setting(), near("thirty-for-thirty"), item, book, assumed)
    whole = law_shock(setting(), item, scenario_book(item, open_ledger(), assumed), assumed)
    np.testing.assert_array_equal(duties, whole.duties)
    assert (duties < near("thirty-for-thirty").law.duties).any()


def test_only_what_was_edited_is_read_again():
    item = moved("truce", {"set": {"us.ieepa.fentanyl.cn": 0.37}})
    book = moved_book(near("truce"), item, open_ledger(), study().assumed(item))
    fresh = {
        p.measure.id for p, q in zip(book.positions, near("truce").book.positions, strict=True) if p is not q
    }
    # The scenario's own edit of the purchase is among the records that were read again only if it differs.
    assert fresh == {"us.ieepa.fentanyl.cn"}


def test_another_day_is_worked_out_from_nothing():
    item = scenario("court")
    assumed = study().assumed(item)
    book = moved_book(near("truce"), item, open_ledger(), assumed)
    assert book.positions == scenario_book(item, open_ledger(), assumed).positions
    assert moved_duties(setting(), near("truce"), item, book, assumed) is None


def test_a_quantity_is_a_target_and_says_how_much():
    item = moved("truce", {"quantity": {SOY: 20.0}})
    law = law_shock(
        setting(), item, scenario_book(item, open_ledger(), study().assumed(item)), study().assumed(item)
    )
    assert law.shock.targets[0].volume == pytest.approx(20 / study().assumed(item)["soy_base_mt"])
    words = next(effect.words[0] for effect in law.effects if effect.instrument == "soybeans")
    assert words.startswith("at least 20 Mt a year")


@pytest.mark.parametrize("name", ["us.s122", "cn.buy.ag17", "no.such"])
def test_a_quantity_of_no_commitment_is_refused(name):
    item = moved("truce", {"quantity": {name: 20.0}})
    with pytest.raises(StudyError, match="no such commitment") as refusal:
        scenario_book(item, open_ledger(), study().assumed(item))
    assert refusal.value.found == name


def test_studies_without_quantities_keep_their_hash():
    assert "quantity" not in study().model_dump_json()
    assert (
        '"quantity":{"cn.buy.soy2026_28":20.0}' in moved("truce", {"quantity": {SOY: 20.0}}).model_dump_json()
    )
