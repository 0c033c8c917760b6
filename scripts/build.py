"""
Build what comes with the package, one step after another, from the folder of inputs; or say what is no longer fresh.

    python -m scripts.build list
    python -m scripts.build check [STEP ...]
    python -m scripts.build all [--at-most MINUTES] [--shared ../shared]
    python -m scripts.build run STEP [STEP ...]
    python -m scripts.build record STEP [STEP ...]

The steps stand in build.yaml; build.lock.json holds the sha256 of every file that a step was built from and made. `check`
is 1 where one of them differs, and says which; inputs that are not here are said to be so. `all` runs the steps that are
not fresh, in order; `record` takes the files as they are, for a step that was run by hand.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

REPO = Path(__file__).resolve().parent.parent
TABLE, LOCK = REPO / "scripts" / "build.yaml", REPO / "scripts" / "build.lock.json"
SHARED = "shared/"
FROM, MAKES = "from", "makes"


@dataclass(frozen=True)
class Step:
    """
    One script with its arguments.

    sources, makes: Patterns of files; `apart` are those of `makes` that another step makes.
    behind: Why what is held is not what the step makes.
    """

    name: str
    run: str
    sources: tuple[str, ...]
    makes: tuple[str, ...]
    apart: tuple[str, ...]
    minutes: float
    behind: str

    def files(self, which: str, shared: Path) -> dict[str, Path]:
        """Files that are here, by the name they have in the table."""
        patterns = self.sources if which == FROM else self.makes
        found = {name: path for pattern in patterns for name, path in matched(pattern, shared)}
        for pattern in self.apart if which == MAKES else ():
            for name, _ in matched(pattern, shared):
                found.pop(name, None)
        return dict(sorted(found.items()))


def matched(pattern: str, shared: Path) -> Iterator[tuple[str, Path]]:
    """Files of a pattern with their names."""
    root, own, before = (
        (shared, pattern.removeprefix(SHARED), SHARED) if pattern.startswith(SHARED) else (REPO, pattern, "")
    )
    if own.endswith("/**"):
        own += "/*"
    for path in sorted(root.glob(own)):
        if path.is_file() and "__pycache__" not in path.parts:
            yield before + path.relative_to(root).as_posix(), path


def steps() -> dict[str, Step]:
    """Every step by name, in order."""
    return {
        row["name"]: Step(
            row["name"],
            row["run"],
            tuple(row["from"]),
            tuple(row["makes"]),
            tuple(row.get("apart", ())),
            float(row["minutes"]),
            row.get("behind", ""),
        )
        for row in _table()["steps"]
    }


def by_hand() -> tuple[str, ...]:
    """Patterns of the files that no step makes."""
    return tuple(_table()["by_hand"])


def _table() -> Any:
    """The table as it is written."""
    return YAML(typ="safe").load(TABLE.read_text(encoding="utf-8"))


def hashes(files: Mapping[str, Path]) -> dict[str, str]:
    """Sha256 of each file."""
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def locked() -> dict[str, dict[str, dict[str, str]]]:
    """What every step was last built from, and what it made."""
    found: dict[str, dict[str, dict[str, str]]] = json.loads(LOCK.read_text(encoding="utf-8"))
    return found


def record(step: Step, shared: Path) -> None:
    """Take a step's files as they are."""
    held = locked() if LOCK.exists() else {}
    held[step.name] = {which: hashes(step.files(which, shared)) for which in (FROM, MAKES)}
    ordered = {name: held[name] for name in steps() if name in held}
    LOCK.write_text(json.dumps(ordered, indent=0) + "\n", encoding="utf-8")


def differences(step: Step, shared: Path, held: Mapping[str, Any] | None = None) -> list[str]:
    """What is not as it was when a step was last built; inputs from outside that are not here are no difference."""
    known = (locked() if held is None else held).get(step.name)
    if known is None:
        return ["never built"]
    found = []
    for which, said in ((FROM, "input"), (MAKES, "output")):
        now, then = hashes(step.files(which, shared)), known[which]
        gone = [name for name in then if name not in now and not name.startswith((SHARED, "out/"))]
        found += [f"{said} {name} is gone" for name in gone]
        found += [f"{said} {name} is new" for name in now if name not in then]
        found += [f"{said} {name} is another" for name in now if then.get(name, now[name]) != now[name]]
    return found


def absent(step: Step, shared: Path, held: Mapping[str, Any]) -> list[str]:
    """Inputs that are not here."""
    now = step.files(FROM, shared)
    return [name for name in held.get(step.name, {}).get(FROM, {}) if name not in now]


def build(step: Step, shared: Path) -> None:
    """Run a step and record what it was built from."""
    begun = time.monotonic()
    script, *words = step.run.format(shared=shared).split()
    subprocess.run([sys.executable, str(REPO / "scripts" / script), *words], cwd=REPO, check=True)  # noqa: S603  (the table's own)
    record(step, shared)
    print(f"{step.name}: {(time.monotonic() - begun) / 60:.1f} minutes")


def check(chosen: Sequence[Step], shared: Path) -> int:
    """Say of each step whether it is fresh."""
    held, stale = locked(), 0
    for step in chosen:
        found = differences(step, shared, held)
        stale += bool(found)
        missing = absent(step, shared, held)
        unseen = f"; {len(missing)} inputs are not here, {missing[0]} the first" if missing else ""
        behind = f"; behind: {step.behind}" if step.behind else ""
        print(f"{step.name}: {'; '.join(found) if found else 'fresh'}{behind}{unseen}")
    return int(stale > 0)


def main(words: Sequence[str] | None = None) -> int:
    """Build, check, record or list; 1 where a check finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m scripts.build", description=__doc__.splitlines()[1])
    parser.add_argument("what", choices=("all", "check", "list", "run", "record"))
    parser.add_argument("step", nargs="*", help="names of steps; all by default")
    parser.add_argument("--shared", type=Path, default=REPO.parent / "shared", help="the folder of inputs")
    parser.add_argument("--at-most", type=float, metavar="MINUTES", help="with `all`: leave out longer steps")
    given = parser.parse_args(words)
    table = steps()
    unknown = [name for name in given.step if name not in table]
    if unknown:
        parser.error(f"no such step: {', '.join(unknown)}; there are {', '.join(table)}")
    if given.what in {"run", "record"} and not given.step:
        parser.error("name the steps")
    chosen = [table[name] for name in given.step or table]
    if given.what == "list":
        for step in chosen:
            print(f"{step.name}: scripts/{step.run} ({step.minutes:g} min)\n    {', '.join(step.makes)}")
    elif given.what == "check":
        return check(chosen, given.shared)
    else:
        for step in chosen:
            if given.what == "record":
                record(step, given.shared)
            elif given.what == "run" or (not step.behind and differences(step, given.shared)):
                if given.what == "all" and given.at_most is not None and step.minutes > given.at_most:
                    print(f"{step.name}: not fresh, left out ({step.minutes:g} minutes)")
                else:
                    build(step, given.shared)
    return 0


if __name__ == "__main__":
    sys.exit(main())
