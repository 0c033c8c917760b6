"""Screening: list files, alias scores with reasons, recall on real aliases, and what can never be cleared."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import random
import time
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.asof import AsOf
from detente.compliance.day import read_day
from detente.compliance.screening.ledger_parties import ledger_parties
from detente.compliance.screening.lists import SAMPLE, Party, PartyList, read_lists
from detente.compliance.screening.match import Index
from detente.compliance.screening.names import fold, tokens
from detente.compliance.screening.screen import Screener, screen
from detente.errors import InputError
from detente.ledger import open_ledger

SHARED = Path(__file__).parents[3] / "shared" / "data" / "screening"
ENTITY_LIST = "Entity List (EL) - Bureau of Industry and Security"
RECALL_EXACT = 0.999
"""An alias that is on the list is found; a handful of aliases share all their words with another party."""
RECALL = 0.97
"""Mean over five ways to disturb real names; 0.983 on 700 names. Tail numbers and the like compare exactly."""
PRECISION = 0.89
"""Found over found and false alarms, on names held out of the list that share no rare word with those left on it."""
FEW = 10
"""So few parties with a word are taken for relatives: the rest of the list rightly finds the one held out."""
SECONDS = 5.0
"""Generous bound for a shared machine; the work is bounded by limits, not by the clock."""


def party(name, *aliases, source=ENTITY_LIST, **more):
    return Party(name=name, aliases=aliases, list=source, **more)


def listed(*parties):
    return PartyList(parties=parties, newest=None, sample=False, digest="", files=())


@pytest.fixture(scope="module")
def law():
    return open_ledger()


@pytest.fixture(scope="module")
def day(law):
    return read_day(AsOf.of("2025-10-15"), law)


@pytest.fixture(scope="module")
def real():
    if not SHARED.exists():
        pytest.skip("../shared is not there")
    return read_lists(SHARED / "ofac_sdn_2021_07.csv", SHARED / "ofac_sdn_alt_2021_07.csv")


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("HUAWEI Technologies Co., Limited", ("huawei", "technologies", "co", "ltd")),
        ("S.A. Álvarez & Hijos", ("sa", "alvarez", "hijos")),
        ("华为技术", ("hua", "wei", "ji", "shu")),
        ("Алмаз-Антей", ("almaz", "antei")),
        ("A\u0301lvarez\u202e", ("alvarez",)),
        ("שלום", ("slvm",)),
        ("O'Hara", ("ohara",)),
        ("\u200b\u200f", ()),
    ],
)
def test_names_are_folded_to_comparable_tokens(name, cut):
    assert tokens(name) == cut


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_folding_any_text_gives_ascii_and_is_stable(text):
    once = fold(text)
    assert once.isascii()
    assert tokens(once) == tokens(fold(once))


def test_every_alias_has_its_own_score_and_reason():
    index = Index(listed(party("Almaz-Antey Concern", "Almaz-Antey", "Kontsern Almaz-Antei")))
    hits = index.search(["Almaz Antey Telecom"], least=0.5)[0]
    assert {hit.alias for hit in hits} == {"Almaz-Antey Concern", "Almaz-Antey", "Kontsern Almaz-Antei"}
    assert len({hit.score for hit in hits}) > 1
    best = hits[0]
    assert best.alias == "Almaz-Antey"
    assert best.why == "matched: almaz, antey; not on the list: telecom"


def test_a_longer_name_still_finds_the_shorter_listed_one(real):
    index = Index(listed(*real.parties, party("ALMAZ-ANTEY")))
    hits = index.search(["Almaz Antey Telecom"])[0]
    assert any(hit.alias == "ALMAZ-ANTEY" for hit in hits)


@pytest.mark.parametrize("name", ["77420 CORP", "OLGA LLC", "Trading Company Limited", "Smith and Co"])
def test_legal_forms_and_given_names_alone_match_nothing(real, name):
    index = Index(listed(*real.parties, party("DANIELS, Olga"), party("ACME CORP"), party("77421 CORP")))
    assert index.search([name])[0] == []


def test_same_letters_divided_differently():
    index = Index(listed(party("Kunlun Holding Company"), party("Gulf Gate")))
    assert index.search(["KunLun HoldingCompany"])[0][0].why == "the same letters, divided differently"


def test_scripts_meet():
    index = Index(listed(party("ROSOBORONEXPORT"), party("HUAWEI TECHNOLOGIES")))
    assert index.search(["Рособоронэкспорт"])[0][0].alias == "ROSOBORONEXPORT"


def test_aliases_that_are_listed_are_found(real):
    index = Index(real)
    pairs = [(at, alias) for at, one in enumerate(real.parties) for alias in one.aliases]
    sample = random.Random(7).sample(pairs, 400)  # noqa: S311  (a fixed draw)
    found = index.search([alias for _, alias in sample])
    hit = [
        any(h.party == at and h.score == 1.0 for h in hits)
        for (at, _), hits in zip(sample, found, strict=True)
    ]
    assert sum(hit) / len(hit) >= RECALL_EXACT


def test_recall_on_disturbed_names_and_precision_on_unlisted_ones(real):
    dice = random.Random(11)  # noqa: S311  (a fixed draw)
    index = Index(real)
    chosen = dice.sample(range(len(real.parties)), 250)
    names = [real.parties[at].name for at in chosen]
    recall = []
    for change in (_typo, _shuffle, _drop, _add, _join):
        found = index.search([change(name, dice) for name in names])
        recall.append(sum(any(h.party == at for h in hits) for at, hits in zip(chosen, found, strict=True)))
    mean = sum(recall) / len(recall) / len(chosen)
    out = set(chosen)
    kept = [one for at, one in enumerate(real.parties) if at not in out]
    left = {tuple(sorted(tokens(name))) for one in kept for name in (one.name, *one.aliases)}
    relatives = _words_of_few(real.parties, kept)
    unlisted = [
        name
        for name in names
        if not relatives.intersection(tokens(name))
        and not any(set(words) <= set(tokens(name)) or set(tokens(name)) <= set(words) for words in left)
    ]
    alarms = sum(bool(hits) for hits in Index(kept).search(unlisted)) / len(unlisted)
    assert mean >= RECALL
    assert mean / (mean + alarms) >= PRECISION


def _words_of_few(parties, kept):
    """Words of four letters or more that at most ten parties have, one of them still listed."""
    held = Counter(word for one in parties for word in _all_words(one))
    return {word for one in kept for word in _all_words(one) if held[word] <= FEW and len(word) > 3}


def _all_words(one):
    """Every word of a party's names."""
    return {word for name in (one.name, *one.aliases) for word in tokens(name)}


def _typo(name, dice):
    at = dice.choice([i for i, letter in enumerate(name) if letter.isalpha()])
    return name[:at] + dice.choice("abcdefghijklmnopqrstuvwxyz") + name[at + 1 :]


def _shuffle(name, dice):
    words = name.replace(",", "").split()
    dice.shuffle(words)
    return " ".join(words)


def _drop(name, dice):
    words = name.split()
    if len(words) > 2:
        words.pop(dice.randrange(len(words)))
    return " ".join(words)


def _add(name, dice):
    return f"{name} {dice.choice(['Telecom', 'Group', 'Trading', 'International', 'Ltd', 'Holding'])}"


def _join(name, dice):
    words = name.split()
    at = dice.randrange(max(len(words) - 1, 1))
    return " ".join([*words[:at], "".join(words[at : at + 2]), *words[at + 2 :]])


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """The published sample as a user's own file, with a listing of the week before the day asked."""
    file = tmp_path_factory.mktemp("lists") / "list.csv"
    rows = list(csv.reader(io.StringIO(SAMPLE.read_text(encoding="utf-8"))))
    fresh = dict.fromkeys(rows[0], "") | {
        "source": ENTITY_LIST,
        "name": "Freshly Listed Firm",
        "start_date": "2025-10-08",
    }
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([*rows, list(fresh.values())])
    return file


@pytest.mark.parametrize("lists", [(), (SAMPLE,)], ids=["no list", "the sample by name"])
def test_the_test_list_never_answers(law, lists):
    for name in ("A perfectly ordinary bakery", "Gulf Gate Sea Cargo LLC"):
        result = screen(name, asof=AsOf.of("2025-10-15"), lists=lists, ledger=law)
        assert (result.status, result.exit_code, result.matches) == ("review", 4, ())
        assert result.refused == "no current list loaded"
        assert result.banner == (
            "TEST LIST: 115 parties, newest entry 2019-08-13, 2,255 days before 2025-10-15."
            " It is not searched: no current list loaded."
        )
        held = len(ledger_parties(law))
        assert result.warnings[0].startswith(
            f"no current list loaded: only the {held} entries that the ledger itself holds"
        )
        assert (result.searched.files, result.searched.parties, result.searched.ledger) == ((), 0, held)


def test_a_list_of_the_users_own_can_clear(law, copied):
    result = screen("A perfectly ordinary bakery", asof=AsOf.of("2025-10-15"), lists=[copied], ledger=law)
    assert (result.status, result.exit_code, result.banner, result.refused) == ("clear", 0, "", "")
    assert result.list_date.isoformat() == "2025-10-08"
    assert "7 days" in result.warnings[0]


@pytest.mark.parametrize(
    ("on", "status"), [("2025-11-07", "clear"), ("2025-11-08", "review"), ("2026-10-08", "review")]
)
def test_an_old_list_still_matches_and_clears_nobody(law, copied, on, status):
    ordinary = screen("A perfectly ordinary bakery", asof=AsOf.of(on), lists=[copied], ledger=law)
    assert (ordinary.status, ordinary.exit_code) == (status, 0)
    assert ordinary.warnings[0].startswith("newest entry of the list: 2025-10-08, ")
    assert ("nobody is clear by it" in ordinary.warnings[0]) == (status == "review")
    assert (
        screen("Gulf Gate Sea Cargo LLC", asof=AsOf.of(on), lists=[copied], ledger=law).status == "restricted"
    )


def test_a_list_without_dates_clears_nobody(law, tmp_path):
    file = tmp_path / "sdn.csv"
    file.write_text('36,"AEROCARIBBEAN AIRLINES",-0- ,"CUBA"' + ",-0- " * 8 + "\n", encoding="utf-8")
    result = screen("A perfectly ordinary bakery", asof=AsOf.of("2025-10-15"), lists=[file], ledger=law)
    assert result.status == "review"
    assert result.warnings[0] == "the list gives no dates: its age is not known, and nobody is clear by it"


def test_names_that_the_ledger_holds_are_searched_on_their_days(law):
    def asked(name, on, **more):
        return screen(name, asof=AsOf.of(on, **more), ledger=law)

    assert asked("Hanwha Philly Shipyard", "2025-10-15").status in {"review", "restricted"}
    assert asked("Hanwha Shipping LLC", "2025-10-15").status == "restricted"
    assert asked("Hanwha Shipping LLC", "2025-10-13").status == "review"
    suspended = asked("Hanwha Shipping LLC", "2025-12-01")
    assert (suspended.status, suspended.matches[0].listed) == ("review", False)
    assert suspended.matches[0].why.endswith("; the measure is suspended that day")
    assert asked("Hanwha Shipping LLC", "2025-12-01", known_on="2025-10-01").matches == ()
    nexperia = asked("Nexperia Germany GmbH", "2025-10-15")
    assert (nexperia.status, nexperia.matches[0].name) == ("review", "Nexperia (China) Ltd.")
    for name in ("Skydio, Inc.", "Shield AI", "Huawei Technologies Co Ltd", "Illuminated Bakery"):
        assert (asked(name, "2025-10-15").status == "restricted") == (name != "Illuminated Bakery")


def test_every_name_of_the_ledger_is_found_and_belongs_to_a_measure(law):
    held = ledger_parties(law)
    assert {one.measure for one in held} == {
        "cn.sanction.hanwha", "cn.other.nexperia", "us.entity_list", "cn.list.us_firms",
    }  # fmt: skip
    found = Screener(ledger=law).index.search([one.name for one in held])
    assert all(hits[0].score == 1.0 for hits in found)
    assert all(
        one.part
        in {position.part for position in read_day(AsOf.of("2025-10-15"), law).legal.get(one.measure)}
        for one in held
    )


def test_an_overlay_names_its_own_parties(law):
    measure = law.measures["cn.other.nexperia"]
    told = measure.model_copy(update={"details": {"parties": "Zzyzx Widgets Ltd; Other Firm"}})
    edited = dataclasses.replace(law, measures={**law.measures, "cn.other.nexperia": told}, hash="another")
    assert (
        screen("Zzyzx Widgets", asof=AsOf.of("2025-10-15"), ledger=edited).matches[0].name
        == "Zzyzx Widgets Ltd"
    )


def test_a_listed_name_is_restricted_and_a_similar_one_is_for_review(law, copied):
    exact = screen("Gulf Gate Sea Cargo LLC", asof=AsOf.of("2025-10-15"), lists=[copied], ledger=law)
    assert (exact.status, exact.exit_code) == ("restricted", 0)
    assert exact.matches[0].why == "the same words"
    assert exact.matches[0].policy == "Presumption of denial."
    near = screen("Gulf Gate Sea Cargoo", asof=AsOf.of("2025-10-15"), lists=[copied], ledger=law)
    assert near.status == "review"


def test_listings_are_dated(law, day):
    ended = party(
        "Old Denied Person", source="Denied Persons List (DPL)", end=pd.Timestamp("2020-01-01").date()
    )
    later = party("Later Listed Firm", start=pd.Timestamp("2026-01-01").date())
    screener = Screener(listed(ended, later))
    assert [s.status for s in screener.screen_names(["Old Denied Person", "Later Listed Firm"], day=day)] == [
        "review",
        "review",
    ]
    after = read_day(AsOf.of("2026-02-01"), law)
    assert screener.screen_names(["Later Listed Firm"], day=after)[0].status == "restricted"


def test_lists_without_a_licence_duty_are_for_review(day):
    screener = Screener(listed(party("Some Unverified Firm", source="Unverified List (UVL) - BIS")))
    assert screener.screen_names(["Some Unverified Firm"], day=day)[0].status == "review"


def test_json_form_gives_the_same_parties(tmp_path):
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["alt_names"] = [a.strip() for a in row["alt_names"].split(";") if a.strip()]
        row["programs"] = [row["programs"]] if row["programs"] else []
    path = tmp_path / "csl.json"
    path.write_text(json.dumps({"total": len(rows), "results": rows}), encoding="utf-8")
    assert read_lists(path).parties == read_lists().parties


def test_ofac_files_with_and_without_header(tmp_path):
    sdn, alt = tmp_path / "sdn.csv", tmp_path / "alt.csv"
    sdn.write_text(
        '36,"AEROCARIBBEAN AIRLINES",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n\x1a',
        encoding="utf-8",
    )
    alt.write_text('36,12,"aka","AERO-CARIBBEAN",-0- \n', encoding="utf-8")
    found = read_lists(sdn, alt).parties
    assert [(p.name, p.aliases, p.programs, p.remarks) for p in found] == [
        ("AEROCARIBBEAN AIRLINES", ("AERO-CARIBBEAN",), "CUBA", "")
    ]


HEADER = "source,entity_number,type,name,alt_names,start_date\n"


@pytest.mark.parametrize(
    ("content", "what", "line"),
    [
        (b"", "no header this reader knows", ":1"),
        (b"colour,size\nred,5\n", "no header this reader knows", ":1"),
        (HEADER.encode() + b"EL,1,Entity,Acme\n", "cut or shifted", ":2"),
        (HEADER.encode() + b"EL,1,Entity,,x,2020-01-01\n", "a listed name cannot be used", ":2"),
        (HEADER.encode() + b"EL,1,Entity,Acme,x,soon\n", "a day of the list cannot be read", ":2"),
        (HEADER.encode() + b'EL,1,Entity,"Ac"me,x,\n', "is not CSV", ":2"),
        (HEADER.encode(), "holds no party", ""),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "is not text", ""),
        (b'{"results": [', "is not JSON", ":1"),
        (b'{"results": 5}', "no list of entries", ""),
        (b'[{"title": "x"}]', "entry 0 is not a party", ""),
        (b"[" * 100_000, "is not JSON", ""),
    ],
)
def test_malformed_lists_are_refused_with_their_place(tmp_path, content, what, line):
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=what) as raised:
        read_lists(file)
    assert f"list.csv{line}" in raised.value.where
    assert raised.value.repair


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["no header", "open quote", "cut row", "binary", "json"])
def test_a_malformed_list_of_100_megabytes_is_refused_quickly(tmp_path, kind):
    row = b'EL,1,Entity,"Some Firm Of Length",a; b,2020-01-01\n'
    block = row * 20_000
    start = {
        "no header": row,
        "open quote": HEADER.encode() + b'EL,1,Entity,"never closed\n',
        "cut row": HEADER.encode() + row + b"EL,1\n",
        "binary": HEADER.encode() + b"\xff\xfe\n",
        "json": b'[{"name": "x"},',
    }[kind]
    file = tmp_path / "big.csv"
    with file.open("wb") as stream:
        stream.write(start)
        while stream.tell() < 100_000_000:
            stream.write(block)
    before = time.process_time()
    with pytest.raises(InputError):
        read_lists(file)
    assert time.process_time() - before < SECONDS


def test_a_missing_list_is_said(tmp_path):
    with pytest.raises(InputError, match="is not there"):
        read_lists(tmp_path / "none.csv")


@pytest.mark.parametrize("name", ["x" * 10_000, "شركة " * 3_000, "e\u0301" * 5_000])
def test_overlong_names_are_refused(law, name):
    with pytest.raises(InputError, match="too long to be a name") as raised:
        screen(name, asof=AsOf.of("2025-10-15"), ledger=law)
    assert raised.value.allowed == "at most 1,000"


@pytest.mark.parametrize("name", ["", "   ", "!!!", "\u200f\u202e", "\u0301\u0301"])
def test_names_that_hold_nothing_are_refused(law, name):
    with pytest.raises(InputError, match="nothing to compare"):
        screen(name, asof=AsOf.of("2025-10-15"), ledger=law)


@pytest.mark.parametrize("name", ["a " * 499, "z" * 1_000, "محمد " * 150, "Z\u0351\u0302" * 300])
def test_names_at_the_limit_take_bounded_time(real, name):
    index = Index(real)
    before = time.process_time()
    index.search([name])
    assert time.process_time() - before < SECONDS


def test_json_shape(law, copied):
    shape = screen(
        "Gulf Gate Sea Cargo LLC", asof=AsOf.of("2025-10-15"), lists=[copied], ledger=law
    ).to_dict()
    assert {"status", "matches", "path", "list_date"} <= set(shape)
    assert {"name", "alias", "list", "score", "why"} <= set(shape["matches"][0])
    json.dump(shape, io.StringIO())
