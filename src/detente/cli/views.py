"""Options of single commands that choose how much of an answer is printed; `--json` always has all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.cli.printing import Output


@dataclass(frozen=True)
class Choice:
    """
    One option.

    name, help: Of the option.
    argument: Of what prints, where it is not the name.
    kind: A switch, or a word.
    file: Whether it is about the file that the command writes, and not about what it prints.
    """

    name: str
    help: str
    kind: type = bool
    argument: str = ""
    file: bool = False


CHOICES = {
    "run": (
        Choice("full", "Everything the run found, not only the answer."),
        Choice(
            "show",
            "One part: bands, drivers, instruments, evidence, households, worlds or limits.",
            str,
        ),
    ),
    "status": (
        Choice("all", "Every instrument of the board, not only the state in short.", argument="whole"),
    ),
    "diff": (Choice("all", "Every change by itself, not grouped.", argument="whole"),),
    "timeline": (Choice("past", "With --ics: the days that have passed as well.", file=True),),
}


def taken(name: str, typed: dict[str, Any]) -> dict[str, Any]:
    """The choices among what was typed, taken out of it."""
    found = {item.name: typed.pop(item.name, None) for item in CHOICES.get(name, ())}
    return {key: value for key, value in found.items() if value}


def arguments(name: str, view: Mapping[str, Any], *, file: bool) -> dict[str, Any]:
    """The choices as arguments of what prints, or of what writes the file."""
    chosen = [item for item in CHOICES.get(name, ()) if item.file is file and item.name in view]
    return {item.argument or item.name: view[item.name] for item in chosen}


def check(name: str, view: Mapping[str, Any], output: Output) -> None:
    """Refuse a choice of what is printed for a reader beside a form that has everything."""
    form = "--json" if output.json else "--csv" if output.csv else ""
    chosen = [item.name for item in CHOICES.get(name, ()) if item.name in view and not item.file]
    if chosen and form:
        given = ", ".join(f"--{word}" for word in chosen)
        raise InputError(
            "a choice of what is printed for a reader, of a form for machines",
            where=given,
            found=form,
            allowed=f"{given}, or {form}, which has all of it",
            repair=f"leave {given} out",
        )
