"""Why a sampled row differs: each cause with who is right and why, tried in order."""

# ruff: noqa: E501  (evidence is one sentence a cause)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

SHARE, CHOICE, REFERENCE, OPEN = "share", "choice", "reference", "open"
KINDS = {
    SHARE: "an estimated share enters the reference's number",
    CHOICE: "two defensible readings; ours and why",
    REFERENCE: "the reference departs from the law",
    OPEN: "not explained",
}
# Vehicles are scaled by one share for the offset on US assembly (25 % x 0.9505).
_OFFSET = 0.237625
_CENT = 1e-6

Rows = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Cause:
    """One cause: which rows it explains, what kind it is, and the evidence."""

    id: str
    kind: str
    rows: Rows
    why: str


def _starts(*heads: str) -> Rows:
    """Rows whose code begins with one of the heads."""
    return lambda frame: frame["hts10"].str.startswith(heads)


def _all(*tests: Rows) -> Rows:
    """Rows that pass every test."""

    def passed(frame: pd.DataFrame) -> pd.Series:
        found = tests[0](frame)
        for test in tests[1:]:
            found &= test(frame)
        return found

    return passed


def _is(column: str, *values: object) -> Rows:
    """Rows with one of the values."""
    return lambda frame: frame[column].isin(values)


def _over(column: str, least: float = 0.0) -> Rows:
    """Rows above a number."""
    return lambda frame: frame[column] > least


def _near(column: str, value: float) -> Rows:
    """Rows equal to a number."""
    return lambda frame: (frame[column] - value).abs() < _CENT


def _apart(mine: str, theirs: str) -> Rows:
    """Rows where two columns differ."""
    return lambda frame: (frame[mine] - frame[theirs]).abs() > 1e-3


CAUSES = (
    Cause(
        "russia-reciprocal",
        REFERENCE,
        _all(_is("iso3", "RUS"), _over("net_ieepa_recip")),
        "EO 14257 sec. 3(e) and Annex II: goods of column-2 economies (general note 3(b)) owe no reciprocal duty; heading 9903.01.29",
    ),
    Cause(
        "russia-in-lieu",
        REFERENCE,
        _over("my_in_lieu"),
        "US note 30(b) and (d), headings 9903.90.08 and .09: 35 % and 70 % in lieu of column 2 on Russian goods since 2022 and 2023; the "
        "reference has neither these nor column 2",
    ),
    Cause(
        "korea-floor-early",
        REFERENCE,
        _all(
            _is("iso3", "KOR"),
            _is("date", "2025-08-27"),
            _apart("my_printed_recip", "statutory_rate_ieepa_recip"),
        ),
        "EO 14326 set a flat 15 % for Korea (9903.02.56); the floor net of the ordinary duty applies from 2025-11-14 (FR Doc 2025-21940)",
    ),
    Cause(
        "hong-kong-fentanyl",
        REFERENCE,
        _all(_is("iso3", "HKG"), _apart("my_fent", "net_ieepa_fent")),
        "EO 14195 reaches Hong Kong as China, and EO 14289 leaves it out of the non-stacking rule: it adds in full to Section 232",
    ),
    Cause(
        "solar-safeguard",
        REFERENCE,
        _apart("my_s201", "net_s201"),
        "Proclamation 10339: modules 14.25 % from 2024-02-07, 14 % from 2025-02-07, nothing from 2026-02-07; cells free inside the quota. "
        "The reference charges 14.5 % throughout, after the end as well",
    ),
    Cause(
        "softwood-floor",
        REFERENCE,
        _all(_starts("4403", "4406", "4407"), _apart("my_232", "net_232")),
        "Note 37(b): softwood owes 10 % from every origin (9903.76.01); the 15 % of the deals is for furniture and cabinets only",
    ),
    Cause(
        "copper-zero",
        REFERENCE,
        _all(_starts("74"), _over("my_232"), _near("net_232", 0.0)),
        "Note 16(c)(v), heading 9903.82.02: copper of annex I-A owes 50 % from 2026-04-06, so no Section 122 surcharge",
    ),
    Cause(
        "informational-materials",
        REFERENCE,
        _all(_starts("3705", "3706", "49", "97"), _near("my_s122", 0.0), _over("net_s122")),
        "Heading 9903.03.11 frees informational materials (publications, films, photographs, artworks) from Section 122, as 9903.01.31 "
        "does from the reciprocal duty; the reference frees them from the latter only",
    ),
    Cause(
        "aluminum-before-2025",
        REFERENCE,
        _all(_is("date", "2025-01-01"), _over("my_232"), _near("net_232", 0.0)),
        "Proclamations 9704, 9758 and 9980: aluminum of Japan, Korea, Ukraine and Brazil, and bumper stampings, owed 10 % before "
        "2025-03-12; the quotas and exemptions of those economies were for steel",
    ),
    Cause(
        "review-rates",
        REFERENCE,
        _all(_starts("4015121010", "6307909885", "6307909891", "8507600010"), _apart("my_301", "net_301")),
        "Headings 9903.91.04 to .08: medical gloves 50 % in 2025; only face masks of 6307.90.98 rise in 2026; batteries for electric "
        "cars 25 % from 2024-09-27",
    ),
    Cause(
        "deal-dated-back",
        REFERENCE,
        _all(_is("date", "2025-08-27"), _starts("87"), _apart("my_232", "net_232"), _over("net_232", 0.2)),
        "FR Doc 2025-18660 applies the 15 % floor on EU vehicles and parts back to 2025-08-01; the reference starts it on 2025-09-25",
    ),
    Cause(
        "aircraft-metals",
        REFERENCE,
        lambda frame: (
            frame["iso3"].isin(["GBR", "JPN", "KOR", "DEU", "TWN"])
            & (frame["my_232"] < _CENT)
            & (frame["net_232"] > 0.0)
            & (frame["date"] >= "2025-06-30")
            & frame["hts10"].str.startswith(("73", "74", "76", "83", "84", "85", "88", "90", "94"))
        ),
        "US notes 16 and 35 free civil aircraft of the United Kingdom, the Union, Japan, Korea and Taiwan from the metals duties from "
        "the day of each deal; the reference frees those of the Union, Korea and Taiwan on the annexes of 2026 only",
    ),
    Cause(
        "vehicle-offset",
        SHARE,
        lambda frame: (frame["rate_232"] - _OFFSET).abs() < 5e-5,
        "25 % scaled by 0.9505 for the offset on vehicles assembled in the United States: an average, no line owes it",
    ),
    Cause(
        "exclusion-share",
        SHARE,
        _all(_starts("3926909989", "8486200000", "8543709860"), _apart("my_301", "net_301")),
        "the reference takes a share of the line as excluded; we claim no exclusion by default",
    ),
    Cause(
        "usmca-share",
        SHARE,
        _is("iso3", "CAN", "MEX"),
        "share of the line entered under the USMCA; months and fallback differ",
    ),
    Cause(
        "content-share",
        SHARE,
        lambda frame: (frame["nonmetal_share"] > 0.0) & (frame["nonmetal_share"] < 1.0),
        "metal content from the 2017 input-output accounts; ours splits steel and aluminum, and until 2025-06-04 keeps the reciprocal "
        "duty off the whole article",
    ),
    Cause(
        "metals-first-period",
        CHOICE,
        _all(_is("date", "2025-04-10"), _over("my_232"), _apart("my_recip", "net_ieepa_recip")),
        "until 2025-06-04 an article under Section 232 metals was out of the reciprocal duty altogether (CBP guidance)",
    ),
    Cause(
        "british-metal",
        CHOICE,
        _all(_is("iso3", "GBR"), _apart("my_232", "net_232")),
        "the lower British rate needs metal melted in the United Kingdom; the reference assumes it is not, we assume it is and ask",
    ),
    Cause(
        "civil-aircraft",
        CHOICE,
        _apart("my_printed_recip", "statutory_rate_ieepa_recip"),
        "headings 9903.02.76, .81, .85 and 9903.96.01, .02 free listed lines for civil aircraft; compared here as claimed",
    ),
    Cause(
        "annex-lists",
        CHOICE,
        _all(_starts("8479"), _apart("my_232", "net_232")),
        "the shared annex table holds headings that the annex only mentions; we follow the numbers the annex lists",
    ),
    Cause(
        "annex-lists-earlier",
        CHOICE,
        _apart("my_232", "net_232"),
        "lists of derivatives: ours hold the twelve subheadings of Proclamation 10896 and the appliances of 2025-06-23, and take ten "
        "digits where the notice names ten",
    ),
    Cause(
        "empty-floor",
        CHOICE,
        _all(_apart("my_s122", "net_s122"), _starts("87")),
        "a vehicle whose floor leaves nothing to pay is still under Section 232, so it owes no Section 122 surcharge",
    ),
    Cause(
        "floor-and-preference",
        CHOICE,
        _apart("my_recip", "net_ieepa_recip"),
        "floors on goods that enter with and without a preference are averaged; the reference nets one averaged ordinary duty",
    ),
)


def labelled(frame: pd.DataFrame, differs: pd.Series) -> pd.DataFrame:
    """Label the rows that differ with the first cause that explains them."""
    found = frame.assign(cause="", kind="")
    found.loc[differs, ["cause", "kind"]] = ["not explained", OPEN]
    for cause in CAUSES:
        rows = differs & (found["kind"] == OPEN) & cause.rows(frame)
        found.loc[rows, ["cause", "kind"]] = [cause.id, cause.kind]
    return found
