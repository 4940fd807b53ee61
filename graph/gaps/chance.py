"""What chance alone would give: the hypergeometric tail, and how many tests were tried."""

import numpy as np

from graph.network.source import Floats, Ints


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


def binomial(seen: Floats, drawn: Ints, share: Floats) -> Floats:
    """P(X ≤ seen) where each of `drawn` falls to the one looked at with probability `share`.

    >>> binomial(np.array([0.0, 1.0]), np.array([3, 3]), np.array([0.5, 0.5])).round(6).tolist()
    [0.125, 0.5]
    """
    from scipy.special import bdtr

    return np.asarray(bdtr(seen, drawn, share), dtype=np.float64)


def at_most_each(seen: Ints, whole: Ints, marked: Ints, drawn: Ints) -> Floats:
    """`at_most` of many at once.

    >>> at_most_each(*(np.array(v) for v in ([4, 3], [58, 10], [18, 3], [35, 5]))).round(6).tolist()
    [0.000103, 1.0]
    """
    at, parts = _terms(seen, whole, marked, drawn)
    return np.minimum(np.bincount(at, parts, len(seen)), 1.0).astype(np.float64)


def _terms(seen: Ints, whole: Ints, marked: Ints, drawn: Ints) -> tuple[Ints, Floats]:
    """P(X = x) for each x up to each of `seen`, in this order, and of which it is."""
    from scipy.special import gammaln

    low = np.maximum(0, drawn + marked - whole)
    terms = np.maximum(np.minimum(seen, np.minimum(drawn, marked)) - low + 1, 0)
    at = np.repeat(np.arange(len(seen)), terms)
    x = low[at] + np.arange(len(at)) - np.repeat(np.cumsum(terms) - terms, terms)
    logs = gammaln(np.arange(int(whole.max(initial=0)) + 2, dtype=np.float64) + 1)

    def chosen(n: Ints, k: Ints) -> Floats:
        ways: Floats = logs[n] - logs[k] - logs[n - k]
        return ways

    ways = chosen(marked[at], x) + chosen((whole - marked)[at], drawn[at] - x)
    return at, np.exp(ways - chosen(whole, drawn)[at])


def at_least_each(seen: Ints, whole: Ints, marked: Ints, drawn: Ints) -> Floats:
    """P(X ≥ seen) of many at once: that at most the rest of those drawn are not marked.

    >>> at_least_each(*(np.array([v]) for v in (5, 89, 25, 5))).round(6).tolist()
    [0.00128]
    """
    return at_most_each(drawn - seen, whole, whole - marked, drawn)


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


def adjusted_each(p: Floats, whole: Ints, marked: Ints, drawn: Ints) -> Floats:
    """As `adjusted`, of `at_most_each`: what is drawn from few can only give few values of p, and
    counts for no more false ones than it can give (Heyse 2011).

    Of m tests, Benjamini and Hochberg expect m·p by chance to be as small as p; here that is the
    sum over the tests of the largest value each can take that is not above p.

    >>> urn = np.array([20, 20, 20]), np.array([10, 10, 10]), np.array([6, 2, 2])
    >>> adjusted_each(at_most_each(np.array([0, 0, 1]), *urn), *urn).round(4).tolist()
    [0.0054, 0.2721, 0.7374]
    """
    if not len(p):
        return p
    at, parts = _terms(np.minimum(drawn, marked), whole, marked, drawn)
    first = np.append(True, at[1:] != at[:-1])
    before = (np.cumsum(parts) - parts)[first]
    value = np.cumsum(parts) - np.repeat(before, np.diff(np.append(np.flatnonzero(first), len(at))))
    rank = np.argsort(value, kind="stable")
    expected = np.append(0.0, np.cumsum(parts[rank]))
    order = np.argsort(p, kind="stable")
    as_small = expected[np.searchsorted(value[rank], p[order] * (1 + ROUNDING), side="right")]
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate((as_small / np.arange(1, len(p) + 1))[::-1])[::-1]
    return np.minimum(q, 1.0)


ROUNDING = 1e-9
"""What sums of the same terms in another order may differ by."""
