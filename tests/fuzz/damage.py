"""Files made wrong at random: bytes, text, the tree of a YAML file, the cells of a table."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from fuzz.typed import ODD

if TYPE_CHECKING:
    import random

LINES = (
    "? [", "- - -", "<<: *x", "&a [*a]", "!!python/object/apply:os.system [ls]", "\t", "%YAML 9.9", "---",
    "...", "\ufeff", "key: {", ": ",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 1e308, -1e-320, float("nan"), float("inf"), 10**30, "", "x", "9" * 400, [], {}, [[]],
    {"a": {"b": []}}, "2025-02-30", "0001-01-01", ["CHN", "CHN"], {"": 1}, {"rate": "x"}, "us.s122", "USA",
)  # fmt: skip


def bytes_of(data: bytes, chance: random.Random) -> bytes:
    """Bytes flipped, cut, doubled, left out, or in another encoding."""
    kind = chance.choice(("flip", "flip", "cut", "twice", "hole", "zeros", "empty", "utf-16", "latin", "bom"))
    at = chance.randrange(len(data) + 1)
    if kind == "flip":
        found = bytearray(data)
        for _ in range(chance.randint(1, 8)):
            found[chance.randrange(len(found))] = chance.randrange(256)
        return bytes(found)
    if kind in {"utf-16", "latin"}:
        text = data.decode("utf-8", errors="replace")
        return (
            text.encode("utf-16")
            if kind == "utf-16"
            else (text + "\u00e9").encode("latin-1", errors="replace")
        )
    return {
        "cut": data[:at],
        "twice": data[:at] + data,
        "hole": data[: at // 2] + data[at:],
        "zeros": data[:at] + b"\0" * 9 + data[at:],
        "empty": b"",
        "bom": b"\xef\xbb\xbf" + data,
    }[kind]


def lines_of(text: str, chance: random.Random) -> str:
    """Lines left out, doubled, swapped, indented, or put in."""
    lines = text.splitlines()
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines)) if lines else 0
        kind = chance.choice(("out", "twice", "swap", "indent", "odd", "colon"))
        if not lines or kind == "odd":
            lines.insert(at, chance.choice(LINES))
        elif kind == "out":
            del lines[at]
        elif kind == "twice":
            lines.insert(at, lines[at])
        elif kind == "swap":
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif kind == "indent":
            lines[at] = " " * chance.randint(1, 5) + lines[at]
        else:
            lines[at] = lines[at].replace(":", chance.choice(("", "::", ": :", "=")), 1)
    return "\n".join(lines) + "\n"


def tree_of(text: str, chance: random.Random) -> str:
    """A YAML file with values of its tree changed, keys renamed, left out, or added."""
    tree = YAML(typ="safe", pure=True).load(text)
    for _ in range(chance.randint(1, 3)):
        places = list(_places(tree))
        if not places:
            break
        holder, key = chance.choice(places)
        kind = chance.choice(("value", "value", "value", "out", "rename", "odd"))
        if kind == "value":
            holder[key] = chance.choice(VALUES)
        elif kind == "odd":
            holder[key] = chance.choice(ODD)
        elif kind == "out":
            del holder[key]
        elif isinstance(holder, dict):
            holder[chance.choice((f"{key}s", "extra", ""))] = holder.pop(key)
    out = io.StringIO()
    YAML(typ="safe", pure=True).dump(tree, out)
    return out.getvalue()


def _places(tree: Any):
    """Every place of a tree: what holds it, and its key."""
    keys = list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        yield tree, key
        yield from _places(tree[key])


def cells_of(text: str, chance: random.Random) -> str:
    """A CSV file with cells changed, columns left out, doubled or renamed, rows too short or too long."""
    rows = list(csv.reader(io.StringIO(text)))
    for _ in range(chance.randint(1, 4)):
        row = chance.choice(rows[1:] or rows)
        at = chance.randrange(len(rows[0]))
        kind = chance.choice(("cell", "cell", "cell", "short", "long", "column", "name", "same"))
        if kind == "cell" and at < len(row):
            row[at] = chance.choice(ODD)
        elif kind == "short":
            del row[at:]
        elif kind == "long":
            row += [chance.choice(ODD)] * 3
        elif kind == "column":
            for each in rows:
                del each[at : at + 1]
        elif rows[0]:
            rows[0][at % len(rows[0])] = chance.choice(ODD) if kind == "name" else rows[0][0]
        if not rows[0]:
            break
    out = io.StringIO()
    csv.writer(out, delimiter=chance.choice(",,,,;\t|")).writerows(rows)
    return out.getvalue()
