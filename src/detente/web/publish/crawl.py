"""Asks for pages and for whatever they link to, and keeps what is answered as files."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from detente.web.publish.addresses import address_of, file_of
from detente.web.publish.asking import OK
from detente.web.publish.markup import links_in_page, links_in_style, written_out

if TYPE_CHECKING:
    from pathlib import Path

    from detente.web.publish.asking import Answer

MARKED: Final = ("text/html", "image/svg+xml")
SERVED: Final = ("/login", "/compare/answer", "/api/v1/what-if", "/product/history.csv")
JSON: Final = "application/json"
_TOOK: Final = re.compile(rb'("seconds": ?)[0-9.e+-]+')
SCRIPTS: Final = ("text/javascript", "application/javascript")
ASKS_SERVER: Final = b"fetch("
"""In a script that asks a server, and so has no use among files."""
EVERY: Final = 100
"""Addresses between two lines of progress."""
Ask = Callable[[Iterable[str]], Iterable["tuple[str, Answer]"]]


@dataclass(frozen=True)
class Kept:
    """
    One file of the site.

    file, kind: Its name below the folder, and its content type.
    """

    file: str
    kind: str


@dataclass
class Site:
    """
    What was answered, and what was not.

    folder: Where the files are.
    kept: Files by address.
    refused: Addresses that answered with another status, with it.
    same: Gives an address that says the same as another, or None.
    """

    folder: Path
    same: Callable[[str], str | None] = lambda _address: None
    kept: dict[str, Kept] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)

    def keep(self, address: str, answer: Answer) -> None:
        """Write an answer to its file, as it was answered; but how long a solve took, which is another number each time."""
        if answer.status != OK or answer.waits:
            self.refused[address] = answer.status
            return
        if answer.kind in SCRIPTS and ASKS_SERVER in answer.body:
            return
        found = Kept(file_of(address, answer.kind), answer.kind)
        place = self.folder / found.file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_TOOK.sub(rb"\g<1>0.0", answer.body) if answer.kind == JSON else answer.body)
        self.kept[address] = found

    def file(self, link: str, page: str) -> str | None:
        """Give the file a link of a page leads to; None where there is none."""
        address = address_of(link, page)
        if address is None:
            return None
        kept = self.kept.get(address) or self.kept.get(self.same(address) or "")
        return kept.file if kept else None


def crawl(
    site: Site,
    ask: Ask,
    seeds: Iterable[str],
    follow: Callable[[str], bool],
    say: Callable[[str], None],
    *,
    late: tuple[str, ...] = (),
) -> None:
    """
    Ask for addresses and for whatever they link to, until nothing is new.

    seeds: Addresses to begin with.
    follow: Whether a page that is linked to is asked for; what a page is drawn with always is.
    late: How addresses begin that are asked for when no other is left: they may have to be waited for.
    """
    known = dict.fromkeys(seeds)
    waiting, last = deque(known), deque[str]()
    done = 0
    while waiting or last:
        if not waiting:
            waiting, last = last, waiting
        batch = [waiting.popleft() for _ in range(min(EVERY, len(waiting)))]
        for address, answer in ask(batch):
            site.keep(address, answer)
            for link in _linked(address, answer, follow):
                if link not in known:
                    known[link] = None
                    (last if link.startswith(late) else waiting).append(link)
        done += len(batch)
        say(f"{done} of {len(known)} addresses")


def _linked(address: str, answer: Answer, follow: Callable[[str], bool]) -> Iterable[str]:
    """Addresses that an answer leads to and that are to be asked for."""
    if answer.status != OK:
        return
    if answer.kind in MARKED:
        text = answer.body.decode()
        links = [*links_in_page(text), *((link, "page") for link in written_out(text))]
    elif answer.kind == "text/css":
        links = [(link, "resource") for link in links_in_style(answer.body.decode())]
    else:
        return
    for link, use in links:
        found = address_of(link, address)
        if found is not None and (use == "resource" or follow(found)):
            yield found
