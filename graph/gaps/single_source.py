"""single-source 独家供应: a link with one provider, or one that holds at least 95%.

Definition
    A link is single-source where one actor's share s₁ is at least `single-source.share`. Shares
    are completed as in `graph.network.shares`: an only provider without a share holds all, one
    beside providers that a source calls minor holds all but 1% each. Without a stated share
    nothing may say that there are more: no placeholder ("Various"), no supply stated of a second
    country. A link without provider rows of its own is supplied by the providers of its kinds.
    Where one more is counted (`provider_count`) than is named, that one holds what the stated
    shares of the others leave: it is found as well, without a name.
Value
    `top_share` s₁ (null where none is stated), `holders`, the providers known. Severity is
    s₁; equal ones are ordered by the final output that falls with the link.
Not assessed
    An only provider without a stated share where more are counted than named, or where nothing is
    said of their number and the record leaves out more than `listed.lost` (`graph.gaps.listed`).
Needs
    PROVIDES from actors; Product.provider_count. Confidence falls where the record names few
    providers for any link.
Reference
    The sole-supplier test of supply-risk studies; the bound is a setting.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np

from graph.gaps.derivation import single_source as derivation
from graph.gaps.listed import listed
from graph.gaps.loss import losses
from graph.gaps.method import Action, Ask, Enough, Found, Knock, Method, Node, Rows, Unknown
from graph.gaps.scarcity import density, silent, single, unlisted
from graph.network import Network
from graph.network.source import Floats


def _score(net: Network, ask: Ask) -> dict[str, Floats]:
    return {"": single(ask.within(net), ask)}


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    here = ask.within(net)
    market, usual = here.market, density(here)
    severity, rest = single(here, ask), listed(here, ask).rest
    left = np.where(rest >= ask["single-source.share"], rest, 0.0)
    loss = losses(net, ask, severity, counted=False)
    for link in ask.leading(severity, loss.worth):
        if left[link] > 0:
            yield _nameless(here, link, float(left[link]), float(loss.worth[link]))
            continue
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
    for link in np.flatnonzero(unlisted(here, ask)).tolist():
        yield _unclear(here, ask, link)
    yield from silent(net)


def _nameless(net: Network, link: int, share: float, worth: float) -> Found:
    """One more is counted than named, and holds nearly all."""
    k = int(net.links[link])
    return Found(
        subject=k,
        severity=share,
        order=(worth,),
        action=Action.SECURE,
        values={"top_share": share, "holders": int(net.market.count[link]), "holder": None},
        text="single-source-counted",
        says={"share": share, "counted": int(net.counted[link])},
        coverage=0.5,
        reasons=(("scarcity.reason-counted", {}),),
        evidence=(*(Rows(cls, of=k) for cls in net.source.schema.links), Rows("PROVIDES", to=k)),
        knock=Knock(links=(k,)),
    )


def _unclear(net: Network, ask: Ask, link: int) -> Unknown:
    seen, named = listed(net, ask), int(net.market.count[link])
    counted, lost = int(net.counted[link]), seen.lost
    return Unknown(
        ("PROVIDES", "Product.provider_count"),
        subject=int(net.links[link]),
        values={"providers": named, "counted": counted if counted >= 0 else None, "lost": lost},
        text="single-source-counted-more" if counted >= 0 else "single-source-unlisted",
        says={"counted": counted, "lost": lost},
        enough=Enough(named, max(counted, named + 1), "providers-named"),
    )


METHOD = Method(
    "single-source", family="scarcity", version="2", find=_find, score=_score, regional=True
)
