"""mismatch 供需错配: needed here, provided elsewhere, and within reach of what is known here.

Definition
    A link is a target for 补链 here (`--region`, else `--home`) where
    1. somebody here needs it (NEEDS by an actor here or by the region), or a link that is provided
       here requires it;
    2. nobody here provides it, and somebody elsewhere does;
    3. its relatedness density here is above 0 and at least the median over all links that are
       provided elsewhere but not here.
    Density of link i: Σⱼ φᵢⱼ·Mⱼ / Σⱼ φᵢⱼ over links j, Mⱼ = 1 where j is provided here.
    φᵢⱼ = min(P(i|j), P(j|i)) is the proximity of two links: how often who provides one provides the
    other. In a record where no actor provides two links, links are near when they share a
    neighbour in the chain (an input, a user, a parent) in the same sense.
Value
    `density`, `median`, `needed_by` (actors), `required_by` (links made here). Severity is the
    density, 0 to 1. Candidates are actors here that provide the nearest links.
Needs
    NEEDS or REQUIRES, PROVIDES, LOCATED_IN, and `--region` or `--home`.
Reference
    C. A. Hidalgo, B. Klinger, A.-L. Barabási, R. Hausmann, "The product space conditions the
    development of nations", Science 317 (2007).
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from graph.gaps.demand import needed_by
from graph.gaps.derivation import mismatch as derivation
from graph.gaps.method import Action, Ask, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.relatedness import density, nearest, proximity
from graph.gaps.scarcity import covered, silent
from graph.network import Network


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    where = ask.here(net)
    if where is None:
        lacking = ("--region", "--home") if ask.home_name is None else ("LOCATED_IN",)
        enough = None if ask.home_name is None else Enough(0, 1, "actors-home")
        text = "no-place" if ask.home_name is None else "home-absent"
        yield Unknown(lacking, text=text, enough=enough)
        return
    here = net.within(where.regions)
    made, elsewhere = covered(here), covered(net)
    users = needed_by(net, where.regions)
    inputs = np.bincount(net.requires.t[made[net.requires.f]], minlength=len(net))
    wanted = (users > 0) | (inputs > 0)
    open_links = elsewhere & ~made
    phi = proximity(net)
    if phi is None:
        missing = ("PROVIDES", "REQUIRES")
        yield Unknown(missing, text="mismatch-unknown", enough=Enough(0, 1, "actors-of-two"))
        return
    near = density(phi, made)
    placed = float((net.places.region_of[net.supply.who] >= 0).mean()) if len(net.supply) else 0.0
    middle = float(np.nanmedian(near[open_links])) if np.isfinite(near[open_links]).any() else 0.0
    seen = derivation.Seen(phi, made, near, open_links, middle)
    for link in np.flatnonzero(wanted & open_links).tolist():
        k = int(net.links[link])
        if np.isnan(near[link]):
            yield Unknown(
                ("PROVIDES",),
                subject=k,
                text="mismatch-unknown-link",
                enough=Enough(0, 1, "providers-of-more"),
            )
        elif 0 < near[link] >= middle:
            yield Found(
                subject=k,
                severity=float(near[link]),
                order=(float(users[link] + inputs[link]),),
                action=Action.ADD,
                values={
                    "density": float(near[link]),
                    "median": middle,
                    "needed_by": int(users[link]),
                    "required_by": int(inputs[link]),
                    "providers_elsewhere": int(net.market.count[link]),
                },
                says={
                    "place": where.name,
                    "users": int(users[link]),
                    "inputs": int(inputs[link]),
                    "count": int(net.market.count[link]),
                    "density": float(near[link]),
                },
                coverage=placed,
                evidence=(Rows("NEEDS", to=k), Rows("REQUIRES", to=k), Rows("PROVIDES", to=k)),
                candidates=tuple(_candidates(here, phi, link)),
                steps=partial(
                    derivation.steps, net, where, seen, link, int(users[link]), int(inputs[link])
                ),
            )
    yield from silent(net)


def _candidates(here: Network, phi: Any, link: int) -> Iterator[dict[str, Any]]:
    """Who here provides what is nearest to the link."""
    for other, how_near in nearest(phi, link, here.market.count > 0):
        rows = np.flatnonzero(here.market.supply.link == other)[:1]
        for who in here.market.supply.who[rows].tolist():
            yield {
                "id": Node(int(here.actors[who])),
                "provides": Node(int(here.links[other])),
                "proximity": how_near,
            }


METHOD = Method(
    "mismatch", family="scarcity", version="1", find=_find, viewpoint=True, regional=True
)
