"""What the page of one economy says first: gain or loss, and the duties it faces, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente import labels
from detente.errors import InputError
from detente.formatting import average, change, count, day, typographic
from detente.geography.economies import name as place_name
from detente.geography.economies import resolve, with_article

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# Changes of real income below this, in points, are not told.
SMALL = 0.005


def code_of(text: str, held: Collection[str]) -> str:
    """Code of an economy of a world, from a code or a name; refuses what the world does not hold by itself."""
    upper = text.strip().upper()
    code = upper if upper in held else resolve(text, where="economy")
    if code not in held:
        raise InputError(
            "an economy this world does not hold",
            where="economy",
            found=text[:60],
            allowed=", ".join(held),
            repair="name one of these, or ROW for the rest of the world",
        )
    return code


def place_code(text: str) -> str:
    """Code of an economy or a customs union from a code or a name."""
    return resolve(text, where="economy")


def gain(result: Mapping[str, Any]) -> str:
    """
    Say what the study's question comes to for an economy; empty for a study that asks none.

    Examples
    --------
    >>> asked = {"scenario": "truce", "against": "no-deal", "label": "", "against_label": "", "real_income_pct": -0.13}
    >>> gain({"economy": "VNM", "study": "kuala-lumpur", "question": asked})
    'Vietnam loses 0.13 % of real income under the truce, against no deal'
    """
    asked = result["question"]
    if asked is None:
        return ""
    name = with_article(place_name(result["economy"]))
    name = name[:1].upper() + name[1:]
    value = asked["real_income_pct"]
    of, against = (
        labels.phrase("scenario", asked[key], within=result["study"], otherwise=asked[label])
        for key, label in (("scenario", "label"), ("against", "against_label"))
    )
    size = average(max(abs(value), SMALL) / 100, 2)
    verb = "neither gains nor loses" if abs(value) < SMALL else "gains" if value > 0 else "loses"
    return f"{name} {verb} {size} of real income under the {of}, against {against}"


def lead(result: Mapping[str, Any]) -> tuple[str, ...]:
    """Say how much that is, where the economy stands among all, and what it faces from the sides of the study."""
    found = []
    asked = result["question"]
    if asked is not None:
        usd = typographic(change(asked["real_income_usd_bn"], 2))
        band = (
            ""
            if asked["low"] is None
            else f", {_points(asked['low'])} to {_points(asked['high'])} % in nine draws of ten"
        )
        found.append(
            f"That is USD {usd} bn a year at incomes of {result['year']}{band}; place {count(asked['place'])} of"
            f" {count(asked['economies'])}, of which {count(asked['gain'])} gain and {count(asked['lose'])} lose."
        )
    rows = {row["partner"]: row for row in result["tariffs"]}
    whole = rows["*"]
    side = next((row for code, row in rows.items() if code != "*"), None)
    said = f"On {day(result['on'])} its goods face {_rate(whole, 'faces')} on average abroad"
    if side is not None and side["faces"] is not None:
        said += f", {_rate(side, 'faces')} in {with_article(place_name(side['partner']))}"
    found.append(f"{said}; it charges {_rate(whole, 'charges')}.")
    return tuple(found)


def _points(value: float) -> str:
    """A change in points."""
    return typographic(change(value, 2))


def _rate(row: Mapping[str, Any], key: str) -> str:
    """An average, by both readings where they differ as written."""
    legal, reported = average(row[key]), average(row[f"{key}_reported"])
    return legal if legal == reported else f"{legal} by the notices and {reported} as reported"
