"""Comprehensive levels: how far an industry chain, in all or in a region, has each other chain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from graph.gaps.coordination import entropy_weights
from graph.gaps.method import Ask
from graph.network import Network
from graph.network.counterparts import INDUSTRY, Counterparts, Provided
from graph.network.indicators import Indicator, indicators, scaled
from graph.network.source import Bools, Floats, Ints

LISTED = 20
"""Links without a counterpart that are named."""


@dataclass(frozen=True)
class Level:
    """One chain's level in one unit: `u` of 0 to 1, from `parts` (0 to 1 each) by `weights`.

    The parts are breadth and depth where links are counted, else one for each indicator; `year` is
    that of the indicators, None where links are counted. `has` counts links with a counterpart,
    `without` those that have none; `lacking` are the first of these, by position; `whole` says that
    something of it is for the whole chain.
    """

    u: float
    parts: tuple[float, ...]
    weights: tuple[float, ...]
    names: tuple[str, ...]
    year: int | None = None
    has: int = 0
    without: int = 0
    lacking: tuple[int, ...] = ()
    whole: bool = False
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Unit:
    """An industry chain in the whole record or a region; `levels` by kind of chain, without those
    that are not on record. `tied` is the share of its providers of which more is known than what
    they make and where they are."""

    chain: int
    region: int | None
    links: Ints
    levels: Mapping[str, Level]
    tied: float
    providers: int
    fusion: Mapping[str, float] = field(default_factory=dict)


def links_of(net: Network, chain: int) -> Ints:
    """The links of a chain that can have providers of their own: no heading that only has kinds,
    no stage that only has parts."""
    n = len(net)
    member, of = net.chains.links_in
    mine = net.chains.of_link == chain
    mine[member[of == chain]] = True
    own = np.bincount(net.supply.link, minlength=n) > 0
    above = np.zeros(n, dtype=np.bool_)
    above[net.variants.t] = True
    above[net.parts.t] = True
    return np.flatnonzero(mine & (own | ~above))


def chosen(ask: Ask, kinds: Sequence[str]) -> dict[str, float]:
    """The kinds of chain that are compared and their weights in T: those of the settings."""
    weights = {kind: ask.settings.get(f"coupling.{kind}", 0.0) for kind in kinds}
    return {kind: weight for kind, weight in weights.items() if weight > 0}


def partner(net: Network, chain: int, kind: str) -> int | None:
    """The chain of another kind beside an industry chain: one that it is aligned with, else the
    only one of its kind; None where several or none are on record."""
    if net.chains.kinds[chain] == kind:
        return chain
    same = [i for i, k in enumerate(net.chains.kinds) if k == kind]
    near = [i for i in same if (min(i, chain), max(i, chain)) in _aligned(net)]
    if near:
        return near[0]
    return same[0] if len(same) == 1 else None


def _aligned(net: Network) -> set[tuple[int, int]]:
    """Pairs of chains that are laid out around each other."""
    marked = [r.name for r in net.source.schema.relations.values() if r.chain == "coupling"]

    def read() -> set[tuple[int, int]]:
        rows = [
            pair
            for name in marked
            for pair in net.source.con.execute(
                f'SELECT DISTINCT a.i, b.i FROM "r_{name}" r JOIN gap_chain a ON a.k = r.f'
                " JOIN gap_chain b ON b.k = r.t"
            ).fetchall()
        ]
        return {(min(a, b), max(a, b)) for a, b in rows}

    return net.once("aligned chains", read)


class Levels:
    """Works out units of one record; the links of a chain and what was observed are those of `net`,
    also where `there` are a part of the counterparts."""

    def __init__(self, net: Network, ask: Ask, there: Counterparts) -> None:
        self.net, self.ask, self.there = net, ask, there
        self.said: dict[int, list[tuple[Indicator, float]]] = {}
        panel = int(ask["coupling.panel"])
        for row, value in scaled(net.once("indicators", lambda: indicators(net)), panel).items():
            self.said.setdefault(row.chain, []).append((row, value))
        self.anywhere: dict[int, Bools] = {}
        self.provided: dict[int, Provided] = {}

    def unit(self, chain: int, region: int | None, kinds: Sequence[str]) -> Unit:
        """The levels of one chain in one place."""
        links = self.links(chain)
        rows = self.there.within(self.rows(chain), region)
        counts = self.there.counts(region, rows)[:, links]
        whole = self.there.whole(region, chain)
        known = self._known(chain, region, links)
        levels: dict[str, Level] = {}
        for number, kind in enumerate(self.there.kinds):
            if kind not in kinds:
                continue
            said = self._said(chain, region, kind)
            if said is not None:
                levels[kind] = said
            elif known[number]:
                levels[kind] = self._counted(links, counts[number], bool(whole[number]))
        there = np.zeros(len(self.net.actors), dtype=np.bool_)
        there[rows[1]] = True
        actors = np.flatnonzero(there)
        return Unit(
            chain=chain,
            region=region,
            links=links,
            levels=levels,
            tied=float((self.there.tied[:, actors] > 0).any(axis=0).mean()) if len(actors) else 0.0,
            providers=len(actors),
            fusion=self._fusion(counts, kinds),
        )

    def years(self, unit: Unit, kind: str) -> list[Unit] | None:
        """The unit in each year in which all its indicators of a kind were observed, as far as
        there are enough years for a panel."""
        level = unit.levels[kind]
        at = partner(self.net, unit.chain, kind)
        place = -1 if unit.region is None else unit.region
        by_year: dict[int, dict[str, float]] = {}
        for row, value in self.said.get(-1 if at is None else at, []):
            if row.region == place:
                by_year.setdefault(row.year, {})[row.name] = value
        found = [
            replace(unit, levels={kind: replace(level, parts=tuple(seen[n] for n in level.names))})
            for _, seen in sorted(by_year.items())
            if all(name in seen for name in level.names)
        ]
        enough = level.year is not None and len(found) >= self.ask["coupling.panel"]
        return found if enough else None

    def id_of(self, chain: int) -> str:
        """The id of a chain by position."""
        ((key,),) = self.net.source.con.execute(
            "SELECT id FROM node WHERE k = ?", [int(self.net.chains.keys[chain])]
        ).fetchall()
        return str(key)

    def links(self, chain: int) -> Ints:
        """The links of a chain that are looked at."""
        return self.net.once(("links of", chain), lambda: links_of(self.net, chain))

    def rows(self, chain: int) -> Provided:
        """Who provides the links of a chain."""
        if chain not in self.provided:
            self.provided[chain] = self.there.among(self.links(chain))
        return self.provided[chain]

    def _known(self, chain: int, region: int | None, links: Ints) -> Bools:
        """By kind, whether it is on record: for any link of the chain, and in the region."""
        if chain not in self.anywhere:
            rows = self.there.within(self.rows(chain), None)
            some = (self.there.counts(None, rows)[:, links] > 0).any(axis=1)
            self.anywhere[chain] = some | self.there.whole(None, chain)
        known = self.anywhere[chain]
        return known if region is None else known & self.there.recorded(region)

    def _counted(self, links: Ints, count: Ints, whole: bool) -> Level:
        """Breadth: the share of links with a counterpart, half of the others counting where
        something is for the whole chain. Depth: counterparts per link against what is enough."""
        ask = self.ask
        has = count > 0
        reach = np.where(has, 1.0, ask["coupling.whole"] if whole else 0.0)
        deep = np.minimum(count / ask["coupling.enough"], 1.0)
        parts = (float(reach.mean()), float(deep.mean()))
        weights = (ask["coupling.breadth"], 1 - ask["coupling.breadth"])
        return Level(
            u=weights[0] * parts[0] + weights[1] * parts[1],
            parts=parts,
            weights=weights,
            names=("breadth", "depth"),
            has=int(has.sum()),
            without=int((~has).sum()),
            lacking=tuple(links[~has][:LISTED].tolist()),
            whole=whole,
        )

    def _said(self, chain: int, region: int | None, kind: str) -> Level | None:
        """What observations say of the chain of that kind in a place, in their latest year."""
        at = partner(self.net, chain, kind)
        place = -1 if region is None else region
        rows = [r for r in self.said.get(-1 if at is None else at, []) if r[0].region == place]
        if not rows:
            return None
        year = max(row.year for row, _ in rows)
        rows = [r for r in rows if r[0].year == year]
        parts = tuple(value for _, value in rows)
        weights = tuple(1 / len(parts) for _ in parts)
        return Level(
            u=sum(w * v for w, v in zip(weights, parts, strict=True)),
            parts=parts,
            weights=weights,
            names=tuple(row.name for row, _ in rows),
            year=year,
            rows=tuple(row.k for row, _ in rows),
        )

    def _fusion(self, counts: Ints, kinds: Sequence[str]) -> dict[str, float]:
        """双链融合: the share of links with a counterpart in each other chain, and in all."""
        other = [k for k in kinds if k != INDUSTRY and k in self.there.kinds]
        if not counts.shape[1] or not other:
            return {}
        has = {kind: counts[self.there.kinds.index(kind)] > 0 for kind in other}
        shares = {kind: float(some.mean()) for kind, some in has.items()}
        return {**shares, "all": float(np.logical_and.reduce(list(has.values())).mean())}


def band_of(ask: Ask, part: float) -> int:
    """The coverage band: 0, 1 or 2 for a third, two thirds or more of the providers tied."""
    return int(part >= ask["coupling.band_low"]) + int(part >= ask["coupling.band_high"])


Years = tuple[tuple[str, int | None], ...]
Template = tuple[int, Years, str | None, int]


def template(net: Network, ask: Ask, unit: Unit) -> Template:
    """What two regions must have in common to be compared: the chain, the base year of what was
    observed, the level of the region, and how much is on record of it."""
    years = tuple((kind, level.year) for kind, level in sorted(unit.levels.items()))
    level = None if unit.region is None else net.places.level[unit.region]
    return unit.chain, years, level, band_of(ask, unit.tied)


def weighted(units: Sequence[Unit], kind: str) -> Floats | None:
    """The entropy weights of the parts of one kind over a panel of units."""
    return entropy_weights(np.array([u.levels[kind].parts for u in units], dtype=np.float64))
