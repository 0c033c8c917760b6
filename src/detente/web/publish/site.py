"""The whole site: what it begins with, what belongs to it, and what is written beside its pages."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import detente
from detente.asof import today_at
from detente.errors import InputError
from detente.formatting import day
from detente.web.permalinks import pin_of
from detente.web.publish.asking import Asker, make_app
from detente.web.publish.crawl import SERVED, Site, crawl
from detente.web.publish.finish import Finisher
from detente.web.publish.folder import MARK, require_own, whole
from detente.web.publish.plays import late, played_elsewhere
from detente.web.publish.products import (
    PAGE,
    PRODUCT,
    SCRIPT,
    add_products,
    products_of,
    same_product,
    seeds_of,
)
from detente.web.publish.workers import Asking, others

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from detente.web.state import State

PRODUCTS: Final = 200
ECONOMY: Final = "/economy/"
LONGEST_BASE: Final = 200


def publish(
    folder: Path,
    *,
    base_url: str = "",
    products: int = PRODUCTS,
    overlays: tuple[Path, ...] = (),
    say: Callable[[str], None] = lambda _text: None,
) -> dict[str, Any]:
    """
    Write the site as files.

    folder: A name that is not taken, an empty folder, or one that an earlier run wrote; it is written whole or not at all.
    base_url: Address under which it will be served; without one pages have no canonical address, and there is no sitemap.
    products: How many of the largest products have pages, in both directions.

    Gives folder, files, bytes, pages, refused.
    """
    require_own(folder)
    base = read_base(base_url)
    app = make_app(overlays)
    state: State = app.state.detente
    rows = products_of(state, products)
    add_products(app, rows)
    seeds = seeds_of(rows)
    asking = Asking(Asker(app), overlays=overlays, others=others() if len(seeds) > 1 else 0)
    try:
        asking.ahead(seeds)
        solve(state, say)
        with whole(folder) as draft, played_elsewhere(state):
            site = Site(
                draft, same_product(seeds, {today_at(side).isoformat() for side in state.study.spec.pairs[0]})
            )
            first = ["/", SCRIPT, *economies_of(app), PAGE, f"{PAGE}.json", *seeds]
            own = frozenset(first)
            crawl(
                site, asking.ask, first, lambda address: address in own or followed(address), say, late=late()
            )
            say("links made relative")
            Finisher(site, base, told(state)).all()
            found = _beside(site, base, state)
    finally:
        asking.close()
        state.close()
    return {"folder": str(folder), **found}


def read_base(text: str) -> str:
    """
    Read the address of a site, with a slash behind it.

    Examples
    --------
    >>> read_base("https://example.org/tariffs"), read_base("")
    ('https://example.org/tariffs/', '')
    """
    parts = urlsplit(text.strip())
    plain = parts.scheme in {"http", "https"} and parts.hostname and not (parts.query or parts.fragment)
    if text and (not plain or len(text) > LONGEST_BASE or any(letter in text for letter in " \"'<>\\")):
        raise InputError(
            "not the address of a site",
            where="--base-url",
            found=text[:LONGEST_BASE],
            allowed="an address that begins with https:// or http://, without a query",
            repair="write for instance --base-url https://example.org/tariffs/",
        )
    return f"{text.strip().rstrip('/')}/" if text else ""


def followed(address: str) -> bool:
    """
    Tell whether a page that is linked to is asked for; of products those that the site begins with are.

    Examples
    --------
    >>> followed("/ledger"), followed("/compare/answer?scenario=truce"), followed("/product?code=22")
    (True, False, False)
    """
    return not address.startswith((*SERVED, PRODUCT))


def solve(state: State, say: Callable[[str], None]) -> None:
    """Solve the main study whole, as a server does in the background."""
    say("the main study")
    state.study.work()
    if state.study.stage == "failed":
        raise state.study.failure()


def economies_of(app: Any) -> list[str]:
    """Addresses of the pages of economies, where the application has such pages."""
    run = app.state.detente.study.scenarios
    has = any(getattr(route, "path", "").startswith(ECONOMY) for route in app.routes)
    return [f"{ECONOMY}{code}" for code in run.world.economies] if has and run else []


def told(state: State) -> str:
    """Say in words what the files are, and how old."""
    read = html.escape(day(state.ledger.horizon))
    return f"Published as files by détente {detente.__version__}, with the law as its sources cover it to {read}."


def _beside(site: Site, base: str, state: State) -> dict[str, Any]:
    """Write the site map and the mark of the folder; what a reader of the command is told."""
    pages = sorted(kept.file for kept in site.kept.values() if kept.kind == "text/html")
    if base:
        lines = [f"<url><loc>{html.escape(base + page)}</loc></url>" for page in pages]
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        (site.folder / "sitemap.xml").write_text("\n".join([head, *lines, "</urlset>", ""]), encoding="utf-8")
    mark = {
        "program": "detente",
        "pin": str(pin_of(state.ledger, study=state.study.spec.hash)),
        "base_url": base,
        "pages": len(pages),
        "refused": dict(sorted(site.refused.items())),
    }
    (site.folder / MARK).write_text(json.dumps(mark, indent=1) + "\n", encoding="utf-8")
    sizes = [path.stat().st_size for path in site.folder.rglob("*") if path.is_file()]
    return {"files": len(sizes), "bytes": sum(sizes), "pages": len(pages), "refused": len(site.refused)}
