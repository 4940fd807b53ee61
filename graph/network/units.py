"""Units of the innovation chain (results, projects, teams, firms): where, and who asks for what."""

import numpy as np

from graph.network.located import located
from graph.network.network import Network
from graph.network.people import UNITS
from graph.network.source import Bools, Ints, has_column, ints
from graph.network.tables import begun, current, placeholder
from graph.record.sql import literals

BEHIND = ("UNDERTAKES", "DEVELOPS", "OWNS_IP")
"""The relations from an actor to what it works on or owns."""


def region_of_units(net: Network, keys: Ints) -> Ints:
    """The region of each node by position; -1 not known. One without a place of its own is where
    those are that undertake, develop or own it: who leads first, then the first by id."""
    own = located(net, keys)
    lost = np.unique(np.asarray(keys)[own < 0])
    if not len(lost):
        return own
    source = net.source
    source.con.register("gap_units", {"k": lost})
    parts = " UNION ALL ".join(
        f'SELECT r.t AS k, r.f, {lead} AS lead FROM "r_{name}" r JOIN gap_units u ON u.k = r.t'
        f" WHERE {begun(source, name, 'r', net.as_of)}"
        for name, lead in zip(BEHIND, ("coalesce(r.lead, false)", "false", "false"), strict=True)
    )
    found = source.con.execute(
        f"SELECT w.k, w.f FROM ({parts}) w JOIN node n ON n.k = w.f ORDER BY w.k, w.lead DESC, n.id"
    ).fetchnumpy()
    source.con.unregister("gap_units")
    unit, actor = ints(found["k"]), ints(found["f"])
    region = located(net, actor)
    unit, region = unit[region >= 0], region[region >= 0]
    unit, first = np.unique(unit, return_index=True)
    if not len(unit):
        return own
    at = np.minimum(np.searchsorted(unit, keys), len(unit) - 1)
    return np.where((own < 0) & (unit[at] == keys), region[first][at], own)


def asking(net: Network, link: int, inside: Bools | None) -> Ints:
    """Keys of who needs a link today, in order; with `inside` only those in these regions.

    Who needs people for it (a quantity of 人) asks for those, not for the link.
    """
    source = net.source
    work = "true"
    if has_column(source.schema, "NEEDS", "unit"):
        work = f"coalesce(lower(trim(r.unit)) NOT IN {literals(UNITS)}, true)"
    found = source.con.execute(
        f'SELECT DISTINCT r.f AS k FROM "r_NEEDS" r JOIN node n ON n.k = r.f WHERE r.t = ?'
        f" AND {current(source, 'NEEDS', 'r', net.as_of)} AND {work}"
        f" AND NOT {placeholder(source)} ORDER BY 1",
        [int(net.links[link])],
    ).fetchnumpy()
    keys = ints(found["k"])
    return keys if inside is None else keys[np.append(inside, False)[located(net, keys)]]
