"""The overview: a strip per chain, its links left to right, and where it breaks."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graph.export.page.board import CHAIN_KINDS, Board
from graph.finding import Finding
from graph.names import is_placeholder
from graph.record.sql import literals

if TYPE_CHECKING:
    from graph.record.view import View

TILES = 9
"""Tiles of a strip: a chain with more links is shown in short, a line per link."""
LINES = 40
"""Lines of a strip in short: more, and the chains no longer fit on a screen."""
ALWAYS = ("industry", "innovation", "capital", "policy", "talent")
KINDS_OF = {"incubation": "innovation"}
"""The chain that a finding about a chain of this kind counts for."""


@dataclass
class Supply:
    """Who provides a link: the actors, their stated shares, those of regions, who reached it."""

    actors: set[int] = field(default_factory=set)
    reached: int = 0
    shares: list[float] = field(default_factory=list)
    by_region: list[float] = field(default_factory=list)


def supply(view: "View", links: set[int]) -> dict[int, Supply]:
    """Who supplies each of `links`. Plans, placeholders and regions are not counted as actors."""
    import pyarrow as pa

    con, schema = view.con, view.schema
    con.register("page_asked", pa.table({"t": pa.array(sorted(links), pa.int32())}))
    found: dict[int, Supply] = {}
    numbers = {name: i for i, name in enumerate(schema.relations)}
    regions = set(schema.subclasses("Region")) if "Region" in schema.classes else set()
    rows = con.execute(
        "SELECT t, f, class, coalesce(name, name_en, id), max(share) FROM page_edge"
        " JOIN page_asked USING (t) JOIN page_node ON n = f WHERE rel = ? AND NOT planned"
        " GROUP BY t, f, class, 4 ORDER BY t, 5 DESC NULLS LAST, f",
        [numbers.get("PROVIDES", -1)],
    ).fetchall()
    for link, actor, cls, name, share in rows:
        of = found.setdefault(link, Supply())
        if is_placeholder(name):
            continue
        if cls in regions:
            if share is not None:
                of.by_region.append(round(share, 4))
        else:
            of.actors.add(actor)
            if share is not None:
                of.shares.append(round(share, 4))
    rows = con.execute(
        "SELECT t, count(DISTINCT f) FROM (SELECT f, t FROM page_edge WHERE rel = ? AND NOT planned"
        " UNION ALL SELECT f, t FROM page_implied) JOIN page_asked USING (t) GROUP BY t ORDER BY t",
        [numbers.get("REACHED", -1)],
    ).fetchall()
    for link, count in rows:
        found.setdefault(link, Supply()).reached = count
    con.unregister("page_asked")
    return found


def strips(
    view: "View", board: Board, found: Sequence[Finding], marked: set[str], strong: set[str]
) -> list[dict[str, Any]]:
    """The strips, in the order of the chains; `tiles` of links, `chips` of other findings.

    Findings are given by their place in `found`, links by their number.
    """
    urgent = {place for place, finding in enumerate(found) if finding.id in strong}
    kinds: dict[int, list[int]] = {}
    for a, b, variant in board.flow:
        if variant:
            kinds.setdefault(b, []).append(a)
    flow = [(a, b) for a, b, _ in board.flow]
    ends = {end.id for f in found for end in (f.subject, f.object) if end is not None}
    number_of = dict(
        view.con.execute(
            f"SELECT id, n FROM page_node WHERE id IN {literals(sorted(ends))}"
        ).fetchall()
    )
    classes = dict(view.con.execute("SELECT n, class FROM page_link").fetchall())
    weak: dict[int, list[int]] = {}
    pairs: dict[tuple[int, int], int] = {}
    for place, finding in enumerate(found):
        link = number_of.get(finding.subject.id)
        if finding.id not in marked or link is None or link not in board.link_lane:
            continue
        other = number_of.get(finding.object.id) if finding.object else None
        if finding.measure == "hand-off" and other is not None:
            pairs[link, other] = place
        else:
            weak.setdefault(link, []).append(place)
    stages = set(view.schema.subclasses("Stage")) if "Stage" in view.schema.classes else set()
    made: list[dict[str, Any]] = []
    sizes = Counter(board.link_lane.values())
    for number, lane in enumerate(board.lanes):
        if lane.kind == "shared":
            continue
        links = _in_order(board, number)
        first = {n: (urgent.isdisjoint(places), min(places)) for n, places in weak.items()}
        tiles = _tiles(links, [n for n in links if classes.get(n) in stages], flow, first)
        strip = _strip(lane.kind, lane.n, sizes[number], _near(board, number))
        made.append({**strip, "tiles": tiles, "short": len(links) > TILES})
    _figures([tile for strip in made for tile in strip["tiles"]], view, weak, kinds)
    for strip in made:
        _breaks(strip["tiles"], pairs)
    if made and not any(strip["kind"] == "industry" for strip in made):
        for strip in made:  # links of no chain are what there is of an industry chain
            strip["kind"] = "industry" if strip["kind"] == "links" else strip["kind"]
    kinds_made = {strip["kind"] for strip in made}
    made.extend(_strip(kind) for kind in ALWAYS if kind not in kinds_made)
    _chips(made, found, marked)
    order = [*CHAIN_KINDS, "coupling", "links"]
    return sorted(made, key=lambda s: order.index(s["kind"]) if s["kind"] in order else 9)


def _strip(kind: str, chain: int | None = None, links: int = 0, actors: int = 0) -> dict[str, Any]:
    return {
        "kind": kind,
        "chain": chain,
        "links": links,
        "actors": actors,
        "tiles": [],
        "chips": [],
        "short": False,
    }


def _in_order(board: Board, lane: int) -> list[int]:
    """The lane's links that are drawn on their own, column by column."""
    heads = [
        (board.placement.cells[i], board.marks[cell.head].n, cell.layer)
        for i, cell in enumerate(board.cells)
        if cell.lane == lane and cell.head is not None
    ]
    return [n for box, n, _ in sorted(heads, key=lambda h: (h[2], h[0].x, h[0].y)) if n is not None]


def _near(board: Board, lane: int) -> int:
    """How many entities stand with the lane's links."""
    cells = [cell for cell in board.cells if cell.lane == lane]
    return sum(board.marks[i].count for cell in cells for i in cell.members)


def _tiles(
    links: Sequence[int],
    stages: Sequence[int],
    flow: Sequence[tuple[int, int]],
    first: Mapping[int, tuple[bool, int]],
) -> list[dict[str, Any]]:
    """A tile per link in flow order, the parts of a stage after it; too many are folded into one.

    `first` says which links are weak, and in which order they want to be seen. A stage's `inner`
    are its parts, those of a tile without a link what it stands for.
    """
    if len(links) <= TILES or len(stages) < 2:
        inner: dict[int, list[int]] = {}
        order = list(links)
    else:
        nearest = _nearest(stages, set(links), flow)
        inner = {s: [n for n in links if nearest.get(n) == s and n != s] for s in stages}
        rest = [n for n in links if n not in nearest]
        order = [n for stage in stages for n in (stage, *inner[stage])] + rest
    shown = set(sorted(order, key=lambda n: first.get(n, (True, len(first) + 10**6)))[:LINES])
    folded = [n for n in order if n not in shown]
    tiles: list[dict[str, Any]] = [
        {"n": n, "inner": inner.get(n, []), "stage": n in inner} for n in order if n in shown
    ]
    return [*tiles, {"n": None, "inner": folded, "stage": False}] if folded else tiles


def _nearest(
    stages: Sequence[int], links: set[int], flow: Sequence[tuple[int, int]]
) -> dict[int, int]:
    beside: dict[int, list[int]] = {}
    for a, b in flow:
        if a in links and b in links:
            beside.setdefault(a, []).append(b)
            beside.setdefault(b, []).append(a)
    nearest = {stage: stage for stage in stages}
    queue = deque(stages)
    while queue:
        link = queue.popleft()
        for other in beside.get(link, ()):
            if other not in nearest:
                nearest[other] = nearest[link]
                queue.append(other)
    return nearest


def _figures(
    tiles: Sequence[dict[str, Any]],
    view: "View",
    weak: Mapping[int, list[int]],
    kinds: Mapping[int, list[int]],
) -> None:
    """Fills in the tiles; `within` counts who provides their parts or kinds, each actor once."""
    parts = [_parts(tile, kinds) for tile in tiles]
    own = {tile["n"] for tile in tiles if tile["n"] is not None}
    supplies = supply(view, own.union(*parts))
    for tile, inside in zip(tiles, parts, strict=True):
        n, inner = tile["n"], tile["inner"]
        of = supplies.get(n, Supply())
        tile["inner"] = [[k, weak[k]] for k in inner if k in weak] if n is None else []
        tile["count"] = len(inner)
        tile["actors"], tile["reached"] = len(of.actors), of.reached
        tile["within"] = len(set().union(*(supplies[k].actors for k in inside if k in supplies)))
        tile["shares"] = (of.shares or of.by_region)[:12]
        tile["regions"] = not of.shares and bool(of.by_region)
        tile["weak"] = weak.get(n, [])


def _parts(tile: Mapping[str, Any], kinds: Mapping[int, list[int]]) -> set[int]:
    """The links that the tile stands for beside its own: its parts, and the kinds of all."""
    parts, queue = set(tile["inner"]), [k for k in (tile["n"], *tile["inner"]) if k is not None]
    while queue:
        for kind in kinds.get(queue.pop(), ()):
            if kind not in parts:
                parts.add(kind)
                queue.append(kind)
    return parts


def _breaks(tiles: Sequence[dict[str, Any]], pairs: Mapping[tuple[int, int], int]) -> None:
    """A hand-off that fails breaks the arrow before the later step's tile, else marks its own."""
    at = {tile["n"]: i for i, tile in enumerate(tiles)}
    for (earlier, later), place in sorted(pairs.items()):
        if at.get(later, -1) > 0 and at.get(earlier) == at[later] - 1:
            tiles[at[later]]["break"] = place
        elif earlier in at:
            tiles[at[earlier]]["weak"] = [*tiles[at[earlier]]["weak"], place]


def _chips(
    made: list[dict[str, Any]],
    found: Sequence[Finding],
    marked: set[str],
) -> None:
    """Findings that count for a chain, but whose subject is no tile of its strips."""
    for kind in sorted({finding.chain for finding in found}):
        places = [i for i, f in enumerate(found) if f.chain == kind and f.id in marked]
        strips_of = [s for s in made if KINDS_OF.get(s["kind"], s["kind"]) == kind]
        shown = {
            place
            for strip in made
            if strip in strips_of or strip["kind"] == "links"
            for tile in strip["tiles"]
            for place in [
                *tile["weak"],
                *(p for _, inner in tile["inner"] for p in inner),
                *([tile["break"]] if "break" in tile else []),
            ]
        }
        left = [place for place in places if place not in shown]
        if not left:
            continue
        if not strips_of:
            strips_of = [_strip(kind)]
            made.extend(strips_of)
        strips_of[0]["chips"] = left
