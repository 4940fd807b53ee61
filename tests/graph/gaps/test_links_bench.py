"""The bench of missing links: figures that are known beforehand."""

import numpy as np
import pytest

from bench.links import judged


def test_a_perfect_order():
    score = np.arange(100.0)
    auc, aupr, first = judged(score, score >= 90)
    assert auc == 1.0 and aupr == 1.0 and first == pytest.approx(0.5)


def test_ties_count_as_they_would_on_average():
    hit = np.arange(1000) < 100
    auc, aupr, first = judged(np.zeros(1000), hit)
    assert auc == pytest.approx(0.5) and first == pytest.approx(0.1)
    assert aupr == pytest.approx(0.1, abs=0.01)


def test_against_pairs_counted_one_by_one():
    rng = np.random.default_rng(0)
    score, hit = rng.integers(0, 400, 500).astype(float), rng.random(500) < 0.2
    over = score[hit][:, None] - score[~hit][None, :]
    assert judged(score, hit)[0] == pytest.approx(((over > 0) + (over == 0) / 2).mean())
