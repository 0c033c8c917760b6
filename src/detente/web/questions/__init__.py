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
from detente.web.questions.strategy import (
    Bargain,
    Deals,
    Hedge,
    Nash,
    Optimal,
    Path,
    Payoffs,
    Reliance,
    StrategyQuestion,
)

__all__ = [
    "Average",
    "Bargain",
    "Cite",
    "Deals",
    "Diff",
    "Duty",
    "Found",
    "Hedge",
    "LawQuestion",
    "LedgerCheck",
    "LedgerList",
    "LedgerShow",
    "Licence",
    "Nash",
    "Optimal",
    "Path",
    "Payoffs",
    "PortFee",
    "Purchases",
    "Question",
    "Reliance",
    "Run",
    "Screen",
    "Status",
    "StrategyQuestion",
    "Timeline",
    "WhatIf",
]
