"""Internal ids in a text for readers: collected from the data, looked for outside links, commands and brackets."""

from __future__ import annotations

import re
from functools import cache

from detente.labels import held

# Ids that are words of a sentence as well cannot be told from them; these are no words that a sentence here needs.
PLAIN_IDS = {"fifteen", "hundred", "twentyfive", "r35", "r70"}
# The words a reader types for a study, a game, a bloc and a critical input are their names.
TYPED = {"input"}
# Codes that ordinary texts hold as well: a class of chips, a letter, a year.
OTHER_USES = {"C16", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "h20", "h200"}
STARTS = r"(?<![\w./\\-])"
ENDS = r"(?![\w\\]|[.-]\w)"


@cache
def internal_ids():
    """Every id that no sentence could hold by chance."""
    found = set(PLAIN_IDS)
    for (kind, _, name), words in held().items():
        coded = re.search(r"[._\d-]", name)
        said = words.label.casefold(), words.short.casefold()
        if kind not in TYPED and coded and name.casefold() not in said and name not in OTHER_USES:
            found.add(name)
    return {name for name in found if len(name) > 1}


@cache
def pattern():
    """Any of the ids as a word of its own, and any elasticity by its id."""
    names = "|".join(re.escape(name) for name in sorted(internal_ids(), key=len, reverse=True))
    return re.compile(rf"{STARTS}(?:{names}|theta of \w+|theta\.\w+){ENDS}")


def readable(text):
    """A text without what machines and typing hands need: commands, addresses, an id in brackets, the stamp."""
    text = re.sub(r"`[^`]*`", "", text)
    text = re.sub(r"https?://\S+", "", text)
    text = re.sub(r"\([a-z][\w.:-]+\)?", "", text)
    lines = [line for line in text.splitlines() if not re.match(r"\s*(\$ )?detente \S", line)]
    return "\n".join(lines)


def ids_in(text):
    """Internal ids that a reader of the text would see, in order."""
    return [match.group() for match in pattern().finditer(readable(text))]
