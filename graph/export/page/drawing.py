"""The board as pyvis's nodes and edges."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graph.export.page.board import FLOW, Board
from graph.export.page.kinds import kind_of
from graph.export.page.layout import CELL, HEAD, listed, seats
from graph.finding import Finding
from graph.names import shown

if TYPE_CHECKING:
    from graph.record.view import View

EDGES_DRAWN = 6000
FLOWS_SHOWN = 300
"""Edges of the flow that are drawn before anything is picked: more hide what they join."""
SHAPES = {
    "link": "box",
    "firm": "dot",
    "research": "square",
    "platform": "hexagon",
    "capital": "triangleDown",
    "policy": "box",
    "people": "dot",
    "knowledge": "star",
    "problem": "diamond",
    "other": "dot",
}
PAIRS = ("hand-off", "missing-link", "isolated-island")
"""Measures about two entities: drawn as a line between them."""


def nodes_drawn(view: "View", board: Board, place_of: Mapping[int, int]) -> list[dict[str, Any]]:
    """A node per mark, with its place. `e` is its entity in the page, `count` a group's size."""
    shown_by_name = {n for mark in board.marks for n in (mark.n, mark.region) if n is not None}
    rows = view.con.execute(
        "SELECT n, id, name, name_en FROM page_node"
        f" WHERE n IN ({', '.join(map(str, sorted(shown_by_name))) or 'NULL'})"
    ).fetchall()
    names = {n: (id_, name, name_en) for n, id_, name, name_en in rows}
    schema = view.schema
    first = {i for cell in board.cells for i in cell.members[: listed(len(cell.members))]}
    nodes = []
    for i, (mark, (x, y)) in enumerate(zip(board.marks, _centres(board), strict=True)):
        kind = kind_of(schema, mark.cls)
        if mark.n is not None:
            id_, name, name_en = names[mark.n]
            label = shown(name, name_en, "zh", id_)
        else:
            label = f"{schema.classes[mark.cls].label['zh']} {mark.count}"
        node: dict[str, Any] = {
            "id": i,
            "label": label,
            "shape": SHAPES[kind],
            "group": mark.cls,
            "kind": kind,
            "x": x,
            "y": y,
            "cell": mark.cell,
            "need": mark.need,
        }
        if mark.n is not None:
            node["e"] = place_of[mark.n]
        else:
            node["count"] = mark.count
        if mark.head:
            node["head"] = True
        if i in first:
            node["listed"] = True
        if mark.region is not None:
            _, name, name_en = names[mark.region]
            node["region"] = shown(name, name_en, "zh", names[mark.region][0])
        nodes.append(node)
    return nodes


def _centres(board: Board) -> list[tuple[int, int]]:
    centres = [(0, 0)] * len(board.marks)
    for i, cell in enumerate(board.cells):
        box = board.placement.cells[i]
        if cell.head is not None:
            centres[cell.head] = (box.x + CELL // 2, box.y + HEAD // 2)
        for mark, seat in zip(cell.members, seats(box, len(cell.members)), strict=True):
            centres[mark] = seat
    return centres


def edges_drawn(view: "View", board: Board) -> tuple[list[dict[str, Any]], int]:
    """An edge per two marks and relation, and how many there are in all.

    The main edges of the chain's flow (`near` 0) are drawn at once; those within a cell (1) and the
    others (2) are `hidden` until an end of theirs, or their relation, is picked: all at once they
    hide the chain.
    """
    import pyarrow as pa

    con = view.con
    names = list(view.schema.relations)
    where = pa.table(
        {"n": list(board.mark_of), "m": list(board.mark_of.values())},
        schema=pa.schema([("n", pa.int32()), ("m", pa.int32())]),
    )
    con.register("page_marks", where)
    rows = con.execute(
        "SELECT a.m, b.m, rel, count(*), bool_and(planned), max(share) FROM page_edge"
        " JOIN page_marks a ON a.n = f JOIN page_marks b ON b.n = t"
        " WHERE a.m <> b.m AND a.m >= 0 AND b.m >= 0 GROUP BY ALL ORDER BY 1, 2, 3"
    ).fetchall()
    con.unregister("page_marks")
    flows = {i for i, name in enumerate(names) if name in FLOW}
    marks = board.marks

    def rank(row: tuple[Any, ...]) -> tuple[int, bool, float, int]:
        """Flow, then within a cell, then others; first between singles, by need and count."""
        a, b, rel, count, *_ = row
        near = 0 if rel in flows else 1 if marks[a].cell == marks[b].cell else 2
        group = marks[a].n is None or marks[b].n is None
        return near, group, -max(marks[a].need, marks[b].need), -count

    kept = sorted(rows, key=rank)[:EDGES_DRAWN]
    shown = {row[:3] for row in kept[:FLOWS_SHOWN]}
    edges = []
    for i, row in enumerate(sorted(kept)):
        a, b, rel, count, planned, share = row
        near = rank(row)[0]
        if near == 0 and row[:3] not in shown:
            near = 2
        edge: dict[str, Any] = {"id": i, "from": a, "to": b, "rel": rel, "near": near}
        if near:
            edge["hidden"] = True
        if count > 1:
            edge["count"] = count
        if planned:
            edge["planned"] = True
        if share is not None:
            edge["share"] = round(share, 4)
        edges.append(edge)
    return edges, len(rows)


def pairs_drawn(
    board: Board, found: Sequence[Finding], marked: set[str], held: Iterable[tuple[Any, ...]]
) -> list[dict[str, Any]]:
    """The edges that stand for findings about two entities; `finding` is its place in `found`."""
    mark_of_id = {id_: board.mark_of.get(n) for n, id_, *_ in held}
    edges = []
    for place, finding in enumerate(found):
        if finding.object is None or finding.measure not in PAIRS or finding.id not in marked:
            continue
        a, b = mark_of_id.get(finding.subject.id), mark_of_id.get(finding.object.id)
        if a is not None and b is not None and a != b:
            edge = {"id": f"f{place}", "from": a, "to": b, "rel": -1, "finding": place, "near": 0}
            edges.append({**edge, "family": finding.family})
    return edges
