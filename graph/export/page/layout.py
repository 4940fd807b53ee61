"""Where the marks of the page stand: chains as lanes, links in columns in flow order, actors below.

Everything is worked out here, so that the browser only draws. Lengths are canvas units; at a zoom
of 1 a unit is a pixel. Layered drawing after Sugiyama, Tagawa & Toda (1981): layers, then the
barycentre heuristic against crossings.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import networkx as nx

CELL = 208
"""Width of a cell: a link's box with its members under it."""
HEAD = 36
LISTED = 4
"""Marks of a cell that have a row of their own, with room for a name; the others share rows."""
ROW = 21
PITCH = 26
PER_ROW = 7
GAP_X, GAP_Y = 52, 20
LANE_PAD, LANE_TITLE, LANE_GAP = 26, 34, 34
TOGETHER_AT_MOST = 40
WINDOW = 1.65
"""Width by height of the canvas on an ordinary screen."""


@dataclass(frozen=True)
class Box:
    """A rectangle: left, top, width, height."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True)
class Placement:
    """The lanes' and the cells' rectangles, in the order in which they were given."""

    lanes: list[Box]
    cells: dict[int, Box]


def layers(
    n: int, before: Iterable[tuple[int, int]], together: Iterable[tuple[int, int]] = ()
) -> list[int]:
    """The column of each of `n` links: the longest way from a beginning.

    `before` are pairs (earlier, later); `together` pairs share a column unless too many would (then
    the first of the pair comes before the second). Links on a cycle share a column. A link that
    nothing comes before stands right before the first that needs it.

    >>> layers(4, [(0, 1), (1, 2), (3, 2)])
    [0, 1, 2, 1]
    >>> layers(3, [(0, 1), (1, 0), (1, 2)])
    [0, 0, 1]
    """
    before, together = list(before), list(together)
    kin: nx.Graph[int] = nx.Graph()
    kin.add_nodes_from(range(n))
    kin.add_edges_from(together)
    family = list(range(n))
    for members in nx.connected_components(kin):
        if 1 < len(members) <= TOGETHER_AT_MOST:
            for member in members:
                family[member] = min(members)
    flow: nx.DiGraph[int] = nx.DiGraph()
    flow.add_nodes_from(sorted(set(family)))
    flow.add_edges_from(
        (family[a], family[b]) for a, b in [*before, *together] if family[a] != family[b]
    )
    acyclic = nx.condensation(flow)
    depth: dict[int, int] = {}
    for node in nx.lexicographical_topological_sort(acyclic):
        depth[node] = max((depth[p] + 1 for p in acyclic.predecessors(node)), default=0)
    for node in acyclic:
        if acyclic.in_degree(node) == 0 and acyclic.out_degree(node):
            depth[node] = min(depth[s] for s in acyclic.successors(node)) - 1
    of = acyclic.graph["mapping"]
    return [depth[of[family[i]]] for i in range(n)]


def crossings(columns: Sequence[Sequence[int]], edges: Iterable[tuple[int, int]]) -> int:
    """How many pairs of edges between the same two columns cross.

    >>> crossings([[0, 1], [2, 3]], [(0, 3), (1, 2)])
    1
    """
    place = {link: (c, r) for c, column in enumerate(columns) for r, link in enumerate(column)}
    between: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for a, b in edges:
        (ca, ra), (cb, rb) = sorted((place[a], place[b]))
        if ca != cb:
            between.setdefault((ca, cb), []).append((ra, rb))
    total = 0
    for pairs in between.values():
        seen: list[int] = []
        for _, right in sorted(pairs):
            total += len(seen) - bisect_right(seen, right)
            insort(seen, right)
    return total


def ordered(
    layer: Mapping[int, int],
    edges: Iterable[tuple[int, int]],
    kinds: Iterable[tuple[int, int]] = (),
) -> list[list[int]]:
    """Columns with their rows ordered so that few edges cross (barycentre, best of 12 sweeps).

    `layer` gives each link's column, in the order that breaks ties; `kinds` are pairs (a kind of,
    this): within a column the kinds of a link follow it.

    >>> ordered({0: 0, 1: 0, 2: 1, 3: 1}, [(0, 3), (1, 2)])
    [[0, 1], [3, 2]]
    >>> ordered({0: 0, 1: 0, 2: 0}, [], [(0, 2)])
    [[1, 2, 0]]
    """
    tree = _trees(layer, kinds)
    numbers = sorted(set(layer.values()))
    columns = [[link for link in layer if layer[link] == number] for number in numbers]
    for column in columns:
        column.sort(key=lambda link: tree[link])
    edges = [(a, b) for a, b in edges if layer[a] != layer[b]]
    beside: dict[int, list[int]] = {link: [] for link in layer}
    for a, b in edges:
        beside[a].append(b)
        beside[b].append(a)
    best, least = [list(c) for c in columns], crossings(columns, edges)
    for sweep in range(12):
        if not least:
            break
        rightward = sweep % 2 == 0
        height = {
            link: (row + 0.5) / len(column) for column in columns for row, link in enumerate(column)
        }
        for c in range(len(columns)) if rightward else reversed(range(len(columns))):
            centre = {}
            for link in columns[c]:
                near = [
                    height[other]
                    for other in beside[link]
                    if (layer[other] < layer[link]) is rightward and layer[other] != layer[link]
                ]
                centre[link] = sum(near) / len(near) if near else height[link]
            block: dict[int, list[float]] = {}
            for link in columns[c]:
                block.setdefault(tree[link][0], []).append(centre[link])
            middle = {root: sum(some) / len(some) for root, some in block.items()}
            columns[c].sort(key=lambda link: (middle[tree[link][0]], tree[link]))
            height.update(
                (link, (row + 0.5) / len(columns[c])) for row, link in enumerate(columns[c])
            )
        found = crossings(columns, edges)
        if found < least:
            best, least = [list(c) for c in columns], found
    return best


def _trees(
    layer: Mapping[int, int], kinds: Iterable[tuple[int, int]]
) -> dict[int, tuple[int, ...]]:
    """Each link's way down from the link that it is a kind of, by places in `layer`."""
    place = {link: i for i, link in enumerate(layer)}
    above: dict[int, int] = {}
    for kind, link in sorted(kinds, key=lambda pair: (place[pair[1]], place[pair[0]])):
        if layer[kind] == layer[link]:
            above.setdefault(kind, link)
    ways = {}
    for link in layer:
        way, at = [place[link]], link
        while at in above and place[above[at]] not in way:
            at = above[at]
            way.append(place[at])
        ways[link] = tuple(reversed(way))
    return ways


def listed(members: int) -> int:
    """How many of a cell's marks have a row of their own.

    >>> listed(4), listed(30)
    (4, 3)
    """
    return members if members <= LISTED else LISTED - 1


def cell_height(members: int) -> int:
    """The height of a cell with so many marks under its head.

    >>> cell_height(0), cell_height(8)
    (44, 137)
    """
    if not members:
        return HEAD + 8
    rows = ceil((members - listed(members)) / PER_ROW)
    return HEAD + 12 + listed(members) * ROW + rows * PITCH


def seats(cell: Box, members: int) -> list[tuple[int, int]]:
    """The centres of the marks under a cell's head: the listed ones, then row by row."""
    left = cell.x + (CELL - (PER_ROW - 1) * PITCH) // 2
    top = cell.y + HEAD + 8
    alone = listed(members)
    grid = top + alone * ROW + PITCH // 2
    return [(left, top + i * ROW + ROW // 2) for i in range(alone)] + [
        (left + i % PER_ROW * PITCH, grid + i // PER_ROW * PITCH) for i in range(members - alone)
    ]


def place(lanes: Sequence[Sequence[Sequence[int]]], heights: Mapping[int, int]) -> Placement:
    """Sets lanes on shelves; a column that is too tall is folded into several side by side.

    `lanes` are columns of cells, `heights` each cell's height. Nothing overlaps. Of several ways
    to fold and to fill the shelves, the one that is seen largest in a window of WINDOW's form.
    """
    best: Placement | None = None
    least = 0.0
    for fold in (0.5, 0.7, 1.0, 1.4, 2.0, 3.0):
        folded = [_folded(lane, heights, fold) for lane in lanes]
        for stretch in (0.8, 1.0, 1.25, 1.6, 2.0):
            placed = _shelved(folded, heights, stretch)
            right = max((box.x + box.w for box in placed.lanes), default=0)
            bottom = max((box.y + box.h for box in placed.lanes), default=0)
            size = max(right / WINDOW, float(bottom))
            if best is None or size < least:
                best, least = placed, size
    return best or Placement([], {})


def _shelved(
    lanes: Sequence[Sequence[Sequence[int]]], heights: Mapping[int, int], stretch: float
) -> Placement:
    widths = [2 * LANE_PAD + len(c) * CELL + max(0, len(c) - 1) * GAP_X for c in lanes]
    tall = [max((_height(column, heights) for column in lane), default=0) for lane in lanes]
    area = sum(w * (h + LANE_TITLE + 2 * LANE_PAD) for w, h in zip(widths, tall, strict=True))
    shelf_width = max([*widths, int(sqrt(area * WINDOW) * stretch)], default=0)
    boxes: list[Box] = []
    cells: dict[int, Box] = {}
    x = y = shelf = 0
    for lane, width, inner in zip(lanes, widths, tall, strict=True):
        if x and x + width > shelf_width:
            x, y, shelf = 0, y + shelf + LANE_GAP, 0
        height = inner + LANE_TITLE + 2 * LANE_PAD
        boxes.append(Box(x, y, width, height))
        for c, column in enumerate(lane):
            top = y + LANE_TITLE + LANE_PAD
            for cell in column:
                left = x + LANE_PAD + c * (CELL + GAP_X)
                cells[cell] = Box(left, top, CELL, heights[cell])
                top += heights[cell] + GAP_Y
        x, shelf = x + width + LANE_GAP, max(shelf, height)
    return Placement(boxes, cells)


def _height(column: Sequence[int], heights: Mapping[int, int]) -> int:
    return sum(heights[cell] for cell in column) + GAP_Y * max(0, len(column) - 1)


def _folded(
    lane: Sequence[Sequence[int]], heights: Mapping[int, int], fold: float
) -> list[list[int]]:
    """The lane's columns, each split where it makes the lane too tall; `fold` says how soon."""
    area = sum((heights[cell] + GAP_Y) * (CELL + GAP_X) for column in lane for cell in column)
    limit = max(300, int(sqrt(area / 2) * fold))
    columns: list[list[int]] = []
    for column in lane:
        parts = max(1, round(_height(column, heights) / limit))
        share = _height(column, heights) / parts
        part: list[int] = []
        for cell in column:
            if part and parts > 1 and _height([*part, cell], heights) > share * 1.1 + GAP_Y:
                columns.append(part)
                part = []
            part.append(cell)
        if part:
            columns.append(part)
    return columns
