"""The document of duties collected beside duties on the books: rows by month, partner or industry, and the wedge."""

from __future__ import annotations

from dataclasses import dataclass

from detente.io.documents import Document


@dataclass(frozen=True, kw_only=True)
class CollectedRow(Document):
    """
    Duties on the same imports by the letter of the law, as the ledger has them, and as collected; fractions of their value.

    `letter_rate` is without any exemption, claim, preference or content; less `exemptions_rate`, `contents_rate`,
    `usmca_rate` and `preferences_rate`, in this order, it is `statutory_rate`. That less `deposits_rate`, `transit_rate`
    and `rest_rate` is `collected_rate`. `transit_rate` is the most that goods on the water can explain, so the rest lies
    between `rest_rate` and `rest_rate` plus `transit_rate`. `month`, `partner` and `industry` say what the row is of.
    """

    month: str | None = None
    partner: str | None = None
    industry: str | None = None
    imports_usd: float
    duty_usd: float
    letter_rate: float
    exemptions_rate: float
    contents_rate: float
    usmca_rate: float
    preferences_rate: float
    statutory_rate: float
    deposits_rate: float
    transit_rate: float
    rest_rate: float
    collected_rate: float


@dataclass(frozen=True, kw_only=True)
class CollectedRates(Document):
    """
    Collected duties beside those on the books.

    `left_out_share`: of the imports asked about, those without an industry (returned goods, scrap, special provisions).
    `collected_all_rate`: what was collected over all of them, those left out too. `known_until`: last day the sources cover.
    """

    importer: str
    partner: str | None
    by: str
    first: str
    last: str
    answer: tuple[str, ...]
    rows: tuple[CollectedRow, ...]
    left_out_share: float
    collected_all_rate: float
    line_weights: str
    line_weights_year: int
    source: str
