"""Built-in worlds by name, and worlds from files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from detente.errors import WorldError
from detente.io.words import meant
from detente.manifest import DATA, checked, require_whole
from detente.world.io.store import read_world
from detente.world.variants import apply_variant
from detente.world.world import World


def load_world(name: str | Path = "icio2022", *, variant: str = "") -> World:
    """
    Load a built-in world by name, or a world from a file.

    Parameters
    ----------
    name
        "icio2022", "wiod2011", or the path of a `.nc` or `.parquet` file.
    variant
        Alternative estimate of a built-in world (`docs/world.md`); empty for the main one.

    Returns
    -------
    World
        Built-in worlds are loaded once; files are checked each time.

    Raises
    ------
    WorldError
        Unknown name or variant, or a file that cannot be used.
    """
    if str(name) in world_names():
        return _load_built_in(str(name), variant)
    path = Path(name)
    if not path.suffix and not path.exists():
        raise WorldError(
            "unknown world",
            where="world (--world)",
            found=name,
            allowed=", ".join(world_names()),
            repair=meant(str(name), world_names(), otherwise="use a built-in name or a file path"),
        )
    if variant:
        raise WorldError(
            "a world from a file has no variants",
            where="variant",
            found=variant,
            allowed="no variant",
            repair="save the alternative as a file of its own",
        )
    return World.from_file(path)


@cache
def world_names() -> tuple[str, ...]:
    """Names of the built-in worlds."""
    folder = require_whole(DATA / "worlds")
    return tuple(
        sorted(item.name.removesuffix(".nc") for item in folder.iterdir() if item.name.endswith(".nc"))
    )


@cache
def _load_built_in(name: str, variant: str) -> World:
    world = World(read_world(checked(DATA / "worlds" / f"{name}.nc")))
    return apply_variant(world, variant) if variant else world
