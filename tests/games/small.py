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


def hub_and_two(theta, bought, added, tariff):
    """
    Two goods, labour only: the hub, first, sells one to two partners, who trade with nobody else, and buys the other.

    The trade of Bagwell, Staiger and Yurukoglu (2020). `bought`: share of what is imported in each one's spending on it.
    """
    pi = np.zeros((2, 3, 3))
    pi[0] = [[1, 0, 0], [bought[1], 1 - bought[1], 0], [bought[2], 0, 1 - bought[2]]]
    sold = np.array(added[1:]) / sum(added[1:]) * bought[0]
    pi[1] = [[1 - bought[0], *sold], [0, 1, 0], [0, 0, 1]]
    duties = np.where((pi > 0) & ~np.eye(3, dtype=bool), tariff, 0.0)
    ones, half = np.ones((2, 3)), np.full((2, 3), 0.5)
    elasticity = np.full(2, theta)
    raw = make_raw(pi, duties, ones, np.zeros((2, 2, 3)), half, elasticity, np.array(added), np.zeros(3))
    return solve(raw, tolerance=1e-13).as_baseline()


def symmetric(theta=4.0, home=0.8, count=2, tariff=0.0):
    """Equal countries."""
    return one_sector([home] * count, theta, [1.0] * count, tariff)
