"""What a listener hears of the first page: headings, landmarks and names, each telling out of its context (docs/page.md)."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from detente.render.drawing import study
from detente.web.pages import overview

VOID = {"meta", "link", "input", "img", "br", "source", "hr"}
UNHEARD = {"style", "script", "datalist"}
LANDMARKS = {"header", "nav", "main", "aside", "footer", "form", "section"}
# Names that say nothing where they are read alone.
EMPTY = {"", "here", "more", "link", "show", "find", "solve", "copy", "go", "the same as a table", "and"}


class Heard(HTMLParser):
    """Elements with a name, in the order in which they are read."""

    def __init__(self, page):
        super().__init__()
        self.open, self.found, self.ids = [], [], {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        one = {"tag": tag, "text": "", **dict(attrs)}
        self.found.append(one)
        if one.get("id"):
            self.ids[one["id"]] = one
        if tag not in VOID:
            self.open.append(one)

    def handle_endtag(self, tag):
        while self.open and self.open.pop()["tag"] != tag:
            pass

    def handle_data(self, data):
        if not any(one["tag"] in UNHEARD for one in self.open):
            for one in self.open:
                one["text"] += data

    def name(self, one):
        """As a listener hears it."""
        named = self.ids.get(one.get("aria-labelledby", ""), {}).get("text")
        return " ".join((one.get("aria-label") or named or one.get("alt") or one["text"]).split())

    def all(self, *tags):
        """Elements of some tags with their names."""
        return [(one, self.name(one)) for one in self.found if one["tag"] in tags]


PAGES = ["/", "/points"]


@pytest.fixture(params=PAGES)
def heard(request, solved):
    """A page as it is read."""
    return Heard(solved.get(request.param).text)


def test_headings_lead_down_one_step_at_a_time(heard):
    levels = [int(one["tag"][1]) for one, _ in heard.all("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    names = [name for _, name in heard.all("h1", "h2", "h3")]
    assert all(names)
    assert len(set(names)) == len(names)


def test_landmarks_are_named_and_told_apart(heard):
    named = Counter()
    for one, name in heard.all(*LANDMARKS):
        told = one.get("aria-label") or one.get("aria-labelledby")
        named[one["tag"], name if told else ""] += 1
    assert all(count == 1 for count in named.values()), named
    assert all(name for tag, name in named if tag in {"nav", "form", "section", "aside"})


def test_buttons_and_links_say_what_they_do_alone(heard):
    buttons = [name for one, name in heard.all("button")]
    assert len(set(buttons)) == len(buttons)
    links = {}
    for one, name in heard.all("a"):
        if "xlink:href" not in one:
            links.setdefault(name, set()).add(one.get("href"))
    assert not EMPTY & {name.lower() for name in (*buttons, *links)}
    assert {name: to for name, to in links.items() if len(to) > 1} == {}


def test_every_field_has_words(heard):
    labels = [one["text"].strip() for one in heard.found if one["tag"] == "label"]
    assert all(re.search(r"[A-Za-z]{3}", text) for text in labels)
    assert len(labels) >= sum(
        one["tag"] in {"input", "select"} and one.get("type") != "hidden" for one in heard.found
    )
    assert not EMPTY & {text.lower() for text in labels}


def test_pictures_and_tables_have_names(heard):
    assert all(one.get("alt") for one, _ in heard.all("img"))
    assert all(name for _, name in heard.all("figure"))
    groups = [one for one in heard.found if one.get("role") == "group"]
    assert all(one.get("aria-label") or one["tag"] == "svg" for one in groups)


def test_the_dots_of_the_chart_are_read_and_can_be_skipped():
    """A picture hides its parts from a listener; the chart with links is a group, each dot says its day, side and rate."""
    rows = [
        {"date": "2018-07-06", "USA<-CHN": 0.05, "CHN<-USA": 0.04},
        {"date": "2019-05-10", "USA<-CHN": 0.12, "CHN<-USA": 0.10},
    ]

    class Shelf:
        """Keeps nothing."""

        def once(self, _key, work, _size):
            return work()

    drawn = str(overview._line(type("State", (), {"shelf": Shelf()})(), ("x",), rows, "wide"))
    assert 'role="group"' in drawn.split(">", 1)[0]
    assert "<title>10 May 2019: United States on China 12.0 %</title>" in drawn
    assert 'role="img"' in study.duties_by_day(rows, "wide").inlined
