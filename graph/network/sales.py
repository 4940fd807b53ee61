"""Who sells to whom: how much of what a supplier sells, and of what a customer buys."""

from dataclasses import dataclass

import numpy as np

from graph.network.network import Network
from graph.network.source import Bools, Floats, Ints, floats, has_column, ints
from graph.network.tables import current, placeholder
from graph.record.sql import literals

LEAD = "链主"
"""The role in a chain, and the word in the name of a title, that make a firm its lead firm."""


@dataclass(frozen=True)
class Sales:
    """One row per supplier and customer, by node key, ordered by customer and then supplier.

    `share` is of the supplier's sales, `purchases` of what the customer buys, 0 to 1 or NaN. `own`
    marks suppliers that the customer controls. Placeholders are left out.
    """

    supplier: Ints
    customer: Ints
    share: Floats
    purchases: Floats
    own: Bools

    def __len__(self) -> int:
        return len(self.supplier)

    def keep(self, rows: Bools | Ints) -> "Sales":
        """Only the rows where `rows` is true, or those at these positions in this order."""
        return Sales(*(column[rows] for column in vars(self).values()))

    def to(self, customer: int) -> "Sales":
        """The rows of one customer."""
        low, high = np.searchsorted(self.customer, [customer, customer + 1])
        return self.keep(np.arange(low, high))


def sales(net: Network) -> Sales:
    """What holds on the day. Of parallel rows those that began last count and are added up: they
    are different goods. Shares of one supplier (or customer) that add up to more than 1 are scaled
    down."""
    source = net.source
    con = source.con
    rows = f'FROM "r_SUPPLIES" r WHERE r.f <> r.t AND {current(source, "SUPPLIES", "r", net.as_of)}'
    found = con.execute(
        f"SELECT r.f, r.t, r.share::DOUBLE AS share, r.purchase_share::DOUBLE AS bought {rows}"
    ).fetchnumpy()
    f, t = ints(found["f"]), ints(found["t"])
    nobody = ints(
        con.execute(f"SELECT k FROM node n WHERE {placeholder(source)}").fetchnumpy()["k"]
    )
    named = ~(np.isin(f, nobody) | np.isin(t, nobody))
    f, t = f[named], t[named]
    share, bought = floats(found["share"])[named], floats(found["bought"])[named]
    order = np.lexsort((f, t))
    f, t, share, bought = f[order], t[order], share[order], bought[order]
    first = np.append(True, (np.diff(f) != 0) | (np.diff(t) != 0))[: len(f)]
    twice = np.unique(np.flatnonzero(first)[np.cumsum(first)[~first] - 1])
    _latest(net, rows, (f[twice], t[twice]), (share, bought), twice)
    f, t, share, bought = f[first], t[first], share[first], bought[first]
    return Sales(f, t, _of_all(f, share), _of_all(t, bought), _own(net, f, t))


def _latest(
    net: Network, rows: str, pairs: tuple[Ints, Ints], into: tuple[Floats, Floats], at: Ints
) -> None:
    """Puts what parallel rows come to in the place of their first, `at`."""
    if not len(at):
        return
    con = net.source.con
    start = "coalesce(r.start, '')" if has_column(net.source.schema, "SUPPLIES", "start") else "''"
    con.register("gap_wanted", {"f": pairs[0], "t": pairs[1]})
    found = con.execute(
        f"WITH several AS (SELECT r.f, r.t, r.share, r.purchase_share, {start} AS start {rows}"
        " AND (r.f, r.t) IN (SELECT (f, t) FROM gap_wanted)),"
        " latest AS (SELECT f, t, max(start) AS start FROM several GROUP BY f, t)"
        " SELECT f, t, sum(share ORDER BY share)::DOUBLE AS share,"
        " sum(purchase_share ORDER BY purchase_share)::DOUBLE AS bought"
        " FROM several SEMI JOIN latest USING (f, t, start) GROUP BY f, t ORDER BY t, f"
    ).fetchnumpy()
    con.unregister("gap_wanted")
    into[0][at], into[1][at] = floats(found["share"]), floats(found["bought"])


def _of_all(who: Ints, share: Floats) -> Floats:
    total = np.bincount(who, np.nan_to_num(share)) if len(who) else np.zeros(1)
    return share / np.maximum(total, 1.0)[who]


def _own(net: Network, f: Ints, t: Ints) -> Bools:
    """Whether the customer holds more than half of the supplier, controls it, or it is a part."""
    found = net.source.con.execute(
        'SELECT r.t AS supplier, r.f AS customer FROM "r_HOLDS_STAKE_IN" r'
        " WHERE (r.share > 0.5 OR coalesce(r.controls, false))"
        f" AND {current(net.source, 'HOLDS_STAKE_IN', 'r', net.as_of)}"
        ' UNION SELECT r.f, r.t FROM "r_PART_OF" r'
        f" WHERE {current(net.source, 'PART_OF', 'r', net.as_of)}"
    ).fetchnumpy()
    supplier, customer = ints(found["supplier"]), ints(found["customer"])
    width = int(max(t.max(initial=0), customer.max(initial=0))) + 1
    return np.isin(f * width + t, supplier * width + customer)


def lead_firms(net: Network) -> dict[int, int | None]:
    """Who leads a chain or holds the title of a lead firm today, by node key: the chain, None for
    those with the title alone."""
    source, schema = net.source, net.source.schema
    chains = literals(schema.subclasses("Chain"))
    led = source.con.execute(
        'SELECT r.f, r.t FROM "r_LEADS" r JOIN node c ON c.k = r.t'
        f" WHERE r.role = ? AND c.class IN {chains}"
        f" AND {current(source, 'LEADS', 'r', net.as_of)} ORDER BY r.f, c.id DESC",
        [LEAD],
    ).fetchall()
    titled = source.con.execute(
        'SELECT DISTINCT r.f FROM "r_HOLDS_DESIGNATION" r JOIN node d ON d.k = r.t'
        " JOIN node a ON a.k = r.f WHERE contains(d.name, ?)"
        f" AND a.class NOT IN {literals(schema.subclasses('Region'))}"
        f" AND {current(source, 'HOLDS_DESIGNATION', 'r', net.as_of)}",
        [LEAD],
    ).fetchall()
    leads: dict[int, int | None] = {k: None for (k,) in titled}
    leads.update(led)
    return leads
