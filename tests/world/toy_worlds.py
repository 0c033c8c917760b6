"""Small random worlds that satisfy every identity, for property tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from detente.world import World
from detente.world.io.layout import make_dataset

ATTRIBUTES = {"name": "toy", "year": 2000, "classification": "custom"}


def make_toy(seed: int, economies: int, sectors: int, highest_tariff: float = 0.0) -> World:
    """Random positive flows, inputs at most 0.9 of output, duties up to `highest_tariff`."""
    rng = np.random.default_rng(seed)
    shape = (sectors, economies, economies)
    home = np.eye(economies, dtype=bool)
    inter = rng.lognormal(size=shape) * np.where(home, 5, 1)
    final = rng.lognormal(size=shape) * np.where(home, 5, 1)
    split = rng.uniform(0.5, 1.5, (sectors, sectors, economies))
    split *= (inter + final).sum(axis=1)[None]
    use = inter.sum(axis=2)[:, None, :] * split / split.sum(axis=1, keepdims=True)
    # halve inputs until no sector of any economy uses more than nine tenths of what it makes
    while (use.sum(axis=0) > 0.9 * (inter + final).sum(axis=1)).any():
        inter, use = inter / 2, use / 2
    output = (inter + final).sum(axis=1)
    tariff = rng.uniform(0, 1, shape) * highest_tariff * ~home
    arrays = {
        "intermediate": inter,
        "final": final,
        "input_use": use,
        "output": output,
        "value_added_taxes": output - use.sum(axis=0),
        "tariff": tariff,
        "tariff_source": np.where(tariff > 0, 3, 0).astype(np.int8),
        "theta": rng.uniform(2, 12, sectors),
    }
    return World(
        make_dataset(
            arrays,
            economies=[f"E{n}" for n in range(economies)],
            sectors=[f"s{j}" for j in range(sectors)],
            attributes=ATTRIBUTES,
        )
    )


worlds = st.builds(
    make_toy,
    st.integers(0, 10_000),
    st.integers(2, 5),
    st.integers(1, 4),
    st.sampled_from([0.0, 0.3, 2.0]),
)
