"""A world from tidy tables: a row per flow, per input and per duty, in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import WorldError
from detente.formatting import count, number
from detente.io.words import meant
from detente.world.investment import INVESTED, invested_text
from detente.world.io.layout import make_dataset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Label columns and value columns of each table.
TABLES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "flows": (("sector", "exporter", "importer"), ("intermediate", "final")),
    "use": (("input", "sector", "economy"), ("value",)),
    "value_added": (("sector", "economy"), ("value",)),
    "tariffs": (("sector", "importer", "exporter"), ("tariff",)),
    "elasticities": (("sector",), ("theta",)),
}
_SHOWN: Final = 5


def world_dataset(
    flows: pd.DataFrame,
    use: pd.DataFrame,
    value_added: pd.DataFrame | None,
    tariffs: pd.DataFrame | None,
    elasticities: pd.DataFrame | Mapping[str, float] | float,
    *,
    name: str,
    year: int,
    services: Sequence[str] = (),
    invested: Mapping[str, float] | None = None,
) -> xr.Dataset:
    """Put tidy tables together as the data set of a world; labels in the order in which flows have them."""
    _columns("flows", flows)
    sectors = tuple(dict.fromkeys(flows["sector"].astype(str)))
    economies = tuple(dict.fromkeys([*flows["exporter"].astype(str), *flows["importer"].astype(str)]))
    axes = {"sector": sectors, "input": sectors} | dict.fromkeys(
        ("importer", "exporter", "economy"), economies
    )
    sold = fill("flows", flows, axes)
    intermediate, final = (sold[what].transpose(0, 2, 1) for what in ("intermediate", "final"))
    needs = fill("use", use, axes)["value"]
    output = (intermediate + final).sum(axis=1)
    added = output - needs.sum(axis=0)
    if value_added is not None:
        given = fill("value_added", value_added, axes)["value"]
        _same("value added does not close", given, added, (sectors, economies), output)
        added = given
    _same(
        "inputs used and sold differ",
        needs.sum(axis=1),
        intermediate.sum(axis=2),
        (sectors, economies),
        output,
    )
    theta = _theta(elasticities, axes)
    arrays: dict[str, Any] = {
        "intermediate": intermediate,
        "final": final,
        "input_use": needs,
        "output": output,
        "value_added_taxes": added,
        "theta": theta,
    }
    estimated = ["Baseline tariffs are zero: none were given."]
    if tariffs is not None:
        arrays["tariff"] = fill("tariffs", tariffs, axes)["tariff"]
        arrays["tariff_source"] = np.where(arrays["tariff"] > 0, 1, 0).astype(np.int8)
        estimated = []
    attributes = {
        "name": name,
        "year": year,
        "classification": "custom",
        "estimated": estimated,
        "sources": [f"Tables given as {name}"],
        "services": list(services),
        # Sums of millions in double precision.
        "tolerance": 1e-9 * float(output.max()),
    }
    if unknown := [sector for sector in services if sector not in sectors]:
        raise WorldError(
            "an unknown sector among the services",
            where="services",
            found=unknown[0],
            allowed=", ".join(sectors),
            repair=meant(unknown[0], sectors, otherwise="use a sector of the flows"),
        )
    if not services:
        del attributes["services"]
    if invested is not None:
        attributes[INVESTED] = invested_text(invested, economies)
    return make_dataset(arrays, economies=economies, sectors=sectors, attributes=attributes)


def _columns(table: str, frame: pd.DataFrame) -> None:
    """Refuse a table without its columns."""
    wanted = [*TABLES[table][0], *TABLES[table][1]]
    if missing := [column for column in wanted if column not in frame.columns]:
        raise WorldError(
            "a table of a world lacks columns",
            where=table,
            found=f"columns {', '.join(map(str, frame.columns))}; no {', '.join(missing)}",
            allowed=", ".join(wanted),
            repair="rename the columns; a row is one cell, money in USD million, rates as fractions",
        )


def fill(table: str, frame: pd.DataFrame, axes: Mapping[str, tuple[str, ...]]) -> dict[str, Array]:
    """Arrays of the value columns in the order of the label columns; cells without a row are zero."""
    _columns(table, frame)
    labels, values = TABLES[table]
    places = tuple(_places(table, frame, label, axes[label]) for label in labels)
    shape = tuple(len(axes[label]) for label in labels)
    flat = np.ravel_multi_index(places, shape)
    seen, times = np.unique(flat, return_counts=True)
    if times.max(initial=1) > 1:
        cell = np.unravel_index(seen[times > 1][0], shape)
        raise WorldError(
            "a cell stands twice in a table of a world",
            where=table,
            found=", ".join(axes[label][k] for label, k in zip(labels, cell, strict=True)),
            allowed=f"one row for each {', '.join(labels)}",
            repair="add the rows up, or drop one",
        )
    out = {}
    for column in values:
        numbers = _numbers(table, frame, column)
        array = np.zeros(shape)
        array.ravel()[flat] = numbers
        out[column] = array
    return out


def _places(table: str, frame: pd.DataFrame, label: str, known: tuple[str, ...]) -> NDArray[np.intp]:
    """Positions of a column's labels."""
    index = {name: k for k, name in enumerate(known)}
    found = [index.get(name, -1) for name in frame[label].astype(str)]
    if -1 in found:
        row = found.index(-1)
        word = str(frame[label].iloc[row])
        raise WorldError(
            "an unknown label in a table of a world",
            where=f"{table}, row {row}, column {label}",
            found=word,
            allowed=", ".join(known),
            repair=meant(word, known, otherwise="use a label of the flows, or add its flows"),
        )
    return np.array(found, dtype=np.intp)


def _numbers(table: str, frame: pd.DataFrame, column: str) -> Array:
    """Values of a column; refuses text, gaps and negative ones."""
    import pandas as pd  # noqa: PLC0415

    values = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=np.float64)
    wrong = ~np.isfinite(values) | (values < 0)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise WorldError(
            "a value that a table of a world cannot have",
            where=f"{table}, row {row}, column {column}",
            found=f"{frame[column].iloc[row]} ({count(int(wrong.sum()))} such rows)",
            allowed="a number, 0 or more",
            repair="write 0 where there is none; put inventories run down to zero",
        )
    return values


def _same(what: str, left: Array, right: Array, labels: tuple[tuple[str, ...], ...], output: Array) -> None:
    """Refuse two sides of an identity that differ, with the largest offenders."""
    gap = np.abs(left - right)
    allowed = 1e-6 * float(output.max())
    if gap.max() <= allowed:
        return
    worst = np.argsort(-gap, axis=None)[:_SHOWN]
    cells = (np.unravel_index(k, gap.shape) for k in worst if gap.ravel()[k] > allowed)
    named = "; ".join(
        f"{'/'.join(axis[k] for axis, k in zip(labels, cell, strict=True))}"
        f" {number(float(left[cell]))} against {number(float(right[cell]))}"
        for cell in cells
    )
    raise WorldError(
        what,
        where="flows and use",
        found=named,
        allowed=f"gaps of at most {number(allowed)} USD million",
        repair="inputs of a product over all users are its intermediate flows; value added is output less inputs",
    )


def _theta(given: pd.DataFrame | Mapping[str, float] | float, axes: Mapping[str, tuple[str, ...]]) -> Array:
    """Trade elasticity by sector, (J,)."""
    sectors = axes["sector"]
    import pandas as pd  # noqa: PLC0415

    if isinstance(given, pd.DataFrame):
        _columns("elasticities", given)
        given = dict(zip(given["sector"].astype(str), _numbers("elasticities", given, "theta"), strict=True))
    if not isinstance(given, (int, float)):
        if missing := [sector for sector in sectors if sector not in given]:
            raise WorldError(
                "sectors without a trade elasticity",
                where="elasticities",
                found=", ".join(missing[:_SHOWN]),
                allowed="one for each sector, or one number for all",
                repair="give the elasticity of imports to cost, positive: a fall of 4 % for 1 % is 4",
            )
        return np.array([float(given[sector]) for sector in sectors])
    return np.full(len(sectors), float(given))
