"""Product codes: how they are written."""

from __future__ import annotations

import re
from typing import Final

from detente.errors import InputError

LEVELS: Final = {2: "chapter", 4: "heading", 6: "subheading (HS6)", 8: "HTS8", 10: "HTS10"}
_PUNCTUATION: Final = re.compile(r"[.\s\u00a0-]")
_SHOWN: Final = ((4, "."), (6, "."), (8, "."))
# Some schedules divide the subheading by three digits.
_NINE: Final = 9


def normalise(code: str, *, where: str = "code", own: int = 8) -> str:
    """
    Write a product code as digits only, leading zeros kept; InputError where it is none.

    `own`: digits of the lines of the schedule asked about, where they are another number than the usual ones.

    >>> normalise("7326.90.86.88"), normalise("0101 21")
    ('7326908688', '010121')
    """
    if not isinstance(code, str):
        raise InputError(
            "a product code must be text",
            where=where,
            found=repr(code),
            allowed="digits in quotes",
            repair="quote it: as a number it loses its leading zero",
        )
    digits = _PUNCTUATION.sub("", code)
    if not (digits.isascii() and digits.isdigit()):
        raise InputError(
            "a product code has digits only",
            where=where,
            found=code,
            allowed="2, 4, 6, 8 or 10 digits, dots and spaces ignored",
            repair=f"look the good up by its words: `detente search {_plain(code)}`",
        )
    if len(digits) not in LEVELS and len(digits) != own:
        raise InputError(
            f"a product code cannot have {len(digits)} digits",
            where=where,
            found=code,
            allowed=", ".join(f"{digits} ({name})" for digits, name in LEVELS.items()),
            repair=_lost_digit(digits),
        )
    return digits


def _plain(text: str) -> str:
    """Words of a text that can stand in a command as they are."""
    return " ".join(re.findall(r"[\w.-]+", text)[:5]) or "WORDS"


def _lost_digit(digits: str) -> str:
    """What to do about a code of a length that does not exist."""
    if len(digits) > max(LEVELS):
        return f"cut it to the ten digits {dotted(digits[:10])}"
    shorter = digits[: len(digits) // 2 * 2]
    if len(digits) == 1:
        return f'write the chapter with its leading zero, "0{digits}"'
    return f'if a leading zero was lost write "{dotted("0" + digits)}", else give {dotted(shorter)} or one digit more'


def dotted(code: str) -> str:
    """
    Write a code the way schedules print it: dots after four, six and eight digits.

    >>> dotted("7326908688"), dotted("9903"), dotted("010121"), dotted("610910010")
    ('7326.90.86.88', '9903', '0101.21', '6109.10.010')
    """
    parts = [code[:4], *(code[start : start + 2] for start, _ in _SHOWN)]
    if len(code) == _NINE:
        parts = [code[:4], code[4:6], code[6:]]
    return ".".join(part for part in parts if part)
