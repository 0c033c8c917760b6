"""What cuts of the critical inputs cost every economy of a world, worked out once for all of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from detente.policy.chokepoints.losses import Losses
from detente.policy.chokepoints.table import choke_points
from detente.policy.documents.economy import ExposureRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.policy.chokepoints.table import HorizonName
    from detente.world import World

# In the long run an input is replaced, and little is lost.
SHOWN: Final[tuple[HorizonName, ...]] = ("quarter", "year")


def exposures(
    world: World, economy: str, say: Callable[[str], None] = lambda _step: None
) -> tuple[ExposureRow, ...]:
    """Losses of one economy by input and horizon; none in a world whose industries do not hold the inputs."""
    say("cuts of critical inputs")
    return _of_all(world).get(economy, ())


@lru_cache(maxsize=2)
def _of_all(world: World) -> dict[str, tuple[ExposureRow, ...]]:
    """Losses of every economy: a cut rests on the world and the table of inputs, not on the law."""
    table = choke_points()
    if any(world.classification not in item.parent for item in table.inputs):
        return {}
    found: dict[str, list[ExposureRow]] = {code: [] for code in world.economies}
    for item in table.inputs:
        if item.holder not in world.economies:
            continue
        for row in Losses(item, world, world.economies).rows(item.cut, SHOWN):
            kept = {name: row[name] for name in ("cut", "horizon", "gdp_pct", "gdp_pct_min", "gdp_pct_max")}
            found[row["economy"]].append(
                ExposureRow(input=item.id, title=item.title, holder=item.holder, **kept)
            )
    return {code: tuple(rows) for code, rows in found.items()}
