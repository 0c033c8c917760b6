"""
Write `docs/validation/`: our rates beside the published record, and the errors found in references.

Run from the repository root with the folder of references: ``python scripts/validate_rates.py ../shared``.
"""

# ruff: noqa: E501  (evidence is one sentence a cause)

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from rate_validation.causes import CAUSES, KINDS, OPEN, REFERENCE, labelled
from rate_validation.gaps import JUDGEMENT, REASONS, beside_second_model
from rate_validation.published import beside_published, china_by_line, derivatives_in_full, piie_steps
from rate_validation.samples import EXACT, PRINTED, SHARED, beside, read, shared_out
from rate_validation.series import (
    FIVE,
    beside_collected,
    beside_yale,
    comparable,
    waterfall,
)
from rate_validation.tracker import Bench, explained

OUT = Path("docs/validation")
NAMES = {
    "301": "Section 301",
    "s122": "Section 122",
    "recip": "reciprocal, Brazil, India",
    "fent": "fentanyl",
}


def table(frame: pd.DataFrame, digits: int = 2) -> str:
    """A frame as a Markdown table."""
    head = "| " + " | ".join(map(str, frame.columns)) + " |\n|" + " --- |" * len(frame.columns)
    rows = []
    for row in frame.itertuples(index=False):
        cells = [f"{cell:.{digits}f}" if isinstance(cell, float) else str(cell) for cell in row]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join([head, *rows])


def samples(reference: Path) -> str:
    """Agreement on sampled lines."""
    found = beside(read(reference / "duty_samples.csv"))
    lines = [
        "# Duties on sampled lines",
        "",
        "Written by `scripts/validate_rates.py`. The samples are those of the Budget Lab at Yale tracker (MIT, 716 pairs of",
        "product and origin on up to seven days); ours are computed from the ledger, not fitted to them.",
        "",
        "## Legal components, equal to 1e-6",
        "",
        _components(found),
        "",
        "## Totals, within 0.001",
        "",
    ]
    share, differs = shared_out(found), (found["my_total"] - found["total_rate"]).abs() > SHARED
    named = labelled(found, differs)
    plain = ~share
    law = plain & (named["kind"] != REFERENCE)
    lines += [
        f"- {plain.sum()} rows into which no estimated share enters: {1 - differs[plain].mean():.2%} agree.",
        f"- {law.sum()} of them where the reference keeps to the law: {1 - differs[law].mean():.2%} agree.",
        f"- {share.sum()} rows with an estimated share (metal content, USMCA, offset, exclusions): {1 - differs[share].mean():.2%}.",
        f"- Rows that differ and are not explained: {(named['kind'] == OPEN).sum()}.",
        "",
        "## Every row that differs, by cause",
        "",
        _causes(named[differs]),
    ]
    wrong = beside(read(reference / "duty_samples_known_wrong.csv"))
    same = (wrong["my_total"] - wrong["total_rate"]).abs() <= SHARED
    lines += [
        "",
        "## Rows known to be wrong",
        "",
        f"Of the {len(wrong)} rows in which the reference contradicts the law, {same.sum()} are reproduced.",
    ]
    return "\n".join(lines) + "\n"


def _components(found: pd.DataFrame) -> str:
    """Agreement of each component, raw and where the reference keeps to the law."""
    plain = found["plain"]
    rows = [
        (
            "ordinary duty, ad valorem lines",
            int(plain.sum()),
            _share(found, "my_ordinary", "statutory_base_rate", plain),
        )
    ]
    rows = [(name, count, raw, raw) for name, count, raw in rows]
    for name, column in PRINTED.items():
        differs = (found[f"my_printed_{name}"] - found[column]).abs() > EXACT
        kinds = labelled(found, differs)["kind"]
        law = kinds != REFERENCE
        rows.append((NAMES[name], len(found), 1 - differs.mean(), 1 - differs[law].mean()))
    return table(
        pd.DataFrame(
            [(name, count, f"{raw:.2%}", f"{law:.2%}") for name, count, raw, law in rows],
            columns=["component", "rows", "equal", "equal where the reference keeps to the law"],
        )
    )


def _share(found: pd.DataFrame, mine: str, theirs: str, rows: pd.Series) -> float:
    """Share of rows on which two columns agree exactly."""
    return float(((found[mine] - found[theirs]).abs() <= EXACT)[rows].mean())


def _causes(found: pd.DataFrame) -> str:
    """Causes with their rows and evidence."""
    counts = found.groupby("cause").size()
    rows = [
        (cause.id, KINDS[cause.kind], int(counts[cause.id]), cause.why)
        for cause in CAUSES
        if cause.id in counts
    ]
    return table(pd.DataFrame(rows, columns=["cause", "kind", "rows", "why"]))


def averages(reference: Path, schedule: Path, facts: Path) -> str:
    """Averages beside the published ones."""
    collected = beside_collected(reference)
    early = collected[collected["month"] < "2025"]
    parts = [
        "# Averages beside the published ones",
        "",
        "Written by `scripts/validate_rates.py`. Percent of customs value; gaps are ours less theirs, in points. A gap outside the",
        "tolerance is taken apart until what is left is small or is said to be unexplained; nothing of ours is fitted to a reference.",
        "",
        *_tracker(reference, schedule),
        *_second_model(reference, schedule),
        "## What was collected",
        "",
        f"2018 to 2024 on the lines of 2025 and the imports of 2024 (backcast): mean gap {early['gap'].mean():.2f}, largest",
        f"{early['gap'].abs().max():.2f} points. From 2025 the statutory rate leads what is collected by weeks and by substitution.",
        "",
        table(collected[collected["month"] >= "2024-10"]),
        "",
        "## From one published figure to another, August 2025",
        "",
        _walk(waterfall(reference)),
        "",
        "## Every series of the published record",
        "",
        table(beside_published(facts)),
        "",
        "## Steps of the PIIE series on the United States and China",
        "",
        *_steps(schedule, facts),
    ]
    return "\n".join(parts) + "\n"


def _steps(schedule: Path, facts: Path) -> list[str]:
    """The section on steps of the PIIE series."""
    steps = piie_steps(facts)
    counts = [(~steps[name].str.contains("not within")).sum() for name in ("verdict", "verdict then")]
    full = derivatives_in_full("2025-05-14", "2025-11-10")
    lines = china_by_line(
        schedule, schedule.parent / "raw/china_tariffs_2018_2019", "2018-01-01", "2018-09-25", "2019-12-19"
    )
    return [
        "PIIE weights subheadings with the exporter's exports to the world of 2017, before the duties; that table is not held for",
        "either side (what is: exports by industry of 2022, US imports of 2024 by line, China's imports from the United States of 2017).",
        "The columns on its definition weight industries with the exporter's exports to the world, and lines inside an industry with",
        f"US imports from all partners. {counts[0]} of {len(steps)} steps are within 15 % on our weights, {counts[1]} on its definition.",
        "",
        table(steps),
        "",
        "Why the others differ:",
        "",
        "- United States, first two steps on our weights: imports of 2024 from China have turned away from what was charged in 2018",
        "  and 2019; on its definition both are met.",
        "- United States, 2025-05-14 to 2025-11-10: the step is 10 points down (fentanyl) and the metals, trucks and wood of summer and",
        f"  autumn up. With derivatives on their full value it is {full:.2f}; the rest is within what HS-6 lists and a figure of medium",
        "  confidence leave open.",
        "- China, 2018-09-25 to 2019-12-19: our shares of an industry outside farm goods are counts of codes, and the goods left off the",
        "  lists (aircraft, chips) are large; China also cut its ordinary duty for all that winter, which is not in ours. A table by",
        f"  subheading (read, not shipped) gives {lines[2] - lines[1]:.2f} on these weights, and {lines[1] - lines[0]:.2f} for the step before, ordinary duty included.",
        "- China, 2019-12-19 to 2025-01-20: two figures rounded to a tenth, the second derived, differ by a tenth: no size to compare.",
        "  Ours is the halving of the September list on 2020-02-14.",
        "- China, 2025-01-20 to 2025-05-14: 10 points on all goods and the lists of February and March, on which energy and farm goods",
        "  weigh more in our industries than in subheadings.",
        "- China, 2025-05-14 to 2025-11-10: the March lists end. The published figure is recalled, not read (low confidence).",
    ]


def _tracker(reference: Path, schedule: Path) -> list[str]:
    """The section on the Budget Lab tracker."""
    same = comparable(beside_yale(reference, schedule))
    overall, country = (same[same["dimension"] == name] for name in ("overall", "country"))
    gaps = explained(country, Bench(reference, schedule))
    inside = country["gap"].abs() <= 1.0
    wide = gaps[gaps["left"].abs() > 1.0]
    names = ", ".join(f"{row.iso3} on {row.date}" for row in wide.itertuples()) or "none"
    return [
        "## Budget Lab at Yale tracker",
        "",
        f"- Overall, rows on the same definition: {(overall['gap'].abs() <= 0.5).mean():.0%} of {len(overall)} within half a point.",
        f"- By country: {inside.mean():.0%} of {len(country)} within a point as they stand; {1 - len(wide) / len(country):.1%} within a point once the named",
        f"  differences below are taken out; left with more than a point that no reason found here gives: {names}.",
        "- A reason is either computed (the same average under the reference's rule) or what is left of one authority, where the",
        "  difference of rules is known. Authorities are the reference's own parts. From 2026-04-06 its rates under Section 232, Section",
        "  122 and the forced-labour duty are rebuilt line by line from its lists (`scripts/rate_validation/annexes.py`), for all but",
        "  Canada, Mexico, Russia and Hong Kong, and each line's difference goes to the first reason that concerns it.",
        "- Switzerland: what looked like forced-labour exemptions is watches (chapter 91, one tenth of Swiss goods): their statistical",
        "  numbers are not in the exported schedule, and the reference charges nothing additional on them on any day.",
        "",
        table(overall[["scenario", "date", "theirs", "ours", "gap", "reason"]]),
        "",
        "Every row by country outside one point, with its gap by authority:",
        "",
        table(gaps.sort_values(["iso3", "date", "scenario"])),
        "",
    ]


def _second_model(reference: Path, schedule: Path) -> list[str]:
    """The section on the second model."""
    every = beside_second_model(reference, schedule)
    five = every[every["iso3"].isin(FIVE)]
    wide = five[five["gap"].abs() > 1.5].sort_values(["date", "iso3"])
    shown = [
        "date",
        "iso3",
        "theirs",
        "ours",
        "gap",
        *(name for name in REASONS if wide[name].abs().max() >= 0.01),
        "left",
    ]
    rows = [
        (name, kind, text, float(five[name].abs().mean()), float(five[name].abs().max()))
        for name, (kind, text) in REASONS.items()
    ]
    near, made = (every["not reproduced"].abs() <= limit for limit in (0.25, 1.0))
    return [
        "## Second model (M. Waugh), additional duty since 2024",
        "",
        f"- China, European Union, Japan, Korea, Vietnam: {(five['gap'].abs() <= 1.5).mean():.0%} of {len(five)} rows within 1.5 points as they stand,",
        f"  {(five['left'].abs() <= 1.5).mean():.0%} once the named differences are taken out. All partners: {(every['gap'].abs() <= 1.5).mean():.0%} and {(every['left'].abs() <= 1.5).mean():.0%}.",
        "- Its rules were read and rebuilt line by line (`scripts/rate_validation/second_model.py`); they give its published figure within",
        f"  0.25 points on {near.mean():.0%} and within 1 on {made.mean():.0%} of {len(every)} rows. Each line's difference then goes to the first reason that",
        "  concerns it, so the columns below sum to the gap. Steps it dates by announcement are compared with the day of effect.",
        "- What is left is our own judgement (shares of mixed lines) and what the rebuilt rules do not give.",
        "",
        table(pd.DataFrame(rows, columns=["column", "kind", "difference", "mean size", "largest"])),
        "",
        "Rows of the five outside 1.5 points, points by reason:",
        "",
        table(wide[shown]),
        "",
        f"Kinds: `{JUDGEMENT}` stays in what is left; the others are taken out.",
        "",
    ]


def _walk(steps: list[tuple[str, float]]) -> str:
    """A waterfall as a table."""
    rows = [
        (text, level, level - steps[place - 1][1] if place else 0.0)
        for place, (text, level) in enumerate(steps)
    ]
    return table(pd.DataFrame(rows, columns=["step", "percent", "change"]))


def errata() -> str:
    """Errors found in references, with evidence."""
    lines = [
        "# Errors found in references",
        "",
        "Written by `scripts/validate_rates.py`. Each was found by computing the same lines from the legal texts; none is",
        "reproduced here. The reference is the Budget Lab at Yale tracker in the state sampled (2026-06-29) unless said.",
        "",
    ]
    for cause in CAUSES:
        if cause.kind == REFERENCE:
            lines += [f"## {cause.id}", "", f"{cause.why}.", ""]
    lines += [
        "## double count of Section 232",
        "",
        "Steel and aluminum derivative rates added on one line (101 subheadings, perfume at 50.5 %), truck and metal rates added,",
        "Russian aluminum at 400 %: programmes of Section 232 exclude each other on a unit of value (EO 14289; Proclamations 10947,",
        "10984; Proclamation 10522). 368 + 10 sampled rows; the tracker's totals from 2025-08-18 to 2026-04-05 carry it.",
        "",
        "## watches",
        "",
        "The exported schedule prints statistical numbers of 9101 and 9102 in another form, so the reference's table has no such lines:",
        "watches enter its weights and owe nothing additional, on any day. Swiss averages are low by a tenth of the duty on all goods.",
        "",
        "## civil aircraft under Section 232",
        "",
        "US notes 16 and 35 free articles of civil aircraft of the United Kingdom, the Union, Japan, Korea and Taiwan from the metals",
        "duties, on a claim (general note 6). The reference frees every article on the lists of the Union, Korea and Switzerland (0.9 points",
        "of Korean goods); note 16 does not name the Swiss heading 9903.02.85, and the British and Japanese headings are left out.",
        "",
        "## what our own sources say differently",
        "",
        "Corrections to the facts behind the ledger stand in the notes of each measure (`detente ledger show ID`).",
    ]
    return "\n".join(lines) + "\n"


def main(shared: Path) -> None:
    """Write the three pages."""
    OUT.mkdir(parents=True, exist_ok=True)
    reference, schedule = shared / "data/reference", shared / "data/tariff_schedule"
    (OUT / "rates_samples.md").write_text(samples(reference), encoding="utf-8")
    (OUT / "rates_averages.md").write_text(averages(reference, schedule, shared / "facts"), encoding="utf-8")
    (OUT / "rates_errata.md").write_text(errata(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared"))
