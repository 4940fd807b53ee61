"""The links of the board: which lane each stands in, which column, and which is drawn alone."""

from collections import Counter, deque
from collections.abc import Mapping
from typing import TYPE_CHECKING

from graph.export.page.board import CHAIN_KINDS, FLOW, Board, Lane, Mark, chain_classes
from graph.export.page.layout import layers
from graph.record.sql import literals

if TYPE_CHECKING:
    from graph.record.view import View

LINKS_DRAWN = 500
LINKS_ALONE = 160
"""More than LINKS_DRAWN links are drawn as groups, but for the LINKS_ALONE that matter most."""
GROUPS_DRAWN = 600
COLUMNS = (24, 8, 2)
"""Columns of a lane of groups, at most: the first that gives no more than GROUPS_DRAWN groups."""
LANES = 80
"""Chains with a lane of their own: the links of the smaller ones stand with those of no chain."""


def place_links(view: "View", board: Board) -> None:
    """Gives the board its lanes and flow, and every link its lane and layer.

    A link of several chains stands in the first; one of none where its nearest neighbour stands.
    """
    view.con.execute(
        "CREATE OR REPLACE TEMP TABLE page_link AS"
        f" SELECT n, class FROM page_node WHERE class IN {literals(view.schema.links)}"
    )
    kinds = _chains(view)
    board.flow = _flow(view)
    own = _own(view, board, kinds)
    size = Counter(own.values())
    largest = sorted(kinds, key=lambda chain: (-size[chain], chain))[:LANES]
    used = sorted(largest, key=lambda chain: (_rank(kinds[chain]), chain))
    shown = set(used)
    own = {link: chain for link, chain in own.items() if chain in shown}
    board.lanes = [Lane(chain, kinds[chain]) for chain in used]
    lane_of = {chain: i for i, chain in enumerate(used)}
    links = [n for (n,) in view.con.execute("SELECT n FROM page_link ORDER BY n").fetchall()]
    if any(link not in own for link in links):
        board.lanes.append(Lane(None, "links"))
    board.link_lane = {n: lane_of[own[n]] if n in own else len(used) for n in links}
    _layer(board)
    _keep_layers(view, board)


def _chains(view: "View") -> dict[int, str]:
    """The chains that anything belongs to, each with its kind."""
    if "PART_OF_CHAIN" not in view.schema.relations:
        return {}
    kind_of = chain_classes(view)
    rows = view.con.execute(
        "SELECT DISTINCT n, class FROM r_PART_OF_CHAIN JOIN page_node ON k = t ORDER BY 1"
    ).fetchall()
    return {n: kind_of.get(cls, "industry") for n, cls in rows}


def _rank(kind: str) -> int:
    return CHAIN_KINDS.index(kind) if kind in CHAIN_KINDS else len(CHAIN_KINDS)


def _flow(view: "View") -> list[tuple[int, int, bool]]:
    numbers = {name: i for i, name in enumerate(view.schema.relations)}
    flow: list[tuple[int, int, bool]] = []
    for name in (name for name in FLOW if name in numbers):
        rows = view.con.execute(
            "SELECT DISTINCT f, t FROM page_edge JOIN page_link a ON a.n = f"
            " JOIN page_link b ON b.n = t WHERE rel = ? AND f <> t ORDER BY 1, 2",
            [numbers[name]],
        ).fetchall()
        turned = name == "REQUIRES"  # what is required comes before what requires it
        flow.extend((t, f, False) if turned else (f, t, name == "VARIANT_OF") for f, t in rows)
    return flow


def _own(view: "View", board: Board, kinds: Mapping[int, str]) -> dict[int, int]:
    """The chain of each link that has one, or that the flow joins to one that has."""
    own: dict[int, int] = {}
    if kinds:
        rows = view.con.execute(
            "SELECT DISTINCT l.n, c.n FROM r_PART_OF_CHAIN e JOIN page_node p ON p.k = e.f"
            " JOIN page_link l ON l.n = p.n JOIN page_node c ON c.k = e.t ORDER BY 1, 2"
        ).fetchall()
        for link, chain in rows:
            own[link] = min(own.get(link, chain), chain, key=lambda c: (_rank(kinds[c]), c))
    beside: dict[int, list[int]] = {}
    for a, b, _ in board.flow:
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    queue = deque(sorted(own))
    while queue:
        link = queue.popleft()
        for other in beside.get(link, ()):
            if other not in own:
                own[other] = own[link]
                queue.append(other)
    return own


def _layer(board: Board) -> None:
    members: dict[int, list[int]] = {}
    for link, lane in board.link_lane.items():
        members.setdefault(lane, []).append(link)
    inner: dict[int, list[tuple[int, int, bool]]] = {}
    for a, b, variant in board.flow:
        if board.link_lane[a] == board.link_lane[b]:
            inner.setdefault(board.link_lane[a], []).append((a, b, variant))
    for lane, links in members.items():
        local = {link: i for i, link in enumerate(links)}
        pairs = inner.get(lane, [])
        found = layers(
            len(links),
            [(local[a], local[b]) for a, b, variant in pairs if not variant],
            [(local[a], local[b]) for a, b, variant in pairs if variant],
        )
        board.link_layer.update(zip(links, found, strict=True))


def _coarsen(board: Board, classes: Mapping[int, str]) -> None:
    """Puts neighbouring layers together until there are few enough."""
    deepest: dict[int, int] = {}
    for link, layer in board.link_layer.items():
        lane = board.link_lane[link]
        deepest[lane] = max(deepest.get(lane, 0), layer)
    fine = dict(board.link_layer)
    for columns in COLUMNS:
        for link, layer in fine.items():
            last = deepest[board.link_lane[link]]
            board.link_layer[link] = layer * columns // (last + 1) if last >= columns else layer
        keys = {(board.link_lane[n], board.link_layer[n], cls) for n, cls in classes.items()}
        if len(keys) <= GROUPS_DRAWN:
            break


def _keep_layers(view: "View", board: Board) -> None:
    """Adds `layer` to `page_link`."""
    import pyarrow as pa

    kinds = pa.schema([("n", pa.int32()), ("layer", pa.int32())])
    table = {"n": list(board.link_layer), "layer": list(board.link_layer.values())}
    view.con.register("page_layers", pa.table(table, schema=kinds))
    view.con.execute(
        "CREATE OR REPLACE TEMP TABLE page_link AS"
        " SELECT n, class, layer FROM page_link JOIN page_layers USING (n)"
    )
    view.con.unregister("page_layers")


def draw_links(view: "View", board: Board, wanted: Mapping[int, float]) -> None:
    """A cell per link; of too many, the ones that matter, and a group per lane, layer and class."""
    classes = dict(view.con.execute("SELECT n, class FROM page_link ORDER BY n").fetchall())
    degree = Counter(end for a, b, _ in board.flow for end in (a, b))
    links = sorted(classes, key=lambda n: (-wanted.get(n, 0.0), -degree[n], n))
    alone = set(links if len(links) <= LINKS_DRAWN else links[:LINKS_ALONE])
    if len(alone) < len(links):
        _coarsen(board, classes)
    groups: dict[tuple[int, int, str], int] = {}
    for n, cls in classes.items():
        lane, layer = board.link_lane[n], board.link_layer[n]
        if n in alone:
            board.mark_of[n] = board.head(Mark(cls, n, 1, wanted.get(n, 0.0)), lane, layer)
            continue
        key = (lane, layer, cls)
        if key not in groups:
            groups[key] = board.head(Mark(cls, None, 0, 0.0), lane, layer)
        board.marks[groups[key]].count += 1
        board.mark_of[n] = groups[key]
