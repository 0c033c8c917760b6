"""Permalinks: an address that says with which ledger, world and study its numbers were made."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import detente
from detente.manifest import data_hash

if TYPE_CHECKING:
    from detente.ledger import Ledger

SHORT = 16
PIN = re.compile(
    r"(?P<code>[0-9a-z.+]{1,24})~(?P<day>\d{4}-\d{2}-\d{2})~(?P<ledger>[0-9a-f]{16})"
    r"~(?P<world>[0-9a-f]{16}|)~(?P<study>[0-9a-f]{16}|)(?:~(?P<data>[0-9a-f]{16}))?"
)


@dataclass(frozen=True)
class Pin:
    """
    What an address was made with.

    code: Version of the package.
    day: Last day the ledger's sources covered.
    ledger, world, study: First digits of the hashes; empty where a page rests on none.
    data: First digits of the hash of the package's data that a solved number can rest on; empty in older addresses.
    """

    code: str
    day: str
    ledger: str
    world: str = ""
    study: str = ""
    data: str = ""

    def __str__(self) -> str:
        """The pin as it stands in an address."""
        data = f"~{self.data}" if self.data else ""
        return f"{self.code}~{self.day}~{self.ledger}~{self.world}~{self.study}{data}"

    @property
    def install(self) -> str:
        """The command that installs the version it was made with."""
        return f'pip install "detente[web]=={self.code}"'


def pin_of(ledger: Ledger, *, world: str = "", study: str = "") -> Pin:
    """Make the pin of this server's facts."""
    day = ledger.horizon.isoformat()
    data = data_hash(solved=True)[:SHORT]
    return Pin(detente.__version__, day, ledger.hash[:SHORT], world[:SHORT], study[:SHORT], data)


def read_pin(text: str) -> Pin | None:
    """
    Read the pin of an address. Gives None when it is none.

    Examples
    --------
    >>> read_pin("0.1.0~2026-10-08~0123456789abcdef~~").day
    '2026-10-08'
    """
    found = PIN.fullmatch(text)
    if found is None:
        return None
    try:
        dt.date.fromisoformat(found["day"])
    except ValueError:
        return None
    return Pin(**{name: text or "" for name, text in found.groupdict().items()})


def differences(pin: Pin, here: Pin) -> tuple[str, ...]:
    """
    Say what has changed since an address was made.

    Gives one sentence a difference; empty when the numbers are the same.
    """
    found = []
    if pin.ledger != here.ledger:
        found.append(f"ledger {pin.day}+{pin.ledger[:8]} then, {here.day}+{here.ledger[:8]} here")
    if pin.world and pin.world != here.world:
        found.append(f"world {pin.world[:8]} then, {here.world[:8] or 'not loaded yet'} here")
    if pin.study and pin.study != here.study:
        found.append(f"study {pin.study[:8]} then, {here.study[:8]} here")
    if pin.data and pin.data != here.data:
        found.append(f"data {pin.data[:8]} then, {here.data[:8]} here")
    if pin.code != here.code:
        found.append(f"détente {pin.code} then, {here.code} here")
    return tuple(found)


def others(pin: Pin, here: Pin) -> tuple[str, ...]:
    """
    Name what an address rests on that this server does not have and cannot work out again.

    Gives of ``world``, ``study`` and ``data``, those that are not the same; a page that has not loaded them yet names
    none.
    """
    pairs = {
        "world": (pin.world, here.world),
        "study": (pin.study, here.study),
        "data": (pin.data, here.data),
    }
    return tuple(name for name, (then, now) in pairs.items() if then and now and then != now)
