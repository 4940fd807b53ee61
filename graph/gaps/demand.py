"""Who needs what, in a set of regions."""

import numpy as np

from graph.network import Network
from graph.network.source import Ints, ints
from graph.network.tables import LINK, REGION, current


def needed_by(net: Network, regions: Ints) -> Ints:
    """Per link, how many users there are in `regions`: actors, projects, or a region itself.

    A need that is over, or only planned, does not count.
    """
    con = net.source.con
    con.register("gap_wanted", {"i": regions})
    found = con.execute(
        f"WITH here AS (SELECT r.k FROM {REGION} r JOIN gap_wanted USING (i)),"
        f' inside AS (SELECT f AS k FROM "r_LOCATED_IN" WHERE t IN (SELECT k FROM here)'
        f" UNION SELECT k FROM here)"
        f' SELECT l.i AS i, count(DISTINCT n.f) AS users FROM "r_NEEDS" n'
        f" JOIN {LINK} l ON l.k = n.t WHERE n.f IN (SELECT k FROM inside)"
        f" AND {current(net.source, 'NEEDS', 'n', net.as_of)} GROUP BY l.i ORDER BY l.i"
    ).fetchnumpy()
    con.unregister("gap_wanted")
    users = np.zeros(len(net), dtype=np.int64)
    users[ints(found["i"])] = ints(found["users"])
    return users
