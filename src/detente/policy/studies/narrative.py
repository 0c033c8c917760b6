"""Say in words why a side gains or loses."""

from __future__ import annotations

from dataclasses import dataclass

from detente.formatting import change as change_text
from detente.formatting import fixed
from detente.labels import capital


@dataclass(frozen=True)
class Channels:
    """
    First-order channels of a change in real income, in percent of baseline income.

    total: Exact change of real income.
    terms_of_trade: Prices of exports against prices of imports, before duties.
    volume_of_trade: Taxed trade that is created or lost, times the duty on it.
    revenue_usd_bn: Change of tariff revenue.
    """

    total: float
    terms_of_trade: float
    volume_of_trade: float
    revenue_usd_bn: float

    @property
    def rest(self) -> float:
        """What the two first-order channels leave unexplained (the interaction of large changes)."""
        return self.total - self.terms_of_trade - self.volume_of_trade


def why(name: str, channels: Channels, *, change: str) -> str:
    """
    One or two sentences on why an economy gains or loses.

    Parameters
    ----------
    name
        The economy, as it stands inside a sentence.
    channels
        The change and its parts.
    change
        What changes, such as "the truce".

    Returns
    -------
    sentence
        Words that follow from the numbers and from nothing else.

    Examples
    --------
    >>> print(why("China", Channels(0.3, 0.2, 0.1, -1.0), change="the truce"))
    China gains 0.300 % of real income from the truce: its terms of trade improve (+0.200), it trades more of \
what duties held back (+0.100). Its tariff revenue falls by USD 1.0 bn.
    """
    verb = "gains" if channels.total > 0 else "loses"
    parts = [
        _terms(channels.terms_of_trade),
        _volume(channels.volume_of_trade),
    ]
    if abs(channels.rest) > 0.1 * max(abs(channels.total), 0.005):
        parts.append(f"interaction ({change_text(channels.rest)})")
    revenue = "rises" if channels.revenue_usd_bn > 0 else "falls"
    return (
        f"{capital(name)} {verb} {fixed(abs(channels.total), 3)} % of real income from {change}: {', '.join(parts)}."
        f" Its tariff revenue {revenue} by USD {fixed(abs(channels.revenue_usd_bn), 1)} bn."
    )


def _terms(value: float) -> str:
    """Terms of trade in words."""
    direction = "improve" if value > 0 else "worsen"
    return f"its terms of trade {direction} ({change_text(value)})"


def _volume(value: float) -> str:
    """Volume of trade in words."""
    if value > 0:
        return f"it trades more of what duties held back ({change_text(value)})"
    return f"it trades less of what duties hold back ({change_text(value)})"
