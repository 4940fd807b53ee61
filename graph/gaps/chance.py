"""What chance alone would give: the hypergeometric tail, and how many tests were tried."""

import numpy as np

from graph.network.source import Floats


def at_most(seen: int, whole: int, marked: int, drawn: int) -> float:
    """P(X ≤ seen) where `drawn` of `whole` are drawn and `marked` of these are marked.

    >>> round(at_most(4, 58, 18, 35), 6)
    0.000103
    >>> at_most(3, 10, 3, 5)
    1.0
    """
    from scipy.special import gammaln

    low, high = max(0, drawn + marked - whole), min(drawn, marked)
    if seen >= high:
        return 1.0
    x = np.arange(low, seen + 1, dtype=np.float64)

    def chosen(n: float, k: Floats) -> Floats:
        ways: Floats = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
        return ways

    ways = chosen(marked, x) + chosen(whole - marked, drawn - x)
    total = chosen(whole, np.array([drawn], dtype=np.float64))
    return float(min(1.0, np.exp(ways - total).sum()))


def binomial(seen: int, drawn: int, share: float) -> float:
    """P(X ≤ seen) where each of `drawn` falls to the one looked at with probability `share`.

    >>> round(binomial(0, 3, 0.5), 6), round(binomial(1, 3, 0.5), 6)
    (0.125, 0.5)
    """
    from scipy.special import bdtr

    return float(bdtr(seen, drawn, share))


def adjusted(p: Floats) -> Floats:
    """Benjamini and Hochberg's q of each p: the share of false ones among those at most as large.

    >>> adjusted(np.array([0.01, 0.04, 0.03, 0.5])).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return np.minimum(q, 1.0)
