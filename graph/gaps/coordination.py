"""How well systems of known levels are coordinated: coupling, its correction, bands, weights."""

from collections.abc import Sequence
from math import prod, sqrt

import numpy as np

from graph.network.source import Floats

BANDS = (
    "极度失调",
    "严重失调",
    "中度失调",
    "轻度失调",
    "濒临失调",
    "勉强协调",
    "初级协调",
    "中级协调",
    "良好协调",
    "优质协调",
)
"""The ten bands of 廖重斌 (1999), each a tenth of D wide, from 0 up."""


def coupling(levels: Sequence[float]) -> float:
    """C = n·(ΠU)^(1/n) / ΣU: 1 where all n levels are equal, 0 where one is.

    >>> coupling([0.5, 0.5]), round(coupling([0.9, 0.1]), 6), coupling([0.4, 0.0])
    (1.0, 0.6, 0.0)
    """
    n, total = len(levels), sum(levels)
    if not total or min(levels) <= 0:
        return 0.0
    return min(1.0, n * prod(levels) ** (1 / n) / total)


def corrected(levels: Sequence[float]) -> float | None:
    """C of 王淑佳 等 (2021), which spreads over 0 to 1 where the older one crowds near 1.

    √((1 − mean of |Uᵢ − Uⱼ| over the pairs) · (ΠU without the largest / largest^(n−1))^(1/(n−1))),
    for two or three levels; None for more.

    >>> round(corrected([0.9, 0.1]), 6), corrected([0.5, 0.5, 0.5]), corrected([0.1] * 4)
    (0.149071, 1.0, None)
    """
    n, top = len(levels), max(levels)
    if n not in (2, 3):
        return None
    if not top:
        return 0.0
    apart = [abs(a - b) for i, a in enumerate(levels) for b in levels[:i]]
    near = 1 - sum(apart) / len(apart)
    return sqrt(max(0.0, near) * (prod(levels) / top**n) ** (1 / (n - 1)))


def together(levels: Sequence[float], weights: Sequence[float]) -> float:
    """T = Σ αᵢUᵢ, the weights made to add up to 1.

    >>> together([0.5, 0.25], [1, 3])
    0.3125
    """
    return sum(a * u for a, u in zip(weights, levels, strict=True)) / sum(weights)


def coordination(coupled: float, level: float) -> float:
    """D = √(C·T).

    >>> coordination(0.6, 0.5)
    0.5477225575051661
    """
    return sqrt(coupled * level)


def band(d: float) -> int:
    """The place of D in `BANDS`: 0 up to 0.1, 1 from there up to 0.2, and so on.

    >>> BANDS[band(0.0)], BANDS[band(0.499)], BANDS[band(0.5)], BANDS[band(1.0)]
    ('极度失调', '濒临失调', '勉强协调', '优质协调')
    """
    return min(9, int(d * 10 + 1e-9))


def normalised(values: Floats, low: float, high: float) -> Floats:
    """Where each value stands between given bounds, 0 to 1.

    >>> normalised(np.array([20.0, 50.0, 120.0]), 0, 100).tolist()
    [0.2, 0.5, 1.0]
    """
    return np.clip((values - low) / (high - low), 0.0, 1.0)


def entropy_weights(panel: Floats) -> Floats | None:
    """The weight of each indicator (column) by how much it tells the units (rows) apart.

    p = x / Σx by column, e = −Σ p·ln p / ln m, weight = (1 − e) / Σ(1 − e). None for a panel of one
    unit, for which it is not defined, and where no column tells any two units apart.

    >>> entropy_weights(np.array([[0.5, 0.2], [0.5, 0.8]])).tolist()
    [0.0, 1.0]
    """
    units = len(panel)
    if units < 2:
        return None
    total = panel.sum(axis=0)
    p = panel / np.where(total > 0, total, 1.0)
    logs = np.log(np.where(p > 0, p, 1.0))
    spread = 1 + (p * logs).sum(axis=0) / np.log(units)
    spread = np.where(total > 0, np.where(spread < 1e-12, 0.0, spread), 0.0)
    if spread.sum() <= 0:
        return None
    return np.asarray(spread / spread.sum(), dtype=np.float64)
