"""The page of published estimates is what the example makes of this package, and the model keeps what it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs/validation/published_losses.md"
# Half a unit of the second digit printed, and as much for another order of additions.
PRINTED = 0.011
NUMBER = re.compile(r"[+-]\d+\.\d\d")


@pytest.mark.slow
def test_the_page_is_what_the_example_makes(published_losses, tmp_path):
    """Every word as committed, every number within its last digit."""
    path = tmp_path / "page.md"
    assert published_losses.main(str(path)) == 0
    made, held = path.read_text(encoding="utf-8"), PAGE.read_text(encoding="utf-8")
    assert NUMBER.sub("x", made) == NUMBER.sub("x", held)
    numbers = [[float(found) for found in NUMBER.findall(text)] for text in (made, held)]
    assert numbers[0] == pytest.approx(numbers[1], abs=PRINTED)


def test_what_the_page_claims():
    """The order of the assumptions, from the numbers of the page: labour adds to every loss of the United States."""
    rows = [
        line.split("|")[1:-1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:2] == "| "
    ]
    found: dict[str, list[list[float]]] = {}
    for name, *cells in rows:
        if NUMBER.search(cells[0]):
            found.setdefault(name.strip(), []).append([float(cell) for cell in cells])
    assert [len(tables) for tables in found.values()] == [4] * 5
    for plain, elastic in (
        ("long run", "labour follows the real wage"),
        ("one year", "one year, labour follows the real wage"),
    ):
        for before, after in zip(found[plain], found[elastic], strict=True):
            assert after[0] < before[0]
