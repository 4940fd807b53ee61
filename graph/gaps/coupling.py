"""coupling 耦合协调: how far the chains around an industry chain keep pace with each other.

Definition
    Around each industry chain, in the whole record, in the region asked for, and in every region
    that has a comparable other, each other chain has a comprehensive level U of 0 to 1. Which
    relations count for which chain is asked of the ontology's marks; which chains are compared is
    set by their weights (`coupling.industry`, innovation, policy, capital 1; talent 0), and said.
    *Counted*: a link (no heading, no stage that only has parts) has a counterpart in a chain where
    a relation marked for it, in force, ends at the link or at one of its providers (innovation,
    capital, policy, talent), or at all a provider (industry). Breadth is the share of links with
    one; a link without counts `coupling.whole` where something is tied to the chain as a whole or
    to its industry. Depth is the mean of min(1, counterparts / `coupling.enough`). Both lie between
    0 and 1 by themselves, and U = `coupling.breadth` · breadth + (1 − that) · depth.
    *Observed*: where observations of the chain are given for that place (OBSERVES a Chain, and a
    Region), U is the mean of those of the latest year instead, each between the bounds of its unit
    (% 0 to 100), else between the least and the largest of `coupling.panel` regions or years; more
    is better. All numbers and bounds are given, none is fitted.
    For every pair, and for all that are chosen: C = n·(ΠU)^(1/n)/ΣU, T = Σ αᵢUᵢ, D = √(C·T); for
    two or three chains also C of 王淑佳 et al., which does not crowd near 1:
    √((1 − mean |Uᵢ − Uⱼ|)·(ΠU/max^n)^(1/(n−1))). Both are shown, with their bands of ten; the
    corrected one decides where there is one (unless `coupling.corrected` is 0). A pair is found
    where D is below `coupling.found`; all chains together are always listed, apart from the pairs.
    Entropy weights (by how much a part tells the units apart) are defined over a panel only: shown
    where `coupling.panel` comparable regions, or years of all indicators, are there; with
    `coupling.entropy` 1 they decide, and without a panel nothing is assessed.
Value
    `kinds`, `u`, `parts`, `basis`, `alpha`; `c`, `t`, `d`, `band`; `c_corrected`,
    `d_corrected`, `band_corrected`; `entropy` (weights and d, or null); `lag` and `lead`, the
    chains with the least and the largest U; `lacking`, links without a counterpart in the one that
    lags; `fusion` 双链融合, the share of links with a counterpart in each other chain and in all;
    `triple_helix`, T(u,i,g) in bits over the projects, results and the like that universities and
    institutes, firms and government take part in (below 0: synergy), over `coupling.things` at
    least; `compared`, D of the comparable regions. Severity is 1 − D, 0 to 1 (0 for all chains
    together where D is not below the bound). Coverage is the share of the providers that have any
    relation to the other chains on record. Stability is the share of draws without a tenth of the
    relations in which D stays below the bound.
    Regions are compared only with the same chain, base year, level and coverage band (a third and
    two thirds of the providers); others are refused, with the reason.
Not assessed
    No industry chain; one with fewer than `coupling.links` links; a chain that nothing on record
    ties to any link of it, or to anything in the region: missing in the world or in the data cannot
    be told; one level alone is no pair.
Needs
    IndustryChain, PART_OF_CHAIN, PROVIDES; relations of the other chains; LOCATED_IN for regions.
References
    廖重斌, 热带地理 19(2), 1999: the bands. 王淑佳 等, 自然资源学报 36(3), 2021: the correction.
    L. Leydesdorff, Scientometrics 58, 2003: T(u,i,g).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from graph.gaps.chain_levels import LISTED, Levels, Unit, band_of, chosen, template
from graph.gaps.coupling_report import Report, judge, kind_clauses, turned
from graph.gaps.method import Ask, Found, Method, Node, Unknown
from graph.gaps.stability import Ranks, draws, seed
from graph.network import Network
from graph.network.actors import LEFT_OUT
from graph.network.counterparts import INDUSTRY, Counterparts, counterparts, kinds
from graph.network.helix import Helix, helix


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    alpha = chosen(ask, kinds(net.source.schema))
    if len(alpha) < 2:
        yield Unknown((), reason="setting", text="coupling.one", says={"count": len(alpha)})
        return
    inside = None
    if ask.region is not None:
        inside = np.zeros(len(net.places.regions), dtype=np.bool_)
        inside[net.places.inside(ask.region)] = True
    spin = helix(net, inside)
    chains = [i for i, kind in enumerate(net.chains.kinds) if kind == INDUSTRY]
    if not chains:
        yield _no_chain(ask, spin)
        return
    levels, asked = Levels(net, ask, counterparts(net)), tuple(alpha)
    seen: list[_Around] = []
    for chain in chains:
        if len(levels.links(chain)) < ask["coupling.links"]:
            yield _few(ask, chain, net, len(levels.links(chain)))
            continue
        first = levels.unit(chain, ask.region, asked)
        seen.append(
            _Around(first, [levels.unit(chain, r, asked) for r in _regions(levels, ask, chain)])
        )
    report = Report(net, ask, levels, alpha, spin)
    stable = _stable(net, ask, levels.there, [u for a in seen for u in a.judged(net, ask)], alpha)
    for around in seen:
        yield from _said(net, ask, report, around, asked, stable)


@dataclass(frozen=True)
class _Around:
    """The units of one industry chain: the place asked for, and regions beside it."""

    first: Unit
    others: list[Unit]

    @property
    def whole(self) -> list[Unit]:
        """Regions in which as many chains are on record as anywhere."""
        most = max((len(u.levels) for u in (self.first, *self.others)), default=0)
        return [u for u in self.others if len(u.levels) == most]

    def judged(self, net: Network, ask: Ask) -> list[Unit]:
        """The units of which something is said: regions only where another can be compared."""
        if ask.region is not None:
            return [self.first]
        return [self.first, *_comparable(net, ask, self.whole)]


Key = tuple[int, int | None, tuple[str, ...]]
"""A chain, the place, and the kinds of chain that are compared."""


def _said(
    net: Network,
    ask: Ask,
    report: Report,
    around: _Around,
    asked: tuple[str, ...],
    stable: Ranks,
) -> Iterator[Found | Unknown]:
    """All that is said of one industry chain: in the place asked for, then region by region."""
    first, whole = around.first, around.whole
    yield from _silent(net, ask, first, asked)
    for unit in around.judged(net, ask):
        peers = [u for u in whole if template(net, ask, u) == template(net, ask, unit)]
        there = tuple(kind for kind in asked if kind in unit.levels)
        if ask["coupling.entropy"] > 0 and report.entropy(unit, there, peers) is None:
            yield _no_panel(net, ask, unit, len(peers))
            continue
        for some in _combinations(asked):
            if all(kind in there for kind in some):
                found = report.found(unit, some, peers)
                if found is not None:
                    key: Key = (unit.chain, unit.region, some)
                    yield replace(found, **(stable.said(key) if found.severity else {}))
    bare = [u for u in around.others if len(u.levels) < len(whole[0].levels if whole else asked)]
    refused = _refused(net, ask, first, whole, bare)
    if refused is not None:
        yield refused


def _combinations(asked: Sequence[str]) -> list[tuple[str, ...]]:
    """All pairs, and all together where that is more than a pair."""
    pairs: list[tuple[str, ...]] = list(combinations(asked, 2))
    return [*pairs, tuple(asked)] if len(asked) > 2 else pairs


def _regions(levels: Levels, ask: Ask, chain: int) -> list[int]:
    """Regions of a known level with enough providers of the chain, but for the one asked for; of
    many those with most."""
    net = levels.net
    actors = np.unique(levels.rows(chain).who)
    place = net.places.region_of[actors]
    count = np.bincount(place[place >= 0], minlength=len(net.places.regions))
    total = np.zeros(len(count), dtype=np.int64)
    for region in np.flatnonzero(count).tolist():
        total[list(net.places.within[region])] += count[region]
    levelled = np.array([level is not None for level in net.places.level], dtype=np.bool_)
    if ask.region is not None:
        levelled[ask.region] = False
    enough = np.flatnonzero(levelled & (total >= ask["coupling.providers"]))
    most = enough[np.argsort(-total[enough], kind="stable")][: int(ask["coupling.regions"])]
    return sorted(most.tolist())


def _comparable(net: Network, ask: Ask, units: Sequence[Unit]) -> list[Unit]:
    """Regions that another one can be compared with."""
    keys = [template(net, ask, unit) for unit in units]
    return [unit for unit, key in zip(units, keys, strict=True) if keys.count(key) > 1]


def _refused(
    net: Network, ask: Ask, first: Unit, units: Sequence[Unit], bare: Sequence[Unit]
) -> Unknown | None:
    """Regions that are not compared, and why: with the one asked for, else with any other. Of
    `bare` ones not all chains are on record."""
    keys = [template(net, ask, unit) for unit in units]
    alone: list[Unit] = []
    against = keys
    if ask.region is not None:
        against = [template(net, ask, first)]
        alone = [u for u, key in zip(units, keys, strict=True) if key != against[0]]
    elif len(units) + len(bare) > 1:
        alone = [u for u, key in zip(units, keys, strict=True) if keys.count(key) == 1]
    if not alone and not bare:
        return None
    why = {"level": 0, "year": 0, "coverage": 0, "silent": len(bare)}
    for unit in alone:
        mine = template(net, ask, unit)
        rest = [key for key in against if key != mine]
        same = [key for key in rest if key[2] == mine[2]]
        whole = [key for key in same if [k for k, _ in key[1]] == [k for k, _ in mine[1]]]
        if not same:
            why["level"] += 1
        elif not whole:
            why["silent"] += 1
        elif all(key[1] != mine[1] for key in whole):
            why["year"] += 1
        else:
            why["coverage"] += 1
    alone = [*alone, *bare]
    nodes = [Node(int(net.places.regions[u.region])) for u in alone if u.region is not None]
    chain = Node(int(net.chains.keys[first.chain]))
    bands = {net.places.ids[u.region]: band_of(ask, u.tied) for u in alone if u.region is not None}
    return Unknown(
        ("LOCATED_IN",) if not why["coverage"] else ("LOCATED_IN", "PROVIDES"),
        reason="not_comparable",
        values={"chain": chain, "regions": nodes, "why": why, "coverage_band": bands},
        text="coupling.refused",
        says={"chain": chain, "regions": nodes[:LISTED], **why},
    )


def _silent(net: Network, ask: Ask, unit: Unit, asked: Sequence[str]) -> Iterator[Unknown]:
    """Chains of which nothing is on record beside this one."""
    for kind in asked:
        if kind not in unit.levels:
            yield Unknown(
                _marked(net, kind),
                subject=int(net.chains.keys[unit.chain]),
                values={"kind": kind, "links": len(unit.links)},
                text="coupling.silent" if ask.region is None else "coupling.silent-here",
                says={
                    "kind": kind_clauses([kind])[0],
                    "links": len(unit.links),
                    "place": ask.region_label or "",
                },
            )


def _marked(net: Network, kind: str) -> tuple[str, ...]:
    """The first relations of a kind that can end at a link or a firm: what a record would need."""
    schema = net.source.schema
    if kind == INDUSTRY:
        return ("PROVIDES", "LOCATED_IN")
    mine = [r for r in schema.relations.values() if r.chain == kind and r.name not in LEFT_OUT]
    links, found = set(schema.links), []
    for r in mine:
        ends = [set(schema.ends(r.domain)), set(schema.ends(r.range))]
        if any(("Firm" in a or a & links) and b - links for a, b in (ends, ends[::-1])):
            found.append((0 if ends[1] & links else 1 if "Firm" in ends[1] else 2, r.name))
    return tuple(name for _, name in sorted(found, key=lambda row: row[0])[:4]) or (kind,)


def _few(ask: Ask, chain: int, net: Network, links: int) -> Unknown:
    counts = {"links": links, "least": int(ask["coupling.links"])}
    return Unknown(
        ("PART_OF_CHAIN",),
        subject=int(net.chains.keys[chain]),
        values=counts,
        text="coupling.few",
        says=counts,
    )


def _no_panel(net: Network, ask: Ask, unit: Unit, regions: int) -> Unknown:
    """Entropy weights are asked for, and not defined."""
    counts = {"regions": regions, "least": int(ask["coupling.panel"])}
    place = None if unit.region is None else Node(int(net.places.regions[unit.region]))
    return Unknown(
        ("LOCATED_IN", "Observation.as_of"),
        subject=int(net.chains.keys[unit.chain]),
        values={**counts, "region": place},
        text="coupling.no-panel",
        says=counts,
    )


def _no_chain(ask: Ask, spin: Helix) -> Unknown:
    told = turned(ask, spin)
    return Unknown(
        ("IndustryChain", "PART_OF_CHAIN"),
        values={"triple_helix": told},
        text="coupling.no-chain" if told is None else "coupling.no-chain-helix",
        says={} if told is None else {"t": told["t"], "things": told["things"]},
    )


def _stable(
    net: Network,
    ask: Ask,
    there: Counterparts,
    units: Sequence[Unit],
    alpha: Mapping[str, float],
) -> Ranks:
    """How often D stays below the bound with a tenth of the relations gone, and in which place:
    that of all chains together among its like."""
    asked, removed = tuple(alpha), ask["stability.removed"]
    pairs, together = Ranks(), Ranks()
    for draw in range(draws(net, ask)):
        rng = np.random.default_rng((seed(net), draw))
        thinned = net.thinned(removed, (seed(net), draw))
        levels = Levels(net, ask, replace(there.thinned(removed, rng), net=thinned))
        weak: dict[Key, tuple[float, ...]] = {}
        for unit in units:
            again = levels.unit(unit.chain, unit.region, asked).levels
            for some in _combinations(asked):
                if all(kind in again for kind in some):
                    u = [again[k].u for k in some]
                    d = judge(ask, u, [alpha[k] for k in some]).decides
                    if d < ask["coupling.found"]:
                        weak[unit.chain, unit.region, some] = (1 - d, max(u) - min(u))
        pairs.add({key: order for key, order in weak.items() if len(key[2]) == 2})
        together.add({key: order for key, order in weak.items() if len(key[2]) > 2})
    return pairs.joined(together)


METHOD = Method(
    "coupling", family="coupling", version="1", find=_find, chain="coupling", regional=True
)
