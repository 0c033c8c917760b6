"""Whose duties are charged on whose imports: customs territories, over every importer the world holds."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import detente
from detente import average_tariff, duty
from detente.duties import Assumptions, additional_rates
from detente.duties.averages.coverage import industry_imports
from detente.duties.duties import origin_duties
from detente.duties.lines import goods
from detente.duties.reader import Reader
from detente.duties.targets import Chosen, charging, choose, closest, duties_on
from detente.errors import InputError, LedgerError
from detente.geography import economies as places
from detente.geography import territories as customs
from detente.ledger import Ledger, open_ledger
from detente.ledger.lint.lint import check_ledger
from detente.ledger.lint.reach import reaches_nobody
from detente.ledger.records.schema import Measure
from detente.policy.instruments.incremental import _changed, _reached
from detente.policy.instruments.scenario_law import additional_duties, scenario_book
from detente.policy.study import Edits, ScenarioSpec
from detente.schedules import provider_of
from detente.world import load_world

if TYPE_CHECKING:
    from detente.compliance.customs.duty import Duty

DAY = dt.date(2026, 10, 1)
RATE = 0.10
SOURCES = Path(detente.__file__).parent


def made(imposer: str, targets: list[str], **more: object) -> Measure:
    """A duty of 10 % on all goods of some targets."""
    written = {
        "id": "test.duty",
        "title": "A duty of the test",
        "imposer": imposer,
        "targets": targets,
        "instrument": "tariff",
        "authority": ["the test"],
        "scope": {"main": {"text": "all goods", "include": ["all"]}},
        "steps": [
            {
                "from": "2018-01-02",
                "recorded": "2018-01-02",
                "rate": RATE,
                "act": "the test",
                "sources": ["recall"],
            }
        ],
        "confidence": "high",
        "sources": ["recall"],
    }
    return Measure.model_validate(written | more)


def tariffs(ledger: Ledger) -> list[Measure]:
    """Measures of a ledger that charge imports."""
    return [item for item in ledger.measures.values() if item.instrument == "tariff"]


def has_schedule(importer: str) -> bool:
    """Whether an importer's ordinary duties are held by line, so that it has an average without any measure."""
    return provider_of(importer, DAY) is not None


def sellers_to(importer: str) -> tuple[str, str]:
    """Two economies outside an importer's territory whose goods it buys, in the table of imports."""
    buyers = customs.territory(importer) & set(industry_imports())
    sold = [set(industry_imports()[buyer]) for buyer in buyers]
    found = [
        name for name in ("JPN", "KOR", "BRA", "THA", "PRT", "NGA") if all(name in some for some in sold)
    ]
    return found[0], found[1]


def importers() -> list[str]:
    """Everybody with imports by industry, and every customs union."""
    named = sorted(set(industry_imports()) - {"USA", "ROW"})
    return [*named, *(name for name in customs.unions() if name not in named)]


@pytest.mark.parametrize("importer", importers())
def test_a_duty_moves_the_average_of_those_it_is_charged_on_and_nothing_else(importer: str):
    imposer = customs.imposer_of(importer)
    target, other = sellers_to(importer)
    plain = open_ledger()
    laid = plain.add(made(imposer, [target]))

    def average(ledger, origin, who=importer):
        if not has_schedule(who) and not any(
            customs.imposes(item.imposer, who, DAY) for item in tariffs(ledger)
        ):
            with pytest.raises(InputError, match="holds no duty"):
                average_tariff(who, origin, on=DAY, ledger=ledger)
            return 0.0
        return average_tariff(who, origin, on=DAY, ledger=ledger).rate

    assert average(laid, target) - average(plain, target) == pytest.approx(RATE, abs=1e-12)
    assert average(laid, other) == pytest.approx(average(plain, other), abs=1e-12)
    stranger = next(name for name in ("CHN", "IND") if not customs.imposes(imposer, name, DAY))
    assert average(laid, target, stranger) == average(plain, target, stranger)


@pytest.mark.parametrize("importer", ["DEU", "FRA", "MLT", "EU"])
def test_a_duty_of_the_union_is_charged_on_its_members_and_not_among_them(importer: str):
    laid = open_ledger().add(made("EU", ["*"]))
    found = average_tariff(importer, "CHN", on=DAY, ledger=laid)
    assert found.additional == pytest.approx(RATE)
    assert found.rate == pytest.approx(RATE + average_tariff(importer, "CHN", on=DAY).rate)
    if importer != "EU":
        assert average_tariff(importer, "ITA", on=DAY, ledger=laid).rate == 0.0
        return
    whole = average_tariff(importer, on=DAY, ledger=laid, by="partner")
    assert whole.additional == pytest.approx(RATE)
    assert not set(whole.by) & set(places.members("EU"))


def test_the_duty_of_a_union_on_a_product():
    laid = open_ledger().add(made("EU", ["CHN"]))
    for importer in ("EU", "DEU", "European Union", "MCO"):
        found = detente_duty("870380", "CHN", importer, laid)
        assert [line.contribution for line in found.lines if line.measure == "test.duty"] == [RATE], importer
    for importer in ("GBR", "CHE", "NOR"):
        assert not any(
            line.measure == "test.duty" for line in detente_duty("870380", "CHN", importer, laid).lines
        )


def detente_duty(code: str, origin: str, destination: str, ledger: Ledger, on: dt.date = DAY) -> Duty:
    """A duty without facts."""
    return duty(code, origin=origin, destination=destination, on=on, ledger=ledger)


def test_the_united_kingdom_was_inside_until_the_end_of_2020():
    laid = open_ledger().add(made("EU", ["CHN", "GBR"]))
    for year, inside in ((2020, True), (2021, False)):
        found = laid.on(dt.date(year, 6, 1))
        assert bool(charging(found, "GBR")) is inside
        assert bool(choose(charging(found, "DEU"), "GBR", found.on)) is not inside
    assert {dt.date(2020, 2, 1), dt.date(2021, 1, 1)} <= set(places.membership_days())


@pytest.mark.parametrize("world", ["icio2022", "wiod2011"])
def test_a_duty_of_a_union_enters_the_shock_of_the_model(world: str):
    held = load_world(world)
    at = list(held.economies)
    before = additional_duties(open_ledger().on(DAY), held, Assumptions())
    for imposer, targets in (("EU", ["*"]), ("EU27", ["CHN"]), ("GCC", ["USA"])):
        book = open_ledger().add(made(imposer, targets)).on(DAY)
        moved = additional_duties(book, held, Assumptions()) - before
        inside = customs.territory(imposer, DAY)
        for n, importer in enumerate(at):
            for i, exporter in enumerate(at):
                hit = (
                    importer in inside and exporter not in inside and (exporter in targets or "*" in targets)
                )
                expected = RATE * goods(held.classification) if hit and n != i else 0.0
                assert np.allclose(moved[:, n, i], expected, atol=1e-12), (imposer, importer, exporter)


def test_a_threat_of_a_union_that_is_carried_out_moves_only_its_members_duties():
    threat = made("EU", ["CHN"], instrument="threat")
    ledger = open_ledger().add(threat)
    spec = ScenarioSpec(id="a", label="a", definition="a", on=DAY)
    moved = spec.model_copy(update={"edits": Edits(enact=("test.duty",))})
    old, new = (scenario_book(item, ledger, {}) for item in (spec, moved))
    world = load_world("wiod2011")
    reached = _reached(_changed(old, new), world.economies, new)
    assert set(reached) == set(customs.territory("EU", DAY)) & set(world.economies)
    assert set().union(*reached.values()) == {"CHN"}


@pytest.mark.parametrize("importer", ["CAN", "LIE", "CHE", "VNM", "SACU"])
def test_a_refusal_for_want_of_a_duty_names_a_repair_that_works(importer: str):
    with pytest.raises(InputError) as refused:
        average_tariff(importer, on=DAY)
    said = str(refused.value)
    imposer = said.split("imposer: ")[1].split("`", maxsplit=1)[0]
    laid = open_ledger().add(made(imposer, ["CHN"]))
    if importer == "LIE":
        assert detente_duty("870380", "CHN", importer, laid).additional == RATE
        return
    assert average_tariff(importer, "CHN", on=DAY, ledger=laid).rate == pytest.approx(RATE)


@pytest.mark.parametrize("group", ["ASEAN", "RCEP", "WORLD", "USMCA"])
def test_a_group_that_is_no_customs_territory_is_refused_with_members_that_are_answered(group: str):
    with pytest.raises(InputError) as refused:
        average_tariff(group, on=DAY)
    member = refused.value.repair.rsplit(" ", 1)[1]
    assert member in places.members(group)
    assert detente_duty("870380", "USA", member, open_ledger()).destination == member


def _mentions(node: ast.AST) -> bool:
    """Whether an expression is an imposer: a name, an attribute, or a key of that word."""
    if isinstance(node, ast.Attribute):
        return node.attr.startswith("imposer")
    if isinstance(node, ast.Name):
        return node.id.startswith("imposer")
    return isinstance(node, ast.Subscript) and "imposer" in ast.unparse(node.slice)


def _compared(tree: ast.AST) -> list[str]:
    """Expressions that compare an imposer as text: equal, among, looked up, or intersected."""
    found = []
    for node in ast.walk(tree):
        sides: list[ast.AST] = []
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
            sides = [node.left, node.right]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            sides = list(node.args)
        if any(_mentions(side) for side in sides):
            found.append(ast.unparse(node))
    return found


def test_nowhere_is_an_imposer_compared_as_text():
    home = {SOURCES / "geography" / "territories.py", SOURCES / "geography" / "economies.py"}
    found = {
        str(path.relative_to(SOURCES)): said
        for path in sorted(SOURCES.rglob("*.py"))
        if path not in home and (said := _compared(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found == {}


NOBODY = {
    "a group without a border": {"imposer": "ASEAN"},
    "everybody": {"imposer": "WORLD"},
    "nobody lives there": {"imposer": "ATA"},
    "all targets exempt": {"exempt_targets": ["CHN", "JPN"]},
    "all exempt by a group": {"targets": ["VNM"], "exempt_targets": ["ASEAN"]},
    "everybody exempt": {"targets": ["*"], "exempt_targets": ["*"]},
    "no targets": {"targets": []},
    "itself": {"imposer": "USA", "targets": ["USA"]},
    "a member of its own union": {"imposer": "EU", "targets": ["DEU", "FRA"]},
    "a member in place of its union": {"imposer": "DEU"},
    "an empty scope": {"scope": {"main": {"text": "nothing"}}},
    "a scope that excludes all it includes": {
        "scope": {"main": {"text": "cars less cars", "include": ["8703"], "exclude": ["8703"]}}
    },
    "a list with no line": {
        "scope": {"main": {"text": "all but all", "include": ["all"], "exclude": ["all"]}}
    },
}
SOMEBODY = {
    "a union": {"imposer": "EU"},
    "a union named otherwise": {"imposer": "EU27"},
    "two economies in a treaty": {"imposer": "CHE"},
    "by group": {"targets": ["ASEAN"], "exempt_targets": ["VNM"]},
    "a member still outside": {
        "imposer": "EU",
        "targets": ["GBR"],
    },
    "a code inside an excluded chapter": {
        "scope": {"main": {"text": "cars", "include": ["870380"], "exclude": ["87"]}}
    },
}


@pytest.mark.parametrize("case", NOBODY)
def test_the_check_finds_a_measure_that_reaches_nobody(case: str):
    more = {"targets": ["CHN", "JPN"], "imposer": "GBR"} | NOBODY[case]
    imposer, targets = more.pop("imposer"), more.pop("targets")
    rows = check_ledger(open_ledger().add(made(imposer, targets, **more)))
    assert [row.measure for row in rows] == ["test.duty"], rows
    assert rows[0].finding
    assert rows[0].repair


@pytest.mark.parametrize("case", SOMEBODY)
def test_the_check_says_nothing_of_a_measure_that_reaches_somebody(case: str):
    more = {"targets": ["CHN", "JPN"], "imposer": "GBR"} | SOMEBODY[case]
    imposer, targets = more.pop("imposer"), more.pop("targets")
    assert check_ledger(open_ledger().add(made(imposer, targets, **more))) == ()


@pytest.mark.parametrize("importer", importers())
def test_the_check_agrees_with_the_average_for_every_imposer(importer: str):
    laid = open_ledger().add(made(importer, ["USA"]))
    found = list(reaches_nobody(laid.measures["test.duty"], laid))
    assert bool(found) is (customs.imposer_of(importer, DAY) != importer)


def test_the_lines_of_the_united_states_are_untouched_by_others():
    laid = open_ledger().add(made("EU", ["*"])).on(DAY)
    plain = open_ledger().on(DAY)
    reader = Reader(provider_of("USA").weighted_table(), Assumptions())
    found = [origin_duties(book, "CHN", reader, importer="USA").total for book in (laid, plain)]
    assert np.array_equal(*found)


def test_the_worlds_import_what_the_file_of_places_says():
    held = {name for world in ("icio2022", "wiod2011") for name in load_world(world).economies}
    assert places.importers() == held - {"ROW"}


def test_a_file_may_name_any_customs_union_and_may_not_exclude_everything(tmp_path):
    text = """
id: test.file
title: A duty
imposer: SACU
targets: [USA]
instrument: tariff
authority: [the test]
scope:
  main: {text: all, include: [all], exclude: []}
steps:
  - {from: 2025-01-01, recorded: 2025-01-01, rate: 0.1, act: the test, sources: [recall]}
confidence: high
sources: [recall]
"""
    file = tmp_path / "duty.yaml"
    file.write_text(text, encoding="utf-8")
    found = open_ledger(file)
    assert average_tariff("ZAF", "USA", on=DAY, ledger=found).rate == pytest.approx(RATE)
    file.write_text(text.replace("exclude: []", "exclude: [all]"), encoding="utf-8")
    with pytest.raises(LedgerError, match="excludes everything"):
        open_ledger(file)
    file.write_text(text.replace("SACU", "SACUU"), encoding="utf-8")
    with pytest.raises(LedgerError, match=r"(?s)unknown economy.*customs union \(EU, CHE, .*SACU"):
        open_ledger(file)


def test_rates_remembered_for_one_day_are_not_those_of_a_day_with_other_members():
    laid = open_ledger().add(made("EU", ["*"]))
    rates = {
        year: float(
            additional_rates(laid.on(dt.date(year, 6, 1)), importer="DEU", economies=("GBR", "CHN"))
            .sel(exporter="GBR")
            .max()
        )
        for year in (2020, 2021)
    }
    assert rates == {2020: 0.0, 2021: pytest.approx(RATE)}


def entries(*rows):
    """Made-up positions that concern an origin: measure, part, how closely they name it."""
    return [
        Chosen(SimpleNamespace(measure=SimpleNamespace(id=measure), part=part), near)
        for measure, part, near in rows
    ]


def test_of_each_part_the_closest_positions_stay_in_their_order_and_ties_stay_together():
    given = entries(("a", "x", 1), ("b", "x", 2), ("a", "x", 3), ("a", "y", 1), ("b", "x", 2), ("a", "x", 2))
    kept = closest(given)
    assert [next(n for n, one in enumerate(given) if one is entry) for entry in kept] == [1, 2, 3, 4]
    assert closest(kept) == kept
    assert closest([]) == []


@pytest.mark.parametrize("importer", ["USA", "CHN"])
def test_no_two_positions_of_one_part_name_an_origin_as_closely(importer):
    ledger = open_ledger()
    days = ledger.days_of_change(dt.date(2018, 1, 1), ledger.horizon)
    assert len(days) > 250
    origins = (
        "CHN",
        "HKG",
        "CAN",
        "MEX",
        "BRA",
        "DEU",
        "GBR",
        "JPN",
        "KOR",
        "CHE",
        "RUS",
        "USA",
        "VNM",
        "IND",
        "AUS",
        "IRN",
    )
    for day in days:
        book = ledger.on(day)
        for origin in origins:
            kept = closest(duties_on(book, importer, origin))
            keys = [(entry.position.measure.id, entry.position.part) for entry in kept]
            assert len(keys) == len(set(keys)), (day, origin)
