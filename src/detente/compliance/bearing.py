"""Which of the facts given an answer rests on, and which change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.compliance.documents.common import Idle
from detente.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from detente.compliance.facts import Fact


def untouched(name: str, declared: Mapping[str, Fact], decides: str) -> Idle:
    """
    Say of a fact that what decides does not turn on it.

    Examples
    --------
    >>> from detente.compliance.facts import Fact
    >>> untouched("flag", {"flag": Fact("place", "China charges by flag")}, "no annex reaches the vessel").why
    'what it is asked for (China charges by flag) does not decide: no annex reaches the vessel'
    """
    asked = f" ({declared[name].why})" if name in declared else ""
    return Idle(name, f"what it is asked for{asked} does not decide: {decides}")


def sort_out(
    known: Mapping[str, Any], whole: object, ask: Callable[[dict[str, Any]], object]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Tell facts that bear on an answer from those that do not.

    Gives names, in the order given.

    Facts are taken away one by one; one without which the answer stays the same is left away, so that the answer to the
    facts that remain is the answer to all.

    Examples
    --------
    >>> sort_out({"a": True, "b": True}, True, lambda facts: "a" in facts)
    (('a',), ('b',))
    """
    left = dict(known)
    for name in known:
        fewer = {key: value for key, value in left.items() if key != name}
        try:
            bears = ask(fewer) != whole
        except InputError:
            bears = True
        if not bears:
            left = fewer
    return tuple(left), tuple(name for name in known if name not in left)
