"""Studies that others send to a server, or name in an address: only what is of the package, and only what converges."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.errors import StudyError
from detente.io.words import one_of
from detente.policy import Options, built_in_studies, load_study_spec, run_study
from detente.policy.studies.run import require_converged
from detente.queries.studies import study_document
from detente.world import world_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.ledger import Ledger
    from detente.policy import StudySpec
    from detente.queries.question import Asked

MOST_SCENARIOS = 12


def require_built_in(asked: Asked) -> None:
    """Refuse a study or a world that is not of the package: a server reads no files of its own machine."""
    named = (("study", asked.study, built_in_studies()), ("world", asked.world, world_names()))
    for word, value, allowed in named:
        if value is not None:
            otherwise = f"name a built-in {word}, or post a study file"
            one_of(value, allowed, what=f"no such {word}", where=word, otherwise=otherwise, error=StudyError)


def solve_asked(asked: Asked, ledger: Ledger, say: Callable[[str], None]) -> dict[str, Any]:
    """Run a study and lay it out; refuse one that does not converge."""
    outcome = asked.answer(ledger, progress=say)
    require_converged(outcome.run)
    return asked.document(ledger, answer=outcome)


def solve_sent(spec: StudySpec, ledger: Ledger, say: Callable[[str], None]) -> dict[str, Any]:
    """Run a study that was sent, and lay it out; refuse one that does not converge."""
    run = run_study(spec, options=Options(world=spec.world), ledger=ledger, progress=say)
    require_converged(run)
    return study_document(run, command=f"detente run study.yaml --world {spec.world} --json")


def read_study(text: str) -> StudySpec:
    """Read a study that a user sent; it may name nothing outside the package."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            spec = load_study_spec(path)
        except StudyError as problem:
            problem.where = problem.where.replace(str(path), "study.yaml")
            raise
        except ValueError as problem:
            words = str(problem).split(";")[0]
            allowed, repair = "values of the schema of studies", "compare it with a downloaded what-if.yaml"
            raise StudyError(
                "a value cannot be read", where="study.yaml", found=words, allowed=allowed, repair=repair
            ) from None
    worlds = [spec.world, *([spec.second_world] if spec.second_world else [])]
    for name in worlds:
        one_of(
            name,
            world_names(),
            what="a study sent here runs on a built-in world",
            where="study.yaml: world",
            otherwise="name one of these; your own worlds run on the command line",
            error=StudyError,
        )
    if len(spec.scenarios) > MOST_SCENARIOS or sum(len(c.lines) for c in spec.contrasts) > MOST_SCENARIOS:
        raise StudyError(
            "the study is too large for the page",
            where="study.yaml",
            found=f"{len(spec.scenarios)} scenarios",
            allowed=f"{MOST_SCENARIOS} scenarios, {MOST_SCENARIOS} lines of contrasts",
            repair="run it on the command line",
        )
    return spec
