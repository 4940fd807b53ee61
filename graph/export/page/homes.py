"""Where entities that are no links stand: with which link, and alone or in a group."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from graph.export.page.board import Board, Grouped, Mark, chain_classes
from graph.record.sql import literals

if TYPE_CHECKING:
    from graph.record.view import View

NEAREST = ("PROVIDES", "REACHED", "NEEDS")
"""Relations to a link that say more of an entity's place than others do, in this order."""
SHARED = ("Region", "Industry", "Source", "Designation", "Observation")
"""Classes that belong to no one link: their neighbours say nothing of their place."""
NAMED_DRAWN = 300
"""Entities that findings name, and that stand outside their group."""
KEYS: dict[Grouped, str] = {
    "region": "spot, lane, class, region",
    "class": "spot, lane, class, -1",
    "lane": "-1, lane, class, -1",
}


def find_homes(view: "View") -> None:
    """`page_home(n, home, share)`: the link with which each other entity stands, if any.

    A link that it is joined to itself (of those reached, the furthest), else the one where most
    of its neighbours stand, three steps far. Who is joined to many and mostly to none of them
    (a hub) has no place.
    """
    con, schema = view.con, view.schema
    shared = {s for c in SHARED if c in schema.classes for s in schema.subclasses(c)}
    away = literals([*sorted(shared), *chain_classes(view), *schema.links])
    order = {name: i for i, name in enumerate(NEAREST)}
    numbers = {name: i for i, name in enumerate(schema.relations)}
    ranks = ", ".join(
        f"({i}, {order.get(name, len(NEAREST))})" for i, name in enumerate(schema.relations)
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE page_home AS WITH near AS ("
        "  SELECT f AS n, t AS link, rel, share, layer FROM page_edge JOIN page_link l ON l.n = t"
        "  UNION ALL"
        "  SELECT t, f, rel, share, layer FROM page_edge JOIN page_link l ON l.n = f"
        "  UNION ALL"
        f"  SELECT f, t, {numbers.get('REACHED', -1)}, NULL, layer"
        "   FROM page_implied JOIN page_link l ON l.n = t)"
        " SELECT near.n, first(link ORDER BY rank, share DESC NULLS LAST,"
        f" CASE WHEN rank = {order['REACHED']} THEN -layer ELSE 0 END, link)::INTEGER AS home,"
        f" max(CASE WHEN rank = {order['PROVIDES']} THEN share END) AS share"
        f" FROM near JOIN (VALUES {ranks}) ranks(rel, rank) USING (rel) JOIN page_node p USING (n)"
        f" WHERE p.class NOT IN {away} GROUP BY near.n"
    )
    for _ in range(3):
        found = con.execute(
            "INSERT INTO page_home WITH near AS ("
            "  SELECT f AS n, home FROM page_edge JOIN page_home h ON h.n = t"
            "  UNION ALL SELECT t, home FROM page_edge JOIN page_home h ON h.n = f),"
            " votes AS (SELECT n, home, count(*) AS c FROM near JOIN page_node p USING (n)"
            f"  WHERE p.class NOT IN {away} AND n NOT IN (SELECT n FROM page_home)"
            "   GROUP BY n, home)"
            " SELECT n, first(home ORDER BY c DESC, home), NULL FROM votes GROUP BY n"
            " HAVING sum(c) < 12 OR max(c) * 3 >= sum(c)"
        ).fetchall()
        if not found[0][0]:
            break


def draw_others(view: "View", board: Board, wanted: Mapping[int, float], budget: int) -> None:
    """A mark for each entity that is no link and no chain; past the budget, marks for groups."""
    _spots(view, board)
    con = view.con
    room = max(budget - len(board.marks), 0)
    if _count(view, "page_spot") <= room:
        rows = con.execute(
            "SELECT n, class, spot, lane, share FROM page_spot ORDER BY n"
        ).fetchall()
        for n, cls, spot, lane, share in rows:
            mark = Mark(cls, n, 1, wanted.get(n, 0.0), share=share)
            board.mark_of[n] = board.member(mark, spot, lane)
        return
    named = sorted((n for n in wanted if n not in board.mark_of), key=lambda n: (-wanted[n], n))
    named = named[: min(NAMED_DRAWN, room // 2)]
    for level in KEYS:
        board.grouped = level
        if _count(view, f"(SELECT DISTINCT {KEYS[level]} FROM page_spot)") <= room - len(named):
            break
    _groups(view, board, wanted, ", ".join(map(str, named)) or "-1")


def _groups(view: "View", board: Board, wanted: Mapping[int, float], apart: str) -> None:
    con, key = view.con, KEYS[board.grouped]
    rows = con.execute(
        f"SELECT n, class, spot, lane FROM page_spot WHERE n IN ({apart}) ORDER BY n"
    ).fetchall()
    for n, cls, spot, lane in rows:
        board.mark_of[n] = board.member(Mark(cls, n, 1, wanted.get(n, 0.0)), spot, lane)
    group_of: dict[tuple[int, int, str, int], int] = {}
    rows = con.execute(
        f"SELECT {key}, count(*), min(n) FROM page_spot WHERE n NOT IN ({apart})"
        " GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for spot, lane, cls, region, count, first in rows:
        alone = first if count == 1 else None
        mark = Mark(cls, alone, count, 0.0, region=region if region >= 0 else None)
        group_of[spot, lane, cls, region] = board.member(mark, spot, lane)
    rows = con.execute(
        f"SELECT n, {key} FROM page_spot WHERE n NOT IN ({apart}) ORDER BY n"
    ).fetchall()
    for n, *where in rows:
        board.mark_of[n] = group_of[tuple(where)]


def _spots(view: "View", board: Board) -> None:
    """`page_spot`: entity, class, mark of its link (or -1), lane of its chain (or -1), region."""
    import pyarrow as pa

    con, schema = view.con, view.schema
    numbers = pa.schema([("a", pa.int32()), ("b", pa.int32())])
    spots = {"a": list(board.mark_of), "b": list(board.mark_of.values())}
    lanes = [(lane.n, i) for i, lane in enumerate(board.lanes) if lane.n is not None]
    con.register("page_marks", pa.table(spots, schema=numbers))
    con.register(
        "page_lanes",
        pa.table({"a": [n for n, _ in lanes], "b": [i for _, i in lanes]}, schema=numbers),
    )
    none = "SELECT 0 AS n, 0 AS b WHERE false"
    within = none if "PART_OF_CHAIN" not in schema.relations else _first("r_PART_OF_CHAIN", "lane")
    located = none if "LOCATED_IN" not in schema.relations else _first("r_LOCATED_IN", "region")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE page_spot AS SELECT p.n, p.class,"
        " coalesce(s.b, -1) AS spot, CASE WHEN s.b IS NULL THEN coalesce(c.b, -1) ELSE -1 END"
        " AS lane, coalesce(r.b, -1) AS region, coalesce(h.share, 0) AS share"
        " FROM page_node p LEFT JOIN page_home h USING (n) LEFT JOIN page_marks s ON s.a = h.home"
        f" LEFT JOIN ({within}) c ON c.n = p.n LEFT JOIN ({located}) r ON r.n = p.n"
        f" WHERE p.class NOT IN {literals([*schema.links, *chain_classes(view)])}"
    )
    con.unregister("page_marks")
    con.unregister("page_lanes")


def _first(relation: str, what: str) -> str:
    """By entity, the number of the first region, or the lane of the first chain, that it is in."""
    value, lanes = ("l.b", " JOIN page_lanes l ON l.a = b.n") if what == "lane" else ("b.n", "")
    return (
        f"SELECT a.n, min({value}) AS b FROM {relation} e JOIN page_node a ON a.k = e.f"
        f" JOIN page_node b ON b.k = e.t{lanes} GROUP BY a.n"
    )


def _count(view: "View", table: str) -> int:
    return int(view.con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
