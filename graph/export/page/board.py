"""What the page draws: marks for entities or for groups of them, in cells, columns and lanes.

A chain is a lane, a link is the head of a cell, and an entity stands in the cell of the link that
it provides, reached, needs or is otherwise nearest to. Members of a chain without a link of their
own stand at its end; what belongs to all (regions, titles, hubs) in a lane of its own. Past the
budget entities are drawn as groups: by link, class and region, then coarser.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from graph.export.page.layout import Placement, cell_height, ordered, place
from graph.record.sql import ident, literals

if TYPE_CHECKING:
    from graph.record.view import View

BUDGET = 2000
"""Marks drawn at most: more cannot be read, and Chromium needs over a second for them."""
BLOCK = 49
"""Marks of a block without a link: a longer one goes on in the next cell."""
CHAIN_KINDS = ("industry", "innovation", "incubation", "capital", "policy", "talent")
FLOW = ("PRECEDES", "REQUIRES", "VARIANT_OF")
Grouped = Literal["none", "region", "class", "lane"]


@dataclass
class Mark:
    """One thing on the canvas: an entity (`n`), or a group of `count` entities of one class.

    `share` is what it supplies of its link, where that is stated.
    """

    cls: str
    n: int | None
    count: int
    need: float
    cell: int = -1
    head: bool = False
    region: int | None = None
    share: float = 0.0


@dataclass
class Cell:
    """A link (`head`) with what stands near it; without one, a block of one class (`title`)."""

    lane: int
    layer: int
    head: int | None = None
    title: str | None = None
    members: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Lane:
    """A chain (`n`); without one, the links of no chain ('links'), or what all share ('shared')."""

    n: int | None
    kind: str


@dataclass
class Board:
    """Marks with their places; `mark_of` leads from an entity's number to its mark.

    `flow` are the pairs of links (earlier, later, whether the earlier is a kind of the later);
    `blocks` the marks that have no link, by lane (-1: the shared one) and class.
    """

    marks: list[Mark] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    placement: Placement = field(default_factory=lambda: Placement([], {}))
    mark_of: dict[int, int] = field(default_factory=dict)
    grouped: Grouped = "none"
    link_lane: dict[int, int] = field(default_factory=dict)
    link_layer: dict[int, int] = field(default_factory=dict)
    flow: list[tuple[int, int, bool]] = field(default_factory=list)
    blocks: dict[tuple[int, str], list[int]] = field(default_factory=dict)

    def head(self, mark: Mark, lane: int, layer: int) -> int:
        """Puts a link's mark at the head of a new cell; its number."""
        mark.cell, mark.head = len(self.cells), True
        self.marks.append(mark)
        self.cells.append(Cell(lane, layer, len(self.marks) - 1))
        return len(self.marks) - 1

    def member(self, mark: Mark, spot: int, lane: int) -> int:
        """Puts a mark into the cell of the mark `spot`, or (-1) into a block of the lane."""
        number = len(self.marks)
        self.marks.append(mark)
        if spot >= 0:
            mark.cell = self.marks[spot].cell
            self.cells[mark.cell].members.append(number)
        else:
            self.blocks.setdefault((lane, mark.cls), []).append(number)
        return number


def build(view: "View", need: Mapping[str, float], budget: int = BUDGET) -> Board:
    """The board of `view`; `need` says by id how much an entity wants to be seen (0 to 1)."""
    from graph.export.page.homes import draw_others, find_homes
    from graph.export.page.implied import imply
    from graph.export.page.links import draw_links, place_links

    number(view)
    rows = view.con.execute(
        f"SELECT n, id FROM page_node WHERE id IN {literals(sorted(need))} ORDER BY n"
    ).fetchall()
    wanted = {n: need[id_] for n, id_ in rows}
    board = Board()
    place_links(view, board)
    draw_links(view, board, wanted)
    imply(view, board)
    find_homes(view)
    draw_others(view, board, wanted, budget)
    _arrange(board)
    return board


def number(view: "View") -> None:
    """Makes `page_node` (entities numbered by id) and `page_edge` (all that joins two of them)."""
    con = view.con
    con.execute(
        "CREATE OR REPLACE TEMP TABLE page_node AS"
        " SELECT (row_number() OVER (ORDER BY id) - 1)::INTEGER AS n, * FROM node ORDER BY id"
    )
    parts = [
        f"SELECT f, t, {i} AS rel, share, coalesce(planned, false) AS planned"
        f" FROM {ident('r_' + name)}"
        for i, name in enumerate(view.schema.relations)
        if name != "PART_OF_CHAIN"
    ]
    con.execute(
        "CREATE OR REPLACE TEMP TABLE page_edge AS"
        " SELECT a.n AS f, b.n AS t, e.rel::SMALLINT AS rel, e.share, e.planned"
        f" FROM ({' UNION ALL '.join(parts)}) e"
        " JOIN page_node a ON a.k = e.f JOIN page_node b ON b.k = e.t"
    )


def clear(view: "View") -> None:
    """Drops the temporary tables that the page made."""
    for name in ("node", "edge", "link", "implied", "home", "spot", "shown", "several"):
        view.con.execute(f"DROP TABLE IF EXISTS page_{name}")


def chain_classes(view: "View") -> dict[str, str]:
    """The classes that are chains, each with its kind ('industry' for IndustryChain)."""
    relation = view.schema.relations.get("PART_OF_CHAIN")
    names = {
        s for name in (relation.range if relation else ()) for s in view.schema.subclasses(name)
    }
    return {name: name.removesuffix("Chain").lower() for name in sorted(names) if name != "Chain"}


def _first(mark: Mark, number: int) -> tuple[float, float, str, int]:
    """The order in a cell: who is named by a finding, then who supplies most."""
    return -mark.need, -mark.share, mark.cls, number


def _arrange(board: Board) -> None:
    """Blocks become cells, cells stand in columns, lanes get their places."""
    last: dict[int, int] = {}
    for cell in board.cells:
        last[cell.lane] = max(last.get(cell.lane, -1), cell.layer)
    if any(lane < 0 for lane, _ in board.blocks):
        board.lanes.append(Lane(None, "shared"))
    for (lane, cls), some in sorted(board.blocks.items()):
        for start in range(0, len(some), BLOCK):
            at = lane if lane >= 0 else len(board.lanes) - 1
            members = some[start : start + BLOCK]
            for i in members:
                board.marks[i].cell = len(board.cells)
            title = cls if start == 0 else None
            board.cells.append(Cell(at, last.get(at, -1) + 1, None, title, members))
    for cell in board.cells:
        cell.members.sort(key=lambda i: _first(board.marks[i], i))
    edges: set[tuple[int, int]] = set()
    kinds: set[tuple[int, int]] = set()
    for a, b, variant in board.flow:
        pair = (board.marks[board.mark_of[a]].cell, board.marks[board.mark_of[b]].cell)
        if pair[0] != pair[1]:
            (kinds if variant else edges).add(pair)
    columns = []
    for lane in range(len(board.lanes)):
        layer = {i: cell.layer for i, cell in enumerate(board.cells) if cell.lane == lane}
        near, kin = (
            sorted(pair for pair in some if pair[0] in layer and pair[1] in layer)
            for some in (edges, kinds)
        )
        columns.append(ordered(layer, [*near, *kin], kin))
    heights = {i: cell_height(len(cell.members)) for i, cell in enumerate(board.cells)}
    board.placement = place(columns, heights)
