"""What a question asks for: fields, read off the signature and the docstring of its function."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

from detente.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

REQUIRED: Any = inspect.Parameter.empty


@dataclass(frozen=True)
class Word:
    """
    How a field is called outside Python, where that is not its own name.

    Attributes
    ----------
    text
        In addresses, and after two dashes in commands.
    also
        Further options of the command.
    together
        Whether several values stand behind one option (``--between A B``), not each behind its own.
    offered
        Whether addresses take it.
    named
        Whether the command takes it by its option, though Python does by position.
    joined
        Whether the command takes several words and joins them.
    unless
        Option of the command that says no to what is yes by default.
    usual
        Several words that stand where none is given.
    apart
        Names of the parts of a pair in addresses, where it is not one field.
    said
        Whether the command must say it, though it has a default elsewhere.
    """

    text: str = ""
    also: tuple[str, ...] = ()
    together: bool = False
    offered: bool = True
    named: bool = False
    joined: bool = False
    unless: str = ""
    usual: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    said: bool = False


@dataclass(frozen=True)
class Limits:
    """
    What an address may say in a field: bounds of a number, of the length of a text, of how many.

    Attributes
    ----------
    low, high
        Of a number.
    above
        A number is greater than this.
    length
        Letters of a text, or of each of several.
    many
        Most values.
    pattern
        Of a text, or of each of several.
    day
        Whether it is a day that is near enough to be answered.
    choices
        Words taken by an address, where the command takes more that are too long for a server.
    """

    low: float | None = None
    high: float | None = None
    above: float | None = None
    length: int | None = None
    many: int | None = None
    pattern: str | None = None
    day: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Typed:
    """
    A field that is typed in another way than its function takes it.

    Attributes
    ----------
    kind
        What commands and addresses take.
    read
        Takes what was typed and the word of the field, gives the argument.
    """

    kind: Any
    read: Callable[[Any, str], Any]


@dataclass(frozen=True)
class Columns:
    """
    Columns of a table that may be pasted into an address.

    Attributes
    ----------
    names
        In the order of its file.
    least
        How many of the first must be there.
    """

    names: tuple[str, ...]
    least: int


@dataclass(frozen=True)
class Pasted:
    """A table as text; a command and Python lines name the file it would be."""

    text: str
    columns: Columns
    name: str

    def __str__(self) -> str:
        """Name of the file."""
        return f"{self.name}.csv"

    def frame(self) -> Any:
        """The table."""
        from detente.queries.pasted import read_pasted  # noqa: PLC0415  (loads pandas)

        return read_pasted(self.text, self.columns, where=self.name)


@dataclass(frozen=True)
class Field:
    """
    One field of a question.

    Attributes
    ----------
    name
        Of the argument.
    kind
        What commands and addresses take, as an annotation without its extras.
    default
        `REQUIRED` where it must be given.
    positional
        Whether the command takes it without an option.
    help
        One or two sentences.
    word, limits
        As given; by default the argument's name, and no limits.
    read
        Gives the argument from what was typed.
    columns
        Of a table.
    """

    name: str
    kind: Any
    default: Any
    positional: bool = False
    help: str = ""
    word: Word = Word()
    limits: Limits = Limits()
    read: Callable[[Any, str], Any] | None = None
    columns: Columns | None = None

    @property
    def key(self) -> str:
        """The field in an address."""
        return self.word.text or self.name

    @property
    def option(self) -> str:
        """The field in a command."""
        return f"--{self.key.replace('_', '-')}"

    @property
    def several(self) -> bool:
        """Whether it holds several values."""
        return any(get_origin(kind) is tuple for kind in (self.kind, *get_args(self.kind)))

    def argument(self, typed: Any) -> Any:
        """The argument from what was typed."""
        return typed if self.read is None or typed is None else self.read(typed, self.key)


def fields_of(function: Callable[..., Any]) -> tuple[Field, ...]:
    """Fields of a function's own arguments, in order; the words of the law or of a solve are not among them."""
    parameters = inspect.signature(function).parameters
    own = {name: item for name, item in parameters.items() if item.kind is not inspect.Parameter.VAR_KEYWORD}
    hints = hints_of(function, own)
    helps = parameter_helps(function.__doc__ or "")
    found = []
    for name, item in own.items():
        extras = get_args(hints[name])[1:] if get_origin(hints[name]) is Annotated else ()
        if HIDDEN in extras:
            continue
        kind = get_args(hints[name])[0] if extras else hints[name]
        field = Field(
            name,
            kind,
            (() if item.kind is inspect.Parameter.VAR_POSITIONAL else item.default),
            positional=item.kind is not inspect.Parameter.KEYWORD_ONLY,
            help=helps.get(name, ""),
        )
        if item.kind is inspect.Parameter.VAR_POSITIONAL:
            field = replace(field, kind=tuple.__class_getitem__((kind, ...)))
        for extra in extras:
            field = _with(field, extra)
        found.append(field)
    return tuple(found)


def annotated(kind: Any, *extras: Any) -> Any:
    """An annotation with extras, made at run time."""
    made: Any = Annotated
    return made[(kind, *extras)]


HIDDEN = "hidden"
"""Marks an argument that only Python has, such as a callable."""


def _with(field: Field, extra: Any) -> Field:
    """A field with one of its extras."""
    if isinstance(extra, Word):
        default = extra.usual or field.default
        return replace(field, word=extra, default=default, positional=field.positional and not extra.named)
    if isinstance(extra, Columns):
        return replace(field, columns=extra)
    if isinstance(extra, Limits):
        return replace(field, limits=extra)
    if isinstance(extra, Typed):
        return replace(field, kind=extra.kind, read=extra.read)
    return field


def hints_of(function: Callable[..., Any], names: Iterable[str]) -> dict[str, Any]:
    """Annotations of some arguments; what a function returns need not be importable."""
    given = {name: function.__annotations__[name] for name in names}
    holder = types.SimpleNamespace(__annotations__=given)
    return get_type_hints(holder, vars(inspect.getmodule(function)), include_extras=True)


def words_of_law(function: Callable[..., Any]) -> tuple[str, ...]:
    """Keys of the typed dictionary behind ``**law`` or ``**solve``; none where the function has neither."""
    parameters = inspect.signature(function).parameters.items()
    rest = [name for name, item in parameters if item.kind is inspect.Parameter.VAR_KEYWORD]
    if not rest:
        return ()
    (unpacked,) = get_args(hints_of(function, rest)[rest[0]])
    return tuple(unpacked.__annotations__)


_SECTION = re.compile(r"^Parameters\n-+\n(?P<body>.*?)(?=^\w[\w ]*\n-+\n|\Z)", re.MULTILINE | re.DOTALL)


def parameter_helps(doc: str) -> dict[str, str]:
    """
    What a numpydoc docstring says of each parameter.

    Examples
    --------
    >>> parameter_helps(chr(10).join(["One.", "", "Parameters", "----------", "a, b", "    Both."]))
    {'a': 'Both.', 'b': 'Both.'}
    """
    section = _SECTION.search(inspect.cleandoc(doc))
    found: dict[str, list[str]] = {}
    names: list[str] = []
    for line in section["body"].splitlines() if section else ():
        if line and not line.startswith(" "):
            names = [name.strip().lstrip("*") for name in line.split(":")[0].split(",")]
            found |= {name: [] for name in names}
        elif line.strip():
            for name in names:
                found[name].append(line.strip())
    return {name: " ".join(lines) for name, lines in found.items()}


def facts_typed(pairs: Iterable[str], where: str = "fact") -> dict[str, str]:
    """
    Split KEY=VALUE texts.

    Examples
    --------
    >>> facts_typed(["us_content=0.25", "loaded_on="])
    {'us_content': '0.25'}
    """
    found: dict[str, str] = {}
    for text in pairs:
        key, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not key or key in found:
            raise InputError(
                "a fact is a key and a value, each key once",
                where=where,
                found=text[:80],
                allowed="KEY=VALUE",
                repair="write for instance us_content=0.25",
            )
        if value:
            found[key] = value
    return found


def numbers_typed(pairs: Iterable[str], where: str) -> dict[str, float | str]:
    """Split NAME=VALUE texts: a number where it is one, else the word."""
    found: dict[str, float | str] = {}
    for text in pairs:
        name, sign, value = (part.strip() for part in text.rpartition("="))
        if not sign or not name or not value or name in found:
            raise InputError(
                "an assumption is a name and a value, each name once",
                where=where,
                found=text[:80],
                allowed="NAME=VALUE, such as usmca_use=0.5",
                repair="name an assumption that `detente run` lists, and a value",
            )
        try:
            found[name] = float(value)
        except ValueError:
            found[name] = value
    return found


Place = Annotated[str, Limits(length=60)]
Origin = Annotated[str, Word("from", also=("--origin",)), Limits(length=60)]
Destination = Annotated[str, Word("to", also=("--destination",)), Limits(length=60)]
Amount = Annotated[float | None, Limits(low=0.0, high=1e15)]
Text = Annotated[str | None, Limits(length=120)]
Name = Annotated[str, Limits(length=120)]
Facts = Annotated[
    Mapping[str, Any] | None, Word("fact"), Typed(tuple[str, ...], facts_typed), Limits(length=300, many=60)
]
Sectors = Annotated[tuple[str, ...], Limits(pattern=r"[A-Za-z0-9_,-]{1,60}", many=20)]
Patterns = Annotated[tuple[str, ...], Limits(length=80, many=12)]
Assumed = Annotated[
    Mapping[str, float | str] | None,
    Word("assume"),
    Typed(tuple[str, ...], numbers_typed),
    Limits(length=80, many=12),
]
Day = Annotated[str | None, Limits(length=10, day=True)]
if TYPE_CHECKING:
    Table = Path | str | pd.DataFrame | None
    Files = Sequence[Path | str | bytes]
else:
    Table = Annotated[
        Path | None,
        Typed(Path | None, lambda table, _word: table.frame() if isinstance(table, Pasted) else table),
    ]
    Files = Annotated[tuple[Path, ...], Limits(many=12)]
