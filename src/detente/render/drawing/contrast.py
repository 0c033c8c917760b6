"""One scenario, or one instead of another: the numbers that pictures of a run are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from detente.io.words import one_of
from detente.render.drawing.findings import contrast_name, law_said, source_line, world_said

if TYPE_CHECKING:
    from detente.policy.documents.run import RunResult, Scenario, Worth

# Outcomes that can be drawn, with the words for them.
OUTCOMES = {
    "real_income_pct": "Real income",
    "real_gdp_pct": "Real GDP",
    "cpi_pct": "Consumer prices",
    "real_wage_pct": "Real wages",
    "exports_pct": "Exports",
    "imports_pct": "Imports",
    "terms_of_trade_pct": "Terms of trade",
}
REAL_INCOME = "real_income_pct"


@dataclass(frozen=True)
class Contrast:
    """
    A scenario of a run against the baseline, or against another scenario.

    result: The run.
    of: The scenario.
    against: The other one; None for the baseline.
    """

    result: RunResult
    of: Scenario
    against: Scenario | None = None

    @classmethod
    def read(cls, result: RunResult, of: str = "", against: str = "") -> Contrast:
        """Read ids of scenarios; the study's own contrast where neither is given."""
        found = result.converged
        if not of and not against and result.worth:
            own = next(iter(result.worth.values()))
            of, against = (own.of, own.against) if {own.of, own.against} <= set(found) else ("", "")
        of = of or next(iter(found))
        for name in filter(None, (of, against)):
            one_of(name, found, what="no such scenario", where="chart")
        return cls(result, found[of], found.get(against) if against else None)

    @property
    def name(self) -> str:
        """In words."""
        return contrast_name(self.of, self.against)

    @property
    def unit(self) -> str:
        """Of its values."""
        return "% of the baseline" if self.against is None else "difference in % of the baseline"

    @property
    def law(self) -> str:
        """Whose days."""
        return law_said(*filter(None, (self.of, self.against)))

    @property
    def source(self) -> str:
        """What it rests on."""
        return source_line(law=self.law, world=world_said(self.result))

    def values(self, outcome: str = REAL_INCOME, *, groups: bool = False) -> dict[str, float]:
        """An outcome by economy, and by group where asked."""
        one_of(outcome, OUTCOMES, what="no such outcome", where="chart")
        mine = self.of.both if groups else self.of.economies
        if self.against is None:
            return {code: float(getattr(row, outcome)) for code, row in mine.items()}
        theirs = self.against.both
        return {
            code: float(getattr(row, outcome) - getattr(theirs[code], outcome))
            for code, row in mine.items()
            if code in theirs
        }

    def industries(self, code: str) -> dict[str, float]:
        """Value of output by industry of one economy."""
        mine = self.of.sectors[code]
        theirs = self.against.sectors[code] if self.against else {}
        return {
            key: row.output_pct - (theirs[key].output_pct if self.against else 0.0)
            for key, row in mine.items()
            if not self.against or key in theirs
        }

    @cached_property
    def worth(self) -> Worth | None:
        """The study's own contrast between the two, line by line, if it has one."""
        return next((self.result.worth[key] for key in self._key), None)

    @property
    def _key(self) -> list[str]:
        """Name of the study's own contrast between the two."""
        return [
            key
            for key, item in self.result.worth.items()
            if self.against is not None and (item.of, item.against) == (self.of.id, self.against.id)
        ]

    @cached_property
    def band(self) -> dict[str, tuple[float, float]]:
        """Ends of the 90 % band of real income by economy or group, where it was drawn."""
        bands = self.result.uncertainty
        if bands is None:
            return {}
        if self.against is None:
            rows = bands.scenarios.get(self.of.id, {}).get(REAL_INCOME, {})
        else:
            rows = next((bands.contrasts[key] for key in self._key if key in bands.contrasts), {})
        return {code: (row.q05, row.q95) for code, row in rows.items()}
