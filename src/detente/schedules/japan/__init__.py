"""Japan's tariff of 2026: the applied most-favoured-nation rate and the columns of its agreements."""

from __future__ import annotations

from detente.schedules.japan.provider import PROVIDER

__all__ = ["PROVIDER"]
