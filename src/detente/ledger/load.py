"""Ledger files to a ledger: the built-in folder, overlays, and every check on the way in."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from detente.dates import parse_date
from detente.errors import LedgerError
from detente.ledger.ledger import Ledger
from detente.ledger.lists import ProductList
from detente.ledger.rules import Known, check_measure
from detente.ledger.schema import BoardFile, BoardRow, Coverage, LedgerFile, Measure, Source, SourceFile
from detente.reading import LARGEST_FILE, Document, Location, read_record, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["open_ledger", "read_record"]

TABLES: Final = {
    "sources.yaml",
    "coverage.yaml",
    "assumptions.yaml",
    "stacking.yaml",
    "board.yaml",
    "statements.yaml",
    "mfn_lines.yaml",
}
GENERIC: Final = TABLES - {"sources.yaml", "board.yaml"}
MOST_FILES: Final = 2000


@dataclass
class _Files:
    """What is read from folders and files before it becomes a ledger."""

    measures: dict[str, Measure] = field(default_factory=dict)
    places: dict[str, tuple[Document, Location]] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    coverage: dict[str, Coverage] = field(default_factory=dict)
    assumptions: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, ProductList] = field(default_factory=dict)
    board: tuple[BoardRow, ...] = ()
    horizon: dt.date | None = None
    warnings: list[str] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    keep_going: bool = False
    refused: list[LedgerError] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)

    def read(self, root: Path, *, overlay: bool) -> None:
        """Read a file or folder on top of what is there."""
        seen: set[str] = set()
        for path, shown in _files(root):
            try:
                self._read(path, shown, seen, overlay=overlay)
            except LedgerError as refusal:
                if not self.keep_going:
                    raise
                self.refused.append(refusal)

    def _read(self, path: Path, shown: str, seen: set[str], *, overlay: bool) -> None:
        """Read one file."""
        text = read_text(path, error=LedgerError, largest=LARGEST_FILE, name=shown)
        self.digest.update(shown.encode() + b"\0" + text.encode() + b"\0")
        if path.suffix == ".csv":
            self._list(path, shown, overlay=overlay)
        else:
            self._document(Document(shown, text), path.name, seen, overlay=overlay)

    def _list(self, path: Path, shown: str, *, overlay: bool) -> None:
        """Take a product list."""
        name = path.stem
        if name in self.lists and not overlay:
            raise LedgerError(
                "two product lists of one name",
                where=shown,
                found=name,
                allowed="names that are unique over the ledger",
                repair=f"rename it; the other is {self.lists[name].shown}",
            )
        if name in self.lists:
            self.warnings.append(f"{shown} replaces the product list {name}")
        self.lists[name] = ProductList(name, path, shown)
        if overlay:
            _ = self.lists[name].rows

    def _document(self, document: Document, name: str, seen: set[str], *, overlay: bool) -> None:
        """Take a YAML file by its name."""
        if name in GENERIC:
            _check_mapping(document)
            self.words |= set(_words(document.data))
        if name == "sources.yaml":
            self.sources |= document.validate(SourceFile).sources
        elif name == "coverage.yaml":
            self._coverage(document)
        elif name == "assumptions.yaml":
            _check_mapping(document, ("assumptions",))
            self.assumptions |= document.data["assumptions"]
        elif name == "board.yaml":
            board = document.validate(BoardFile)
            self.board, self.horizon = board.board, board.horizon
        elif name not in TABLES:
            self._measures(document, seen, overlay=overlay)

    def _coverage(self, document: Document) -> None:
        """Take coverage assumptions, under a key `coverage` or at the top."""
        at: Location = ("coverage",) if "coverage" in document.data else ()
        _check_mapping(document, at)
        for key in document.data["coverage"] if at else document.data:
            self.coverage[key] = document.validate(Coverage, at=(*at, key))

    def _measures(self, document: Document, seen: set[str], *, overlay: bool) -> None:
        """Take the measures of a file; an overlay may replace one."""
        several = isinstance(document.data, dict) and "measures" in document.data
        found: tuple[Measure, ...]
        if several:
            file = document.validate(LedgerFile)
            found = file.measures
            self.sources |= file.sources
        else:
            found = (document.validate(Measure),)
        for place, measure in enumerate(found):
            location: Location = ("measures", place) if several else ()
            if measure.id in seen or (measure.id in self.measures and not overlay):
                raise LedgerError(
                    "two measures of one id",
                    where=document.where((*location, "id")),
                    found=measure.id,
                    allowed="ids that are unique over the ledger",
                    repair=f"rename it; the other is at {self._where(measure.id)}",
                )
            if measure.id in self.measures:
                self.warnings.append(f"{document.where(location)} replaces the measure {measure.id}")
            seen.add(measure.id)
            self.measures[measure.id] = measure
            self.places[measure.id] = (document, location)

    def _where(self, name: str) -> str:
        """File and line of a measure."""
        document, location = self.places[name]
        return document.where(location)

    def refusals(self) -> Iterator[LedgerError]:
        """For each measure that breaks a rule, the first rule it breaks."""
        known = Known(self.sources, self.lists, self.coverage, self.assumptions)
        for name, measure in self.measures.items():
            document, location = self.places[name]

            def where(inner: Location, document: Document = document, at: Location = location) -> str:
                return document.where((*at, *inner))

            try:
                check_measure(measure, known, where)
            except LedgerError as refusal:
                yield refusal

    def ledger(self, known_on: dt.date | None) -> Ledger:
        """The ledger, its measures in order of their ids so that the order of files does not matter."""
        latest = max(
            (record.recorded for m in self.measures.values() for record in m.steps), default=dt.date.max
        )
        return Ledger(
            measures=dict(sorted(self.measures.items())),
            sources=self.sources,
            coverage=self.coverage,
            lists=self.lists,
            board=self.board,
            horizon=self.horizon or latest,
            hash=self.digest.hexdigest(),
            known_on=known_on,
            warnings=tuple(self.warnings),
            places=self.places,
            cited_elsewhere=frozenset(self.words),
        )


def _check_mapping(document: Document, at: Location = ()) -> None:
    """Refuse a table that is not a mapping where it must be."""
    value = document.data
    for key in at:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        raise LedgerError(
            "not a mapping",
            where=document.where(at),
            found=value,
            allowed=f"names with their values under `{at[-1]}:`" if at else "names with their values",
            repair="write `name:` and its keys below",
        )


def _words(value: Any) -> Iterator[str]:
    """All texts in a nested value."""
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _words(item)


def _files(root: Path) -> Iterator[tuple[Path, str]]:
    """Ledger files of a file or folder in a fixed order, with the name messages use."""
    if root.is_file():
        yield root, str(root)
        return
    if not root.is_dir():
        raise LedgerError(
            "no such ledger",
            where="--ledger",
            found=root,
            allowed="a YAML file or a folder",
            repair="check the path",
        )
    found = [path for path in root.rglob("*") if path.suffix in {".yaml", ".csv"} and path.is_file()]
    if len(found) > MOST_FILES:
        raise LedgerError(
            "too many files", where=str(root), found=len(found), allowed=MOST_FILES, repair="give a folder"
        )
    for path in sorted(found, key=lambda item: item.relative_to(root).as_posix()):
        yield path, path.relative_to(root).as_posix()


def read_ledger(roots: Iterable[tuple[Path, bool]], known_on: dt.date | None = None) -> Ledger:
    """
    Read folders and files into one ledger.

    Parameters
    ----------
    roots
        Each a path, and whether it is an overlay, which may replace measures and lists.
    known_on
        Day of knowledge every query of this ledger is limited to.

    Returns
    -------
    Ledger
        Checked.

    Raises
    ------
    LedgerError
        The first thing that breaks the schema or a rule.
    """
    found = _Files()
    for root, overlay in roots:
        found.read(root, overlay=overlay)
    for refusal in found.refusals():
        raise refusal
    return found.ledger(known_on)


def all_refusals(root: Path) -> list[LedgerError]:
    """
    Everything the loader would refuse in a ledger folder: one error per broken file, list or measure.

    Parameters
    ----------
    root
        A whole ledger folder.

    Returns
    -------
    refusals
        Empty if it would load. A file that breaks the schema hides what else is wrong in it.
    """
    found = _Files(keep_going=True)
    found.read(root, overlay=False)
    for item in found.lists.values():
        try:
            _ = item.rows
        except LedgerError as refusal:
            found.refused.append(refusal)
    return [*found.refused, *found.refusals()]


@cache
def built_in() -> Ledger:
    """
    The ledger that comes with the package.

    Returns
    -------
    Ledger
        Read once.
    """
    return read_ledger([(Path(str(files("detente") / "data" / "ledger")), False)])


def open_ledger(*overlays: Path | str, known_on: dt.date | str | None = None) -> Ledger:
    """
    Open the built-in ledger, with overlays.

    Parameters
    ----------
    *overlays
        Files or folders in the ledger's schema; a measure or list that exists is replaced, which
        `Ledger.warnings` says.
    known_on
        Limits every query to what was known on this day.

    Returns
    -------
    Ledger
        Checked: unknown or repeated keys, missing sources, unquoted codes, bad dates, unknown economies,
        overlapping steps and lists out of order are refused.

    Raises
    ------
    LedgerError
        With file and line, what was found, what is allowed, and how to repair it.

    Examples
    --------
    >>> open_ledger().on("2025-11-09").get("us.ieepa.fentanyl.cn")[0].rate
    0.2
    """
    known = parse_date(known_on, where="known_on") if known_on is not None else None
    if not overlays:
        return built_in().as_known(known)
    base = Path(str(files("detente") / "data" / "ledger"))
    return read_ledger([(base, False), *((Path(item), True) for item in overlays)], known)
