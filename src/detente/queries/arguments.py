"""What kind of thing an argument of a question is: what is of another kind is refused before anything is read."""

from __future__ import annotations

import datetime as dt
import inspect
import math
import numbers
import types
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from detente.errors import InputError
from detente.queries.fields import hints_of

_SHOWN = 80


def check_kinds(function: Callable[..., Any], words: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """Refuse an argument of another kind than its function takes; of one that it does not have nothing is said."""
    positional, plans = _plans(function)
    # More words than there are places: Python itself refuses them.
    for name, value in (*zip(positional, words, strict=False), *named.items()):
        plan = plans.get(name) or _LAW.get(name)
        if plan is not None and not (value is None and plan.none):
            _check(name, value, plan.kinds)


class _Plan:
    """Kinds that an argument may have, and whether it may be left out as None."""

    def __init__(self, kinds: tuple[str, ...], *, none: bool) -> None:
        self.kinds, self.none = kinds, none


_LAW = {
    **dict.fromkeys(("on", "known_on"), _Plan(("day", "text"), none=True)),
    **dict.fromkeys(("view", "ends"), _Plan(("text",), none=False)),
}
"""Words of the law that questions share."""


@cache
def _plans(function: Callable[..., Any]) -> tuple[tuple[str, ...], dict[str, _Plan]]:
    """Names of arguments in the order of words, and the plan of each whose kind is plain."""
    parameters = inspect.signature(function).parameters
    own = [name for name, item in parameters.items() if item.kind is not inspect.Parameter.VAR_KEYWORD]
    hints, plans = hints_of(function, own), {}
    for name in own:
        plan = None if parameters[name].kind is inspect.Parameter.VAR_POSITIONAL else _plan(hints[name])
        if plan is not None:
            plans[name] = plan
    words = [name for name in own if parameters[name].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    return tuple(words), plans


def _plan(kind: Any) -> _Plan | None:
    """Kinds of an annotation; None where one of them is not plain."""
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    several = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    found = [_named(item) for item in several if item is not type(None)]
    if None in found or (Path in several and str not in several):  # a path alone stands for a table as well
        return None
    return _Plan(tuple(item for item in found if item is not None), none=type(None) in several)


def _named(kind: Any) -> str | None:
    """The word of a plain kind; None of another."""
    if get_origin(kind) is Literal:
        return "text"
    if get_origin(kind) is tuple and get_args(kind)[0] is str:
        return "texts"
    if get_origin(kind) is Mapping:
        return "mapping"
    return {str: "text", float: "number", int: "whole", bool: "flag", Path: "path"}.get(kind)


def _is_number(value: Any) -> bool:
    """Whether a value is a finite number, and no flag."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _is_flag(value: Any) -> bool:
    """Whether a value is a flag of Python or of NumPy."""
    return isinstance(value, bool) or type(value).__name__ == "bool"


def _are_texts(value: Any) -> bool:
    """Whether a value is a text, or several in an order."""
    return isinstance(value, str) or (
        isinstance(value, (list, tuple, set, frozenset)) and all(isinstance(item, str) for item in value)
    )


_KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "text": ("a text", lambda value: isinstance(value, str)),
    "day": ("a date or an instant", lambda value: isinstance(value, dt.date)),
    "path": ("a path", lambda value: isinstance(value, Path)),
    "number": ("a finite number", _is_number),
    "whole": ("a whole number", lambda value: _is_number(value) and isinstance(value, numbers.Integral)),
    "flag": ("True or False", _is_flag),
    "texts": ("texts", _are_texts),
    "mapping": ("a mapping such as a dict", lambda value: isinstance(value, Mapping)),
}


def _check(name: str, value: Any, kinds: Iterable[str]) -> None:
    """Refuse a value of none of the kinds."""
    if any(_KINDS[kind][1](value) for kind in kinds):
        return
    allowed = " or ".join(_KINDS[kind][0] for kind in kinds)
    shown = isinstance(value, (str, numbers.Real, list, tuple, dict))
    raise InputError(
        f"{name} is of the wrong kind",
        where=name,
        found=f"{type(value).__name__} {repr(value)[:_SHOWN]}" if shown else type(value).__name__,
        allowed=allowed,
        repair=f"give {allowed}",
    )
