"""Rate texts and what they charge: values worked out by hand from the texts, laws by hypothesis."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import InputError
from detente.schedules.expressions import (
    AdValorem,
    Cap,
    Compound,
    Degrees,
    Elsewhere,
    Expression,
    Free,
    Ordinary,
    Specific,
    Unparsed,
    clean_text,
    parse_quantity,
    parse_rate,
    parse_special,
    special_rate,
    unit_name,
)
from detente.schedules.expressions.customs_units import quantity_in

# Amounts of money up to 1e9: double precision leaves a relative error well under this.
CLOSE = 1e-9
modest = settings(max_examples=60, deadline=None)

SUGAR = (
    "1.4606¢/kg less 0.020668¢/kg for each degree under 100 degrees (and fractions of a degree in proportion) but "
    "not less than 0.943854¢/kg"
)
REPAIRS = "A duty upon the value of the repairs or alterations (see U.S. note 3 of this subchapter)"
TEXTS = [
    ("Free", Free()),
    ("No change", Ordinary()),
    ("no change.", Ordinary()),
    ("2.9%", AdValorem(0.029)),
    ("16 2/3%", AdValorem(0.166666666667)),
    ("131.8%", AdValorem(1.318)),
    ("1.34¢ /kg", Specific(0.0134, "kg")),
    ("$1.646/kg", Specific(1.646, "kg")),
    ("$2/1,000 + 60%", Compound((Specific(2.0, "thousand"), AdValorem(0.6)))),
    ("$2.50/thou- sand + 40%", Compound((Specific(2.5, "thousand"), AdValorem(0.4)))),
    ("30.9¢/kg +3%", Compound((Specific(0.309, "kg"), AdValorem(0.03)))),
    ("8.8¢/kg on drained weight + 8%", Compound((Specific(0.088, "kg", "on drained weight"), AdValorem(0.08)))),
    ("51¢ each + 6.25% on the case", Compound((Specific(0.51, "each"), AdValorem(0.0625, "case")))),
    ("18.7¢/clean kg", Specific(0.187, "kg", "clean")),
    ("21.1¢/pf.liter", Specific(0.211, "pf. liter")),
    ("0.2¢/line/ gross + 2%", Compound((Specific(0.002, "line gross"), AdValorem(0.02)))),
    ("86.1¢/m2of recording surface", Specific(0.861, "m2", "of recording surface")),
    ("50 percent of the fair retail value", AdValorem(0.5, "fair retail value")),
    (SUGAR, Degrees(0.014606, 0.00020668, 100.0, 0.00943854, "kg")),
    ("The duty provided in the applicable subheading + 25%.", Ordinary(AdValorem(0.25))),
    ("The duty provided in the applicable subheading plus 7.5%", Ordinary(AdValorem(0.075))),
    ("The duty provided in the applicable subheading", Ordinary()),
    ("The duty provided in the applicable subheading + a duty of 50% upon the value of the steel content.",
     Ordinary(AdValorem(0.5, "steel content"))),
    ("The duty provided in subheadings 9903.88.01, 9903.88.02 or 9903.88.03 + 5%", Ordinary(AdValorem(0.05))),
    ("The duty rate provided in such subheading minus 3%", Ordinary(minus=0.03)),
    (REPAIRS, Ordinary(share_of="repairs or alterations")),
    ("Free, under bond", Free(condition="under bond")),
    ("See 9822.05.10", Elsewhere("9822.05.10")),
    ("", Unparsed("", "no rate is printed in the column")),
    ("See additional U.S. note 5", Unparsed("See additional U.S. note 5", "a note sets the rate")),
    ("two shillings", Unparsed("two shillings", "not a form of rate that is read")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TEXTS, ids=[text[:40] or "empty" for text, _ in TEXTS])
def test_texts(text: str, expected: Expression) -> None:
    """Each form the schedule prints, with its misprints."""
    assert parse_rate(text) == expected


def test_tags_and_broken_words_are_removed() -> None:
    """Exports of 2026 carry HTML; older texts carry broken words."""
    assert clean_text("The rate appli- cable<sup>1</sup>") == "The rate applicable1"
    assert parse_rate("1.1¢/kg <i>on lead\ncontent</i>") == Specific(0.011, "kg", "on lead content")


AMOUNTS = [
    # CBP's own entry: 2.9 % of 14,172.00.
    ("2.9%", 14_172.0, {}, None, 410.988),
    # 100 kg at 37.2 cents and 8.5 % of 1,000.
    ("37.2¢/kg + 8.5%", 1000.0, {"kg": 100.0}, None, 122.2),
    # A tonne is 1,000 kg, two dozen are 24, half a gross 72, three hectolitres 300 liters.
    ("5¢/kg", 0.0, {"t": 2.0}, None, 100.0),
    ("40¢ each", 0.0, {"doz.": 2.0}, None, 9.6),
    ("$1/doz.", 0.0, {"gross": 0.5}, None, 6.0),
    ("6.3¢/liter", 0.0, {"hl": 3.0}, None, 18.9),
    ("90¢/pr. + 20%", 100.0, {"doz. prs.": 1.0}, None, 30.8),
    # Raw sugar of 96 degrees: 1.4606 less 4 x 0.020668 = 1.377928 cents a kilogram.
    (SUGAR, 0.0, {"kg": 1000.0, "degree": 96.0}, None, 13.77928),
    # Of 60 degrees: 1.4606 less 40 x 0.020668 = 0.633880 is under the floor of 0.943854 cents.
    (SUGAR, 0.0, {"kg": 1000.0, "degree": 60.0}, None, 9.43854),
    # Watch: 51 cents, 6.25 % of a case of 20 and 5.3 % of a battery of 2.
    ("51¢ each + 6.25% on the case + 5.3% on the battery", 90.0,
     {"each": 1.0, "value of case": 20.0, "value of battery": 2.0}, None, 1.866),
    # Chapter 99 on top of an ordinary duty of 29.
    ("The duty provided in the applicable subheading + 25%", 1000.0, {}, 29.0, 279.0),
    ("The duty provided in the applicable subheading + a duty of 50% upon the value of the steel content", 1000.0,
     {"value of steel content": 300.0}, 29.0, 179.0),
    # 9802: ordinary duty of 29 on 1,000, repairs worth 100.
    (REPAIRS, 1000.0, {"value of repairs or alterations": 100.0}, 29.0, 2.9),
    # 5 % less 3 points; never below zero.
    ("The duty rate provided in such subheading minus 3%", 1000.0, {}, 50.0, 20.0),
    ("The duty rate provided in such subheading minus 3%", 1000.0, {}, 10.0, 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "quantities", "ordinary", "duty"), AMOUNTS)
def test_amounts(
    text: str, value: float, quantities: dict[str, float], ordinary: float | None, duty: float
) -> None:
    """Worked out by hand in the comment of each case."""
    assert parse_rate(text).amount(value, quantities, ordinary=ordinary) == pytest.approx(duty, rel=CLOSE)


def test_a_cap_tops_up_to_the_higher_of_mfn_and_the_total() -> None:
    """Japan's floor: at least 15 %, the ordinary duty included."""
    assert Cap(0.15).amount(1000.0, ordinary=29.0) == pytest.approx(121.0)
    assert Cap(0.15).amount(1000.0, ordinary=200.0) == 0.0


@pytest.mark.parametrize(
    ("text", "facts", "needed"),
    [
        ("37.2¢/kg + 8.5%", {}, "kg"),
        ("37.2¢/kg + 8.5%", {"liter": 5.0}, "kg"),
        # Gross weight does not stand for drained weight, nor the ore for its lead.
        ("5.7¢/kg on drained weight", {"kg": 5.0}, "kg on drained weight"),
        ("1.1¢/kg on lead content", {"kg": 5.0}, "kg on lead content"),
        ("51¢ each + 6.25% on the case", {"each": 1.0}, "value of case"),
        # Pairs are not items: nothing says that 12 pieces are 6 pairs.
        ("90¢/pr.", {"each": 12.0}, "pr."),
    ],
)
def test_a_missing_fact_is_asked_for(text: str, facts: dict[str, float], needed: str) -> None:
    """Never a silent zero: the error names the fact, and `needs` lists it beforehand."""
    rate = parse_rate(text)
    assert needed in rate.needs
    with pytest.raises(InputError, match="is needed") as problem:
        rate.amount(100.0, facts)
    assert needed in problem.value.allowed
    assert needed in problem.value.repair


def test_unknown_duties_raise() -> None:
    """A text without a rate and a formula without its base are refused, in five parts."""
    with pytest.raises(InputError, match="a note sets the rate") as problem:
        parse_rate("See additional U.S. note 5").amount(100.0)
    assert problem.value.found == "See additional U.S. note 5"
    assert all((problem.value.what, problem.value.where, problem.value.allowed, problem.value.repair))
    with pytest.raises(InputError, match="rests on the ordinary duty"):
        parse_rate("The duty provided in the applicable subheading + 25%").amount(100.0)
    with pytest.raises(InputError, match="elsewhere in the schedule"):
        parse_rate("See 9822.05.10").amount(100.0)
    with pytest.raises(InputError, match="not a value or quantity"):
        AdValorem(0.1).amount(-1.0)
    with pytest.raises(InputError, match="not a value or quantity"):
        Specific(0.1, "kg").amount(1.0, {"kg": float("nan")})
    with pytest.raises(InputError, match="without value"):
        AdValorem(0.1).equivalent(0.0)


def test_special_clauses() -> None:
    """Programmes with a plus sign, several rates, and references that hold parentheses."""
    text = "Free (A+,AU,BH, CL,P,S) 2.5% (KR) See 9822.05.10 (P+)"
    assert [clause.programmes for clause in parse_special(text)] == [
        ("A+", "AU", "BH", "CL", "P", "S"),
        ("KR",),
        ("P+",),
    ]
    assert special_rate(text, "A+") == Free()
    assert special_rate(text, "KR") == AdValorem(0.025)
    assert special_rate(text, "P+") == Elsewhere("9822.05.10")
    assert special_rate(text, "JP") is None
    assert special_rate("", "KR") is None
    assert special_rate("No change", "KR") == Ordinary()
    assert parse_special("See U.S. note 3(e) (CO,PE)")[0].programmes == ("CO", "PE")


def test_units_and_quantities() -> None:
    """Words of the schedule, of declarations and of users meet in one name."""
    assert {unit_name(text) for text in ("No.", "each", "pcs", "head")} == {"each"}
    assert {unit_name(text) for text in ("pf.liters", "pf. liter", "proof liters")} == {"pf. liter"}
    assert parse_quantity("1,200.5 kilograms") == (1200.5, "kg")
    assert parse_quantity("12 doz. prs.") == (12.0, "doz. prs.")
    for wrong in ("1200", "kg", "-5 kg", ""):
        with pytest.raises(InputError, match="a number and a unit"):
            parse_quantity(wrong)


numbers = st.floats(min_value=0.0, max_value=1e9, allow_nan=False)
rates = st.floats(min_value=0.0, max_value=5.0, allow_nan=False)
expressions = st.one_of(
    st.just(Free()),
    st.builds(AdValorem, rates),
    st.builds(Specific, rates, st.just("kg")),
    st.builds(
        lambda a, s: Compound((AdValorem(a), Specific(s, "kg"))),
        rates,
        rates,
    ),
    st.builds(lambda a: Ordinary(AdValorem(a)), rates),
    st.builds(lambda m: Ordinary(minus=m), rates),
    st.builds(Cap, rates),
    st.builds(lambda u, s, f: Degrees(u, s, 100.0, f, "kg"), rates, rates, rates),
)


@modest
@given(expressions, numbers, numbers, numbers)
def test_no_duty_is_negative(rate: Expression, value: float, weight: float, ordinary: float) -> None:
    """Whatever the facts."""
    assert rate.amount(value, {"kg": weight, "degree": min(weight, 100.0)}, ordinary=ordinary) >= 0.0


@modest
@given(expressions, numbers, numbers, numbers, st.floats(min_value=1.0, max_value=10.0))
def test_more_goods_never_owe_less(
    rate: Expression, value: float, weight: float, ordinary: float, more: float
) -> None:
    """Scaling value, weight and ordinary duty scales the duty: it is homogeneous of degree one."""
    degree = {"degree": 96.0}
    once = rate.amount(value, {"kg": weight, **degree}, ordinary=ordinary)
    scaled = rate.amount(more * value, {"kg": more * weight, **degree}, ordinary=more * ordinary)
    # Differences of large numbers leave a rounding error in proportion to them.
    scale = max(value, weight, ordinary, 1.0)
    assert scaled == pytest.approx(more * once, rel=1e-6, abs=1e-6 * scale)


@modest
@given(
    st.floats(min_value=0.001, max_value=5.0),
    st.floats(min_value=1.0, max_value=1e6),
    st.floats(min_value=1.0, max_value=100.0),
)
def test_a_specific_duty_weighs_less_on_dearer_goods(usd: float, value: float, times: float) -> None:
    """With the same weight, the equivalent falls in proportion to the price; an ad valorem rate does not move."""
    rate = Specific(usd, "kg")
    cheap, dear = rate.equivalent(value, {"kg": 10.0}), rate.equivalent(value * times, {"kg": 10.0})
    assert dear * times == pytest.approx(cheap, rel=CLOSE)
    assert AdValorem(usd).equivalent(value * times) == pytest.approx(
        AdValorem(usd).equivalent(value), rel=CLOSE
    )


@modest
@given(rates, rates, numbers, numbers)
def test_a_sum_is_monotone_in_its_parts(low: float, step: float, value: float, weight: float) -> None:
    """Raising one part never lowers the sum, and the sum is the sum of its parts."""
    facts = {"kg": weight}
    below = Compound((AdValorem(low), Specific(low, "kg")))
    above = Compound((AdValorem(low + step), Specific(low, "kg")))
    assert above.amount(value, facts) >= below.amount(value, facts)
    parts = sum(part.amount(value, facts) for part in below.parts)
    assert below.amount(value, facts) == pytest.approx(parts, rel=CLOSE)


@modest
@given(st.decimals(min_value=0, max_value=400, places=3), st.decimals(min_value=0, max_value=99, places=2))
def test_printed_numbers_are_read_exactly(percent: object, cents: object) -> None:
    """Writing a rate and reading it gives the same numbers."""
    rate = parse_rate(f"{cents}¢/kg + {percent}%")
    assert isinstance(rate, Compound)
    assert rate.amount(100.0, {"kg": 1.0}) == pytest.approx(
        float(str(cents)) / 100 + float(str(percent)), rel=1e-9
    )


@pytest.mark.parametrize(
    ("stated", "wanted", "factor"),
    [
        ("lb", "kg", 0.45359237),  # the international pound of 1959
        ("carat", "g", 0.2),  # the metric carat of 1907
        ("bbl", "liter", 158.987294928),  # 42 US gallons of 231 cubic inches of 25.4 mm
        ("t", "lb", 1000 / 0.45359237),
        ("gross", "doz.", 12.0),
        ("doz. prs.", "pr.", 12.0),
        ("cm2", "m2", 1e-4),
    ],
)
def test_quantities_are_converted_exactly(stated, wanted, factor):
    assert quantity_in(wanted, "", {stated: 1.0}) == factor
    assert quantity_in(stated, "", {wanted: factor}) == pytest.approx(1.0, rel=1e-15)


@pytest.mark.parametrize(
    ("stated", "wanted"), [("kg", "liter"), ("pr.", "each"), ("m", "m2"), ("jewel", "each")]
)
def test_what_measures_something_else_is_not_converted(stated, wanted):
    with pytest.raises(InputError, match=f"a quantity in {wanted} is needed"):
        quantity_in(wanted, "", {stated: 1.0})
