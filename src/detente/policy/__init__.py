"""Where law, economy and strategy meet: studies, runs, documents."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.policy.results import Options, StudyRun
    from detente.policy.strategy.document import strategy_section
    from detente.policy.studies.diagnostics import self_test
    from detente.policy.studies.document import run_document
    from detente.policy.studies.run import run_study
    from detente.policy.studies.timeline import rates_on, rates_over_time
    from detente.policy.study import StudySpec, built_in_studies, load_study_spec

# Public names and the module behind each; loaded on first use.
_HOME = {
    "Options": "results",
    "StudyRun": "results",
    "StudySpec": "study",
    "built_in_studies": "study",
    "load_study_spec": "study",
    "rates_on": "studies.timeline",
    "rates_over_time": "studies.timeline",
    "run_document": "studies.document",
    "run_study": "studies.run",
    "self_test": "studies.diagnostics",
    "strategy_section": "strategy.document",
}

__all__ = [
    "Options",
    "StudyRun",
    "StudySpec",
    "built_in_studies",
    "load_study_spec",
    "rates_on",
    "rates_over_time",
    "run_document",
    "run_study",
    "self_test",
    "strategy_section",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
