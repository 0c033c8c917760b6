"""When one name contains what tells another apart: a rare word of its own decides, common words never do."""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from detente.compliance.screening.names import tokens
from detente.compliance.screening.word_kinds import is_country, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detente.compliance.screening.lists import Party

PARTICLES = frozenset(
    ("and", "the", "of", "de", "al", "el", "ul", "bin", "ibn", "la", "los", "del", "y", "e", "i")
)
"""Words of `legal_forms.csv` that stand in the names of people as well."""
GENERAL = frozenset({"form", "place", "trade"})
"""Kinds of words that any firm may add to its name."""
FEW_FIRMS, FEW_PEOPLE = 2, 1
"""Most parties that share an ordinary word which still tells a firm, or a person, apart when it stands alone."""
NAME_OF_PEOPLE = 3
"""So many listed people with a word make it a name of people."""
MANY_SHARE, MANY_LEAST = 0.02, 20
"""Most parties, as a share of the list and in number, that a word of their own can stand for (a group's firms)."""
ALONE = 0.5
"""Share of the firms with a word that have no other word of their own, where the word is their group's."""
BRAND_FIRMS, BRAND_LETTERS = 3, 5
"""A word of its own that comes first in the names of so many firms is the name of their group."""
MISSPELT = 5
"""Least letters of a word that one letter off still tells who is meant."""
FLOOR, MORE = 0.80, 0.15
"""Score of a contained name: at least the first, and a share of the second by how much else is shared."""


@dataclasses.dataclass(frozen=True)
class Pair:
    """A word of the name and the listed word it was paired with."""

    word: int
    token: int
    similarity: float


@dataclasses.dataclass(frozen=True)
class Told:
    """The word that tells who is meant, and how many parties have it."""

    word: str
    parties: int


class Rarity:
    """
    How many parties share each word of a list, and which of its names are of firms.

    parties: The list.

    Examples
    --------
    >>> from detente.compliance.screening.lists import Party
    >>> Rarity([Party(name="Huawei Technologies", aliases=(), list="EL")]).parties["huawei"]
    1
    """

    def __init__(self, parties: Sequence[Party]) -> None:
        self.parties: Counter[str] = Counter()
        self.people: Counter[str] = Counter()
        self.heads: Counter[str] = Counter()
        self.alone: Counter[str] = Counter()
        self.firm: list[bool] = []
        self.craft: list[bool] = []
        seen: set[tuple[str, ...]] = set()  # lists repeat a party, once for each of its addresses
        for party in parties:
            cut = [tokens(alias) for alias in (party.name, *party.aliases)]
            words = {word for found in cut for word in found}
            firm = _is_firm(party, cut)
            self.firm.append(firm)
            self.craft.append(party.kind in {"Vessel", "Aircraft"})
            if (key := tuple(sorted(cut[0]))) in seen:
                continue
            seen.add(key)
            self.parties.update(words)
            if firm:
                cores = [_core(found) for found in cut]
                self.heads.update({core[0] for core in cores if core})
                self.alone.update({core[0] for core in cores if len(set(core)) == 1})
            else:
                self.people.update(words)
        self.many = max(MANY_LEAST, round(MANY_SHARE * len(parties)))

    def own(self, word: str) -> bool:
        """Whether a word belongs to a party alone: no ordinary word, no name of people, and rare."""
        shared = self.parties[word]
        if kind_of(word) != "own" or self.people[word] >= NAME_OF_PEOPLE or shared > self.many:
            return False
        return shared <= FEW_FIRMS or self.alone[word] >= ALONE * shared

    def told_by(
        self, found: tuple[str, ...], alias: tuple[str, ...], pairs: Sequence[Pair], party: int
    ) -> Told | None:
        """
        Find the word by which a name tells who is meant.

        Gives None where nothing but common words is shared, or something else is said than what the alias says.
        """
        good = [pair for pair in pairs if self._same(found[pair.word], alias[pair.token])]
        if not good:
            return None
        rest = _Rest.of(found, {pair.word for pair in good})
        exact = [pair for pair in good if found[pair.word] == alias[pair.token]]
        rest = dataclasses.replace(rest, slip=len(exact) < len(good))
        word = self._inside(self._ranked(good, alias), party, rest)
        word = word or self._holds(
            self._ranked(exact, alias), alias, {pair.token for pair in exact}, party, rest
        )
        return Told(word, self.parties[word]) if word else None

    def _ranked(self, pairs: Sequence[Pair], alias: tuple[str, ...]) -> list[str]:
        """Listed words that were paired, the rarest first."""
        return sorted((alias[pair.token] for pair in pairs), key=lambda word: (self.parties[word], word))

    def _inside(self, ranked: list[str], party: int, rest: _Rest) -> str | None:
        """The telling word of a name whose words all stand in the alias, but for places, forms and trades."""
        if rest.core:
            return None
        firm = self.firm[party]
        said = [word for word in ranked if kind_of(word) not in {"form", "place", "number", "short"}]
        alone = [] if said else [word for word in ranked if kind_of(word) == "place" and len(ranked) == 1]
        for word in (*said, *alone):
            if firm and self.own(word) and not (rest.slip and rest.trade):
                return word
            few = FEW_FIRMS if firm and not alone else FEW_PEOPLE
            common = kind_of(word) in {"trade", "place"}
            fits = not rest.trade and not (common and rest.town) and (firm or rest.nothing or not rest.slip)
            if fits and self.parties[word] <= few:
                return word
        return None

    def _holds(
        self, ranked: list[str], alias: tuple[str, ...], matched: set[int], party: int, rest: _Rest
    ) -> str | None:
        """The telling word of an alias that the name holds whole, but for places, forms and trades."""
        if not self.firm[party] or (self.craft[party] and rest.core):
            return None
        whole = all(at in matched or kind_of(word) in GENERAL for at, word in enumerate(alias))
        for word in ranked:
            brand = self.heads[word] >= BRAND_FIRMS and len(word) >= BRAND_LETTERS
            if self.own(word) and (whole or brand) and not (rest.core and len(word) < BRAND_LETTERS):
                return word
        return None

    def _same(self, word: str, token: str) -> bool:
        """Whether a word is a listed one, or a slip of the pen away from it and no word in its own right."""
        if word == token:
            return True
        return (
            min(len(word), len(token)) >= MISSPELT
            and kind_of(word) == "own"
            and word not in self.parties
            and OSA.distance(word, token, score_cutoff=1) == 1
        )


@dataclasses.dataclass(frozen=True)
class _Rest:
    """What a name says beyond what it shares, and whether a letter of what it shares was off."""

    core: bool
    trade: bool
    town: bool
    nothing: bool
    slip: bool = False

    @classmethod
    def of(cls, found: tuple[str, ...], matched: set[int]) -> _Rest:
        """Sort the words that were not paired."""
        words = [word for at, word in enumerate(found) if at not in matched]
        kinds = [kind_of(word) for word in words]
        town = any(kind == "place" and not is_country(word) for word, kind in zip(words, kinds, strict=True))
        return cls(any(kind not in GENERAL for kind in kinds), "trade" in kinds, town, not words)


def _core(found: tuple[str, ...]) -> list[str]:
    """Words of a name that are neither place nor form nor trade."""
    return [word for word in found if kind_of(word) not in GENERAL]


def _is_firm(party: Party, cut: list[tuple[str, ...]]) -> bool:
    """Tell firms from people: as the list says, else by a legal form or a trade in the name, or a single word."""
    if party.kind:
        return party.kind != "Individual"
    return len(cut[0]) == 1 or any(_of_firms(word) for found in cut for word in found)


@functools.cache
def _of_firms(word: str) -> bool:
    """Whether a word stands in the names of firms only."""
    return kind_of(word) in {"form", "trade", "number"} and word not in PARTICLES
