"""Mutual information of universities, industry and government, by hand."""

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.network.helix import entropy, synergy

CELLS = [(u, i, g) for u in (0, 1) for i in (0, 1) for g in (0, 1)]
counts = st.lists(st.integers(0, 50), min_size=8, max_size=8).filter(any)


def test_independent_dimensions_share_nothing():
    assert synergy(dict.fromkeys(CELLS, 5)) == pytest.approx(0.0)


def test_a_distribution_by_hand():
    """Four papers: a university alone, a firm alone, both, and all three."""
    seen = {(1, 0, 0): 1, (0, 1, 0): 1, (1, 1, 0): 1, (1, 1, 1): 1}
    quarter = -(0.75 * log2(0.75) + 0.25 * log2(0.25))  # 0.8113: u, i and g alike
    ui = 1.5  # 10: ¼, 01: ¼, 11: ½
    ug = 1.5  # 10: ½, 00: ¼, 11: ¼
    assert entropy(seen, (0,)) == pytest.approx(quarter)
    assert entropy(seen, (0, 1)) == pytest.approx(ui) and entropy(seen, (0, 2)) == pytest.approx(ug)
    assert entropy(seen, (0, 1, 2)) == 2.0
    assert synergy(seen) == pytest.approx(3 * quarter - 4.5 + 2)


def test_one_dimension_that_never_varies_adds_nothing():
    assert synergy({(1, 0, 1): 3, (0, 1, 1): 4, (1, 1, 1): 5}) == pytest.approx(0.0)


@given(counts, st.integers(2, 9))
def test_only_shares_count_and_it_lies_between_minus_1_and_1(some, times):
    seen = dict(zip(CELLS, some, strict=True))
    t = synergy(seen)
    assert -1 - 1e-9 <= t <= 1 + 1e-9
    assert synergy({k: v * times for k, v in seen.items()}) == pytest.approx(t, abs=1e-9)
    turned = {(g, u, i): n for (u, i, g), n in seen.items()}
    assert synergy(turned) == pytest.approx(t, abs=1e-9)
