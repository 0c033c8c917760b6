"""Servers in memory, made once: one that has solved nothing, one with the scenarios of the main study."""

from __future__ import annotations

from functools import cache

from detente.web import Settings, create_app

BASE = "http://127.0.0.1:8737"


@cache
def plain_app():
    """An application that solves nothing by itself."""
    return create_app(Settings(prepare=False))


@cache
def solved_app():
    """An application with the scenarios of the main study."""
    app = create_app(Settings(prepare=False))
    study = app.state.detente.study
    study._solve_scenarios()
    study.stage = "scenarios"
    study.ready.set()
    return app
