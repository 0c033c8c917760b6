"""What a new user comes for, done in a browser from the first page, with the clicks counted; docs/tasks.md says how many."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from browser.conftest import Watched
from browser.test_pages import settled
from web.publish.test_publish import BASE, written

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.nightly]

GUIDE = Path(__file__).parents[2] / "docs" / "tasks.md"
# More than these, and a page is to be mended.
MOST = 3


class Hand:
    """A reader's hand: it clicks, and it types words that a person knows."""

    def __init__(self, watched):
        self.watched, self.page, self.clicks, self.typed = watched, watched.page, 0, []

    def click(self, locator):
        """Click, and wait until what it leads to is there."""
        locator.click()
        self.clicks += 1
        self.page.wait_for_load_state("networkidle")
        for _ in range(80):
            if "loads itself again" not in self.page.locator("main").inner_text():
                return
            self.page.wait_for_timeout(1500)
        pytest.fail(f"{self.page.url} was not worked out")

    def type(self, locator, text):
        """Fill a field in."""
        locator.fill(text)
        self.typed.append(text)

    def link(self, name, *, exact=False):
        """A link by its words."""
        return self.page.get_by_role("link", name=name, exact=exact).first

    def button(self, name):
        """A button by its words."""
        return self.page.get_by_role("button", name=name, exact=True).first


def toys(hand):
    """The tariff on toys, today and on 27 October 2025."""
    hand.click(hand.link("toys", exact=True))
    hand.click(hand.page.locator("ol.hits a").first)
    assert re.search(r"\d\s%", hand.page.locator("h1").inner_text())
    hand.type(hand.page.locator('input[name="on"]'), "2025-10-27")
    hand.click(hand.button("Find"))
    assert "27 October 2025" in hand.page.locator(".stand").first.inner_text()
    assert re.search(r"\d\s%", hand.page.locator("h1").inner_text())


def truce(hand):
    """Who gains most from the truce, as a chart with its source."""
    hand.click(hand.link("Map, industries and every economy"))
    assert re.search(r"of 81 economies gain", hand.page.locator("h1").inner_text())
    drawn = hand.page.locator('a[href*="/compare/chart/income.svg"]').first.get_attribute("href")
    svg = hand.page.request.get(hand.watched.base + drawn).text()
    assert "Source: " in svg
    assert "United States" in svg


def lapses(hand):
    """What lapses next."""
    first = hand.page.locator("ol.dates li").first.inner_text()
    assert re.search(r"in \d+ days?", first)


def vessel(hand):
    """The fee of a Chinese-built ship that calls in Long Beach."""
    hand.click(hand.link("Ships and parties"))
    hand.click(hand.link("The fee for a port call"))
    hand.type(hand.page.locator('input[name="net_tons"]'), "85000")
    hand.type(hand.page.locator('input[name="built"]'), "China")
    hand.click(hand.button("Work it out"))
    assert hand.page.locator(".key").count() == 1
    assert "suspended" in hand.page.locator(".stand").first.inner_text()


def firm(hand):
    """Whether a firm is restricted."""
    hand.click(hand.link("Ships and parties"))
    hand.click(hand.link("A name on a list"))
    hand.type(hand.page.locator('input[name="name"]'), "Huawei Technologies")
    hand.click(hand.button("Screen"))
    assert "Huawei" in hand.page.locator("main table").first.inner_text()


def germany(hand):
    """How exposed Germany is."""
    hand.type(hand.page.locator('input[name="of"]'), "Germany")
    hand.click(hand.button("Show the country"))
    assert "Germany" in hand.page.locator("h1").inner_text()
    assert hand.page.locator("#inputs").count() == 1


def vietnam(hand):
    """What an extra 100 % on Vietnam would do."""
    form = hand.page.get_by_role("form", name="Points on top of the law")
    hand.type(form.locator('input[name="exporter"]'), "Vietnam")
    hand.click(form.get_by_role("button", name="Solve"))
    assert re.search(r"Vietnam loses \d\.\d\d\s% of its real income", hand.page.locator("h1").inner_text())


TASKS = {
    "the tariff on toys, today and on 27 October 2025": toys,
    "who gains most from the truce, as a chart with its source": truce,
    "what lapses next": lapses,
    "the fee of a Chinese-built ship in Long Beach": vessel,
    "whether a firm is restricted": firm,
    "how exposed Germany is": germany,
    "what an extra 100 % on Vietnam would do": vietnam,
}
PUBLISHED = "a link that gives the same answer next year"


def told():
    """Clicks by task, as the guide says."""
    rows = re.findall(r"^\| (.+?) \| (\d+) \| .*\|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    return {what: int(clicks) for what, clicks in rows}


def test_the_guide_tells_of_every_task():
    assert set(told()) == {*TASKS, PUBLISHED}
    assert max(told().values()) <= MOST


@pytest.mark.parametrize("task", TASKS)
def test_a_task_takes_as_many_clicks_as_the_guide_says(browser, server, task):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
    watched = Watched(context.new_page(), server)
    settled(watched, "/")
    hand = Hand(watched)
    TASKS[task](hand)
    assert hand.clicks == told()[task] <= MOST
    # Nobody has to know an id: what is typed is a day, a number, or a name.
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d|\d+|[A-Z][a-z]+( [A-Z][a-z]+)?", text) for text in hand.typed)
    context.close()


def test_a_published_page_has_a_link_that_stays(browser, tmp_path):
    """Opened from a folder: products, one of them, and the button that copies its permanent address."""
    written(tmp_path, BASE)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto((tmp_path / "about.html").as_uri())
    page.get_by_role("link", name="Products", exact=True).first.click()
    page.locator('main a[href*="product/"]').first.click()
    page.wait_for_selector("#take-link")
    link = page.locator("#take-link").inner_text()
    page.locator('button[data-copy="take-link"]').click()
    assert told()[PUBLISHED] == 3
    name, _, pin = link.removeprefix(BASE).partition("?pin=")
    assert pin
    assert (tmp_path / name).is_file()
    assert Path(page.url.removeprefix("file://")).name == Path(name).name
    context.close()
