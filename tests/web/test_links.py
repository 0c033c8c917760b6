"""Every link that a page writes answers: to a measure, to a scenario, to a country, with whatever fields it says."""

from __future__ import annotations

import html
import re

import pytest

from web.test_ids_on_pages import LAW, SLOW, SOLVED

LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')
# What a link may answer: the page, or where it went; a page that still waits for a part of it says so.
GOOD = {200, 307, 308, 503}
# Links of the same kind lead to the same page with another field; of those that solve, a few are followed.
FOLLOWED = 3
SOLVING = ("/compare", "/strategy", "/economy")


def links_of(page):
    """Addresses that a page leads to, each once, those that are many and solve cut to a few."""
    found, seen = [], {}
    for link in dict.fromkeys(html.unescape(each) for each in LINK.findall(page)):
        kind = link.partition("?")[0]
        kind = "/economy/" if kind.startswith("/economy/") else kind
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= FOLLOWED or not link.startswith(SOLVING):
            found.append(link)
    return found


def dead(client, address, done):
    """Links of a page that are refused."""
    fresh = [link for link in links_of(client.get(address).text) if link not in done]
    done.update(fresh)
    return [(link, code) for link in fresh if (code := client.get(link).status_code) not in GOOD]


def test_every_link_of_pages_about_the_law_answers(client):
    done = set()
    assert [(address, found) for address in LAW if (found := dead(client, address, done))] == []
    assert any(link.startswith("/ledger/measure?id=") for link in done)


def test_every_link_of_pages_that_solve_answers(solved):
    done = set()
    addresses = (*SOLVED, *SLOW, "/compare?of=escalation&against=no-deal", "/compare?scenario=escalation")
    assert [(address, found) for address in addresses if (found := dead(solved, address, done))] == []


def test_the_answer_of_a_scenario_stands_by_its_words_and_without_a_link(solved):
    """China's answer in kind is in no ledger: it is in the law of the scenario alone."""
    page = solved.get("/compare?of=escalation&against=no-deal").text
    assert "Answer to the threatened US tariff of 100 % on China" in html.unescape(page)
    assert "mirror" not in " ".join(LINK.findall(page))


@pytest.mark.parametrize("text", ['<a class="law" href="/ledger/measure?id=gone">x</a>'])
def test_the_scan_finds_a_link_that_is_refused(client, text):
    (link,) = links_of(text)
    assert client.get(link).status_code not in GOOD
