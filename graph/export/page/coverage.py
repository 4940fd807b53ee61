"""How much of what the methods need the record says, so that thin data do not read as a gap."""

from typing import TYPE_CHECKING

from graph.export.page.board import FLOW
from graph.record.sql import ident, literals

if TYPE_CHECKING:
    from graph.record.view import View


def coverage(view: "View") -> list[tuple[str, int, int]]:
    """(what, how many say it, of how many): links with a provider, supply with a share, …"""
    con, schema = view.con, view.schema

    def count(query: str) -> int:
        return int(con.execute(query).fetchall()[0][0] or 0)

    found = []
    links = literals(schema.links)
    if "PROVIDES" in schema.relations:
        found.append(
            (
                "links",
                count(
                    "SELECT count(DISTINCT t) FROM r_PROVIDES"
                    f" JOIN node ON k = t WHERE class IN {links}"
                ),
                count(f"SELECT count(*) FROM node WHERE class IN {links}"),
            )
        )
        found.append(
            (
                "shares",
                count("SELECT count(share) FROM r_PROVIDES"),
                count("SELECT count(*) FROM r_PROVIDES"),
            )
        )
    actors = literals([c for c in schema.subclasses("Actor") if c in schema.classes])
    if "LOCATED_IN" in schema.relations:
        found.append(
            (
                "places",
                count(
                    "SELECT count(DISTINCT f) FROM r_LOCATED_IN"
                    f" JOIN node ON k = f WHERE class IN {actors}"
                ),
                count(f"SELECT count(*) FROM node WHERE class IN {actors}"),
            )
        )
    dated = [ident("r_" + name) for name in schema.relations if name not in _TIMELESS]
    if dated:
        rows = " UNION ALL ".join(f"SELECT start FROM {table}" for table in dated)
        found.append(
            (
                "dates",
                count(f"SELECT count(start) FROM ({rows})"),
                count(f"SELECT count(*) FROM ({rows})"),
            )
        )
    return found


_TIMELESS = frozenset(
    (*FLOW, "PART_OF_CHAIN", "LOCATED_IN", "PART_OF", "IN_INDUSTRY", "COMPONENT_OF", "OBSERVES")
)
"""Relations that need no date."""
