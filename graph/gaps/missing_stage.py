"""missing-stage 缺失环节: a link that others require and nobody provides.

Definition
    A link is missing where something needs it (another link REQUIRES it, alone or in a group of
    alternatives of which none has a provider; or it is a stage with a place in a chain, or is said
    to have 0 providers, `provider_count`, in a chain of which it is no final product, no kind of
    another link, and nobody's input on record), no
    provider is on record, no placeholder or whole place stands for one, and no kind of it
    (VARIANT_OF) and nothing that is part of it has a provider. With `--region` only providers in
    that region count, and those elsewhere are said.
Value
    `required_by`, the number of links that need it; `elsewhere`, providers outside the region.
    Severity is (1 + s) / 2 with s the share of its chain's final output (of all final output,
    where the chain has no name) that cannot be had without it, 0.5 to 1.
Not assessed
    A link of a chain where fewer than `missing-stage.coverage` of the links name a provider: there
    the record is thin rather than the industry. A step whose stage has providers as a whole. A link
    of which providers are counted (`provider_count`) and not named. One of which no number is said
    where the record leaves out so many providers (`graph.gaps.listed`) that more than
    `absence.false` of such links lost theirs (`graph.gaps.listed.false_nones`).
Needs
    REQUIRES, PRECEDES or PART_OF_CHAIN; PROVIDES.
"""

import math
from collections.abc import Iterator
from functools import partial

import numpy as np

from graph.gaps.derivation import missing_stage as derivation
from graph.gaps.listed import listed
from graph.gaps.loss import losses
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Knock, Method, Rows, Unknown
from graph.gaps.scarcity import coverage, covered, required, through_stage
from graph.network import Network
from graph.network.impact import Engine
from graph.network.source import Bools, Floats


def _missing(net: Network, ask: Ask) -> tuple[Bools, Bools, Floats]:
    """Links that are missing, those that may be, and the coverage of each link's chain."""
    here = ask.within(net)
    has = covered(here)
    part = coverage(net, covered(net))
    gone = required(net, has) & ~has
    thin = part < ask["missing-stage.coverage"]
    unclear = gone & (thin | (part == 0) | through_stage(here, has))
    unclear |= gone & _unlisted(here, ask, gone)
    return gone & ~unclear, unclear, part


def _unlisted(net: Network, ask: Ask, gone: Bools) -> Bools:
    """Links whose providers are counted, or may well have been lost from the record."""
    seen = listed(net, ask)
    silent = ~seen.counted
    lost = seen.false_nones(net.market.count[silent])
    many = lost > ask["absence.false"] * max(int((silent & gone).sum()), 1)
    return (net.counted > 0) | (silent & many)


def _severity(net: Network, ask: Ask, missing: Bools) -> tuple[Floats, Floats]:
    """Severity, and the value of the final outputs that fall with each link."""
    users = np.bincount(net.requires.t, minlength=len(net)).astype(np.float64)
    loss = losses(net, ask, np.where(missing, 1 + users, 0.0), counted=False)
    total = Engine(net).total()
    named = np.bincount(net.component[net.chains.of_link >= 0], minlength=len(total)) > 0
    whole = np.where(named, total, total.sum())[net.component]
    share = loss.worth / np.maximum(whole, 1e-12)
    return np.where(missing, (1 + np.clip(share, 0, 1)) / 2, 0.0), loss.worth


def _score(net: Network, ask: Ask) -> dict[str, Floats]:
    return {"": np.where(_missing(net, ask)[0], 0.5, 0.0)}


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    missing, unclear, part = _missing(net, ask)
    severity, worth = _severity(net, ask, missing)
    here = ask.within(net)
    whole = through_stage(here, covered(here))
    users = np.bincount(net.requires.t, minlength=len(net))
    for link in ask.leading(severity, worth, users.astype(np.float64)):
        k = int(net.links[link])
        elsewhere = int(net.market.count[link])
        yield Found(
            subject=k,
            severity=float(severity[link]),
            order=(float(worth[link]), float(users[link])),
            action=Action.ADD,
            values={"required_by": int(users[link]), "providers": 0, "elsewhere": elsewhere},
            says={
                "users": int(users[link]),
                "where": Clause("scarcity.elsewhere", {"count": elsewhere})
                if ask.region is not None
                else "",
            },
            coverage=float(part[link]),
            evidence=(Rows("REQUIRES", to=k), Rows("PART_OF_CHAIN", of=k), Rows("PRECEDES", of=k)),
            knock=Knock(links=(k,)),
            steps=partial(derivation.steps, net, ask, link, float(severity[link])),
        )
    size = np.bincount(net.chain_label)[net.chain_label]
    for link in np.flatnonzero(unclear).tolist():
        need = math.ceil(ask["missing-stage.coverage"] * int(size[link]))
        have = round(float(part[link]) * int(size[link]))
        if not whole[link] and part[link] >= ask["missing-stage.coverage"]:
            yield _left_out(here, ask, link)
            continue
        yield Unknown(
            ("PROVIDES",),
            subject=int(net.links[link]),
            values={"chain_coverage": float(part[link])},
            text="missing-stage-whole" if whole[link] else "missing-stage-thin",
            says={"part": float(part[link])},
            enough=Enough(0, 1, "providers-of-step")
            if whole[link]
            else Enough(have, max(need, 1), "links-provided"),
        )


def _left_out(net: Network, ask: Ask, link: int) -> Unknown:
    """Providers are counted and not named, or many are left out of the record."""
    counted, lost = int(net.counted[link]), listed(net, ask).lost
    return Unknown(
        ("PROVIDES", "Product.provider_count"),
        subject=int(net.links[link]),
        values={"counted": counted if counted >= 0 else None, "lost": lost},
        text="missing-stage-counted" if counted > 0 else "missing-stage-unlisted",
        says={"counted": counted, "lost": lost},
        enough=Enough(0, max(counted, 1), "providers-named"),
    )


METHOD = Method(
    "missing-stage", family="scarcity", version="2", find=_find, score=_score, regional=True
)
