"""
Pages of the documentation that are written out as it is built.

Claim by claim, every command, every function, the changelog, the notebooks, and the gallery with what its code draws. A hook
of the builder: ``mkdocs build --strict``.
"""

from __future__ import annotations

import inspect
import json
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import File
from notebooks import FOLDER, run_cell

import detente
from detente.formatting import day
from detente.ledger import open_ledger
from detente.queries import QUESTIONS
from detente.queries.fields import REQUIRED
from detente.queries.question import question_of
from detente.render import Picture
from detente.render.answer_line import answer_line

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).parents[1]
DEAL = "2025-11-10"
# What was said, and the questions that answer it: name of the question, and its fields.
CLAIMS: tuple[tuple[str, str, tuple[tuple[str, dict[str, object]], ...]], ...] = (
    ("A thaw", "How much of the conflict the truce took off the books, and what the board held the day it began.",
     (("status", {"on": DEAL}), ("diff", {"first": "2025-11-09", "second": DEAL}))),
    ("The threat is off the table", "The additional 100 % was a threat: it has no effective step and is in no rate.",
     (("show_measure", {"measure": "us.threat.cn100", "on": DEAL}),)),
    ("Rare earths flow again", "The controls of October 2025 were suspended; the licences of April 2025 were not.",
     (("licence", {"kind": "rare-earth", "origin": "CHN", "destination": "DEU", "facts": ("elements=Dy",), "on": DEAL}),
      ("show_measure", {"measure": "cn.xc.61", "on": DEAL}))),
    ("Port fees are paused", "Suspended for a year from 10 November 2025; the schedule runs on underneath.",
     (("port_fee", {"port_of": "USA", "net_tons": 85_000.0, "containers": 9_000.0, "built": "CHN", "on": DEAL}),)),
    ("China buys soybeans", "A commitment is progress against a target, not a tariff.",
     (("purchases", {"commitment": "cn.buy.soy2026_28", "on": "2026-06-30"}),)),
    ("The fentanyl tariff is halved", "From 20 to 10 % on 10 November 2025.",
     (("show_measure", {"measure": "us.ieepa.fentanyl.cn", "on": DEAL}),)),
    ("Chips are not part of it", "The controls on advanced chips stood throughout.",
     (("licence", {"kind": "chip", "origin": "USA", "destination": "CHN", "facts": ("tpp=5000",), "on": DEAL}),)),
    ("The entity list's affiliates rule is suspended", "The 50 % rule of September 2025, for a year.",
     (("show_measure", {"measure": "us.affiliates50", "on": DEAL}),)),
    ("Four deals in South-East Asia", "Malaysia, Cambodia, Thailand and Viet Nam: rates still in force.",
     tuple(("show_measure", {"measure": f"us.asean.{code}", "on": DEAL}) for code in ("my", "kh", "th", "vn"))),
)  # fmt: skip
SOLVED = (
    ("Time to become less reliant", "How far each side depends on the other.", "detente reliance CHN USA"),
    ("The intensity of rivalry", "Which threats are credible.", "detente play payoffs kuala-lumpur"),
    ("RCEP is a hedge", "Worth to its members if the truce breaks.", "detente hedge RCEP --under escalation"),
    ("What the truce is worth", "To either side and to everyone.", "detente run kuala-lumpur"),
)  # fmt: skip


def claims() -> str:
    """Write what was said of the talks, with the commands that answer it and their answers of the moment."""
    ledger = open_ledger()
    lines = [
        "# Claim by claim",
        "",
        "What was said of the talks in Kuala Lumpur of October 2025: each with the command that answers it, and its answer.",
        f"The law is as its sources cover it to {day(ledger.horizon)}.",
    ]
    for title, words, asked in CLAIMS:
        lines += ["", f"## {title}", "", words]
        for name, typed in asked:
            question = question_of(name).ask(**typed)
            document = question.stamped(ledger)
            lines += [
                "",
                "```",
                question.shell(),
                "```",
                "",
                f"> {answer_line(document, question.question.prints)}",
            ]
    lines += [
        "",
        "## What is solved",
        "",
        "These solve the world; their answers come with their range, and take seconds to minutes.",
    ]
    for title, words, command in SOLVED:
        lines += ["", f"### {title}", "", words, "", "```", f"{command} --quiet", "```"]
    return "\n".join([*lines, ""])


def commands() -> str:
    """Write every command that asks a question, with its options, from the question's one definition."""
    lines = [
        "# Commands",
        "",
        "Every one also takes `--json`, `--csv`, `--quiet`, `--ledger FILE` and `--reproduce`.",
    ]
    for name in QUESTIONS:
        question = question_of(name)
        typed = " ".join(item.name.upper() for item in question.fields if item.positional)
        lines += ["", f"## detente {' '.join(question.command)} {typed}".rstrip(), "", question.help, ""]
        lines += [
            f"- `{item.option}`{_usual(item.default)}: {_said(item.help)}"
            for item in question.fields
            if not item.positional
        ]
        if question.address:
            lines += ["", f"Over HTTP: `GET /api/v1{question.address}`."]
    return "\n".join([*lines, ""])


def _usual(default: object) -> str:
    """What stands where an option is left out."""
    return "" if default in (REQUIRED, None, (), False, "") else f" (`{default}`)"


def _said(text: str) -> str:
    """A help text as one sentence of a list."""
    return " ".join(text.replace("``", "`").split()) or "yes or no"


def functions() -> str:
    """Write every public name with its docstring."""
    lines = ["# Python", "", "Only names of `detente` are public."]
    for name in sorted(detente.__all__, key=str.lower):
        held = getattr(detente, name)
        doc = inspect.getdoc(held) or ""
        kind = "class" if inspect.isclass(held) else "function"
        lines += ["", f"## {name}", "", f"A {kind}.", "", "```text", doc, "```"]
    return "\n".join([*lines, ""])


def notebook(path: Path) -> str:
    """Write a notebook as a page: its words, its code, and what that showed when it was run."""
    parts = [f"*As a notebook: [{path.name}]({path.name}).*"]
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        parts.append(text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```")
        parts += [_shown(output) for output in cell.get("outputs", ())]
    title, *rest = parts[1].split("\n", 1)
    return "\n\n".join([title, parts[0], *(text.strip() for text in rest), *parts[2:], ""])


def _shown(output: dict[str, Any]) -> str:
    """One output of a cell inside a page: a picture or a table as it is, words as they are."""
    data = output.get("data", {})
    for kind in ("image/svg+xml", "text/html"):
        if kind in data:
            lines = (line.strip() for line in "".join(data[kind]).splitlines())
            return f"<div>{' '.join(lines).replace('<svg ', FITTED, 1)}</div>"
    words = "".join(data.get("text/plain", output.get("text", ()))).rstrip()
    return f"```text\n{words}\n```"


def gallery() -> tuple[str, dict[str, str]]:
    """Run the code of the gallery from the top. Gives the page, a picture below each block that draws one, and its files."""
    space: dict[str, Any] = {}
    files: dict[str, str] = {}

    def drawn(block: re.Match[str]) -> str:
        _, picture = run_cell(block[1], space, GALLERY)
        if not isinstance(picture, Picture):
            return block[0]
        name = f"gallery/{len(files) + 1:02}.svg"
        files[name] = picture.svg
        return f"{block[0]}\n\n![{picture.alt}]({name})"

    text = (ROOT / "docs" / GALLERY).read_text(encoding="utf-8")
    return re.sub(r"^```python\n(.*?)^```$", drawn, text, flags=re.DOTALL | re.MULTILINE), files


GALLERY = "gallery.md"
# A picture inside a page is no wider than the page.
FITTED = '<svg style="max-width:100%;height:auto" '
PAGES = {
    "claims.md": claims,
    "reference/commands.md": commands,
    "reference/python.md": functions,
    "changelog.md": lambda: (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
    **{f"notebooks/{path.stem}.md": partial(notebook, path) for path in sorted(FOLDER.glob("*.ipynb"))},
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Put the written-out pages among the files of the site, and draw the gallery; called by the builder."""
    for name, write in PAGES.items():
        files.append(File.generated(config, name, content=write()))
    page, drawings = gallery()
    if plain := files.get_file_from_path(GALLERY):
        files.remove(plain)
    for name, content in {GALLERY: page, **drawings}.items():
        files.append(File.generated(config, name, content=content))
    return files
