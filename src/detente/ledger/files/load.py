"""Ledger files to a ledger: the built-in folder, overlays, and every check on the way in."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from detente.errors import LedgerError
from detente.io.dates import parse_date
from detente.io.words import nearest
from detente.io.yaml_file import LARGEST_FILE, Document, Location, fingerprint, read_record, read_text
from detente.labels import FILE, Key, Label, read_labels, titles
from detente.ledger.files.names import refuse_name
from detente.ledger.files.tables import Tables, words_of
from detente.ledger.ledger import Ledger
from detente.ledger.records.headings import Headings
from detente.ledger.records.lists import ProductList
from detente.ledger.records.rules import Known, check_measure
from detente.ledger.records.schema import LedgerFile, Measure
from detente.manifest import DATA, require_whole

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
    "printed_lists.yaml",
    "headings.yaml",
}
GENERIC: Final = TABLES - {"sources.yaml", "board.yaml"}
READ: Final = frozenset({".yaml", ".csv"})
MOST_FILES: Final = 2000


@dataclass
class _Files:
    """What is read from folders and files before it becomes a ledger."""

    measures: dict[str, Measure] = field(default_factory=dict)
    places: dict[str, tuple[Document, Location]] = field(default_factory=dict)
    tables: Tables = field(default_factory=Tables)
    lists: dict[str, ProductList] = field(default_factory=dict)
    laid_lists: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    labels: dict[Key, Label] = field(default_factory=dict)
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
        if path.name == FILE:
            self.labels |= read_labels(text, shown)
        elif path.suffix == ".csv":
            self._list(path, shown, fingerprint(text), overlay=overlay)
        else:
            self._document(Document(shown, text), path.name, seen, overlay=overlay)

    def _list(self, path: Path, shown: str, digest: str, *, overlay: bool) -> None:
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
        self.lists[name] = ProductList(name, path, shown, digest=digest)
        if overlay:
            _ = self.lists[name].rows
            self.laid_lists.append(name)

    def _document(self, document: Document, name: str, seen: set[str], *, overlay: bool) -> None:
        """Take a YAML file by its name."""
        if name not in TABLES:
            self._measures(document, seen, overlay=overlay)
            return
        self.tables.take(document, name, overlay=overlay)
        if name in GENERIC:
            self.words |= set(words_of(document.data))

    def _measures(self, document: Document, seen: set[str], *, overlay: bool) -> None:
        """Take the measures of a file; an overlay may replace one."""
        several = isinstance(document.data, dict) and "measures" in document.data
        found: tuple[Measure, ...]
        if several:
            file = document.validate(LedgerFile)
            found = file.measures
            self.tables.sources |= file.sources
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
        """For each measure that breaks a rule, the first rule it breaks; then what overlays name in vain."""
        tables = self.tables
        known = Known(tables.sources, self.lists, tables.coverage, tables.assumptions)
        for name, measure in self.measures.items():
            document, location = self.places[name]

            def where(inner: Location, document: Document = document, at: Location = location) -> str:
                return document.where((*at, *inner))

            try:
                check_measure(measure, known, where)
            except LedgerError as refusal:
                yield refusal
        yield from self._named_in_vain()

    def _named_in_vain(self) -> Iterator[LedgerError]:
        """What tables of overlays refer to and the ledger does not hold; lists of overlays that nothing names."""
        if not self.tables.references and not self.laid_lists:
            return
        ledger = self.ledger()
        for reference in self.tables.references:
            refusal = refuse_name(reference.named, ledger, reference.where)
            if refusal is not None:
                yield refusal
        scopes = [scope for measure in self.measures.values() for scope in measure.scope.values()]
        named = {name for scope in scopes for name in (*scope.include, *scope.exclude)}
        for name in self.laid_lists:
            if name not in named:
                near = nearest(name, named & set(self.lists))
                yield LedgerError(
                    "a product list that no measure names",
                    where=self.lists[name].shown,
                    found=name,
                    allowed=near or "the name of a list in a scope",
                    repair=f"name the file {near}.csv" if near else "name it in the scope of a measure",
                )

    def ledger(self) -> Ledger:
        """The ledger, its measures in order of their ids so that the order of files does not matter."""
        latest = max(
            (record.recorded for m in self.measures.values() for record in m.steps), default=dt.date.max
        )
        tables = self.tables
        return Ledger(
            measures=dict(sorted(self.measures.items())),
            sources=tables.sources,
            coverage=tables.coverage,
            lists=self.lists,
            board=tables.board,
            horizon=tables.horizon or latest,
            hash=self.digest.hexdigest(),
            warnings=(*self.warnings, *tables.warnings),
            places=self.places,
            cited_elsewhere=frozenset(self.words),
            rules=tables.stacking(),
            assumptions=tables.assumptions,
            statements=tuple(sorted(tables.statements.values(), key=lambda item: item.date)),
            mfn_lines=tables.mfn_lines,
            printed=tables.printed,
            headings=Headings(tables.headings),
            labels=titles("measure", self.measures) | titles("assumption", tables.assumptions) | self.labels,
        )


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
    every = [path for path in require_whole(root).rglob("*") if path.is_file()]
    found = [path for path in every if path.suffix in READ]
    for path in every:
        if path.suffix.lower() in {".yml", ".yaml", ".csv"} and path.suffix not in READ:
            raise LedgerError(
                "a file that would not be read",
                where=path.relative_to(root).as_posix(),
                found=path.suffix,
                allowed=".yaml, .csv",
                repair=f"rename it to {path.stem}{'.csv' if path.suffix.lower() == '.csv' else '.yaml'}",
            )
    if not found:
        raise LedgerError(
            "nothing to read in the folder",
            where=str(root),
            found="no .yaml or .csv file",
            allowed="measures, tables or product lists",
            repair="check the path",
        )
    if len(found) > MOST_FILES:
        raise LedgerError(
            "too many files", where=str(root), found=len(found), allowed=MOST_FILES, repair="give a folder"
        )
    for path in sorted(found, key=lambda item: item.relative_to(root).as_posix()):
        yield path, path.relative_to(root).as_posix()


def read_ledger(roots: Iterable[tuple[Path, bool]]) -> Ledger:
    """Read folders and files into one ledger."""
    found = _Files()
    for root, overlay in roots:
        found.read(root, overlay=overlay)
    for refusal in found.refusals():
        raise refusal
    return found.ledger()


def all_refusals(root: Path) -> list[LedgerError]:
    """
    Everything the loader would refuse in a ledger folder: one error per broken file, list or measure.

    Gives empty if it would load. A file that breaks the schema hides what else is wrong in it.
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
    """The ledger that comes with the package."""
    return read_ledger([(DATA / "ledger", False)])


def open_ledger(*overlays: Path | str, known_on: dt.date | str | None = None) -> Ledger:
    """
    Open the built-in ledger, with overlays.

    Gives checked: unknown or repeated keys, missing sources, unquoted codes, bad dates, unknown economies, overlapping
    steps and lists out of order are refused.

    Examples
    --------
    >>> open_ledger().on("2025-11-09").get("us.ieepa.fentanyl.cn")[0].rate
    0.2
    """
    known = parse_date(known_on, where="known_on") if known_on is not None else None
    if not overlays:
        return built_in().as_known(known)
    base = DATA / "ledger"
    return read_ledger([(base, False), *((Path(item), True) for item in overlays)]).as_known(known)
