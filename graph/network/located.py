"""Where things sit that are no providers: schools, customers, employers."""

import numpy as np

from graph.network.network import Network
from graph.network.source import Ints, has_column, ints
from graph.network.tables import REGION, current


def located(net: Network, keys: Ints) -> Ints:
    """The region of each node of `keys`, by position in `net.places.regions`; -1 not known.

    A place is its own region. No branch office counts where there is another seat; of several the
    one furthest down.
    """
    source, keys = net.source, np.asarray(keys, dtype=np.int64)
    if not len(keys) or not len(net.places.regions):
        return np.full(len(keys), -1, dtype=np.int64)
    branch = "coalesce(l.kind = '分支', false)"
    if not has_column(source.schema, "LOCATED_IN", "kind"):
        branch = "false"
    source.con.register("gap_wanted", {"k": np.unique(keys)})
    found = source.con.execute(
        f"SELECT w.k, r.i AS r, {branch}::INTEGER AS branch FROM gap_wanted w"
        f' JOIN "r_LOCATED_IN" l ON l.f = w.k JOIN {REGION} r ON r.k = l.t'
        f" WHERE {current(source, 'LOCATED_IN', 'l', net.as_of)}"
        f" UNION ALL SELECT w.k, r.i, 0 FROM gap_wanted w JOIN {REGION} r ON r.k = w.k"
    ).fetchnumpy()
    source.con.unregister("gap_wanted")
    node, region, far = ints(found["k"]), ints(found["r"]), ints(found["branch"])
    depth = np.array([len(above) for above in net.places.within], dtype=np.int64)
    order = np.lexsort((region, -depth[region], far, node))
    node, region = node[order], region[order]
    first = np.append(True, np.diff(node) != 0)[: len(node)]
    node, region = node[first], region[first]
    if not len(node):
        return np.full(len(keys), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(node, keys), len(node) - 1)
    return np.where(node[at] == keys, region[at], -1)


def seated(net: Network, region: int) -> Ints:
    """The keys of all that has a seat, of whatever kind, in a region or in a part of it."""
    con = net.source.con
    con.register("gap_wanted", {"k": net.places.regions[net.places.inside(region)]})
    rows = con.execute(
        'SELECT DISTINCT r.f FROM "r_LOCATED_IN" r JOIN gap_wanted w ON w.k = r.t'
        f" WHERE {current(net.source, 'LOCATED_IN', 'r', net.as_of)}"
    ).fetchnumpy()
    con.unregister("gap_wanted")
    return ints(rows["f"])
