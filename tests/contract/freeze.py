"""
What the outside of the house is: documents of commands, answers of addresses, hashes, permalinks, lines to reproduce.

    cd tests && python -m contract.freeze --why "REASON"

writes it anew, and the reason into decisions.md. The tests of this folder fail when anything differs from what is written.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import gzip
import io
import json
import re
import shlex
import sys
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from fastapi.testclient import TestClient

from answered import answered_once
from detente.asof import clock
from detente.cli import main
from detente.ledger import open_ledger
from detente.stamp import digest
from detente.world import load_world, world_names
from web.servers import BASE, plain_app

HERE = Path(__file__).parent
FROZEN, DECISIONS = HERE / "frozen.json.gz", HERE / "decisions.md"
# Of a stamp: what another version, or another byte in a data file, changes; and how long it took, in seconds and solves
# (on another processor a search ends a step earlier or later, at the same answer).
MOVES = ("detente", "data_hash", "seconds", "solves")
# Tables of a solved scenario that are kept as sums.
LARGE = ("flows", "sectors", "uncertainty")
NOW = "2026-10-08T12:00:00Z"


def lines_of(name):
    """Lines of a file of this folder without comments."""
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def commands(*, slow):
    """Commands, as typed, that solve for long or that do not."""
    given = lines_of("commands.txt")
    return [line.removeprefix("slow ") for line in given if line.startswith("slow ") is slow]


def run(words):
    """Exit code and stdout of a command."""
    said = io.StringIO()
    silent = contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO())
    with clock(NOW), answered_once(), silent[0], silent[1]:
        code = main(words)
    return code, said.getvalue()


def stable(value):
    """A document without what another machine or version changes."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key not in MOVES}
        return {key: summed(item) if key in LARGE else stable(item) for key, item in kept.items()}
    if isinstance(value, float):
        return float(f"{value:.12g}")
    return [stable(item) for item in value] if isinstance(value, list) else value


def summed(value, at=""):
    """By the last key of a path, how many numbers a large table has and the sum of their sizes."""
    found = {}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        for name, (count, total) in summed(item, str(key)).items():
            known = found.get(name, (0, 0.0))
            found[name] = [known[0] + count, float(f"{known[1] + total:.12g}")]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        found[at] = [1, abs(value)]
    return found


def document(line):
    """Exit code and document of a command."""
    code, text = run([*shlex.split(line), "--json", "--quiet"])
    return {"code": code, "document": stable(json.loads(text)) if text else None}


def reproduced(line):
    """Python lines that a command gives for itself."""
    return run([*shlex.split(line), "--reproduce", "--quiet"])[1]


def visited(address):
    """Status, and document or fields of an address."""
    with clock(NOW):
        reply = TestClient(plain_app(), base_url=BASE, raise_server_exceptions=False).get(address)
    if "json" in reply.headers["content-type"]:
        found = stable(reply.json())
        return {"status": reply.status_code, "document": _addresses(found) if "openapi" in found else found}
    names = re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', reply.text)
    pins = re.findall(r'id="take-link">https?://[^/]*(/[^<]*)pin=', reply.text)
    return {
        "status": reply.status_code,
        "fields": sorted(set(names)),
        "permalink": [sorted(map(list, parse_qsl(urlsplit(unescape(link)).query))) for link in pins],
    }


def _addresses(schema):
    """Addresses of a schema with their parameters."""
    return {
        path: {
            verb: [
                f"{item['name']}{'!' if item.get('required') else ''}" for item in told.get("parameters", ())
            ]
            for verb, told in verbs.items()
        }
        for path, verbs in schema["paths"].items()
    }


def hashes():
    """Hashes of the ledger, and of every world, study, design and game of the package."""
    from detente.policy.strategy.game_file import load_game  # noqa: PLC0415
    from detente.policy.study import load_study_spec  # noqa: PLC0415  (the names that may move stand together)
    from detente.policy.sweeps.design import load_design  # noqa: PLC0415

    found = {"ledger": open_ledger().hash}
    found |= {f"world {name}": load_world(name).hash for name in world_names()}
    found["study kuala-lumpur"] = load_study_spec("kuala-lumpur").hash
    found["design kuala-lumpur-uncertainty"] = load_design("kuala-lumpur-uncertainty")[0].hash
    for name in ("kuala-lumpur", "november-2026"):
        found[f"game {name}"] = digest(load_game(name))
    return found


def everything(say):
    """All that is frozen."""
    found = {"hashes": hashes(), "commands": {}, "addresses": {}, "reproduce": {}}
    for line in [*commands(slow=False), *commands(slow=True)]:
        say(line)
        found["commands"][line] = document(line)
        found["reproduce"][line] = reproduced(line)
    for address in lines_of("addresses.txt"):
        say(address)
        found["addresses"][address] = visited(address)
    return found


def frozen():
    """All that was frozen."""
    return json.loads(gzip.decompress(FROZEN.read_bytes()))


def freeze():
    """Write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--why", required=True)
    why = parser.parse_args().why
    text = json.dumps(everything(lambda line: sys.stderr.write(f"{line}\n")), ensure_ascii=False, indent=0)
    FROZEN.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    with DECISIONS.open("a", encoding="utf-8") as file:
        file.write(f"- {dt.datetime.now(dt.UTC).date()}: {why}\n")


if __name__ == "__main__":
    freeze()
