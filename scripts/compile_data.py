"""
Write what is made from the data files: compiled.json and data_manifest.json. To be run after any of them has changed.

The first holds the package's YAML files as JSON, so that a question does not parse YAML; the second the hash of
every data file, which stamps name.
"""

from __future__ import annotations

import json
from pathlib import Path

from detente.io.yaml_file import Document, fingerprint
from detente.manifest import write_manifest

DATA = Path(__file__).parents[1] / "src" / "detente" / "data"


def table() -> dict[str, str]:
    """JSON of each file by the fingerprint of its text, read as YAML and not from an older table."""
    found = {}
    folders = [path for name in ("ledger", "products") for path in sorted((DATA / name).rglob("*.yaml"))]
    for path in [DATA / "places.yaml", *folders]:
        text = path.read_text(encoding="utf-8")
        document = Document(path.name, text)
        found[fingerprint(text)] = json.dumps(document.parse(), ensure_ascii=False, separators=(",", ":"))
    return found


if __name__ == "__main__":
    # An older table that differs from an older list would not be read.
    write_manifest(DATA.parent)
    entries = dict(sorted(table().items()))
    target = DATA / "compiled.json"
    target.write_text(json.dumps(entries, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{target.name}: {len(entries)} files, {target.stat().st_size} bytes")
    print(f"{write_manifest(DATA.parent).name} written")
