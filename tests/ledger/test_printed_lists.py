"""Every US product list against the printed notes of HTSUS chapter 99, and the reading of those notes."""

import functools
import sys
from pathlib import Path

import pytest

from detente.asof import AsOf
from detente.errors import LedgerError
from detente.ledger import cite, open_ledger, show_measure

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT / "scripts"))

from check_printed_lists import read_law  # noqa: E402
from printed_law.compare import findings  # noqa: E402
from printed_law.entries import entries  # noqa: E402
from printed_law.outline import clean, subdivisions  # noqa: E402

needs_law = pytest.mark.skipif(
    not (SHARED / "law_text").exists(), reason="the printed law is not beside the checkout"
)

# A page as it is printed: furniture between the lines, two ways to open a paragraph, a numeral that is also a letter,
# a list that counts with full stops, and conditions.
PAGE = """\
2.

    (a) Heading 9903.01.01 applies to products classified in the following subheadings:

                   0201.10.05  0201.10.10
U.S. Notes (con.)  0201.20.02  8471

(h) Heading 9903.01.06 applies to all entries of articles

     (i) that are civil aircraft and classifiable in the following provisions:

                   8802.30.01

     (ii) that are not.

(i) Heading 9903.01.02 applies to the following products of China:

     1. Other seats, not upholstered, provided for in subheading 9401.69.60, except for such seats
        provided for in statistical reporting numbers 9401.69.6011 and
        9401.69.6031;

     2. Seats of rubber except for seats of plastics, provided for in subheading 9401.80.40, except for such seats
        provided for in statistical reporting number 9401.80.4001;

(j) The duty shall not apply to the following particular articles:

     (1) Juice of a single fruit, except for lemon juice (classifiable in subheading 2009.31.60);

     (2) Acai [Compiler's note: see 0000.00.00.] (classifiable in subheading 2008.99.21).

3. (a) The rates apply to bars provided for in heading 7604 and 7605, and to

                   7606  7607
"""


def test_the_reader_of_notes_names_subdivisions_as_the_law_cites_them():
    found = [
        (item.path, item.code, item.condition) for item in entries(subdivisions(clean(PAGE.split("\n"))))
    ]
    assert found == [
        ("2(a)", "02011005", ""),
        ("2(a)", "02011010", ""),
        ("2(a)", "02012002", ""),
        ("2(a)", "8471", ""),
        ("2(h)(i)", "88023001", "aircraft"),
        ("2(i)(1)", "94016960", "except"),
        ("2(i)(2)", "94018040", "except"),
        ("2(j)(1)", "20093160", "described"),
        ("2(j)(2)", "20089921", "described"),
        ("3(a)", "7604", ""),
        ("3(a)", "7605", ""),
        ("3(a)", "7606", ""),
        ("3(a)", "7607", ""),
    ]


def test_the_reader_keeps_the_numbers_excepted_and_the_words_of_an_article():
    by_path = {item.path: item for item in entries(subdivisions(clean(PAGE.split("\n"))))}
    assert by_path["2(i)(1)"].excepted == ("9401696011", "9401696031")
    assert by_path["2(i)(2)"].excepted == ("9401804001",)
    assert by_path["2(j)(1)"].article == "Juice of a single fruit, except for lemon juice"
    assert by_path["2(j)(2)"].article == "Acai"


@functools.cache
def law():
    return read_law(SHARED)


@needs_law
@pytest.mark.parametrize(
    ("note", "count"),
    [
        # Counted by a second reading, of Revision 21 from another source.
        ("20(b)", 856),
        ("20(d)", 283),
        ("20(f)", 5906),
        ("20(s)(i)", 2958),
        ("52(b)", 863),
        # Notes 2(v)(xxv)(c) and 2(v)(xxii) are one list twice, and so are (xxiii) and (xxv)(d).
        ("2(v)(xxii)", 553),
        ("2(v)(xxv)(c)", 553),
        ("2(v)(xxiii)", 807),
        ("2(v)(xxv)(d)", 807),
    ],
)
def test_lists_are_read_in_full(note, count):
    found = law().codes(note) or law().codes_later(note)
    assert (len(found), len(set(found))) == (count, count)


@needs_law
@pytest.mark.parametrize(("one", "other"), [("20(b)", "20(b)"), ("20(f)", "20(f)"), ("20(s)(i)", "20(s)(i)")])
def test_two_sources_print_one_list(one, other):
    assert set(law().codes(one)) == set(law().codes_later(other))


@needs_law
def test_every_list_is_its_print_but_for_dated_reasons():
    assert findings(open_ledger(), law()) == []


@needs_law
@pytest.mark.parametrize(
    ("name", "add", "said"),
    [
        ("s301_cn_list1", '"01012100",,,,', "01012100"),
        ("s301_cn_list2", "", "is printed, and not listed on 2026-04-06"),
    ],
)
def test_a_list_that_differs_is_found(tmp_path, name, add, said):
    """A line too many, or the first one gone."""
    path = ROOT / "src" / "detente" / "data" / "ledger" / "usa" / "lists" / f"{name}.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    rows = sorted([*rows, add]) if add else rows[1:]
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / path.name).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    found = findings(open_ledger(tmp_path), law())
    assert any(said in line and line.startswith(name) for line in found), found
    assert all(line.startswith(name) for line in found)


@needs_law
def test_a_condition_that_no_list_carries_is_found(tmp_path):
    (tmp_path / "printed_lists.yaml").write_text(
        "printed_lists:\n"
        "  ieepa_br_exempt:\n"
        '    printed: [{notes: ["2(x)(iii)(a)", "2(x)(iv)"], revision: 2026 Revision 6, on: 2026-02-23}]\n',
        encoding="utf-8",
    )
    found = findings(open_ledger(tmp_path), law())
    assert any("39172100 is listed whole; note 2(x)(iv) means it for aircraft only" in line for line in found)


def test_every_us_list_says_where_it_is_printed():
    ledger = open_ledger()
    folder = ROOT / "src" / "detente" / "data" / "ledger" / "usa" / "lists"
    assert set(ledger.printed) == {path.stem for path in folder.glob("*.csv")}
    for name, item in ledger.printed.items():
        assert item.citation, name
        assert all(reason.why and reason.codes for reason in item.differs), name


def test_a_measure_shows_note_and_revision_of_its_lists():
    found = show_measure(open_ledger(), "us.s301.cn.list1", asof=AsOf.of("2026-05-01")).lists
    assert found == {
        "s301_cn_list1": "US note 20(b) to chapter 99, HTSUS 2026 Revision 6, 2026 Revision 21",
    }
    assert show_measure(open_ledger(), "us.port.annex1", asof=AsOf.of("2026-05-01")).lists is None


def test_described_articles_stand_beside_their_codes():
    items = open_ledger().lists["s122_described"]
    assert len(items.articles) == len(items.rows) == 11
    assert items.articles["20089921"] == "Acai"


def test_a_list_with_an_unknown_column_is_refused(tmp_path):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "s122_described.csv").write_text(
        'code,from,to,words\n"20089921",,,Acai\n', encoding="utf-8"
    )
    with pytest.raises(LedgerError, match="wrong header of a product list"):
        open_ledger(tmp_path)


def test_what_is_cited_for_a_measure_ends_with_the_notes_of_all_its_lists():
    ledger = open_ledger()
    seen = set()
    for name, measure in ledger.measures.items():
        own = {item for scope in measure.scope.values() for item in (*scope.include, *scope.exclude)}
        notes = [row for row in cite(ledger, name) if row.recorded is None]
        assert {
            item for item in own & set(ledger.printed) if any(f"list {item}" in row.does for row in notes)
        } == (own & set(ledger.printed))
        assert all(row.act for row in notes)
        seen |= own & set(ledger.printed)
    assert len(seen) > 80
    third = [row.act for row in cite(ledger, "us.s301.cn.list3") if row.recorded is None]
    assert third == [
        "US note 20(f), 20(g) to chapter 99, HTSUS 2026 Revision 6",
        "US note 20(f) to chapter 99, HTSUS 2026 Revision 21",
    ]
    assert all(row.recorded for row in cite(ledger, "us.s301.cn.list3", between=("2018-01-01", "2026-12-31")))
