"""What each link of an industry chain has on its side in the other chains, and where.

Which relations count for which chain is asked of the ontology (`pg:chain`): a link has a
counterpart in the innovation chain where a relation marked `innovation` ends at the link itself or
at one of its providers; and so on for every kind that the ontology marks.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from graph.network.actors import LEFT_OUT
from graph.network.located import located
from graph.network.network import Network
from graph.network.ragged import spread
from graph.network.source import Bools, Ints, has_column, ints
from graph.network.tables import ACTOR, LINK, current
from graph.network.units import region_of_units
from graph.record.sql import ident, literal, literals
from graph.schema import Schema

INDUSTRY, COUPLING = "industry", "coupling"
VOID = ("拟定", "征求意见", "失效", "废止")
"""A policy or programme with such a status is not in force."""


def kinds(schema: Schema) -> tuple[str, ...]:
    """The kinds of chain that relations are marked with, in the ontology's order."""
    marks = [r.chain for r in schema.relations.values() if r.chain]
    return tuple(dict.fromkeys(m for m in marks if m != COUPLING))


@dataclass(frozen=True)
class Direct:
    """One row per link (or chain) and counterpart, by both: `kind` is a place in the kinds, `to` a
    position of a link or chain, `other` a node key. `region` is a position or -1; `wide` marks
    counterparts that are no actors or works of theirs (policies, funds): one without a place holds
    everywhere, one with a place also in all that lies in it.
    """

    kind: Ints
    to: Ints
    other: Ints
    region: Ints
    wide: Bools

    def keep(self, rows: Bools) -> "Direct":
        return Direct(**{name: column[rows] for name, column in vars(self).items()})


@dataclass(frozen=True)
class Provided:
    """Rows (link, actor) by the region of the actor: those of region r are `start[r]` to
    `start[r + 1]`, those without a place come first."""

    link: Ints
    who: Ints
    start: Ints


@dataclass(frozen=True)
class Counterparts:
    """`tied` counts the relations of each kind (row) that end at each actor (column)."""

    net: Network
    kinds: tuple[str, ...]
    tied: Ints
    link: Direct
    chain: Direct

    @cached_property
    def providers(self) -> tuple[Ints, Ints]:
        """Rows (link, actor) of those with a name, a heading having those of its kinds."""
        rows = self.net.market.supply
        return rows.link, rows.who

    def among(self, links: Ints) -> "Provided":
        """The rows of `providers` for some of the links."""
        wanted = np.zeros(len(self.net), dtype=np.bool_)
        wanted[links] = True
        link, who = self.providers
        rows = wanted[link]
        link, who = link[rows], who[rows]
        place = self.net.places.region_of[who]
        order = np.argsort(place, kind="stable")
        bounds = np.arange(len(self.net.places.regions) + 1)
        return Provided(link[order], who[order], np.searchsorted(place[order], bounds))

    def within(self, rows: "Provided", region: int | None) -> tuple[Ints, Ints]:
        """Those of the rows whose provider is in a region."""
        if region is None:
            return rows.link, rows.who
        inside = self.net.places.inside(region)
        at = spread(rows.start[inside], rows.start[inside + 1] - rows.start[inside])
        return rows.link[at], rows.who[at]

    def counts(self, region: int | None, providers: tuple[Ints, Ints]) -> Ints:
        """By kind and link, how many counterparts: for the industry chain `providers` (rows in the
        region), for another those of them that are tied to it and what is tied to the link."""
        n, (link, who) = len(self.net), providers
        rows = np.zeros((len(self.kinds), n), dtype=np.int64)
        direct = self.link.keep(self.holds(self.link, region))
        for number, kind in enumerate(self.kinds):
            mine = link if kind == INDUSTRY else link[self.tied[number][who] > 0]
            rows[number] = np.bincount(mine, minlength=n)
            rows[number] += np.bincount(direct.to[direct.kind == number], minlength=n)
        return rows

    def whole(self, region: int | None, chain: int) -> Bools:
        """By kind, whether something of it is tied to the chain as a whole or to its industry."""
        rows = self.chain.keep(self.chain.to == chain)
        rows = rows.keep(self.holds(rows, region))
        return np.bincount(rows.kind, minlength=len(self.kinds)) > 0

    def recorded(self, region: int) -> Bools:
        """By kind, whether anything of it is on record in a region, for any link. What has no place
        and holds everywhere counts only where anything else of these chains is on record, too."""
        places = self.net.places
        own = np.atleast_1d(self._placed[0][:, places.inside(region)].any(axis=1))
        near = np.union1d(places.inside(region), list(places.within[region]))
        own |= self._placed[1][:, near].any(axis=1)
        if own[np.arange(len(own)) != self.kinds.index(INDUSTRY)].any():
            own |= self._placed[1][:, -1]
        return np.asarray(own)

    @cached_property
    def _placed(self) -> tuple[Bools, Bools]:
        """By kind and region (the last for no place): whether an actor there is tied, or supplies,
        or a work there is tied to a link; and whether anything wide is, such as a policy."""
        own, wide = np.zeros((2, len(self.kinds), len(self.net.places.regions) + 1), dtype=np.bool_)
        kind, actor = np.nonzero(self.tied)
        own[kind, self.net.places.region_of[actor]] = True
        own[self.kinds.index(INDUSTRY), self.net.places.region_of[self.net.supply.who]] = True
        rows = self.link
        own[rows.kind[~rows.wide], rows.region[~rows.wide]] = True
        wide[rows.kind[rows.wide], rows.region[rows.wide]] = True
        return own, wide

    def inside(self, region: int | None) -> Bools:
        """Which regions lie in one, the last place standing for an unknown one."""
        mask = np.full(len(self.net.places.regions) + 1, region is None, dtype=np.bool_)
        if region is not None:
            mask[self.net.places.inside(region)] = True
        return mask

    def holds(self, rows: Direct, region: int | None) -> Bools:
        """Which rows count in a region."""
        if region is None:
            return np.ones(len(rows.kind), dtype=np.bool_)
        above = np.zeros(len(self.net.places.regions) + 1, dtype=np.bool_)
        above[[*self.net.places.within[region], -1]] = True
        return np.asarray(self.inside(region)[rows.region] | (rows.wide & above[rows.region]))

    def thinned(self, share: float, rng: np.random.Generator) -> "Counterparts":
        """Without a random `share` of the relations to the other chains."""
        return Counterparts(
            self.net,
            self.kinds,
            rng.binomial(self.tied, 1 - share),
            self.link.keep(rng.random(len(self.link.kind)) >= share),
            self.chain.keep(rng.random(len(self.chain.kind)) >= share),
        )


def counterparts(net: Network) -> Counterparts:
    """Reads the relations of all chains, as far as they hold on the day of the network."""
    return net.once("counterparts", lambda: _counterparts(net))


def _counterparts(net: Network) -> Counterparts:
    schema, con = net.source.schema, net.source.con
    listed = kinds(schema)
    con.execute(f"CREATE OR REPLACE TEMP TABLE gap_void AS {_void(net)}")
    con.execute("CREATE OR REPLACE TEMP TABLE gap_tie_of(kind INTEGER, a INTEGER, b INTEGER)")
    for relation in schema.relations.values():
        if relation.chain in (None, INDUSTRY, COUPLING) or relation.name in LEFT_OUT:
            continue
        con.execute(
            f"INSERT INTO gap_tie_of SELECT DISTINCT {listed.index(str(relation.chain))}, r.f, r.t"
            f" FROM {ident('r_' + relation.name)} r"
            f" WHERE r.f <> r.t AND {current(net.source, relation.name, 'r', net.as_of)}"
            " AND r.f NOT IN (SELECT k FROM gap_void) AND r.t NOT IN (SELECT k FROM gap_void)"
        )
    both = "SELECT kind, a, b FROM gap_tie_of UNION SELECT kind, b, a FROM gap_tie_of"
    found = con.execute(
        f"SELECT kind, w.i, count(*) AS n FROM ({both}) x JOIN {ACTOR} w ON w.k = x.a"
        f" JOIN node n ON n.k = x.b WHERE n.class NOT IN {literals(schema.links)} GROUP BY 1, 2"
    ).fetchnumpy()
    tied = np.zeros((len(listed), len(net.actors)), dtype=np.int64)
    tied[ints(found["kind"]), ints(found["i"])] = ints(found["n"])
    chains = literals((*schema.links, *schema.subclasses("Chain")))
    link = con.execute(
        f"SELECT DISTINCT kind, l.i AS at, x.b AS other, n.class IN {_works(schema)} AS work"
        f" FROM ({both}) x JOIN {LINK} l ON l.k = x.a JOIN node n ON n.k = x.b"
        f" WHERE n.class NOT IN {chains} ORDER BY ALL"
    ).fetchnumpy()
    whole: Any = con.execute(
        f"SELECT DISTINCT kind, c.i AS at, x.b AS other, n.class IN {_works(schema)} AS work"
        f" FROM ({both}) x JOIN ({_wholes(net)}) c ON c.k = x.a JOIN node n ON n.k = x.b"
        f" WHERE n.class NOT IN {chains} ORDER BY ALL"
    ).fetchnumpy()
    return Counterparts(
        net, listed, tied, _aligned(net, listed, _direct(net, link)), _direct(net, whole)
    )


def _works(schema: Schema) -> str:
    """Actors and what they work on: these are where they are, and nowhere else."""
    return literals(schema.ends(("Actor", "Project", "Achievement", "Challenge")))


def _void(net: Network) -> str:
    """Keys of policies and programmes that are not in force on the day of the network."""
    schema, day, parts = net.source.schema, literal(net.as_of), ["SELECT -1 AS k"]
    for cls in schema.ends(("Policy", "Programme")):
        void = [f"status IN {literals(VOID)}"] if has_column(schema, cls, "status") else []
        if has_column(schema, cls, "valid_until"):
            void.append(f"valid_until < left({day}, length(valid_until))")
            void.append(f"valid_from > left({day}, length(valid_from))")
        if void:
            parts.append(f"SELECT k FROM {ident('n_' + cls)} WHERE {' OR '.join(void)}")
    return " UNION ".join(parts)


def _wholes(net: Network) -> str:
    """Each chain by position, as itself and as its industries."""
    industry = literals(net.source.schema.subclasses("Industry"))
    return (
        'SELECT i, k FROM gap_chain UNION SELECT g.i, r.t FROM gap_chain g JOIN "r_IN_INDUSTRY" r'
        f" ON r.f = g.k JOIN node n ON n.k = r.t WHERE n.class IN {industry}"
        f" AND {current(net.source, 'IN_INDUSTRY', 'r', net.as_of)}"
    )


def _direct(net: Network, found: dict[str, Any]) -> Direct:
    other = ints(found["other"])
    wide = ~np.ma.filled(np.ma.asarray(found["work"]).astype(np.bool_), False)
    region = region_of_units(net, other)
    lost = region < 0
    if lost.any():
        region[lost] = _issued(net, other[lost])
    return Direct(ints(found["kind"]), ints(found["at"]), other, region, wide)


def _issued(net: Network, keys: Ints) -> Ints:
    """The region of who issued each (the first by id that has a place); -1 not known."""
    rows = net.source.con.execute(
        'SELECT r.t, r.f FROM "r_ISSUES" r JOIN node n ON n.k = r.f ORDER BY r.t, n.id'
    ).fetchnumpy()
    thing, body = ints(rows["t"]), ints(rows["f"])
    place = located(net, body)
    thing, place = thing[place >= 0], place[place >= 0]
    thing, first = np.unique(thing, return_index=True)
    if not len(thing):
        return np.full(len(keys), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(thing, keys), len(thing) - 1)
    return np.where(thing[at] == keys, place[first][at], -1)


def _aligned(net: Network, listed: tuple[str, ...], rows: Direct) -> Direct:
    """Adds links of another kind of chain with which a link is merged (the relations marked as
    coupling)."""
    more: set[tuple[int, int, int]] = set()
    for relation in net.source.schema.relations.values():
        if relation.chain != COUPLING:
            continue
        for f, t in net.source.con.execute(
            f"SELECT a.i, b.i FROM {ident('r_' + relation.name)} r JOIN {LINK} a ON a.k = r.f"
            f" JOIN {LINK} b ON b.k = r.t"
            f" WHERE {current(net.source, relation.name, 'r', net.as_of)}"
        ).fetchall():
            for mine, theirs in ((f, t), (t, f)):
                kind = net.kind(theirs)
                if kind in listed and kind != net.kind(mine):
                    more.add((listed.index(kind), mine, int(net.links[theirs])))
    if not more:
        return rows
    number, to, other = (np.array(side, dtype=np.int64) for side in zip(*sorted(more), strict=True))
    none, wide = np.full(len(more), -1, dtype=np.int64), np.ones(len(more), dtype=np.bool_)
    new = Direct(number, to, other, none, wide)
    return Direct(
        *(np.concatenate([getattr(rows, name), getattr(new, name)]) for name in vars(rows))
    )
