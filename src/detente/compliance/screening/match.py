"""Matching names against listed aliases: rare tokens count, common ones hardly do."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz, process

from detente.compliance.screening.contained import FLOOR, MORE, Pair, Rarity, Told
from detente.compliance.screening.initials import open_letters, pair_initials
from detente.compliance.screening.lists import PartyList
from detente.compliance.screening.names import form_words, initials, letters, tokens
from detente.compliance.screening.screening import SAME
from detente.compliance.screening.word_kinds import kind_of
from detente.errors import InputError
from detente.formatting import count, fixed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from detente.compliance.screening.lists import Party

TOKEN_CUT = 75
"""Least similarity (0 to 100) of two tokens that can be spellings of one word."""
WHOLE_CUT = 90
"""Least similarity of two whole names, spaces left out, that can be spellings of one name."""
FORM_WEIGHT = 0.15
"""Weight of a legal form or particle as a fraction of the rarest token's."""
WEIGHT = {"place": 0.4, "trade": 0.6}
"""Most weight of a place or a trade, as a fraction of the rarest token's, however rare it is in the list."""
CONTAINED = 0.45
"""How far a name contained in another is raised from the share both have in common to full."""
ALIKE = 0.78
"""Least score reported: on perturbed names of the public lists, 98 % found at 91 % precision."""
SHORT = 3
"""Tokens of at most so many letters, and tokens with digits, match only exactly."""
_CANDIDATES = 40
_BLOCK = 64


@dataclasses.dataclass(frozen=True)
class Hit:
    """
    One alias of one party that looks like the name.

    party: Index of the party in its list.
    alias: The alias as listed.
    score: From 0 to 1; 1 means the same tokens.
    why: What matched and what did not.
    """

    party: int
    alias: str
    score: float
    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class _Scored:
    """An alias with its score, the words that matched, and the one that told who is meant."""

    alias: int
    score: float
    pairs: list[Pair]
    told: Told | None


class Index:
    """
    An index over the aliases of a list.

    listed: The parties to search.

    Examples
    --------
    >>> from detente.compliance.screening.lists import read_lists
    >>> index = Index(read_lists())
    >>> index.search(["Gulf Gate Shiping Company LLC"])[0][0].alias
    'Gulf Gate Shipping Co. LLC'
    """

    def __init__(self, listed: PartyList | Sequence[Party]) -> None:
        parties: Sequence[Party] = listed.parties if isinstance(listed, PartyList) else listed
        pairs = [(at, alias) for at, party in enumerate(parties) for alias in (party.name, *party.aliases)]
        cut = [tokens(alias) for _, alias in pairs]
        kept = [at for at, found in enumerate(cut) if found]
        self._aliases = [pairs[at][1] for at in kept]
        self._party = [pairs[at][0] for at in kept]
        self._tokens = [cut[at] for at in kept]
        self._initials = [initials(alias) for alias in self._aliases]
        self._whole = [letters(alias) for alias in self._aliases]
        self._vocabulary = sorted({token for found in self._tokens for token in found})
        self._ids = {token: at for at, token in enumerate(self._vocabulary)}
        self._rarity = Rarity(parties)
        self._post()

    def _post(self) -> None:
        """Build the postings: for each token, the aliases that hold it, and its weight by rarity."""
        pairs = sorted({(self._ids[token], at) for at, found in enumerate(self._tokens) for token in found})
        flat = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        frequency = np.bincount(flat[:, 0], minlength=len(self._vocabulary))
        self._start = np.concatenate(([0], np.cumsum(frequency)))
        self._holders = flat[:, 1].astype(np.int32)
        self._rarest = math.log(len(self._aliases) + 1.0) + 1.0
        weight = np.log((len(self._aliases) + 1.0) / frequency) + 1.0
        most = np.array([_most(token) for token in self._vocabulary])
        self._weight = np.minimum(weight, most * self._rarest)
        sizes = [open_letters(f, short) for f, short in zip(self._tokens, self._initials, strict=True)]
        self._open = np.array(sizes, dtype=np.int32).reshape(-1, 2).T
        self._total = np.array([self._weight[[self._ids[t] for t in f]].sum() for f in self._tokens])

    def search(self, names: Sequence[str], *, least: float = ALIKE, most: int = 20) -> list[list[Hit]]:
        """Find the aliases that look like each name. Gives for each name its hits, the best first."""
        found: list[list[Hit]] = []
        for start in range(0, len(names), _BLOCK):
            found += self._block(names[start : start + _BLOCK], least, most)
        return found

    def exact(self, names: Iterable[str]) -> dict[str, list[int]]:
        """Find the parties with an alias of exactly the same tokens, in any order."""
        if not hasattr(self, "_sorted"):
            self._sorted: dict[tuple[str, ...], list[int]] = {}
            for party, found in zip(self._party, self._tokens, strict=True):
                self._sorted.setdefault(tuple(sorted(found)), []).append(party)
        return {
            name: sorted(set(hits))
            for name in names
            if (hits := self._sorted.get(tuple(sorted(tokens(name)))))
        }

    def _block(self, names: Sequence[str], least: float, most: int) -> list[list[Hit]]:
        """Search a block of names with one comparison of all their tokens."""
        cut = [_readable(name) for name in names]
        words = sorted({token for found in cut for token in found})
        near = self._near(words)
        whole = process.cdist(
            [letters(name) for name in names],
            self._whole,
            scorer=fuzz.ratio,
            score_cutoff=WHOLE_CUT,
            dtype=np.uint8,
        )
        hits = []
        for name, found, row in zip(names, cut, whole, strict=True):
            short = initials(name)
            picks = np.union1d(self._candidates(found, near, row), self._written_out(found, short))
            words_weight = [self._word_weight(word, near) for word in found]
            scored = [
                self._score(found, at, near, int(row[at]), short, words_weight) for at in picks.tolist()
            ]
            good = sorted((one for one in scored if one.score >= least), key=self._order)
            hits.append([self._hit(found, one, int(row[one.alias])) for one in good[:most]])
        return hits

    def _near(self, words: list[str]) -> dict[str, dict[int, float]]:
        """For each word, the tokens of the list that can be spellings of it, with their similarity."""
        near: dict[str, dict[int, float]] = {word: {} for word in words}
        loose = [word for word in words if len(word) > SHORT and word.isalpha()]
        if loose:
            table = process.cdist(
                loose, self._vocabulary, scorer=fuzz.ratio, score_cutoff=TOKEN_CUT, dtype=np.uint8
            )
            for at, token in zip(*np.nonzero(table), strict=True):
                spelling = self._vocabulary[token]
                if len(spelling) > SHORT and spelling.isalpha():
                    near[loose[at]][int(token)] = float(table[at, token]) / 100.0
        for word in words:
            if word in self._ids:
                near[word][self._ids[word]] = 1.0
        return near

    def _candidates(
        self, found: tuple[str, ...], near: dict[str, dict[int, float]], row: NDArray[np.uint8]
    ) -> NDArray[np.int64]:
        """Pick the aliases worth scoring: by shared weight, by share of the alias covered, by whole name."""
        shared = np.zeros(len(self._aliases))
        telling = [word for word in found if kind_of(word) not in {"form", "place"}]
        rare = telling or [word for word in found if word not in form_words()] or list(found)
        for word in set(rare):
            for token, similarity in near[word].items():
                holders = self._holders[self._start[token] : self._start[token + 1]]
                shared[holders] += self._weight[token] * similarity
        asked = sum(self._word_weight(word, near) for word in found)
        dice = 2.0 * shared / (asked + self._total)
        covered = shared / self._total
        picks = [np.flatnonzero(row)[:_CANDIDATES]]
        for measure in (dice, covered):
            top = np.argpartition(-measure, min(_CANDIDATES, len(measure) - 1))[:_CANDIDATES]
            picks.append(top[measure[top] > 0.0])
        return np.unique(np.concatenate(picks))

    def _written_out(self, found: tuple[str, ...], short: frozenset[str]) -> NDArray[np.int64]:
        """Pick the aliases whose initials the name can be writing out: all their other words are in it."""
        if short:
            return np.empty(0, dtype=np.int64)
        shared = np.zeros(len(self._aliases), dtype=np.int32)
        words = [word for word in dict.fromkeys(found) if word in self._ids and word not in form_words()]
        for word in words:
            token = self._ids[word]
            shared[self._holders[self._start[token] : self._start[token + 1]]] += 1
        letters_of, words_of = self._open
        number = open_letters(found, short)[1]
        return np.flatnonzero((letters_of > 0) & (shared == words_of) & (letters_of + words_of == number))[
            :_CANDIDATES
        ]

    def _word_weight(self, word: str, near: dict[str, dict[int, float]]) -> float:
        """Weight of a word of the name: of its own token, of the nearest one, or of a token never seen."""
        if word in self._ids:
            return float(self._weight[self._ids[word]])
        if near[word] and kind_of(word) not in {"form", "place"}:
            return float(self._weight[max(near[word], key=lambda token: near[word][token])])
        return _most(word) * self._rarest

    def _order(self, scored: _Scored) -> tuple[float, int, str]:
        """The best first, then in the order of the list."""
        return -scored.score, self._party[scored.alias], self._aliases[scored.alias]

    def _hit(self, found: tuple[str, ...], scored: _Scored, whole: int) -> Hit:
        """Say in words why an alias was found."""
        why = _why(found, self._tokens[scored.alias], scored.pairs, whole) + _told(scored)
        return Hit(self._party[scored.alias], self._aliases[scored.alias], scored.score, why)

    def _score(
        self,
        found: tuple[str, ...],
        at: int,
        near: dict[str, dict[int, float]],
        whole: int,
        short: frozenset[str],
        words_weight: list[float],
    ) -> _Scored:
        """Score one alias: pair its tokens with the name's, weigh by rarity."""
        alias = self._tokens[at]
        matched = self._pair(found, alias, near)
        even = self._combine(alias, matched, words_weight)
        score = max(even, pair_initials(found, alias, matched, short, self._initials[at]))
        if whole == 100 and score < 1.0:  # noqa: PLR2004  (the same letters)
            score = max(score, 0.99)
        score = max(score, whole / 100.0 - 0.07 if whole else 0.0)
        told = self._rarity.told_by(found, alias, matched, self._party[at]) if score < SAME else None
        if told is not None:
            score = max(score, FLOOR + MORE * even)
        return _Scored(at, round(score, 4), matched, told)

    def _pair(
        self, found: tuple[str, ...], alias: tuple[str, ...], near: dict[str, dict[int, float]]
    ) -> list[Pair]:
        """Pair the words of a name with those of an alias, the most similar and the rarest first."""
        pairs = sorted(
            (
                (float(self._weight[self._ids[token]]) * similarity, similarity, i, j)
                for i, word in enumerate(found)
                for j, token in enumerate(alias)
                if (similarity := near[word].get(self._ids[token]))
            ),
            key=lambda pair: (-pair[1], -pair[0], pair[2], pair[3]),
        )
        used_words: set[int] = set()
        used_tokens: set[int] = set()
        matched: list[Pair] = []
        for _, similarity, i, j in pairs:
            if i not in used_words and j not in used_tokens:
                used_words.add(i)
                used_tokens.add(j)
                matched.append(Pair(i, j, similarity))
        return matched

    def _combine(self, alias: tuple[str, ...], matched: list[Pair], words_weight: list[float]) -> float:
        """
        Share of both names' weight that matched, raised when one contains the other.

        By weight alone a contained name counts only where two or more words matched and carry enough rarity; a single
        word is for `Rarity.told_by` to judge.
        """
        by_word = {pair.word: float(self._weight[self._ids[alias[pair.token]]]) for pair in matched}
        shared = sum(by_word[pair.word] * pair.similarity for pair in matched)
        asked = sum(by_word.get(i, weight) for i, weight in enumerate(words_weight))
        listed = sum(float(self._weight[self._ids[token]]) for token in alias)
        even = 2.0 * shared / (asked + listed)
        telling = [pair for pair in matched if by_word[pair.word] > FORM_WEIGHT * self._rarest]
        if len(telling) < 2:  # noqa: PLR2004  (two words)
            return even
        contained = max(shared / asked, shared / listed)
        trust = min(1.0, shared / (1.5 * self._rarest))
        return even + (contained - even) * CONTAINED * trust


def _readable(name: str) -> tuple[str, ...]:
    """Tokens of a name, or an error if it holds none."""
    found = tokens(name)
    if not found:
        raise InputError(
            "the name holds nothing to compare",
            where="name",
            found=repr(name[:40]),
            allowed="letters or digits of any script",
            repair="give the name as it is registered",
        )
    return found


def _most(token: str) -> float:
    """Most weight of a token as a fraction of the rarest one's."""
    if token in form_words():
        return FORM_WEIGHT
    return WEIGHT.get(kind_of(token), 1.0)


def _told(scored: _Scored) -> str:
    """Say how rare the one word is by which a name was found."""
    told = scored.told
    if told is None or len(scored.pairs) > 1:
        return ""
    parties = "one listed party has" if told.parties == 1 else f"{count(told.parties)} listed parties have"
    return f"; {parties} the word {told.word}"


def _why(found: tuple[str, ...], alias: tuple[str, ...], matched: list[Pair], whole: int) -> str:
    """Say in words what matched."""
    if sorted(found) == sorted(alias):
        return "the same words" if found == alias else "the same words in another order"
    if whole == 100:  # noqa: PLR2004  (the same letters)
        return "the same letters, divided differently"
    pairs = [
        found[pair.word]
        if pair.similarity == 1.0
        else f"{found[pair.word]} ~ {alias[pair.token]} ({fixed(pair.similarity, 2)})"
        for pair in sorted(matched, key=lambda pair: pair.word)
    ]
    words = {pair.word for pair in matched}
    listed = {pair.token for pair in matched}
    parts = ["matched: " + ", ".join(pairs)] if pairs else [f"whole name alike ({fixed(whole / 100, 2)})"]
    missing = [word for i, word in enumerate(found) if i not in words]
    extra = [token for j, token in enumerate(alias) if j not in listed]
    parts += ["not on the list: " + ", ".join(missing)] if missing else []
    parts += ["only on the list: " + ", ".join(extra)] if extra else []
    return "; ".join(parts)
