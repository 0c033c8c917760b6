"""Games over a calendar: closed forms, and equilibria checked by a simulation that finds none."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from detente.errors import InputError
from detente.games.trees import Date, Tree

SAME = 1e-12
NAMES = (("a0", "a1"), ("b0", "b1"))


def random_tree(seed, *, at_once=False, ages=5, hazard=0.1):
    rng = np.random.default_rng(seed)
    stages = ((0, 1),) if at_once else ((0,), (1,))
    dates = tuple(Date(int(months), stages if k != 1 else ((1,),)) for k, months in enumerate((3, 2, 4)))
    return Tree(
        ("A", "B"),
        NAMES,
        rng.normal(size=(2, 2, 2, ages)),
        dates,
        discount=0.98,
        hazard=hazard,
        agreement=(0, 0),
        breakdown=(1, 1),
    )


def simulate(tree, policy, place, profile, age, chosen=None):
    """Worth from a date on under a policy, by following every event month by month; shares no code with the tree."""
    if place == len(tree.dates):
        return np.zeros(2)
    now = policy[place, profile, age] if chosen is None else chosen
    start = age if now == profile else 0
    paths = [(now, start, 1.0)]
    total, weight = np.zeros(2), 1.0
    for _ in range(tree.dates[place].months):
        new = []
        for what, old, chance in paths:
            last = min(old, tree.flows.shape[3] - 1)
            total = total + weight * chance * tree.flows[:, what[0], what[1], last] / 12
            if what == tree.agreement and tree.hazard:
                new.append((tree.breakdown, 0, chance * tree.hazard))
                new.append((what, old + 1, chance * (1 - tree.hazard)))
            else:
                new.append((what, old + 1, chance))
        paths, weight = new, weight * tree.discount
    return total + weight * sum(
        chance * simulate(tree, policy, place + 1, what, old) for what, old, chance in paths
    )


def policy_of(tree):
    """What the tree chooses in every state that can come up."""
    found = {}
    profiles = list(itertools.product(range(2), range(2)))
    for place in range(len(tree.dates)):
        for profile in profiles:
            for age in range(20):
                odds = tree.decide(place, profile, age).odds
                if len(odds) == 1:
                    found[place, profile, age] = next(iter(odds))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_values_are_what_following_the_policy_gives(seed):
    tree = random_tree(seed)
    policy = policy_of(tree)
    for profile in itertools.product(range(2), range(2)):
        value = tree.decide(0, profile, 2).value
        assert np.abs(value - simulate(tree, policy, 0, profile, 2)).max() < SAME


@pytest.mark.parametrize("seed", range(12))
def test_no_side_gains_by_another_move_once(seed):
    """In every state the last mover of a date cannot gain by another action, nor the first, given what the last answers."""
    tree = random_tree(seed)
    policy = policy_of(tree)
    for (place, profile, age), chosen in policy.items():
        if age > 6:
            continue
        replies = {}
        first_moves = (0, 1) if tree.dates[place].stages == ((0,), (1,)) else (profile[0],)
        for row in first_moves:
            worth = {c: simulate(tree, policy, place, profile, age, chosen=(row, c)) for c in range(2)}
            replies[row] = max(worth.values(), key=lambda found: found[1])
            if row == chosen[0]:
                assert worth[chosen[1]][1] >= max(found[1] for found in worth.values()) - SAME
        assert replies[chosen[0]][0] >= max(found[0] for found in replies.values()) - SAME


@pytest.mark.parametrize("seed", range(12))
def test_moves_at_once_are_an_equilibrium_of_what_follows(seed):
    tree = random_tree(seed, at_once=True)
    for place, profile in itertools.product((0, 2), itertools.product(range(2), range(2))):
        choice = tree.decide(place, profile, 1)
        worth = {
            (r, c): tree.after(place, (r, c), 1 if (r, c) == profile else 0)
            for r in range(2)
            for c in range(2)
        }
        mix = [[sum(p for key, p in choice.odds.items() if key[k] == a) for a in range(2)] for k in (0, 1)]
        expected = sum(mix[0][r] * mix[1][c] * value for (r, c), value in worth.items())
        assert np.abs(expected - choice.value).max() < 1e-9
        for a in range(2):
            mine = sum(mix[1][c] * worth[a, c][0] for c in range(2))
            theirs = sum(mix[0][r] * worth[r, a][1] for r in range(2))
            assert mine <= expected[0] + 1e-9
            assert theirs <= expected[1] + 1e-9


def test_a_geometric_sum():
    """Nobody moves: flows of 12 a year are 1 a month, worth (1 - d^n) / (1 - d)."""
    flows = np.full((2, 1, 1, 1), 12.0)
    tree = Tree(("A", "B"), (("stay",), ("stay",)), flows, (Date(7, ()), Date(5, ())), discount=0.9)
    assert tree.decide(0, (0, 0), 0).value == pytest.approx((1 - 0.9**12) / 0.1)


def test_a_hazard_in_closed_form():
    """The agreement is worth 1 a month while it lasts and nothing after: sum of (d (1 - h))^n."""
    flows = np.zeros((2, 2, 2, 1))
    flows[:, 0, 0] = 12.0
    tree = Tree(("A", "B"), NAMES, flows, (Date(30, ()),), discount=0.95, hazard=0.2, breakdown=(1, 1))
    ratio = 0.95 * 0.8
    assert tree.decide(0, (0, 0), 0).value == pytest.approx((1 - ratio**30) / (1 - ratio))
    safe = Tree(("A", "B"), NAMES, flows, (Date(30, ()),), discount=0.95, breakdown=(1, 1))
    assert safe.decide(0, (0, 0), 0).value == pytest.approx((1 - 0.95**30) / 0.05)


def test_a_cost_that_fades_makes_waiting_pay():
    """
    B leaves only for good; leaving costs 5 in its first month and brings 1 in each later one.

    Left on the first of two dates a quarter apart it brings -5 + 1 + 1 and then three months of 1, on the second only -5 + 1
    + 1: with three months after each date leaving ties; with nine after the second the first is best, and B loses the
    difference if it has to wait.
    """
    flows = np.zeros((2, 1, 2, 2))
    flows[1, 0, 1] = np.array([-5.0, 1.0]) * 12
    names = (("keep",), ("keep", "leave"))

    def tree(last):
        return Tree(("A", "B"), names, flows, (Date(3, ((1,),)), Date(last, ((1,),))))

    assert tree(3).decide(0, (0, 0), 0).odds == {(0, 0): 1.0}  # -5 + 5 ties: nothing is changed
    assert tree(4).decide(0, (0, 0), 0).odds == {(0, 1): 1.0}
    assert tree(2).decide(0, (0, 0), 0).odds == {(0, 0): 1.0}
    long = tree(9)
    assert long.decide(0, (0, 0), 0).value[1] == pytest.approx(-5 + 11)
    late = long.only(1, [1])
    assert late.decide(0, (0, 0), 0).value[1] == pytest.approx(-5 + 8)
    assert late.course((0, 0), 0) == [{(0, 0): 1.0}, {(0, 1): 1.0}]


def test_the_course_adds_up_and_counts_breakdowns():
    tree = random_tree(3, hazard=0.3)
    for odds in tree.course((0, 0), 0):
        assert sum(odds.values()) == pytest.approx(1)
    flows = np.zeros((2, 2, 2, 1))
    still = Tree(
        ("A", "B"), NAMES, flows, (Date(2, ()), Date(1, ())), hazard=0.5, agreement=(0, 0), breakdown=(1, 1)
    )
    assert still.course((0, 0), 0) == [{(0, 0): 1.0}, {(0, 0): 0.25, (1, 1): 0.75}]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"flows": np.zeros((2, 2, 2))}, "ages"),
        ({"flows": np.full((2, 2, 2, 1), np.nan)}, "not finite"),
        ({"discount": 0.0}, "a discount above 0"),
        ({"hazard": 1.0}, "a hazard from 0 to below 1"),
        ({"dates": ()}, "one or more"),
        ({"dates": (Date(0),)}, "a month or more"),
    ],
)
def test_refusals(changes, says):
    words = {"flows": np.zeros((2, 2, 2, 1)), "dates": (Date(1),)} | changes
    with pytest.raises(InputError, match=says):
        Tree(("A", "B"), NAMES, **words)
