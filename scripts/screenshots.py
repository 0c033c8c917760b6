"""Take the screenshots of the guide, and with ``--look FOLDER`` every page at three widths, light and dark, to look at."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

OUT = Path("docs/screenshots")
PAGES = {
    "now": "/",
    "economy": "/economy/VNM",
    "compare": "/compare",
    "moved": "/compare?scenario=truce&enact=us.threat.cn100#move",
    "product": "/product?code=7326.90.86.88&from=CHN&to=USA&on=2026-09-18&value=14172",
    "strategy": "/strategy",
    "bargain": "/strategy/bargain",
    "hedge": "/strategy/hedge",
    "port-fee": "/parties/port-fee?port_of=USA&net_tons=85000&containers=9000&built=CHN&on=2025-10-20",
    "licence": "/parties/licence?kind=rare-earth&from=JPN&to=USA&elements=Dy&content_share=0.002&on=2025-12-15",
    "ledger": "/ledger",
    "measure": "/ledger/measure?id=us.ieepa.fentanyl.cn",
}
WIDTHS = {1280: 1500, 390: 1700}
COLOURS = 48
# Pages to look at beside those of the guide.
MORE = {
    "pair": "/?a=USA&b=VNM",
    "board": "/board",
    "countries": "/economy",
    "contrast": "/compare?scenario=escalation&against=no-deal",
    "search": "/product?words=toys",
    "toys": "/product?code=9503.00.00.73&from=CHN&to=USA",
    "deals": "/strategy/deals",
    "tariffs": "/strategy/tariffs",
    "reliance": "/strategy/reliance",
    "rivalry": "/strategy/rivalry",
    "path": "/strategy/path",
    "parties": "/parties",
    "screen": "/parties/screen",
    "purchases": "/parties/purchases",
    "entry": "/entry",
    "changes": "/ledger/changes?on=2025-11-10",
    "assumptions": "/ledger/assumptions",
    "about": "/about",
    "refusal": "/product?code=99.99&from=CHN&to=USA",
}
LOOKED_AT = (1440, 1024, 390)
# Milliseconds that a page may take that is worked out when it is asked for.
PATIENCE = 300_000
# Longest picture of a page to look at, pixels.
LONGEST = 9_000


def settle(page: Page, address: str) -> None:
    """
    Open a page and wait until its charts are drawn and it no longer loads itself again.

    Parameters
    ----------
    page
        Of the browser.
    address
        In full.
    """
    for _ in range(200):
        try:
            page.goto(address)
        except PlaywrightError:
            # A page that loads itself again may cut a visit short.
            page.wait_for_timeout(2000)
            continue
        if "loads itself again" not in page.locator("main").inner_text():
            break
        page.wait_for_timeout(2000)
    page.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager' })")
    page.wait_for_function("() => [...document.images].every(image => image.complete)")
    page.wait_for_timeout(300)


def look(browser: Browser, base: str, folder: Path) -> None:
    """
    Take every page whole, at three widths, light and dark.

    Parameters
    ----------
    browser
        That takes them.
    base
        Address of the server.
    folder
        Where they go.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        for width in LOOKED_AT:
            page = browser.new_page(
                viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
            )
            page.set_default_timeout(PATIENCE)
            for name, address in {**PAGES, **MORE}.items():
                settle(page, base + address)
                size = page.evaluate("document.documentElement.scrollHeight")
                clip = {"x": 0, "y": 0, "width": width, "height": min(size, LONGEST)}
                page.screenshot(path=str(folder / f"{name}-{width}-{scheme}.png"), full_page=True, clip=clip)
            page.close()


def main() -> int:
    """
    Take them all.

    Returns
    -------
    int
        0.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", nargs="?", default="http://127.0.0.1:8737")
    parser.add_argument("--full", type=Path, help="folder for whole pages, to look at")
    parser.add_argument("--look", type=Path, help="only this: folder for every page, to look at")
    given = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    smaller = shutil.which("pngquant")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        if given.look:
            look(browser, given.base, given.look)
            return 0
        for width, height in WIDTHS.items():
            page = browser.new_page(viewport={"width": width, "height": height}, bypass_csp=True)
            for name, address in PAGES.items():
                settle(page, given.base + address)
                path = OUT / f"{name}-{width}.png"
                page.screenshot(path=str(path))
                if smaller:
                    subprocess.run(  # noqa: S603  (a program of this machine, on a file just made)
                        [smaller, "--force", "--output", str(path), str(COLOURS), str(path)], check=True
                    )
                if given.full:
                    page.screenshot(path=str(given.full / f"{name}-{width}.png"), full_page=True)
                print(path, path.stat().st_size)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
