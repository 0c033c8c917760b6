"""The data files of the package and their hashes: listed when it is made, read again only where a file was touched since."""

from __future__ import annotations

import hashlib
import json
import os
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(str(files("detente")))
# Beside the folder, and after it in the order of names: whatever installs the package writes it last.
NAME: Final = "data_manifest.json"
# What no solved number rests on: labels, pictures, the search, names, what predictions are held against, schedules of other
# importers, and the bands, which are worked out from the rest.
NOT_SOLVED: Final = (
    "bands/",
    "evidence/",
    "labels.csv",
    "maps/",
    "schedules/",
    "screening/",
    "products/search.npz",
    "products/synonyms.csv",
)
PLAIN: Final = (".md", ".txt")


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


def data_hashes(package: Path = PACKAGE) -> dict[str, str]:
    """SHA-256 of every data file as it is."""
    manifest = package / NAME
    listed = _listed(manifest.read_bytes()) if manifest.is_file() else {}
    written = manifest.stat().st_mtime_ns if listed else 0
    found = {}
    for name, entry in _entries(str(package / "data")):
        at = entry.stat()
        size, digest = listed.get(name, (-1, ""))
        same = size == at.st_size and at.st_mtime_ns <= written
        found[name] = digest if same else _read_again(entry.path, at.st_size, at.st_mtime_ns)
    return found


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
