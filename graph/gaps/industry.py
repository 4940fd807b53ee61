"""The industries of a link: its own and those of its providers, with all that contain them."""

import numpy as np

from graph.network import Network
from graph.network.tables import current
from graph.record.sql import literals


def industries(net: Network, keys: list[int]) -> dict[int, list[str]]:
    """Ids and names of industries by node key, sorted; keys without one are left out.

    The industry of an actor is its own; that of a link is also that of who provides it.
    """
    con = net.source.con
    classes = literals(net.source.schema.subclasses("Industry"))
    con.register("gap_wanted", {"k": np.array(keys, dtype=np.int64)})
    rows = con.execute(
        f'WITH RECURSIVE said AS (SELECT f AS k, t AS industry FROM "r_IN_INDUSTRY" i'
        f" WHERE {current(net.source, 'IN_INDUSTRY', 'i', net.as_of)}),"
        f" own AS (SELECT w.k, s.industry FROM gap_wanted w JOIN said s USING (k)"
        f' UNION SELECT w.k, s.industry FROM gap_wanted w JOIN "r_PROVIDES" p ON p.t = w.k'
        f" JOIN said s ON s.k = p.f),"
        f" wide(k, industry) AS (SELECT k, industry FROM own UNION"
        f' SELECT w.k, p.t FROM wide w JOIN "r_PART_OF" p ON p.f = w.industry)'
        f" SELECT DISTINCT w.k, unnest([n.id, n.name, n.name_en]) AS name"
        f" FROM wide w JOIN node n ON n.k = w.industry WHERE n.class IN {classes} ORDER BY ALL"
    ).fetchall()
    con.unregister("gap_wanted")
    found: dict[int, list[str]] = {}
    for k, name in rows:
        if name is not None:
            found.setdefault(k, []).append(name)
    return found
