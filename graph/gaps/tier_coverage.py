"""tier-coverage 梯度培育: a link whose providers hold no title while the chain's other links do.

Definition
    A tier is a title (高新技术企业, 专精特新, 单项冠军 …) at a level (国家, 省, 市, 区): of
    HOLDS_DESIGNATION, else of the designation. A provider holds it where it is valid on the day of
    the run (valid_from, valid_until); a title of the same name at a higher level counts for the
    lower ones. Compared are only providers that could hold it: of a class that holders are of, and
    where it is on record, in the country (of a title of a province: the province, and so on) of at
    least `tier-coverage.holders` holders; those without a known place count as one area. A link is
    found for a tier where none of its providers holds it, at least `tier-coverage.links` of the
    chain's other links have one that does, and that is no chance (q < `tier-coverage.q`).
Chance
    Over all links of the chain N providers could hold the tier and K do: that of the link's n at
    most as many do as there are has the hypergeometric p; q is p corrected for all links and tiers
    with `tier-coverage.providers` or more of which none at all would be odd (Tarone 1990), by what
    each of them can give by chance (Heyse 2011: as Benjamini and Hochberg, for counts).
Value
    `level`, `providers` (that could hold it), `usual` (share of the providers of the chain's other
    links that hold it), `links`, `links_with` (other links, and those with a holder), `p`, `q`.
    The object is the title. Severity is `usual`, 0 to 1: the more usual, the odder it is to have
    none. Coverage is the share of the link's providers that could hold it; stability the share of
    draws without a tenth of provisions and titles in which it is still found.
Not assessed
    A title most rows of which name no level, or neither batch nor day; one of which a batch is
    missing between two that are on record: then who holds none may be in what was not loaded. A
    tier that no provider of a chain holds. A link of too few providers to tell from chance, with
    how many would be enough; one where half of the other links might have a holder were all of
    their providers named (the record says of itself how many are not).
Needs
    PROVIDES, LOCATED_IN; HOLDS_DESIGNATION with level (or Designation.level), and valid_from,
    valid_until or batch.
Reference
    MIIT, 优质中小企业梯度培育管理暂行办法 (工信部企业〔2022〕63号): tiers, and how long they hold.
    J. F. Heyse, "A false discovery rate procedure for categorical data", in Recent Advances in
    Biostatistics (2011).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from math import ceil, log

import numpy as np

from graph.gaps.chance import adjusted_each, at_most_each
from graph.gaps.derivation import tier_coverage as derivation
from graph.gaps.listed import listed
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.stability import Drawn, draws_of, seed
from graph.network import Network
from graph.network.source import Bools, Floats, Ints
from graph.network.supply import Supply
from graph.network.titles import LEVELS, Title, titles


@dataclass(frozen=True)
class Covered:
    """Pairs of a link and a tier, those of which the chain has a holder: `link`, `tier` positions;
    `n` providers that could hold it, `k` that do; `N`, `K` of the chain; other links and how many
    of them have a holder; p, and what it would be with no holder at all (`least`)."""

    link: Ints
    tier: Ints
    n: Ints
    k: Ints
    N: Ints
    K: Ints
    links: Ints
    links_with: Ints
    p: Floats
    least: Floats

    @cached_property
    def usual(self) -> Floats:
        """The share of holders among the providers of the chain's other links."""
        others = self.N - self.n
        return np.where(others > 0, (self.K - self.k) / np.maximum(others, 1), 0.0)


def pairs(net: Network, ask: Ask, rows: Supply, tiers: list[Title], held: list[Bools]) -> Covered:
    """The pairs that can be looked at, by tier and then link; `held` is who holds each tier."""
    label, size = net.chain_label, len(net)
    chains = int(label.max(initial=-1)) + 1
    parts: list[list[Ints]] = []
    for at, (tier, holds) in enumerate(zip(tiers, held, strict=True)):
        could = recorded(tier, holds, ask)
        mine = rows.link[could[rows.who]]
        n = np.bincount(mine, minlength=size)
        k = np.bincount(rows.link[(could & holds)[rows.who]], minlength=size)
        whole, marked, links, with_one = (
            np.bincount(label, value, chains).astype(np.int64)[label]
            for value in (n, k, n > 0, k > 0)
        )
        use = np.flatnonzero((n > 0) & (marked > 0))
        others, others_with = links - (n > 0), with_one - (k > 0)
        parts.append(
            [use, np.full(len(use), at)]
            + [v[use] for v in (n, k, whole, marked, others, others_with)]
        )
    columns = [np.concatenate([p[i] for p in parts] or [np.zeros(0, np.int64)]) for i in range(8)]
    link, tier_of, n, k, whole, marked, links, with_one = columns
    p = at_most_each(k, whole, marked, n)
    return Covered(
        link=link,
        tier=tier_of,
        n=n,
        k=k,
        N=whole,
        K=marked,
        links=links,
        links_with=with_one,
        p=p,
        least=at_most_each(np.zeros_like(k), whole, marked, n),
    )


def recorded(tier: Title, holds: Bools, ask: Ask) -> Bools:
    """Per actor, whether it is such as hold the tier, and sits where that is on record."""
    width = int(tier.area.max(initial=-1)) + 2
    count = np.bincount(tier.area[holds] + 1, minlength=width)
    return tier.kind & (count >= ask["tier-coverage.holders"])[tier.area + 1]


def judged(seen: Covered, ask: Ask) -> tuple[Bools, Floats]:
    """Which pairs are found, and q of each (NaN: of so few that even none would be no wonder)."""
    tested = (seen.n >= ask["tier-coverage.providers"]) & (seen.least < ask["tier-coverage.q"])
    q = np.full(len(seen.p), np.nan)
    urn = (seen.N[tested], seen.K[tested], seen.n[tested])
    q[tested] = adjusted_each(seen.p[tested], *urn)
    return lacking(seen, ask) & tested & (np.nan_to_num(q, nan=1.0) < ask["tier-coverage.q"]), q


def lacking(seen: Covered, ask: Ask, lost: float = 0.0) -> Bools:
    """Pairs in which nobody holds what the chain's other links have, or may have where a part
    `lost` of the providers is not named."""
    common = seen.links_with >= ask["tier-coverage.links"] * seen.links * (1 - lost)
    return np.asarray((seen.k == 0) & (seen.links > 0) & common)


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    every = titles(net)
    if not every:
        enough = Enough(0, int(ask["tier-coverage.holders"]), "tiers.what-holders")
        yield Unknown(("HOLDS_DESIGNATION",), text="tiers.nothing", enough=enough)
        return
    tiers = []
    for tier in every:
        refused = _refused(tier)
        if refused is None:
            tiers.append(tier)
        else:
            yield refused
    here = ask.within(net)
    rows = here.supply.keep(~here.placeholder[here.supply.who])
    held = [tier.holds for tier in tiers]
    seen = pairs(here, ask, rows, tiers, held)
    found, q = judged(seen, ask)
    yield from _unheld(here, ask, rows, tiers, seen)
    stable = _stable(here, ask, rows, tiers, found)
    own = np.bincount(rows.link, minlength=len(net))
    order = seen.n.astype(np.float64)
    for at in ask.leading(np.where(found, seen.usual, 0.0), order):
        link, tier = int(seen.link[at]), tiers[int(seen.tier[at])]
        one = _found(net, seen, at, tier, float(q[at]), int(own[link]), rows)
        yield replace(one, **stable.said(int(seen.tier[at]) * len(net) + link))
    bound = ask["tier-coverage.q"] / max(int(np.isfinite(q).sum()), 1)
    usual = seen.usual
    lost = listed(net, ask).lost
    surely, maybe = lacking(seen, ask), lacking(seen, ask, lost)
    for at in np.flatnonzero(maybe & ~found).tolist():
        tier = tiers[int(seen.tier[at])]
        if surely[at]:
            yield _few(net, seen, at, tier, float(usual[at]), bound)
        else:
            yield _thin(net, ask, seen, at, tier, lost)


def _found(
    net: Network,
    seen: Covered,
    at: int,
    tier: Title,
    q: float,
    providers: int,
    rows: Supply,
) -> Found:
    link = int(seen.link[at])
    k, usual, n = int(net.links[link]), float(seen.usual[at]), int(seen.n[at])
    counts = {"links": int(seen.links[at]), "links_with": int(seen.links_with[at])}
    who = net.actors[rows.who[rows.link == link]].tolist()
    return Found(
        subject=k,
        object=tier.k,
        scope={"level": tier.level or ""},
        severity=usual,
        order=(float(n),),
        action=Action.STRENGTHEN,
        values={
            "providers": n,
            "usual": usual,
            **counts,
            "p": float(seen.p[at]),
            "q": q,
        },
        text="tiers.found",
        says={"n": n, "usual": usual, "title": Node(tier.k), **counts, **_level(tier.level)},
        coverage=n / providers,
        evidence=(
            Rows("PROVIDES", to=k),
            *(Rows("HOLDS_DESIGNATION", of=int(w)) for w in who),
        ),
        steps=lambda: derivation.steps(
            k, tier.k, n, int(seen.N[at]), int(seen.K[at]), float(seen.p[at]), q
        ),
    )


_SAID = dict(zip(LEVELS, ("nation", "province", "city", "district"), strict=True))


@cache
def _level(level: str | None) -> Mapping[str, object]:
    return {"level": Clause(f"tiers.level-{_SAID[level]}") if level else ""}


def _refused(tier: Title) -> Unknown | None:
    """Why a title cannot be looked at: what of it is not loaded."""
    says: dict[str, object] = {"rows": tier.rows}
    missing: tuple[str, ...]
    if tier.level is None:
        missing, text = ("HOLDS_DESIGNATION.level",), "tiers.no-level"
        says["part"] = tier.levelled
        enough = Enough(tier.levelled, 0.5, "tiers.what-level")
    elif tier.dated < 0.5:
        missing, text = ("HOLDS_DESIGNATION.batch", "HOLDS_DESIGNATION.valid_from"), "tiers.no-day"
        says["part"] = tier.dated
        enough = Enough(tier.dated, 0.5, "tiers.what-day")
    elif tier.skipped:
        missing, text = ("HOLDS_DESIGNATION.batch",), "tiers.batches"
        says["batches"] = list(tier.skipped)
        enough = Enough(0, len(tier.skipped), "batches")
    else:
        return None
    return Unknown(
        missing,
        subject=tier.k,
        values={"level": tier.level, **says},
        text=text,
        says={**says, **_level(tier.level)},
        enough=enough,
    )


def _unheld(
    net: Network, ask: Ask, rows: Supply, tiers: list[Title], seen: Covered
) -> Iterator[Unknown]:
    """Named chains of which no provider holds a tier that others do."""
    label, named = net.chain_label, len(net.chains.keys)
    for at, tier in enumerate(tiers):
        could = recorded(tier, tier.holds, ask)
        n = np.bincount(label[rows.link[could[rows.who]]], minlength=named)[:named]
        any_one = np.zeros(int(label.max(initial=-1)) + 1 + named, dtype=np.bool_)
        any_one[label[seen.link[seen.tier == at]]] = True
        for chain in np.flatnonzero((n > 0) & ~any_one[:named]).tolist():
            says = {"providers": int(n[chain]), "title": Node(tier.k)}
            yield Unknown(
                ("HOLDS_DESIGNATION",),
                subject=int(net.chains.keys[chain]),
                chain=net.chains.kinds[chain],
                values={**says, "level": tier.level},
                text="tiers.unheld",
                says={**says, **_level(tier.level)},
                enough=Enough(0, 1, "holders"),
            )


def _few(net: Network, seen: Covered, at: int, tier: Title, usual: float, bound: float) -> Unknown:
    """A link that lacks what others have, but may do so by chance: p is not below `bound`."""
    n = int(seen.n[at])
    enough = 0 if usual <= 0 else n + 1 if usual >= 1 else ceil(log(bound) / log(1 - usual))
    counts = {"providers": n, "usual": usual, "enough": max(enough, n + 1)}
    return Unknown(
        ("HOLDS_DESIGNATION",),
        subject=int(net.links[seen.link[at]]),
        values={"object": Node(tier.k), "level": tier.level, **counts, "p": float(seen.p[at])},
        text="tiers.few",
        says={"title": Node(tier.k), **counts, **_level(tier.level)},
        enough=Enough(n, int(counts["enough"]), "tiers.what-providers"),
    )


def _thin(net: Network, ask: Ask, seen: Covered, at: int, tier: Title, lost: float) -> Unknown:
    """A link that may lack what others have: with all providers named half of them may."""
    links, with_one = int(seen.links[at]), int(seen.links_with[at])
    counts = {"links": links, "links_with": with_one, "lost": lost}
    least = ceil(ask["tier-coverage.links"] * links)
    return Unknown(
        ("PROVIDES",),
        subject=int(net.links[seen.link[at]]),
        values={"object": Node(tier.k), "level": tier.level, **counts},
        text="tiers.thin",
        says={"title": Node(tier.k), **counts, **_level(tier.level)},
        enough=Enough(with_one, least, "tiers.what-links"),
    )


def _stable(net: Network, ask: Ask, rows: Supply, tiers: list[Title], found: Bools) -> Drawn:
    """How often each pair is found again with a tenth of provisions and titles gone, and in which
    place, by tier and link."""
    drawn, width = Drawn(), len(net)
    for draw in range(draws_of(len(rows), ask) if found.any() else 0):
        rng = np.random.default_rng((seed(net), draw))
        some = rows.keep(rng.random(len(rows)) >= ask["stability.removed"])
        held = [t.holds & (rng.random(len(t.holds)) >= ask["stability.removed"]) for t in tiers]
        again = pairs(net, ask, some, tiers, held)
        still, _ = judged(again, ask)
        severity, count = np.zeros(len(tiers) * width), np.zeros(len(tiers) * width)
        at = (again.tier * width + again.link)[still]
        severity[at], count[at] = again.usual[still], again.n[still]
        drawn.add(severity, count)
    return drawn


METHOD = Method("tier-coverage", family="scarcity", version="2", find=_find, regional=True)
