"""
Write `src/detente/data/ledger/coverage.yaml`: which share of an industry's imports a Chinese list reaches.

China's imports from the United States by product may not be passed on, so the shares rest on what may: exports of
the United States in 2024 by HS6 for the farm lists (Census Bureau, with trade-war-redux-2025, MIT), coal, oil and
gas by HS6 in 2024 (CEPII BACI, Etalab 2.0), and elsewhere the share of the industry's HS6 codes that are on the
list, each line of a code counting alike. HS6 goes to industries through the MIT crosswalk to GTAP sectors.

Run after `build_china_lists.py`: ``python scripts/china_coverage.py ../shared/data``
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pandas as pd

LEDGER = Path(__file__).parents[1] / "src" / "detente" / "data" / "ledger"
GTAP = {
    **dict.fromkeys(
        ["pdr", "wht", "gro", "v_f", "osd", "c_b", "pfb", "ocr", "ctl", "oap", "rmk", "wol"], "A01"
    ),
    **dict.fromkeys(["cmt", "omt", "vol", "mil", "pcr", "sgr", "ofd", "b_t"], "C10T12"),
    **dict.fromkeys(("tex", "wap", "lea"), "C13T15"),
    **dict.fromkeys(("oil", "gas"), "B06"),
    "frs": "A02",
    "fsh": "A03",
    "coa": "B05",
    "oxt": "B08",
    "lum": "C16",
    "ppp": "C17_18",
    "p_c": "C19",
    "chm": "C20",
    "bph": "C21",
    "rpp": "C22",
    "nmm": "C23",
    "i_s": "C24A",
    "nfm": "C24B",
    "fmp": "C25",
    "ele": "C26",
    "eeq": "C27",
    "ome": "C28",
    "mvh": "C29",
    "otn": "C302T309",
    "omf": "C31T33",
}
# Share of exports to China that the 740 farm lines hold. USDA puts all farm exports to China in 2024 at USD 24.65 bn;
# what the lines do not hold (hay, hides, feed, spirits, prepared food) is a quarter A01 and three quarters C10T12.
HELD = {"A01": 0.95, "A03": 1.0, "C10T12": 0.56}
MAIN_LINE = {"120190": "12019019"}  # China's soybeans are genetically modified yellow ones
# Judgements where neither exports nor codes speak: large cars and small trucks in vehicles, farm machines in machines.
JUDGED = {
    ("cn_feb10_10", "C29"): 0.45,
    ("cn_feb10_10", "C28"): 0.01,
    ("cn_feb10_15", "C19"): 0.0,
}
# Aircraft, drugs and chips are most of what their industries send to China and on no list; a count of codes would
# overstate the lists by as much.
COUNTED = {"C302T309": 0.1, "C21": 0.2, "C26": 0.6}
RANGE = {
    "low": {("cn_feb10_10", "C29"): 0.25, ("cn_feb10_10", "C28"): 0.0},
    "high": {("cn_feb10_10", "C29"): 0.6, ("cn_feb10_10", "C28"): 0.03},
}
HELD_RANGE = {
    "low": {"A01": 0.9, "A03": 1.0, "C10T12": 0.45},
    "high": {"A01": 1.0, "A03": 1.0, "C10T12": 0.7},
}
# Day of the act that each list is of: the Tariff Commission's announcements.
RECORDED = {
    "cn_232": "2018-04-01",
    "cn_301_cars": "2018-06-16",
    "cn_301_list1": "2018-06-16",
    "cn_301_list2": "2018-08-08",
    "cn_301_list3": "2018-09-18",
    "cn_301_list4": "2019-08-23",
    "cn_feb10": "2025-02-04",
    "cn_mar10": "2025-03-04",
}
TEXT = "Share of China's imports from the United States, by industry, on the list"
SOURCE = (
    "Lists of scripts/build_china_lists.py; US exports 2024 by HS6 (Census Bureau; trade-war-redux-2025, MIT) for farm "
    "goods, with the USDA total of 24.65 bn (recalled); CEPII BACI 2024 (Etalab 2.0) for coal, oil and gas; elsewhere "
    "counts of HS6 codes. Estimated."
)


def industries(shared: Path) -> dict[str, str]:
    """HS6 codes to ICIO industries by their most frequent GTAP sector."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    with (shared / "raw" / "us_tariff_schedule_yale" / "hs10_gtap_crosswalk.csv").open(
        encoding="utf-8"
    ) as file:
        for row in csv.DictReader(file):
            code = row["hs6_code"].zfill(6)
            if code.startswith("26"):
                votes[code]["B07"] += 1
            elif "8901" <= code[:4] <= "8908":
                votes[code]["C301"] += 1
            elif industry := GTAP.get(row["gtap_code"].lower()):
                votes[code][industry] += 1
    return {code: count.most_common(1)[0][0] for code, count in votes.items()}


def industry_of(code: str, table: dict[str, str]) -> str | None:
    """Industry of an HS6 code; of its heading where the code is foreign to the crosswalk."""
    if code in table:
        return table[code]
    near = Counter(found for other, found in table.items() if other[:4] == code[:4])
    return near.most_common(1)[0][0] if near else None


def weights(shared: Path) -> dict[str, float]:
    """Exports of the United States to China in 2024 by HS6 where they may be passed on, USD."""
    found: dict[str, float] = {}
    path = shared / "tariff_schedule" / "retaliation_hs6_us_exports_2024.csv"
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["country"] == "China":
                found[row["hs6"].zfill(6)] = float(row["us_exports_2024_usd"])
    table = pd.read_parquet(shared / "raw" / "critical_minerals" / "baci_raw_materials_2017_2024.parquet")
    trade = table[(table.exporter == "USA") & (table.importer == "CHN") & (table.year == 2024)]
    for code, value in zip(trade.hs6.astype(str).str.zfill(6), trade.value_kusd, strict=True):
        if code[:4] in {"2701", "2702", "2709"} or code in {"271111", "271121"}:
            found[code] = float(value) * 1000
    return found


def fractions(lists: dict[str, set[str]]) -> dict[str, dict[str, float]]:
    """By list, the part of each HS6 code on it: lines on the list among the lines of the code on any list."""
    lines = Counter(code[:6] for code in set().union(*lists.values()))
    found: dict[str, dict[str, float]] = {}
    for name, codes in lists.items():
        count = Counter(code[:6] for code in codes)
        whole = name.startswith("cn_mar10")  # the exports were matched to these lists by HS6
        found[name] = {code: 1.0 if whole else n / lines[code] for code, n in count.items()}
        for code, line in MAIN_LINE.items():
            found[name][code] = float(line in codes)
    return found


def share(
    listed: dict[str, float], industry: str, table: dict[str, str], money: dict[str, float], held: float
) -> float:
    """Share of an industry's imports a list reaches, by value where values are held and by count elsewhere."""
    codes = {code for code, found in table.items() if found == industry}
    codes |= {code for code in listed if industry_of(code, table) == industry}
    valued = {code for code in codes if money.get(code)}
    by_value = 0.0
    total = sum(money[code] for code in valued)
    if total:
        by_value = sum(money[code] * listed.get(code, 0.0) for code in valued) / total
    others = codes - valued if held else codes
    by_count = sum(listed.get(code, 0.0) for code in others) / len(others) if others else 0.0
    return held * by_value + (1 - held) * by_count * COUNTED.get(industry, 1.0)


def entry(
    name: str,
    listed: dict[str, float],
    table: dict[str, str],
    money: dict[str, float],
    case: str = "",
) -> dict[str, float]:
    """Shares of one list by industry."""
    held = HELD_RANGE.get(case, HELD)
    judged = JUDGED | RANGE.get(case, {})
    energy = {"B05", "B06"}
    found = {}
    for industry in sorted(set(table.values())):
        keep = held.get(industry, 1.0 if industry in energy else 0.0)
        value = judged.get((name, industry), share(listed, industry, table, money, keep))
        if name.startswith("cn_mar10") and industry in HELD:
            value = held[industry] * share(listed, industry, table, money, 1.0)
        if value >= 0.0005:
            found[industry] = round(min(value, 1.0), 3)
    return found


def main(shared: Path) -> None:
    """Write the file."""
    table, money = industries(shared), weights(shared)
    lists = {
        path.stem: {row["code"] for row in csv.DictReader(path.open(encoding="utf-8"))}
        for path in sorted((LEDGER / "chn" / "lists").glob("*.csv"))
    }
    parts = fractions(lists)
    lines = [
        "# Written by scripts/china_coverage.py; the entries after the lists stand in its text.",
        "coverage:",
    ]
    for name, listed in parts.items():
        cases = ("low", "high") if name.startswith(("cn_mar10", "cn_feb10_10")) else ()
        for case in ("", *cases):
            shares = entry(name, listed, table, money, case)
            recorded = next(day for head, day in RECORDED.items() if name.startswith(head))
            lines += [
                f"  {name}{'_' + case if case else ''}:",
                f"    text: {TEXT} {name}{f' ({case} end of the range)' if case else ''}",
                f"    recorded: {recorded}",
                "    shares: {" + ", ".join(f"{key}: {value}" for key, value in shares.items()) + "}",
                f"    alternatives: [{', '.join(f'{name}_{other}' for other in cases) if not case else ''}]",
                f"    source: >-\n      {SOURCE}",
            ]
    lines.append((Path(__file__).parent / "china_coverage_other.yaml").read_text(encoding="utf-8").rstrip())
    (LEDGER / "coverage.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
