"""A second process that works product pages out while the first solves the study."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Final

from detente.web.publish.addresses import address_of
from detente.web.publish.asking import Asker, make_app
from detente.web.publish.markup import links_in_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from detente.web.publish.asking import Answer

LAW_ALONE: Final = ("/product", "/ledger", "/api/v1/duty", "/api/v1/ledger")
"""Addresses that rest on the law alone, so that a process without the study answers them the same."""
PARTS: Final = ("/product/", "/api/v1/duty")
"""What a product page is drawn with and leads to."""
_own: list[Asker] = []


class Asking:
    """
    Asks an application in this process, and hands product pages to others where there are some.

    asker: Of this process.
    overlays: Ledger files or folders laid over the built-in ledger, for the others.
    others: How many processes beside this one.
    """

    def __init__(self, asker: Asker, *, overlays: tuple[Path, ...] = (), others: int = 0) -> None:
        self.asker = asker
        self._ready: dict[str, Answer] = {}
        self._begun: dict[str, Future[list[tuple[str, Answer]]]] = {}
        self._pool: ProcessPoolExecutor | None = None
        if others:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(others, context, initializer=_begin, initargs=(overlays,))

    def ahead(self, addresses: Iterable[str]) -> None:
        """Begin to work out pages that rest on the law alone, with what they are drawn with."""
        if self._pool is not None:
            self._begun |= {each: self._pool.submit(_with_parts, each) for each in addresses}

    def ask(self, addresses: Iterable[str]) -> Iterator[tuple[str, Answer]]:
        """
        Answer addresses, in the order in which their answers are there.

        The other processes work from the first address on and this one from the last, so that none waits for another;
        what is still being worked out is asked for again at the end.
        """
        later, known = [], list(addresses)
        new = (each for each in known if each not in self._ready and each not in self._begun)
        self.ahead([each for each in new if each.startswith(LAW_ALONE)])
        for address in reversed(known):
            found = self._there(address)
            if found is None or found.waits:
                later.append(address)
            else:
                yield address, found
        for address in reversed(later):
            begun = self._begun.pop(address, None)
            if begun is None:
                yield address, self.asker.ask(address)
                continue
            self._ready |= dict(begun.result())
            yield address, self._ready.pop(address)

    def _there(self, address: str) -> Answer | None:
        """The answer of another process that has it, else of this one; None while another process is at it."""
        begun = self._begun.get(address)
        if begun is not None:
            if not begun.done() and not begun.cancel():
                return None
            del self._begun[address]
            self._ready |= {} if begun.cancelled() else dict(begun.result())
        found = self._ready.pop(address, None)
        return found if found is not None else self.asker.ask(address, patience=0)

    def close(self) -> None:
        """End the other processes, and the asking in this one."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        self.asker.close()


def others() -> int:
    """Count the processes that can work beside this one."""
    return max(0, min(4, (os.cpu_count() or 1)) - 1)


def _begin(overlays: tuple[Path, ...]) -> None:
    """Make the application of another process."""
    _own.append(Asker(make_app(overlays)))


def _with_parts(address: str) -> list[tuple[str, Answer]]:
    """A page of another process, and the parts of it that rest on the law alone."""
    asker = _own[0]
    page = asker.ask(address)
    found = links_in_page(page.body.decode()) if page.kind == "text/html" else ()
    links = (address_of(link, address) for link, _ in found)
    parts = dict.fromkeys(link for link in links if link and link.startswith(PARTS) and link != address)
    return [(address, page), *((part, asker.ask(part)) for part in parts)]
