"""Every name a text tells a user to write exists, and a name with one letter wrong is answered with the right one."""

from __future__ import annotations

import ast
import functools
import importlib
import re
import shlex
from importlib import resources
from pathlib import Path

import pytest

import detente
from detente.cli import COMMANDS, app, main
from detente.errors import DetenteError
from detente.geography import economies as places
from detente.ledger import open_ledger
from detente.policy.resources import locate, names_in
from detente.schedules.usa import find, normalise
from detente.world import load_world

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "detente"
DATA = resources.files("detente") / "data"
QUOTED = re.compile(
    r"`detente ([^`]+)`|<code>detente ([^<]+)</code>|^\s*(?:\$ )?detente ([a-z][^\n#|>]*)", re.MULTILINE
)
PUBLIC = re.compile(r"\bdt\.([a-z_A-Z]+)")
OPTION = re.compile(r"--[a-z][a-z-]*")
TEXTS = ("*.md", "docs/*.md", "docs/**/*.md", "examples/*.md")


def _strings(path: Path) -> list[tuple[int, str]]:
    """Texts of a module: constants, docstrings, and the fixed parts of formatted ones."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            found.append(
                (node.lineno, "".join(v.value if isinstance(v, ast.Constant) else "X" for v in node.values))
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append((node.lineno, node.value))
    return found


def _texts() -> list[tuple[str, str]]:
    """Every text a user may read, with where it stands."""
    found = [
        (f"{path.relative_to(ROOT)}:{n}", text)
        for path in sorted(SOURCE.rglob("*.py"))
        for n, text in _strings(path)
    ]
    for pattern in TEXTS:
        found += [
            (str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
            for path in sorted(ROOT.glob(pattern))
        ]
    kinds = ("templates/*.html", "static/*.js", "../data/**/*.yaml", "../data/**/SOURCES.md")
    for kind in kinds:
        found += [
            (str(p.relative_to(ROOT)), p.read_text(encoding="utf-8"))
            for p in sorted((SOURCE / "web").glob(kind))
        ]
    return [(where, text) for where, text in found if "CHANGELOG" not in where]


@functools.cache
def _options(words: tuple[str, ...]) -> frozenset[str]:
    """Options of a command."""
    command = app
    for word in words:
        command = command[word]
    if command.default_command is None:
        return frozenset().union(*(_options((*words, under)) for under in _under(words[0])))
    return frozenset(name for argument in command.assemble_argument_collection() for name in argument.names)


@functools.cache
def _under(command: str) -> frozenset[str]:
    """Commands under a command."""
    return frozenset(name for name in app[command] if not name.startswith("-"))


def _wrong(call: str) -> str:
    """What of a command does not exist; empty if all of it does."""
    try:
        words = shlex.split(call.replace("\\", " "))
    except ValueError:
        words = call.split()
    words = [word for word in words if word != "..."]
    if not words or words[0].startswith("-"):
        return "" if not words or words[0] in {"--help", "--version"} else words[0]
    if not re.fullmatch(r"[a-z-]+", words[0]):
        return ""
    if words[0] not in COMMANDS:
        return words[0]
    path, rest = (words[0],), words[1:]
    if _under(words[0]) and rest:
        shown = rest[0].split("|")
        if missing := [
            word for word in shown if re.fullmatch(r"[a-z-]+", word) and word not in _under(words[0])
        ]:
            return f"{words[0]} {missing[0]}"
        path = (*path, shown[0]) if shown[0] in _under(words[0]) else path
    known = _options(path) | {"--help"}
    return next((option for word in rest for option in OPTION.findall(word) if option not in known), "")


def test_every_command_and_option_a_text_names_exists():
    wrong = [
        f"{where}: detente {call.strip()}: no {missing}"
        for where, text in _texts()
        for match in QUOTED.finditer(text)
        for call in [next(group for group in match.groups() if group)]
        if (missing := _wrong(call))
    ]
    assert wrong == []


def test_every_function_of_the_package_a_text_names_exists():
    wrong = [
        f"{where}: dt.{name}"
        for where, text in _texts()
        if "import datetime as dt" not in text or "import detente as dt" in text
        for block in re.findall(r"`[^`\n]*`|import detente as dt.*?(?:```|\Z)", text, flags=re.DOTALL)
        for name in PUBLIC.findall(block)
        if not hasattr(detente, name) and name not in {"date", "datetime", "timedelta", "UTC"}
    ]
    assert wrong == []


def test_every_module_and_name_in_it_that_a_text_names_exists():
    named = {
        (where, name)
        for where, text in _texts()
        for name in re.findall(r"`(detente(?:\.\w+)+)(?:\(\))?`", text)
    }
    assert named
    assert sorted(pair for pair in named if not _resolves(pair[1])) == []


def _resolves(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def test_every_file_a_document_names_exists():
    named = [
        (where, name)
        for where, text in _texts()
        if where.endswith(".md") and "SOURCES" not in where
        for name in re.findall(r"`((?:src|docs|tests|scripts|data|examples|benchmarks)/[\w./-]+\.\w+)`", text)
    ]
    assert named
    assert [pair for pair in named if not any((base / pair[1]).exists() for base in (ROOT, SOURCE))] == []


def test_the_scan_finds_what_does_not_exist():
    assert _wrong("serch toys") == "serch"
    assert _wrong("ledger sho us.s122") == "ledger sho"
    assert _wrong("duty 8703 --form CHN") == "--form"
    assert _wrong("duty CODE --from CHN --to USA --value 5") == ""


def _slips(word: str) -> list[str]:
    """A word with one letter changed, left out, doubled, or swapped with the next, in its middle."""
    letters = [at for at, letter in enumerate(word) if letter.isalpha()]
    at = letters[len(letters) // 2]
    other = "q" if word[at].islower() else "Q"
    return [
        word[:at] + other + word[at + 1 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] * 2 + word[at + 1 :],
        word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
    ]


def _said(act, word: str) -> str:
    """The refusal of a word, in all its parts."""
    with pytest.raises(DetenteError) as refusal:
        act(word)
    return f"{refusal.value.repair}; {refusal.value.allowed}"


def _shipped(kind: str):
    """Look-up of a file of the package."""
    return lambda word: locate(word, DATA / kind, kind=kind, where="X")


LOOKUPS = [
    *[(f"{kind[:-1]} {name}", _shipped(kind), name) for kind in ("studies", "games") for name in names_in(DATA / kind)],
    *[(f"world {name}", load_world, name) for name in ("icio2022", "wiod2011")],
    *[(f"group {name}", places.resolve, name) for name in places.groups() if len(name) > 2],
    *[(f"economy {name}", places.resolve, name) for name in ("Vietnam", "Germany", "South Korea", "Brazil", "Switzerland")],
    *[(f"measure {name}", open_ledger().measure, name) for name in ("us.s122", "cn.sanction.hanwha", "us.affiliates50")],
]  # fmt: skip


@pytest.mark.parametrize(("act", "word"), [case[1:] for case in LOOKUPS], ids=[case[0] for case in LOOKUPS])
def test_a_name_with_one_letter_wrong_is_answered_with_the_right_one(act, word):
    for slip in _slips(word):
        assert slip == word or word in _said(act, slip), slip


@pytest.mark.parametrize("code", ["CHN", "USA", "DEU", "VNM", "MEX", "JPN", "KOR", "IND", "BRA", "CAN"])
def test_a_code_with_one_letter_wrong_is_answered_with_the_right_one(code):
    for slip in _slips(code):
        if not places.is_economy(slip) and len(slip) > 2 and not places.is_group(slip):
            try:
                assert code in _said(places.resolve, slip), slip
            except pytest.fail.Exception:
                continue  # the slip is a name of its own


@pytest.mark.parametrize(
    ("words", "right"),
    [
        (["run", "kuala-lumper"], "kuala-lumpur"),
        (["run", "kuala-lumpur", "--scenario", "trce"], "truce"),
        (["sweep", "kuala-lumpur-uncertanty"], "kuala-lumpur-uncertainty"),
        (["play", "payoffs", "kuala-lumper"], "kuala-lumpur"),
        (["hedge", "RECP"], "RCEP"),
        (["purchases", "cn.buy.soy2026_29"], "cn.buy.soy2026_28"),
        (["average", "--to", "USA", "--weights", "us2023"], "us2024"),
        (["duty", "8703", "--from", "Chnia", "--to", "USA"], "China"),
        (["duty", "8703", "--from", "CHN", "--to", "USA", "--valu", "3"], "--value"),
        (["dutty", "8703"], "duty"),
        (["ledger", "sho", "us.s122"], "show"),
        (["average", "--to", "USA", "--by", "sectr"], "sector"),
        (["licence", "rare-erth", "--from", "CHN", "--to", "USA"], "rare-earth"),
    ],
)
def test_a_command_line_with_one_letter_wrong_is_answered_with_the_right_one(words, right, capsys):
    assert main(words) in {1, 2}
    said = capsys.readouterr().err
    assert re.search(rf"[Dd]id you mean [^\n]*{re.escape(right)}", said), said


@pytest.mark.parametrize("word", ["toys", "cotton T-shirts", "fooo"])
def test_words_where_a_code_is_due_lead_to_the_search_that_exists(word):
    with pytest.raises(DetenteError) as refusal:
        normalise(word)
    assert f"`detente search {word}`" in refusal.value.repair


def test_a_provision_where_a_good_is_due_leads_to_a_command_that_exists():
    with pytest.raises(DetenteError) as refusal:
        find("9999.99", "2026-03-01")
    assert "`detente duty CODE`" in refusal.value.repair
    assert "provision`" not in refusal.value.repair
