"""
Write the US product lists of the ledger from the printed law and the tariff schedule.

Reads `law_text` (the printed notes of HTSUS chapter 99) for every list that a note prints, and `tariff_schedule`
(public-domain HTS exports) for the others and for days, and writes `src/detente/data/ledger/usa/lists/*.csv`: one file per
list, header ``code,from,to``, with ``recorded,ended`` (the days on which a row's first and last day became known) where
acts changed it and ``article`` where the note describes articles within a line; codes as quoted digit strings, sorted,
unique. The result depends on the inputs alone.

Usage: python scripts/build_lists.py [--source DIR] [--out DIR] [--check]
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import list_facts as facts
import pandas as pd
from printed_law.law import PrintedLaw

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT.parent / "shared" / "data" / "tariff_schedule"
OUT = ROOT / "src" / "detente" / "data" / "ledger" / "usa" / "lists"


class Row(NamedTuple):
    """One code of a list, with the first day on it and the first day off it (ISO, or empty), and the article described."""

    code: str
    start: str = ""
    end: str = ""
    article: str = ""


@dataclass(frozen=True)
class Tables:
    """The shared tables, as text."""

    china: pd.DataFrame
    exclusions: pd.DataFrame
    national_security: pd.DataFrame
    exemptions: pd.DataFrame
    footnotes: pd.DataFrame
    lines: pd.DataFrame
    whole: frozenset[str]
    law: PrintedLaw

    @classmethod
    def read(cls, source: Path) -> Tables:
        """Read every table a list is built from."""

        def table(name: str) -> pd.DataFrame:
            return pd.read_csv(source / f"{name}.csv", dtype=str).fillna("")

        lines = pd.read_parquet(source / "hts10.parquet").astype(str)
        return cls(
            china=table("s301_china_lists"),
            exclusions=table("s301_exclusion_lines"),
            national_security=table("s232_scope"),
            exemptions=table("exemption_lists"),
            footnotes=table("hts_ch99_footnotes"),
            lines=lines,
            whole=frozenset(pd.read_parquet(source / "hts8.parquet", columns=["hts8"])["hts8"].astype(str)),
            law=PrintedLaw.read(source.parent / "law_text", lines["hts10"]),
        )

    def known(self) -> frozenset[str]:
        """Every prefix of 4 digits or more of a line of any revision: also of tariff lines without statistical numbers."""
        codes = (
            set(self.lines["hts10"]) | set(self.lines["hts8"]) | self.whole | set(facts.AFTER_THE_SCHEDULE)
        )
        return frozenset(code[:size] for code in codes for size in range(4, 11) if len(code) >= size)


def next_day(text: str) -> str:
    """Turn an inclusive last day into the first day off the list; empty stays empty."""
    return (dt.date.fromisoformat(text) + dt.timedelta(days=1)).isoformat() if text else ""


def footnoted(tables: Tables, *headings: str) -> list[str]:
    """Subheadings of chapters 1 to 97 whose footnote names one of the chapter 99 headings."""
    notes = tables.footnotes
    found = notes.loc[notes["ch99_code"].isin(headings), "hts_code"].str[:8]
    return sorted({code for code in found if code < "98"})


def numbers(tables: Tables, subheading: str) -> dict[str, str]:
    """Statistical numbers of a subheading with their descriptions."""
    own = tables.lines[tables.lines["hts8"] == subheading]
    return dict(zip(own["hts10"], own["description"], strict=True))


def printed(
    tables: Tables,
    *notes: str,
    start: str = "",
    described: bool = False,
    only: Container[str] | None = None,
    without: Container[str] = (),
) -> list[Row]:
    """Codes that subdivisions of the printed notes list: lines whole, or those of which only an article is described."""
    articles = tables.law.articles(*notes)
    return [
        Row(code, start, "", articles.get(code, ""))
        for code in tables.law.codes(*notes)
        if (code in articles) is described and code not in without and (only is None or code in only)
    ]


def china_list(tables: Tables, name: str) -> list[Row]:
    """Read one of the lists of note 20, and what left it for note 31 in 2024-26."""
    moved = {code: day for code, (was, day) in former(tables).items() if was == name}
    return [
        *printed(tables, *facts.LIST_NOTES[name], without=moved),
        *(Row(code, "", day) for code, day in moved.items()),
    ]


def former(tables: Tables) -> dict[str, tuple[str, str]]:
    """Lines moved to note 31: the list of note 20 they were on, and the day they left it."""
    steel = footnoted(tables, "99039101")
    gone = {
        code: ("4a", "2024-09-27")
        for code in steel
        if code[:2] in facts.METALS and code[:4] != facts.FERRO_ALLOYS
    }
    gone.update(facts.FORMER)
    return gone


def review(tables: Tables, name: str) -> list[Row]:
    """One rate group of the four-year review (note 31)."""
    headings, given = facts.REVIEW[name]
    special = {row[0][:8] for row in given} | set(facts.REVIEW_BY_NUMBER.get(name, ()))
    rows = [Row(code) for code in footnoted(tables, *headings) if code not in special]
    return rows + [Row(*row) for row in given]


def exclusions(tables: Tables) -> list[Row]:
    """
    Statistical numbers with an exclusion heading, and the articles excluded: notes 20(vvv) and 20(www).

    Numbers that came after the printed text are those of Revision 21, whose articles are not held.
    """
    notes = ("20(vvv)", "20(www)")
    articles = tables.law.articles(*notes)
    later = [code for code in tables.law.codes_later(*notes) if len(code) > facts.SUBHEADING]
    codes = dict.fromkeys([*tables.law.codes(*notes), *later])
    return [Row(code, "", "", articles.get(code, "")) for code in codes]


def worded(tables: Tables, codes: Iterable[str]) -> list[Row]:
    """Lines of which an article is described in words that are not held, with those of an earlier note where it has them."""
    articles = tables.law.articles(facts.DESCRIBED_IN)
    return [Row(code, "", "", articles.get(code, "")) for code in codes]


def brazil_whole(tables: Tables) -> list[Row]:
    """Lines of note 2(x)(iii)(a), farm goods from the day on which a later order freed them."""
    own = tables.exemptions
    own = own[own["authority"] == "ieepa_country_eo"]
    starts = {row.hts_prefix: row.valid_from for row in own.itertuples()}
    return [
        Row(row.code, facts.FARM_GOODS_DAY if starts.get(row.code) == facts.FARM_GOODS_DAY else "")
        for row in printed(tables, "2(x)(iii)(a)")
    ]


def national_security(tables: Tables, **wanted: str | tuple[str, ...]) -> pd.DataFrame:
    """Rows of the Section 232 table; a column is matched with one value or several."""
    own = tables.national_security
    for column, value in wanted.items():
        own = own[own[column].isin((value,) if isinstance(value, str) else value)]
    return own


def programme(tables: Tables, *names: str) -> list[Row]:
    """Every code of one or several Section 232 programmes."""
    return [Row(code) for code in national_security(tables, program=names)["hts_prefix"]]


def vehicle_parts(tables: Tables, name: str, *, by_use: bool) -> list[Row]:
    """Parts of a vehicle programme: lines whose words name vehicles, or those where the use decides."""
    lines = tables.lines
    rows = []
    for code in national_security(tables, program=name)["hts_prefix"]:
        words = lines.loc[lines["hts10"].str.startswith(code), "description"]
        if bool(words.str.contains(facts.VEHICLE).all()) is not by_use:
            rows.append(Row(code))
    return rows


def metal_of(code: str, given: str) -> str:
    """Metal of an annex row: chapters 72 to 76 decide before the table, which calls 7601 to 7609 steel."""
    return {"72": "steel", "73": "steel", "74": "copper", "76": "aluminum"}.get(code[:2], given)


def annex(tables: Tables, name: str, metal: str) -> list[Row]:
    """Read an annex of 2026-04-02 for one metal; rows that another annex took over on 2026-06-08 end there."""
    own = national_security(tables, program="metal_annex_2026")
    starts = {(row.hts_prefix, row.subclass): row.effective_date for row in own.itertuples()}
    rows = []
    for row in own[own["subclass"] == name].itertuples():
        code = row.hts_prefix
        if metal_of(code, row.metal) != metal or is_caption(code, name):
            continue
        start = "" if row.effective_date == facts.ANNEX_DAY else row.effective_date
        rows.append(Row(code, start, taken_over(code, row.effective_date, starts)))
    held = {row.code for row in rows}
    named = [
        row._replace(end=taken_over(row.code, facts.ANNEX_DAY, starts))
        for row in printed(tables, *facts.ANNEX_NOTES[name, metal], without=held)
    ]
    if name == "annex_1a":
        named = [row for row in named if (metal_of(row.code, "") == "copper") is (metal == "copper")]
    return rows + named


def taken_over(code: str, since: str, starts: Mapping[tuple[str, str], str]) -> str:
    """First day on which another annex has a code that one has since a day; empty where none has."""
    return min((day for (other, _), day in starts.items() if other == code and day > since), default="")


def is_caption(code: str, name: str) -> bool:
    """
    Tell whether an entry is a heading that an annex row's description mentions, not a scope.

    Outside annex I-A every entry under eight digits is one: "machines of heading 8471", "boring machinery of
    subheading 8430.41 or 8430.49", or the head of statistical numbers that are listed beside it.
    """
    return len(code) < facts.SUBHEADING and name != "annex_1a"


def steel_mill(tables: Tables) -> list[Row]:
    """Steel articles of notes 16(b) and 16(j)."""
    own = national_security(tables, program="metal_primary", subclass="mill", metal="steel")
    return [Row(code) for code in own["hts_prefix"]]


def steel_full(tables: Tables) -> list[Row]:
    """Steel derivatives charged on their full value: nails from 2020, chapter 73 from 2025-03-12."""
    own = national_security(tables, program="metal_primary", subclass="derivative", metal="steel")
    return [
        Row(row.hts_prefix, row.effective_date or facts.DERIVATIVES_2020, end_of_2020(row.effective_date))
        for row in own.itertuples()
    ] + [Row(code, facts.DERIVATIVES_2020) for code in facts.STEEL_2020]


def end_of_2020(start: str) -> str:
    """Give the first derivatives of 2020 the day on which the lists of 2025 restate them."""
    return "" if start else facts.METALS_2025


def aluminum_mill(tables: Tables) -> list[Row]:
    """Aluminum articles of notes 19(b) and 19(g)."""
    own = national_security(tables, program="metal_primary", subclass="mill", metal="aluminum")
    return [Row(code) for code in own["hts_prefix"]]


def aluminum_full(tables: Tables) -> list[Row]:
    """Aluminum derivatives charged on their full value: notes 19(i) and 19(j)."""
    rows = [Row(code, facts.DERIVATIVES_2020) for code in facts.ALUMINUM_2020]
    own = national_security(tables, program="metal_primary", subclass="derivative", metal="aluminum")
    return rows + [
        Row(row.hts_prefix, row.effective_date)
        for row in own.itertuples()
        if row.hts_prefix not in facts.ALUMINUM_2020 and row.hts_prefix not in facts.STAMPED
    ]


def content(tables: Tables, metal: str) -> list[Row]:
    """Read derivatives charged on their metal content, at ten digits where the notice names ten."""
    own = national_security(tables, program="metal_derivative", metal=metal)
    own = own[~own["ch99_code"].isin(["99038504", "99038507"])]
    rows = []
    for row in own.itertuples():
        first = facts.METALS_2025 if metal == "aluminum" and not row.effective_date else row.effective_date
        for code in at_ten_digits(tables, row.hts_prefix, metal):
            start = facts.NAMED_ON.get((metal, code), first)
            rows.append(Row(code, start))
    if metal == "steel":
        return rows + [Row(code, day) for code, day in facts.STEEL_BEFORE_AUGUST.items()]
    return rows + [Row(code, day) for code, day in facts.ALUMINUM_PRINTED.items()]


def at_ten_digits(tables: Tables, subheading: str, metal: str) -> list[str]:
    """Statistical numbers a notice names under a subheading, or the subheading where it names that."""
    suffixes = facts.TEN_DIGITS[metal].get(subheading)
    if suffixes is None:
        return [subheading]
    held = set(numbers(tables, subheading))
    named = [subheading + suffix for suffix in suffixes]
    return [code for code in named if code in held] or [subheading]


def exempt(tables: Tables, authority: str, *categories: str, country: str = "", start: str = "") -> list[Row]:
    """Read an exemption list without dates of its own, or starting on the legal day given."""
    own = tables.exemptions
    own = own[(own["authority"] == authority) & own["category"].isin(categories)]
    own = own[own["country"] == country] if country else own
    return [Row(code, start) for code in own["hts_prefix"]]


def proposed(tables: Tables, *, aircraft: bool) -> list[Row]:
    """
    The proposed forced-labour exemptions: those for civil aircraft only, or the others.

    Annex A of the proposal restates the exemptions of Section 122 code by code (1,098 subheadings, 546 for civil
    aircraft, 11 described articles, which stay covered); the scanned copy lacks 25 of them, added back here.
    """
    surcharge = {row.code for row in exempt(tables, "section_122", "annex_products")}
    flights = {row.code for row in exempt(tables, "section_122", "civil_aircraft")} - surcharge
    scanned = {row.code for row in exempt(tables, "section_301_forced_labor_PROPOSED", "annex_A")}
    found = flights if aircraft else (scanned | surcharge) - flights
    return [Row(code) for code in found]


def annex_two(tables: Tables) -> list[Row]:
    """Annex II of EO 14257 with every later version; the table's `valid_to` is the last day on the list."""
    own = tables.exemptions
    own = own[(own["authority"] == "ieepa_reciprocal") & (own["category"] == "annex_II")]
    return [
        Row(
            facts.BY_NUMBER.get(row.hts_prefix, row.hts_prefix),
            "" if row.valid_from <= facts.RECIPROCAL_DAY else row.valid_from,
            next_day(row.valid_to),
        )
        for row in own.itertuples()
    ]


LISTS: dict[str, Callable[[Tables], list[Row]]] = {
    "s301_cn_list1": lambda t: china_list(t, "1"),
    "s301_cn_list2": lambda t: china_list(t, "2"),
    "s301_cn_list3": lambda t: china_list(t, "3"),
    "s301_cn_list4a": lambda t: china_list(t, "4a"),
    "s301_cn_list4b": lambda t: printed(t, "20(u)"),
    **{f"s301_cn_review_{name}": (lambda t, name=name: review(t, name)) for name in facts.REVIEW},
    "s301_cn_sts_cranes": lambda _: [Row("84261900")],
    "s301_cn_chassis": lambda _: [Row("8716390090"), Row("87169030"), Row("87169050")],
    "s301_cn_exclusions": exclusions,
    "s301_fl_exempt_proposed": lambda t: proposed(t, aircraft=False),
    "s301_fl_aircraft_proposed": lambda t: proposed(t, aircraft=True),
    "s301_br_exempt": lambda t: exempt(t, "section_301_brazil", "flat"),
    "s301_br_described": lambda t: worded(t, t.law.codes_later("50(a)(iii)")),
    "s301_br_exempt_by_use": lambda t: exempt(t, "section_301_brazil", "pharma"),
    "s301_br_aircraft": lambda t: exempt(t, "section_301_brazil", "aircraft"),
    "s232_steel_mill": steel_mill,
    "s232_steel_derivative": steel_full,
    "s232_steel_content": lambda t: content(t, "steel"),
    "s232_aluminum_mill": aluminum_mill,
    "s232_aluminum_derivative": aluminum_full,
    "s232_aluminum_content": lambda t: content(t, "aluminum"),
    "s232_copper": lambda t: programme(t, "copper"),
    **{
        f"s232_{name}_{metal}": (lambda t, name=name, metal=metal: annex(t, name, metal))
        for name, metals in facts.ANNEXES.items()
        for metal in metals
    },
    "s232_autos": lambda t: [row for row in printed(t, "33(b)") if row.code.startswith(facts.CARS)],
    "s232_light_trucks": lambda t: [
        row for row in printed(t, "33(b)", without=facts.ALSO_HEAVY) if not row.code.startswith(facts.CARS)
    ],
    "s232_autos_by_use": lambda t: printed(t, "33(b)", only=facts.ALSO_HEAVY),
    "s232_auto_parts": lambda t: vehicle_parts(t, "auto_parts", by_use=False),
    "s232_auto_parts_by_use": lambda t: vehicle_parts(t, "auto_parts", by_use=True),
    "s232_auto_parts_gbr": lambda t: printed(t, "33(j)"),
    "s232_mhd_vehicles": lambda t: printed(t, "38(b)"),
    "s232_mhd_parts": lambda t: vehicle_parts(t, "mhd_parts", by_use=False),
    "s232_mhd_parts_by_use": lambda t: vehicle_parts(t, "mhd_parts", by_use=True),
    "s232_buses": lambda t: printed(t, "38(c)"),
    "s232_softwood": lambda t: printed(t, "37(b)"),
    "s232_wood_furniture": lambda t: programme(t, "wood_furniture"),
    "s232_wood_cabinets": lambda t: programme(t, "kitchen_cabinets"),
    "s232_semis": lambda t: programme(t, "semiconductors"),
    "s232_pharma": lambda t: programme(t, "pharmaceuticals"),
    "s232_polysilicon": lambda t: programme(t, "polysilicon"),
    "s232_uas_heavy": lambda _: [Row(code) for code in facts.UAS_HEAVY],
    "s232_uas_light": lambda _: [Row(code) for code in facts.UAS_LIGHT],
    "s201_solar_cells": lambda t: [Row(code) for code in footnoted(t, "99034521", "99034522")],
    "s201_solar_modules": lambda t: [
        Row(code) for code in footnoted(t, "99034525") if code not in footnoted(t, "99034521", "99034522")
    ],
    "s201_quartz": lambda _: [Row(code) for code in facts.QUARTZ],
    "ieepa_annex_ii": annex_two,
    "ieepa_ca_energy": lambda t: exempt(t, "ieepa_fentanyl", "reduced_10pct_energy_ca"),
    "ieepa_ca_potash": lambda t: exempt(t, "ieepa_fentanyl", "reduced_10pct_potash_ca", start="2025-03-07"),
    "ieepa_mx_potash": lambda t: exempt(t, "ieepa_fentanyl", "reduced_10pct_potash_mx", start="2025-03-07"),
    "ieepa_annex_ii_described": lambda t: printed(
        t, "2(v)(iii)(b)", described=True, start=facts.FARM_GOODS_DAY
    ),
    "ieepa_br_exempt": brazil_whole,
    "ieepa_br_described": lambda t: printed(t, "2(x)(iii)(b)", described=True, start=facts.FARM_GOODS_DAY),
    "ieepa_br_aircraft": lambda t: printed(t, "2(x)(iv)"),
    "ieepa_eu_exempt": lambda t: printed(t, "2(v)(xx)"),
    "ieepa_eu_described": lambda t: printed(t, "2(v)(xxi)", described=True),
    "ieepa_eu_aircraft": lambda t: printed(t, "2(v)(xxii)"),
    "ieepa_eu_exempt_by_use": lambda t: printed(t, "2(v)(xxiii)"),
    "ieepa_kr_aircraft": lambda t: printed(t, "2(v)(xxiv)(b)"),
    "ieepa_ch_exempt": lambda t: printed(t, "2(v)(xxv)(b)"),
    "ieepa_ch_aircraft": lambda t: printed(t, "2(v)(xxv)(c)"),
    "ieepa_ch_exempt_by_use": lambda t: printed(t, "2(v)(xxv)(d)"),
    "ieepa_gb_aircraft": lambda t: printed(t, "35(a)"),
    "ieepa_jp_aircraft": lambda t: printed(t, "35(b)"),
    "us_rus_35": lambda t: printed(t, "30(b)"),
    "us_rus_70": lambda t: printed(t, "30(d)"),
    "informational_materials": lambda _: [Row(code) for code in facts.INFORMATIONAL],
    "civil_aircraft": lambda t: printed(t, "2(aa)(iv)"),
    "s232_tw_aircraft": lambda t: exempt(t, "section_232", "civil_aircraft_taiwan", country="TW"),
    "s122_exempt": lambda t: printed(t, "2(aa)(ii)"),
    "s122_described": lambda t: printed(t, "2(aa)(iii)", described=True),
    "s338_ca_alcohol": lambda t: exempt(t, "section_338_canada_INCLUDED", "alcohol"),
    "s338_ca_dairy": lambda t: exempt(t, "section_338_canada_INCLUDED", "dairy"),
    "s338_ca_vehicles": lambda t: exempt(t, "section_338_canada_INCLUDED", "autos"),
}


def clean(rows: Iterable[Row], known: frozenset[str]) -> list[Row]:
    """Keep codes of the schedule, once each, sorted; a code's first and last day span its rows."""
    merged: dict[str, Row] = {}
    for row in rows:
        if row.code in known or row.code in facts.AFTER_THE_SCHEDULE:
            merged[row.code] = span(merged[row.code], row) if row.code in merged else row
    return sorted(merged.values())


def span(one: Row, other: Row) -> Row:
    """Join two rows of one code: from the earlier first day to the later end, open if either is open."""
    end = max(one.end, other.end) if one.end and other.end else ""
    return Row(one.code, min(one.start, other.start), end, one.article or other.article)


def acts(name: str, row: Row) -> tuple[str, str]:
    """When the act behind a row's first day, and the one behind its last, became known; empty with the list itself."""
    days = tuple(facts.MADE_KNOWN.get((name, day), "") for day in (row.start, row.end))
    own = facts.CODES_MADE_KNOWN.get((name, row.code), "")
    return (days[0], own or days[1]) if row.end else (own or days[0], "")


def render(name: str, rows: Iterable[Row]) -> str:
    """Write a list as CSV text; with the days its rows became known where acts changed it."""
    known = {row: acts(name, row) for row in rows}
    header, dated = ["code", "from", "to"], any(any(days) for days in known.values())
    worded = any(row.article for row in known)
    header += ["recorded", "ended"] if dated else []
    header += ["article"] if worded else []
    lines = [",".join(header)]
    for row, days in known.items():
        words = ['"' + row.article.replace('"', '""') + '"'] if worded else []
        lines.append(",".join([f'"{row.code}"', row.start, row.end, *(days if dated else ()), *words]))
    return "\n".join(lines) + "\n"


def build(source: Path) -> dict[str, str]:
    """Build every list: file name without suffix -> CSV text."""
    tables = Tables.read(source)
    known = tables.known()
    return {name: render(name, clean(maker(tables), known)) for name, maker in sorted(LISTS.items())}


def main() -> int:
    """Write the lists, or with `--check` compare them with what is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", type=Path, default=SOURCE)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    texts = build(options.source)
    stale = [
        name
        for name, text in texts.items()
        if not (path := options.out / f"{name}.csv").exists() or path.read_text(encoding="utf-8") != text
    ]
    if not options.check:
        options.out.mkdir(parents=True, exist_ok=True)
        for name in stale:
            (options.out / f"{name}.csv").write_text(texts[name], encoding="utf-8")
    sys.stderr.write(f"{len(texts)} lists, {len(stale)} {'stale' if options.check else 'written'}\n")
    return int(options.check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
