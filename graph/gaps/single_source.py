"""single-source 独家供应: a link with one provider, or one that holds at least 95%.

Definition
    A link is single-source where one actor's share s₁ is at least `single-source.share`. Shares
    are completed as in `graph.network.shares`: an only provider without a share holds all, one
    beside providers that a source calls minor holds all but 1% each. Without a stated share
    nothing may say that there are more: no placeholder ("Various"), no supply stated of a second
    country. A link without provider rows of its own is supplied by the providers of its kinds.
Value
    `top_share` s₁ (null where none is stated), `holders`, the providers known. Severity is
    s₁; equal ones are ordered by the final output that falls with the link.
Needs
    PROVIDES from actors. Confidence falls where the record names few providers for any link.
Reference
    The sole-supplier test of supply-risk studies; the bound is a setting.
"""

from collections.abc import Iterator
from functools import partial

from graph.gaps.derivation import single_source as derivation
from graph.gaps.loss import losses
from graph.gaps.method import Action, Ask, Found, Knock, Method, Node, Rows, Unknown
from graph.gaps.scarcity import density, single
from graph.network import Network
from graph.network.source import Floats


def _score(net: Network, ask: Ask) -> dict[str, Floats]:
    return {"": single(ask.within(net), ask)}


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    here = ask.within(net)
    market, usual = here.market, density(here)
    severity = single(here, ask)
    loss = losses(net, ask, severity, counted=False)
    for link in ask.leading(severity, loss.worth):
        holder, k = Node(int(net.actors[market.top[link]])), int(net.links[link])
        stated, alone = bool(market.stated[link]), bool(market.count[link] == 1)
        share = float(market.top_share[link])
        wanted = ask["thin-stage.providers"]
        reasons = (("scarcity.reason-few", {"usual": float(usual[link])}),)
        yield Found(
            subject=k,
            severity=share,
            order=(float(loss.worth[link]),),
            action=Action.SECURE,
            values={
                "top_share": share if stated else None,
                "holders": int(market.count[link]),
                "holder": holder,
            },
            text="single-source-only" if alone and not stated else "single-source",
            says={"holder": holder, "share": share},
            coverage=1.0 if stated else float(min(1.0, usual[link] / wanted)),
            reasons=() if stated or usual[link] >= wanted else reasons,
            evidence=(Rows("PROVIDES", to=k),),
            knock=Knock(providers=(holder.k,)),
            steps=partial(derivation.steps, net, here, ask, link),
        )


METHOD = Method(
    "single-source", family="scarcity", version="1", find=_find, score=_score, regional=True
)
