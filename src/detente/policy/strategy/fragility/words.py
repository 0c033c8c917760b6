"""How sure a verdict is, in words: counts of draws, what would make it another, the assumption that does so first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.formatting import figure, fixed, money, number
from detente.geography.economies import spoken
from detente.labels import phrase
from detente.policy.sweeps.schema import THETA, WORLD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def threat_words(found: Mapping[str, Any], by: str, other: str, alone: int) -> str:
    """How sure the verdict on a threat is."""
    gain = found["gain_pct"]
    words = [
        f"credible in {_of(found['p_credible'], found['draws'])}: carrying it out is worth {spoken(by)}"
        f" {_signed(gain['q05'])} to {_signed(gain['q95'])} % in nine draws of ten"
        + (", a tie within the band" if found["tie"] else "")
    ]
    if found["worth_needed_pct"]:
        words.append(_needed(found, other))
    return "; ".join([*words, flip_words(found["flips"], "it", alone)])


def _needed(found: Mapping[str, Any], other: str) -> str:
    """What would make a threat credible that is not."""
    worth = (
        f"{figure(found['worth_needed_pct'])} % of income (USD {money(found['worth_needed_usd_bn'], '', 1)} bn) for other"
        " reasons"
    )
    weight = found["weight_needed"]
    if weight is None or found["no_weight"] > 1 / 2:
        none = _share(found["no_weight"])
        return f"it would take {worth}; in {none} of draws no weight on the loss of {spoken(other)} is enough"
    return (
        f"it would take {worth}, or a weight of {fixed(weight['q50'], 2)} ({fixed(weight['q05'], 2)} to"
        f" {fixed(weight['q95'], 2)}) on the loss of {spoken(other)}"
    )


def equilibrium_words(found: Mapping[str, Any], alone: int) -> str:
    """How sure it is that a pair of actions is an equilibrium."""
    loss = found["least_loss_pct"]
    words = (
        f"an equilibrium in {_of(found['p_equilibrium'], found['draws'])}: leaving it costs a side {_signed(loss['q05'])} to"
        f" {_signed(loss['q95'])} % in nine draws of ten"
    )
    return "; ".join(
        [words + (", a tie within the band" if found["tie"] else ""), flip_words(found["flips"], "it", alone)]
    )


def package_words(found: Mapping[str, Any], alone: int) -> str:
    """How sure it is that both gain by a package."""
    gains = ", ".join(
        f"{who} {_signed(ends['q05'])} to {_signed(ends['q95'])} %" for who, ends in found["gain_pct"].items()
    )
    words = f"both gain in {_of(found['p_both'], found['draws'])} ({gains})"
    return "; ".join(
        [words + (", a tie within the band" if found["tie"] else ""), flip_words(found["flips"], "it", alone)]
    )


def hedge_words(found: Mapping[str, Any], bloc: str, alone: int) -> str:
    """How sure it is that a bloc is worth more under tariffs than without them."""
    hedge, worth = found["hedge_pct"], found["worth_under_pct"]
    words = (
        f"{bloc} is worth more to its members under the tariffs than before in {_of(found['p_hedge'], found['draws'])}"
        f" ({_signed(hedge['q05'])} to {_signed(hedge['q95'])} % of real income in nine draws of ten; its worth"
        f" {_signed(worth['q05'])} to {_signed(worth['q95'])} %)"
    )
    return "; ".join(
        [words + (", a tie within the band" if found["tie"] else ""), flip_words(found["flips"], "it", alone)]
    )


def gap_words(found: Mapping[str, Any], other: str, alone: int) -> str:
    """How sure it is which side loses more if the two are cut off."""
    gap = found["gap_pct"]
    losses = ", ".join(
        f"{who} {figure(q['q05'])} to {figure(q['q95'])} %" for who, q in found["loss_pct"].items()
    )
    words = (
        f"{found['loses_more']} loses more than {other} in {_of(found['p_loses_more'], found['draws'])}, by"
        f" {_signed(gap['q05'])} to {_signed(gap['q95'])} % of real income in nine draws of ten ({losses})"
    )
    return "; ".join(
        [words + (", a tie within the band" if found["tie"] else ""), flip_words(found["flips"], "it", alone)]
    )


def flip_words(flips: Sequence[Mapping[str, Any]], it: str, alone: int) -> str:
    """The assumption that changes a verdict first, or that none does of those moved alone."""
    if not alone:
        return "no assumption was moved alone"
    if not flips:
        return f"no assumption alone changes {it} within its range"
    first = flips[0]
    name = first["assumption"]
    if name == WORLD:
        return f"another estimate of the world's demand ({phrase('variant', str(first['at']))}) changes {it}"
    if name == THETA:
        return f"first changed by all trade elasticities at {fixed(first['at'], 2)} of their values"
    values = f"at {number(first['at'], 3)} instead of {number(first['usual'], 3)}"
    return f"first changed by {phrase('assumption', name)}, {values}"


def _signed(value: float) -> str:
    """A gain with its sign, never shown as nothing."""
    return f"{'-' if value < 0 else '+' if value > 0 else ''}{figure(value)}"


def _of(share: float, draws: int) -> str:
    """How many draws of how many."""
    return f"{number(round(share * draws))} of {number(draws)} draws"


def _share(value: float) -> str:
    """A share of draws, percent."""
    return f"{fixed(100 * value, 0)} %"
