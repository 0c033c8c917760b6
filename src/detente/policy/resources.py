"""Files that come with the package, found by name, or the user's own by path."""

from __future__ import annotations

from pathlib import Path

from detente.errors import StudyError
from detente.io.words import meant
from detente.manifest import require_whole


def names_in(folder: Path) -> list[str]:
    """Names of the files of a folder of the package."""
    return sorted(
        item.name.removesuffix(".yaml")
        for item in require_whole(folder).iterdir()
        if item.name.endswith(".yaml")
    )


def locate(name_or_path: str | Path, folder: Path, *, kind: str, where: str) -> Path:
    """
    Find a file by the name it has in the package, or by path.

    Examples
    --------
    >>> from detente.manifest import DATA
    >>> locate("kuala-lumpur", DATA / "studies", kind="study", where="STUDY").name
    'kuala-lumpur.yaml'
    """
    known = names_in(folder)
    if str(name_or_path) in known:
        return folder / f"{name_or_path}.yaml"
    path = Path(name_or_path)
    if not path.is_file():
        raise StudyError(
            f"no such {kind}",
            where=where,
            found=name_or_path,
            allowed=f"a built-in {kind} ({', '.join(known)}) or the path of a {kind} file",
            repair=meant(
                str(name_or_path), known, otherwise="check the spelling, or give the path of a YAML file"
            ),
        )
    return path
