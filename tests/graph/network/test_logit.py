"""Logistic regression with squares: what it learns, and that it says no more than it saw."""

import numpy as np

from graph.network.logit import Logit, fitted, inputs, likely, means, squared


def sample(n=4000):
    rng = np.random.default_rng(0)
    parts = rng.exponential(1.0, (n, 5))
    parts[:, 2] = 0  # never seen
    return parts, rng.integers(1, 20, n), rng.integers(1, 20, n), rng


def test_probabilities_come_back():
    parts, s, o, rng = sample(20_000)
    mean = means(parts)
    x = inputs(mean, parts, s, o, False)
    assert x.shape[1] == 4 + 2 and mean[2] == 0
    true = likely(-6 + 1.5 * x[:, 0] + 0.2 * x[:, 0] * x[:, 4])
    hit = rng.random(len(true)) < true
    logit = fitted(mean, parts, (s, o), hit, np.ones(len(hit)), False)
    guess = likely(logit.score(parts, s, o))
    assert abs(guess.mean() - hit.mean()) < 1e-3
    assert np.abs(guess - true).mean() < 0.01


def test_weights_stand_for_pairs_left_out():
    parts, s, o, rng = sample()
    hit = rng.random(len(s)) < 0.1
    mean = means(parts)
    whole = fitted(mean, parts, (s, o), hit, np.ones(len(hit)), True)
    use = hit | (np.arange(len(hit)) % 2 == 0)
    weight = np.where(hit, 1.0, len(hit[~hit]) / (use & ~hit).sum())[use]
    part = fitted(mean, parts[use], (s[use], o[use]), hit[use], weight, True)
    gap = likely(whole.score(parts, s, o)).mean() - likely(part.score(parts, s, o)).mean()
    assert abs(gap) < 0.01


def test_odds_are_the_squares_times_the_weights():
    parts, s, o, rng = sample(50)
    logit = Logit(means(parts), rng.normal(size=1 + 6 + 21), False)
    x = logit.inputs(parts, s, o)
    assert np.allclose(logit.odds(x), squared(x) @ logit.weights)


def test_neither_end_comes_first_without_a_direction():
    parts, s, o, _ = sample(50)
    mean = means(parts)
    assert np.allclose(inputs(mean, parts, s, o, True), inputs(mean, parts, o, s, True))
    assert not np.allclose(inputs(mean, parts, s, o, False), inputs(mean, parts, o, s, False))


def test_nothing_but_misses_is_unlikely():
    parts, s, o, _ = sample(200)
    logit = fitted(means(parts), parts, (s, o), np.zeros(200, bool), np.ones(200), False)
    assert likely(logit.score(parts, s, o)).max() < 0.01
    assert squared(np.ones((1, 3))).shape == (1, 1 + 3 + 6)
