"""Broken ledger files, one defect each: the exact message, with file and line, what was found, allowed, and the repair."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.errors import LedgerError
from detente.ledger.files.load import read_ledger

GALLERY = Path(__file__).parents[1] / "broken_ledger"
SMALL = Path(__file__).parent / "fixtures" / "small"
MESSAGES = GALLERY / "messages.txt"


def defects() -> list[str]:
    """Names of the broken files and folders."""
    return sorted(path.name for path in GALLERY.iterdir() if path.suffix != ".txt")


def messages() -> dict[str, str]:
    """The message each defect must give, as written down beside the files."""
    blocks = MESSAGES.read_text(encoding="utf-8").strip().split("\n\n")
    return {block.partition("\n")[0].removeprefix("# "): block.partition("\n")[2] for block in blocks}


@pytest.mark.parametrize("name", defects())
def test_the_message_of_each_defect(name, monkeypatch):
    monkeypatch.chdir(GALLERY)
    with pytest.raises(LedgerError) as caught:
        read_ledger([(SMALL, False), (Path(name), True)])
    assert str(caught.value) == messages()[name]
    assert caught.value.where
    assert caught.value.found or name == "not_a_mapping.yaml"


def test_every_message_has_its_file():
    assert set(messages()) == set(defects())


def test_the_gallery_differs_from_a_good_file_by_its_defect_only(tmp_path):
    good = (GALLERY / "unknown_key.yaml").read_text(encoding="utf-8").replace("    recordd: 2025-02-01\n", "")
    (tmp_path / "good.yaml").write_text(good, encoding="utf-8")
    ledger = read_ledger([(SMALL, False), (tmp_path / "good.yaml", True)])
    assert ledger.on("2025-02-04").get("us.test.duty")[0].rate == 0.10


def test_a_large_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(4_000_001)
    monkeypatch.setattr(Path, "read_bytes", lambda _self: pytest.fail("the file was read"))
    with pytest.raises(LedgerError) as caught:
        read_ledger([(path, True)])
    assert caught.value.what == "file too large"
    assert caught.value.found == "4000001 bytes"
    assert caught.value.allowed == "4000000 bytes"


def test_an_absent_ledger_is_refused(tmp_path):
    with pytest.raises(LedgerError, match="no such ledger"):
        read_ledger([(tmp_path / "nothing", True)])
