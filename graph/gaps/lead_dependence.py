"""lead-dependence 链主依赖: suppliers that sell most of what they make to one lead firm.

Definition
    A supplier depends on a customer that takes at least `lead-dependence.share` of its sales
    (SUPPLIES.share, which is of the supplier's sales; half is what a prospectus in China has to
    disclose as dependence on one customer). A firm on which at least `lead-dependence.suppliers`
    suppliers depend is found, whoever it is: its fall would be theirs. `lead` says whether it is
    the lead firm of a chain (LEADS as 链主), holds such a title (a designation with 链主 in its
    name), or is just the largest customer of that many. Suppliers that the customer controls, and
    placeholders, do not count. With `--region` only suppliers there do, wherever the customer is.
Value
    `suppliers`, `known` (those with a share), `dependent`, `largest` (share), `who` (the most
    dependent ones), `lead` (chain, title, customer). Severity is the sum of the dependent ones'
    shares / known, 0 to 1: 1 where every supplier lives by this one customer. Coverage is
    known / suppliers. Stability is the share of draws without a tenth of the supplies in which it
    is still found. Candidates are others who need what the dependent ones make.
    `local_supply_rate` 本地配套率, where `lead-dependence.purchases` of what the firm buys is known
    (`purchases_known`, by SUPPLIES.purchase_share): what comes from the region asked for, else from
    the firm's own city, of the purchases from suppliers with a known place. It describes. It is no
    target: buying near is not better than buying well.
Not assessed
    A lead firm (of a chain or by title) of which too few suppliers state a share to tell, with how
    many are needed, and its local supply rate where that is known. Records without any share.
Needs
    SUPPLIES.share; SUPPLIES.purchase_share and LOCATED_IN for the local supply rate; LEADS.role.
Reference
    CSRC, Standards for the Content and Format of Information Disclosure No. 1 (prospectus): sales
    of more than 50% to a single customer; Patatoukas, The Accounting Review 87, 2012.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.gaps.derivation import lead_dependence as derivation
from graph.gaps.method import Action, Ask, Clause, Found, Method, Node, Rows, Unknown
from graph.gaps.stability import seed
from graph.network import Network
from graph.network.located import located
from graph.network.sales import Sales, lead_firms, sales
from graph.network.source import Bools, Floats, Ints
from graph.network.tables import LINK, current

SHOWN = 10


@dataclass(frozen=True)
class Hanging:
    """Per customer: how many suppliers it has, how many state a share, and how many depend."""

    suppliers: Ints
    known: Ints
    dependent: Ints
    severity: Floats


def hanging(rows: Sales, customers: Ints, ask: Ask) -> Hanging:
    """What hangs on each of `customers`, node keys in order."""
    at, n = np.searchsorted(customers, rows.customer), len(customers)
    told = ~np.isnan(rows.share)
    most = told & (rows.share >= ask["lead-dependence.share"])
    known, dependent = np.bincount(at[told], minlength=n), np.bincount(at[most], minlength=n)
    sold = np.bincount(at[most], rows.share[most], n)
    found = dependent >= ask["lead-dependence.suppliers"]
    return Hanging(
        np.bincount(at, minlength=n),
        known,
        dependent,
        np.where(found, sold / np.maximum(known, 1), 0.0),
    )


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    every, leads = sales(net), lead_firms(net)
    if np.isnan(every.share).all():
        yield Unknown(("SUPPLIES.share",), text="lead.no-shares")
    everybody = np.unique(np.concatenate([every.customer, np.array(sorted(leads), np.int64)]))
    rows = every.keep(~every.own)
    if ask.region is not None:
        rows = rows.keep(np.isin(located(net, rows.supplier), net.places.inside(ask.region)))
    seen = hanging(rows, everybody, ask)
    told = ask.leading(seen.severity, seen.dependent.astype(np.float64))
    stable = _stable(net, ask, rows, everybody, seen.severity > 0)
    for i in told:
        yield _found(net, ask, every, rows, seen, i, everybody, leads, float(stable[i]))
    for k in sorted(leads):
        i = int(np.searchsorted(everybody, k))
        silent = int(seen.suppliers[i] - seen.known[i])
        wanted = int(ask["lead-dependence.suppliers"])
        few = seen.known[i] < wanted
        if seen.severity[i] == 0 and (few or seen.dependent[i] + silent >= wanted):
            enough = wanted - int(seen.known[i] if few else seen.dependent[i])
            yield _unknown(net, ask, every, seen, i, k, leads[k], enough)


def _found(
    net: Network,
    ask: Ask,
    every: Sales,
    rows: Sales,
    seen: Hanging,
    i: int,
    customers: Ints,
    leads: dict[int, int | None],
    stable: float,
) -> Found:
    k = int(customers[i])
    mine = rows.to(k)
    hang = mine.keep(np.nan_to_num(mine.share) >= ask["lead-dependence.share"])
    order = np.argsort(-hang.share, kind="stable")
    hang = hang.keep(order)
    lead = "customer" if k not in leads else "chain" if leads[k] is not None else "title"
    near = local_supply(net, ask, every, k)
    counts = {
        "suppliers": int(seen.suppliers[i]),
        "known": int(seen.known[i]),
        "dependent": int(seen.dependent[i]),
        "largest": float(hang.share[0]),
    }
    who = hang.supplier[:SHOWN].tolist()
    return Found(
        subject=k,
        severity=float(seen.severity[i]),
        order=(float(seen.dependent[i]),),
        action=Action.SECURE,
        chain=_kind(net, leads.get(k)),
        values={**counts, "who": [Node(w) for w in who], "lead": lead, **near.values},
        text="lead.found",
        says={
            **counts,
            "share": ask["lead-dependence.share"],
            "lead": Clause(f"lead.as-{lead}"),
            "who": [Node(w) for w in who[:3]],
            "local": near.clause,
        },
        coverage=counts["known"] / counts["suppliers"],
        stability=stable,
        evidence=tuple(Rows("SUPPLIES", of=w, to=k) for w in hang.supplier.tolist()),
        candidates=tuple(_others(net, k, hang.supplier)),
        steps=lambda: derivation.steps(k, mine, hang, float(seen.severity[i])),
    )


@dataclass(frozen=True)
class Local:
    """The local supply rate of a firm, as values and as a sentence, both empty where unknown."""

    values: Mapping[str, Any]
    clause: Clause | str


def local_supply(net: Network, ask: Ask, every: Sales, k: int) -> Local:
    """How much of what `k` is known to buy comes from the region asked for, else its own city."""
    mine = every.to(k)
    mine = mine.keep(~np.isnan(mine.purchases))
    known = float(mine.purchases.sum())
    (at,) = located(net, np.array([k]))
    city = int(net.places.city[at]) if at >= 0 else -1
    region = ask.region if ask.region is not None else city if city >= 0 else None
    none: dict[str, Any] = {"local_supply_rate": None, "purchases_known": known}
    if region is None or known < ask["lead-dependence.purchases"]:
        return Local(none, "")
    sits = located(net, mine.supplier)
    placed = float(mine.purchases[sits >= 0].sum())
    if placed < ask["lead-dependence.purchases"]:
        return Local(none, "")
    near = np.isin(sits, net.places.inside(region))
    rate = float(mine.purchases[near].sum()) / placed
    says = {"rate": rate, "known": placed, "place": Node(int(net.places.regions[region]))}
    return Local({"local_supply_rate": rate, "purchases_known": known}, Clause("lead.local", says))


def _unknown(
    net: Network,
    ask: Ask,
    every: Sales,
    seen: Hanging,
    i: int,
    k: int,
    chain: int | None,
    enough: int,
) -> Unknown:
    near = local_supply(net, ask, every, k)
    counts = {"suppliers": int(seen.suppliers[i]), "known": int(seen.known[i]), "enough": enough}
    return Unknown(
        ("SUPPLIES.share",) if counts["suppliers"] else ("SUPPLIES",),
        subject=k,
        chain=_kind(net, chain),
        values={**counts, **near.values},
        text="lead.few",
        says={**counts, "local": near.clause},
    )


def _kind(net: Network, chain: int | None) -> str:
    """The kind of the chain that a firm leads; industry for one that leads none."""
    if chain is None:
        return "industry"
    (at,) = np.flatnonzero(net.chains.keys == chain)
    return net.chains.kinds[int(at)]


def _others(net: Network, k: int, hang: Ints) -> Iterator[dict[str, Any]]:
    """Who else needs what the dependent suppliers provide: those of use to most of them first."""
    con = net.source.con
    con.register("gap_wanted", {"k": hang})
    rows = con.execute(
        f"SELECT n.f, min_by(n.t, l.i), count(DISTINCT p.f) AS many FROM gap_wanted w"
        f' JOIN "r_PROVIDES" p ON p.f = w.k JOIN {LINK} l ON l.k = p.t'
        f' JOIN "r_NEEDS" n ON n.t = p.t JOIN node a ON a.k = n.f'
        f" WHERE n.f <> ? AND n.f NOT IN (SELECT k FROM gap_wanted)"
        f" AND {current(net.source, 'PROVIDES', 'p', net.as_of)}"
        f" AND {current(net.source, 'NEEDS', 'n', net.as_of)}"
        f" GROUP BY n.f, a.id ORDER BY many DESC, a.id LIMIT 3",
        [k],
    ).fetchall()
    con.unregister("gap_wanted")
    for user, link, many in rows:
        yield {"id": Node(user), "needs": Node(link), "suppliers": many}


def _stable(net: Network, ask: Ask, rows: Sales, customers: Ints, found: Bools) -> Floats:
    """How often each is still found with a tenth of the supplies gone."""
    kept = np.zeros(len(customers))
    if not found.any():
        return kept
    fit = int(ask["stability.rows"] // max(len(rows), 1))
    draws = int(min(ask["stability.draws"], max(fit, ask["stability.draws_min"])))
    for draw in range(draws):
        some = np.random.default_rng((seed(net), draw)).random(len(rows))
        thinned = rows.keep(some >= ask["stability.removed"])
        kept += hanging(thinned, customers, ask).severity > 0
    return kept / max(draws, 1)


METHOD = Method("lead-dependence", family="scarcity", version="1", find=_find, regional=True)
