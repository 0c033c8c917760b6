"""List files: the Consolidated Screening List (CSV, JSON), OFAC's SDN files and BIS's denied persons."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import hashlib
import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.compliance.screening.names import DATA, LONGEST
from detente.errors import InputError
from detente.formatting import count
from detente.manifest import checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LARGEST = 1_000_000_000
MOST_PARTIES = 2_000_000
SAMPLE = DATA / "consolidated_screening_list_sample.csv"
_LONGEST_FIELD = 1_000_000
_CSL = frozenset({"source", "name", "alt_names"})
_SDN_COLUMNS = (
    "ent_num",
    "name",
    "sdn_type",
    "program",
    "title",
    "call_sign",
    "vessel_type",
    "tonnage",
    "grt",
    "vessel_flag",
    "vessel_owner",
    "remarks",
)
_ALT_COLUMNS = ("ent_num", "alt_num", "alt_type", "alt_name", "remarks")
_NULL = "-0-"


@dataclasses.dataclass(frozen=True)
class _Form:
    """A known CSV form: its columns and how a row becomes a party or an alias."""

    columns: tuple[str, ...]
    make: Callable[[Path, dict[str, str], int | None], Party | tuple[str, str]]
    first_is_data: bool


@dataclasses.dataclass(frozen=True)
class Party:
    """
    One listed party.

    name, aliases: As listed.
    list: The list's name as published.
    number: Entity number, empty where the list gives none.
    kind: ``Entity``, ``Individual``, ``Vessel``, ``Aircraft`` or empty.
    programs, policy, remarks: Sanctions programmes, licence policy and remarks as published.
    start, end: First day listed and first day no longer listed, where given.
    measure, part: Measure of the ledger that lists it, and which part of it; empty for a party of a list file.
    """

    name: str
    aliases: tuple[str, ...]
    list: str
    number: str = ""
    kind: str = ""
    programs: str = ""
    policy: str = ""
    remarks: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    measure: str = ""
    part: str = ""

    def listed_on(self, day: dt.date) -> bool:
        """Whether the listing covers a day."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@dataclasses.dataclass(frozen=True)
class PartyList:
    """
    The parties of one or more files.

    parties: In file order.
    newest: Latest first day of listing in the files: the list is at least as old as it looks.
    sample: Whether it is the small sample shipped for tests, never good enough to clear anyone.
    digest: SHA-256 over the files.
    files: Names of the files.
    """

    parties: tuple[Party, ...]
    newest: dt.date | None
    sample: bool
    digest: str
    files: tuple[str, ...]


def read_lists(*paths: Path | str) -> PartyList:
    """
    Read list files; without any, the shipped sample.

    Examples
    --------
    >>> read_lists().sample
    True
    """
    files = [Path(path) for path in paths] or [SAMPLE]
    parties: list[Party] = []
    aliases: dict[str, list[str]] = {}
    digest = hashlib.sha256()
    for file in files:
        _check_size(file)
        with checked(file).open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
        for item in _read(file):
            if isinstance(item, Party):
                parties.append(item)
            else:
                aliases.setdefault(item[0], []).append(item[1])
            if len(parties) > MOST_PARTIES:
                raise _bad(
                    file,
                    "too many parties",
                    f"more than {count(MOST_PARTIES)}",
                    f"at most {count(MOST_PARTIES)}",
                )
    joined = tuple(_with_aliases(party, aliases) for party in parties)
    if not joined:
        raise _bad(files[0], "the list holds no party", "no row with a name", "at least one party")
    starts = [party.start for party in joined if party.start is not None]
    return PartyList(
        parties=joined,
        newest=max(starts, default=None),
        sample=not paths or any(file.resolve() == SAMPLE.resolve() for file in files),
        digest=digest.hexdigest(),
        files=tuple(file.name for file in files),
    )


def _with_aliases(party: Party, aliases: dict[str, list[str]]) -> Party:
    """Join the aliases of an alias file to a party."""
    extra = aliases.get(party.number) if party.number else None
    return dataclasses.replace(party, aliases=party.aliases + tuple(extra)) if extra else party


def _check_size(file: Path) -> None:
    """Refuse what is not there or could not fit."""
    if not file.is_file():
        raise InputError(
            "the list file is not there",
            where=str(file),
            found="no such file",
            allowed="a CSV or JSON file",
            repair="download the Consolidated Screening List and give its path",
        )
    if file.stat().st_size > LARGEST:
        size = f"{count(file.stat().st_size)} bytes"
        raise _bad(file, "the list file is too large", size, f"at most {count(LARGEST)} bytes")


def _bad(file: Path, what: str, found: object, allowed: object, line: int | None = None) -> InputError:
    """Build the error of a list file."""
    return InputError(
        what,
        where=f"{file.name}:{line}" if line else file.name,
        found=str(found)[:200],
        allowed=allowed,
        repair="use the file as published, without editing it in a spreadsheet",
    )


def _read(file: Path) -> Iterator[Party | tuple[str, str]]:
    """Read one file by its shape: parties, or pairs of entity number and alias."""
    try:
        with file.open(encoding="utf-8-sig", errors="strict", newline="") as stream:
            start = stream.read(4096).lstrip()
            stream.seek(0)
            if start[:1] in {"{", "["}:
                yield from _json(file, stream.read())
            else:
                yield from _csv(file, stream)
    except UnicodeDecodeError as error:
        found = f"byte {error.object[error.start]:#04x} at {count(error.start)} of a block"
        raise _bad(file, "the list file is not text", found, "UTF-8") from error


def _json(file: Path, text: str) -> Iterator[Party]:
    """Read the JSON form: a list of entries, or an object with `results`."""
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise _bad(file, "the list file is not JSON", getattr(error, "msg", error), "JSON", line) from error
    entries = document.get("results") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise _bad(file, "no list of entries", type(entries).__name__, "a list, or an object with `results`")
    for place, entry in enumerate(entries):
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise _bad(file, f"entry {place} is not a party", repr(entry)[:80], "an object with a `name`")
        yield _csl(file, {key: _flat(value) for key, value in entry.items()}, None)


def _flat(value: Any) -> str:
    """Write a JSON value as the CSV form writes it."""
    if isinstance(value, list):
        return "; ".join(_flat(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(str(item) for item in value.values() if item)
    return "" if value is None else str(value)


def _csv(file: Path, stream: Iterable[str]) -> Iterator[Party | tuple[str, str]]:
    """Read any of the CSV forms, streaming."""
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(stream, strict=True)
    try:
        first = [cell.strip() for cell in next(reader, [])]
        form = _form(file, first)
        for row in itertools.chain([first] if form.first_is_data else [], reader):
            if not row or row == ["\x1a"]:
                continue
            if len(row) != len(form.columns):
                found, allowed = f"{len(row)} columns", f"{len(form.columns)}, as in the first row"
                raise _bad(file, "a row of the list is cut or shifted", found, allowed, reader.line_num)
            cells = ("" if cell.strip() == _NULL else cell.strip() for cell in row)
            yield form.make(file, dict(zip(form.columns, cells, strict=True)), reader.line_num)
    except csv.Error as error:
        raise _bad(file, "the list file is not CSV", error, "CSV as published", reader.line_num) from error


def _form(file: Path, first: list[str]) -> _Form:
    """Tell the form by its first row; OFAC publishes without a header, so there it is data."""
    names = tuple(cell.lower().replace(" ", "_") for cell in first)
    if set(names) >= _CSL:
        return _Form(names, _csl, first_is_data=False)
    for known, make in ((_SDN_COLUMNS, _sdn), (_ALT_COLUMNS, _alias)):
        headless = len(first) == len(known) and first[0].isdigit()
        if names == known or headless:
            return _Form(known, make, first_is_data=headless)
    if names[:2] == ("name", "street_address"):
        return _Form(names, _denied, first_is_data=False)
    raise _bad(
        file,
        "the list file has no header this reader knows",
        ", ".join(first)[:120] or "an empty file",
        "Consolidated Screening List CSV or JSON, OFAC sdn.csv and alt.csv, BIS denied persons",
        1,
    )


def _csl(file: Path, row: dict[str, str], line: int | None) -> Party:
    """Read a row of the Consolidated Screening List."""
    return Party(
        name=_name(file, row["name"], line),
        aliases=tuple(
            _name(file, alias, line) for alias in row.get("alt_names", "").split(";") if alias.strip()
        ),
        list=row.get("source", ""),
        number=row.get("entity_number", ""),
        kind=row.get("type", ""),
        programs=row.get("programs", ""),
        policy=row.get("license_policy", ""),
        remarks=row.get("remarks", ""),
        start=_day(file, row.get("start_date", ""), line),
        end=_day(file, row.get("end_date", ""), line),
    )


def _sdn(file: Path, row: dict[str, str], line: int | None) -> Party:
    """Read a row of OFAC's sdn.csv."""
    return Party(
        name=_name(file, row["name"], line),
        aliases=(),
        list="Specially Designated Nationals (SDN) - Treasury Department",
        number=row["ent_num"],
        kind=row["sdn_type"].capitalize() or "Entity",
        programs=row["program"],
        remarks=row["remarks"],
    )


def _alias(file: Path, row: dict[str, str], line: int | None) -> tuple[str, str]:
    """Read a row of OFAC's alt.csv."""
    return row["ent_num"], _name(file, row["alt_name"], line)


def _denied(file: Path, row: dict[str, str], line: int | None) -> Party:
    """Read a row of BIS's denied persons list."""
    return Party(
        name=_name(file, row["name"], line),
        aliases=(),
        list="Denied Persons List (DPL) - Bureau of Industry and Security",
        policy=row.get("fr_citation", ""),
        remarks=row.get("action", ""),
        start=_day(file, row.get("effective_date", ""), line),
        end=_day(file, row.get("expiration_date", ""), line),
    )


def _name(file: Path, text: str, line: int | None) -> str:
    """Check a listed name."""
    name = text.strip()
    if not name or len(name) > LONGEST:
        found = "an empty name" if not name else f"{count(len(name))} characters"
        raise _bad(file, "a listed name cannot be used", found, f"1 to {count(LONGEST)} characters", line)
    return name


def _day(file: Path, text: str, line: int | None) -> dt.date | None:
    """Read a day as the lists write it: 2019-05-21 or 06/19/2003."""
    text = text.strip()
    if not text:
        return None
    for pattern in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            return dt.datetime.strptime(text, pattern).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    raise _bad(file, "a day of the list cannot be read", text, "YYYY-MM-DD or MM/DD/YYYY", line)
