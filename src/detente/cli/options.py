"""Options shared by the commands, and the law they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003  (the command line resolves the annotations at run time)
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from detente.cli.printing import (
    CALL,
    answer,
    call_text,
    console,
    document,
    emit,
    progress,
    reproduce,
    rows,
)
from detente.errors import InputError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from detente.ledger import Ledger

__all__ = [
    "CALL",
    "Economy",
    "Law",
    "Output",
    "answer",
    "assumed",
    "call_text",
    "console",
    "day",
    "document",
    "emit",
    "facts",
    "open_law",
    "optional_day",
    "progress",
    "query",
    "reproduce",
    "rows",
]


@Parameter(name="*")
@dataclass(frozen=True)
class Output:
    """How results are printed."""

    json: Annotated[bool, Parameter(negative="")] = False
    """Print exactly one JSON document."""
    csv: Annotated[bool, Parameter(negative="")] = False
    """Print the main table as CSV."""
    quiet: Annotated[bool, Parameter(negative="")] = False
    """No progress on stderr."""
    ledger: tuple[Path, ...] = ()
    """Ledger files or folders laid over the built-in ledger."""
    reproduce: Annotated[bool, Parameter(negative="")] = False
    """Print the Python lines that give the same result, and stop."""

    def __post_init__(self) -> None:
        """Refuse two forms at once, before anything is worked out."""
        if self.json and self.csv:
            raise InputError(
                "a result is printed in one form",
                where="--json, --csv",
                found="both",
                allowed="--json, --csv, or neither for a table to read",
                repair="leave one of them out",
            )


@Parameter(name="*")
@dataclass(frozen=True)
class Law:
    """Which day's law, to whom, read how, and with which edits."""

    on: str | None = None
    """Day (ISO), meaning its end at the imposer's capital. Default: the last day the sources cover."""
    at: str | None = None
    """Instant (ISO, with its offset) instead of a day: the law as it stood at that moment."""
    known: str | None = None
    """To someone who knew only what was known on this day."""
    view: Literal["statutory", "collected", "legally-due"] = "statutory"
    """What the books said, what the customs took, or what was due after annulments."""
    ends: Literal["legal", "reported"] = "legal"
    """Suspensions end as a notice says, or as was reported."""
    enact: tuple[str, ...] = ()
    """Measures put in force."""
    suspend: tuple[str, ...] = ()
    """Measures suspended."""
    resume: tuple[str, ...] = ()
    """Measures whose suspension is lifted."""
    end: tuple[str, ...] = ()
    """Measures ended."""
    set: tuple[str, ...] = ()
    """ID=RATE: measures set to a rate (a fraction)."""

    def edits(self) -> dict[str, Any]:
        """Arguments for `Ledger.edit`; empty when nothing is edited."""
        lists = {name: getattr(self, name) for name in ("enact", "suspend", "resume", "end")}
        rates = dict(_rate(text) for text in self.set)
        return {**lists, "set": rates} if rates or any(lists.values()) else {}


@Parameter(name="*")
@dataclass(frozen=True)
class Economy:
    """Which world, and how it is solved."""

    world: str | None = None
    """icio2022, wiod2011, or a world file."""
    closure: Literal["fixed", "zero", "proportional"] | None = None
    """Trade deficits: fixed shares of world income, zero, or proportional to income."""
    factors: Literal["mobile", "fixed"] = "mobile"
    """Factors move between industries (long run) or not (short run)."""
    horizon: str = "long"
    """Elasticities: long, short, or a number of years."""
    known: str | None = None
    """To someone who knew only what was known on this day; a scenario that names an earlier day keeps it."""

    def solving(self) -> dict[str, Any]:
        """Arguments for `detente.scenarios.Options`."""
        return {name: getattr(self, name) for name in ("world", "closure", "factors", "horizon")}


def _rate(text: str) -> tuple[str, float]:
    """Split ID=RATE."""
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise InputError(
            "--set needs a measure and a rate",
            where="--set",
            found=text,
            allowed="ID=RATE with the rate as a fraction, such as us.s122=0.15",
            repair="write the rate as a decimal fraction",
        ) from None


def facts(pairs: Sequence[str], *, where: str = "--fact") -> dict[str, str]:
    """
    Split KEY=VALUE words.

    Parameters
    ----------
    pairs
        Words of the command line.
    where
        Option, for the error.

    Returns
    -------
    dict
        Key to value, as text.

    Raises
    ------
    InputError
        A word without ``=``, or a key twice.
    """
    found: dict[str, str] = {}
    for text in pairs:
        key, sign, value = text.partition("=")
        if not sign or not key or key in found:
            raise InputError(
                "a fact is a key and a value, each key once",
                where=where,
                found=text,
                allowed="KEY=VALUE",
                repair="write for instance --fact us_content=0.25",
            )
        found[key.strip()] = value.strip()
    return found


def assumed(words: Sequence[str]) -> dict[str, float | str]:
    """Split NAME=VALUE words of --assume: a number where it is one, else the word."""
    found: dict[str, float | str] = {}
    for text in words:
        name, sign, value = text.rpartition("=")
        if not sign or not name.strip() or not value.strip() or name.strip() in found:
            raise InputError(
                "an assumption is a name and a value, each name once",
                where="--assume",
                found=text,
                allowed="NAME=VALUE, such as usmca_use=0.5",
                repair="name an assumption that `detente run` lists, and a value",
            )
        try:
            found[name.strip()] = float(value)
        except ValueError:
            found[name.strip()] = value.strip()
    return found


def open_law(output: Output, law: Law | None = None, *, known: str | None = None) -> Ledger:
    """
    Open the built-in ledger with overlays and edits.

    Parameters
    ----------
    output
        Names the overlays.
    law
        Names the edits and their day.
    known
        Last day of knowledge (ISO); None for everything.

    Returns
    -------
    Ledger
        All measures.
    """
    from detente.ledger import open_ledger  # noqa: PLC0415  (loads the YAML stack: only when needed)

    ledger = open_ledger(*output.ledger, known_on=optional_day(known, "--known"))
    if law is not None and (edits := law.edits()):
        ledger = ledger.edit(**edits, on=day(law, ledger))
    return ledger


def day(law: Law, ledger: Ledger) -> dt.date:
    """
    Give the day asked for, or the last day the sources cover.

    Parameters
    ----------
    law
        Day, or instant, asked for.
    ledger
        Gives the default.

    Returns
    -------
    datetime.date
        The day; with `--at`, the instant.
    """
    from detente.dates import parse_date, parse_instant  # noqa: PLC0415

    if law.at:
        return parse_instant(law.at, where="--at")
    return parse_date(law.on, where="--on") if law.on else ledger.horizon


def optional_day(text: str | None, where: str) -> dt.date | None:
    """
    Read a day, if one is given.

    Parameters
    ----------
    text
        ISO date or None.
    where
        Option, for the error.

    Returns
    -------
    datetime.date or None
        The day.
    """
    from detente.dates import parse_date  # noqa: PLC0415

    return parse_date(text, where=where) if text else None


def query(law: Law, ledger: Ledger) -> dict[str, Any]:
    """
    Arguments of a ledger query.

    Parameters
    ----------
    law
        Options of the command.
    ledger
        Gives the default day.

    Returns
    -------
    dict
        on, known_on, view, ends.
    """
    return {
        "on": day(law, ledger),
        "known_on": optional_day(law.known, "--known"),
        "view": law.view,
        "ends": law.ends,
    }
