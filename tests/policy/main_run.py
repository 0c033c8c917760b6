"""The main study, run once for every test that reads it, and a small study on a small world."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from detente.ledger import open_ledger
from detente.policy import Options, load_study_spec, run_study
from detente.policy.studies.run import make_setting
from detente.policy.study import StudySpec
from detente.queries.studies import study_document
from detente.world import load_world

if TYPE_CHECKING:
    from pathlib import Path

SMALL_STUDY = """\
id: small
title: Two scenarios on a small world
question: What is one duty worth?
world: wiod2011
pairs: [[USA, CHN], [CHN, USA]]
featured: [USA, CHN]
groups: [WORLD]
assumptions:
  - name: match
    value: 1
    alternatives: [0]
    why: A test.
    source: none
baseline:
  id: baseline
  label: Baseline
  definition: the ledger on 2024-12-31
  on: "2024-12-31"
scenarios:
  - id: before
    label: Before
    definition: the ledger on 2025-11-09
    on: "2025-11-09"
  - id: after
    label: After
    definition: the ledger on 2025-11-10
    on: "2025-11-10"
contrasts:
  - id: cut
    title: What the cut is worth
    of: after
    against: before
    between: [USA, CHN]
    lines:
      - instrument: Fentanyl tariff
        measures: [us.ieepa.fentanyl.cn]
"""


@cache
def main_run():
    """Every scenario of kuala-lumpur on icio2022, with contributions and contrasts, without band and second world."""
    return run_study("kuala-lumpur", options=Options(robustness=False))


@cache
def main_document():
    """Its document."""
    return study_document(main_run(), command="detente run kuala-lumpur")


def small_text(*changes: tuple[str, str]) -> str:
    """The small study with pieces of its text replaced; each piece must be there."""
    text = SMALL_STUDY
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def small_file(folder: Path, *changes: tuple[str, str]) -> Path:
    """Such a study as a file."""
    path = folder / "study.yaml"
    path.write_text(small_text(*changes), encoding="utf-8")
    return path


def spec_of(*scenarios: dict, world: str = "wiod2011", **changes) -> StudySpec:
    """A study with the main study's baseline and assumptions, and other scenarios."""
    main = load_study_spec("kuala-lumpur")
    plain = [{"id": "s", "label": "s", "definition": "s", **item} for item in scenarios]
    fields = main.model_dump(mode="json") | {
        "world": world,
        "second_world": None,
        "contrasts": [],
        "scenarios": plain,
        **changes,
    }
    return StudySpec.model_validate(fields)


@cache
def small_setting():
    """The main study's baseline on the small world."""
    return make_setting(load_study_spec("kuala-lumpur"), load_world("wiod2011"), open_ledger())
