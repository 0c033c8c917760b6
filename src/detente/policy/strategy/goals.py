"""What each side wants, read from words: one text for all sides, or one for each, `USA=income - 0.5*rival`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from detente.errors import InputError
from detente.games import Goal, RealIncome, Revenue, SectorWeights, Total, rivalry
from detente.io.words import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detente.games import Player

# What all sides want unless they say otherwise.
USUAL: Final = "real-income"
# What a goal may say; several texts, or one for each side.
GoalText = str | tuple[str, ...]
_NUMBER: Final = r"\d+(?:\.\d+)?"
_TERM: Final = re.compile(
    rf"\s*(?P<sign>[+-]?)\s*(?:(?P<low>{_NUMBER})(?:\.\.(?P<high>{_NUMBER}))?\s*\*\s*)?"
    r"(?P<word>real-income|income|revenue|rival)\s*"
)
# First words of goals.
_WORDS: Final = ("real-income", "revenue", "rivalry", "sectors", "income", "revealed")
_ALLOWED: Final = (
    "real-income, revenue, rivalry:WEIGHT (with two players or more), sectors:CODE=WEIGHT,... (one economy), or a sum such"
    " as income - 0.9*rival, income + 0.2*revenue, income - 0.5..1.2*rival (a range); revealed@DAY (two players or more)"
)


def goal_texts(
    given: GoalText, players: Sequence[str], file: Mapping[str, str] | None = None
) -> dict[str, str]:
    """
    Say what each side wants: as given for it, as given for all, as its file says, or real income.

    Examples
    --------
    >>> goal_texts(("CHN=rivalry:0.5",), ("USA", "CHN"))
    {'USA': 'real-income', 'CHN': 'rivalry:0.5'}
    """
    texts = (given,) if isinstance(given, str) else tuple(given)
    own: dict[str, str] = {}
    every: list[str] = []
    for text in texts:
        name, sign, rest = text.partition("=")
        if sign and name.strip().upper() in players:
            own[name.strip().upper()] = rest.strip()
        elif text.strip():
            every.append(text.strip())
    if len(every) > 1 or len(own) + len(every) < len([text for text in texts if text.strip()]):
        raise InputError(
            "two goals of one side",
            where="--goal",
            found="; ".join(texts),
            allowed=f"one for all, or one for each of {', '.join(players)}",
            repair=f"write for instance --goal {players[0]}=real-income --goal '{players[-1]}=income - 0.5*rival'",
        )
    said = every[0] if every and every[0] != USUAL else ""
    return {name: own.get(name) or said or (file or {}).get(name, "") or USUAL for name in players}


def goals_of(
    players: Sequence[Player], given: GoalText = USUAL, file: Mapping[str, str] | None = None
) -> tuple[Goal, ...]:
    """The goal of each player; the others are its rivals."""
    texts = goal_texts(given, [player.name for player in players], file)
    return tuple(
        find_goal(player, texts[player.name], [other for other in players if other is not player])
        for player in players
    )


def find_goal(player: Player, text: str, others: Sequence[Player] = ()) -> Goal:
    """Read one side's goal."""
    word, _, rest = text.partition(":")
    own = RealIncome(player.economies)
    try:
        if word == "real-income" and not rest:
            return own
        if word == "revenue" and not rest:
            return Revenue(player.economies)
        if word == "rivalry" and others:
            return rivalry(own, _rival(others), float(rest or 1))
        if word == "sectors" and rest and len(player.economies) == 1:
            pairs = [part.split("=") for part in rest.split(",")]
            return SectorWeights(player.name, {code.strip(): float(weight) for code, weight in pairs})
        if (found := _sum(player, text, others)) is not None:
            return found
    except ValueError as error:
        if isinstance(error, InputError):
            raise
    near = nearest(word, _WORDS)
    raise InputError(
        "unknown goal",
        where="--goal",
        found=text,
        allowed=_ALLOWED,
        repair=f"did you mean {text.replace(word, near, 1)}?"
        if near and near != word
        else "write for instance rivalry:0.5",
    )


def _rival(others: Sequence[Player]) -> RealIncome:
    """Real income of the others together."""
    return RealIncome(tuple(label for other in others for label in other.economies))


def _sum(player: Player, text: str, others: Sequence[Player]) -> Goal | None:
    """A goal written as a sum; None if the text is none."""
    weights: dict[str, tuple[float, float]] = {}
    place = 0
    while place < len(text):
        term = _TERM.match(text, place)
        if term is None or (place and not term["sign"]) or term["word"].replace("real-", "") in weights:
            return None
        low = float(term["low"] or 1)
        ends = sorted((low, float(term["high"] or low)))
        sign = -1.0 if term["sign"] == "-" else 1.0
        weights[term["word"].replace("real-", "")] = (sign * ends[0], sign * ends[1])
        place = term.end()
    own = _own(player, weights)
    if own is None or "rival" not in weights:
        return own
    if not others or max(weights["rival"]) > 0:
        return None
    band = tuple(sorted(-end for end in weights["rival"]))
    middle = sum(band) / 2
    return rivalry(own, _rival(others), middle, band=band if band[0] < band[1] else ())


def _own(player: Player, weights: Mapping[str, tuple[float, float]]) -> Goal | None:
    """What a side wants of its own in a sum; None where it wants nothing, or gives it a range."""
    own = {word: ends for word, ends in weights.items() if word != "rival"}
    if any(low != high for low, high in own.values()) or not own:
        return None
    goals: dict[str, Goal] = {"income": RealIncome(player.economies), "revenue": Revenue(player.economies)}
    if set(own) == {"income"} and own["income"] == (1.0, 1.0):
        return goals["income"]
    return Total(tuple((ends[0], goals[word]) for word, ends in own.items()))
