"""The brief: two pages, sentences that follow the numbers, no internal id, the same bytes every time."""

from __future__ import annotations

import copy
import re
import sys
from html import unescape
from io import BytesIO

import pytest
from pypdf import PdfReader

from detente.errors import InputError
from detente.formatting import MINUS
from detente.policy.documents.run import RunDocument
from detente.render import write_report
from detente.render.brief.blocks import Table, Words
from detente.render.brief.contents import brief_of
from detente.render.brief.pdf import brief_pdf
from detente.render.page import worded
from internal_ids import ids_in
from render.pictures import texts_of

# An A4 page in points; half a point of rounding.
A4, ROUNDED = (595.3, 841.9), 0.5


@pytest.fixture(scope="module")
def brief(document):
    return brief_of(RunDocument.read(document))


@pytest.fixture(scope="module")
def pdf(brief):
    return brief_pdf(brief)


def words_of(brief, lead):
    """The paragraph that begins with some words."""
    (found,) = [
        block.text
        for page in brief.pages
        for block in page
        if isinstance(block, Words) and block.lead == lead
    ]
    return found


def leads(brief):
    return [block.lead for page in brief.pages for block in page if isinstance(block, Words)]


def changed(document, **economies):
    """The document with other real incomes of the truce, by economy."""
    other = copy.deepcopy(document)
    rows = other["result"]["scenarios"]["truce"]["economies"]
    for code, value in economies.items():
        rows[code]["real_income_pct"] = value
    return brief_of(RunDocument.read(other))


# Sentences.


def test_the_answer_comes_first(brief, document):
    rows = {key: document["result"]["scenarios"][key]["economies"] for key in ("truce", "no-deal")}
    gain = {
        code: rows["truce"][code]["real_income_pct"] - rows["no-deal"][code]["real_income_pct"]
        for code in ("USA", "CHN")
    }
    assert brief.title == (
        f"Truce instead of no deal: the United States gains {gain['USA']:.2f} % of real income"
        f" and China gains {gain['CHN']:.2f} %"
    )
    assert leads(brief) == [
        "What it is worth.",
        "Who gains and who loses.",
        "What it comes from.",
        "What a household pays.",
        "What customs take.",
        "What happens on expiry.",
        "What lapses next.",
        "Industries and jobs.",
        "What is uncertain.",
        "How this method did.",
    ]


def test_the_worth_has_its_band_and_its_dollars(brief, document):
    result = document["result"]
    for code in ("USA", "CHN"):
        band = result["uncertainty"]["contrasts"]["worth"][code]
        assert f"{band['q05']:.2f} to {band['q95']:.2f} %" in words_of(brief, "What it is worth.")
        central = result["worth"]["worth"]["full_pct"][code]
        dollars = central / 100 * result["baseline"]["income_usd_bn"][code]
        assert f"USD +{dollars:.1f} bn a year" in words_of(brief, "What it is worth.")


def test_revenue_is_at_customs_values_beside_what_was_collected(brief, document):
    """As the run's document has it, in both scenarios and at one year; a run without it says nothing."""
    found = document["result"]["customs_revenue"]
    said = words_of(brief, "What customs take.")
    for key, name in (("truce", "Truce"), ("no-deal", "No deal")):
        later, soon = (found[at][key]["customs_usd_bn"] for at in ("scenarios", "at_one_year"))
        assert f"USD {later:.0f} bn ({name}, {soon:.0f} bn after one year)" in said
    assert f"USD {found['collected']['usd_bn_a_year']:.0f} bn a year" in said
    assert said.startswith("Duties of the United States a year at customs values: ")
    other = copy.deepcopy(document)
    del other["result"]["customs_revenue"]
    assert "What customs take." not in leads(brief_of(RunDocument.read(other)))


def test_sentences_turn_with_the_numbers(document):
    """Where the truce is worse for one, the words say loses; where all gain, nobody loses."""
    worse = changed(document, CHN=-0.9)
    assert "China loses 0.57 %" in worse.title
    assert f"China {MINUS}0.57 % of real income" in words_of(worse, "What it is worth.")
    rows = document["result"]["scenarios"]["no-deal"]["economies"]
    better = changed(document, **{code: row["real_income_pct"] + 0.5 for code, row in rows.items()})
    said = words_of(better, "Who gains and who loses.")
    assert f"{len(rows)} of {len(rows)} economies gain, 0 lose" in said
    assert "most lost by" not in said
    same = changed(document, **{code: row["real_income_pct"] for code, row in rows.items()})
    assert "the United States neither gains nor loses and China neither gains nor loses" in same.title
    assert f"0 of {len(rows)} economies gain, 0 lose" in words_of(same, "Who gains and who loses.")


def test_expiry_is_the_scenario_of_notices_against_that_of_reports(brief, document):
    lapse, extension = (document["result"]["scenarios"][key] for key in ("lapse", "extension"))
    said = words_of(brief, "What happens on expiry.")
    for pair in ("USA<-CHN", "CHN<-USA"):
        then, else_ = (f"{100 * item['tariffs'][pair]:.1f} %" for item in (lapse, extension))
        assert (f"{then} on average instead of {else_}" in said) == (then != else_)
    other = copy.deepcopy(document)
    del other["result"]["scenarios"]["extension"]
    assert "What happens on expiry." not in leads(brief_of(RunDocument.read(other)))


def test_what_lapses_next_is_the_board_of_the_last_day_the_sources_cover(brief, document):
    first = document["result"]["lapses"][0]
    assert words_of(brief, "What lapses next.").startswith("10 November 2026: ")
    assert first["instruments"][0] in words_of(brief, "What lapses next.")
    assert "10 January 2027 as reported" in words_of(brief, "What lapses next.")


def test_tables_hold_every_scenario_and_the_numbers_of_the_document(brief, document):
    table = next(block for block in brief.pages[1] if isinstance(block, Table))
    scenarios = document["result"]["scenarios"]
    assert len(table.rows) == len(scenarios)
    for row, item in zip(table.rows, scenarios.values(), strict=True):
        assert row[1:3] == tuple(f"{100 * item['tariffs'][pair]:.1f} %" for pair in ("USA<-CHN", "CHN<-USA"))
        shown = float(row[3].replace(MINUS, "-").removesuffix(" %"))
        assert shown == pytest.approx(item["economies"]["USA"]["real_income_pct"], abs=0.005)
    assert all(
        len(row) == len(block.head)
        for block in brief.pages[0]
        if isinstance(block, Table)
        for row in block.rows
    )


def test_a_study_without_contrast_band_or_households_has_a_brief(document):
    bare = copy.deepcopy(document)
    result = bare["result"]
    result["scenarios"] = {"court": result["scenarios"]["court"]}
    result |= {"worth": {}, "band": {}, "uncertainty": None, "households": [], "drivers": {}, "evidence": []}
    result |= {"timeline": None, "lapses": [], "at_one_year": None}
    found = brief_of(RunDocument.read(bare))
    assert found.title.startswith("After the court: the United States loses")
    assert leads(found)[:2] == ["What it is worth.", "Who gains and who loses."]
    assert "nine draws" not in words_of(found, "What it is worth.")
    assert len(PdfReader(BytesIO(brief_pdf(found))).pages) == 2


# The PDF.


def test_the_pdf_is_two_a4_pages_of_letters_with_their_fonts_inside(pdf, brief):
    pages = PdfReader(BytesIO(pdf)).pages
    assert len(pages) == 2
    for number, page in enumerate(pages, start=1):
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(A4, abs=ROUNDED)
        assert not page.images, "pictures are drawn, not photographed"
        text = " ".join(page.extract_text().split())
        assert f"{number} of 2" in text
        for font in page["/Resources"]["/Font"].values():
            found = font.get_object()
            real = found.get("/DescendantFonts", [found])[0].get_object()
            if found["/BaseFont"] not in {
                "/Helvetica",
                "/Times-Roman",
            }:  # named by the library, used by nothing
                assert "/FontFile2" in real["/FontDescriptor"], found["/BaseFont"]
    first, second = (" ".join(page.extract_text().split()) for page in pages)
    assert brief.title in first
    assert "South Korea" in first
    assert "What happens on expiry." in second


def test_the_pdf_is_the_same_to_the_byte(pdf, document):
    assert brief_pdf(brief_of(RunDocument.read(document))) == pdf


def test_more_words_do_not_make_a_third_page(brief):
    long = [
        *brief.pages[1],
        *(Words("More.", "A sentence that goes on about something else. " * 12) for _ in range(9)),
    ]
    many = type(brief)(brief.title, brief.kicker, (brief.pages[0], tuple(long)), brief.foot)
    pages = PdfReader(BytesIO(brief_pdf(many))).pages
    assert len(pages) == 2
    assert pages[1].extract_text().count("More.") == 9


def test_without_its_libraries_the_pdf_is_refused_and_the_report_goes_without(
    document, brief, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "reportlab", None)
    with pytest.raises(InputError) as caught:
        brief_pdf(brief)
    assert caught.value.repair == 'pip install "detente[report]", or print brief.html'
    written = {path.name for path in write_report(document, tmp_path / "out")}
    assert "brief.pdf" not in written
    assert {"brief.html", "annex.html", "report.html"} <= written
    assert "detente[report]" in (tmp_path / "out" / "brief.html").read_text(encoding="utf-8")


# No internal id.


def shown(path):
    """What a reader sees of a page: without styles, commands and the stamp."""
    text = path.read_text(encoding="utf-8").split(">Stamp</h2>", 1)[0]
    text = re.sub(r"<(style|code)>.*?</\1>", " ", text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.mark.parametrize("name", ["brief.html", "report.html", "annex.html"])
def test_no_internal_id_reaches_a_reader(folder, name):
    assert ids_in(shown(folder / name)) == []


def test_no_internal_id_stands_in_a_picture(folder):
    for path in (folder / "charts").glob("*.svg"):
        said = " ".join(text.words for text in texts_of(path.read_text(encoding="utf-8")))
        assert ids_in(said) == [], path.name


def test_no_internal_id_stands_in_the_pdf(pdf):
    assert ids_in(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)) == []


def test_ids_inside_a_text_become_labels_and_words_stay():
    assert worded("see `soy_theta` and us.s122, not soybeans") == (
        f"see {worded('soy_theta')} and {worded('us.s122')}, not soybeans"
    )
    assert "_" not in worded("soy_theta, chips_usd_bn")
    assert worded("a real cost of re-routing, 30 % to 50 %") == "a real cost of re-routing, 30 % to 50 %"


def test_the_annex_lists_its_parts(folder):
    text = (folder / "annex.html").read_text(encoding="utf-8")
    anchors = re.findall(r'<li><a href="#([^"]+)">', text)
    assert len(anchors) > 8
    assert re.findall(r'<h2 id="([^"]+)">', text) == list(dict.fromkeys(anchors))
    assert 'href="brief.html"' in text
    assert 'href="annex.html"' in (folder / "brief.html").read_text(encoding="utf-8")
