"""Small economies with known optimal tariffs."""

from __future__ import annotations

import numpy as np

from detente.model import solve
from model.at_random import make_raw


def one_sector(home, theta, added, tariff=0.0):
    """One sector, labour only, balanced trade; `home` shares, `added` value added of each country."""
    size = len(home)
    away = ~np.eye(size, dtype=bool)
    pi = np.zeros((1, size, size))
    for n in range(size):
        others = np.array(added) * away[n]
        pi[0, n] = (1 - home[n]) * others / others.sum()
        pi[0, n, n] = home[n]
    ones = np.ones((1, size))
    duties = np.where(away, tariff, 0.0)[None]
    raw = make_raw(
        pi, duties, ones, np.zeros((1, 1, size)), ones, np.array([theta]), np.array(added), np.zeros(size)
    )
    return solve(raw, tolerance=1e-13).as_baseline()


def symmetric(theta=4.0, home=0.8, count=2, tariff=0.0):
    """Equal countries."""
    return one_sector([home] * count, theta, [1.0] * count, tariff)
