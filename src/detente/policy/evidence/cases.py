"""One window of one episode: what was observed by partner and block, and what is left out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.geography.economies import REST
from detente.policy.evidence.concordance import concordance
from detente.policy.evidence.registered import registered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detente.policy.evidence.actuals import Traded
    from detente.policy.evidence.registered import Episode, Window


@dataclass(frozen=True)
class Flows:
    """
    Imports and duties of some months.

    usd, duty: by partner and block, the rest last, (P, B); total: all partners by block, (B,); outside: USD of all
    partners in codes without an industry. NaN where a partner lacks a month.
    """

    usd: NDArray[np.float64]
    duty: NDArray[np.float64]
    total: NDArray[np.float64]
    outside: float

    @property
    def rate(self) -> NDArray[np.float64]:
        """Duty collected over imports, (P, B); zero without imports."""
        return np.divide(self.duty, self.usd, out=np.zeros_like(self.usd), where=self.usd > 0)

    @property
    def share(self) -> NDArray[np.float64]:
        """Share of each partner in the imports of a block, (P, B)."""
        return np.divide(self.usd, self.total, out=np.zeros_like(self.usd), where=self.total > 0)


@dataclass(frozen=True)
class Case:
    """
    A window held against the same months of the base year.

    partners: of the rows, the rest last. before, after: the two sides. observed: change of the log of a partner's share
    of a block's imports, (P, B). weight: imports of the base months where the cell counts, else zero, (P, B).
    trends: by the year they start from, the change that older growth would give, (P, B). last_year: the same by the
    growth of the year before alone.
    """

    episode: Episode
    window: Window
    partners: tuple[str, ...]
    before: Flows
    after: Flows
    observed: NDArray[np.float64]
    weight: NDArray[np.float64]
    trends: Mapping[int, NDArray[np.float64]]
    last_year: NDArray[np.float64]

    @property
    def left_out(self) -> float:
        """Share of imports with an industry in cells that are not scored."""
        return float(1.0 - self.weight.sum() / self.before.total.sum())


def partners_of(traded: Traded) -> tuple[str, ...]:
    """Rows of a case: economies with rows of their own, then the rest."""
    return (*traded.partners[1:], REST)


def flows(traded: Traded, months: tuple[str, ...]) -> Flows:
    """Fold months into partners and blocks; the rest is the total less the partners."""
    table = concordance()
    usd, duty = traded.summed(months)
    folded = [table.folded(item) for item in (usd, duty)]
    rows = [np.vstack([item[1:], item[0] - item[1:].sum(axis=0)]) for item in folded]
    return Flows(
        np.maximum(rows[0], 0.0), np.maximum(rows[1], 0.0), folded[0][0], float(table.outside(usd)[0])
    )


def make_case(traded: Traded, episode: Episode, window: Window) -> Case:
    """Hold a window's months against those of the base year."""
    plan, months = registered(), window.months
    base = episode.before(months)
    before, after = flows(traded, base), flows(traded, months)
    least = plan.least_usd_a_month * len(months)
    counts = (before.usd >= least) & (after.usd >= least)
    observed = np.where(counts, _growth(before, after), np.nan)
    years = int(window.first[:4]) - episode.base_year

    def grown(from_year: int) -> NDArray[np.float64]:
        earlier = flows(traded, tuple(f"{from_year}{month[4:]}" for month in base))
        rate = _growth(earlier, before) / (episode.base_year - from_year)
        known = np.nan_to_num(rate, nan=0.0, posinf=0.0, neginf=0.0)
        return np.clip(known, -plan.trend_cap, plan.trend_cap) * years

    return Case(
        episode,
        window,
        partners_of(traded),
        before,
        after,
        observed,
        np.where(counts, before.usd, 0.0),
        {item.from_year: grown(item.from_year) for item in episode.trends},
        grown(episode.base_year - 1),
    )


def _growth(before: Flows, after: Flows) -> NDArray[np.float64]:
    """Change of the logarithm of the shares, not finite where there was no trade on a side, (P, B)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(after.share) - np.log(before.share), dtype=np.float64)
