"""The documentation: what it tells a reader to type runs, what it says is so, and the site builds without a network."""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config

import detente
from detente.cli import main
from detente.queries import QUESTIONS
from detente.queries.question import question_of
from detente.render.drawing import answers, study

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "docs" / "index.md",
    ROOT / "docs" / "cite.md",
    ROOT / "docs" / "own_world.md",
    *sorted((ROOT / "docs" / "tutorials").glob("*.md")),
]
# Commands that solve the world; the others answer from the law.
SOLVES = {"run", "play", "hedge", "reliance", "path", "chokepoints", "sweep", "economy", "what-if"}
HAND = ROOT / "scripts" / "docs_site.py"


def blocks(text, kind):
    """Code of a document in one language; "" for what is typed."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def typed(pages, *, solves):
    """Commands that pages tell a reader to type."""
    found = []
    for path in pages:
        for block in blocks(path.read_text(encoding="utf-8"), ""):
            words = [
                shlex.split(line, comments=True) for line in block.splitlines() if line.startswith("detente ")
            ]
            found += [(path.name, line[1:]) for line in words if (line[1] in SOLVES) is solves]
    return [pytest.param(words, id=f"{name}: {' '.join(words)}") for name, words in found]


@pytest.fixture(scope="module")
def site():
    """What writes pages as the site is built; it finds its neighbours as the builder lets it."""
    sys.path.insert(0, str(HAND.parent))
    spec = importlib.util.spec_from_file_location("docs_site", HAND)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path.remove(str(HAND.parent))
    return module


def test_a_tutorial_has_commands_to_type():
    assert len(typed(PAGES, solves=False)) >= 15
    assert len(typed(PAGES, solves=True)) >= 5


@pytest.mark.parametrize("words", typed(PAGES, solves=False))
def test_what_a_reader_types_runs(words, capsys):
    assert main(words) == 0
    assert capsys.readouterr().out.strip()


@pytest.mark.slow
@pytest.mark.parametrize("words", typed(PAGES, solves=True))
def test_what_a_reader_types_solves(words, capsys):
    assert main(words) == 0
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize(
    "path",
    [path for path in PAGES if blocks(path.read_text(encoding="utf-8"), "python")],
    ids=lambda path: path.name,
)
def test_python_of_a_page_runs(path):
    for code in blocks(path.read_text(encoding="utf-8"), "python"):
        exec(compile(code, str(path), "exec"), {})  # noqa: S102  (the documents are ours)


def test_what_was_said_has_the_answer_of_the_law(site):
    said = site.claims()
    for answer in (
        "detente port-fee --port-of USA --net-tons 85000 --containers 9000 --built CHN --on 2025-11-10",
        "on 10 November 2025: USD 0, suspended",
        "(us.ieepa.fentanyl.cn) on 10 November 2025: in force: 10 %",
        "(us.asean.my) on 10 November 2025: in force: 19 %",
        "(us.asean.vn) on 10 November 2025: in force: 20 %",
        "a licence is required, presumption of denial",
        "purchases not known",
    ):
        assert answer in said
    answers = re.findall(r"^```\ndetente (.*)\n```\n\n> (.+)$", said, re.MULTILINE)
    assert len(answers) == sum(len(asked) for _, _, asked in site.CLAIMS)


@pytest.mark.slow
def test_what_is_solved_in_the_claims_runs(site, capsys):
    for _, _, command in site.SOLVED:
        assert main([*shlex.split(command)[1:], "--quiet"]) == 0
        assert capsys.readouterr().out.strip()


def test_every_command_and_every_function_is_in_the_reference(site):
    commands, functions = site.commands(), site.functions()
    for name in QUESTIONS:
        question = question_of(name)
        assert f"## detente {' '.join(question.command)}" in commands
        assert question.help in commands
        assert all(f"`{item.option}`" in commands for item in question.fields if not item.positional)
    assert re.findall(r"^## (\w+)$", functions, re.MULTILINE) == sorted(detente.__all__, key=str.lower)


def test_every_document_is_in_the_navigation(site):
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    named = set()

    def walk(node):
        if isinstance(node, str):
            named.add(node)
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            walk(child)

    walk(settings["nav"])
    written = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert written | set(site.PAGES) == named


class Loads(HTMLParser):
    """What a browser loads by itself."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag != "a" and not (tag == "link" and given.get("rel") in {"canonical", "next", "prev"}):
            self.found += [given[name] for name in ("src", "href") if given.get(name)]


def build_site(folder, monkeypatch=None):
    """Build the site with warnings as errors; its gallery as written where a patch is given, else drawn."""
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True)
    if monkeypatch:
        (hook,) = config["hooks"].values()
        text = (ROOT / "docs" / hook.GALLERY).read_text(encoding="utf-8")
        monkeypatch.setattr(hook, "gallery", lambda: (text, {}))
    build(config)


@pytest.mark.slow
def test_the_site_builds_and_asks_nothing_of_a_network(tmp_path, monkeypatch):
    build_site(tmp_path, monkeypatch)
    pages = [*tmp_path.rglob("*.html")]
    assert len(pages) >= 30
    loaded = {link for page in pages for link in Loads(page.read_text(encoding="utf-8")).found}
    assert [link for link in loaded if link.startswith(("http", "//"))] == []


@pytest.mark.slow
@pytest.mark.nightly
def test_every_kind_of_picture_is_in_the_gallery(tmp_path, monkeypatch):
    named, run_picture, drawn = answers._named, study.run_picture, set()

    def of_answer(makers, name):
        drawn.add((tuple(makers), name or next(iter(makers))))
        return named(makers, name)

    def of_run(result, name="income", **words):
        drawn.add(("run", name))
        return run_picture(result, name, **words)

    monkeypatch.setattr(answers, "_named", of_answer)
    monkeypatch.setattr(study, "run_picture", of_run)
    build_site(tmp_path)
    page = (tmp_path / "gallery.html").read_text(encoding="utf-8")
    shown = [link for link in Loads(page).found if link.startswith("gallery/")]
    assert len(shown) == len(set(shown)) >= 30
    for link in shown:
        assert (tmp_path / link).read_text(encoding="utf-8").startswith("<svg")
    kinds = [("parts", "history"), ("income", "map"), *map(tuple, answers.PLAYED.values())]
    kinds += [tuple(makers) for _, makers in answers.PLAIN if "parts" not in makers]
    assert {(names, name) for names in kinds for name in names} <= drawn
    assert {("run", name) for name in study.PICTURES} <= drawn
