"""One scenario, or one instead of another: the numbers that pictures of a run are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.io.words import one_of
from detente.labels import short
from detente.policy.studies.compared import compare_scenarios, main_contrast
from detente.render.drawing.findings import contrast_name, law_said, source_line, world_said

if TYPE_CHECKING:
    from detente.policy.documents.compared import Compared
    from detente.policy.documents.run import BaselineRow, RunResult, Scenario, Worth

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
# Of which more is a loss.
WORSE = frozenset({"cpi_pct"})


@dataclass(frozen=True)
class Contrast:
    """
    A scenario of a run against the baseline, or against another scenario.

    result: The run.
    compared: What differs.
    """

    result: RunResult
    compared: Compared

    @classmethod
    def read(cls, result: RunResult, of: str = "", against: str = "") -> Contrast:
        """Read ids of scenarios; the study's own contrast where neither is given, the baseline where one is not."""
        known = set(result.converged) | {result.baseline.id}
        if not of and not against:
            of, against = main_contrast(result)
            if not {of, against} <= known:
                of, against = next(iter(result.converged)), result.baseline.id
        base = result.baseline.id
        return cls(result, compare_scenarios(result, of or base, against or base))

    @property
    def plain(self) -> bool:
        """Whether it is against the baseline."""
        return self.compared.against == self.result.baseline.id

    def _row(self, name: str) -> Scenario | BaselineRow:
        """The scenario of an id."""
        return self.result.converged.get(name) or self.result.baseline

    @property
    def name(self) -> str:
        """In words."""
        pair = zip((self.compared.of, self.compared.against), self.compared.labels, strict=True)
        of, against = (
            short("scenario", key, within=self.result.study.id, otherwise=said) for key, said in pair
        )
        return of if self.plain else contrast_name(of, against)

    @property
    def unit(self) -> str:
        """Of its values."""
        return "% of the baseline" if self.plain else "difference in % of the baseline"

    @property
    def law(self) -> str:
        """Whose days."""
        names = (self.compared.of, self.compared.against)
        return law_said(*(self._row(name) for name in names if name == names[0] or not self.plain))

    @property
    def source(self) -> str:
        """What it rests on."""
        return source_line(law=self.law, world=world_said(self.result))

    @property
    def sides(self) -> list[str]:
        """The two sides, and whoever else has a tariff of its own among the averages."""
        return next(iter(self.result.converged.values())).sides

    def values(self, outcome: str = REAL_INCOME, *, groups: bool = False) -> dict[str, float]:
        """An outcome by economy, and by group where asked."""
        one_of(outcome, OUTCOMES, what="no such outcome", where="chart")
        rows = self.compared.both if groups else self.compared.economies
        return {code: float(getattr(row, outcome)) for code, row in rows.items()}

    def industries(self, code: str) -> dict[str, float]:
        """Value of output by industry of one economy."""
        one_of(code, self.compared.sectors, what="no industries of this economy", where="chart")
        return {key: row.output_pct for key, row in self.compared.sectors[code].items()}

    @property
    def worth(self) -> Worth | None:
        """The study's own contrast between the two, line by line, if it has one."""
        ends = (self.compared.of, self.compared.against)
        return next((item for item in self.result.worth.values() if (item.of, item.against) == ends), None)

    @property
    def band(self) -> dict[str, tuple[float, float]]:
        """Ends of the 90 % band of real income by economy or group, where it was drawn."""
        return {code: (row.low, row.high) for code, row in self.compared.bands.items()}
