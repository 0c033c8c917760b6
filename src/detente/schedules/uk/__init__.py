"""The United Kingdom: the UK Global Tariff as it began in 2021, eight digits; what came later is not in it."""

from __future__ import annotations

from typing import Final

from detente.schedules.listed.printed import Printed

PROVIDER: Final = Printed("uk")
