"""
The questions of the product, each defined once.

A question is a function of this room, decorated with `detente.queries.question.question`. From its signature and its
docstring come the public function, the command, the address with its schema, the permalink, and the Python lines that
reproduce. To add one, or an option to one: its function; a new one also has its line in `QUESTIONS`.
"""

from __future__ import annotations

# Name of each question, and the module of this room that has it.
QUESTIONS = {
    "status": "ledger",
    "run": "studies",
    "duty": "duties",
    "entry": "entry",
    "search": "products",
    "average_tariff": "duties",
    "schedule": "duties",
    "port_fee": "cases",
    "licence": "cases",
    "screen": "cases",
    "purchases": "cases",
    "list_measures": "ledger",
    "show_measure": "ledger",
    "timeline": "ledger",
    "diff": "ledger",
    "check_ledger": "ledger",
    "cite": "ledger",
    "play_optimal": "games",
    "play_nash": "games",
    "payoffs": "games",
    "play_bargain": "games",
    "deals": "games",
    "play_calendar": "calendars",
    "play_rivalry": "forecasts",
    "play_agreements": "agreements",
    "hedge": "strategy",
    "reliance": "strategy",
    "path": "strategy",
    "unresolved": "strategy",
    "forecast": "forecasts",
    "sweep": "sweeps",
    "schema": "schemas",
    "chokepoints": "chokepoints",
    "evidence": "evidence",
    "collected": "collected",
    "economy": "economies",
    "what_if": "surcharges",
}
