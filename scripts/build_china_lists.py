"""
Build the product lists of China's additional duties, `src/detente/data/ledger/chn/lists/*.csv`.

Two redistributable sources are read: the ITA Retaliation Product Matrix of 2025-03-28 (public domain), which
gives for every Chinese eight-digit line the sum of the additional duties on goods of the United States that day,
and the lists of 2025-03-10 as transcribed by trade-war-redux-2025 (MIT). The sum is taken apart by the acts that
made it up: first the farm list of March 2025 and the energy, machinery and vehicle list of February 2025, then
the notice of 2018 on Section 232, then Lists 1 to 4 of 2018-19. Half points can only come from the September 2019
list, halved in 2020; the other readings are stated rules, and `docs/ledger_controls.md` says how often they hold.

Run: ``python scripts/build_china_lists.py ../shared/data``
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

OUT = Path(__file__).parents[1] / "src" / "detente" / "data" / "ledger" / "chn" / "lists"

# Announcement 1 of 2025: the headings its two annexes name (coal and LNG; crude oil, farm machinery, cars with
# engines above 2,500 cc, trucks of at most 5 tonnes).
FEB15 = ("2701", "2702", "27111100")
FEB10 = (
    *("27090000", "84193310", "841934", "842441", "842449", "842482", "8432", "8433", "843410"),
    *("843610", "843621", "843629", "843680", "843710", "843780", "843860", "847920", "870110", "870130"),
    *("87019110", "87019210", "87019310", "87019410", "87019510", "8703236", "870324"),
    *("870421", "870431", "870441", "870451", "870460", "871620"),
)
PARTS_OF_FEB10 = ("843290", "843390")  # parts of farm machinery are not machinery

# Announcement 2 of 2025, annex 2: fish, fruit and preserves that the transcribed list has under other codes or not
# at all. The matrix holds ten points for them that no act of 2018-19 explains.
MAR10_ADDED = (
    *(
        "03019110",
        "0309",
        "03032300",
        "03032400",
        "03063190",
        "03076010",
        "03076090",
        "03083011",
        "03083019",
        "03083090",
    ),
    *("08129000", "0813", "0814", "110630", "16041990", "2006", "2007", "20081110"),
)
# Codes of 2022 the matrix does not have, and that are in the tariff all the same.
MAR10_KEPT = ("20039011", "20039019")

# Notice of 2018-04-01: pork, pork offal and aluminum scrap at 25 points; fruit, nuts, wine, modified ethanol,
# ginseng and seamless pipe at 15.
PORK_AND_SCRAP = ("0203", "020630", "020641", "020649", "7602")
WINE_PIPE_GINSENG = ("121120", "2204", "220720", "7304")
FRUIT_WITH_232 = {
    150,
    400,
    450,
}  # 15 points alone, with List 1 at 25, and with the September list at 5 besides

VEHICLES = ("8702", "8703", "8704")
# List 1: farm goods and seafood. List 2: energy, scrap, vehicles other than cars.
LIST1 = (
    *(
        "02",
        "03",
        "04",
        "07",
        "08",
        "10",
        "24",
        "1102",
        "1103",
        "1201",
        "1214",
        "1604",
        "1605",
        "2009",
        "2208",
    ),
    "5201",
)
LIST2 = (
    *(
        "27",
        "2618",
        "2619",
        "2620",
        "3915",
        "4707",
        "6310",
        "7112",
        "7204",
        "7404",
        "7503",
        "7602",
        "7902",
        "8002",
    ),
    *("8701", "8705", "8707", "8709", "8711", "8712", "8714", "8715", "8716"),
)
NOT_LIST2 = ("27111100",)  # LNG is on List 3

LIST3 = {50: "cn_301_list3_05", 100: "cn_301_list3_10", 200: "cn_301_list3_20"}
NAMES = (
    *("cn_232_15", "cn_232_25", "cn_301_cars", "cn_301_list1", "cn_301_list2", "cn_301_list3_25"),
    *LIST3.values(),
    *("cn_301_list4_10", "cn_301_list4_05", "cn_feb10_15", "cn_feb10_10", "cn_mar10_15", "cn_mar10_10"),
)


def read_matrix(shared: Path) -> dict[str, int]:
    """Chinese lines of the ITA matrix: the sum of additional duties in tenths of a point."""
    path = shared / "tariff_schedule" / "retaliation_lines_2025_03_28.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["national_line"]: round(float(row["retaliatory_rate"]) * 1000)
            for row in csv.DictReader(file)
            if row["country"] == "China"
        }


def read_march(shared: Path, matrix: dict[str, int]) -> dict[str, set[str]]:
    """The two lists of 2025-03-10, corrected where the transcription gives a code the tariff does not have."""
    folder = shared / "raw" / "us_census_imports_2024"
    found: dict[str, set[str]] = {}
    for points in ("10", "15"):
        with (folder / f"china-{points}-percent-030425.csv").open(encoding="utf-8", newline="") as file:
            codes = {row[1].strip().zfill(8) for row in csv.reader(file)}
        found[f"cn_mar10_{points}"] = {code for code in codes if code in matrix or code in MAR10_KEPT}
    listed = set().union(*found.values())
    found["cn_mar10_10"] |= {code for code in matrix if code.startswith(MAR10_ADDED) and code not in listed}
    return found


def february(code: str, total: int) -> int:
    """Points of Announcement 1 of 2025 in a line's sum."""
    if code.startswith(FEB15):
        return 150
    return 100 if code.startswith(FEB10) and not code.startswith(PARTS_OF_FEB10) and total >= 100 else 0


def section_232(code: str, rest: int) -> int:
    """Points of the notice of 2018-04-01."""
    if code.startswith(PORK_AND_SCRAP) and rest >= 500:
        return 250
    fruit = code.startswith("08") and rest in FRUIT_WITH_232
    return 150 if fruit or (code.startswith(WINE_PIPE_GINSENG) and rest >= 150) else 0


def section_301(code: str, rest: int) -> dict[str, int]:
    """Points of Lists 1 to 4 in what is left."""
    found: dict[str, int] = {}
    if rest % 50:
        found["cn_301_list4_05"] = 25
    elif rest in {150, 300}:
        found["cn_301_list4_10"] = 50
    base = rest - sum(found.values())
    if base == 250:
        found[_at_25(code)] = 250
    elif base:
        found[LIST3[base]] = base
    return found


def _at_25(code: str) -> str:
    """Which list holds a line at 25 points."""
    if code.startswith(VEHICLES):
        return "cn_301_cars"
    if code.startswith(LIST1):
        return "cn_301_list1"
    if code.startswith(LIST2) and not code.startswith(NOT_LIST2):
        return "cn_301_list2"
    return "cn_301_list3_25"


def take_apart(matrix: dict[str, int], march: dict[str, set[str]]) -> dict[str, dict[str, int]]:
    """Points by line and list; the parts of a line add up to its sum."""
    apart: dict[str, dict[str, int]] = {}
    for code, total in matrix.items():
        listed = (("cn_mar10_10", 100), ("cn_mar10_15", 150))
        parts = {name: points for name, points in listed if code in march[name]}
        if points := february(code, total):
            parts[f"cn_feb10_{points // 10}"] = points
        rest = total - sum(parts.values())
        metals = section_232(code, rest)
        if metals:
            parts[f"cn_232_{metals // 10}"] = metals
        apart[code] = parts | section_301(code, rest - metals)
    return apart


def main(shared: Path) -> None:
    """Write the lists and print how many lines each has."""
    matrix = read_matrix(shared)
    march = read_march(shared, matrix)
    apart = take_apart(matrix, march)
    for code, parts in apart.items():
        if sum(parts.values()) != matrix[code]:
            raise SystemExit(f"{code}: {parts} do not add up to {matrix[code]}")
    OUT.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        codes = {code for code, parts in apart.items() if name in parts} | march.get(name, set())
        text = "code,from,to\n" + "".join(f'"{code}",,\n' for code in sorted(codes))
        (OUT / f"{name}.csv").write_text(text, encoding="utf-8")
        print(f"{name}: {len(codes)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
