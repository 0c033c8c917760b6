"""Files at random: what cannot be used is refused in five parts, and nothing hangs or falls over."""

from __future__ import annotations

from pathlib import Path

import pytest

import detente as dt
from detente.policy.strategy.calendar_file import load_calendar
from detente.policy.strategy.game_file import load_game
from detente.policy.sweeps.design import load_design
from fuzz.damage import bytes_of, cells_of, lines_of, tree_of
from fuzz.verdict import answers, batches, chance
from world.toy_worlds import make_toy

DATA = Path(dt.__file__).parent / "data"
EACH = 40
PROFILE = """\
facts: {us_melted: false}
goods:
  - {codes: ["7326"], origins: [CHN], facts: {steel_content: 0.6}}
mode: vessel
"""
OVERLAY = """\
measures:
  - id: us.test.extra
    title: A further duty on goods of China
    imposer: USA
    targets: [CHN]
    instrument: tariff
    authority: [A notice]
    scope: {main: {include: ["7326"], text: Articles of iron}}
    steps:
      - {part: main, from: 2025-11-01, recorded: 2025-10-30, rate: 0.05, act: A notice, sources: [recall]}
    confidence: high
    sources: [recall]
"""
ENTRY = """\
entry,line,code,origin,value,entered_on,quantity,unit,preference,mode,ad_cvd_case,fact.steel_content
A-1,1,7326.90.86.88,CN,14172,2026-09-18,100,KG,,vessel,,0.6
A-1,2,6109.10.00.12,VN,5000,2026-09-18,40,DOZ,,vessel,,
A-2,1,8703.23.01.90,JP,21000,2025-12-01,1,NO,,vessel,,
"""
OWNERS = (
    "owner,owned,share,from,to\nHuawei Technologies,Middle,0.6,,\nMiddle,The Firm,0.6,2020-01-01,2026-01-01\n"
)
BOUGHT = "period,quantity,unit,measure\n2026-01,2.1,MMT,shipments\n2026-02,1.4,MMT,shipments\n"
CASES = "case,rate,from,to\nA-570-001,0.45,2025-01-01,2026-12-31\nC-570-002,0.12,,\n"


def built_in(folder: str, name: str) -> str:
    """Text of a file of the package."""
    return (DATA / folder / name).read_text(encoding="utf-8")


def asked_of_entry(path: Path):
    """An entry of a file, beside the profile and the cases given."""
    return dt.entry(path, on="2026-09-18")


TREES = {
    "study": (lambda: built_in("studies", "kuala-lumpur.yaml"), dt.load_study),
    "game": (lambda: built_in("games", "kuala-lumpur.yaml"), load_game),
    "calendar": (lambda: built_in("calendars", "kuala-lumpur.yaml"), load_calendar),
    "design": (lambda: built_in("studies/designs", "kuala-lumpur-uncertainty.yaml"), load_design),
    "overlay": (lambda: OVERLAY, dt.open_ledger),
    "profile": (lambda: PROFILE, lambda path: dt.entry(entry_lines(path), profile=path, on="2026-09-18")),
}
TABLES = {
    "entry": (ENTRY, asked_of_entry),
    "owners": (OWNERS, lambda path: dt.screen("The Firm", owners=path, on="2025-10-15")),
    "actuals": (BOUGHT, lambda path: dt.purchases("cn.buy.soy2026_28", actuals=path, on="2026-03-31")),
    "cases": (CASES, lambda path: dt.entry(entry_lines(path), cases=path, on="2026-09-18")),
    "list": (
        built_in("screening", "consolidated_screening_list_sample.csv"),
        lambda path: dt.screen("The Firm", lists=(path,), on="2025-10-15"),
    ),
}


def entry_lines(path: Path) -> Path:
    """A good file of entry lines beside another file."""
    good = path.with_name("good-lines.csv")
    good.write_text(ENTRY, encoding="utf-8")
    return good


@pytest.mark.parametrize("kind", sorted(TREES))
@pytest.mark.parametrize("batch", batches(EACH, EACH))
def test_a_yaml_file_is_read_or_refused(kind, batch, tmp_path):
    text, read = TREES[kind]
    source, path = chance(kind, batch), tmp_path / f"{kind}.yaml"
    path.write_text(text(), encoding="utf-8")
    assert answers(lambda: read(path), f"the {kind} that is whole")
    for case in range(EACH):
        made = source.choice((tree_of, tree_of, lines_of))(text(), source).encode("utf-8", "surrogatepass")
        path.write_bytes(bytes_of(made, source) if source.random() < 0.25 else made)
        answers(lambda: read(path), f"{kind} {batch}, case {case}\n{path.read_bytes()[:3000]!r}")


@pytest.mark.parametrize("kind", sorted(TABLES))
@pytest.mark.parametrize("batch", batches(EACH, EACH))
def test_a_table_is_read_or_refused(kind, batch, tmp_path):
    text, read = TABLES[kind]
    source, path = chance(kind, batch), tmp_path / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    assert answers(lambda: read(path), f"the {kind} that is whole")
    for case in range(EACH):
        made = cells_of(text, source).encode("utf-8", "surrogatepass")
        path.write_bytes(bytes_of(made, source) if source.random() < 0.3 else made)
        answers(lambda: read(path), f"{kind} {batch}, case {case}\n{path.read_bytes()[:2000]!r}")


@pytest.mark.parametrize("ending", ["nc", "parquet"])
@pytest.mark.parametrize("batch", batches(EACH, EACH))
def test_a_world_is_read_or_refused(ending, batch, tmp_path):
    whole = make_toy(11, 3, 2, 0.3).to_file(tmp_path / f"whole.{ending}").read_bytes()
    source, path = chance(f"world {ending}", batch), tmp_path / f"world.{ending}"
    for case in range(EACH):
        path.write_bytes(bytes_of(whole, source))
        answers(lambda: dt.load_world(path), f"world.{ending} {batch}, case {case}")


@pytest.mark.parametrize("batch", batches(EACH, EACH))
def test_a_workbook_is_read_or_refused(batch, tmp_path):
    import csv  # noqa: PLC0415
    import io  # noqa: PLC0415

    import openpyxl  # noqa: PLC0415

    source, path = chance("workbook", batch), tmp_path / "lines.xlsx"
    for case in range(EACH // 2):
        book = openpyxl.Workbook()
        for row in csv.reader(io.StringIO(cells_of(ENTRY, source))):
            book.active.append([cell for cell in row if cell.isprintable()])
        book.save(path)
        if source.random() < 0.4:
            path.write_bytes(bytes_of(path.read_bytes(), source))
        answers(lambda: asked_of_entry(path), f"workbook {batch}, case {case}")
