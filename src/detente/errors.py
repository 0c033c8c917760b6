"""Errors that say what is wrong, where, what was found, what is allowed and how to repair it."""

from __future__ import annotations

import math

from detente.formatting import exact

LONGEST = 1_000
"""Letters of what was found, in an error; of more the first are shown, and how many there were."""
_LEFT_OUT = object()


def _text(value: object) -> str:
    """A part of an error; a number in full, as the user would type it."""
    return exact(value) if isinstance(value, float) and math.isfinite(value) else str(value)


def _found(value: object) -> str:
    """What was found, as it can be seen: empty text by a word, control characters escaped, the first of many letters."""
    if value is _LEFT_OUT:
        return ""
    text = "".join(
        letter if letter.isprintable() or letter == "\n" else letter.encode("unicode_escape").decode()
        for letter in _text(value)[: LONGEST + 1]
    )
    if not text.strip():
        return "nothing"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(_text(value))} letters)"


class DetenteError(Exception):
    """
    Base of every error raised on purpose.

    what: One sentence: what is wrong.
    where: File and line, argument or option.
    found: The offending value.
    allowed: What would have been accepted, or the nearest accepted values.
    repair: What to do about it.

    what, where, found, allowed, repair: The parameters as text.
    exit_code: The status the command line ends with.

    Examples
    --------
    >>> print(InputError("unknown economy", where="--from", found="ZZZ", allowed="ISO alpha-3",
    ...                  repair="see `detente ledger ls`"))
    InputError: unknown economy
      where   --from
      found   ZZZ
      allowed ISO alpha-3
      repair  see `detente ledger ls`
    """

    exit_code = 1

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        found: object = _LEFT_OUT,
        allowed: object = "",
        repair: str = "",
    ) -> None:
        self.what = what
        self.where = where
        self.found = _found(found)
        self.allowed = _text(allowed)
        self.repair = repair
        super().__init__(what)

    def __str__(self) -> str:
        """Lay the parts out one a line, leaving out the empty ones."""
        parts = {
            "where": self.where,
            "found": self.found,
            "allowed": self.allowed,
            "repair": self.repair,
        }
        lines = [f"{type(self).__name__}: {self.what}"]
        lines += [f"  {name:<7} {text}" for name, text in parts.items() if text]
        return "\n".join(lines)


class InputError(DetenteError, ValueError):
    """A value given by the user cannot be used."""


class LedgerError(DetenteError, ValueError):
    """A ledger file or entry breaks a rule of the ledger."""


class WorldError(DetenteError, ValueError):
    """A world breaks an identity, or its file cannot be read safely."""


class StudyError(DetenteError, ValueError):
    """A study or scenario file cannot be used."""


class ConvergenceError(DetenteError, RuntimeError):
    """A solve ended without an equilibrium."""

    exit_code = 3


class UnsafeAnswerError(DetenteError, RuntimeError):
    """A check failed, or the answer would be unsafe to act on."""

    exit_code = 4


class OutputError(DetenteError, RuntimeError):
    """The system refused to read or write: a full disk, a folder that is not there, a right that is missing."""
