"""The table of instruments other than tariffs: schema and reading."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from detente.errors import StudyError
from detente.io.yaml_file import read_record
from detente.manifest import DATA

FOLDER = DATA / "scenarios"
Labels = dict[str, tuple[str, ...]]


class Row(BaseModel):
    """Strict base of everything in the table."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NamedAssumption(Row):
    """A judgement with its value, the alternatives, the reason and the source."""

    name: str
    value: float
    alternatives: tuple[float, ...] = ()
    why: str
    source: str


class Instrument(Row):
    """
    One instrument other than a tariff.

    id, title: Its name in options and results, and for readers.
    measures: Ledger ids that decide it.
    """

    id: str
    title: str
    measures: tuple[str, ...]


class Route(Row):
    """Exporters whose ships a fee reaches, and the assumption that holds the exposed share of their trade."""

    exporters: tuple[str, ...]
    without: tuple[str, ...] = Field(default=(), alias="except")
    exposed: str


class PortFee(Instrument):
    """A fee per net ton as an ad valorem equivalent: the part paid, and the real cost of re-routing."""

    effect: Literal["port_fee"]
    importer: str
    routes: dict[str, Route]
    intensity: str
    redeployed: str
    redeployment_cost: str
    currency_per_usd: str | None = None


class ExportControl(Instrument):
    """A licence: a real cost while it is required, and a quantity limit where the scenario sets one."""

    effect: Literal["export_control"]
    exporter: str
    part: str
    licensed_by: dict[str, str]
    volume: str


class Flow(Row):
    """Sectors of one pair, by classification."""

    exporter: str
    importer: str
    sectors: Labels


class Slice(Instrument):
    """A share of some flows that is forbidden, given as a share or as a value of trade."""

    effect: Literal["slice"]
    flows: tuple[Flow, ...]
    released_by: tuple[str, ...] = ()
    share: str | None = None
    usd_bn: str | None = None


class Purchase(Instrument):
    """A commitment to buy a quantity, as a target against the quantity of the base year."""

    effect: Literal["purchase"]
    importer: str
    exporter: str
    part: str
    base: str


class Part(Row):
    """A small part of a wide industry, with its trade by pair, its users and its elasticity."""

    name: str
    parent: dict[str, str]
    table: str
    theta: str
    use: dict[str, dict[str, float]]
    codes: dict[str, dict[str, tuple[str, ...]]]
    source: str


AnyInstrument = Annotated[PortFee | ExportControl | Slice | Purchase, Field(discriminator="effect")]


class InstrumentTable(Row):
    """The whole file."""

    instruments: tuple[AnyInstrument, ...]
    assumptions: tuple[NamedAssumption, ...]
    parts: tuple[Part, ...]


@cache
def instrument_table() -> InstrumentTable:
    """
    Read the table of instruments.

    Examples
    --------
    >>> [item.id for item in instrument_table().instruments][-1]
    'soybeans'
    """
    return read_record(FOLDER / "instruments.yaml", InstrumentTable, error=StudyError)
