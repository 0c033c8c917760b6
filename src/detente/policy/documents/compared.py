"""One scenario against another: what changes for every economy, from the document of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from detente.io.documents import Document
from detente.policy.documents.run import Outcomes, Range

# A real income that is shown as zero has no sign, percent.
SHOWN: Final = 5e-4


def turns(then: float, later: float) -> bool:
    """Whether a change at one year and in the long run have different signs, both as shown."""
    return then * later < 0 and min(abs(then), abs(later)) >= SHOWN


@dataclass(frozen=True, kw_only=True)
class Difference(Outcomes):
    """
    Outcomes of one scenario less those of another, in points of the baseline.

    `tariff_revenue_usd_bn` and `real_income_usd_bn` are USD billion a year, at incomes of the world's year.
    """

    real_income_usd_bn: float | None


@dataclass(frozen=True, kw_only=True)
class SectorDifference(Document):
    """One industry: value and volume of output, one scenario less the other, in points of the baseline."""

    output_pct: float
    output_volume_pct: float


@dataclass(frozen=True, kw_only=True)
class Compared(Document):
    """
    One scenario against another.

    Attributes
    ----------
    of, against
        Ids; the baseline stands for no change.
    labels
        What the two are called.
    tariffs
        Averages under either, fractions, by ``importer<-exporter``.
    economies, groups
        Differences, by code.
    sectors
        By economy and industry, of the economies whose industries the document has.
    gainers, losers
        Economies whose real income is higher, and lower, the largest change first.
    bands
        Real income in nine draws of ten, by economy or group, in points; empty where no draw solved both.
    bands_stale
        Why the bands belong to other facts; empty where they do not.
    one_year
        Real income one year after, by economy and group, in points; None where it was not solved.
    from_other_law
        Economies and groups whose change has another sign than the lines of the study's contrast give it: other law
        changed for them in between.
    """

    of: str
    against: str
    labels: tuple[str, str]
    tariffs: dict[str, tuple[float, float]]
    economies: dict[str, Difference]
    groups: dict[str, Difference]
    sectors: dict[str, dict[str, SectorDifference]]
    gainers: tuple[str, ...]
    losers: tuple[str, ...]
    bands: dict[str, Range]
    bands_stale: tuple[str, ...]
    one_year: dict[str, float] | None = None
    from_other_law: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, ...]:
        """Every economy, the largest gain first."""
        return tuple(sorted(self.economies, key=lambda code: -self.economies[code].real_income_pct))

    @property
    def turned(self) -> tuple[str, ...]:
        """Economies and groups whose change one year after has another sign than in the long run, both as shown."""
        early = self.one_year or {}
        return tuple(
            code for code, row in self.both.items() if turns(early.get(code, 0.0), row.real_income_pct)
        )

    @property
    def both(self) -> dict[str, Difference]:
        """Differences of economies and groups by their code."""
        return {**self.economies, **self.groups}
