"""thin-stage 薄弱环节: a link that few can supply.

Definition
    A link is thin where it has a provider but fewer than `thin-stage.providers` (3) capable ones
    (those that are counted by `provider_count` and not named are taken to be capable),
    or where the robust z of its count within its chain, (n − median) / (1.4826 · MAD), is below
    `thin-stage.z` (−2). Capable is who is in production and whom no source calls minor. A count:
    how the shares lie is said by `concentrated`.
Precedence
    A link that is missing, single-source or concentrated at the level of actors is not said again.
Value
    `providers`, `usual` (the median of its chain), `z`. Severity is the larger of 1/n and
    1 − n/median, 0 to 1; equal ones are ordered by what falls with the link.
Needs
    PROVIDES; Product.provider_count. A placeholder ("Various") means that there are more, and so do
    shares of all that come to less than 1: then it is not assessed. Nor is a link of which neither
    number nor shares are said in a record that leaves out more than `listed.lost` of the providers
    (`graph.gaps.listed`).
"""

from collections.abc import Iterator
from functools import partial

import numpy as np

from graph.gaps.derivation import thin_stage as derivation
from graph.gaps.listed import listed
from graph.gaps.loss import losses
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Knock, Method, Rows, Unknown
from graph.gaps.scarcity import (
    capable,
    concentrated,
    density,
    robust_z,
    silent,
    single,
    thin,
    unlisted,
)
from graph.network import Network
from graph.network.source import Floats


def _severity(net: Network, ask: Ask) -> Floats:
    first = (single(net, ask) > 0) | (concentrated(net, ask) > 0)
    return np.where(first, 0.0, thin(net, ask))


def _score(net: Network, ask: Ask) -> dict[str, Floats]:
    return {"": _severity(ask.within(net), ask)}


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    here = ask.within(net)
    market, usual, z = here.market, density(here), robust_z(here)
    able, seen = capable(here, ask), listed(here, ask)
    severity, wanted = _severity(here, ask), ask["thin-stage.providers"]
    loss = losses(net, ask, severity, counted=False)
    for link in ask.leading(severity, loss.worth):
        k, n = int(net.links[link]), int(able[link])
        few = n < wanted
        reasons = (("scarcity.reason-few", {"usual": float(usual[link])}),)
        yield Found(
            subject=k,
            severity=float(severity[link]),
            order=(float(loss.worth[link]),),
            action=Action.STRENGTHEN,
            values={
                "providers": n,
                "minor": int(market.count[link] - market.capable[link]),
                **({"unnamed": int(seen.unnamed[link])} if seen.unnamed[link] else {}),
                "usual": float(usual[link]),
                "z": float(z[link]),
            },
            text="thin-stage" if few else "thin-stage-z",
            says={
                "n": n,
                "usual": float(usual[link]),
                "z": float(np.nan_to_num(z[link])),
                "minor": Clause(
                    "scarcity.and-minor", {"n": int(market.count[link] - market.capable[link])}
                )
                if market.count[link] > market.capable[link]
                else "",
            },
            coverage=float(min(1.0, usual[link] / wanted)),
            reasons=reasons if usual[link] < wanted else (),
            evidence=(Rows("PROVIDES", to=k),),
            knock=Knock(links=(k,)),
            steps=partial(derivation.steps, here, ask, link, float(severity[link])),
        )
    open_end = (market.count > 0) & (market.capable < wanted) & (able < wanted)
    open_end &= market.others | (seen.open & ~seen.counted & ~unlisted(here, ask))
    open_end &= (single(here, ask) == 0) & (concentrated(here, ask) == 0)
    for link in np.flatnonzero(open_end).tolist():
        yield Unknown(
            ("PROVIDES",),
            subject=int(net.links[link]),
            values={"providers": int(market.capable[link])},
            text="thin-stage-unknown" if market.others[link] else "thin-stage-unlisted",
            says={"lost": seen.lost},
            enough=Enough(int(market.capable[link]), int(wanted), "providers-named"),
        )
    yield from silent(net)


METHOD = Method(
    "thin-stage", family="scarcity", version="2", find=_find, score=_score, regional=True
)
