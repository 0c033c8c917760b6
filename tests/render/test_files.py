"""What a run leaves behind: the page, tables in three formats that equal the document, charts."""

from __future__ import annotations

import copy
import json
import re
import sys
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from detente import processes
from detente.errors import InputError
from detente.labels import label, short
from detente.policy.documents.run import RunDocument
from detente.render import draw_run, make_tables, write_report
from detente.render.files import _workbook
from detente.render.page import draw, render_page, worded
from detente.render.spreadsheet import main_rows

TABLES = {
    "comparison",
    "economies",
    "groups",
    "tariffs",
    "flows",
    "sectors",
    "worth",
    "constraints",
    "measures",
    "assumptions",
    "timeline",
}
xml = ET.fromstring
VOID = {"meta", "br", "img", "link", "hr"}


class Page(HTMLParser):
    """Tags of a page, with what is open at each."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def page(folder):
    """The annex, which holds everything."""
    return Page((folder / "annex.html").read_text(encoding="utf-8"))


def test_everything_is_written(folder):
    assert {path.name for path in folder.iterdir()} == {
        "report.html",
        "brief.html",
        "brief.pdf",
        "annex.html",
        "result.json",
        "tables",
        "tables.xlsx",
        "charts",
    }
    for kind in ("csv", "parquet"):
        assert {path.stem for path in (folder / "tables").glob(f"*.{kind}")} == TABLES
    assert {path.stem for path in (folder / "charts").iterdir()} == {
        "tariffs",
        "income-worth",
        "map-worth",
        "worth-worth-USA",
        "worth-worth-CHN",
        "worth-worth-WORLD",
        "industries-worth-USA",
        "industries-worth-CHN",
        "income-truce",
        "map-truce",
        "income-escalation",
        "map-escalation",
        "bands-USA",
        "bands-CHN",
        "households",
        "timeline",
    }


def test_the_json_is_the_document(folder, document):
    assert json.loads((folder / "result.json").read_text(encoding="utf-8")) == document


# The page.


def test_the_page_is_well_formed_and_self_contained(page):
    assert page.open == []
    assert "script" not in {tag for tag, _ in page.tags}
    assert "link" not in {tag for tag, _ in page.tags}
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in {"src", "srcset", "data", "xlink:href", "action", "poster"}:
                assert not re.match(r"\s*(https?:)?//", value or ""), (tag, value)
            if name == "href" and tag != "a":
                assert value.startswith("#"), (tag, value)
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")


def test_ids_are_unique_and_every_reference_has_its_target(page, folder):
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    text = (folder / "annex.html").read_text(encoding="utf-8")
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)


def test_no_style_fetches_anything(folder):
    text = (folder / "annex.html").read_text(encoding="utf-8")
    assert "@import" not in text
    assert "@font-face" not in text
    assert not re.search(r"url\(\s*['\"]?(https?:)?//", text)


def test_every_figure_says_what_it_shows(page, folder):
    figures = [attributes for tag, attributes in page.tags if tag == "figure"]
    assert len(figures) == len(list((folder / "charts").glob("*.svg")))
    for attributes in figures:
        assert attributes["role"] == "img"
        assert len(attributes["aria-label"]) > 20


def test_the_page_says_what_the_issue_asks(page, document):
    text = " ".join(" ".join(page.words).split())
    world = document["result"]["world"]
    share = 100 * world["groups"]["RCEP"]["gdp_share"]
    assert f"RCEP is {share:.1f} % of world GDP here; claimed: about 30 %; World Bank 2022: 29.1 %." in text
    for name, item in document["result"]["scenarios"].items():
        assert short("scenario", name, within="kuala-lumpur") in text
        assert worded(item["definition"], "kuala-lumpur") in text
    for line in document["result"]["worth"]["worth"]["lines"]:
        assert line["instrument"] in text
    for sentence in document["result"]["worth"]["worth"]["why"]:
        assert sentence in text
    for warning in document["warnings"]:
        assert worded(warning, "kuala-lumpur") in text
    for row in document["assumptions"]:
        assert label("assumption", row["name"]) in text
    assert document["stamp"]["ledger_hash"] in text
    assert document["stamp"]["command"] in text


def test_numbers_on_the_page_are_those_of_the_document(folder, document):
    text = (folder / "annex.html").read_text(encoding="utf-8").replace("\N{MINUS SIGN}", "-")
    for item in document["result"]["scenarios"].values():
        for pair in ("USA<-CHN", "CHN<-USA"):
            assert f"{100 * item['tariffs'][pair]:.1f} %" in text
        for side in ("USA", "CHN"):
            assert f"{item['economies'][side]['real_income_pct']:+.3f}" in text


def test_sources_are_links_to_public_texts(page):
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    links = [link for link in links if not link.startswith("#") and link != "brief.html"]
    assert links
    assert all(link.startswith("https://") for link in links)


def test_text_of_a_study_is_text(document):
    """Markup in a title, label, definition, instrument or source is shown, not obeyed."""
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    bad = copy.deepcopy(document)
    result = bad["result"]
    for name in ("truce", "escalation"):  # without them no map is drawn, which takes seconds
        del result["scenarios"][name]
        result["drivers"].pop(name, None)
    result["study"] |= {"title": evil, "question": evil}
    result["world"]["claim"]["group"] = "RCEP"
    for item in result["scenarios"].values():
        item |= {"label": item["label"] + evil, "definition": evil, "not_included": [evil]}
        item["measures"] = [{**row, "title": evil, "id": evil} for row in item["measures"][:2]]
    for line in result["worth"]["worth"]["lines"]:
        line["instrument"] += evil
    result["worth"]["worth"]["title"] = evil
    result["sources"] = {key: {"title": evil, "url": f"javascript:{evil}"} for key in result["sources"]}
    bad["warnings"] = [evil]
    bad["stamp"]["command"] = evil
    found = Page(render_page(bad, draw(bad)))
    tags = {tag for tag, _ in found.tags}
    assert "script" not in tags
    assert "img" not in tags
    assert not [a for _, a in found.tags if any(name.startswith("on") for name in a)]
    assert not [
        a for tag, a in found.tags if tag == "a" and not a["href"].startswith(("https://", "#", "brief."))
    ]
    assert evil in "".join(found.words)


# Tables.


def test_csv_and_parquet_equal_the_tables_of_the_document(folder, document):
    for name, frame in make_tables(document).items():
        parquet = pd.read_parquet(folder / "tables" / f"{name}.parquet")
        csv = pd.read_csv(folder / "tables" / f"{name}.csv", keep_default_na=False, na_values=[""])
        assert list(parquet.columns) == list(csv.columns) == [str(column) for column in frame.columns]
        assert len(parquet) == len(csv) == len(frame)
        numbers = frame.select_dtypes("number").columns
        # Shortest text that reads back as the same double.
        pd.testing.assert_frame_equal(
            parquet[numbers], frame[numbers].reset_index(drop=True), check_exact=True
        )
        pd.testing.assert_frame_equal(
            csv[numbers].astype(float), frame[numbers].reset_index(drop=True).astype(float), check_exact=True
        )


def test_the_workbook_equals_the_tables_and_names_its_sources(folder, document):
    book = zip_of(folder / "tables.xlsx")
    frames = make_tables(document)
    assert list(book) == [*frames, "sources"]
    for name, frame in frames.items():
        header, *rows = book[name]
        assert header == list(frame.columns)
        assert len(rows) == len(frame)
    comparison = frames["comparison"]
    for found, (_, expected) in zip(book["comparison"][1:], comparison.iterrows(), strict=True):
        assert found[0] == expected["id"]
        # The format keeps sixteen to seventeen digits.
        assert float(found[2]) == pytest.approx(expected.iloc[2], rel=1e-15)
    said = {row[0] for row in book["sources"][1:]}
    assert {"source", "estimated", "warning", "stamp: ledger_hash", "stamp: command"} <= said
    assert document["stamp"]["ledger_hash"] in {row[1] for row in book["sources"]}


def zip_of(path):
    """Cells of every sheet of a workbook as text, read without a spreadsheet library."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as archive:
        shared = [
            "".join(node.text or "" for node in item.iter(f"{space}t"))
            for item in xml(archive.read("xl/sharedStrings.xml"))
        ]
        names = [sheet.get("name") for sheet in xml(archive.read("xl/workbook.xml")).iter(f"{space}sheet")]
        book = {}
        for k, name in enumerate(names, start=1):
            sheet = xml(archive.read(f"xl/worksheets/sheet{k}.xml"))
            assert not list(sheet.iter(f"{space}f")), name
            book[name] = [
                [
                    shared[int(cell.findtext(f"{space}v"))]
                    if cell.get("t") == "s"
                    else cell.findtext(f"{space}v")
                    for cell in row
                ]
                for row in sheet.iter(f"{space}row")
            ]
        return book


def test_a_cell_that_starts_with_an_equals_sign_stays_text(document, tmp_path):
    bad = copy.deepcopy(document)
    formula = '=HYPERLINK("https://example.org","x")'
    frame = pd.DataFrame({"title": [formula, "https://example.org", "+1", "@x"]})
    path = tmp_path / "tables.xlsx"
    path.write_bytes(_workbook(RunDocument.read(bad), {"measures": frame}))
    cells = [row[0] for row in zip_of(path)["measures"]]
    assert cells == ["title", formula, "https://example.org", "+1", "@x"]


def test_tables_equal_the_document(document):
    found = make_tables(document)
    scenarios = document["result"]["scenarios"]
    economies = found["economies"].set_index(["scenario", "economy"])
    assert len(economies) == sum(len(item["economies"]) for item in scenarios.values())
    for name, item in scenarios.items():
        for code, row in item["economies"].items():
            assert economies.loc[(name, code)].to_dict() == row
    worth = found["worth"]
    total = worth[worth["of"] == "USA"]["in_order"].sum()
    assert total == pytest.approx(document["result"]["worth"]["worth"]["total_pct"]["USA"], abs=1e-9)
    assert list(found["comparison"]["id"]) == list(scenarios)
    assert [row["id"] for row in main_rows(document)] == list(scenarios)


def test_the_rows_a_document_is_about():
    assert main_rows({"result": {"rows": [], "rate": 0.1}}) == [{"rate": 0.1}]
    split = main_rows({"result": {"rate": 0.2, "by": {"A": 0.1}, "imports_usd": {"A": 5.0}, "series": []}})
    assert [(row["part"], row["rate"], row["imports_usd"]) for row in split] == [("A", 0.1, 5.0)]


def test_tables_laid_out_in_a_second_process_are_the_same_to_the_byte(
    document, folder, tmp_path, monkeypatch
):
    monkeypatch.setattr(processes, "cores", lambda: 2)
    with processes.second_process() as beside:
        write_report(document, tmp_path / "out", beside=beside)
        assert beside.at_work
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names == {
        path.relative_to(tmp_path / "out").as_posix()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    for name in names - {"tables.xlsx", "brief.pdf"}:
        assert (tmp_path / "out" / name).read_bytes() == (folder / name).read_bytes(), name
    one, other = (zipfile.ZipFile(path / "tables.xlsx") for path in (folder, tmp_path / "out"))
    with one, other:
        assert one.namelist() == other.namelist()
        for name in set(one.namelist()) - {"docProps/core.xml"}:  # it has the time of writing
            assert one.read(name) == other.read(name), name


# Where it may not be written.


def test_a_file_in_the_way(document, tmp_path):
    path = tmp_path / "taken"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        write_report(document, path)
    assert caught.value.where == "--out"
    assert path.read_text(encoding="utf-8") == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_without_extras_a_report_has_everything_but_print_and_parquet(
    document, folder, tmp_path, monkeypatch
):
    for name in ("vl_convert", "pyarrow", "altair"):
        monkeypatch.setitem(sys.modules, name, None)
    written = {
        path.relative_to(tmp_path / "out").as_posix() for path in write_report(document, tmp_path / "out")
    }
    whole = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert whole - written == {"brief.pdf", *(name for name in whole if name.endswith(".parquet"))}
    assert written <= whole
    for name in written:
        if name.endswith((".svg", ".html", ".csv")):
            assert (tmp_path / "out" / name).read_bytes() == (folder / name).read_bytes(), name
    with pytest.raises(InputError) as caught:
        draw_run(document, "income").png()
    assert caught.value.repair == 'pip install "detente[png]"'


def test_a_missing_workbook_writer_leaves_nothing_behind(document, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(InputError) as caught:
        write_report(document, tmp_path / "out")
    assert caught.value.repair == 'pip install "detente[xlsx]"'
    assert not (tmp_path / "out").exists()


def test_a_report_replaces_another_and_is_the_same_to_the_byte(document, folder, tmp_path):
    (tmp_path / "report.html").write_text("an older one", encoding="utf-8")
    write_report(document, tmp_path)
    for path in folder.rglob("*.html"):
        assert (tmp_path / path.relative_to(folder)).read_bytes() == path.read_bytes()
    for path in folder.rglob("*.svg"):
        assert (tmp_path / path.relative_to(folder)).read_bytes() == path.read_bytes()
