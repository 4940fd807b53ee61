"""Coupling and coordination: by hand, and against what was published."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.gaps.coordination import (
    BANDS,
    band,
    coordination,
    corrected,
    coupling,
    entropy_weights,
    normalised,
    together,
)

levels = st.lists(st.floats(0.001, 1), min_size=2, max_size=5)


def test_by_hand():
    # 2·√(0.36·0.64)/(0.36 + 0.64) = 0.96
    assert coupling([0.36, 0.64]) == pytest.approx(0.96)
    # 3·(0.2·0.4·0.6)^(1/3)/1.2 = 0.048^(1/3)/0.4
    assert coupling([0.2, 0.4, 0.6]) == pytest.approx(0.048 ** (1 / 3) / 0.4)
    # 4·(0.5·0.5·0.5·0.25)^(1/4)/1.75
    assert coupling([0.5, 0.5, 0.5, 0.25]) == pytest.approx(4 * 0.03125**0.25 / 1.75)
    assert together([0.36, 0.64], [1, 1]) == pytest.approx(0.5)
    assert coordination(0.96, 0.5) == pytest.approx(sqrt(0.48))


def test_the_corrected_form_by_hand():
    # √((1 − 0.28)·0.36/0.64)
    assert corrected([0.36, 0.64]) == pytest.approx(sqrt(0.72 * 0.5625))
    assert corrected([0.64, 0.36]) == corrected([0.36, 0.64])
    # √((1 − (0.4 + 0.2 + 0.2)/3)·√((0.2/0.6)·(0.4/0.6)))
    assert corrected([0.2, 0.4, 0.6]) == pytest.approx(sqrt((1 - 0.8 / 3) * sqrt(2 / 9)))
    assert corrected([0.0, 0.0]) == 0.0 and corrected([0.0, 0.7]) == 0.0
    assert corrected([0.5] * 4) is None


PUBLISHED = {
    "Beijing": (0.9989, 0.9404),
    "Tianjin": (0.9935, 0.8660),
    "Shijiazhuang": (0.8868, 0.5440),
    "Tangshan": (0.9073, 0.5769),
    "Qinhuangdao": (0.6821, 0.3006),
    "Handan": (0.8328, 0.4780),
    "Xingtai": (0.6816, 0.3344),
    "Baoding": (0.7789, 0.4171),
    "Zhangjiakou": (0.6871, 0.3278),
    "Chengde": (0.6101, 0.2700),
    "Cangzhou": (0.8017, 0.4374),
    "Langfang": (0.7867, 0.4196),
    "Hengshui": (0.7191, 0.3738),
}
"""C of ecology and economy in 2008 by the old and the corrected form: 王淑佳 et al. 2021, table 8."""


@pytest.mark.parametrize("city", PUBLISHED)
def test_both_forms_agree_with_what_was_published(city):
    """The old C gives the ratio of the two levels, the corrected one then how far they are apart:
    with both formulas right the levels lie between 0 and 1, and give both numbers again."""
    old, new = PUBLISHED[city]
    root = (1 - sqrt(1 - old**2)) / old
    ratio = root**2
    apart = 1 - new**2 / ratio
    high = apart / (1 - ratio)
    assert 0 < ratio * high < high < 1
    assert coupling([high, ratio * high]) == pytest.approx(old, abs=1e-9)
    assert corrected([high, ratio * high]) == pytest.approx(new, abs=1e-9)


def test_the_ten_bands():
    assert len(BANDS) == 10 and (BANDS[0], BANDS[9]) == ("极度失调", "优质协调")
    assert [band(d) for d in (0, 0.0999, 0.1, 0.3, 0.4999, 0.5, 0.6, 0.7, 0.9, 1)] == [
        *(0, 0, 1, 3, 4, 5, 6, 7, 9, 9)
    ]


@given(levels)
def test_coupling_lies_between_0_and_1_and_is_1_for_equals(u):
    assert 0 <= coupling(u) <= 1
    assert coupling([u[0]] * len(u)) == pytest.approx(1.0)
    assert coupling(u) == pytest.approx(coupling(u[::-1]))


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=3))
def test_the_corrected_form_is_never_above_the_old_one(u):
    again = corrected(u)
    assert again is not None and 0 <= again <= coupling(u) + 1e-9
    assert corrected([u[0]] * len(u)) == pytest.approx(1.0)


def test_entropy_weights_by_hand():
    # column 1: p = ½, ½: e = 1, weight 0. column 2: p = ¼, ¾
    panel = np.array([[0.4, 0.2], [0.4, 0.6]])
    assert entropy_weights(panel).tolist() == [0.0, 1.0]
    # e = −Σ p ln p / ln 2; third column p = 0, 1: e = 0
    e = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75)) / np.log(2)
    weights = entropy_weights(np.array([[0.4, 0.2, 0.0], [0.4, 0.6, 0.9]]))
    assert weights == pytest.approx([0, (1 - e) / (2 - e), 1 / (2 - e)])


def test_entropy_weights_are_not_defined_for_one_unit_or_for_equals():
    assert entropy_weights(np.array([[0.4, 0.2]])) is None
    assert entropy_weights(np.array([[0.4, 0.2], [0.4, 0.2]])) is None
    assert entropy_weights(np.zeros((3, 2))) is None


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 3), min_size=2, max_size=6))
def test_entropy_weights_add_up(rows):
    weights = entropy_weights(np.array(rows))
    if weights is not None:
        assert weights.sum() == pytest.approx(1) and (weights >= 0).all()


def test_bounds():
    assert normalised(np.array([-1.0, 5.0, 99.0]), 0, 10).tolist() == [0.0, 0.5, 1.0]
