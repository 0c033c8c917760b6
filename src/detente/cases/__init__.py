"""What applies to one case: a duty, a port call, a licence, a name on a list, a purchase commitment."""

from __future__ import annotations

from detente.cases.duty import Duty, duty
from detente.cases.duty_lines import DutyLine
from detente.cases.licence import licence
from detente.cases.port_fee import port_fee
from detente.cases.port_fee_fleet import port_fees
from detente.cases.purchases import purchases
from detente.cases.screen import screen
from detente.cases.worksheet import worksheet

__all__ = [
    "Duty",
    "DutyLine",
    "duty",
    "licence",
    "port_fee",
    "port_fees",
    "purchases",
    "screen",
    "worksheet",
]
