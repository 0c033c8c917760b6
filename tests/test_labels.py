"""Every id of the data has words for a reader, and the scan for ids in texts finds what it is to find."""

from __future__ import annotations

import csv
import re
from importlib.resources import files

import pytest
from ruamel.yaml import YAML

from detente.errors import LedgerError
from detente.labels import HEADER, LONGEST_SHORT, held, label, laid_over, phrase, read_labels, short
from detente.ledger import open_ledger
from internal_ids import ids_in, internal_ids

DATA = files("detente") / "data"
STUDIES, GAMES = (
    {
        path.name.removesuffix(".yaml"): path
        for path in (DATA / folder).iterdir()
        if path.name.endswith(".yaml")
    }
    for folder in ("studies", "games")
)


def read(path):
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def of_ledger():
    ledger = open_ledger()
    for name, measure in ledger.measures.items():
        yield "measure", "", name
        yield "kind", "", measure.instrument
        for part in measure.scope:
            yield "part", name if ("part", name, part) in held() or part != "main" else "*", part
        for step in measure.steps:
            for unit in step.amounts or ():
                yield "unit", "", unit
    for name, item in ledger.assumptions.items():
        yield "assumption", "", name
        if isinstance(item.value, str):
            yield "word", "", item.value


def of_studies():
    for name, path in STUDIES.items():
        study = read(path)
        yield "scenario", name, study["baseline"]["id"]
        for item in study["scenarios"]:
            yield "scenario", name, item["id"]
        for item in study["contrasts"]:
            yield "contrast", name, item["id"]
        for item in study["assumptions"]:
            yield "assumption", "", item["name"]
        yield "world", "", study["world"]
        yield "world", "", study["second_world"]
    for path in (DATA / "studies" / "designs").iterdir():
        for item in read(path)["parameters"]:
            yield "assumption", "", item["name"]


def of_games():
    for name, path in GAMES.items():
        game = read(path)
        for side, actions in game["actions"].items():
            for item in actions:
                yield "action", f"{name}.{side}", item["id"]
        for kind in ("punishment", "threat", "deal"):
            for item in game[f"{kind}s"]:
                yield kind, name, item["id"]
        for item in game.get("assumptions", ()):
            yield "assumption", "", item["name"]


def of_the_rest():
    table = read(DATA / "scenarios" / "instruments.yaml")
    for item in table["instruments"]:
        yield "instrument", "", item["id"]
    for item in table["parts"]:
        yield "carve", "", item["name"]
    for item in table["assumptions"] + read(DATA / "scenarios" / "paths.yaml")["assumptions"]:
        yield "assumption", "", item["name"]
    for item in read(DATA / "chokepoints" / "chokepoints.yaml")["inputs"]:
        yield "input", "", item["id"]
        for episode in item.get("episodes", ()):
            yield "episode", "", episode["id"]
    for row in csv.DictReader((DATA / "worlds" / "sectors.csv").read_text(encoding="utf-8").splitlines()):
        yield "industry", "", row["code"]
    for path in (DATA / "worlds" / "variants").iterdir():
        yield "variant", "", path.name.split(".")[1]
    for row in csv.DictReader((DATA / "worlds" / "tilts.csv").read_text(encoding="utf-8").splitlines()):
        yield "variant", "", row["variant"]


NEEDED = {"ledger": of_ledger, "studies": of_studies, "games": of_games, "the rest": of_the_rest}


@pytest.mark.parametrize("where", NEEDED)
def test_every_id_has_a_label(where):
    missing = sorted(set(NEEDED[where]()) - held().keys())
    assert missing == [], "add a row to data/labels.csv"


def test_no_label_is_of_an_id_that_is_gone():
    made_by_code = {"tariffs", "main", "grim", "stock_weeks", "spot", "world", "elasticities", "common"}
    needed = {key for said in NEEDED.values() for key in said()}
    kinds = {"kind", "unit"}
    gone = [key for key in held() if key not in needed and key[2] not in made_by_code and key[0] not in kinds]
    assert gone == []


@pytest.mark.parametrize("key", held(), ids="|".join)
def test_a_label_is_words(key):
    """No id, no heading or note of the tariff schedule, no dash that a terminal cannot print; and short where it says so."""
    for text in held()[key]:
        assert ids_in(text) == []
        assert not re.search(r"\b99\d\d\.|\bnotes? \d|_|\u2014|\bannex\b|\bECCN\b|\bTPP\b", text), text
        assert text == text.strip()
        assert not text.endswith(".")
    assert len(held()[key].short) <= LONGEST_SHORT


def test_labels_inside_one_thing_differ():
    """Two rows of one table are not called the same."""
    places = {}
    for (kind, within, name), words in held().items():
        same_world = name[:1].islower() if kind == "industry" else ""
        places.setdefault((kind, within, same_world), []).append(words)
    for place, words in places.items():
        for column in range(2):
            said = [item[column] for item in words]
            assert sorted(set(said)) == sorted(said), place


def test_known_words():
    assert label("measure", "us.threat.cn100") == "Threatened US tariff of 100 % on China"
    assert phrase("part", "fifteen", within="cn.ret.2025.feb10") == "coal and liquefied natural gas (15 %)"
    assert phrase("part", "main", within="us.s122") == "all goods"
    assert short("scenario", "lapse", within="kuala-lumpur") == "Truce expires"
    assert (
        phrase("assumption", "theta.C31T33") == "trade elasticity of furniture, toys and other manufacturing"
    )
    assert short("assumption", "theta of G") == "Elasticity, trade"
    assert phrase("scenario", "my_case", within="mine", otherwise="My case") == "My case"
    assert label("scenario", "my_case", within="mine") == "My case"


def test_an_overlay_carries_its_own(tmp_path):
    """A title of its measure or judgement is its label, and its table of labels goes before that and before ours."""
    (tmp_path / "tea.yaml").write_text(
        """
id: us.tea
title: Duty on tea
imposer: USA
targets: [CHN]
instrument: tariff
authority: [none]
scope: {main: {text: Tea, include: ["0902"]}, green_tea: {text: Green tea, include: ["090210"]}}
steps: [{from: 2026-01-01, recorded: 2026-01-01, rate: 0.1, act: made up, sources: [gsm]}]
confidence: low
sources: [gsm]
""",
        encoding="utf-8",
    )
    assert phrase("measure", "us.tea") == "us.tea"
    with laid_over(open_ledger(tmp_path).labels):
        assert phrase("measure", "us.tea") == "Duty on tea"
        assert phrase("part", "green_tea", within="us.tea") == "green tea"
    rows = ["measure,,us.tea,US tariff on tea,tea tariff", "measure,,us.s122,the surcharge,"]
    (tmp_path / "labels.csv").write_text("\n".join([",".join(HEADER), *rows]), encoding="utf-8")
    with laid_over(open_ledger(tmp_path).labels):
        assert short("measure", "us.tea") == "Tea tariff"
        assert label("measure", "us.s122") == "The surcharge"
    assert label("measure", "us.s122") == "US import surcharge under Section 122"
    assert open_ledger().labels == {}


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ("", "not the header of a table of labels", "x.csv:1"),
        ("kind,name\n", "not the header of a table of labels", "x.csv:1"),
        (",".join(HEADER) + "\nmesure,,a,b,c\n", "no such kind of label", "x.csv:2"),
        (",".join(HEADER) + "\nmeasure,,a,b\n", "a row of another width", "x.csv:2"),
        (",".join(HEADER) + "\nmeasure,x,a,b,c\n", "a label without its place or words", "x.csv:2"),
        (",".join(HEADER) + "\npart,,a,b,c\n", "a label without its place or words", "x.csv:2"),
        (",".join(HEADER) + "\nmeasure,,a,,c\n", "a label without its place or words", "x.csv:2"),
        (",".join(HEADER) + "\nmeasure,,a,b,c\nmeasure,,a,d,e\n", "two labels of one name", "x.csv:3"),
        (",".join(HEADER) + f"\nmeasure,,a,b,{'c' * 31}\n", "a short label that is long", "x.csv:2"),
    ],
)
def test_a_broken_table_is_refused(text, what, where):
    with pytest.raises(LedgerError) as refused:
        read_labels(text, "x.csv")
    assert (refused.value.what, refused.value.where) == (what, where)


SEEN = {
    "us.s301.cn.list1: 25 %": ["us.s301.cn.list1"],
    "fifteen 15 %; ten 10 %": ["fifteen"],
    "r25_2024, C31T33 and theta of G": ["r25_2024", "C31T33", "theta of G"],
    "usmca_use = 0.41": ["usmca_use"],
    "no-deal against escalation-unanswered": ["no-deal", "escalation-unanswered"],
    "icio2022: china-minus-15": ["icio2022", "china-minus-15"],
}
PASSED = [
    "Truce against no deal",
    "more: `detente ledger show us.s301.cn.list1`",
    "  detente play payoffs kuala-lumpur",
    "US reciprocal tariff on China (us.ieepa.reciprocal.cn)",
    "https://example.org/measure/us.s122?part=r25_2024",
    "ten extra days; the first 15 %",
]


@pytest.mark.parametrize("text", SEEN)
def test_the_scan_sees_ids(text):
    assert ids_in(text) == SEEN[text]


@pytest.mark.parametrize("text", PASSED)
def test_the_scan_passes_words(text):
    assert ids_in(text) == []


def test_the_scan_knows_most_ids():
    coded = {name for kind, _, name in held() if kind in {"measure", "assumption"}}
    assert len(coded - internal_ids()) <= 12, sorted(coded - internal_ids())
