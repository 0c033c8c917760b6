"""The site as files: whole or not at all, the same bytes twice, no dead link, nothing asked of another host."""

from __future__ import annotations

import asyncio
import html
import json
import re
from functools import cache
from html.parser import HTMLParser
from posixpath import normpath
from urllib.parse import urlsplit

import pytest

from detente.cli import main
from detente.errors import InputError, OutputError
from detente.web.publish.addresses import address_of, file_of
from detente.web.publish.asking import HOST, Answer, Asker, make_app
from detente.web.publish.crawl import Site, crawl
from detente.web.publish.finish import Finisher
from detente.web.publish.folder import MARK, require_own, whole
from detente.web.publish.markup import page_with
from detente.web.publish.products import PAGE, SCRIPT, add_products, products_of, seeds_of
from detente.web.publish.site import publish, read_base, told
from detente.web.publish.workers import Asking

BASE = "https://example.org/tariffs/"
# Pages of the law alone: they are there without a solve.
PART = ("/product", "/about", "/published", "/ledger/assumptions", "/parties", "/ledger/measure?id=us.s122")
NUMBER = 2


def written(folder, base="", *, products=NUMBER, others=0):
    """A small part of the site, as the command writes all of it."""
    app = make_app()
    state = app.state.detente
    rows = products_of(state, products)
    add_products(app, rows)
    asking = Asking(Asker(app), others=others)
    site = Site(folder)
    seeds = [SCRIPT, PAGE, f"{PAGE}.json", "/about", "/parties", "/ledger/assumptions", *seeds_of(rows)]
    asking.ahead(seeds_of(rows))
    crawl(site, asking.ask, seeds, lambda address: address.startswith(PART), lambda _text: None)
    Finisher(site, base, told(state)).all()
    asking.close()
    state.close()
    return site


class Loaded(HTMLParser):
    """What a browser loads by itself, where links lead, and which controls answer, read by another parser."""

    def __init__(self, text):
        super().__init__()
        self.loads, self.leads, self.ids, self.live, self.inside = [], [], set(), [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids |= {given["id"]} if "id" in given else set()
        if tag == "form":
            self.inside = True
        if tag in {"a", "area"}:
            self.leads += [given[name] for name in ("href", "xlink:href") if given.get(name)]
        else:
            self.loads += [
                given[name] for name in ("src", "href", "xlink:href", "data", "poster") if given.get(name)
            ]
            self.loads += [one.split()[0] for one in given.get("srcset", "").split(",") if one.strip()]
        if self.inside and tag in {"input", "select", "textarea", "button"} and "disabled" not in given:
            self.live.append(tag)
        if tag == "script" and given.get("type") == "module":
            self.live.append("a module, which no browser loads from a folder")
        if "action" in given:
            self.live.append("a form that is sent")

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False


def faults(folder, base=""):
    """Whatever a reader of the folder would stumble over."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    read = cache(lambda name: Loaded(files[name].read_text(encoding="utf-8")))
    found = []
    for name, path in files.items():
        if HOST.encode() in path.read_bytes():
            found.append(f"{name}: names the host that was asked")
        if path.suffix == ".css":
            links = re.findall(r"url\(\s*[\"']?([^\"')]+)", path.read_text(encoding="utf-8"))
            found += _loaded(name, links, files)
        if path.suffix == ".js" and re.search(
            r"https?://|\bimport\b|\bfetch\(", path.read_text(encoding="utf-8")
        ):
            found.append(f"{name}: a script that loads something")
        if path.suffix not in {".html", ".svg"}:
            continue
        page = read(name)
        found += _loaded(name, [link for link in page.loads if not link.startswith(base or "\0")], files)
        found += [f"{name}: {what}" for what in page.live]
        for link in page.leads:
            parts = urlsplit(link)
            if parts.scheme in {"http", "https"}:
                continue
            there = normpath(f"{name.rpartition('/')[0]}/{parts.path}").lstrip("/") if parts.path else name
            if there not in files:
                found.append(f"{name}: dead link {link}")
            elif parts.fragment and there.endswith(".html") and parts.fragment not in read(there).ids:
                found.append(f"{name}: no such place {link}")
    return found


def _loaded(name, links, files):
    """Links of what is loaded by itself that leave the folder, or lead nowhere in it."""
    found = []
    for link in links:
        parts = urlsplit(link)
        there = normpath(f"{name.rpartition('/')[0]}/{parts.path}").lstrip("/")
        if parts.scheme == "data" or link.startswith("#"):
            continue
        if parts.scheme or parts.netloc or link.startswith("/") or there not in files:
            found.append(f"{name}: loads {link}")
    return found


@pytest.fixture(scope="module")
def part(tmp_path_factory):
    """A part of the site, with an address."""
    folder = tmp_path_factory.mktemp("part")
    written(folder, BASE)
    return folder


def test_no_dead_link_no_request_to_another_host_and_no_form_that_is_sent(part):
    assert len([*part.rglob("*.html")]) >= 4 + 2 * NUMBER
    assert faults(part, BASE) == []


def test_the_scan_finds_what_it_looks_for(tmp_path):
    (tmp_path / "a.html").write_text(
        '<link href="https://cdn.example/x.css"><img src="/b.svg"><a href="gone.html">x</a>'
        '<a href="#nowhere">y</a><form action="/x"><input></form><script type="module" src="c.js"></script>',
        encoding="utf-8",
    )
    (tmp_path / "c.js").write_text("fetch('/x')", encoding="utf-8")
    told_of = " ".join(faults(tmp_path))
    for word in (
        "cdn.example",
        "/b.svg",
        "gone.html",
        "#nowhere",
        "input",
        "form that is sent",
        "module",
        "c.js",
    ):
        assert word in told_of


def test_two_runs_give_the_same_bytes(part, tmp_path):
    written(tmp_path, BASE)
    first, second = (
        {p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file()}
        for root in (part, tmp_path)
    )
    assert first.keys() == second.keys()
    assert [str(name) for name in first if first[name] != second[name]] == []


def test_a_page_says_what_a_server_says(part):
    """What a reader sees of a page is what the application answered, links and forms apart."""
    address = seeds_of(products_of(make_app().state.detente, 1))[0]
    asker = Asker(make_app())
    asked = asker.ask(address).body.decode()
    asker.close()
    kept = (part / file_of(address, "text/html")).read_text(encoding="utf-8")
    tables = [
        re.findall(r"<table>.*?</table>", re.sub(r"<a\b[^>]*>", "<a>", text), re.DOTALL)
        for text in (asked, kept)
    ]
    assert tables[0] == tables[1] != []


def test_a_site_is_asked_for_where_a_loop_runs_already():
    """As in a notebook: its thread cannot run another loop."""

    async def cell():
        asker = Asker(make_app())
        try:
            return asker.ask("/about")
        finally:
            asker.close()

    assert asyncio.run(cell()).status == 200


def test_how_long_a_solve_took_is_no_part_of_a_site(tmp_path):
    site = Site(tmp_path)
    for took in (b"0.0815", b"1.2e-05"):
        body = b'{"iterations": 31, "seconds": ' + took + b', "seconds_said": "2 seconds"}'
        site.keep("/api/v1/run", Answer(200, "application/json", body))
        kept = (tmp_path / site.kept["/api/v1/run"].file).read_bytes()
        assert kept == b'{"iterations": 31, "seconds": 0.0, "seconds_said": "2 seconds"}'


def test_a_page_has_its_own_address_and_a_permalink_with_its_pin(part):
    page = next(path for path in sorted((part / "product").glob("*.html")))
    text, name = page.read_text(encoding="utf-8"), page.relative_to(part).as_posix()
    assert f'<link rel="canonical" href="{BASE}{name}">' in text
    pin = re.search(r'name="detente-pin" content="([^"]+)"', text)[1]
    assert f"{BASE}{name}?pin={pin}" in html.unescape(re.search(r'id="take-link">([^<]+)<', text)[1])


def test_a_script_that_asks_a_server_is_left_out_and_what_embeds_a_chart_is_a_file(tmp_path):
    pages = {
        "/": '<head></head><main><script type="module" src="/ask.js"></script><script src="/plain.js"></script>'
        f"<code>&lt;iframe src=&#34;http://{HOST}/embed/a?x=1&amp;y=2&#34;&gt;</code></main>",
        "/ask.js": "await fetch('/x')",
        "/plain.js": "document.title",
        "/embed/a?x=1&y=2": "<p>A chart</p>",
    }
    kinds = {True: "text/javascript", False: "text/html"}
    site = Site(tmp_path)

    def ask(addresses):
        return [(each, Answer(200, kinds[each.endswith(".js")], pages[each].encode())) for each in addresses]

    crawl(site, ask, ["/"], lambda _address: True, lambda _text: None)
    Finisher(site, BASE, "").all()
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "ask.js" not in page
    assert '<script defer src="plain.js"></script>' in page
    assert f"src=&#34;{BASE}{file_of('/embed/a?x=1&y=2', 'text/html')}&#34;" in page
    assert site.refused == {}


def test_other_processes_answer_the_same(part, tmp_path):
    """Pages that another process works out have the bytes of those worked out in this one."""
    written(tmp_path, BASE, others=1)
    names = [path.relative_to(part) for path in sorted((part / "product").rglob("*")) if path.is_file()]
    assert names
    assert [str(name) for name in names if (tmp_path / name).read_bytes() != (part / name).read_bytes()] == []


def test_products_are_found_without_a_server(part):
    rows = json.loads((part / file_of(f"{PAGE}.json", "application/json")).read_text(encoding="utf-8"))
    assert [row["usd"] for row in rows] == sorted((row["usd"] for row in rows), reverse=True)
    page = (part / file_of(PAGE, "text/html")).read_text(encoding="utf-8")
    assert all(row["code"] in page for row in rows)
    assert len(rows) == NUMBER


def test_links_that_need_a_server_say_so(part):
    page = (part / "about.html").read_text(encoding="utf-8")
    assert '<a title="needs a server: detente serve">Compare</a>' in page


@pytest.mark.parametrize(
    ("markup", "made"),
    [
        ('<a href="/x?a=1&amp;b=2#c">', '<a href="[/x?a=1&amp;b=2#c]">'),
        ("<a class='k' href='/x'>", "<a class='k' href='[/x]'>"),
        ('<a href="#c">', '<a href="#c">'),
        (
            '<img srcset="/a.svg 480w, /b.svg 2x" alt="a > b">',
            '<img srcset="[/a.svg] 480w, [/b.svg] 2x" alt="a > b">',
        ),
        ('<p title="href=/x">', '<p title="href=/x">'),
        ('<svg><clipPath id="a"/></svg>', '<svg><clipPath id="a"/></svg>'),
        (
            '<form action="/x" method="get"><input name="a"></form><button>b</button>',
            'T<form><input name="a" disabled></form><button>b</button>',
        ),
        ('<script type="module" src="/x.js"></script>', '<script defer src="[/x.js]"></script>'),
    ],
)
def test_links_are_written_anew_and_nothing_else(markup, made):
    assert page_with(markup, lambda link, _use: f"[{link}]", "T") == made


def test_two_addresses_never_share_a_file():
    addresses = [
        f"/product?code={code}&to={to}"
        for code in ("22", "2.2", "2-2", "a" * 90)
        for to in ("USA", "usa", "CHN")
    ]
    addresses += ["/product", "/", "/ledger", "/ledger/changes", "/index?x=1", "/?x=1"]
    files = [file_of(address, "text/html").lower() for address in addresses]
    assert len({*files}) == len(addresses)
    assert all(re.fullmatch(r"[a-z0-9./-]+", name) for name in files)


def test_fields_in_another_order_are_the_same_address():
    assert address_of("/x?b=2&a=1&a=0") == address_of("/x?a=1&a=0&b=2") != address_of("/x?a=0&a=1&b=2")


@pytest.mark.parametrize(
    "text",
    [
        "example.org",
        "ftp://example.org",
        "https://",
        "https://a.org/?x=1",
        "https://a.org/#b",
        'https://a.org/"',
    ],
)
def test_an_address_that_is_none_is_refused(text):
    with pytest.raises(InputError, match="address of a site") as refused:
        read_base(text)
    assert refused.value.where == "--base-url"


# A folder that is written whole or not at all.


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    assert main(["publish", str(tmp_path)]) == 1
    told_of = capsys.readouterr().err
    for part_of in ("where   DIR", "found   ", "allowed ", "repair  give another name"):
        assert part_of in told_of
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("held", [None, "[]", '{"program": "other"}', "{"])
def test_only_the_mark_of_the_command_makes_a_folder_its_own(tmp_path, held):
    (tmp_path / "index.html").write_text("mine", encoding="utf-8")
    if held is not None:
        (tmp_path / MARK).write_text(held, encoding="utf-8")
    with pytest.raises(InputError):
        require_own(tmp_path)


def test_a_file_in_the_place_is_refused(tmp_path):
    (tmp_path / "site").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="something else"):
        require_own(tmp_path / "site")


@pytest.mark.parametrize(
    "problem", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("x")]
)
def test_work_that_fails_leaves_what_was_there(tmp_path, problem):
    place = tmp_path / "site"
    with whole(place) as draft:
        (draft / "index.html").write_text("before", encoding="utf-8")

    def fails():
        with whole(place) as draft:
            (draft / "index.html").write_text("half", encoding="utf-8")
            raise problem

    with pytest.raises((OutputError, KeyboardInterrupt, ValueError)):
        fails()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert (place / "index.html").read_text(encoding="utf-8") == "before"


def test_a_folder_that_cannot_take_its_place_leaves_what_was_there(tmp_path, monkeypatch):
    place = tmp_path / "site"
    with whole(place) as draft:
        (draft / "index.html").write_text("before", encoding="utf-8")
    own = type(place).rename

    def fails(path, target):
        if ".draft-" in path.name:
            raise OSError(13, "Permission denied")
        return own(path, target)

    monkeypatch.setattr(type(place), "rename", fails)
    with pytest.raises(OutputError, match="does not allow"), whole(place) as draft:
        (draft / "index.html").write_text("after", encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert (place / "index.html").read_text(encoding="utf-8") == "before"


def test_a_number_of_products_that_cannot_be_is_refused(tmp_path):
    with pytest.raises(InputError, match="number of products"):
        publish(tmp_path / "site", products=-1)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.slow
@pytest.mark.nightly
def test_the_whole_site(tmp_path, capsys):
    place = tmp_path / "site"
    assert main(["publish", str(place), "--products", "2", "--base-url", BASE]) == 0
    assert "pages" in capsys.readouterr().out
    assert faults(place, BASE) == []
    mark = json.loads((place / MARK).read_text(encoding="utf-8"))
    listed = re.findall("<loc>([^<]+)</loc>", (place / "sitemap.xml").read_text(encoding="utf-8"))
    assert len(listed) == mark["pages"] == len([*place.rglob("*.html")])
    assert all((place / html.unescape(one).removeprefix(BASE)).is_file() for one in listed)
    assert mark["refused"] == {}
    before = {path.relative_to(place): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert main(["publish", str(place), "--products", "2", "--base-url", BASE]) == 0
    after = {path.relative_to(place): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert [str(name) for name in {*before, *after} if before.get(name) != after.get(name)] == []
