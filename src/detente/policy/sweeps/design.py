"""Designs of many runs as files: read, and checked against their study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from detente.duties import Assumptions
from detente.errors import DetenteError, StudyError
from detente.formatting import number as number_text
from detente.io.words import meant
from detente.io.yaml_file import read_record
from detente.model import Closure, years_of
from detente.policy.instrument_table import instrument_table
from detente.policy.resources import locate
from detente.policy.study import STUDIES, load_study_spec
from detente.policy.sweeps.schema import CLOSURE, WORLD, Design, Parameter

if TYPE_CHECKING:
    from pathlib import Path

    from detente.policy.study import StudySpec

DESIGNS = STUDIES / "designs"
LARGEST_DESIGN_BYTES = 4_000_000
# Draws a design may ask for; beyond it positions no longer fit the names of the parts.
MOST_DRAWS = 10_000_000
# Probabilities are written as decimals; their sum is judged to this.
SUM_TOLERANCE = 1e-9


def load_design(
    name_or_path: str | Path, *, draws: int | None = None, horizon: str | None = None
) -> tuple[Design, StudySpec]:
    """
    Read a design and its study, and check them against each other; `draws` and `horizon` stand in for the design's own.

    Examples
    --------
    >>> design, study = load_design("kuala-lumpur-uncertainty", draws=256)
    >>> design.draws, study.id
    (256, 'kuala-lumpur')
    """
    path = locate(name_or_path, DESIGNS, kind="design", where="DESIGN")
    design = read_record(path, Design, error=StudyError, largest=LARGEST_DESIGN_BYTES)
    if draws is not None:
        design = design.model_copy(update={"draws": draws})
    if horizon is not None:
        design = design.model_copy(update={"horizon": horizon})
    study_path = path.parent / design.study
    study = load_study_spec(study_path if study_path.is_file() else design.study)
    check_design(design, study, str(name_or_path))
    if design.scenarios:
        kept = tuple(item for item in study.scenarios if item.id in design.scenarios)
        study = study.model_copy(update={"scenarios": kept, "contrasts": ()})
    if design.closure:
        study = study.model_copy(update={"closure": design.closure})
    return design, study


def check_design(design: Design, study: StudySpec, where: str) -> None:
    """Check a design against its study."""
    _check_draws(design, where)
    years_of(design.horizon)
    known = known_parameters(study)
    for parameter in design.parameters:
        _check_name(parameter.name, known, f"{where}: parameters")
        _check_form(parameter, f"{where}: parameters: {parameter.name}", design.sample)
        _check_values(parameter, study, f"{where}: parameters: {parameter.name}")
        for name in parameter.scenarios:
            _check_scenario(
                name,
                [item.id for item in study.scenarios],
                f"{where}: parameters: {parameter.name}: scenarios",
            )
    _check_rows(design, study, f"{where}: rows")
    names = [item.name for item in design.parameters]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise _refuse("a parameter is named twice", f"{where}: parameters", ", ".join(repeated), "each once")
    ids = [item.id for item in study.scenarios]
    for name in design.scenarios:
        _check_scenario(name, ids, f"{where}: scenarios")
    for policy in design.policies:
        for name in policy.states:
            _check_scenario(name, list(design.scenarios) or ids, f"{where}: policies: {policy.id}: states")
        _check_sum(list(policy.states.values()), f"{where}: policies: {policy.id}: states")
    for name in design.fan:
        points = [*(design.scenarios or ids), *(policy.id for policy in design.policies)]
        _check_scenario(name, points, f"{where}: fan")


def known_parameters(study: StudySpec) -> dict[str, str]:
    """Names a design may vary, and where each belongs."""
    named = (*instrument_table().assumptions, *study.assumptions)
    rooms = {row["name"]: "tariffs" for row in Assumptions().rows()}
    return rooms | {item.name: "study" for item in named} | {CLOSURE: "run", WORLD: "run"}


def _check_draws(design: Design, where: str) -> None:
    """There must be draws."""
    if design.sample in {"grid", "list"}:
        if not (design.parameters if design.sample == "grid" else design.rows):
            need = (
                "`values` of at least one parameter" if design.sample == "grid" else "at least one of `rows`"
            )
            raise _refuse("a design with no draws", where, f"sample: {design.sample}", need)
        return
    if not 1 <= design.draws <= MOST_DRAWS:
        raise _refuse(
            "a design with no draws" if design.draws < 1 else "too many draws",
            f"{where}: draws",
            design.draws,
            f"1 to {MOST_DRAWS}",
            "write `draws: 1024`, or give --draws",
        )
    if not design.parameters and design.elasticities is None:
        raise _refuse(
            "nothing varies in this design", where, "no parameters, no elasticities", "at least one of them"
        )


def _check_rows(design: Design, study: StudySpec, where: str) -> None:
    """Rows hold known names and values that can be used."""
    known = known_parameters(study)
    for name in dict.fromkeys(name for row in design.rows for name in row):
        _check_name(name, known, where)
    if design.sample == "list":
        for parameter in design.varied:
            _check_values(parameter, study, f"{where}: {parameter.name}")


def _check_name(name: str, known: dict[str, str], where: str) -> None:
    """A parameter must be a named assumption, `closure` or `world`."""
    if name not in known:
        raise _refuse("unknown parameter", where, name, ", ".join(sorted(known)), meant(name, known))


def _check_scenario(name: str, ids: list[str], where: str) -> None:
    """A scenario must be one of the study's."""
    if name not in ids:
        raise _refuse("no such scenario in this design", where, name, ", ".join(ids), meant(name, ids))


def _check_form(parameter: Parameter, where: str, sample: str) -> None:
    """One distribution, and a possible one."""
    forms = parameter.forms
    if len(forms) != 1 or (sample == "grid" and forms != ["values"]):
        allowed = "`values`" if sample == "grid" else "one of uniform, triangular, lognormal, values"
        raise _refuse("not one distribution", where, ", ".join(forms) or "none", allowed)
    given = list(getattr(parameter, forms[0]))
    if (
        (forms[0] == "uniform" and not given[0] < given[1])
        or (forms[0] == "triangular" and not (given[0] <= given[1] <= given[2] and given[0] < given[2]))
        or (forms[0] == "lognormal" and not (given[0] > 0 and given[1] >= 0))
    ):
        allowed = (
            "median above 0, spread not below 0" if forms[0] == "lognormal" else "low, (mode,) high, rising"
        )
        raise _refuse(f"not a {forms[0]} distribution", where, given, allowed)
    if not parameter.values and forms[0] == "values":
        raise _refuse("a parameter without values", where, "[]", "at least one value")
    if parameter.weights is not None:
        if forms[0] != "values" or len(parameter.weights) != len(parameter.values or ()):
            raise _refuse(
                "weights without their values", where, list(parameter.weights), "one weight for each value"
            )
        _check_sum(list(parameter.weights), f"{where}: weights")


def _check_values(parameter: Parameter, study: StudySpec, where: str) -> None:
    """Values must be usable where the parameter goes."""
    room = known_parameters(study)[parameter.name]
    ends = parameter.values if parameter.values is not None else parameter.ends
    words = [item for item in ends if isinstance(item, str)]
    if room == "study" and words:
        raise _refuse("a word where a number is due", where, ", ".join(words), "numbers")
    if parameter.name == CLOSURE and not set(ends) <= set(get_args(Closure)):
        raise _refuse("unknown closure", where, list(ends), ", ".join(get_args(Closure)))
    if parameter.name == WORLD and not all(isinstance(item, str) for item in ends):
        raise _refuse("a world is a name", where, list(ends), "NAME or NAME:VARIANT")
    if room == "tariffs":
        for item in ends:
            try:
                Assumptions(**{parameter.name: item})
            except DetenteError as error:
                raise _refuse(error.what, where, item, error.allowed) from None


def _check_sum(probabilities: list[float], where: str) -> None:
    """Probabilities are not negative and sum to one."""
    total = sum(probabilities)
    if min(probabilities) < 0 or abs(total - 1) > SUM_TOLERANCE:
        raise _refuse(
            "probabilities do not sum to one",
            where,
            f"{', '.join(number_text(item) for item in probabilities)} (sum {number_text(total)})",
            "numbers not below 0 that sum to 1",
            "correct them, or divide each by the sum",
        )


def _refuse(
    what: str, where: str, found: Any, allowed: Any, repair: str = "correct the design"
) -> StudyError:
    """Make the error."""
    return StudyError(what, where=where, found=found, allowed=allowed, repair=repair)
