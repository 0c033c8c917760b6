"""Units of quantity in rate texts and declarations, and conversion between them."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

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
_PINT: Final = {
    "kg": "kilogram",
    "g": "gram",
    "t": "metric_ton",
    "lb": "pound",
    "carat": "carat",
    "liter": "liter",
    "hl": "hectoliter",
    "bbl": "oil_barrel",
    "m3": "meter ** 3",
    "thousand m3": "1000 * meter ** 3",
    "m2": "meter ** 2",
    "cm2": "centimeter ** 2",
    "m": "meter",
    "thousand m": "1000 * meter",
    "each": "customs_item",
    "doz.": "12 * customs_item",
    "gross": "144 * customs_item",
    "hundred": "100 * customs_item",
    "thousand": "1000 * customs_item",
    "pr.": "customs_pair",
    "doz. prs.": "12 * customs_pair",
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


@cache
def _factor(given: str, wanted: str) -> float | None:
    """How many of one unit make one of another; None if they measure different things."""
    if given not in _PINT or wanted not in _PINT:
        return None
    registry = _registry()
    one = registry.parse_expression(_PINT[given])
    other = registry.parse_expression(_PINT[wanted])
    if not (one * registry.dimensionless).check(_dimension(other, registry)):
        return None
    return float((one / other * registry.dimensionless).to("dimensionless").magnitude)


def _dimension(quantity: Any, registry: Any) -> Any:
    """Dimension of a unit."""
    return (quantity * registry.dimensionless).dimensionality


@cache
def _registry() -> Any:
    """Units of pint, with items and pairs added."""
    import pint  # noqa: PLC0415  (heavy, used only to convert)

    registry: Any = pint.UnitRegistry()
    registry.define("customs_item = [customs_count]")
    registry.define("customs_pair = [customs_pairs]")
    return registry
