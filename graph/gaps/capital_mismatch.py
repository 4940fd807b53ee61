"""capital-mismatch 资金错配: weak links of a chain that get less of its money than their need.

Definition
    Need of a link is its score as a chokepoint (concentration of supply × value at stake, from the
    viewpoint of `--home`); of a missing stage that of a link nobody holds: c = 1. Its need share is
    its score over the sum of the scores of all links of its chain. Capital of a link is what those
    had that provide it (a planned provision too) or develop it (RAISED, INVESTS_IN, FUNDS; a round
    once, whoever took part; a policy's money not beside a grant's); who works on several links
    counts for each with an equal part. It is counted in money where an amount is stated for
    `capital-mismatch.amounts` of the events, else in events. Its capital share is that over the
    sum for the chain. mismatch = capital share − need share.
    A link is found where its need share is above that of an average link (1 / links) and its
    capital share is below `capital-mismatch.below` of it. With `--region` or `--home` only money
    to those who are there counts; a link nobody there works on is 补链, the others 强链.
Value
    `mismatch` (−1 to 1), `need_share`, `capital_share`, `need` (the score), `links` (of the chain),
    `basis` (amount or events), `capital` (US dollars or events), `recipients`, `funded` (all of the
    chain) and p, the binomial chance that so few of the `funded` work on it if money went by need.
    Severity is need · (1 − capital share / need share) · (1 − p), 0 to 1. Stability is the share of
    draws without a tenth of the relations and of the recipients in which it is still found.
    Coverage is the share of its providers in countries with capital on record (for
    `funding-hole.recorded` of their actors); 1 where only those here count.
Not assessed
    A record without capital or providers; a chain with fewer than `capital-mismatch.links` links
    that have a score, or fewer than `capital-mismatch.funded` recipients; a link all of whose
    providers are in countries without capital on record.
Needs
    PROVIDES; RAISED, INVESTS_IN or FUNDS; better with market sizes, shares and amounts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from graph.gaps.chance import binomial
from graph.gaps.chokepoint import scored
from graph.gaps.derivation.capital_mismatch import derive
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Rows, Unknown
from graph.gaps.scarcity import coverage, covered, required
from graph.gaps.stability import Drawn, draws, seed
from graph.network import Network
from graph.network.funding import Money, money, on_record
from graph.network.ragged import among, once
from graph.network.source import Bools, Floats, Ints

CAPITAL = ("RAISED", "INVESTS_IN", "FUNDS")


@dataclass(frozen=True)
class Mismatch:
    """Per link. `need` is NaN where it is not known; `label` numbers the chain of each link.

    `links` and `funded` count those of its chain that can be compared, and its recipients; `count`
    are the recipients of the link, `seen` the sum of their parts; `judged`: its chain has enough.
    """

    label: Ints
    need: Floats
    missing: Bools
    capital: Floats
    need_share: Floats
    capital_share: Floats
    links: Ints
    funded: Ints
    count: Ints
    seen: Floats
    judged: Bools
    p: Floats
    severity: Floats


def compared(net: Network, ask: Ask, paid: Money, by_amount: bool) -> Mismatch:
    """Each link against its chain. `paid` may be a part of what is on record."""
    n, label = len(net), net.chain_label
    need, missing = _need(net, ask)
    known = ~np.isnan(need)
    rows = known[paid.link]
    value = paid.part * (paid.amount if by_amount else paid.events)
    capital = np.bincount(paid.link[rows], value[rows], n).astype(np.float64)
    seen = np.bincount(paid.link[rows], paid.part[rows], n).astype(np.float64)
    size = int(label.max(initial=-1)) + 1
    total_need = np.bincount(label, np.nan_to_num(need), size)[label]
    total = np.bincount(label, capital, size)[label]
    links = np.bincount(label[known], minlength=size)[label]
    funded = _recipients(label[paid.link[rows]], paid.who[rows], size)[label]
    judged = known & (links >= ask["capital-mismatch.links"]) & (total > 0)
    judged &= funded >= ask["capital-mismatch.funded"]
    need_share = np.where(judged, need / np.where(total_need > 0, total_need, 1), np.nan)
    capital_share = np.where(judged, capital / np.where(total > 0, total, 1), np.nan)
    weak = judged & (np.nan_to_num(need_share) * links > 1)
    weak &= capital_share < ask["capital-mismatch.below"] * need_share
    p = np.full(n, np.nan)
    p[weak] = binomial(np.ceil(seen[weak] - 1e-9), funded[weak], need_share[weak])
    short = 1 - capital_share / np.where(weak, need_share, 1.0)
    return Mismatch(
        label=label,
        need=need,
        missing=missing,
        capital=capital,
        need_share=need_share,
        capital_share=capital_share,
        links=links,
        funded=funded,
        count=np.bincount(paid.link, minlength=n),
        seen=seen,
        judged=judged,
        p=p,
        severity=np.where(weak, need * short * (1 - np.nan_to_num(p)), 0.0),
    )


def _need(net: Network, ask: Ask) -> tuple[Floats, Bools]:
    """The scores of links that somebody supplies in their own name, and of missing ones."""
    seen = scored(net, ask)
    own = np.bincount(np.concatenate([net.supply.link, net.stated.link]), minlength=len(net)) > 0
    has = covered(net)
    missing = required(net, has) & ~has & (coverage(net, has) >= ask["missing-stage.coverage"])
    alone = seen.stake.w ** ask["chokepoint.w"]
    return np.where(missing, alone, np.where(own, seen.score, np.nan)), missing


def _recipients(label: Ints, who: Ints, size: int) -> Ints:
    """How many different recipients each chain has."""
    width = int(who.max(initial=0)) + 1
    return np.bincount(once(label * width + who) // width, minlength=size)


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    least = {name: int(ask[f"capital-mismatch.{name}"]) for name in ("links", "funded")}
    if not len(net.supply):
        enough = Enough(0, least["links"])
        yield Unknown(
            ("PROVIDES",), values=least, text="capital.nothing", says=least, enough=enough
        )
        return
    here = ask.here(net)
    paid = money(net, ask.settings.rates(), None if here is None else here.regions)
    if not len(paid):
        enough = Enough(0, least["funded"])
        yield Unknown(CAPITAL, values=least, text="capital.nothing", says=least, enough=enough)
        return
    stated = float(paid.stated @ paid.part) / max(float(paid.events @ paid.part), 1e-12)
    by_amount = stated >= ask["capital-mismatch.amounts"]
    seen = compared(net, ask, paid, by_amount)
    part = _recorded(net, ask, paid, seen)
    stable = _stable(net, ask, paid, by_amount, seen, part > 0)
    for link in ask.leading(np.where(part > 0, seen.severity, 0), -_gap(seen)):
        found = _found(net, ask, seen, paid, by_amount, link, float(part[link]))
        yield replace(found, **stable.said(link))
    for link in np.flatnonzero((seen.severity > 0) & (part == 0)).tolist():
        enough = Enough(0, 1, "providers-recorded")
        k = int(net.links[link])
        yield Unknown(CAPITAL, subject=k, text="capital.elsewhere", enough=enough)
    yield from _few(net, ask, seen)


def _gap(seen: Mismatch) -> Floats:
    return np.nan_to_num(seen.capital_share - seen.need_share)


def _recorded(net: Network, ask: Ask, paid: Money, seen: Mismatch) -> Floats:
    """Per link, the share of its providers in countries with capital on record."""
    if ask.here(net) is not None:
        return np.ones(len(net))
    who = net.actor_at(paid.who)
    recorded = on_record(net, who[who >= 0], ask["funding-hole.recorded"])
    rows = ~net.placeholder[net.supply.who]
    link, actor = net.supply.link[rows], net.supply.who[rows]
    all_of = np.bincount(link, minlength=len(net))
    own = np.bincount(link[recorded[actor]], minlength=len(net))
    return np.where(all_of > 0, own / np.maximum(all_of, 1), np.where(seen.missing, 1.0, 0.0))


def _found(
    net: Network,
    ask: Ask,
    seen: Mismatch,
    paid: Money,
    by_amount: bool,
    link: int,
    part: float,
) -> Found:
    k = int(net.links[link])
    rows = paid.keep(paid.link == link)
    shares = {
        "need_share": float(seen.need_share[link]),
        "capital_share": float(seen.capital_share[link]),
    }
    counts = {"recipients": len(rows), "funded": int(seen.funded[link])}
    p = float(seen.p[link])
    absent = _absent(net, ask, link) and not len(rows)
    return Found(
        subject=k,
        severity=float(seen.severity[link]),
        order=(-float(_gap(seen)[link]),),
        action=Action.ADD if absent else Action.STRENGTHEN,
        values={
            "mismatch": shares["capital_share"] - shares["need_share"],
            **shares,
            "need": float(seen.need[link]),
            "links": int(seen.links[link]),
            "basis": "amount" if by_amount else "events",
            "capital": float(seen.capital[link]),
            **counts,
            "p": p,
        },
        text="capital.mismatch",
        says={
            **shares,
            **counts,
            "basis": Clause("capital.by-amount" if by_amount else "capital.by-events"),
            "nobody": Clause("capital.nobody") if absent else "",
        },
        coverage=part,
        reasons=(("capital.reason-chance", {"p": p}),) if p > 0.05 else (),
        evidence=(
            Rows("PROVIDES", to=k),
            Rows("DEVELOPS", to=k),
            *(Rows(r, of=int(who)) for r in CAPITAL[:1] for who in rows.who[:3]),
            *(Rows(r, to=int(who)) for r in CAPITAL[1:] for who in rows.who[:3]),
        ),
        steps=partial(derive, net, seen, paid, by_amount, link),
    )


def _absent(net: Network, ask: Ask, link: int) -> bool:
    """Whether nobody here provides the link, or nobody at all where no place is asked for."""
    here = ask.here(net)
    who = net.supply.who[net.supply.link == link]
    if here is None:
        return not len(who)
    return not np.isin(net.places.region_of[who], here.regions).any()


def _few(net: Network, ask: Ask, seen: Mismatch) -> Iterator[Unknown]:
    """Chains of which too little is known; links outside any named chain together."""
    least = {
        "least_links": int(ask["capital-mismatch.links"]),
        "least_funded": int(ask["capital-mismatch.funded"]),
    }
    names = net.chains.keys
    silent = ~np.isnan(seen.need) & ~seen.judged
    for label in np.unique(seen.label[silent]).tolist():
        if label >= len(names):
            continue
        first = int(np.flatnonzero(seen.label == label)[0])
        counts = {"links": int(seen.links[first]), "funded": int(seen.funded[first])}
        few = counts["links"] < least["least_links"]
        yield Unknown(
            ("PROVIDES",) if few else CAPITAL,
            subject=int(names[label]),
            values={**counts, **least},
            text="capital.few-links" if few else "capital.few",
            says={**counts, **least},
            enough=Enough(counts["links"], least["least_links"])
            if few
            else Enough(counts["funded"], least["least_funded"]),
        )
    loose = int((silent & (seen.label >= len(names))).sum())
    if loose:
        values = {"links": loose, **least}
        yield Unknown(("PART_OF_CHAIN",), values=values, text="capital.loose", says=values)


def _stable(
    net: Network, ask: Ask, paid: Money, by_amount: bool, seen: Mismatch, listed: Bools
) -> Drawn:
    """How often each link is still found with a tenth of relations and recipients gone, and in
    which place; only `listed` ones have a place."""
    drawn = Drawn()
    removed, people = ask["stability.removed"], once(paid.who)
    for draw in range(draws(net, ask) if (seen.severity > 0).any() else 0):
        thinned = net.thinned(removed, (seed(net), draw))
        left = people[np.random.default_rng((seed(net), draw)).random(len(people)) >= removed]
        some = paid.keep(among(paid.who, left))
        less = compared(thinned, _lenient(ask), some, by_amount)
        drawn.add(np.where(listed, less.severity, 0.0), -_gap(less))
    return drawn


def _lenient(ask: Ask) -> Ask:
    """A chain that has just enough recipients keeps being judged when a tenth of them is gone."""
    fewer = ask["capital-mismatch.funded"] * (1 - 2 * ask["stability.removed"])
    changed = {**ask.settings.changed, "capital-mismatch.funded": fewer}
    return replace(ask, settings=type(ask.settings)(changed))


METHOD = Method(
    "capital-mismatch",
    family="absence",
    version="1",
    find=_find,
    chain="capital",
    viewpoint=True,
    regional=True,
)
