"""Study files that users send: hostile ones are refused quickly and in words, and nothing outside is reached."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.errors import StudyError
from detente.queries.page.sent_study import read_study
from detente.web.forms import read_form

# Seconds within which a file is refused; reading one honestly takes a few hundredths.
SOON = 5.0
GOOD = """\
id: mine
title: Mine
question: What then?
world: icio2022
pairs: [[USA, CHN], [CHN, USA]]
featured: [USA, CHN]
baseline: {id: baseline, label: Before, definition: the ledger, on: "2024-12-31"}
scenarios:
  - {id: one, label: One, definition: the ledger, on: "2025-11-10"}
"""
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + k)}: &{chr(98 + k)} [{','.join(['*' + chr(97 + k)] * 9)}]\n" for k in range(8)
)
HOSTILE = {
    "bomb of aliases": BOMB,
    "huge number": "id: " + "9" * 100_000,
    "huge float": GOOD + "closure: 1e999999",
    "deep": "[" * 20_000,
    "deep mappings": "{a: " * 5_000,
    "tag": "!!python/object/apply:os.system ['id']",
    "duplicate keys": GOOD + "id: other\n",
    "wide": "\n".join(f"k{n}: 1" for n in range(10_000)),
    "control characters": "id: \x01\x02",
    "not a mapping": "- 1\n- 2\n",
    "nothing": "",
    "several documents": GOOD + "---\n" + GOOD,
    "unknown field": GOOD + "colour: blue\n",
    "not finite": GOOD + "assumptions: [{name: x, value: .inf, alternatives: [1], why: y, source: z}]\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_refused_quickly(text):
    began = time.monotonic()
    with pytest.raises(StudyError):
        read_study(text)
    assert time.monotonic() - began < SOON


def test_a_good_file_is_read():
    assert read_study(GOOD).id == "mine"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("world: icio2022", "world: /etc/passwd"), "/etc/passwd"),
        (("world: icio2022", "world: ../data/icio2022.nc"), "../data/icio2022.nc"),
        (("world: icio2022", "world: icio2022\nsecond_world: /dev/zero"), "/dev/zero"),
    ],
)
def test_no_world_outside_the_package_is_reached(change, found):
    with pytest.raises(StudyError, match="built-in world") as refusal:
        read_study(GOOD.replace(*change))
    assert refusal.value.found == found


def test_a_large_study_is_sent_to_the_command_line():
    rows = "".join(f'  - {{id: s{k}, label: S, definition: d, on: "2025-11-10"}}\n' for k in range(13))
    with pytest.raises(StudyError, match="too large for the page"):
        read_study(GOOD + rows)


def test_messages_name_the_file_as_the_user_knows_it():
    with pytest.raises(StudyError) as refusal:
        read_study(GOOD + "colour: blue\n")
    assert refusal.value.where.startswith("study.yaml")
    assert "/tmp" not in str(refusal.value)  # noqa: S108  (that no such path is shown)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00i\x00d", b"\x80\x81\x82", "id: é".encode("utf-16"), b"\x00" * 100]
)
def test_wrong_encodings_are_refused(client, content):
    answer = client.post("/api/v1/run", content=content, headers={"content-type": "application/yaml"})
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["what"]


CLAIM = GOOD + "groups: [RCEP]\nclaim: {group: RCEP, text: t, share: NUMBER, share_2022: 0.3, source: s}\n"


@pytest.mark.parametrize(
    ("number", "what", "found"),
    [
        ("9" * 5_000, "a number is too long", f"{'9' * 40}... (5000 characters)"),
        ("-" + "1" * 400, "a number is too long", f"-{'1' * 39}... (401 characters)"),
        ("1" + "0" * 309, "a number must be finite", f"1{'0' * 39}... (310 characters)"),
        ("1e999", "a number must be finite", "1e999"),
        ("-1.5E+400", "a number must be finite", "-1.5E+400"),
        (".inf", "a number must be finite", ".inf"),
    ],
)
def test_numbers_no_computer_counts_with_are_refused_in_five_parts(client, number, what, found):
    text = CLAIM.replace("NUMBER", number)
    with pytest.raises(StudyError) as refusal:
        read_study(text)
    assert (refusal.value.what, refusal.value.found) == (what, found)
    assert refusal.value.where == f"study.yaml:{text.count(chr(10))}"
    assert refusal.value.allowed
    assert refusal.value.repair
    answer = client.post("/api/v1/run", content=text, headers={"content-type": "application/yaml"})
    assert answer.status_code == 400
    assert (answer.json()["error"]["what"], answer.json()["error"]["found"]) == (what, found)


def test_the_largest_number_a_computer_counts_with_is_read():
    assert read_study(CLAIM.replace("NUMBER", "1.7e308")).claim.share == 1.7e308
    assert read_study(CLAIM.replace("NUMBER", "1" + "0" * 308)).claim.share == 1e308


def test_a_refused_upload_says_where(client):
    answer = client.post(
        "/api/v1/run", content=GOOD + "colour: blue\n", headers={"content-type": "application/yaml"}
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["where"].startswith("study.yaml")


@given(st.text(max_size=300))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_refused_in_the_house_form(text):
    with pytest.raises(StudyError):
        read_study(text)


@given(st.integers(0, len(GOOD) - 1), st.characters())
@settings(max_examples=80, deadline=None)
def test_a_good_file_with_one_character_changed_is_read_or_refused(place, character):
    try:
        read_study(GOOD[:place] + character + GOOD[place + 1 :])
    except StudyError as refusal:
        assert refusal.what  # noqa: PT017  (either outcome is allowed; a refusal must have words)


LIST = (
    "source,entity_number,type,programs,name,alt_names,start_date\n"
    "Entity List (EL) - Bureau of Industry and Security,1,Entity,,Zhenlong Precision Ltd,ZLP,2025-10-08\n"
)


def test_a_list_sent_to_the_page_is_searched_and_not_kept(client, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    form = {"name": "Zhenlong Deutschland GmbH", "on": "2025-10-15"}
    found = client.post("/parties/screen", data=form, files={"list": ("csl.csv", LIST, "text/csv")})
    assert found.status_code == 200
    assert "Zhenlong Precision Ltd" in found.text
    assert "TEST LIST" not in found.text
    assert "--list list.csv" in found.text
    assert list(tmp_path.iterdir()) == []
    again = client.post("/parties/screen", data=form)
    assert "Zhenlong Precision Ltd" not in again.text
    assert "no current list loaded" in again.text


def test_an_unlisted_name_is_clear_by_a_fresh_list_only(client):
    for on, heading in (("2025-10-15", "No match: A bakery"), ("2026-03-01", "To be reviewed: A bakery")):
        form = {"name": "A bakery", "on": on}
        found = client.post("/parties/screen", data=form, files={"list": ("csl.csv", LIST, "text/csv")})
        assert heading in found.text


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"colour,size\nred,5\n", "no header this reader knows"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "is not text"),
        (b"[" * 100_000, "is not JSON"),
        (LIST.encode() + b"EL,1\n", "cut or shifted"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_in_words(client, content, what):
    began = time.monotonic()
    found = client.post("/parties/screen", data={"name": "A bakery"}, files={"list": ("l.csv", content)})
    assert found.status_code == 400
    assert what in found.text
    assert "list.csv" in found.text
    assert time.monotonic() - began < SOON


def test_a_large_list_passes_the_door_of_its_page_only(client):
    body = b"x" * 300_000
    head = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/parties/screen", content=body, headers=head).status_code == 200
    assert client.post("/login", content=body, headers=head).status_code == 413


@pytest.mark.parametrize(
    ("kind", "body", "fields"),
    [
        ("application/x-www-form-urlencoded", b"a=1&b=2", [("a", "1"), ("b", "2")]),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(50)), []),
        ("multipart/form-data", b"a=1", [("a", "1")]),
        ("multipart/form-data; boundary=xx", b"", []),
        ("multipart/form-data; boundary=xx", b'--xx\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--xx--', [("a", "1")]),  # noqa: E501
        ("multipart/form-data; boundary=xx", b"--xx" * 1_000, []),
        ("multipart/form-data; boundary=xx", b"--xx\r\nno name\r\n\r\n1\r\n--xx--", []),
    ],
)  # fmt: skip
def test_forms_are_read_or_say_nothing(kind, body, fields):
    assert read_form(body, kind, 20).fields == fields
