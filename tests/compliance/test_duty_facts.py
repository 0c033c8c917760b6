"""Facts, claims, quantities and days: what each changes, and what is refused."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from detente import duty
from detente.asof import AsOf
from detente.compliance import worksheet
from detente.compliance.customs.duty import duty as case_of
from detente.errors import InputError
from detente.ledger import edit, open_ledger
from detente.schedules.usa import dotted, us_schedule

EXACT = 1e-9


def ask(code, origin="CHN", on="2026-09-18", **how):
    return duty(code, origin=origin, destination=how.pop("destination", "USA"), on=on, **how)


def lines(found):
    return {line.measure: line for line in found.lines}


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "what", "repair"),
    [
        ({"code": "7326908"}, "cannot have 7 digits", "7326.90"),
        ({"code": "7326.90.86.99"}, "not in the US schedule that day", "look the good up"),
        ({"code": "8507.60.00.20"}, "not in the US schedule that day", "look the good up"),
        ({"origin": "Atlantis"}, "", ""),
        ({"on": "2017-06-01"}, "before the ledger", "later day"),
        ({"on": "yesterday"}, "", ""),
        ({"value": -1.0}, "amount of money", "leave it out"),
        ({"facts": {"colour": "red"}}, "no such fact", ""),
        ({"facts": {"usmca": "perhaps"}}, "not a yes or no", ""),
        ({"facts": {"us_content": 1.4}}, "cannot be used", ""),
    ],
)
def test_refused_in_five_parts(how, what, repair):
    asked = {"code": "7326.90.86.88", "origin": "CHN", "on": "2026-09-18", **how}
    with pytest.raises(InputError) as refused:
        duty(asked.pop("code"), destination="USA", **asked)
    problem = refused.value
    assert what in problem.what
    assert problem.where
    assert problem.found
    assert problem.allowed
    assert repair in problem.repair


def test_a_code_that_ended_says_when():
    with pytest.raises(InputError, match="2025-01-01 until 2026-02-01"):
        ask("8507.60.00.20")


@pytest.mark.parametrize(
    ("code", "on", "allowed"),
    [
        (
            "8507.60.00.20",
            "2026-02-01",
            (
                "in the schedule from 2025-01-01 until 2026-02-01;"
                " that day: 8507.60.00.10, 8507.60.00.30, 8507.60.00.90"
            ),
        ),
        # Left and came back: both spells, and the lines of the days between.
        (
            "7602.00.00.35",
            "2026-02-03",
            (
                "in the schedule from 2025-01-01 until 2026-02-01 and from 2026-02-07 until now;"
                " that day: 7602.00.00.45, 7602.00.00.55, 7602.00.00.65, 7602.00.00.75"
            ),
        ),
    ],
)
def test_a_code_that_ended_names_the_lines_of_its_eight_digits(code, on, allowed):
    with pytest.raises(InputError) as refused:
        ask(code, on=on)
    assert refused.value.found == f"{code} on {on}"
    assert refused.value.allowed == allowed
    assert refused.value.repair.startswith("ask for one of these, or for a day on which it stood")


def test_a_code_whose_eight_digits_ended_names_the_nearest_lines_of_its_six():
    # 9401.99.30 ended whole: twelve lines stand under 9401.99, nine are named.
    with pytest.raises(InputError) as refused:
        ask("9401.99.30.30", on="2026-06-08")
    when, _, there = refused.value.allowed.partition("; that day: ")
    named, _, more = there.partition(" and ")
    assert when == "in the schedule from 2025-07-01 until 2025-08-01"
    standing = [
        dotted(code) for code in us_schedule().codes[us_schedule().rows("940199", dt.date(2026, 6, 8))]
    ]
    assert more == f"{len(standing) - 9} more"
    assert len(set(named.split(", ")) & set(standing)) == 9


def in_its_room(code, *, on, **given):
    return case_of(code, asof=AsOf.of(on, imposer="USA"), **given)


@pytest.mark.parametrize(
    "quantity", ["some", "1200", "-5 kg", "nan kg", "inf kg", "1e3 kg", "9" * 400 + " kg", "", -5.0, math.nan]
)
@pytest.mark.parametrize("call", [duty, in_its_room])
def test_a_quantity_that_cannot_be_read_is_refused_where_no_duty_needs_it(call, quantity):
    # 7326.90.86.88 pays 2.9 % of the value: no line of the stack asks for a quantity.
    with pytest.raises(InputError) as refused:
        call("7326.90.86.88", origin="CHN", destination="USA", on="2026-09-18", quantity=quantity)
    problem = refused.value
    assert problem.where == "quantity"
    if call is duty and not isinstance(quantity, str):
        assert (problem.what, problem.allowed) == ("quantity is of the wrong kind", "a text")
        return
    assert problem.what == "a quantity is a number and a unit"
    assert problem.found == (str(quantity).removesuffix(".0") or "nothing")
    assert problem.allowed == 'as "1200 kg", "12 doz." or "90 kg on drained weight"'
    assert problem.repair == "state both"


def test_a_quantity_that_no_duty_needs_changes_nothing():
    with_it = ask("7326.90.86.88", value=1000, quantity="1,200 kg")
    assert with_it.amount == ask("7326.90.86.88", value=1000).amount
    assert with_it.quantity == "1,200 kg"


def test_a_quantity_needs_its_unit():
    # 2203.00 beer is free; 2204.21.50 wine pays 6.3 cents a liter.
    with pytest.raises(InputError, match="number and a unit"):
        ask("2204.21.50", origin="ARG", value=1000, quantity="500")
    with pytest.raises(InputError):
        ask("2204.21.50", origin="ARG", value=1000, quantity="500 kg")


def test_before_2025_a_line_that_is_gone_is_not_covered():
    found = ask("7326.90.85.88", on="2019-06-01")
    assert found.covered is False
    assert found.rate is None
    assert "not covered at line level" in found.warnings[0]


def test_before_2025_is_a_backcast():
    found = ask("6109.10.00.12", on="2020-03-01")
    assert found.covered == "partial"
    assert any(text.startswith("backcast") for text in found.warnings)


@pytest.mark.parametrize("destination", ["IND", "VNM", "Brazil"])
def test_other_destinations_are_not_covered(destination):
    found = ask("7326.90.86.88", destination=destination)
    assert found.covered is False
    assert found.rate is None
    assert found.lines == ()
    assert "not covered" in found.warnings[0]


def test_a_line_of_china_whose_duty_is_not_known_has_no_total():
    # Nothing is invented: the additional duty is given, the total is not.
    # Frozen chicken with bone owes a specific duty, which is not held.
    found = duty("0207.14.11", origin="USA", destination="CHN", on="2025-11-11")
    assert found.rate is None
    assert found.covered == "partial"
    assert found.additional == pytest.approx(0.10, abs=EXACT)
    assert found.rate_max is None
    assert lines(found)["base"].rate is None


def test_a_stated_ordinary_duty_completes_an_answer():
    found = duty("0207.14.11", origin="USA", destination="CHN", on="2025-11-11", facts={"ordinary_duty": 0.0})
    assert found.rate == pytest.approx(0.10, abs=EXACT)
    assert lines(found)["base"].kind == "stated"
    asked = duty("0207.14.11", origin="USA", destination="CHN", on="2025-11-11").questions
    assert "ordinary_duty" in {question.fact for question in asked}


# --- ordinary duty ------------------------------------------------------------------------------------------------


def test_specific_duty_by_quantity():
    # Still wine in bottles, 6.3 cents a liter, plus the flat duty of the day: 500 liters, USD 1,000.
    found = ask("2204.21.50", origin="ARG", on="2024-12-31", value=1000, quantity="500 liters")
    base = lines(found)["base"]
    assert base.amount == pytest.approx(31.5)
    assert base.kind == "law"
    assert found.rate == pytest.approx(0.0315, abs=EXACT)
    assert found.rate_max == pytest.approx(0.0315, abs=EXACT)


def test_specific_duty_without_quantity_is_an_estimate_and_a_question():
    found = ask("2204.21.50", origin="ARG", on="2024-12-31")
    base = lines(found)["base"]
    assert base.kind == "estimate"
    assert base.rate > 0.0
    assert found.rate_max is None
    assert "quantity" in {question.fact for question in found.questions}


def test_column_two():
    # 7326.90.86 from Russia: column 2 is 45 %, column 1 2.9 %.
    assert lines(ask("7326.90.86.88", origin="RUS", on="2025-10-01"))["base"].rate == pytest.approx(0.45)
    assert lines(ask("7326.90.86.88", origin="RUS", on="2022-04-08"))["base"].rate == pytest.approx(0.029)


def test_preference_is_asked_for_and_not_assumed():
    without = ask("6109.10.00.12", origin="AUS", on="2024-12-31")
    assert without.rate == pytest.approx(0.165, abs=EXACT)
    assert "preference" in {question.fact for question in without.questions}
    assert ask("6109.10.00.12", origin="AUS", on="2024-12-31", facts={"preference": True}).rate == 0.0


def test_a_short_code_spans_its_lines():
    found = ask("3004.90.92", origin="DEU", on="2025-09-15")
    assert found.rate_max > found.rate_min
    assert "lines stand under" in found.warnings[0]
    assert found.questions[0].fact == "code"


# --- claims and facts ---------------------------------------------------------------------------------------------


def test_usmca_frees_the_border_duty_and_the_ordinary_duty():
    plain = ask("6109.10.00.12", origin="MEX", on="2025-10-01")
    assert plain.rate == pytest.approx(0.165 + 0.25, abs=EXACT)
    claimed = ask("6109.10.00.12", origin="MEX", on="2025-10-01", facts={"usmca": True})
    assert claimed.rate == 0.0
    assert "not due: usmca" in lines(claimed)["us.ieepa.fentanyl.mx"].note


def test_usmca_did_not_help_on_the_first_three_days():
    # EO 14231 and 14232 free USMCA goods from 2025-03-07; on 03-05 they paid.
    assert ask(
        "6109.10.00.12", origin="MEX", on="2025-03-05", facts={"usmca": True}
    ).additional == pytest.approx(0.25)


def test_order_for_canadian_steel_turns_round_in_june_2025():
    # EO 14289: until 06-03 the border duty stands in place of Section 232; from 06-04 the other way (Proclamation 10947).
    before = lines(ask("7208.26.00.60", origin="CAN", on="2025-05-20"))
    after = lines(ask("7208.26.00.60", origin="CAN", on="2025-06-10"))
    assert before["us.ieepa.fentanyl.ca"].contribution == pytest.approx(0.25)
    assert before["us.s232.steel"].contribution == 0.0
    assert after["us.ieepa.fentanyl.ca"].contribution == 0.0
    assert after["us.s232.steel"].contribution == pytest.approx(0.50)


def test_vehicles_go_before_the_border_duty():
    found = lines(ask("8703.23.01.40", origin="CAN", on="2025-05-20"))
    assert found["us.s232.autos"].contribution == pytest.approx(0.25)
    assert found["us.ieepa.fentanyl.ca"].contribution == 0.0


def test_usmca_vehicle_owes_on_its_other_content():
    found = ask("8703.23.01.40", origin="CAN", on="2025-10-01", facts={"usmca": True, "us_content": 0.4})
    assert found.rate == pytest.approx(0.25 * 0.6, abs=EXACT)


def test_metal_content_before_april_2026():
    # A derivative on its steel content; the rest bears 20 % on Vietnam. Unknown content: the whole value bears 50 %.
    code, day = "8433.11.00.40", "2025-10-01"
    whole = ask(code, origin="VNM", on=day)
    assert whole.rate == pytest.approx(0.50, abs=EXACT)
    part = ask(code, origin="VNM", on=day, facts={"steel_content": 0.3})
    assert part.rate == pytest.approx(0.3 * 0.5 + 0.7 * 0.2, abs=EXACT)
    assert whole.rate_min <= part.rate <= whole.rate_max


def test_russian_aluminum_bears_on_the_full_value_of_a_derivative():
    # Heading 9903.85.68 charges the article's full value, whatever its content.
    code, day = "8424.90.90.80", "2025-10-01"
    asked = {"facts": {"aluminum_content": 0.2}}
    russian, german = ask(code, origin="RUS", on=day, **asked), ask(code, origin="DEU", on=day, **asked)
    assert lines(russian)["us.s232.aluminum"].contribution == pytest.approx(2.0, abs=EXACT)
    assert lines(german)["us.s232.aluminum"].contribution == pytest.approx(0.2 * 0.5, abs=EXACT)


def test_light_metal_owes_no_section_232_from_april_2026():
    code, day = "8433.11.00.40", "2026-05-01"
    heavy, light = (
        ask(code, origin="VNM", on=day),
        ask(code, origin="VNM", on=day, facts={"metal_weight_share": 0.1}),
    )
    assert lines(heavy)["us.s122"].contribution == 0.0
    assert lines(light)["us.s122"].contribution == pytest.approx(0.10)
    assert heavy.additional > 0.10


def test_goods_afloat_keep_the_earlier_duty():
    # EO 14326: loaded before 2025-08-07 and entered before 10-05, Vietnam keeps 10 % in place of 20 %.
    assert ask("6109.10.00.12", origin="VNM", on="2025-09-01").rate == pytest.approx(0.365, abs=EXACT)
    afloat = ask("6109.10.00.12", origin="VNM", on="2025-09-01", facts={"loaded_before_change": True})
    assert afloat.rate == pytest.approx(0.265, abs=EXACT)
    late = ask("6109.10.00.12", origin="VNM", on="2025-10-05")
    assert "loaded_before_change" not in {question.fact for question in late.questions}


def test_transshipment_puts_forty_percent_in_place():
    found = ask("6109.10.00.12", origin="VNM", on="2025-10-01", facts={"transshipped": True})
    assert found.rate == pytest.approx(0.165 + 0.40, abs=EXACT)


def test_us_content_of_a_fifth_takes_that_part_out():
    below = ask("9503.00.00.73", origin="VNM", on="2025-10-01", facts={"us_content": 0.19})
    above = ask("9503.00.00.73", origin="VNM", on="2025-10-01", facts={"us_content": 0.25})
    assert below.rate == pytest.approx(0.20, abs=EXACT)
    assert above.rate == pytest.approx(0.75 * 0.20, abs=EXACT)


def test_hong_kong_follows_china_for_emergency_powers_and_not_for_the_lists():
    hong_kong, china = (
        ask("6109.10.00.12", origin="HKG", on="2025-10-27"),
        ask("6109.10.00.12", on="2025-10-27"),
    )
    assert hong_kong.rate == pytest.approx(0.165 + 0.20 + 0.10, abs=EXACT)
    assert china.rate - hong_kong.rate == pytest.approx(0.075, abs=EXACT)


@pytest.mark.parametrize(
    ("origin", "day", "free"),
    [
        ("CHN", "2025-05-01", True),
        ("CHN", "2025-05-02", False),
        ("VNM", "2025-08-28", True),
        ("VNM", "2025-08-29", False),
    ],
)
def test_low_value_shipments(origin, day, free):
    found = ask("9503.00.00.73", origin=origin, on=day, value=200, facts={"entry": "low-value"})
    assert (found.rate == 0.0) is free
    large = ask("9503.00.00.73", origin=origin, on=day, value=900, facts={"entry": "low-value"})
    assert large.rate > 0.0


def test_returned_and_repaired_goods():
    assert ask("7326.90.86.88", facts={"chapter98": "9801"}).rate == 0.0
    repaired = ask("7326.90.86.88", facts={"chapter98": "9802-repair", "dutiable_share": 0.2})
    assert repaired.rate == pytest.approx(0.2 * 0.779, abs=EXACT)


def test_an_exclusion_takes_off_its_own_programme_only():
    listed = open_ledger().product_list("s301_cn_exclusions", dt.date(2026, 5, 1))
    code = next(item for item in listed if len(item) == 10 and item.startswith("84"))
    plain, claimed = ask(code, on="2026-05-01"), ask(code, on="2026-05-01", facts={"exclusion_301": True})
    gone = {name for name, line in lines(plain).items() if line.contribution > 0.0} - {
        name for name, line in lines(claimed).items() if line.contribution > 0.0
    }
    assert gone
    assert all(name.startswith("us.s301.cn.") for name in gone)
    assert claimed.rate < plain.rate


# --- threats, views, knowledge, edits ------------------------------------------------------------------------------


def test_a_threat_is_never_in_the_sum_until_it_is_enacted():
    plain = ask("9503.00.00.73", on="2025-11-01")
    assert "us.threat.cn100" not in lines(plain)
    enacted = ask(
        "9503.00.00.73",
        on="2025-11-01",
        ledger=edit(open_ledger(), enact=["us.threat.cn100"], on=dt.date(2025, 11, 1)),
    )
    assert enacted.rate == pytest.approx(plain.rate + 1.0, abs=EXACT)


def test_an_answer_knows_only_what_was_known():
    # On 2025-10-27 nobody knew of the cut of 11-10.
    then = ask("9503.00.00.73", on="2025-11-10", known_on="2025-10-27")
    now = ask("9503.00.00.73", on="2025-11-10")
    assert then.rate == pytest.approx(0.20 + 0.34, abs=EXACT)
    assert now.rate == pytest.approx(0.10 + 0.10, abs=EXACT)


def test_legally_due_after_the_ruling():
    assert ask("9503.00.00.73", on="2025-10-27", view="legally-due").rate == 0.0
    assert ask("9503.00.00.73", on="2025-10-27").rate == pytest.approx(0.30, abs=EXACT)


def test_setting_a_rate_changes_the_duty():
    ledger = edit(open_ledger(), set={"us.s301.fl": 0.2}, on=dt.date(2026, 9, 18))
    assert ask("6109.10.00.12", ledger=ledger).rate == pytest.approx(0.165 + 0.075 + 0.2, abs=EXACT)


# --- form ----------------------------------------------------------------------------------------------------------


def test_fees_stand_apart():
    found = ask("7326.90.86.88", value=14_172, fees=True)
    fees = {line.measure: line.amount for line in found.lines if line.measure.startswith("fee.")}
    assert fees == {"fee.mpf": 49.09, "fee.hmf": 17.72}
    assert found.amount == 11_039.99
    assert lines(ask("7326.90.86.88", value=100, fees=True))["fee.mpf"].amount == 33.58
    assert lines(ask("7326.90.86.88", value=1e6, fees=True))["fee.mpf"].amount == 651.50


def test_document_has_the_names_of_the_interface():
    document = ask("7326.90.86.88", value=14_172).to_dict()
    assert {"rate", "rate_min", "rate_max", "amount", "currency", "covered", "lines", "questions"} <= set(
        document
    )
    assert {"measure", "title", "heading", "basis", "basis_share", "rate", "amount", "source"} <= set(
        document["lines"][0]
    )
    assert {"fact", "why", "effect"} == set(document["questions"][0])
    assert document["on"] == "2026-09-18"


def test_worksheet_shows_the_total_and_escapes():
    found = ask("7326.90.86.88", value=14_172)
    page = worksheet(found)
    assert "11,039.99" in page
    assert "77.9 %" in page
    assert "9903.88.03" in page
    assert "<script" not in page
    loud = worksheet(ask("2204.21.50", origin="ARG", on="2024-12-31", value=1000, quantity="500 liters"))
    assert "500 liters" in loud


def test_the_usmca_frees_no_good_in_china():
    # Canadian soybeans owe China's 3 %, whatever is claimed under an agreement China is no party to.
    found = duty("1201.90.11", origin="CAN", destination="CHN", on="2025-10-27", facts={"usmca": True})
    assert found.rate == pytest.approx(0.03)
    assert [item.fact for item in found.facts_without_effect] == ["usmca"]
