"""
One definition of each question: a function, from which come the command, the address, the permalink and the Python lines.

A function of this room is decorated with `question`; the public name is the function itself. What its signature and its
docstring say is what the command and the address take and what their help says.
"""

from __future__ import annotations

import functools
import shlex
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from detente.asof import AsOf, day_of, moment_at
from detente.errors import InputError
from detente.formatting import exact
from detente.io.dates import parse_date, parse_instant
from detente.io.documents import Document, as_json
from detente.io.stamped import Stamp, Stamped
from detente.queries.arguments import check_kinds
from detente.queries.fields import REQUIRED, Field, Pasted, fields_of, words_of_law
from detente.queries.law import (
    KNOWN_FIELD,
    LAW_FIELDS,
    SOLVE_FIELDS,
    STUDY_FIELD,
    VERBS,
    edits_typed,
    near_known,
)
from detente.queries.python_text import Code, arguments
from detente.queries.result import Found
from detente.threads import one_thread

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from detente.asof import Moment
    from detente.ledger import Ledger

    Clock = str | Callable[[Mapping[str, Any], Ledger], str]

HOME = "detente.queries"


@dataclass(frozen=True)
class Question:
    """
    A question of the product.

    Attributes
    ----------
    function
        That answers it; a public name of the package.
    command
        Words of the command line.
    address
        Under the HTTP API; empty where it is not asked there.
    clock
        Whose capital's clock counts: a field that names an economy, or a function of the fields and the ledger; that
        of the board's first imposer if None.
    fields
        Own fields, then those of the law or of a solve.
    takes
        Words of the law or of a solve that the function takes.
    prints
        Function of `detente.render` that lays the answer out for a reader; a general layout if empty.
    """

    function: Callable[..., Any]
    command: tuple[str, ...]
    address: str
    clock: Clock | None
    fields: tuple[Field, ...]
    takes: tuple[str, ...]
    prints: str = ""

    @property
    def name(self) -> str:
        """Name of the function, in the package."""
        return self.function.__name__

    @property
    def help(self) -> str:
        """First line of the docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]

    @property
    def about_law(self) -> bool:
        """Whether it is about the law on a day."""
        return bool({"on", "view"} & set(self.takes))

    @property
    def offered(self) -> tuple[Field, ...]:
        """Fields that addresses take; what is played on a page is played on its own world."""
        played = "setting" in self.takes
        return tuple(
            item for item in self.fields if item.word.offered and not (played and item in SOLVE_FIELDS)
        )

    @property
    def solves(self) -> bool:
        """Whether it solves the economy."""
        return any(item.name == "world" for item in self.fields)

    @property
    def long(self) -> bool:
        """Whether an answer can take long: it solves, or says how far it is."""
        return self.solves or "progress" in self.function.__annotations__

    def ask(self, **typed: Any) -> Asked:
        """Ask it, fields by name as commands and addresses take them; refuses one unknown, missing or in the way."""
        names = {item.name for item in self.fields}
        for name in sorted(set(typed) - names):
            from detente.io.words import one_of  # noqa: PLC0415  (loads what only a refusal needs)

            where = " ".join(self.command)
            one_of(name, sorted(names), what="no such field", where=where, otherwise="use one of these")
        given = {}
        for item in self.fields:
            value = typed.get(item.name)
            given[item.name] = item.default if value is None or value in ("", ()) else value
        if missing := [item.key for item in self.fields if given[item.name] is REQUIRED]:
            raise InputError(
                "a field is missing",
                where=" ".join(self.command),
                found="nothing",
                allowed=", ".join(missing),
                repair="give it a value",
            )
        if given.get("on") and given.get("at"):
            raise InputError(
                "a question is about a day or an instant",
                where="--on, --at",
                found="both",
                allowed="--on DATE, --at INSTANT, or neither for today",
                repair="leave one of them out",
            )
        return Asked(self, given)


class Asked:
    """
    A question with its fields, as typed.

    Parameters
    ----------
    question
        Which one.
    given
        What was typed, by name of the field; every field.

    Notes
    -----
    Fields are attributes: ``asked.origin``.
    """

    def __init__(self, question: Question, given: Mapping[str, Any]) -> None:
        self.question, self.given = question, dict(given)

    def __getattr__(self, name: str) -> Any:
        """A field, as typed."""
        try:
            return self.__dict__["given"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def key(self) -> tuple[str, str]:
        """Name of this question among answers that are kept."""
        return self.question.name, repr(sorted(self.given.items()))

    def but(self, **changes: Any) -> Asked:
        """The same question with other fields."""
        return Asked(self.question, {**self.given, **changes})

    # The law it is about.

    def imposer(self, ledger: Ledger) -> str:
        """Whose capital's clock counts."""
        clock = self.question.clock
        if clock is None:
            return ledger.home
        return (
            (str(self.given[clock] or ledger.home)) if isinstance(clock, str) else clock(self.given, ledger)
        )

    def moment(self, ledger: Ledger) -> Moment:
        """The day or the instant asked about; today at the imposer's capital by default."""
        instant, imposer = self.given.get("at"), self.imposer(ledger)
        if instant:
            return moment_at(parse_instant(instant, where="--at"), imposer, where="--at")
        day = parse_date(self.given["on"], where="--on") if self.given["on"] else None
        return moment_at(day, imposer, where="--on")

    def day(self, ledger: Ledger) -> dt.date:
        """The day asked about."""
        return day_of(self.moment(ledger))

    def asof(self, ledger: Ledger) -> AsOf:
        """The question asked of the law."""
        return AsOf(
            self.moment(ledger), near_known(self.given["known_on"]), self.given["view"], self.given["ends"]
        )

    def dated(self, ledger: Ledger) -> Asked:
        """The same question with its day written out, so that it says the same tomorrow."""
        if "on" not in self.question.takes or self.given.get("at") or self.given["on"]:
            return self
        return self.but(on=self.day(ledger).isoformat())

    def edited(self, ledger: Ledger) -> Ledger:
        """The ledger with the question's edits, dated on its day."""
        edits = edits_typed(self.given) if self.question.about_law else {}
        if not edits:
            return ledger
        from detente.ledger import edit  # noqa: PLC0415  (only where something is edited)

        return edit(ledger, **edits, on=self.day(ledger))

    # What answers it.

    def named(self, *, written: bool = False) -> tuple[list[Any], dict[str, Any]]:
        """Arguments of the function: by position and by name, the law's apart; as they are written, tables by their file."""
        own = {item.name: item for item in self.question.fields if item not in _SHARED}
        values = {
            name: str(self.given[name])
            if written and item.columns and self.given[name]
            else item.argument(self.given[name])
            for name, item in own.items()
        }
        before = [values.pop(name) for name, item in own.items() if item.positional]
        spread = [value for one in before for value in (one if isinstance(one, tuple) else (one,))]
        return spread, values

    def words_taken(self) -> dict[str, Any]:
        """Words of the law or the solve that the function takes, as typed; refuses one that it does not take."""
        takes = self.question.takes
        found = {}
        for item in self.question.fields:
            if item not in _SHARED or item.name in {"at", *VERBS}:
                continue
            value = self.given[item.name]
            if item.name in takes:
                found[item.name] = value
            elif value != item.default and not (item.name == "on" and edits_typed(self.given)):
                raise InputError(
                    f"{' '.join(self.question.command)} has no {item.key}",
                    where=item.option,
                    found=value,
                    allowed=", ".join(item.key for item in self.question.fields if item.name in takes),
                    repair="leave it out",
                )
        return found

    def answer(self, ledger: Ledger, **more: Any) -> Any:
        """Answer the question as the function does; `more` are arguments that only Python has, such as ``progress``."""
        before, named = self.named()
        law = self.words_taken()
        if "on" in self.question.takes:
            law["on"] = self.moment(ledger)
        if "ledger" in self.question.takes:
            law["ledger"] = self.edited(ledger)
        return self.question.function(*before, **named, **law, **more)

    def document(self, ledger: Ledger, *, command: str | None = None, answer: Any = None) -> dict[str, Any]:
        """Answer the question as the command does with ``--json``: stamp, result, assumptions, warnings."""
        found = self.stamped(ledger, command=command, answer=answer)
        laid_out: dict[str, Any] = found if isinstance(found, dict) else as_json(found)
        return laid_out

    def stamped(self, ledger: Ledger, *, command: str | None = None, answer: Any = None) -> Any:
        """Answer the question with its stamp: a typed document where the result is one, else as JSON holds it."""
        from detente.stamp import stamp  # noqa: PLC0415  (hashes every data file)

        answer = self.answer(ledger) if answer is None else answer
        command = self.shell(json=True) if command is None else command
        if hasattr(answer, "as_document"):
            return answer.as_document(command)
        found, used = Found.of(answer), self.edited(ledger)
        head = stamp(
            command=command,
            ledger_hash=used.hash,
            ledger_version=used.version,
            **found.hashes,
        )
        if isinstance(found.result, Document):
            assumed, said = tuple(found.assumptions), tuple(found.warnings)
            return Stamped(stamp=Stamp(**head), result=found.result, assumptions=assumed, warnings=said)
        return {
            "stamp": head,
            "result": found.result,
            "assumptions": list(found.assumptions),
            "warnings": list(found.warnings),
        }

    # How it is written.

    def words(self) -> list[str]:
        """Words of the command line, without the program's name; fields at their default left out."""
        words = list(self.question.command)
        own = [item for item in self.question.fields if item.positional]
        for item in (*own, *(item for item in self.question.fields if not item.positional)):
            value = self.given[item.name]
            said = item.positional or item.name == self.question.clock
            if value in (None, "", ()) or (value == item.default and not said):
                continue
            texts = [_typed(one) for one in (value if isinstance(value, (tuple, list)) else (value,))]
            if item.positional:
                words += texts
            elif isinstance(value, bool):
                words.append(item.option if value else item.word.unless)
            elif item.word.together:
                words += [item.option, *texts]
            else:
                words += [word for text in texts for word in (item.option, text)]
        return words

    def shell(self, *, json: bool = False, known: str = "") -> str:
        """Write the command a person types, quoted for a shell; `known` is the last day of knowledge of one that solves."""
        more = [*(["--known", known] if known else []), *(["--json"] if json else [])]
        return shlex.join(["detente", *self.words(), *more])

    def query(self, **changes: Any) -> str:
        """Write the question as the query of an address, fields at their default left out, or changed to None."""
        defaults = {item.key: item.default for item in self.question.fields}
        fields = {key: value for key, value in self._addressed().items() if value != defaults.get(key)}
        return encoded({**fields, **changes})

    def permanent(self, **changes: Any) -> str:
        """Write the question as the query of a permalink: every field, also those left at a default, which may move."""
        return encoded({**self._addressed(), **changes})

    def _addressed(self) -> dict[str, Any]:
        """Fields by their word in an address; tables as they were pasted."""
        found: dict[str, Any] = {}
        for item in self.question.offered:
            value = self.given[item.name]
            if value is REQUIRED:
                continue
            if item.word.apart:
                found |= dict(zip(item.word.apart, value or (), strict=False))
            else:
                found[item.key] = value.text if isinstance(value, Pasted) else value
        return found

    def python(self, *, overlays: Sequence[Any] = ()) -> str:
        """Write Python lines that give the same answer; they import nothing but `detente`."""
        from detente.ledger import open_ledger  # noqa: PLC0415  (only where lines are written)

        lines = ["import detente as dt"]
        asked = self.dated(_readable(overlays, open_ledger)) if self.question.about_law else self
        before, named = asked.named(written=True)
        law = asked.words_taken()
        if "on" in self.question.takes:
            law["on"] = asked.given.get("at") or asked.given["on"]
        edits = edits_typed(self.given) if self.question.about_law else {}
        if overlays or edits:
            lines.append(f"ledger = dt.open_ledger({arguments(overlays, {})})")
            if edits:
                dated = {**edits, "on": asked.day(open_ledger()).isoformat()}
                lines.append(f"ledger = dt.edit({arguments((Code('ledger'),), dated)})")
            law["ledger"] = Code("ledger")
        usual = {
            item.name: item.argument(item.default)
            for item in self.question.fields
            if item.default is not REQUIRED
        }
        kept = {key: value for key, value in {**named, **law}.items() if value != usual.get(key)}
        call = f"dt.{self.question.name}({arguments(before, kept)})"
        if not any(item.name == "workers" for item in self.question.fields):
            return "\n".join([*lines, call])
        # Workers read the script that starts them: what it does must not be done again there.
        return "\n".join(
            [lines[0], "", 'if __name__ == "__main__":', *(f"    {line}" for line in (*lines[1:], call))]
        )


_SHARED = frozenset((*LAW_FIELDS, KNOWN_FIELD, *SOLVE_FIELDS, STUDY_FIELD))


def encoded(given: Mapping[str, Any]) -> str:
    """
    Write fields as a query.

    Examples
    --------
    >>> encoded({"to": "USA", "value": 100.0, "fees": True, "on": None})
    'to=USA&value=100&fees=true'
    """
    kept = {key: value for key, value in given.items() if value not in (None, "", [], (), False)}
    return urlencode({key: _plain_value(value) for key, value in kept.items()}, doseq=True)


def _plain_value(value: Any) -> Any:
    """A value as an address has it."""
    if value is True:
        return "true"
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _typed(value: Any) -> str:
    """A value as a person types it; of files their names."""
    if isinstance(value, bytes):
        return "list.csv"
    if isinstance(value, Path):
        return value.name
    return exact(value, 15) if isinstance(value, float) else str(value)


def _readable(overlays: Sequence[Any], open_ledger: Callable[..., Ledger]) -> Ledger:
    """The ledger whose clock counts; where the overlays cannot be read, the built-in one."""
    from detente.errors import LedgerError  # noqa: PLC0415

    try:
        return open_ledger(*overlays)
    except LedgerError:
        return open_ledger()


def question(
    *command: str, address: str = "", clock: Clock | None = None, prints: str = "", whole_days: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function a question of the product."""

    def made(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def asked(*words: Any, **named: Any) -> Any:
            check_kinds(function, words, named)
            with one_thread():
                return function(*words, **named)

        asked.question = _Lazy(command, address, clock, prints, whole_days)  # type: ignore[attr-defined]
        return asked

    return made


@dataclass(frozen=True)
class _Lazy:
    """What a decorator says of a question, until it is asked for."""

    command: tuple[str, ...]
    address: str
    clock: Clock | None
    prints: str
    whole_days: bool


def question_of(name: str) -> Question:
    """Give a question by the name of its function."""
    from detente.queries import QUESTIONS  # noqa: PLC0415  (the table of them)

    function = getattr(import_module(f"{HOME}.{QUESTIONS[name]}"), name)
    held = function.question
    if isinstance(held, _Lazy):
        takes = words_of_law(function)
        fields = (*fields_of(function), *_shared(takes, held))
        held = Question(function, held.command, held.address, held.clock, fields, takes, held.prints)
        function.question = held
    found: Question = held
    return found


def _shared(takes: tuple[str, ...], held: _Lazy) -> tuple[Field, ...]:
    """Fields of the law or of a solve behind the words that a function takes."""
    if {"on", "view"} & set(takes):
        return tuple(item for item in LAW_FIELDS if item.name != "at" or not held.whole_days)
    if "world" in takes:
        return (STUDY_FIELD, *SOLVE_FIELDS) if "study" in takes else SOLVE_FIELDS
    return (KNOWN_FIELD,) if "known_on" in takes else ()
