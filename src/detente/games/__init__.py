"""Strategy without law: optimal and Nash tariffs, finite games, threats, bargains."""

from __future__ import annotations

from detente.games.bargaining import Bargain, Point, bargain
from detente.games.finite import FiniteGame
from detente.games.game_economy import Arena, Seat, make_arena
from detente.games.industry_goals import IndustryIncome, SectorWeights
from detente.games.instruments import Grouping, Instruments, Player, make_instruments
from detente.games.nash import Candidate, Search, find_nash
from detente.games.objectives import Goal, RealIncome, Revenue, Total, rivalry
from detente.games.optimal import Optimum, optimal_tariffs
from detente.games.reveal import RevealedWeights, reveal
from detente.games.table import NashTariffs, nash_tariffs
from detente.games.threats import Threat, Verdict, finite_punishment, grim_trigger, judge
from detente.games.verify import Certificate, is_nash, largest_gain

__all__ = [
    "Arena",
    "Bargain",
    "Candidate",
    "Certificate",
    "FiniteGame",
    "Goal",
    "Grouping",
    "IndustryIncome",
    "Instruments",
    "NashTariffs",
    "Optimum",
    "Player",
    "Point",
    "RealIncome",
    "RevealedWeights",
    "Revenue",
    "Search",
    "Seat",
    "SectorWeights",
    "Threat",
    "Total",
    "Verdict",
    "bargain",
    "find_nash",
    "finite_punishment",
    "grim_trigger",
    "is_nash",
    "judge",
    "largest_gain",
    "make_arena",
    "make_instruments",
    "nash_tariffs",
    "optimal_tariffs",
    "reveal",
    "rivalry",
]
