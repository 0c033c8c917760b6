"""Columns of a file of entry lines: their names, and the names that filing programs and CBP Form 7501 give them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detente.errors import InputError
from detente.io.words import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

FACT: Final = "fact."
NEEDED: Final = ("entry", "code", "origin", "value")
# Each column and its other names, in small letters with single underscores.
NAMES: Final = {
    "entry": ("entry_number", "entry_no", "entry_num", "entry_summary_number", "entry_id", "filer_code_entry_number"),
    "line": ("line_number", "line_no", "line_num", "entry_line", "entry_line_number", "ace_line", "item"),
    "code": (
        "hts", "htsus", "hts_number", "hts_no", "htsus_number", "htsus_no", "hts_code", "htsus_code", "hts10", "hs_code",
        "tariff_number", "tariff_no", "tariff_code", "commodity_code", "classification", "a_htsus_no",
    ),
    "origin": ("country_of_origin", "country_of_origin_code", "origin_country", "coo", "co"),
    "value": ("entered_value", "customs_value", "line_value", "total_entered_value", "value_usd", "a_entered_value"),
    "entered_on": ("entry_date", "date_of_entry", "entry_day"),
    "quantity": ("net_quantity", "net_quantity_in_htsus_units", "htsus_quantity", "quantity_1", "qty", "first_quantity"),
    "unit": ("uom", "unit_of_measure", "quantity_unit", "htsus_unit", "unit_1", "uom_1"),
    "loaded_on": ("date_of_lading", "lading_date", "date_of_loading", "loading_date", "laden_on"),
    "exported_from": ("exporting_country", "country_of_export", "export_country", "country_of_exportation"),
    "preference": ("spi", "special_program_indicator", "special_programs_indicator", "primary_spi", "programme"),
    "mode": ("mode_of_transport", "mode_of_transportation", "mot", "mot_code", "transport_mode"),
    "ad_cvd_case": ("ad_cvd", "ad_cvd_no", "ad_cvd_number", "ad_cvd_case_number", "adcvd_case", "case_number"),
    "entry_type": ("entry_type_code", "type_of_entry"),
}  # fmt: skip
_OWNER: Final = {alias: name for name, aliases in NAMES.items() for alias in (name, *aliases)}
# Ways goods arrive, by the codes of CBP's list and by word; fees of the ledger name the first word.
MODES: Final = {
    "vessel": ("10", "11", "12", "ocean", "sea", "ship", "vessel"),
    "rail": ("20", "21", "rail", "train"),
    "truck": ("30", "31", "truck", "road"),
    "auto": ("32", "33", "34", "auto", "pedestrian"),
    "air": ("40", "41", "air", "plane"),
    "mail": ("50", "mail", "post"),
    "passenger": ("60", "passenger", "hand-carried"),
    "fixed": ("70", "fixed", "pipeline"),
}
MODE_OF: Final = {word: mode for mode, words in MODES.items() for word in words}
TYPES: Final = {"01": False, "1": False, "formal": False, "11": True, "informal": True}
"""Types of entry: whether they are informal."""


@dataclass(frozen=True)
class Heads:
    """
    What stands in which column of a file.

    at: Place of each column by its name here; facts as ``fact.NAME``.
    shown: How the file calls it.
    unread: Columns that are not read. width: Number of columns.
    """

    at: dict[str, int]
    shown: dict[str, str]
    unread: tuple[str, ...]
    width: int

    def name(self, column: str) -> str:
        """How the file calls a column, or its name here."""
        return self.shown.get(column, column)


def plain(head: str) -> str:
    """
    Write the head of a column in small letters with single underscores.

    >>> plain("Country of Origin"), plain("33 A. HTSUS No."), plain("fact.Steel-content")
    ('country_of_origin', 'a_htsus_no', 'fact.steel_content')
    """
    text = re.sub(r"^\d+\s*", "", head.strip().lower())
    fact, stem = (FACT, text[len(FACT) :]) if text.startswith(FACT) else ("", text)
    return fact + re.sub(r"[^a-z0-9]+", "_", stem).strip("_")


def read_heads(heads: Sequence[str]) -> Heads:
    """Say what stands in which column; refuse a file that lacks one, or has one twice."""
    at: dict[str, int] = {}
    shown: dict[str, str] = {}
    unread: list[str] = []
    for place, head in enumerate(heads):
        text = plain(head)
        name = text if text.startswith(FACT) else _OWNER.get(text, "")
        if not name:
            unread += [head] if head.strip() else []
            continue
        if name in at:
            raise InputError(
                "two columns are one",
                where="lines",
                found=f"{shown[name]}, {head}",
                allowed=f"one column `{name}`",
                repair="take one of them out",
            )
        at[name], shown[name] = place, head
    missing = [name for name in NEEDED if name not in at]
    if missing:
        near = {name: nearest(name, [plain(head) for head in unread]) for name in missing}
        raise InputError(
            "a column is missing",
            where="lines",
            found=", ".join(heads)[:300] or "no columns",
            allowed=", ".join((*NAMES, f"{FACT}NAME")),
            repair="; ".join(
                f"add `{name}`, also called {', '.join(NAMES[name][:3])}"
                + (f" (is it `{near[name]}`?)" if near[name] else "")
                for name in missing
            ),
        )
    return Heads(at, shown, tuple(unread), len(heads))
