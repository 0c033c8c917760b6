"""Duties as a function of the assumptions that vary: worked out at a few values of each, and put together for a draw."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from detente.policy.instruments.scenario_law import scenario_book
from detente.policy.instruments.shock import ledger_duties
from detente.policy.sweeps.design import known_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from detente.ledger import Ledger
    from detente.policy.instruments.shock import Setting
    from detente.policy.study import ScenarioSpec, StudySpec
    from detente.policy.sweeps.sampling import Value
    from detente.policy.sweeps.schema import Design, Parameter


@dataclass(frozen=True)
class Node:
    """A value of one assumption, and by how much the duties differ there from those under the defaults."""

    value: Value
    change: NDArray[np.float64]


@dataclass(frozen=True)
class Duties:
    """
    Additional duties of one scenario under any values of the assumptions.

    shape: (J, N, N).
    cells, values: Flat positions of the cells with a duty under some value, and the duties under the defaults.
    nodes: By assumption: its values, rising, with the change at each.

    Along one assumption the duties are straight lines between its values; effects of different assumptions are added.
    An assumption is a share of trade treated one way or another, so the first is exact but for caps; the second leaves
    out what two assumptions do together on the same line.
    """

    shape: tuple[int, ...]
    cells: NDArray[np.intp]
    values: NDArray[np.float64]
    nodes: Mapping[str, tuple[Node, ...]]

    def at(self, draw: Mapping[str, Value]) -> NDArray[np.float64]:
        """
        Give the duties of a draw. Gives fractions, not below zero.

        Shapes: duties (J, N, N).
        """
        own = self.values.copy()
        for name, nodes in self.nodes.items():
            if name in draw:
                own += _between(nodes, draw[name])
        out = np.zeros(int(np.prod(self.shape)))
        out[self.cells] = np.maximum(own, 0.0)
        return out.reshape(self.shape)


def _between(nodes: tuple[Node, ...], value: Value) -> NDArray[np.float64]:
    """Change at a value: a node's own, or on the line between two."""
    for node in nodes:
        if node.value == value:
            return node.change
    numbers = [node for node in nodes if not isinstance(node.value, str)]
    places = [float(node.value) for node in numbers]
    k = int(np.clip(np.searchsorted(places, float(value)), 1, len(places) - 1))
    share = (float(value) - places[k - 1]) / (places[k] - places[k - 1])
    return (1 - share) * numbers[k - 1].change + share * numbers[k].change


def tabulate(
    design: Design, study: StudySpec, spec: ScenarioSpec, setting: Setting, ledger: Ledger
) -> Duties:
    """Work out the duties of one scenario at the values of each assumption that moves them."""
    exact = exact_duties(study, spec, setting, ledger)
    base = exact({})
    flat: dict[str, list[tuple[Value, NDArray[np.float64]]]] = {}
    for parameter in design.varied:
        if moves_duties(parameter, study, spec):
            name = parameter.name
            known = setting.assumptions
            default = known[name] if name in known else study.assumed(spec)[name]
            flat[name] = [
                (value, exact({name: value}) - base if value != default else np.zeros_like(base))
                for value in _values(parameter, default)
            ]
    rows = [base, *(change for nodes in flat.values() for _, change in nodes)]
    cells = np.flatnonzero(np.any([row != 0 for row in rows], axis=0))
    nodes = {
        name: tuple(Node(value, change.reshape(-1)[cells]) for value, change in own)
        for name, own in flat.items()
        if any(change.any() for _, change in own)
    }
    return Duties(base.shape, cells, base.reshape(-1)[cells], nodes)


def exact_duties(
    study: StudySpec, spec: ScenarioSpec, setting: Setting, ledger: Ledger
) -> Callable[[Mapping[str, Value]], NDArray[np.float64]]:
    """
    Give the function from a draw to a scenario's duties, line by line: what the table stands for.

    Shapes: duties (J, N, N).
    """
    assumed = study.assumed(spec)

    def at(draw: Mapping[str, Value]) -> NDArray[np.float64]:
        known = setting.assumptions
        assumptions = known.with_values(**{name: value for name, value in draw.items() if name in known})
        own = assumed | {name: float(value) for name, value in draw.items() if name in assumed}
        book = scenario_book(spec, ledger, own)
        return ledger_duties(book, setting.world, setting.baseline, setting.parents, assumptions)

    return at


def moves_duties(parameter: Parameter, study: StudySpec, spec: ScenarioSpec) -> bool:
    """
    Tell whether a parameter enters the duties of a scenario.

    Gives True for the tariff room's assumptions and for the share of an answer in kind.
    """
    if known_parameters(study)[parameter.name] == "tariffs":
        return True
    return (
        spec.edits.mirror is not None
        and spec.edits.mirror.share == parameter.name
        and applies(parameter, spec)
    )


def applies(parameter: Parameter, spec: ScenarioSpec) -> bool:
    """Tell whether a draw of a study's assumption counts in a scenario."""
    if parameter.scenarios:
        return spec.id in parameter.scenarios
    return parameter.name not in spec.assume


def _values(parameter: Parameter, default: Any) -> list[Value]:
    """Values at which the duties are worked out: the ends and the default, or every listed value."""
    if parameter.values is not None:
        words = [item for item in parameter.values if isinstance(item, str)]
        return [*words, *sorted(float(item) for item in parameter.values if not isinstance(item, str))]
    low, high = parameter.ends
    numeric = isinstance(default, (int, float))
    return sorted({low, high, float(default)}) if numeric else [low, 0.5 * (low + high), high]


Tables = dict[tuple[str, str], Duties]


def tables_to_bytes(tables: Tables) -> bytes:
    """Tables as an ``npz`` archive of plain arrays."""
    arrays: dict[str, NDArray[Any]] = {}
    head = []
    for k, (place, duties) in enumerate(tables.items()):
        arrays[f"{k}.cells"], arrays[f"{k}.values"] = duties.cells, duties.values
        listed: dict[str, list[Value]] = {}
        for name, nodes in duties.nodes.items():
            listed[name] = [node.value for node in nodes]
            arrays[f"{k}.{name}"] = np.array([node.change for node in nodes])
        head.append({"place": list(place), "shape": list(duties.shape), "nodes": listed})
    arrays["head"] = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
    sink = BytesIO()
    np.savez_compressed(sink, allow_pickle=False, **arrays)
    return sink.getvalue()


def tables_from_file(path: Path) -> Tables | None:
    """Read tables back. Gives None if there is no archive or it is damaged: it is a saving of time and nothing else."""
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            tables: Tables = {}
            for k, row in enumerate(json.loads(archive["head"].tobytes().decode())):
                nodes = {
                    name: tuple(map(Node, values, archive[f"{k}.{name}"]))
                    for name, values in row["nodes"].items()
                }
                place = (str(row["place"][0]), str(row["place"][1]))
                cells, base = archive[f"{k}.cells"], archive[f"{k}.values"]
                tables[place] = Duties(tuple(row["shape"]), cells, base, nodes)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
    return tables
