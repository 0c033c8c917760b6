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
    from collections.abc import Callable, Mapping, Sequence

    from detente.asof import AsOf, Moment
    from detente.ledger import Ledger

    Imposer = Callable[[Ledger], str]

__all__ = [
    "CALL",
    "DayLaw",
    "Economy",
    "Law",
    "Output",
    "answer",
    "assumed",
    "call_text",
    "console",
    "document",
    "emit",
    "facts",
    "home",
    "imposer_of",
    "named",
    "open_law",
    "optional_day",
    "progress",
    "query",
    "reproduce",
    "rows",
    "told",
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
class DayLaw:
    """Which day's law, to whom, read how, and with which edits; for questions that go by whole days."""

    on: str | None = None
    """Day (ISO), meaning its end at the imposer's capital. Default: today there."""
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

    @property
    def instant(self) -> str | None:
        """The instant asked about, as typed; none for a question that goes by whole days."""
        return None

    def moment(self, imposer: str) -> Moment:
        """The day or the instant asked about, or today, at an imposer's capital."""
        from detente.asof import moment_at  # noqa: PLC0415
        from detente.io.dates import parse_date, parse_instant  # noqa: PLC0415

        if self.instant:
            return moment_at(parse_instant(self.instant, where="--at"), imposer)
        return moment_at(parse_date(self.on, where="--on") if self.on else None, imposer)

    def edits(self) -> dict[str, Any]:
        """Arguments for `detente.edit`; empty when nothing is edited."""
        lists = {name: getattr(self, name) for name in ("enact", "suspend", "resume", "end")}
        rates = dict(_rate(text) for text in self.set)
        return {**lists, "set": rates} if rates or any(lists.values()) else {}


@Parameter(name="*")
@dataclass(frozen=True)
class Law(DayLaw):
    """Which day's or moment's law, to whom, read how, and with which edits."""

    at: str | None = None
    """Instant (ISO, with its offset) instead of a day: the law as it stood at that moment."""

    def __post_init__(self) -> None:
        """Refuse a day and an instant at once, before anything is worked out."""
        if self.on and self.at:
            raise InputError(
                "a question is about a day or an instant",
                where="--on, --at",
                found="both",
                allowed="--on DATE, --at INSTANT, or neither for today",
                repair="leave one of them out",
            )

    @property
    def instant(self) -> str | None:
        """The instant asked about, as typed."""
        return self.at


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
        """Arguments for `detente.policy.Options`."""
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


def home(ledger: Ledger) -> str:
    """Whose capital's clock counts where several impose: that of the board's first imposer."""
    return ledger.home


def imposer_of(measure: str) -> Imposer:
    """Whose capital's clock counts for one measure; the board's where there is none of that id (refused later)."""
    return lambda ledger: ledger.measures[measure].imposer if measure in ledger.measures else ledger.home


def named(economy: str) -> Imposer:
    """The clock of an economy that the command names."""
    return lambda _ledger: economy


def open_law(
    output: Output, law: DayLaw | None = None, *, known: str | None = None, imposer: Imposer = home
) -> Ledger:
    """Open the built-in ledger with overlays and edits, known until a day; edits are dated at the imposer's capital."""
    from detente.asof import day_of  # noqa: PLC0415
    from detente.ledger import edit, open_ledger  # noqa: PLC0415  (loads the YAML stack: only when needed)

    ledger = open_ledger(*output.ledger, known_on=optional_day(known, "--known"))
    if law is not None and (edits := law.edits()):
        ledger = edit(ledger, **edits, on=day_of(law.moment(imposer(ledger))))
    return ledger


def optional_day(text: str | None, where: str) -> dt.date | None:
    """Read a day, if one is given."""
    from detente.io.dates import parse_date  # noqa: PLC0415

    return parse_date(text, where=where) if text else None


def query(law: DayLaw, ledger: Ledger, imposer: Imposer = home) -> AsOf:
    """The legal question that a command asks."""
    from detente.asof import AsOf  # noqa: PLC0415

    known = optional_day(law.known, "--known")
    asked = AsOf(law.moment(imposer(ledger)), known, law.view, law.ends)
    if isinstance(law, Law) and not law.on and not law.at:
        CALL.pin(asked.day.isoformat())
    return asked


def told(ledger: Ledger, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What a listing says of its day: on, how far the sources reach, and where asked known_on, view and ends."""
    from detente.asof import day_of, instant_of  # noqa: PLC0415

    instant, known = instant_of(asked["on"]), asked.get("known_on")
    return {
        "on": day_of(asked["on"]).isoformat(),
        **({"at": instant.isoformat()} if instant else {}),
        "known_on": known.isoformat() if known else None,
        "known_until": ledger.horizon.isoformat(),
        **{key: asked[key] for key in ("view", "ends") if key in asked},
    }
