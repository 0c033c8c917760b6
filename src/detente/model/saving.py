"""Saving and investment that respond: deficits as what is invested less what is saved at home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.display import as_html
from detente.errors import InputError
from detente.formatting import exact

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.world.baseline import Baseline

# Investment that follows the return more than this has no equilibrium to be found: nothing here brings returns down.
_MOST_ELASTIC: Final = 5.0


@dataclass(frozen=True)
class Saving:
    """
    What investment follows under the closure ``saving``, where deficits are investment less saving.

    Attributes
    ----------
    elasticity
        Of an economy's real investment in its real return, from 0 to 5. At 0 every economy's real investment moves as
        the world's does.
    source
        Where this comes from.

    Raises
    ------
    InputError
        An elasticity out of range.

    Notes
    -----
    An economy saves a constant share of its income before the deficit. World saving is invested: real investment is its
    baseline times one level for the world times the real return (the factor price over the price of final spending) to
    the power of `elasticity`. The deficit is investment less saving. What is invested is not yet capital: it is spent, and
    bids returns up where it goes. Expected returns are equal, if each falls by 1 / `elasticity` % for 1 % more investment.

    References
    ----------
    Hertel and Tsigas (1997), Structure of GTAP, in Hertel (ed.), Global Trade Analysis, chapter 2, and Corong, Hertel,
    McDougall, Tsigas and van der Mensbrugghe (2017), The Standard GTAP Model, Version 7, Journal of Global Economic
    Analysis 2(1): the global bank. 0 is its RORDELTA at 0 (in proportion), above 0 its RORDELTA at 1 (expected returns).

    Examples
    --------
    >>> Saving(elasticity=0.5)
    Saving(elasticity=0.5, source='assumed')
    """

    _repr_html_ = as_html

    elasticity: float = 0.0
    source: str = "assumed"

    def __post_init__(self) -> None:
        """Refuse elasticities out of range."""
        if not 0 <= self.elasticity <= _MOST_ELASTIC:
            raise InputError(
                "unusable elasticity of investment",
                where="Saving(elasticity=...)",
                found=exact(self.elasticity) or "not a number",
                allowed="from 0 to 5",
                repair="0 lets every economy's real investment move as the world's does",
            )

    def wanted(
        self,
        invested: NDArray[np.float64],
        log_return: NDArray[np.float64],
        log_consumer_price: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Value of investment up to the world's level, at log factor prices and log consumer prices, (N, K)."""
        real = self.elasticity * (log_return - log_consumer_price)
        out: NDArray[np.float64] = invested * np.exp(log_consumer_price + real)
        return out


PROPORTIONAL: Final = Saving(source="GTAP with RORDELTA at 0")
"""What there is without another number."""


def require_investment(base: Baseline) -> NDArray[np.float64]:
    """Share of final spending that is investment, (N,); refuses a world that does not say."""
    if base.invested is None or not base.invested.any():
        raise InputError(
            "what this world invests is not known",
            where="closure",
            found="saving, in a world without `invested`",
            allowed="a built-in world, or one with the share of final spending that is investment by economy",
            repair="give it: world.with_invested({'AAA': 0.25, ...}), or choose another closure",
        )
    size = len(base.economies)
    if base.invested.shape != (size,) or not (np.isfinite(base.invested) & (base.invested >= 0)).all():
        raise InputError(
            "unusable shares of investment",
            where="Baseline(invested=...)",
            found=f"shape {base.invested.shape}, {exact(float(base.invested.min())) or 'not a number'} at least",
            allowed=f"({size},), 0 or more",
            repair="give each economy, in the baseline's order, the part of its final spending that is investment",
        )
    return base.invested
