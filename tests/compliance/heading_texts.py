"""Whether a heading on a line is what its own text says: it stands on the day, names the origin, and sets the rate."""

from __future__ import annotations

import datetime as dt
import functools
import re

from detente.geography import economies as places
from detente.schedules.usa import tables
from detente.schedules.usa.lookup import FIRST_DAY, Provision, provision

EXACT = 1e-6
# Days between the day a notice applies back to and the revision that prints its heading: Korea and Switzerland, 2025-11-14
# to 2026-01-01; vehicles of the EU, 2025-08-01 to 2025-09-25.
PRINTED_LATER = dt.timedelta(days=56)
# A revision may print a rate some days before its act begins (fentanyl 2025-11-09 for 11-10; metals 2025-03-07 for 03-12).
PRINTED_EARLIER = dt.timedelta(days=6)
# Headings whose own rate is not the year's: note 18 to heading 9903.45.25 lowers it step by step.
RATE_IN_THE_NOTE = {"9903.45.25"}
# Headings that name economies to leave them out.
LEAVING_OUT = {"9903.80.01", "9903.80.03", "9903.85.01", "9903.85.03"}
OTHER_NAMES = {
    "KOR": ("Republic of Korea", "South Korea"),
    "RUS": ("Russia",),
    "VNM": ("Vietnam",),
    "TUR": ("Turkey",),
    "CIV": ("Côte d",),
    "MMR": ("Myanmar",),
    "LAO": ("Laos",),
    "SYR": ("Syria",),
    "BRN": ("Brunei",),
    "BOL": ("Bolivia",),
    "VEN": ("Venezuela",),
    "MDA": ("Moldova",),
    "FLK": ("Falkland",),
    "TWN": ("Taiwan",),
    "COD": ("Democratic Republic of the Congo",),
    "MKD": ("North Macedonia",),
    "GBR": ("United Kingdom",),
    "HKG": ("Hong Kong",),
    "MAC": ("Macau",),
}
UNION = "European Union"
THREE_B = ("CUB", "PRK", "RUS", "BLR")
NO_MORE = re.compile(
    r"^(The duty provided (for )?in the applicable subheading\.?|No change\.?|no change|Free|)$"
)
MORE = re.compile(r"(?:\+|plus) ?(?:a duty of )?(\d+(?:\.\d+)?)%")
TOTAL = re.compile(r"^(\d+(?:\.\d+)?)%$")


@functools.cache
def held(heading: str) -> tuple[Provision, ...]:
    """All texts of a heading, in order."""
    digits = heading.replace(".", "")
    codes = tables.texts("chapter99", "code")
    starts = [tables.days("chapter99", "valid_from")[int(k)].item() for k in (codes == digits).nonzero()[0]]
    return tuple(provision(digits, day) for day in sorted(starts))


@functools.cache
def named(text: str) -> frozenset[str]:
    """Economies that a text names; empty where it speaks of any country."""
    if "or where any amount of primary aluminum" in text:
        return frozenset()
    if "any country" in text or "all countries" in text:
        return frozenset(THREE_B) if "general note 3(b)" in text and "except" not in text else frozenset()
    found = set()
    for code in sorted(places._codes()):
        words = (places.name(code), *OTHER_NAMES.get(code, ()))
        if any(re.search(rf"\b{re.escape(word)}\b", text) for word in words):
            found.add(code)
    if UNION in text:
        found |= set(places.members("EU", dt.date(2025, 1, 1)))
    return frozenset(found - {"USA"})


def near(heading: str, day: dt.date) -> list[Provision]:
    """Texts of a heading that may speak for a day."""
    day = max(day, dt.date.fromisoformat(str(FIRST_DAY)))
    return [
        item
        for item in held(heading)
        if item.valid_from <= day + PRINTED_LATER
        and (item.valid_to is None or day - PRINTED_EARLIER <= item.valid_to)
    ]


def says(text: str, rate: float, ordinary: float, *, due: bool) -> bool:
    """Whether a rate text sets this rate."""
    more, total = MORE.search(text), TOTAL.match(text)
    if more:
        return due and abs(float(more[1]) / 100.0 - rate) < EXACT
    if total:
        return due and abs(max(0.0, float(total[1]) / 100.0 - ordinary) - rate) < EXACT
    return bool(NO_MORE.match(text)) and (not due or rate < EXACT)


def faults(answer, line) -> list[str]:
    """What a line's heading says against its own text."""
    if not line.heading:
        return [] if line.heading_why else ["neither a heading nor why"]
    if line.heading_basis != "text" or line.measure == "base":
        return []
    texts = near(line.heading, answer.on)
    if not texts:
        return ["does not stand on the day"]
    names = [named(item.description) for item in texts]
    found = []
    if line.heading not in LEAVING_OUT and not any(not item or answer.origin in item for item in names):
        found.append("does not name the origin")
    due = line.basis_share > 0.0
    if answer.on < dt.date.fromisoformat(str(FIRST_DAY)) or line.heading in RATE_IN_THE_NOTE:
        return found
    ordinary = answer.lines[0].contribution
    if not any(says(item.general, line.rate, ordinary, due=due) for item in texts):
        found.append(f"does not set the rate ({texts[0].general[-40:]})")
    return found
