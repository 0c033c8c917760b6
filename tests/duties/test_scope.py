"""Which lines a scope of single codes reaches."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.duties.scope import match_length, reached
from detente.ledger.records.schema import Scope
from detente.schedules.usa import us_schedule

codes_of_any_length = st.lists(
    st.text("0123456789", min_size=10, max_size=10), min_size=1, max_size=30, unique=True
).map(lambda codes: np.array(sorted(codes)))
prefixes = st.lists(
    st.sampled_from((2, 4, 6, 8, 10)).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)),
    max_size=8,
)


def inside(codes, include, exclude):
    scope = Scope.model_construct(include=tuple(include), exclude=tuple(exclude))
    return reached(codes, scope, lambda _: ())


@settings(max_examples=60, deadline=None)
@given(codes_of_any_length, prefixes, prefixes)
def test_prefixes_agree_with_the_plain_rule(codes, include, exclude):
    """Ranges in a sorted array give what `startswith` over every pair gives; an exclusion wins a tie."""

    def longest(code, scope):
        return max((len(prefix) for prefix in scope if code.startswith(prefix)), default=-1)

    wanted = [longest(code, include) > longest(code, exclude) for code in codes.tolist()]
    assert inside(codes, include, exclude).tolist() == wanted
    assert match_length(codes, include).tolist() == [longest(code, include) for code in codes.tolist()]


def test_a_scope_over_the_schedule():
    """Chapter 87 without 8703 except electric cars: counted by hand from the codes."""
    codes = us_schedule().codes
    found = codes[inside(codes, ["87", "870380"], ["8703"])]
    assert set(found.astype("U2")) == {"87"}
    assert {code for code in found.tolist() if code.startswith("8703")} == set(
        codes[np.char.startswith(codes, "870380")].tolist()
    )
    assert inside(codes, [f"{chapter:02d}" for chapter in range(1, 100)], []).all()
