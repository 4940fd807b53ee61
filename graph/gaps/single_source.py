"""single-source 独家供应: a link with one provider, or one that holds at least 95%.

Definition
    A link is single-source where one actor's share s₁ is at least `single-source.share`, or where
    exactly one actor is known to supply it, without a share that leaves room for others and
    without a placeholder ("Various") that stands for them. A link without provider rows of its
    own is supplied by the providers of its kinds (VARIANT_OF).
Value
    `top_share` s₁ (0 to 1, null where none is stated) and `holders`, the number of providers
    known. Severity is s₁, 1 for an only provider.
Needs
    PROVIDES from actors. Confidence falls where the record names few providers for any link.
Reference
    The sole-supplier test of supply-risk studies; the bound is a setting.
"""

from collections.abc import Iterator

import numpy as np

from graph.gaps.method import Action, Ask, Found, Knock, Method, Node, Rows, Unknown
from graph.network import Network
from graph.network.source import Floats


def _severity(net: Network, ask: Ask) -> Floats:
    market = net.market
    only = (market.count == 1) & np.isnan(market.top_share) & ~market.others
    nearly = market.top_share >= ask["single-source.share"]
    return np.where(only, 1.0, np.where(nearly, market.top_share, 0.0))


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    market = net.market
    severity = _severity(net, ask)
    for link in np.flatnonzero(severity).tolist():
        holder = int(net.actors[market.top[link]])
        stated = not np.isnan(market.top_share[link])
        yield Found(
            subject=int(net.links[link]),
            severity=float(severity[link]),
            action=Action.SECURE,
            values={
                "top_share": float(market.top_share[link]) if stated else None,
                "holders": int(market.count[link]),
                "holder": Node(holder),
            },
            text="single-source" if stated else "single-source-only",
            says={"holder": Node(holder), "share": float(severity[link])},
            evidence=(Rows("PROVIDES", to=int(net.links[link])),),
            knock=Knock(providers=(holder,)),
        )


def _score(net: Network, ask: Ask) -> dict[str, Floats]:
    return {"": _severity(net, ask)}


METHOD = Method("single-source", family="scarcity", version="1", find=_find, score=_score)
