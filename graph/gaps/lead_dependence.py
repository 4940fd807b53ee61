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

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from graph.gaps.buying import Local, local_supply, other_users
from graph.gaps.derivation import lead_dependence as derivation
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.stability import Drawn, draws_of, seed
from graph.network import Network
from graph.network.located import located
from graph.network.sales import Sales, lead_firms, sales
from graph.network.source import Bools, Floats, Ints

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
        enough = Enough(0, int(ask["lead-dependence.suppliers"]), "lead.what-shares")
        yield Unknown(("SUPPLIES.share",), text="lead.no-shares", enough=enough)
    everybody = np.unique(np.concatenate([every.customer, np.array(sorted(leads), np.int64)]))
    rows = every.keep(~every.own)
    if ask.region is not None:
        rows = rows.keep(np.isin(located(net, rows.supplier), net.places.inside(ask.region)))
    seen = hanging(rows, everybody, ask)
    told = ask.leading(seen.severity, seen.dependent.astype(np.float64))
    stable = _stable(net, ask, rows, everybody, seen.severity > 0)
    hang = {int(everybody[i]): _most_dependent(rows.to(int(everybody[i])), ask) for i in told}
    others = other_users(net, {k: mine.supplier for k, mine in hang.items()})
    near = local_supply(net, ask, every, sorted(hang.keys() | leads.keys()))
    for i, (k, mine) in zip(told, hang.items(), strict=True):
        lead = "customer" if k not in leads else "title" if leads[k] is None else "chain"
        yield replace(
            _found(seen, i, k, lead, ask, rows.to(k), mine, near[k]),
            chain=_kind(net, leads.get(k)),
            candidates=tuple(others.get(k, ())),
            **stable.said(i),
        )
    for k in _concerned(net, ask, rows, leads):
        unknown = _unknown(seen, int(np.searchsorted(everybody, k)), k, ask, near[k])
        if unknown is not None:
            yield replace(unknown, chain=_kind(net, leads[k]))


def _concerned(net: Network, ask: Ask, rows: Sales, leads: dict[int, int | None]) -> list[int]:
    """Lead firms of which something is to be said: with a region those that are there, or buy
    there."""
    keys = np.array(sorted(leads), dtype=np.int64)
    if ask.region is not None:
        there = np.isin(located(net, keys), net.places.inside(ask.region))
        keys = keys[there | np.isin(keys, rows.customer)]
    return [int(k) for k in keys]


def _most_dependent(mine: Sales, ask: Ask) -> Sales:
    """Those of the suppliers that depend on their customer, the most dependent first."""
    hang = mine.keep(np.nan_to_num(mine.share) >= ask["lead-dependence.share"])
    return hang.keep(np.argsort(-hang.share, kind="stable"))


def _found(
    seen: Hanging, i: int, k: int, lead: str, ask: Ask, mine: Sales, hang: Sales, near: Local
) -> Found:
    counts = {
        "suppliers": int(seen.suppliers[i]),
        "known": int(seen.known[i]),
        "dependent": int(seen.dependent[i]),
        "largest": float(hang.share[0]),
    }
    who = hang.supplier[:SHOWN].tolist()
    severity = float(seen.severity[i])
    return Found(
        subject=k,
        severity=severity,
        order=(float(seen.dependent[i]),),
        action=Action.SECURE,
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
        evidence=tuple(Rows("SUPPLIES", of=w, to=k) for w in hang.supplier.tolist()),
        steps=lambda: derivation.steps(k, mine, hang, severity),
    )


def _unknown(seen: Hanging, i: int, k: int, ask: Ask, near: Local) -> Unknown | None:
    """A lead firm of which too few shares are known to say that it is none, or is one."""
    wanted, silent = int(ask["lead-dependence.suppliers"]), int(seen.suppliers[i] - seen.known[i])
    few = bool(seen.known[i] < wanted)
    if seen.severity[i] > 0 or not (few or seen.dependent[i] + silent >= wanted):
        return None
    counts = {
        "suppliers": int(seen.suppliers[i]),
        "known": int(seen.known[i]),
        "enough": wanted - int(seen.known[i] if few else seen.dependent[i]),
    }
    return Unknown(
        ("SUPPLIES.share",) if counts["suppliers"] else ("SUPPLIES",),
        subject=k,
        values={**counts, **near.values},
        text="lead.few",
        says={**counts, "local": near.clause},
        enough=Enough(wanted - counts["enough"], wanted, "lead.what-shares"),
    )


def _kind(net: Network, chain: int | None) -> str:
    """The kind of the chain that a firm leads; industry for one that leads none."""
    if chain is None:
        return "industry"
    (at,) = np.flatnonzero(net.chains.keys == chain)
    return net.chains.kinds[int(at)]


def _stable(net: Network, ask: Ask, rows: Sales, customers: Ints, found: Bools) -> Drawn:
    """How often each is still found with a tenth of the supplies gone, and in which place."""
    drawn = Drawn()
    for draw in range(draws_of(len(rows), ask) if found.any() else 0):
        some = np.random.default_rng((seed(net), draw)).random(len(rows))
        less = hanging(rows.keep(some >= ask["stability.removed"]), customers, ask)
        drawn.add(less.severity, less.dependent.astype(np.float64))
    return drawn


METHOD = Method("lead-dependence", family="scarcity", version="1", find=_find, regional=True)
