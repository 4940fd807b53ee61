"""Where marks stand: in flow order, with few crossings, and never on one another."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from graph.export.page.layout import (
    CELL,
    HEAD,
    Box,
    cell_height,
    crossings,
    layers,
    ordered,
    place,
    seats,
)

pairs = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30)


def apart(a: Box, b: Box) -> bool:
    return a.x + a.w <= b.x or b.x + b.w <= a.x or a.y + a.h <= b.y or b.y + b.h <= a.y


def within(inner: Box, outer: Box) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.w <= outer.x + outer.w
        and inner.y + inner.h <= outer.y + outer.h
    )


@given(pairs)
def test_what_comes_before_stands_further_left(flow: list[tuple[int, int]]) -> None:
    before = [(a, b) for a, b in flow if a < b]  # no cycle
    column = layers(12, before)
    assert all(column[a] < column[b] for a, b in before)


@given(pairs)
def test_a_cycle_does_not_stop_it(flow: list[tuple[int, int]]) -> None:
    assert len(layers(12, flow)) == 12


def test_kinds_share_the_column_of_what_they_are_kinds_of() -> None:
    assert layers(4, [(0, 1)], [(2, 1), (3, 1)]) == [0, 1, 1, 1]


def test_a_taxonomy_too_large_for_a_column_is_laid_out_as_a_flow() -> None:
    column = layers(60, [], [(i, 0) for i in range(1, 60)])
    assert column[0] == 1
    assert set(column[1:]) == {0}


def test_a_beginning_stands_right_before_what_needs_it() -> None:
    assert layers(5, [(0, 1), (1, 2), (2, 3), (4, 3)]) == [0, 1, 2, 3, 2]


@given(pairs)
def test_ordering_never_adds_crossings(flow: list[tuple[int, int]]) -> None:
    before = [(a, b) for a, b in flow if a < b]
    column = dict(enumerate(layers(12, before)))
    numbers = sorted(set(column.values()))
    plain = [[i for i in range(12) if column[i] == number] for number in numbers]
    better = ordered(column, before)
    assert sorted(map(sorted, better)) == sorted(plain)
    assert crossings(better, before) <= crossings(plain, before)


def test_crossings_that_can_be_undone_are() -> None:
    column = {0: 0, 1: 0, 2: 0, 3: 1, 4: 1, 5: 1}
    flow = [(0, 5), (1, 4), (2, 3)]
    assert crossings(ordered(column, flow), flow) == 0


def test_kinds_follow_their_parent_also_after_sweeps() -> None:
    column = {0: 0, 1: 0, 2: 0, 3: 1, 4: 1, 5: 1}
    rows = ordered(column, [(0, 5), (1, 4), (2, 3)], [(3, 5)])
    at = rows[1].index(5)
    assert rows[1][at + 1] == 3


@given(
    st.lists(
        st.lists(st.lists(st.integers(0, 90), min_size=1, max_size=6), min_size=1, max_size=5),
        min_size=1,
        max_size=5,
    )
)
def test_nothing_stands_on_anything(sizes: list[list[list[int]]]) -> None:
    lanes: list[list[list[int]]] = []
    members: dict[int, int] = {}
    lane_of = {}
    for number, lane in enumerate(sizes):
        lanes.append([])
        for column in lane:
            cells = list(range(len(members), len(members) + len(column)))
            members.update(zip(cells, column, strict=True))
            lane_of.update(dict.fromkeys(cells, number))
            lanes[-1].append(cells)
    found = place(lanes, {cell: cell_height(n) for cell, n in members.items()})
    assert found.cells.keys() == members.keys()
    assert all(apart(a, b) for a, b in combinations(found.lanes, 2))
    assert all(apart(a, b) for a, b in combinations(found.cells.values(), 2))
    for cell, box in found.cells.items():
        assert within(box, found.lanes[lane_of[cell]])
        spots = seats(box, members[cell])
        assert len(set(spots)) == members[cell]
        assert all(within(Box(x - 8, y - 8, 16, 16), box) for x, y in spots)
        assert all(y > box.y + HEAD for _, y in spots)
        assert box.w == CELL
