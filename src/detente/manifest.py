"""
The data files of the package and their hashes: the one place they are read through.

What is read is hashed as it is read and compared with the manifest. A file that differs is refused, with exit code 4.

In a source tree (`pyproject.toml` two folders up) files written by hand (`BY_HAND`) may be edited: they are used as they
are, the stamp names what was read, and `detente doctor` lists them until `scripts/compile_data.py` has run. What scripts
write must be as listed there too.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from detente.errors import UnsafeAnswerError

PACKAGE: Final = Path(str(files("detente")))
DATA: Final = PACKAGE / "data"
# Beside the folder, so that it does not list itself.
NAME: Final = "data_manifest.json"
# What no solved number rests on: labels, heads of tables, pictures, the search, names, what becomes of a duty once paid,
# what predictions are held against, labels of tables that are read, what is invested (only one closure asks; designs under
# it are named by it), customs values, schedules of other importers, and the bands, which are worked out from the rest.
NOT_SOLVED: Final = (
    "bands/",
    "columns.csv",
    "customs/",
    "evidence/",
    "forecasts/",
    "labels.csv",
    "maps/",
    "revenue/",
    "schedules/",
    "screening/",
    "worlds/investment.csv",
    "products/search.npz",
    "products/synonyms.csv",
    "readers/",
)
PLAIN: Final = (".md", ".txt")
# What people write: the rest is written by scripts.
BY_HAND: Final = (".yaml", ".csv", *PLAIN)
SOURCE_TREE: Final = PACKAGE.parent.name == "src" and (PACKAGE.parents[1] / "pyproject.toml").is_file()
_INSIDE: Final = f"{DATA}{os.sep}"
# Hashes of the files that were read, as they were.
_READ: Final[dict[str, str]] = {}


def read_bytes(path: Path) -> bytes:
    """
    Content of a file. One of the package's data must be as the manifest lists it; a user's own may be anything.

    Examples
    --------
    >>> read_bytes(DATA / "places.yaml")[:1] != b""
    True
    """
    name = _inside(path)
    if not name:
        return path.read_bytes()
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        _require_there(name)
        raise
    _require_listed(name, content)
    return content


def checked(path: Path) -> Path:
    """Give a path back, read and compared first where it is one of the package's data."""
    if _inside(path):
        read_bytes(path)
    return path


def read_text(path: Path) -> str:
    """UTF-8 text of a file, checked as `read_bytes` does."""
    return read_bytes(path).decode("utf-8")


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file with a header, checked as `read_bytes` does."""
    return list(csv.DictReader(io.StringIO(read_text(path), newline="")))


def is_there(path: Path) -> bool:
    """Whether a file is there; one of the package's data that is listed and gone is refused."""
    if path.is_file():
        return True
    if name := _inside(path):
        _require_there(name)
    return False


def require_whole(folder: Path) -> Path:
    """Refuse a folder of the package's data from which a listed file is gone; any other is given back as it is."""
    if name := _inside(folder):
        gone = [one for one in known() if one.startswith(f"{name}/") and not (DATA / one).is_file()]
        for one in gone:
            _require_there(one)
    return folder


def damaged() -> list[str]:
    """
    Names of the data files that are not as the manifest lists them: other bytes, gone, or not listed.

    Reads every file.

    Examples
    --------
    >>> damaged()
    []
    """
    told, there = known(), data_files()
    return [
        name
        for name in sorted({*told, *there})
        if name not in there or _differs(name, there[name].read_bytes())
    ]


def require_intact() -> None:
    """Refuse to go on with damaged data; what an author edited in a source tree is not damage."""
    if names := [name for name in damaged() if not _may_differ(name)]:
        raise refuse_damaged(names)


def refuse_damaged(names: list[str]) -> UnsafeAnswerError:
    """The refusal of data files that are not as they were made."""
    told = known()
    found = []
    for name in names:
        path = DATA / name
        found.append(f"{name}: {_said(path.read_bytes()) if path.is_file() else 'gone'}")
    allowed = [
        f"{name}: {told[name][0]} bytes, SHA-256 {told[name][1][:16]}"
        if name in told
        else f"{name}: not listed"
        for name in names
    ]
    built = "run `python scripts/compile_data.py` if you changed it on purpose"
    return UnsafeAnswerError(
        "the data of the package is damaged: a file is not as it was made"
        if len(names) == 1
        else f"the data of the package is damaged: {len(names)} files are not as they were made",
        where=", ".join(str(DATA / name) for name in names),
        found="; ".join(found),
        allowed=f"{'; '.join(allowed)} ({NAME})",
        repair=built if SOURCE_TREE else "install the package again; `detente doctor` checks every file",
    )


def _inside(path: Path) -> str:
    """Name of a file within the folder of data; empty for any other."""
    text = str(path)
    return text[len(_INSIDE) :].replace(os.sep, "/") if text.startswith(_INSIDE) else ""


def _said(content: bytes) -> str:
    """Size and hash of a content, in words."""
    return f"{len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()[:16]}"


def _differs(name: str, content: bytes) -> bool:
    """Whether a content is not what the manifest lists."""
    return known().get(name) != (len(content), hashlib.sha256(content).hexdigest())


def _may_differ(name: str) -> bool:
    """Whether a file is an author's to edit."""
    return SOURCE_TREE and name.endswith(BY_HAND)


def _require_there(name: str) -> None:
    """Refuse a file that is listed and gone, but for one that an author took away."""
    if name in known() and not _may_differ(name):
        raise refuse_damaged([name])


def _require_listed(name: str, content: bytes) -> None:
    """Refuse a content that is not what the manifest lists, but for one that an author edited."""
    digest = hashlib.sha256(content).hexdigest()
    if known().get(name) != (len(content), digest) and not _may_differ(name):
        raise refuse_damaged([name])
    _READ[name] = digest


@lru_cache(maxsize=1)
def known() -> dict[str, tuple[int, str]]:
    """Size and hash of every data file, as the manifest says."""
    path = PACKAGE / NAME
    try:
        return _listed(path.read_bytes())
    except (AttributeError, OSError, TypeError, ValueError) as problem:
        raise UnsafeAnswerError(
            "the list of the package's data cannot be read",
            where=str(path),
            found=str(problem),
            allowed=f"{NAME}, written with the data",
            repair="run `python scripts/compile_data.py`" if SOURCE_TREE else "install the package again",
        ) from None


def data_files(package: Path = PACKAGE) -> dict[str, Path]:
    """
    Every data file of the package. Gives by name inside the folder of data, in order.

    Examples
    --------
    >>> "places.yaml" in data_files()
    True
    """
    return {name: Path(entry.path) for name, entry in _entries(str(package / "data"))}


def _entries(folder: str, inside: str = "") -> list[tuple[str, os.DirEntry[str]]]:
    """Files under a folder with their names inside it, in order."""
    found: list[tuple[str, os.DirEntry[str]]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{inside}{entry.name}"
            found += _entries(entry.path, f"{name}/") if entry.is_dir() else [(name, entry)]
    return sorted(found, key=lambda row: row[0])


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_manifest(package: Path = PACKAGE) -> Path:
    """Write the hash and the size of every data file."""
    listed = {name: [path.stat().st_size, file_hash(path)] for name, path in data_files(package).items()}
    target = package / NAME
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(row)}" for name, row in listed.items())
    target.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    known.cache_clear()
    return target


@lru_cache(maxsize=8)
def _listed(text: bytes) -> dict[str, tuple[int, str]]:
    """Size and hash by name, as the manifest says."""
    return {name: (int(size), str(digest)) for name, (size, digest) in json.loads(text).items()}


@lru_cache(maxsize=1024)
def _read_again(path: str, size: int, changed: int) -> str:
    """Hash of a file that was touched since the manifest was written."""
    del size, changed
    return file_hash(Path(path))


def _written(package: Path) -> int:
    """When the package was whole: its manifest was written, or the record that installers write after every file."""
    from detente import __version__ as version  # noqa: PLC0415  (a name of the package, which may be loading)

    record = package.parent / f"detente-{version}.dist-info" / "RECORD"
    return max(path.stat().st_mtime_ns for path in (package / NAME, record) if path.is_file())


def data_hashes(package: Path = PACKAGE) -> dict[str, str]:
    """SHA-256 of every data file as it is."""
    manifest = package / NAME
    listed = _listed(manifest.read_bytes()) if manifest.is_file() else {}
    written = _written(package) if listed else 0
    found = {}
    for name, entry in _entries(str(package / "data")):
        at = entry.stat()
        size, digest = listed.get(name, (-1, ""))
        same = size == at.st_size and at.st_mtime_ns <= written
        found[name] = digest if same else _read_again(entry.path, at.st_size, at.st_mtime_ns)
    return found | _READ if package == PACKAGE else found


def data_hash(*, solved: bool = False, package: Path = PACKAGE) -> str:
    """
    One hash of the data of the package.

    Examples
    --------
    >>> data_hash() == data_hash(), data_hash() == data_hash(solved=True)
    (True, False)
    """
    kept = {
        name: digest
        for name, digest in data_hashes(package).items()
        if not (solved and (name.startswith(NOT_SOLVED) or name.endswith(PLAIN)))
    }
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()
