"""
Ad valorem equivalents of every tariff line, each with where it comes from.

1. `statutory`: the text is a percentage of the customs value, or free.
2. `collected 2024`: duty over value of the imports of 2024 from partners without a preference.
3. `unit value`: the unit rate over a price. A price is what a collected equivalent implies (unit rate over the
   equivalent less its percentage): the line's own, else the median of lines in the same subheading, heading,
   chapter, schedule with the same unit. Good for an order of magnitude: left out one at a time, half of the lines
   with a collected equivalent are met within a factor of two.
4. `heading mean`: the mean collected rate of the heading (weighted with imports) for duties on parts of an
   article, the mean rate of the heading for rates of other articles.
5. `none`: chapter 98, where the rate depends on the provision claimed, and contents nothing is known of.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.errors import InputError
from detente.schedules.expressions import AdValorem, Compound, Degrees, Free, Specific, Unparsed, parse_rate
from detente.schedules.expressions.customs_units import label, quantity_in

if TYPE_CHECKING:
    from detente.schedules.expressions import Expression

LEVELS = (8, 6, 4, 2, 0)
SPECIAL = "98"
# An equivalent this close to its percentage says nothing about a price.
THIN = 1e-5
# A price of one line counts if at least this much (USD) was collected on.
ENOUGH = 10_000.0
# A collected equivalent this far below what prices nearby give was collected on goods entered free.
FAR_BELOW = 0.02
# Measures of the goods themselves, near enough to their weight.
OF_THE_GOODS = ("clean", "on drained weight", "including weight of container", "on contents and container")
UNITS = ("kg", "t", "liter", "m3", "bbl", "each", "doz.", "gross", "thousand")
Prices = dict[tuple[str, str], list[tuple[str, float]]]


def equivalents(tariff: pd.DataFrame) -> pd.DataFrame:
    """Rates of both columns with their sources, indexed like the tariff lines."""
    prices = _prices(tariff)
    columns = {}
    for name, text, collected in (
        ("column1", "general_text", tariff["ave_2024_collected"]),
        ("column2", "column2_text", pd.Series(np.nan, index=tariff.index)),
    ):
        rate, source = _column(tariff, [parse_rate(words) for words in tariff[text]], collected, prices)
        key = "column1" if name == "column1" else "column2_rate"
        columns[key], columns[f"{name}_source"] = rate, source
    return pd.DataFrame(columns, index=tariff.index)


def _column(
    tariff: pd.DataFrame, rates: list[Expression], collected: pd.Series, prices: Prices
) -> tuple[list[float | None], list[str]]:
    """One column: the first source that gives a rate."""
    found: list[float | None] = []
    sources = []
    for code, rate, seen in zip(tariff["hts8"], rates, collected, strict=True):
        value, source = _one(code, rate, seen, prices)
        found.append(value)
        sources.append(source)
    every = pd.Series(found, index=tariff.index, dtype=float)
    means = _heading_means(tariff, every)
    collected_means = _heading_means(tariff, every.where(np.array(sources) == "collected 2024"))
    for at, (code, rate) in enumerate(zip(tariff["hts8"], rates, strict=True)):
        if found[at] is not None or code[:2] == SPECIAL or not _of_parts(rate):
            continue
        mean = collected_means.get(code[:4], means.get(code[:4]))
        mean = means.get(code[:4]) if isinstance(rate, Unparsed) else mean
        if mean is not None:
            found[at], sources[at] = float(f"{mean:.6g}"), "heading mean"
    return found, sources


def _of_parts(rate: Expression) -> bool:
    """Whether a duty is that of another article, or falls on the value of a part."""
    parts = rate.parts if isinstance(rate, Compound) else (rate,)
    return any(isinstance(part, Unparsed) or (isinstance(part, AdValorem) and part.base) for part in parts)


def _one(code: str, rate: Expression, seen: float, prices: Prices) -> tuple[float | None, str]:
    """Equivalent of one text without its neighbours' rates."""
    if rate.ad_valorem is not None:
        return rate.ad_valorem, "statutory"
    if code.startswith(SPECIAL):
        return None, "none"
    guess = _by_price(code, rate, prices, skip="" if np.isnan(seen) else code)
    per_unit = rate.kind in {"specific", "compound"}
    believed = seen >= FAR_BELOW * guess if guess is not None else seen > 0.0 or not per_unit
    if not np.isnan(seen) and believed:
        return float(seen), "collected 2024"
    return (None, "none") if guess is None else (float(f"{guess:.6g}"), "unit value")


def _by_price(code: str, rate: Expression, prices: Prices, skip: str) -> float | None:
    """Equivalent from prices; None if one of the terms has none."""
    total = 0.0
    for part in rate.parts if isinstance(rate, Compound) else (rate,):
        value = _part(code, part, prices, skip)
        if value is None:
            return None
        total += value
    return total


def _part(code: str, part: Expression, prices: Prices, skip: str = "") -> float | None:
    """Equivalent of one term, by price; None without one."""
    if isinstance(part, Free | AdValorem):
        return part.ad_valorem
    if isinstance(part, Degrees):
        part = Specific(part.usd, part.unit)
    if not isinstance(part, Specific):
        return None
    for digits in LEVELS:
        known = _near(code[:digits], part, prices, skip)
        if known:
            return part.usd / median(known)
    return None


def _near(prefix: str, part: Specific, prices: Prices, skip: str) -> list[float]:
    """Prices per unit of a term under a prefix; per another unit of the same kind if there is none in its own."""
    own = [price for line, price in prices.get((prefix, label(part.unit, part.content)), ()) if line != skip]
    if own or (part.content and part.content not in OF_THE_GOODS):
        return own
    found = []
    for unit in UNITS:
        try:
            many = quantity_in(unit, "", {part.unit: 1.0})
        except InputError:
            continue
        found += [price * many for line, price in prices.get((prefix, unit), ()) if line != skip]
    return found


def _prices(tariff: pd.DataFrame) -> Prices:
    """Price per unit that each collected equivalent implies, under every prefix of its line."""
    prices: Prices = defaultdict(list)
    for line in tariff.itertuples():
        seen, rate = line.ave_2024_collected, parse_rate(line.general_text)
        if np.isnan(seen) or not line.ave_2024_base_usd >= ENOUGH:
            continue
        parts = rate.parts if isinstance(rate, Compound) else (rate,)
        units = [part for part in parts if isinstance(part, Specific)]
        share = sum(part.ad_valorem or 0.0 for part in parts)
        plain = all(part.ad_valorem is not None or part in units for part in parts)
        if len(units) != 1 or not plain or seen - share <= THIN:
            continue
        price = units[0].usd / (seen - share)
        for digits in LEVELS:
            prices[(line.hts8[:digits], label(units[0].unit, units[0].content))].append((line.hts8, price))
    return prices


def _heading_means(tariff: pd.DataFrame, rates: pd.Series) -> dict[str, float]:
    """Mean of the known rates of each heading, weighted with imports of 2024."""
    frame = pd.DataFrame(
        {
            "heading": tariff["hts8"].str[:4],
            "rate": rates,
            "weight": tariff["imports_2024_usd"].fillna(0.0) + 1.0,
        }
    ).dropna()
    frame["part"] = frame["rate"] * frame["weight"]
    sums = frame.groupby("heading")[["part", "weight"]].sum()
    return (sums["part"] / sums["weight"]).to_dict()


def price_errors(tariff: pd.DataFrame) -> pd.DataFrame:
    """Collected equivalents against those that prices of other lines would give: how good the estimate is."""
    prices, rows = _prices(tariff), []
    for line in tariff.itertuples():
        rate = parse_rate(line.general_text)
        if np.isnan(line.ave_2024_collected) or not isinstance(rate, Specific):
            continue
        guess = _part(line.hts8, rate, prices, skip=line.hts8)
        if guess is not None:
            rows.append((line.hts8, line.ave_2024_collected, guess, line.imports_2024_usd))
    return pd.DataFrame(rows, columns=["code", "collected", "estimated", "usd"])
