"""Every kind of file laid over the ledger either changes an answer, and says what it replaced, or is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import detente
from detente import average_tariff, duty
from detente.asof import AsOf
from detente.duties import Assumptions
from detente.errors import LedgerError
from detente.ledger import built_in, check_ledger, open_ledger, status
from detente.ledger.files.load import TABLES
from detente.ledger.views.track_record import record_of

GALLERY = Path(__file__).parents[1] / "broken_tables"
PLAIN = built_in()

YIELDS = """\
yields:
  - id: mine
    text: The fentanyl duty does not reach articles under Section 232.
    measures: [us.ieepa.fentanyl.cn]
    to_group: section-232
    how: whole
    from: 2025-03-04
    recorded: 2025-03-03
    act: A supposed act
    sources: [eo14228]
"""


def laid(tmp_path, files):
    """The ledger with files laid over it."""
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return open_ledger(tmp_path)


def messages():
    """The message each broken table must give, as written down beside the files."""
    blocks = (GALLERY / "messages.txt").read_text(encoding="utf-8").strip().split("\n\n")
    return {block.partition("\n")[0].removeprefix("# "): block.partition("\n")[2] for block in blocks}


def defects():
    """Names of the broken overlays: a table each."""
    return sorted(path.name for path in GALLERY.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", defects())
def test_a_broken_table_is_refused_with_five_parts(name, monkeypatch):
    monkeypatch.chdir(GALLERY.parent)
    with pytest.raises(LedgerError) as caught:
        open_ledger(Path(GALLERY.name) / name)
    assert str(caught.value) == messages()[name]
    assert all(
        (caught.value.what, caught.value.where, caught.value.found, caught.value.allowed, caught.value.repair)
    )


def test_every_message_has_its_file():
    assert set(messages()) == set(defects())
    files = {path.name for name in defects() for path in (GALLERY / name).rglob("*") if path.is_file()}
    assert files >= TABLES


def steel(ledger, **ask):
    """Duty on Chinese mill steel."""
    given = {"origin": "CHN", "destination": "USA", "on": "2025-12-01", **ask}
    return duty("7208.10.15.00", ledger=ledger, **given).rate


def test_a_new_rule_changes_the_answer_and_is_said(tmp_path):
    ledger = laid(tmp_path, {"stacking.yaml": YIELDS})
    assert ledger.warnings == ("stacking.yaml:2 adds the stacking rule yields: mine from 2025-03-04",)
    assert steel(PLAIN) - steel(ledger) == pytest.approx(0.10)
    assert steel(ledger, known_on="2025-03-02") == steel(PLAIN, known_on="2025-03-02")
    assert ledger.hash != PLAIN.hash
    assert "mine" in {rule.id for rule in ledger.rules.yields}


def test_a_rule_of_an_id_that_is_held_takes_its_place(tmp_path):
    rule = """\
yields:
  - id: brazil
    text: The duty on Brazil is due on top of Section 232.
    measures: [us.ieepa.br40]
    to_group: china-301
    how: whole
    recorded: 2025-07-30
    act: A supposed act
"""
    ledger = laid(tmp_path, {"stacking.yaml": rule})
    assert ledger.warnings == ("stacking.yaml:2 replaces the stacking rule yields: brazil",)
    assert len(ledger.rules.yields) == len(PLAIN.rules.yields)
    ask = {"origin": "BRA", "on": "2025-10-27"}
    assert steel(ledger, **ask) - steel(PLAIN, **ask) == pytest.approx(0.40)


def test_a_later_version_leaves_the_days_before_it_alone(tmp_path):
    rule = YIELDS.replace("mine", "border").replace("us.ieepa.fentanyl.cn", "us.ieepa.fentanyl.ca")
    rule = rule.replace("2025-03-04", "2025-12-01").replace("2025-03-03", "2025-11-30")
    ledger = laid(tmp_path, {"stacking.yaml": rule})
    assert "replaces the stacking rule yields: border from 2025-12-01" in ledger.warnings[0]
    days = [dt.date(2025, 11, 30), dt.date(2025, 12, 1)]
    how = [ledger.rules.gives_way("us.ieepa.fentanyl.ca", day)[0].how for day in days]
    assert how == ["share", "whole"]


def test_the_same_rule_again_says_nothing(tmp_path):
    text = (Path(detente.__file__).parent / "data" / "ledger" / "stacking.yaml").read_text(encoding="utf-8")
    ledger = laid(tmp_path, {"stacking.yaml": text})
    assert ledger.warnings == ()
    assert ledger.rules.each() == PLAIN.rules.each()


def test_a_claim_asks_its_question_and_takes_effect(tmp_path):
    claim = """\
claims:
  - {id: mine, fact: blue, question: Is the good blue?, origins: [CHN], measures: [us.ieepa.fentanyl.cn],
     effect: remove, recorded: 2025-02-01, act: A supposed act}
"""
    ledger = laid(tmp_path, {"stacking.yaml": claim})
    ask = {"origin": "CHN", "destination": "USA", "on": "2025-12-01", "ledger": ledger}
    plain = duty("9503.00.00.73", **ask)
    assert "blue" in {question.fact for question in plain.questions}
    assert plain.rate - duty("9503.00.00.73", facts={"blue": True}, **ask).rate == pytest.approx(0.10)


def test_every_single_rule_takes_effect(tmp_path):
    rules = """\
low_value: {limit: 100, recorded: 2016-02-24, act: A supposed act}
outside_all: {chapters: ["95"], recorded: 2016-02-24, act: A supposed act}
transshipment: {fact: transshipped, measures: [us.ieepa.fentanyl.cn], rate: 0.9, recorded: 2025-02-01, act: A supposed act}
preference: {fact: preferred, question: Is it preferred?, average: preference_use, recorded: 1988-08-23, act: A supposed act}
fees:
  - {id: mpf, title: Fee, rate: 0.5, from: "2025-10-01", to: "2026-10-01", recorded: 2025-07-23, act: A supposed act}
column_two:
  - {economies: [DEU], recorded: 2018-01-01, act: A supposed act}
"""
    ledger = laid(tmp_path, {"stacking.yaml": rules})
    assert len(ledger.warnings) == 6
    ask = {"origin": "CHN", "destination": "USA", "on": "2025-12-01"}
    toys = [duty("9503.00.00.73", ledger=item, **ask) for item in (PLAIN, ledger)]
    assert toys[1].rate < toys[0].rate
    shirts = {"facts": {"transshipped": True}, "ledger": ledger, **ask}
    assert duty("6109.10.00.12", **shirts).rate > duty("6109.10.00.12", ledger=ledger, **ask).rate
    fee = duty("6109.10.00.12", fees=True, value=1000.0, ledger=ledger, **ask)
    assert [line.rate for line in fee.lines if line.measure == "fee.mpf"] == [0.5]
    german = ask | {"origin": "DEU"}
    assert duty("6109.10.00.12", ledger=ledger, **german).rate > duty("6109.10.00.12", **german).rate
    small = {
        "origin": "CHN",
        "destination": "USA",
        "on": "2025-01-15",
        "value": 500.0,
        "facts": {"entry": "low-value"},
    }
    assert duty("6109.10.00.12", **small).rate == 0.0
    assert duty("6109.10.00.12", ledger=ledger, **small).rate > 0.0


def judgement(name, value, **more):
    """The text of an overlay with one judgement."""
    keys = {"title": "t", "value": value, **more, "unit": "share", "used": "u", "why": "w", "source": "s"}
    return f"assumptions:\n  {name}:\n" + "".join(f"    {key}: {item}\n" for key, item in keys.items())


def test_a_judgement_moves_averages_and_cases(tmp_path):
    ledger = laid(tmp_path, {"assumptions.yaml": judgement("usmca_use", 0.0)})
    assert ledger.warnings == ("assumptions.yaml:2 replaces the judgement usmca_use",)
    ask = {"origin": "MEX", "on": "2025-10-27"}
    assert average_tariff("USA", ledger=ledger, **ask).rate > average_tariff("USA", **ask).rate
    assert (
        average_tariff("USA", ledger=ledger, assumptions=Assumptions(), **ask).rate
        == average_tariff("USA", **ask).rate
    )
    (row,) = [
        row for row in average_tariff("USA", ledger=ledger, **ask).assumptions if row.name == "usmca_use"
    ]
    assert row.value == row.default == 0.0


def test_what_one_case_assumes_of_a_content_is_the_overlay_s(tmp_path):
    ledger = laid(tmp_path, {"assumptions.yaml": judgement("steel_content", 0.5, case=0.0)})
    ask = {"origin": "DEU", "destination": "USA", "on": "2025-10-27"}
    assert duty("8433.11.00.50", ledger=ledger, **ask).rate < duty("8433.11.00.50", **ask).rate


def test_coverage_moves_the_other_side_s_average(tmp_path):
    text = "coverage:\n  cn_mar10_10: {text: t, recorded: 2025-03-04, share: 0.9, source: s}\n"
    ledger = laid(tmp_path, {"coverage.yaml": text})
    assert ledger.warnings == ("coverage.yaml:2 replaces the coverage assumption cn_mar10_10",)
    ask = {"importer": "CHN", "origin": "USA", "on": "2025-05-20", "weights": "icio2022-industries"}
    assert average_tariff(ledger=ledger, **ask).rate > average_tariff(**ask).rate


RATES = """\
importer: {importer}
elsewhere: not covered
lines:
  - {{code: "12019019", rate: 0.13, from: {first}, recorded: {first}, text: Soybeans, sources: [recall]}}
"""


def test_a_cited_rate_is_the_ordinary_duty_of_any_importer_without_a_schedule(tmp_path):
    ledger = laid(tmp_path, {"mfn_lines.yaml": RATES.format(importer="CHN", first="2018-01-01")})
    assert ledger.warnings == ("mfn_lines.yaml:4 replaces the rate of 12019019 from 2018-01-01",)
    ask = {"origin": "USA", "destination": "CHN", "on": "2025-10-27"}
    soy = [duty("12019019", ledger=item, **ask) for item in (PLAIN, ledger)]
    assert soy[1].rate - soy[0].rate == pytest.approx(0.10)
    later = laid(tmp_path, {"mfn_lines.yaml": RATES.format(importer="CHN", first="2025-10-01")})
    assert later.warnings == ()
    assert duty("12019019", ledger=later, **ask).rate == soy[1].rate
    assert duty("12019019", ledger=later, **ask, known_on="2025-09-30").rate == soy[0].rate
    brazil = laid(tmp_path, {"mfn_lines.yaml": RATES.format(importer="BRA", first="2018-01-01")})
    found = duty("12019019", origin="USA", destination="BRA", on="2025-10-27", ledger=brazil)
    assert (found.rate, found.covered) == (0.13, True)
    assert duty("12019020", origin="USA", destination="BRA", on="2025-10-27", ledger=brazil).rate is None


def test_a_statement_moves_the_record_of_its_side(tmp_path):
    text = """\
statements:
  - {id: "2026-01-01-usa-1", date: 2026-01-01, by: USA, of: USA, kind: threat, says: s, measure: us.threat.cn100,
     other_side: silent, outcome: broken, outcome_recorded: 2026-02-01, sources: [recall]}
"""
    ledger = laid(tmp_path, {"statements.yaml": text})
    assert (
        record_of("USA", "threat", ledger=ledger)["broken"] == record_of("USA", "threat").get("broken", 0) + 1
    )
    known = ledger.as_known(dt.date(2026, 1, 15))
    plain = PLAIN.as_known(dt.date(2026, 1, 15))
    assert record_of("USA", "threat", ledger=known) == record_of("USA", "threat", ledger=plain)


def test_a_board_replaces_the_board(tmp_path):
    text = (
        "horizon: 2026-11-01\nhorizon_note: n\nboard:\n  - {instrument: Mine, side: s, measures: [us.s122]}\n"
    )
    ledger = laid(tmp_path, {"board.yaml": text})
    assert ledger.warnings == ("board.yaml:3 replaces the board and the horizon",)
    assert [row.instrument for row in status(ledger, asof=AsOf.of("2026-10-01")).board] == ["Mine"]
    assert ledger.horizon == dt.date(2026, 11, 1)


def test_a_source_is_the_one_that_answers_cite(tmp_path):
    text = "sources:\n  p232steel25: {title: Mine, url: https://example.org/mine, kind: primary, retrieved: 2026-01-01}\n"
    ledger = laid(tmp_path, {"sources.yaml": text})
    assert ledger.warnings == ("sources.yaml:2 replaces the source p232steel25",)
    found = duty("7208.10.15.00", origin="DEU", destination="USA", on="2025-04-01", ledger=ledger)
    assert any("example.org/mine" in line.source for line in found.lines)


def test_a_list_and_its_days_of_knowledge_take_effect(tmp_path):
    rows = 'code,from,to,recorded,ended\n"870323",2025-06-01,,2025-06-15,\n'
    ledger = laid(tmp_path, {"lists/s232_steel_mill.csv": rows})
    assert ledger.warnings == ("lists/s232_steel_mill.csv replaces the product list s232_steel_mill",)
    ask = {"origin": "DEU", "destination": "USA", "on": "2025-06-20", "ledger": ledger}
    assert duty("7208.10.15.00", **ask).rate < 0.5
    car = [duty("8703.23.01.90", **ask, known_on=day) for day in ("2025-06-14", "2025-06-15")]
    shown = [{line.measure for line in found.lines} for found in car]
    assert "us.s232.steel" in shown[1] - shown[0]


def test_a_list_read_again_with_another_text_is_another_list(tmp_path):
    rates = []
    for code in ("870323", "720810"):
        ledger = laid(tmp_path, {"lists/s232_steel_mill.csv": f'code,from,to\n"{code}",,\n'})
        rates.append(
            duty("7208.10.15.00", origin="DEU", destination="USA", on="2025-07-01", ledger=ledger).rate
        )
    assert rates[1] - rates[0] == pytest.approx(0.4)


def test_the_built_in_rules_name_what_the_ledger_holds():
    assert [row for row in check_ledger(PLAIN) if "stacking" in row.finding or "rule of" in row.finding] == []
