"""Python lines that give the same result as a command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from detente.asof import day_of
from detente.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.asof import Moment
    from detente.cli.options import DayLaw, Output
    from detente.ledger import Ledger

PUBLIC = "detente"
LEDGER = "detente.ledger"
ASKED = ("on", "known_on", "view", "ends")
# What a function assumes when it is not told.
DEFAULTS = {
    "view": "statutory",
    "ends": "legal",
    "weights": "us2024",
    "factors": "mobile",
    "horizon": "long",
    "max_iterations": 500,
}


class Code(str):
    """Text that stands in a call as it is, not in quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Give the text itself."""
        return str(self)


def repeat(
    function: str,
    *positional: object,
    home: str,
    output: Output,
    law: DayLaw | None = None,
    asked: tuple[str, ...] = ASKED,
    known: str | None = None,
    imposer: Callable[[Ledger], str] | None = None,
    **named: object,
) -> int:
    """
    Print the lines that open the same ledger and call a function on it.

    Parameters
    ----------
    function, home
        Name, and the module it is imported from; names of `PUBLIC` are called by ``dt.``. Functions of `LEDGER` take the
        ledger first, others by name.
    *positional, **named
        Arguments; None, empty and False ones are left out.
    output
        Names the overlays.
    law
        Day, knowledge, reading and edits; None where the law is not asked.
    asked
        Which of `ASKED` the function takes.
    known
        Last day of knowledge of the ledger itself.
    imposer
        Whose capital's today stands where no day is given; that of the board's first imposer if None.

    Returns
    -------
    int
        0.
    """
    lines = ["import detente as dt"]
    if home != PUBLIC:
        lines.append(f"from {home} import {function}")
    moment = _moment(output, law, imposer) if law is not None else None
    lines += ledger_lines(output, law, known=known, moment=moment)
    query = _query(law, moment) if law is not None else {}
    query = {key: query[key] for key in asked if key in query}
    if home == PUBLIC:
        named |= query
    elif "on" in query:
        # A room takes the words as one question, an instant on the imposer's clock.
        named["asof"] = asof_text(moment.isoformat() if moment else None, law, *asked)
    if "AsOf" in repr((positional, named)):
        lines.insert(1, "from detente.asof import AsOf")
    if home == LEDGER:
        positional = (Code("ledger"), *positional)
    else:
        named["ledger"] = Code("ledger")
    prefix = "dt." if home == PUBLIC else ""
    lines.append(f"{prefix}{function}({arguments(*positional, **named)})")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def arguments(*positional: object, **named: object) -> str:
    """
    Write the arguments of a call, leaving defaults out.

    Parameters
    ----------
    *positional, **named
        Arguments; paths are written as text.

    Returns
    -------
    str
        What stands between the brackets.

    Examples
    --------
    >>> arguments("1201.90.00", origin="USA", value=None, ledger=Code("ledger"))
    "'1201.90.00', origin='USA', ledger=ledger"
    """
    words = [repr(_plain(item)) for item in positional if item is not None]
    words += [
        f"{key}={_plain(value)!r}"
        for key, value in named.items()
        if value not in (None, (), {}, False, "") and DEFAULTS.get(key) != value
    ]
    return ", ".join(words)


def asof_text(on: str | None, law: DayLaw | None, *asked: str) -> Code:
    """The question asked of the law, as it stands in a call of a room."""
    words = _query(law, None) if law else {}
    named = {key: words[key] for key in asked if key != "on" and key in words}
    return Code(f"AsOf.of({arguments(on, **named)})")


def _plain(value: object) -> object:
    """Paths as text, alone and in lists."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return value


def ledger_lines(
    output: Output, law: DayLaw | None = None, *, known: str | None = None, moment: Moment | None = None
) -> list[str]:
    """
    Write the lines that open the ledger with its overlays and edits.

    Parameters
    ----------
    output, law, known
        As in `repeat`.
    moment
        What the question is about; edits are dated on its day.

    Returns
    -------
    list of str
        Python lines, after ``import detente as dt``.
    """
    lines = [f"ledger = dt.open_ledger({arguments(*output.ledger, known_on=known)})"]
    if law is not None and (edits := law.edits()):
        day = day_of(moment).isoformat() if moment else law.on
        lines.append(f"ledger = dt.edit({arguments(Code('ledger'), **edits, on=day)})")
    return lines


def _moment(output: Output, law: DayLaw, imposer: Callable[[Ledger], str] | None) -> Moment:
    """The day or the instant asked for; today at the imposer's capital is written out, so that the lines keep it."""
    from detente.cli.options import home  # noqa: PLC0415  (the options print through this room)
    from detente.ledger import open_ledger  # noqa: PLC0415  (loads the YAML stack: only when needed)

    if law.on:
        return law.moment("")
    try:
        ledger = open_ledger(*output.ledger)
    except LedgerError:
        ledger = open_ledger()
    return law.moment((imposer or home)(ledger))


def _query(law: DayLaw, moment: Moment | None) -> dict[str, object]:
    """The question asked of the law, as it stands in a call."""
    on = law.instant or (day_of(moment).isoformat() if moment else None)
    return {"on": on, "known_on": law.known, "view": law.view, "ends": law.ends}
