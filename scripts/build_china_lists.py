"""
Build the product lists of China's additional duties, `src/detente/data/ledger/chn/lists/*.csv`.

Two redistributable sources are read: the ITA Retaliation Product Matrix of 2025-03-28 (public domain), which
gives for every Chinese eight-digit line the sum of the additional duties on goods of the United States that day,
and the lists of 2025-03-10 as transcribed by trade-war-redux-2025 (MIT). The sum is taken apart by the acts that
made it up: first the farm list of March 2025 and the energy, machinery and vehicle list of February 2025, then what
the notices of 2018 and 2019 put on the line, as Bown, Jung and Zhang (PIIE, 2019) read them: their numbers of lines are
the notices' own (120 and 8; 545; 333; 2,493, 1,078, 974 and 662). What is left on every one of their lines is 0, 2.5 or
5 points: the list of September 2019, halved in 2020. Codes of 2022 are read as the codes they come from; where those
differ, the reading that leaves the least, and `docs/ledger_controls.md` says how many. Lines that the schedule of 2026
split have the duties of the line they come from.

Run: ``python scripts/build_china_lists.py ../shared/data``
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

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

# Cars and trucks that came with List 2; auto parts that were suspended with the cars: days in a list, and of the acts.
LATER_CARS = ",2018-08-23,,2018-08-08,"
AUTO_PARTS = ",,2019-01-01,,2018-12-14"
SEPTEMBER = {0: "", 25: "cn_301_list4_05", 50: "cn_301_list4_10"}
COLUMNS = (
    *("d_s232_2018_04_02", "d_s301_2018_07_06", "d_s301_2018_08_23", "d_s301_2018_09_24"),
    *("d_s301_auto_2019_01_01", "d_s301_2019_06_01"),
)


class Notice(NamedTuple):
    """Points of the notices on a line, in tenths: Section 232, Lists 1 to 3, the suspension of autos, June 2019."""

    metals: int
    july: int
    august: int
    september: int
    autos: int
    june: int

    @property
    def points(self) -> int:
        """Their sum as the matrix has it, which counts the duty on autos."""
        return self.metals + self.july + self.august + self.september + self.june


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


def read_notices(shared: Path) -> dict[str, Notice]:
    """Points of the notices of 2018 and of 2019-05-13 by line of 2018, in tenths."""
    path = shared / "raw" / "china_tariffs_2018_2019" / "china_tariffs_hs10_mfn_and_on_us_2018_2019.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["hs10"][:8]: Notice(*(round(float(row[name] or 0) * 10) for name in COLUMNS))
            for row in csv.DictReader(file)
        }


def read_older(shared: Path) -> dict[str, set[str]]:
    """Subheadings of 2017 by subheading of 2022."""
    found: dict[str, set[str]] = {}
    path = shared / "schedules" / "concordance" / "hs2022_to_hs2017.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["hs2022"], set()).add(row["hs2017"])
    return found


class Noticed:
    """What the notices of 2018 and 2019 put on a line of today."""

    def __init__(self, shared: Path) -> None:
        self.lines, self.older = read_notices(shared), read_older(shared)
        self.under: dict[str, Counter[Notice]] = {}
        for code, notice in self.lines.items():
            for digits in (6, 7):
                self.under.setdefault(code[:digits], Counter())[notice] += 1

    def among(self, code: str) -> Counter[Notice]:
        """Notices on the lines a code may come from."""
        if code in self.lines:
            return Counter([self.lines[code]])
        own = self.under.get(code[:7]) or self.under.get(code[:6])
        if own:
            return own
        return sum(
            (self.under.get(old, Counter()) for old in sorted(self.older.get(code[:6], ()))), Counter()
        )

    def read(self, code: str, rest: int) -> tuple[Notice, int] | None:
        """The notice on a line and what is left of its points for September 2019; None where nothing fits."""
        fits = [
            (rest - notice.points, -count, notice)
            for notice, count in self.among(code).items()
            if rest - notice.points in SEPTEMBER
        ]
        if not fits:
            return None
        left, _, notice = min(fits)
        return notice, left


def noticed(notice: Notice, left: int) -> dict[str, int]:
    """Points by list of a notice, and of September 2019."""
    found = {f"cn_232_{notice.metals // 10}": notice.metals} if notice.metals else {}
    if notice.autos and notice.july + notice.august:
        found["cn_301_cars"] = notice.july + notice.august
    else:
        found |= {"cn_301_list1": notice.july} if notice.july else {}
        found |= {"cn_301_list2": notice.august} if notice.august else {}
    third = notice.september + notice.june
    if third:
        found[f"cn_301_list3_{third // 10:02}"] = third
    if left:
        found[SEPTEMBER[left]] = left
    return found


def take_apart(
    matrix: dict[str, int], march: dict[str, set[str]], notices: Noticed
) -> dict[str, dict[str, int]]:
    """Points by line and list; the parts of a line add up to its sum."""
    apart: dict[str, dict[str, int]] = {}
    for code, total in matrix.items():
        listed = (("cn_mar10_10", 100), ("cn_mar10_15", 150))
        parts = {name: points for name, points in listed if code in march[name]}
        if points := february(code, total):
            parts[f"cn_feb10_{points // 10}"] = points
        rest = total - sum(parts.values())
        read = notices.read(code, rest)
        if read is not None:
            apart[code] = parts | noticed(*read)
            continue
        metals = section_232(code, rest)
        if metals:
            parts[f"cn_232_{metals // 10}"] = metals
        apart[code] = parts | section_301(code, rest - metals)
    return apart


def main(shared: Path) -> None:
    """Write the lists and print how many lines each has."""
    matrix = read_matrix(shared)
    march = read_march(shared, matrix)
    notices = Noticed(shared)
    apart = take_apart(matrix, march, notices)
    for code, parts in apart.items():
        if sum(parts.values()) != matrix[code]:
            raise SystemExit(f"{code}: {parts} do not add up to {matrix[code]}")
    now = read_schedule(shared)
    OUT.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        codes = {code for code, parts in apart.items() if name in parts} | march.get(name, set())
        codes |= {new for new, old in successors(now, set(matrix)).items() if old in codes}
        days = dict.fromkeys(codes, "")
        if name == "cn_301_cars":
            days |= {code: LATER_CARS for code in codes if all(item.august for item in notices.among(code))}
        if name == "cn_301_list3_05":
            days |= dict.fromkeys(suspended_parts(notices, now), AUTO_PARTS)
        text = "code,from,to,recorded,ended\n" if any(days.values()) else "code,from,to\n"
        plain = ",,,," if any(days.values()) else ",,"
        text += "".join(f'"{code}"{days[code] or plain}\n' for code in sorted(days))
        (OUT / f"{name}.csv").write_text(text, encoding="utf-8")
        print(f"{name}: {len(days)}")


def read_schedule(shared: Path) -> set[str]:
    """Lines of the schedule of 2026."""
    path = shared / "schedules" / "china_2026" / "china_tariff_2026_hs8.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["hs8"] for row in csv.DictReader(file)}


def successors(now: set[str], before: set[str]) -> dict[str, str]:
    """Lines of 2026 that the matrix does not have: the line of it that is gone and shares most digits with each."""
    found = {}
    for new in sorted(now - before):
        for digits in (7, 6):
            gone = sorted(old for old in before - now if old[:digits] == new[:digits])
            if gone and new not in found:
                found[new] = gone[-1]
    return found


def suspended_parts(notices: Noticed, now: set[str]) -> set[str]:
    """Auto parts of List 3, on which China has charged nothing since 2019-01-01."""
    return {code for code, item in notices.lines.items() if item.september and item.autos and code in now}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
