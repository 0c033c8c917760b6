"""What a question is: fields a person fills in, and the same question as a command, as Python and as an address."""

from __future__ import annotations

import datetime as dt
import math
import shlex
from dataclasses import asdict, dataclass, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from detente.asof import AsOf, today_at
from detente.cli.options import call_text
from detente.errors import InputError
from detente.formatting import exact
from detente.io.dates import parse_date
from detente.stamp import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from detente.ledger import Ledger

FIRST_DAY = "2015-01-01"
LAST_DAY = "2035-12-31"


def _within(text: str) -> str:
    """A day near enough to be answered."""
    day = parse_date(text, where="date").isoformat()
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InputError(
            "the day is out of reach",
            where="date",
            found=text,
            allowed=f"{FIRST_DAY} to {LAST_DAY}",
            repair="choose a day in between",
        )
    return day


def _blank(value: Any) -> Any:
    """A field left blank in a form is not given."""
    return None if value == "" else value


def _finite(value: float | None) -> float | None:
    """Numbers have an end."""
    if value is not None and not math.isfinite(value):
        raise ValueError("a finite number")
    return value


def _filled(values: tuple[str, ...]) -> tuple[str, ...]:
    """Fields left blank in a form are not given."""
    return tuple(value for value in values if value.strip())


Day = Annotated[
    Annotated[str, Field(max_length=10), AfterValidator(_within)] | None,
    BeforeValidator(_blank),
    Field(examples=["2025-10-27"]),
]
Word = Annotated[str, Field(min_length=1, max_length=120)]
Place = Annotated[str, Field(min_length=1, max_length=60)]
Maybe = Annotated[Annotated[str, Field(max_length=120)] | None, BeforeValidator(_blank)]
Amount = Annotated[
    Annotated[float, Field(ge=0, le=1e15), AfterValidator(_finite)] | None, BeforeValidator(_blank)
]
Words = Annotated[
    tuple[Annotated[str, Field(max_length=300)], ...], Field(max_length=60), AfterValidator(_filled)
]
Ids = Annotated[
    tuple[Annotated[str, Field(max_length=80)], ...], Field(max_length=12), AfterValidator(_filled)
]


@dataclass(frozen=True)
class Found:
    """
    What a question found.

    Attributes
    ----------
    result
        As in the interface.
    assumptions, warnings
        What it used, and what a reader must know.
    hashes
        Of the world and the scenario, where they matter.
    """

    result: Any
    assumptions: Sequence[Any] = ()
    warnings: Sequence[str] = ()
    hashes: dict[str, str] | None = None

    @classmethod
    def of(cls, answer: Any) -> Self:
        """
        Take what a room's answer says of itself.

        Parameters
        ----------
        answer
            Has ``to_dict()``, and where it applies ``assumptions`` and ``warnings``.

        Returns
        -------
        Found
            Assumptions as plain mappings.
        """
        assumptions = [
            asdict(item) if is_dataclass(item) and not isinstance(item, type) else item
            for item in getattr(answer, "assumptions", ())
        ]
        return cls(answer.to_dict(), assumptions, getattr(answer, "warnings", ()))


class Question(BaseModel):
    """Fields of one question; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    command: ClassVar[tuple[str, ...]] = ()
    function: ClassVar[str] = ""
    address: ClassVar[str] = ""

    def given(self, lists: tuple[Path, ...]) -> Question:
        """Take what the operator of a server gives; most questions need nothing."""
        del lists
        return self

    def dated(self, ledger: Ledger) -> Self:
        """The same question with its day written out; most questions of a study have none."""
        del ledger
        return self

    def words(self) -> list[str]:
        """Words of the command line, without the program's name."""
        raise NotImplementedError

    def python(self) -> str:
        """Python lines that give the same result."""
        raise NotImplementedError

    def ask(self, ledger: Ledger) -> Found:
        """Answer the question."""
        raise NotImplementedError

    def edited(self, ledger: Ledger) -> Ledger:
        """The ledger with the question's edits; most questions have none."""
        return ledger

    def shell(self, *, json: bool = False, known: str = "") -> str:
        """
        Write the command a person types.

        Parameters
        ----------
        json
            Whether it prints the JSON document.
        known
            Last day of knowledge (ISO) of a command that solves.

        Returns
        -------
        str
            Quoted for a shell.
        """
        more = [*option("--known", known), *(["--json"] if json else [])]
        return shlex.join(["detente", *self.words(), *more])

    def query(self, **changes: Any) -> str:
        """
        Write the question as the query of an address.

        Parameters
        ----------
        **changes
            Fields that differ; None leaves one out.

        Returns
        -------
        str
            Encoded, fields left at their default left out.
        """
        return _encoded(self.model_dump(by_alias=True, exclude_defaults=True) | changes)

    def permanent(self, **changes: Any) -> str:
        """
        Write the question as the query of a permalink: every field, also those left at a default, which may move.

        Parameters
        ----------
        **changes
            Further fields of a page.

        Returns
        -------
        str
            Encoded; only what is empty is left out.
        """
        return _encoded(self.model_dump(by_alias=True) | changes)

    def document(self, ledger: Ledger) -> dict[str, Any]:
        """
        Answer the question as the command does with ``--json``.

        Parameters
        ----------
        ledger
            All measures.

        Returns
        -------
        document
            stamp, result, assumptions, warnings.
        """
        found, used = self.ask(ledger), self.edited(ledger)
        head = stamp(
            command=self.shell(json=True),
            ledger_hash=used.hash,
            ledger_version=used.version,
            **(found.hashes or {}),
        )
        return {
            "stamp": head,
            "result": found.result,
            "assumptions": list(found.assumptions),
            "warnings": list(found.warnings),
        }


def _encoded(given: dict[str, Any]) -> str:
    """Fields as a query, empty ones left out, whole numbers without a point."""
    kept = {key: value for key, value in given.items() if value not in (None, "", [], (), False)}
    return urlencode({key: _typed(value) for key, value in kept.items()}, doseq=True)


def _typed(value: Any) -> Any:
    """A value as a person would type it."""
    if value is True:
        return "true"
    return int(value) if isinstance(value, float) and value.is_integer() else value


class LawQuestion(Question):
    """A question about the law on a day, to somebody, read in some way, with edits."""

    on: Day = None
    known: Day = None
    view: Literal["statutory", "collected", "legally-due"] = "statutory"
    ends: Literal["legal", "reported"] = "legal"
    enact: Ids = ()
    suspend: Ids = ()
    resume: Ids = ()
    end: Ids = ()
    set: Ids = ()

    def law_words(self, *, day: bool = True) -> list[str]:
        """Options of the command line that name the law."""
        words = ["--on", self.on] if self.on and day else []
        words += ["--known", self.known] if self.known else []
        words += ["--view", self.view] if self.view != "statutory" else []
        words += ["--ends", self.ends] if self.ends != "legal" else []
        for verb in ("enact", "suspend", "resume", "end", "set"):
            words += [word for name in getattr(self, verb) for word in (f"--{verb}", name)]
        return words

    def capital(self, ledger: Ledger) -> str:
        """Whose capital's clock counts."""
        return ledger.home

    def day(self, ledger: Ledger) -> dt.date:
        """The day asked about; today at the imposer's capital by default."""
        return dt.date.fromisoformat(self.on) if self.on else today_at(self.capital(ledger))

    def asof(self, ledger: Ledger) -> AsOf:
        """The question asked of the law."""
        known = dt.date.fromisoformat(self.known) if self.known else None
        return AsOf(self.day(ledger), known, self.view, self.ends)

    def edited(self, ledger: Ledger) -> Ledger:
        """The ledger with the question's edits."""
        lists = {name: getattr(self, name) for name in ("enact", "suspend", "resume", "end")}
        rates = dict(rate_of(text) for text in self.set)
        if not rates and not any(lists.values()):
            return ledger
        from detente.ledger import edit  # noqa: PLC0415  (only where something is edited)

        return edit(ledger, **lists, set=rates, on=self.day(ledger))

    def dated(self, ledger: Ledger) -> Self:
        """The same question with its day written out."""
        return self.model_copy(update={"on": self.day(ledger).isoformat()})

    def python_law(self) -> tuple[list[str], dict[str, Any]]:
        """Lines that open an edited ledger, and the arguments that name the law."""
        from detente.ledger import open_ledger  # noqa: PLC0415  (only where lines are written)

        on = self.day(open_ledger()).isoformat()
        named: dict[str, Any] = {"on": on, "known_on": self.known}
        named |= {"view": self.view if self.view != "statutory" else None}
        named |= {"ends": self.ends if self.ends != "legal" else None}
        edits: dict[str, Any] = {
            v: tuple(getattr(self, v)) for v in ("enact", "suspend", "resume", "end") if getattr(self, v)
        }
        if self.set:
            edits["set"] = dict(rate_of(text) for text in self.set)
        if not edits:
            return [], named
        words = ", ".join([*(f"{key}={value!r}" for key, value in edits.items()), f"on={on!r}"])
        return [f"ledger = dt.edit(dt.open_ledger(), {words})"], named

    def called(self, function: str, *positional: Any, **named: Any) -> str:
        """Python lines of a call with this law."""
        lines, law = self.python_law()
        text = call_text(function, *positional, **named, **law)
        return python_lines(*lines, text[:-1] + ", ledger=ledger)" if lines else text)

    def asof_text(self, on: str | None) -> str:
        """The question about a day as Python."""
        given = {"known_on": self.known, "view": self.view, "ends": self.ends}
        words = [f"{key}={item!r}" for key, item in given.items() if item not in {None, "statutory", "legal"}]
        return f"AsOf.of({', '.join([repr(on), *words])})"


def python_lines(*lines: str) -> str:
    """
    Put lines after the import.

    Parameters
    ----------
    *lines
        Of Python.

    Returns
    -------
    str
        A short script.
    """
    return "\n".join(("import detente as dt", *lines))


def option(name: str, value: Any) -> list[str]:
    """
    Write one option of the command line.

    Parameters
    ----------
    name
        With its dashes.
    value
        None and empty text are left out; True is a flag; a number is written in full.

    Returns
    -------
    list of str
        No, one or two words.

    Examples
    --------
    >>> option("--value", 1e4), option("--fees", True), option("--known", None)
    (['--value', '10000'], ['--fees'], [])
    """
    if value in (None, "", False):
        return []
    if value is True:
        return [name]
    return [name, exact(value, 15) if isinstance(value, float) else str(value)]


def repeated(name: str, values: Iterable[str]) -> list[str]:
    """
    Write an option once for each value.

    Parameters
    ----------
    name
        With its dashes.
    values
        Texts.

    Returns
    -------
    list of str
        Two words a value.
    """
    return [word for value in values for word in (name, value)]


def rate_of(text: str, where: str = "set") -> tuple[str, float]:
    """
    Split NAME=NUMBER.

    Parameters
    ----------
    text
        As typed.
    where
        Field, for the error.

    Returns
    -------
    name, number
        The number is finite.

    Raises
    ------
    InputError
        Not a name and a number.

    Examples
    --------
    >>> rate_of("us.s122=0.15")
    ('us.s122', 0.15)
    """
    name, _, value = text.partition("=")
    try:
        rate = float(value)
    except ValueError:
        rate = math.nan
    if not math.isfinite(rate):
        raise InputError(
            "a name and a number are needed",
            where=where,
            found=text,
            allowed="NAME=NUMBER, a rate as a fraction, such as us.s122=0.15",
            repair="write the number as a decimal fraction",
        )
    return name.strip(), rate
