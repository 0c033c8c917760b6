"""What a reader may not meet in a text, and the numbers a text holds."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

NUMBER = re.compile(r"(?<![\w.,])([-\N{MINUS SIGN}+]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(\s?%)?(?![\w]|[.,]\d)")
MOST_FIGURES = 12
# Names that only look like numbers: of the export control list, and hashes.
NAME = re.compile(r"\d[A-E]\d{3}|[0-9a-f]{12,}")
# What is no writing of a number or of a name for people.
WRONG = {
    "an exponent": re.compile(r"(?<![\w.#/-])\d+(?:\.\d+)?[eE][+-]?\d+(?![\w/])"),
    "a zero with a sign": re.compile(r"(?<![\w.])[-+\N{MINUS SIGN}]0(?:\.0+)?(?![\d.\w])"),
    "not a number": re.compile(r"(?<![\w'-])(?:nan|NaN|inf|-inf|None(?! [a-z])|NaT)(?![\w'-])"),
    "a Python object": re.compile(
        r"\{'|\['|Timestamp\(|datetime\.date|np\.\w+\(|<[\w.]+ object at|dict_\w+\(|frozenset\(|array\("
    ),
    "a tuple of words": re.compile(r"\('[\w ]+',"),
}


@dataclass(frozen=True)
class Written:
    """A number as it stands in a text."""

    value: float
    decimals: int
    percent: bool

    def says(self, value: float, *, percent: bool) -> bool:
        """Whether this is the number, rounded to the decimals written."""
        shown = 100.0 * value if percent else value
        return self.percent == percent and abs(self.value - shown) <= 0.5 * 10.0**-self.decimals * (
            1 + 1e-9
        ) + 1e-9 * abs(shown)


def numbers(text: str) -> list[Written]:
    """Numbers of a text."""
    found = []
    for sign, whole, part, percent in NUMBER.findall(text):
        value = float(whole.replace(",", "") + part)
        found.append(
            Written(
                -value if sign in "-\N{MINUS SIGN}" and sign else value, max(0, len(part) - 1), bool(percent)
            )
        )
    return found


def faults(text: str) -> list[str]:
    """What a reader would stumble on."""
    found = [
        f"{what}: {text[max(0, m.start() - 40) : m.end() + 20]!r}"
        for what, law in WRONG.items()
        for m in law.finditer(text)
        if not NAME.fullmatch(m[0])
    ]
    long = (
        m for m in re.finditer(r"(?<![\w.-])\d[\d,]*\.\d+(?![\w.])", text) if _figures(m[0]) > MOST_FIGURES
    )
    return found + [f"more than {MOST_FIGURES} figures: {m[0]}" for m in long]


def _figures(text: str) -> int:
    """Significant figures."""
    return len(text.replace(",", "").replace(".", "").lstrip("0"))


def visible(page: str) -> str:
    """Text of a page as a reader sees it, tables a cell at a time."""
    body = page.split("<body", 1)[-1]
    for tag in ("script", "style", "svg", "code", "pre", "template"):
        body = re.sub(rf"<{tag}\b.*?</{tag}>", " ", body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", body)))


def keys_of(value: object) -> set[str]:
    """Keys of a document that are no words: those with an underscore."""
    if isinstance(value, dict):
        return {key for key in value if "_" in str(key)} | {
            name for item in value.values() for name in keys_of(item)
        }
    return {name for item in value for name in keys_of(item)} if isinstance(value, list) else set()
