"""The Budget Lab tracker from 2026-04-06, rebuilt line by line: what sets each line of an origin apart from ours."""

# ruff: noqa: E501  (a difference is one sentence)

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.duties import origin_duties
from detente.duties.scope import match_length
from detente.geography import economies as places

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from detente.duties import Averager
    from detente.ledger import Ledger

POINTS = 100.0
ANNEXES, SECOND, SURCHARGE_END, FORCED_FROM = "2026-04-06", "2026-06-08", "2026-07-24", "2026-08-01"
# Vehicles are scaled by 0.9505 for the offset on US assembly.
OFFSET = 0.9505
UNION = frozenset((*places.members("EU"), "EUN"))
# Origins whose vehicles and parts are at 15 % in all, and those with the floor on furniture and cabinets.
FLOOR = UNION | {"JPN", "KOR"}
FLOOR_WOOD = FLOOR | {"CHE", "LIE"}
MOBILE_LOW = FLOOR_WOOD | {"GBR", "CAN", "MEX"}
TEN = UNION | {"ARG", "BGD", "CAN", "ECU", "GBR", "GTM", "IDN", "KHM", "MEX", "MYS", "PAK", "SLV", "TWN"}
OURS = {"232": ("us.s232.",), "s122": ("us.s122",), "fl": ("us.s301.fl",)}
METALS = ("us.s232.steel", "us.s232.aluminum", "us.s232.copper", "us.s232.metals")
PARTS = ("us.s232.auto", "us.s232.mhdv")
CATEGORIES = {
    "unlisted": "statistical numbers of 2024 that the exported schedule lacks (watches, one tenth of Swiss goods; retired numbers) owe no additional duty in theirs",
    "aircraft": "civil aircraft by the use measured in collections; theirs frees the lists whole, the metals duties too, and for Switzerland, which has no such relief",
    "copper": "copper of annex I-A at nothing in theirs (see errata)",
    "parts": "lines of notes 33(g) and 38(i) that also hold other goods: whole in theirs, and vehicles and parts scaled by 0.9505",
    "drugs": "patented drugs under Section 232 from 2026-07-31 by `patented_share` (35 %); theirs starts on 2026-09-29 with next to nothing",
    "captions": "headings that the annexes of 2026 only mention (8471 computers but for those of note 39, 8501, 8422.90) at 25 or 15 % in theirs",
    "british": "British metal taken as British; theirs at the general rate but on annex I-A",
    "tiers": "forced-labour tiers of the final notice (totals for some); theirs has the flat tiers and the exemptions of the proposal",
}


@dataclass(frozen=True)
class Lines:
    """Lines of an origin on a day: value in points of its imports, ours less theirs by authority, the category of each."""

    points: NDArray[np.float64]
    apart: dict[str, NDArray[np.float64]]
    category: dict[str, NDArray[np.str_]]


def _first(tests: list[tuple[NDArray[np.bool_], str]]) -> NDArray[np.str_]:
    """The first category whose test each line passes."""
    return np.select([test for test, _ in tests], [name for _, name in tests], default="other")


class Annexes:
    """Rebuilds the tracker's rates under Section 232, Section 122 and the forced-labour duty on our lines."""

    def __init__(self, schedule: Path, ledger: Ledger, averager: Averager) -> None:
        self.ledger, self.averager = ledger, averager
        self.scope = pd.read_csv(schedule / "s232_scope.csv", dtype=str).fillna("")
        exempt = pd.read_csv(schedule / "exemption_lists.csv", dtype=str).fillna("")
        self.exempt = (
            exempt.groupby(["authority", "country", "category"])["hts_prefix"].agg(frozenset).to_dict()
        )
        self.known = frozenset(pd.read_parquet(schedule / "hts10.parquet")["hts10"])

    def points(self, iso3: str, day: str, authority: str, category: str) -> float:
        """Ours less theirs of one authority on the lines of one category, points."""
        held = self.lines(iso3, day)
        if authority not in held.apart:
            return 0.0
        return float((held.points * held.apart[authority])[held.category[authority] == category].sum())

    def unlisted(self, iso3: str, day: str, families: tuple[str, ...]) -> float:
        """What some measures of ours come to on lines that the exported schedule lacks, points."""
        cells = self.averager.trade.known.of(iso3)
        codes = self.averager.trade.known.table.codes[cells.rows]
        missing = ~np.isin(codes, list(self.known))
        found = self._ours(iso3, day)
        rate = sum((v for k, v in found.items() if k.startswith(families)), np.zeros(codes.shape))
        return float(POINTS * (rate * missing) @ cells.usd / cells.usd.sum())

    def _ours(self, iso3: str, day: str) -> dict[str, NDArray[np.float64]]:
        """Our additional duty of each line of an origin by measure, and the ordinary one."""
        rows = self.averager.trade.known.of(iso3).rows
        found = origin_duties(self.ledger.on(day), iso3, self.averager.trade.reader, importer="USA")
        return {"base": found.base[rows]} | {name: rate[rows] for name, rate in found.by_measure.items()}

    @functools.cache  # noqa: B019  (lives as long as the script)
    def lines(self, iso3: str, day: str) -> Lines:
        """Each line with its difference by authority and the first category that concerns it."""
        cells = self.averager.trade.known.of(iso3)
        codes = self.averager.trade.known.table.codes[cells.rows]
        ours = self._ours(iso3, day)

        def mine(*heads: str) -> NDArray[np.float64]:
            return sum((v for k, v in ours.items() if k.startswith(heads)), np.zeros(codes.shape))

        annex, head, rate = self._rates(codes, iso3, day, ours["base"])
        missing = ~np.isin(codes, list(self.known))
        flights = self._flights(codes, iso3, day)
        freed = np.where(missing | flights, 0.0, rate)
        theirs = {"232": freed, "s122": np.zeros(codes.shape), "fl": np.zeros(codes.shape)}
        # A line under Section 232 is out of the others, freed or not.
        rest = ~missing & (rate == 0.0)
        if day < SURCHARGE_END:
            theirs["s122"] = 0.10 * (rest & ~self._on(codes, ("section_122",)))
        if day >= FORCED_FROM:
            tier = 0.10 if iso3 in TEN else 0.125
            theirs["fl"] = tier * (rest & ~self._on(codes, ("section_301_forced_labor_PROPOSED",)))
        metals, parts = mine(*METALS), mine(*PARTS)
        tests = [
            (missing, "unlisted"),
            (flights, "aircraft"),
            ((annex == "annex_1a") & (codes.astype("U2") == "74") & (head == ""), "copper"),
            (mine("us.s232.pharma") > 0.0, "drugs"),
            ((parts > 0.0) | np.isin(head, ("car", "part", "truck part")), "parts"),
            ((iso3 == "GBR") & (metals > 0.0) & (rate > metals), "british"),
            ((rate > 0.0) & (metals == 0.0), "captions"),
        ]
        uses = (flights | self._on(codes, ("section_122",), ("civil_aircraft",)), "aircraft")
        others = [tests[0], uses, *tests[2:], (np.abs(mine(*OURS["fl"]) - theirs["fl"]) > 0.0, "tiers")]
        category = {name: _first(others) for name in ("s122", "fl")} | {"232": _first(tests)}
        apart = {name: mine(*heads) - theirs[name] for name, heads in OURS.items()}
        return Lines(POINTS * cells.usd / cells.usd.sum(), apart, category)

    def _on(
        self, codes: NDArray[np.str_], authorities: Iterable[str], categories: Iterable[str] = ()
    ) -> NDArray[np.bool_]:
        """Lines on the exemption lists for all origins of some authorities."""
        wanted = set(categories)
        listed: set[str] = set()
        for (authority, country, category), prefixes in self.exempt.items():
            if authority in authorities and country == "ALL" and (not wanted or category in wanted):
                listed |= prefixes
        return match_length(codes, frozenset(listed)) > 0

    def _flights(self, codes: NDArray[np.str_], iso3: str, day: str) -> NDArray[np.bool_]:
        """Lines that theirs frees from the metals duties as civil aircraft of a deal partner."""
        floor = {"KOR": "korea", "CHE": "swiss", "LIE": "swiss"} | dict.fromkeys(UNION, "eu")
        key = ("ieepa_reciprocal", floor.get(iso3, ""), "floor_civil_aircraft")
        if iso3 == "TWN" and day >= "2026-05-01":
            key = ("section_232", "TW", "civil_aircraft_taiwan")
        if key not in self.exempt:
            return np.zeros(codes.shape, dtype=bool)
        return match_length(codes, self.exempt[key]) > 0

    def _rates(
        self, codes: NDArray[np.str_], iso3: str, day: str, base: NDArray[np.float64]
    ) -> tuple[NDArray[np.str_], NDArray[np.str_], NDArray[np.float64]]:
        """Annex, programme and rate of each line under Section 232 as theirs has them, before any relief."""
        annex = self._annex(codes, day)
        rate = np.select(
            [annex == "annex_1a", annex == "annex_1b", annex == "annex_1c", annex == "annex_3"],
            [
                np.where(codes.astype("U2") == "74", 0.0, 0.25 if iso3 == "GBR" else 0.5),
                np.full(codes.shape, 0.25),
                np.full(codes.shape, 0.15 if iso3 in MOBILE_LOW else 0.25),
                np.maximum(0.0, 0.15 - base),
            ],
            default=0.0,
        )
        head = np.full(codes.shape, "", dtype="U10")
        deal = np.maximum(0.0, (0.10 if iso3 == "GBR" else 0.15) - base)
        cars = deal if iso3 in FLOOR | {"GBR"} else np.full(codes.shape, 0.25 * OFFSET)
        wood = np.full(codes.shape, 0.10 if iso3 == "GBR" else 0.25)
        floor = np.maximum(0.0, 0.15 - base)
        heading = np.char.startswith(codes, "8471")
        for name, programs, charged in (
            ("chip", ("semiconductors",), np.zeros(codes.shape)),
            ("car", ("autos_passenger", "autos_light_trucks"), cars),
            ("part", ("auto_parts",), cars),
            ("truck", ("mhd_vehicles",), np.full(codes.shape, 0.25)),
            ("bus", ("buses",), np.full(codes.shape, 0.10)),
            ("truck part", ("mhd_parts",), np.full(codes.shape, 0.25)),
            ("softwood", ("softwood",), floor if iso3 in FLOOR_WOOD else np.full(codes.shape, 0.10)),
            ("wood", ("wood_furniture", "kitchen_cabinets"), floor if iso3 in FLOOR_WOOD else wood),
        ):
            listed = frozenset(self.scope[self.scope["program"].isin(programs)]["hts_prefix"])
            mask = (match_length(codes, listed) > 0) & (head == "") & ~(heading & (name == "part"))
            head[mask], rate[mask] = name, charged[mask]
        return annex, head, rate

    def _annex(self, codes: NDArray[np.str_], day: str) -> NDArray[np.str_]:
        """Annex of each line by the longest prefix of the table, captions included."""
        own = self.scope[
            (self.scope["program"] == "metal_annex_2026") & (self.scope["effective_date"] <= day)
        ]
        own = own.sort_values("effective_date", kind="stable").drop_duplicates("hts_prefix", keep="last")
        best, found = np.zeros(codes.shape, dtype=np.intp), np.full(codes.shape, "", dtype="U10")
        for name, prefixes in own.groupby("subclass")["hts_prefix"]:
            length = match_length(codes, frozenset(prefixes))
            longer = length > best
            best, found = np.where(longer, length, best), np.where(longer, name, found)
        return found
