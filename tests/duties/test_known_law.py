"""Known on a day, all the way down: what nobody had made known by then is as if it were not in the ledger's files."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

import detente
from detente import average_tariff, duty
from detente.asof import AsOf
from detente.compliance.customs.duty_facts import declared
from detente.compliance.export_controls.licence import licence
from detente.compliance.port_fees.port_fee import port_fee
from detente.ledger import built_in, edit, open_ledger, read_ledger
from detente.ledger.records.lists import ProductList
from detente.ledger.records.stacking import LowValueEnd
from detente.ledger.records.standing import SEVERAL, SINGLE
from detente.ledger.views.track_record import record_of, statements
from detente.schedules.usa import us_schedule

LEDGER = built_in()
DATA = Path(detente.__file__).parent / "data" / "ledger"
DAY = dt.timedelta(days=1)
ALWAYS = dt.date(1900, 1, 1)
# One line for each kind of good a rule can speak of; a rule's own measures add the first lines of their lists.
POOL = ("7208101500", "7326908688", "8703230190", "8542310045", "2204215015", "3004909215", "8471300100")


def without(ledger, rule):
    """The ledger from which one rule, of whatever kind, is deleted."""
    rules = ledger.rules
    if isinstance(rule, LowValueEnd):
        ends = tuple(end for end in rules.low_value.ends if end is not rule)
        low = rules.low_value.model_copy(update={"ends": ends})
        return dataclasses.replace(ledger, rules=dataclasses.replace(rules, low_value=low))
    for kind in SEVERAL:
        held = getattr(rules, kind)
        if any(item is rule for item in held):
            kept = tuple(item for item in held if item is not rule)
            return dataclasses.replace(ledger, rules=dataclasses.replace(rules, **{kind: kept}))
    (kind,) = (name for name in SINGLE if getattr(rules, name) is rule)
    return dataclasses.replace(ledger, rules=dataclasses.replace(rules, **{kind: None}))


def named(patterns):
    """Measures that patterns name."""
    return [
        measure
        for name, measure in LEDGER.measures.items()
        if any(fnmatchcase(name, pattern) for pattern in patterns)
    ]


def measures_of(rule):
    """Measures a rule speaks of, those of the group it yields to among them."""
    patterns = [*getattr(rule, "measures", ()), *(name for row in getattr(rule, "order", ()) for name in row)]
    groups = [item for item in LEDGER.rules.exclusive if item.id == getattr(rule, "to_group", None)]
    patterns += [name for item in groups for row in item.order for name in row]
    lists = getattr(rule, "lists", ())
    found = named(patterns)
    if lists:
        found += [
            measure
            for measure in LEDGER.measures.values()
            if any(
                fnmatchcase(name, pattern)
                for scope in measure.scope.values()
                for name in scope.exclude
                for pattern in lists
            )
        ]
    return found


def codes_of(measures, on):
    """A few lines the scopes of measures name, of the schedule of the day."""
    found = []
    for measure in measures:
        for scope in measure.scope.values():
            for name in (*scope.include, *scope.exclude):
                heads = LEDGER.product_list(name, on)[:1] if name != "all" else ()
                found += [
                    head for head in heads if measure.imposer == "USA" and us_schedule().rows(head, on).size
                ]
    return list(dict.fromkeys(found))


def cases(rule):
    """Shipments that a rule bears on, by its own words: day, importer, origin, code, facts."""
    measures = measures_of(rule)
    begin = (
        getattr(rule, "from_", None)
        or getattr(rule, "change", None)
        or getattr(rule, "on", None)
        or rule.recorded
    )
    days = [max(day, dt.date(2018, 1, 1)) for day in (begin, max(begin, rule.recorded) + DAY)]
    importers = list(dict.fromkeys([item.imposer for item in measures])) or ["USA"]
    origins = [code for code in getattr(rule, "origins", ()) if code != "*"][:2]
    origins += list(getattr(rule, "economies", ()))[:1]
    targets = [code for item in measures for code in item.targets if len(code) == 3 and code.isalpha()]
    origins = (origins or list(dict.fromkeys(targets))[:2]) + ([] if origins else ["DEU"])
    facts = {}
    if fact := getattr(rule, "fact", None):
        kind = declared()[fact].kind
        words = getattr(rule, "words", ())
        facts = {fact: True if kind == "flag" else words[0] if words else 0.5}
        if getattr(rule, "left", None):
            facts[rule.left] = 0.5
        if getattr(rule, "requires", None):
            facts[rule.requires] = True
    if hasattr(rule, "change"):
        facts["loaded_before_change"] = True
    if isinstance(rule, LowValueEnd) or hasattr(rule, "limit"):
        facts["entry"] = "low-value"
    for importer in importers:
        for day in dict.fromkeys(days):
            codes = [*codes_of(measures, day)[:3], *POOL[:2]] if importer == "USA" else ["12019019"]
            for origin in [item for item in origins if item != importer] or ["USA"]:
                yield from ((day, importer, origin, code, facts) for code in codes[:4])


def spread(found, most=8):
    """At most some of the cases, from the first to the last."""
    every = list(found)
    return every[:: max(1, -(-len(every) // most))]


def answer(ledger, case, known):
    """The whole answer, or the refusal, to a case as it was known on a day."""
    day, importer, origin, code, facts = case
    stated = {name: value for name, value in facts.items() if name in declared(ledger)}
    if importer == "USA" and not us_schedule().rows(code, day).size:
        return None
    found = duty(
        code,
        origin=origin,
        destination=importer,
        on=day,
        facts=stated,
        ledger=ledger,
        known_on=known,
        value=500.0,
        fees=True,
    )
    # Which of the facts given bear is told of what was given, and a fact that only a deleted entry asks for cannot be given.
    told = {name: value for name, value in found.to_dict().items() if not name.startswith("facts_")}
    return told | {"warnings": found.warnings, "assumptions": found.assumptions}


RULES = (*LEDGER.rules.each(), *LEDGER.rules.low_value.ends)


def name_of(rule):
    """A short name of a rule for the report of a test."""
    return (
        f"{type(rule).__name__}-{getattr(rule, 'id', '') or rule.act[:24]}-{getattr(rule, 'from_', '') or ''}"
    )


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_before_its_act_a_rule_is_as_if_it_were_not_there(rule):
    less = without(LEDGER, rule)
    for number, case in enumerate(spread(cases(rule))):
        known = rule.recorded - (40 if number % 3 == 2 else 1) * DAY
        assert answer(LEDGER, case, known) == answer(less, case, known), (case, known)


def test_the_property_has_teeth():
    """Were the rules known from ever, as they were, these would change an answer of a day before their act."""
    ever = dataclasses.replace(
        LEDGER,
        rules=dataclasses.replace(
            LEDGER.rules,
            **{
                kind: tuple(
                    item.model_copy(update={"recorded": ALWAYS}) for item in getattr(LEDGER.rules, kind)
                )
                for kind in ("exclusive", "yields", "claims")
            },
        ),
    )
    moved = set()
    for rule in (*LEDGER.rules.exclusive, *LEDGER.rules.yields, *LEDGER.rules.claims):
        known = rule.recorded - DAY
        if any(answer(ever, case, known) != answer(LEDGER, case, known) for case in spread(cases(rule))):
            moved.add(name_of(rule))
    assert "Exclusive-section-232-2025-03-04" in moved
    assert len(moved) >= 4, moved


def test_the_order_of_april_2025_was_not_known_in_march():
    ask = {"origin": "CAN", "destination": "USA", "on": "2025-03-20"}
    then = duty("7208.10.15.00", **ask, known_on="2025-03-20")
    assert then.rate == pytest.approx(0.50)
    assert sorted(line.rate for line in then.lines if line.contribution) == [0.25, 0.25]
    assert duty("7208.10.15.00", **ask).rate == pytest.approx(0.25)
    assert duty("7208.10.15.00", **ask, known_on="2025-04-29").rate == pytest.approx(0.25)
    assert duty("7208.10.15.00", **ask, view="collected").rate == pytest.approx(0.50)
    limited = open_ledger(known_on="2025-03-20")
    assert duty("7208.10.15.00", **ask, ledger=limited).rate == pytest.approx(0.50)


def test_who_does_not_know_the_next_version_of_a_rule_goes_on_with_the_one_before():
    day = dt.date(2025, 7, 1)
    assert LEDGER.law(dt.date(2025, 5, 15)).rules.place("us.ieepa.fentanyl.ca", day) == ("section-232", 1)
    assert LEDGER.law(dt.date(2025, 6, 3)).rules.place("us.ieepa.fentanyl.ca", day) is None
    (early,) = LEDGER.law(dt.date(2025, 5, 15)).rules.gives_way("us.ieepa.reciprocal.cn", day)
    assert early.how == "whole"


def test_every_rule_judgement_and_coverage_says_when_it_was_made_known():
    latest = LEDGER.horizon
    for item in (*RULES, *LEDGER.assumptions.values(), *LEDGER.coverage.values()):
        assert item.recorded is not None
        assert item.recorded <= latest
    for lines in LEDGER.mfn_lines.values():
        assert all(item.recorded is not None and item.recorded <= item.from_ for item in lines)


def test_a_rule_is_known_with_the_act_it_cites():
    """Where a rule cites the act of steps of its measures, it was made known with the first of them."""
    checked = 0
    for rule in RULES:
        for measure in named(getattr(rule, "measures", ())):
            days = {}
            for step in measure.steps:
                for act in step.act.split(";"):
                    days.setdefault(act.strip(), []).append(step.recorded)
            acts = {part.strip() for part in rule.act.split(";") if not part.strip().startswith("heading")}
            made = [min(days[act]) for act in acts & days.keys()]
            assert not made or rule.recorded == min(made), (name_of(rule), measure.id, acts)
            checked += len(made)
    assert checked >= 10


def test_dated_rows_of_lists_say_when_their_acts_were_made_known():
    for items in LEDGER.lists.values():
        acts = items.acts or ((None, None),) * len(items.rows)
        for (code, start, end), (recorded, ended) in zip(items.rows, acts, strict=True):
            assert start is None or recorded is not None, (items.name, code)
            assert end is None or ended is not None, (items.name, code)


def groups_of_rows():
    """Rows of lists that one act put there, or took off: list, day of the act."""
    found = []
    for items in LEDGER.lists.values():
        found += [(items.name, day) for day in sorted({day for act in items.acts for day in act if day})]
    return found


@pytest.mark.parametrize(("name", "day"), groups_of_rows())
def test_before_its_act_a_row_of_a_list_is_as_if_it_were_not_there(name, day):
    items = LEDGER.lists[name]
    rows, codes = [], []
    for (code, start, end), (recorded, ended) in zip(items.rows, items.acts, strict=True):
        if recorded == day:
            codes.append((code, start))
            continue
        if ended == day:
            codes.append((code, end))
        rows.append((code, start, None if ended == day else end))
    less = dataclasses.replace(
        LEDGER,
        lists={**LEDGER.lists, name: ProductList(name, items.path, items.shown, [tuple(rows)], "less")},
    )
    moved = 0
    for code, first in codes[:2]:
        on = max(first or dt.date(2025, 4, 7), dt.date(2018, 1, 1))
        for origin in ("CHN", "BRA", "CAN"):
            case = (on, "USA", origin, code, {})
            assert answer(LEDGER, case, day - DAY) == answer(less, case, day - DAY)
            moved += answer(LEDGER, case, None) != answer(less, case, None)
    if name in {"ieepa_annex_ii", "s232_steel_content"}:
        assert moved


def test_a_line_freed_backwards_owed_the_duty_until_the_order_that_freed_it():
    ask = {"origin": "BRA", "destination": "USA", "on": "2025-11-13"}
    assert duty("0901.11.00.25", **ask, known_on="2025-11-13").rate == pytest.approx(0.5)
    assert duty("0901.11.00.25", **ask, known_on="2025-11-14").rate == pytest.approx(0.4)
    assert duty("0901.11.00.25", **ask).rate == pytest.approx(0.0)
    phone = {"origin": "CHN", "destination": "USA", "on": "2025-04-10"}
    before, after = (
        duty("8517.13.00.00", **phone, known_on=day).rate for day in ("2025-04-10", "2025-04-11")
    )
    assert before - after == pytest.approx(1.25)


def known_before(record):
    """Last day on which nobody knew a record."""
    return record.recorded - DAY


@pytest.mark.parametrize("name", LEDGER.assumptions)
def test_before_the_act_it_reads_a_judgement_is_as_if_it_were_not_there(name):
    item = LEDGER.assumptions[name]
    less = dataclasses.replace(
        LEDGER, assumptions={key: value for key, value in LEDGER.assumptions.items() if key != name}
    )
    on = max(item.recorded + 30 * DAY, dt.date(2018, 1, 2))
    importer, origin = ("CHN", "USA") if name == "cn_waiver" else ("USA", "CAN" if "us" in name else "CHN")
    ask = {"importer": importer, "origin": origin, "on": on, "known_on": known_before(item)}
    assert average_tariff(ledger=LEDGER, **ask).rate == average_tariff(ledger=less, **ask).rate
    case = (on, "USA", "CHN", "7326908688", {})
    assert answer(LEDGER, case, known_before(item)) == answer(less, case, known_before(item))


@pytest.mark.parametrize("name", LEDGER.coverage)
def test_before_its_act_the_reach_of_a_list_is_as_if_it_were_not_there(name):
    item = LEDGER.coverage[name]
    less = dataclasses.replace(
        LEDGER, coverage={key: value for key, value in LEDGER.coverage.items() if key != name}
    )
    ask = {"importer": "CHN", "origin": "USA", "on": item.recorded + 20 * DAY, "known_on": known_before(item)}
    ask["weights"] = "icio2022-industries"
    assert average_tariff(ledger=LEDGER, **ask).rate == average_tariff(ledger=less, **ask).rate
    assert name not in LEDGER.law(known_before(item)).coverage


@pytest.mark.parametrize("line", LEDGER.mfn_lines["CHN"], ids=lambda item: f"{item.code}-{item.from_}")
def test_before_its_notice_a_cited_rate_is_as_if_it_were_not_there(line):
    kept = tuple(item for item in LEDGER.mfn_lines["CHN"] if item is not line)
    less = dataclasses.replace(LEDGER, mfn_lines={"CHN": kept})
    case = (max(line.from_, dt.date(2018, 1, 1)) + DAY, "CHN", "USA", line.code.ljust(8, "0"), {})
    assert answer(LEDGER, case, known_before(line)) == answer(less, case, known_before(line))
    assert answer(LEDGER, case, None) != answer(less, case, None)


@pytest.mark.parametrize("statement", LEDGER.statements, ids=lambda item: item.id)
def test_before_it_was_made_a_statement_is_as_if_it_were_not_there(statement):
    less = dataclasses.replace(
        LEDGER, statements=tuple(item for item in LEDGER.statements if item is not statement)
    )
    day = statement.made_known - DAY
    assert statements(ledger=LEDGER.as_known(day)) == statements(ledger=less.as_known(day))
    for by in ("USA", "CHN"):
        records = [record_of(by, statement.kind, ledger=item.as_known(day)) for item in (LEDGER, less)]
        assert records[0] == records[1]
    if statement.settled is not None and statement.settled > statement.made_known:
        before = LEDGER.as_known(statement.settled - DAY)
        (then,) = [s for s in statements(ledger=before) if s.id == statement.id]
        assert then.outcome == "pending"
        assert then.act_recorded is None


def first_known(measure):
    """Day on which something about a measure was first made known."""
    records = [*measure.steps, *measure.suspensions, *measure.ends, *measure.withdrawals, *measure.annulments]
    days = [item.recorded for item in records] + [event.date for event in measure.events]
    days += [step.announced for step in measure.steps if step.announced]
    return min(days)


@pytest.mark.parametrize("name", LEDGER.measures)
def test_before_anything_was_said_of_it_a_measure_is_as_if_it_were_not_there(name):
    measure = LEDGER.measures[name]
    less = dataclasses.replace(
        LEDGER, measures={key: item for key, item in LEDGER.measures.items() if key != name}
    )
    known = first_known(measure) - DAY
    on = max(known + 60 * DAY, dt.date(2018, 1, 2))
    assert LEDGER.on(on, known_on=known).get(name) == ()
    assert LEDGER.on(on, known_on=known).positions == less.on(on, known_on=known).positions
    origin = next((code for code in measure.targets if len(code) == 3 and code != measure.imposer), "CHN")
    if measure.instrument == "tariff" and measure.imposer == "USA":
        for code in [*codes_of([measure], on)[:1], POOL[0]]:
            case = (on, "USA", origin, code, {})
            assert answer(LEDGER, case, known) == answer(less, case, known)
    if measure.instrument == "port_fee":
        ask = {"asof": AsOf(on, known), "net_tons": 50_000, "built": "CHN"}
        fees = [
            outcome(lambda ledger=ledger: port_fee(measure.imposer, ledger=ledger, **ask))
            for ledger in (LEDGER, less)
        ]
        assert fees[0] == fees[1]
    if measure.instrument == "export_control":
        kind = "rare-earth" if measure.imposer == "CHN" else "chip"
        ask = {"origin": measure.imposer, "destination": "JPN", "asof": AsOf(on, known)}
        tests = [
            outcome(lambda ledger=ledger: licence(kind, ledger=ledger, **ask)) for ledger in (LEDGER, less)
        ]
        assert tests[0] == tests[1]


def outcome(ask):
    """An answer, or the words in which it is refused."""
    try:
        return ask()
    except (ValueError, KeyError) as problem:
        return str(problem)


@pytest.mark.parametrize(
    ("table", "entry"),
    [
        ("stacking.yaml", '    from: "2025-03-04"\n'),
        ("stacking.yaml", "  - id: section-338\n"),
        ("stacking.yaml", "  - id: chips\n"),
    ],
)
def test_the_same_by_a_ledger_from_whose_file_the_entry_is_deleted(table, entry, tmp_path):
    folder = tmp_path / "ledger"
    shutil.copytree(DATA, folder)
    text = (folder / table).read_text(encoding="utf-8")
    start = text.rindex("  - id:", 0, text.index(entry) + 8)
    ends = [place for mark in ("\n  - id:", "\n\n") if (place := text.find(mark, start + 8)) > 0]
    (folder / table).write_text(text[:start] + text[min(ends) + 1 :], encoding="utf-8")
    less = read_ledger([(folder, False)])
    (rule,) = [
        item
        for kind in ("exclusive", "yields", "claims")
        for item in getattr(LEDGER.rules, kind)
        if item not in getattr(less.rules, kind)
    ]
    for case in cases(rule):
        assert answer(LEDGER, case, known_before(rule)) == answer(less, case, known_before(rule))


def test_averages_and_series_turn_with_what_was_known():
    ask = {"origin": "CAN", "on": "2025-03-20"}
    then, now = (average_tariff("USA", **ask, known_on=day).rate for day in ("2025-03-20", None))
    assert then > now
    rows = average_tariff("USA", origin="CAN", on="2025-04-27", until="2025-05-01", view="collected").series
    by_day = {row.date: row.rate for row in rows}
    assert by_day[dt.date(2025, 4, 28)] > by_day[dt.date(2025, 4, 29)]


def test_a_what_if_counts_whatever_is_known_and_with_it_what_it_rests_on():
    law = edit(open_ledger(known_on="2018-03-01"), enact=["cn.ret.2025.mar10"], on="2018-06-01")
    assert average_tariff("CHN", "USA", on="2018-06-02", ledger=law).rate > 0.0
