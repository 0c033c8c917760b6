"""Studies as files: scenarios against one baseline, with the questions asked of them."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
import hashlib
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic_core import PydanticCustomError

from detente.asof import AsOf, Basis, View
from detente.errors import StudyError
from detente.geography.economies import groups, is_economy, is_group, nearest_code
from detente.geography.territories import is_territory
from detente.io.words import meant, one_of
from detente.io.yaml_file import read_record
from detente.manifest import DATA
from detente.model import Closure  # noqa: TC001  (pydantic resolves the annotations at run time)
from detente.policy.assumptions import check_assumptions, elasticities_in, of_the_world
from detente.policy.instrument_table import NamedAssumption, instrument_table
from detente.policy.resources import locate, names_in
from detente.stamp import digest

if TYPE_CHECKING:
    from pathlib import Path

STUDIES = DATA / "studies"
LARGEST_STUDY_BYTES = 1_000_000
# Of the refusal of a scenario that there is not.
NO_SCENARIO, A_SCENARIO = "no such scenario in this study", "name a scenario of this study"


def _not_negative(value: float | str) -> float | str:
    """Refuse a number below zero where it stands; what else a value may be depends on its assumption."""
    if not isinstance(value, str) and value < 0:
        raise PydanticCustomError("greater_than_equal", "Input should be greater than or equal to 0")
    return value


# Value of an assumption: a number, or the word for a default that is a table.
Given = Annotated[float | str, AfterValidator(_not_negative)]


class Spec(BaseModel):
    """Strict base of everything in a study file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Mirror(Spec):
    """`imposer` answers `measure` on `target` with the same points times the assumption `share`."""

    measure: str
    imposer: str
    target: str
    share: str

    @property
    def id(self) -> str:
        """Id of the answer as a measure."""
        return f"{self.imposer.lower()}.mirror.{self.measure}"


class Edits(Spec):
    """Changes of the ledger for one scenario, in the words of `Ledger.edit`; `quantity` is a commitment's yearly one."""

    enact: tuple[str, ...] = ()
    suspend: tuple[str, ...] = ()
    resume: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    set: dict[str, float] = {}
    quantity: dict[str, Annotated[float, Field(gt=0)]] = {}
    mirror: Mirror | None = None

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave an empty `quantity` out: studies without one keep the hash they had before the field was there."""
        written: dict[str, Any] = write(self)
        return written if self.quantity else {k: v for k, v in written.items() if k != "quantity"}

    @property
    def any(self) -> bool:
        """Whether anything is edited."""
        lists = self.enact or self.suspend or self.resume or self.end
        return bool(lists or self.set or self.quantity or self.mirror)


class Relief(Spec):
    """Additional duties off on `usd_bn` (an assumption) of imports, on `share` (an assumption) of them."""

    importer: str
    exporter: str
    usd_bn: str
    share: str


class Surcharge(Spec):
    """
    Duty on top of the law, no measure of the ledger.

    importer, exporter: Who charges it (an economy or a customs union), and on whose goods (or a group's).
    rate: Fraction of value.
    industries: Of the world; all goods if empty.
    """

    importer: str
    exporter: str
    rate: Annotated[float, Field(gt=0, le=10)]
    industries: tuple[str, ...] = ()


class ScenarioSpec(Spec):
    """One scenario: the ledger on a day, as known on a day, with edits."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    label: str
    definition: str
    on: dt.date
    known_on: dt.date | None = None
    ends: Basis = "legal"
    view: View = "statutory"
    edits: Edits = Edits()
    assume: dict[str, Given] = {}
    relief: tuple[Relief, ...] = ()
    surcharges: tuple[Surcharge, ...] = ()

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave empty `surcharges` out: scenarios without keep the hash they had before the field was there."""
        written: dict[str, Any] = write(self)
        return written if self.surcharges else {k: v for k, v in written.items() if k != "surcharges"}

    @property
    def asof(self) -> AsOf:
        """The question it asks of the ledger."""
        return AsOf(self.on, self.known_on, self.view, self.ends)


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
    closure: Closure = "fixed"
    pairs: tuple[tuple[str, str], ...] = Field(min_length=1)
    featured: tuple[str, ...] = ()
    groups: tuple[str, ...] = ("WORLD",)
    claim: Claim | None = None
    assumptions: tuple[NamedAssumption, ...] = ()
    assume: dict[str, Given] = {}
    baseline: ScenarioSpec
    scenarios: tuple[ScenarioSpec, ...] = Field(min_length=1)
    contrasts: tuple[Contrast, ...] = ()

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave an empty `assume` out: studies without one keep the hash they had before the field was there."""
        written: dict[str, Any] = write(self)
        return written if self.assume else {k: v for k, v in written.items() if k != "assume"}

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical content."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def scenario_hashes(self) -> dict[str, str]:
        """By scenario, the hash of what it is solved with: texts of it and its baseline, closure, resolved assumptions."""
        own = [self.assume] if self.assume else []
        common = [self.closure, self.baseline, self.assumed(self.baseline), *own]
        return {item.id: digest([*common, item, self.assumed(item)]) for item in self.scenarios}

    def assumed(self, scenario: ScenarioSpec) -> dict[str, float]:
        """
        Values of the named assumptions of the study and of the instruments in one scenario.

        Parameters
        ----------
        scenario
            A scenario of this study.

        Returns
        -------
        values
            By name; the scenario's own value where it has one, then the one the study assumes, then the default.
        """
        named = (*instrument_table().assumptions, *self.assumptions)
        values = {item.name: item.value for item in named}
        given = self.given(scenario)
        own = {name: value for name, value in scenario.assume.items() if not isinstance(value, str)}
        return {name: float(given.get(name, value)) for name, value in (own | values).items()}

    def given(self, scenario: ScenarioSpec) -> dict[str, float | str]:
        """Every assumption that the study or the scenario gives a value of its own."""
        return self.assume | scenario.assume

    def elasticities(self, scenario: ScenarioSpec) -> dict[str, float]:
        """Trade elasticities that the study or the scenario gives, by sector."""
        return elasticities_in(self.given(scenario))


def load_study_spec(name_or_path: str | Path) -> StudySpec:
    """
    Read a built-in study by name, or a study file by path.

    Examples
    --------
    >>> load_study_spec("kuala-lumpur").baseline.on.isoformat()
    '2024-12-31'
    """
    spec = read_record(
        locate(name_or_path, STUDIES, kind="study", where="STUDY"),
        StudySpec,
        error=StudyError,
        largest=LARGEST_STUDY_BYTES,
    )
    _check_references(spec, str(name_or_path))
    return spec


def built_in_studies() -> list[str]:
    """Names of the studies that come with the package."""
    return names_in(STUDIES)


def _check_references(spec: StudySpec, where: str) -> None:
    """Every scenario, assumption, economy, group and id a study mentions must exist, and be defined once."""
    for kind, names in (
        ("scenario", [item.id for item in spec.scenarios]),
        ("contrast", [item.id for item in spec.contrasts]),
        ("assumption", [item.name for item in spec.assumptions]),
    ):
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise StudyError(
                f"{kind} names repeat",
                where=where,
                found=", ".join(repeated),
                allowed=f"each {kind} once",
                repair="rename or remove one",
            )
    ids = [item.id for item in spec.scenarios]
    for contrast in spec.contrasts:
        for name in (contrast.of, contrast.against):
            one_of(
                name,
                ids,
                what="a contrast names an unknown scenario",
                where=f"{where}: contrasts: {contrast.id}",
                otherwise=A_SCENARIO,
                error=StudyError,
            )
    _check_assumptions(spec, where)
    _check_places(spec, where)


def _check_assumptions(spec: StudySpec, where: str) -> None:
    """Assumptions a scenario uses must be named by the study, the table of instruments or the tariff room, and be usable."""
    check_assumptions(spec.assume, spec, where=f"{where}: assume")
    for scenario in (spec.baseline, *spec.scenarios):
        at = f"{where}: scenarios: {scenario.id}"
        wanted = {word for item in scenario.relief for word in (item.usd_bn, item.share)}
        wanted |= {scenario.edits.mirror.share} if scenario.edits.mirror else set()
        check_assumptions(dict.fromkeys(wanted - set(scenario.assume), 1.0) | scenario.assume, spec, where=at)
    own = {item.id: {k: v for k, v in item.assume.items() if of_the_world(k)} for item in spec.scenarios}
    for contrast in spec.contrasts:
        if own.get(contrast.of) != own.get(contrast.against):
            raise StudyError(
                "a contrast of two scenarios that read the world differently",
                where=f"{where}: contrasts: {contrast.id}",
                found=f"assume of {contrast.of} and of {contrast.against}",
                allowed="the same elasticities and judgements in both",
                repair="give them under `assume` of the study",
            )


def _check_places(spec: StudySpec, where: str) -> None:
    """Economies are ISO alpha-3 codes; groups are known."""
    named = [("pairs", label) for pair in spec.pairs for label in pair]
    named += [("featured", label) for label in spec.featured]
    named += [(f"contrasts: {item.id}: between", label) for item in spec.contrasts for label in item.between]
    for scenario in spec.scenarios:
        at = f"scenarios: {scenario.id}"
        for relief in scenario.relief:
            named += [(f"{at}: relief", relief.importer), (f"{at}: relief", relief.exporter)]
        for extra in scenario.surcharges:
            both = (extra.importer, extra.exporter)
            held = (is_territory(extra.importer), is_territory(extra.exporter) or is_group(extra.exporter))
            named += [(f"{at}: surcharges", label) for label, ok in zip(both, held, strict=True) if not ok]
        if mirror := scenario.edits.mirror:
            named += [(f"{at}: mirror", mirror.target)]
            named += [(f"{at}: mirror", mirror.imposer)] if not is_territory(mirror.imposer) else []
    for key, label in named:
        if not is_economy(label):
            near = nearest_code(label.upper())
            raise StudyError(
                "unknown economy",
                where=f"{where}: {key}",
                found=label,
                allowed="an ISO alpha-3 code",
                repair=f"did you mean {' or '.join(near)}?" if near else "write the code, such as USA",
            )
    claimed = [spec.claim.group] if spec.claim else []
    for group in (*spec.groups, *claimed):
        if not is_group(group) or (group in claimed and group not in spec.groups):
            raise StudyError(
                "unknown group"
                if not is_group(group)
                else "a claim is about a group the study does not report",
                where=f"{where}: {'groups' if group in spec.groups else 'claim: group'}",
                found=group,
                allowed=", ".join(groups() if not is_group(group) else spec.groups),
                repair=meant(group, groups()) if not is_group(group) else "add it under `groups`",
            )
