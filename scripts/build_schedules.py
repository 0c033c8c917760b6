"""
Write `src/detente/data/schedules/*.columns`: the tariff schedules of China, Japan, the European Union, the United Kingdom.

    python scripts/build_schedules.py ../shared/data

China: the statute of 2026 with what follows from comparing it with the rates of 2018 and 2019: since which day a line's
rate is known to be that of 2026, and what it was at least and at most before. The older rates themselves stay out.
Japan: all rate columns, their texts in the common form of `detente.schedules.listed.rates` where they have it.
EU and UK: the common external tariff of 2020 and the UK Global Tariff of 2021-01-01.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pandas as pd
from products.writing import write

from detente.schedules.listed.rates import bounds_in, read_rate

OUT = Path(__file__).resolve().parents[1] / "src/detente/data/schedules"
# Days on which China changed rates for everyone between the two schedules compared.
DAYS = ("2018-01-01", "2018-05-01", "2018-07-01", "2018-11-01", "2019-01-01")


def older(shared: Path) -> pd.DataFrame:
    """China's rates on the days of `DAYS` by line of ten digits: for comparison, not to be written."""
    path = shared / "raw/china_tariffs_2018_2019/china_tariffs_hs10_mfn_and_on_us_2018_2019.csv"
    read = pd.read_csv(path, dtype={"hs10": str})
    rate, found = read["mfn_2018_01_01"].copy(), {}
    found[DAYS[0]] = rate.copy()
    for day in DAYS[1:]:
        rate = rate + read["d_mfn_" + day.replace("-", "_")].fillna(0.0)
        found[day] = rate.copy()
    return pd.DataFrame(found).round(4).set_axis(read["hs10"])


def mapped(shared: Path) -> dict[str, set[str]]:
    """Subheadings of 2017 by subheading of 2022."""
    pairs = pd.read_csv(shared / "schedules/concordance/hs2022_to_hs2017.csv", dtype=str)
    found: dict[str, set[str]] = {}
    for new, old in zip(pairs["hs2022"], pairs["hs2017"], strict=True):
        found.setdefault(new, set()).add(old)
    return found


def since(now: float, before: pd.DataFrame, *, alike: bool) -> str:
    """
    First day since which the older lines have today's rate; empty if the last does not.

    `alike`: all of them; else the highest, items under it having had a lower rate within a quota or for a year.
    """
    first = ""
    for day in reversed(DAYS):
        if before.empty or before[day].max() != now or (alike and before[day].min() != now):
            break
        first = day
    return first


def earlier(
    mfn: float, applied: float, before: pd.DataFrame, first: str
) -> tuple[float | None, float | None]:
    """
    What the rate was at least and at most before it is known, in rates of 2026; None where these do not bound it.

    All older days count. Before `first`, where there is one, the rate was another, which no rate of 2026 bounds above.
    """
    if before.empty or before.isna().any(axis=None):
        return 0.0, None
    least = applied if (before >= applied).all(axis=None) else 0.0
    return least, mfn if not first and (before <= mfn).all(axis=None) else None


def china(shared: Path) -> None:
    """The lines of China with what is known of days before 2026."""
    read = pd.read_csv(
        shared / "schedules/china_2026/china_tariff_2026_hs8.csv", dtype=str, keep_default_na=False
    )
    before, pairs = older(shared), mapped(shared)
    by_line = dict(tuple(before.groupby(before.index.str[:8])))
    by_subheading = dict(tuple(before.groupby(before.index.str[:6])))
    rows = []
    for code, mfn, provisional, covers, check in zip(
        *(
            read[name]
            for name in ("hs8", "mfn_percent", "provisional_percent", "provisional_covers", "check")
        ),
        strict=True,
    ):
        known = check != "unknown" and mfn != ""
        rate = float(mfn) if known else None
        lower = float(provisional) if provisional != "" and known else None
        old = by_line.get(code)
        if old is None:
            subs = pairs.get(code[:6], {code[:6]})
            found = [by_subheading[sub] for sub in sorted(subs) if sub in by_subheading]
            old = pd.concat(found) if found else before.iloc[:0]
        applied = lower if lower is not None and covers == "whole" else rate
        first = since(applied, old, alike=applied != rate) if known else ""
        mixed = bool(first) and bool((old.loc[:, first:] != applied).any(axis=None))
        least, most = earlier(rate, applied, old, first) if known else (0.0, None)
        rows.append((code, rate, lower, covers if lower is not None else "", first, mixed, least, most))
    columns = ("code", "mfn", "provisional", "covers", "since", "mixed", "earlier_least", "earlier_most")
    table = pd.DataFrame(rows, columns=list(columns)).sort_values("code")
    for name in ("mfn", "provisional", "earlier_least", "earlier_most"):
        table[name] = (table[name].astype(float) / 100.0).round(6)
    write(
        OUT,
        "china",
        table,
        "Import and Export Tariff of the People's Republic of China, 2026 (Tariff Commission announcement 12 of 2025)",
    )


# What Japan's schedule prints, in the common form; what is not here stays as printed.
_JP_UNITS = {
    "kg": "kg",
    "kl": "m3",
    "l": "liter",
    "足": "pr.",
    "m2": "m2",
    "㎡": "m2",
    "頭": "each",
    "本": "each",
    "枚": "each",
    "MT": "t",
}
_JP_TERM = re.compile(r"([\d,]+(?:\.\d+)?)円/(kg|kl|l|足|m2|m²|㎡|頭|本|枚|MT)")


def japanese(text: str) -> str:
    """A rate text of Japan in the common form where it has one, else as printed."""
    plain = re.sub(r"^[◎※*]+", "", text.strip()).strip()
    if plain.startswith("(") and plain.endswith(")") and plain.count("(") == 1:
        plain = plain[1:-1]
    plain = plain.replace("m²", "m2").replace("無税", "Free").replace("免税", "Free").replace(" ", "")
    said = re.fullmatch(r"(.+)又は(.+)のうちいずれか(高|低)い税率", plain)
    end = ""
    if said is not None:
        plain, end = f"{said[1]} or {said[2]}", ", whichever is " + ("higher" if said[3] == "高" else "lower")
    plain = _JP_TERM.sub(lambda found: f"{found[1].replace(',', '')} JPY/{_JP_UNITS[found[2]]}", plain)
    plain = plain.replace("+", " + ") + end
    return plain if read_rate(plain) is not None else text


_DAY = r"(?:毎年|翌年)?(\d+)月(?:(\d+)日|末日)?"
_SEASON = re.compile(rf"{_DAY}から(?:同年|翌年)?(\d+)月(?:(\d+)日|末日)まで")


def season(text: str) -> str:
    """First and last day of the season a line is for, as MM-DD/MM-DD; empty all year round."""
    found = _SEASON.search(text.rsplit("/", 1)[-1])
    if found is None:
        return ""
    last = {"2": 28, "4": 30, "6": 30, "9": 30, "11": 30}.get(found[3], 31)
    return f"{int(found[1]):02}-{int(found[2] or 1):02}/{int(found[3]):02}-{int(found[4] or last):02}"


def japan(shared: Path) -> None:
    """The lines of Japan with all their columns."""
    read = pd.read_parquet(shared / "schedules/japan_2026/japan_tariff_9digit_2026_07.parquet")
    agreements = {
        "gsp": "gsp",
        "gsp-ldc": "gsp_ldc",
        "cptpp": "cptpp",
        "us-japan": "us_japan_agreement",
        "rcep-chn": "rcep_chn",
        "rcep-kor": "rcep_kor",
        "rcep-asean-aus-nzl": "rcep_asean_aus_nzl",
        **{
            "epa-" + name[4:]: name
            for name in read.columns
            if name.startswith("epa_") and not name.endswith("percent")
        },
    }
    table = pd.DataFrame({"code": read["hs9"], "text": read["applied_mfn_text"].map(japanese)})
    found = [bounds_in(text) for text in table["text"]]
    for place, name in enumerate(("rate", "least", "most")):
        table[name] = pd.Series([row[place] for row in found], dtype=float, index=table.index)
    twice = read["hs9"].duplicated(keep=False)
    table["season"] = [season(text) if two else "" for text, two in zip(read["desc"], twice, strict=True)]
    table["words"] = read["desc"].str.rsplit(" / ", n=1).str[-1].astype("category")
    table["agreements_held"] = read["rate_from"] == "own"
    for key, name in sorted(agreements.items()):
        table[key] = read[name].map(japanese).astype("category")
    table = table.sort_values("code", kind="stable")
    write(OUT, "japan", table, "Japan Customs, Tariff Schedule (2026), processed (Public Data License 1.0)")


def european(text: str) -> str:
    """A rate text of the European Union or the United Kingdom in the common form where it has one, else as printed."""
    plain = text.strip().replace("€", " EUR")
    plain = re.sub(r"(\d+)\.0+%", r"\1%", plain)
    plain = re.sub(r"\s*/\s*(?:100\s*kg|100kg)(?:\s*/?\s*net)?(?=$| \+| M)", "/100 kg", plain)
    plain = re.sub(r"\s*/\s*(?:tonne|1000\s*kg)(?=$| )", "/t", plain)
    plain = re.sub(r"\s*/\s*hl(?=$| )", "/hl", plain)
    plain = re.sub(r"\s*/\s*item(?=$| )", "/each", plain)
    plain = re.sub(
        r"\s*/\s*(?:100|1000|1,000)\s*items",
        lambda found: "/thousand" if "000" in found[0] else "/hundred",
        plain,
    )
    plain = re.sub(r"\s*/\s*m(?=$| )", "/m", plain)
    plain = " ".join(plain.split()).replace(" MIN ", " min ").replace(" MAX ", " max ")
    plain = "Free" if plain == "0%" else plain
    return plain if read_rate(plain) is not None else " ".join(text.split())


def eu_uk(shared: Path) -> None:
    """The lines of the European Union and of the United Kingdom; where lines of ten digits differ, the eight say a range."""
    read = pd.read_parquet(shared / "schedules/eu_uk_2020/eu_cet_uk_ukgt_cn8.parquet")
    fine = pd.read_parquet(shared / "schedules/eu_uk_2020/eu_cet_uk_ukgt_cn10_subdivisions.parquet")
    sources = {
        "eu": (
            "cet_duty_rate",
            "Common customs tariff of the EU, 2020, published by the UK Department for International Trade (OGL v3.0)",
        ),
        "uk": (
            "ukgt_duty_rate",
            "UK Global Tariff from 2021-01-01, UK Department for International Trade (Open Government Licence v3.0)",
        ),
    }
    for name, (column, source) in sources.items():
        table = pd.DataFrame({"code": read["commodity"], "text": read[column].astype(str).map(european)})
        parts = (
            fine[column]
            .astype(str)
            .map(european)
            .groupby(fine["commodity"].str[:8])
            .agg(lambda texts: sorted(set(texts)))
        )
        found = []
        for code, text in zip(table["code"], table["text"], strict=True):
            mine = sorted({text, *parts.get(code, [])})
            every = [bounds_in(item) for item in mine]
            most = [row[2] for row in every]
            top = None if None in most else max(item for item in most if item is not None)
            found.append((text, bounds_in(text)[0], min(row[1] for row in every), top))
        table[["text", "rate", "least", "most"]] = pd.DataFrame(found, index=table.index)
        for key in ("rate", "least", "most"):
            table[key] = table[key].astype(float)
        table["words"] = read["description"].astype(str).map(lambda text: " ".join(text.split()))
        write(OUT, name, table.sort_values("code"), source)


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    for build in (china, japan, eu_uk):
        build(Path(sys.argv[1]))
