"""Answers kept in bounded memory; one that many ask for at once is worked out once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")


class Shelf:
    """
    Values by key, the longest unused ones dropped when they grow beyond a number of bytes.

    most: Bytes kept.

    Examples
    --------
    >>> shelf = Shelf(100)
    >>> shelf.once("a", lambda: b"one", len), shelf.once("a", lambda: b"two", len)
    (b'one', b'one')
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable) -> Any:
        """Look a value up. Gives None when it is not kept."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Keep a value; one that is larger than a quarter of the shelf is not kept."""
        if 4 * size > self.most:
            return
        with self._lock:
            self.held -= self._kept.pop(key, (None, 0))[1]
            self._kept[key] = (value, size)
            self.held += size
            while self.held > self.most:
                self.held -= self._kept.popitem(last=False)[1][1]

    def once(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """Give a value, made once however many threads ask for it."""
        found: T | None = self.get(key)
        if found is not None:
            return found
        with self._lock:
            lock = self._making.setdefault(key, threading.Lock())
        with lock:
            found = self.get(key)
            if found is None:
                try:
                    found = make()
                    self.put(key, found, size(found))
                finally:
                    with self._lock:
                        self._making.pop(key, None)
        return found
