"""What the page of one economy says first: gain or loss, and the duties it faces, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente import labels
from detente.errors import InputError
from detente.formatting import average, change, count, day, typographic
from detente.geography.economies import name as place_name
from detente.geography.economies import resolve, with_article
from detente.policy.documents.compared import turns
from detente.policy.studies.compared import other_law

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from detente.policy.documents.run import RunResult, Worth

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


@dataclass(frozen=True)
class Early:
    """
    What holds for an economy one year after the change.

    rows: Real income by scenario and what it is set against, percent; empty where it was not solved.
    said: Sentences: where the sign is another than in the long run, and what comes from other law.
    """

    rows: dict[tuple[str, str], float]
    said: tuple[str, ...]


def early(run: RunResult, result: Mapping[str, Any]) -> Early:
    """Set beside the long run what holds for an economy one year after, from the run of the same study."""
    code, asked = result["economy"], result["question"]
    stakes = [*result["stakes"], *([asked] if asked else [])]
    year = {} if run.at_one_year is None else {run.baseline.id: {}, **run.at_one_year.scenarios}
    rows = {
        (row["scenario"], row["against"]): year[row["scenario"]].get(code, 0.0)
        - year[row["against"]].get(code, 0.0)
        for row in stakes
        if {row["scenario"], row["against"]} <= year.keys()
    }
    turned = [
        row
        for row in stakes
        if turns(rows.get((row["scenario"], row["against"]), 0.0), row["real_income_pct"])
    ]
    said = []
    if turned:
        each = ", ".join(_called(result, row) for row in turned)
        said.append(
            f"One year after the change, when buyers have turned to other sources less, the sign is another under: {each}."
        )
    other = {code for item in run.worth.values() if _asks(item, asked) for code in other_law(item)}
    if asked and code in other:
        what = "gain" if asked["real_income_pct"] > 0 else "loss"
        said.append(
            f"The {what} under {_called(result, asked)} comes from other law that changed in between."
        )
    return Early(rows, tuple(said))


def _asks(item: Worth, asked: Mapping[str, Any] | None) -> bool:
    """Whether a contrast is the one asked for."""
    return asked is not None and (item.of, item.against) == (asked["scenario"], asked["against"])


def _called(result: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """A scenario in words, with what it is set against where that is another scenario."""
    said = labels.phrase("scenario", row["scenario"], within=result["study"], otherwise=row["label"])
    if row is not result["question"]:
        return said
    other = labels.phrase("scenario", row["against"], within=result["study"], otherwise=row["against_label"])
    return f"{said} against {other}"


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
