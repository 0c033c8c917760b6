"""
How far one question walks through the code: files that run, and calls from one file into another.

    python benchmarks/walk.py duty 7326.90.86.88 --from CHN --to USA --on 2026-09-18 --value 14172
    python benchmarks/walk.py run kuala-lumpur --scenario truce --world wiod2011 --quiet

counts, of the package's own files, those in which a function runs (module bodies apart) and the calls that cross from
one of them into another, once the ledger and the world are loaded (the command runs twice, the second time is counted);
a generator counts each time it goes on.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections import Counter
from pathlib import Path

import detente
from detente.cli import main

ROOT = str(Path(detente.__file__).parent)


def walk(words):
    """Files, calls across files, and the busiest pairs of files of a command."""
    files, crossings = set(), Counter()

    def watch(frame, event, _argument):
        if event != "call":
            return
        code, caller = frame.f_code, frame.f_back
        if not code.co_filename.startswith(ROOT) or code.co_name == "<module>":
            return
        files.add(code.co_filename)
        origin = caller.f_code.co_filename if caller else ""
        if origin.startswith(ROOT) and origin != code.co_filename:
            crossings[origin[len(ROOT) + 1 :], code.co_filename[len(ROOT) + 1 :]] += 1

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        main(list(words))
        sys.setprofile(watch)
        try:
            main(words)
        finally:
            sys.setprofile(None)
    return files, crossings


if __name__ == "__main__":
    ran, crossed = walk(sys.argv[1:])
    sys.stdout.write(
        f"{len(ran)} files, {sum(crossed.values()):,} calls across files, {len(crossed)} pairs\n"
    )
    for (origin, target), count in crossed.most_common(8):
        sys.stdout.write(f"  {count:8,}  {origin} -> {target}\n")
