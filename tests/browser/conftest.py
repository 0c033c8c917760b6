"""A real server in a process of its own, and Debian's Chromium, whose every request is watched."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import Error as PlaywrightError

AXE = Path(__file__).parent / "assets" / "axe.min.js"
# Seconds until the first answer, generous for a busy machine; until the main study is solved.
STARTED, SOLVED = 60, 240


def chromium():
    """Path of the browser, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items):
    """Leave these tests out where there is no browser, but never in the checks."""
    here = Path(__file__).parent
    missing = chromium() is None and os.environ.get("CI") != "true"
    for item in items:
        if here in Path(item.path).parents and missing:
            item.add_marker(pytest.mark.skip(reason="no chromium on this machine: apt-get install chromium"))


def free_port():
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="session")
def server():
    """Address of a server whose main study is solved."""
    port = free_port()
    code = f"import sys; from detente.cli.serve import serve; sys.exit(serve(port={port}))"
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment)
    base = f"http://127.0.0.1:{port}"
    try:
        _until(lambda: httpx2.get(f"{base}/about", timeout=5).status_code == 200, STARTED)
        _until(lambda: "refresh" not in httpx2.get(f"{base}/compare", timeout=30).headers, SOLVED)
        yield base
    finally:
        process.terminate()
        process.wait(10)


def _until(true, seconds):
    """Wait until something holds."""
    latest = time.monotonic() + seconds
    while time.monotonic() < latest:
        try:
            if true():
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.3)
    pytest.fail(f"not after {seconds} s")


@pytest.fixture(scope="session")
def browser():
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only where there is a browser)

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield found
        found.close()


class Watched:
    """A page, with what it asked for and what it complained of."""

    def __init__(self, page, base):
        self.page, self.base = page, base
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.set_default_timeout(30_000)

    def open(self, path):
        """Go to a page of the server."""
        # A page that waits for a solve loads itself again, which may cut a first visit short.
        for left in (2, 1, 0):
            try:
                self.page.goto(self.base + path)
                break
            except PlaywrightError:
                if left == 0:
                    raise
                self.page.wait_for_timeout(3000)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def check(self):
        """Nothing went outside, nothing was refused by the policy or failed."""
        outside = [url for url in self.asked if urlsplit(url).netloc != urlsplit(self.base).netloc]
        assert outside == []
        assert self.complaints == []

    def axe(self):
        """Serious and critical findings of axe-core."""
        # The page's own policy would refuse a script that is put into it; the debugging protocol is outside of it.
        self.page.evaluate(AXE.read_text(encoding="utf-8") + "; 0")
        found = self.page.evaluate(
            "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
        )
        return [
            f"{item['id']}: {item['nodes'][0]['html'][:160]}"
            for item in found
            if item["impact"] in {"serious", "critical"}
        ]


@pytest.fixture(params=[1280, 390], ids=["wide", "narrow"])
def watched(request, browser, server):
    """A page of one of two widths, offline but for the server."""
    context = browser.new_context(viewport={"width": request.param, "height": 900}, service_workers="block")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server)
    yield Watched(context.new_page(), server)
    context.close()
