"""Under which values of the assumptions cells are solved again: paired draws, and one assumption at a time at its ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.games.odds import HIGH, LOW
from detente.policy.assumptions import THETA as OF_SECTOR
from detente.policy.instrument_table import instrument_table
from detente.policy.sweeps.design import DESIGNS, known_parameters, load_design
from detente.policy.sweeps.sampling import Sampler, normal_quantile, quantile
from detente.policy.sweeps.schema import THETA, WORLD
from detente.world.variants import variant_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from detente.policy.strategy.game_setting import GameSetting
    from detente.policy.sweeps.sampling import Value
    from detente.policy.sweeps.schema import Design, Parameter

# What varies where a study has no design of its own.
USUAL_DESIGN: Final = "kuala-lumpur-uncertainty"
# Kinds of rows: as the study has it, a draw of all that varies, one thing alone at an end.
MIDDLE, DRAW, END = "middle", "draw", "end"


@dataclass(frozen=True)
class Row:
    """
    Values under which every cell is solved.

    kind: One of the three kinds.
    name: What is moved alone, at an end.
    value, usual: Its value there, and as the study has it; a word for another estimate of the world.
    world: Variant of the world; empty for the study's.
    study: Values that hold in every cell, elasticities among them.
    cells: Values that hold in cells which give the name a value of their own.
    """

    kind: str
    name: str = ""
    value: Value = ""
    usual: Value = ""
    world: str = ""
    study: Mapping[str, float] = field(default_factory=dict)
    cells: Mapping[str, float] = field(default_factory=dict)


def design_of(board: GameSetting) -> Design:
    """What varies on a board: the design of its study, for its world."""
    name = f"{board.run.spec.id}-uncertainty"
    design, _ = load_design(name if (DESIGNS / f"{name}.yaml").is_file() else USUAL_DESIGN)
    variants = set(variant_names(board.run.world.name))
    spec = design.elasticities
    known = set(board.run.world.sectors)
    if spec is not None:
        published = tuple(item for item in spec.published if item.sector in known)
        design = design.model_copy(update={"elasticities": spec.model_copy(update={"published": published})})
    parameters = [item for item in design.parameters if item.name != WORLD or _variants(item) <= variants]
    return design.model_copy(update={"parameters": tuple(parameters)})


def _variants(parameter: Parameter) -> set[str]:
    """Estimates of the world among the values of a parameter, by name."""
    return {str(value).partition(":")[2] for value in parameter.values or ()} - {""}


def rows_of(board: GameSetting, draws: int, *, alone: bool = True) -> list[Row]:
    """The middle, some draws of the design, and everything that varies alone at the ends of its range."""
    design = design_of(board)
    base = board.setting.origin.baseline
    parts = {part.name for part in instrument_table().parts}
    theta = {s: float(x) for s, x in zip(base.sectors, base.theta, strict=True) if s not in parts}
    rows = [Row(MIDDLE)]
    rows += [_row(board, design, draw) for draw in Sampler(design, theta).draw(0, draws)] if draws else []
    return rows + list(_ends(board, design, theta)) if alone else rows


def drawn_names(board: GameSetting, design: Design) -> dict[str, Parameter]:
    """Numbers of the study that vary; judgements of the duties are held, and so is the share of an answer in kind."""
    room = known_parameters(board.run.spec)
    return {
        item.name: item
        for item in design.parameters
        if room.get(item.name) == "study" and not any(isinstance(value, str) for value in item.values or ())
    }


def _row(board: GameSetting, design: Design, draw: Mapping[str, Value]) -> Row:
    """A draw of everything."""
    named = drawn_names(board, design)
    study = {
        f"{OF_SECTOR}{key.partition('.')[2]}": float(x)
        for key, x in draw.items()
        if key.startswith(f"{THETA}.")
    }
    study |= {name: float(draw[name]) for name, item in named.items() if not item.scenarios}
    cells = {name: float(draw[name]) for name, item in named.items() if item.scenarios}
    world = str(draw.get(WORLD, "")).partition(":")[2]
    return Row(DRAW, world=world, study=study, cells=cells)


def _ends(board: GameSetting, design: Design, theta: Mapping[str, float]) -> Iterator[Row]:
    """Each thing alone at the points below and above which one draw in twenty lies; every other estimate of the world."""
    usual = board.run.spec.assumed(board.run.spec.baseline)
    spec = design.elasticities
    for share in (LOW, HIGH):
        if spec is not None:
            factor = float(np.exp(spec.common_log_sd * normal_quantile(np.array([share]))[0]))
            moved = {
                f"{OF_SECTOR}{sector}": float(np.clip(x * factor, spec.low, spec.high))
                for sector, x in theta.items()
            }
            yield Row(END, THETA, factor, 1.0, study=moved)
        for name, item in drawn_names(board, design).items():
            value = float(quantile(item, np.array([share]))[0])
            values = {name: value}
            cells, study = (values, {}) if item.scenarios else ({}, values)
            yield Row(END, name, value, usual[name], study=study, cells=cells)
    for item in design.parameters:
        for variant in sorted(_variants(item)) if item.name == WORLD else ():
            yield Row(END, WORLD, variant, "", world=variant)
