"""Bills of materials: items inside items, each with its value and its listed content, in exact numbers."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 50
MOST_ITEMS = 10_000
_LARGEST = 10_000_000
LONGEST_POWER = 100
SYMBOL = 2
_KEYS = ("item", "value", "content", "elements", "form", "listed", "technology", "chinese_origin", "parts")


@dataclasses.dataclass(frozen=True)
class Item:
    """
    One item of a bill.

    name: What it is.
    value: Its value in any one currency, None if unknown.
    content: Value of Chinese-origin part 1 content in it that no inner item carries, None if unknown.
    elements, form: Rare earths in it (symbols) and its form, as stated.
    listed: Whether it is on part 2 of annex 1, None if to be told from elements and form.
    technology, chinese_origin: Whether it was made with Chinese technology, and whether it is of Chinese origin; None
        if unknown.
    parts: Items inside it.
    """

    name: str
    value: Fraction | None = None
    content: Fraction | None = None
    elements: tuple[str, ...] = ()
    form: str = ""
    listed: bool | None = None
    technology: bool | None = None
    chinese_origin: bool | None = None
    parts: tuple[Item, ...] = ()

    def total(self) -> Fraction | None:
        """Chinese-origin part 1 content of the item and all inside it, None if any of it is unknown."""
        inner = [part.total() for part in self.parts]
        own = self.content if self.content is not None or not self.parts else Fraction(0)
        if own is None or any(value is None for value in inner):
            return None
        return own + sum((value for value in inner if value is not None), Fraction(0))

    def walk(self, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Item]]:
        """Go through the item and all inside it, each with the names from the top down to it."""
        path = (*above, self.name)
        yield path, self
        for part in self.parts:
            yield from part.walk(path)


def number(value: object, where: str) -> Fraction:
    """
    Read a value exactly, so that a share on the threshold is on it whatever the currency.

    Examples
    --------
    >>> number(0.02, "content") / number(20, "value") == number("0.001", "share")
    True
    """
    text = str(value).strip()
    try:
        read = Decimal(text)
        good = (
            read.is_finite()
            and read >= 0
            and not isinstance(value, bool)
            and abs(read.adjusted()) < LONGEST_POWER
        )
    except ArithmeticError:
        good = False
    if not good:
        raise InputError(
            "a value of the bill cannot be used",
            where=where,
            found=text[:40],
            allowed="a number, at least 0",
            repair="give it without a currency, the same one throughout, or leave it out",
        )
    return Fraction(read)


def read_bill(bill: object, *, where: str = "bill") -> Item:
    """
    Read a bill of materials.

    Examples
    --------
    >>> magnet = {"item": "magnet", "value": 10, "content": 0.02}
    >>> read_bill({"item": "car", "value": 30_000, "parts": [magnet]}).total()
    Fraction(1, 50)
    """
    tree = _load(bill, where) if isinstance(bill, (str, Path)) else bill
    count = [0]
    return _item(tree, where, 0, count)


def _load(bill: str | Path, where: str) -> Any:
    """Read JSON from text or from a file."""
    text = str(bill)
    if not text.lstrip().startswith("{"):
        path = Path(text)
        if not path.is_file() or path.stat().st_size > _LARGEST:
            raise _bad(where, "the bill of materials is neither JSON nor a file", text[:80])
        text = path.read_text(encoding="utf-8", errors="replace")
    try:
        return json.loads(text, parse_float=str)
    except (json.JSONDecodeError, RecursionError) as error:
        raise _bad(where, "the bill of materials is not JSON", str(error)[:80]) from error


def _bad(where: str, what: str, found: object) -> InputError:
    """Build the error of a bill."""
    return InputError(
        what,
        where=where,
        found=found,
        allowed=f"items with the keys {', '.join(_KEYS)}",
        repair='write {"item": "car", "value": 30000, "parts": [{"item": "magnet", "value": 10, "content": 0.02}]}',
    )


def _item(tree: Any, where: str, depth: int, count: list[int]) -> Item:
    """Read one item and those inside it."""
    count[0] += 1
    if depth > DEEPEST or count[0] > MOST_ITEMS:
        raise _bad(where, "the bill of materials is too deep or too long", f"{count[0]} items, {depth} deep")
    if not isinstance(tree, dict) or not str(tree.get("item", "")).strip():
        raise _bad(where, "an item of the bill has no name", repr(tree)[:80])
    strange = [str(key) for key in tree if key not in _KEYS]
    if strange:
        raise _bad(where, "an item of the bill has an unknown key", ", ".join(strange)[:80])
    here = f"{where}: {str(tree['item'])[:60]}"
    parts = tree.get("parts") or []
    if not isinstance(parts, list):
        raise _bad(here, "`parts` is not a list", repr(parts)[:80])
    item = Item(
        name=str(tree["item"])[:200],
        value=_optional(tree.get("value"), f"{here}, value"),
        content=_optional(tree.get("content"), f"{here}, content"),
        elements=symbols(tree.get("elements", ""), here),
        form=str(tree.get("form", "")).strip().lower(),
        listed=_flag(tree.get("listed"), f"{here}, listed"),
        technology=_flag(tree.get("technology"), f"{here}, technology"),
        chinese_origin=_flag(tree.get("chinese_origin"), f"{here}, chinese_origin"),
        parts=tuple(_item(part, here, depth + 1, count) for part in parts),
    )
    held = item.total()
    if item.value is not None and held is not None and held > item.value:
        raise _bad(
            here, "listed content is worth more than the item", f"{float(held)} of {float(item.value)}"
        )
    return item


def _optional(value: object, where: str) -> Fraction | None:
    """Read a value that may be unknown."""
    return None if value is None or str(value).strip() == "" else number(value, where)


def _flag(value: object, where: str) -> bool | None:
    """Read a yes or no that may be unknown."""
    if value is None or isinstance(value, bool):
        return value
    raise _bad(where, "not true or false", repr(value)[:40])


def symbols(text: object, where: str) -> tuple[str, ...]:
    """
    Read element symbols.

    Examples
    --------
    >>> symbols("dy, TB", "elements")
    ('Dy', 'Tb')
    """
    words = [str(w) for w in text] if isinstance(text, (list, tuple)) else str(text).replace(",", " ").split()
    read = tuple(word.strip().capitalize() for word in words if word.strip())
    strange = [word for word in read if not (word.isalpha() and len(word) <= SYMBOL)]
    if strange:
        raise _bad(where, "not the symbol of an element", ", ".join(strange)[:80])
    return read
