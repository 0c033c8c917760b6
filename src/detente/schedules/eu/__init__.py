"""The European Union: the common customs tariff in force in 2020, eight digits; what came later is not in it."""

from __future__ import annotations

from typing import Final

from detente.schedules.listed.printed import Printed

PROVIDER: Final = Printed("eu")
