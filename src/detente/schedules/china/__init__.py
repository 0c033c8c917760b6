"""China's tariff: the most-favoured-nation and provisional rates of 2026, and since when they are known to hold."""

from __future__ import annotations

from detente.schedules.china.provider import PROVIDER

__all__ = ["PROVIDER"]
