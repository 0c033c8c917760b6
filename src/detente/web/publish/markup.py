"""Links of a page, of a style sheet or of a drawing: found, and written anew."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Final, Literal

from detente.web.publish.asking import HOST

Use = Literal["page", "resource"]
Rewrite = Callable[[str, Use], str | None]
"""Gives what a link becomes; None where it needs a server."""

TAG: Final = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][\w:-]*)"
    r"(?P<rest>(?:\s+[^\s=>\"'/]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>\"']+))?|\s*/)*)\s*>"
)
ATTRIBUTE: Final = re.compile(
    r"(?P<head>\s+(?P<name>[^\s=>\"'/]+)\s*=\s*)(?P<mark>[\"'])(?P<value>.*?)(?P=mark)", re.DOTALL
)
IN_STYLE: Final = re.compile(r"url\(\s*(?P<mark>[\"']?)(?P<value>[^\"')]+)(?P=mark)\s*\)")
SCRIPT: Final = re.compile(r"<script\b(?P<rest>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
OWN: Final = re.compile(
    rf"https?://{re.escape(HOST)}(?P<address>/(?:(?!&(?:#34|#39|quot|lt|gt);)[^\s\"'<>])*)?"
)
"""An address of the application written out in words, as permalinks and citations have it."""
LINKS: Final = frozenset({"href", "xlink:href", "src", "srcset", "poster", "data"})
CONTROLS: Final = frozenset({"input", "select", "textarea", "button", "fieldset"})
NEEDS: Final = "needs a server: detente serve"


def links_in_page(text: str) -> list[tuple[str, Use]]:
    """
    Find the links of a page or a drawing, in order.

    Examples
    --------
    >>> links_in_page('<a href="/a?x=1&amp;y=2">a</a><img src="/b.svg" srcset="/c.svg 2x">')
    [('/a?x=1&y=2', 'page'), ('/b.svg', 'resource'), ('/c.svg', 'resource')]
    """
    found: list[tuple[str, Use]] = []

    def note(link: str, use: Use) -> str:
        found.append((link, use))
        return link

    page_with(text, note, "")
    return found


def written_out(text: str) -> list[str]:
    """
    Find addresses of the application that stand in words, as what embeds a chart does; no permalinks.

    Examples
    --------
    >>> written_out(f"<code>&lt;iframe src=&#34;http://{HOST}/embed/a?x=1&amp;y=2&#34;&gt;</code>")
    ['/embed/a?x=1&y=2']
    """
    found = (html.unescape(each["address"]) for each in OWN.finditer(text) if each["address"])
    return [address for address in found if "pin=" not in address]


def links_in_style(text: str) -> list[str]:
    """
    Find the links of a style sheet.

    Examples
    --------
    >>> links_in_style('@font-face { src: url("/a.woff2") format("woff2"); }')
    ['/a.woff2']
    """
    return [each["value"] for each in IN_STYLE.finditer(text)]


def style_with(text: str, rewrite: Rewrite) -> str:
    """Write the links of a style sheet anew."""
    return IN_STYLE.sub(lambda each: f'url("{rewrite(each["value"], "resource") or ""}")', text)


def page_with(text: str, rewrite: Rewrite, told: str) -> str:
    """Write the links of a page anew; forms are shown as they stood, `told` before each."""
    inside = False

    def tag(each: re.Match[str]) -> str:
        nonlocal inside
        name = each["name"].lower()
        if name == "script":
            return each[0]
        if each["end"]:
            inside = inside and name != "form"
            return each[0]
        if name == "form":
            inside = True
            return f"{told}<{each['name']}{_without(each['rest'], 'action', 'method')}>"
        found = _attributes(each, rewrite)
        return f"{found[:-1]} disabled>" if inside and name in CONTROLS else found

    return SCRIPT.sub(lambda each: _script(each, rewrite), TAG.sub(tag, text))


def _attributes(each: re.Match[str], rewrite: Rewrite) -> str:
    """A tag with its links written anew."""
    use: Use = "page" if each["name"].lower() == "a" else "resource"

    def attribute(one: re.Match[str]) -> str:
        name, value = one["name"].lower(), html.unescape(one["value"])
        if name not in LINKS or value.startswith(("#", "data:", "mailto:")):
            return one[0]
        made = _srcset(value, rewrite) if name == "srcset" else rewrite(value, use)
        if made is None:
            return f' title="{NEEDS}"' if use == "page" else ""
        return f"{one['head']}{one['mark']}{html.escape(made, quote=True)}{one['mark']}"

    return f"<{each['name']}{ATTRIBUTE.sub(attribute, each['rest'])}>"


def _srcset(value: str, rewrite: Rewrite) -> str:
    """Candidates of a picture, each with its width."""
    made = []
    for one in value.split(","):
        link, _, width = one.strip().partition(" ")
        if (there := rewrite(link, "resource")) is not None:
            made.append(f"{there} {width}".strip())
    return ", ".join(made)


def _script(each: re.Match[str], rewrite: Rewrite) -> str:
    """A script as files have it: no module, which a browser does not load from a folder; none that needs a server."""
    link = re.search(r"\bsrc=\"([^\"]*)\"", each["rest"])
    there = rewrite(html.unescape(link[1]), "resource") if link else None
    return "" if there is None else f'<script defer src="{html.escape(there)}"></script>'


def _without(rest: str, *names: str) -> str:
    """Attributes of a tag but some."""
    return ATTRIBUTE.sub(lambda one: "" if one["name"].lower() in names else one[0], rest)
