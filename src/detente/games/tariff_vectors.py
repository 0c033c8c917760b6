"""Tariffs of a player as numbers: where a search starts, how far first-order conditions are from holding, means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from detente.games.game_economy import Seat
    from detente.games.instruments import Instruments


def start_levels(instruments: Instruments, tariff: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    """Tariffs from which to start."""
    word, _, seed = name.partition(":")
    if word == "status quo":
        levels = instruments.read(tariff)
    elif word == "free trade":
        levels = np.zeros(len(instruments))
    elif word == "high":
        levels = np.full(len(instruments), 0.5)
    elif word == "random" and seed.isdigit():
        levels = np.random.default_rng(int(seed)).uniform(0, 0.5, len(instruments))
    else:
        raise InputError(
            "unknown start",
            where="starts",
            found=name,
            allowed="status quo, free trade, high, random:SEED",
            repair="use one of these",
        )
    out: NDArray[np.float64] = np.clip(levels, instruments.low, instruments.high)
    return out


def project(
    y: NDArray[np.float64], slope: NDArray[np.float64], instruments: Instruments
) -> NDArray[np.float64]:
    """Projected gradient in scaled tariffs: zero exactly where the first-order conditions hold."""
    scale = instruments.scale
    out: NDArray[np.float64] = np.clip(y + slope, instruments.low * scale, instruments.high * scale) - y
    return out


def first_order(y: NDArray[np.float64], slope: NDArray[np.float64], instruments: Instruments) -> float:
    """Largest entry of the projected gradient."""
    return float(np.abs(project(y, slope, instruments)).max())


def mean_tariffs(seats: Iterable[Seat], levels: Iterable[NDArray[np.float64]]) -> dict[str, float]:
    """Mean tariff of each player, weighted with baseline imports."""
    return {
        seat.instruments.player.name: seat.instruments.mean(chosen)
        for seat, chosen in zip(seats, levels, strict=True)
    }
