"""How likely a pair is, given what lies around it: a small logistic regression with squares.

The log-odds are b + Σ aᵢ·xᵢ + Σ cᵢⱼ·xᵢ·xⱼ, where xᵢ = ln(1 + 10·fᵢ/mᵢ) for each part f with mean
m (where it is not 0), and the logarithms of how many pairs each end has. A ridge on all but b keeps
few data from saying too much. Fitted by Newton's method, with steps that never make it worse.
"""

from dataclasses import dataclass

import numpy as np

from graph.network.source import Bools, Floats, Ints

RIDGE = 0.1
"""On each weight, with what it weighs scaled to its largest value."""

STEPS = 30


@dataclass(frozen=True)
class Logit:
    """`mean` per part (0: never seen, left out), `weights`: b, then a, then c by rows of i ≥ j."""

    mean: Floats
    weights: Floats
    symmetric: bool

    def inputs(self, parts: Floats, subject_degree: Ints, object_degree: Ints) -> Floats:
        """The x of each pair, one row each."""
        return inputs(self.mean, parts, subject_degree, object_degree, self.symmetric)

    def odds(self, x: Floats) -> Floats:
        """Log-odds of each row of x: `squared(x) @ weights`, without the products held."""
        n = x.shape[1]
        both = np.zeros((n, n))
        both[np.tril_indices(n)] = self.weights[n + 1 :]
        made: Floats = self.weights[0] + x @ self.weights[1 : n + 1] + ((x @ both) * x).sum(axis=1)
        return made

    def score(self, parts: Floats, subject_degree: Ints, object_degree: Ints) -> Floats:
        """Log-odds of each pair."""
        return self.odds(self.inputs(parts, subject_degree, object_degree))


def likely(odds: Floats) -> Floats:
    """Probability by log-odds.

    >>> likely(np.array([0.0])).tolist()
    [0.5]
    """
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


def means(parts: Floats) -> Floats:
    """The mean of each part over the pairs that have it; 0 where none has."""
    count = np.maximum((parts > 0).sum(axis=0), 1)
    return np.asarray(parts.sum(axis=0) / count)


def inputs(
    mean: Floats, parts: Floats, subject_degree: Ints, object_degree: Ints, symmetric: bool
) -> Floats:
    """See `Logit.inputs`. Without a direction neither end comes first: sum and difference."""
    use = mean > 0
    s, o = np.log1p(subject_degree), np.log1p(object_degree)
    ends = (s + o, np.abs(s - o)) if symmetric else (s, o)
    return np.column_stack([np.log1p(10 * parts[:, use] / mean[use]), *ends])


def squared(x: Floats) -> Floats:
    """1, each x, each product of two.

    >>> squared(np.array([[2.0, 3.0]])).tolist()
    [[1.0, 2.0, 3.0, 4.0, 6.0, 9.0]]
    """
    i, j = np.tril_indices(x.shape[1])
    return np.hstack([np.ones((len(x), 1)), x, x[:, i] * x[:, j]])


def fitted(
    mean: Floats,
    parts: Floats,
    degrees: tuple[Ints, Ints],
    hit: Bools,
    weight: Floats,
    symmetric: bool,
) -> Logit:
    """The regression of `hit` on the pairs, each counted `weight` times."""
    z = squared(inputs(mean, parts, *degrees, symmetric))
    if not len(z):
        return Logit(mean, np.append(-30.0, np.zeros(z.shape[1] - 1)), symmetric)
    scale = np.maximum(np.abs(z).max(axis=0), 1e-9)
    z = z / scale
    y = hit.astype(np.float64)
    ridge = np.full(z.shape[1], RIDGE)
    ridge[0] = 1e-9
    share = np.clip((weight @ y) / max(weight.sum(), 1.0), 1e-9, 1 - 1e-9)
    w = np.zeros(z.shape[1])
    w[0] = np.log(share / (1 - share))
    loss = _loss(z, y, weight, ridge, w)
    for _ in range(STEPS):
        p = likely(z @ w)
        slope = z.T @ (weight * (y - p)) - ridge * w
        bend = (z * (weight * p * (1 - p))[:, None]).T @ z + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        part = 1.0
        while part > 1e-6 and _loss(z, y, weight, ridge, w + part * step) > loss:
            part /= 2
        w = w + part * step
        before, loss = loss, _loss(z, y, weight, ridge, w)
        if before - loss < 1e-9 * max(abs(loss), 1.0):
            break
    return Logit(mean, w / scale, symmetric)


def _loss(z: Floats, y: Floats, weight: Floats, ridge: Floats, w: Floats) -> float:
    """What the fit makes as small as it can: minus the log-likelihood, and the ridge."""
    odds = z @ w
    return float(weight @ (np.logaddexp(0.0, odds) - y * odds) + (ridge * w * w).sum() / 2)
