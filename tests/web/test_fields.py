"""Every field of every form bears on the whole page: two unlike inputs give two pages, two links, two commands."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from detente.queries.page.what_if import WhatIf
from detente.queries.question import question_of

# A page of each form with its first input, and where its numbers come from a solve.
PAGES = {
    "/": {"a": "DEU", "b": "FRA", "on": "2025-10-27"},
    "/product": {
        "words": "7326.90.86.88", "code": "7326.90.86.88", "from": "CHN", "to": "USA", "on": "2026-03-18",
        "value": "1000", "quantity": "10 kg",
    },
    "/ledger": {"on": "2025-10-27"},
    "/ledger/measure": {"id": "us.ieepa.fentanyl.cn", "on": "2025-11-10"},
    "/ledger/changes": {"first": "2025-11-09", "second": "2025-11-11"},
    "/parties/port-fee": {"port_of": "USA", "net_tons": "85000", "containers": "9000", "built": "CHN", "on": "2025-10-20"},
    "/parties/licence": {"kind": "rare-earth", "from": "JPN", "to": "USA", "elements": "Dy", "on": "2025-12-15"},
    "/parties/purchases": {"id": "cn.buy.soy2026_28", "on": "2026-06-30"},
    "/parties/screen": {"name": "Huawei", "on": "2025-10-20"},
}  # fmt: skip
# A second input of a field that is typed; of a list every other choice is taken.
TYPED = {
    "a": "VNM", "b": "USA", "on": "2025-02-20", "known": "2025-02-15", "words": "steel", "first": "2025-10-01",
    "second": "2026-01-01", "net_tons": "42000", "from": "VNM", "to": "CHN", "value": "2000", "quantity": "20 kg",
    "name": "A bakery", "id": "us.s122",
}  # fmt: skip
# Fields without which there is nothing to show, and what the form of a product stands for by its code.
LEFT = {("/product", "words"), ("/product", "stated"), ("/product", "answer"), ("/parties/screen", "owners")}


class Forms(HTMLParser):
    """Fields of the forms of a page with the choices of those that have them."""

    def __init__(self):
        super().__init__()
        self.fields, self.shown, self.select, self.value = {}, {}, None, None
        self.chosen = False

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in {"input", "textarea"} and given.get("name") and given.get("type") != "hidden":
            self.fields.setdefault(given["name"], [])
        if tag == "select":
            self.select = given.get("name")
            self.fields.setdefault(self.select, [])
        if tag == "option" and self.select:
            self.value, self.chosen = given.get("value"), "selected" in given
            if self.value is not None:
                self.take(self.value)

    def handle_data(self, data):
        if self.select and self.value is None and data.strip():
            self.take(data.strip())
        self.value = ""

    def take(self, value):
        self.fields[self.select].append(value)
        if self.chosen or self.select not in self.shown:
            self.shown[self.select] = value

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None


def forms(text):
    found = Forms()
    found.feed(text)
    return found


def taken(text):
    """Permalink, command, Python and JSON address of a page."""
    ids = {"link": "take-link", "command": "take-command", "python": "take-python"}
    found = {}
    for name, mark in ids.items():
        hit = re.search(rf'id="{mark}"[^>]*>(.*?)</(?:code|pre)>', text, re.DOTALL)
        found[name] = unescape(hit[1]) if hit else ""
    hit = re.search(r'<dt>As data</dt><dd><a href="([^"]*)">JSON', text)
    return found | {"json": unescape(hit[1]) if hit else ""}


def body(text):
    """What a page answers: all of it but its forms, which repeat the fields, and what is taken away."""
    main = text.split('<main id="main"')[1].split('<section class="take"')[0]
    return re.sub(r"<form.*?</form>", "", main, flags=re.DOTALL)


def fields_of(page, text):
    found = forms(text)
    return {
        name: [value for value in choices if value and value != found.shown.get(name)]
        for name, choices in found.fields.items()
        if name not in {"pin", "size"} and (page, name) not in LEFT and (choices or name in TYPED)
    }


@pytest.fixture(params=PAGES)
def page(request):
    return request.param


def test_each_field_bears_on_the_page_its_link_and_its_command(client, page):
    first = client.get(page, params=PAGES[page])
    assert first.status_code == 200
    silent = []
    for name, choices in fields_of(page, first.text).items():
        before = PAGES[page].get(name, "")
        others = [value for value in choices or [TYPED[name]] if value != before]
        answers = [client.get(page, params=PAGES[page] | {name: value}) for value in others[:12]]
        ok = [
            (value, each.text)
            for value, each in zip(others, answers, strict=False)
            if each.status_code == 200
        ]
        assert ok, (page, name, others)
        moved = [value for value, text in ok if body(text) != body(first.text)]
        if not moved:
            silent.append((name, "page"))
        for value, text in ok:
            here, there = taken(first.text), taken(text)
            asked = dict(parse_qsl(urlsplit(there["link"]).query))
            facts = [v for k, v in parse_qsl(urlsplit(there["link"]).query) if k == "fact"]
            if asked.get(name) != value and f"{name}={value}" not in facts:
                silent.append((name, f"permalink lacks {name}={value}"))
            same = [way for way in ("command", "python", "json") if here[way] == there[way]]
            silent.extend((name, f"{way} is the same for {value}") for way in same)
    assert silent == []


def test_each_field_of_a_page_stands_in_its_permalink(client, page):
    # Every field of the question is pinned, those left as the page offers them too: defaults may move.
    link = taken(client.get(page).text)["link"]
    again = client.get(link)
    assert again.status_code == client.get(page).status_code
    assert taken(again.text)["link"] == link


PINNED = {
    "what_if": {"scenario"},
    "payoffs": {"goal"},
    "reliance": {"a", "b", "at"},
    "play_nash": {"player", "by", "under", "goal"},
    "play_bargain": {"player", "threat", "by"},
    "hedge": {"bloc", "under"},
    "path": {"years"},
    "play_rivalry": {"player"},
}


@pytest.mark.parametrize("name", PINNED)
def test_a_permalink_of_what_is_solved_holds_every_field(name):
    """What a reader left as the page offers it stands in the link too; only empty choices are left out."""
    asked = WhatIf() if name == "what_if" else question_of(name).ask()
    assert PINNED[name] <= {key for key, _ in parse_qsl(asked.permanent())}


@pytest.mark.slow
def test_a_permalink_of_the_comparison_holds_scenario_and_outcome(solved):
    link = taken(solved.get("/compare", params={"scenario": "truce"}).text)["link"]
    assert {"scenario", "outcome"} <= {key for key, _ in parse_qsl(urlsplit(link).query)}


def test_the_first_page_of_another_pair_is_about_that_pair(client):
    page = client.get("/", params={"a": "DEU", "b": "FRA", "on": "2026-03-18"}).text
    assert "Kuala Lumpur" not in body(page)
    assert "instruments of the story" not in page
    assert taken(page)["command"] == "detente status --between DEU FRA --on 2026-03-18"
    answer = client.get(taken(page)["json"]).json()["result"]
    assert answer["between"] == ["DEU", "FRA"]
    assert all("us." not in name for row in answer["board"] for name in row["measures"])
    other = client.get("/", params={"a": "USA", "b": "VNM", "on": "2026-03-18"}).text
    assert "Fentanyl" not in body(other)
    assert "us.s122" in body(other)
    calendar = client.get("/calendar.ics", params={"a": "DEU", "b": "FRA"}).text
    assert "us.port.annex1" not in calendar
    assert "us.port.annex1" in client.get("/calendar.ics").text


def test_a_permalink_is_written_in_full():
    assert dict(parse_qsl(question_of("reliance").ask().permanent())) == {
        "a": "USA",
        "b": "CHN",
        "at": "baseline",
    }
    assert dict(parse_qsl(question_of("purchases").ask().permanent()))["id"] == "cn.buy.soy2026_28"
    assert ("scenario", "truce") in parse_qsl(WhatIf().permanent())
    assert urlencode({"view": "statutory"}) in question_of("status").ask().permanent()
