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
    density, 0 to 1. Candidates are actors here that provide the nearest links. Stability is the
    share of draws without a tenth of the relations in which it is still found; a large record has
    none.
Not assessed
    A link whose providers that are counted and not named, or have no place, may well be here: each
    is with the chance with which those of its chain sit here who have a place. Found are the links
    with the least such chance, as many as on average are wrong with no more than `mismatch.false`
    (the mean of the chances is the expected part of false ones; Newton et al. 2004), and none that
    is as likely here as not. A link that no provider shares with another.
Needs
    NEEDS or REQUIRES, PROVIDES, LOCATED_IN, and `--region` or `--home`.
Reference
    C. A. Hidalgo, B. Klinger, A.-L. Barabási, R. Hausmann, "The product space conditions the
    development of nations", Science 317 (2007). M. A. Newton, A. Noueiry, D. Sarkar, P. Ahlquist,
    "Detecting differential gene expression with a semiparametric hierarchical mixture method",
    Biostatistics 5 (2004).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from graph.gaps.demand import needed_by
from graph.gaps.derivation import mismatch as derivation
from graph.gaps.method import Action, Ask, Enough, Found, Here, Method, Node, Rows, Unknown
from graph.gaps.relatedness import density, nearest, proximity
from graph.gaps.scarcity import covered, silent
from graph.gaps.stability import Ranks, seed
from graph.network import Network
from graph.network.source import Bools, Floats, Ints


@dataclass(frozen=True)
class Reach:
    """What is near to what is made here; `asked` are the links that are needed and open, `inputs`
    how many links made here require each."""

    seen: derivation.Seen
    inputs: Ints
    asked: Bools

    @property
    def found(self) -> Bools:
        near = np.nan_to_num(self.seen.near)
        return np.asarray(self.asked & (near > 0) & (near >= self.seen.middle))


def _reach(net: Network, where: Here, users: Ints) -> Reach | None:
    """None where nothing is near to anything."""
    made, elsewhere = covered(net.within(where.regions)), covered(net)
    inputs = np.bincount(net.requires.t[made[net.requires.f]], minlength=len(net))
    open_links = elsewhere & ~made
    phi = proximity(net)
    if phi is None:
        return None
    near = density(phi, made)
    middle = float(np.nanmedian(near[open_links])) if np.isfinite(near[open_links]).any() else 0.0
    seen = derivation.Seen(phi, made, near, open_links, middle)
    return Reach(seen, inputs, ((users > 0) | (inputs > 0)) & open_links)


def _stable(net: Network, ask: Ask, where: Here, users: Ints) -> tuple[Floats, Ranks, int]:
    """How often each link is found again with a tenth of the relations gone, and in which place.

    Not at all where the record is so large that fewer draws fit than say anything: what is near to
    what takes as long each time as all the rest.
    """
    kept, places = np.zeros(len(net)), Ranks()
    rows = len(net.supply) + len(net.requires) + len(net.variants)
    fit = int(ask["stability.rows"] // (DEAR * max(rows, 1)))
    count = int(min(ask["stability.draws"], fit)) if fit >= ask["stability.draws_min"] else 0
    for draw in range(count):
        less = _reach(net.thinned(ask["stability.removed"], (seed(net), draw)), where, users)
        again = np.flatnonzero(less.found).tolist() if less is not None else []
        kept[again] += 1
        if less is not None:
            hang = users + less.inputs
            places.add({i: (float(less.seen.near[i]), float(hang[i])) for i in again})
    return kept, places, count


DEAR = 5
"""How much dearer a row is here than in a measure that only counts rows."""


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    where = ask.here(net)
    if where is None:
        lacking = ("--region", "--home") if ask.home_name is None else ("LOCATED_IN",)
        enough = None if ask.home_name is None else Enough(0, 1, "actors-home")
        text = "no-place" if ask.home_name is None else "home-absent"
        yield Unknown(lacking, text=text, enough=enough)
        return
    users = needed_by(net, where.regions)
    whole = _reach(net, where, users)
    if whole is None:
        missing = ("PROVIDES", "REQUIRES")
        yield Unknown(missing, text="mismatch-unknown", enough=Enough(0, 1, "actors-of-two"))
        return
    here, seen, inputs = net.within(where.regions), whole.seen, whole.inputs
    phi, near, middle = seen.phi, seen.near, seen.middle
    placed = float((net.places.region_of[net.supply.who] >= 0).mean()) if len(net.supply) else 0.0
    kept, places, count = _stable(net, ask, where, users)
    maybe = hidden(net, here, where, ask.home_country)
    sure = sure_enough(maybe, whole.found, ask["mismatch.false"])
    for link in np.flatnonzero(whole.asked).tolist():
        k = int(net.links[link])
        if np.isnan(near[link]):
            yield Unknown(
                ("PROVIDES",),
                subject=k,
                text="mismatch-unknown-link",
                enough=Enough(0, 1, "providers-of-more"),
            )
        elif whole.found[link] and not sure[link]:
            yield Unknown(
                ("PROVIDES",),
                subject=k,
                values={"unnamed": int(net.unnamed[link]), "chance": float(maybe[link])},
                text="mismatch-unnamed",
                says={"chance": float(maybe[link])},
            )
        elif whole.found[link]:
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
                stability=float(kept[link] / count) if count else None,
                rank_range=places.range(link),
                evidence=(Rows("NEEDS", to=k), Rows("REQUIRES", to=k), Rows("PROVIDES", to=k)),
                candidates=tuple(_candidates(here, phi, link)),
                steps=partial(
                    derivation.steps, net, where, seen, link, int(users[link]), int(inputs[link])
                ),
            )
    yield from silent(net)


def sure_enough(chance: Floats, asked: Bools, false: float) -> Bools:
    """Those of `asked` with the least chance of being wrong, so many that it is `false` on average.

    >>> asked = np.array([True, True, True, False])
    >>> sure_enough(np.array([0.4, 0.0, 0.1, 0.0]), asked, 0.2).tolist()
    [True, True, True, False]
    >>> sure_enough(np.array([0.4, 0.0, 0.1, 0.0]), asked, 0.1).tolist()
    [False, True, True, False]
    """
    at = np.flatnonzero(asked & (chance < 0.5))
    at = at[np.argsort(chance[at], kind="stable")]
    mean = np.cumsum(chance[at]) / np.arange(1, len(at) + 1)
    sure = np.zeros(len(asked), dtype=np.bool_)
    sure[at[mean <= false]] = True
    return sure


def hidden(net: Network, here: Network, where: Here, home: int | None) -> Floats:
    """The chance that one of a link's providers that are counted and not named, or named without a
    place, sits here.

    Of those in the country each sits here as often as those of its chain that have a place. How
    many are in the country is told by what it supplies, as stated or by 国产化率, beyond those who
    are known to sit there, against all that no place is known of; else by the chain again.
    """
    n = int(net.chain_label.max(initial=0)) + 1
    rows, places, label = net.supply, net.places, net.chain_label
    at = places.region_of[rows.who] >= 0
    mine = np.unique(places.country[where.regions])
    country = int(mine[0]) if len(mine) == 1 else -1
    inside = at & (places.country_of[rows.who] == country) if country >= 0 else at
    every, ours, domestic = (
        np.bincount(label[link], minlength=n)
        for link in (rows.link[at], here.supply.link, rows.link[inside])
    )
    near = (ours / np.maximum(domestic, 1))[label]
    within = (domestic / np.maximum(every, 1))[label]
    if country >= 0:
        part = _domestic(net, country, at, inside, home)
        within = np.where(np.isnan(part), within, part)
    away = ~at & ~net.placeholder[rows.who]
    unplaced = np.bincount(rows.link[away], minlength=len(net))
    return np.asarray(1 - (1 - within * near) ** (net.unnamed + unplaced), dtype=np.float64)


def _domestic(net: Network, country: int, placed: Bools, inside: Bools, home: int | None) -> Floats:
    """Of the supply of each link of which no place is known, the part that is the country's; NaN
    where that is not said, or hardly any is left."""
    n, rows, stated = len(net), net.supply, net.stated
    mine = net.places.is_country[stated.who] & (net.places.country[stated.who] == country)
    mine &= ~np.isnan(stated.share)
    said = np.bincount(stated.link[mine], stated.share[mine], n).astype(np.float64)
    said[np.bincount(stated.link[mine], minlength=n) == 0] = np.nan
    if country == home:
        said = np.where(np.isnan(said), net.localisation, said)
    share = np.nan_to_num(rows.share)
    known = np.bincount(rows.link[placed], share[placed], n)
    there = np.bincount(rows.link[inside], share[inside], n)
    left = 1 - known
    part = np.where(left > LEFT, (said - there) / np.maximum(left, LEFT), np.nan)
    return np.clip(part, 0, 1)


LEFT = 0.05
"""Of less than this part of a supply it says nothing where the rest comes from."""


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
    "mismatch", family="scarcity", version="3", find=_find, viewpoint=True, regional=True
)
