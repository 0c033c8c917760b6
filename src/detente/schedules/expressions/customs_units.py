"""Units of quantity in rate texts and declarations, and conversion between them."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from detente.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Words of the schedule and of users for each unit; the first is the name used here.
_WORDS: Final = (
    ("kg", "kilogram", "kilograms", "kilo", "kgs"),
    ("g", "gram", "grams"),
    ("t", "ton", "tons", "tonne", "tonnes", "metric ton", "metric tons", "mt"),
    ("lb", "lbs", "pound", "pounds"),
    ("carat", "carats"),
    ("liter", "liters", "litre", "litres", "l"),
    ("hl", "hectoliter", "hectoliters", "hectolitre"),
    ("pf. liter", "pf.liter", "pf.liters", "pf. liters", "proof liter", "proof liters"),
    ("bbl", "barrel", "barrels"),
    ("m3", "m³", "cubic meter", "cubic meters"),
    ("thousand m3", "thousand m³"),
    ("m2", "m²", "square meter", "square meters"),
    ("cm2", "cm²"),
    ("m", "meter", "meters", "lin. m"),
    ("thousand m",),
    ("each", "no.", "no", "number", "pcs", "piece", "pieces", "head", "article", "articles", "unit", "units"),
    ("doz.", "dozen", "doz", "dz"),
    ("gross",),
    ("hundred", "hundreds"),
    ("thousand", "thousands", "1000", "1,000", "thou- sand"),
    ("pr.", "pr", "prs.", "prs", "pair", "pairs"),
    ("doz. prs.", "doz. pr.", "doz. prs", "dozen pairs", "dz prs"),
    ("pack", "packs"),
    ("jewel", "jewels", "jwls."),
    ("line gross", "line/gross", "line/ gross", "gr.lines", "gross lines"),
    ("degree", "degrees"),
)
_NAMES: Final = {word: words[0] for words in _WORDS for word in words}
# What each unit measures, and how many of the base unit it is: exactly, as NIST Special Publication 811, appendix B, has
# them (the avoirdupois pound, the metric carat, the barrel of 42 US gallons of 231 cubic inches).
_MEASURES: Final = {
    "mass": {"kg": "1", "g": "0.001", "t": "1000", "lb": "0.45359237", "carat": "0.0002"},
    "volume": {"m3": "1", "liter": "0.001", "hl": "0.1", "bbl": "0.158987294928", "thousand m3": "1000"},
    "area": {"m2": "1", "cm2": "0.0001"},
    "length": {"m": "1", "thousand m": "1000"},
    "items": {"each": "1", "doz.": "12", "gross": "144", "hundred": "100", "thousand": "1000"},
    "pairs": {"pr.": "1", "doz. prs.": "12"},
}
_QUANTITY: Final = re.compile(r"\s*(\d[\d,]*(?:\.\d+)?|\.\d+)(?![eE][+-]?\d)\s*([^\d\s.,].*?)\s*")


def unit_name(text: str) -> str:
    """
    Name of a unit, or the text itself if it is not a known one.

    Examples
    --------
    >>> unit_name("liters"), unit_name("No."), unit_name("Doz.")
    ('liter', 'each', 'doz.')
    """
    plain = " ".join(text.split())
    return _NAMES.get(plain.lower(), plain)


def label(unit: str, content: str) -> str:
    """
    How a quantity is named: the unit and what is measured.

    Examples
    --------
    >>> label("kg", "on drained weight"), label("each", "")
    ('kg on drained weight', 'each')
    """
    return f"{unit} {content}".strip()


def parse_quantity(text: str, *, where: str = "--quantity") -> tuple[float, str]:
    """
    Read a quantity with its unit.

    Examples
    --------
    >>> parse_quantity("1,200 liters"), parse_quantity("90 kg on drained weight")
    ((1200.0, 'liter'), (90.0, 'kg on drained weight'))
    """
    found = _QUANTITY.fullmatch(text) if isinstance(text, str) else None
    amount = float(found[1].replace(",", "")) if found else math.inf
    if found is None or not math.isfinite(amount):
        raise InputError(
            "a quantity is a number and a unit",
            where=where,
            found="nothing" if text == "" else text,
            allowed='as "1200 kg", "12 doz." or "90 kg on drained weight"',
            repair="state both",
        )
    unit, content = split_label(found[2])
    return amount, label(unit, content)


def split_label(text: str) -> tuple[str, str]:
    """
    Split a label into the unit and what is measured.

    Examples
    --------
    >>> split_label("kilograms of total sugars"), split_label("doz. prs.")
    (('kg', 'of total sugars'), ('doz. prs.', ''))
    """
    words = text.split()
    for count in range(len(words), 0, -1):
        name = _NAMES.get(" ".join(words[:count]).lower())
        if name is not None:
            return name, " ".join(words[count:])
    return text.strip(), ""


def quantity_in(unit: str, content: str, quantities: Mapping[str, float]) -> float:
    """
    Quantity in a unit, converted from another unit of the same kind if need be.

    Examples
    --------
    >>> quantity_in("kg", "", {"t": 1.5})
    1500.0
    """
    wanted = label(unit, content)
    if wanted in quantities:
        return quantities[wanted]
    for given, number in quantities.items():
        other, measured = split_label(given)
        if measured != content:
            continue
        if other == unit:
            return number
        factor = _factor(other, unit)
        if factor is not None:
            return number * factor
    raise InputError(
        f"a quantity in {wanted} is needed",
        where="quantities",
        found=", ".join(quantities) or "nothing",
        allowed=wanted,
        repair=f'state it, as "100 {wanted}"',
    )


def _factor(given: str, wanted: str) -> float | None:
    """How many of one unit make one of another; None if they measure different things."""
    for units in _MEASURES.values():
        if given in units and wanted in units:
            return float(Fraction(units[given]) / Fraction(units[wanted]))
    return None
