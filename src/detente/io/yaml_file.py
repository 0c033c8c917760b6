"""Strict YAML: version 1.2, no duplicate key, no anchor, no guess about a code; every message has file and line."""

from __future__ import annotations

import hashlib
import json
import math
import re
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from detente.errors import DetenteError, LedgerError
from detente.io.words import first_refusal
from detente.manifest import DATA, is_there, read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

Model = TypeVar("Model", bound="BaseModel")
Location = tuple[str | int, ...]

SYNTAX: Final = "check quotes, brackets and indentation"
DEEPEST: Final = 24
LONGEST_NUMBER: Final = 400
SHOWN: Final = 40
LARGEST_FILE: Final = 4_000_000
NULL: Final = {"", "~", "null", "Null", "NULL"}
BOOLEAN: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
INTEGER: Final = re.compile(r"[-+]?\d+")
DECIMAL: Final = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?")
LEADING_ZERO: Final = re.compile(r"0\d[\d.]*")
NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class Document:
    r"""
    One YAML document as plain values (dates stay text), with the line of each.

    name: How messages name the file.
    text: Its content.
    error: Class of the errors raised.

    Examples
    --------
    >>> Document("a.yaml", 'rate: 0.1\ncodes: ["010121", NO]').data
    {'rate': 0.1, 'codes': ['010121', 'NO']}
    """

    def __init__(self, name: str, text: str, *, error: type[DetenteError] = LedgerError) -> None:
        self.name = name
        self.text = text
        self.error = error
        self._json = compiled().get(fingerprint(text))
        if self._json is None:
            _ = self.data

    @cached_property
    def _parsed(self) -> _Builder:
        """The text read in full, with lines."""
        return _Builder(self).read(self.text)

    @cached_property
    def data(self) -> Any:
        """Plain values."""
        return self._parsed.root if self._json is None else json.loads(self._json)

    def parse(self) -> Any:
        """Plain values read from the YAML text, whatever has been compiled."""
        return self._parsed.root

    @property
    def lines(self) -> dict[Location, int]:
        """Line of each value."""
        return self._parsed.lines

    @property
    def raw(self) -> dict[Location, str]:
        """Text of each unquoted value that is not text."""
        return self._parsed.raw

    def where(self, location: Location = ()) -> str:
        """File and line of the value at a location, or of the nearest value that holds it."""
        while location and location not in self.lines:
            location = location[:-1]
        return f"{self.name}:{self.lines.get(location, 1)}"

    def validate(self, model: type[Model], *, at: Location = ()) -> Model:
        """Turn the value at a location into a model, or raise the first thing that is wrong with it."""
        from pydantic import ValidationError  # noqa: PLC0415  (heavy, and a command parses its words without it)

        text = self._json
        if at or text is None:
            value = self.data
            for key in at:
                value = value[key]
            text = json.dumps(value)
        try:
            return model.model_validate_json(text, strict=True)
        except ValidationError as problem:
            raise first_refusal(problem, model, self, at) from None


def fingerprint(text: str) -> str:
    """Name of a text among the compiled ones."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def compiled() -> dict[str, str]:
    """
    JSON of the package's own YAML files by the fingerprint of their text.

    A file whose text changed is not found here and is read as YAML; ``scripts/compile_data.py`` writes the table.
    """
    path = DATA / "compiled.json"
    if not is_there(path):
        return {}
    table: dict[str, str] = json.loads(read_bytes(path))
    return table


class _Builder:
    """Values from parser events, without recursion and without the YAML library's own guesses."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines: dict[Location, int] = {}
        self.raw: dict[Location, str] = {}
        self.stack: list[tuple[Any, Location]] = []
        self.keys: list[str | None] = []
        self.root: Any = None

    def read(self, text: str) -> _Builder:
        """Read the whole document."""
        from ruamel.yaml import YAML  # noqa: PLC0415  (only where a file is really parsed)
        from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415

        yaml = YAML(typ="safe", pure=True)
        try:
            for event in yaml.parse(text):
                self._take(event)
        except MarkedYAMLError as problem:
            mark = problem.problem_mark or problem.context_mark
            self._refuse("not YAML", (mark.line + 1) if mark else 1, problem.problem or problem.context or "")
        except YAMLError as problem:
            self._refuse("not YAML", 1, str(problem).splitlines()[0])
        return self

    def _take(self, event: Any) -> None:
        """Add one event."""
        kind = type(event).__name__
        line = event.start_mark.line + 1
        if kind == "DocumentStartEvent" and self.lines:
            self._refuse("more than one document", line, "---", "one document", "split the file")
        if kind == "AliasEvent" or getattr(event, "anchor", None):
            self._refuse(
                "anchors and aliases are not allowed",
                line,
                f"{event.anchor}",
                "values written out",
                "write the values out at each place",
            )
        if (
            kind in {"MappingStartEvent", "SequenceStartEvent", "ScalarEvent"}
            and event.tag
            and event.tag != "!"
        ):
            self._refuse("tags are not allowed", line, event.tag, "plain values", "remove the tag")
        if kind == "MappingStartEvent":
            self._open({}, line)
        elif kind == "SequenceStartEvent":
            self._open([], line)
        elif kind == "ScalarEvent":
            self._scalar(event, line)
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            self.stack.pop()
            self.keys.pop()

    def _open(self, value: Any, line: int) -> None:
        """Start a mapping or sequence."""
        if len(self.stack) >= DEEPEST:
            self._refuse(
                "nested too deeply", line, f"{DEEPEST + 1} levels", f"{DEEPEST} levels", "flatten it"
            )
        location = self._put(value, line)
        self.stack.append((value, location))
        self.keys.append(None)

    def _scalar(self, event: Any, line: int) -> None:
        """Add a key or a value."""
        plain = event.style in {None, ""} and event.implicit[0]
        holder = self.stack[-1][0] if self.stack else None
        if isinstance(holder, dict) and self.keys[-1] is None:
            self._key(holder, event.value, line)
            return
        value = self._plain(event.value, line) if plain else event.value
        location = self._put(value, line)
        if plain and not isinstance(value, str):
            self.raw[location] = event.value

    def _key(self, holder: dict[str, Any], key: str, line: int) -> None:
        """Take a key; it must be new."""
        location = (*self.stack[-1][1], key)
        if key in holder:
            first = self.lines[location]
            self._refuse(
                "duplicate key", line, f"`{key}`, first on line {first}", "each key once", "remove one"
            )
        holder[key] = None
        self.lines[location] = line
        self.keys[-1] = key

    def _put(self, value: Any, line: int) -> Location:
        """Place a value where the reader stands."""
        location: Location
        if not self.stack:
            self.root, location = value, ()
        else:
            holder, above = self.stack[-1]
            if isinstance(holder, list):
                location = (*above, len(holder))
                holder.append(value)
            else:
                key = self.keys[-1]
                if key is None:
                    self._refuse("a key must be a plain word", line, "a list or mapping", "text", "name it")
                holder[key], location, self.keys[-1] = value, (*above, key), None
        self.lines.setdefault(location, line)
        return location

    def _plain(self, text: str, line: int) -> Any:
        """Value of an unquoted scalar under the YAML 1.2 core schema."""
        if text in NULL:
            return None
        if text in BOOLEAN:
            return BOOLEAN[text]
        if LEADING_ZERO.fullmatch(text) and not text.startswith("0."):
            self._refuse("unquoted code", line, _short(text), "codes in quotes", f'write "{_short(text)}"')
        if INTEGER.fullmatch(text) or DECIMAL.fullmatch(text):
            return self._number(text, line)
        if NOT_FINITE.fullmatch(text):
            self._refuse(
                "a number must be finite", line, text, "a finite number", "leave it out if not known"
            )
        return text

    def _number(self, text: str, line: int) -> int | float:
        """An integer or a decimal that a file can hold and a computer can count with."""
        found = _short(text)
        if len(text) > LONGEST_NUMBER:
            allowed = f"at most {LONGEST_NUMBER} characters"
            self._refuse(
                "a number is too long", line, found, allowed, "write a code in quotes, a number shorter"
            )
        if not math.isfinite(float(text)):
            self._refuse(
                "a number must be finite", line, found, "below 1.8e308 in size", "leave it out if not known"
            )
        return int(text) if INTEGER.fullmatch(text) else float(text)

    def _refuse(
        self, what: str, line: int, found: str, allowed: str = "YAML 1.2", repair: str = SYNTAX
    ) -> NoReturn:
        """Stop reading."""
        raise self.document.error(
            what, where=f"{self.document.name}:{line}", found=found, allowed=allowed, repair=repair
        )


def _short(text: str) -> str:
    """A number's text as messages show it."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text)} characters)"


def read_text(path: Path, *, error: type[DetenteError], largest: int = LARGEST_FILE, name: str = "") -> str:
    """Text of a small UTF-8 file, its size checked before it is read."""
    name = name or str(path)
    if not is_there(path):
        raise error("no such file", where=name, found="nothing", allowed="a file", repair="check the path")
    size = path.stat().st_size
    if size > largest:
        raise error(
            "file too large", where=name, found=f"{size} bytes", allowed=f"{largest} bytes", repair="split it"
        )
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as problem:
        raise error(
            "not UTF-8 text",
            where=name,
            found=f"byte {problem.start}",
            allowed="UTF-8",
            repair="save it as UTF-8",
        ) from None


def read_record(
    path: Path, model: type[Model], *, error: type[DetenteError], largest: int = LARGEST_FILE
) -> Model:
    """Read one record from a strict YAML file."""
    text = read_text(path, error=error, largest=largest)
    return Document(str(path), text, error=error).validate(model)
