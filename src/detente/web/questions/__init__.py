"""Questions people ask, each the same as a command, as Python, as an address and as a form."""

from __future__ import annotations

from detente.web.questions.base import Found, LawQuestion, Question
from detente.web.questions.cases import Licence, PortFee, Purchases, Screen
from detente.web.questions.economy import Run, WhatIf
from detente.web.questions.law import (
    Average,
    Cite,
    Diff,
    Duty,
    LedgerCheck,
    LedgerList,
    LedgerShow,
    Status,
    Timeline,
)

__all__ = [
    "Average",
    "Cite",
    "Diff",
    "Duty",
    "Found",
    "LawQuestion",
    "LedgerCheck",
    "LedgerList",
    "LedgerShow",
    "Licence",
    "PortFee",
    "Purchases",
    "Question",
    "Run",
    "Screen",
    "Status",
    "Timeline",
    "WhatIf",
]
