"""What applies to one case: a duty, a port call, a licence, a name on a list; what was bought is in `purchases`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.compliance.customs.duty import duty
    from detente.compliance.customs.worksheet import worksheet
    from detente.compliance.documents.duty import Duty, DutyLine
    from detente.compliance.export_controls.licence import licence
    from detente.compliance.port_fees.port_fee import port_fee
    from detente.compliance.screening.screen import screen

# Each name and its module, read when it is first asked for: a duty needs no list of names.
_HOME = {
    "Duty": "documents.duty",
    "duty": "customs.duty",
    "DutyLine": "documents.duty",
    "worksheet": "customs.worksheet",
    "licence": "export_controls.licence",
    "port_fee": "port_fees.port_fee",
    "screen": "screening.screen",
}

__all__ = ["Duty", "DutyLine", "duty", "licence", "port_fee", "screen", "worksheet"]


def __getattr__(name: str) -> Any:
    """A name, from its module."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
