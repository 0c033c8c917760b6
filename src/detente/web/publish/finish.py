"""Makes the files that were answered stand on their own: relative links, forms in words, one address each."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from detente.web.publish.addresses import between, fragment_of
from detente.web.publish.markup import OWN, page_with, style_with
from detente.web.publish.products import PAGE, SCRIPT

if TYPE_CHECKING:
    import re

    from detente.web.publish.crawl import Kept, Site
    from detente.web.publish.markup import Rewrite, Use

PIN: Final = "pin"
FIELDS: Final = "Fields need a server, and this page is a file: <code>detente serve</code> answers them."


@dataclass(frozen=True)
class Finisher:
    """
    Writes files anew.

    site: What was answered.
    base: Address under which the folder will be served, with a slash behind it; empty for a folder.
    told: First words of every page: what it is and how old.
    """

    site: Site
    base: str
    told: str

    def all(self) -> None:
        """Write every file that has links anew."""
        for address, kept in self.site.kept.items():
            place = self.site.folder / kept.file
            if kept.kind == "text/html":
                place.write_text(self.page(address, kept, _read(place)), encoding="utf-8", newline="")
            elif kept.kind == "image/svg+xml":
                text = page_with(_read(place), self._link(address, kept), "")
                place.write_text(text, encoding="utf-8", newline="")
            elif kept.kind == "text/css":
                text = style_with(_read(place), self._link(address, kept))
                place.write_text(text, encoding="utf-8", newline="")

    def page(self, address: str, kept: Kept, text: str) -> str:
        """Write one page anew."""
        link, pins = self._link(address, kept), []

        def own(each: re.Match[str]) -> str:
            named = html.unescape(each["address"] or "/")
            pin = dict(parse_qsl(urlsplit(named).query)).get(PIN, "")
            pins.append(pin)
            there = kept.file if pin else self.site.file(named, address) or kept.file
            return html.escape(f"{self.base}{there}{f'?{PIN}={pin}' if pin else ''}")

        products = link(PAGE, "page")
        more = f' <a href="{products}">Products</a>.' if products else ""
        words = f'<p class="note">{FIELDS}{more}</p>'
        text = OWN.sub(own, page_with(text, link, words))
        pin = next(filter(None, pins), "")
        head = [f'<meta name="detente-pin" content="{html.escape(pin)}">'] if pin else []
        if self.base:
            head.append(f'<link rel="canonical" href="{html.escape(self.base + kept.file)}">')
        if script := link(SCRIPT, "resource"):
            head.append(f'<script defer src="{script}"></script>')
        text = text.replace("</head>", "\n".join([*head, "</head>"]), 1)
        return _after_main(text, f'<p class="note">{self.told}{more}</p>')

    def _link(self, address: str, kept: Kept) -> Rewrite:
        """How a file writes its links."""

        def link(value: str, use: Use) -> str | None:
            parts = urlsplit(value)
            if use == "page" and parts.scheme in {"https", "http"} and self.site.file(value, address) is None:
                return value
            there = self.site.file(value, address)
            return None if there is None else between(kept.file, there) + fragment_of(value)

        return link


def _after_main(text: str, words: str) -> str:
    """Words put first in the main part of a page."""
    before, mark, rest = text.partition("<main")
    inside, end, after = rest.partition(">")
    return f"{before}{mark}{inside}{end}\n{words}{after}" if mark else text


def _read(place: object) -> str:
    """A file as it is, its line ends kept."""
    with open(place, encoding="utf-8", newline="") as file:  # type: ignore[call-overload]  # noqa: PTH123  (keeps line ends)
        return str(file.read())
