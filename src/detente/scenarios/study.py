"""Studies as files: scenarios against one baseline, with the questions asked of them."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
import hashlib
from importlib import resources
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from detente.errors import StudyError
from detente.reading import read_record
from detente.scenarios.table import Assumption, instrument_table

STUDIES = resources.files("detente") / "data" / "studies"
LARGEST_STUDY_BYTES = 1_000_000


class Spec(BaseModel):
    """Strict base of everything in a study file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Mirror(Spec):
    """`imposer` answers `measure` on `target` with the same points times the assumption `share`."""

    measure: str
    imposer: str
    target: str
    share: str


class Edits(Spec):
    """Changes of the ledger for one scenario, in the words of `Ledger.edit`."""

    enact: tuple[str, ...] = ()
    suspend: tuple[str, ...] = ()
    resume: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    set: dict[str, float] = {}
    mirror: Mirror | None = None

    @property
    def any(self) -> bool:
        """Whether anything is edited."""
        return bool(self.enact or self.suspend or self.resume or self.end or self.set or self.mirror)


class Relief(Spec):
    """Additional duties off on `usd_bn` (an assumption) of imports, on `share` (an assumption) of them."""

    importer: str
    exporter: str
    usd_bn: str
    share: str


class ScenarioSpec(Spec):
    """One scenario: the ledger on a day, as known on a day, with edits."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    label: str
    definition: str
    on: dt.date
    known_on: dt.date | None = None
    ends: Literal["legal", "reported"] = "legal"
    view: Literal["statutory", "collected", "legally-due"] = "statutory"
    edits: Edits = Edits()
    assume: dict[str, float] = {}
    relief: tuple[Relief, ...] = ()


class ContrastLine(Spec):
    """One instrument of a contrast: the measures that change together."""

    instrument: str
    measures: tuple[str, ...] = Field(min_length=1)


class Contrast(Spec):
    """What scenario `of` is worth against scenario `against`, one line per instrument, other law held fixed."""

    id: str
    title: str
    of: str
    against: str
    between: tuple[str, str]
    lines: tuple[ContrastLine, ...] = Field(min_length=1)


class Claim(Spec):
    """A published claim to print beside the computed figure."""

    group: str
    text: str
    share: float
    share_2022: float
    source: str


class StudySpec(Spec):
    """A whole study file."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    question: str
    world: str
    second_world: str | None = None
    closure: Literal["fixed", "zero", "proportional"] = "fixed"
    pairs: tuple[tuple[str, str], ...] = ()
    featured: tuple[str, ...] = ()
    groups: tuple[str, ...] = ("WORLD",)
    claim: Claim | None = None
    assumptions: tuple[Assumption, ...] = ()
    baseline: ScenarioSpec
    scenarios: tuple[ScenarioSpec, ...] = Field(min_length=1)
    contrasts: tuple[Contrast, ...] = ()

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical content."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def assumed(self, scenario: ScenarioSpec) -> dict[str, float]:
        """
        Values of the named assumptions in one scenario.

        Parameters
        ----------
        scenario
            A scenario of this study.

        Returns
        -------
        values
            By name, those of the instruments included; the scenario's own value where it has one.
        """
        named = (*instrument_table().assumptions, *self.assumptions)
        return {item.name: item.value for item in named} | scenario.assume


def load_study_spec(name_or_path: str | Path) -> StudySpec:
    """
    Read a built-in study by name, or a study file by path.

    Parameters
    ----------
    name_or_path
        ``"kuala-lumpur"``, or the path of a YAML file in the same schema.

    Returns
    -------
    spec
        The study, with its references checked against each other.

    Raises
    ------
    StudyError
        The file is absent, too large, not in the schema, or refers to a scenario or assumption it does not define.

    Examples
    --------
    >>> load_study_spec("kuala-lumpur").baseline.on.isoformat()
    '2024-12-31'
    """
    spec = read_record(_locate(name_or_path), StudySpec, error=StudyError, largest=LARGEST_STUDY_BYTES)
    _check_references(spec, str(name_or_path))
    return spec


def built_in_studies() -> list[str]:
    """Names of the studies that come with the package."""
    return sorted(
        item.name.removesuffix(".yaml") for item in STUDIES.iterdir() if item.name.endswith(".yaml")
    )


def _locate(name_or_path: str | Path) -> Path:
    """Path of a study given by name or path."""
    known = built_in_studies()
    if str(name_or_path) in known:
        return Path(str(STUDIES / f"{name_or_path}.yaml"))
    path = Path(name_or_path)
    if not path.is_file():
        raise StudyError(
            "no such study",
            where="STUDY",
            found=name_or_path,
            allowed=f"a built-in study ({', '.join(known)}) or the path of a study file",
            repair="check the spelling, or give the path of a YAML file",
        )
    return path


def _check_references(spec: StudySpec, where: str) -> None:
    """Every scenario, assumption and id a study mentions must be defined once in it."""
    ids = [scenario.id for scenario in spec.scenarios]
    repeated = sorted({name for name in ids if ids.count(name) > 1})
    if repeated:
        raise StudyError("scenario ids repeat", where=where, found=repeated, allowed="one scenario per id")
    for contrast in spec.contrasts:
        for name in (contrast.of, contrast.against):
            if name not in ids:
                raise StudyError(
                    "a contrast names an unknown scenario",
                    where=f"{where}: contrasts: {contrast.id}",
                    found=name,
                    allowed=", ".join(ids),
                    repair="name a scenario of this study",
                )
    names = {item.name for item in (*instrument_table().assumptions, *spec.assumptions)}
    for scenario in spec.scenarios:
        wanted = set(scenario.assume) | {
            word for item in scenario.relief for word in (item.usd_bn, item.share)
        }
        wanted |= {scenario.edits.mirror.share} if scenario.edits.mirror else set()
        if missing := sorted(wanted - names):
            raise StudyError(
                "a scenario uses an assumption the study does not name",
                where=f"{where}: scenarios: {scenario.id}",
                found=", ".join(missing),
                allowed=", ".join(sorted(names)) or "no assumption is named",
                repair="add it under `assumptions` with value, alternatives, why and source",
            )
