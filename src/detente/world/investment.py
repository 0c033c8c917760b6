"""How much of each economy's final spending is investment: stated by a world, or known of a built-in one."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.errors import WorldError
from detente.formatting import exact
from detente.manifest import DATA, read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr
    from numpy.typing import NDArray

# Attribute of a world: JSON mapping of each economy to the share of its final spending that is investment.
INVESTED: Final = "invested"


def find_invested(data: xr.Dataset) -> NDArray[np.float64] | None:
    """Shares that a world states, or those known of the built-in world it was made from, (N,); None without."""
    name, economies = str(data.attrs["name"]), [str(label) for label in data["economy"].to_numpy()]
    if stated := data.attrs.get(INVESTED):
        return in_order(_stated(stated, name), economies, where=f"world {name}: attribute {INVESTED}")
    known = _known().get(name.removesuffix(" (aggregated)"), {})
    if not known or any(economy not in known for economy in economies):
        return None
    return np.array([known[economy] for economy in economies])


def in_order(shares: Mapping[str, float], economies: Sequence[str], *, where: str) -> NDArray[np.float64]:
    """Shares in the order of the economies; refuses one too many, one missing, or what is no share."""
    wrong = [label for label in shares if label not in economies]
    missing = [label for label in economies if label not in shares]
    if wrong or missing:
        raise WorldError(
            "shares of investment for other economies",
            where=where,
            found="; ".join(
                f"{what}: {', '.join(some[:5])}"
                for what, some in (("unknown", wrong), ("missing", missing))
                if some
            ),
            allowed="one share for each economy of the world",
            repair="give each economy the part of its final spending that is investment",
        )
    out = np.array([shares[economy] for economy in economies], dtype=np.float64)
    low = ~((out >= 0) & (out < 1))
    if low.any():
        n = int(np.flatnonzero(low)[0])
        raise WorldError(
            "a share of investment that cannot be one",
            where=where,
            found=f"{economies[n]} {exact(float(out[n])) or 'not a number'}",
            allowed="0 or more, and below 1",
            repair="write a quarter of final spending as 0.25",
        )
    return out


def invested_text(shares: Mapping[str, float], economies: Sequence[str]) -> str:
    """Shares as the text of the attribute; refuses what is not one share for each economy."""
    in_order(shares, economies, where="invested")
    return json.dumps({label: float(shares[label]) for label in economies})


def merge_invested(data: xr.Dataset, to: NDArray[np.intp], labels: list[str]) -> str | None:
    """Shares of merged economies, weighted by final spending, as the text of the attribute; None where not known."""
    shares = find_invested(data)
    if shares is None:
        return None
    final = data["final"].to_numpy().astype(np.float64).sum(axis=(0, 2))
    merged = np.bincount(to, shares * final) / np.bincount(to, final)
    return invested_text(dict(zip(labels, merged.tolist(), strict=True)), labels)


def _stated(given: object, name: str) -> dict[str, float]:
    """The mapping in the attribute."""
    try:
        found = json.loads(str(given))
        return {str(label): float(share) for label, share in found.items()}
    except (ValueError, TypeError, AttributeError):
        raise WorldError(
            "an attribute of a world that cannot be read",
            where=f"world {name}: attribute {INVESTED}",
            found=str(given)[:80],
            allowed="JSON text of a mapping of economies to numbers",
            repair="write it as docs/world.md says",
        ) from None


@cache
def _known() -> dict[str, dict[str, float]]:
    """By built-in world and economy: data/worlds/investment.csv."""
    out: dict[str, dict[str, float]] = {}
    for row in read_rows(DATA / "worlds" / "investment.csv"):
        out.setdefault(row["world"], {})[row["economy"]] = float(row["share"])
    return out
