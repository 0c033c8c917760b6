"""The small ledger of the tests: a few real measures, shortened."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from detente.ledger import Ledger, read_ledger

FOLDER = Path(__file__).parent / "fixtures" / "small"
FENTANYL = "us.ieepa.fentanyl.cn"
RECIPROCAL = "us.ieepa.reciprocal"
ANSWER = "cn.ret.2025.reciprocal"
THREAT = "us.threat.cn100"
FEE = "us.port.annex1"
CONTENT = "cn.xc.61"
SOYBEANS = "cn.buy.soy2025"


@cache
def small() -> Ledger:
    """Read once."""
    return read_ledger([(FOLDER, False)])


def only(ledger: Ledger, measure: str, on: str, **query):
    """The one position of a measure."""
    (position,) = ledger.on(on, **query).get(measure)
    return position
