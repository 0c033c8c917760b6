"""How much work there is: a fixed amount, what the real wage calls forth, or what is bought at a wage that cannot fall."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args

import numpy as np

from detente.display import as_html
from detente.errors import InputError
from detente.formatting import exact
from detente.manifest import DATA, read_text
from detente.model.preferences.horizons import years_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

Supply = Literal["inelastic", "elastic", "sticky"]
"""Work does not move, follows the real wage, or is what is bought at a wage that cannot fall below a floor."""
_SUPPLIES: Final = get_args(Supply)
# Elasticities and floors beyond these are slips of the pen.
_MOST_ELASTIC: Final = 10.0


@dataclass(frozen=True)
class Labour:
    """
    How much of the factors is employed, in each economy (in each industry where factors are fixed in theirs).

    Attributes
    ----------
    supply
        "inelastic": employment does not move. "elastic": it is the real wage to the power of `elasticity`. "sticky": the
        wage does not fall below `floor`, and employment, at most what it was, is what is bought at it.
    elasticity
        Of work in the real wage, from 0 to 10.
    floor
        Lowest wage as a multiple of the baseline's, above 0 and at most 1. Its unit is the nominal anchor: value added
        of the world stays what it was.
    source
        Where these come from.

    Raises
    ------
    InputError
        Another supply, or numbers out of range.

    Notes
    -----
    The factor of the model is all of value added. The wage is its price, and work its quantity.

    References
    ----------
    Rodriguez-Clare, Ulate and Vasquez (2026), Journal of Political Economy 134(2), section 2: a floor under the nominal
    wage, with nominal income of the world as the anchor.

    Examples
    --------
    >>> Labour("sticky", floor=0.98)
    Labour(supply='sticky', elasticity=0.0, floor=0.98, source='assumed')
    """

    _repr_html_ = as_html

    supply: Supply = "inelastic"
    elasticity: float = 0.0
    floor: float = 1.0
    source: str = "assumed"

    def __post_init__(self) -> None:
        """Refuse what cannot be a labour market."""
        if self.supply not in _SUPPLIES:
            raise InputError(
                "unknown labour market",
                where="labour",
                found=self.supply,
                allowed=", ".join(_SUPPLIES),
                repair="'inelastic' is the plain model; a Labour(...) has numbers of its own",
            )
        if not 0 <= self.elasticity <= _MOST_ELASTIC or not 0 < self.floor <= 1:
            raise InputError(
                "unusable numbers of a labour market",
                where="Labour(elasticity=..., floor=...)",
                found=f"{exact(self.elasticity)}, {exact(self.floor)}",
                allowed="an elasticity from 0 to 10; a floor above 0 and at most 1",
                repair="write a wage that may fall by 2 % as floor=0.98",
            )

    @property
    def moves(self) -> bool:
        """Whether employment can change."""
        return self.supply == "sticky" or (self.supply == "elastic" and self.elasticity > 0)

    def log_wage(
        self, log_earned: NDArray[np.float64], log_consumer_price: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Log wage at a log factor income and log consumer prices, the shape of the first."""
        if self.supply == "sticky":
            return np.maximum(log_earned, np.log(self.floor))
        out: NDArray[np.float64] = (log_earned + self.elasticity * log_consumer_price) / (1 + self.elasticity)
        return out

    def slopes(self, log_earned: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """Derivatives of the log wage in log factor income, and in log consumer prices."""
        if self.supply == "sticky":
            return np.where(log_earned > np.log(self.floor), 1.0, 0.0), 0.0
        own = 1 / (1 + self.elasticity)
        return np.full_like(log_earned, own), self.elasticity * own


INELASTIC: Final = Labour()
"""The plain model: all of the factor is employed."""


@cache
def labour_source() -> dict[str, dict[str, Any]]:
    """
    Read the cited values behind `labour="elastic"` and `labour="sticky"`.

    Returns
    -------
    dict
        By word: `elasticity` or `fall_a_year`, its range (`low`, `high`), `source`; `most_years` of a floor.

    Examples
    --------
    >>> labour_source()["elastic"]["elasticity"]
    0.4
    """
    from ruamel.yaml import YAML  # noqa: PLC0415

    text = read_text(DATA / "model" / "labour.yaml")
    return dict(YAML(typ="safe").load(text))


def labour_market(given: Labour | str, horizon: str | float) -> Labour:
    """
    Read a labour market: a word takes the cited numbers, for the years of the horizon.

    Raises
    ------
    InputError
        Another word, or a floor under wages after more than three years.

    Examples
    --------
    >>> labour_market("sticky", 2.0).floor
    0.968256
    """
    if isinstance(given, Labour):
        return given
    if given not in ("elastic", "sticky"):
        return Labour(cast("Supply", given))  # refuses other words
    cited = labour_source()[given]
    if given == "elastic":
        return Labour("elastic", elasticity=cited["elasticity"], source=cited["source"])
    years = years_of(horizon)
    if years > cited["most_years"]:
        raise InputError(
            "wages that cannot fall are not for so long",
            where="labour, horizon",
            found=f"sticky, {horizon}",
            allowed=f"at most {cited['most_years']} years since the shock, or 'short'",
            repair="give the horizon in years, or a floor of your own: Labour('sticky', floor=0.98)",
        )
    return Labour("sticky", floor=(1 - cited["fall_a_year"]) ** years, source=cited["source"])
