"""What chance alone would give, against the library that has it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from graph.gaps.chance import adjusted, adjusted_each, at_least_each, at_most, at_most_each


@st.composite
def urns(draw):
    """(seen, whole, marked, drawn), also outside of what can be drawn."""
    whole = draw(st.integers(1, 60))
    marked, drawn = (draw(st.integers(0, whole)) for _ in range(2))
    return draw(st.integers(0, drawn)), whole, marked, drawn


@settings(max_examples=50, deadline=None)
@given(st.lists(urns(), min_size=1, max_size=20))
def test_many_at_once_are_as_the_books_have_it(many):
    columns = [np.array(column, dtype=np.int64) for column in zip(*many, strict=True)]
    seen, *urn = columns
    assert at_most_each(*columns) == pytest.approx(hypergeom.cdf(seen, *urn), abs=1e-9)
    assert at_least_each(*columns) == pytest.approx(hypergeom.sf(seen - 1, *urn), abs=1e-9)
    assert at_most_each(*columns) == pytest.approx([at_most(*one) for one in many], abs=1e-9)


def test_no_draws_at_all():
    nothing = np.zeros(0, dtype=np.int64)
    assert at_most_each(nothing, nothing, nothing, nothing).tolist() == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_a_corrected_probability_is_no_smaller_and_keeps_the_order(p):
    p = np.array(p)
    q = adjusted(p)
    assert (q >= p - 1e-12).all() and (q <= 1).all()
    assert (np.diff(q[np.argsort(p, kind="stable")]) >= -1e-12).all()


@settings(max_examples=50, deadline=None)
@given(st.lists(urns(), min_size=1, max_size=12))
def test_counts_are_corrected_by_what_each_can_give(many):
    seen, *urn = (np.array(column, dtype=np.int64) for column in zip(*many, strict=True))
    p = at_most_each(seen, *urn)
    q = adjusted_each(p, *urn)
    order = np.argsort(p, kind="stable")
    expected = [sum(largest(*one[1:], p[i]) for one in many) for i in order]
    each = np.array(expected) / np.arange(1, len(many) + 1)
    by_hand = np.minimum(np.minimum.accumulate(each[::-1])[::-1], 1)
    assert q[order] == pytest.approx(by_hand, abs=1e-7)
    assert (q <= adjusted(p) + 1e-7).all()


def largest(whole, marked, drawn, p):
    """The largest value that P(X ≤ x) takes that is not above p."""
    values = hypergeom.cdf(np.arange(drawn + 1), whole, marked, drawn)
    return max((v for v in values if v <= p + 1e-9), default=0)
