"""From law to tariffs: t1 = t0 + (ledger at the scenario - ledger at the baseline), on a cell worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from detente.duties import Assumptions, additional_rates
from detente.duties.scope import list_names
from detente.errors import StudyError
from detente.ledger import open_ledger
from detente.policy.instruments.choice import choose_measures
from detente.policy.instruments.scenario_law import (
    additional_duties,
    mirror_measure,
    new_tariff,
    relieve,
    scenario_book,
    swap_measures,
)
from detente.policy.instruments.shock import ledger_duties
from detente.policy.study import Mirror, Relief
from policy.main_run import main_run, small_setting, spec_of

# Tariffs are sums of a few fractions in double precision.
EXACT = 1e-14
NAMED = {"match": 1.0, "usd_bn": 30.0, "share": 0.9}


def cell(setting, array, sector, importer, exporter):
    """One cell of an array by sector, importer, exporter."""
    base = setting.baseline
    return float(
        array[base.sectors.index(sector), base.economies.index(importer), base.economies.index(exporter)]
    )


def duties_of(book):
    """Additional duties of a book on the small world."""
    s = small_setting()
    return ledger_duties(book, s.world, s.baseline, s.parents, s.assumptions)


def codes_read(book):
    """Codes that the Section 232 measures in force include on the book's day, by measure and part."""
    return {
        item.key: {code for name in list_names(item.scope) for code in book.law.lists[name].codes(book.on)}
        for item in book.in_force("tariff")
        if item.measure.id.startswith("us.s232")
    }


def the_spec(**changes):
    return spec_of(changes).scenarios[0]


@pytest.mark.parametrize(
    ("scenario", "importer", "exporter", "points"),
    [
        # Farm goods into the United States and furniture into China bear these duties in full and no other.
        ("eve", "USA", "CHN", 0.20 + 0.10),
        ("no-deal", "USA", "CHN", 0.20 + 0.34),
        ("truce", "USA", "CHN", 0.10 + 0.10),
        ("escalation", "USA", "CHN", 0.20 + 0.34 + 1.00),
        ("escalation-unanswered", "USA", "CHN", 0.20 + 0.34 + 1.00),
        ("eve", "CHN", "USA", 0.10),
        ("no-deal", "CHN", "USA", 0.34),
        ("truce", "CHN", "USA", 0.10),
        ("escalation", "CHN", "USA", 0.34 + 1.00),
        ("escalation-unanswered", "CHN", "USA", 0.34),
        ("lapse", "CHN", "USA", 0.34),
        ("extension", "CHN", "USA", 0.10),
    ],
)
def test_the_change_of_the_ledger_by_hand(scenario, importer, exporter, points):
    run = main_run()
    sector = "A01" if importer == "USA" else "C31T33"
    change = run.scenarios[scenario].law.duties - run.setting.duties
    assert cell(run.setting, change, sector, importer, exporter) == pytest.approx(points, abs=EXACT)


@pytest.mark.parametrize("scenario", ["eve", "no-deal", "truce", "escalation", "court", "lapse"])
def test_the_tariff_of_a_cell_is_what_was_collected_plus_the_change(scenario):
    """Recomputed from the tariff room and the world's own tariff, without the code under test."""
    run = main_run()
    item, world = run.scenarios[scenario], run.world

    def rate(book):
        rates = additional_rates(
            book, importer="USA", classification=world.classification, economies=world.economies
        )
        return float(rates.sel(sector="C27", exporter="CHN"))

    collected = float(world.data["tariff"].sel(sector="C27", importer="USA", exporter="CHN"))
    expected = collected + (rate(item.book) - rate(run.setting.book))
    assert cell(run.setting, item.law.tariff, "C27", "USA", "CHN") == pytest.approx(expected, abs=EXACT)


def test_services_and_home_sales_bear_no_additional_duty():
    run = main_run()
    base = run.setting.baseline
    for item in run.scenarios.values():
        assert not item.law.duties[base.sectors.index("K")].any()
        assert not np.einsum("jnn->jn", item.law.duties).any()


def test_duties_removed_beyond_what_was_collected_leave_zero_and_are_counted():
    raw = np.zeros((1, 2, 2))
    before, after = raw.copy(), raw.copy()
    raw[0, 0, 1], before[0, 0, 1] = 0.05, 0.25
    tariff, floored = new_tariff(raw, after, before)
    assert tariff.min() == 0.0
    assert floored == 1
    back, none = new_tariff(raw, before, before)
    assert np.array_equal(back, raw)
    assert none == 0


def test_a_negative_collected_tariff_is_kept_where_no_duty_is_removed():
    raw = np.full((1, 2, 2), -0.01)
    tariff, floored = new_tariff(raw, raw * 0, raw * 0)
    assert np.array_equal(tariff, raw)
    assert floored == 0


def test_a_relief_scales_the_duties_of_its_pair_only():
    world = small_setting().world
    duties = np.ones((len(world.sectors), len(world.economies), len(world.economies)))
    relief = Relief(importer="USA", exporter="CHN", usd_bn="usd_bn", share="share")
    found = relieve(duties, world, [relief], NAMED)
    n, i = world.economies.index("USA"), world.economies.index("CHN")
    assert found[:, n, i] == pytest.approx(1 - 0.9 * 30 / world.goods_flow("CHN", "USA"), abs=EXACT)
    found[:, n, i] = 1.0
    assert np.array_equal(found, duties)


def test_a_relief_larger_than_the_flow_takes_everything_and_no_more():
    world = small_setting().world
    duties = np.ones((len(world.sectors), len(world.economies), len(world.economies)))
    relief = Relief(importer="USA", exporter="CHN", usd_bn="usd_bn", share="share")
    found = relieve(duties, world, [relief], {"usd_bn": 1e6, "share": 1.0})
    assert found.min() == 0.0


def test_the_answer_matches_the_points_and_cites_what_it_answers():
    ledger = open_ledger()
    spec = the_spec(on="2025-11-10", known_on="2025-10-27")
    mirror = Mirror(measure="us.threat.cn100", imposer="CHN", target="USA", share="match")
    half = mirror_measure(mirror, ledger, spec, points=0.5)
    assert half.id == "chn.mirror.us.threat.cn100"
    assert half.steps[0].rate == 0.5
    assert half.sources == ledger.measures["us.threat.cn100"].sources
    with pytest.raises(StudyError, match="nothing to mirror"):
        mirror_measure(mirror.model_copy(update={"measure": "us.port.annex1"}), ledger, spec, points=1)


def test_an_answer_of_nothing_adds_no_measure():
    edits = {
        "enact": ["us.threat.cn100"],
        "mirror": {"measure": "us.threat.cn100", "imposer": "CHN", "target": "USA", "share": "match"},
    }
    spec = the_spec(on="2025-11-10", known_on="2025-10-27", edits=edits)
    assert scenario_book(spec, open_ledger(), NAMED).get("chn.mirror.us.threat.cn100")
    assert not scenario_book(spec, open_ledger(), NAMED | {"match": 0.0}).get("chn.mirror.us.threat.cn100")


# Which measures may change.

DAYS = ["2025-10-27", "2025-11-10", "2026-02-24", "2026-11-10"]


@pytest.mark.parametrize("day", DAYS)
def test_without_everything_is_the_baseline_and_only_everything_the_scenario(day):
    base, book = small_setting().book, open_ledger().on(day)
    nothing = choose_measures(book, base, only=(), without=["*"])
    everything = choose_measures(book, base, only=["*"], without=())
    assert np.array_equal(duties_of(nothing), small_setting().duties)
    assert np.array_equal(duties_of(everything), duties_of(book))


def test_only_one_measure_changes_its_own_points_and_nothing_else():
    """
    On the truce's day the fentanyl duty adds its 10 points to Chinese goods alone, and to all of them but informational
    materials (50 U.S.C. 1702(b)): printed matter, and the artworks among other manufactures.
    """
    s = small_setting()
    book = choose_measures(open_ledger().on("2025-11-10"), s.book, only=["us.ieepa.fentanyl.cn"], without=())
    change = duties_of(book) - s.duties
    n, i = s.baseline.economies.index("USA"), s.baseline.economies.index("CHN")
    added = dict(zip(s.baseline.sectors, change[:, n, i], strict=True))
    some = {sector: added.pop(sector) for sector in ("c7", "c16")}
    goods = np.array([points for points in added.values() if points != 0])
    assert goods == pytest.approx(0.10, abs=EXACT)
    assert all(0 < points < 0.10 - EXACT for points in some.values())
    change[:, n, i] = 0.0
    assert np.abs(change).max() < EXACT


def test_measures_kept_at_the_baseline_read_their_lists_of_that_day():
    """The metals' duties of 2024 did not reach the derivative articles listed in 2025."""
    s = small_setting()
    book = open_ledger().on("2025-11-10")
    kept = choose_measures(book, s.book, only=(), without=["us.s232.*"])
    assert codes_read(kept) == codes_read(s.book)
    assert codes_read(book) != codes_read(s.book)


def test_the_measures_behind_an_instrument_come_along():
    s = small_setting()
    book = open_ledger().on("2025-11-10", known_on="2025-10-27")
    found = choose_measures(book, s.book, only=["port-fees-us"], without=())
    assert [item.state for item in found.get("us.port.annex1")] == ["in force"]
    assert {item.rate for item in found.get("us.ieepa.fentanyl.cn")} <= {None, 0.0}
    assert np.array_equal(duties_of(found), s.duties)


def test_swapping_nothing_changes_nothing():
    s = small_setting()
    book = open_ledger().on("2025-11-10")
    assert swap_measures(book, s.book, ()).positions == book.positions
    assert np.array_equal(
        additional_duties(book, s.world, Assumptions()),
        additional_duties(swap_measures(book, book, ["us.s122"]), s.world, Assumptions()),
    )
