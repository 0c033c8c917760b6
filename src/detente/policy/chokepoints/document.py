"""The answer about critical inputs: rows, and for one input all that stands behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detente.errors import InputError
from detente.geography.economies import is_group, members, resolve
from detente.policy.chokepoints.losses import Losses
from detente.policy.chokepoints.table import choke_points, facts, find_choke_point

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from detente.policy.chokepoints.table import ChokePoint, Published
    from detente.world import World

_MOST_ECONOMIES: Final = 12
# Fields of an input that are ranges of their own, in the words of a list of assumptions.
_RANGES: Final = (("stock_weeks", "stock_why"), ("spot", "spot_why"), ("new_capacity", "new_capacity_why"))
_OF_GDP: Final = (
    "Real GDP is the volume of expenditure at prices of the base year, imports at customs prices; real income is gross"
    " national expenditure over consumer prices and moves with the terms of trade as well. Percent of the period's own:"
    " a quarter's loss is of that quarter."
)
_OF_RANGES: Final = (
    "Ranges put the input's own assumptions at their mild or severe ends all together; elasticities of the whole economy"
    " stay central, and are moved one at a time under drivers."
)
_OF_FITTING: Final = (
    "No number here was fitted to a published loss. Sizes, splits over users and exposed shares are judgement: see"
    " assumptions."
)
WARNINGS: Final = (_OF_GDP, _OF_RANGES, _OF_FITTING)


def choke_point_answer(
    name: str,
    world: World,
    *,
    cut: float | None = None,
    economies: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Rows of all inputs, or of one with its curve, drivers, episodes and what others found."""
    say = progress or (lambda _text: None)
    _check_cut(cut)
    table = choke_points()
    labels = _labels(economies or table.shown, world)
    told = [item for item in table.inputs if item.holder in world.economies]
    chosen = [find_choke_point(name)] if name else told or list(table.inputs)
    result: dict[str, Any] = {
        "world": world.name,
        "rows": [],
        "inputs": [_about(item) for item in chosen],
        "not_covered": [item.model_dump() for item in table.not_covered],
    }
    failed: list[str] = []
    for item in chosen:
        say(item.title)
        losses = Losses(item, world, labels)
        own = item.cut if cut is None else cut
        result["rows"] += losses.rows(own)
        if name:
            say("curve, drivers, episodes")
            result |= {
                "sizes": losses.sizes(),
                "curve": losses.curve(),
                "drivers": losses.drivers(own),
                "episodes": [losses.episode(one) for one in item.episodes],
                "published": [_published(one) for one in item.published],
            }
        failed += losses.failed
    unheld = [item.title for item in table.inputs if item not in told and not name]
    absent = (
        [f"Left out, for their holder is not told apart in this world: {', '.join(unheld)}."]
        if unheld
        else []
    )
    assumed = [row for item in chosen for row in assumption_rows(item)]
    return {
        "result": result,
        "assumptions": [*assumed, *_economy_rows()],
        "warnings": [*WARNINGS, *absent, *(f"did not converge: {text}" for text in failed)],
    }


def _labels(economies: Sequence[str], world: World) -> list[str]:
    """Economies and groups by their codes; each must have a member in the world."""
    found = []
    for text in economies:
        label = text.upper() if is_group(text.upper()) else resolve(text, where="economies")
        names = members(label) if is_group(label) else (label,)
        if not set(names) & set(world.economies):
            raise InputError(
                "an economy that this world does not have",
                where="economies",
                found=text,
                allowed=", ".join(world.economies),
                repair="name another, or ROW for the rest of the world",
            )
        found.append(label)
    if len(found) > _MOST_ECONOMIES:
        raise InputError(
            "too many economies for one table",
            where="economies",
            found=len(found),
            allowed=f"at most {_MOST_ECONOMIES}",
            repair="ask in several steps",
        )
    return list(dict.fromkeys(found))


def _check_cut(cut: float | None) -> None:
    """A cut is a share."""
    if cut is not None and not 0 < cut <= 1:
        raise InputError(
            "unusable cut of an input",
            where="cut",
            found=cut,
            allowed="a share of the holder's deliveries abroad, above 0 to 1",
            repair="0.8 is a cut of 80 %",
        )


def _about(item: ChokePoint) -> dict[str, Any]:
    """An input in a few fields."""
    return {
        "input": item.id,
        "title": item.title,
        "holder": item.holder,
        "users": sorted(item.exposed),
        "cut": item.cut,
    }


def _published(one: Published) -> dict[str, Any]:
    """What others found, with its sources."""
    return {
        "text": one.text,
        "horizon": one.horizon,
        "gdp_pct": {label: list(ends) for label, ends in one.gdp_pct.items()},
        "sources": _sources(one.rows),
    }


def assumption_rows(item: ChokePoint) -> list[dict[str, Any]]:
    """The assumptions of an input, in the form of every other: name, value, alternatives, why, source."""
    source = "; ".join(_sources(item.rows)) or "assumed"
    rows = [_row(f"{item.id}.size", None, (), item.size_why, source)]
    for user, share in item.exposed.items():
        rows.append(_ranged(f"{item.id}.exposed.{user}", share, item.exposed_why, "assumed"))
    for place, share in item.holder_share.items():
        rows.append(_ranged(f"{item.id}.imports.{place}", share, item.origin_why, source))
    for name, why in _RANGES:
        values = getattr(item, name)
        rows.append(_ranged(f"{item.id}.{name}", values, getattr(item, why), source))
    for horizon, own in item.horizons.items():
        for name in ("bundle", "origins", "supply"):
            values = getattr(own, name)
            rows.append(_ranged(f"{item.id}.{horizon}.{name}", values, _WHY[name], _CITED))
    return rows


_WHY: Final = {
    "bundle": "Elasticity between the input and everything else in the exposed part of output.",
    "origins": "Elasticity between origins of the input.",
    "supply": "Price elasticity of what others than the holder can deliver; plants take years.",
}
_CITED: Final = (
    "Boehm, Flaaen and Pandalai-Nayar (2019), Atalay (2017), Bachmann et al. (2022), Boehm, Levchenko and Pandalai-Nayar"
    " (2023) for the order of size; the values by horizon are judgement"
)


def _economy_rows() -> list[dict[str, Any]]:
    """Elasticities of the whole economy as assumptions."""
    table = choke_points()
    source = "; ".join(_sources(table.economy_rows))
    return [
        _row(
            f"economy.{horizon}.{name}",
            getattr(own, name)[1],
            getattr(own, name)[::2],
            table.economy_why,
            source,
        )
        for horizon, own in table.economy.items()
        for name in ("factors", "inputs", "final", "between")
    ]


def _ranged(name: str, values: tuple[float, float, float], why: str, source: str) -> dict[str, Any]:
    """An assumption with a range."""
    return _row(name, values[1], values[::2], why, source)


def _row(name: str, value: float | None, others: Sequence[float], why: str, source: str) -> dict[str, Any]:
    """One assumption."""
    return {"name": name, "value": value, "alternatives": list(others), "why": why, "source": source}


def _sources(rows: Sequence[int]) -> list[str]:
    """Sources of some rows of facts, each once."""
    table = facts()
    return list(dict.fromkeys(str(table.loc[str(row), "source"]) for row in rows))
