"""A word that is mistyped by one letter is refused with the word that was meant, wherever a word can be typed."""

from __future__ import annotations

import contextlib
import io
import random
import shlex

import pytest
from rapidfuzz.distance import OSA

from detente.cli import COMMANDS, main
from detente.queries import QUESTIONS
from detente.queries.question import question_of

LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Slips tried of each word.
TRIED = 2
# What is typed where the braces stand, and the words it may be.
TYPED = {
    "run {}": ["kuala-lumpur"],
    "hedge RCEP --study {}": ["kuala-lumpur"],
    "run kuala-lumpur --scenario {}": ["no-deal", "thirty-for-thirty"],
    "hedge RCEP --world wiod2011 --under {}": ["truce", "lapse"],
    "reliance USA CHN --world wiod2011 --at {}": ["truce"],
    "play optimal USA --world wiod2011 --under {}": ["court"],
    "play nash USA CHN --world wiod2011 --under {}": ["truce"],
    "play bargain USA CHN --world wiod2011 --threat {}": ["escalation"],
    "path kuala-lumpur --world wiod2011 --truce {}": ["truce"],
    "path kuala-lumpur --world wiod2011 --breakdown {}": ["lapse"],
    "run kuala-lumpur --world {}": ["wiod2011", "icio2022"],
    "chokepoints magnets --world {}": ["icio2022"],
    "what-if --importer USA --exporter CHN --points 5 --world {}": ["wiod2011"],
    "duty 22 --from CHN --to {}": ["Germany", "United States"],
    "average --to USA --from {}": ["Vietnam"],
    "economy {} --world wiod2011": ["Brazil"],
    "status --between USA {}": ["Malaysia"],
    "port-fee --port-of {} --net-tons 5": ["China"],
    "port-fee --port-of USA --net-tons 5 --built {}": ["South Korea"],
    "licence chip --from USA --to {}": ["China"],
    "play nash {} CHN --world wiod2011": ["Mexico"],
    "hedge {} --world wiod2011": ["RCEP"],
    "collected --partner {}": ["Canada"],
    "chokepoints magnets --economies {}": ["Germany"],
    "ledger ls --imposer {}": ["China"],
    "what-if --importer {} --exporter CHN --points 5": ["Germany"],
    "what-if --importer USA --exporter {} --points 5": ["Vietnam"],
    "what-if --importer USA --exporter CHN --points 5 --industry {}": ["C13T15", "C302T309"],
    "play optimal USA --sectors {}": ["C13T15"],
    "run kuala-lumpur --world wiod2011 --assume {}=0.5": ["usmca_use", "relief_share"],
    "ledger show {}": ["us.s232.steel", "cn.xc.61"],
    "ledger cite {}": ["us.s122"],
    "ledger timeline {}": ["us.s232.steel"],
    "duty 22 --from CHN --to USA --suspend {}": ["us.s232.steel"],
    "duty 22 --from CHN --to USA --set {}=0.1": ["us.s232.steel"],
    "duty 22 --from CHN --to USA --suspend us.s232.wood:{}": ["furniture"],
    "run kuala-lumpur --world wiod2011 --only {}": ["us.s232.steel"],
    "run kuala-lumpur --world wiod2011 --without {}": ["soybeans"],
    "purchases {}": ["cn.buy.soy2026_28"],
    "duty 8703.23.01 --from JPN --to USA --fact {}=0.25": ["us_content", "steel_content"],
    "licence rare-earth --from CHN --to DEU --fact {}=Dy": ["elements"],
    "port-fee --port-of CHN --net-tons 5 --fact {}=USA": ["flag"],
    "port-fee --port-of USA --net-tons 5 --type {}": ["container"],
    "licence {} --from CHN --to DEU": ["rare-earth"],
    "average --to USA --by {}": ["partner", "chapter"],
    "average --to USA --weights {}": ["us2024"],
    "ledger ls --view {}": ["collected", "legally-due"],
    "ledger ls --ends {}": ["reported"],
    "ledger ls --instrument {}": ["tariff", "entity_list"],
    "ledger ls --state {}": ["suspended", "threatened"],
    "run kuala-lumpur --closure {}": ["proportional"],
    "run kuala-lumpur --factors {}": ["mobile"],
    "run kuala-lumpur --horizon {}": ["short"],
    "run kuala-lumpur --world wiod2011 --show {}": ["evidence"],
    "play payoffs {} --world wiod2011": ["kuala-lumpur"],
    "play deals {} --world wiod2011": ["november-2026"],
    "play calendar {} --world wiod2011": ["november-2026"],
    "play nash USA CHN --world wiod2011 --goal USA={}:1": ["rivalry"],
    "play optimal USA --world wiod2011 --goal {}": ["revenue", "real-income"],
    "play nash USA CHN --world wiod2011 --by {}": ["uniform"],
    "chokepoints {}": ["magnets"],
    "evidence --episode {}": ["2018-19"],
    "sweep {}": ["kuala-lumpur-uncertainty"],
    "schema {}": ["chokepoints"],
    "completion {}": ["fish"],
}


def slips(word, others=()):
    """A few words one letter away, nearer to this word than to any other."""
    draw = random.Random(word)  # noqa: S311  (the same words in every run)
    found = []
    for _ in range(60):
        k = draw.randrange(1, len(word))
        letter = draw.choice(LETTERS)
        slip = draw.choice(
            [word[:k] + word[k + 1 :], word[:k] + letter + word[k + 1 :], word[:k] + letter + word[k:]]
        )
        if slip != word and all(OSA.distance(slip, other) > 1 for other in others if other != word):
            found.append(slip)
    return list(dict.fromkeys(found))[:TRIED]


def asked(words):
    """What a command says of itself on stderr, and its exit code."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        code = main(words)
    return code, said.getvalue()


def check(words, meant):
    """The refusal asks whether the word was meant."""
    code, text = asked(words)
    assert code in {1, 2}, (words, text)
    _, sign, rest = text.lower().partition("did you mean")
    assert sign, (words, text)
    assert meant.lower() in rest, (words, text)


@pytest.mark.parametrize("line", TYPED)
def test_a_slip_in_a_word_is_asked_about(line):
    for word in TYPED[line]:
        for slip in slips(word):
            check(shlex.split(line.replace("{}", f"'{slip}'" if " " in slip else slip)), word)


GROUPS = {"": set(COMMANDS)}
for _name in QUESTIONS:
    _first, *_rest = question_of(_name).command
    if _rest:
        GROUPS.setdefault(_first, set()).add(_rest[0])


@pytest.mark.parametrize("group", GROUPS)
def test_a_slip_in_a_command_is_asked_about(group):
    for word in sorted(GROUPS[group]):
        for slip in slips(word, GROUPS[group]):
            check([*filter(None, [group]), slip], word)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_slip_in_an_option_is_asked_about(name):
    question = question_of(name)
    words = {
        word for item in question.fields for word in (item.option, *item.word.also) if not item.positional
    }
    words |= {"--json", "--csv", "--quiet", "--ledger", "--reproduce", "--help", "--version"}
    for item in question.fields:
        # Of two letters one slip leaves too little to tell by.
        if not item.positional and len(item.option) > len("--at"):
            for slip in slips(item.option, words):
                if slip.startswith("--"):
                    check([*question.command, slip, "1"], item.option)
