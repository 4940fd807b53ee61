"""specialisation 专业化: what a region is specialised in, and is weak there or goes no further.

Definition
    The location quotient of link l in the region asked for (`--region`, else `--home` where it is a
    region) is LQ = (x_rl / x_r) / (x_l / x): x_rl of the link in the region, x_r of its whole chain
    in the region, x_l and x the same in the country that the region lies in, region included; for
    a country, in all countries of the record. x are employees of the providers where
    `specialisation.known` of the providers, here and elsewhere, state them, else their revenue
    where that is stated so, each in equal parts over what the firm provides; else providers are
    counted (`x` says which). Specialised is LQ of at least `specialisation.lq` with more providers
    here than chance would put (q < `specialisation.q`). Such a link is found
    1. for 强链 where it is weak here: one provider or nearly all with one, HHI of at least
       `concentrated.hhi`, or thin (as single-source, concentrated and thin-stage say, of the
       providers in the region);
    2. for 延链 where what comes next (links that require it, or what it is a kind of, and the stage
       after it) is made elsewhere and nothing of it here.
    Where both hold, the work is 强链, and the text says both.
Chance
    Of N provisions of the chain K are here, and n are of the link: that at least as many of these
    are here as there are has the hypergeometric p. q is p after Benjamini and Hochberg over all
    links compared. One large firm makes no specialised region: providers are drawn, not x.
Value
    `lq`, `x`, `here`, `link`, `chain_here`, `chain` (the four x), `providers_here`, `providers`,
    `p`, `q`, `weak` (single, concentrated, thin or None), `weakness` (0 to 1, the severity of that
    measure here), `next_steps`, `next_here`. Severity is (1 − 1/LQ) · d: the part of the link here
    that goes beyond the region's usual share, times d, which is 1 where the next step is absent,
    else the weakness. 0 to 1. Coverage is the share of the chain's providers of which it is known
    whether they sit in the region; stability as for all measures of links.
    Regions are compared within one chain, with the country they lie in, on one day.
Not assessed
    No region asked for. A chain with fewer than `specialisation.firms` providers here or elsewhere
    (no reference totals), with less than `specialisation.placed` of them placed, or where less
    than `specialisation.band` of the links made here are recorded elsewhere at all: then the
    record is of the region, and no comparison. A link of fewer than `specialisation.firms`
    providers, or whose quotient chance may explain: with how many providers would settle it.
Needs
    PROVIDES, LOCATED_IN, `--region`; REQUIRES or PRECEDES for 延链. Firm.employees or revenue.
Reference
    P. S. Florence, Investment, Location and Size of Plant, 1948; of countries Balassa, The
    Manchester School 33, 1965; the test: O'Donoghue and Gleave, Regional Studies 38, 2004.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np

from graph.gaps.derivation import specialisation as derivation
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.quotient import MOST, Quotient, enough, quotient
from graph.gaps.scarcity import concentrated, covered, single, thin, through_stage
from graph.network import Network
from graph.network.onwards import onwards
from graph.network.source import Bools, Floats, Ints

WEAK = ("single", "concentrated", "thin")


@dataclass(frozen=True)
class Judged:
    """Per link: its quotient, which of `WEAK` it is here (-1: none) and how much, and how many
    next steps it has and has here; `open` where what comes next is made elsewhere alone. `there`
    is the network of the region."""

    there: Network
    seen: Quotient
    weak: Ints
    weakness: Floats
    steps: Ints
    steps_here: Ints
    steps_elsewhere: Ints
    open: Bools

    @property
    def wanted(self) -> Bools:
        """Links of which something would be said if the region is specialised in them."""
        return (self.weakness > 0) | self.open

    def severity(self, ask: Ask) -> Floats:
        seen = self.seen
        special = (seen.lq >= ask["specialisation.lq"]) & (seen.q < ask["specialisation.q"])
        beyond = 1 - 1 / np.where(special, seen.lq, 1.0)
        return np.where(special, beyond * np.where(self.open, 1.0, self.weakness), 0.0)


def _region(ask: Ask) -> int | None:
    return ask.region if ask.region is not None else ask.home_region


def judged(net: Network, ask: Ask, region: int) -> Judged:
    """What the region makes, how weak that is, and what of the next steps is there."""
    regions = net.places.inside(region)
    here = net.once(("within", region), lambda: net.within(regions))
    levels = np.stack([single(here, ask), concentrated(here, ask), thin(here, ask)])
    first = np.argmax(levels > 0, axis=0)
    weakness = np.take_along_axis(levels, first[None], 0)[0]
    has = covered(here)
    has |= through_stage(here, has)
    after = onwards(net)
    steps, inside, away = (
        np.asarray(after @ part.astype(np.float64)).astype(np.int64)
        for part in (np.ones(len(net)), has, covered(net) & ~has)
    )
    seen = quotient(net, ask, region)
    goes_no_further = (seen.firms_here > 0) & (inside == 0) & (away > 0)
    return Judged(
        here,
        seen,
        np.where(weakness > 0, first, -1),
        weakness,
        steps,
        inside,
        away,
        goes_no_further,
    )


def _score(net: Network, ask: Ask) -> dict[str, Floats]:
    region = _region(ask)
    if region is None:
        return {"": np.zeros(len(net))}
    return {"": judged(net, ask, region).severity(ask)}


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    region = _region(ask)
    if region is None:
        yield Unknown(("--region",), text="specialisation.no-region")
        return
    what = judged(net, ask, region)
    yield from _chains(net, ask, what.seen)
    severity = what.severity(ask)
    place = ask.region_label if ask.region is not None else ask.home_label
    for link in ask.leading(severity):
        yield _found(net, ask, what, link, float(severity[link]), place)
    yield from _unsettled(net, ask, what, severity)


def _found(
    net: Network, ask: Ask, what: Judged, link: int, severity: float, place: object
) -> Found:
    k, seen, weak = int(net.links[link]), what.seen, int(what.weak[link])
    kind = WEAK[weak] if weak >= 0 else None
    further = bool(what.open[link])
    numbers = {
        "lq": float(seen.lq[link]),
        "providers_here": int(seen.firms_here[link]),
        "providers": int(seen.firms[link]),
    }
    coverage = float(seen.placed[link]) * seen.known
    why = [] if kind is None else [Clause(f"specialisation.weak-{kind}")]
    onward = {"elsewhere": int(what.steps_elsewhere[link])}
    why += [Clause("specialisation.no-further", onward)] if further else []
    return Found(
        subject=k,
        severity=severity,
        order=(float(seen.lq[link]), float(seen.firms_here[link])),
        action=Action.EXTEND if kind is None else Action.STRENGTHEN,
        values={
            **numbers,
            "x": seen.unit,
            "here": float(seen.here[link]),
            "link": float(seen.link[link]),
            "chain_here": float(seen.chain_here[link]),
            "chain": float(seen.chain[link]),
            "p": float(seen.p[link]),
            "q": float(seen.q[link]),
            "weak": kind,
            "weakness": float(what.weakness[link]),
            "next_steps": int(what.steps[link]),
            "next_here": int(what.steps_here[link]),
        },
        text="specialisation.found",
        says={
            **numbers,
            "place": place,
            "unit": Clause(f"specialisation.unit-{seen.unit}"),
            "share": float(seen.here[link] / seen.chain_here[link]),
            "usual": float(seen.link[link] / seen.chain[link]),
            "why": why,
        },
        coverage=coverage,
        evidence=(Rows("PROVIDES", to=k), Rows("REQUIRES", to=k), Rows("PRECEDES", of=k)),
        candidates=tuple(_next(net, what, link)) if further else (),
        steps=lambda: derivation.steps(
            net, what.there, ask, seen, link, kind, float(what.weakness[link]), further
        ),
    )


def _next(net: Network, what: Judged, link: int, most: int = 3) -> Iterator[dict[str, object]]:
    """The next steps that are made elsewhere: those with most providers first."""
    after = net.once("onwards", lambda: onwards(net))
    steps = np.sort(after.indices[after.indptr[link] : after.indptr[link + 1]])
    count = net.market.count[steps]
    for at in np.lexsort((steps, -count))[:most]:
        if covered_elsewhere := int(count[at]):
            yield {"id": Node(int(net.links[steps[at]])), "providers": covered_elsewhere}


def _chains(net: Network, ask: Ask, seen: Quotient) -> Iterator[Unknown]:
    """Chains of which something is made here that cannot be compared, those without a name
    together."""
    least, label = int(ask["specialisation.firms"]), net.chain_label
    outside = seen.chain_firms - seen.chain_firms_here
    thin_band = seen.both < ask["specialisation.band"] * seen.made
    reasons = (
        ("few-here", seen.chain_firms_here < least, ("PROVIDES",)),
        ("unplaced", seen.placed < ask["specialisation.placed"], ("LOCATED_IN",)),
        ("no-reference", (outside < least) | thin_band, ("PROVIDES", "LOCATED_IN")),
    )
    _, first = np.unique(label, return_index=True)
    told = seen.chain_firms_here[first] == 0
    unnamed: dict[str, list[Enough]] = {}
    for name, holds, missing in reasons:
        for link in first[holds[first] & ~told].tolist():
            counts = {
                "providers_here": int(seen.chain_firms_here[link]),
                "providers_elsewhere": int(outside[link]),
                "placed": float(seen.placed[link]),
                "both": int(seen.both[link]),
                "made": int(seen.made[link]),
            }
            lacks = _lacks(ask, name, counts)
            if label[link] >= len(net.chains.keys):
                unnamed.setdefault(name, []).append(lacks)
                continue
            yield Unknown(
                missing,
                subject=int(net.chains.keys[label[link]]),
                reason="not_comparable" if name == "no-reference" else "insufficient_data",
                chain=net.chains.kinds[label[link]],
                values=counts,
                text=f"specialisation.{name}",
                says={**counts, "least": least},
                enough=lacks,
            )
        told |= holds[first]
    for name, _, missing in reasons:
        if name in unnamed:
            count = len(unnamed[name])
            yield Unknown(
                missing,
                values={"chains": count, "kind": name},
                text="specialisation.unnamed",
                says={"count": count, "why": Clause(f"specialisation.also-{name}")},
                enough=max(unnamed[name], key=lambda e: e.have / e.need),
            )


def _lacks(ask: Ask, name: str, counts: Mapping[str, float]) -> Enough:
    """What a chain that cannot be compared has, and needs."""
    least = int(ask["specialisation.firms"])
    if name == "few-here":
        return Enough(counts["providers_here"], least, "specialisation.what-here")
    if name == "unplaced":
        return Enough(counts["placed"], ask["specialisation.placed"], "specialisation.what-placed")
    if counts["providers_elsewhere"] < least:
        return Enough(counts["providers_elsewhere"], least, "specialisation.what-elsewhere")
    wanted = ceil(ask["specialisation.band"] * counts["made"])
    return Enough(counts["both"], wanted, "specialisation.what-both")


def _unsettled(net: Network, ask: Ask, what: Judged, severity: Floats) -> Iterator[Unknown]:
    """Links in which the region looks specialised, of too few providers to say so."""
    seen, least = what.seen, int(ask["specialisation.firms"])
    share = np.where(seen.chain > 0, seen.chain_here / np.where(seen.chain > 0, seen.chain, 1), 1)
    looks = seen.here > ask["specialisation.lq"] * share * seen.link
    outside = seen.chain_firms - seen.chain_firms_here
    comparable = (seen.chain_firms_here >= least) & (outside >= least)
    comparable &= seen.placed >= ask["specialisation.placed"]
    comparable &= seen.both >= ask["specialisation.band"] * seen.made
    links = np.flatnonzero(looks & comparable & what.wanted & (severity == 0))
    few = seen.firms[links] < least
    would = np.where(few, least, 0)
    shown = np.arange(len(links)) <= ask["not_assessed.top"]  # positions are in the order of ids
    asked = ~few & (shown | (ask.top == 0))
    would[asked] = enough(seen, ask, links[asked])
    for link, wanted, too_few in zip(links.tolist(), would.tolist(), few.tolist(), strict=True):
        counts = {
            "providers_here": int(seen.firms_here[link]),
            "providers": int(seen.firms[link]),
            "enough": wanted or MOST * int(seen.firms[link]),
        }
        yield Unknown(
            ("PROVIDES",),
            subject=int(net.links[link]),
            values={**counts, "p": float(seen.p[link]), "q": float(seen.q[link])},
            text="specialisation." + ("few" if too_few else "chance" if wanted else "open"),
            says=counts,
            enough=Enough(counts["providers"], counts["enough"], "specialisation.what-providers"),
        )


METHOD = Method(
    "specialisation",
    family="scarcity",
    version="1",
    find=_find,
    score=_score,
    viewpoint=True,
    regional=True,
)
