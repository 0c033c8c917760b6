"""What a forecast came to, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.formatting import average, change, day, fixed, number

if TYPE_CHECKING:
    from collections.abc import Mapping


def sentences(result: Mapping[str, Any]) -> list[str]:
    """The score against the base rate, by kind, and the ranks of the packages that were signed."""
    found = [_score(row, result) for row in result["scores"]]
    return [*found, *(_package(row) for row in result["packages"])]


def _score(row: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """One group's score."""
    what = {"all": "threats and promises", "threat": "threats", "promise": "promises"}[row["group"]]
    told, gain = row["brier"], row["gain"]["readings"]
    verdict = "better than" if gain["gain"] > 0 else "worse than" if gain["gain"] < 0 else "no better than"
    unsure = gain["low"] is not None and gain["low"] <= 0 <= gain["high"]
    counts = f"{number(row['carried_out'])} of {number(row['statements'])} {what}"
    return (
        f"{counts} after {day(result['known_on'])} were carried out;"
        f" Brier score {fixed(told['readings'], 3)}, {verdict} the base rate's {fixed(told['base_rate'], 3)}"
        + (" (the data do not tell them apart)" if unsure else "")
        + f"; real income alone {fixed(told['real_income'], 3)}, the last day's weights {fixed(told['last_day'], 3)}."
    )


def _package(row: Mapping[str, Any]) -> str:
    """Where a signed package ranks."""
    gains = ", ".join(f"{side} {change(value, 3)} %" for side, value in row["gain_pct"].items())
    ranks, signs = row["beaten"], row["both_sign"]
    return (
        f"{row['title']}: better than {average(ranks['readings'], 0)} of the other"
        f" {number(row['packages'] - 1)} packages, one half is chance;"
        f" {average(ranks['real_income'], 0)} with real income alone. Both would sign it in"
        f" {average(signs['readings'], 0)} of readings ({gains} of real income)."
    )
