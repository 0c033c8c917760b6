"""What applies to one case: a duty, a port call, a licence, a name on a list, a purchase commitment."""

from __future__ import annotations

from detente.compliance.customs.duty import Duty, duty
from detente.compliance.customs.lines import DutyLine
from detente.compliance.customs.worksheet import worksheet
from detente.compliance.export_controls.licence import licence
from detente.compliance.port_fees.fleet import port_fees
from detente.compliance.port_fees.port_fee import port_fee
from detente.compliance.purchases.progress import purchases
from detente.compliance.screening.screen import screen

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
