"""local-uptake 就地转化: little of what local universities sell goes to buyers at home.

Definition
    Of a region (each that has enough, or the one of `--region`), the contracts are what its
    universities transfer (TRANSFERS_TO with an amount, by the day of the run, no plans; sold,
    licensed or put in). rate = value to buyers in the region / value to buyers whose region is
    known. It is found where rate is below `local-uptake.share`: more leaves than stays. Amounts in
    other currencies are put into dollars; of bounds the middle counts.
What is not known
    The bounds of rate put all buyers of unknown region elsewhere, or all here (Manski 1989). Where
    even the upper is below the share, or the lower is not, the missing regions change nothing and
    none is asked for. Fewer contracts than are asked for are enough where the upper is below the
    share, and of contracts of which each stays with that chance so few would rarely stay:
    p = P(X ≤ k) < `local-uptake.chance`, X binomial of all n, k those that stay or may stay.
Value
    `rate` with its bounds `rate_lower` and `rate_upper` (all buyers of unknown region elsewhere,
    or all here), `value` (US dollars), `local_value`, `contracts`, `buyers`, `local_buyers`,
    `universities`, `peer_rate` (the median of the other regions of its level that can be judged)
    and `peers`. Severity is 1 − rate / share of the setting, 0 to 1. Coverage is the share of the
    contracts that state an amount times the share of value whose buyer's region is known.
    Stability is the share of draws without a tenth of the contracts in which it is still found.
Not assessed
    No contract of a university; a region with an amount for less than `local-uptake.known` of its
    contracts, or where it is not settled as above: with fewer than `local-uptake.contracts`, or
    with buyers whose region is known for less than `local-uptake.known` of the value. Where that
    many contracts are of universities without a known region, that is said, too: there may be
    regions of which nothing is seen.
Needs
    TRANSFERS_TO.amount from University; LOCATED_IN of universities and buyers.
Reference
    C. F. Manski, "Anatomy of the selection problem", Journal of Human Resources 24 (1989).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from graph.gaps.chance import binomial
from graph.gaps.derivation.local_uptake import derive
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.stability import Drawn, draws_of, seed
from graph.network import Network
from graph.network.contracts import Contracts, contracts
from graph.network.ragged import spread
from graph.network.source import Bools, Floats, Ints


@dataclass(frozen=True)
class Uptake:
    """Per region, by position: counts of contracts, of those with an amount and of those to buyers
    elsewhere; values in US dollars of all, of those to buyers with a known region, and of those to
    buyers in it."""

    count: Ints
    stated: Ints
    away: Ints
    value: Floats
    known: Floats
    local: Floats

    @property
    def rate(self) -> Floats:
        some = self.known > 0
        return np.where(some, self.local / np.where(some, self.known, 1), np.nan)

    @property
    def lower(self) -> Floats:
        """The rate with all buyers of unknown region elsewhere."""
        return self.local / np.where(self.value > 0, self.value, 1)

    @property
    def upper(self) -> Floats:
        """The rate with all buyers of unknown region here."""
        unknown = self.value - self.known
        return (self.local + unknown) / np.where(self.value > 0, self.value, 1)

    def chance(self, share: float) -> Floats:
        """That so few contracts may stay where each does with the chance `share`."""
        stay = (self.count - self.away).astype(np.float64)
        return binomial(stay, self.count, np.full(len(stay), share))


@dataclass(frozen=True)
class Spread:
    """A row per contract (`row`) and region that its university is in; `inside` says that its buyer
    is there, too, `placed` that it is known where the buyer is."""

    regions: int
    row: Ints
    region: Ints
    value: Floats
    placed: Bools
    inside: Bools

    def uptake(self, kept: Bools | None = None) -> Uptake:
        """Adds up the contracts of each region, or those `kept`."""
        rows = slice(None) if kept is None else kept[self.row]
        region, value = self.region[rows], np.nan_to_num(self.value[rows])
        stated = ~np.isnan(self.value[rows])
        away = self.placed[rows] & ~self.inside[rows]

        def total(weight: Floats) -> Floats:
            return np.bincount(region, weight, self.regions).astype(np.float64)

        return Uptake(
            count=np.bincount(region, minlength=self.regions),
            stated=np.bincount(region[stated], minlength=self.regions),
            away=np.bincount(region[away], minlength=self.regions),
            value=total(value),
            known=total(value * self.placed[rows]),
            local=total(value * self.inside[rows]),
        )


def spread_out(net: Network, made: Contracts) -> Spread:
    """The contracts by the region of the university and all that contain it."""
    within, n = net.places.within, len(net.places.regions)
    size = np.array([len(above) for above in within], dtype=np.int64)
    above = np.array([r for each in within for r in each], dtype=np.int64)
    start = np.cumsum(size) - size
    rows = np.flatnonzero(made.seller_region >= 0)
    seller = made.seller_region[rows]
    region = above[spread(start[seller], size[seller])] if len(rows) else rows
    row = np.repeat(rows, size[seller])
    to = made.buyer_region[row]
    holds = np.unique(np.repeat(np.arange(n), size) * n + above)
    key = to * n + region
    at = np.minimum(np.searchsorted(holds, key), max(len(holds) - 1, 0))
    inside = (to >= 0) & (holds[at] == key) if len(holds) else to >= 0
    return Spread(n, row, region, made.value[row], to >= 0, inside)


def judged(seen: Uptake, ask: Ask) -> Bools:
    """Regions of which enough is known."""
    share, least = ask["local-uptake.share"], ask["local-uptake.known"]
    amounts = (seen.stated >= least * seen.count) & (seen.known > 0)
    many = seen.count >= ask["local-uptake.contracts"]
    known = seen.known >= least * seen.value
    bounded = (seen.upper < share) | (seen.lower >= share)
    sure = (seen.upper < share) & (seen.chance(share) < ask["local-uptake.chance"])
    return np.asarray(amounts & ((many & (known | bounded)) | sure))


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    made = contracts(net, ask.settings.rates())
    rows = spread_out(net, made)
    seen = rows.uptake()
    asked = np.zeros(len(net.places.regions), dtype=np.bool_)
    asked[slice(None) if ask.region is None else ask.region] = True
    if not len(made) or not (seen.count > 0).any():
        missing = ("TRANSFERS_TO", "TRANSFERS_TO.amount") if not len(made) else ("LOCATED_IN",)
        least = {"least": int(ask["local-uptake.contracts"])}
        yield Unknown(missing, values=least, text="uptake.nothing", says=least)
        return
    enough = judged(seen, ask)
    low = asked & enough & (np.nan_to_num(seen.rate) < ask["local-uptake.share"])
    stable = _stable(net, ask, rows, len(made), asked & enough) if low.any() else Drawn()
    for region in np.flatnonzero(low).tolist():
        found = _found(net, ask, made, seen, enough, region)
        yield replace(found, **stable.said(region))
    for region in np.flatnonzero(asked & ~enough & (seen.count > 0)).tolist():
        yield _unknown(net, ask, seen, region)
    if ask.region is not None and not seen.count[ask.region]:
        yield _unknown(net, ask, seen, ask.region)
    yield from _unplaced(ask, made)


def _unplaced(ask: Ask, made: Contracts) -> Iterator[Unknown]:
    """Where the universities of many contracts have no known place."""
    placed, least = float((made.seller_region >= 0).mean()), ask["local-uptake.known"]
    if placed < least:
        says = {"part": placed, "share": least}
        enough = Enough(placed, least)
        yield Unknown(("LOCATED_IN",), values=says, text="uptake.sellers", says=says, enough=enough)


def of_region(net: Network, made: Contracts, region: int) -> Contracts:
    """The contracts of the universities in a region."""
    inside = np.zeros(len(net.places.regions) + 1, dtype=np.bool_)
    inside[net.places.inside(region)] = True
    return made.keep(inside[made.seller_region])


def _found(
    net: Network,
    ask: Ask,
    made: Contracts,
    seen: Uptake,
    enough: Bools,
    region: int,
) -> Found:
    own = of_region(net, made, region)
    here = np.isin(own.buyer_region, net.places.inside(region))
    value, known, local = (float(v[region]) for v in (seen.value, seen.known, seen.local))
    rate = local / known
    peers = enough & (np.array(net.places.level) == net.places.level[region])
    peers[region] = False
    peer = float(np.median(seen.rate[peers])) if peers.any() else None
    count, stated = int(seen.count[region]), int(seen.stated[region])
    away = own.keep(~here & (own.buyer_region >= 0))
    first = np.argsort(-np.nan_to_num(away.value), kind="stable")[:EVIDENCE]
    return Found(
        subject=int(net.places.regions[region]),
        severity=1 - rate / ask["local-uptake.share"],
        order=(value,),
        action=Action.STRENGTHEN if local else Action.ADD,
        values={
            "rate": rate,
            "rate_lower": float(seen.lower[region]),
            "rate_upper": float(seen.upper[region]),
            "value": value,
            "local_value": local,
            "contracts": count,
            "buyers": len(np.unique(own.buyer)),
            "local_buyers": len(np.unique(own.buyer[here])),
            "universities": len(np.unique(own.seller)),
            "peer_rate": peer,
            "peers": int(peers.sum()),
        },
        text="uptake.low",
        says={
            "rate": rate,
            "contracts": count,
            "universities": len(np.unique(own.seller)),
            "value": value / 1e6,
            "local": local / 1e6,
            "others": Clause("uptake.peers", {"peer": peer, "count": int(peers.sum())})
            if peer is not None
            else "",
        },
        coverage=stated / count * known / value,
        reasons=(("uptake.reason-unknown", {"part": 1 - known / value}),) if known < value else (),
        evidence=tuple(
            Rows("TRANSFERS_TO", of=int(away.seller[i]), to=int(away.buyer[i])) for i in first
        ),
        candidates=_buyers(own.keep(here)),
        steps=partial(derive, net, ask, own, here, seen, region),
    )


EVIDENCE = 10
"""The largest contracts that leave the region, named as evidence."""


def _buyers(here: Contracts) -> tuple[dict[str, object], ...]:
    """Who at home buys most: whom to ask first."""
    buyer, at = np.unique(here.buyer, return_inverse=True)
    worth = np.bincount(at, np.nan_to_num(here.value), len(buyer))
    order = np.lexsort((buyer, -worth))[:3]
    return tuple({"id": Node(int(buyer[i])), "value": float(worth[i])} for i in order)


def _unknown(net: Network, ask: Ask, seen: Uptake, region: int) -> Unknown:
    count, stated = int(seen.count[region]), int(seen.stated[region])
    value, known = float(seen.value[region]), float(seen.known[region])
    least, share = int(ask["local-uptake.contracts"]), ask["local-uptake.known"]
    part = known / value if value else 0.0
    if count < least:
        missing, text, enough = "TRANSFERS_TO", "few", Enough(count, least)
    elif stated < share * count:
        missing, text = "TRANSFERS_TO.amount", "amounts"
        enough = Enough(stated / count, share)
    else:
        missing, text, enough = "LOCATED_IN", "buyers", Enough(part, share)
    return Unknown(
        (missing,),
        subject=int(net.places.regions[region]),
        values={"contracts": count, "stated": stated, "known": part, "least": least},
        text=f"uptake.{text}",
        says={"contracts": count, "stated": stated, "known": part, "least": least, "share": share},
        enough=enough,
    )


def _stable(net: Network, ask: Ask, rows: Spread, made: int, listed: Bools) -> Drawn:
    """How often each region is still found with a tenth of the contracts gone, and in which place;
    only `listed` ones have a place."""
    drawn, share = Drawn(), ask["local-uptake.share"]
    for draw in range(draws_of(made, ask)):
        left = np.random.default_rng((seed(net), draw)).random(made)
        some = rows.uptake(left >= ask["stability.removed"])
        low = listed & (np.nan_to_num(some.rate, nan=1.0) < share)
        drawn.add(np.where(low, 1 - np.nan_to_num(some.rate) / share, 0.0), some.value)
    return drawn


METHOD = Method("local-uptake", family="absence", version="2", find=_find, chain="innovation")
