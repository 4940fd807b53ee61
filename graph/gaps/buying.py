"""Where a firm buys, and who else might buy from those that sell to it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.gaps.method import Ask, Clause, Node
from graph.network import Network
from graph.network.located import located
from graph.network.sales import Sales
from graph.network.source import Ints
from graph.network.tables import LINK, current


@dataclass(frozen=True)
class Local:
    """The local supply rate of a firm, as values and as a sentence; the sentence is empty where
    too little is known."""

    values: Mapping[str, Any]
    clause: Clause | str


def local_supply(net: Network, ask: Ask, every: Sales, firms: list[int]) -> dict[int, Local]:
    """How much of what each of `firms` is known to buy comes from the region asked for, else from
    its own city."""
    buys = {k: every.to(k) for k in firms}
    buys = {k: rows.keep(~np.isnan(rows.purchases)) for k, rows in buys.items()}
    nodes = np.unique(np.concatenate([np.array(firms, np.int64), *_suppliers(buys)]))
    region_of = located(net, nodes)

    def sits(keys: Ints) -> Ints:
        return region_of[np.searchsorted(nodes, keys)]

    return {
        k: _local(net, ask, rows, sits(rows.supplier), sits(np.array([k])))
        for k, rows in buys.items()
    }


def _suppliers(buys: Mapping[int, Sales]) -> list[Ints]:
    return [rows.supplier for rows in buys.values()]


def _local(net: Network, ask: Ask, rows: Sales, sits: Ints, own: Ints) -> Local:
    at, known = int(own[0]), float(rows.purchases.sum())
    city = int(net.places.city[at]) if at >= 0 else -1
    region = ask.region if ask.region is not None else city if city >= 0 else None
    placed = float(rows.purchases[sits >= 0].sum())
    if region is None or placed < ask["lead-dependence.purchases"]:
        return Local({"local_supply_rate": None, "purchases_known": known}, "")
    near = np.isin(sits, net.places.inside(region))
    rate = float(rows.purchases[near].sum()) / placed
    says = {"rate": rate, "known": placed, "place": Node(int(net.places.regions[region]))}
    return Local({"local_supply_rate": rate, "purchases_known": known}, Clause("lead.local", says))


def other_users(
    net: Network, hanging: Mapping[int, Ints], most: int = 3
) -> dict[int, list[dict[str, Any]]]:
    """For each customer who else needs what the suppliers that hang on it provide: those of use to
    most of these first. A supplier is no user of its own kind."""
    con = net.source.con
    sizes = [len(suppliers) for suppliers in hanging.values()]
    con.register(
        "gap_wanted",
        {
            "customer": np.repeat(np.array(list(hanging), np.int64), sizes),
            "supplier": np.concatenate([*hanging.values(), np.zeros(0, np.int64)]),
        },
    )
    rows = con.execute(
        f"WITH made AS (SELECT DISTINCT w.customer, w.supplier, p.t, l.i FROM gap_wanted w"
        f' JOIN "r_PROVIDES" p ON p.f = w.supplier JOIN {LINK} l ON l.k = p.t'
        f" WHERE {current(net.source, 'PROVIDES', 'p', net.as_of)}),"
        f" users AS (SELECT m.customer, n.f AS user, a.id, min_by(n.t, m.i) AS link,"
        f' count(DISTINCT m.supplier) AS many FROM made m JOIN "r_NEEDS" n ON n.t = m.t'
        f" JOIN node a ON a.k = n.f WHERE n.f <> m.customer"
        f" AND (m.customer, n.f) NOT IN (SELECT (customer, supplier) FROM gap_wanted)"
        f" AND {current(net.source, 'NEEDS', 'n', net.as_of)} GROUP BY m.customer, n.f, a.id)"
        f" SELECT customer, user, link, many FROM users QUALIFY row_number()"
        f" OVER (PARTITION BY customer ORDER BY many DESC, id) <= {most}"
        f" ORDER BY customer, many DESC, id"
    ).fetchall()
    con.unregister("gap_wanted")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for customer, user, link, many in rows:
        found[customer].append({"id": Node(user), "needs": Node(link), "suppliers": many})
    return found
